/* SPDX-License-Identifier: Apache-2.0 */
/* rules json-schema: completion and hover help for editors, from the table that the loader uses. */
#include <string.h>

#include "engine/cli/verb.h"
#include "engine/rule/grammar.h"

#include "engine/base/ban.h"

static hedui_status
schema(struct session *session, const struct call *call)
{
    static const char *const names[] = {
        [FILE_PACK] = "pack", [FILE_TESTS] = "tests", [FILE_ROUTES] = "packs"};
    const char *wanted = call->operand_count == 0 ? names[FILE_PACK] : call->operands[0];
    struct model *model;

    for (size_t i = 0; i < LEN(names); i++)
        if (strcmp(names[i], wanted) == 0) {
            TRY(session_model(session, call, &model));
            return grammar_schema(&session->out, (enum grammar_file)i, model, &session->err);
        }
    return err_set(&session->err, HEDUI_E_USAGE,
                   "没有 '%s' 的模式，只有 pack、tests、packs\n"
                   "there is no schema of '%s', only of pack, tests and packs",
                   wanted, wanted);
}

static int
schema_run(const struct call *call)
{
    struct session session;

    session_begin(&session);
    return session_end(&session, schema(&session, call), 0);
}

const struct verb verb_rules_json_schema = {
    .name = "rules json-schema",
    .operands = "[pack|tests|packs]",
    .operands_max = 1,
    .zh = "给编辑器用的 JSON 模式：补全和悬停说明",
    .en = "a JSON schema for editors: completion and hover help",
    .has_json = true,
    .options = {{0}},
    .run = schema_run,
};
