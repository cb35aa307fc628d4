/* SPDX-License-Identifier: Apache-2.0 */
/* Hand-written households: paths, shipped packs' tests, lines of `rules eval`. */
#include "engine/rule/case.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/t.h"

static struct arena arena;
static struct messages *messages;
static struct model *model;

static struct pack *
pack_of(const char *dir)
{
    struct err err = {0};
    struct pack *pack = NULL;

    arena_init(&arena, "test", 0, false);
    messages = arena_alloc(&arena, 1, sizeof *messages);
    messages_init(messages, &arena);
    T_OK(model_load(&model, "rules/model.yaml", messages, &arena, &err), &err);
    T_OK(pack_load(&pack, dir, model, messages, &arena, &err), &err);
    return pack;
}

TEST(shipped_packs_pass_their_tests)
{
    static const struct {
        const char *belief, *dir;
        uint32_t at_least;
    } rows[] = {
        {"the programme that counties start from", "rules/jiangsu-dibao", 60},
        {"the six limits of the benchmark",        "bench/packs/six",     19},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct err err = {0};
        struct test_counts counts;
        struct buf print;
        struct pack *pack = pack_of(rows[i].dir);
        T_ROW(rows[i].belief);
        buf_init(&print, false);
        T_OK(pack_test(&counts, pack, rows[i].dir, model, messages, &print, &err), &err);
        if (counts.failed > 0)
            fwrite(print.at, 1, print.len, stderr);
        T_EQ(counts.failed, 0);
        T_TRUE(counts.passed >= rows[i].at_least);
        buf_release(&print);
        arena_release(&arena);
    }
}

TEST(a_test_can_fail)
{
    static const struct {
        const char *belief, *expect;
        bool is_passed;
    } rows[] = {
        {"the truth passes",           "{outcome: met, reasons: [], facts: {members_count: 1}}", true },
        {"a wrong outcome",            "{outcome: not_met}",                                     false},
        {"a wrong figure",             "{outcome: met, facts: {members_count: 2}}",              false},
        {"a figure that is not there", "{outcome: met, facts: {nothing: 2}}",                    false},
        {"a reason too many",          "{outcome: met, reasons: [R1]}",                          false},
        {"a cause too many",           "{outcome: met, missing: [A.id_no]}",                     false},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct err err = {0};
        struct test_counts counts;
        struct buf print;
        char dir[64] = "/tmp/hedui-case-XXXXXX", path[128];
        struct pack *pack = pack_of("bench/packs/six");
        FILE *file;
        T_ROW(rows[i].belief);
        T_TRUE(mkdtemp(dir) != NULL);
        snprintf(path, sizeof path, "%s/tests", dir);
        T_EQ(mkdir(path, 0700), 0);
        snprintf(path, sizeof path, "%s/tests/a.yaml", dir);
        file = fopen(path, "w");
        T_TRUE(file != NULL);
        fprintf(file,
                "base:\n  case: {applied_on: 2025-01-15}\n  members: {A: {}}\ntests:\n  - {name: "
                "x, expect: %s}\n",
                rows[i].expect);
        fclose(file);
        buf_init(&print, false);
        T_OK(pack_test(&counts, pack, dir, model, messages, &print, &err), &err);
        T_EQ(counts.passed, rows[i].is_passed ? 1 : 0);
        T_EQ(counts.failed, rows[i].is_passed ? 0 : 1);
        buf_release(&print);
        (void)unlink(path);
        snprintf(path, sizeof path, "%s/tests", dir);
        (void)rmdir(path);
        (void)rmdir(dir);
        arena_release(&arena);
    }
}

#define LINE_HOUSEHOLD                                                                             \
    "{\"case\":{\"case_no\":\"H1\",\"applied_on\":\"2025-01-15\"},\"members\":{\"A\":{"            \
    "\"accounts\":[{\"bank\":\"1\",\"number\":\"n\",\"balance\":80000.01}]}}}\n"
#define ANSWER_HOUSEHOLD                                                                           \
    "{\"case\":\"H1\",\"outcome\":\"not_met\",\"reasons\":[\"R6\"],\"missing\":[],\"output\":{"    \
    "\"area_sum\":{\"rate\":\"0/"                                                                  \
    "1\"},\"bank_total\":\"80000.01\",\"income_total\":\"0.00\",\"max_price\":\"0.00\",\"members_" \
    "count\":1,\"property_count\":0,\"vehicle_count\":0}}\n"
#define LINE_SILENT                                                                                \
    "{\"case\":{\"case_no\":\"H2\",\"applied_on\":\"2025-01-15\"},\"members\":{\"A\":{}},"         \
    "\"coverage\":{\"A\":{\"bank\":\"not_answered\"}}}"
#define ANSWER_SILENT                                                                              \
    "{\"case\":\"H2\",\"outcome\":\"incomplete\",\"reasons\":[],\"missing\":[\"A.accounts@bank\"]" \
    ",\"output\":{\"area_sum\":{\"rate\":\"0/"                                                     \
    "1\"},\"bank_total\":null,\"income_total\":\"0.00\",\"max_price\":\"0.00\",\"members_count\":" \
    "1,\"property_count\":0,\"vehicle_count\":0}}\n"
#define LINE_BROKEN "{\"case\":{\"applied_on\":\"2025-01-15\"},\"members\":{\"A\":{\"agee\":3}}}\n"
#define ANSWER_BROKEN "{\"error\":\"Y001\",\"line\":1,\"msg\":\"unknown key \\\"agee\\\"\"}\n"

TEST(eval_answers_line_by_line)
{
    static const struct {
        const char *belief, *line, *want;
        uint32_t broken;
    } rows[] = {
        {"a household",                               LINE_HOUSEHOLD, ANSWER_HOUSEHOLD, 0},
        {"what is unknown is null",                   LINE_SILENT,    ANSWER_SILENT,    0},
        {"a field that nobody knows breaks the line", LINE_BROKEN,    ANSWER_BROKEN,    1},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct err err = {0};
        struct buf out;
        uint32_t broken;
        struct pack *pack = pack_of("bench/packs/six");
        T_ROW(rows[i].belief);
        buf_init(&out, false);
        T_OK(pack_eval(pack, model, text_of(rows[i].line), &out, &broken, &err), &err);
        T_TEXT(buf_as_text(&out), text_of(rows[i].want));
        T_EQ(broken, rows[i].broken);
        buf_release(&out);
        arena_release(&arena);
    }
}

TEST(a_path_sets_one_node)
{
    static const struct {
        const char *belief, *path;
        bool is_there;
    } rows[] = {
        {"a field",                 "a.x",      true },
        {"an item of a list",       "a.list.1", true },
        {"what is missing is made", "b.c.d",    true },
        {"past the end of a list",  "a.list.2", false},
        {"below a value",           "a.x.y",    false},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct err err = {0};
        struct yaml_node *root, *copy, value = {.type = YAML_SCALAR, .text = TEXT("new")};
        T_ROW(rows[i].belief);
        (void)pack_of("bench/packs/six");
        T_OK(yaml_parse(&root, TEXT("a: {x: old, list: [1, 2]}\n"), "t", messages, &arena, &err),
             &err);
        copy = node_with(root, text_of(rows[i].path), &value, &arena);
        T_TRUE((copy != NULL) == rows[i].is_there);
        T_TEXT(yaml_get(yaml_get(root, "a"), "x")->text, TEXT("old"));
        arena_release(&arena);
    }
}

T_MAIN(T(shipped_packs_pass_their_tests), T(a_test_can_fail), T(eval_answers_line_by_line),
       T(a_path_sets_one_node))
