/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/scratch_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "engine/base/sys.h"

#define DRAWN_BYTES 8
#define DRAWS_MAX 8 /* a sweep beside us may take a folder between its making and its lock */

static const char *
folder_above(void)
{
    const char *above = getenv("TMPDIR");

    return above == NULL || above[0] == '\0' ? "/tmp" : above;
}

/* PREFIX-HEX, as scratch_dir_open() makes them and nobody else. */
static bool
is_ours(struct text name, const char *prefix)
{
    size_t len = strlen(prefix);

    if (name.len != len + 1 + 2 * DRAWN_BYTES || memcmp(name.at, prefix, len) != 0 ||
        name.at[len] != '-')
        return false;
    for (size_t i = len + 1; i < name.len; i++)
        if (strchr("0123456789abcdef", name.at[i]) == NULL)
            return false;
    return true;
}

/* The folder with its lock, or -1: it is gone, another user's, or in use. */
static int
locked_open(const char *path)
{
    struct stat held, there;
    int fd = sys_open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    /* under the lock the name must still mean the folder that was opened */
    if (sys_fstat(fd, &held) == 0 && held.st_uid == geteuid() &&
        sys_flock(fd, LOCK_EX | LOCK_NB) == 0 && sys_stat(path, &there) == 0 &&
        there.st_dev == held.st_dev && there.st_ino == held.st_ino)
        return fd;
    sys_close(fd);
    return -1;
}

static hedui_status
strays_remove(const char *above, const char *prefix, struct err *err)
{
    struct arena arena;
    struct text *names;
    struct err why = {0};
    size_t count;
    hedui_status rc = HEDUI_OK;

    arena_init(&arena, "names", 0, false);
    FAIL(sys_list_dir(&names, &count, above, &arena, err));
    for (size_t i = 0; i < count; i++) {
        struct text path;
        int fd;

        if (!is_ours(names[i], prefix))
            continue;
        path = arena_printf(&arena, "%s/" TEXT_FMT, above, TEXT_ARG(names[i]));
        if (path.at == NULL)
            FAIL(arena_full(&arena, err));
        fd = locked_open(path.at);
        if (fd < 0)
            continue;
        rc = sys_remove_tree(path.at, &why);
        sys_close(fd);
        if (rc != HEDUI_OK)
            FAIL(err_set(err, rc,
                         "中断的运行留下了临时目录 '%s'，内有个人信息，请删除它\n%s\n"
                         "a run that died left the folder '%s' with personal data: remove it",
                         path.at, why.text, path.at));
    }
done:
    arena_release(&arena);
    return rc;
}

static hedui_status
path_draw(struct text *out, const char *above, const char *prefix, struct arena *arena,
          struct err *err)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t drawn[DRAWN_BYTES];
    char hex[2 * DRAWN_BYTES + 1] = "";

    if (sys_getrandom(drawn, sizeof drawn) != 0)
        return err_sys(err, HEDUI_E_IO,
                       "无法为临时目录取名\ncannot draw a name for a temporary folder");
    for (size_t i = 0; i < sizeof drawn; i++) {
        hex[2 * i] = digits[drawn[i] >> 4];
        hex[2 * i + 1] = digits[drawn[i] & 15];
    }
    *out = arena_printf(arena, "%s/%s-%s", above, prefix, hex);
    return out->at == NULL ? arena_full(arena, err) : HEDUI_OK;
}

hedui_status
scratch_dir_open(struct scratch_dir *out, const char *prefix, struct arena *arena, struct err *err)
{
    const char *above = folder_above();

    *out = (struct scratch_dir){.fd = -1};
    TRY(strays_remove(above, prefix, err));
    for (int i = 0; i < DRAWS_MAX; i++) {
        struct text path;
        int fd;

        TRY(path_draw(&path, above, prefix, arena, err));
        if (sys_mkdir(path.at, 0700) != 0) /* also where somebody took the name */
            return err_sys(err, HEDUI_E_IO,
                           "无法建立临时目录 '%s'\ncannot make temporary folder '%s'", path.at,
                           path.at);
        fd = locked_open(path.at);
        if (fd >= 0) {
            *out = (struct scratch_dir){.path = path, .fd = fd};
            return HEDUI_OK;
        }
        sys_rmdir(path.at); /* empty; where a sweep took it there is nothing to remove */
    }
    return err_set(err, HEDUI_E_IO,
                   "无法锁定 '%s' 下的临时目录\ncannot lock a temporary folder under '%s'", above,
                   above);
}

hedui_status
scratch_dir_close(struct scratch_dir *dir, struct err *err)
{
    hedui_status rc = HEDUI_OK;

    if (dir->path.len > 0)
        rc = sys_remove_tree(dir->path.at, err);
    if (dir->fd >= 0)
        sys_close(dir->fd); /* and with it the lock */
    *dir = (struct scratch_dir){.fd = -1};
    return rc;
}
