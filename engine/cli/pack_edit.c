/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/pack_edit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/crypt.h"
#include "engine/base/sys.h"

#include "engine/base/ban.h"

#define BACKUP                                                                                     \
    ".before-" /* .before-NNNN-HASH-FILE: the file before edit NNNN, which made HASH of it */
#define BACKUP_DIGITS 4
#define HASH_DIGITS 12
#define FILE_MAX ((size_t)1 << 20)

static void
hash_short(char out[HASH_DIGITS + 1], struct text bytes)
{
    struct digest digest = digest_of(bytes.at, bytes.len);
    char hex[2 * DIGEST_BYTES + 1];

    digest_hex(&digest, hex);
    memcpy(out, hex, HASH_DIGITS);
    out[HASH_DIGITS] = '\0';
}

/* Writes one file of the pack in the place of the old, whole, with its mode. */
static hedui_status
file_write(const char *dir, const char *name, struct text bytes, struct err *err)
{
    struct stat st;
    char path[4096];
    mode_t mode = 0644;
    int n = snprintf(path, sizeof path, "%s/%s", dir, name);

    if (n > 0 && (size_t)n < sizeof path && sys_stat(path, &st) == 0)
        mode = st.st_mode & 0777;
    return sys_publish(dir, name, bytes.at, bytes.len, mode, "cli.pack", err);
}

/* A file that somebody protected, or that lies elsewhere, is not edited behind their back: to
 * replace it by a new one would undo both. */
static hedui_status
file_open_to_edit(const char *dir, const char *name, struct err *err)
{
    char path[4096], target[1];
    struct stat st;
    int n = snprintf(path, sizeof path, "%s/%s", dir, name);

    if (n <= 0 || (size_t)n >= sizeof path)
        return err_set(err, HEDUI_E_USAGE, "路径太长\nthe path is too long");
    if (readlink(path, target, sizeof target) >= 0)
        return err_set(err, HEDUI_E_USAGE,
                       "'%s' 是符号链接，请改它所指的文件\n'%s' is a symbolic link: edit the file "
                       "that it leads to",
                       path, path);
    if (sys_stat(path, &st) == 0 && (st.st_mode & 0222) == 0)
        return err_set(err, HEDUI_E_USAGE,
                       "'%s' 是只读的，未作修改；确要修改请先 chmod u+w\n"
                       "'%s' is read-only and stays as it is; chmod u+w first if you mean it",
                       path, path);
    return HEDUI_OK;
}

struct backup {
    uint32_t number;
    struct text name, hash, file; /* .before-0001-HASH-FILE and its parts */
};

/* The newest backup of the folder; number 0: there is none. */
static hedui_status
backup_newest(struct backup *out, const char *dir, struct arena *arena, struct err *err)
{
    static const size_t head = sizeof BACKUP - 1;
    struct text *names;
    size_t count;

    *out = (struct backup){0};
    TRY(sys_list_dir(&names, &count, dir, arena, err));
    for (size_t i = 0; i < count; i++) {
        struct text name = names[i];
        int64_t number;

        if (!text_starts(name, TEXT(BACKUP)) || name.len < head + BACKUP_DIGITS + HASH_DIGITS + 3 ||
            !text_int((struct text){name.at + head, BACKUP_DIGITS}, &number) ||
            (uint32_t)number <= out->number)
            continue;
        out->number = (uint32_t)number;
        out->name = name;
        out->hash = (struct text){name.at + head + BACKUP_DIGITS + 1, HASH_DIGITS};
        out->file = (struct text){name.at + head + BACKUP_DIGITS + HASH_DIGITS + 2,
                                  name.len - (head + BACKUP_DIGITS + HASH_DIGITS + 2)};
    }
    return HEDUI_OK;
}

static hedui_status
backup_write(struct text *name, const char *dir, const char *file, const struct edit *edit,
             struct arena *arena, struct err *err)
{
    struct backup newest;
    char hash[HASH_DIGITS + 1];

    TRY(backup_newest(&newest, dir, arena, err));
    hash_short(hash, edit->after);
    *name = arena_printf(arena, BACKUP "%04u-%s-%s", newest.number + 1, hash, file);
    if (name->at == NULL)
        return arena_full(arena, err);
    return sys_publish(dir, name->at, edit->before.at, edit->before.len, 0644, "cli.pack.before",
                       err);
}

static void
backup_drop(const char *dir, struct text name)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/" TEXT_FMT, dir, TEXT_ARG(name));

    if (n > 0 && (size_t)n < sizeof path)
        (void)sys_unlink(path); /* a copy that stays does no harm: its number is not the newest */
}

static const char *
base_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

/* The line that was changed, as it is now. */
static void
line_show(struct buf *out, const struct edit *edit)
{
    size_t from = 0, to;

    for (uint32_t line = 1; line < edit->line && from < edit->after.len; from++)
        line += edit->after.at[from] == '\n';
    for (to = from; to < edit->after.len && edit->after.at[to] != '\n'; to++)
        ;
    buf_printf(out, "%s:%u\n", edit->path, edit->line);
    buf_text(out, (struct text){edit->after.at + from, to - from});
    buf_byte(out, '\n');
}

