/* SPDX-License-Identifier: Apache-2.0 */
/* Every adapter with a golden folder: golden/sample.csv must give golden/expected.txt, read as it
 * stands, and by two lanes. A new department needs no line here. After a wanted change,
 * HEDUI_GOLDEN=write build/tests/unit/feed/golden_test writes the files anew: read the diff. */
#include "tests/unit/feed/dump.h"

static void
golden_check(struct text adapter)
{
    struct dump dump;
    struct arena arena;
    struct text expected = {0}, mapping, sample, path;
    const char *paths[1], *mode = getenv("HEDUI_GOLDEN");

    arena_init(&arena, "test", 0, false);
    mapping = arena_printf(&arena, "adapters/" TEXT_FMT "/mapping.yaml", TEXT_ARG(adapter));
    sample = arena_printf(&arena, "adapters/" TEXT_FMT "/golden/sample.csv", TEXT_ARG(adapter));
    path = arena_printf(&arena, "adapters/" TEXT_FMT "/golden/expected.txt", TEXT_ARG(adapter));
    if (!sys_exists(sample.at)) {
        arena_release(&arena);
        return;
    }
    T_ROW(mapping.at);
    for (uint32_t lanes = 1; lanes <= 2; lanes++) {
        struct feed_job job = {.paths = paths, .path_count = 1, .is_dry = true};
        paths[0] = sample.at;
        dump_open(&dump, mapping.at);
        T_OK(dump_read(&dump, &job, lanes), &dump.err);
        if (mode != NULL && strcmp(mode, "write") == 0) {
            FILE *file = fopen(path.at, "wb");
            T_TRUE(file != NULL);
            fwrite(dump.out.at, 1, dump.out.len, file);
            fclose(file);
        }
        T_OK(sys_slurp(&expected, path.at, 1 << 20, &arena, &dump.err), &dump.err);
        T_TEXT(buf_as_text(&dump.out), expected);
        dump_close(&dump);
    }
    arena_release(&arena);
}

TEST(every_golden_sample_reads_as_expected)
{
    struct arena arena;
    struct text *names;
    size_t count = 0;
    struct err err;

    arena_init(&arena, "test", 0, false);
    T_OK(sys_list_dir(&names, &count, "adapters", &arena, &err), &err);
    T_TRUE(count >= 5);
    for (size_t i = 0; i < count; i++)
        golden_check(names[i]);
    arena_release(&arena);
}

T_MAIN(T(every_golden_sample_reads_as_expected))
