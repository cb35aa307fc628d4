/* SPDX-License-Identifier: Apache-2.0 */
/* vector_run.c: the loops of the program. Ranges were checked when it was made: none overflows. */
#include <assert.h>
#include <string.h>

#include "engine/model/value.h"
#include "engine/rule/vector.h"

#include "engine/base/ban.h"

#define ALIGNED 64 /* bytes between registers, for whole vectors */

/* The compiler makes loops for wider vectors where the machine has them. */
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__) &&                        \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define WIDE __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define WIDE
#endif

#define ARITH(name, expression)                                                                    \
    WIDE static void name(int64_t *restrict out, const int64_t *restrict a,                        \
                          const int64_t *restrict b, int64_t imm, uint32_t n)                      \
    {                                                                                              \
        if (b == NULL) {                                                                           \
            int64_t y = imm;                                                                       \
            for (uint32_t i = 0; i < n; i++) {                                                     \
                int64_t x = a[i];                                                                  \
                out[i] = (expression);                                                             \
            }                                                                                      \
            return;                                                                                \
        }                                                                                          \
        for (uint32_t i = 0; i < n; i++) {                                                         \
            int64_t x = a[i], y = b[i];                                                            \
            out[i] = (expression);                                                                 \
        }                                                                                          \
    }
ARITH(add, x + y)
ARITH(subtract, x - y)
ARITH(multiply, x *y)
ARITH(least, x < y ? x : y)
ARITH(most, x > y ? x : y)

#define ORDER(name, sign)                                                                          \
    WIDE static void name(uint8_t *restrict out, const int64_t *restrict a,                        \
                          const int64_t *restrict b, int64_t imm, uint32_t n)                      \
    {                                                                                              \
        if (b == NULL)                                                                             \
            for (uint32_t i = 0; i < n; i++)                                                       \
                out[i] = a[i] sign imm;                                                            \
        else                                                                                       \
            for (uint32_t i = 0; i < n; i++)                                                       \
                out[i] = a[i] sign b[i];                                                           \
    }
ORDER(equal, ==)
ORDER(differs, !=)
ORDER(below, <)
ORDER(at_most, <=)
ORDER(at_least, >=)
ORDER(above, >)

WIDE static void
within(uint8_t *restrict out, const int64_t *restrict at, const int64_t *restrict day,
       int64_t count, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        int64_t back = day[i] - at[i];

        out[i] = (uint8_t)((back >= 1) & (back <= count));
    }
}

WIDE static void
one_of(uint8_t *restrict out, const int64_t *restrict a, uint64_t bits, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint64_t x = (uint64_t)a[i];

        out[i] = (uint8_t)(x < 64 ? bits >> (x & 63) & 1 : 0);
    }
}

WIDE static void
bools(uint8_t *restrict out, const uint8_t *restrict a, const uint8_t *restrict b,
      enum vector_code code, uint32_t n)
{
    if (code == V_AND)
        for (uint32_t i = 0; i < n; i++)
            out[i] = a[i] & b[i];
    else if (code == V_OR)
        for (uint32_t i = 0; i < n; i++)
            out[i] = a[i] | b[i];
    else
        for (uint32_t i = 0; i < n; i++)
            out[i] = a[i] ^ 1;
}

/* Sums over each parent's elements. */
static void
sums(int64_t *out, const int64_t *a, const uint8_t *mask, const uint32_t *first, uint32_t parents)
{
    for (uint32_t p = 0; p < parents; p++) {
        int64_t sum = 0;

        if (mask == NULL)
            for (uint32_t i = first[p]; i < first[p + 1]; i++)
                sum += a[i];
        else
            for (uint32_t i = first[p]; i < first[p + 1]; i++)
                sum += a[i] & -(int64_t)mask[i];
        out[p] = sum;
    }
}

static void
counts(int64_t *out, const uint8_t *mask, const uint32_t *first, uint32_t parents)
{
    for (uint32_t p = 0; p < parents; p++) {
        int64_t count = 0;

        if (mask == NULL)
            count = first[p + 1] - first[p];
        else
            for (uint32_t i = first[p]; i < first[p + 1]; i++)
                count += mask[i];
        out[p] = count;
    }
}

static void
quantify(uint8_t *out, const struct vector_op *op, const uint8_t *a, const uint8_t *mask,
         const uint32_t *first, uint32_t parents)
{
    uint8_t all = op->code == V_ALL;

    for (uint32_t p = 0; p < parents; p++) {
        uint8_t is = all;

        for (uint32_t i = first[p]; i < first[p + 1]; i++) {
            uint8_t one = mask == NULL || mask[i] ? a[i] : all;
            is = all ? is & one : is | one;
        }
        out[p] = is;
    }
}

