/* SPDX-License-Identifier: Apache-2.0 */
/* bind.h: one household seen through one pack: slots, rows and facts, computed when first read.
 *
 * From     household, pack
 * To       judge.c, finding.c, case tests
 * Lives    the struct is the caller's; all else in the arena of the block
 * Errors   is_full: the arena was; the caller answers arena_full()
 * Why      most rules read a few fields of a few rows: a value is made when it is asked for, and a
 *          cause gets its text only when a finding prints it. */
#ifndef HEDUI_RULE_BIND_H
#define HEDUI_RULE_BIND_H

#include "engine/rule/pack_in.h"

#define SLOT_ALWAYS UINT32_MAX

struct run;
struct subject { /* what stands behind a record: a person, a row, a thing, an open end, the case */
    struct record record;
    struct run *run;
    const struct shape *shape;
    const struct kind *kind;
    const struct cell *cells;            /* NULL: an open end */
    const struct household_row *row;     /* a row, or the first of a thing */
    const struct household_thing *thing; /* or NULL */
    const struct person *person;         /* owner; NULL: the case */
    const struct open_end *open;         /* an open end, else NULL */
    struct cause_set causes;             /* of an open end */
    uint32_t *fact_states;               /* the generation that computed it */
    struct value *facts;
    uint8_t *list_states; /* persons: per kind */
    struct value *lists;
    uint32_t touched_at; /* tracing: the generation that read it */
    bool is_counted;     /* tracing: an amount or number was read */
    uint64_t fields;     /* tracing: amounts and numbers read, a bit per field */
    struct subject *touched_next;
};
struct late_cause { /* a cause without its text yet */
    const struct person *person;
    const struct kind *kind;
    const struct open_end *open;
};
struct run {
    const struct pack *pack;
    const struct household *household;
    struct arena *arena;
    struct causes causes;
    struct late_cause *late; /* beside causes.names */
    uint32_t late_room;
    int32_t as_of;
    const struct epoch *epoch; /* that holds as_of */
    int32_t
        base_month;   /* the earlier of the months of application and check; INT32_MIN: not known */
    enum grade floor; /* rows of a lower grade count as maybe there */
    bool is_tracing;  /* collect what is read, in `touched` */
    bool is_full;
    bool has_stale;           /* some answer was too old: lists are not what the household holds */
    bool is_reference;        /* for tests: everything by the reference walk */
    bool is_boundless;        /* for tests: comparisons know no bounds of an unknown number */
    struct subject *touched;  /* newest first */
    enum coverage **coverage; /* [person][source], staleness applied: the worst of its kinds */
    enum coverage **kind_coverage; /* [person][source × kind_count + kind] */
    struct subject *persons;       /* person_count */
    struct subject case_subject;
    const struct household_row *without; /* counts as not there; NULL: none. See run_without */
    const struct expr *replaced;         /* in rules: taken to be `replacement`; NULL: none */
    struct value replacement;
    uint32_t generation;   /* raised to compute facts anew, for a trace */
    uint32_t *slot_states; /* the generation that computed it; SLOT_ALWAYS: no fact, stays */
    struct value *slots;
    const struct expr *failed; /* where the last error arose */
};
/* Where comparisons go while a rule is evaluated for its finding. */
typedef void (*compared_fn)(void *context, const struct expr *left, struct value left_value,
                            const char *op, const struct expr *right, struct value right_value,
                            const struct type *left_type, const struct type *right_type,
                            struct value result);
struct bound { /* frame.context of every evaluation */
    struct run *run;
    const struct subject *current;
    void *trace;
};

HEDUI_CHECKED hedui_status run_open(struct run *run, const struct pack *pack,
                                    const struct household *household, struct arena *arena,
                                    struct err *err);
struct value run_eval(struct run *run, const struct expr *expr, const struct subject *current,
                      compared_fn compared, void *trace);
struct value run_slot(struct run *run, uint32_t slot);
struct value param_day(struct run *run, const struct param *param); /* the one it is read for */
const struct value *run_slot_at(struct run *run, uint32_t slot);    /* until the next is computed */
/* Texts of a set, sorted, once each. */
HEDUI_CHECKED hedui_status run_causes(struct run *run, struct cause_set set, struct text **texts,
                                      uint32_t *count, struct err *err);
struct value fact_value(struct run *run, const struct fact *fact, const struct subject *current);
bool run_cause(struct run *run, struct value *out, struct text name); /* out: unknown by `name` */
/* What the pack takes a field for that is lacking; of a thing only where one of its rows lacks it.
 * NULL: nothing. */
const struct cell *assumed_cell(const struct run *run, const struct kind *kind, uint32_t field,
                                const struct household_thing *thing);
static inline bool
open_is_assumed(const struct run *run, const struct kind *kind, const struct open_end *open)
{
    return open->source >= 0 && (run->pack->assumed_lists >> kind->number & 1) != 0;
}
/* From now on as if that row had never been delivered; another one that was left out is back. */
void run_without(struct run *run, const struct household_row *row);
/* An answer older than valid_days on the as-of day is stale: what it said is no knowledge. */
bool cover_is_stale(const struct pack *pack, const struct cover *cover, uint32_t source,
                    int32_t as_of);
/* A list, its limit broken? Answers the number of rows past it, else 0. */
uint32_t list_excess(const struct household *household, const struct person *person, uint32_t kind);
/* How far a row carries: as its source says, less where its name is absent or another. */
enum grade row_grade(const struct pack *pack, const struct household_row *row);
static inline bool
row_is_maybe(const struct run *run, const struct household_row *row)
{
    return run->floor > GRADE_LEAD && row_grade(run->pack, row) < run->floor;
}

#endif
