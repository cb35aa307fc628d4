/* SPDX-License-Identifier: Apache-2.0 */
/* moves.h: many households under two packs: who moves, by which rule and change, and what money.
 *
 * From     two judgements of one household each time, in brief (JUDGE_BRIEF) or whole
 * To       `rules diff`
 * Lives    moves_open() to moves_close(); texts point into the packs, or are its own
 * Threads  one at a time; lanes count apart and are joined
 * Errors   HEDUI_E_MEMORY
 * Why      the answers are those of two full runs, compared: outcome, findings by rule, level and
 *          reason, and figures. No order of the households changes a count or a sample. */
#ifndef HEDUI_RULE_MOVES_H
#define HEDUI_RULE_MOVES_H

#include "engine/base/sheet.h"
#include "engine/rule/judge.h"
#include "engine/rule/pack_change.h"

#define MOVES_SAMPLES 5 /* the first case numbers of each move */

struct moves_name { /* a rule or a reason; `lost`: the old pack says it, the new one does not */
    struct text name;
    uint64_t gained, lost, altered; /* altered: another level (rules only) */
};
struct moves_figure {
    struct text name, zh, en;
    bool is_money;
    uint64_t changed;         /* cases whose value differs, unknown to known too */
    uint64_t summed;          /* money: cases where both are known */
    int64_t old_sum, new_sum; /* money, in fen, over those */
};
struct moves_division {
    struct text name;
    uint64_t cases, moved, old_met, new_met;
};
struct moves {
    const struct changes *changes;
    struct arena arena;             /* case numbers and divisions */
    uint64_t cases, moved, changed; /* moved: another outcome; changed: any answer differs */
    uint64_t matrix[4][4];          /* [old][new] */
    struct text samples[4][4][MOVES_SAMPLES]; /* the smallest case numbers, sorted */
    uint64_t by_change[CHANGE_MASK_MAX];      /* cases that changed by what reads it */
    uint32_t rule_count, reason_count, figure_count, division_count;
    uint32_t rule_room, reason_room, figure_room, division_room, last_division;
    struct moves_name *rules, *reasons; /* sorted by name */
    struct moves_figure *figures;       /* by name */
    struct moves_division *divisions;   /* by name */
};

void moves_open(struct moves *moves, const struct changes *changes);
void moves_close(struct moves *moves);
/* Counts one case; a line of `sheet` (may be NULL) for one that changed. */
HEDUI_CHECKED hedui_status moves_add(struct moves *moves, const struct household *household,
                                     const struct judgement *old, const struct judgement *new,
                                     struct sheet *sheet, struct err *err);
HEDUI_CHECKED hedui_status moves_join(struct moves *into, const struct moves *from,
                                      struct err *err);
extern const char moves_titles[]; /* first line of the sheet */

#endif
