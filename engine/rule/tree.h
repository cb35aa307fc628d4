/* SPDX-License-Identifier: Apache-2.0 */
/* tree.h: the inside of an expression: nodes, tokens, helpers that the files of the language share.
 *
 * From     parse.c, which makes nodes; check.c, which resolves names and types them in place
 * To       eval.c, print.c, pack through expr.h
 * Lives    in the arena given to expr_compile
 * Why      one node type: parsing, checking and walking need no translation between them; depth and
 *          count are bounded where a node is made, so no walk over a tree can go deeper. */
#ifndef HEDUI_RULE_TREE_H
#define HEDUI_RULE_TREE_H

#include "engine/rule/expr.h"

#define EXPR_BYTES_MAX 4096
#define EXPR_DEPTH_MAX 64
#define EXPR_NODES_MAX 1000
#define EXPR_VARS_MAX 3 /* macros inside macros */
#define EXPR_STEPS_MAX 1000000

enum op {
    OP_LITERAL, /* literal, type */
    OP_NAME,    /* parsed only: name */
    OP_SELECT,  /* parsed: args[0].name; checked: field `number` of the record args[0] */
    OP_CALL,    /* parsed only: name(args) or args[0].name(args[1]…) */
    OP_LIST,
    OP_INDEX,
    OP_NOT,
    OP_NEG,
    OP_AND, /* two and more args */
    OP_OR,
    OP_COND,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_IN,
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIV,
    OP_MOD,
    /* checked only */
    OP_SLOT,
    OP_VAR,
    OP_HAS,      /* args[0] is there */
    OP_IS_NULL,  /* args[0] == null */
    OP_NOT_NULL, /* args[0] != null */
    OP_CONVERT,  /* args[0] in this node's type */
    OP_EXISTS,   /* args: list, variable, p (, e) */
    OP_ALL,
    OP_EXISTS_ONE,
    OP_FILTER,
    OP_MAP,
    OP_FUNCTION, /* `function` of args */
    OP_TABLE,    /* args: when, then of each row, then perhaps the value otherwise; number: the
                    table_hit (table.h) */
};

enum function {
    FUNCTION_SUM,
    FUNCTION_MIN,
    FUNCTION_MAX,
    FUNCTION_ROUND,
    FUNCTION_AGE_ON,
    FUNCTION_ADD_MONTHS,
    FUNCTION_MONTHS_BETWEEN,
    FUNCTION_DAYS_BETWEEN,
    FUNCTION_DATE,
    FUNCTION_YEAR,
    FUNCTION_MONTH,
    FUNCTION_MONTH_OF,
    FUNCTION_WITHIN_MONTHS,
    FUNCTION_PER_MONTH,
    FUNCTION_OVER_MONTHS,
    FUNCTION_OR_ELSE,
    FUNCTION_NEED,
    FUNCTION_KNOWN,
    FUNCTION_SIZE,
    FUNCTION_CONTAINS,
    FUNCTION_STARTS_WITH,
    FUNCTION_ENDS_WITH,
    FUNCTION_TRIM,
    FUNCTION_STRING,
    FUNCTION_INT,
    FUNCTION_BOOL,
    FUNCTION_YUAN,
    FUNCTION_FEN,
    FUNCTION_DEC,
    FUNCTION_RATE,
    FUNCTION_IS_WORKDAY, /* of the calendar */
    FUNCTION_ADD_WORKDAYS,
    FUNCTION_WORKDAYS_BETWEEN,
};
static inline bool
function_is_of_calendar(enum function function)
{
    return function >= FUNCTION_IS_WORKDAY;
}

enum rounding { ROUND_HALF, ROUND_DOWN, ROUND_UP, ROUND_EVEN };

struct expr {
    enum op op;
    bool is_constant; /* `literal` is the value, args are there for printing */
    bool is_method;   /* written args[0].name(…) */
    enum function function;
    enum rounding rounding;
    uint32_t unit;     /* rounding: in fen */
    uint32_t depth;    /* 1: a leaf */
    uint32_t number;   /* slot, variable, field */
    uint32_t from, to; /* bytes of the source */
    struct place place;
    uint32_t span; /* characters */
    struct text name;
    const struct type *type;
    uint32_t count;
    struct expr **args;
    struct value literal;
    /* The root's: */
    uint64_t steps_max;
};

