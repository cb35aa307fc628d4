/* SPDX-License-Identifier: Apache-2.0 */
/* sys.c: the table of system calls, EINTR and EAGAIN. */
#include "engine/base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/fp.h"

static int
real_open(const char *path, int flags, mode_t mode)
{
    return open(path, flags, mode);
}

static int
real_fstat(int fd, struct stat *out)
{
    return fstat(fd, out);
}

static int
real_stat(const char *path, struct stat *out)
{
    return stat(path, out);
}

static int
real_getrandom(void *buf, size_t n)
{
    return getentropy(buf, n); /* at most 256 bytes at once; whole or not at all */
}

static int
real_wait(int fd, bool is_write)
{
    struct pollfd one = {.fd = fd, .events = is_write ? POLLOUT : POLLIN};

    return poll(&one, 1, -1) < 0 && errno != EINTR ? -1 : 0;
}

static int64_t
clock_ms(clockid_t clock)
{
    struct timespec now = {0, 0};

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t
real_now_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

static int64_t
real_tick_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

struct sys_table sys = {
    .open = real_open,
    .close = close,
    .read = read,
    .pread = pread,
    .write = write,
    .pwrite = pwrite,
    .wait = real_wait,
    .fsync = fsync,
    .syncfs = syncfs,
    .rename = rename,
    .unlink = unlink,
    .rmdir = rmdir,
    .mkdir = mkdir,
    .fstat = real_fstat,
    .stat = real_stat,
    .ftruncate = ftruncate,
    .mmap = mmap,
    .munmap = munmap,
    .flock = flock,
    .getrandom = real_getrandom,
    .now_ms = real_now_ms,
    .tick_ms = real_tick_ms,
};

#ifdef HEDUI_FAILPOINTS
/* How much of n bytes this call moves. */
static size_t
part_of(size_t n, bool is_write)
{
    n = is_write ? fp_write_size(n) : n;
    return fp_sys().is_short && n > 1 ? 1 : n;
}

/* The first try of every call, where HEDUI_SYS=eintr; the one after it of those that may have to
 * wait, where HEDUI_SYS=eagain. */
static bool
interrupts(int *tries, bool may_wait)
{
    struct fp_sys how = fp_sys();
    int try = (*tries)++;

    if (how.is_interrupted && try == 0)
        errno = EINTR;
    else if (how.is_busy && may_wait && try == (how.is_interrupted ? 1 : 0))
        errno = EAGAIN;
    else
        return false;
    return true;
}
#define PART(n, is_write) part_of(n, is_write)
#define INTERRUPTS(tries, may_wait) interrupts(tries, may_wait)
#else
#define PART(n, is_write) (n)
#define INTERRUPTS(tries, may_wait) ((void)(tries), false)
#endif

/* rc = the call, again while a signal interrupts it */
#define RETRY(rc, call)                                                                            \
    do {                                                                                           \
        int tries_ = 0;                                                                            \
        do {                                                                                       \
            (rc) = INTERRUPTS(&tries_, false) ? -1 : (call);                                       \
        } while ((rc) == -1 && errno == EINTR);                                                    \
    } while (0)

/* The same of a descriptor that somebody else may have opened, as standard input and output are:
 * where it does not wait, we do. */
#define RETRY_WAITING(rc, fd, is_write, call)                                                      \
    do {                                                                                           \
        int tries_ = 0;                                                                            \
        do {                                                                                       \
            (rc) = INTERRUPTS(&tries_, true) ? -1 : (call);                                        \
        } while ((rc) == -1 &&                                                                     \
                 (errno == EINTR || (errno == EAGAIN && sys.wait(fd, is_write) == 0)));            \
    } while (0)

int
sys_open(const char *path, int flags, mode_t mode)
{
    int rc;
    RETRY(rc, sys.open(path, flags, mode));
    return rc;
}

int
sys_close(int fd)
{
    int rc = sys.close(fd);
    return rc == -1 && errno == EINTR ? 0 : rc; /* Linux has closed it: again may hit another's */
}

ssize_t
sys_read(int fd, void *buf, size_t n)
{
    ssize_t rc;
    n = PART(n, false);
    RETRY_WAITING(rc, fd, false, sys.read(fd, buf, n));
    return rc;
}

ssize_t
sys_pread(int fd, void *buf, size_t n, off_t at)
{
    ssize_t rc;
    n = PART(n, false);
    RETRY_WAITING(rc, fd, false, sys.pread(fd, buf, n, at));
    return rc;
}

ssize_t
sys_write(int fd, const void *buf, size_t n)
{
    ssize_t rc;
    n = PART(n, true);
    RETRY_WAITING(rc, fd, true, sys.write(fd, buf, n));
    return rc;
}

ssize_t
sys_pwrite(int fd, const void *buf, size_t n, off_t at)
{
    ssize_t rc;
    n = PART(n, true);
    RETRY_WAITING(rc, fd, true, sys.pwrite(fd, buf, n, at));
    return rc;
}

int
sys_fsync(int fd)
{
    return sys.fsync(fd); /* never again: after a failure the pages may be marked clean */
}

void
sys_start_writing(int fd, off_t at, off_t n)
{
    (void)sync_file_range(fd, at, n, SYNC_FILE_RANGE_WRITE);
}

int
sys_syncfs(int fd)
{
    return sys.syncfs(fd);
}

int
sys_rename(const char *from, const char *to)
{
    int rc;
    RETRY(rc, sys.rename(from, to));
    return rc;
}

int
sys_unlink(const char *path)
{
    int rc;
    RETRY(rc, sys.unlink(path));
    return rc;
}

int
sys_rmdir(const char *path)
{
    int rc;
    RETRY(rc, sys.rmdir(path));
    return rc;
}

int
sys_mkdir(const char *path, mode_t mode)
{
    int rc;
    RETRY(rc, sys.mkdir(path, mode));
    return rc;
}

int
sys_fstat(int fd, struct stat *out)
{
    int rc;
    RETRY(rc, sys.fstat(fd, out));
    return rc;
}

int
sys_stat(const char *path, struct stat *out)
{
    int rc;
    RETRY(rc, sys.stat(path, out));
    return rc;
}

int
sys_ftruncate(int fd, off_t len)
{
    int rc;
    RETRY(rc, sys.ftruncate(fd, len));
    return rc;
}

void *
sys_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off)
{
    return sys.mmap(at, n, prot, flags, fd, off);
}

int
sys_munmap(void *at, size_t n)
{
    return sys.munmap(at, n);
}

int
sys_flock(int fd, int how)
{
    int rc;
    RETRY(rc, sys.flock(fd, how));
    return rc;
}

int
sys_getrandom(void *buf, size_t n)
{
    int rc;
    RETRY(rc, sys.getrandom(buf, n));
    return rc;
}

int64_t
sys_now_ms(void)
{
    return sys.now_ms();
}

int64_t
sys_tick_ms(void)
{
    return sys.tick_ms();
}
