/* SPDX-License-Identifier: Apache-2.0 */
/* clean.h: the clean forms of cells, in line: what nearly every cell of an extract looks like.
 *
 * From     the parsers of value.h and identity.h, which try these first, and feed's road for whole
 *          columns
 * Errors   none: false means "not this form", and the careful parser decides
 * Why      eight characters are read at once and nothing branches on single digits. A clean form
 * and the careful parser never disagree (tests/unit/model/clean_test.c). */
#ifndef HEDUI_MODEL_CLEAN_H
#define HEDUI_MODEL_CLEAN_H

#include "engine/model/fold.h"
#include "engine/model/identity.h"
#include "engine/model/value.h"

#define CLEAN_YEAR_MIN 1000 /* of a cell: "0025-01-15" and "0000-00-00" are slips, not days */
#define IDENTITY_SPACE_SHIFT 56
#define IDENTITY_OLD_BEFORE 1906 /* born more than 120 years before 2026 */

/* 1 to 8 characters as eight digits, '0' in front of them. */
static inline uint64_t
eight_pad(const char *at, size_t len)
{
    const uint64_t zeros = UINT64_C(0x3030303030303030);
    uint64_t bytes = 0;
    uint32_t first, last;

    if (len == 8)
        return eight_load(at);
    if (len >= 4) { /* two overlapping loads; what they share is the same */
        __builtin_memcpy(&first, at, 4);
        __builtin_memcpy(&last, at + len - 4, 4);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        first = __builtin_bswap32(first);
        last = __builtin_bswap32(last);
#endif
        bytes = (uint64_t)last << 32 | (uint64_t)first << (8 * (8 - len));
    } else {
        for (size_t i = 0; i < len; i++)
            bytes |= (uint64_t)(unsigned char)at[i] << (8 * (8 - len + i));
    }
    return bytes | zeros >> (8 * len);
}

/* The same where 8 bytes may be read from `at` on, whatever `len` is. */
static inline uint64_t
eight_pad_past(const char *at, size_t len)
{
    const uint64_t zeros = UINT64_C(0x3030303030303030);

    return eight_load(at) << (64 - 8 * len) | zeros >> 4 * len >> 4 * len;
}

/* Up to 8 digits, and perhaps '.' with one or two more: times 10^shift. is_inside: 8 bytes may be
 * read from any byte of the cell on. */
static inline __attribute__((always_inline)) bool
number_clean(struct text cell, uint32_t shift, bool is_inside, int64_t *out)
{
    static const int64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    size_t whole = cell.len;
    uint32_t places = 0;
    int64_t part = 0;
    uint64_t bytes;

    if (cell.len > 3 && cell.at[cell.len - 3] == '.') {
        unsigned tens = (unsigned char)cell.at[cell.len - 2] - (unsigned)'0';
        unsigned ones = (unsigned char)cell.at[cell.len - 1] - (unsigned)'0';
        if (tens > 9 || ones > 9)
            return false;
        part = (int64_t)(tens * 10 + ones);
        places = 2;
        whole -= 3;
    } else if (cell.len > 2 && cell.at[cell.len - 2] == '.') {
        unsigned tens = (unsigned char)cell.at[cell.len - 1] - (unsigned)'0';
        if (tens > 9)
            return false;
        part = (int64_t)tens;
        places = 1;
        whole -= 2;
    }
    if (whole - 1 > 7 || places > shift || shift >= sizeof powers / sizeof *powers)
        return false;
    bytes = is_inside ? eight_pad_past(cell.at, whole) : eight_pad(cell.at, whole);
    if (!eight_are_digits(bytes))
        return false;
    *out = (int64_t)eight_value(bytes) * powers[shift] + part * powers[shift - places];
    return true;
}

/* YYYYMMDD as a number to days. */
static inline bool
day_clean(uint32_t yyyymmdd, int32_t *days)
{
    int32_t year = (int32_t)(yyyymmdd / 10000), month = (int32_t)(yyyymmdd / 100 % 100);
    int32_t day = (int32_t)(yyyymmdd % 100);

    if (year < CLEAN_YEAR_MIN || !date_is_valid(year, month, day))
        return false;
    *days = date_of(year, month, day);
    return true;
}

/* The digits of YYYYMMDD, or of YYYY-MM-DD with - / or . twice. */
static inline bool
date_digits(struct text cell, uint32_t *yyyymmdd)
{
    uint64_t bytes;

    if (cell.len == 8) {
        bytes = eight_load(cell.at);
    } else if (cell.len == 10) {
        uint64_t head = eight_load(cell.at), marks = head & UINT64_C(0xFF0000FF00000000);
        bytes = (head & 0xFFFFFFFF) | (head >> 40 & 0xFFFF) << 32 |
                (eight_load(cell.at + 2) >> 48) << 48;
        if (marks != UINT64_C(0x2D00002D00000000) && marks != UINT64_C(0x2F00002F00000000) &&
            marks != UINT64_C(0x2E00002E00000000))
            return false;
    } else {
        return false;
    }
    if (!eight_are_digits(bytes))
        return false;
    *yyyymmdd = eight_value(bytes);
    return true;
}

