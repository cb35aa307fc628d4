/* SPDX-License-Identifier: Apache-2.0 */
/* vector.c: registers of the program: numbers over a denominator, the range within which their
 * values lie, and where they live. */
#include "engine/rule/vector.h"

#include <assert.h>
#include <string.h>

#include "engine/base/ban.h"

#define RANGE_MAX ((i128)1 << 62) /* sums and differences of two of these fit */

static bool
range_fits(i128 lo, i128 hi)
{
    return lo >= -RANGE_MAX && hi <= RANGE_MAX;
}

/* How many of a, b, c, d are registers. */
static size_t
operand_count(const struct vector_op *op)
{
    switch (op->code) {
    case V_INPUT:
    case V_IS_NONE:
    case V_FILL:
        return 0;
    case V_SPREAD:
    case V_NOT:
    case V_ONE_OF:
    case V_MONTH:
    case V_POSITIVE:
        return 1;
    case V_PICK:
    case V_PICK_BOOL:
        return 3;
    case V_RATIO_ORDER:
        return 4;
    default:
        return op->is_scalar ? 1 : 2;
    }
}

/* A count has no first operand. */
static void
needs_add(const struct vector_program *p, const struct vector_op *op, struct vector_reg *reg)
{
    const int32_t from[] = {op->code == V_COUNT ? -1 : op->a, op->b, op->c, op->d};

    if (op->code == V_INPUT || op->code == V_IS_NONE)
        reg->needs = UINT64_C(1) << op->a;
    for (size_t i = 0; i < operand_count(op); i++)
        if (from[i] >= 0) {
            reg->needs |= p->regs[from[i]].needs;
            reg->lists |= p->regs[from[i]].lists;
        }
}

int32_t
vector_emit(struct vector_compiling *c, struct vector_op op, struct vector_reg reg)
{
    struct vector_program *p = c->p;

    if (p->reg_count == VECTOR_REGS_MAX || p->op_count == VECTOR_REGS_MAX)
        return -1;
    op.out = (int32_t)p->reg_count;
    needs_add(p, &op, &reg);
    p->ops[p->op_count++] = op;
    p->regs[p->reg_count++] = reg;
    return op.out;
}

int32_t
vector_const(struct vector_compiling *c, int64_t value, int64_t den, bool is_bool)
{
    struct vector_program *p = c->p;

    if (p->reg_count == VECTOR_REGS_MAX || !range_fits(value, value))
        return -1;
    p->regs[p->reg_count] = (struct vector_reg){.domain = VECTOR_CONST,
                                                .is_bool = is_bool,
                                                .lo = value,
                                                .hi = value,
                                                .den = den,
                                                .den_reg = -1};
    return (int32_t)p->reg_count++;
}

/* Is `above` the domain of parents, or of their parents? */
bool
vector_is_above(const struct vector_program *p, uint32_t above, uint32_t below)
{
    while (below != above && below != VECTOR_CASES)
        below = vector_parent(p->pack, below);
    return below == above;
}

/* The register's values for each element of `domain`; a constant stays one. */
int32_t
vector_spread(struct vector_compiling *c, int32_t reg, uint32_t domain)
{
    struct vector_program *p = c->p;
    struct vector_reg to;
    uint32_t from;

    if (reg < 0)
        return -1;
    to = p->regs[reg];
    if (to.domain == VECTOR_CONST || to.domain == domain)
        return reg;
    if (!vector_is_above(p, to.domain, domain) || to.den_reg >= 0)
        return -1;
    from = vector_parent(p->pack, domain);
    if (from != to.domain)
        reg = vector_spread(c, reg, from);
    if (reg < 0)
        return -1;
    to.domain = (uint8_t)domain;
    return vector_emit(c, (struct vector_op){.code = V_SPREAD, .domain = (uint8_t)domain, .a = reg},
                       to);
}

/* Both operands where the deeper one lives. VECTOR_CONST: both are constants. false: neither is
 * above the other. */
