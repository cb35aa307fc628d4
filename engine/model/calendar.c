/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/model/calendar.h"

#include <assert.h>
#include <string.h>

#include "engine/base/sys.h"
#include "engine/base/yaml.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

#define YEARS_MAX 200
#define DAYS_BETWEEN_MAX 3660

struct loader {
    struct messages *messages;
    struct arena *arena;
    struct calendar *calendar;
};

static void
report(struct loader *l, const struct yaml_node *node, const char *code, const char *zh,
       const char *en)
{
    message_add(l->messages, MESSAGE_ERROR, code, node->place, (uint32_t)text_chars(node->text),
                text_of(zh), text_of(en));
}

static bool
is_weekend(int32_t day)
{
    int32_t weekday = (day % 7 + 7 + 3) % 7; /* 1970-01-01 was a Thursday; Monday is 0 */

    return weekday >= 5;
}

static int32_t
first_day(int32_t year)
{
    return date_of(year, 1, 1);
}

static bool
bit_of(const struct calendar_year *year, int32_t day)
{
    uint32_t n = (uint32_t)(day - first_day(year->year));

    return (year->is_worked[n / 64] >> n % 64 & 1) != 0;
}

static void
bit_set(struct calendar_year *year, int32_t day, bool is_worked)
{
    uint32_t n = (uint32_t)(day - first_day(year->year));
    uint64_t bit = (uint64_t)1 << n % 64;

    year->is_worked[n / 64] =
        is_worked ? year->is_worked[n / 64] | bit : year->is_worked[n / 64] & ~bit;
}

/* "2026-10-01" or "2026-10-01..2026-10-07", both ends in. */
static bool
span_read(struct text text, int32_t *from, int32_t *to)
{
    size_t at = text_find(text, TEXT(".."));
    struct text first = at == SIZE_MAX ? text : (struct text){text.at, at};
    struct text last = at == SIZE_MAX ? text : (struct text){text.at + at + 2, text.len - at - 2};

    return date_parse(first, from) == CELL_OK && date_parse(last, to) == CELL_OK && *from <= *to;
}

/* Days that are not as the week has them. A holiday may fall on a weekend; a day worked in its
 * place that is a working day anyhow, or a holiday too, is a slip. */
static void
days_read(struct loader *l, struct calendar_year *year, const struct yaml_node *list,
          bool is_worked)
{
    int32_t first = first_day(year->year), end = first_day(year->year + 1), from, to;

    if (list == NULL)
        return;
    if (list->type != YAML_LIST) {
        report(l, list, "Y014", "此处应为日期的列表", "a list of days is wanted here");
        return;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        const struct yaml_node *node = &list->values[i];

        if (node->type != YAML_SCALAR || !span_read(node->text, &from, &to)) {
            report(l, node, "T206", "不是日期，请写如 2026-10-01 或 2026-10-01..2026-10-07",
                   "not a day; write 2026-10-01 or 2026-10-01..2026-10-07");
            continue;
        }
        if (from < first || to >= end) {
            report(l, node, "T206", "日期不在这一年内", "the day is of another year");
            continue;
        }
        for (int32_t day = from; day <= to; day++) {
            if (is_worked && !is_weekend(day))
                report(l, node, "T206", "调休上班的日子应是周末",
                       "a day worked in place of a holiday is a Saturday or Sunday");
            bit_set(year, day, is_worked);
        }
    }
}

static void
year_read(struct loader *l, const struct yaml_node *key, const struct yaml_node *node)
{
    static const char *const known[] = {"ref", "holidays", "workdays", NULL};
    static const char *const must[] = {"ref", "holidays", NULL};
    struct calendar *calendar = l->calendar;
    struct calendar_year year = {0};
    uint32_t at = calendar->count;
    int64_t number;

    if (!text_int(key->text, &number) || number < 1 || number > 9998) {
        report(l, key, "T205", "应为年份", "a year is wanted here");
        return;
    }
    if (!yaml_check_keys(node, known, must, l->messages))
        return;
    year.year = (int32_t)number;
    year.ref = yaml_get(node, "ref")->text;
    for (int32_t day = first_day(year.year); day < first_day(year.year + 1); day++)
        bit_set(&year, day, !is_weekend(day));
    days_read(l, &year, yaml_get(node, "workdays"), true);
    days_read(l, &year, yaml_get(node, "holidays"), false);
    for (; at > 0 && calendar->years[at - 1].year > year.year; at--)
        calendar->years[at] = calendar->years[at - 1];
    calendar->years[at] = year;
    calendar->count++;
}

