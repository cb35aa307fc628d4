/* SPDX-License-Identifier: Apache-2.0 */
/* number.c: arithmetic over the number types, for known values and for intervals of unknown ones.
 */
#include <assert.h>

#include "engine/rule/tree.h"

#include "engine/base/ban.h"

static const int64_t tens[] = {1, 10, 100, 1000, 10000, 100000, 1000000};

struct ratio
number_of(const struct value *value, const struct type *type)
{
    return type_is_ratio(type) ? value->ratio : (struct ratio){value->integer, 1};
}

bool
number_set(struct value *out, const struct type *type, struct ratio number)
{
    if (type_is_ratio(type)) {
        out->ratio = number;
        return true;
    }
    if (number.den != 1 || number.num < INT64_MIN || number.num > INT64_MAX)
        return false;
    out->integer = (int64_t)number.num;
    return true;
}

/* By what a number of type `from` is multiplied to be one of type `to`. false: it does not fit. */
static bool
rescale(struct ratio *number, const struct type *from, const struct type *to)
{
    if (from->kind == TYPE_INT && to->kind == TYPE_DECIMAL)
        return ratio_mul(*number, (struct ratio){tens[to->scale], 1}, number);
    if (from->kind == TYPE_DECIMAL && to->kind == TYPE_DECIMAL)
        return ratio_mul(*number, (struct ratio){tens[to->scale - from->scale], 1}, number);
    if (from->kind == TYPE_DECIMAL && to->kind == TYPE_RATE)
        return ratio_div(*number, tens[from->scale], number);
    return true;
}

struct value
value_convert(struct value value, const struct type *from, const struct type *to)
{
    struct ratio number;

    if (value.state == VALUE_UNKNOWN && type_is_number(from)) {
        value.has_lo = value.has_lo && rescale(&value.lo, from, to);
        value.has_hi = value.has_hi && rescale(&value.hi, from, to);
    }
    if (value.state != VALUE_KNOWN || !type_is_number(from) || !type_is_number(to))
        return value;
    number = number_of(&value, from);
    if (!rescale(&number, from, to) || !number_set(&value, to, number))
        return (struct value){.state = VALUE_ERROR, .error = "E801"};
    return value;
}

static const char *
int_arith(enum op op, int64_t *out, int64_t a, int64_t b)
{
    if ((op == OP_DIV || op == OP_MOD) && b == 0)
        return "E802";
    if (op == OP_ADD)
        return __builtin_add_overflow(a, b, out) ? "E801" : NULL;
    if (op == OP_SUB)
        return __builtin_sub_overflow(a, b, out) ? "E801" : NULL;
    if (op == OP_MUL)
        return __builtin_mul_overflow(a, b, out) ? "E801" : NULL;
    if (a == INT64_MIN && b == -1)
        return "E801";
    *out = op == OP_DIV ? a / b : a % b;
    return NULL;
}

const char *
number_arith(enum op op, struct value *out, const struct type *type, const struct value *a,
             const struct type *a_type, const struct value *b, const struct type *b_type)
{
    struct ratio x, y;
    bool fits;

    out->state = VALUE_KNOWN;
    if (!type_is_ratio(type) && !type_is_ratio(a_type) && !type_is_ratio(b_type))
        return int_arith(op, &out->integer, a->integer, b->integer);
    x = number_of(a, a_type);
    y = number_of(b, b_type);
    if (op == OP_SUB)
        y.num = -y.num;
    if (op == OP_DIV && y.num == 0)
        return "E802";
    assert(op != OP_MOD && (op != OP_DIV || y.den == 1));
    fits = op == OP_MUL   ? ratio_mul(x, y, &x)
           : op == OP_DIV ? ratio_div(x, (int64_t)y.num, &x)
                          : ratio_add(x, y, &x);
    return fits && number_set(out, type, x) ? NULL : "E801";
}

int
value_order(const struct value *a, const struct value *b, const struct type *type)
{
    switch (type->kind) {
    case TYPE_STRING:
        return text_cmp(a->string, b->string);
    case TYPE_BOOL:
        return (int)a->boolean - (int)b->boolean;
    case TYPE_EXACT:
    case TYPE_RATE:
        return ratio_cmp(a->ratio, b->ratio);
    case TYPE_IDENTITY:
        return key128_cmp(a->identity, b->identity);
    default:
        return a->integer < b->integer ? -1 : a->integer > b->integer;
    }
}

struct span
span_of(const struct value *value, const struct type *type)
{
    struct span span = {0};

    if (value->state == VALUE_KNOWN) {
        span.has_lo = span.has_hi = true;
        span.lo = span.hi = number_of(value, type);
    } else if (value->state == VALUE_UNKNOWN) {
        span = (struct span){value->has_lo, value->has_hi, value->lo, value->hi};
    }
    return span;
}

static bool
is_small(struct ratio a)
{
    return a.num >= INT64_MIN && a.num <= INT64_MAX;
}

