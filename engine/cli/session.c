/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/sys.h"
#include "engine/cli/verb.h"
#include "engine/index/brief.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

void
session_begin(struct session *session)
{
    *session = (struct session){.refusals = mem_refusals()};
    arena_init(&session->arena, "command", 0, true);
    messages_init(&session->messages, &session->arena);
    buf_init(&session->out, true);
}

static hedui_status
model_path(const struct call *call, struct text *path, struct session *session)
{
    if (call->common[OPT_MODEL] != NULL) {
        *path = text_of(call->common[OPT_MODEL]);
        return HEDUI_OK;
    }
    return shared_path(path, "rules/model.yaml", &session->arena, &session->err);
}

hedui_status
session_model(struct session *session, const struct call *call, struct model **model)
{
    struct text path;

    TRY(model_path(call, &path, session));
    return model_load(model, path.at, &session->messages, &session->arena, &session->err);
}

hedui_status
session_pack(struct session *session, const struct call *call, const char *dir, struct pack **pack)
{
    struct model *model;

    *pack = NULL;
    TRY(session_model(session, call, &model));
    return pack_load(pack, dir, model, &session->messages, &session->arena, &session->err);
}

hedui_status
session_world(struct session *session, const struct call *call, bool has_snapshot,
              uint64_t snapshot, bool must_exist)
{
    struct text model;
    int64_t threads = 2;

    TRY(value_count("--threads", call->common[OPT_THREADS], 1, 256, &threads, &session->err));
    TRY(model_path(call, &model, session));
    TRY(pool_open(&session->pool, (uint32_t)threads, &session->err));
    struct world_options options = {
        .data = call->common[OPT_DATA] != NULL ? call->common[OPT_DATA] : "./hedui-data",
        .model = model.at,
        .key = call->common[OPT_KEY],
        .ring = call->common[OPT_RING],
        .snapshot = snapshot,
        .has_snapshot = has_snapshot,
        .must_exist = must_exist,
    };
    TRY(world_open(&session->world, &options, &session->messages, &session->err));
    if (session->world->is_new_key)
        fprintf(stderr,
                "hedui: 已生成密钥 '%s/key'。丢失它，数据就无法再用；请另存一份，最好用 --key 放到"
                "另一块盘上\n"
                "hedui: a key was made at '%s/key'. Without it the data are useless: keep a copy, "
                "better on another disk with --key\n",
                options.data, options.data);
    return HEDUI_OK;
}

hedui_status
session_snapshot(struct session *session, const struct call *call, const char *word, uint64_t *id)
{
    const char *data = call->common[OPT_DATA] != NULL ? call->common[OPT_DATA] : "./hedui-data";
    struct text digest = text_of(word);
    int64_t number;

    if (word == NULL)
        return HEDUI_OK;
    if (!text_int(digest, &number))
        TRY(value_digest("ID", word, &digest, &session->arena, &session->err));
    return brief_find(id, digest, data, &session->arena, &session->err);
}

int
session_end(struct session *session, hedui_status rc, int code)
{
    struct buf text;
    hedui_status lost;

    if (rc == HEDUI_OK) {
        rc = mem_check(session->refusals, &session->err);
        if (rc != HEDUI_OK)
            buf_reset(&session->out); /* it may be cut */
    }
    buf_init(&text, false);
    if (session->messages.count > 0) {
        messages_print(&session->messages, &text);
        (void)!sys_write_all(STDERR_FILENO, text.at, text.len, "stderr", NULL);
    }
    /* a message for which no memory was left may have lost its words */
    if (rc != HEDUI_OK && (session->messages.errors == 0 || rc == HEDUI_E_MEMORY))
        fprintf(stderr, "hedui: %s\n", session->err.text);
    /* past stdio, which gives up where a pipe of somebody else's making does not wait */
    lost = sys_write_all(STDOUT_FILENO, session->out.at, session->out.len, "stdout", NULL);
    if (lost != HEDUI_OK && rc == HEDUI_OK) {
        fprintf(stderr, "hedui: 无法写到标准输出\nhedui: cannot write to standard output\n");
        code = 2;
    }
    buf_release(&text);
    buf_release(&session->out);
    world_close(session->world);
    pool_close(session->pool);
    arena_release(&session->arena);
    return rc != HEDUI_OK ? 2 : code;
}

hedui_status
value_day(const char *name, const char *value, int32_t *days, struct err *err)
{
    if (value == NULL || date_parse(text_of(value), days) == CELL_OK)
        return HEDUI_OK;
    return err_set(
        err, HEDUI_E_USAGE,
        "%s 要写日期，如 2026-06-30，不能是 '%s'\n%s needs a day such as 2026-06-30, not "
        "'%s'",
        name, value, name, value);
}

hedui_status
value_months(const char *name, const char *value, int32_t *from, int32_t *until, struct err *err)
{
    const char *dots = strstr(value, "..");

    if (dots != NULL &&
        month_parse((struct text){value, (size_t)(dots - value)}, from) == CELL_OK &&
        month_parse(text_of(dots + 2), until) == CELL_OK && *from <= *until)
        return HEDUI_OK;
    return err_set(err, HEDUI_E_USAGE,
                   "%s 要写月份范围，如 2025-07..2026-06，不能是 '%s'\n"
                   "%s needs months such as 2025-07..2026-06, not '%s'",
                   name, value, name, value);
}

