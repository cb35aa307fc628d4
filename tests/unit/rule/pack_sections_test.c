/* SPDX-License-Identifier: Apache-2.0 */
/* Sections of a pack one by one: what each refuses, and in which line. The names of a table are
 * beliefs; pack_test.c has those that are about the pack as a whole. */
#include "engine/rule/pack.h"

#include <stdlib.h>
#include <unistd.h>

#include "engine/base/sys.h"
#include "tests/t.h"

#define HEAD "hedui: 1\npack: t\nzh: 试\nlevel: county\nprogramme: dibao\n"

static char folder[] = "/tmp/hedui-sections.XXXXXX";

struct row {
    const char *belief, *text, *code; /* code NULL: loads */
    uint32_t line;
};

static void
hold(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct messages messages;
        struct model *model;
        struct pack *pack;
        struct arena arena;
        struct err err = {0};
        hedui_status rc;
        bool is_told = false;

        T_ROW(rows[i].belief);
        arena_init(&arena, "test", 0, false);
        messages_init(&messages, &arena);
        T_OK(sys_publish(folder, "pack.yaml", rows[i].text, strlen(rows[i].text), 0600, "test",
                         &err),
             &err);
        T_OK(model_load(&model, "rules/model.yaml", &messages, &arena, &err), &err);
        rc = pack_load(&pack, folder, model, &messages, &arena, &err);
        if (rows[i].code == NULL && messages.count > 0)
            T_FAIL("said %s: %s", messages.items[0].code, messages.items[0].en.at);
        T_EQ(rc, rows[i].code == NULL ? HEDUI_OK : HEDUI_E_INPUT);
        for (uint32_t m = 0; m < messages.count; m++)
            is_told = is_told ||
                      (rows[i].code != NULL && strcmp(messages.items[m].code, rows[i].code) == 0 &&
                       messages.items[m].place.line == rows[i].line);
        if (rows[i].code != NULL && !is_told && messages.count > 0)
            T_FAIL("said %s in line %u", messages.items[0].code, messages.items[0].place.line);
        T_TRUE(is_told || rows[i].code == NULL);
        arena_release(&arena);
    }
}

TEST(the_head_is_whole_and_said_once)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"nothing else is needed", HEAD, NULL, 0},
        {"no programme", "hedui: 1\npack: t\nzh: 试\nlevel: county\n", "Y014", 1},
        {"a later form", "hedui: 2\npack: t\nzh: 试\nlevel: county\nprogramme: dibao\n", "Y013", 1},
        {"a level that there is not", "hedui: 1\npack: t\nzh: 试\nlevel: state\nprogramme: dibao\n", "N103", 4},
        {"a section that is no map", HEAD "facts: [a]\n", "Y001", 6},
        {"a day that is none", HEAD "as_of: size(members)\n", "T206", 6},
        {"the day of application", HEAD "as_of: case.applied_on\n", NULL, 0},
        {"one name twice", HEAD "reasons:\n  X: {zh: 由}\n  X: {zh: 由}\n", "Y011", 8},
    };
    /* clang-format on */
    hold(rows, LEN(rows));
}

