/* SPDX-License-Identifier: Apache-2.0 */
/* Every whole act with every call of the table failing at every passing: it answers, closes what
 * it opened and leaves no half file under the final name. */
#include "engine/base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/t.h"

static struct sys_table real;
static int calls_left; /* calls that still succeed; then one fails */
static int open_files;
static int interrupts; /* EINTR answers before a call is made */
static ssize_t most;   /* bytes a write takes at once; 0: all */

static bool
fails(void)
{
    if (interrupts > 0) {
        interrupts--;
        errno = EINTR;
        return true;
    }
    if (calls_left-- != 0)
        return false;
    errno = EIO;
    return true;
}

static int
try_open(const char *path, int flags, mode_t mode)
{
    int fd = fails() ? -1 : real.open(path, flags, mode);
    open_files += fd >= 0;
    return fd;
}
static int
try_close(int fd)
{
    bool is_bad = calls_left-- == 0;
    open_files--;
    real.close(fd);
    errno = EIO;
    return is_bad ? -1 : 0;
}
static ssize_t
try_read(int fd, void *buf, size_t n)
{
    return fails() ? -1 : real.read(fd, buf, n);
}
static ssize_t
try_write(int fd, const void *buf, size_t n)
{
    return fails() ? -1 : real.write(fd, buf, most > 0 && n > (size_t)most ? (size_t)most : n);
}
static int
try_fsync(int fd)
{
    return fails() ? -1 : real.fsync(fd);
}
static int
try_rename(const char *from, const char *to)
{
    return fails() ? -1 : real.rename(from, to);
}
static int
try_fstat(int fd, struct stat *out)
{
    return fails() ? -1 : real.fstat(fd, out);
}

static void
table_swap(void)
{
    real = sys;
    sys.open = try_open;
    sys.close = try_close;
    sys.read = try_read;
    sys.write = try_write;
    sys.fsync = try_fsync;
    sys.rename = try_rename;
    sys.fstat = try_fstat;
    interrupts = 0;
    most = 0;
    open_files = 0;
}

static char dir[64];

static void
dir_make(void)
{
    struct err err;
    snprintf(dir, sizeof dir, "/tmp/hedui-sys-%ld", (long)getpid());
    T_OK(sys_make_dirs(dir, &err), &err);
}

static void
dir_drop(void)
{
    char path[128];
    static const char *const names[] = {"a", ".tmp-a", "b/c", "b"};

    for (size_t i = 0; i < LEN(names); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        remove(path);
    }
    rmdir(dir);
}

TEST(publish_is_whole_or_not_at_all)
{
    struct arena arena;
    struct err err;
    char path[128];
    bool has_passed = false;
    int n;

    dir_make();
    snprintf(path, sizeof path, "%s/a", dir);
    arena_init(&arena, "test", 0, false);
    T_OK(sys_publish(dir, "a", "old", 3, 0600, "t", &err), &err);
    for (n = 0; !has_passed; n++) {
        struct text got;
        hedui_status rc;
        T_TRUE(n < 50);
        table_swap();
        calls_left = n;
        rc = sys_publish(dir, "a", "new one", 7, 0600, "t", &err);
        sys = real;
        has_passed = rc == HEDUI_OK;
        T_EQ(open_files, 0);
        T_OK(sys_slurp(&got, path, 100, &arena, &err), &err);
        T_ROW("the file is the old or the new one, and the new one where it succeeded");
        T_TRUE(text_is(got, "new one") || (!has_passed && text_is(got, "old")));
        snprintf(path, sizeof path, "%s/.tmp-a", dir);
        T_ROW("nothing is left beside it");
        T_TRUE(!sys_exists(path));
        snprintf(path, sizeof path, "%s/a", dir);
        T_OK(sys_publish(dir, "a", "old", 3, 0600, "t", &err), &err);
    }
    T_ROW("open, write, fsync, close, rename, open, fsync were all tried");
    T_TRUE(n >= 8);
    arena_release(&arena);
    dir_drop();
}

TEST(writes_survive_signals_and_short_counts)
{
    struct arena arena;
    struct text got;
    struct err err;
    char path[128], bytes[1000];
    struct stat st;

    dir_make();
    snprintf(path, sizeof path, "%s/a", dir);
    memset(bytes, 'x', sizeof bytes);
    table_swap();
    calls_left = -1;
    interrupts = 3;
    most = 7;
    T_OK(sys_publish(dir, "a", bytes, sizeof bytes, 0600, "t", &err), &err);
    sys = real;
    arena_init(&arena, "test", 0, false);
    T_OK(sys_slurp(&got, path, sizeof bytes, &arena, &err), &err);
    T_TEXT(got, ((struct text){bytes, sizeof bytes}));
    T_EQ(sys_stat(path, &st), 0);
    T_EQ(st.st_mode & 0777, 0600);
    T_ROW("one byte past the limit");
    T_EQ(sys_slurp(&got, path, sizeof bytes - 1, &arena, &err), HEDUI_E_LIMIT);
    arena_release(&arena);
    dir_drop();
}

