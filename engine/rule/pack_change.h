/* SPDX-License-Identifier: Apache-2.0 */
/* pack_change.h: what two packs mean differently, entry by entry, and which rules that reaches.
 *
 * From     two packs that loaded by one vocabulary
 * To       `rules diff`
 * Lives    in the arena given; texts point into the packs, too
 * Errors   HEDUI_E_LIMIT (arena)
 * Why      the entries are those of the form that the meaning hash is made of: packs of one hash
 *          have no change, and packs of two have one. */
#ifndef HEDUI_RULE_PACK_CHANGE_H
#define HEDUI_RULE_PACK_CHANGE_H

#include "engine/rule/pack.h"

enum change_kind { CHANGE_ADDED, CHANGE_REMOVED, CHANGE_ALTERED };
const char *change_name(enum change_kind kind); /* "added" … */

#define CHANGE_MASK_MAX 64 /* the last bit stands for all changes from there on */

struct change {
    const char *section; /* "param", "fact", "rule", "reason", "evidence", "declared", "missing",
                            "uses" (a kind of the vocabulary), "pack" (its head) */
    struct text name, zh, en; /* en may be empty */
    enum change_kind kind;
    /* "KEY: VALUE" a line: those that the other does not have; where a parameter only got a value
     * more, `old` is the one in force until then */
    struct text old, new;
};
struct change_reach {
    struct text name; /* of a rule of either pack, the engine's own included; or of a figure */
    uint64_t reads;   /* the changes that it reads, through other figures and in either pack */
};
struct changes {
    uint32_t count, rule_count, figure_count;
    struct change *items;                 /* by section and name */
    struct change_reach *rules, *figures; /* by name */
};

HEDUI_CHECKED hedui_status changes_find(struct changes *out, const struct pack *old,
                                        const struct pack *new, struct arena *arena,
                                        struct err *err);
/* The changes that a rule or figure reads; 0 for a name that neither pack has. */
uint64_t changes_of_rule(const struct changes *changes, struct text rule);
uint64_t changes_of_figure(const struct changes *changes, struct text figure);
/* Per figure of `new` the number of the figure of `old` that no change reaches, UINT32_MAX: none.
 */
/* Per rule of `new`: `old` has it and no change reaches it. */
HEDUI_CHECKED hedui_status changes_same_rules(bool **same, const struct changes *changes,
                                              const struct pack *old, const struct pack *new,
                                              struct arena *arena, struct err *err);
bool changes_spare_engine(const struct changes *changes); /* none reaches a rule of the engine's */
HEDUI_CHECKED hedui_status changes_same(uint32_t **same, const struct changes *changes,
                                        const struct pack *old, const struct pack *new,
                                        struct arena *arena, struct err *err);

#endif
