/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>

#include "engine/base/json.h"
#include "engine/base/sys.h"
#include "engine/cli/verb.h"
#include "engine/verdict/explain.h"

#include "engine/base/ban.h"

enum { CASE };
#define LABELS_BYTES_MAX ((size_t)1 << 24)

/* The line of verdicts.jsonl whose first key, case_no, is `case_no`. Lines are read by pieces, so
 * that a large batch needs no large memory. */
static hedui_status
line_find(struct text *out, const char *path, struct text case_no, struct arena *arena,
          struct err *err)
{
    struct buf want, line;
    struct json json;
    char *piece = arena_alloc(arena, 1, 1 << 16);
    int fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
    hedui_status rc = HEDUI_OK;
    ssize_t got = 0;

    buf_init(&want, false);
    buf_init(&line, true);
    json_begin(&json, &want);
    json_object(&json);
    json_key(&json, "case_no");
    json_text(&json, case_no);
    buf_byte(&want, ',');
    *out = (struct text){NULL, 0};
    if (piece == NULL)
        FAIL(arena_full(arena, err));
    if (fd < 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法读取 '%s'\ncannot read '%s'", path, path));
    while (out->at == NULL && (got = sys_read(fd, piece, 1 << 16)) > 0)
        for (ssize_t i = 0; i < got && out->at == NULL; i++) {
            if (piece[i] != '\n') {
                buf_byte(&line, piece[i]);
                continue;
            }
            if (text_starts(buf_as_text(&line), buf_as_text(&want))) {
                *out = arena_text(arena, buf_as_text(&line));
                if (out->at == NULL)
                    FAIL(arena_full(arena, err));
            }
            buf_reset(&line);
        }
    if (got < 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法读取 '%s'\ncannot read '%s'", path, path));
    FAIL(buf_check(&line, err));
    if (out->at == NULL)
        FAIL(err_set(err, HEDUI_E_USAGE,
                     "'%s' 里没有这个核对编号；退回的案件见 refused.csv\n"
                     "no such case in '%s'; cases that went back stand in refused.csv",
                     path, path));
done:
    if (fd >= 0)
        sys_close(fd);
    buf_release(&want);
    buf_release(&line);
    return rc;
}

/* labels.json of the run. Results of an older engine have none: their names stand for themselves.
 */
static hedui_status
labels_load(struct labels *out, const char *dir, struct arena *arena, struct err *err)
{
    struct text path = arena_printf(arena, "%s/labels.json", dir), bytes;
    struct err why = {0};

    if (path.at == NULL)
        return arena_full(arena, err);
    if (!sys_exists(path.at))
        return HEDUI_OK;
    TRY(sys_slurp(&bytes, path.at, LABELS_BYTES_MAX, arena, err));
    if (labels_read(out, bytes, arena, &why) == HEDUI_OK)
        return HEDUI_OK;
    return err_set(err, HEDUI_E_INPUT,
                   "名称表 '%s' 已损坏，请重新核对，或删去它（名称将按原样显示）\n"
                   "the labels '%s' are damaged: verify again, or remove them (names then stand as "
                   "they are): %s",
                   path.at, path.at, why.text);
}

/* OUT of `verify --rules auto` holds a folder a pack. */
static hedui_status
several_tell(const char *dir, struct arena *arena, struct err *err)
{
    struct text table = arena_printf(arena, "%s/packs.json", dir);

    if (table.at == NULL)
        return arena_full(arena, err);
    if (!sys_exists(table.at))
        return HEDUI_OK;
    return err_set(err, HEDUI_E_USAGE,
                   "'%s' 是多个规则包的结果，每包一个目录，见 '%s'；请写 '%s/规则包名'\n"
                   "'%s' holds the results of several packs, a folder each: '%s' lists them; name "
                   "'%s/PACK'",
                   dir, table.at, dir, dir, table.at, dir);
}

static hedui_status
explain(struct session *session, const struct call *call)
{
    const char *lang = call->common[OPT_LANG];
    struct labels labels = {.is_english = lang != NULL && text_is(text_of(lang), "en")};
    struct text path, line;
    struct err why = {0};
    hedui_status rc;

    if (call->values[CASE] == NULL)
        return err_set(&session->err, HEDUI_E_USAGE,
                       "请用 --case 写明核对编号\nname the case with --case");
    path = arena_printf(&session->arena, "%s/verdicts.jsonl", call->operands[0]);
    if (path.at == NULL)
        return arena_full(&session->arena, &session->err);
    if (!sys_exists(path.at))
        TRY(several_tell(call->operands[0], &session->arena, &session->err));
    TRY(line_find(&line, path.at, text_of(call->values[CASE]), &session->arena, &session->err));
    if (call->common[OPT_JSON] != NULL) {
        buf_text(&session->out, line);
        buf_byte(&session->out, '\n');
        return HEDUI_OK;
    }
    TRY(labels_load(&labels, call->operands[0], &session->arena, &session->err));
    rc = explain_line(line, &labels, &session->out, &session->arena, &why);
    if (rc == HEDUI_OK)
        return HEDUI_OK;
    return err_set(&session->err, rc,
                   "'%s' 里这一案的结论已损坏，请重新核对\n"
                   "the verdict of this case in '%s' is damaged, verify again: %s",
                   path.at, path.at, why.text);
}

static int
explain_run(const struct call *call)
{
    struct session session;

    session_begin(&session);
    return session_end(&session, explain(&session, call), 0);
}

const struct verb verb_explain = {
    .name = "explain",
    .operands = "DIR",
    .operands_min = 1,
    .operands_max = 1,
    .zh = "用平常话说明一案的结论和依据",
    .en = "one verdict in plain words",
    .has_json = true,
    .options = {[CASE] = {"case", "NO", "核对编号", "number of the case"}},
    .run = explain_run,
};
