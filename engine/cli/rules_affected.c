/* SPDX-License-Identifier: Apache-2.0 */
/* rules affected: whom a change of the pack touches, among verdicts that were given already. */
#include "engine/run/affected.h"

#include <inttypes.h>

#include "engine/base/json.h"
#include "engine/base/sheet.h"
#include "engine/base/sys.h"
#include "engine/cli/past.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

enum { CSV };
#define SHOWN_MAX 20 /* cases on the screen; --csv and --json have all */

static const char *
outcome_words(struct text outcome)
{
    for (int o = 0; o < 4; o++)
        if (text_is(outcome, outcome_name((enum outcome)o)))
            return outcome_zh((enum outcome)o);
    return outcome.len == 0 ? "无结论" : outcome.at;
}

static void
span_text(struct buf *out, const struct day_span *span)
{
    if (span->from == INT32_MIN && span->until == INT32_MAX) {
        buf_str(out, "全部日期 every day");
        return;
    }
    if (span->from != INT32_MIN)
        date_print(out, span->from);
    buf_str(out, " .. ");
    if (span->until != INT32_MAX)
        date_print(out, span->until - 1);
}

static void
result_text(struct buf *out, const char *dir, const struct affected *a, const struct past_run *past,
            const struct pack *pack)
{
    char then[2 * DIGEST_BYTES + 1], now[2 * DIGEST_BYTES + 1];

    digest_hex(&past->pack_hash, then);
    digest_hex(pack_hash(pack), now);
    buf_printf(out, "%s  " TEXT_FMT " %.12s → %.12s\n", dir, TEXT_ARG(pack_name(pack)), then, now);
    if (!a->is_known)
        buf_str(out, "  当时的 run.json 没有记各时段的散列，按全部日期都变了看\n"
                     "  run.json of then names no spans: every day counts as changed\n");
    for (uint32_t i = 0; i < a->span_count; i++) {
        buf_str(out, "  变化的日期 days that changed: ");
        span_text(out, &a->spans[i]);
        buf_byte(out, '\n');
    }
    buf_printf(out,
               "  结论 verdicts %" PRIu64 "，落在变化日期内 inside %" PRIu64
               "，改判 of another outcome %" PRIu64
               "，数字或理由变了 other figures or findings %" PRIu64 "\n",
               a->cases, a->inside, a->moved, a->touched);
    if (a->outside > 0)
        buf_printf(out,
                   "  其中 %" PRIu64 " 案不在变化日期内：引擎版本或数据模型与当时不同\n"
                   "  of these %" PRIu64 " outside the days that changed: the engine or the "
                   "vocabulary is another\n",
                   a->outside, a->outside);
    for (uint32_t i = 0; i < a->count && i < SHOWN_MAX; i++) {
        const struct affected_case *one = &a->list[i];

        buf_printf(out, "    " TEXT_FMT "  ", TEXT_ARG(one->case_no));
        date_print(out, one->checked_on);
        buf_printf(out, "  %s → %s\n", outcome_words(one->then), outcome_words(one->now));
    }
    if (a->count > SHOWN_MAX)
        buf_printf(out, "    另有 %u 案，见 --csv and %u more, see --csv\n", a->count - SHOWN_MAX,
                   a->count - SHOWN_MAX);
}

static void
day_json(struct json *json, const char *key, int32_t day)
{
    struct buf text;

    buf_init(&text, false);
    date_print(&text, day);
    json_key(json, key);
    json_text(json, buf_part(json->out, &text));
    buf_release(&text);
}

static void
cases_json(struct json *json, const struct affected *a)
{
    json_key(json, "changed");
    json_array(json);
    for (uint32_t i = 0; i < a->count; i++) {
        const struct affected_case *one = &a->list[i];

        json_object(json);
        json_key(json, "case_no");
        json_text(json, one->case_no);
        day_json(json, "checked_on", one->checked_on);
        json_key(json, "then");
        json_text(json, one->then);
        json_key(json, "now");
        json_text(json, one->now);
        json_key(json, "inside");
        json_bool(json, one->is_inside);
        json_end_object(json);
    }
    json_end_array(json);
}

static void
result_json(struct json *json, const char *dir, const struct affected *a,
            const struct past_run *past, const struct pack *pack)
{
    json_object(json);
    json_key(json, "run");
    json_str(json, dir);
    json_key(json, "pack");
    json_text(json, pack_name(pack));
    json_digest(json, "hash_then", &past->pack_hash);
    json_digest(json, "hash_now", pack_hash(pack));
    json_key(json, "spans_known");
    json_bool(json, a->is_known);
    json_key(json, "spans");
    json_array(json);
    for (uint32_t i = 0; i < a->span_count; i++) {
        json_object(json);
        if (a->spans[i].from != INT32_MIN)
            day_json(json, "from", a->spans[i].from);
        if (a->spans[i].until != INT32_MAX)
            day_json(json, "until", a->spans[i].until);
        json_end_object(json);
    }
    json_end_array(json);
    json_key(json, "verdicts");
    json_uint(json, a->cases);
    json_key(json, "inside");
    json_uint(json, a->inside);
    json_key(json, "moved");
    json_uint(json, a->moved);
    json_key(json, "touched");
    json_uint(json, a->touched);
    json_key(json, "outside");
    json_uint(json, a->outside);
    cases_json(json, a);
    json_end_object(json);
}

