/* SPDX-License-Identifier: Apache-2.0 */
/* pack_cases.h: written households, a JSON line each in the shape of a test's `base`, under two
 * packs. */
#ifndef HEDUI_RULE_PACK_CASES_H
#define HEDUI_RULE_PACK_CASES_H

#include "engine/rule/moves.h"

/* `lines_out` (or NULL) gets a line of a sheet per changed case; *broken counts lines that are no
 * household of both packs. */
HEDUI_CHECKED hedui_status pack_cases_compare(struct moves *moves, const struct pack *old,
                                              const struct pack *new, struct text lines,
                                              struct buf *lines_out, uint32_t *broken,
                                              struct err *err);

#endif
