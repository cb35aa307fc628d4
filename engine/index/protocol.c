/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/index/protocol.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/fp.h"
#include "engine/base/sys.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

#define PATH_BYTES 4096
#define PROTOCOL "protocol.jsonl"
#define REASON_MAX 500   /* bytes */
#define NUMBER_DIGITS 15 /* of the shortest identity number */
#define MS_OF_DAY INT64_C(86400000)
#define PROTOCOL_MAX ((size_t)256 << 20) /* bytes: a million snapshots */

static hedui_status
path_make(char path[PATH_BYTES], const char *data, const char *name, struct err *err)
{
    if (snprintf(path, PATH_BYTES, "%s/%s", data, name) >= PATH_BYTES)
        return err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", data, data);
    return HEDUI_OK;
}

bool
protocol_exists(const char *data)
{
    char path[PATH_BYTES];

    return path_make(path, data, PROTOCOL, NULL) == HEDUI_OK && sys_exists(path);
}

hedui_status
protocol_read(struct protocol *out, const char *data, struct arena *arena, struct err *err)
{
    char path[PATH_BYTES];
    struct text bytes;
    uint32_t lines = 0;

    *out = (struct protocol){0};
    TRY(path_make(path, data, PROTOCOL, err));
    if (!sys_exists(path))
        return HEDUI_OK;
    TRY(sys_slurp(&bytes, path, PROTOCOL_MAX, arena, err));
    for (size_t i = 0; i < bytes.len; i++)
        lines += bytes.at[i] == '\n';
    out->lines = arena_alloc(arena, lines, sizeof *out->lines);
    if (out->lines == NULL)
        return arena_full(arena, err);
    while (out->count < lines) {
        const char *end = memchr(bytes.at, '\n', bytes.len);
        struct text line = {bytes.at, (size_t)(end - bytes.at)};
        struct json_node *node;

        if (json_parse(&node, line, arena, NULL) != HEDUI_OK || node->type != JSON_OBJECT)
            return err_set(err, HEDUI_E_FORMAT,
                           "销毁记录 '%s' 第 %u 行损坏，请从备份恢复\n"
                           "the protocol '%s' is damaged in line %u: bring it back from the backup",
                           path, out->count + 1, path, out->count + 1);
        out->lines[out->count++] = node;
        bytes = (struct text){end + 1, bytes.len - line.len - 1};
    }
    return HEDUI_OK;
}

/* Where the last whole line ends. Lines are short: the tail is read backwards in one piece. */
static hedui_status
whole_end(off_t *end, int fd, const char *path, struct err *err)
{
    struct stat st;
    char tail[4096];

    if (sys_fstat(fd, &st) != 0)
        return err_sys(err, HEDUI_E_IO, "无法读取 '%s'\ncannot read '%s'", path, path);
    for (*end = st.st_size; *end > 0;) {
        size_t n = *end < (off_t)sizeof tail ? (size_t)*end : sizeof tail;

        TRY(sys_read_all(fd, tail, n, *end - (off_t)n, path, err));
        while (n > 0 && tail[n - 1] != '\n') {
            n--;
            (*end)--;
        }
        if (n > 0)
            return HEDUI_OK;
    }
    return HEDUI_OK;
}

/* A failpoint of one of the two callers: "index.drop.begin.write", "index.drop.done.sync" … */
static int
fp_act(const char *prefix, const char *act)
{
#ifdef HEDUI_FAILPOINTS
    char name[64];

    snprintf(name, sizeof name, "%s.%s", prefix, act);
    return FP(name);
#else
    (void)prefix, (void)act;
    return 0;
#endif
}

static hedui_status
line_append(const char *data, const char *name, const struct buf *line, const char *fp,
            struct err *err)
{
    char path[PATH_BYTES];
    hedui_status rc = HEDUI_OK;
    off_t end = 0;
    int fd;

