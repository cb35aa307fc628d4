/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "engine/base/sys.h"
#include "engine/cli/verb.h"
#include "engine/rule/pack_cases.h"
#include "engine/verdict/explain.h"
#include "engine/verdict/verdict.h"

#include "engine/base/ban.h"

enum { IN, CASE };
#define LINES_MAX ((size_t)1 << 30)

/* The verdict is made as verify makes it, and told as `explain` tells one that rests on disk. */
static hedui_status
household_explain(struct session *session, const struct call *call, const struct pack *pack,
                  const struct household *household)
{
    const char *lang = call->common[OPT_LANG];
    struct labels labels = {.is_english = lang != NULL && strcmp(lang, "en") == 0};
    struct judgement judgement;
    struct buf line, names;
    struct text verdict;
    hedui_status rc = HEDUI_OK;

    buf_init(&line, true);
    buf_init(&names, false);
    FAIL(judge(&judgement, pack, household, &session->arena, &session->err));
    verdict_json(&line, pack, household, &judgement);
    FAIL(buf_check(&line, &session->err));
    verdict = arena_text(&session->arena, text_trim(buf_as_text(&line)));
    if (verdict.at == NULL)
        FAIL(arena_full(&session->arena, &session->err));
    if (call->common[OPT_JSON] != NULL) {
        buf_text(&session->out, verdict);
        buf_byte(&session->out, '\n');
        goto done;
    }
    FAIL(labels_json(&names, pack, &session->arena, &session->err));
    FAIL(labels_read(&labels, buf_as_text(&names), &session->arena, &session->err));
    rc = explain_line(verdict, &labels, &session->out, &session->arena, &session->err);
done:
    buf_release(&names);
    buf_release(&line);
    return rc;
}

static hedui_status
explain(struct session *session, const struct call *call)
{
    struct household *household;
    struct pack *pack;
    struct text lines;

    if (call->values[IN] == NULL || call->values[CASE] == NULL)
        return err_set(&session->err, HEDUI_E_USAGE,
                       "请用 --in 和 --case 写明家庭文件和核对编号\n"
                       "name the households with --in and the case with --case");
    TRY(session_pack(session, call, call->operands[0], &pack));
    TRY(sys_slurp(&lines, call->values[IN], LINES_MAX, &session->arena, &session->err));
    TRY(pack_case_find(&household, pack, lines, text_of(call->values[CASE]), &session->arena,
                       &session->err));
    return household_explain(session, call, pack, household);
}

static int
explain_run(const struct call *call)
{
    struct session session;

    session_begin(&session);
    return session_end(&session, explain(&session, call), 0);
}

const struct verb verb_rules_explain = {
    .name = "rules explain",
    .operands = "PACK",
    .operands_min = 1,
    .operands_max = 1,
    .zh = "用平常话说明一个家庭的结论和依据",
    .en = "one written household in plain words",
    .has_json = true,
    .options =
        {
                  [IN] = {"in", "CASES", "家庭，每行一个", "households, a line each"},
                  [CASE] = {"case", "ID", "核对编号", "number of the case"},
                  },
    .run = explain_run,
};
