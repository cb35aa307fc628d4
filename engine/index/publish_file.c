/* SPDX-License-Identifier: Apache-2.0 */
/* publish_file.c: the head behind the body, and a durable file that is whole or absent. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/fp.h"
#include "engine/base/hash.h"
#include "engine/base/sys.h"
#include "engine/index/seal.h"

#include "engine/base/ban.h"

#define PATH_BYTES 4096

static void
blocks_list(struct layout *layout)
{
    struct block_entry next = {0};

    for (uint32_t i = 0; i < layout->piece_count; i++) {
        const struct piece *piece = &layout->pieces[i];
        next.columns_at = piece->columns_at;
        next.places_at = piece->places_at;
        next.columns_bytes = piece->columns_bytes;
        next.places_bytes = piece->places_bytes;
        next.rows = piece->rows;
        next.owners = piece->owner_count;
        next.bucket_first = piece->bucket_first;
        next.bucket_end = piece->bucket_end;
        buf_put(&layout->head, &next, sizeof next);
        next.row_first += next.rows;
        next.owner_first += next.owners;
    }
}

/* layout->head: the first page and the head, with the checksum that covers both. */
static hedui_status
head_fill(struct layout *layout, struct err *err)
{
    struct head_start start = {.version = DELIVERY_VERSION,
                               .section_count = layout->section_count,
                               .head_at = body_place(&layout->body),
                               .block_count = layout->piece_count,
                               .unit_count = layout->body.unit_count,
                               .unit_bytes = UNIT_BYTES};
    struct buf *head = &layout->head;
    size_t meta_at;
    char *page;

    memcpy(start.magic, DELIVERY_MAGIC, sizeof start.magic);
    page = buf_room(head, BODY_AT);
    TRY(buf_check(head, err));
    memset(page, 0, BODY_AT);
    head->len = BODY_AT;
    buf_put(head, layout->sections, layout->section_count * sizeof *layout->sections);
    blocks_list(layout);
    if (layout->body.unit_count > 0)
        buf_put(head, layout->body.units, layout->body.unit_count * sizeof *layout->body.units);
    meta_at = head->len;
    meta_write(head, &layout->meta, layout->builder->plan.kind);
    TRY(buf_check(head, err));
    start.meta_bytes = (uint32_t)(head->len - meta_at);
    start.file_bytes = start.head_at + head->len - BODY_AT;
    memcpy(head->at, &start, sizeof start);
    start.head_hash = hash_bytes(head->at, head->len, 0);
    memcpy(head->at, &start, sizeof start);
    return HEDUI_OK;
}

static hedui_status
head_write(struct layout *layout, struct err *err)
{
    const struct buf *head = &layout->head;

    TRY(body_write_at(&layout->body, head->at + BODY_AT, head->len - BODY_AT,
                      body_place(&layout->body), err));
    return body_write_at(&layout->body, head->at, BODY_AT, 0, err);
}

/* What was written is what is there: at least the head, which vouches for the rest. */
static hedui_status
read_back(const struct layout *layout, struct err *err)
{
    const struct body *body = &layout->body;
    const struct buf *head = &layout->head;
    struct buf again;
    hedui_status rc = HEDUI_OK;

    buf_init(&again, false);
    if (buf_room(&again, head->len) == NULL)
        FAIL(buf_check(&again, err));
    FAIL(sys_read_all(body->fd, again.at, BODY_AT, 0, body->path, err));
    FAIL(sys_read_all(body->fd, again.at + BODY_AT, head->len - BODY_AT, (off_t)body_place(body),
                      body->path, err));
    if (memcmp(again.at, head->at, head->len) != 0)
        FAIL(err_set(
            err, HEDUI_E_IO,
            "'%s' 里的内容与写入的不同，请检查磁盘\nwhat was written to '%s' is not what is there",
            body->path, body->path));
done:
    buf_release(&again);
    return rc;
}

hedui_status
layout_publish(struct layout *layout, const char *dir, bool no_sync, struct digest *out,
               struct err *err)
{
    const char *path = layout->body.path;
    char hex[2 * DIGEST_BYTES + 1], to[PATH_BYTES];

    TRY(head_fill(layout, err));
    TRY(head_write(layout, err));
    if (!no_sync && (FP("index.delivery.fsync") != 0 || sys_fsync(layout->body.fd) != 0))
        return err_sys(err, HEDUI_E_IO, "无法同步 '%s'\ncannot sync '%s'", path, path);
    TRY(read_back(layout, err));
    *out = digest_of(layout->head.at, layout->head.len);
    digest_hex(out, hex);
    if (snprintf(to, sizeof to, "%s/%s.hdl", dir, hex) >= (int)sizeof to)
        return err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", dir, dir);
    if (layout->meta.info.is_sealed) /* before the delivery has its name: none stands without */
        TRY(data_key_publish(&layout->data_key, dir, out, layout->builder->spec.ring, err));
    /* The same digest is the same bytes: putting them over an older file heals one that rotted. */
    if (FP("index.delivery.rename") != 0 || sys_rename(path, to) != 0)
        return err_sys(err, HEDUI_E_IO, "无法把 '%s' 改名为 '%s'\ncannot rename '%s' to '%s'", path,
                       to, path, to);
    if (no_sync)
        return HEDUI_OK;
    if (FP("index.delivery.dirsync") != 0)
        return err_sys(err, HEDUI_E_IO, "无法同步目录 '%s'\ncannot sync folder '%s'", dir, dir);
    return sys_sync_dir(dir, err);
}
