/* SPDX-License-Identifier: Apache-2.0 */
/* quick.h: the quick walk: an expression over what is known, straight from the cells.
 *
 * From     run_eval, for every evaluation whose comparisons nobody looks at
 * To       a value, or the answer that the reference walk (eval.c) must make it
 * Lives    on the stack; only a trace takes subjects from the arena
 * Threads  as its run
 * Errors   none: whatever is unknown, none, maybe there, stale, in error or not handled here is the
 *          reference walk's
 * Why      nearly every figure of nearly every household is known: then no list, no record and no
 *          cause need be made. Where the quick walk answers, the reference walk answers the same;
 *          tests/unit/rule/quick_test.c holds them equal. */
#ifndef HEDUI_RULE_QUICK_H
#define HEDUI_RULE_QUICK_H

#include "engine/rule/subject.h"
#include "engine/rule/tree.h"

/* false: the reference walk decides; *out is as it was. */
bool quick_eval(struct run *run, const struct expr *expr, const struct subject *current,
                struct value *out);

/* What follows is shared by quick.c and quick_list.c only. */

enum quick { QUICK_OPEN /* not here: the reference walk decides */, QUICK_KNOWN, QUICK_NONE };

struct quick_record { /* a person, row, thing, open end or the case, seen without a subject */
    const struct shape *shape;
    const struct kind *kind;
    const struct cell *cells; /* NULL: an open end */
    const struct person *person;
    const struct household_row *row;
    const struct open_end *open;
    const struct household_thing *thing;
    struct subject *subject; /* persons, the case, the current row of a fact; or NULL */
    struct subject **traced; /* rows and things: the subject that stands for it in a trace */
};

struct quick_value { /* which one, the type of the node says */
    union {
        int64_t integer; /* also bool, date, month, code, money, units of a decimal */
        struct ratio ratio;
        struct text text;
        struct key128 identity;
        const struct list *list;
        const struct quick_record *record;
    };
};

struct quick_walk {
    struct run *run;
    const struct quick_record *current;
    uint64_t steps, steps_max;
    struct quick_value vars[EXPR_VARS_MAX];
    int32_t day, day_month; /* the date whose month was asked for last */
};

enum quick quick_walk(struct quick_walk *q, const struct expr *node, struct quick_value *out);
enum quick quick_take(const struct value *value, const struct type *type, struct quick_value *out);
int quick_order(const struct type *type, const struct quick_value *a, const struct quick_value *b);
/* While tracing: the record is looked at. */
void quick_touch(struct quick_walk *q, const struct quick_record *record, const struct part *part);
/* NULL: not here. `room` is for the record where none stands already. */
const struct quick_record *quick_record_of(struct quick_walk *q, const struct expr *node,
                                           struct quick_record *room);

enum quick quick_table(struct quick_walk *q, const struct expr *node,
                       struct quick_value *out); /* table_walk.c */

/* quick_list.c */
enum quick quick_quantifier(struct quick_walk *q, const struct expr *node, struct quick_value *out);
enum quick quick_fold(struct quick_walk *q, const struct expr *node, struct quick_value *out);
enum quick quick_size(struct quick_walk *q, const struct expr *node, struct quick_value *out);
enum quick quick_in(struct quick_walk *q, const struct expr *node, struct quick_value *out);

#endif
