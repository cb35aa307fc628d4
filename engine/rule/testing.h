/* SPDX-License-Identifier: Apache-2.0 */
/* testing.h: the inside of `rules test`, shared by the files that run tests and look behind them.
 *
 * From     pack_test.c, household by household
 * Lives    one pack_test_all(); what one test needs lies in `scratch` */
#ifndef HEDUI_RULE_TESTING_H
#define HEDUI_RULE_TESTING_H

#include "engine/rule/case.h"
#include "engine/rule/finding.h"
#include "engine/rule/pack_test.h"

struct seen;
struct limits;
struct testing {
    const struct pack *pack;
    const struct test_options *options;
    struct messages *messages;
    struct test_report *report;
    struct buf *print;
    struct arena files;   /* trees of the test files */
    struct arena scratch; /* one test */
    const struct yaml_node *base;
    struct seen *cover;    /* NULL: not asked for */
    struct limits *limits; /* NULL: not asked for */
    bool is_robust_failed;
};

/* One line of the report; error NULL: passed. value may be empty. */
void test_tell(struct testing *t, const char *error, struct text name, struct text value);

struct tried {    /* a household that a test did not write itself */
    bool is_read; /* else no more is known */
    struct household *household;
    struct run run;
    struct judgement judgement;
};
/* Builds and judges `tree`; `how`: JUDGE_… flags. What is wrong with it is nobody's message. */
HEDUI_CHECKED hedui_status test_try(struct testing *t, struct tried *out,
                                    const struct yaml_node *tree, uint32_t how, struct err *err);
/* Outcome, findings and doubts alike, word by word. */
bool judgements_same(const struct judgement *a, const struct judgement *b);

/* test_cover.c */
HEDUI_CHECKED hedui_status cover_open(struct testing *t, struct err *err);
void cover_note(struct testing *t, struct run *run); /* after the household was judged */
void cover_tell(struct testing *t);

/* test_robust.c: the laws over one household. */
HEDUI_CHECKED hedui_status robust_try(struct testing *t, const struct yaml_node *tree,
                                      struct text name, const struct household *household,
                                      const struct judgement *judgement, struct err *err);
void robust_tell(struct testing *t);

/* warn_tried.c */
HEDUI_CHECKED hedui_status trial_try(struct testing *t, const struct yaml_node *tree,
                                     struct run *run, struct err *err);

/* test_limits.c: comparisons of amounts in rules and exceptions, moved to their limit. */
HEDUI_CHECKED hedui_status limits_open(struct testing *t, struct err *err);
HEDUI_CHECKED hedui_status limits_try(struct testing *t, const struct yaml_node *tree,
                                      struct err *err);
void limits_tell(struct testing *t);

/* Every scalar that stands for an input of the household, with its path; stops at an error. */
struct leaf {
    struct text path;
    const struct yaml_node *value;
    const struct field *field; /* NULL: born, sex */
    const struct kind *list;   /* of a row; NULL: of the case or a person */
};
HEDUI_CHECKED hedui_status leaves_each(struct testing *t, const struct yaml_node *tree,
                                       hedui_status (*each)(void *context, const struct leaf *leaf,
                                                            struct err *err),
                                       void *context, struct err *err);

#endif
