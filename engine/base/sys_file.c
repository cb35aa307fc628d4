/* SPDX-License-Identifier: Apache-2.0 */
/* sys_file.c: whole acts on files, each of which succeeds or says why. */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "engine/base/buf.h"
#include "engine/base/fp.h"
#include "engine/base/sys.h"

hedui_status
sys_write_all(int fd, const void *buf, size_t n, const char *path, struct err *err)
{
    const char *at = buf;

    while (n > 0) {
        ssize_t done = sys_write(fd, at, n);
        if (done <= 0) {
            if (done == 0)
                errno = ENOSPC; /* a file that takes nothing and says nothing */
            return err_sys(err, HEDUI_E_IO, "无法写入 '%s'\ncannot write '%s'", path, path);
        }
        at += done;
        n -= (size_t)done;
    }
    return HEDUI_OK;
}

hedui_status
sys_read_all(int fd, void *buf, size_t n, off_t at, const char *path, struct err *err)
{
    char *to = buf;

    while (n > 0) {
        ssize_t done = sys_pread(fd, to, n, at);
        if (done < 0)
            return err_sys(err, HEDUI_E_IO, "无法读取 '%s'\ncannot read '%s'", path, path);
        if (done == 0)
            return err_set(err, HEDUI_E_FORMAT,
                           "'%s' 在第 %lld 字节处结束，缺 %zu 字节\n'%s' ends at byte %lld, %zu "
                           "bytes are missing",
                           path, (long long)at, n, path, (long long)at, n);
        to += done;
        at += done;
        n -= (size_t)done;
    }
    return HEDUI_OK;
}

static hedui_status
too_large(const char *path, size_t max, struct err *err)
{
    return err_set(err, HEDUI_E_LIMIT, "'%s' 超过 %zu 字节\n'%s' is larger than %zu bytes", path,
                   max, path, max);
}

/* A pipe has no size: read into a buffer first. */
static hedui_status
slurp_pipe(struct text *out, int fd, const char *path, size_t max, struct arena *arena,
           struct err *err)
{
    struct buf buf;
    struct text copy;
    hedui_status rc = HEDUI_OK;

    buf_init(&buf, arena->is_wiped);
    /* opened without waiting for somebody who never comes to write; from here on we do wait */
    if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK) != 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法读取 '%s'\ncannot read '%s'", path, path));
    for (;;) {
        char *to = buf_room(&buf, 65536);
        ssize_t done;
        FAIL(buf_check(&buf, err));
        done = sys_read(fd, to, 65536);
        if (done < 0)
            FAIL(err_sys(err, HEDUI_E_IO, "无法读取 '%s'\ncannot read '%s'", path, path));
        if (done == 0)
            break;
        buf.len += (size_t)done;
        if (buf.len > max)
            FAIL(too_large(path, max, err));
    }
    copy = arena_text(arena, buf_as_text(&buf));
    if (copy.at == NULL)
        FAIL(arena_full(arena, err));
    *out = copy;
done:
    buf_release(&buf);
    return rc;
}

static hedui_status
slurp_file(struct text *out, int fd, size_t size, const char *path, struct arena *arena,
           struct err *err)
{
    char *at = arena_alloc(arena, size + 1, 1);
    size_t len = 0;

    if (at == NULL)
        return arena_full(arena, err);
    while (len < size) {
        ssize_t done = sys_read(fd, at + len, size - len);
        if (done < 0)
            return err_sys(err, HEDUI_E_IO, "无法读取 '%s'\ncannot read '%s'", path, path);
        if (done == 0)
            break; /* it shrank meanwhile: what is there is the file */
        len += (size_t)done;
    }
    *out = (struct text){at, len};
    return HEDUI_OK;
}

hedui_status
sys_slurp(struct text *out, const char *path, size_t max, struct arena *arena, struct err *err)
{
    struct stat st;
    hedui_status rc = HEDUI_OK;
    int fd = sys_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);

    assert(max < SIZE_MAX / 2);
    if (fd < 0 || sys_fstat(fd, &st) != 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法打开 '%s'\ncannot open '%s'", path, path));
    if (S_ISFIFO(st.st_mode))
        FAIL(slurp_pipe(out, fd, path, max, arena, err));
    else if (!S_ISREG(st.st_mode))
        FAIL(err_set(err, HEDUI_E_IO, "'%s' 不是文件\n'%s' is not a file", path, path));
    else if ((uint64_t)st.st_size > max)
        FAIL(too_large(path, max, err));
    else
        FAIL(slurp_file(out, fd, (size_t)st.st_size, path, arena, err));
done:
    if (fd >= 0)
        sys_close(fd);
    return rc;
}

