/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/difference.h"

#include <stdlib.h>
#include <unistd.h>

#include "engine/base/sys.h"
#include "engine/run/lines.h"

#include "tests/t.h"

static char dir[] = "/tmp/difference.XXXXXX";

static const char *
file_of(const char *name, struct text bytes)
{
    static char paths[2][64];
    static int turn;
    char *path = paths[turn ^= 1];
    struct err err;

    snprintf(path, sizeof paths[0], "%s/%s", dir, name);
    T_OK(sys_publish(dir, name, bytes.at, bytes.len, 0600, "test", &err), &err);
    return path;
}

TEST(a_difference_is_told_by_line_case_and_key)
{
#define H1 "{\"case_no\":\"H1\",\"outcome\":\"met\",\"findings\":[{\"rule\":\"a\"}]}\n"
    static const struct {
        const char *belief, *then, *now;
        enum difference_kind kind;
        uint64_t line;
        const char *case_no, *key;
    } rows[] = {
        {"equal",                                    H1 "{\"case_no\":\"H2\"}\n",         H1 "{\"case_no\":\"H2\"}\n",          SAME,      0, "",   ""                },
        {"both empty",                               "",                                  "",                                   SAME,      0, "",   ""                },
        {"a scalar",                                 H1 "{\"case_no\":\"H2\",\"n\":1}\n", H1 "{\"case_no\":\"H2\",\"n\":2}\n",
         OTHER,                                                                                                                            2, "H2", "n"               },
        {"deep inside",                              H1,
         "{\"case_no\":\"H1\",\"outcome\":\"met\",\"findings\":[{\"rule\":\"b\"}]}\n",                                          OTHER,     1,
         "H1",                                                                                                                                      "findings[0].rule"},
        {"a list that is longer",                    H1,
         "{\"case_no\":\"H1\",\"outcome\":\"met\",\"findings\":[{\"rule\":\"a\"},1]}\n",                                        OTHER,     1,
         "H1",                                                                                                                                      "findings[1]"     },
        {"another key",                              "{\"case_no\":\"H1\",\"a\":1}\n",    "{\"case_no\":\"H1\",\"b\":1}\n",     OTHER,
         1,                                                                                                                                   "H1", "a"               },
        {"another type",                             "{\"case_no\":\"H1\",\"a\":1}\n",    "{\"case_no\":\"H1\",\"a\":\"1\"}\n",
         OTHER,                                                                                                                            1, "H1", "a"               },
        {"a blank more: other bytes of one meaning", "{\"case_no\":\"H1\"}\n",
         "{\"case_no\": \"H1\"}\n",                                                                                             OTHER,     1, "H1", ""                },
        {"the last line feed is a byte",             "{\"case_no\":\"H1\"}\n",            "{\"case_no\":\"H1\"}",               OTHER,     1,
         "H1",                                                                                                                                      ""                },
        {"a case is gone",                           "{\"case_no\":\"H0\"}\n" H1,         H1,                                   ONLY_THEN, 1, "H0", ""                },
        {"a case is new",                            H1,                                  "{\"case_no\":\"H0\"}\n" H1,          ONLY_NOW,  1, "H0", ""                },
        {"the end is gone",                          H1 "{\"case_no\":\"H2\"}\n",         H1,                                   ONLY_THEN, 2, "H2", ""                },
        {"a spreadsheet: the line alone",            "\"H1\",1\r\n",                      "\"H1\",2\r\n",                       OTHER,     1, "",   ""                },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct difference difference;
        struct arena arena;
        struct err err;

        T_ROW(rows[i].belief);
        arena_init(&arena, "test", 0, false);
        T_OK(difference_of_files(&difference, file_of("then.jsonl", text_of(rows[i].then)),
                                 file_of("now.jsonl", text_of(rows[i].now)), &arena, &err),
             &err);
        T_EQ(difference.kind, rows[i].kind);
        T_EQ(difference.line, rows[i].line);
        T_STR(difference.case_no.at == NULL ? "" : difference.case_no.at, rows[i].case_no);
        T_STR(difference.key.at == NULL ? "" : difference.key.at, rows[i].key);
        arena_release(&arena);
    }
}