TEST(parameters_say_type_day_and_value)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"abolished from a day on", HEAD "params:\n  n: {zh: 数, type: int, values: [{from: 2020-01-01, value: 1}, {from: 2021-01-01, abolished: yes}]}\n", NULL, 0},
        {"values in any order", HEAD "params:\n  n: {zh: 数, type: int, values: [{from: 2021-01-01, value: 2}, {from: 2020-01-01, value: 1}]}\n", NULL, 0},
        {"a day of its own", HEAD "params:\n  n: {zh: 数, type: int, as_of: case.applied_on, values: [{from: 2020-01-01, value: 1}]}\n", NULL, 0},
        {"a day that is no day of the case", HEAD "params:\n  n: {zh: 数, type: int, as_of: case.rigid_expense, values: [{from: 2020-01-01, value: 1}]}\n", "T206", 7},
        {"a day that is computed", HEAD "params:\n  n:\n    zh: 数\n    type: int\n    as_of: add_months(case.applied_on, 1)\n    values: [{from: 2020-01-01, value: 1}]\n", "T206", 10},
        {"neither value nor end", HEAD "params:\n  n: {zh: 数, type: int, values: [{from: 2020-01-01}]}\n", "Y014", 7},
        {"no such type", HEAD "params:\n  n: {zh: 数, type: number, values: [{from: 2020-01-01, value: 1}]}\n", "N104", 7},
        {"no such period", HEAD "params:\n  n: {zh: 数, type: money, per: week, values: [{from: 2020-01-01, value: 1}]}\n", "Y013", 7},
        {"once is a period", HEAD "params:\n  n: {zh: 数, type: money, per: once, values: [{from: 2020-01-01, value: 1}]}\n", NULL, 0},
        {"a word that is no code of the list", HEAD "params:\n  n: {zh: 数, type: list(code(income_item)), values: [{from: 2020-01-01, value: [wages]}]}\n", "N103", 7},
        {"a text for a number", HEAD "params:\n  n: {zh: 数, type: int, values: [{from: 2020-01-01, value: many}]}\n", "T205", 7},
        {"a number for a list", HEAD "params:\n  n: {zh: 数, type: list(int), values: [{from: 2020-01-01, value: 1}]}\n", "Y001", 7},
        {"a day that no calendar has", HEAD "params:\n  n: {zh: 数, type: int, values: [{from: 2021-02-29, value: 1}]}\n", "T206", 7},
        {"bool, date, month and rate are types", HEAD "params:\n  a: {zh: 数, type: bool, values: [{from: 2020-01-01, value: yes}]}\n"
         "  b: {zh: 数, type: date, values: [{from: 2020-01-01, value: 2020-02-29}]}\n"
         "  c: {zh: 数, type: month, values: [{from: 2020-01-01, value: 2020-02}]}\n"
         "  d: {zh: 数, type: rate, values: [{from: 2020-01-01, value: 80%}]}\n", NULL, 0},
    };
    /* clang-format on */
    hold(rows, LEN(rows));
}

TEST(facts_and_rules_are_named_and_typed)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"a name with capitals", HEAD "facts:\n  Number: {zh: 数, type: int, is: '1'}\n", "N101", 7},
        {"output is yes or no", HEAD "facts:\n  n: {zh: 数, type: int, is: '1', output: perhaps}\n", "T205", 7},
        {"a row's figure is not printed", HEAD "facts:\n  member.n: {zh: 数, type: int, is: '1', output: yes}\n", "T203", 7},
        {"no such rounding", HEAD "facts:\n  n: {zh: 数, type: money, is: yuan(1) / 3, round: nearly}\n", "N101", 7},
        {"a figure that may be none", HEAD "facts:\n  n: {zh: 数, type: money, is: case.rigid_expense}\n", "T207", 7},
        {"a severity past nine", HEAD "rules:\n  r: {zh: 规, deny_when: size(members) > 1, reason: X, severity: 10}\nreasons: {X: {zh: 由}}\n", "T205", 7},
        {"the engine's own names", HEAD "rules:\n  ENG-X: {zh: 规, deny_when: size(members) > 1, reason: X}\nreasons: {X: {zh: 由}}\n", "N102", 7},
        {"exceptions in any order", HEAD "rules:\n  r: {zh: 规, deny_when: size(members) > 1, reason: X, unless: {b: {zh: 乙, when: size(members) > 3}, a: {zh: 甲, when: size(members) > 4}}}\nreasons: {X: {zh: 由}}\n", NULL, 0},
    };
    /* clang-format on */
    hold(rows, LEN(rows));
}

