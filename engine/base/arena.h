/* SPDX-License-Identifier: Apache-2.0 */
/* arena.h: a named lifetime. Everything allocated in it dies with it.
 *
 * From     the room that knows the lifetime: process, world, batch, request, scratch
 * Lives    from arena_init() to arena_release(); the struct is the caller's storage
 * Threads  one thread at a time; workers get arenas of their own
 * Errors   past the cap, or when the system has no memory, an allocation answers NULL
 * Why      a cap turns hostile input into HEDUI_E_LIMIT instead of a killed process, and wiping
 *          what held people is one call. */
#ifndef HEDUI_BASE_ARENA_H
#define HEDUI_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/err.h"
#include "engine/base/text.h"

struct arena_block;

struct arena {
    const char *name;          /* for messages: "world", "batch" … */
    size_t cap, used;          /* bytes; `used` counts whole blocks */
    bool is_wiped;             /* blocks are zeroed before they are freed: they held people */
    struct arena_block *block; /* the newest block */
    struct arena_block *spare; /* one that was given back, for the next need; not in `used` */
};

struct arena_mark {
    struct arena_block *block;
    size_t at;
};

/* cap in bytes, 0: no cap. Cannot fail: allocates nothing yet. */
void arena_init(struct arena *arena, const char *name, size_t cap, bool is_wiped);
void arena_release(struct arena *arena);
void arena_reset(struct arena *arena); /* empty, to be used again; keeps one block */

/* count × size bytes, zeroed, aligned to 16. NULL past the cap, on overflow of count × size, or
 * without memory: answer arena_full(). count 0 gives a non-NULL pointer not to be read. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);
hedui_status arena_full(const struct arena *arena, struct err *err); /* the sentence for NULL */

/* A copy that lives in the arena; the copy has a NUL behind it. .at == NULL: as arena_alloc. */
struct text arena_text(struct arena *arena, struct text text);
/* printf into the arena. .at == NULL: as arena_alloc. */
struct text arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Everything allocated after the mark is given back (and wiped where is_wiped). */
struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);

#endif