static void
sheet_cases(struct sheet *sheet, const char *dir, const struct affected *a, struct buf *day)
{
    for (uint32_t i = 0; i < a->count; i++) {
        const struct affected_case *one = &a->list[i];

        buf_reset(day);
        date_print(day, one->checked_on);
        sheet_put(sheet, text_of(dir));
        sheet_put(sheet, one->case_no);
        sheet_put(sheet, buf_as_text(day));
        sheet_put(sheet, one->then);
        sheet_put(sheet, one->now);
        sheet_line(sheet);
    }
}

struct asking {
    struct session *session;
    const struct call *call;
    struct json json;
    struct sheet sheet;
    struct buf csv, day;
    uint64_t changed;
};

/* One folder of results, in the world that it was computed from. */
static hedui_status
dir_ask(struct asking *q, const char *dir)
{
    struct session *s = q->session;
    struct affected_options options = {.progress = progress_show};
    struct past_run past;
    struct affected result;
    struct progress progress;
    struct pack *pack;
    hedui_status rc;

    TRY(past_open(&past, s, q->call, dir));
    TRY(pack_load(&pack, q->call->operands[0], s->world->model, &s->messages, &s->arena, &s->err));
    progress_init(&progress, "cases", 1);
    options.progress_context = &progress;
    rc = affected_find(&result, &past, &options, s->world, pack, s->pool, &s->messages, &s->arena,
                       &s->err);
    progress_clear(&progress);
    TRY(rc);
    if (q->call->common[OPT_JSON] != NULL)
        result_json(&q->json, dir, &result, &past, pack);
    else
        result_text(&s->out, dir, &result, &past, pack);
    sheet_cases(&q->sheet, dir, &result, &q->day);
    q->changed += result.count;
    return HEDUI_OK;
}

static hedui_status
csv_write(struct asking *q, const char *path)
{
    struct text full, dir;
    size_t slash;
    struct arena *arena = &q->session->arena;

    full = arena_text(arena, text_of(path));
    if (full.at == NULL)
        return arena_full(arena, &q->session->err);
    for (slash = full.len; slash > 0 && full.at[slash - 1] != '/'; slash--)
        ;
    dir = slash == 0 ? TEXT(".") : arena_text(arena, (struct text){full.at, slash});
    if (dir.at == NULL)
        return arena_full(arena, &q->session->err);
    return sys_publish(dir.at, full.at + slash, q->csv.at, q->csv.len, 0600, "cli.affected",
                       &q->session->err);
}

static hedui_status
ask_all(struct asking *q)
{
    struct session *s = q->session;
    bool is_json = q->call->common[OPT_JSON] != NULL;

    json_begin(&q->json, &s->out);
    sheet_begin(&q->sheet, &q->csv);
    sheet_head(&q->sheet, "结果目录,核对编号,核对基准日,当时结论,现在结论");
    if (is_json)
        json_array(&q->json);
    for (uint32_t i = 1; i < q->call->operand_count; i++) {
        TRY(dir_ask(q, q->call->operands[i]));
        world_close(s->world);
        pool_close(s->pool);
        s->world = NULL;
        s->pool = NULL;
    }
    if (is_json) {
        json_end_array(&q->json);
        json_newline(&q->json);
    }
    if (q->call->values[CSV] == NULL)
        return HEDUI_OK;
    TRY(buf_check(&q->csv, &s->err));
    return csv_write(q, q->call->values[CSV]);
}

static int
affected_run(const struct call *call)
{
    struct session session;
    struct asking q = {.session = &session, .call = call};
    hedui_status rc;

    session_begin(&session);
    buf_init(&q.csv, true);
    buf_init(&q.day, false);
    rc = ask_all(&q);
    buf_release(&q.csv);
    buf_release(&q.day);
    return session_end(&session, rc, q.changed > 0 ? 1 : 0);
}

const struct verb verb_rules_affected = {
    .name = "rules affected",
    .operands = "PACK DIR…",
    .operands_min = 2,
    .operands_max = OPERANDS_MAX,
    .zh = "规则包改了以后，以前哪些结论受影响：按当时的数据重算",
    .en = "which verdicts given before a changed pack touches, on what was known then",
    .has_json = true,
    .options = {[CSV] = {"csv", "FILE", "有变的案件列表", "the cases that changed, as a sheet"}},
    .run = affected_run,
};
