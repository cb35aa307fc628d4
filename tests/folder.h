/* SPDX-License-Identifier: Apache-2.0 */
/* folder.h: a temporary folder of a test. It is emptied by what lies in it, never by name patterns.
 */
#ifndef HEDUI_TESTS_FOLDER_H
#define HEDUI_TESTS_FOLDER_H

#include <stdlib.h>
#include <unistd.h>

#include "tests/t.h"

#include "engine/base/sys.h"

#define FOLDER_PATH 64

static void __attribute__((unused)) folder_make(char path[FOLDER_PATH], const char *what)
{
    snprintf(path, FOLDER_PATH, "/tmp/hedui-%s-XXXXXX", what);
    if (mkdtemp(path) == NULL)
        T_FAIL("no temporary folder");
}

/* As deep as it goes: a test makes two levels, and no links. */
static void __attribute__((unused)) folder_empty(const char *path)
{
    struct arena arena;
    struct text *names;
    size_t count;
    struct err err;

    arena_init(&arena, "names", 0, false);
    if (sys_list_dir(&names, &count, path, &arena, &err) == HEDUI_OK)
        for (size_t i = 0; i < count; i++) {
            char file[256];
            snprintf(file, sizeof file, "%s/" TEXT_FMT, path, TEXT_ARG(names[i]));
            if (unlink(file) != 0) {
                folder_empty(file);
                rmdir(file);
            }
        }
    arena_release(&arena);
}

static void __attribute__((unused)) folder_remove(const char *path)
{
    folder_empty(path);
    rmdir(path);
}

#endif
