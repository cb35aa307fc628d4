/* SPDX-License-Identifier: Apache-2.0 */
/* ratio.c: exact fractions, int128 over int64, always in lowest terms; never a float. */
#include <assert.h>

#include "engine/rule/tree.h"

#include "engine/base/ban.h"

__extension__ typedef unsigned __int128 u128;

#define I128_MAX ((i128)(((u128)1 << 127) - 1))

static u128
size_of(i128 a)
{
    return a < 0 ? (u128)0 - (u128)a : (u128)a;
}

static bool
fits64(i128 a)
{
    return a >= INT64_MIN && a <= INT64_MAX;
}

/* By division: the compilers' overflow built-ins for 128 bits need a library of their own. */
static bool
mul128(i128 a, i128 b, i128 *out)
{
    if (!(fits64(a) && fits64(b)) && a != 0 && b != 0 && size_of(a) > (u128)I128_MAX / size_of(b))
        return false;
    *out = a * b;
    return true;
}

static bool
add128(i128 a, i128 b, i128 *out)
{
    if ((b > 0 && a > I128_MAX - b) || (b < 0 && a < -I128_MAX - b))
        return false;
    *out = a + b;
    return true;
}

static u128
gcd(u128 a, u128 b)
{
    while (b != 0 && (a > UINT64_MAX || b > UINT64_MAX)) {
        u128 rest = a % b;
        a = b;
        b = rest;
    }
    if (b != 0) {
        uint64_t x = (uint64_t)a, y = (uint64_t)b;
        while (y != 0) {
            uint64_t rest = x % y;
            x = y;
            y = rest;
        }
        a = x;
    }
    return a;
}

bool
ratio_make(i128 num, i128 den, struct ratio *out)
{
    u128 common;
    i128 low;

    assert(den != 0);
    common = gcd(size_of(num), size_of(den));
    low = (i128)(size_of(den) / common);
    if (low > INT64_MAX || size_of(num) / common > (u128)I128_MAX)
        return false;
    out->num = (i128)(size_of(num) / common);
    if ((num < 0) != (den < 0))
        out->num = -out->num;
    out->den = (int64_t)low;
    return true;
}

bool
ratio_add(struct ratio a, struct ratio b, struct ratio *out)
{
    i128 left, right, sum;
    int64_t common;

    if (a.den == b.den && a.den == 1) {
        out->den = 1;
        return add128(a.num, b.num, &out->num);
    }
    common = (int64_t)gcd((u128)a.den, (u128)b.den);
    return mul128(a.num, b.den / common, &left) && mul128(b.num, a.den / common, &right) &&
           add128(left, right, &sum) && ratio_make(sum, (i128)a.den * (b.den / common), out);
}

bool
ratio_mul(struct ratio a, struct ratio b, struct ratio *out)
{
    struct ratio x, y;
    i128 num;

    /* crosswise first, so that what fits in the end never overflows on the way */
    if (!ratio_make(a.num, b.den, &x) || !ratio_make(b.num, a.den, &y) ||
        !mul128(x.num, y.num, &num))
        return false;
    return ratio_make(num, (i128)x.den * y.den, out);
}

bool
ratio_div(struct ratio a, int64_t by, struct ratio *out)
{
    struct ratio low;

    assert(by != 0);
    return ratio_make(a.num, by, &low) && ratio_make(low.num, (i128)low.den * a.den, out);
}

i128
ratio_floor(struct ratio a)
{
    i128 floor = a.num / a.den;

    return a.num % a.den < 0 ? floor - 1 : floor;
}

int
ratio_cmp(struct ratio a, struct ratio b)
{
    i128 x, y;

    if (a.den == b.den)
        return a.num < b.num ? -1 : a.num > b.num;
    x = ratio_floor(a);
    y = ratio_floor(b);
    if (x == y) { /* what is left of each is below its denominator: no product overflows */
        x = (a.num - x * a.den) * b.den;
        y = (b.num - y * b.den) * a.den;
    }
    return x < y ? -1 : x > y;
}

/* To whole multiples of `unit` fen. */
bool
ratio_round(struct ratio a, enum rounding how, uint32_t unit, int64_t *out)
{
    i128 step = (i128)a.den * unit, whole = a.num / step, rest = a.num % step;
    i128 twice = (rest < 0 ? -rest : rest) * 2;
    bool is_away =
        rest != 0 && (how == ROUND_UP || (how == ROUND_HALF && twice >= step) ||
                      (how == ROUND_EVEN && (twice > step || (twice == step && whole % 2 != 0))));

    if (is_away)
        whole += rest < 0 ? -1 : 1;
    if (!mul128(whole, unit, &whole) || !fits64(whole))
        return false;
    *out = (int64_t)whole;
    return true;
}

void
i128_print(struct buf *out, i128 number)
{
    char digits[48];
    size_t at = sizeof digits;
    u128 rest = size_of(number);

    if (number >= INT64_MIN && number <= INT64_MAX) { /* dividing 128 bits is slow */
        buf_int(out, (int64_t)number);
        return;
    }
    do {
        digits[--at] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    } while (rest != 0);
    if (number < 0)
        digits[--at] = '-';
    buf_put(out, digits + at, sizeof digits - at);
}
