/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "engine/base/json.h"
#include "engine/cli/balance.h"
#include "engine/cli/verb.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

#define SHOWN 20 /* refused rows that a dry run lists by place */

struct sight { /* what a dry run keeps: the first refusals of the only lane */
    struct buf *out;
    const struct kind *kind;
    uint64_t refused;
};

static hedui_status
sight_rows(void *context, uint32_t lane, const struct batch *batch, struct err *err)
{
    (void)context, (void)lane, (void)batch, (void)err; /* a dry run keeps no row */
    return HEDUI_OK;
}

static hedui_status
sight_refused(void *context, uint32_t lane, const struct refusal *refusal, struct err *err)
{
    struct sight *sight = context;

    (void)lane;
    if (sight->refused++ < SHOWN)
        for (uint32_t i = 0; i < refusal->reason_count; i++) {
            const struct refusal_reason *reason = &refusal->reasons[i];
            struct text field =
                reason->field < 0 ? text_of("-") : sight->kind->fields[reason->field].name;

            buf_printf(sight->out, "文件 file %u 行 row %llu: %s " TEXT_FMT " %s | %s\n",
                       refusal->file + 1, (unsigned long long)refusal->line,
                       cell_result_code(reason->result), TEXT_ARG(field),
                       cell_result_zh(reason->result), cell_result_en(reason->result));
        }
    return buf_check(sight->out, err);
}

static hedui_status
check(struct session *session, const struct call *call, uint64_t *refused)
{
    struct model *model;
    struct mapping *mapping = NULL;
    struct feed_report report = {0};
    struct sight sight = {.out = &session->out};
    struct feed_sink sink = {.context = &sight, .rows = sight_rows, .refused = sight_refused};
    struct json json;
    struct buf list;

    TRY(session_model(session, call, &model));
    TRY(mapping_load(&mapping, call->operands[0], model, &session->messages, &session->arena,
                     &session->err));
    TRY(pool_open(&session->pool, 1, &session->err));
    buf_init(&list, false);
    sight.kind = mapping_kind(mapping);
    if (call->common[OPT_JSON] != NULL)
        sight.out = &list; /* the list is for people */
    struct feed_job job = {
        .mapping = mapping,
        .paths = call->operands + 1,
        .path_count = call->operand_count - 1,
        .pool = session->pool,
        .is_dry = true,
    };
    hedui_status rc = feed_read(&report, &job, &sink, &session->arena, &session->err);
    buf_release(&list);
    TRY(rc);
    *refused = report.balance.refused;
    if (call->common[OPT_JSON] == NULL) {
        balance_text(&session->out, &report.balance, &report);
        return HEDUI_OK;
    }
    json_begin(&json, &session->out);
    json_object(&json);
    balance_json(&json, &report.balance, &report);
    json_end_object(&json);
    json_newline(&json);
    return HEDUI_OK;
}

static int
check_run(const struct call *call)
{
    struct session session;
    uint64_t refused = 0;

    session_begin(&session);
    hedui_status rc = check(&session, call, &refused);
    return session_end(&session, rc, refused > 0 ? 1 : 0);
}

const struct verb verb_feed_check = {
    .name = "feed check",
    .operands = "MAPPING FILE…",
    .operands_min = 2,
    .operands_max = OPERANDS_MAX,
    .zh = "试读部门数据：行数平衡、退回原因，不写任何文件",
    .en = "dry run: balance and reasons of refusal, writes nothing",
    .has_json = true,
    .options = {{0}},
    .run = check_run,
};
