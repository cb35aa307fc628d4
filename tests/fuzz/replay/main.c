/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the kept corpus through one harness, without a fuzzer: …/NAME_replay reads
 * tests/fuzz/corpus/NAME, or the files that it is given. A belief that fails is an abort; the input
 * is named before it runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/sys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int
replay_file(const char *path)
{
    struct arena arena;
    struct text bytes;
    struct err err;
    int rc = 0;

    arena_init(&arena, "input", 0, false);
    fprintf(stderr, "%s\n", path); /* shown where the run dies */
    if (sys_slurp(&bytes, path, (size_t)64 << 20, &arena, &err) == HEDUI_OK) {
        uint8_t *exact = malloc(bytes.len == 0 ? 1 : bytes.len); /* a byte too far is seen */

        if (exact != NULL && bytes.len > 0)
            memcpy(exact, bytes.at, bytes.len);
        rc = exact == NULL ? 1 : LLVMFuzzerTestOneInput(exact, bytes.len);
        free(exact);
    } else {
        fprintf(stderr, "%s\n", err.text);
        rc = 1;
    }
    arena_release(&arena);
    return rc;
}

int
main(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/');
    const char *name = slash == NULL ? argv[0] : slash + 1;
    int length = (int)(strlen(name) - strlen("_replay")), failed = 0;
    char dir[256], path[512];
    struct arena arena;
    struct text *names = NULL;
    size_t count = 0;
    struct err err = {0};

    arena_init(&arena, "corpus", 0, false);
    for (int i = 1; i < argc; i++)
        failed += replay_file(argv[i]) != 0;
    if (argc == 1) {
        snprintf(dir, sizeof dir, "tests/fuzz/corpus/%.*s", length, name);
        if (sys_list_dir(&names, &count, dir, &arena, &err) != HEDUI_OK) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
    }
    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/" TEXT_FMT, dir, TEXT_ARG(names[i]));
        failed += replay_file(path) != 0;
    }
    printf("%s - fuzz: %.*s, %zu inputs\n", failed == 0 && count > 0 ? "ok" : "not ok", length,
           name, count);
    arena_release(&arena);
    return failed == 0 ? 0 : 1;
}