hedui_status
value_count(const char *name, const char *value, int64_t min, int64_t max, int64_t *out,
            struct err *err)
{
    int64_t number;

    if (value == NULL)
        return HEDUI_OK;
    if (text_int(text_of(value), &number) && number >= min && number <= max) {
        *out = number;
        return HEDUI_OK;
    }
    return err_set(err, HEDUI_E_USAGE,
                   "%s 要写 %" PRId64 " 到 %" PRId64 " 的整数，不能是 '%s'\n"
                   "%s needs a number from %" PRId64 " to %" PRId64 ", not '%s'",
                   name, min, max, value, name, min, max, value);
}

hedui_status
value_size(const char *name, const char *value, size_t *out, struct err *err)
{
    static const char units[] = "KMG";
    struct text text = text_of(value);
    const char *unit = NULL;
    int64_t number;
    int shift = 0;

    if (value == NULL)
        return HEDUI_OK;
    if (text.len > 0)
        unit = strchr(units, text.at[text.len - 1]);
    if (unit != NULL) {
        shift = 10 * (int)(unit - units + 1);
        text.len--;
    }
    if (!text_int(text, &number) || number <= 0 || number > INT64_MAX >> (shift + 1))
        return err_set(err, HEDUI_E_USAGE,
                       "%s 要写大小，如 512M 或 2G，不能是 '%s'\n%s needs a size such as 512M or "
                       "2G, not '%s'",
                       name, value, name, value);
    *out = (size_t)number << shift;
    return HEDUI_OK;
}

hedui_status
value_digest(const char *name, const char *value, struct text *out, struct arena *arena,
             struct err *err)
{
    struct text text = text_trim(text_of(value));
    bool is_hex;
    char *copy;

    if (text_ends(text, TEXT("…")))
        text.len -= sizeof "…" - 1;
    while (text_ends(text, TEXT(".")))
        text.len--;
    is_hex = text.len >= 8 && text.len <= 2 * DIGEST_BYTES;
    copy = arena_alloc(arena, text.len + 1, 1);
    if (copy == NULL)
        return arena_full(arena, err);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        copy[i] = c >= 'A' && c <= 'F' ? (char)(c | 0x20) : c;
        is_hex = is_hex && ((c >= '0' && c <= '9') || (copy[i] >= 'a' && copy[i] <= 'f'));
    }
    if (!is_hex)
        return err_set(err, HEDUI_E_USAGE,
                       "%s 要写摘要的前 8 位或更多（0-9、a-f），不能是 '%s'\n"
                       "%s needs 8 or more digits of a digest (0-9, a-f), not '%s'",
                       name, value, name, value);
    *out = (struct text){copy, text.len};
    return HEDUI_OK;
}

hedui_status
value_list(const char *value, struct text **out, uint32_t *count, struct arena *arena,
           struct err *err)
{
    struct text all = text_of(value);
    size_t begin = 0, pos = 0;

    *count = 0;
    *out = arena_alloc(arena, all.len + 1, sizeof **out);
    if (*out == NULL)
        return arena_full(arena, err);
    while (pos <= all.len) {
        size_t at = pos;
        uint32_t c = pos < all.len ? text_next(all, &pos) : ',';

        if (c == ',' || c == 0x3001 || c == 0xFF0C) {
            struct text item = text_trim((struct text){all.at + begin, at - begin});

            if (item.len > 0)
                (*out)[(*count)++] = item;
            begin = pos;
        }
        if (at == all.len)
            break;
    }
    return HEDUI_OK;
}

hedui_status
shared_path(struct text *out, const char *relative, struct arena *arena, struct err *err)
{
    static const char *const places[] = {"..", "../..", "../share/hedui"};
    struct text dir;

    TRY(sys_exe_dir(&dir, arena, err));
    for (size_t i = 0; i < LEN(places); i++) {
        *out = arena_printf(arena, TEXT_FMT "/%s/%s", TEXT_ARG(dir), places[i], relative);
        if (out->at == NULL)
            return arena_full(arena, err);
        if (sys_exists(out->at))
            return HEDUI_OK;
    }
    return err_set(
        err, HEDUI_E_USAGE,
        "程序旁边找不到 '%s'，请用选项指明\n'%s' is not beside the program: name it with "
        "an option",
        relative, relative);
}

void
progress_init(struct progress *progress, const char *unit, uint64_t divide)
{
    *progress = (struct progress){.unit = unit,
                                  .divide = divide,
                                  .begin_ms = sys_tick_ms(),
                                  .is_terminal = isatty(STDERR_FILENO) == 1};
}

void
progress_show(void *context, uint64_t done, uint64_t all)
{
    struct progress *progress = context;
    int64_t now = sys_tick_ms(), spent = now - progress->begin_ms;

    if (!progress->is_terminal || (now - progress->last_ms < 200 && done < all))
        return;
    progress->last_ms = now;
    uint64_t rate = spent > 0 ? done * 1000 / (uint64_t)spent : 0;
    fprintf(stderr, "\r%" PRIu64 " / %" PRIu64 " %s, %" PRIu64 " %s/s, 剩余 left %" PRIu64 " s   ",
            done / progress->divide, all / progress->divide, progress->unit,
            rate / progress->divide, progress->unit,
            rate > 0 && all > done ? (all - done) / rate : 0);
}

void
progress_clear(struct progress *progress)
{
    if (progress->is_terminal)
        fprintf(stderr, "\r%72s\r", "");
}
