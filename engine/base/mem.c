/* SPDX-License-Identifier: Apache-2.0 */
/* mem.c: the heap, for what outlives no arena. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/base/buf.h"
#include "engine/base/fp.h"
#include "engine/base/sys.h"

void *
mem_resize(void *old, size_t count, size_t size)
{
    if (count == 0 || size == 0)
        count = size = 1;
    if (FP_ALLOC_FAILS())
        return NULL;
    return reallocarray(old, count, size);
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

void *
mem_pages(size_t bytes)
{
    void *at = FP_ALLOC_FAILS() ? MAP_FAILED
                                : sys_mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (at == MAP_FAILED)
        return NULL;
    (void)madvise(at, bytes, MADV_HUGEPAGE); /* advice only: refused is as good */
    return at;
}

void
mem_pages_free(void *at, size_t bytes)
{
    if (at != NULL)
        sys_munmap(at, bytes);
}
