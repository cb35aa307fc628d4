/* SPDX-License-Identifier: Apache-2.0 */
/* file_write.c: a laid-out delivery to a durable file that is whole or absent. */
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/fp.h"
#include "engine/base/hash.h"
#include "engine/base/sys.h"
#include "engine/index/seal.h"

#include "engine/base/ban.h"

#define UNITS_A_TASK 8 /* 2 MiB are hashed and written at once */
#define PATH_BYTES 4096

struct writing {
    struct layout *layout;
    int fd;
    uint64_t head_bytes;
    const char *path;
};

static hedui_status
write_at(const struct writing *w, const uint8_t *from, size_t n, uint64_t at, struct err *err)
{
    if (FP("index.delivery.write") != 0)
        return err_sys(err, HEDUI_E_IO, "无法写入 '%s'\ncannot write '%s'", w->path, w->path);
    while (n > 0) {
        ssize_t done = sys_pwrite(w->fd, from, n, (off_t)at);
        if (done <= 0)
            return err_sys(err, HEDUI_E_IO, "无法写入 '%s'\ncannot write '%s'", w->path, w->path);
        from += done;
        at += (uint64_t)done;
        n -= (size_t)done;
    }
    return HEDUI_OK;
}

static hedui_status
units_task(void *context, uint32_t lane, size_t task, struct err *err)
{
    const struct writing *w = context;
    struct layout *layout = w->layout;
    size_t from = task * UNITS_A_TASK * UNIT_BYTES, end = from + (size_t)UNITS_A_TASK * UNIT_BYTES;

    (void)lane;
    if (end > layout->body_bytes)
        end = layout->body_bytes;
    for (size_t at = from; at < end; at += UNIT_BYTES) {
        size_t n = end - at < UNIT_BYTES ? end - at : UNIT_BYTES;
        struct unit_entry *unit = &layout->units[at / UNIT_BYTES];
        struct digest digest = digest_of(layout->body + at, n);
        unit->hash = hash_bytes(layout->body + at, n, 0);
        memcpy(unit->digest, digest.bytes, DIGEST_BYTES);
    }
    return write_at(w, layout->body + from, end - from, w->head_bytes + from, err);
}

/* Everything but the units, whose number is known and whose room is left. */
static hedui_status
head_plan(struct layout *layout, struct head_start *start, size_t *units_at, struct err *err)
{
    size_t pad;

    *units_at = layout->head.len;
    if (buf_room(&layout->head, layout->unit_count * sizeof *layout->units) != NULL)
        layout->head.len += layout->unit_count * sizeof *layout->units;
    start->meta_at = layout->head.len;
    meta_write(&layout->head, &layout->meta, layout->builder->plan.kind);
    start->meta_bytes = (uint32_t)(layout->head.len - start->meta_at);
    pad = (0 - layout->head.len) % 4096; /* the body begins on a page */
    while (pad-- > 0)
        buf_byte(&layout->head, '\0');
    TRY(buf_check(&layout->head, err));
    memcpy(start->magic, DELIVERY_MAGIC, sizeof start->magic);
    start->version = DELIVERY_VERSION;
    start->section_count = layout->section_count;
    start->head_bytes = layout->head.len;
    start->file_bytes = layout->head.len + layout->body_bytes;
    start->block_count = layout->piece_count;
    start->unit_count = layout->unit_count;
    start->unit_bytes = UNIT_BYTES;
    for (uint32_t i = 0; i < layout->section_count; i++)
        layout->sections[i].at += start->head_bytes;
    memcpy(layout->head.at + sizeof *start, layout->sections,
           layout->section_count * sizeof *layout->sections);
    return HEDUI_OK;
}

