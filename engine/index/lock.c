/* SPDX-License-Identifier: Apache-2.0 */
/* lock.c: one writer of a data directory. The lock dies with the process that holds it. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <time.h>

#include "engine/base/buf.h"
#include "engine/base/sys.h"
#include "engine/index/snapshot.h"

#include "engine/base/ban.h"

#define PATH_BYTES 4096
#define RETRY_MS 20

struct data_lock {
    int fd;
};

/* What a killed run left; while we hold the lock nobody else is writing it. */
static hedui_status
strays_remove(const char *dir, struct err *err)
{
    struct arena arena;
    struct text *names;
    size_t count;
    char path[PATH_BYTES];
    hedui_status rc = HEDUI_OK;

    if (!sys_exists(dir))
        return HEDUI_OK;
    arena_init(&arena, "names", 0, false);
    FAIL(sys_list_dir(&names, &count, dir, &arena, err));
    for (size_t i = 0; i < count; i++) {
        if (!text_starts(names[i], TEXT(".tmp-")) ||
            snprintf(path, sizeof path, "%s/" TEXT_FMT, dir, TEXT_ARG(names[i])) >=
                (int)sizeof path)
            continue;
        if (sys_unlink(path) != 0 && errno != ENOENT)
            FAIL(err_sys(
                err, HEDUI_E_IO,
                "无法删除中断的运行留下的 '%s'\ncannot remove '%s', left by a run that died", path,
                path));
    }
done:
    arena_release(&arena);
    return rc;
}

static hedui_status
lock_wait(int fd, const char *data, int64_t wait_ms, struct err *err)
{
    int64_t until = sys_tick_ms() + wait_ms;
    struct timespec pause = {0, RETRY_MS * 1000000L};

    while (sys_flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return err_sys(err, HEDUI_E_IO, "无法锁定 '%s'\ncannot lock '%s'", data, data);
        if (sys_tick_ms() >= until)
            return err_set(err, HEDUI_E_BUSY,
                           "另一个导入正在写 '%s'，请稍后再试\n"
                           "another ingest is writing '%s': try again later",
                           data, data);
        nanosleep(&pause, NULL);
    }
    return HEDUI_OK;
}

hedui_status
data_lock_take(struct data_lock **out, const char *data, int64_t wait_ms, struct err *err)
{
    static const char *const folders[] = {"", "/deliveries", "/snapshots"};
    struct data_lock *lock = NULL;
    char path[PATH_BYTES];
    hedui_status rc = HEDUI_OK;

    assert(out != NULL);
    TRY(sys_make_dirs(data, err));
    if (snprintf(path, sizeof path, "%s/lock", data) >= (int)sizeof path - 16)
        return err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", data, data);
    lock = mem_resize(NULL, 1, sizeof *lock);
    if (lock == NULL)
        return err_set(err, HEDUI_E_MEMORY,
                       "内存不足，无法锁定数据目录\nno memory left for a lock");
    lock->fd = sys_open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (lock->fd < 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法打开 '%s'\ncannot open '%s'", path, path));
    FAIL(lock_wait(lock->fd, data, wait_ms, err));
    for (size_t i = 0; i < LEN(folders); i++) {
        snprintf(path, sizeof path, "%s%s", data, folders[i]);
        FAIL(strays_remove(path, err));
    }
done:
    if (rc == HEDUI_OK)
        *out = lock;
    else
        data_lock_drop(lock);
    return rc;
}

void
data_lock_drop(struct data_lock *lock)
{
    if (lock == NULL)
        return;
    if (lock->fd >= 0)
        sys_close(lock->fd); /* and with it the lock */
    mem_free(lock);
}
