/* SPDX-License-Identifier: Apache-2.0 */
/* buf.c: bytes that grow by doubling. */
#include "engine/base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ROOM_MIN 256   /* bytes */
#define PRINTF_ROOM 64 /* mostly enough: then the format is gone through once */

void
buf_init(struct buf *buf, bool is_wiped)
{
    *buf = (struct buf){.is_wiped = is_wiped};
}

void
buf_init_in(struct buf *buf, void *room, size_t bytes)
{
    *buf = (struct buf){.at = room, .room = bytes, .is_lent = true};
}

void
buf_release(struct buf *buf)
{
    if (buf->is_wiped && buf->at != NULL)
        mem_wipe(buf->at, buf->room);
    if (!buf->is_lent)
        mem_free(buf->at);
    *buf = (struct buf){.is_wiped = buf->is_wiped};
}

void
buf_reset(struct buf *buf)
{
    if (buf->is_wiped && buf->at != NULL)
        mem_wipe(buf->at, buf->len);
    buf->len = 0;
}

static bool __attribute__((noinline)) buf_grow(struct buf *buf, size_t len)
{
    size_t room = buf->room < ROOM_MIN ? ROOM_MIN : buf->room;
    char *at;

    if (len > SIZE_MAX / 4 - buf->len)
        return false;
    while (room - buf->len < len)
        room *= 2;
    at = mem_resize(buf->is_wiped || buf->is_lent ? NULL : buf->at, room, 1);
    if (at == NULL)
        return false;
    if (buf->is_lent) {
        memcpy(at, buf->at, buf->len);
    } else if (buf->is_wiped && buf->at != NULL) { /* realloc would leave the old bytes about */
        memcpy(at, buf->at, buf->len);
        mem_wipe(buf->at, buf->room);
        mem_free(buf->at);
    }
    buf->at = at;
    buf->room = room;
    buf->is_lent = false;
    return true;
}

char *
buf_room(struct buf *buf, size_t len)
{
    if (buf->is_failed)
        return NULL;
    if (buf->room - buf->len < len || buf->at == NULL) {
        if (!buf_grow(buf, len)) {
            buf->is_failed = true;
            return NULL;
        }
    }
    return buf->at + buf->len;
}

#define DIGITS_MAX 20

/* The digits of `value` up to `end`; where they begin. */
static char *
digits_before(char *end, uint64_t value)
{
    static const char pairs[] =
        "00010203040506070809101112131415161718192021222324252627282930313233"
        "34353637383940414243444546474849505152535455565758596061626364656667"
        "6869707172737475767778798081828384858687888990919293949596979899";

    for (; value >= 100; value /= 100)
        memcpy(end -= 2, pairs + value % 100 * 2, 2);
    if (value >= 10)
        memcpy(end -= 2, pairs + value * 2, 2);
    else
        *--end = (char)('0' + value);
    return end;
}

void
buf_uint(struct buf *buf, uint64_t value)
{
    char digits[DIGITS_MAX] UNSET, *from = digits_before(digits + DIGITS_MAX, value);

    buf_put(buf, from, (size_t)(digits + DIGITS_MAX - from));
}

void
buf_int(struct buf *buf, int64_t value)
{
    if (value < 0)
        buf_byte(buf, '-');
    buf_uint(buf, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void
buf_hex(struct buf *buf, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    char *to = len > SIZE_MAX / 2 ? NULL : buf_room(buf, len * 2);

    if (to == NULL) {
        buf->is_failed = true;
        return;
    }
    for (size_t i = 0; i < len; i++) {
        to[2 * i] = digits[bytes[i] >> 4];
        to[2 * i + 1] = digits[bytes[i] & 15];
    }
    buf->len += len * 2;
}

void
buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args, again;
    char *to = buf_room(buf, PRINTF_ROOM);
    size_t room = to == NULL ? 0 : buf->room - buf->len;
    int n;

    va_start(args, format);
    va_copy(again, args);
    n = vsnprintf(to, room, format, args); /* writes a NUL, which is not counted */
    va_end(args);
    if (to != NULL && n >= 0 && (size_t)n >= room) {
        to = buf_room(buf, (size_t)n + 1);
        if (to != NULL)
            vsnprintf(to, (size_t)n + 1, format, again);
    }
    va_end(again);
    if (to == NULL || n < 0)
        buf->is_failed = true;
    else
        buf->len += (size_t)n;
}

void
buf_repeat(struct buf *buf, size_t from, size_t len)
{
    char *to = buf_room(buf, len);

    if (to == NULL || len == 0)
        return;
    assert(from + len <= buf->len);
    memcpy(to, buf->at + from, len);
    buf->len += len;
}

struct text
buf_as_text(const struct buf *buf)
{
    return (struct text){buf->at, buf->len};
}

struct text
buf_part(struct buf *out, const struct buf *part)
{
    out->is_failed = out->is_failed || part->is_failed;
    return buf_as_text(part);
}

hedui_status
buf_check(const struct buf *buf, struct err *err)
{
    if (buf->is_failed)
        return err_set(
            err, HEDUI_E_MEMORY,
            "内存不足，无法输出（已有 %zu 字节）\nno memory left for output (%zu bytes so far)",
            buf->len, buf->len);
    return HEDUI_OK;
}
