/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/covered.h"

#include <inttypes.h>
#include <stdio.h>

#include "engine/model/value.h"

#include "engine/base/ban.h"

static void
range_print(struct buf *out, int32_t first, int32_t last)
{
    month_print(out, first);
    if (last != first) {
        buf_str(out, "..");
        month_print(out, last);
    }
}

/* A line in both languages: the months stand between `zh` and `zh_end`, `en` and `en_end`. */
static void
note(struct buf *out, const struct months_left *left, const char *zh, const char *zh_end,
     const char *en, const char *en_end)
{
    if (left->months == 0)
        return;
    buf_str(out, zh);
    range_print(out, left->first, left->last);
    buf_printf(out, "（%" PRIu64 " 行）%s\n%s", left->rows, zh_end, en);
    range_print(out, left->first, left->last);
    buf_printf(out, " (rows: %" PRIu64 ")%s\n", left->rows, en_end);
}

void
covered_text(struct buf *out, const struct ingest_result *result)
{
    if (result->month_count > 0) {
        buf_str(out, "覆盖月份 months covered ");
        month_print(out, result->month_first);
        buf_str(out, "..");
        month_print(out, result->month_last);
        buf_printf(out, "（%" PRIu32 "）\n", result->month_count);
    }
    if (result->has_covers)
        note(out, &result->unfinished, "注意：--covers 含截至日尚未过完的月份 ",
             "，此后才报的收入会被当作没有",
             "note: --covers includes months that were not over on the as-of day, ",
             ": income reported later counts as none");
    else
        note(
            out, &result->unfinished, "注意：截至日尚未过完的月份不算覆盖：",
            "，窗口含该月的家庭为信息不全；确已报齐请用 --covers 写明",
            "note: months that were not over on the as-of day are not covered: ",
            "; households whose window includes them stay incomplete; if they are complete, say so "
            "with --covers");
    note(out, &result->few, "注意：只有零星几行的月份不算覆盖：", "；确已报齐请用 --covers 写明",
         "note: months of a few stray rows are not covered: ",
         "; if they are complete, say so with --covers");
}

static void
month_put(struct json *json, const char *key, int32_t month)
{
    char text[16];

    snprintf(text, sizeof text, "%04d-%02d", month / 12, month % 12 + 1);
    json_key(json, key);
    json_str(json, text);
}

static void
range_json(struct json *json, const char *key, int32_t first, int32_t last, uint32_t months)
{
    json_key(json, key);
    json_object(json);
    month_put(json, "first", first);
    month_put(json, "last", last);
    json_key(json, "months");
    json_uint(json, months);
}

static void
left_json(struct json *json, const char *key, const struct months_left *left)
{
    if (left->months == 0)
        return;
    range_json(json, key, left->first, left->last, left->months);
    json_key(json, "rows");
    json_uint(json, left->rows);
    json_end_object(json);
}

void
covered_json(struct json *json, const struct ingest_result *result)
{
    if (result->month_count > 0) {
        range_json(json, "covers", result->month_first, result->month_last, result->month_count);
        json_end_object(json);
    }
    left_json(json, "unfinished", &result->unfinished);
    left_json(json, "few", &result->few);
}
