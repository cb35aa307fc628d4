/* SPDX-License-Identifier: Apache-2.0 */
/* value.h: types and values of the expression language (docs/RULES.md; five-valued logic).
 *
 * Lives    in the arena of the evaluation
 * Why      every value is known, none, unknown with its causes, or an error; unknown numbers carry
 *          the interval (lo, hi) in which they lie, as far as it is known: never a narrower one. */
#ifndef HEDUI_RULE_VALUE_H
#define HEDUI_RULE_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/household/household.h"

__extension__ typedef __int128 i128;

enum type_kind {
    TYPE_NULL,
    TYPE_BOOL,
    TYPE_INT,
    TYPE_STRING,
    TYPE_MONEY,
    TYPE_EXACT,
    TYPE_RATE,
    TYPE_DECIMAL,
    TYPE_DATE,
    TYPE_MONTH,
    TYPE_CODE,
    TYPE_IDENTITY,
    TYPE_LIST,
    TYPE_RECORD,
    TYPE_ZERO /* literal 0 */,
    TYPE_ANY /* empty list's element */,
    TYPE_ERROR /* silences followers */,
};
enum period { PERIOD_ONCE, PERIOD_MONTH, PERIOD_YEAR };

struct type_field;
struct type {
    enum type_kind kind;
    bool may_be_none;              /* T? */
    enum period per;               /* money, exact */
    uint8_t scale;                 /* decimal */
    const struct code_list *codes; /* code */
    const struct type *of;         /* list */
    uint32_t field_count;          /* record */
    const struct type_field *fields;
    struct text name;  /* record: kind's name, for messages */
    bool is_unordered; /* list of rows or persons: [i] is T212 */
};
struct type_field {
    struct text name, zh;
    const struct type *type;
    bool is_closed; /* rules: no → N107 */
};

enum value_state { VALUE_KNOWN, VALUE_NONE, VALUE_UNKNOWN, VALUE_ERROR };

/* A sorted set of cause numbers (struct causes names them). NULL: empty. */
struct cause_set {
    uint32_t count;
    const uint32_t *items;
};
struct causes { /* numbers to texts, for one household or one --jsonl line */
    struct arena *arena;
    struct text *names;
    uint32_t count, room;
};
uint32_t cause_number(struct causes *causes, struct text name); /* UINT32_MAX: arena full */
/* The union of both, in `arena` where neither holds the other. false: arena full. */
bool cause_union(struct cause_set *out, struct cause_set a, struct cause_set b,
                 struct arena *arena);
/* The set of one. false: arena full. */
bool cause_one(struct cause_set *out, struct causes *causes, struct text name);
/* The names, sorted by bytes; NULL: arena full. */
struct text *cause_texts(struct cause_set set, const struct causes *causes, struct arena *arena);

/* num over den in lowest terms, den > 0. */
struct ratio {
    i128 num;
    int64_t den;
};

struct list;
struct record;
struct value {
    enum value_state state;
    bool has_lo, has_hi; /* UNKNOWN numbers: the bounds that are known */
    union {
        bool boolean;
        int64_t integer; /* int, money (fen), decimal units, date, month, code number */
        struct text string;
        struct ratio ratio; /* exact (of a fen), rate */
        struct key128 identity;
        const struct list *list;
        const struct record *record;
        const char *error; /* VALUE_ERROR: code, "E801" … */
    };
    struct ratio lo, hi;     /* in the units of the value's type */
    struct cause_set causes; /* UNKNOWN; NONE: what need() blames, empty: the expression's text */
};

struct element {
    struct value value;
    bool is_maybe; /* there only perhaps, by `causes` */
    struct cause_set causes;
};
struct list {
    uint32_t count, open_count;
    const struct element *elements;
    const struct element *opens; /* open ends: `value` is what is known of the elements to come
                                    (a record whose other fields are unknown), is_maybe is true */
};
struct record {
    const struct type *type;
    /* Reads field number i; may compute it (facts of a kind) and cache it. */
    struct value (*field)(const struct record *self, uint32_t i, void *frame);
    const void *self; /* producer's own: household_row, person, array of values … */
    uint32_t number;
};

#endif
