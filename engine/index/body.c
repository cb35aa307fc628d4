/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/index/body.h"

#include <assert.h>
#include <fcntl.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/fp.h"
#include "engine/base/hash.h"
#include "engine/base/sys.h"

#include "engine/base/ban.h"

#define UNITS_A_TASK 4 /* 1 MiB is hashed and written at once */
#define WAVE_FULL ((size_t)8 << 20)
#define WAVE_ROOM (WAVE_FULL + WAVE_FULL / 2)

static hedui_status
no_memory(struct err *err)
{
    return err_set(err, HEDUI_E_MEMORY, "系统内存不足\nno memory left to write the delivery");
}

hedui_status
body_open(struct body *body, const char *path, struct err *err)
{
    *body = (struct body){.path = path, .fd = -1};
    body->fd = sys_open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (body->fd < 0)
        return err_sys(err, HEDUI_E_IO, "无法建立 '%s'\ncannot create '%s'", path, path);
    return HEDUI_OK;
}

void
body_close(struct body *body)
{
    if (body->path != NULL && body->fd >= 0)
        sys_close(body->fd);
    mem_pages_free(body->wave, body->room);
    mem_free(body->units);
    *body = (struct body){.fd = -1};
}

uint64_t
body_place(const struct body *body)
{
    return BODY_AT + body->flushed + body->fill;
}

uint8_t *
body_add(struct body *body, size_t bytes)
{
    uint8_t *to;

    if (body->wave == NULL || body->room - body->fill < bytes) {
        size_t room = body->fill + bytes < WAVE_ROOM ? WAVE_ROOM : (body->fill + bytes) * 3 / 2;
        uint8_t *grown = mem_pages_now(room);
        if (grown == NULL)
            return NULL;
        if (body->fill > 0)
            memcpy(grown, body->wave, body->fill);
        mem_pages_free(body->wave, body->room);
        body->wave = grown;
        body->room = room;
    }
    to = body->wave + body->fill;
    body->fill += bytes;
    return to;
}

bool
body_align(struct body *body, size_t multiple)
{
    size_t gap = (0 - (size_t)body_place(body)) % multiple;
    uint8_t *to = body_add(body, gap);

    if (to == NULL)
        return false;
    memset(to, 0, gap);
    return true;
}

hedui_status
body_put(struct body *body, struct pool *pool, const void *from, size_t bytes, struct err *err)
{
    const uint8_t *at = from;

    while (bytes > 0) {
        size_t now = bytes < WAVE_FULL ? bytes : WAVE_FULL;
        uint8_t *to;
        if (body->fill >= WAVE_FULL)
            TRY(body_flush(body, pool, false, err));
        to = body_add(body, now);
        if (to == NULL)
            return no_memory(err);
        memcpy(to, at, now);
        at += now;
        bytes -= now;
    }
    return HEDUI_OK;
}

hedui_status
body_write_at(const struct body *body, const void *from, size_t bytes, uint64_t at, struct err *err)
{
    const uint8_t *next = from;

    if (FP("index.delivery.write") != 0)
        return err_sys(err, HEDUI_E_IO, "无法写入 '%s'\ncannot write '%s'", body->path, body->path);
    while (bytes > 0) {
        ssize_t done = sys_pwrite(body->fd, next, bytes, (off_t)at);
        if (done <= 0)
            return err_sys(err, HEDUI_E_IO, "无法写入 '%s'\ncannot write '%s'", body->path,
                           body->path);
        next += done;
        at += (uint64_t)done;
        bytes -= (size_t)done;
    }
    return HEDUI_OK;
}

struct flushing {
    struct body *body;
    size_t bytes;
};

/* The unit of n bytes at `at` of the wave. */
static void
unit_note(const struct body *body, size_t at, size_t n, const struct digest *digest)
{
    struct unit_entry *unit = &body->units[(body->flushed + at) / UNIT_BYTES];

    unit->hash = hash_bytes(body->wave + at, n, 0);
    memcpy(unit->digest, digest->bytes, DIGEST_BYTES);
}

static hedui_status
units_task(void *context, uint32_t lane, size_t task, struct err *err)
{
    const struct flushing *f = context;
    const struct body *body = f->body;
    size_t from = task * UNITS_A_TASK * UNIT_BYTES, end = from + (size_t)UNITS_A_TASK * UNIT_BYTES;

    (void)lane;
    if (end > f->bytes)
        end = f->bytes;
    for (size_t at = from; at < end; at += 2 * UNIT_BYTES) {
        struct digest pair[2];
        size_t left = end - at, n = left < UNIT_BYTES ? left : UNIT_BYTES;

        if (left >= 2 * UNIT_BYTES) {
            digest_pair(pair, body->wave + at, body->wave + at + UNIT_BYTES, UNIT_BYTES);
            unit_note(body, at, n, &pair[0]);
            unit_note(body, at + UNIT_BYTES, n, &pair[1]);
            continue;
        }
        pair[0] = digest_of(body->wave + at, n);
        unit_note(body, at, n, &pair[0]);
        if (left > n) {
            pair[1] = digest_of(body->wave + at + n, left - n);
            unit_note(body, at + n, left - n, &pair[1]);
        }
    }
    return body_write_at(body, body->wave + from, end - from, BODY_AT + body->flushed + from, err);
}

hedui_status
body_flush(struct body *body, struct pool *pool, bool is_last, struct err *err)
{
    size_t bytes = is_last ? body->fill : body->fill - body->fill % UNIT_BYTES;
    size_t tasks = (bytes + UNITS_A_TASK * UNIT_BYTES - 1) / (UNITS_A_TASK * UNIT_BYTES);
    size_t units = body->unit_count + (bytes + UNIT_BYTES - 1) / UNIT_BYTES;
    struct flushing flushing = {body, bytes};

    assert(body->flushed % UNIT_BYTES == 0); /* nothing comes behind the last flush */
    if (bytes == 0)
        return HEDUI_OK;
    if (units > UINT32_MAX / 2)
        return err_set(err, HEDUI_E_LIMIT,
                       "这份数据太大，超出数据文件的上限，请分成几份，各用自己的来源名\nthis "
                       "delivery is larger than a file of ours can be");
    if (units > body->unit_room) {
        struct unit_entry *grown = mem_resize(body->units, units * 2, sizeof *grown);
        if (grown == NULL)
            return no_memory(err);
        body->units = grown;
        body->unit_room = (uint32_t)units * 2;
    }
    TRY(pool_run(pool, tasks, units_task, &flushing, err));
    sys_start_writing(body->fd, (off_t)(BODY_AT + body->flushed), (off_t)bytes);
    body->unit_count = (uint32_t)units;
    body->flushed += bytes;
    body->fill -= bytes;
    if (body->fill > 0)
        memmove(body->wave, body->wave + bytes, body->fill);
    return HEDUI_OK;
}