enum token_kind {
    TOKEN_END,
    TOKEN_INT,
    TOKEN_STRING,
    TOKEN_NAME,
    TOKEN_TRUE,
    TOKEN_FALSE,
    TOKEN_NULL,
    TOKEN_IN,
    TOKEN_RESERVED,
    TOKEN_SIGN, /* punctuation and operators: `sign` */
};
struct token {
    enum token_kind kind;
    char sign[3];
    uint32_t from, to; /* bytes */
    struct text text;  /* name, or the string decoded */
    uint64_t number;   /* TOKEN_INT */
    bool is_too_large; /* TOKEN_INT: past uint64 */
};

/* One compilation. */
struct compiler {
    const struct expr_source *source;
    const struct expr_scope *scope;
    struct messages *messages;
    struct text *unsupported;
    struct arena *arena;
    bool is_failed; /* a message was added, or arena full: stop */
    /* lexing and parsing */
    uint32_t pos;
    struct token token;
    uint32_t depth, nodes;
    /* checking */
    struct text vars[EXPR_VARS_MAX];
    const struct type *var_types[EXPR_VARS_MAX];
    uint32_t var_count;
    const struct expr **guards; /* paths that are there */
    uint32_t guard_count, guard_room;
};

/* lex.c */
void token_next(struct compiler *c);
struct place place_at(const struct compiler *c, uint32_t byte);

/* parse.c */
struct expr *parse_expression(struct compiler *c); /* NULL: is_failed */
struct expr *node_make(struct compiler *c, enum op op, uint32_t from, uint32_t to, uint32_t count);
void node_depth(struct compiler *c, struct expr *node); /* after its args are set */

/* check.c: all set is_failed. zh and en are arena_printf results. */
void fail_at(struct compiler *c, uint32_t from, uint32_t to, const char *code, struct text zh,
             struct text en);
void fail_unsupported(struct compiler *c, uint32_t from, uint32_t to, const char *feature);
#define FAIL_NODE(c, node, code, zh, en)                                                           \
    fail_at(c, (node)->from, (node)->to, code, text_of(zh), text_of(en))

bool check(struct compiler *c, struct expr *node);          /* types a node; may be none is fine */
bool check_there(struct compiler *c, struct expr *node);    /* and T207 where it may be none */
bool check_operator(struct compiler *c, struct expr *node); /* check_operator.c */
bool check_call(struct compiler *c, struct expr *node);     /* check_call.c */
bool check_macro(struct compiler *c, struct expr *node, bool *is_macro); /* check_macro.c */
/* Wraps args[i] so that it has `type`; false: types do not meet (no message yet). */
bool coerce(struct compiler *c, struct expr **node, const struct type *type);
/* Both to the type in which they meet; reports T201 or T213 at `at`. NULL: failed. */
const struct type *meet(struct compiler *c, struct expr *at, struct expr **a, struct expr **b);

bool node_typed(struct compiler *c, struct expr *node,
                const struct type *type);              /* NULL: arena full */
bool list_fold(struct compiler *c, struct expr *node); /* a list of constants is one */
bool may_be_words(const struct expr *node); /* literals that may be words of a code list */
const struct type *type_core(const struct type *type); /* the elements' of lists in lists */
/* The message for operands that do not fit; always false. */
bool wrong_operands(struct compiler *c, struct expr *node, const char *code, const char *hint_zh,
                    const char *hint_en);
bool wrong_pair(struct compiler *c, struct expr *node, const struct type *a, const struct type *b);

/* meant.c: what was meant. */
struct nameable {
    struct text name, zh; /* zh may be empty */
};
struct text
label_short(struct text zh); /* "低保标准（元／人·月）" without what stands in brackets */
/* By names first; a word that is not ASCII by labels as well. SIZE_MAX: none is near. */
size_t near_find(struct text word, const struct nameable *items, uint32_t count,
                 struct arena *arena);
/* The end of a sentence, empty where nothing is near (item NULL or without a name). */
struct text near_zh(const struct nameable *item, struct arena *arena);
struct text near_en(const struct nameable *item, struct arena *arena);
void unknown_word(struct nameable *near, const struct code_list *list, struct text word,
                  struct arena *arena); /* the code that was meant; an empty name: none is near */

/* wide.c: full-width signs where half-width ones are meant. */
bool wide_is_sign(uint32_t c);
bool wide_is_letter(uint32_t c); /* of a word in Chinese, which is perhaps a label */
void fail_wide(struct compiler *c, uint32_t from, uint32_t to); /* T214, with the line mended */

/* guard.c: what is there once `node` is true (or false). guards_drop goes back to a count. */
void guards_add(struct compiler *c, const struct expr *node, bool when);
bool guards_have(const struct compiler *c, const struct expr *path);

