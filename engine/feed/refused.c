/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/feed/refused.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "engine/base/fp.h"
#include "engine/base/sys.h"
#include "engine/feed/split.h"

#include "engine/base/ban.h"

hedui_status
refused_file_init(struct refused_file *file, const struct plan *plan, const char *dir,
                  uint32_t twin, struct arena *arena, struct err *err)
{
    const char *path = plan->input->path, *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;

    *file = (struct refused_file){.plan = plan, .fd = -1};
    if (dir != NULL)
        file->dir = text_of(dir);
    else if (slash == NULL)
        file->dir = TEXT(".");
    else
        file->dir =
            arena_text(arena, (struct text){path, slash == path ? 1 : (size_t)(slash - path)});
    file->name = twin == 0 ? arena_printf(arena, "%s.refused.csv", base)
                           : arena_printf(arena, "%s.%u.refused.csv", base, twin + 1);
    if (file->dir.at == NULL || file->name.at == NULL)
        return arena_full(arena, err);
    if (dir == NULL && slash == NULL)
        file->path = file->name;
    else
        file->path =
            arena_printf(arena, TEXT_FMT "/" TEXT_FMT, TEXT_ARG(file->dir), TEXT_ARG(file->name));
    file->temporary =
        arena_printf(arena, TEXT_FMT "/.tmp-" TEXT_FMT, TEXT_ARG(file->dir), TEXT_ARG(file->name));
    return file->path.at == NULL || file->temporary.at == NULL ? arena_full(arena, err) : HEDUI_OK;
}

/* The header's own cells again, without the hedui_… columns of a first time. */
static void
header_put(struct buf *out, const struct plan *plan)
{
    char delimiter = plan->mapping->delimiter;

    if (plan->row_column < 0) {
        buf_text(out, plan->header);
        buf_byte(out, delimiter);
    } else { /* refused files end in the two columns: what we wrote, we can cut */
        struct text header = plan->header;
        size_t at = text_find(header, TEXT("hedui_row"));
        assert(at != SIZE_MAX);
        buf_put(out, header.at, at);
        if (at > 0 && header.at[at - 1] != delimiter) /* quoted by whoever mended it */
            out->len--;
    }
    buf_str(out, "hedui_row");
    buf_byte(out, delimiter);
    buf_str(out, "hedui_codes\n");
}

static hedui_status
file_make(struct refused_file *file, struct err *err)
{
    struct buf header;
    hedui_status rc = HEDUI_OK;

    buf_init(&header, false);
    FAIL(sys_make_dirs(file->dir.at, err));
    if (FP("feed.refused.open") == 0)
        file->fd = sys_open(file->temporary.at,
                            O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file->fd < 0)
        FAIL(err_sys(err, HEDUI_E_IO,
                     "无法写拒收文件 '%s'（可用 --refused DIR 指定目录）\n"
                     "cannot write the refused file '%s' (--refused DIR names another place)",
                     file->path.at, file->path.at));
    file->is_made = true;
    header_put(&header, file->plan);
    FAIL(buf_check(&header, err));
    FAIL(sys_write_all(file->fd, header.at, header.len, file->temporary.at, err));
done:
    buf_release(&header);
    return rc;
}

hedui_status
refused_file_write(struct refused_file *file, struct buf *rows, struct err *err)
{
    TRY(buf_check(rows, err));
    if (rows->len == 0)
        return HEDUI_OK;
    if (!file->is_made)
        TRY(file_make(file, err));
    if (FP("feed.refused.write") != 0)
        return err_sys(err, HEDUI_E_IO, "无法写入 '%s'\ncannot write '%s'", file->temporary.at,
                       file->temporary.at);
    TRY(sys_write_all(file->fd, rows->at, rows->len, file->temporary.at, err));
    buf_reset(rows);
    return HEDUI_OK;
}

hedui_status
refused_file_finish(struct refused_file *file, struct err *err)
{
    if (!file->is_made)
        return HEDUI_OK;
    if (FP("feed.refused.fsync") != 0 || sys_fsync(file->fd) != 0)
        return err_sys(err, HEDUI_E_IO, "无法同步 '%s'\ncannot sync '%s'", file->temporary.at,
                       file->temporary.at);
    sys_close(file->fd);
    file->fd = -1;
    if (FP("feed.refused.rename") != 0 || sys_rename(file->temporary.at, file->path.at) != 0)
        return err_sys(err, HEDUI_E_IO, "无法命名 '%s'\ncannot name '%s'", file->path.at,
                       file->path.at);
    file->is_made = false;
    if (FP("feed.refused.dirsync") != 0)
        return err_sys(err, HEDUI_E_IO, "无法同步 '%s'\ncannot sync '%s'", file->dir.at,
                       file->dir.at);
    return sys_sync_dir(file->dir.at, err);
}

void
refused_file_drop(struct refused_file *file)
{
    if (file->fd >= 0)
        sys_close(file->fd);
    file->fd = -1;
    if (file->is_made && file->temporary.at != NULL)
        sys_unlink(file->temporary.at);
    file->is_made = false;
}

static void
quoted_put(struct buf *out, struct text raw)
{
    buf_byte(out, '"');
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.at[i] == '"')
            buf_byte(out, '"');
        buf_byte(out, raw.at[i]);
    }
    buf_byte(out, '"');
}

/* The cells of a mended row without hedui_row and hedui_codes. Answers how many were put. */
static uint32_t
cells_put(struct buf *out, const struct plan *plan, const struct refused_cells *row)
{
    uint32_t put = 0;

    for (uint32_t i = 0; i < row->count && i < COLUMNS_MAX; i++) {
        if ((int32_t)i == plan->row_column || (int32_t)i == plan->codes_column)
            continue;
        if (put++ > 0)
            buf_byte(out, plan->mapping->delimiter);
        if (row->is_quoted)
            quoted_put(out, row->cells[i]);
        else
            buf_text(out, row->cells[i]);
    }
    return put;
}

void
refused_row(struct buf *out, const struct plan *plan, const struct refused_cells *row,
            uint64_t line, struct text codes)
{
    uint32_t put = row->count, want = plan->column_count;

    if (plan->row_column >= 0)
        want -= plan->codes_column >= 0 ? 2 : 1;
    if (row->is_broken) {
        quoted_put(out, row->raw);
        put = 1;
    } else if (row->count == 0) {
        put = 1;
    } else if (plan->row_column >= 0) {
        put = cells_put(out, plan, row);
    } else {
        buf_text(out, row->raw);
    }
    for (; put < want; put++) /* a row that is too short: the two columns stay in their place */
        buf_byte(out, plan->mapping->delimiter);
    buf_byte(out, plan->mapping->delimiter);
    buf_uint(out, line);
    buf_byte(out, plan->mapping->delimiter);
    buf_text(out, codes);
    buf_byte(out, '\n');
}
