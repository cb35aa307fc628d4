/* SPDX-License-Identifier: Apache-2.0 */
/* sys.h: all system calls, behind one table that a test can replace call by call.
 *
 * Thin wrappers first (same arguments, same errno), then the few whole acts that every room needs:
 * write everything, read everything, publish a file atomically. EINTR is retried in here, and reads
 * and writes wait where a descriptor does not (EAGAIN); a failed fsync is never retried (Linux may
 * drop the pages and then report success). */
#ifndef HEDUI_BASE_SYS_H
#define HEDUI_BASE_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "engine/base/arena.h"
#include "engine/base/err.h"

struct sys_table {
    int (*open)(const char *path, int flags, mode_t mode);
    int (*close)(int fd);
    ssize_t (*read)(int fd, void *buf, size_t n);
    ssize_t (*pread)(int fd, void *buf, size_t n, off_t at);
    ssize_t (*write)(int fd, const void *buf, size_t n);
    ssize_t (*pwrite)(int fd, const void *buf, size_t n, off_t at);
    int (*wait)(int fd, bool is_write); /* until it may be read or written */
    int (*fsync)(int fd);
    int (*syncfs)(int fd); /* of many new files at once */
    int (*rename)(const char *from, const char *to);
    int (*unlink)(const char *path);
    int (*rmdir)(const char *path);
    int (*mkdir)(const char *path, mode_t mode);
    int (*fstat)(int fd, struct stat *out);
    int (*stat)(const char *path, struct stat *out);
    int (*ftruncate)(int fd, off_t len);
    void *(*mmap)(void *at, size_t n, int prot, int flags, int fd, off_t off);
    int (*munmap)(void *at, size_t n);
    int (*flock)(int fd, int how);
    int (*getrandom)(void *buf, size_t n); /* 0, or -1 */
    int64_t (*now_ms)(void);               /* wall clock, ms since 1970; only run and cli may ask */
    int64_t (*tick_ms)(void);              /* monotonic */
};
extern struct sys_table sys; /* tests swap members; everyone else calls the sys_… names */

int sys_open(const char *path, int flags, mode_t mode);
int sys_close(int fd); /* EINTR counts as closed */
ssize_t sys_read(int fd, void *buf, size_t n);
ssize_t sys_pread(int fd, void *buf, size_t n, off_t at);
ssize_t sys_write(int fd, const void *buf, size_t n);
ssize_t sys_pwrite(int fd, const void *buf, size_t n, off_t at);
int sys_fsync(int fd);
/* Begins to write these bytes to the disk and does not wait: advice, which never fails. */
void sys_start_writing(int fd, off_t at, off_t n);
int sys_syncfs(int fd);
int sys_rename(const char *from, const char *to);
int sys_unlink(const char *path);
int sys_rmdir(const char *path);
int sys_mkdir(const char *path, mode_t mode);
int sys_fstat(int fd, struct stat *out);
int sys_stat(const char *path, struct stat *out);
int sys_ftruncate(int fd, off_t len);
void *sys_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off);
int sys_munmap(void *at, size_t n);
int sys_flock(int fd, int how);
int sys_getrandom(void *buf, size_t n);
int64_t sys_now_ms(void);
int64_t sys_tick_ms(void);

/* A mapped range whose pages read as zeros where they cannot be read, instead of a SIGBUS that ends
 * the process. Answers a number for the other two, -1: too many. SIGBUS elsewhere goes where it
 * went before. For base/map.c. */
int sys_guard_add(const void *at, size_t n);
bool sys_guard_is_hit(int guard); /* since it was added: what was read is not to be believed */
void sys_guard_drop(int guard);   /* when nobody reads the range any more */

/* Whole acts. `what` names the file in sentences ("delivery", "pack file"). */
HEDUI_CHECKED hedui_status sys_write_all(int fd, const void *buf, size_t n, const char *path,
                                         struct err *err);
HEDUI_CHECKED hedui_status sys_read_all(int fd, void *buf, size_t n, off_t at, const char *path,
                                        struct err *err); /* exactly n, else HEDUI_E_FORMAT */
/* The whole file into the arena, NUL behind it. HEDUI_E_LIMIT past `max` bytes; HEDUI_E_IO also
 * for a directory or a device. */
HEDUI_CHECKED hedui_status sys_slurp(struct text *out, const char *path, size_t max,
                                     struct arena *arena, struct err *err);
/* Writes dir/.tmp-NAME, fsync, rename to dir/NAME, fsync dir. mode e.g. 0600. Failpoints
 * "fp.write", "fp.fsync", "fp.rename", "fp.dirsync" with `fp` as prefix. */
HEDUI_CHECKED hedui_status sys_publish(const char *dir, const char *name, const void *buf, size_t n,
                                       mode_t mode, const char *fp, struct err *err);
HEDUI_CHECKED hedui_status sys_sync_dir(const char *dir, struct err *err);
/* mkdir -p with 0700. */
HEDUI_CHECKED hedui_status sys_make_dirs(const char *path, struct err *err);
/* The names in a directory, sorted by bytes, without "." and "..". */
HEDUI_CHECKED hedui_status sys_list_dir(struct text **names, size_t *count, const char *path,
                                        struct arena *arena, struct err *err);
bool sys_exists(const char *path);
/* The path from the root, without links; where it does not exist, as given. */
HEDUI_CHECKED hedui_status sys_full_path(struct text *out, const char *path, struct arena *arena,
                                         struct err *err);
/* Our own folder with all that is in it, a few levels deep; what is not there is welcome. */
HEDUI_CHECKED hedui_status sys_remove_tree(const char *path, struct err *err);
/* Is `path`, which need not exist yet, the directory `dir` or somewhere under it? By device and
 * inode, so that links and `..` do not deceive. false also where neither can be looked at. */
bool sys_is_under(const char *path, const char *dir);
/* The folder that holds the running executable, without a trailing slash. */
HEDUI_CHECKED hedui_status sys_exe_dir(struct text *out, struct arena *arena, struct err *err);

#endif
