/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <time.h>

#include "engine/base/json.h"
#include "engine/base/sys.h"
#include "engine/cli/verb.h"
#include "engine/model/value.h"
#include "engine/rule/pack_test.h"

#include "engine/base/ban.h"

enum { STRICT, READ, ON };

static void
check_json(struct session *session, const struct pack *pack)
{
    struct json json;

    json_begin(&json, &session->out);
    json_object(&json);
    json_key(&json, "pack");
    if (pack == NULL)
        json_null(&json);
    else
        json_text(&json, pack_name(pack));
    if (pack != NULL) {
        json_key(&json, "zh");
        json_text(&json, pack_zh(pack));
        json_digest(&json, "hash", pack_hash(pack));
    }
    messages_json(&session->messages, &json);
    json_end_object(&json);
    json_newline(&json);
    messages_init(&session->messages, &session->arena); /* said once */
}

/* The civil day here and now: only the age of values depends on it. */
static int32_t
today(void)
{
    time_t now = (time_t)(sys_now_ms() / 1000);
    struct tm local;

    return localtime_r(&now, &local) == NULL
               ? INT32_MIN
               : date_of(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
}

static hedui_status
check(struct pack **pack, struct session *session, const struct call *call)
{
    struct model *model;
    int32_t day = today();

    TRY(value_day("--on", call->values[ON], &day, &session->err));
    TRY(session_model(session, call, &model));
    TRY(pack_load(pack, call->operands[0], model, &session->messages, &session->arena,
                  &session->err));
    TRY(pack_warn(*pack, day, &session->messages, &session->arena, &session->err));
    return pack_warn_tried(*pack, call->operands[0], &session->messages, &session->arena,
                           &session->err);
}

static int
check_run(const struct call *call)
{
    struct session session;
    struct pack *pack = NULL;
    bool is_wrong;
    hedui_status rc;

    session_begin(&session);
    rc = check(&pack, &session, call);
    is_wrong = session.messages.errors > 0 ||
               (call->values[STRICT] != NULL && session.messages.warnings > 0);
    if (rc == HEDUI_E_INPUT && is_wrong)
        rc = HEDUI_OK; /* the check did its work: errors are its result, exit 1 */
    if (rc == HEDUI_OK && call->common[OPT_JSON] != NULL) {
        check_json(&session, pack);
    } else if (rc == HEDUI_OK && call->values[READ] != NULL && pack != NULL) {
        rc = pack_read_back(pack, &session.out, &session.err);
    } else if (rc == HEDUI_OK && !is_wrong) {
        char hex[2 * DIGEST_BYTES + 1];

        digest_hex(pack_hash(pack), hex);
        buf_printf(&session.out, TEXT_FMT " " TEXT_FMT "\n%s\n", TEXT_ARG(pack_name(pack)),
                   TEXT_ARG(pack_zh(pack)), hex);
    }
    return session_end(&session, rc, is_wrong ? 1 : 0);
}

const struct verb verb_rules_check = {
    .name = "rules check",
    .operands = "PACK",
    .operands_min = 1,
    .operands_max = 1,
    .zh = "检查规则包",
    .en = "checks a rule pack",
    .has_json = true,
    .options =
        {
                  [STRICT] = {"strict", NULL, "警告也算错误", "warnings are errors"},
                  [READ] = {"read", NULL, "把规则包读成白话，逐条对照文件",
                      "prints the pack in plain Chinese, to be held against the paper"},
                  [ON] = {"on", "DATE", "参数是否久未复核，从这一天算起（默认今天）",
                    "the day from which the age of values is counted (default: today)"},
                  },
    .run = check_run,
};
