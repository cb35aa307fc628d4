/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/index/months.h"

#include <string.h>

#include "engine/model/value.h"

#include "engine/base/ban.h"

static uint64_t
month_rows(const struct builder *builder, int32_t month)
{
    uint64_t rows = 0;

    for (uint32_t lane = 0; lane < builder->lane_count; lane++)
        rows += builder->lanes[lane].months[month];
    return rows;
}

static uint64_t
fullest(const struct builder *builder)
{
    uint64_t most = 0;

    for (int32_t m = 0; m < MONTHS_MAX; m++) {
        uint64_t rows = month_rows(builder, m);

        most = rows > most ? rows : most;
    }
    return most;
}

/* The first month that was not over when the as-of day ended. */
static int32_t
first_unfinished(int32_t as_of)
{
    int32_t year, month, day;

    date_parts(as_of, &year, &month, &day);
    return month_of_date(as_of) + (day == month_days(year, month));
}

uint32_t
months_cover(const struct builder *builder, int32_t *months)
{
    const struct delivery_spec *spec = &builder->spec;
    int32_t open = first_unfinished(spec->as_of);
    uint64_t most;
    uint32_t n = 0;

    if (spec->kind->period < 0)
        return 0;
    if (spec->is_mend) {
        memcpy(months, spec->mended->months, spec->mended->month_count * sizeof *months);
        return spec->mended->month_count;
    }
    if (spec->has_covers) {
        for (int32_t m = spec->covers_from; m <= spec->covers_until && n < MONTHS_MAX; m++)
            months[n++] = m;
        return n;
    }
    most = fullest(builder);
    for (int32_t m = 0; m < MONTHS_MAX && m < open; m++) {
        uint64_t rows = month_rows(builder, m);

        if (rows > 0 && rows * 10 >= most)
            months[n++] = m;
    }
    return n;
}

static void
left_add(struct months_left *left, int32_t month, uint64_t rows)
{
    if (left->months++ == 0)
        left->first = month;
    left->last = month;
    left->rows += rows;
}

void
builder_months_left(const struct builder *builder, struct months_left *unfinished,
                    struct months_left *few)
{
    const struct delivery_spec *spec = &builder->spec;
    int32_t open = first_unfinished(spec->as_of);
    uint64_t most;

    *unfinished = *few = (struct months_left){0};
    if (spec->kind->period < 0 || spec->is_mend)
        return;
    for (int32_t m = open; spec->has_covers && m <= spec->covers_until && m < MONTHS_MAX; m++)
        if (m >= spec->covers_from)
            left_add(unfinished, m, month_rows(builder, m));
    if (spec->has_covers)
        return;
    most = fullest(builder);
    for (int32_t m = 0; m < MONTHS_MAX; m++) {
        uint64_t rows = month_rows(builder, m);

        if (rows > 0 && m >= open)
            left_add(unfinished, m, rows);
        else if (rows > 0 && rows * 10 < most)
            left_add(few, m, rows);
    }
}