bool
vector_level(struct vector_compiling *c, int32_t *a, int32_t *b, uint8_t *domain)
{
    const struct vector_reg *x, *y;

    if (*a < 0 || *b < 0)
        return false;
    x = &c->p->regs[*a];
    y = &c->p->regs[*b];
    if (x->domain == VECTOR_CONST || y->domain == VECTOR_CONST)
        *domain = x->domain == VECTOR_CONST ? y->domain : x->domain;
    else if (vector_is_above(c->p, x->domain, y->domain))
        *domain = y->domain;
    else if (vector_is_above(c->p, y->domain, x->domain))
        *domain = x->domain;
    else
        return false;
    if (*domain == VECTOR_CONST)
        return true;
    *a = vector_spread(c, *a, *domain);
    *b = vector_spread(c, *b, *domain);
    return *a >= 0 && *b >= 0;
}

/* A constant as a register that can be looped over. */
int32_t
vector_filled(struct vector_compiling *c, int32_t reg, uint8_t domain)
{
    struct vector_reg to;

    if (reg < 0 || c->p->regs[reg].domain != VECTOR_CONST)
        return reg;
    to = c->p->regs[reg];
    to.domain = domain;
    return vector_emit(c, (struct vector_op){.code = V_FILL, .domain = domain, .imm = to.lo}, to);
}

static bool
fold_range(enum vector_code code, const struct vector_reg *x, const struct vector_reg *y, i128 *lo,
           i128 *hi)
{
    const i128 ends[4] = {(i128)x->lo * y->lo, (i128)x->lo * y->hi, (i128)x->hi * y->lo,
                          (i128)x->hi * y->hi};

    switch (code) {
    case V_ADD:
        *lo = (i128)x->lo + y->lo;
        *hi = (i128)x->hi + y->hi;
        break;
    case V_SUB:
        *lo = (i128)x->lo - y->hi;
        *hi = (i128)x->hi - y->lo;
        break;
    case V_MUL:
        *lo = *hi = ends[0];
        for (int i = 1; i < 4; i++) {
            *lo = ends[i] < *lo ? ends[i] : *lo;
            *hi = ends[i] > *hi ? ends[i] : *hi;
        }
        break;
    case V_LEAST:
        *lo = x->lo < y->lo ? x->lo : y->lo;
        *hi = x->hi < y->hi ? x->hi : y->hi;
        break;
    default:
        assert(code == V_MOST);
        *lo = x->lo > y->lo ? x->lo : y->lo;
        *hi = x->hi > y->hi ? x->hi : y->hi;
        break;
    }
    return range_fits(*lo, *hi);
}

/* Arithmetic over numerators; the caller says over what. */
int32_t
vector_whole(struct vector_compiling *c, enum vector_code code, int32_t a, int32_t b)
{
    struct vector_op op = {.code = code};
    struct vector_reg to = {.den = 1, .den_reg = -1};
    i128 lo, hi;

    if (!vector_level(c, &a, &b, &op.domain))
        return -1;
    if (c->p->regs[a].is_bool || c->p->regs[b].is_bool ||
        !fold_range(code, &c->p->regs[a], &c->p->regs[b], &lo, &hi))
        return -1;
    if (op.domain == VECTOR_CONST) {
        assert(lo == hi);
        return vector_const(c, (int64_t)lo, 1, false);
    }
    if (c->p->regs[a].domain == VECTOR_CONST && code != V_SUB) {
        int32_t swap = a;
        a = b;
        b = swap;
    }
    a = vector_filled(c, a, op.domain);
    if (a < 0)
        return -1;
    op.a = a;
    op.b = b;
    op.is_scalar = c->p->regs[b].domain == VECTOR_CONST;
    op.imm = op.is_scalar ? c->p->regs[b].lo : 0;
    to.domain = op.domain;
    to.lo = (int64_t)lo;
    to.hi = (int64_t)hi;
    return vector_emit(c, op, to);
}

static int32_t
times(struct vector_compiling *c, int32_t reg, int64_t by)
{
    struct vector_reg was;
    int32_t out;

    if (reg < 0 || by == 1)
        return reg;
    was = c->p->regs[reg];
    out = vector_whole(c, V_MUL, reg, vector_const(c, by, 1, false));
    if (out >= 0) {
        c->p->regs[out].den = was.den;
        c->p->regs[out].den_reg = was.den_reg;
    }
    return out;
}

