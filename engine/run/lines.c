/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/lines.h"

#include <fcntl.h>
#include <string.h>

#include "engine/base/sys.h"

#include "engine/base/ban.h"

#define PIECE ((size_t)256 << 10)

hedui_status
lines_open(struct lines *lines, const char *path, struct err *err)
{
    *lines = (struct lines){.path = path};
    buf_init(&lines->bytes, true);
    lines->fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (lines->fd < 0)
        return err_sys(err, HEDUI_E_IO, "无法读取 '%s'\ncannot read '%s'", path, path);
    return HEDUI_OK;
}

/* What is left of the last piece moves to the front, and the next comes behind it. */
static hedui_status
refill(struct lines *lines, struct err *err)
{
    struct buf *bytes = &lines->bytes;
    ssize_t got;
    char *to;

    if (lines->at > 0)
        memmove(bytes->at, bytes->at + lines->at, bytes->len - lines->at);
    bytes->len -= lines->at;
    lines->at = 0;
    to = buf_room(bytes, PIECE);
    TRY(buf_check(bytes, err));
    got = sys_read(lines->fd, to, PIECE);
    if (got < 0)
        return err_sys(err, HEDUI_E_IO, "无法读取 '%s'\ncannot read '%s'", lines->path,
                       lines->path);
    bytes->len += (size_t)got;
    lines->is_read = got == 0;
    return HEDUI_OK;
}

hedui_status
lines_next(struct lines *lines, struct text *line, struct err *err)
{
    size_t seen = 0; /* bytes of this line that hold no line feed */

    if (lines->bytes.at == NULL)
        TRY(refill(lines, err));
    for (;;) {
        const char *from = lines->bytes.at + lines->at;
        size_t left = lines->bytes.len - lines->at;
        const char *end = left == seen ? NULL : memchr(from + seen, '\n', left - seen);

        if (end != NULL || lines->is_read) {
            *line = (struct text){from, end != NULL ? (size_t)(end - from) + 1 : left};
            lines->at += line->len;
            return HEDUI_OK;
        }
        seen = left;
        TRY(refill(lines, err));
    }
}

void
lines_close(struct lines *lines)
{
    if (lines->fd >= 0)
        sys_close(lines->fd);
    lines->fd = -1;
    buf_release(&lines->bytes);
}

hedui_status
lines_digest(struct digest *out, const char *path, struct err *err)
{
    struct digester *digester = NULL;
    struct lines lines = {.fd = -1};
    struct text line;
    hedui_status rc = HEDUI_OK;

    FAIL(digester_open(&digester, err));
    FAIL(lines_open(&lines, path, err));
    do {
        FAIL(lines_next(&lines, &line, err));
        digester_add(digester, line.at, line.len);
    } while (line.len > 0);
    *out = digester_finish(digester);
done:
    lines_close(&lines);
    digester_close(digester);
    return rc;
}
