/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/rules_diff.h"

#include <fcntl.h>
#include <string.h>

#include "engine/base/sys.h"
#include "engine/cli/past.h"
#include "engine/rule/pack_cases.h"
#include "engine/run/compare.h"

#include "engine/base/ban.h"

enum { IN, CSV };
#define LINES_MAX ((size_t)1 << 30)

struct diffing {
    struct session *session;
    const struct call *call;
    struct pack *old, *new;
    struct changes changes;
    struct moves moves;
    struct buf lines;
    uint32_t broken; /* lines of CASES that are no household */
};

static hedui_status
csv_write(const char *path, const struct buf *lines, struct err *err)
{
    struct sheet sheet;
    struct buf head;
    hedui_status rc = HEDUI_OK;
    int fd = sys_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    buf_init(&head, false);
    if (fd < 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法写 '%s'\ncannot write '%s'", path, path));
    sheet_begin(&sheet, &head);
    sheet_head(&sheet, moves_titles);
    FAIL(buf_check(&head, err));
    FAIL(sys_write_all(fd, head.at, head.len, path, err));
    rc = sys_write_all(fd, lines->at, lines->len, path, err);
done:
    if (fd >= 0)
        sys_close(fd);
    buf_release(&head);
    return rc;
}

static hedui_status
packs_load(struct diffing *d, const struct model *model)
{
    struct session *s = d->session;

    TRY(pack_load(&d->old, d->call->operands[0], model, &s->messages, &s->arena, &s->err));
    TRY(pack_load(&d->new, d->call->operands[1], model, &s->messages, &s->arena, &s->err));
    if (!text_eq(pack_programme(d->old), pack_programme(d->new)))
        return err_set(&s->err, HEDUI_E_USAGE,
                       "两个规则包不是同一救助项目\nthe packs are not of one programme");
    TRY(changes_find(&d->changes, d->old, d->new, &s->arena, &s->err));
    moves_open(&d->moves, &d->changes);
    return HEDUI_OK;
}

/* Households as `rules eval --in` takes them. */
static hedui_status
cases_compare(struct diffing *d)
{
    struct session *s = d->session;
    struct model *model;
    struct text lines;

    TRY(session_model(s, d->call, &model));
    TRY(packs_load(d, model));
    if (d->call->values[IN] == NULL)
        return HEDUI_OK;
    TRY(sys_slurp(&lines, d->call->values[IN], LINES_MAX, &s->arena, &s->err));
    return pack_cases_compare(&d->moves, d->old, d->new, lines,
                              d->call->values[CSV] == NULL ? NULL : &d->lines, &d->broken, &s->err);
}

static hedui_status
batch_compare(struct diffing *d, const struct past_run *past)
{
    struct session *s = d->session;
    struct past_batch batch = {0};
    struct progress progress;
    struct compare_job job = {.set = &batch.set,
                              .world = s->world,
                              .old = d->old,
                              .new = d->new,
                              .changes = &d->changes,
                              .pool = s->pool,
                              .lines = d->call->values[CSV] == NULL ? NULL : &d->lines,
                              .progress = progress_show,
                              .progress_context = &progress};
    hedui_status rc = HEDUI_OK;

    FAIL(past_batch_read(&batch, s, past, d->old, TEXT("")));
    progress_init(&progress, "cases", 1);
    rc = compare_all(&d->moves, &job, &s->arena, &s->err);
    progress_clear(&progress);
done:
    past_batch_close(&batch);
    return rc;
}

/* A folder of results: its batch, on its snapshot. Which pack gave them does not matter. */
static hedui_status
run_compare(struct diffing *d)
{
    struct past_run past;

    TRY(past_open(&past, d->session, d->call, d->call->values[IN]));
    TRY(packs_load(d, d->session->world->model));
    return batch_compare(d, &past);
}

static hedui_status
diff(struct diffing *d)
{
    const char *const *v = d->call->values, *lang = d->call->common[OPT_LANG];
    struct session *s = d->session;

    if (v[CSV] != NULL && v[IN] == NULL)
        return err_set(&s->err, HEDUI_E_USAGE,
                       "--csv 要与 --in 一起用\n--csv goes with --in CASES or RUN");
    TRY(past_is_folder(v[IN]) ? run_compare(d) : cases_compare(d));
    if (v[CSV] != NULL)
        TRY(csv_write(v[CSV], &d->lines, &s->err));
    if (d->call->common[OPT_JSON] != NULL)
        diff_json(&s->out, d->old, d->new, &d->changes, &d->moves, v[IN] != NULL);
    else
        diff_text(&s->out, &d->changes, &d->moves, v[IN] != NULL,
                  lang == NULL              ? DIFF_BOTH
                  : strcmp(lang, "en") == 0 ? DIFF_EN
                                            : DIFF_ZH);
    if (d->broken == 0)
        return HEDUI_OK;
    return err_set(
        &s->err, HEDUI_E_INPUT,
        "'%s' 有 %u 行不是家庭，未计入\nof '%s' %u lines are no household, and not counted", v[IN],
        d->broken, v[IN], d->broken);
}

static int
diff_run(const struct call *call)
{
    struct session session;
    struct diffing d = {.session = &session, .call = call};
    hedui_status rc;
    bool is_same;

    session_begin(&session);
    buf_init(&d.lines, true);
    moves_open(&d.moves, &d.changes);
    rc = diff(&d);
    is_same = d.changes.count == 0 && d.moves.changed == 0;
    moves_close(&d.moves);
    buf_release(&d.lines);
    return session_end(&session, rc, is_same ? 0 : 1);
}

const struct verb verb_rules_diff = {
    .name = "rules diff",
    .operands = "OLD NEW",
    .operands_min = 2,
    .operands_max = 2,
    .zh = "两个规则包含义有何不同，谁因此改判",
    .en = "what two packs mean differently, and who is judged otherwise by it",
    .has_json = true,
    .options =
        {
                  [IN] = {"in", "CASES|RUN", "家庭（每行一个），或一次核对的结果目录",
                    "households, a line each, or a folder of results"},
                  [CSV] = {"csv", "FILE", "有变的案件列表", "the cases that changed, as a sheet"},
                  },
    .run = diff_run,
};
