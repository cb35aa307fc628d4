/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/index/spill.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/fp.h"
#include "engine/base/sys.h"

#include "engine/base/ban.h"

#define OUT_BYTES ((size_t)1 << 20)
#define PATH_BYTES 4096

static hedui_status
no_memory(struct err *err)
{
    return err_set(err, HEDUI_E_MEMORY, "系统内存不足\nno memory left to move rows to the disk");
}

static hedui_status
io_failed(struct err *err)
{
    return err_sys(err, HEDUI_E_IO,
                   "超出 --memory 的行暂存到磁盘时出错\n"
                   "rows past --memory could not be kept on the disk for the time being");
}

hedui_status
spill_file(int *out, const char *dir, const void *whose, struct err *err)
{
    char path[PATH_BYTES];
    int fd = sys_open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);

    if (fd < 0) {
        if (snprintf(path, sizeof path, "%s/.tmp-spill-%p", dir, whose) >= (int)sizeof path)
            return err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", dir, dir);
        sys_unlink(path); /* of a run that died */
        fd = sys_open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd >= 0)
            sys_unlink(path);
    }
    if (fd < 0)
        return io_failed(err);
    *out = fd;
    return HEDUI_OK;
}

hedui_status
spill_begin(struct spill *spill, const char *dir, struct err *err)
{
    struct spill_run *run;

    if (spill->fd == 0) {
        int fd = -1;
        TRY(spill_file(&fd, dir, spill, err));
        spill->fd = fd + 1;
    }
    if (spill->out == NULL) {
        spill->out = mem_resize(NULL, OUT_BYTES, 1);
        if (spill->out == NULL)
            return no_memory(err);
    }
    if (spill->run_count == spill->run_room) {
        uint32_t room = spill->run_room * 2 + 8;
        struct spill_run **grown = mem_resize(spill->runs, room, sizeof *grown);
        if (grown == NULL)
            return no_memory(err);
        spill->runs = grown;
        spill->run_room = room;
    }
    run = mem_resize(NULL, 1, sizeof *run);
    if (run == NULL)
        return no_memory(err);
    memset(run, 0, sizeof *run);
    spill->runs[spill->run_count++] = run;
    return HEDUI_OK;
}

static hedui_status
out_write(struct spill *spill, struct err *err)
{
    const uint8_t *at = spill->out;
    size_t left = spill->fill;

    if (FP("index.spill.write") != 0)
        return io_failed(err);
    while (left > 0) {
        ssize_t done = sys_pwrite(spill->fd - 1, at, left, (off_t)spill->bytes);
        if (done <= 0)
            return io_failed(err);
        at += done;
        left -= (size_t)done;
        spill->bytes += (uint64_t)done;
    }
    spill->fill = 0;
    return HEDUI_OK;
}

hedui_status
spill_bucket(struct spill *spill, uint32_t bucket, const uint8_t *rows, uint32_t count,
             size_t row_bytes, struct err *err)
{
    struct spill_run *run = spill->runs[spill->run_count - 1];
    size_t left = count * row_bytes;

    if (run->rows[bucket] == 0)
        run->at[bucket] = spill->bytes + spill->fill;
    run->rows[bucket] += count;
    while (left > 0) {
        size_t now = OUT_BYTES - spill->fill < left ? OUT_BYTES - spill->fill : left;
        memcpy(spill->out + spill->fill, rows, now);
        spill->fill += now;
        rows += now;
        left -= now;
        if (spill->fill == OUT_BYTES)
            TRY(out_write(spill, err));
    }
    return HEDUI_OK;
}

hedui_status
spill_end(struct spill *spill, struct err *err)
{
    return out_write(spill, err);
}

hedui_status
spill_read(const struct spill *spill, uint32_t bucket, size_t row_bytes, uint8_t *to,
           struct err *err)
{
    assert(spill->fill == 0);
    for (uint32_t r = 0; r < spill->run_count; r++) {
        const struct spill_run *run = spill->runs[r];
        size_t left = run->rows[bucket] * row_bytes;
        uint64_t at = run->at[bucket];
        while (left > 0) {
            ssize_t got = sys_pread(spill->fd - 1, to, left, (off_t)at);
            if (got <= 0 || FP("index.spill.read") != 0)
                return io_failed(err);
            to += got;
            at += (uint64_t)got;
            left -= (size_t)got;
        }
    }
    return HEDUI_OK;
}

void
spill_close(struct spill *spill)
{
    for (uint32_t r = 0; r < spill->run_count; r++)
        mem_free(spill->runs[r]);
    mem_free(spill->runs);
    mem_free(spill->out);
    if (spill->fd != 0)
        sys_close(spill->fd - 1);
    memset(spill, 0, sizeof *spill);
}
