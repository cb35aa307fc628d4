/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "engine/base/json.h"
#include "engine/base/sys.h"
#include "engine/cli/verb.h"
#include "engine/rule/judge.h"

#include "engine/base/ban.h"

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