    TRY(buf_check(line, err));
    TRY(path_make(path, data, name, err));
    fd = sys_open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_sys(err, HEDUI_E_IO, "无法打开 '%s'\ncannot open '%s'", path, path);
    if (whole_end(&end, fd, path, err) != HEDUI_OK) {
        sys_close(fd);
        return HEDUI_E_IO;
    }
    if (sys_ftruncate(fd, end) != 0 || fp_act(fp, "write") != 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法写入 '%s'\ncannot write '%s'", path, path));
    FAIL(sys_write_all(fd, line->at, line->len, path, err));
    if (fp_act(fp, "fsync") != 0 || sys_fsync(fd) != 0) /* FP() stands in fp_act */
        FAIL(err_sys(err, HEDUI_E_IO, "无法同步 '%s'\ncannot sync '%s'", path, path));
    FAIL(sys_sync_dir(data, err)); /* FP(): the first line makes the file */
done:
    if (rc != HEDUI_OK) /* what was not acknowledged is not to be acted upon later */
        (void)!sys_ftruncate(fd, end);
    sys_close(fd);
    return rc;
}

hedui_status
protocol_append(const char *data, const struct buf *line, const char *fp, struct err *err)
{
    return line_append(data, PROTOCOL, line, fp, err);
}

hedui_status
openings_append(const char *data, const struct buf *line, struct err *err)
{
    return line_append(data, "openings.jsonl", line, "index.opening", err);
}

void
protocol_time(struct json *json, int64_t at_ms)
{
    int64_t seconds = at_ms % MS_OF_DAY / 1000;
    struct buf text;

    buf_init(&text, false);
    date_print(&text, (int32_t)(at_ms / MS_OF_DAY));
    buf_printf(&text, "T%02d:%02d:%02dZ", (int)(seconds / 3600), (int)(seconds / 60 % 60),
               (int)(seconds % 60));
    json_key(json, "at");
    json_text(json, buf_as_text(&text));
    buf_release(&text);
}

hedui_status
protocol_reason(struct text reason, struct err *err)
{
    size_t run = 0;
    bool is_long = false, is_bare = true;

    for (size_t i = 0; i < reason.len; i++) {
        run = reason.at[i] >= '0' && reason.at[i] <= '9' ? run + 1 : 0;
        is_long = is_long || run >= NUMBER_DIGITS;
        is_bare = is_bare && (run > 0 || strchr(" \t.,-/", reason.at[i]) != NULL);
    }
    if (text_trim(reason).len == 0)
        return err_set(err, HEDUI_E_USAGE,
                       "请用 --reason 写明理由（不超过 %d 字节，不写证件号码）\n"
                       "say why with --reason (up to %d bytes, no identity number)",
                       REASON_MAX, REASON_MAX);
    if (is_long) /* not quoted: it may be a person's */
        return err_set(err, HEDUI_E_USAGE,
                       "--reason 里有 %d 位以上的数字，像是证件号码；理由会写入记录，请去掉号码，"
                       "用文字说明\n"
                       "--reason holds a number of %d digits or more, as identity numbers are: it "
                       "goes on record, so leave the number out and say why in words",
                       NUMBER_DIGITS, NUMBER_DIGITS);
    if (is_bare)
        return err_set(err, HEDUI_E_USAGE,
                       "--reason 只有一个数字，说明不了为什么；请用文字写明理由\n"
                       "--reason is a mere number, which does not say why: say it in words");
    if (reason.len > REASON_MAX || !text_is_utf8(reason))
        return err_set(err, HEDUI_E_USAGE,
                       "--reason 超过 %d 字节，或不是 UTF-8 文本\n"
                       "--reason is longer than %d bytes, or no UTF-8 text",
                       REASON_MAX, REASON_MAX);
    return HEDUI_OK;
}

const struct json_node *
protocol_find(const struct protocol *protocol, uint64_t snapshot, const char *stage)
{
    for (uint32_t i = protocol->count; i > 0; i--) {
        const struct json_node *line = protocol->lines[i - 1];
        const struct json_node *id = json_get(line, "snapshot"), *at = json_get(line, "stage");

        if (id != NULL && id->type == JSON_INT && (uint64_t)id->integer == snapshot && at != NULL &&
            at->type == JSON_STRING && text_is(at->text, stage))
            return line;
    }
    return NULL;
}
