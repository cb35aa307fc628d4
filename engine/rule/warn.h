/* SPDX-License-Identifier: Apache-2.0 */
/* warn.h: what is lawful in a pack but perhaps not meant: the warnings W6xx of `rules check`.
 *
 * From     pack_warn(), over a pack that loaded
 * To       messages; nothing of the pack changes
 * Lives    in the arena given
 * Errors   only HEDUI_E_MEMORY and HEDUI_E_LIMIT; a warning is an answer
 * Why      apart from the load: who verifies a batch wants no remarks, who writes a pack wants all.
 */
#ifndef HEDUI_RULE_WARN_H
#define HEDUI_RULE_WARN_H

#include "engine/rule/pack_in.h"
#include "engine/rule/tree.h"

struct warning {
    const struct pack *pack;
    struct messages *messages;
    struct arena *arena;
    int32_t today; /* INT32_MIN: not told */
};
/* zh and en are arena_printf results. */
void warn(struct warning *w, const char *code, struct place place, uint32_t span, struct text zh,
          struct text en);

/* warn_always.c: what is decided although nothing is known (W606). */
HEDUI_CHECKED hedui_status warn_always(struct warning *w, struct err *err);
/* An expression over a household of which nothing is known but the bounds of the model. */
struct blank;
HEDUI_CHECKED hedui_status blank_open(struct blank **out, const struct pack *pack,
                                      struct arena *arena, struct err *err);
struct value blank_eval(struct blank *blank, const struct expr *expr);
struct value blank_slot(struct blank *blank, uint32_t slot);

#endif
