/* SPDX-License-Identifier: Apache-2.0 */
/* reload.h: the rule pack in force in a running process, and how another takes its place.
 *
 * From     a folder of a pack; a vocabulary that outlives it all
 * To       whoever judges: holds the pack in force while a block is judged, and lets it go
 * Lives    reload_open() to reload_close(); a pack that was replaced lives until the last holder
 *          lets it go
 * Threads  any number hold, let go and load at the same time; a load works beside them and stops
 *          nobody: what is shared is one pointer, looked at under a lock of three instructions
 * Errors   HEDUI_E_INPUT: the new pack has errors, or a test of its own fails; the old one stays in
 *          force
 * Why      a pack is tuned while families wait. Nobody may be judged by half of a new pack, nor by
 *          one that its own tests refuse. */
#ifndef HEDUI_RUN_RELOAD_H
#define HEDUI_RUN_RELOAD_H

#include "engine/rule/pack.h"

struct reload;
struct held_pack {
    const struct pack *pack;
    uint64_t number; /* 1 for the first that was taken, then one more each */
};

HEDUI_CHECKED hedui_status reload_open(struct reload **out, const struct model *model,
                                       struct err *err);
void reload_close(struct reload *reload); /* NULL welcome; nobody may hold a pack any more */

/* Loads, checks, runs the pack's tests, swaps. `told` gets messages and lines of failed tests. */
HEDUI_CHECKED hedui_status reload_pack(struct reload *reload, const char *dir, struct buf *told,
                                       struct err *err);
/* NULL: none was ever taken. */
const struct held_pack *reload_hold(struct reload *reload);
void reload_let(const struct held_pack *held); /* NULL welcome */

#endif
