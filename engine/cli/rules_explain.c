/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "engine/base/sys.h"
#include "engine/cli/past.h"
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

/* A case of a batch, on what was known then, under this pack. */
static hedui_status
run_explain(struct session *session, const struct call *call)
{
    struct past_batch batch = {0};
    struct household *household;
    struct keyer *keyer = NULL;
    struct past_run past;
    struct pack *pack;
    uint64_t probed = 0;
    hedui_status rc = HEDUI_OK;

    TRY(past_open(&past, session, call, call->values[IN]));
    TRY(pack_load(&pack, call->operands[0], session->world->model, &session->messages,
                  &session->arena, &session->err));
    FAIL(past_batch_read(&batch, session, &past, pack, text_of(call->values[CASE])));
    if (batch.set.count == 0)
        FAIL(err_set(&session->err, HEDUI_E_USAGE,
                     "'%s' 中没有核对编号 %s，或者它已被整案退回\n"
                     "'%s' holds no case %s, or it went back",
                     past.batch, call->values[CASE], past.batch, call->values[CASE]));
    FAIL(keyer_open(&keyer, session->world->key, &session->err));
    FAIL(verify_households(&household, &probed, batch.set.items, 1, session->world, pack, keyer,
                           &session->arena, &session->err));
    rc = household_explain(session, call, pack, household);
done:
    keyer_close(keyer);
    past_batch_close(&batch);
    return rc;
}

static hedui_status
explain(struct session *session, const struct call *call)
{
    struct household *household;
    struct pack *pack;
    struct text lines;

    if (call->values[IN] == NULL || call->values[CASE] == NULL)
        return err_set(
            &session->err, HEDUI_E_USAGE,
            "请用 --in 和 --case 写明家庭文件或结果目录，以及核对编号\n"
            "name the households (or a folder of results) with --in and the case with --case");
    if (past_is_folder(call->values[IN]))
        return run_explain(session, call);
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
    .en = "one household under a pack in plain words",
    .has_json = true,
    .options =
        {
                  [IN] = {"in", "CASES|RUN", "家庭（每行一个），或一次核对的结果目录",
                    "households, a line each, or a folder of results"},
                  [CASE] = {"case", "ID", "核对编号", "number of the case"},
                  },
    .run = explain_run,
};
