/* SPDX-License-Identifier: Apache-2.0 */
/* What a wrong pack is told, and what its hash stands for. */
#include "engine/rule/pack.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/rule/judge.h"
#include "tests/t.h"

#define HEAD "hedui: 1\npack: t\nzh: 试\nlevel: county\nprogramme: dibao\n"
#define TAX "evidence: {tax: {zh: 税务, kinds: [income], valid_days: 90, grade: final}}\n"

static char folder[64];

static void
file_put(const char *name, const char *text)
{
    char path[128];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "w");
    T_TRUE(file != NULL);
    if (file == NULL)
        return;
    fputs(text, file);
    fclose(file);
}

static void
folder_make(void)
{
    snprintf(folder, sizeof folder, "/tmp/hedui-pack-XXXXXX");
    T_TRUE(mkdtemp(folder) != NULL);
}

static void
folder_drop(void)
{
    static const char *const names[] = {"a.yaml", "b.yaml"};
    char path[128];

    for (size_t i = 0; i < LEN(names); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
}

static struct pack *
load(struct arena *arena, struct messages *messages)
{
    struct model *model;
    struct pack *pack = NULL;
    struct err err = {0};

    messages_init(messages, arena);
    T_OK(model_load(&model, "rules/model.yaml", messages, arena, &err), &err);
    if (pack_load(&pack, folder, model, messages, arena, &err) != HEDUI_OK)
        T_TRUE(pack == NULL && messages->errors > 0);
    return pack;
}

TEST(a_wrong_pack_is_told_where)
{
    static const struct {
        const char *belief, *text, *code;
        uint32_t line;
    } rows[] = {
        {"a sound pack has no message",
         HEAD TAX "facts: {n: {zh: 数, type: int, is: size(members)}}\n",                                                                NULL,   0 },
        {"an unknown key",                                                HEAD "rulez: {}\n",                                             "Y013", 6 },
        {"a key that is missing",                                         HEAD "facts:\n  n: {zh: 数, type: int}\n",                     "Y014", 7 },
        {"an unknown name",                                               HEAD "facts:\n  n: {zh: 数, type: int, is: size(member)}\n",   "N101", 7 },
        {"a parameter that nobody defined",                               HEAD "facts:\n  n: {zh: 数, type: int, is: p.x}\n",
         "N101",                                                                                                                                  7 },
        {"a fact may not take a list's name",
         HEAD "facts:\n  vehicles: {zh: 数, type: int, is: '1'}\n",                                                                      "N102", 7 },
        {"a word that is no code",
         HEAD TAX
         "facts:\n  n: {zh: 数, type: int, is: 'size(incomes.filter(i, i.item == \"wages\"))'}\n",                                       "N103", 8 },
        {"a kind that does not exist",                                    HEAD "facts:\n  boat.n: {zh: 数, type: int, is: '1'}\n",
         "N104",                                                                                                                                  7 },
        {"a circle of facts",
         HEAD "facts:\n  a: {zh: 甲, type: int, is: b + 1}\n  b: {zh: 乙, type: int, is: a + 1}\n",
         "N105",                                                                                                                                  7 },
        {"a kind without evidence",                                       HEAD "facts:\n  n: {zh: 数, type: int, is: size(accounts)}\n",
         "N106",                                                                                                                                  7 },
        {"a kind without evidence is shown where it is read",
         HEAD TAX
         "facts:\n  a: {zh: 数, type: int, is: size(incomes)}\n"
         "  n:\n    zh: 数\n    type: int\n    is: >-\n      size(members) +\n"
         "      size(vehicles)\nrules:\n"
         "  r: {zh: 规, deny_when: size(vehicles) > 1, reason: X}\nreasons: {X: {zh: 由}}\n",                                           "N106", 14},
        {"a list's name for a kind",
         HEAD "evidence: {tax: {zh: 税, kinds: [vehicles], valid_days: 9, grade: final}}\n",                                             "N104",
         6                                                                                                                                          },
        {"a wrong declared type",                                         HEAD "facts:\n  n: {zh: 数, type: bool, is: size(members)}\n",
         "T203",                                                                                                                                  7 },
        {"a fraction of a fen",                                           HEAD "facts:\n  n: {zh: 数, type: money, is: yuan(1) / 3}\n",
         "T204",                                                                                                                                  7 },
        {"rounding mends it",
         HEAD TAX "facts:\n  n: {zh: 数, type: money, is: yuan(1) / 3, round: round_fen}\n",                                             NULL,
         0                                                                                                                                          },
        {"periods differ",
         HEAD "params: {s: {zh: 标准, type: money, per: month, values: [{from: 2020-01-01, value: "
              "1}]}}\nfacts:\n  n: {zh: 数, type: money, is: p.s}\n",                                                                    "T213", 8 },
        {"money against int",
         HEAD "rules:\n  r: {zh: 规, deny_when: case.rigid_expense != null && case.rigid_expense > "
              "3, reason: X}\n",                                                                                                          "T201", 7 },
        {"a text that rests as a tag has no words",
         HEAD TAX
         "facts:\n  n: {zh: 数, type: int, is: 'size(members.filter(m, m.name == \"王\"))'}\n",                                         "T201", 8 },
        {"nor a beginning",
         HEAD TAX "facts:\n  n: {zh: 数, type: int, is: 'size(members.filter(m, "
                  "m.name.startsWith(\"王\")))'}\n",                                                                                     "T202", 8 },
        {"but it may be the same as another",
         HEAD TAX "facts:\n  n: {zh: 数, type: int, is: 'size(members.filter(m, members.exists(o, "
                  "o.name == m.name && o.key != m.key)))'}\n",                                                                            NULL,   0 },
        {"a window of ten years",
         HEAD TAX "facts:\n  n: {zh: 数, type: int, is: 'size(incomes.filter(i, "
                  "within_months(i.month, case.applied_on, 120)))'}\n",                                                                   NULL,   0 },
        {"a longer window",
         HEAD TAX "facts:\n  n: {zh: 数, type: int, is: 'size(incomes.filter(i, "
                  "within_months(i.month, case.applied_on, 121)))'}\n",                                                                   "T202", 8 },
        {"a parameter that is too long a window, where its value stands",
         HEAD TAX "params:\n  w: {zh: 窗, type: int, values: [{from: 2020-01-01, value: 121}]}\n"
                  "facts:\n  n: {zh: 数, type: int, is: 'size(incomes.filter(i, "
                  "within_months(i.month, case.checked_on, p.w)))'}\n",                                                                   "T202", 8 },
        {"none without a guard",
         HEAD "rules:\n  r: {zh: 规, deny_when: case.rigid_expense > yuan(3), reason: X}\n",                                             "T207",
         7                                                                                                                                          },
        {"a condition is a bool",
         HEAD "rules:\n  r: {zh: 规, deny_when: size(members), reason: X}\n",                                                            "T203", 7 },
        {"a rule without a condition",                                    HEAD "rules:\n  r: {zh: 规, reason: X}\n",                     "Y014", 7 },
        {"two values of one day",
         HEAD "params:\n  s: {zh: 标, type: int, values: [{from: 2020-01-01, value: 1}, {from: "
              "2020-01-01, value: 2}]}\n",                                                                                                "D302", 7 },
        {"a parameter without value",                                     HEAD "params:\n  s: {zh: 标, type: int, values: []}\n",
         "D301",                                                                                                                                  7 },
        {"until before from",
         HEAD "rules:\n  r: {zh: 规, deny_when: 'true', from: 2026-01-02, until: 2026-01-01, "
              "reason: X}\n",                                                                                                             "D303", 7 },
        {"a grouped amount",
         HEAD "params:\n  s: {zh: 标, type: money, values: [{from: 2020-01-01, value: '1,250'}]}\n",
         "T205",                                                                                                                                  7 },
        {"no such day",
         HEAD "params:\n  s: {zh: 标, type: int, values: [{from: 2020-02-30, value: 1}]}\n",                                             "T206",
         7                                                                                                                                          },
        {"a text names what is not there",
         HEAD TAX
         "facts: {n: {zh: 数, type: int, is: size(members)}}\nreasons:\n  X: {zh: '共 {m} 人'}\n",
         "N101",                                                                                                                                  9 },
        {"who reads no department",
         HEAD "evidence:\n  tax: {zh: 税, kinds: [income], valid_days: 9, grade: final, who: "
              "size(member.incomes) > 0}\n",                                                                                              "T202", 7 },
        {"no table is needed",                                            HEAD "tables: {}\n",                                            NULL,   0 },
        {"a parent that lies nowhere",
         "hedui: 1\npack: t\nzh: 试\nlevel: county\nextends: no_such_pack@0123456789ab\n",                                               "N101",
         5                                                                                                                                          },
        {"a verb without a parent",
         HEAD "set: {p.x: {values: [{from: 2026-07-01, value: 1, ref: 文}]}}\n",                                                         "O506", 6 },
        {"local names a level",
         HEAD
         "params:\n  s: {zh: 标, type: int, local: town, values: [{from: 2020-01-01, value: 1}]}\n",
         "N103",                                                                                                                                  7 },
        {"a value outside its own range",
         HEAD
         "params:\n  s: {zh: 标, type: int, range: 2..3, values: [{from: 2020-01-01, value: 1}]}\n",
         "O505",                                                                                                                                  7 },
        {"a range of words",
         HEAD "params:\n  s: {zh: 标, type: string, range: 2..3, values: [{from: 2020-01-01, "
              "value: 1}]}\n",                                                                                                            "T205", 7 },
        {"a programme that nobody knows",
         "hedui: 1\npack: t\nzh: 试\nlevel: county\nprogramme: dibaoo\n",                                                                "N103", 5 },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct messages *messages;
        struct arena arena;
        struct pack *pack;
        T_ROW(rows[i].belief);
        arena_init(&arena, "test", 0, false);
        messages = arena_alloc(&arena, 1, sizeof *messages);
        folder_make();
        file_put("a.yaml", rows[i].text);
        pack = load(&arena, messages);
        T_TRUE((pack != NULL) == (rows[i].code == NULL));
        if (rows[i].code != NULL) {
            T_STR(messages->items[0].code, rows[i].code);
            T_EQ(messages->items[0].place.line, rows[i].line);
        }
        folder_drop();
        arena_release(&arena);
    }
}

TEST(a_message_says_what_was_meant)
{
    static const struct {
        const char *belief, *text, *code, *zh;
        bool is_error;
    } rows[] = {
        {"a list's name leads to its kind",
         HEAD "evidence: {tax: {zh: 税, kinds: [vehicles], valid_days: 9, grade: final}}\n",                 "N104",
         "是否指 “vehicle”",                                                                                                             true },
        {"a slip in a kind",
         HEAD "evidence: {tax: {zh: 税, kinds: [vehicel], valid_days: 9, grade: final}}\n",                  "N104",
         "是否指 “vehicle”",                                                                                                             true },
        {"a slip in the kind of a fact",           HEAD "facts:\n  membr.n: {zh: 数, type: int, is: '1'}\n",
         "N104",                                                                                                      "是否指 “member”", true },
        {"nothing is near",                        HEAD "facts:\n  boat.n: {zh: 数, type: int, is: '1'}\n",  "N104",
         "没有记录种类 “boat”",                                                                                                       true },
        {"a reason without text is remarked upon",
         HEAD "rules:\n  r: {zh: 规, deny_when: 'true', reason: X-01}\n",                                    "W608", "X-01",                   false},
        {"a slip in a reason is an error",
         HEAD "rules:\n  r: {zh: 规, deny_when: 'true', reason: X-01}\nreasons: {X-0: {zh: 由}}\n",
         "N101",                                                                                                      "是否指 “X-0”",    true },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct messages *messages;
        struct arena arena;

        T_ROW(rows[i].belief);
        arena_init(&arena, "test", 0, false);
        messages = arena_alloc(&arena, 1, sizeof *messages);
        folder_make();
        file_put("a.yaml", rows[i].text);
        T_TRUE((load(&arena, messages) == NULL) == rows[i].is_error);
        T_EQ(messages->count, 1);
        T_STR(messages->items[0].code, rows[i].code);
        T_TRUE(text_find(messages->items[0].zh, text_of(rows[i].zh)) != SIZE_MAX);
        folder_drop();
        arena_release(&arena);
    }
}

static struct digest
hash_of(const char *a, const char *b)
{
    struct messages *messages;
    struct arena arena;
    struct digest digest = {{0}};
    struct pack *pack;

    arena_init(&arena, "test", 0, false);
    messages = arena_alloc(&arena, 1, sizeof *messages);
    folder_make();
    file_put("a.yaml", a);
    if (b != NULL)
        file_put("b.yaml", b);
    pack = load(&arena, messages);
    T_TRUE(pack != NULL);
    if (pack != NULL)
        digest = *pack_hash(pack);
    folder_drop();
    arena_release(&arena);
    return digest;
}

TEST(the_hash_is_of_the_meaning)
{
#define FACTS                                                                                      \
    "facts:\n  n: {zh: 数, type: int, is: size(members) + 1}\n  k: {zh: 丙, type: int, is: n * " \
    "2}\n"
#define RULE "rules: {r: {zh: 规, deny_when: n > p.m, reason: X}}\n"
#define PARAM                                                                                      \
    "params: {m: {zh: 限, type: money, values: [{from: 2020-01-01, value: 820}]}, l: {zh: 限, "  \
    "type: int, values: [{from: 2020-01-01, value: 9}]}}\n"
    static const struct {
        const char *belief, *a, *b;
        bool is_same;
    } rows[] = {
        {"the same again",                       HEAD FACTS PARAM,                                   NULL,  true },
        {"comments and order of keys",
         "# note\nprogramme: dibao\nlevel: county\nzh: 试\npack: t\nhedui: 1\n" PARAM FACTS,        NULL,
         true                                                                                                    },
        {"two files",                            HEAD FACTS,                                         PARAM, true },
        {"quotes, blanks and needless brackets",
         HEAD "facts:\n  k: {zh: \"丙\", type: int, is: \"n*2\"}\n  n: {zh: 数, type: int, is: "
              "(size(members)) + 1}\n" PARAM,
         NULL,                                                                                              true },
        {"the default day written out",          HEAD "as_of: case.checked_on\n" FACTS PARAM,        NULL,  true },
        {"another day",                          HEAD "as_of: case.applied_on\n" FACTS PARAM,        NULL,  false},
        {"who may change it below",
         HEAD "facts:\n  n: {zh: 数, type: int, is: size(members) + 1, local: city}\n  k: {zh: 丙, "
              "type: int, is: n * 2}\n" PARAM,
         NULL,                                                                                              false},
        {"820 and 820.00 are one amount",
         HEAD FACTS "params: {m: {zh: 限, type: money, values: [{from: 2020-01-01, value: "
                    "820.00}]}, l: {zh: 限, type: int, values: [{from: 2020-01-01, value: 9}]}}\n", NULL,  true },
        {"another number",
         HEAD "facts:\n  n: {zh: 数, type: int, is: size(members) + 2}\n  k: {zh: 丙, type: int, "
              "is: n * 2}\n" PARAM,
         NULL,                                                                                              false},
        {"another label",
         HEAD "facts:\n  n: {zh: 人, type: int, is: size(members) + 1}\n  k: {zh: 丙, type: int, "
              "is: n * 2}\n" PARAM,
         NULL,                                                                                              false},
        {"one more source",                      HEAD FACTS PARAM TAX,                               NULL,  false},
        {"output makes a difference",
         HEAD "facts:\n  n: {zh: 数, type: int, is: size(members) + 1, output: yes}\n  k: {zh: 丙, "
              "type: int, is: n * 2}\n" PARAM,
         NULL,                                                                                              false},
    };
    struct digest first = hash_of(HEAD FACTS PARAM, NULL);

    for (size_t i = 0; i < LEN(rows); i++) {
        struct digest other;
        T_ROW(rows[i].belief);
        other = hash_of(rows[i].a, rows[i].b);
        T_TRUE((memcmp(first.bytes, other.bytes, sizeof first.bytes) == 0) == rows[i].is_same);
    }
}

T_MAIN(T(a_message_says_what_was_meant), T(a_wrong_pack_is_told_where),
       T(the_hash_is_of_the_meaning))