/* What was written is what is there: at least the head, which vouches for the rest. */
static hedui_status
read_back(const struct writing *w, struct err *err)
{
    struct buf again;
    hedui_status rc = HEDUI_OK;

    buf_init(&again, false);
    if (buf_room(&again, w->head_bytes) == NULL)
        FAIL(buf_check(&again, err));
    FAIL(sys_read_all(w->fd, again.at, w->head_bytes, 0, w->path, err));
    if (memcmp(again.at, w->layout->head.at, w->head_bytes) != 0)
        FAIL(err_set(err, HEDUI_E_IO, "what was written to '%s' is not what is there", w->path));
done:
    buf_release(&again);
    return rc;
}

static hedui_status
file_fill(struct writing *w, struct pool *pool, struct digest *out, struct err *err)
{
    struct layout *layout = w->layout;
    struct head_start start = {0};
    size_t units_at, tasks = (layout->unit_count + UNITS_A_TASK - 1) / UNITS_A_TASK;

    TRY(head_plan(layout, &start, &units_at, err));
    w->head_bytes = start.head_bytes;
    TRY(pool_run(pool, tasks, units_task, w, err));
    if (layout->unit_count > 0)
        memcpy(layout->head.at + units_at, layout->units,
               layout->unit_count * sizeof *layout->units);
    memcpy(layout->head.at, &start, sizeof start);
    start.head_hash = hash_bytes(layout->head.at, layout->head.len, 0);
    memcpy(layout->head.at, &start, sizeof start);
    *out = digest_of(layout->head.at, layout->head.len);
    return write_at(w, (const uint8_t *)layout->head.at, layout->head.len, 0, err);
}

static hedui_status
file_publish(struct writing *w, const char *dir, const struct digest *digest, bool no_sync,
             struct err *err)
{
    char hex[2 * DIGEST_BYTES + 1], to[PATH_BYTES];

    if (!no_sync && (FP("index.delivery.fsync") != 0 || sys_fsync(w->fd) != 0))
        return err_sys(err, HEDUI_E_IO, "无法同步 '%s'\ncannot sync '%s'", w->path, w->path);
    TRY(read_back(w, err));
    digest_hex(digest, hex);
    if (snprintf(to, sizeof to, "%s/%s.hdl", dir, hex) >= (int)sizeof to)
        return err_set(err, HEDUI_E_IO, "the path '%s' is too long", dir);
    /* The same digest is the same bytes: putting them over an older file heals one that rotted. */
    if (FP("index.delivery.rename") != 0 || sys_rename(w->path, to) != 0)
        return err_sys(err, HEDUI_E_IO, "cannot rename '%s' to '%s'", w->path, to);
    if (no_sync)
        return HEDUI_OK;
    if (FP("index.delivery.dirsync") != 0)
        return err_sys(err, HEDUI_E_IO, "无法同步目录 '%s'\ncannot sync folder '%s'", dir, dir);
    return sys_sync_dir(dir, err);
}

hedui_status
layout_publish(struct layout *layout, struct pool *pool, const char *dir, bool no_sync,
               struct digest *out, struct err *err)
{
    char path[PATH_BYTES];
    struct writing w = {.layout = layout, .fd = -1, .path = path};
    hedui_status rc = HEDUI_OK;

    if (snprintf(path, sizeof path, "%s/.tmp-delivery", dir) >= (int)sizeof path)
        return err_set(err, HEDUI_E_IO, "the path '%s' is too long", dir);
    layout->unit_count = (uint32_t)((layout->body_bytes + UNIT_BYTES - 1) / UNIT_BYTES);
    layout->units = mem_resize(NULL, layout->unit_count, sizeof *layout->units);
    if (layout->units == NULL)
        return err_set(err, HEDUI_E_MEMORY, "no memory left for checksums");
    sys_unlink(path); /* of a run that died */
    w.fd = sys_open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (w.fd < 0)
        return err_sys(err, HEDUI_E_IO, "无法建立 '%s'\ncannot create '%s'", path, path);
    FAIL(file_fill(&w, pool, out, err));
    FAIL(file_publish(&w, dir, out, no_sync, err));
done:
    sys_close(w.fd);
    if (rc != HEDUI_OK)
        sys_unlink(path);
    return rc;
}
