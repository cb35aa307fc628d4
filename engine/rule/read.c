/* SPDX-License-Identifier: Apache-2.0 */
/* read.c: numbers and days as packs and expressions write them: one form each, nothing folded. */
#include <string.h>

#include "engine/model/value.h"
#include "engine/rule/tree.h"

#include "engine/base/ban.h"

/* "-12.50": the digits as one number, and how many stand behind the point. */
static bool
digits_read(struct text text, int64_t *number, uint32_t *places)
{
    bool is_negative = text.len > 0 && text.at[0] == '-', has_point = false;
    int64_t value = 0;
    size_t i = is_negative;

    *places = 0;
    if (i == text.len)
        return false;
    for (size_t from = i; i < text.len; i++) {
        char c = text.at[i];
        if (c == '.' && !has_point && i > from && i + 1 < text.len) {
            has_point = true;
            continue;
        }
        if (c < '0' || c > '9' || __builtin_mul_overflow(value, (int64_t)10, &value) ||
            __builtin_add_overflow(value, is_negative ? '0' - c : c - '0', &value))
            return false;
        *places += has_point;
    }
    *number = value;
    return true;
}

static int64_t
power(uint32_t places)
{
    int64_t out = 1;

    while (places-- > 0)
        out *= 10;
    return out;
}

bool
money_read(struct text text, struct value *out)
{
    uint32_t places;
    int64_t number;

    if (!digits_read(text, &number, &places) || places > 2 ||
        __builtin_mul_overflow(number, power(2 - places), &number))
        return false;
    *out = (struct value){.integer = number};
    return true;
}

bool
decimal_read(struct text text, uint8_t *scale, struct value *out)
{
    uint32_t places;
    int64_t number;

    if (!digits_read(text, &number, &places) || places > 6)
        return false;
    *scale = (uint8_t)places;
    *out = (struct value){.integer = number};
    return true;
}

bool
rate_read(struct text text, struct value *out)
{
    static const int64_t part_max = 1000000;
    size_t slash = text_find(text, TEXT("/"));
    int64_t num, den = 1;
    uint32_t places = 0;

    if (slash != SIZE_MAX) {
        struct text low = {text.at + slash + 1, text.len - slash - 1};
        if (!text_int((struct text){text.at, slash}, &num) || !text_int(low, &den) || den < 1)
            return false;
    } else {
        bool is_percent = text_ends(text, TEXT("%"));
        text.len -= is_percent;
        if (!digits_read(text, &num, &places) || places > 6)
            return false;
        den = power(places + (is_percent ? 2 : 0));
    }
    *out = (struct value){0};
    return num <= part_max && num >= -part_max && den <= part_max &&
           ratio_make(num, den, &out->ratio);
}

static bool
number_at(struct text text, size_t from, size_t len, int32_t *out)
{
    *out = 0;
    for (size_t i = from; i < from + len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        *out = *out * 10 + (text.at[i] - '0');
    }
    return true;
}

bool
date_read(struct text text, struct value *out)
{
    int32_t year, month, day;

    if (text.len != 10 || text.at[4] != '-' || text.at[7] != '-' || !number_at(text, 0, 4, &year) ||
        !number_at(text, 5, 2, &month) || !number_at(text, 8, 2, &day) ||
        !date_is_valid(year, month, day))
        return false;
    *out = (struct value){.integer = date_of(year, month, day)};
    return true;
}

bool
month_read(struct text text, struct value *out)
{
    int32_t year, month;

    if (text.len != 7 || text.at[4] != '-' || !number_at(text, 0, 4, &year) ||
        !number_at(text, 5, 2, &month) || year < 1 || month < 1 || month > 12)
        return false;
    *out = (struct value){.integer = year * 12 + month - 1};
    return true;
}
