/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces that must wait for a round of their own: what is finished is not read again, and the
 * refused rows of a stream stand behind those of the pieces before it. */
#include "engine/feed/read.h"

#include <unistd.h>

#include "engine/feed/input.h"
#include "tests/unit/feed/dump.h"

#define HEADER "id_no,name,bank_code,account_hash,account_type,balance_yuan,as_of\n"
#define ROW "329901197001010017,甲一,B1,N%07u,%s,1,2025-01-10\n"
#define GOOD "CUR" /* a type of account */
#define BAD "BAD"  /* none */
/* a whole row over two lines: from here on lines are not rows */
#define WIDE_ROW "329901197001010017,甲一,B1,\"N\n1\",CUR,1,2025-01-10\n"

static char folder[] = "/tmp/hedui-rounds-XXXXXX";

static const char *
place(struct arena *arena, const char *name)
{
    return arena_printf(arena, "%s/%s", folder, name).at;
}

/* Rows of `type` until the file has more than `bytes`, then `wide` and `more` rows; how
 * many there are. */
static uint32_t
file_make(const char *path, const char *type, size_t bytes, const char *wide, uint32_t more)
{
    FILE *file = fopen(path, "wb");
    uint32_t rows = 0;

    T_TRUE(file != NULL);
    fputs(HEADER, file);
    while ((size_t)ftell(file) <= bytes)
        fprintf(file, ROW, ++rows, type);
    fputs(wide, file);
    for (uint32_t i = 0; i < more; i++)
        fprintf(file, ROW, ++rows, type);
    T_EQ(fclose(file), 0);
    return rows + (wide[0] != '\0');
}

/* Whether the last but one column of a refused file only grows; how many rows it has. */
static uint32_t
rows_in_order(struct text refused, bool *are_in_order)
{
    uint32_t count = 0;
    unsigned long last = 0;

    *are_in_order = true;
    for (size_t from = 0, i = 0; i < refused.len; i++) {
        const char *comma;
        unsigned long line;

        if (refused.at[i] != '\n')
            continue;
        comma = memrchr(refused.at + from, ',', i - from);
        T_TRUE(comma != NULL);
        comma = memrchr(refused.at + from, ',', (size_t)(comma - refused.at) - from);
        T_TRUE(comma != NULL);
        line = strtoul(comma + 1, NULL, 10); /* 0 for the header */
        *are_in_order &= from == 0 || line > last;
        last = line;
        count += from > 0;
        from = i + 1;
    }
    return count;
}

TEST(a_finished_piece_is_not_read_again)
{
    static const struct {
        const char *belief;
        uint32_t lanes;
    } rows[] = {
        {"one lane: the second file is done before the first one's rest", 1},
        {"two lanes",                                                     2},
        {"seven lanes",                                                   7},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct dump dump;
        const char *paths[2];
        struct feed_job job = {.paths = paths, .path_count = 2, .is_dry = true};
        uint32_t first, second;

        T_ROW(rows[i].belief);
        dump_open(&dump, "adapters/bank/mapping.yaml");
        paths[0] = place(&dump.arena, "wide.csv");
        paths[1] = place(&dump.arena, "later.csv");
        first = file_make(paths[0], GOOD, INPUT_PIECE + 100000, WIDE_ROW, 20000);
        second = file_make(paths[1], GOOD, 1000, "", 10);
        T_OK(dump_read(&dump, &job, rows[i].lanes), &dump.err);
        T_EQ(dump.report.files[0].physical, first);
        T_EQ(dump.report.files[1].physical, second);
        T_EQ(dump.report.balance.accepted, first + second);
        dump_close(&dump);
    }
}

TEST(refused_rows_stand_in_the_order_of_the_file_where_a_stream_begins)
{
    static const struct {
        const char *belief;
        uint32_t lanes;
    } rows[] = {
        {"one lane",    1},
        {"two lanes",   2},
        {"seven lanes", 7},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct dump dump;
        struct text refused;
        const char *paths[1];
        struct feed_job job = {.paths = paths, .path_count = 1};
        uint32_t count;
        bool are_in_order;

        T_ROW(rows[i].belief);
        dump_open(&dump, "adapters/bank/mapping.yaml");
        paths[0] = place(&dump.arena, "bad.csv");
        /* the stream begins in the third piece; its refused rows are more than it keeps */
        count = file_make(paths[0], BAD, 2 * INPUT_PIECE + 100000, WIDE_ROW, 30000) - 1;
        T_OK(dump_read(&dump, &job, rows[i].lanes), &dump.err);
        T_EQ(dump.report.balance.refused, count);
        T_OK(sys_slurp(&refused, dump.report.files[0].refused_path, (size_t)64 << 20, &dump.arena,
                       &dump.err),
             &dump.err);
        T_EQ(rows_in_order(refused, &are_in_order), count);
        T_TRUE(are_in_order);
        dump_close(&dump);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_finished_piece_is_not_read_again),
        T(refused_rows_stand_in_the_order_of_the_file_where_a_stream_begins),
    };
    struct err err;

    if (mkdtemp(folder) == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return sys_remove_tree(folder, &err) != HEDUI_OK ? 1 : failed;
}
