/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/map.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

#define TICK_MS 20 /* longer than a tick of any kernel's clock: 10 ms where HZ is 100 */

/* Every map keeps a descriptor: what the hard limit leaves is ours before we give up. */
static int
open_more(const char *path)
{
    struct rlimit files;
    int fd = sys_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);

    if (fd >= 0 || errno != EMFILE || getrlimit(RLIMIT_NOFILE, &files) != 0 ||
        files.rlim_cur >= files.rlim_max)
        return fd;
    files.rlim_cur = files.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &files) == 0
               ? sys_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
               : -1;
}

static void
wait_till_old(const struct stat *st)
{
    int64_t age = sys_now_ms() - (int64_t)st->st_mtim.tv_sec * 1000 - st->st_mtim.tv_nsec / 1000000;
    struct timespec pause = {0, 0};

    if (age < 0 || age >= TICK_MS)
        return; /* of the future: the clock was set, and waiting tells nothing */
    pause.tv_nsec = (long)(TICK_MS - age) * 1000000L;
    nanosleep(&pause, NULL);
}

hedui_status
map_open(struct map *map, const char *path, struct err *err)
{
    int fd = open_more(path);
    hedui_status rc = HEDUI_OK;
    void *at;

    *map = (struct map){.fd = fd, .guard = -1};
    if (fd < 0 || sys_fstat(fd, &map->stat) != 0)
        FAIL(err_sys(err, HEDUI_E_IO, "打不开数据文件 '%s'\ncannot open '%s'", path, path));
    if (!S_ISREG(map->stat.st_mode) || map->stat.st_size == 0)
        FAIL(err_set(err, HEDUI_E_FORMAT,
                     "数据文件 '%s' 是空的，或不是普通文件，请从备份恢复，或重新导入\n"
                     "'%s' is empty or no regular file: bring it back from the backup or ingest "
                     "again",
                     path, path));
    wait_till_old(&map->stat);
    map->bytes = (size_t)map->stat.st_size;
    at = sys_mmap(NULL, map->bytes, PROT_READ, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED)
        FAIL(err_sys(err, HEDUI_E_IO, "无法映射数据文件 '%s'\ncannot map '%s'", path, path));
    map->guard = sys_guard_add(at, map->bytes);
    if (map->guard < 0) {
        sys_munmap(at, map->bytes);
        FAIL(err_set(err, HEDUI_E_LIMIT, "同时打开的数据文件太多\ntoo many files are mapped"));
    }
    map->at = at;
done:
    if (rc != HEDUI_OK && fd >= 0)
        sys_close(fd);
    return rc;
}

void
map_close(struct map *map)
{
    if (map->at == NULL)
        return;
    sys_guard_drop(map->guard);
    sys_munmap((void *)(uintptr_t)map->at, map->bytes);
    sys_close(map->fd);
    map->at = NULL;
}

bool
map_is_sound(const struct map *map)
{
    const struct stat *was = &map->stat;
    struct stat is;

    assert(map->at != NULL);
    return !sys_guard_is_hit(map->guard) && sys_fstat(map->fd, &is) == 0 &&
           is.st_size == was->st_size && is.st_mtim.tv_sec == was->st_mtim.tv_sec &&
           is.st_mtim.tv_nsec == was->st_mtim.tv_nsec;
}
