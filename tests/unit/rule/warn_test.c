/* SPDX-License-Identifier: Apache-2.0 */
/* What `rules check` remarks upon in a pack that is lawful, and what it leaves alone. */
#include "engine/rule/pack_test.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/model/value.h"
#include "tests/t.h"

#define HEAD                                                                                       \
    "hedui: 1\npack: t\nzh: 试\nlevel: county\nprogramme: dibao\n"                                \
    "evidence: {v: {zh: 全, kinds: [vehicle, account], valid_days: 90, grade: final}}\n"
#define FACTS                                                                                      \
    "facts: {n: {zh: 人, type: int, is: size(members)}, s: {zh: 存, type: money, is: "           \
    "'sum(accounts.map(a, a.balance))'}}\n"
#define USED "declared: {s: {zh: 存, stated: s, found: s}, n: {zh: 人, stated: n, found: n}}\n"
#define REASON "reasons: {X: {zh: 由}}\n"
#define RULE(when) REASON "rules:\n  r: {zh: 规, reason: X, " when "}\n"
#define PARAM(name, type, value)                                                                   \
    "params: {" name ": {zh: 限, type: " type ", values: [{from: 2026-01-01, value: " value "}]}}" \
    "\n"

static char folder[] = "/tmp/hedui-warn.XXXXXX";