static void
hash_line(struct buf *out, const struct digest *before, const struct digest *after)
{
    static const struct digest none;
    char a[2 * DIGEST_BYTES + 1], b[2 * DIGEST_BYTES + 1];

    digest_hex(before, a);
    digest_hex(after, b);
    if (memcmp(before, &none, sizeof none) == 0)
        buf_printf(out, "散列 hash %.12s\n", b);
    else if (strcmp(a, b) == 0)
        buf_printf(out, "含义未变 the meaning is the same: %.12s\n", a);
    else
        buf_printf(out, "散列 hash %.12s → %.12s\n", a, b);
}

/* Only what fails is told; `rules test` tells the rest. */
static void
tests_tell(struct buf *out, struct text lines, const struct test_counts *counts)
{
    for (size_t at = 0, end; at < lines.len; at = end + 1) {
        for (end = at; end < lines.len && lines.at[end] != '\n'; end++)
            ;
        if (text_starts((struct text){lines.at + at, end - at}, TEXT("not ok")))
            buf_printf(out, "%.*s\n", (int)(end - at), lines.at + at);
    }
    buf_printf(out, "测试 tests: %u 通过 passed, %u 失败 failed\n", counts->passed, counts->failed);
}

static hedui_status
tests_run(struct edited *out, const struct pack *pack, struct session *session, const char *dir,
          const struct model *model)
{
    struct buf lines;
    hedui_status rc;

    buf_init(&lines, false);
    rc = pack_test(&out->counts, pack, dir, model, &session->messages, &lines, &session->err);
    if (rc == HEDUI_OK)
        tests_tell(&session->out, buf_as_text(&lines), &out->counts);
    buf_release(&lines);
    return rc;
}

hedui_status
pack_edit(struct edited *out, struct session *session, const struct edit *edit, const char *dir,
          const struct model *model, const char *verb)
{
    const char *file = base_of(edit->path);
    struct text backup;
    hedui_status rc;

    TRY(file_open_to_edit(dir, file, &session->err));
    TRY(backup_write(&backup, dir, file, edit, &session->arena, &session->err));
    TRY(file_write(dir, file, edit->after, &session->err));
    rc = pack_load(&out->pack, dir, model, &session->messages, &session->arena, &session->err);
    if (rc != HEDUI_OK) {
        struct err first = session->err;

        TRY(file_write(dir, file, edit->before, &session->err));
        backup_drop(dir, backup);
        session->err = first;
        out->is_taken_back = rc == HEDUI_E_INPUT && session->messages.errors > 0;
        if (out->is_taken_back)
            buf_str(&session->out, "检查未通过，文件已恢复原样，什么都没有改\n"
                                   "the check found errors; the file is as it was\n");
        return out->is_taken_back ? HEDUI_OK : rc;
    }
    line_show(&session->out, edit);
    hash_line(&session->out, &out->before, pack_hash(out->pack));
    TRY(tests_run(out, out->pack, session, dir, model));
    buf_printf(&session->out, "撤销 to undo: hedui %s %s --undo\n", verb, dir);
    return HEDUI_OK;
}

hedui_status
pack_edit_undo(struct edited *out, struct session *session, const char *dir,
               const struct model *model)
{
    struct arena *arena = &session->arena;
    struct err *err = &session->err;
    struct backup backup;
    struct pack *now = NULL;
    hedui_status rc;
    struct text path, old_path, bytes, old;
    char hash[HASH_DIGITS + 1];

    TRY(backup_newest(&backup, dir, arena, err));
    if (backup.number == 0)
        return err_set(err, HEDUI_E_USAGE, "'%s' 里没有可以撤销的修改\nnothing to undo in '%s'",
                       dir, dir);
    path = arena_printf(arena, "%s/" TEXT_FMT, dir, TEXT_ARG(backup.file));
    old_path = arena_printf(arena, "%s/" TEXT_FMT, dir, TEXT_ARG(backup.name));
    if (path.at == NULL || old_path.at == NULL)
        return arena_full(arena, err);
    TRY(sys_slurp(&bytes, path.at, FILE_MAX, arena, err));
    TRY(sys_slurp(&old, old_path.at, FILE_MAX, arena, err));
    hash_short(hash, bytes);
    if (!text_eq(text_of(hash), backup.hash))
        return err_set(err, HEDUI_E_USAGE,
                       "'%s' 之后又被改过，不能自动撤销；修改前的内容在 '%s'\n"
                       "'%s' was changed since: undo by hand; what it was before is in '%s'",
                       path.at, old_path.at, path.at, old_path.at);
    TRY(file_write(dir, backup.file.at, old, err));
    backup_drop(dir, backup.name);
    buf_printf(&session->out, "%s 已恢复 is as it was\n", path.at);
    rc = pack_load(&now, dir, model, &session->messages, arena, err);
    if (rc == HEDUI_E_INPUT && session->messages.errors > 0) {
        out->is_taken_back = true; /* it did not load before either: the messages say why */
        return HEDUI_OK;
    }
    TRY(rc);
    return tests_run(out, now, session, dir, model);
}
