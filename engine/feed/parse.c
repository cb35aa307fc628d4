/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/feed/parse.h"

#include <assert.h>
#include <string.h>

#include "engine/base/ban.h"

bool
text_is_plain(struct text cell)
{
    const unsigned char *at = (const unsigned char *)cell.at;
    size_t left = cell.len;
    uint64_t eight;

    while (left > 0) {
        if (left >= 8) {
            memcpy(&eight, at, 8);
            if ((eight & UINT64_C(0x8080808080808080)) == 0) {
                at += 8, left -= 8;
                continue;
            }
        }
        if (at[0] < 0x80) {
            at++, left--;
            continue;
        }
        /* U+4E00 … U+9FFF: E4 B8 80 … E9 BF BF */
        if (left < 3 || at[0] < 0xE4 || at[0] > 0xE9 || (at[1] & 0xC0) != 0x80 ||
            (at[2] & 0xC0) != 0x80 || (at[0] == 0xE4 && at[1] < 0xB8))
            return false;
        at += 3, left -= 3;
    }
    return true;
}

bool
cell_is_blank_word(const struct field_map *map, struct text cell)
{
    if (cell.len == 0)
        return true;
    for (uint32_t i = 0; i < map->blank_count; i++)
        if (text_eq(map->blanks[i], cell))
            return true;
    return false;
}

static enum cell_result
bool_parse(struct text cell, int64_t *out)
{
    static const struct {
        struct text word;
        int64_t value;
    } words[] = {
        {{"1", 1},     1},
        {{"0", 1},     0},
        {{"y", 1},     1},
        {{"n", 1},     0},
        {{"true", 4},  1},
        {{"是", 3},   1},
        {{"否", 3},   0},
        {{"yes", 3},   1},
        {{"false", 5}, 0},
        {{"no", 2},    0},
        {{"t", 1},     1},
        {{"f", 1},     0},
    };
    char lower[8];

    if (cell.len >= sizeof lower)
        return CELL_FORM;
    for (size_t i = 0; i < cell.len; i++)
        lower[i] = (char)(cell.at[i] >= 'A' && cell.at[i] <= 'Z' ? cell.at[i] + 32 : cell.at[i]);
    for (size_t i = 0; i < LEN(words); i++)
        if (text_eq(words[i].word, (struct text){lower, cell.len})) {
            *out = words[i].value;
            return CELL_OK;
        }
    return CELL_FORM;
}

static bool
separator_is(const struct field_map *map, uint32_t point)
{
    for (uint32_t i = 0; i < map->separator_count; i++)
        if (map->separators[i] == point)
            return true;
    return false;
}

/* Several codes in one cell: the one that ranks first. */
static enum cell_result
several_parse(const struct field_map *map, struct text cell, int64_t *out)
{
    uint32_t best = UINT32_MAX;
    size_t start = 0, pos = 0;
    bool is_any = false;

    while (start <= cell.len) {
        size_t end = pos;
        bool is_end = pos >= cell.len;
        if (!is_end && !separator_is(map, text_next(cell, &pos)))
            continue;
        struct text part = text_trim((struct text){cell.at + start, end - start});
        start = is_end ? cell.len + 1 : pos;
        if (part.len == 0)
            continue;
        int32_t code = codes_find(&map->codes, part);
        if (code < 0)
            return CELL_CODE;
        if (!is_any || map->rank_of[code] < map->rank_of[best])
            best = (uint32_t)code;
        is_any = true;
    }
    if (!is_any)
        return CELL_CODE;
    *out = best;
    return CELL_OK;
}

static enum cell_result
code_parse(const struct field_map *map, struct text cell, int64_t *out)
{
    int32_t code = codes_find(&map->codes, cell);

    if (code < 0)
        return map->separator_count > 0 ? several_parse(map, cell, out) : CELL_CODE;
    *out = code;
    return CELL_OK;
}

static bool
cell_is_serial(struct text cell)
{
    size_t digits = 0;

    while (digits < cell.len && cell.at[digits] >= '0' && cell.at[digits] <= '9')
        digits++;
    return digits > 0 && digits <= 6 && (digits == cell.len || cell.at[digits] == '.');
}

static enum cell_result
day_parse(const struct field_map *map, struct text cell, bool is_month, int64_t *out)
{
    int32_t value = 0;
    enum cell_result result;
    /* six digits are a month to a month field, a serial only where the mapping says so */
    bool is_serial = map->date == DATE_FORM_SERIAL && cell_is_serial(cell);

    if (is_serial)
        result = serial_parse(cell, &value);
    else
        result = is_month ? month_parse(cell, &value) : date_parse(cell, &value);
    if (result == CELL_OK)
        *out = is_serial && is_month ? month_of_date(value) : value;
    return result;
}

enum cell_result
number_parse(const struct field *field, const struct field_map *map, struct text cell, int64_t *out)
{
    enum cell_result result = CELL_FORM;
    int64_t value = 0;

    switch (field->type) {
    case FIELD_CODE:
        return code_parse(map, cell, out);
    case FIELD_DATE:
    case FIELD_MONTH:
        result = day_parse(map, cell, field->type == FIELD_MONTH, &value);
        break;
    case FIELD_MONEY:
        result = money_parse(cell, map->unit, &value);
        break;
    case FIELD_DECIMAL:
        result = decimal_parse(cell, field->scale, map->divide, &value);
        break;
    case FIELD_INT:
        result = int_parse(cell, &value);
        break;
    case FIELD_BOOL:
        return bool_parse(cell, out);
    case FIELD_IDENTITY:
    case FIELD_NAME:
    case FIELD_TEXT:
        assert(false && "a type without a number");
    }
    if (result != CELL_OK)
        return result;
    if ((field->has_min && value < field->min) || (field->has_max && value > field->max))
        return CELL_RANGE;
    *out = value;
    return CELL_OK;
}
