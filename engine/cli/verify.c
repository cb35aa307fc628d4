/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "engine/base/json.h"
#include "engine/cli/routes.h"
#include "engine/cli/verb.h"
#include "engine/model/value.h"
#include "engine/run/receipt.h"
#include "engine/run/route.h"

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
    REPORTS,
    PACKS,
    OUTPUTS,
    PROGRAMMES
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
    if (v[OUTPUTS] != NULL)
        TRY(receipt_outputs(&options->outputs, v[OUTPUTS], &session->err));
    if (options->has_reports && options->outputs != 0 &&
        (options->outputs >> VERIFY_VERDICTS & 1) == 0)
        return err_set(&session->err, HEDUI_E_USAGE,
                       "--reports 依据 verdicts.jsonl，请把它写进 --outputs\n"
                       "--reports rest on verdicts.jsonl: name it in --outputs");
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
    buf_printf(out, "结果在 results in '%s'%s\n", options->out,
               options->outputs != 0
                   ? ""
                   : "（verdicts.jsonl, verdicts.csv, findings.csv, refused.csv, summary.json）");
    if (options->has_reports)
        buf_printf(out, "报告从这里看起 reports begin at '%s/reports/index.html'\n", options->out);
}

static void
result_json(struct json *json, const struct batch_result *result, const struct pack *pack)
{
    json_object(json);
    if (pack != NULL) {
        json_key(json, "pack");
        json_text(json, pack_name(pack));
    }
    json_key(json, "cases");
    json_uint(json, result->cases);
    json_key(json, "cases_refused");
    json_uint(json, result->held);
    json_key(json, "probed");
    json_uint(json, result->probed);
    json_key(json, "several_cases");
    several_json(json, &result->several);
    json_key(json, "outcomes");
    json_object(json);
    for (uint32_t o = 0; o < LEN(result->outcomes); o++) {
        json_key(json, outcome_name((enum outcome)o));
        json_uint(json, result->outcomes[o]);
    }
    json_end_object(json);
    json_end_object(json);
}

/* One pack over the batch, or over its share of it. */
static hedui_status
pack_verify(struct session *session, const struct pack *pack, struct batch_options *options,
            struct batch_result *result)
{
    struct progress progress;
    hedui_status rc;

    progress_init(&progress, "cases", 1);
    options->progress = progress_show;
    options->progress_context = &progress;
    rc = batch_verify(result, options, session->world, pack, session->pool, &session->messages,
                      &session->arena, &session->err);
    progress_clear(&progress);
    return rc;
}

static hedui_status
verify(struct session *session, const struct call *call, struct batch_result *result)
{
    struct batch_options options;
    struct pack *pack = NULL;
    struct json json;

    TRY(options_read(&options, call, session));
    TRY(pack_load(&pack, call->values[RULES], session->world->model, &session->messages,
                  &session->arena, &session->err));
    TRY(pack_verify(session, pack, &options, result));
    if (call->common[OPT_JSON] != NULL) {
        json_begin(&json, &session->out);
        result_json(&json, result, NULL);
        json_newline(&json);
    } else {
        result_text(&session->out, result, &options);
    }
    return HEDUI_OK;
}

/* ---- --rules auto ---- */

static void
standings_text(struct buf *out, const struct route_result *routed, const char *dir)
{
    buf_str(out, "同一案件的几个项目 programmes of a case side by side:\n");
    for (uint32_t i = 0; i < STANDINGS; i++)
        buf_printf(out, "  %-10s %" PRIu64 "  %s\n", standing_name((enum standing)i),
                   routed->standings[i], standing_zh((enum standing)i));
    buf_printf(out, "逐案见 case by case '%s/cases.csv'\n", dir);
}

