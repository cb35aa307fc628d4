/* SPDX-License-Identifier: Apache-2.0 */
/* expr.h: one expression: text to a typed tree, and the scalar walk that gives it a value.
 *
 * From     a pack's scalar, or a line of `rules eval --jsonl`
 * To       the pack (pack.h), which gives names their types and values
 * Lives    the tree in the pack's arena; values in the household's
 * Errors   compile: messages with code and place (T2xx, N10x). Run: VALUE_ERROR with E8xx.
 * Why      the scalar walk is the reference that every faster form is held equal to. */
#ifndef HEDUI_RULE_EXPR_H
#define HEDUI_RULE_EXPR_H

#include "engine/base/message.h"
#include "engine/base/yaml.h"
#include "engine/rule/value.h"

struct expr; /* the compiled tree; expr_type tells its type */

/* Resolves a bare name or `p.X` (given whole: "p.X"). Answers a slot number ≥ 0 and its type, or -1
 * (then N101 with did-you-mean over expr_scope.names_near). */
struct expr_scope {
    void *context;
    int32_t (*resolve)(void *context, struct text name, const struct type **type, struct text *zh);
    /* The nearest valid name, or empty. */
    struct text (*near)(void *context, struct text name);
    uint32_t steps_max;
    bool is_unsupported_ok; /* --jsonl: what is outside the subset sets *unsupported */
};

struct expr_source {
    struct text text;
    struct place place;        /* of its first character */
    const struct place *marks; /* as in yaml_node, or NULL */
};

/* NULL where messages got an error (or *unsupported was set). `unsupported` may be NULL. */
struct expr *expr_compile(const struct expr_source *source, const struct expr_scope *scope,
                          struct messages *messages, struct text *unsupported, struct arena *arena);
const struct type *expr_type(const struct expr *expr);
/* Expression as canonical text printed from the tree (for the meaning hash and for reading back).
 */
struct text expr_print(const struct expr *expr, struct arena *arena);

/* One evaluation. `slot` gives the value of a slot (the pack computes facts lazily and caches).
 * trace, where set, is called for every comparison evaluated: for `compared` in findings. */
struct expr_frame {
    void *context;
    struct value (*slot)(void *context, uint32_t slot);
    void (*compared)(void *context, const struct expr *left, struct value left_value,
                     const char *op, const struct expr *right, struct value right_value,
                     const struct type *left_type, const struct type *right_type,
                     struct value result); /* may be NULL */
    const struct calendar *calendar;       /* NULL: no working day is known */
    bool is_boundless;                     /* comparisons know no bounds of an unknown number */
    struct causes *causes;
    struct arena *arena;
    bool is_tracing;             /* rows that are counted are read, so that a trace has them */
    const struct expr *replaced; /* a node that is taken to be `replacement`; NULL: none */
    struct value replacement;
    uint64_t steps;            /* counted */
    bool is_full;              /* the arena was: the caller answers arena_full */
    const struct expr *failed; /* where the last VALUE_ERROR arose; expr_place tells its place */
};
struct value expr_eval(const struct expr *expr, struct expr_frame *frame);

/* Prints a known value canonically: money "650.00", exact "6500100/3", dates … (verdict figures).
 */
void value_print(struct buf *out, struct value value, const struct type *type);
struct text type_print(const struct type *type, struct arena *arena); /* "list(money/month?)" */

/* `rules eval --jsonl`: one answer line per line of `source` (docs/RULES.md). */
HEDUI_CHECKED hedui_status expr_jsonl(struct text source, struct buf *out, struct err *err);

/* Shared by pack.h: coerces `value` of type `from` to `to` (money→exact, int→decimal → rate, 0 →
 * any number); false: types do not meet. */
bool type_accepts(const struct type *to, const struct type *from);
struct value value_convert(struct value value, const struct type *from, const struct type *to);
/* Rounding functions by name ("round_fen" …) for a fact's `round:`; false: no such function. */
bool round_named(struct text name, struct value value, const struct type *from, struct value *out);

struct place expr_place(const struct expr *expr);
/* A type by its print ("list(money/month?)", "code(income_item)" with `model` given); NULL: no such
 * type or arena full. */
const struct type *type_parse(struct text text, const struct model *model, struct arena *arena);
const struct type *type_of(enum type_kind kind); /* plain, once, never none */
const struct type *type_list(const struct type *of, bool is_unordered, struct arena *arena);
const struct type *type_none(const struct type *type, bool may_be_none, struct arena *arena);
/* The type in which both meet (1.1), or NULL. */
const struct type *type_join(const struct type *a, const struct type *b, struct arena *arena);
/* "80%", "1.5", "1/3": both parts as written at most 10^6. "-12.50" as fen. "12.50" as units. */
bool rate_read(struct text text, struct value *out);
bool money_read(struct text text, struct value *out);
bool decimal_read(struct text text, uint8_t *scale, struct value *out);
bool date_read(struct text text, struct value *out);  /* "2026-07-01" */
bool month_read(struct text text, struct value *out); /* "2026-07" */
/* The lowest (or highest) number that an unknown one may be. false: no such bound is known. */
bool value_bound(const struct value *value, const struct type *type, bool is_low,
                 struct value *out);
/* All causes of the unknown parts of a value, also inside lists and records. false: arena full. */
bool value_causes(struct cause_set *out, const struct value *value, const struct type *type,
                  void *frame, struct arena *arena);

#endif