/* A failpoint "PREFIX.act", for acts that every room shares. */
static int
fp_act(const char *prefix, const char *act)
{
#ifdef HEDUI_FAILPOINTS
    char name[80];
    snprintf(name, sizeof name, "%s.%s", prefix, act);
    return FP(name);
#else
    (void)prefix;
    (void)act;
    return 0;
#endif
}

static hedui_status
sync_dir(const char *dir, const char *fp, struct err *err)
{
    hedui_status rc = HEDUI_OK;
    int fd = sys_open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

    if (fd < 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法打开目录 '%s'\ncannot open folder '%s'", dir, dir));
    if ((fp != NULL && fp_act(fp, "dirsync") != 0) || sys_fsync(fd) != 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法同步目录 '%s'\ncannot sync folder '%s'", dir, dir));
done:
    if (fd >= 0)
        sys_close(fd);
    return rc;
}

hedui_status
sys_sync_dir(const char *dir, struct err *err)
{
    return sync_dir(dir, NULL, err);
}

hedui_status
sys_publish(const char *dir, const char *name, const void *buf, size_t n, mode_t mode,
            const char *fp, struct err *err)
{
    char from[PATH_MAX], to[PATH_MAX];
    hedui_status rc = HEDUI_OK;
    int fd = -1;

    if (snprintf(from, sizeof from, "%s/.tmp-%s", dir, name) >= (int)sizeof from ||
        snprintf(to, sizeof to, "%s/%s", dir, name) >= (int)sizeof to)
        return err_set(err, HEDUI_E_IO, "路径 '%s/%s' 太长\nthe path '%s/%s' is too long", dir,
                       name, dir, name);
    sys_unlink(from); /* of a run that died */
    fd = sys_open(from, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0)
        return err_sys(err, HEDUI_E_IO, "无法建立 '%s'\ncannot create '%s'", from, from);
    if (fp_act(fp, "write") != 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法写入 '%s'\ncannot write '%s'", from, from));
    FAIL(sys_write_all(fd, buf, n, from, err));
    if (fp_act(fp, "fsync") != 0 || sys_fsync(fd) != 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法同步 '%s'\ncannot sync '%s'", from, from));
    if (sys_close(fd) != 0) {
        fd = -1;
        FAIL(err_sys(err, HEDUI_E_IO, "无法关闭 '%s'\ncannot close '%s'", from, from));
    }
    fd = -1;
    if (fp_act(fp, "rename") != 0 || sys_rename(from, to) != 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法把 '%s' 改名为 '%s'\ncannot rename '%s' to '%s'", from,
                     to, from, to));
    return sync_dir(dir, fp, err);
done:
    if (fd >= 0)
        sys_close(fd);
    sys_unlink(from);
    return rc;
}

hedui_status
sys_make_dirs(const char *path, struct err *err)
{
    char part[PATH_MAX];
    struct stat st;
    size_t len = strlen(path);

    if (len == 0 || len >= sizeof part)
        return err_set(err, HEDUI_E_IO,
                       "目录名 '%s' 是空的或太长\nthe folder name '%s' is empty or too long", path,
                       path);
    memcpy(part, path, len + 1);
    for (size_t i = 1; i <= len; i++) {
        if (part[i] != '/' && part[i] != '\0')
            continue;
        part[i] = '\0';
        if (sys_mkdir(part, 0700) != 0 && errno != EEXIST)
            return err_sys(err, HEDUI_E_IO,
                           "无法建立目录 '%s'，请检查上级目录及其权限，或换一个目录\n"
                           "cannot make folder '%s': check the one above and its rights, or name "
                           "another",
                           part, part);
        part[i] = path[i];
    }
    if (sys_stat(path, &st) != 0)
        return err_sys(err, HEDUI_E_IO, "无法建立目录 '%s'\ncannot make folder '%s'", path, path);
    if (!S_ISDIR(st.st_mode))
        return err_set(err, HEDUI_E_IO,
                       "'%s' 不是目录，请换一个名字\n'%s' is in the way: it is not a folder", path,
                       path);
    return HEDUI_OK;
}

static int
name_order(const void *a, const void *b)
{
    return text_cmp(*(const struct text *)a, *(const struct text *)b);
}

hedui_status
sys_list_dir(struct text **names, size_t *count, const char *path, struct arena *arena,
             struct err *err)
{
    struct text *found = NULL, *copy;
    size_t n = 0, room = 0;
    hedui_status rc = HEDUI_OK;
    DIR *dir = opendir(path);

    if (dir == NULL)
        return err_sys(err, HEDUI_E_IO, "无法列出目录 '%s'\ncannot list folder '%s'", path, path);
    for (;;) {
        const struct dirent *entry;
        errno = 0;
        entry = readdir(dir);
        if (entry == NULL && errno != 0)
            FAIL(
                err_sys(err, HEDUI_E_IO, "无法列出目录 '%s'\ncannot list folder '%s'", path, path));
        if (entry == NULL)
            break;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (n == room) {
            struct text *grown = mem_resize(found, room = room * 2 + 16, sizeof *found);
            if (grown == NULL)
                FAIL(err_set(err, HEDUI_E_MEMORY,
                             "内存不足，无法列出 '%s'\nno memory left to list '%s'", path, path));
            found = grown;
        }
        found[n] = arena_text(arena, text_of(entry->d_name));
        if (found[n++].at == NULL)
            FAIL(arena_full(arena, err));
    }
    if (n > 0)
        qsort(found, n, sizeof *found, name_order);
    copy = arena_alloc(arena, n, sizeof *copy);
    if (copy == NULL)
        FAIL(arena_full(arena, err));
    if (n > 0)
        memcpy(copy, found, n * sizeof *copy);
    *names = copy;
    *count = n;
done:
    closedir(dir);
    mem_free(found);
    return rc;
}

bool
sys_exists(const char *path)
{
    struct stat st;
    return sys_stat(path, &st) == 0;
}

hedui_status
sys_exe_dir(struct text *out, struct arena *arena, struct err *err)
{
    char path[PATH_MAX];
    struct text dir;
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    char *slash;

    if (n > 0) {
        path[n] = '\0';
    } else { /* a root without /proc: the name by which the kernel started us */
        const char *name = (const char *)getauxval(AT_EXECFN); /* NOLINT: the ABI gives a number */
        if (name == NULL || realpath(name, path) == NULL)
            return err_sys(err, HEDUI_E_IO,
                           "找不到本程序所在的目录\ncannot find the folder of this program");
    }
    slash = strrchr(path, '/');
    if (slash == NULL)
        return err_set(err, HEDUI_E_IO,
                       "找不到本程序所在的目录\ncannot find the folder of this program");
    dir = arena_text(arena, (struct text){path, slash == path ? 1 : (size_t)(slash - path)});
    if (dir.at == NULL)
        return arena_full(arena, err);
    *out = dir;
    return HEDUI_OK;
}

#define CLIMB_MAX 128 /* folders above a path; deeper than any file system of ours */

bool
sys_is_under(const char *path, const char *dir)
{
    char at[4096];
    struct stat top, here, above;
    size_t len = strlen(path);

    if (len + 3 * CLIMB_MAX + 1 > sizeof at || sys_stat(dir, &top) != 0)
        return false;
    memcpy(at, path, len + 1);
    while (sys_stat(at, &here) != 0 || !S_ISDIR(here.st_mode)) { /* the nearest folder there is */
        while (len > 0 && at[len - 1] != '/')
            len--;
        while (len > 1 && at[len - 1] == '/')
            len--;
        if (len == 0)
            at[len++] = '.';
        at[len] = '\0';
        if (len == 1 && sys_stat(at, &here) != 0)
            return false;
    }
    for (int i = 0; i < CLIMB_MAX; i++) {
        if (here.st_dev == top.st_dev && here.st_ino == top.st_ino)
            return true;
        memcpy(at + len, "/..", 4);
        len += 3;
        if (sys_stat(at, &above) != 0 ||
            (above.st_dev == here.st_dev && above.st_ino == here.st_ino))
            return false; /* the root */
        here = above;
    }
    return false;
}