static void
auto_text(struct buf *out, const struct route_result *routed, const struct batch_options *options,
          uint64_t held)
{
    for (uint32_t k = 0; k < routed->share_count; k++) {
        const struct batch_share *share = &routed->shares[k];

        buf_printf(out, "== " TEXT_FMT " " TEXT_FMT "\n", TEXT_ARG(pack_name(share->pack)),
                   TEXT_ARG(pack_zh(share->pack)));
        result_text(out, &share->result, &share->options);
    }
    if (routed->has_several)
        standings_text(out, routed, options->out);
    buf_printf(out,
               "退回 refused %" PRIu64 "，见 '%s/refused.csv'；各规则包的结果见 '%s/packs.json'\n",
               held, options->out, options->out);
}

static void
auto_json(struct json *json, const struct route_result *routed, uint64_t held)
{
    json_object(json);
    json_key(json, "packs");
    json_array(json);
    for (uint32_t k = 0; k < routed->share_count; k++)
        result_json(json, &routed->shares[k].result, routed->shares[k].pack);
    json_end_array(json);
    standings_json(json, routed);
    json_key(json, "cases_refused");
    json_uint(json, held);
    json_end_object(json);
    json_newline(json);
}

/* OUT/PACK for each pack that has cases; OUT/refused.csv and, last, OUT/packs.json. */
static hedui_status
verify_auto(struct session *session, const struct call *call, uint64_t *held)
{
    struct batch_options options;
    struct route_result routed;
    struct pack_table *table;
    struct progress progress;
    struct json json;
    hedui_status rc;

    TRY(options_read(&options, call, session));
    TRY(routes_open(&table, session, call->values[PACKS]));
    options.table = table;
    options.programmes_said = call->values[PROGRAMMES];
    if (options.programmes_said != NULL)
        TRY(route_programmes(&options.programmes, options.programmes_said, session->world->model,
                             &session->err));
    progress_init(&progress, "cases", 1);
    options.progress = progress_show;
    options.progress_context = &progress;
    rc = route_verify(&routed, &options, routes_load, &(struct routes_loading){session, table},
                      session->world, session->pool, &session->messages, &session->arena,
                      &session->err);
    progress_clear(&progress);
    TRY(rc);
    *held = routed.held;
    TRY(route_write(&routed, &options, &session->err));
    json_begin(&json, &session->out);
    if (call->common[OPT_JSON] != NULL)
        auto_json(&json, &routed, *held);
    else
        auto_text(&session->out, &routed, &options, *held);
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
    if (rc == HEDUI_OK && call->values[RULES] != NULL &&
        text_is(text_of(call->values[RULES]), "auto"))
        rc = verify_auto(&session, call, &result.held);
    else if (rc == HEDUI_OK && call->values[PROGRAMMES] != NULL)
        rc = err_set(&session.err, HEDUI_E_USAGE,
                     "--programmes 要与 --rules auto 一起用\n--programmes needs --rules auto");
    else if (rc == HEDUI_OK)
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
                  [RULES] = {"rules", "PACK|auto", "规则包目录；auto：按 packs.yaml 逐案选用",
                       "folder of the rule pack; auto: by packs.yaml, case by case"},
                  [PACKS] = {"packs", "FILE", "规则包目录表（默认随程序的 rules/packs.yaml）",
                       "table for --rules auto (rules/packs.yaml beside the program)"},
                  [PROGRAMMES] = {"programmes", "LIST|all", "每案另按这些项目核对（配合 --rules auto）",
                            "judge each case for these programmes too (with --rules auto)"},
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
                  [OUTPUTS] = {"outputs", "NAMES", "只写这些结果（逗号分隔；另有 figures.csv）",
                         "only these results (comma between; figures.csv too)"},
                  [OVERWRITE] = {"overwrite", NULL, "允许覆盖 --out 里另一次核对的结果",
                           "results of another run in --out may be written over"},
                  [REFUSE_MAX] = {"refuse-max", "N", "退回不超过 N 案仍算成功（默认 0）",
                            "up to N refused cases are exit 0 (0)"},
                  },
    .run = verify_run,
};
