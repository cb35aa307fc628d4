/* SPDX-License-Identifier: Apache-2.0 */
/* vector.h: the facts and rules of a pack as one program over columns of many households.
 *
 * From     a pack on one day (compile); households side by side (vector_columns.h)
 * To       judge, which takes what is answered and walks for the rest; the bench
 * Lives    a program in its arena, read by any number of threads; a space is one lane's
 * Errors   none: an expression with something that is not handled here has no register, and a
 *          household with something that is not known leaves the road
 * Why      the walk visits one household and one node at a time. Here a node is one loop over
 *          1,024 households or all of their rows. Whatever is answered here, the reference walk
 *          answers the same; tests/unit/rule/vector_test.c holds them equal.
 *
 * Numbers are int64 over a denominator. Every input is bounded (INPUT limits below), so the range
 * of every register is known when the program is made, and no loop has to look for overflow. */
#ifndef HEDUI_RULE_VECTOR_H
#define HEDUI_RULE_VECTOR_H

#include "engine/rule/bind.h"
#include "engine/rule/pack_in.h"
#include "engine/rule/tree.h"

#define VECTOR_CASES 0 /* elements: cases */
#define VECTOR_MEMBERS                                                                             \
    1 /* members of a case; then rows of each kind, per member; things, per case */
#define VECTOR_INPUTS_MAX 64
#define VECTOR_REGS_MAX 512
#define VECTOR_CONST 255 /* domain of what is the same everywhere */

enum vector_code {
    V_INPUT,   /* input `a` */
    V_IS_NONE, /* of input `a` */
    V_FILL,    /* imm */
    V_SPREAD,  /* a, of the domain above, for each element below it */
    V_ADD,
    V_SUB,
    V_MUL,
    V_LEAST,
    V_MOST,
    V_EQ, /* to bool, here to V_GT */
    V_NE,
    V_LT,
    V_LE,
    V_GE,
    V_GT,
    V_AND, /* bools */
    V_OR,
    V_NOT,
    V_PICK,        /* bool a ? b : c */
    V_PICK_BOOL,   /* the same of bools */
    V_ONE_OF,      /* bit `a` of imm */
    V_MONTH,       /* of a date */
    V_WITHIN,      /* 1 <= b − a <= imm, to bool */
    V_CALL,        /* `node`, a function of known scalars */
    V_ROUND,       /* a over imm (times b, if b ≥ 0); c: enum rounding, d: unit */
    V_POSITIVE,    /* who has not 1 <= a leaves the road */
    V_RATIO_ORDER, /* a/b against c/d, to bool; imm: the enum vector_code of the comparison */
    V_SUM,         /* per parent: of a where b (−1: everywhere) */
    V_SEGMENT_LEAST,
    V_SEGMENT_MOST, /* imm: of nothing; c ≥ 0: who has nothing leaves the road */
    V_COUNT,        /* where b */
    V_ANY,          /* of bool a where b */
    V_ALL,
};

struct vector_op {
    enum vector_code code;
    uint8_t domain; /* of `out`; folds: of what is folded */
    bool is_scalar; /* the second operand is `imm` */
    int32_t out, a, b, c, d;
    int64_t imm;
    const struct expr *node;
};

struct vector_reg {
    uint8_t domain;
    bool is_bool;   /* a byte an element, else an int64 */
    int64_t lo, hi; /* within which every value lies; VECTOR_CONST: both are the value */
    int64_t den;
    int32_t den_reg; /* −1; else times this */
    uint64_t needs;  /* inputs that it is made from, a bit each */
    uint64_t lists;  /* kinds whose lists it is made from */
};

struct vector_input {
    uint8_t domain;
    struct part part;
    int64_t most;      /* who holds a number beyond ± this leaves the road */
    bool is_none_read; /* some operation asks whether there is one */
};

struct vector_window { /* an open end within `count` months before the day leaves the road */
    int32_t day;       /* field of the case; −1: every open end does */
    int64_t count;
};

struct vector_program {
    const struct pack *pack;
    int32_t as_of;
    uint32_t domain_count, input_count, reg_count, op_count;
    struct vector_input inputs[VECTOR_INPUTS_MAX];
    struct vector_reg regs[VECTOR_REGS_MAX];
    struct vector_op ops[VECTOR_REGS_MAX];
    int32_t *facts;                  /* of the household: register, −1: not here */
    int32_t *rules;                  /* `when` */
    int32_t **unless;                /* [rule][number] */
    uint32_t rules_from;             /* operations: those before are of facts */
    uint64_t rows_read, things_read; /* bit per kind */
    uint32_t window_count[KINDS_MAX];
    struct vector_window windows[KINDS_MAX][4];
    struct row_wants wants[KINDS_MAX]; /* what is read of each kind, by it or on the way to it */
    bool is_whole;                     /* all rules in force and all printed figures: brief.h */
};

