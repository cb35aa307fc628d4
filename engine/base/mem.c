/* SPDX-License-Identifier: Apache-2.0 */
/* mem.c: the heap, for what outlives no arena. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/base/buf.h"
#include "engine/base/fp.h"
#include "engine/base/sys.h"

static atomic_uint_least64_t refusals;

uint64_t
mem_refusals(void)
{
    return atomic_load_explicit(&refusals, memory_order_relaxed);
}

void
mem_refused(void)
{
    atomic_fetch_add_explicit(&refusals, 1, memory_order_relaxed);
}

hedui_status
mem_check(uint64_t before, struct err *err)
{
    if (mem_refusals() == before)
        return HEDUI_OK;
    return err_set(err, HEDUI_E_MEMORY,
                   "内存不足，结果作废，请关闭其他程序或减小 --threads 后重来\n"
                   "memory ran out and the result does not count: close other programs or give "
                   "fewer --threads, and start over");
}

void *
mem_resize(void *old, size_t count, size_t size)
{
    void *at;

    if (count == 0 || size == 0)
        count = size = 1;
    at = FP_ALLOC_FAILS() ? NULL : reallocarray(old, count, size);
    if (at == NULL)
        mem_refused();
    return at;
}

void
mem_free(void *old)
{
    free(old);
}

void
mem_wipe(void *bytes, size_t len)
{
    if (len > 0)
        explicit_bzero(bytes, len);
}

#ifndef MADV_POPULATE_WRITE /* headers before glibc 2.35 */
#define MADV_POPULATE_WRITE 23
#endif
#define HUGE_FROM ((size_t)64 << 20)

void *
mem_pages(size_t bytes)
{
    void *at = FP_ALLOC_FAILS() ? MAP_FAILED
                                : sys_mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (at == MAP_FAILED) {
        mem_refused();
        return NULL;
    }
    /* Advice only, and only where a table is looked up at random: a huge page that is touched for
     * the first time costs a virtual machine more than its rows save in misses. */
    if (bytes >= HUGE_FROM)
        (void)madvise(at, bytes, MADV_HUGEPAGE);
    return at;
}

void *
mem_pages_now(size_t bytes)
{
    void *at = mem_pages(bytes);

    if (at != NULL)
        (void)madvise(at, bytes, MADV_POPULATE_WRITE); /* Linux 5.14; else page by page, later */
    return at;
}

void
mem_pages_free(void *at, size_t bytes)
{
    if (at != NULL)
        sys_munmap(at, bytes);
}