struct running {
    const struct vector_program *p;
    const struct vector_block *block;
    struct vector_space *space;
};

/* The case that an element belongs to. */
static uint32_t
case_of(const struct running *r, uint32_t domain, uint32_t at)
{
    while (domain != VECTOR_CASES) {
        at = r->block->parents[domain][at];
        domain = vector_parent(r->p->pack, domain);
    }
    return at;
}

static void
off_mark(const struct running *r, uint32_t domain, uint32_t at)
{
    r->block->off[case_of(r, domain, at)] = 1;
}

static void
extremes(const struct running *r, const struct vector_op *op, int64_t *out, const int64_t *a,
         const uint8_t *mask)
{
    uint32_t parent = vector_parent(r->p->pack, op->domain);
    const uint32_t *first = r->block->firsts[op->domain];

    for (uint32_t p = 0; p < r->block->counts[parent]; p++) {
        int64_t best = op->imm;
        bool is_found = false;

        for (uint32_t i = first[p]; i < first[p + 1]; i++) {
            if (mask != NULL && !mask[i])
                continue;
            if (!is_found || (op->code == V_SEGMENT_LEAST ? a[i] < best : a[i] > best))
                best = a[i];
            is_found = true;
        }
        if (!is_found && op->c >= 0)
            off_mark(r, parent, p);
        out[p] = best;
    }
}

static void
spread(const struct running *r, const struct vector_op *op, void *out, const void *a)
{
    const uint32_t *parent = r->block->parents[op->domain];
    uint32_t n = r->block->counts[op->domain];

    if (r->p->regs[op->out].is_bool)
        for (uint32_t i = 0; i < n; i++)
            ((uint8_t *)out)[i] = ((const uint8_t *)a)[parent[i]];
    else
        for (uint32_t i = 0; i < n; i++)
            ((int64_t *)out)[i] = ((const int64_t *)a)[parent[i]];
}

static void
calls(const struct running *r, const struct vector_op *op, int64_t *out, const int64_t *a,
      const int64_t *b)
{
    uint32_t n = r->block->counts[op->domain];

    for (uint32_t i = 0; i < n; i++) {
        struct value v[2] = {{.state = VALUE_KNOWN}, {.state = VALUE_KNOWN}}, value = {0};

        v[0].integer = a[i];
        v[1].integer = b[i];
        if (function_known(op->node, v, &value, NULL) != NULL) {
            off_mark(r, op->domain, i);
            value.integer = 0;
        }
        out[i] = value.integer;
    }
}

/* As age_on() for days that are in order; others leave the road. */
static void
ages(const struct running *r, const struct vector_op *op, int64_t *out, const int64_t *born,
     const int64_t *day)
{
    uint32_t n = r->block->counts[op->domain];
    int64_t last = INT64_MIN;
    int32_t y1, m1, d1, y2 = 0, m2 = 0, d2 = 0;

    for (uint32_t i = 0; i < n; i++) {
        if (day[i] != last) {
            date_parts((int32_t)day[i], &y2, &m2, &d2);
            last = day[i];
        }
        if (day[i] < born[i])
            off_mark(r, op->domain, i);
        date_parts((int32_t)born[i], &y1, &m1, &d1);
        out[i] = y2 - y1 - (m2 < m1 || (m2 == m1 && d2 < d1));
    }
}

static void
months(int64_t *out, const int64_t *a, uint32_t n)
{
    int64_t last = 0, month = month_of_date(0);

    for (uint32_t i = 0; i < n; i++) { /* the days of a batch are few */
        if (a[i] != last) {
            last = a[i];
            month = month_of_date((int32_t)last);
        }
        out[i] = month;
    }
}

static void
rounds(const struct running *r, const struct vector_op *op, int64_t *out, const int64_t *a,
       const int64_t *b)
{
    uint32_t n = r->block->counts[op->domain];

    for (uint32_t i = 0; i < n; i++) {
        int64_t den = op->imm;

        out[i] = 0;
        if (b != NULL && (b[i] < 1 || __builtin_mul_overflow(den, b[i], &den))) {
            off_mark(r, op->domain, i);
            continue;
        }
        if (!ratio_round((struct ratio){a[i], den}, (enum rounding)op->c, (uint32_t)op->d, &out[i]))
            off_mark(r, op->domain, i);
    }
}

static void
ratio_orders(uint8_t *out, const struct vector_op *op, const int64_t *a, const int64_t *b,
             const int64_t *c, const int64_t *d, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) { /* denominators are 1 and more, else the case is off */
        i128 x = (i128)a[i] * d[i], y = (i128)c[i] * b[i];

        out[i] = op->imm == V_EQ   ? x == y
                 : op->imm == V_NE ? x != y
                 : op->imm == V_LT ? x < y
                 : op->imm == V_LE ? x <= y
                 : op->imm == V_GE ? x >= y
                                   : x > y;
    }
}