void
span_set(struct value *out, struct span span)
{
    out->has_lo = span.has_lo && is_small(span.lo);
    out->has_hi = span.has_hi && is_small(span.hi);
    out->lo = span.lo;
    out->hi = span.hi;
}

bool
value_bound(const struct value *value, const struct type *type, bool is_low, struct value *out)
{
    *out = (struct value){0};
    return value->state == VALUE_UNKNOWN && type_is_number(type) &&
           (is_low ? value->has_lo : value->has_hi) &&
           number_set(out, type, is_low ? value->lo : value->hi);
}

static struct span
span_neg(struct span a)
{
    struct span out = {a.has_hi, a.has_lo, a.hi, a.lo};

    out.lo.num = -out.lo.num;
    out.hi.num = -out.hi.num;
    return out;
}

/* Where a bound of a product may lie: `sign` and `number`, or infinite. */
struct corner {
    int infinite; /* -1, 0, 1 */
    struct ratio number;
};

static struct corner
corner_of(const struct span *a, bool is_hi)
{
    bool has = is_hi ? a->has_hi : a->has_lo;

    return (struct corner){has ? 0 : is_hi ? 1 : -1, is_hi ? a->hi : a->lo};
}

static int
corner_sign(struct corner a)
{
    return a.infinite != 0 ? a.infinite : a.number.num < 0 ? -1 : a.number.num > 0;
}

static struct span
span_mul(struct span a, struct span b)
{
    struct span out = {0};
    bool is_first = true, is_lo_infinite = false, is_hi_infinite = false;

    for (int i = 0; i < 4; i++) {
        struct corner x = corner_of(&a, i & 1), y = corner_of(&b, i & 2);
        struct ratio product = {0, 1};
        int sign = corner_sign(x) * corner_sign(y);
        if (sign != 0 && (x.infinite || y.infinite || !ratio_mul(x.number, y.number, &product))) {
            is_hi_infinite |= sign > 0;
            is_lo_infinite |= sign < 0;
            continue;
        }
        if (is_first || ratio_cmp(product, out.lo) < 0)
            out.lo = product;
        if (is_first || ratio_cmp(product, out.hi) > 0)
            out.hi = product;
        is_first = false;
    }
    out.has_lo = !is_first && !is_lo_infinite;
    out.has_hi = !is_first && !is_hi_infinite;
    return out;
}

/* b is one known int. Truncated: toward zero, as ints divide; monotone either way. */
static struct span
span_div(struct span a, struct span b, bool is_truncated)
{
    int64_t by;

    if (!b.has_lo || !b.has_hi || ratio_cmp(b.lo, b.hi) != 0 || b.lo.num == 0 || b.lo.den != 1 ||
        !is_small(b.lo) || b.lo.num == INT64_MIN)
        return (struct span){0};
    by = (int64_t)b.lo.num;
    if (by < 0) {
        a = span_neg(a);
        by = -by;
    }
    a.has_lo = a.has_lo && ratio_div(a.lo, by, &a.lo);
    a.has_hi = a.has_hi && ratio_div(a.hi, by, &a.hi);
    if (is_truncated) {
        a.lo = (struct ratio){a.has_lo ? a.lo.num / a.lo.den : 0, 1};
        a.hi = (struct ratio){a.has_hi ? a.hi.num / a.hi.den : 0, 1};
    }
    return a;
}

struct span
span_arith(enum op op, struct span a, struct span b, bool is_truncated)
{
    struct span out = {0};

    if (op == OP_MUL)
        return span_mul(a, b);
    if (op == OP_DIV)
        return span_div(a, b, is_truncated);
    if (op == OP_SUB)
        b = span_neg(b);
    else if (op != OP_ADD)
        return out;
    out.has_lo = a.has_lo && b.has_lo && ratio_add(a.lo, b.lo, &out.lo);
    out.has_hi = a.has_hi && b.has_hi && ratio_add(a.hi, b.hi, &out.hi);
    return out;
}

struct span
span_min(struct span a, struct span b)
{
    struct span out = {a.has_lo && b.has_lo, a.has_hi || b.has_hi, a.lo, a.has_hi ? a.hi : b.hi};

    if (out.has_lo && ratio_cmp(b.lo, a.lo) < 0)
        out.lo = b.lo;
    if (a.has_hi && b.has_hi && ratio_cmp(b.hi, a.hi) < 0)
        out.hi = b.hi;
    return out;
}

struct span
span_max(struct span a, struct span b)
{
    return span_neg(span_min(span_neg(a), span_neg(b)));
}

struct span
span_hull(struct span a, struct span b)
{
    struct span out = {a.has_lo && b.has_lo, a.has_hi && b.has_hi, a.lo, a.hi};

    if (out.has_lo && ratio_cmp(b.lo, a.lo) < 0)
        out.lo = b.lo;
    if (out.has_hi && ratio_cmp(b.hi, a.hi) > 0)
        out.hi = b.hi;
    return out;
}
