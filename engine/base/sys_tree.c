/* SPDX-License-Identifier: Apache-2.0 */
/* sys_tree.c: folders of our own that come and go whole, and full names of what was given. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/sys.h"

#define DEPTH_MAX 4 /* levels that a run of ours ever makes under one folder */

hedui_status
sys_full_path(struct text *out, const char *path, struct arena *arena, struct err *err)
{
    char full[PATH_MAX];

    *out = arena_text(arena, text_of(realpath(path, full) == NULL ? path : full));
    return out->at == NULL ? arena_full(arena, err) : HEDUI_OK;
}

static hedui_status
tree_remove(const char *path, int depth, struct err *err)
{ /* recursion: at most DEPTH_MAX levels, in folders that a run of ours made */
    struct arena arena;
    struct text *names;
    size_t count = 0;
    hedui_status rc = HEDUI_OK;

    arena_init(&arena, "names", 0, false);
    FAIL(sys_list_dir(&names, &count, path, &arena, err));
    for (size_t i = 0; i < count; i++) {
        struct text below = arena_printf(&arena, "%s/" TEXT_FMT, path, TEXT_ARG(names[i]));

        if (below.at == NULL)
            FAIL(arena_full(&arena, err));
        if (sys_unlink(below.at) == 0 || errno == ENOENT)
            continue;
        if ((errno != EISDIR && errno != EPERM) || depth == 0)
            FAIL(err_sys(err, HEDUI_E_IO, "无法删除 '%s'\ncannot remove '%s'", below.at, below.at));
        FAIL(tree_remove(below.at, depth - 1, err));
    }
    if (sys_rmdir(path) != 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法删除目录 '%s'\ncannot remove folder '%s'", path, path));
done:
    arena_release(&arena);
    return rc;
}

hedui_status
sys_remove_tree(const char *path, struct err *err)
{
    return sys_exists(path) ? tree_remove(path, DEPTH_MAX, err) : HEDUI_OK;
}
