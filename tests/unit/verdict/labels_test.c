/* SPDX-License-Identifier: Apache-2.0 */
/* What the names of a shipped pack are called, once written beside the verdicts and read back. */
#include "engine/verdict/labels.h"

#include "tests/unit/rule/shipped.h"

struct fixture {
    struct shipped shipped;
    struct buf file;
    struct labels labels;
};

static void
fixture_open(struct fixture *fixture)
{
    struct err err = {0};

    *fixture = (struct fixture){0};
    shipped_open(&fixture->shipped, "rules/jiangsu-dibao");
    buf_init(&fixture->file, false);
    T_OK(labels_json(&fixture->file, fixture->shipped.pack, &fixture->shipped.arena, &err), &err);
    T_OK(labels_read(&fixture->labels, buf_as_text(&fixture->file), &fixture->shipped.arena, &err),
         &err);
}

static void
fixture_close(struct fixture *fixture)
{
    buf_release(&fixture->file);
    shipped_close(&fixture->shipped);
}

TEST(names_become_labels)
{
    static const struct {
        const char *belief, *name, *zh, *en;
        bool is_cause;
    } rows[] = {
        {"a figure",                                                  "per_capita",              "家庭月人均收入",                    "household income per head", false},
        {"a parameter",                                               "p.homes_max",             "住房套数上限",                       "homes at most",             false},
        {"a field of a variable that only one thing has",             "m.age",                   "年龄（周岁）",                       "age (years)",
         false                                                                                                                                                                 },
        {"a field that several things have under other names stands", "x.category",              "x.category",
         "x.category",                                                                                                                                                    false},
        {"a sum is said term by term",                                "savings - savings_limit", "家庭存款 - 存款上限",
         "savings - limit of savings",                                                                                                                                    false},
        {"a product has its sign",                                    "p.homes_max * headcount", "住房套数上限 × 共同生活人数",
         "homes at most × members",                                                                                                                                      false},
        {"a number and a function stand",                             "size(members) + 2.50",    "size(家庭成员) + 2.50",
         "size(members) + 2.50",                                                                                                                                          false},
        {"a word in quotes is no name",                               "\"savings\"",             "\"savings\"",                              "\"savings\"",               false},
        {"an open quote ends with the text",                          "\"savings",               "\"savings",                                "\"savings",                 false},
        {"a silent source",                                           "A.accounts@bank",         "A 银行账户（银行）",               "A bank accounts (banks)",
         true                                                                                                                                                                  },
        {"a month of a source",                                       "AB.incomes@tax:2026-05",  "AB 收入（税务部门，2026-05）",
         "AB income (tax office, 2026-05)",                                                                                                                               true },
        {"a source that the pack does not know",                      "A.accounts@other",        "A 银行账户（other）",
         "A bank accounts (other)",                                                                                                                                       true },
        {"a field of a row",                                          "A.vehicles.0.price",      "A 机动车 购置价格",                 "A vehicles purchase price",
         true                                                                                                                                                                  },
        {"a row",                                                     "C.incomes.11",            "C 收入",                                 "C income",                  true },
        {"a member's own field",                                      "B.labour",                "B 有劳动能力",                        "B able to work",            true },
        {"a field of the case",                                       "case.rigid_expense",      "刚性支出（年）",
         "unavoidable expenses (a year)",                                                                                                                                 true },
        {"what is known to nobody stands",                            "Q.nothing.3.here",        "Q nothing.3.here",
         "Q nothing.3.here",                                                                                                                                              true },
        {"nothing",                                                   "",                        "",                                         "",                          true },
    };
    struct fixture fixture;
    struct buf out;

    fixture_open(&fixture);
    buf_init(&out, false);
    for (size_t i = 0; i < 2 * LEN(rows); i++) {
        const char *want = i < LEN(rows) ? rows[i].zh : rows[i - LEN(rows)].en;
        struct text name = text_of(rows[i % LEN(rows)].name);

        T_ROW(rows[i % LEN(rows)].belief);
        fixture.labels.is_english = i >= LEN(rows);
        buf_reset(&out);
        if (rows[i % LEN(rows)].is_cause)
            labels_cause(&out, &fixture.labels, name);
        else
            labels_expression(&out, &fixture.labels, name);
        T_TEXT(buf_as_text(&out), text_of(want));
    }
    buf_release(&out);
    fixture_close(&fixture);
}

