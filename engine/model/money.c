/* SPDX-License-Identifier: Apache-2.0 */
/* money.c: money, decimals and ints, read from cells and printed. Integers throughout.
 *
 * Places are counted as written: "1.500" has three, and a type of two places refuses it, for an
 * office that writes more places than it means has a unit that we have not understood. */
#include <assert.h>

#include "engine/model/clean.h"

#include "engine/base/ban.h"

static const int64_t powers[19] = {
    INT64_C(1),
    INT64_C(10),
    INT64_C(100),
    INT64_C(1000),
    INT64_C(10000),
    INT64_C(100000),
    INT64_C(1000000),
    INT64_C(10000000),
    INT64_C(100000000),
    INT64_C(1000000000),
    INT64_C(10000000000),
    INT64_C(100000000000),
    INT64_C(1000000000000),
    INT64_C(10000000000000),
    INT64_C(100000000000000),
    INT64_C(1000000000000000),
    INT64_C(10000000000000000),
    INT64_C(100000000000000000),
    INT64_C(1000000000000000000),
};

struct number {     /* a decimal text taken apart: ± digits × 10^-places */
    int64_t digits; /* with the sign */
    size_t places;
    bool is_past; /* more digits than an int64 holds */
};

static bool
digit_is(struct text text, size_t at)
{
    return at < text.len && text.at[at] >= '0' && text.at[at] <= '9';
}

/* The whole part has grouping marks, and they stand where they should: 1 to 3 digits without a
 * leading zero, then threes. */
static bool
groups_are_regular(struct text whole, size_t first_mark)
{
    if (first_mark == 0 || first_mark > 3 || whole.at[0] == '0')
        return false;
    for (size_t i = first_mark; i < whole.len; i += 4) {
        if (whole.at[i] != ',' || !digit_is(whole, i + 1) || !digit_is(whole, i + 2) ||
            !digit_is(whole, i + 3))
            return false;
    }
    return (whole.len - first_mark) % 4 == 0;
}

/* [sign] [¥ or CNY] [sign] digits[,ddd…] [. digits]. The currency only where it is money. */
static enum cell_result
number_read(struct text cell, bool is_money, struct number *out)
{
    char folded[FOLD_MAX];
    struct text text = fold_cell(cell, folded);
    struct number number = {0};
    size_t start = 0, at, mark = SIZE_MAX, point;
    bool has_sign = false, is_minus = false;

    if (text.at == NULL)
        return CELL_FORM;
    if (text.len == 0)
        return CELL_BLANK;
    for (int round = 0; round < 2; round++) {
        struct text left;
        if (!has_sign && start < text.len && (text.at[start] == '-' || text.at[start] == '+')) {
            has_sign = true;
            is_minus = text.at[start++] == '-';
        }
        left = (struct text){text.at + start, text.len - start};
        if (round == 1 || !is_money)
            break;
        if (text_starts(left, TEXT("\xC2\xA5")))
            start += 2;
        else if (text_starts(left, TEXT("CNY")))
            start += 3;
        else
            break;
        while (start < text.len && text.at[start] == ' ')
            start++;
    }
    for (at = start; digit_is(text, at) || (at < text.len && text.at[at] == ','); at++) {
        int digit = text.at[at] - '0';
        if (text.at[at] == ',') {
            mark = mark == SIZE_MAX ? at - start : mark;
            continue;
        }
        number.is_past = number.is_past ||
                         __builtin_mul_overflow(number.digits, 10, &number.digits) ||
                         __builtin_sub_overflow(number.digits, digit, &number.digits);
    }
    point = at;
    if (mark != SIZE_MAX &&
        !groups_are_regular((struct text){text.at + start, point - start}, mark))
        return CELL_FORM;
    if (at < text.len && text.at[at] == '.') {
        for (at++; digit_is(text, at); at++, number.places++) {
            int digit = text.at[at] - '0';
            number.is_past = number.is_past ||
                             __builtin_mul_overflow(number.digits, 10, &number.digits) ||
                             __builtin_sub_overflow(number.digits, digit, &number.digits);
        }
        if (number.places == 0) /* "5." is cut; ".5" is how some databases print a half */
            return CELL_FORM;
    }
    if (at < text.len || at == start)
        return CELL_FORM;
    if (!is_minus && !number.is_past && __builtin_sub_overflow(0, number.digits, &number.digits))
        number.is_past = true;
    *out = number;
    return CELL_OK;
}

/* number × 10^shift, exactly. */
static enum cell_result
number_scale(const struct number *number, int32_t shift, int64_t *out)
{
    int32_t exponent = shift - (int32_t)number->places;
    int64_t value;

    if (exponent < 0) {
        /* only a whole number whose zeros make up for a coarse type may lose places */
        if (number->places > 0 || number->is_past || number->digits % powers[-exponent] != 0)
            return CELL_PRECISION;
        *out = number->digits / powers[-exponent];
        return CELL_OK;
    }
    if (number->is_past || __builtin_mul_overflow(number->digits, powers[exponent], &value))
        return CELL_RANGE;
    *out = value;
    return CELL_OK;
}

static enum cell_result
money_careful(struct text cell, enum money_unit unit, int64_t *fen)
{
    static const int32_t shifts[] = {[UNIT_YUAN] = 2, [UNIT_WAN] = 6, [UNIT_FEN] = 0};
    struct number number;
    enum cell_result result = number_read(cell, true, &number);
    int64_t value;

    if (result != CELL_OK)
        return result;
    if ((int32_t)number.places > shifts[unit])
        return CELL_PRECISION;
    result = number_scale(&number, shifts[unit], &value);
    if (result != CELL_OK)
        return result;
    if (value > MONEY_MAX_FEN || value < -MONEY_MAX_FEN)
        return CELL_RANGE;
    *fen = value;
    return CELL_OK;
}

enum cell_result
money_parse(struct text cell, enum money_unit unit, int64_t *fen)
{
    if (cell.len == 0)
        return CELL_BLANK;
    if (unit == UNIT_YUAN && number_clean(cell, 2, false, fen))
        return CELL_OK;
    return money_careful(cell, unit, fen);
}

enum cell_result
decimal_parse(struct text cell, uint8_t scale, uint8_t divide, int64_t *units)
{
    struct number number;
    enum cell_result result;

    assert(scale <= 6 && divide <= 12);
    result = number_read(cell, false, &number);
    return result == CELL_OK ? number_scale(&number, scale - divide, units) : result;
}

enum cell_result
int_parse(struct text cell, int64_t *out)
{
    struct number number;
    enum cell_result result = number_read(cell, false, &number);

    if (result != CELL_OK)
        return result;
    if (number.places > 0)
        return CELL_PRECISION;
    return number_scale(&number, 0, out);
}

void
decimal_print(struct buf *out, int64_t units, uint8_t scale)
{
    uint64_t value = units < 0 ? 0 - (uint64_t)units : (uint64_t)units, unit;

    assert(scale < LEN(powers));
    unit = (uint64_t)powers[scale];
    if (units < 0)
        buf_byte(out, '-');
    buf_uint(out, value / unit);
    if (scale == 0)
        return;
    buf_byte(out, '.');
    for (uint64_t place = unit / 10; place > 0; place /= 10)
        buf_byte(out, (char)('0' + value / place % 10));
}

void
money_print(struct buf *out, int64_t fen)
{
    decimal_print(out, fen, 2);
}
