/* SPDX-License-Identifier: Apache-2.0 */
/* finding.h: findings being made: what was compared, which rows stand behind it, what settles it.
 */
#ifndef HEDUI_RULE_FINDING_H
#define HEDUI_RULE_FINDING_H

#include "engine/rule/judge.h"
#include "engine/rule/show.h"

struct vector_lane;
struct counted;
struct ranked {
    struct finding finding;
    int64_t share; /* margin as a share of the limit, in millionths; -1: none */
};
struct judging {
    struct run *run;
    struct run *floors[GRADE_COUNT]; /* rows below that grade in doubt; NULL: not asked yet */
    uint64_t below[GRADE_COUNT];     /* kinds that have such rows, a bit each */
    struct judgement *out;
    struct arena *arena;
    uint32_t count, room;
    struct ranked *items;
    struct buf buf;                 /* scratch of texts */
    bool is_brief;                  /* JUDGE_BRIEF */
    bool tells_doubts;              /* JUDGE_DOUBTS */
    const struct vector_lane *lane; /* that has answered for this household, `at`; NULL: none */
    uint32_t at;
    const struct counted *told; /* of judge_counted(); else NULL */
};
#define COMPARED_MAX 8
struct comparison {
    const struct expr *left, *right;
    const char *op;
    struct value left_value, right_value, result;
    const struct type *left_type, *right_type;
};
struct trace {
    uint32_t count;
    struct comparison items[COMPARED_MAX];
};
/* The number of one side, in ones: of an unknown one the bound that decides. false: it has none. */
bool comparison_number(const struct comparison *c, bool is_left, struct ratio *out);
/* How far past the limit, and as a share of it; false: not numbers. */
bool comparison_margin(const struct comparison *c, struct ratio *margin, int64_t *share);
/* Printed; answers the margin as a share, -1 where there is none. */
int64_t compared_fill(struct judging *j, struct compared *out, const struct comparison *c);
/* A rule under the logic of five values: when && !(e1 || e2 …). `unless`: rule->unless_count
 * values, or NULL. */
struct value rule_value(struct run *run, const struct rule *rule, struct trace *trace,
                        struct value *unless);
HEDUI_CHECKED hedui_status finding_new(struct judging *j, struct ranked **out, struct err *err);
HEDUI_CHECKED hedui_status finding_of_rule(struct judging *j, const struct rule *rule,
                                           enum level level, enum grade grade, struct err *err);
HEDUI_CHECKED hedui_status finding_open(struct judging *j, struct finding *finding,
                                        struct text *causes, uint32_t count, struct err *err);
HEDUI_CHECKED hedui_status evidence_of_rows(struct judging *j, struct finding *finding,
                                            const struct household_row *const *rows, uint32_t count,
                                            struct err *err);
HEDUI_CHECKED hedui_status engine_findings(struct judging *j, struct err *err);
HEDUI_CHECKED hedui_status declared_findings(struct judging *j, struct err *err);
HEDUI_CHECKED hedui_status evidence_of_run(struct judging *j, struct finding *finding,
                                           struct run *run, struct err *err);

/* grade.c */
void grades_note(struct judging *j);
bool grades_full(const struct judging *j); /* the arena was, meanwhile */
/* `objects` is asked only over rows of kinds that have some of a lower grade. */
enum grade objection_grade(struct judging *j, uint64_t kinds,
                           bool (*objects)(struct judging *j, struct run *run, const void *of),
                           const void *of);
enum grade rule_grade(struct judging *j, const struct rule *rule);
HEDUI_CHECKED hedui_status confirm_build(struct judging *j, struct finding *finding,
                                         struct err *err);

/* counter.c: of a rule that is true, while `touched` names what it read */
HEDUI_CHECKED hedui_status counter_build(struct judging *j, struct finding *finding,
                                         const struct rule *rule, const struct trace *trace,
                                         struct err *err);
/* assume.c */
HEDUI_CHECKED hedui_status assumptions_build(struct judging *j, struct err *err);
/* near.c: of a rule that did not fire */
HEDUI_CHECKED hedui_status near_build(struct judging *j, const struct rule *rule, struct err *err);

struct text settle_text(const struct pack *pack, struct text cause, struct arena *arena);
/* judge() with a run of the caller's, who may then ask it for facts. `how`: none of these, or some.
 */
#define JUDGE_REFERENCE 1u /* everything by the reference walk */
#define JUDGE_BRIEF 4u     /* findings of rules are rule, level and reason, and nothing more */
#define JUDGE_DOUBTS 128u  /* with JUDGE_BRIEF: doubts are told all the same, for their causes */
#define JUDGE_BOUNDLESS 2u /* as if nothing were known of an unknown number (law 3) */
HEDUI_CHECKED hedui_status judge_as(struct judgement *out, struct run *run, uint32_t how,
                                    const struct pack *pack, const struct household *household,
                                    struct arena *arena, struct err *err);
/* In brief, for who counts: nothing of a finding but rule, level and reason. What stands already:
 * the answers of a lane of this pack, whose household number `at` it is (NULL: none), and those of
 * another pack's run over the same household (NULL: none); same[i]: which figure of that pack means
 * what figure i of this one does (changes_same()), UINT32_MAX: none. */
struct counted {
    const struct vector_lane *lane;
    uint32_t at;
    const struct run *from;
    const uint32_t *same;
    const struct judgement *beside; /* that pack's, in brief; NULL: none */
    const bool *same_rules; /* per rule of this pack: no change reaches it (changes_same_rules()) */
    bool is_engine_same;    /* nor any of the engine's own */
};
HEDUI_CHECKED hedui_status judge_counted(struct judgement *out, struct run *run,
                                         const struct pack *pack, const struct household *household,
                                         const struct counted *told, struct arena *arena,
                                         struct err *err);
HEDUI_CHECKED hedui_status judge_run(struct judgement *out, struct run *run,
                                     const struct pack *pack, const struct household *household,
                                     struct arena *arena, struct err *err);

#endif
