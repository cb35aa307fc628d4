/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "engine/base/json.h"
#include "engine/cli/verb.h"
#include "engine/model/value.h"
#include "engine/run/batch.h"

#include "engine/base/ban.h"

enum {
    RULES,
    MAPPING,
    SNAPSHOT,
    OUT,
    CHECKED_ON,
    PURPOSE,
    BODY,
    ENTRUST_NO,
    OVERWRITE,
    REFUSE_MAX,
    REPORTS
};

static hedui_status
options_read(struct batch_options *options, const struct call *call, struct session *session)
{
    const char *const *v = call->values;
    struct application_defaults *defaults = &options->defaults;

    *options = (struct batch_options){
        .batch = call->operands[0], .out = v[OUT], .has_reports = v[REPORTS] != NULL};
    if (v[RULES] == NULL || v[OUT] == NULL)
        return err_set(&session->err, HEDUI_E_USAGE,
                       "请写明 --rules 规则包 和 --out 输出目录\nname --rules PACK and --out DIR");
    options->overwrites = v[OVERWRITE] != NULL;
    TRY(value_day("--checked-on", v[CHECKED_ON], &defaults->checked_on, &session->err));
    defaults->has_checked_on = v[CHECKED_ON] != NULL;
    defaults->purpose = text_of(v[PURPOSE]);
    defaults->entrusting_body = text_of(v[BODY]);
    defaults->entrust_no = text_of(v[ENTRUST_NO]);
    if (v[MAPPING] != NULL) {
        options->mapping = v[MAPPING];
    } else {
        struct text path;

        TRY(shared_path(&path, "adapters/applicants/mapping.yaml", &session->arena, &session->err));
        options->mapping = path.at;
    }
    return HEDUI_OK;
}

static void
result_text(struct buf *out, const struct batch_result *result, const struct batch_options *options)
{
    for (uint32_t i = 0; i < result->silent_count; i++)
        buf_printf(out,
                   "注意：快照里没有来源 " TEXT_FMT "，所有人都记为未反馈\n"
                   "note: no delivery of source " TEXT_FMT ": not_answered for everyone\n",
                   TEXT_ARG(result->silent[i]), TEXT_ARG(result->silent[i]));
    if (result->cases + result->held == 0)
        buf_str(out, "注意：批次里没有一个案件，请检查是否给错了文件\n"
                     "note: not one case in the batch: is it the right file?\n");
    buf_printf(out,
               "案件 cases %" PRIu64 "，退回 refused %" PRIu64 "，查询人次 looked up %" PRIu64 "\n",
               result->cases, result->held, result->probed);
    if (result->several.persons > 0)
        buf_printf(out,
                   "注意：有 %" PRIu32 " 人同时是几个案件的成员，见 summary.json 的 several_cases\n"
                   "note: persons who are members of several cases: %" PRIu32
                   ", see several_cases in summary.json\n",
                   result->several.persons, result->several.persons);
    for (uint32_t o = 0; o < LEN(result->outcomes); o++)
        buf_printf(out, "  %-10s %" PRIu64 "  %s\n", outcome_name((enum outcome)o),
                   result->outcomes[o], outcome_zh((enum outcome)o));
    buf_printf(out,
               "结果在 results in '%s'（verdicts.jsonl, verdicts.csv, findings.csv, refused.csv, "
               "summary.json）\n",
               options->out);
    if (options->has_reports)
        buf_printf(out, "报告从这里看起 reports begin at '%s/reports/index.html'\n", options->out);
}

static void
result_json(struct buf *out, const struct batch_result *result)
{
    struct json json;

    json_begin(&json, out);
    json_object(&json);
    json_key(&json, "cases");
    json_uint(&json, result->cases);
    json_key(&json, "cases_refused");
    json_uint(&json, result->held);
    json_key(&json, "probed");
    json_uint(&json, result->probed);
    json_key(&json, "several_cases");
    several_json(&json, &result->several);
    json_key(&json, "outcomes");
    json_object(&json);
    for (uint32_t o = 0; o < LEN(result->outcomes); o++) {
        json_key(&json, outcome_name((enum outcome)o));
        json_uint(&json, result->outcomes[o]);
    }
    json_end_object(&json);
    json_end_object(&json);
    json_newline(&json);
}

static hedui_status
verify(struct session *session, const struct call *call, struct batch_result *result)
{
    struct batch_options options;
    struct pack *pack = NULL;
    struct progress progress;
    hedui_status rc;

    TRY(options_read(&options, call, session));
    TRY(pack_load(&pack, call->values[RULES], session->world->model, &session->messages,
                  &session->arena, &session->err));
    progress_init(&progress, "cases", 1);
    options.progress = progress_show;
    options.progress_context = &progress;
    rc = batch_verify(result, &options, session->world, pack, session->pool, &session->messages,
                      &session->arena, &session->err);
    progress_clear(&progress);
    TRY(rc);
    if (call->common[OPT_JSON] != NULL)
        result_json(&session->out, result);
    else
        result_text(&session->out, result, &options);
    return HEDUI_OK;
}

static int
verify_run(const struct call *call)
{
    struct session session;
    struct batch_result result = {0};
    uint64_t snapshot = 0;
    int64_t refuse_max = 0;
    hedui_status rc;

    session_begin(&session);
    rc = value_count("--refuse-max", call->values[REFUSE_MAX], 0, INT64_MAX, &refuse_max,
                     &session.err);
    if (rc == HEDUI_OK)
        rc = session_snapshot(&session, call, call->values[SNAPSHOT], &snapshot);
    if (rc == HEDUI_OK)
        rc = session_world(&session, call, true, snapshot, true);
    if (rc == HEDUI_OK)
        rc = verify(&session, call, &result);
    return session_end(&session, rc, result.held > (uint64_t)refuse_max ? 1 : 0);
}

const struct verb verb_verify = {
    .name = "verify",
    .operands = "BATCH",
    .operands_min = 1,
    .operands_max = 1,
    .zh = "核对一批申请家庭，给出结论和依据",
    .en = "a batch of applications to verdicts with evidence",
    .has_json = true,
    .options =
        {
                  [RULES] = {"rules", "PACK", "规则包目录", "folder of the rule pack"},
                  [MAPPING] = {"mapping", "FILE", "申请批次的映射（默认 adapters/applicants）",
                         "mapping of the batch (adapters/applicants)"},
                  [SNAPSHOT] = {"snapshot", "ID", "快照（默认当前）", "snapshot (the current one)"},
                  [OUT] = {"out", "DIR", "输出目录", "folder for the results"},
                  [CHECKED_ON] = {"checked-on", "DAY", "核对基准日", "day of the check"},
                  [PURPOSE] = {"purpose", "T", "核对用途", "purpose"},
                  [BODY] = {"entrusting-body", "T", "委托单位", "entrusting body"},
                  [ENTRUST_NO] = {"entrust-no", "T", "委托书号", "number of the entrustment"},
                  [REPORTS] = {"reports", NULL, "每户一份核对报告（DIR/reports/index.html）",
                         "a report per household (DIR/reports/index.html)"},
                  [OVERWRITE] = {"overwrite", NULL, "允许覆盖 --out 里另一次核对的结果",
                           "results of another run in --out may be written over"},
                  [REFUSE_MAX] = {"refuse-max", "N", "退回不超过 N 案仍算成功（默认 0）",
                            "up to N refused cases are exit 0 (0)"},
                  },
    .run = verify_run,
};
