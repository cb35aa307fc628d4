/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/replay.h"

#include <inttypes.h>
#include <string.h>

#include <hedui/version.h>

#include "engine/base/json.h"
#include "engine/cli/verb.h"
#include "engine/verdict/explain.h"

#include "engine/base/ban.h"

enum { CASE, BATCH, MAPPING, RULES };

static const struct {
    const char *zh, *en;
} kinds[] = {
    [SAME] = {"一致",                   "equal"                     },
    [OTHER] = {"不同",                   "differs"                   },
    [ONLY_THEN] = {"当时有、这次没有", "was there then, not now"   },
    [ONLY_NOW] = {"这次有、当时没有", "is there now, was not then"},
};

/* "第 3 行，案件 H001，findings[0].reason" */
static void
place_text(struct buf *out, const struct difference *difference, bool is_zh)
{
    if (difference->line > 0)
        buf_printf(out, is_zh ? "，第 %" PRIu64 " 行" : ", line %" PRIu64, difference->line);
    if (difference->case_no.len > 0)
        buf_printf(out, is_zh ? "，案件 " TEXT_FMT : ", case " TEXT_FMT,
                   TEXT_ARG(difference->case_no));
    if (difference->key.len > 0)
        buf_printf(out, is_zh ? "，" TEXT_FMT : ", " TEXT_FMT, TEXT_ARG(difference->key));
}

static void
result_text(struct buf *out, const struct replay_result *result, const struct past_run *past)
{
    if (!text_is(past->engine, HEDUI_VERSION))
        buf_printf(out,
                   "注意：当时的引擎是 " TEXT_FMT "，现在是 " HEDUI_VERSION "\n"
                   "note: the engine was " TEXT_FMT " then, it is " HEDUI_VERSION " now\n",
                   TEXT_ARG(past->engine), TEXT_ARG(past->engine));
    for (uint32_t i = 0; i < result->file_count; i++) {
        const struct replay_file *file = &result->files[i];
        const struct difference *difference = &file->difference;

        buf_printf(out, "  " TEXT_FMT "  %s", TEXT_ARG(file->name), kinds[difference->kind].zh);
        place_text(out, difference, true);
        buf_printf(out, " | %s", kinds[difference->kind].en);
        place_text(out, difference, false);
        buf_byte(out, '\n');
        if (file->is_touched)
            buf_str(out, "    此文件在核对之后被改动过（与 run.json 的摘要不符）\n"
                         "    this file was changed after the run: run.json has another digest\n");
    }
    if (result->reports > 0)
        buf_printf(out,
                   "  报告 %" PRIu64 " 份逐份比对，不一致 %" PRIu64 " 份 | "
                   "%" PRIu64 " reports compared one by one, %" PRIu64 " not equal\n",
                   result->reports, result->reports_different, result->reports,
                   result->reports_different);
    buf_printf(out,
               result->is_equal ? "复算一致：%" PRIu64 " 案，逐字节相同\n"
                                  "replayed, equal byte for byte: %" PRIu64 " cases\n"
                                : "复算不一致：%" PRIu64 " 案，见上\n"
                                  "replayed, not equal: %" PRIu64 " cases, see above\n",
               result->cases, result->cases);
}

static void
file_json(struct json *json, const struct replay_file *file)
{
    static const char *const names[] = {"equal", "differs", "only_then", "only_now"};

    json_object(json);
    json_key(json, "file");
    json_text(json, file->name);
    json_key(json, "result");
    json_str(json, names[file->difference.kind]);
    json_key(json, "changed_after_run");
    json_bool(json, file->is_touched);
    if (file->difference.line > 0) {
        json_key(json, "line");
        json_uint(json, file->difference.line);
    }
    if (file->difference.case_no.len > 0) {
        json_key(json, "case_no");
        json_text(json, file->difference.case_no);
    }
    if (file->difference.key.len > 0) {
        json_key(json, "key");
        json_text(json, file->difference.key);
    }
    json_end_object(json);
}

static void
result_json(struct buf *out, const struct replay_result *result, const struct past_run *past)
{
    struct json json;

    json_begin(&json, out);
    json_object(&json);
    json_key(&json, "equal");
    json_bool(&json, result->is_equal);
    json_key(&json, "cases");
    json_uint(&json, result->cases);
    json_key(&json, "engine_then");
    json_text(&json, past->engine);
    json_key(&json, "engine_now");
    json_str(&json, HEDUI_VERSION);
    json_key(&json, "reports");
    json_uint(&json, result->reports);
    json_key(&json, "reports_different");
    json_uint(&json, result->reports_different);
    json_key(&json, "files");
    json_array(&json);
    for (uint32_t i = 0; i < result->file_count; i++)
        file_json(&json, &result->files[i]);
    json_end_array(&json);
    json_end_object(&json);
    json_newline(&json);
}

