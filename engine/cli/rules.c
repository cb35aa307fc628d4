/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "engine/base/json.h"
#include "engine/base/sys.h"
#include "engine/cli/verb.h"
#include "engine/rule/judge.h"

#include "engine/base/ban.h"

enum { STRICT };
enum { JSONL, IN };
#define LINES_MAX ((size_t)1 << 30)

static hedui_status
pack_open(struct pack **pack, struct model **model, struct session *session,
          const struct call *call)
{
    TRY(session_model(session, call, model));
    return pack_load(pack, call->operands[0], *model, &session->messages, &session->arena,
                     &session->err);
}

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

static int
check_run(const struct call *call)
{
    struct session session;
    struct model *model;
    struct pack *pack = NULL;
    bool is_wrong;
    hedui_status rc;

    session_begin(&session);
    rc = pack_open(&pack, &model, &session, call);
    is_wrong = session.messages.errors > 0 ||
               (call->values[STRICT] != NULL && session.messages.warnings > 0);
    if (rc == HEDUI_E_INPUT && is_wrong)
        rc = HEDUI_OK; /* the check did its work: errors are its result, exit 1 */
    if (rc == HEDUI_OK && call->common[OPT_JSON] != NULL) {
        check_json(&session, pack);
    } else if (rc == HEDUI_OK && !is_wrong) {
        char hex[2 * DIGEST_BYTES + 1];

        digest_hex(pack_hash(pack), hex);
        buf_printf(&session.out, TEXT_FMT " " TEXT_FMT "\n%s\n", TEXT_ARG(pack_name(pack)),
                   TEXT_ARG(pack_zh(pack)), hex);
    }
    return session_end(&session, rc, is_wrong ? 1 : 0);
}

static hedui_status
eval(struct session *session, const struct call *call, uint32_t *broken)
{
    struct model *model;
    struct pack *pack = NULL;
    struct text lines;

    if (call->values[JSONL] != NULL) {
        TRY(sys_slurp(&lines, call->values[JSONL], LINES_MAX, &session->arena, &session->err));
        return expr_jsonl(lines, &session->out, &session->err);
    }
    if (call->values[IN] == NULL || call->operand_count != 1)
        return err_set(&session->err, HEDUI_E_USAGE,
                       "用法：rules eval PACK --in FILE，或 rules eval --jsonl FILE\n"
                       "either rules eval PACK --in FILE, or rules eval --jsonl FILE");
    TRY(pack_open(&pack, &model, session, call));
    TRY(sys_slurp(&lines, call->values[IN], LINES_MAX, &session->arena, &session->err));
    return pack_eval(pack, model, lines, &session->out, broken, &session->err);
}

static int
eval_run(const struct call *call)
{
    struct session session;
    uint32_t broken = 0;

    session_begin(&session);
    hedui_status rc = eval(&session, call, &broken);
    return session_end(&session, rc, broken > 0 ? 1 : 0);
}

const struct verb verb_rules_check = {
    .name = "rules check",
    .operands = "PACK",
    .operands_min = 1,
    .operands_max = 1,
    .zh = "检查规则包",
    .en = "checks a rule pack",
    .has_json = true,
    .options = {[STRICT] = {"strict", NULL, "警告也算错误", "warnings are errors"}},
    .run = check_run,
};
const struct verb verb_rules_eval = {
    .name = "rules eval",
    .operands = "[PACK]",
    .operands_max = 1,
    .zh = "用规则包或表达式逐行试算",
    .en = "evaluates households or expressions, a line each",
    .has_json = true,
    .options =
        {
                  [JSONL] = {"jsonl", "FILE", "每行一个表达式", "one expression a line"},
                  [IN] = {"in", "FILE", "每行一个家庭", "one household a line"},
                  },
    .run = eval_run,
};