static inline bool
date_clean(struct text cell, int32_t *days)
{
    uint32_t yyyymmdd;

    return date_digits(cell, &yyyymmdd) && day_clean(yyyymmdd, days);
}

/* The digits of YYYYMM, or of YYYY-MM with - / or . */
static inline bool
month_digits(struct text cell, uint32_t *yyyymm)
{
    uint64_t bytes = UINT64_C(0x3030000000000000); /* "00" behind YYYYMM: eight digits again */
    uint32_t year, tail;

    if (cell.len != 6 && cell.len != 7)
        return false;
    __builtin_memcpy(&year, cell.at, 4);
    __builtin_memcpy(&tail, cell.at + cell.len - 4, 4); /* its last two bytes are the month */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    year = __builtin_bswap32(year);
    tail = __builtin_bswap32(tail);
#endif
    bytes |= (uint64_t)(tail >> 16) << 32 | year;
    if (!eight_are_digits(bytes) ||
        (cell.len == 7 && cell.at[4] != '-' && cell.at[4] != '/' && cell.at[4] != '.'))
        return false;
    *yyyymm = eight_value(bytes) / 100;
    return true;
}

static inline bool
month_clean(struct text cell, int32_t *out)
{
    uint32_t yyyymm;
    int32_t year, month;

    if (!month_digits(cell, &yyyymm))
        return false;
    year = (int32_t)(yyyymm / 100);
    month = (int32_t)(yyyymm % 100);
    if (year < CLEAN_YEAR_MIN || month < 1 || month > 12)
        return false;
    *out = year * 12 + month - 1;
    return true;
}

/* The values of the digit pairs of eight digits, in bytes 0, 2, 4 and 6. */
static inline uint64_t
eight_pairs(uint64_t bytes)
{
    bytes -= UINT64_C(0x3030303030303030);
    return (bytes * 10 + (bytes >> 8)) & UINT64_C(0x00FF00FF00FF00FF);
}

static inline uint32_t
pairs_value(uint64_t pairs)
{
    return (
        uint32_t)(((pairs & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x000F424000000064) +
                   (pairs >> 16 & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x0000271000000001)) >>
                  32);
}

/* The weights of GB 11643 are powers of two modulo 11 (2^17 for the first digit, 2 for the last):
 * eight digits are summed by Horner's rule on pairs, fours and eights at once. At most 9 × 255. */
static inline uint32_t
eight_weighted(uint64_t bytes)
{
    bytes -= UINT64_C(0x3030303030303030);
    bytes = ((bytes << 1) + (bytes >> 8)) & UINT64_C(0x00FF00FF00FF00FF);
    bytes = ((bytes << 2) + (bytes >> 16)) & UINT64_C(0x0000FFFF0000FFFF);
    return (uint32_t)((bytes << 4) + (bytes >> 32));
}

/* The check character of 8, 8 and one digit, as they stand. */
static inline char
identity_check(uint64_t high, uint64_t low, char last)
{
    static const char checks[] = "10X98765432"; /* by the weighted sum modulo 11 */
    uint32_t sum = eight_weighted(high) * 256 + eight_weighted(low);

    return checks[(sum * 2 + (uint32_t)(last - '0')) * 2 % 11];
}

/* 17 digits and a check character to a citizen's number: CELL_OK, CELL_CHECK or CELL_DAY. */
static inline enum cell_result
identity_eighteen(const char *at, struct identity *out)
{
    uint64_t first = eight_load(at), second = eight_load(at + 8);
    uint64_t high = eight_pairs(first), low = eight_pairs(second), number;
    int32_t year = (int32_t)(high >> 48) * 100 + (int32_t)(low & 0xFF);
    int32_t month = (int32_t)(low >> 16 & 0xFF), day = (int32_t)(low >> 32 & 0xFF);
    char last = at[16], check = at[17];

    if (identity_check(first, second, last) != check)
        return CELL_CHECK;
    if (year < 1800 || year > 2200 || !date_is_valid(year, month, day))
        return CELL_DAY;
    number =
        ((uint64_t)pairs_value(high) * 100000000 + pairs_value(low)) * 10 + (uint64_t)(last - '0');
    *out = (struct identity){
        .key = {(uint64_t)IDENTITY_CITIZEN << IDENTITY_SPACE_SHIFT,
                number * 11 + (check == 'X' ? 10 : (uint64_t)(check - '0'))},
        .has_birth = true,
        .has_sex = true,
        .born = date_of(year, month, day),
        .is_male = (last - '0') % 2 == 1,
        .is_old = year < IDENTITY_OLD_BEFORE,
    };
    return CELL_OK;
}

/* A citizen's 18 characters: digits, the last perhaps X, with the right check and a birth date. */
static inline bool
identity_clean(struct text cell, struct identity *out)
{
    const char *at = cell.at;

    return cell.len == 18 && at[0] != '9' && at[16] >= '0' && at[16] <= '9' &&
           eight_are_digits(eight_load(at)) && eight_are_digits(eight_load(at + 8)) &&
           identity_eighteen(at, out) == CELL_OK;
}

#endif