TEST(one_case_is_compared_alone)
{
    static const struct {
        const char *belief, *name, *then, *now, *case_no;
        enum difference_kind kind;
        uint64_t count;
    } rows[] = {
        {"others may differ",               "x.jsonl",
         "{\"case_no\":\"A\",\"x\":1}\n{\"case_no\":\"B\",\"x\":1}\n",                      "{\"case_no\":\"B\",\"x\":1}\n", "B",     SAME,      1},
        {"a longer number is another case", "x.jsonl", "{\"case_no\":\"BB\",\"x\":1}\n",    "",                              "B",
         SAME,                                                                                                                                   0},
        {"it differs",                      "x.jsonl", "{\"case_no\":\"B\",\"x\":1}\n",     "{\"case_no\":\"B\",\"x\":2}\n",
         "B",                                                                                                                         OTHER,     1},
        {"reasons in a spreadsheet",        "x.csv",   "\"A\",1\r\n\"B\",1\r\n\"B\",2\r\n",
         "\"B\",1\r\n\"B\",2\r\n",                                                                                           "B",     SAME,      2},
        {"a quoted and a live number",      "x.csv",   "\"'=a\"\"b\",1\r\n",                "\"'=a\"\"b\",2\r\n",            "=a\"b",
         OTHER,                                                                                                                                  1},
        {"one reason less",                 "x.csv",   "\"B\",1\r\n\"B\",2\r\n",            "\"B\",1\r\n",                   "B",     ONLY_THEN, 2},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct difference difference;
        struct arena arena;
        struct err err;
        uint64_t count;
        char now[32];

        T_ROW(rows[i].belief);
        arena_init(&arena, "test", 0, false);
        snprintf(now, sizeof now, "now.%s", rows[i].name);
        T_OK(difference_of_case(&difference, &count, file_of(rows[i].name, text_of(rows[i].then)),
                                file_of(now, text_of(rows[i].now)), text_of(rows[i].case_no),
                                &arena, &err),
             &err);
        T_EQ(difference.kind, rows[i].kind);
        T_EQ(count, rows[i].count);
        arena_release(&arena);
    }
}

/* Lines that straddle the pieces of the reader: 256 KiB each. */
TEST(lines_are_whole_however_long)
{
    static const size_t lengths[] = {0, 1, 262143, 262144, 262145, 600000, 3};
    struct buf bytes;
    struct lines lines;
    struct text line;
    struct err err;

    buf_init(&bytes, false);
    for (size_t i = 0; i < LEN(lengths); i++) {
        memset(buf_room(&bytes, lengths[i]), 'a' + (int)i, lengths[i]);
        bytes.len += lengths[i];
        if (i + 1 < LEN(lengths))
            buf_byte(&bytes, '\n');
    }
    T_OK(lines_open(&lines, file_of("lines", buf_as_text(&bytes)), &err), &err);
    for (size_t i = 0; i < LEN(lengths); i++) {
        T_ROW("a line of the file");
        T_OK(lines_next(&lines, &line, &err), &err);
        T_EQ(line.len, lengths[i] + (i + 1 < LEN(lengths)));
        T_TRUE(lengths[i] == 0 || line.at[lengths[i] - 1] == (char)('a' + (int)i));
    }
    for (int i = 0; i < 2; i++) {
        T_ROW("the end stays the end");
        T_OK(lines_next(&lines, &line, &err), &err);
        T_EQ(line.len, 0);
    }
    lines_close(&lines);
    buf_release(&bytes);
    T_ROW("a file that is not there");
    T_EQ(lines_open(&lines, "/nonexistent/file", &err), HEDUI_E_IO);
    lines_close(&lines);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_difference_is_told_by_line_case_and_key),
        T(one_case_is_compared_alone),
        T(lines_are_whole_however_long),
    };
    struct err err;
    int failed;

    if (mkdtemp(dir) == NULL)
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    return sys_remove_tree(dir, &err) == HEDUI_OK ? failed : 1;
}