TEST(slurp_answers)
{
    struct arena arena;
    struct err err;
    bool has_passed = false;
    struct text got;
    char path[128];

    dir_make();
    snprintf(path, sizeof path, "%s/a", dir);
    T_OK(sys_publish(dir, "a", "abc", 3, 0600, "t", &err), &err);
    arena_init(&arena, "test", 0, false);
    for (int n = 0; !has_passed; n++) {
        hedui_status rc;
        T_TRUE(n < 20);
        table_swap();
        calls_left = n;
        rc = sys_slurp(&got, path, 100, &arena, &err);
        sys = real;
        has_passed = rc == HEDUI_OK;
        T_EQ(open_files, 0);
        T_TRUE(has_passed || rc == HEDUI_E_IO);
    }
    T_ROW("a NUL stands behind it");
    T_EQ(got.at[got.len], 0);
    T_ROW("a folder and a device are no files");
    T_EQ(sys_slurp(&got, dir, 100, &arena, &err), HEDUI_E_IO);
    T_EQ(sys_slurp(&got, "/dev/zero", 100, &arena, &err), HEDUI_E_IO);
    arena_release(&arena);
    dir_drop();
}

TEST(folders)
{
    struct arena arena;
    struct text *names, exe;
    size_t count;
    struct err err;
    char path[128];

    dir_make();
    arena_init(&arena, "test", 0, false);
    T_OK(sys_publish(dir, "a", "", 0, 0600, "t", &err), &err);
    snprintf(path, sizeof path, "%s/b/c", dir);
    T_OK(sys_make_dirs(path, &err), &err);
    T_OK(sys_make_dirs(path, &err), &err);
    T_OK(sys_list_dir(&names, &count, dir, &arena, &err), &err);
    T_EQ(count, 2);
    T_STR(names[0].at, "a");
    T_STR(names[1].at, "b");
    snprintf(path, sizeof path, "%s/a/c", dir);
    T_ROW("a file is in the way");
    T_EQ(sys_make_dirs(path, &err), HEDUI_E_IO);
    T_OK(sys_exe_dir(&exe, &arena, &err), &err);
    T_TRUE(text_ends(exe, TEXT("/tests/unit/base")));
    arena_release(&arena);
    dir_drop();
}

TEST(read_all_wants_all)
{
    struct err err;
    char path[128], got[4];
    int fd;

    dir_make();
    snprintf(path, sizeof path, "%s/a", dir);
    T_OK(sys_publish(dir, "a", "abcdef", 6, 0600, "t", &err), &err);
    fd = sys_open(path, O_RDONLY, 0);
    T_OK(sys_read_all(fd, got, 4, 2, path, &err), &err);
    T_EQ(memcmp(got, "cdef", 4), 0);
    T_EQ(sys_read_all(fd, got, 4, 3, path, &err), HEDUI_E_FORMAT);
    sys_close(fd);
    dir_drop();
}

static int waits; /* times that somebody waited for a descriptor */

static int
try_wait(int fd, bool is_write)
{
    (void)fd, (void)is_write;
    waits++;
    return waits > 3 ? -1 : 0; /* the fourth finds it closed */
}

static ssize_t
busy_write(int fd, const void *buf, size_t n)
{
    if (waits < 3) {
        errno = EAGAIN;
        return -1;
    }
    return real.write(fd, buf, n > 2 ? 2 : n);
}

static ssize_t
busy_read(int fd, void *buf, size_t n)
{
    (void)fd, (void)buf, (void)n;
    errno = EAGAIN;
    return -1;
}

TEST(who_does_not_wait_is_waited_for)
{
    struct err err;
    char got[8] = "";
    int ends[2];

    T_EQ(pipe(ends), 0);
    real = sys;
    sys.wait = try_wait;
    sys.write = busy_write;
    sys.read = busy_read;
    waits = 0;
    T_ROW("a write comes through after three waits, two bytes a call");
    T_OK(sys_write_all(ends[1], "abcde", 5, "pipe", &err), &err);
    T_EQ(waits, 3);
    T_ROW("a read that cannot be waited for fails");
    T_EQ(sys_read(ends[0], got, 5), -1);
    T_EQ(waits, 4);
    sys = real;
    T_EQ(sys_read(ends[0], got, 5), 5);
    T_STR(got, "abcde");
    T_ROW("the real one answers at once where there is room");
    T_EQ(sys.wait(ends[1], true), 0);
    close(ends[0]);
    close(ends[1]);
}

T_MAIN(T(publish_is_whole_or_not_at_all), T(writes_survive_signals_and_short_counts),
       T(slurp_answers), T(folders), T(read_all_wants_all), T(who_does_not_wait_is_waited_for))