bool
vector_align(struct vector_compiling *c, int32_t *a, int32_t *b)
{
    int64_t x, y, rest, ratio;

    if (*a < 0 || *b < 0 || c->p->regs[*a].den_reg >= 0 || c->p->regs[*b].den_reg >= 0)
        return false;
    x = c->p->regs[*a].den;
    y = c->p->regs[*b].den;
    for (ratio = x, rest = y; rest != 0;) { /* the greatest common divisor */
        int64_t next = ratio % rest;
        ratio = rest;
        rest = next;
    }
    *a = times(c, *a, y / ratio);
    *b = times(c, *b, x / ratio);
    if (*a < 0 || *b < 0 || __builtin_mul_overflow(x, y / ratio, &x))
        return false;
    c->p->regs[*a].den = c->p->regs[*b].den = x; /* of fresh registers, or as it was */
    return true;
}

static enum vector_code
mirrored(enum vector_code code)
{
    return code == V_LT   ? V_GT
           : code == V_GT ? V_LT
           : code == V_LE ? V_GE
           : code == V_GE ? V_LE
                          : code;
}

/* a/b against c/d where a denominator is a register. */
static int32_t
ratio_order(struct vector_compiling *c, enum vector_code code, int32_t a, int32_t b)
{
    struct vector_op op = {.code = V_RATIO_ORDER, .imm = code};
    int32_t *const parts[4] = {&op.a, &op.b, &op.c, &op.d};

    if (!vector_level(c, &a, &b, &op.domain) || op.domain == VECTOR_CONST)
        return -1;
    for (int i = 0; i < 2; i++) {
        struct vector_reg reg = c->p->regs[i == 0 ? a : b];
        int32_t den = vector_const(c, reg.den, 1, false);

        if (den >= 0 && reg.den_reg >= 0)
            den = vector_whole(c, V_MUL, reg.den_reg, den);
        *parts[2 * i] = vector_filled(c, i == 0 ? a : b, op.domain);
        *parts[2 * i + 1] = vector_filled(c, den, op.domain);
        if (*parts[2 * i] < 0 || *parts[2 * i + 1] < 0 ||
            c->p->regs[*parts[2 * i + 1]].domain != op.domain)
            return -1;
    }
    return vector_emit(
        c, op, (struct vector_reg){.domain = op.domain, .is_bool = true, .hi = 1, .den_reg = -1});
}

int32_t
vector_order(struct vector_compiling *c, enum vector_code code, int32_t a, int32_t b)
{
    struct vector_op op = {.code = code};

    if (a < 0 || b < 0 || c->p->regs[a].is_bool || c->p->regs[b].is_bool)
        return -1;
    if (c->p->regs[a].den_reg >= 0 || c->p->regs[b].den_reg >= 0)
        return ratio_order(c, code, a, b);
    if (!vector_align(c, &a, &b) || !vector_level(c, &a, &b, &op.domain) ||
        op.domain == VECTOR_CONST)
        return -1;
    if (c->p->regs[a].domain == VECTOR_CONST) {
        int32_t swap = a;
        a = b;
        b = swap;
        op.code = mirrored(code);
    }
    op.a = a;
    op.b = b;
    op.is_scalar = c->p->regs[b].domain == VECTOR_CONST;
    op.imm = op.is_scalar ? c->p->regs[b].lo : 0;
    return vector_emit(
        c, op, (struct vector_reg){.domain = op.domain, .is_bool = true, .hi = 1, .den_reg = -1});
}

int32_t
vector_logic(struct vector_compiling *c, enum vector_code code, int32_t a, int32_t b)
{
    struct vector_op op = {.code = code};
    int64_t decisive = code == V_OR;

    if (!vector_level(c, &a, &b, &op.domain) || !c->p->regs[a].is_bool || !c->p->regs[b].is_bool)
        return -1;
    if (c->p->regs[a].domain == VECTOR_CONST)
        return c->p->regs[a].lo == decisive ? a : b;
    if (c->p->regs[b].domain == VECTOR_CONST)
        return c->p->regs[b].lo == decisive ? b : a;
    op.a = a;
    op.b = b;
    return vector_emit(
        c, op, (struct vector_reg){.domain = op.domain, .is_bool = true, .hi = 1, .den_reg = -1});
}

