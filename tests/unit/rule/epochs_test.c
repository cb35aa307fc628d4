/* SPDX-License-Identifier: Apache-2.0 */
/* Days of change make epochs; each case is judged by its own, a parameter by the day it names. */
#include "engine/rule/epochs.h"

#include <stdlib.h>
#include <unistd.h>

#include "engine/model/value.h"
#include "engine/rule/judge.h"
#include "engine/rule/pack_in.h"
#include "tests/t.h"

#define HEAD "hedui: 1\npack: t\nzh: 试\nlevel: county\nprogramme: dibao\n"
#define BODY                                                                                       \
    "facts: {n: {zh: 数, type: int, is: p.a + p.b, output: yes}}\n"                               \
    "rules: {r: {zh: 规, from: 2026-03-01, until: 2026-09-01, deny_when: n > 30, reason: A}}\n"   \
    "reasons: {A: {zh: 由}}\n"
#define PARAMS(last, as_of)                                                                        \
    "params:\n"                                                                                    \
    "  a: {zh: 甲, type: int, values: [{from: 2025-01-01, value: 1}, {from: 2026-07-01, value: "  \
    "" last "}]}\n"                                                                                \
    "  b: {zh: 乙, type: int, " as_of                                                              \
    "values: [{from: 2025-01-01, value: 10}, {from: 2026-07-01, value: 20}]}\n"

static struct pack *
load(const char *text, struct arena *arena, struct messages *messages)
{
    char folder[] = "/tmp/hedui-epochs-XXXXXX", path[64];
    struct model *model;
    struct pack *pack = NULL;
    struct err err = {0};
    FILE *file;

    T_TRUE(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/pack.yaml", folder);
    file = fopen(path, "w");
    T_TRUE(file != NULL);
    if (file != NULL) {
        fputs(text, file);
        fclose(file);
    }
    messages_init(messages, arena);
    T_OK(model_load(&model, "rules/model.yaml", messages, arena, &err), &err);
    if (pack_load(&pack, folder, model, messages, arena, &err) != HEDUI_OK)
        T_TRUE(pack == NULL);
    unlink(path);
    rmdir(folder);
    return pack;
}

static int32_t
day(const char *text)
{
    int32_t out = 0;

    T_TRUE(date_parse(text_of(text), &out) == CELL_OK);
    return out;
}

TEST(a_change_begins_an_epoch)
{
    static const char *const from[] = {"2025-01-01", "2026-03-01", "2026-07-01", "2026-09-01"};
    static const struct {
        const char *belief, *day;
        int64_t value; /* of a; 0: none in force */
    } rows[] = {
        {"before the first value nothing is in force", "2024-12-31", 0},
        {"the first day of a value",                   "2025-01-01", 1},
        {"the last day of it",                         "2026-06-30", 1},
        {"the first day of the next",                  "2026-07-01", 2},
        {"for ever after",                             "2099-01-01", 2},
    };
    struct messages *messages;
    struct arena arena;
    struct pack *pack;

    arena_init(&arena, "test", 0, false);
    messages = arena_alloc(&arena, 1, sizeof *messages);
    pack = load(HEAD PARAMS("2", "") BODY, &arena, messages);
    T_TRUE(pack != NULL);
    if (pack == NULL)
        return;
    T_ROW("values and rules both make epochs, without gaps");
    T_EQ(pack_epoch_count(pack), 1 + LEN(from));
    for (uint32_t i = 0; i < LEN(from); i++) {
        T_EQ(pack_epoch(pack, i + 1)->from, day(from[i]));
        T_EQ(pack_epoch(pack, i)->until, day(from[i]));
    }
    for (size_t i = 0; i < LEN(rows); i++) {
        const struct param_value *value = pack_epoch_of(pack, day(rows[i].day))->values[0];

        T_ROW(rows[i].belief);
        T_EQ(value == NULL ? 0 : value->value.integer, rows[i].value);
    }
    arena_release(&arena);
}

TEST(a_change_is_seen_in_its_span_alone)
{
    struct messages *messages;
    struct arena arena;
    struct pack *old, *new;
    struct digest *a, *b;
    struct err err = {0};

    arena_init(&arena, "test", 0, false);
    messages = arena_alloc(&arena, 1, sizeof *messages);
    old = load(HEAD PARAMS("2", "") BODY, &arena, messages);
    new = load(HEAD PARAMS("3", "") BODY, &arena, messages);
    T_TRUE(old != NULL && new != NULL);
    if (old == NULL || new == NULL)
        return;
    T_OK(pack_epoch_hashes(old, &a, &arena, &err), &err);
    T_OK(pack_epoch_hashes(new, &b, &arena, &err), &err);
    T_EQ(pack_epoch_count(old), pack_epoch_count(new));
    for (uint32_t i = 0; i < pack_epoch_count(old); i++) {
        T_ROW("two epochs follow the changed value, all before are as they were");
        T_TRUE((memcmp(&a[i], &b[i], sizeof *a) != 0) == (i >= 3));
        for (uint32_t k = 0; k < i; k++) {
            T_ROW("no two epochs are alike");
            T_TRUE(memcmp(&a[i], &a[k], sizeof *a) != 0);
        }
    }
    arena_release(&arena);
}

TEST(a_parameter_may_have_a_day_of_its_own)
{
    static const char line[] = "{\"case\":{\"applied_on\":\"2026-06-30\",\"checked_on\":"
                               "\"2026-07-01\"},\"members\":{\"A\":{}}}\n";
    static const struct {
        const char *belief, *text, *want;
    } rows[] = {
        {"by the check, as the pack", HEAD PARAMS("2", "") BODY,                         "\"n\":22"},
        {"by the application",        HEAD PARAMS("2", "as_of: case.applied_on, ") BODY, "\"n\":12"},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct messages *messages;
        struct arena arena;
        struct pack *pack;
        struct buf out;
        struct err err = {0};
        uint32_t broken;

        T_ROW(rows[i].belief);
        arena_init(&arena, "test", 0, false);
        messages = arena_alloc(&arena, 1, sizeof *messages);
        buf_init(&out, false);
        pack = load(rows[i].text, &arena, messages);
        T_TRUE(pack != NULL);
        if (pack != NULL) {
            T_OK(pack_eval(pack, pack->model, text_of(line), &out, &broken, &err), &err);
            T_TRUE(text_find(buf_as_text(&out), text_of(rows[i].want)) != SIZE_MAX);
        }
        buf_release(&out);
        arena_release(&arena);
    }
}

TEST(a_day_of_its_own_is_a_day_of_the_case)
{
    static const struct {
        const char *belief, *text, *code;
    } rows[] = {
        {"a number",       HEAD PARAMS("2", "as_of: size(members), ") BODY,          "T206"},
        {"a computed day", HEAD PARAMS("2", "as_of: 'date(\"2026-01-01\")', ") BODY, "T206"},
        {"no such field",  HEAD PARAMS("2", "as_of: case.aplied_on, ") BODY,         "N101"},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct messages *messages;
        struct arena arena;

        T_ROW(rows[i].belief);
        arena_init(&arena, "test", 0, false);
        messages = arena_alloc(&arena, 1, sizeof *messages);
        T_TRUE(load(rows[i].text, &arena, messages) == NULL);
        T_STR(messages->items[0].code, rows[i].code);
        T_EQ(messages->items[0].place.line, 8);
        arena_release(&arena);
    }
}

T_MAIN(T(a_change_begins_an_epoch), T(a_change_is_seen_in_its_span_alone),
       T(a_parameter_may_have_a_day_of_its_own), T(a_day_of_its_own_is_a_day_of_the_case))
