/* SPDX-License-Identifier: Apache-2.0 */
/* destroy.h: the order to destroy an old snapshot, with the clock and the person who gives it.
 *
 * From     `hedui snapshot drop`
 * Errors   as engine/index/drop.h; HEDUI_E_BUSY also where another process writes
 * Why      index knows no clock and no user: run asks both, once. */
#ifndef HEDUI_RUN_DESTROY_H
#define HEDUI_RUN_DESTROY_H

#include "engine/index/drop.h"
#include "engine/run/world.h"

HEDUI_CHECKED hedui_status destroy(struct drop_result *out, const struct world *world, uint64_t id,
                                   struct text reason, int64_t wait_ms, struct arena *arena,
                                   struct err *err);
/* A destruction that was announced and cut short is finished, if there is one. Whoever gives the
 * same order again asks for this: his snapshot has no name any more, and its data may still lie
 * there. *finished: how many. */
HEDUI_CHECKED hedui_status destroy_resume(uint32_t *finished, const char *data, int64_t wait_ms,
                                          struct err *err);

#endif
