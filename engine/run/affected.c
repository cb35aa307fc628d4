/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/affected.h"

#include <string.h>

#include "engine/base/json.h"
#include "engine/base/scratch_dir.h"
#include "engine/model/value.h"
#include "engine/run/lines.h"
#include "engine/run/route.h"

#include "engine/base/ban.h"

/* ---- days that changed ---- */

static const struct digest *
then_on(const struct past_run *past, int32_t day)
{
    const struct digest *hash = &past->epochs[0].hash;

    for (uint32_t i = 0; i < past->epoch_count && past->epochs[i].from <= day; i++)
        hash = &past->epochs[i].hash;
    return hash;
}

static const struct digest *
now_on(const struct pack *pack, const struct digest *hashes, int32_t day)
{
    return &hashes[pack_epoch_of(pack, day) - pack_epoch(pack, 0)];
}

/* The next day after `day` on which either begins an epoch; INT32_MAX: none. */
static int32_t
next_change(const struct past_run *past, const struct pack *pack, int32_t day)
{
    int32_t next = pack_epoch_of(pack, day)->until;

    for (uint32_t i = 0; i < past->epoch_count; i++)
        if (past->epochs[i].from > day && past->epochs[i].from < next)
            next = past->epochs[i].from;
    return next;
}

hedui_status
affected_spans(struct affected *out, const struct past_run *past, const struct pack *pack,
               struct arena *arena, struct err *err)
{
    struct digest *hashes;
    int32_t day = INT32_MIN, next;

    TRY(pack_epoch_hashes(pack, &hashes, arena, err));
    out->is_known = past->epoch_count > 0;
    out->spans =
        arena_alloc(arena, past->epoch_count + pack_epoch_count(pack) + 1, sizeof *out->spans);
    if (out->spans == NULL)
        return arena_full(arena, err);
    out->span_count = 0;
    for (;; day = next) {
        bool is_changed = !out->is_known || memcmp(then_on(past, day), now_on(pack, hashes, day),
                                                   sizeof(struct digest)) != 0;
        struct day_span *last = out->span_count == 0 ? NULL : &out->spans[out->span_count - 1];

        next = next_change(past, pack, day);
        if (is_changed && last != NULL && last->until == day)
            last->until = next;
        else if (is_changed)
            out->spans[out->span_count++] = (struct day_span){day, next};
        if (next == INT32_MAX)
            return HEDUI_OK;
    }
}

static bool
is_inside(const struct affected *a, int32_t day)
{
    for (uint32_t i = 0; i < a->span_count; i++)
        if (a->spans[i].from <= day && day < a->spans[i].until)
            return true;
    return false;
}

/* ---- two files of verdicts, both by case number ---- */

struct line { /* of verdicts.jsonl; len 0: none is left */
    struct text text, case_no, outcome, checked_on;
};

/* What stands between `"key":"` and the next quote: codes, days and numbers hold none. */
static struct text
plain_value(struct text line, struct text key)
{
    size_t at = text_find(line, key);
    const char *begin = line.at + at + key.len, *end;

    if (at == SIZE_MAX)
        return TEXT("");
    end = memchr(begin, '"', line.len - at - key.len);
    return end == NULL ? TEXT("") : (struct text){begin, (size_t)(end - begin)};
}

static hedui_status
line_next(struct lines *lines, struct line *out, struct err *err)
{
    TRY(lines_next(lines, &out->text, err));
    out->case_no = plain_value(out->text, TEXT("{\"case_no\":\""));
    out->checked_on = plain_value(out->text, TEXT("\"checked_on\":\""));
    out->outcome = plain_value(out->text, TEXT("\"outcome\":\""));
    if (out->text.len == 0 || (out->case_no.len > 0 && out->outcome.len > 0))
        return HEDUI_OK;
    return err_set(err, HEDUI_E_FORMAT, "'%s' 已损坏\n'%s' is damaged", lines->path, lines->path);
}

/* All but the pack's name and hash, which are the last two keys. */
static struct text
body_of(struct text line)
{
    static const struct text tail = {",\"pack\":\"", 9};
    size_t at = 0, next;

    for (; (next = text_find((struct text){line.at + at, line.len - at}, tail)) != SIZE_MAX;
         at += next + 1)
        ;
    return (struct text){line.at, at == 0 ? line.len : at - 1};
}

static hedui_status
case_add(struct affected *a, const struct line *then, const struct line *now, struct arena *arena,
         struct err *err)
{
    const struct line *one = then == NULL ? now : then;
    struct affected_case *item;

