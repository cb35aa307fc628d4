/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/reconcile.h"

#include <inttypes.h>

#include "engine/base/json.h"
#include "engine/cli/routes.h"
#include "engine/cli/verb.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

enum {
    PACKS,
    CHECK,
    MAPPING,
    SNAPSHOT,
    OUT,
    CHECKED_ON,
    PURPOSE,
    BODY,
    ENTRUST_NO,
    OVERWRITE,
    REFUSE_MAX
};

static hedui_status
options_read(struct batch_options *options, const struct call *call, struct session *session)
{
    const char *const *v = call->values;
    struct application_defaults *defaults = &options->defaults;
    struct text mapping = text_of(v[MAPPING]);

    *options = (struct batch_options){.batch = call->operands[0],
                                      .out = v[OUT],
                                      .overwrites = v[OVERWRITE] != NULL,
                                      .programmes_said = v[CHECK] == NULL ? "jiandu" : v[CHECK]};
    if (v[OUT] == NULL)
        return err_set(&session->err, HEDUI_E_USAGE, "请写明 --out 输出目录\nname --out DIR");
    if (v[MAPPING] == NULL)
        TRY(shared_path(&mapping, "adapters/applicants/mapping.yaml", &session->arena,
                        &session->err));
    options->mapping = mapping.at;
    TRY(value_day("--checked-on", v[CHECKED_ON], &defaults->checked_on, &session->err));
    defaults->has_checked_on = v[CHECKED_ON] != NULL;
    defaults->purpose = text_of(v[PURPOSE]);
    defaults->entrusting_body = text_of(v[BODY]);
    defaults->entrust_no = text_of(v[ENTRUST_NO]);
    return HEDUI_OK;
}

static void
share_text(struct buf *out, uint64_t count, uint64_t of)
{
    uint64_t hundredths = of == 0 ? 0 : count * 10000 / of;

    buf_printf(out, "%" PRIu64 "（%" PRIu64 ".%02" PRIu64 "%%）", count, hundredths / 100,
               hundredths % 100);
}

static void
result_text(struct buf *out, const struct reconcile *reconcile, const struct route_result *routed,
            const char *dir)
{
    for (uint32_t k = 0; k < routed->share_count; k++)
        for (uint32_t i = 0; i < routed->shares[k].result.silent_count; i++)
            buf_printf(out,
                       "注意：快照里没有来源 " TEXT_FMT "，所有人都记为未反馈\n"
                       "note: no delivery of source " TEXT_FMT ": not_answered for everyone\n",
                       TEXT_ARG(routed->shares[k].result.silent[i]),
                       TEXT_ARG(routed->shares[k].result.silent[i]));
    buf_printf(out, "在享案件 in benefit %" PRIu64 "，退回 refused %" PRIu64 "\n", reconcile->cases,
               routed->held);
    for (uint32_t i = 0; i < RECONCILED; i++) {
        buf_printf(out, "  %-10s ", reconciled_name((enum reconciled)i));
        share_text(out, reconcile->states[i], reconcile->cases);
        buf_printf(out, "  %s\n", reconciled_zh((enum reconciled)i));
        for (uint32_t r = 0; i == FLAGGED && reconcile->check != NULL && r < 64 &&
                             r < pack_rule_count(reconcile->check);
             r++) {
            struct text name = pack_rule_name(reconcile->check, r),
                        zh = pack_rule_zh(reconcile->check, name);

            if (reconcile->told[r] > 0)
                buf_printf(out, "    " TEXT_FMT " %" PRIu64 "  不合：" TEXT_FMT "\n",
                           TEXT_ARG(name), reconcile->told[r], TEXT_ARG(zh));
        }
    }
    buf_str(out, "相符率（已定的案件中）match rate of those decided: ");
    reconcile_rate(out, reconcile);
    buf_printf(
        out,
        "\n逐案见 case by case '%s/reconcile.csv'；依据在各规则包的目录里 evidence stands in "
        "the folders of the packs\n",
        dir);
}

static hedui_status
reconcile_list(struct session *session, const struct call *call, uint64_t *held)
{
    const struct code_list *programmes = model_codes(session->world->model, TEXT("programme"));
    struct batch_options options;
    struct route_result routed;
    struct reconcile reconcile;
    struct pack_table *table;
    struct progress progress;
    struct json json;
    hedui_status rc;
    int32_t check;

    TRY(options_read(&options, call, session));
    TRY(routes_open(&table, session, call->values[PACKS]));
    options.table = table;
    TRY(route_programmes(&options.programmes, options.programmes_said, session->world->model,
                         &session->err));
    check = code_find(programmes, text_of(options.programmes_said));
    if (check < 0)
        return err_set(&session->err, HEDUI_E_USAGE,
                       "--check 应为一个救助项目\n--check names one programme");
    progress_init(&progress, "cases", 1);
    options.progress = progress_show;
    options.progress_context = &progress;
    rc = route_verify(&routed, &options, routes_load, &(struct routes_loading){session, table},
                      session->world, session->pool, &session->messages, &session->arena,
                      &session->err);
    progress_clear(&progress);
    TRY(rc);
    *held = routed.held;
    TRY(reconcile_write(&reconcile, &routed, check, programmes, options.out, &session->err));
    TRY(route_write(&routed, &options, &session->err));
    if (call->common[OPT_JSON] != NULL) {
        json_begin(&json, &session->out);
        reconcile_json(&json, &reconcile, routed.held);
    } else {
        result_text(&session->out, &reconcile, &routed, options.out);
    }
    return HEDUI_OK;
}

static int
reconcile_run(const struct call *call)
{
    struct session session;
    uint64_t snapshot = 0, held = 0;
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
        rc = reconcile_list(&session, call, &held);
    return session_end(&session, rc, held > (uint64_t)refuse_max ? 1 : 0);
}

const struct verb verb_reconcile = {
    .name = "reconcile",
    .operands = "LIST",
    .operands_min = 1,
    .operands_max = 1,
    .zh = "在享名单与现有数据对账：仍符合、不再符合、死亡、查无此人、相符率",
    .en = "those in benefit against what is known: who still meets, who no longer, who died or "
          "cannot be found",
    .has_json = true,
    .options =
        {
                  [PACKS] = {"packs", "FILE", "规则包目录表（默认随程序的 rules/packs.yaml）",
                       "table of packs (rules/packs.yaml beside the program)"},
                  [CHECK] = {"check", "PROGRAMME", "检查用的项目（默认 jiandu）",
                       "programme of the checking pack (jiandu)"},
                  [MAPPING] = {"mapping", "FILE", "名单的映射（默认 adapters/applicants）",
                         "mapping of the list (adapters/applicants)"},
                  [SNAPSHOT] = {"snapshot", "ID", "快照（默认当前）", "snapshot (the current one)"},
                  [OUT] = {"out", "DIR", "输出目录", "folder for the results"},
                  [CHECKED_ON] = {"checked-on", "DAY", "核对基准日", "day of the check"},
                  [PURPOSE] = {"purpose", "T", "核对用途", "purpose"},
                  [BODY] = {"entrusting-body", "T", "委托单位", "entrusting body"},
                  [ENTRUST_NO] = {"entrust-no", "T", "委托书号", "number of the entrustment"},
                  [OVERWRITE] = {"overwrite", NULL, "允许覆盖 --out 里另一次的结果",
                           "results of another run in --out may be written over"},
                  [REFUSE_MAX] = {"refuse-max", "N", "退回不超过 N 案仍算成功（默认 0）",
                            "up to N refused cases are exit 0 (0)"},
                  },
    .run = reconcile_run,
};
