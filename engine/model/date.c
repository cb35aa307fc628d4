/* SPDX-License-Identifier: Apache-2.0 */
/* date.c: days and months, read from cells and printed; the civil calendar behind them. */
#include <assert.h>

#include "engine/model/clean.h"

#include "engine/base/ban.h"

#define DAYS_TO_1970 719468 /* from 0000-03-01, where the years of date_of begin */

static const uint8_t month_len[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

int32_t
month_days(int32_t year, int32_t month)
{
    assert(month >= 1 && month <= 12);
    return month_len[month] + (month == 2 && year_is_leap(year));
}

/* After H. Hinnant, "chrono-compatible low-level date algorithms", civil_from_days. */
void
date_parts(int32_t days, int32_t *year, int32_t *month, int32_t *day)
{
    int64_t from_march = (int64_t)days + DAYS_TO_1970;
    int64_t era = (from_march >= 0 ? from_march : from_march - 146096) / 146097;
    int32_t of_era = (int32_t)(from_march - era * 146097);
    int32_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int32_t of_year = of_era - (365 * y + y / 4 - y / 100);
    int32_t m = (5 * of_year + 2) / 153;

    *day = of_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = (int32_t)(y + era * 400) + (*month <= 2);
}

int32_t
month_of_date(int32_t days)
{
    int32_t year, month, day;

    date_parts(days, &year, &month, &day);
    return year * 12 + month - 1;
}

static enum cell_result
date_make(uint32_t yyyymmdd, int32_t *days)
{
    int32_t year = (int32_t)(yyyymmdd / 10000), month = (int32_t)(yyyymmdd / 100 % 100);
    int32_t day = (int32_t)(yyyymmdd % 100);

    if (year < CLEAN_YEAR_MIN || !date_is_valid(year, month, day))
        return CELL_DAY;
    *days = date_of(year, month, day);
    return CELL_OK;
}

static enum cell_result
month_make(int32_t year, int32_t month, int32_t *out)
{
    if (year < CLEAN_YEAR_MIN || month < 1 || month > 12)
        return CELL_DAY;
    *out = year * 12 + month - 1;
    return CELL_OK;
}

/* Digits at *pos, `least` to `most` of them, into *out; *pos moves behind them. */
static bool
part_read(struct text text, size_t *pos, size_t least, size_t most, int32_t *out)
{
    size_t start = *pos;

    *out = 0;
    while (*pos < text.len && *pos - start < most && text.at[*pos] >= '0' && text.at[*pos] <= '9')
        *out = *out * 10 + (text.at[(*pos)++] - '0');
    return *pos - start >= least;
}

/* One of - / . or `word` at *pos: the mark itself, 'w', or 0: none. */
static char
separator_read(struct text text, size_t *pos, const char *word)
{
    struct text left = {text.at + *pos, text.len - *pos};

    if (left.len > 0 && (left.at[0] == '-' || left.at[0] == '/' || left.at[0] == '.')) {
        *pos += 1;
        return left.at[0];
    }
    if (text_starts(left, text_of(word))) {
        *pos += 3; /* 年, 月, 日: three bytes each */
        return 'w';
    }
    return 0;
}

/* What may stand behind a day: nothing, or a time of day, which says nothing about the day as long
 * as it is our own. A time of another zone may belong to the day before or after: not read. */
static bool
time_is_ours(struct text text, size_t pos)
{
    int32_t part;
    struct text zone;

    if (pos == text.len)
        return true;
    if (text.at[pos] != ' ' && text.at[pos] != 'T')
        return false;
    while (pos < text.len && (text.at[pos] == ' ' || text.at[pos] == 'T'))
        pos++;
    if (!part_read(text, &pos, 1, 2, &part))
        return false;
    while (pos < text.len && (text.at[pos] == ':' || text.at[pos] == '.')) {
        pos++;
        if (!part_read(text, &pos, 1, 9, &part))
            return false;
    }
    zone = (struct text){text.at + pos, text.len - pos};
    return zone.len == 0 || text_is(zone, "+08:00") || text_is(zone, "+0800") ||
           text_is(zone, "+08");
}

/* Year and month, or year, month and day (count 3), as people write them: all with one separator,
 * or 年月日, or none and then every digit. */
static enum cell_result
parts_read(struct text cell, size_t count, int32_t parts[3])
{
    static const char *const words[] = {"年", "月", "日"};
    char folded[FOLD_MAX], first = 0;
    struct text text = fold_cell(cell, folded);
    size_t pos = 0;

    if (text.at == NULL)
        return CELL_FORM;
    if (text.len == 0)
        return CELL_BLANK;
    for (size_t i = 0; i < count; i++) {
        size_t most = i == 0 ? 4 : 2, least = i > 0 && first != 0 ? 1 : most;
        char separator = first;

        if (!part_read(text, &pos, least, most, &parts[i]))
            return CELL_FORM;
        if (i + 1 < count || first == 'w') /* only a word stands behind the last part */
            separator = separator_read(text, &pos, words[i]);
        if (i == 0)
            first = separator;
        else if (separator != first)
            return CELL_FORM;
    }
    return (count == 3 ? time_is_ours(text, pos) : pos == text.len) ? CELL_OK : CELL_FORM;
}

enum cell_result
date_parse(struct text cell, int32_t *days)
{
    uint32_t yyyymmdd;
    enum cell_result result;
    int32_t parts[3];

    if (date_digits(cell, &yyyymmdd))
        return date_make(yyyymmdd, days);
    result = parts_read(cell, 3, parts);
    if (result != CELL_OK)
        return result;
    return date_make((uint32_t)(parts[0] * 10000 + parts[1] * 100 + parts[2]), days);
}

enum cell_result
month_parse(struct text cell, int32_t *month)
{
    uint32_t yyyymm;
    enum cell_result result;
    int32_t parts[3];

    if (month_digits(cell, &yyyymm))
        return month_make((int32_t)(yyyymm / 100), (int32_t)(yyyymm % 100), month);
    result = parts_read(cell, 2, parts);
    if (result != CELL_OK)
        return result;
    return month_make(parts[0], parts[1], month);
}

/* Excel for Windows counts 1900-01-01 as 1 and believes in a 29 February 1900 (60): behind it the
 * epoch is a day earlier. A fraction is a time of day. */
enum cell_result
serial_parse(struct text cell, int32_t *days)
{
    char folded[FOLD_MAX];
    struct text text = fold_cell(cell, folded);
    int32_t serial, fraction;
    size_t pos = 0;

    if (text.at == NULL)
        return CELL_FORM;
    if (text.len == 0)
        return CELL_BLANK;
    if (!part_read(text, &pos, 1, 9, &serial))
        return CELL_FORM;
    if (pos < text.len && text.at[pos] == '.') {
        pos++;
        do {
            if (!part_read(text, &pos, 1, 9, &fraction))
                return CELL_FORM;
        } while (pos < text.len);
    }
    if (pos < text.len)
        return CELL_FORM;
    if (serial == 0 || serial == 60)
        return CELL_DAY;
    if (serial > 2958465) /* 9999-12-31 */
        return CELL_RANGE;
    *days = serial - 25569 + (serial < 60);
    return CELL_OK;
}

static void
digits_print(struct buf *out, int32_t value, int places)
{
    char digits[10];

    assert(value >= 0 && places <= (int)sizeof digits);
    for (int i = places; i-- > 0; value /= 10)
        digits[i] = (char)('0' + value % 10);
    buf_put(out, digits, (size_t)places);
}

void
date_print(struct buf *out, int32_t days)
{
    int32_t year, month, day;

    date_parts(days, &year, &month, &day);
    digits_print(out, year, 4);
    buf_byte(out, '-');
    digits_print(out, month, 2);
    buf_byte(out, '-');
    digits_print(out, day, 2);
}

void
month_print(struct buf *out, int32_t month)
{
    digits_print(out, month / 12, 4);
    buf_byte(out, '-');
    digits_print(out, month % 12 + 1, 2);
}
