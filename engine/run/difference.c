/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/difference.h"

#include <inttypes.h>
#include <string.h>

#include "engine/base/json.h"
#include "engine/run/lines.h"

#include "engine/base/ban.h"

#define KEY_BYTES ((size_t)512)

/* The path of the first value that differs, onto `path`; false: none does. Trees of json_parse are
 * at most 64 deep, and so is this. */
static bool
value_differs(const struct json_node *then, const struct json_node *now, struct buf *path)
{
    size_t mark = path->len;
    bool is_object = then->type == JSON_OBJECT;

    if (then->type != now->type)
        return true;
    if (then->type == JSON_STRING || then->type == JSON_REAL)
        return !text_eq(then->text, now->text);
    if (then->type == JSON_INT)
        return then->integer != now->integer;
    if (then->type == JSON_BOOL)
        return then->boolean != now->boolean;
    for (uint32_t i = 0; i < then->count || i < now->count; i++) {
        const struct json_node *both = i < then->count ? then : now;

        if (is_object) {
            if (mark > 0)
                buf_byte(path, '.');
            buf_text(path, both->keys[i]);
        } else {
            buf_printf(path, "[%" PRIu32 "]", i);
        }
        if (i >= then->count || i >= now->count ||
            (is_object && !text_eq(then->keys[i], now->keys[i])) ||
            value_differs(&then->values[i], &now->values[i], path))
            return true;
        path->len = mark;
    }
    return false;
}

static struct text
case_of(const struct json_node *line)
{
    const struct json_node *node = line->type == JSON_OBJECT ? json_get(line, "case_no") : NULL;

    return node != NULL && node->type == JSON_STRING ? node->text : (struct text){NULL, 0};
}

/* Two lines that are not the same bytes. Files of cases are sorted by case: where the numbers
 * differ, the smaller one is missing on the other side. */
static hedui_status
lines_differ(struct difference *out, struct text then, struct text now, struct arena *arena,
             struct err *err)
{
    struct json_node *a, *b;
    struct buf path;
    hedui_status rc = HEDUI_OK;

    out->kind = then.len == 0 ? ONLY_NOW : now.len == 0 ? ONLY_THEN : OTHER;
    if (out->kind != OTHER) {
        if (json_parse(&a, then.len == 0 ? now : then, arena, NULL) == HEDUI_OK)
            out->case_no = case_of(a);
        return HEDUI_OK;
    }
    if (json_parse(&a, then, arena, NULL) != HEDUI_OK ||
        json_parse(&b, now, arena, NULL) != HEDUI_OK)
        return HEDUI_OK; /* a spreadsheet, or damaged: the line number says enough */
    out->case_no = case_of(a);
    int order = text_cmp(case_of(a), case_of(b));
    if (order != 0) {
        out->kind = order < 0 ? ONLY_THEN : ONLY_NOW;
        out->case_no = order < 0 ? case_of(a) : case_of(b);
        return HEDUI_OK;
    }
    buf_init(&path, false);
    if (value_differs(a, b, &path)) {
        if (path.len > KEY_BYTES)
            path.len = KEY_BYTES;
        out->key = arena_text(arena, buf_as_text(&path));
        if (path.is_failed || out->key.at == NULL)
            FAIL(arena_full(arena, err));
    }
done:
    buf_release(&path);
    return rc;
}

hedui_status
difference_of_files(struct difference *out, const char *then, const char *now, struct arena *arena,
                    struct err *err)
{
    struct lines a = {.fd = -1}, b = {.fd = -1};
    struct text x, y;
    hedui_status rc = HEDUI_OK;

    *out = (struct difference){0};
    FAIL(lines_open(&a, then, err));
    FAIL(lines_open(&b, now, err));
    do {
        out->line++;
        FAIL(lines_next(&a, &x, err));
        FAIL(lines_next(&b, &y, err));
        if (!text_eq(x, y))
            FAIL(lines_differ(out, x, y, arena, err));
    } while (out->kind == SAME && x.len > 0);
    if (out->kind == SAME)
        out->line = 0;
done:
    lines_close(&a);
    lines_close(&b);
    return rc;
}

/* How a line of the case begins. */
static hedui_status
prefix_make(struct buf *out, const char *path, struct text case_no, struct err *err)
{
    struct json json;

    if (!text_ends(text_of(path), TEXT(".csv"))) {
        json_begin(&json, out);
        json_object(&json);
        json_key(&json, "case_no");
        json_text(&json, case_no);
        buf_byte(out, ',');
        return buf_check(out, err);
    }
    buf_byte(out, '"'); /* as run/held.c writes it */
    if (case_no.len > 0 && strchr("=+-@\t\r", case_no.at[0]) != NULL)
        buf_byte(out, '\'');
    for (size_t i = 0; i < case_no.len; i++) {
        if (case_no.at[i] == '"')
            buf_byte(out, '"');
        buf_byte(out, case_no.at[i]);
    }
    buf_str(out, "\",");
    return buf_check(out, err);
}

static hedui_status
next_of_case(struct lines *lines, struct text prefix, struct text *line, struct err *err)
{
    do
        TRY(lines_next(lines, line, err));
    while (line->len > 0 && !text_starts(*line, prefix));
    return HEDUI_OK;
}

hedui_status
difference_of_case(struct difference *out, uint64_t *count, const char *then, const char *now,
                   struct text case_no, struct arena *arena, struct err *err)
{
    struct lines a = {.fd = -1}, b = {.fd = -1};
    struct text x, y;
    struct buf prefix;
    hedui_status rc = HEDUI_OK;

    *out = (struct difference){0};
    *count = 0;
    buf_init(&prefix, false);
    FAIL(prefix_make(&prefix, then, case_no, err));
    FAIL(lines_open(&a, then, err));
    FAIL(lines_open(&b, now, err));
    do {
        FAIL(next_of_case(&a, buf_as_text(&prefix), &x, err));
        FAIL(next_of_case(&b, buf_as_text(&prefix), &y, err));
        if (!text_eq(x, y)) {
            FAIL(lines_differ(out, x, y, arena, err));
            out->case_no = case_no;
        }
        *count += x.len > 0;
    } while (out->kind == SAME && x.len > 0);
done:
    lines_close(&a);
    lines_close(&b);
    buf_release(&prefix);
    return rc;
}

hedui_status
case_line(struct text *out, const char *path, struct text case_no, struct arena *arena,
          struct err *err)
{
    struct lines lines = {.fd = -1};
    struct text line;
    struct buf prefix;
    hedui_status rc = HEDUI_OK;

    *out = (struct text){NULL, 0};
    buf_init(&prefix, false);
    FAIL(prefix_make(&prefix, path, case_no, err));
    FAIL(lines_open(&lines, path, err));
    FAIL(next_of_case(&lines, buf_as_text(&prefix), &line, err));
    if (line.len == 0)
        goto done;
    *out = arena_text(arena, line);
    if (out->at == NULL)
        FAIL(arena_full(arena, err));
done:
    lines_close(&lines);
    buf_release(&prefix);
    return rc;
}