/* type.c */
bool type_same(const struct type *a, const struct type *b);
bool type_is_number(const struct type *type);
bool type_is_ratio(const struct type *type);  /* exact, rate */
bool type_is_amount(const struct type *type); /* money, exact */
const struct type *type_amount(enum type_kind kind, enum period per, struct arena *arena);
const struct type *type_decimal(uint8_t scale, struct arena *arena);
bool periods_differ(const struct type *a, const struct type *b);

/* functions.c */
struct function_name {
    const char *name;
    enum function function;
    enum rounding rounding;
    uint32_t unit;
    uint8_t min, max; /* arguments */
    bool is_method, is_function;
};
const struct function_name *function_find(struct text name);
struct text function_near(struct text name);
/* One that looks at no list and no unknown: known arguments v to *out, which is zero before. NULL,
 * or the error's code. */
const char *function_known(const struct expr *node, const struct value *v, struct value *out,
                           struct arena *arena);

/* ratio.c: exact arithmetic; false: it does not fit. */
bool ratio_make(i128 num, i128 den, struct ratio *out);
bool ratio_add(struct ratio a, struct ratio b, struct ratio *out);
bool ratio_mul(struct ratio a, struct ratio b, struct ratio *out);
bool ratio_div(struct ratio a, int64_t by, struct ratio *out);
int ratio_cmp(struct ratio a, struct ratio b);
bool ratio_round(struct ratio a, enum rounding how, uint32_t unit, int64_t *out);
i128 ratio_floor(struct ratio a);
void i128_print(struct buf *out, i128 number);

/* number.c */
struct ratio number_of(const struct value *value, const struct type *type); /* known */
bool number_set(struct value *out, const struct type *type, struct ratio number);
struct span {
    bool has_lo, has_hi;
    struct ratio lo, hi;
};
struct span span_of(const struct value *value, const struct type *type);
void span_set(struct value *out, struct span span);
struct span span_arith(enum op op, struct span a, struct span b, bool is_truncated);
struct span span_min(struct span a, struct span b); /* of two that are there */
struct span span_max(struct span a, struct span b);
struct span span_hull(struct span a, struct span b);
const char *number_arith(enum op op, struct value *out, const struct type *type,
                         const struct value *a, const struct type *a_type, const struct value *b,
                         const struct type *b_type); /* known ones; NULL or the error's code */
/* -1, 0, 1; both known, of one type */
int value_order(const struct value *a, const struct value *b, const struct type *type);

/* The walk. */
struct walk {
    struct expr_frame *frame;
    uint64_t steps_max;
    const struct value *vars[EXPR_VARS_MAX];
};
void walk(struct walk *w, const struct expr *node, struct value *out);
void walk_list(struct walk *w, const struct expr *node,
               struct value *out); /* eval_list.c: macros */
void walk_function(struct walk *w, const struct expr *node, struct value *out); /* functions.c */
void walk_fold(struct walk *w, const struct expr *node,
               struct value *out); /* sum, min, max of a list */
void walk_concat(struct walk *w, const struct expr *node, const struct value *a,
                 const struct value *b, struct value *out);
void walk_in(struct walk *w, const struct expr *node, const struct value *x,
             const struct value *list, struct value *out);
void walk_size(struct walk *w, const struct expr *node, const struct value *list,
               struct value *out);
void walk_index(struct walk *w, const struct expr *node, const struct value *list,
                const struct value *index, struct value *out);
void walk_table(struct walk *w, const struct expr *node, struct value *out); /* table_walk.c */
bool walk_union(struct walk *w, struct cause_set *into, struct cause_set more);
void value_error(struct walk *w, const struct expr *node, const char *code, struct value *out);
void value_unknown(struct value *out, struct cause_set causes);
/* Any unknown or error among values: writes it to *out and is true. */
bool walk_strict(struct walk *w, const struct value *values, uint32_t count, struct value *out);
void logic_and(struct walk *w, struct value *acc, const struct value *more);
void logic_or(struct walk *w, struct value *acc, const struct value *more);
/* A list as it is looked at: a wholly unknown one is one open end (in *open). */
struct list list_view(const struct value *value, struct element *open);
void compare(struct arena *arena, enum op op, const struct value *a, const struct value *b,
             const struct type *type, struct value *out);
bool value_known(const struct value *value, const struct type *type, void *frame, uint32_t depth);
extern const char *const op_signs[];

#endif
