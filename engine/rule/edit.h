/* SPDX-License-Identifier: Apache-2.0 */
/* edit.h: one change to a pack's file, made where a person would make it.
 *
 * From     a pack that loaded: its nodes know where they stand
 * To       `rules set`, `rules follow`, which write the new text, check it, and can take it back
 * Lives    in the arena given
 * Errors   HEDUI_E_USAGE, with a sentence that says what to do instead
 * Why      the file belongs to people: their comments, order and layout stay, one line changes. */
#ifndef HEDUI_RULE_EDIT_H
#define HEDUI_RULE_EDIT_H

#include "engine/rule/pack.h"

struct edit {
    const char *path; /* the file */
    uint32_t line;    /* where the change begins, in the new text */
    struct text before, after;
};

/* A value of a parameter from a day on: in the pack's own timeline, or among what it sets of its
 * parent's. A value of the same day is replaced. `value` is text as YAML has it. */
HEDUI_CHECKED hedui_status edit_set(struct edit *out, const struct pack *pack, struct text param,
                                    struct text value, int32_t from, struct text ref,
                                    struct arena *arena, struct err *err);
/* What `extends` holds becomes `pin`, "NAME@HASH". */
HEDUI_CHECKED hedui_status edit_pin(struct edit *out, const struct yaml_node *extends,
                                    struct text pin, struct arena *arena, struct err *err);

#endif