static inline uint32_t
vector_rows(uint32_t kind)
{
    return 2 + kind;
}
static inline uint32_t
vector_things(const struct pack *pack, uint32_t kind)
{
    return 2 + pack->model->kind_count + kind;
}
/* A bool for every case; a constant one stands nowhere. */
static inline bool
vector_is_column(const struct vector_program *p, int32_t reg)
{
    return reg >= 0 && p->regs[reg].is_bool && p->regs[reg].domain == VECTOR_CASES;
}

static inline uint32_t
vector_parent(const struct pack *pack, uint32_t domain)
{
    return domain >= 2 && domain < 2 + pack->model->kind_count ? VECTOR_MEMBERS : VECTOR_CASES;
}

/* A household with more elements below one parent leaves the road; sums are bounded by it. */
static inline uint32_t
vector_most(const struct pack *pack, uint32_t domain)
{
    return domain == VECTOR_MEMBERS ? 64 : domain < 2 + pack->model->kind_count ? 2048 : 4096;
}

/* Columns of some households. Whoever fills them has marked in `off` the cases whose numbers are
 * not all known or past their limits, and whose lists have an open end in a window. */
struct vector_block {
    uint32_t *counts;   /* [domain] */
    uint32_t **firsts;  /* [domain]: of each parent's first element, and one more */
    uint32_t **parents; /* [domain]: of each element */
    int64_t **numbers;  /* [input] */
    uint8_t **nones;    /* [input]; NULL where none is read */
    uint8_t *off;       /* [case]: nothing of it is answered here */
    uint64_t *unknown;  /* [case]: inputs of which something is not known, a bit each */
    uint64_t *open;     /* [case]: kinds whose lists are not all there */
};

/* Is the register's value for this case the answer? */
static inline bool
vector_is_known(const struct vector_program *program, const struct vector_block *block, int32_t reg,
                uint32_t at)
{
    return !block->off[at] && (program->regs[reg].needs & block->unknown[at]) == 0 &&
           (program->regs[reg].lists & block->open[at]) == 0;
}

struct vector_space { /* registers of one run; kept for the next */
    unsigned char *at;
    size_t room;
    void *regs[VECTOR_REGS_MAX]; /* int64_t or uint8_t, an element each */
};

/* NULL: arena full, or the pack looks at another day than the check's. */
struct vector_program *vector_compile(const struct pack *pack, int32_t as_of, struct arena *arena);

/* A block without columns yet. */
HEDUI_CHECKED hedui_status vector_block_make(struct vector_block *out,
                                             const struct vector_program *program, uint32_t cases,
                                             struct arena *arena, struct err *err);
/* Households side by side; those that are not all known are off. The columns lie in `arena`. */
HEDUI_CHECKED hedui_status vector_gather(struct vector_block *out,
                                         const struct vector_program *program,
                                         const struct household *households, uint32_t count,
                                         struct arena *arena, struct err *err);

/* Answers of all cases into the registers. false: no memory. */
bool vector_run(const struct vector_program *program, const struct vector_block *block,
                struct vector_space *space);
void vector_space_release(struct vector_space *space);
/* The rules alone, over facts that the space holds from a whole run. */
void vector_run_rules(const struct vector_program *program, const struct vector_block *block,
                      struct vector_space *space);
/* Per case, a bit for each of the first 64 rules that is in force and fires: `when`, and none of
 * its exceptions. A rule that is not in the program: *is_whole is false. They are the answer for
 * the cases that are decided. */
void vector_fired(const struct vector_program *program, const struct vector_block *block,
                  const struct vector_space *space, uint64_t *fired, bool *is_whole);
/* Is everything known of the case that some rule in force is made from? */
bool vector_is_decided(const struct vector_program *program, const struct vector_block *block,
                       uint32_t at);

/* A register's value for one case of which it is known, as a value of `type`. */
bool vector_value(const struct vector_program *program, const struct vector_space *space,
                  int32_t reg, uint32_t at, const struct type *type, struct value *out);