/* The codes of the warnings but W604, which every pack without tests has, in the order of lines. */
static void
codes_of(const char *text, const char *today, char out[256])
{
    char path[sizeof folder + 16];
    struct messages messages;
    struct model *model;
    struct pack *pack = NULL;
    struct arena arena;
    struct err err = {0};
    int32_t day = INT32_MIN;
    FILE *file;

    out[0] = '\0';
    arena_init(&arena, "test", 0, false);
    messages_init(&messages, &arena);
    snprintf(path, sizeof path, "%s/pack.yaml", folder);
    file = fopen(path, "w");
    T_TRUE(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
    T_OK(model_load(&model, "rules/model.yaml", &messages, &arena, &err), &err);
    T_OK(pack_load(&pack, folder, model, &messages, &arena, &err), &err);
    if (today != NULL)
        T_EQ(date_parse(text_of(today), &day), CELL_OK);
    T_OK(pack_warn(pack, day, &messages, &arena, &err), &err);
    T_OK(pack_warn_tried(pack, folder, &messages, &arena, &err), &err);
    T_EQ(messages.errors, 0);
    for (uint32_t i = 0; i < messages.count; i++)
        if (strcmp(messages.items[i].code, "W604") != 0) {
            strncat(out, out[0] == '\0' ? "" : " ", 255 - strlen(out));
            strncat(out, messages.items[i].code, 255 - strlen(out));
        }
    arena_release(&arena);
}

TEST(what_is_remarked_upon)
{
    /* clang-format off */
    static const struct {
        const char *belief, *text, *today, *codes;
    } rows[] = {
        {"nothing to say", HEAD FACTS USED RULE("deny_when: n > p.m") PARAM("m", "int", "3"), "2026-07-01", ""},
        {"a parameter that nothing reads", HEAD PARAM("m", "int", "3"), NULL, "W601"},
        {"a slack reads a parameter", HEAD FACTS PARAM("m", "money", "3") "declared: {s: {zh: 存, stated: s, found: s, slack: p.m}, n: {zh: 人, stated: n, found: n}}\n", NULL, ""},
        {"a fact that only an unused fact reads", HEAD "facts: {a: {zh: 甲, type: int, is: size(members)}, b: {zh: 乙, type: int, is: a + 1}}\n", NULL, "W601 W601"},
        {"output is use", HEAD "facts: {a: {zh: 甲, type: int, is: size(members)}, b: {zh: 乙, type: int, is: a + 1, output: yes}}\n", NULL, ""},
        {"a table is used like a fact", HEAD "tables: {t: {zh: 表, type: int, otherwise: 0, rows: {a: {then: 1}}}}\n", NULL, "W601"},
        {"a reason that no rule gives", HEAD REASON, NULL, "W601"},
        {"zero is no limit", HEAD RULE("deny_when: size(vehicles) > 0"), NULL, ""},
        {"a number beside a figure", HEAD RULE("deny_when: size(vehicles) > 2"), NULL, "W602"},
        {"money too, and in an exception", HEAD FACTS USED RULE("deny_when: s > yuan(5), unless: {e: {zh: 外, when: n > 4}}"), NULL, "W602 W602"},
        {"a number in a fact has a name", HEAD "facts: {a: {zh: 甲, type: int, is: size(members) * 3}}\n" RULE("deny_when: a > p.m") PARAM("m", "int", "3"), NULL, ""},
        {"400 days are no age", HEAD RULE("deny_when: size(members) > p.m") PARAM("m", "int", "3"), "2027-02-05", ""},
        {"401 days are", HEAD RULE("deny_when: size(members) > p.m") PARAM("m", "int", "3"), "2027-02-06", "W603"},
        {"a value to come is not looked at", HEAD RULE("deny_when: size(members) > p.m") PARAM("m", "int", "3"), "2020-01-01", ""},
        {"nobody has less than nothing", HEAD RULE("deny_when: size(vehicles) < 0"), NULL, "W606"},
        {"nor a balance below the model's least", HEAD FACTS USED RULE("deny_when: s < yuan(0)"), NULL, "W606"},
        {"a condition that says yes to all", HEAD RULE("deny_when: size(vehicles) >= 0"), NULL, "W606"},
        {"an exception that says yes to all", HEAD RULE("deny_when: size(vehicles) > 0, unless: {e: {zh: 外, when: size(members) >= 0}}"), NULL, "W606"},
        {"above and below", HEAD FACTS USED RULE("deny_when: n > p.m && n < p.k") "params: {m: {zh: 限, type: int, values: [{from: 2026-01-01, value: 5}]}, k: {zh: 限, type: int, values: [{from: 2026-01-01, value: 5}]}}\n", NULL, "W606"},
        {"between is lawful", HEAD FACTS USED RULE("deny_when: n >= p.m && n <= p.k") "params: {m: {zh: 限, type: int, values: [{from: 2026-01-01, value: 5}]}, k: {zh: 限, type: int, values: [{from: 2026-01-01, value: 5}]}}\n", NULL, ""},
        {"below or not below", HEAD FACTS USED RULE("deny_when: n > p.m || n <= p.m") PARAM("m", "int", "3"), NULL, "W606"},
        {"below or above is not all", HEAD FACTS USED RULE("deny_when: n > p.m || n < p.m") PARAM("m", "int", "3"), NULL, ""},
        {"of two figures nothing follows", HEAD FACTS USED RULE("deny_when: 'members.exists(m, members.exists(o, m.born < p.d && o.born > p.d))'") PARAM("d", "date", "2000-01-01"), NULL, ""},
        {"one code at a time", HEAD RULE("deny_when: 'vehicles.exists(v, v.status == \"normal\" && v.status == \"sealed\")'"), NULL, "W606"},
        {"a text about what the rule looks at", HEAD "facts: {s: {zh: 存, type: money, is: 'sum(accounts.map(a, a.balance))'}}\nrules: {r: {zh: 规, deny_when: s > p.m, reason: X}}\nreasons: {X: {zh: '{s}'}}\n" PARAM("m", "money", "3"), NULL, ""},
        {"a text about what it does not", HEAD "facts: {s: {zh: 存, type: money, is: 'sum(accounts.map(a, a.balance))'}}\nrules: {r: {zh: 规, deny_when: size(vehicles) > 0, reason: X}}\nreasons: {X: {zh: '{s}'}}\n", NULL, "W607"},
        {"a hold over the application", HEAD RULE("hold_when: 'members.all(m, m.born > p.d)'") PARAM("d", "date", "2010-01-01"), NULL, ""},
        {"a hold over a department's list, through a fact", HEAD FACTS USED RULE("hold_when: s > p.m") PARAM("m", "money", "3"), NULL, "W609"},
        {"sex, through a fact", HEAD "facts: {member.man: {zh: 男, type: bool, is: 'member.sex == \"male\"'}}\n" RULE("review_when: 'members.exists(m, m.man)'"), NULL, "W610"},
    };
    /* clang-format on */
    char codes[256];

    for (size_t i = 0; i < LEN(rows); i++) {
        T_ROW(rows[i].belief);
        codes_of(rows[i].text, rows[i].today, codes);
        T_STR(codes, rows[i].codes);
    }
}

static int
folder_make(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int
folder_drop(void **state)
{
    char path[sizeof folder + 16];

    (void)state;
    snprintf(path, sizeof path, "%s/pack.yaml", folder);
    (void)unlink(path);
    return rmdir(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {T(what_is_remarked_upon)};

    return cmocka_run_group_tests(tests, folder_make, folder_drop);
}