    if (a->count == a->room) {
        uint32_t room = a->room == 0 ? 64 : a->room * 2;
        struct affected_case *list = arena_alloc(arena, room, sizeof *list);

        if (list == NULL)
            return arena_full(arena, err);
        if (a->count > 0)
            memcpy(list, a->list, a->count * sizeof *list);
        a->list = list;
        a->room = room;
    }
    item = &a->list[a->count++];
    *item = (struct affected_case){
        .case_no = arena_text(arena, one->case_no),
        .then = then == NULL ? TEXT("") : arena_text(arena, then->outcome),
        .now = now == NULL ? TEXT("") : arena_text(arena, now->outcome),
    };
    if (item->case_no.at == NULL || item->then.at == NULL || item->now.at == NULL)
        return arena_full(arena, err);
    if (date_parse(one->checked_on, &item->checked_on) != CELL_OK)
        return err_set(err, HEDUI_E_FORMAT,
                       "结论里的核对基准日无法读取\n"
                       "a verdict's day of check is not readable");
    item->is_inside = is_inside(a, item->checked_on);
    if (text_eq(item->then, item->now))
        a->touched++;
    else
        a->moved++;
    a->outside += !item->is_inside;
    return HEDUI_OK;
}

static hedui_status
pair_take(struct affected *a, const struct line *then, const struct line *now, struct arena *arena,
          struct err *err)
{
    int32_t day;

    if (then != NULL) {
        a->cases++;
        a->inside += date_parse(then->checked_on, &day) == CELL_OK && is_inside(a, day);
    }
    if (then != NULL && now != NULL && text_eq(body_of(then->text), body_of(now->text)))
        return HEDUI_OK;
    return case_add(a, then, now, arena, err);
}

static hedui_status
files_compare(struct affected *a, const char *then_path, const char *now_path, struct arena *arena,
              struct err *err)
{
    struct lines then_lines = {.fd = -1}, now_lines = {.fd = -1};
    struct line then = {0}, now = {0};
    hedui_status rc = HEDUI_OK;

    FAIL(lines_open(&then_lines, then_path, err));
    FAIL(lines_open(&now_lines, now_path, err));
    FAIL(line_next(&then_lines, &then, err));
    FAIL(line_next(&now_lines, &now, err));
    while (then.text.len > 0 || now.text.len > 0) {
        int order = then.text.len == 0  ? 1
                    : now.text.len == 0 ? -1
                                        : text_cmp(then.case_no, now.case_no);

        FAIL(pair_take(a, order <= 0 ? &then : NULL, order >= 0 ? &now : NULL, arena, err));
        if (order <= 0)
            FAIL(line_next(&then_lines, &then, err));
        if (order >= 0)
            FAIL(line_next(&now_lines, &now, err));
    }
done:
    lines_close(&then_lines);
    lines_close(&now_lines);
    return rc;
}

hedui_status
affected_find(struct affected *out, const struct past_run *past,
              const struct affected_options *options, const struct world *world,
              const struct pack *pack, struct pool *pool, struct messages *messages,
              struct arena *arena, struct err *err)
{
    struct batch_result result;
    struct scratch_dir scratch;
    struct text then, now;
    struct err late = {0};
    hedui_status rc = HEDUI_OK, removed;

    *out = (struct affected){0};
    TRY(affected_spans(out, past, pack, arena, err));
    TRY(scratch_dir_open(&scratch, "hedui-affected", arena, err));
    struct batch_options again = {
        .batch = past->batch,
        .mapping = past->mapping,
        .out = scratch.path.at,
        .defaults = past->defaults,
        .progress = options->progress,
        .progress_context = options->progress_context,
    };
    FAIL(route_past(&again, past, world->model, messages, arena, err));
    FAIL(batch_verify(&result, &again, world, pack, pool, messages, arena, err));
    then = arena_printf(arena, TEXT_FMT "/verdicts.jsonl", TEXT_ARG(past->dir));
    now = arena_printf(arena, TEXT_FMT "/verdicts.jsonl", TEXT_ARG(scratch.path));
    if (then.at == NULL || now.at == NULL)
        FAIL(arena_full(arena, err));
    rc = files_compare(out, then.at, now.at, arena, err);
done:
    removed = scratch_dir_close(&scratch, &late);
    if (rc == HEDUI_OK && removed != HEDUI_OK)
        rc = err_set(err, removed, "%s", late.text); /* people's data must not stay there */
    return rc;
}