/* The world of then: where the command line names none, the places that run.json names. */
static hedui_status
past_open(struct past_run *past, struct session *session, const struct call *call)
{
    const char *const *v = call->values;
    struct call with = *call;

    TRY(past_run_read(past, call->operands[0], &session->arena, &session->err));
    past->batch = v[BATCH] != NULL ? v[BATCH] : past->batch;
    past->mapping = v[MAPPING] != NULL ? v[MAPPING] : past->mapping;
    past->pack = v[RULES] != NULL ? v[RULES] : past->pack;
    past->model = call->common[OPT_MODEL] != NULL ? call->common[OPT_MODEL] : past->model;
    past->data = call->common[OPT_DATA] != NULL ? call->common[OPT_DATA] : past->data;
    with.common[OPT_MODEL] = past->model;
    with.common[OPT_DATA] = past->data;
    TRY(past_run_check_files(past, &session->err));
    TRY(session_world(session, &with, true, past->snapshot, true));
    return past_run_check_world(past, session->world, &session->err);
}

/* The verdict that was computed just now, in the words of the pack. */
static hedui_status
explain_now(struct session *session, const struct call *call, struct text verdict,
            const struct pack *pack)
{
    const char *lang = call->common[OPT_LANG];
    struct labels labels = {.is_english = lang != NULL && strcmp(lang, "en") == 0};
    struct buf bytes;
    hedui_status rc = HEDUI_OK;

    buf_init(&bytes, false);
    FAIL(labels_json(&bytes, pack, &session->arena, &session->err));
    FAIL(labels_read(&labels, buf_as_text(&bytes), &session->arena, &session->err));
    FAIL(explain_line(verdict, &labels, &session->out, &session->arena, &session->err));
done:
    buf_release(&bytes);
    return rc;
}

static hedui_status
replay_print(struct session *session, const struct call *call, struct replay_result *result)
{
    struct replay_options options = {.only_case = text_of(call->values[CASE])};
    struct past_run past;
    struct progress progress;
    struct pack *pack;
    hedui_status rc;

    TRY(past_open(&past, session, call));
    TRY(pack_load(&pack, past.pack, session->world->model, &session->messages, &session->arena,
                  &session->err));
    TRY(past_run_check_parents(&past, pack, &session->err));
    progress_init(&progress, "cases", 1);
    options.progress = progress_show;
    options.progress_context = &progress;
    rc = replay(result, &past, &options, session->world, pack, session->pool, &session->messages,
                &session->arena, &session->err);
    progress_clear(&progress);
    TRY(rc);
    if (call->common[OPT_JSON] != NULL) {
        result_json(&session->out, result, &past);
        return HEDUI_OK;
    }
    result_text(&session->out, result, &past);
    if (options.only_case.len == 0)
        return HEDUI_OK;
    buf_byte(&session->out, '\n');
    if (result->verdict.at == NULL) {
        buf_str(&session->out, "该案已退回，原因见 refused.csv\n"
                               "the case went back: refused.csv says why\n");
        return HEDUI_OK;
    }
    return explain_now(session, call, result->verdict, pack);
}

static int
replay_run(const struct call *call)
{
    struct session session;
    struct replay_result result = {0};
    hedui_status rc;

    session_begin(&session);
    rc = replay_print(&session, call, &result);
    return session_end(&session, rc, result.is_equal ? 0 : 1);
}

const struct verb verb_replay = {
    .name = "replay",
    .operands = "DIR",
    .operands_min = 1,
    .operands_max = 1,
    .zh = "按当时的输入重新核对，逐字节比对结果",
    .en = "computes results again from the inputs of then, compares byte for byte",
    .has_json = true,
    .options =
        {
                  [CASE] = {"case", "NO", "只复算这一案，并说明结论",
                      "this case only, with its explanation"},
                  [BATCH] = {"batch", "FILE", "申请批次现在的位置", "where the batch lies now"},
                  [MAPPING] = {"mapping", "FILE", "批次映射现在的位置", "where its mapping lies now"},
                  [RULES] = {"rules", "PACK", "规则包现在的位置", "where the rule pack lies now"},
                  },
    .run = replay_run,
};