TEST(sources_and_declared_items_fit_the_model)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"days are a number", HEAD "evidence: {tax: {zh: 税, kinds: [income], valid_days: soon, grade: final}}\n", "T205", 6},
        {"no such grade", HEAD "evidence: {tax: {zh: 税, kinds: [income], valid_days: 9, grade: good}}\n", "N103", 6},
        {"an objection on leads only", HEAD "evidence: {tax: {zh: 税, kinds: [income], valid_days: 9, grade: lead}}\nfacts:\n  n: {zh: 数, type: int, is: 'size(members.filter(m, size(m.incomes) > 0))'}\nrules:\n  r: {zh: 规, deny_when: n > 0, reason: X}\n", "N108", 10},
        {"leads beside something better", HEAD "evidence:\n  a: {zh: 税, kinds: [income], valid_days: 9, grade: lead}\n  b: {zh: 税, kinds: [income], valid_days: 9, grade: needs_confirmation}\nrules:\n  r: {zh: 规, deny_when: 'members.exists(m, size(m.incomes) > 0)', reason: X}\nreasons: {X: {zh: 由}}\n", NULL, 0},
        {"a question on leads only", HEAD "evidence: {tax: {zh: 税, kinds: [income], valid_days: 9, grade: lead}}\nrules:\n  r: {zh: 规, review_when: 'members.exists(m, size(m.incomes) > 0)', reason: X}\nreasons: {X: {zh: 由}}\n", NULL, 0},
        {"a lead is a grade", HEAD "evidence: {tax: {zh: 税, kinds: [income], valid_days: 9, grade: lead}}\n", NULL, 0},
        {"whom it is asked about is a bool", HEAD "evidence: {tax: {zh: 税, kinds: [income], valid_days: 9, grade: final, who: member.born}}\n", "T203", 6},
        {"everyone", HEAD "evidence: {tax: {zh: 税, kinds: [income], valid_days: 9, grade: final, who: size(members) > 0}}\n", NULL, 0},
        {"stated and found are of one kind", HEAD "evidence: {tax: {zh: 税, kinds: [income], valid_days: 9, grade: final}}\ndeclared:\n  i: {zh: 收, stated: yuan(1), found: size(incomes)}\n", "T201", 8},
        {"a slack that nobody defined", HEAD "declared:\n  i: {zh: 收, stated: yuan(1), found: yuan(2), slack: s}\n", "N101", 7},
        {"no such field to be missing", HEAD "missing: {member.shoe: {ask: 鞋}}\n", "N101", 6},
        {"neither asked nor assumed", HEAD "missing: {member.student: {zh: 在读}}\n", "Y014", 6},
        {"asked and assumed", HEAD "missing: {member.student: {ask: 在读证明, assume: no, zh: 在读}}\n", "Y014", 6},
        {"assumed without a reason", HEAD "missing: {member.student: {assume: no}}\n", "Y014", 6},
        {"assumed where a blank is none", HEAD "missing: {member.guardian: {assume: A, zh: 监护}}\n", "T202", 6},
        {"assumed as another type", HEAD "missing: {member.student: {assume: 3, zh: 在读}}\n", "T205", 6},
        {"assumed below the least", HEAD "missing: {account.balance: {assume: -1, zh: 余额}}\n", "T205", 6},
        {"a list that is assumed to hold something", HEAD "missing: {vehicles: {assume: 3, zh: 车}}\n", "T202", 6},
        {"a paper for a field", HEAD "missing: {member.student: {ask: 在读证明}}\n", NULL, 0},
    };
    /* clang-format on */
    hold(rows, LEN(rows));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_head_is_whole_and_said_once),
        T(parameters_say_type_day_and_value),
        T(facts_and_rules_are_named_and_typed),
        T(sources_and_declared_items_fit_the_model),
    };
    struct err err;
    int failed;

    if (mkdtemp(folder) == NULL)
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    return sys_remove_tree(folder, &err) == HEDUI_OK ? failed : 1;
}