static void
inputs(const struct running *r, const struct vector_op *op, void *out)
{
    uint32_t n = r->block->counts[op->domain];
    const int64_t *numbers = r->block->numbers[op->a];

    if (op->code == V_IS_NONE)
        memcpy(out, r->block->nones[op->a], n);
    else if (r->p->regs[op->out].is_bool)
        for (uint32_t i = 0; i < n; i++)
            ((uint8_t *)out)[i] = numbers[i] != 0;
    else
        r->space->regs[op->out] = r->block->numbers[op->a]; /* only looked at */
}

static void
op_run(const struct running *r, const struct vector_op *op)
{ /* long: one case an operation */
    void *const *regs = r->space->regs;
    void *out = regs[op->out];
    const void *a = op->a >= 0 ? regs[op->a] : NULL;
    const void *b = op->b >= 0 && !op->is_scalar ? regs[op->b] : NULL;
    uint32_t n = r->block->counts[op->domain];
    uint32_t parents = r->block->counts[vector_parent(r->p->pack, op->domain)];
    const uint32_t *first = r->block->firsts[op->domain];

    switch (op->code) {
    case V_INPUT:
    case V_IS_NONE:
        inputs(r, op, out);
        break;
    case V_FILL:
        if (r->p->regs[op->out].is_bool)
            memset(out, (int)op->imm, n);
        else
            for (uint32_t i = 0; i < n; i++)
                ((int64_t *)out)[i] = op->imm;
        break;
    case V_SPREAD:
        spread(r, op, out, a);
        break;
    case V_ADD:
        add(out, a, b, op->imm, n);
        break;
    case V_SUB:
        subtract(out, a, b, op->imm, n);
        break;
    case V_MUL:
        multiply(out, a, b, op->imm, n);
        break;
    case V_LEAST:
        least(out, a, b, op->imm, n);
        break;
    case V_MOST:
        most(out, a, b, op->imm, n);
        break;
    case V_EQ:
        equal(out, a, b, op->imm, n);
        break;
    case V_NE:
        differs(out, a, b, op->imm, n);
        break;
    case V_LT:
        below(out, a, b, op->imm, n);
        break;
    case V_LE:
        at_most(out, a, b, op->imm, n);
        break;
    case V_GE:
        at_least(out, a, b, op->imm, n);
        break;
    case V_GT:
        above(out, a, b, op->imm, n);
        break;
    case V_AND:
    case V_OR:
    case V_NOT:
        bools(out, a, op->code == V_NOT ? a : b, op->code, n);
        break;
    case V_PICK:
        for (uint32_t i = 0; i < n; i++)
            ((int64_t *)out)[i] =
                ((const int64_t *)(((const uint8_t *)a)[i] ? regs[op->b] : regs[op->c]))[i];
        break;
    case V_PICK_BOOL:
        for (uint32_t i = 0; i < n; i++)
            ((uint8_t *)out)[i] =
                ((const uint8_t *)(((const uint8_t *)a)[i] ? regs[op->b] : regs[op->c]))[i];
        break;
    case V_ONE_OF:
        one_of(out, a, (uint64_t)op->imm, n);
        break;
    case V_MONTH:
        months(out, a, n);
        break;
    case V_WITHIN:
        within(out, a, b, op->imm, n);
        break;
    case V_CALL:
        if (op->node->function == FUNCTION_AGE_ON)
            ages(r, op, out, a, b);
        else
            calls(r, op, out, a, b);
        break;
    case V_ROUND:
        rounds(r, op, out, a, b);
        break;
    case V_POSITIVE:
        for (uint32_t i = 0; i < n; i++)
            if (((const int64_t *)a)[i] < 1)
                off_mark(r, op->domain, i);
        break;
    case V_RATIO_ORDER:
        ratio_orders(out, op, a, b, regs[op->c], regs[op->d], n);
        break;
    case V_SUM:
        sums(out, a, b, first, parents);
        break;
    case V_SEGMENT_LEAST:
    case V_SEGMENT_MOST:
        extremes(r, op, out, a, b);
        break;
    case V_COUNT:
        counts(out, b, first, parents);
        break;
    case V_ANY:
    case V_ALL:
        quantify(out, op, a, b, first, parents);
        break;
    }
}

