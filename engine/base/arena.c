/* SPDX-License-Identifier: Apache-2.0 */
/* arena.c: blocks in a chain, newest first; the newest is cut from bottom to top. */
#include "engine/base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/fp.h"

#define ALIGN 16
#define BLOCK_MIN ((size_t)16 << 10) /* bytes; doubles with the arena … */
#define BLOCK_MAX ((size_t)4 << 20)  /* … up to here: half a block is lost at most */

#define SMALL_TEXT 128              /* bytes */
#define PAGES_MIN ((size_t)2 << 20) /* from here on a block is pages of its own, huge if may be */

struct arena_block {
    struct arena_block *older;
    size_t size;  /* bytes of data */
    size_t at;    /* first free byte */
    size_t dirty; /* bytes from here on were never handed out and are zero */
    _Alignas(ALIGN) unsigned char data[];
};

void
arena_init(struct arena *arena, const char *name, size_t cap, bool is_wiped)
{
    *arena = (struct arena){.name = name, .cap = cap, .is_wiped = is_wiped};
}

static void
block_free(struct arena_block *block)
{
    if (block == NULL)
        return;
    if (block->size >= PAGES_MIN)
        mem_pages_free(block, sizeof *block + block->size);
    else
        free(block);
}

/* Takes the newest block off. It stays as the spare where it is larger than that: who goes back to
 * a mark again and again would else get and zero the same block each time. */
static void
block_drop(struct arena *arena)
{
    struct arena_block *block = arena->block, *smaller = block;

    arena->block = block->older;
    arena->used -= block->size;
    if (block->dirty < block->at)
        block->dirty = block->at;
    if (arena->is_wiped) {
        mem_wipe(block->data, block->dirty);
        block->dirty = 0;
    }
    block->at = 0;
    if (arena->spare == NULL || arena->spare->size < block->size) {
        smaller = arena->spare;
        arena->spare = block;
    }
    block_free(smaller);
}

void
arena_release(struct arena *arena)
{
    while (arena->block != NULL)
        block_drop(arena);
    block_free(arena->spare);
    arena->spare = NULL;
    assert(arena->used == 0);
}

/* Everything of `block` from `at` on is free again. */
static void
block_cut(struct arena *arena, struct arena_block *block, size_t at)
{
    assert(at <= block->at);
    if (block->dirty < block->at)
        block->dirty = block->at;
    if (arena->is_wiped) {
        mem_wipe(block->data + at, block->dirty - at);
        block->dirty = at;
    }
    block->at = at;
}

void
arena_reset(struct arena *arena)
{
    struct arena_block *newest;

    if (arena->block == NULL)
        return;
    newest = arena->block; /* the largest: it stays */
    arena->block = newest->older;
    newest->older = NULL;
    while (arena->block != NULL)
        block_drop(arena);
    arena->block = newest;
    block_cut(arena, arena->block, 0);
}

static bool
block_add(struct arena *arena, size_t need)
{
    size_t size = arena->used < BLOCK_MIN ? BLOCK_MIN : arena->used;
    struct arena_block *block = arena->spare;

    if (block != NULL && block->size >= need &&
        (arena->cap == 0 ||
         (arena->used <= arena->cap && block->size <= arena->cap - arena->used))) {
        arena->spare = NULL;
        block->older = arena->block;
        arena->block = block;
        arena->used += block->size;
        return true;
    }
    if (size > BLOCK_MAX)
        size = BLOCK_MAX;
    if (size < need)
        size = need;
    if (arena->cap != 0) {
        size_t left = arena->cap > arena->used ? arena->cap - arena->used : 0;
        if (need > left)
            return false;
        if (size > left)
            size = left;
    }
    if (size > SIZE_MAX - sizeof *block || FP_ALLOC_FAILS())
        return false;
    if (size == BLOCK_MAX) /* with its head exactly two huge pages, where the cap lets it */
        size -= need <= size - sizeof *block ? sizeof *block : 0;
    block = size >= PAGES_MIN ? mem_pages(sizeof *block + size) : calloc(1, sizeof *block + size);
    if (block == NULL)
        return false;
    block->older = arena->block;
    block->size = size;
    arena->block = block;
    arena->used += size;
    return true;
}

void *
arena_alloc(struct arena *arena, size_t count, size_t size)
{
    struct arena_block *block = arena->block;
    size_t need;
    unsigned char *at;

    if (__builtin_mul_overflow(count, size, &need) || need > SIZE_MAX / 2) {
        mem_refused();
        return NULL;
    }
    need = (need + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (need == 0)
        need = ALIGN;
    if (FP_ARENA_FAILS()) {
        mem_refused();
        return NULL;
    }
    if (block == NULL || block->size - block->at < need) {
        if (!block_add(arena, need)) {
            mem_refused();
            return NULL;
        }
        block = arena->block;
    }
    at = block->data + block->at;
    if (block->at < block->dirty)
        memset(at, 0, block->dirty - block->at < need ? block->dirty - block->at : need);
    block->at += need;
    return at;
}

hedui_status
arena_full(const struct arena *arena, struct err *err)
{
    if (arena->cap == 0)
        return err_set(err, HEDUI_E_MEMORY,
                       "内存不足：%s（已用 %zu 字节）\nno memory left for %s (%zu bytes in use)",
                       arena->name, arena->used, arena->name, arena->used);
    return err_set(err, HEDUI_E_LIMIT,
                   "%s 超出上限 %zu 字节\n%s needs more than its limit of %zu bytes", arena->name,
                   arena->cap, arena->name, arena->cap);
}

struct text
arena_text(struct arena *arena, struct text text)
{
    char *copy = text.len == SIZE_MAX ? NULL : arena_alloc(arena, text.len + 1, 1);

    if (copy == NULL)
        return (struct text){NULL, 0};
    if (text.len > 0)
        memcpy(copy, text.at, text.len);
    return (struct text){copy, text.len};
}

struct text
arena_printf(struct arena *arena, const char *format, ...)
{
    char small[SMALL_TEXT] UNSET; /* most are: then the format is gone through once */
    va_list args, again;
    char *out = NULL;
    int n;

    va_start(args, format);
    va_copy(again, args);
    n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n >= 0)
        out = arena_alloc(arena, (size_t)n + 1, 1);
    if (out != NULL && (size_t)n < sizeof small)
        memcpy(out, small, (size_t)n + 1);
    else if (out != NULL)
        vsnprintf(out, (size_t)n + 1, format, again);
    va_end(again);
    if (arena->is_wiped && n > 0)
        mem_wipe(small, (size_t)n < sizeof small ? (size_t)n : sizeof small);
    return (struct text){out, out == NULL ? 0 : (size_t)n};
}

struct arena_mark
arena_mark(const struct arena *arena)
{
    return (struct arena_mark){arena->block, arena->block == NULL ? 0 : arena->block->at};
}

void
arena_rewind(struct arena *arena, struct arena_mark mark)
{
    if (mark.block == NULL) {
        arena_reset(arena);
        return;
    }
    while (arena->block != mark.block) {
        assert(arena->block != NULL); /* the mark is of this arena and not rewound past */
        block_drop(arena);
    }
    block_cut(arena, arena->block, mark.at);
}