/* What one lane keeps from block to block: the program of the last day, the registers' room. */
struct vector_lane {
    struct arena arena;
    struct vector_program *program; /* NULL: none is made */
    const struct pack *pack;
    struct vector_block block;
    struct vector_space space;
    uint64_t asked, decided; /* cases: of brief.h, so far */
};
void vector_lane_init(struct vector_lane *lane);
void vector_lane_release(struct vector_lane *lane);
/* The lane's program for this pack and day; NULL: there is none. */
const struct vector_program *vector_lane_program(struct vector_lane *lane, const struct pack *pack,
                                                 int32_t day);
/* Answers for `households`, as far as they are checked on the first one's day; the columns lie in
 * `arena`, and the answers stand until the next call. */
HEDUI_CHECKED hedui_status vector_lane_answer(struct vector_lane *lane, const struct pack *pack,
                                              const struct household *households, uint32_t count,
                                              struct arena *arena, struct err *err);
/* Facts of household `at` that are answered, as if the run had computed them. */
void vector_lane_tell(const struct vector_lane *lane, uint32_t at, struct run *run);
/* Does a rule fire for household `at` on the day `as_of`: 1 yes, 0 no, −1 not answered here. */
int vector_lane_rule(const struct vector_lane *lane, uint32_t at, uint32_t rule, int32_t as_of);

/* Shared by vector.c, vector_node.c and vector_list.c, and by their test. */
struct vector_var { /* a record, or what a map made of it */
    uint8_t domain;
    int32_t reg; /* −1: the record */
};
struct vector_memo {
    uint32_t fact;
    uint8_t domain;
    int32_t reg;
};
struct vector_memos {      /* of one program: facts inside facts write to it, too */
    uint32_t count, asked; /* asked: how often a fact of a row was, for the test */
    struct vector_memo items[64];
};
struct vector_compiling {
    struct vector_program *p;
    struct vector_var vars[EXPR_VARS_MAX];
    uint8_t current; /* domain of the current row; VECTOR_CONST: none */
    uint32_t depth;
    struct vector_memos *memos;
};
/* A program without roots yet; NULL as vector_compile(). */
struct vector_compiling *vector_begin(const struct pack *pack, int32_t as_of, struct arena *arena);
/* An expression of the household, by a register over cases. −1: not here. `fact` may be NULL. */
int32_t vector_root(struct vector_compiling *c, const struct expr *expr, const struct fact *fact);
int32_t vector_node(struct vector_compiling *c, const struct expr *node); /* −1: not here */
int32_t vector_fold(struct vector_compiling *c, const struct expr *node);
int32_t vector_quantifier(struct vector_compiling *c, const struct expr *node);
int32_t vector_size(struct vector_compiling *c, const struct expr *node);
int32_t vector_emit(struct vector_compiling *c, struct vector_op op, struct vector_reg reg);
int32_t vector_const(struct vector_compiling *c, int64_t value, int64_t den, bool is_bool);
int32_t vector_spread(struct vector_compiling *c, int32_t reg, uint32_t domain);
int32_t vector_logic(struct vector_compiling *c, enum vector_code code, int32_t a, int32_t b);
int32_t vector_whole(struct vector_compiling *c, enum vector_code code, int32_t a, int32_t b);
int32_t vector_order(struct vector_compiling *c, enum vector_code code, int32_t a, int32_t b);
int32_t vector_negated(struct vector_compiling *c, int32_t a);
int32_t vector_divided(struct vector_compiling *c, int32_t a, int32_t b);
int64_t vector_ten_to(uint8_t scale);
/* Is `above` the domain of parents, or of their parents? */
bool vector_is_above(const struct vector_program *p, uint32_t above, uint32_t below);
/* Both operands where the deeper one lives. VECTOR_CONST: both are constants. false: neither is
 * above the other. */
bool vector_level(struct vector_compiling *c, int32_t *a, int32_t *b, uint8_t *domain);
/* A constant as a register that can be looped over. */
int32_t vector_filled(struct vector_compiling *c, int32_t reg, uint8_t domain);
/* Both over one denominator. false: not here. */
bool vector_align(struct vector_compiling *c, int32_t *a, int32_t *b);
int32_t vector_converted(struct vector_compiling *c, int32_t reg, const struct type *from,
                         const struct type *to);
int32_t vector_rounded(struct vector_compiling *c, enum rounding how, uint32_t unit, int32_t a);
bool vector_record(const struct vector_compiling *c, const struct expr *node, uint8_t *domain);
bool vector_params(const struct vector_compiling *c, uint32_t slot, struct value *out);

#endif