hedui_status
calendar_load(struct calendar **out, const char *path, struct messages *messages,
              struct arena *arena, struct err *err)
{
    static const char *const known[] = {"calendar", "zh", "years", NULL};
    struct loader l = {messages, arena, arena_alloc(arena, 1, sizeof *l.calendar)};
    struct yaml_node *root = NULL;
    const struct yaml_node *years;

    if (l.calendar == NULL)
        return arena_full(arena, err);
    TRY(yaml_load(&root, path, messages, arena, err));
    if (root == NULL || !yaml_check_keys(root, known, known, messages))
        return messages_status(messages, err);
    years = yaml_get(root, "years");
    if (years->type != YAML_MAP || years->count > YEARS_MAX) {
        report(&l, years, "Y014", "years 应为 {年份: {…}}", "years is a map of years");
        return messages_status(messages, err);
    }
    l.calendar->name = yaml_get(root, "calendar")->text;
    l.calendar->years = arena_alloc(arena, years->count, sizeof *l.calendar->years);
    if (l.calendar->years == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < years->count; i++)
        year_read(&l, &years->keys[i], &years->values[i]);
    TRY(messages_status(messages, err));
    *out = l.calendar;
    return HEDUI_OK;
}

static const struct calendar_year *
year_of(const struct calendar *calendar, int32_t day, int32_t *lacks)
{
    int32_t month, of_month;

    date_parts(day, lacks, &month, &of_month);
    for (uint32_t i = 0; calendar != NULL && i < calendar->count; i++)
        if (calendar->years[i].year == *lacks)
            return &calendar->years[i];
    return NULL;
}

enum calendar_answer
calendar_is_workday(const struct calendar *calendar, int32_t day, bool *out, int32_t *lacks)
{
    const struct calendar_year *year = year_of(calendar, day, lacks);

    if (year == NULL)
        return CALENDAR_LACKS;
    *out = bit_of(year, day);
    return CALENDAR_KNOWN;
}

enum calendar_answer
calendar_add(const struct calendar *calendar, int32_t day, int64_t count, int32_t *out,
             int32_t *lacks)
{
    bool is_worked = false;

    if (count < 0 || count > CALENDAR_FAR)
        return CALENDAR_FAR_OFF;
    if (count == 0) { /* the day itself may do */
        if (calendar_is_workday(calendar, day, &is_worked, lacks) != CALENDAR_KNOWN)
            return CALENDAR_LACKS;
        *out = day;
        if (is_worked)
            return CALENDAR_KNOWN;
        count = 1;
    }
    while (count > 0) {
        day++;
        if (calendar_is_workday(calendar, day, &is_worked, lacks) != CALENDAR_KNOWN)
            return CALENDAR_LACKS;
        count -= is_worked;
    }
    *out = day;
    return CALENDAR_KNOWN;
}

enum calendar_answer
calendar_between(const struct calendar *calendar, int32_t a, int32_t b, int64_t *out,
                 int32_t *lacks)
{
    bool is_worked = false;
    int32_t from = a < b ? a : b, to = a < b ? b : a;

    *out = 0;
    if (to - from > DAYS_BETWEEN_MAX)
        return CALENDAR_FAR_OFF;
    for (int32_t day = from + 1; day <= to; day++) {
        if (calendar_is_workday(calendar, day, &is_worked, lacks) != CALENDAR_KNOWN)
            return CALENDAR_LACKS;
        *out += is_worked;
    }
    *out = a > b ? -*out : *out;
    return CALENDAR_KNOWN;
}
