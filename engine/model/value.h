/* SPDX-License-Identifier: Apache-2.0 */
/* value.h: typed cells: money, decimals, dates, months, ints, bools; and their canonical print.
 *
 * All answer CELL_BLANK for an empty cell (after folding blanks) and write *out on CELL_OK only.
 * Money past 10^12 fen is CELL_RANGE. Folded: full-width digits and signs, blanks around, regular
 * thousands separators, a leading ¥ ￥ or CNY. A misplaced separator, letters, an exponent:
 * CELL_FORM. */
#ifndef HEDUI_MODEL_VALUE_H
#define HEDUI_MODEL_VALUE_H

#include <assert.h>

#include "engine/base/buf.h"
#include "engine/model/cell.h"
#include "engine/model/kind.h"

enum money_unit { UNIT_YUAN, UNIT_WAN, UNIT_FEN };
#define MONEY_MAX_FEN 1000000000000 /* 10^12 */

enum cell_result money_parse(struct text cell, enum money_unit unit, int64_t *fen);
/* scale: decimals of the type; divide: 10^divide of the text's unit goes into one of ours (a share
 * given in percent: 2). More places than fit: CELL_PRECISION. */
enum cell_result decimal_parse(struct text cell, uint8_t scale, uint8_t divide, int64_t *units);
enum cell_result int_parse(struct text cell, int64_t *out);

/* YYYY-MM-DD with - / . 年月日 or nothing as separator (8 digits); one-digit months and days only
 * with a separator. A time of day behind a blank or T is dropped. Years 1000 to 9999. */
enum cell_result date_parse(struct text cell, int32_t *days);
/* YYYYMM, YYYY-MM, YYYY/MM, YYYY.MM, YYYY年MM月. */
enum cell_result month_parse(struct text cell, int32_t *month);
/* Excel serial day, 1900 epoch: only where the mapping says so. */
enum cell_result serial_parse(struct text cell, int32_t *days);

/* Civil calendar, proleptic Gregorian. */
#define DAY_FIRST (-719162) /* 0001-01-01 */
#define DAY_LAST 2932896    /* 9999-12-31 */
#define MONTH_FIRST 12      /* 0001-01 */
#define MONTH_LAST 119999   /* 9999-12 */
void date_parts(int32_t days, int32_t *year, int32_t *month, int32_t *day);
int32_t month_days(int32_t year, int32_t month);
int32_t month_of_date(int32_t days); /* year × 12 + month − 1 */

static inline bool
year_is_leap(int32_t year)
{
    return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Years 1 to 9999. */
static inline bool
date_is_valid(int32_t year, int32_t month, int32_t day)
{
    static const uint8_t month_len[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    return day <= month_len[month] || (day == 29 && month == 2 && year_is_leap(year));
}

/* Days; the parts must be valid. */
static inline int32_t
date_of(int32_t year, int32_t month, int32_t day)
{
    /* days before each month in a year that begins on 1 March: the leap day is its last; all less
     * the 719,468 days from 0000-03-01 to 1970-01-01 */
    static const uint16_t before[13] = {0, 306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275};
    uint32_t from_march;

    assert(date_is_valid(year, month, day));
    from_march = (uint32_t)(month <= 2 ? year - 1 : year);
    return (int32_t)(from_march * 365 + from_march / 4 - from_march / 100 + from_march / 400 +
                     before[month]) +
           day - 1 - 719468;
}

/* Canonical print: "132000.50" (元), decimals with `scale` places, "2025-01-15", "2025-01". */
void money_print(struct buf *out, int64_t fen);
void decimal_print(struct buf *out, int64_t units, uint8_t scale);
void date_print(struct buf *out, int32_t days);
void month_print(struct buf *out, int32_t month);

#endif
