/* SPDX-License-Identifier: Apache-2.0 */
/* buf.h: bytes that grow. For output being written and columns being built.
 *
 * Lives    buf_init() to buf_release(); the struct is the caller's storage
 * Threads  one thread at a time
 * Errors   growth that fails sets is_failed and later puts do nothing: check once, at the end,
 *          with buf_check() */
#ifndef HEDUI_BASE_BUF_H
#define HEDUI_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/base/err.h"
#include "engine/base/text.h"

struct buf {
    char *at;
    size_t len, room;
    bool is_failed; /* no memory */
    bool is_wiped;  /* zeroed before it is freed or moved: it holds people */
    bool is_lent;   /* `at` is the caller's own room, as yet */
};

void buf_init(struct buf *buf, bool is_wiped);
/* The same, in room of the caller's as long as that suffices: for the short texts that are made by
 * the million and would cost a visit to the heap each. */
void buf_init_in(struct buf *buf, void *room, size_t bytes);
void buf_release(struct buf *buf);
void buf_reset(struct buf *buf); /* empty, room kept; what failed stays failed until released */
void buf_int(struct buf *buf, int64_t value);
void buf_uint(struct buf *buf, uint64_t value);
void buf_hex(struct buf *buf, const uint8_t *bytes, size_t len); /* lower case */
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Room for `len` more bytes, to be written by the caller, who then adds to buf->len. NULL: failed.
 */
char *buf_room(struct buf *buf, size_t len);
struct text buf_as_text(const struct buf *buf);
/* Once more what stands at `from` of the same buffer. */
void buf_repeat(struct buf *buf, size_t from, size_t len);
/* The bytes of `part`, which go into `out`: where `part` failed, `out` fails with it. */
struct text buf_part(struct buf *out, const struct buf *part);

/* In line, because output is made of many small pieces. */
static inline void
buf_put(struct buf *buf, const void *bytes, size_t len)
{
    char *to =
        !buf->is_failed && len < buf->room - buf->len ? buf->at + buf->len : buf_room(buf, len);

    if (to == NULL || len == 0)
        return;
    memcpy(to, bytes, len);
    buf->len += len;
}

static inline void
buf_byte(struct buf *buf, char byte)
{
    buf_put(buf, &byte, 1);
}

static inline void
buf_text(struct buf *buf, struct text text)
{
    buf_put(buf, text.at, text.len);
}

static inline void
buf_str(struct buf *buf, const char *string)
{
    buf_put(buf, string, strlen(string));
}

HEDUI_CHECKED hedui_status buf_check(const struct buf *buf, struct err *err); /* HEDUI_E_MEMORY */

/* Plain growth for arrays that outlive no arena: like reallocarray, through base/mem.c. NULL: no
 * memory, the old one is untouched. mem_free(NULL) is welcome. */
void *mem_resize(void *old, size_t count, size_t size);
void mem_free(void *old);
/* How often memory was refused so far, by the system or by the cap of an arena, in all threads. Who
 * gives out an answer compares before with after (mem_check), since what went through a scratch
 * buffer that could not grow is cut, and looks whole. */
uint64_t mem_refusals(void);
void mem_refused(void); /* for base alone: one more */
HEDUI_CHECKED hedui_status mem_check(uint64_t before, struct err *err); /* HEDUI_E_MEMORY */
void mem_wipe(void *bytes, size_t len);                                 /* not optimised away */
/* Page-aligned anonymous memory, zeroed; large blocks in huge pages where granted. NULL: none. */
void *mem_pages(size_t bytes);
void *mem_pages_now(size_t bytes); /* for who will write all of it: one call instead of faults */
void mem_pages_free(void *at, size_t bytes);

#endif
