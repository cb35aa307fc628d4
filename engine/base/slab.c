/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/slab.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

#include "engine/base/buf.h"

#define SLAB_BITS 21
_Static_assert(SLAB_BYTES == (size_t)1 << SLAB_BITS, "the largest list");

struct free_slab {
    struct free_slab *older;
};

static struct free_slab *spare[SLAB_BITS + 1]; /* by the power of two */
static atomic_flag is_busy = ATOMIC_FLAG_INIT; /* held for a few instructions, once in 2 MiB */

static void
list_lock(void)
{
    while (atomic_flag_test_and_set_explicit(&is_busy, memory_order_acquire))
        continue;
}

static void
list_unlock(void)
{
    atomic_flag_clear_explicit(&is_busy, memory_order_release);
}

static void *
list_take(struct free_slab **list)
{
    struct free_slab *slab;

    list_lock();
    slab = *list;
    if (slab != NULL)
        *list = slab->older;
    list_unlock();
    return slab;
}

static void
list_give(struct free_slab **list, void *at)
{
    struct free_slab *given = at;

    list_lock();
    given->older = *list;
    *list = given;
    list_unlock();
}

static uint32_t
list_of(size_t bytes)
{
    assert(bytes >= PAGES_LEAST && bytes <= SLAB_BYTES && (bytes & (bytes - 1)) == 0);
    return (uint32_t)__builtin_ctzll(bytes);
}

void *
slab_take(void)
{
    void *slab = list_take(&spare[SLAB_BITS]);

    return slab != NULL ? slab : mem_pages_now(SLAB_BYTES);
}

void
slab_give(void *slab)
{
    list_give(&spare[SLAB_BITS], slab);
}

void *
pages_take(size_t bytes)
{
    void *at = list_take(&spare[list_of(bytes)]);

    if (at == NULL)
        return mem_pages_now(bytes); /* zeroed, and there */
    memset(at, 0, bytes);
    return at;
}

void
pages_give(void *at, size_t bytes)
{
    if (at == NULL)
        return;
    mem_wipe(at, bytes);
    list_give(&spare[list_of(bytes)], at);
}

void
slabs_trim(void)
{
    void *at;

    for (uint32_t i = 0; i <= SLAB_BITS; i++)
        while ((at = list_take(&spare[i])) != NULL)
            mem_pages_free(at, (size_t)1 << i);
}
