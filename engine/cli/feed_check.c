/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "engine/base/json.h"
#include "engine/cli/balance.h"
#include "engine/cli/sample.h"
#include "engine/cli/verb.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

enum { SAMPLES };

#define SHOWN 20 /* refused rows that a dry run lists by place */
#define SAMPLES_DEFAULT 3
#define SAMPLES_MAX 1000

/* What a dry run keeps, of the only lane: the first rows of each file, the first refusals. */
struct sight {
    bool is_json;
    struct buf rows, refusals;            /* lines for people, or JSON objects with commas */
    struct json rows_json, refusals_json; /* over them */
    const struct kind *kind;
    uint32_t file; /* whose samples are being taken */
    int64_t samples_max, samples;
    uint64_t refused;
};

static hedui_status
sight_rows(void *context, uint32_t lane, const struct batch *batch, struct err *err)
{
    struct sight *sight = context;

    (void)lane;
    if (batch->file != sight->file) {
        sight->file = batch->file;
        sight->samples = 0;
    }
    for (uint32_t i = 0; i < batch->rows && sight->samples < sight->samples_max; i++) {
        sight->samples++;
        if (sight->is_json)
            sample_json(&sight->rows_json, batch, i);
        else
            sample_text(&sight->rows, batch, i);
    }
    return buf_check(&sight->rows, err);
}

static void
reason_text(struct sight *sight, const struct refusal *refusal, const struct refusal_reason *reason)
{
    struct text field = reason->field < 0 ? text_of("-") : sight->kind->fields[reason->field].name;

    buf_printf(&sight->refusals,
               "文件 file %" PRIu32 " 行 row %" PRIu64 ": %s " TEXT_FMT " %s | %s\n",
               refusal->file + 1, refusal->line, cell_result_code(reason->result), TEXT_ARG(field),
               cell_result_zh(reason->result), cell_result_en(reason->result));
}

static void
refusal_json(struct sight *sight, const struct refusal *refusal)
{
    struct json *json = &sight->refusals_json;

    json_object(json);
    json_key(json, "file");
    json_uint(json, refusal->file + 1);
    json_key(json, "row");
    json_uint(json, refusal->line);
    json_key(json, "reasons");
    json_array(json);
    for (uint32_t i = 0; i < refusal->reason_count; i++) {
        const struct refusal_reason *reason = &refusal->reasons[i];

        json_object(json);
        json_key(json, "code");
        json_str(json, cell_result_code(reason->result));
        json_key(json, "field");
        if (reason->field < 0)
            json_null(json);
        else
            json_text(json, sight->kind->fields[reason->field].name);
        json_key(json, "zh");
        json_str(json, cell_result_zh(reason->result));
        json_key(json, "en");
        json_str(json, cell_result_en(reason->result));
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
}

static hedui_status
sight_refused(void *context, uint32_t lane, const struct refusal *refusal, struct err *err)
{
    struct sight *sight = context;

    (void)lane;
    if (sight->refused++ < SHOWN && sight->is_json)
        refusal_json(sight, refusal);
    else if (sight->refused <= SHOWN)
        for (uint32_t i = 0; i < refusal->reason_count; i++)
            reason_text(sight, refusal, &refusal->reasons[i]);
    return buf_check(&sight->refusals, err);
}

static void
result_text(struct buf *out, const struct sight *sight, const struct feed_report *report)
{
    buf_text(out, buf_as_text(&sight->rows));
    buf_text(out, buf_as_text(&sight->refusals));
    if (sight->refused > SHOWN)
        buf_printf(out, "…… 另有 %" PRIu64 " 行退回 more rows are refused\n",
                   sight->refused - SHOWN);
    balance_text(out, &report->balance, report);
    if (report->balance.accepted + report->balance.refused == 0)
        buf_str(out, "注意：文件里一行数据也没有；正式接收时须用 --allow-empty 确认\n"
                     "note: not one row: ingest takes such files with --allow-empty only\n");
}

static void
result_json(struct buf *out, const struct sight *sight, const struct feed_report *report)
{
    struct json json;

    json_begin(&json, out);
    json_object(&json);
    balance_json(&json, &report->balance, report);
    json_key(&json, "samples"); /* made while reading, commas and all */
    buf_byte(out, '[');
    buf_text(out, buf_as_text(&sight->rows));
    buf_str(out, "],\"refusals\":[");
    buf_text(out, buf_as_text(&sight->refusals));
    buf_byte(out, ']');
    json_end_object(&json);
    json_newline(&json);
}

static hedui_status
check(struct session *session, const struct call *call, struct sight *sight, bool *is_wrong)
{
    struct model *model;
    struct mapping *mapping = NULL;
    struct feed_report report = {0};
    struct feed_sink sink = {.context = sight, .rows = sight_rows, .refused = sight_refused};

    TRY(value_count("--samples", call->values[SAMPLES], 0, SAMPLES_MAX, &sight->samples_max,
                    &session->err));
    TRY(session_model(session, call, &model));
    TRY(mapping_load(&mapping, call->operands[0], model, &session->messages, &session->arena,
                     &session->err));
    TRY(pool_open(&session->pool, 1, &session->err));
    sight->kind = mapping_kind(mapping);
    struct feed_job job = {
        .mapping = mapping,
        .paths = call->operands + 1,
        .path_count = call->operand_count - 1,
        .pool = session->pool,
        .is_dry = true,
    };
    TRY(feed_read(&report, &job, &sink, &session->arena, &session->err));
    *is_wrong = report.balance.refused > 0 || report.balance.accepted == 0;
    if (sight->is_json)
        result_json(&session->out, sight, &report);
    else
        result_text(&session->out, sight, &report);
    return HEDUI_OK;
}

static int
check_run(const struct call *call)
{
    struct session session;
    struct sight sight = {.is_json = call->common[OPT_JSON] != NULL,
                          .samples_max = SAMPLES_DEFAULT};
    bool is_wrong = false;

    session_begin(&session);
    buf_init(&sight.rows, true);
    buf_init(&sight.refusals, true);
    json_begin(&sight.rows_json, &sight.rows);
    json_begin(&sight.refusals_json, &sight.refusals);
    hedui_status rc = check(&session, call, &sight, &is_wrong);
    buf_release(&sight.rows);
    buf_release(&sight.refusals);
    return session_end(&session, rc, is_wrong ? 1 : 0);
}

const struct verb verb_feed_check = {
    .name = "feed check",
    .operands = "MAPPING FILE…",
    .operands_min = 2,
    .operands_max = OPERANDS_MAX,
    .zh = "试读部门数据：行数平衡、退回原因、规整后的样例（已遮盖），不写任何文件",
    .en = "dry run: balance, reasons of refusal, samples of normalised records (masked), writes "
          "nothing",
    .has_json = true,
    .options =
        {
                  [SAMPLES] = {"samples", "N", "每个文件显示 N 条样例（默认 3）",
                         "shows N records of each file (3)"},
                  },
    .run = check_run,
};
