/* SPDX-License-Identifier: Apache-2.0 */
/* mend.h: which persons' rows a delivery refused, and which of those came back mended.
 *
 * From     a snapshot
 * To       match, which calls a person's answer partial
 * Lives    in the block's arena; built lazily, so that a snapshot without mends costs nothing
 * Errors   HEDUI_E_LIMIT (arena)
 * Why      a refused row is not an absent one; a mended one is no gap any more. */
#ifndef HEDUI_MATCH_MEND_H
#define HEDUI_MATCH_MEND_H

#include "engine/index/snapshot.h"

struct mend; /* of one entry */

/* One per snapshot entry. */
HEDUI_CHECKED hedui_status mend_build(struct mend **out, const struct snapshot *snapshot,
                                      struct arena *arena, struct err *err);
/* Were rows of this person refused by entry `entry`, and at least one of them not mended? Also true
 * where the delivery is partial for everyone and its unplaced rows are not all mended. */
HEDUI_CHECKED hedui_status mend_is_partial(bool *out, struct mend *mends, uint32_t entry,
                                           struct key128 owner, struct arena *arena,
                                           struct err *err);

#endif