/* A pack need not speak English, nor a model. */
TEST(english_that_nobody_wrote_is_the_name)
{
    static const struct {
        const char *belief, *name, *en;
    } rows[] = {
        {"a figure is the words of its name",         "per_capita",   "per capita"    },
        {"a parameter is the words behind its point", "p.homes_max",  "homes max"     },
        {"where somebody wrote, the writing",         "savings",      "money in banks"},
        {"a row without a word of English",           "A.accounts.0", "A accounts"    },
    };
    static const char file[] = "{\"labels\":1,\"pack\":\"p\",\"zh\":\"包\",\"names\":{"
                               "\"per_capita\":{\"zh\":\"人均\"},\"p.homes_max\":{\"zh\":\"上限\"},"
                               "\"savings\":{\"zh\":\"存款\",\"en\":\"money in banks\"},"
                               "\"accounts\":{\"zh\":\"账户\",\"of\":\"account\"}}}";
    struct labels labels = {0};
    struct arena arena;
    struct buf out;
    struct err err;

    arena_init(&arena, "test", 0, false);
    buf_init(&out, false);
    T_OK(labels_read(&labels, text_of(file), &arena, &err), &err);
    labels.is_english = true;
    for (size_t i = 0; i < LEN(rows); i++) {
        T_ROW(rows[i].belief);
        buf_reset(&out);
        labels_cause(&out, &labels, text_of(rows[i].name));
        T_TEXT(buf_as_text(&out), text_of(rows[i].en));
    }
    buf_release(&out);
    arena_release(&arena);
}

TEST(amounts_have_their_unit)
{
    static const struct {
        const char *belief, *prefix, *name, *zh, *en;
    } rows[] = {
        {"money of a month",                       "",          "per_capita", " 元／月", " yuan a month"},
        {"money at once",                          "",          "savings",    " 元",       " yuan"        },
        {"a label that names the unit needs none", "p.",        "standard",   "",           " yuan a month"},
        {"a count has none",                       "",          "cars",       "",           ""             },
        {"an item of declared against found",      "declared.", "income",     " 元／月", " yuan a month"},
        {"an unknown name has none",               "",          "nothing",    "",           ""             },
    };
    struct fixture fixture;

    fixture_open(&fixture);
    for (size_t i = 0; i < LEN(rows); i++) {
        T_ROW(rows[i].belief);
        fixture.labels.is_english = false;
        T_STR(labels_unit(&fixture.labels, rows[i].prefix, text_of(rows[i].name)), rows[i].zh);
        fixture.labels.is_english = true;
        T_STR(labels_unit(&fixture.labels, rows[i].prefix, text_of(rows[i].name)), rows[i].en);
    }
    fixture_close(&fixture);
}

TEST(other_files_are_not_labels)
{
    static const struct {
        const char *belief, *bytes;
    } rows[] = {
        {"nothing",        ""                           },
        {"an array",       "[]"                         },
        {"a newer layout", "{\"labels\":2,\"names\":{}}"},
        {"another object", "{\"names\":{}}"             },
    };
    struct labels labels = {0};
    struct arena arena;
    struct err err = {0};

    arena_init(&arena, "test", 0, false);
    for (size_t i = 0; i < LEN(rows); i++) {
        T_ROW(rows[i].belief);
        T_EQ(labels_read(&labels, text_of(rows[i].bytes), &arena, &err), HEDUI_E_INPUT);
    }
    arena_release(&arena);
}

T_MAIN(T(names_become_labels), T(english_that_nobody_wrote_is_the_name), T(amounts_have_their_unit),
       T(other_files_are_not_labels))
