/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/slab.h"

#include <stdatomic.h>

#include "engine/base/buf.h"

struct free_slab {
    struct free_slab *older;
};

static struct free_slab *spare;
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

void *
slab_take(void)
{
    struct free_slab *slab;

    list_lock();
    slab = spare;
    if (slab != NULL)
        spare = slab->older;
    list_unlock();
    return slab != NULL ? slab : mem_pages(SLAB_BYTES);
}

void
slab_give(void *slab)
{
    struct free_slab *given = slab;

    list_lock();
    given->older = spare;
    spare = given;
    list_unlock();
}

void
slabs_trim(void)
{
    struct free_slab *slab;

    list_lock();
    slab = spare;
    spare = NULL;
    list_unlock();
    while (slab != NULL) {
        struct free_slab *older = slab->older;
        mem_wipe(slab, SLAB_BYTES);
        mem_pages_free(slab, SLAB_BYTES);
        slab = older;
    }
}
