/* SPDX-License-Identifier: Apache-2.0 */
/* shim.c: laid over the C library with LD_PRELOAD, it lets the SHIM_FAILth allocation of the whole
 * process find no memory, whoever asks: the engine, OpenSSL, libyaml, zlib. It writes "alloc" to
 * the file SHIM_HIT when it strikes, so that a test that counts up knows where to end. For
 * tests/flow/memory.py; never part of the program. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_long count;
static long fail_at = -1; /* -1: not read yet */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count_, size_t n);
void *__libc_realloc(void *old, size_t n);

static int
strikes(void)
{
    long now = atomic_fetch_add(&count, 1) + 1;

    if (fail_at < 0) {
        const char *text = getenv("SHIM_FAIL");
        fail_at = text == NULL ? 0 : atol(text);
    }
    if (now != fail_at)
        return 0;
    const char *path = getenv("SHIM_HIT");
    int fd = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0) {
        ssize_t done = write(fd, "alloc\n", 6);
        (void)done;
        close(fd);
    }
    errno = ENOMEM;
    return 1;
}

void *
malloc(size_t n)
{
    return strikes() ? NULL : __libc_malloc(n);
}

void *
calloc(size_t many, size_t n)
{
    return strikes() ? NULL : __libc_calloc(many, n);
}

void *
realloc(void *old, size_t n)
{
    return strikes() ? NULL : __libc_realloc(old, n);
}

void *
reallocarray(void *old, size_t many, size_t n)
{
    size_t all;

    if (__builtin_mul_overflow(many, n, &all)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(old, all);
}
