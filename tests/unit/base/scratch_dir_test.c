/* SPDX-License-Identifier: Apache-2.0 */
/* A folder for a while goes whole: at its end, or with the next run where its own was killed. */
#include "engine/base/scratch_dir.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/sys.h"
#include "tests/t.h"

static char tmp[] = "/tmp/hedui-scratch-XXXXXX";

static struct text
fill(const struct scratch_dir *dir, struct arena *arena)
{
    struct err err;
    struct text below = arena_printf(arena, "%s/a/b", dir->path.at);

    T_OK(sys_make_dirs(below.at, &err), &err);
    T_OK(sys_publish(below.at, "x", "x", 1, 0600, "test", &err), &err);
    below = arena_printf(arena, "%s/link", dir->path.at);
    T_EQ(symlink(tmp, below.at), 0);
    return below;
}

TEST(a_folder_goes_whole_and_nothing_else)
{
    struct arena arena;
    struct scratch_dir dir;
    struct text path;
    struct err err;
    struct stat st;

    T_ROW("");
    arena_init(&arena, "test", 0, false);
    T_OK(scratch_dir_open(&dir, "hedui-test", &arena, &err), &err);
    path = dir.path;
    T_EQ(sys_stat(path.at, &st), 0);
    T_EQ(st.st_mode & 0777, 0700);
    fill(&dir, &arena);
    T_OK(scratch_dir_close(&dir, &err), &err);
    T_TRUE(!sys_exists(path.at));
    T_TRUE(sys_exists(tmp)); /* what a link names is another's */
    T_OK(scratch_dir_close(&dir, &err), &err);
    arena_release(&arena);
}

/* In a process of its own, which ends without closing. */
static struct text
left_by_the_dead(struct arena *arena)
{
    struct text path;
    struct err err;
    char name[128] = "";
    int ends[2], status;
    pid_t child;

    T_EQ(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        struct scratch_dir dir;

        if (scratch_dir_open(&dir, "hedui-test", arena, &err) != HEDUI_OK)
            _exit(1);
        fill(&dir, arena);
        _exit(write(ends[1], dir.path.at, dir.path.len) == (ssize_t)dir.path.len ? 0 : 1);
    }
    T_EQ(waitpid(child, &status, 0), child);
    T_EQ(status, 0);
    T_TRUE(read(ends[0], name, sizeof name - 1) > 0);
    close(ends[0]);
    close(ends[1]);
    path = arena_text(arena, text_of(name));
    T_TRUE(sys_exists(path.at));
    return path;
}

TEST(the_next_run_removes_what_a_killed_one_left)
{
    struct arena arena;
    struct scratch_dir dir, beside;
    struct text left, others[4];
    static const char *const names[] = {
        "%s/hedui-test-0123456789abcde",   /* too short to be ours */
        "%s/hedui-test-0123456789abcdeg",  /* no digits */
        "%s/hedui-other-0123456789abcdef", /* of something else */
        "%s/hedui-test-0123456789abcdef",  /* a link, whatever its name */
    };
    struct err err;

    T_ROW("");
    arena_init(&arena, "test", 0, false);
    left = left_by_the_dead(&arena);
    for (size_t i = 0; i < LEN(names); i++) {
        others[i] = arena_printf(&arena, "%s/%s", tmp, names[i] + 3);
        T_EQ(i + 1 < LEN(names) ? sys_mkdir(others[i].at, 0700) : symlink("/", others[i].at), 0);
    }
    T_OK(scratch_dir_open(&dir, "hedui-test", &arena, &err), &err);
    T_TRUE(!sys_exists(left.at));
    for (size_t i = 0; i < LEN(names); i++) {
        T_ROW(names[i]);
        T_EQ(i + 1 < LEN(names) ? sys_rmdir(others[i].at) : sys_unlink(others[i].at), 0);
    }
    T_ROW("one that is in use stays");
    T_OK(scratch_dir_open(&beside, "hedui-test", &arena, &err), &err);
    T_TRUE(sys_exists(dir.path.at));
    T_OK(scratch_dir_close(&beside, &err), &err);
    T_TRUE(sys_exists(dir.path.at));
    T_OK(scratch_dir_close(&dir, &err), &err);
    arena_release(&arena);
}

TEST(where_no_folder_can_be_made_it_says_so)
{
    struct arena arena;
    struct scratch_dir dir;
    struct err err;

    T_ROW("");
    arena_init(&arena, "test", 0, false);
    setenv("TMPDIR", "/nonexistent", 1);
    T_EQ(scratch_dir_open(&dir, "hedui-test", &arena, &err), HEDUI_E_IO);
    T_OK(scratch_dir_close(&dir, &err), &err);
    setenv("TMPDIR", tmp, 1);
    arena_release(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_folder_goes_whole_and_nothing_else),
        T(the_next_run_removes_what_a_killed_one_left),
        T(where_no_folder_can_be_made_it_says_so),
    };
    struct err err;
    int failed;

    if (mkdtemp(tmp) == NULL || setenv("TMPDIR", tmp, 1) != 0)
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    return sys_remove_tree(tmp, &err) == HEDUI_OK ? failed : 1;
}
