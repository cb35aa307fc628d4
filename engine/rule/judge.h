/* SPDX-License-Identifier: Apache-2.0 */
/* judge.h: a household through a pack: outcome, findings, figures, doubts.
 *
 * From     household, pack
 * To       verdict, which prints it; rules test and rules eval, which compare it
 * Lives    in the block's arena
 * Errors   HEDUI_E_LIMIT (arena). What goes wrong inside a rule is a finding (ENG-ERROR).
 * Why      all rules are evaluated and all findings kept; no order changes a result. */
#ifndef HEDUI_RULE_JUDGE_H
#define HEDUI_RULE_JUDGE_H

#include "engine/rule/pack.h"

enum outcome { OUTCOME_MET, OUTCOME_NOT_MET, OUTCOME_INCOMPLETE, OUTCOME_REVIEW };
const char *outcome_name(enum outcome outcome);
const char *outcome_zh(enum outcome outcome);

enum level { LEVEL_NONE = 1, LEVEL_ASK, LEVEL_DOUBT, LEVEL_DENY, LEVEL_HOLD };
const char *level_name(enum level level);     /* "ask" … */
enum outcome level_outcome(enum level level); /* of a household whose highest it is */

struct compared {
    struct text left, value, op, right, limit, margin; /* printed; margin empty for non-numbers */
    bool at_least, at_most;
    struct text unit; /* of value, limit and margin: "元", "元／月", empty */
};
struct evidence_row {
    struct text row; /* "A.accounts.0" */
    struct text source;
    int32_t as_of;
    const struct household_row *of; /* for provenance; NULL: an applicant's own field */
};
struct unless_result {
    struct text id, is; /* "false", "unknown" */
};
struct counter {       /* what would make the rule stop */
    struct text what;  /* "left_at_most", "left_at_least", "left_below", "left_above", the same of
                          "right_", "without" */
    struct text value; /* a number, printed; a row */
    struct text of, unit; /* numbers: the expression that should have it, and its unit */
    bool is_named;        /* several numbers: each says whose it is */
};
const char *counter_zh(struct text what); /* "至多 ", "低于 " … */
struct finding {
    struct text rule; /* "savings", "ENG-AUTH" */
    enum level level;
    struct text reason, zh, en, ref; /* en, ref may be empty */
    int32_t severity;
    int64_t share;     /* the largest margin as a share of its limit, in millionths; -1: none */
    struct text grade; /* "final", "needs_confirmation", "lead" */
    uint32_t compared_count, evidence_count, unless_count, open_count, settle_count, confirm_count,
        counter_count;
    struct compared *compared;
    struct evidence_row *evidence;
    struct unless_result *unless;
    struct text *open;   /* causes, sorted */
    struct text *settle; /* what settles each cause */
    struct counter *counter;
    bool is_counter_cut;  /* trials ran out: there may be more */
    struct text *confirm; /* rows that a person must confirm first: "A.incomes.0" */
};
struct near {                 /* a rule that did not fire, and how far it was from it */
    struct text rule, unless; /* unless: the exception that kept it, or empty */
    struct compared compared; /* its margin is the distance */
};
struct figure { /* a fact with output: yes */
    struct text name, zh, en;
    const struct type *type;
    struct value value;
    struct text *causes; /* unknown: sorted */
    uint32_t cause_count;
};
struct declared_line {
    struct text item, zh, stated, found, is, difference; /* is: 一致 漏报 少报 多报 or "unknown" */
    struct text ref, unit;                               /* unit: of stated, found and difference */
};
struct assumption { /* taken for granted by the pack: "A.student", "no", why */
    struct text what, value, zh;
};
struct unconfirmed { /* a figure of the pack that no paper stands behind, and a verdict may rest on
                      */
    struct text param, zh, en, value;
};
struct judgement {
    enum outcome outcome;
    uint32_t finding_count; /* ranked: level, severity, margin as a share of the limit, rule */
    struct finding *findings;
    uint32_t figure_count; /* in the order of their names */
    struct figure *figures;
    uint32_t missing_count; /* causes of the doubts, sorted, once each */
    struct text *missing;
    uint32_t near_count; /* in the order of rules' names */
    struct near *near;
    uint32_t assumed_count;
    struct assumption *assumed;
    uint32_t declared_count;
    struct declared_line *declared;
    uint32_t unconfirmed_count; /* in force on the as-of day, in the order of their names */
    const struct unconfirmed *const *unconfirmed;
    enum coverage **coverage;      /* [person][source], staleness applied: the worst of its kinds */
    enum coverage **kind_coverage; /* [person][source × kind_count + kind] */
};

HEDUI_CHECKED hedui_status judge(struct judgement *out, const struct pack *pack,
                                 const struct household *household, struct arena *arena,
                                 struct err *err);

/* The same for household `at` of a block that a lane has answered (rule/vector.h) as far as it can.
 * is_brief: objections are named and not told: no texts, comparisons, evidence or margins. */
struct vector_lane;
HEDUI_CHECKED hedui_status judge_told(struct judgement *out, const struct pack *pack,
                                      const struct household *household,
                                      const struct vector_lane *lane, uint32_t at, bool is_brief,
                                      struct arena *arena, struct err *err);

/* `rules test PACK`: runs tests/ of the pack, prints one line a test ("ok - NAME" / "not ok - NAME:
 * expected …, got …"); counts. `rules eval PACK --in FILE`: households as JSON lines in the shape
 * of a test's `base`; prints one JSON line each: case, outcome, reasons, missing, output. */
struct test_counts {
    uint32_t passed, failed;
};
HEDUI_CHECKED hedui_status pack_test(struct test_counts *out, const struct pack *pack,
                                     const char *dir, const struct model *model,
                                     struct messages *messages, struct buf *print, struct err *err);
HEDUI_CHECKED hedui_status pack_eval(const struct pack *pack, const struct model *model,
                                     struct text lines, struct buf *out, uint32_t *broken,
                                     struct err *err);

#endif