static size_t
reg_bytes(const struct vector_program *p, const struct vector_block *block, uint32_t reg)
{
    size_t n;

    if (p->regs[reg].domain == VECTOR_CONST)
        return 0;
    n = block->counts[p->regs[reg].domain] * (p->regs[reg].is_bool ? 1 : sizeof(int64_t));
    return (n + ALIGNED - 1) / ALIGNED * ALIGNED;
}

bool
vector_run(const struct vector_program *program, const struct vector_block *block,
           struct vector_space *space)
{
    struct running running = {program, block, space};
    size_t need = ALIGNED;
    unsigned char *at;

    for (uint32_t i = 0; i < program->reg_count; i++)
        need += reg_bytes(program, block, i);
    if (space->room < need) {
        vector_space_release(space);
        space->at = mem_resize(NULL, need, 1);
        if (space->at == NULL)
            return false;
        space->room = need;
    }
    at = space->at + (ALIGNED - (uintptr_t)space->at % ALIGNED) % ALIGNED;
    for (uint32_t i = 0; i < program->reg_count; i++) {
        space->regs[i] = at;
        at += reg_bytes(program, block, i);
    }
    for (uint32_t i = 0; i < program->op_count; i++)
        op_run(&running, &program->ops[i]);
    return true;
}

void
vector_run_rules(const struct vector_program *program, const struct vector_block *block,
                 struct vector_space *space)
{
    struct running running = {program, block, space};

    for (uint32_t i = program->rules_from; i < program->op_count; i++)
        op_run(&running, &program->ops[i]);
}

WIDE static void
bits_set(uint64_t *restrict fired, const uint8_t *restrict is, uint32_t bit, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        fired[i] |= (uint64_t)is[i] << bit;
}

WIDE static void
bits_clear(uint64_t *restrict fired, const uint8_t *restrict is, uint32_t bit, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        fired[i] &= ~((uint64_t)is[i] << bit);
}

void
vector_fired(const struct vector_program *program, const struct vector_block *block,
             const struct vector_space *space, uint64_t *fired, bool *is_whole)
{
    const struct pack *pack = program->pack;
    uint32_t n = block->counts[VECTOR_CASES];

    memset(fired, 0, n * sizeof *fired);
    *is_whole = pack->rule_count <= 64;
    for (uint32_t r = 0; r < pack->rule_count && r < 64; r++) {
        const struct rule *rule = &pack->rules[r];

        if (program->as_of < rule->from || program->as_of >= rule->until)
            continue;
        if (!vector_is_column(program, program->rules[r])) {
            *is_whole = false;
            continue;
        }
        bits_set(fired, space->regs[program->rules[r]], r, n);
        for (uint32_t u = 0; u < rule->unless_count; u++)
            if (vector_is_column(program, program->unless[r][u]))
                bits_clear(fired, space->regs[program->unless[r][u]], r, n);
            else
                *is_whole = false;
    }
}

bool
vector_is_decided(const struct vector_program *program, const struct vector_block *block,
                  uint32_t at)
{
    const struct pack *pack = program->pack;

    for (uint32_t r = 0; r < pack->rule_count; r++) {
        if (program->as_of < pack->rules[r].from || program->as_of >= pack->rules[r].until)
            continue;
        if (program->rules[r] < 0 || !vector_is_known(program, block, program->rules[r], at))
            return false;
        for (uint32_t u = 0; u < pack->rules[r].unless_count; u++)
            if (program->unless[r][u] < 0 ||
                !vector_is_known(program, block, program->unless[r][u], at))
                return false;
    }
    return true;
}

void
vector_space_release(struct vector_space *space)
{
    mem_wipe(space->at, space->room); /* it held people's amounts */
    mem_free(space->at);
    space->at = NULL;
    space->room = 0;
}

bool
vector_value(const struct vector_program *program, const struct vector_space *space, int32_t reg,
             uint32_t at, const struct type *type, struct value *out)
{
    const struct vector_reg *from = &program->regs[reg];
    int64_t number, den = from->den;

    assert(from->domain == VECTOR_CASES);
    *out = (struct value){.state = VALUE_KNOWN};
    if (from->is_bool) {
        out->boolean = ((const uint8_t *)space->regs[reg])[at] != 0;
        return type->kind == TYPE_BOOL;
    }
    number = ((const int64_t *)space->regs[reg])[at];
    if (from->den_reg >= 0 &&
        __builtin_mul_overflow(den, ((const int64_t *)space->regs[from->den_reg])[at], &den))
        return false;
    if (type_is_ratio(type))
        return ratio_make(number, den, &out->ratio);
    if (den != 1)
        return false;
    out->integer = number;
    return type_is_number(type) || type->kind == TYPE_DATE || type->kind == TYPE_MONTH ||
           type->kind == TYPE_CODE;
}