int32_t
vector_negated(struct vector_compiling *c, int32_t a)
{
    struct vector_reg to;

    if (a < 0 || !c->p->regs[a].is_bool)
        return -1;
    to = c->p->regs[a];
    if (to.domain == VECTOR_CONST)
        return vector_const(c, !to.lo, 1, true);
    return vector_emit(c, (struct vector_op){.code = V_NOT, .domain = to.domain, .a = a}, to);
}

int64_t
vector_ten_to(uint8_t scale)
{
    int64_t out = 1;

    while (scale-- > 0)
        out *= 10;
    return out;
}

/* As value_convert: only decimals are scaled. */
int32_t
vector_converted(struct vector_compiling *c, int32_t reg, const struct type *from,
                 const struct type *to)
{
    if (reg < 0 || !type_is_number(from) || !type_is_number(to))
        return reg;
    if (from->kind == TYPE_INT && to->kind == TYPE_DECIMAL)
        return times(c, reg, vector_ten_to(to->scale));
    if (from->kind == TYPE_DECIMAL && to->kind == TYPE_DECIMAL)
        return times(c, reg, vector_ten_to((uint8_t)(to->scale - from->scale)));
    if (from->kind == TYPE_DECIMAL && to->kind == TYPE_RATE) {
        struct vector_reg was = c->p->regs[reg];

        if (was.domain == VECTOR_CONST)
            return vector_const(c, was.lo, was.den * vector_ten_to(from->scale), false);
        reg = times(c, vector_whole(c, V_ADD, reg, vector_const(c, 0, 1, false)), 1);
        if (reg >= 0)
            c->p->regs[reg].den = was.den * vector_ten_to(from->scale);
        return reg;
    }
    return type_is_ratio(from) && !type_is_ratio(to) ? -1 : reg;
}

int32_t
vector_divided(struct vector_compiling *c, int32_t a, int32_t b)
{
    struct vector_reg x, y;
    int32_t out;

    if (a < 0 || b < 0)
        return -1;
    x = c->p->regs[a];
    y = c->p->regs[b];
    if (y.is_bool || y.den != 1 || y.den_reg >= 0 || x.den_reg >= 0)
        return -1;
    if (y.domain == VECTOR_CONST && (y.lo < 1 || __builtin_mul_overflow(x.den, y.lo, &x.den)))
        return -1;
    if (x.domain == VECTOR_CONST && y.domain == VECTOR_CONST)
        return vector_const(c, x.lo, x.den, false);
    out = vector_whole(c, V_ADD, a, vector_const(c, 0, 1, false)); /* a register of its own */
    if (out < 0)
        return -1;
    c->p->regs[out].den = x.den;
    if (y.domain == VECTOR_CONST)
        return out;
    if (y.domain != c->p->regs[out].domain)
        return -1;
    if (vector_emit(c, (struct vector_op){.code = V_POSITIVE, .domain = y.domain, .a = b},
                    (struct vector_reg){.domain = y.domain, .is_bool = true, .den_reg = -1}) < 0)
        return -1;
    c->p->regs[out].den_reg = b;
    c->p->regs[out].needs |= y.needs;
    c->p->regs[out].lists |= y.lists;
    return out;
}

int32_t
vector_rounded(struct vector_compiling *c, enum rounding how, uint32_t unit, int32_t a)
{
    struct vector_op op = {.code = V_ROUND, .a = a, .b = -1, .c = (int32_t)how, .d = (int32_t)unit};
    struct vector_reg reg;

    if (a < 0 || c->p->regs[a].domain == VECTOR_CONST || c->p->regs[a].is_bool)
        return -1;
    reg = c->p->regs[a];
    op.domain = reg.domain;
    op.b = reg.den_reg;
    op.imm = reg.den;
    if (!range_fits((i128)reg.lo - unit, (i128)reg.hi + unit))
        return -1;
    reg.lo -= unit; /* it can only come nearer to nothing, but for the last unit */
    reg.hi += unit;
    reg.den = 1;
    reg.den_reg = -1;
    return vector_emit(c, op, reg);
}
