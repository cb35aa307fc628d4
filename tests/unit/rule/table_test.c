/* SPDX-License-Identifier: Apache-2.0 */
/* Decision tables: what is refused and where, what the sweep proves, what unknown cells decide. */
#include "engine/rule/table.h"

#include <stdlib.h>
#include <unistd.h>

#include "engine/base/buf.h"
#include "engine/rule/bind.h"
#include "engine/rule/case.h"
#include "tests/t.h"

#define HEAD                                                                                       \
    "hedui: 1\npack: t\nzh: 试\nlevel: county\nprogramme: dibao\n"                                \
    "evidence:\n  v: {zh: 车, kinds: [vehicle, account], valid_days: 90, grade: final}\n"         \
    "params: {cheap: {zh: 限, type: money, values: [{from: 2025-01-01, value: 20000}, {from: "    \
    "2026-01-01, value: 30000}]}, half: {zh: 半, type: decimal(1), values: [{from: 2025-01-01, "  \
    "value: 2.5}]}}\n"                                                                             \
    "facts: {n: {zh: 人, type: int, is: size(members)}, s: {zh: 存, type: money, is: "           \
    "'sum(accounts.map(a, a.balance))'}, y: {zh: 读, type: bool, is: 'members.exists(m, "         \
    "m.student)'}, e: {zh: 均, type: exact, is: 's / n'}}\n"                                      \
    "tables:\n"
#define FIRST_LINE 11 /* of what follows HEAD */
#define T_HEAD "  t:\n    zh: 表\n    type: int\n"

static char folder[] = "/tmp/hedui-tables.XXXXXX";

struct loaded {
    struct arena arena;
    struct messages messages;
    struct pack *pack;
};

static void
load(struct loaded *l, const char *text)
{
    char path[sizeof folder + 16];
    struct model *model;
    struct err err = {0};
    FILE *file;

    arena_init(&l->arena, "test", 0, false);
    messages_init(&l->messages, &l->arena);
    l->pack = NULL;
    snprintf(path, sizeof path, "%s/pack.yaml", folder);
    file = fopen(path, "w");
    T_TRUE(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
    T_OK(model_load(&model, "rules/model.yaml", &l->messages, &l->arena, &err), &err);
    (void)!pack_load(&l->pack, folder, model, &l->messages, &l->arena, &err);
}

/* code NULL: the pack loads. `says` stands in the Chinese of the first message. */
struct row {
    const char *belief, *text, *code;
    uint32_t line, column;
    const char *says;
};

static void
hold(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct loaded l;
        const struct message *first = l.messages.items;

        T_ROW(rows[i].belief);
        load(&l, rows[i].text);
        if (rows[i].code == NULL) {
            if (l.pack == NULL)
                T_FAIL("%s: %s", first->code, first->en.at);
        } else {
            T_TRUE(l.pack == NULL && l.messages.count > 0);
            T_STR(first->code, rows[i].code);
            T_EQ(first->place.line, FIRST_LINE + rows[i].line);
            T_EQ(first->place.column, rows[i].column);
            if (text_find(first->zh, text_of(rows[i].says)) == SIZE_MAX)
                T_FAIL("says %s", first->zh.at);
        }
        arena_release(&l.arena);
    }
}

TEST(a_table_that_cannot_be_read_is_told_where)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"values, comparisons, ranges, formulas", HEAD T_HEAD "    otherwise: 0\n    rows:\n      a: {n: 1 | 2, then: 1, ref: 文}\n      b: {n: 3 .. 4, then: 2}\n      c: {n: '> 4', y: '= !y', then: '= n + 1'}\n", NULL, 0, 0, ""},
        {"an unknown key", HEAD T_HEAD "    round: x\n    rows: {a: {then: 1}}\n", "Y013", 3, 5, "round"},
        {"no rows", HEAD T_HEAD, "Y014", 1, 5, "rows"},
        {"rows that are a list", HEAD T_HEAD "    rows: [1]\n", "Y001", 3, 11, ""},
        {"a row without result", HEAD T_HEAD "    rows:\n      a: {n: 1}\n", "Y014", 4, 7, "then"},
        {"a column that nobody defined", HEAD T_HEAD "    rows:\n      a: {m: 1, then: 1}\n", "N101", 4, 11, "m"},
        {"a column that is a parameter", HEAD T_HEAD "    rows:\n      a: {p.cheap: 1, then: 1}\n", "T202", 4, 11, "fact"},
        {"a column that is a formula", HEAD T_HEAD "    rows:\n      a: {n + 1: 1, then: 1}\n", "T202", 4, 11, "fact"},
        {"a column that may be none", HEAD T_HEAD "    rows:\n      a: {case.rigid_expense: 1, then: 1}\n", "T207", 4, 11, "case.rigid_expense"},
        {"a value that is no int", HEAD T_HEAD "    rows:\n      a: {n: x, then: 1}\n", "T205", 4, 14, "int"},
        {"the second value of a cell", HEAD T_HEAD "    rows:\n      a: {n: 1 | zwei, then: 1}\n", "T205", 4, 18, "zwei"},
        {"a word that is no code", HEAD "  vehicle.t:\n    zh: 表\n    type: int\n    rows:\n      a: {vehicle.status: normal | scraped, then: 1}\n", "N103", 4, 36, "scrapped"},
        {"an empty value", HEAD T_HEAD "    rows:\n      a: {n: 1 |, then: 1}\n", "Y014", 4, 16, "值"},
        {"codes have no order", HEAD "  vehicle.t:\n    zh: 表\n    type: int\n    rows:\n      a: {vehicle.status: '< normal', then: 1}\n", "T201", 4, 28, "大小"},
        {"a parameter of another sort", HEAD T_HEAD "    rows:\n      a: {n: '< p.cheap', then: 1}\n", "T201", 4, 15, "金额"},
        {"a parameter that nobody defined", HEAD T_HEAD "    rows:\n      a: {s: '<= p.cheep', then: 1}\n", "N101", 4, 18, "p.cheap"},
        {"a formula of another sort", HEAD T_HEAD "    rows:\n      a: {n: '= s', then: 1}\n", "T201", 4, 17, "金额"},
        {"a formula with a slip", HEAD T_HEAD "    rows:\n      a: {n: '= nn + 1', then: 1}\n", "N101", 4, 17, "nn"},
        {"a result of another type", HEAD T_HEAD "    rows:\n      a: {n: 1, then: 1.5}\n", "T205", 4, 23, "1.5"},
        {"a formula of another type", HEAD T_HEAD "    rows:\n      a: {n: 1, then: '= s'}\n", "T203", 4, 26, "money"},
        {"a fraction of a fen", HEAD "  t:\n    zh: 表\n    type: money\n    rows:\n      a: {then: '= s / 3'}\n", "T204", 4, 20, "round"},
        {"a hit that there is not", HEAD T_HEAD "    hit: any\n    rows: {a: {then: 1}}\n", "N103", 3, 10, "first"},
        {"a table takes no name of a fact", HEAD "  n: {zh: 表, type: int, rows: {a: {then: 1}}}\n", "N102", 0, 3, "n"},
        {"a list is no result", HEAD "  t: {zh: 表, type: list(int), rows: {a: {then: 1}}}\n", "T203", 0, 3, "值"},
        {"tables read facts, facts read tables, no circle", HEAD T_HEAD "    rows: {a: {u: 1, then: 1}, b: {u: '!= 1', then: 2}}\n  u: {zh: 表, type: int, rows: {a: {t: 1, then: 1}, b: {t: '!= 1', then: 2}}}\n", "N105", 0, 3, "t → u"},
        {"a table over a list that nobody asks for", HEAD "  property.t: {zh: 表, type: bool, rows: {a: {property.use: dwelling, then: yes}}, otherwise: no}\n  t2: {zh: 表, type: int, otherwise: 0, rows: {a: {n: 1, then: '= size(properties)'}}}\n", "N106", 1, 71, "property"},
    };
    /* clang-format on */
    hold(rows, LEN(rows));
}

TEST(the_sweep_finds_overlaps_gaps_and_dead_rows)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"whole numbers next to each other leave nothing", HEAD T_HEAD "    rows: {a: {n: '<= 3', then: 1}, b: {n: 4 .. 9, then: 2}, c: {n: '>= 10', then: 3}}\n", NULL, 0, 0, ""},
        {"one too far", HEAD T_HEAD "    rows: {a: {n: '<= 3', then: 1}, b: {n: '>= 5', then: 2}}\n", "B402", 0, 3, "n = 4"},
        {"both take the same number", HEAD T_HEAD "    rows: {a: {n: '<= 3', then: 1}, b: {n: '>= 3', then: 2}}\n", "B401", 3, 37, "a 与 b 重叠，例如 n = 3"},
        {"fractions of a fen lie between", HEAD "  t: {zh: 表, type: int, rows: {a: {e: '<= 3', then: 1}, b: {e: '>= 3.01', then: 2}}}\n", "B402", 0, 3, "e = 601/2"},
        {"a bound of half a person parts whole ones", HEAD T_HEAD "    rows: {a: {n: '<= p.half', then: 1}, b: {n: '> p.half', then: 2}}\n", NULL, 0, 0, ""},
        {"and 3 lies above it", HEAD T_HEAD "    rows: {a: {n: '<= p.half', then: 1}, b: {n: '>= 4', then: 2}}\n", "B402", 0, 3, "n = 3"},
        {"the model's least amount is an end", HEAD "  vehicle.t: {zh: 表, type: int, rows: {a: {vehicle.price: 0 .. 5, then: 1}, b: {vehicle.price: '> 5', then: 2}}}\n", NULL, 0, 0, ""},
        {"a fact has no least amount", HEAD T_HEAD "    rows: {a: {s: 0 .. 5, then: 1}, b: {s: '> 5', then: 2}}\n", "B402", 0, 3, "s = -0.01"},
        {"every code", HEAD "  vehicle.t: {zh: 表, type: int, rows: {a: {vehicle.use: own, then: 1}, b: {vehicle.use: hire, then: 2}}}\n", "B402", 0, 3, "use = ride_hailing"},
        {"otherwise takes the rest", HEAD "  vehicle.t: {zh: 表, type: int, rows: {a: {vehicle.use: own, then: 1}}, otherwise: 3}\n", NULL, 0, 0, ""},
        {"two columns keep rows apart", HEAD T_HEAD "    rows: {a: {n: 1, y: yes, then: 1}, b: {n: 1, y: no, then: 2}, c: {n: '!= 1', then: 3}}\n", NULL, 0, 0, ""},
        {"a hole behind two columns", HEAD T_HEAD "    rows: {a: {n: 1, y: yes, then: 1}, c: {n: '!= 1', then: 3}}\n", "B402", 0, 3, "n = 1，y = false"},
        {"overlap in the worked way", HEAD "  vehicle.counts:\n    zh: 计入\n    type: bool\n    otherwise: yes\n    rows:\n      work: {vehicle.status: normal | sealed, vehicle.category: truck | tractor, vehicle.price: '<= p.cheap', then: no}\n      work_big: {vehicle.status: normal | sealed, vehicle.category: truck | tractor, vehicle.price: '>= p.cheap', then: yes}\n", "B401", 6, 7, "行 work 与 work_big 重叠，例如 status = normal，category = truck，price = 20000.00"},
        {"only from a day on", HEAD T_HEAD "    rows: {a: {s: '<= p.cheap', then: 1}, b: {s: '> 25000', then: 2}}\n", "B402", 0, 3, "按 2025-01-01"},
        {"a formula covers nothing for certain", HEAD T_HEAD "    rows: {a: {n: '= n', then: 1}, b: {n: '!= 1', y: no, then: 2}}\n", "B401", 3, 36, "重叠"},
        {"other columns keep it apart", HEAD T_HEAD "    otherwise: 0\n    rows: {a: {n: '= n', y: yes, then: 1}, b: {y: no, then: 2}}\n", NULL, 0, 0, ""},
        {"but then something must take the rest", HEAD T_HEAD "    rows: {a: {n: '= n', y: yes, then: 1}, b: {y: no, then: 2}}\n", "B402", 0, 3, "y = true"},
        {"an empty range", HEAD T_HEAD "    otherwise: 0\n    rows: {a: {n: 5 .. 3, then: 1}}\n", "B403", 4, 12, "n"},
        {"below what the model allows", HEAD "  vehicle.t: {zh: 表, type: int, otherwise: 0, rows: {a: {vehicle.price: '< 0', then: 1}}}\n", "B403", 0, 54, "vehicle.price"},
        {"first: rows may overlap", HEAD T_HEAD "    hit: first\n    rows: {a: {n: '<= 3', then: 1}, b: {then: 2}}\n", NULL, 0, 0, ""},
        {"first: a row below one that takes all of it", HEAD T_HEAD "    hit: first\n    rows: {a: {n: '<= 3', then: 1}, b: {n: 1 | 2, then: 2}, c: {then: 3}}\n", "B403", 4, 37, "例如 n = 1 已由上面的行 a 命中"},
        {"first: two rows together take it", HEAD T_HEAD "    hit: first\n    rows: {a: {n: '<= 3', then: 1}, b: {n: '>= 4', then: 2}, c: {y: yes, then: 3}}\n", "B403", 4, 62, "永远不会命中"},
        {"first: a formula above kills nothing", HEAD T_HEAD "    hit: first\n    rows: {a: {n: '= 1', then: 1}, b: {n: 1, then: 2}, c: {then: 3}}\n", NULL, 0, 0, ""},
        {"texts: any other is left", HEAD T_HEAD "    rows: {a: {case.division: '329901', then: 1}}\n", "B402", 0, 3, "division = "},
    };
    /* clang-format on */
    hold(rows, LEN(rows));
}

static const char *const table_text =
    HEAD "  u:\n    zh: 表\n    type: money\n    rows:\n"
         "      a: {s: '<= 100', y: yes, then: 10}\n      b: {s: '<= 100', y: no, then: 20}\n"
         "      c: {s: '> 100', then: 20}\n"
         "  f:\n    zh: 表\n    type: exact\n    hit: first\n    otherwise: '= s / 3'\n    rows:\n"
         "      a: {y: yes, then: 10}\n      b: {s: '> 100', then: 20}\n";

TEST(rows_that_may_match_decide_together)
{
#define ACCOUNT(amount) ",\"accounts\":[{\"bank\":\"1\",\"number\":\"n\",\"balance\":" amount "}]"
#define PERSON(student, more) "{\"A\":{\"born\":\"1980-01-01\",\"student\":" student more "}}"
    static const struct {
        const char *belief, *members, *slot, *want, *cause;
    } rows[] = {
        {"the row that matches",                                 PERSON("true",        ACCOUNT("100")),         "u", "10.00",   ""         },
        {"the next fen is another row's",                        PERSON("true",        ACCOUNT("100.01")),      "u", "20.00",   ""         },
        {"unknown cells, one value all the same",                PERSON("\"unknown\"", ACCOUNT("100.01")),      "u",
         "20.00",                                                                                                               ""         },
        {"unknown cells that matter",                            PERSON("\"unknown\"", ACCOUNT("5")),           "u", "unknown",
         "A.student"                                                                                                                       },
        {"the amount matters only with a student",               PERSON("false",       ACCOUNT("\"unknown\"")), "u",
         "20.00",                                                                                                               ""         },
        {"and here it does",                                     PERSON("true",        ACCOUNT("\"unknown\"")), "u", "unknown",
         "A.accounts.0.balance"                                                                                                            },
        {"first: the topmost",                                   PERSON("true",        ACCOUNT("500")),         "f", "1000/1",  ""         },
        {"first: an open row above stays open",                  PERSON("\"unknown\"", ACCOUNT("500")),         "f",
         "unknown",                                                                                                             "A.student"},
        {"first: rows below one that matches are not looked at",
         PERSON("true",                                                                ACCOUNT("\"unknown\"")), "f", "1000/1",  ""         },
        {"otherwise, by a formula",                              PERSON("false",       ACCOUNT("100")),         "f", "10000/3", ""         },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct loaded l;
        struct err err = {0};
        struct json_node *json;
        struct household *household = NULL;
        struct text line, *causes, zh;
        struct buf got;
        const struct type *type;
        int32_t slot;
        struct compile_scope scope;

        T_ROW(rows[i].belief);
        load(&l, table_text);
        T_TRUE(l.pack != NULL);
        scope = (struct compile_scope){l.pack, -1, &l.arena};
        slot = scope_resolve(&scope, text_of(rows[i].slot), &type, &zh);
        line = arena_printf(&l.arena,
                            "{\"case\":{\"applied_on\":\"2026-07-01\",\"programme\":\"dibao\"},"
                            "\"members\":%s}",
                            rows[i].members);
        T_OK(json_parse(&json, line, &l.arena, &err), &err);
        T_OK(case_build(&household, l.pack, node_of_json(json, &l.arena), &l.messages, &l.arena,
                        &err),
             &err);
        for (int reference = 0; reference < 2; reference++) { /* both walks say the same */
            struct run run;
            struct value value;
            uint32_t count;

            T_OK(run_open(&run, l.pack, household, &l.arena, &err), &err);
            run.is_reference = reference != 0;
            value = run_slot(&run, (uint32_t)slot);
            buf_init(&got, false);
            value_print(&got, value, type);
            T_TEXT(buf_as_text(&got), text_of(rows[i].want));
            buf_release(&got);
            T_OK(run_causes(&run, value.causes, &causes, &count, &err), &err);
            T_EQ(count, rows[i].cause[0] != '\0');
            if (count > 0)
                T_TEXT(causes[0], text_of(rows[i].cause));
        }
        arena_release(&l.arena);
    }
}

TEST(the_hash_is_of_what_a_table_says)
{
#define TABLE(hit, rows) HEAD T_HEAD "    hit: " hit "\n    otherwise: 0\n    rows: {" rows "}\n"
    static const struct {
        const char *belief, *a, *b;
        bool is_same;
    } rows[] = {
        {"rows of a unique table in any order",
         TABLE("unique",                                        "a: {n: 1, then: 1}, b: {n: 2, then: 2}"),
         TABLE("unique",                                                                                                  "b: {n: 2, then: 2}, a: {n: 1, then: 1}"), true },
        {"rows of a first table have an order",
         TABLE("first",                                         "a: {n: 1, then: 1}, b: {n: 2, then: 2}"),
         TABLE("first",                                                                                                   "b: {n: 2, then: 2}, a: {n: 1, then: 1}"), false},
        {"columns in any order",                TABLE("unique", "a: {n: 1, y: yes, then: 1}"),
         TABLE("unique",                                                                                                  "a: {then: 1, y: true, n: 1}"),            true },
        {"another cell",                        TABLE("unique", "a: {n: 1, then: 1}"),
         TABLE("unique",                                                                                                  "a: {n: 2, then: 1}"),                     false},
        {"another result",                      TABLE("unique", "a: {n: 1, then: 1}"),
         TABLE("unique",                                                                                                  "a: {n: 1, then: 2}"),                     false},
        {"another hit",                         TABLE("unique", "a: {n: 1, then: 1}"),                     TABLE("first", "a: {n: 1, then: 1}"),
         false                                                                                                                                                            },
        {"another amount",                      TABLE("unique", "a: {s: 1, then: 1}"),
         TABLE("unique",                                                                                                  "a: {s: 1.00, then: 1}"),                  true },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct loaded a, b;

        T_ROW(rows[i].belief);
        load(&a, rows[i].a);
        load(&b, rows[i].b);
        T_TRUE(a.pack != NULL && b.pack != NULL);
        T_TRUE((memcmp(pack_hash(a.pack), pack_hash(b.pack), sizeof(struct digest)) == 0) ==
               rows[i].is_same);
        arena_release(&a.arena);
        arena_release(&b.arena);
    }
}

/* A small table, and what counting through its cases says of it. */
struct small {
    uint32_t rows;
    bool is_first, has_otherwise;
    struct {
        int kind, a, b; /* n: 0 anything, 1 a, 2 a | b, 3 <= a, 4 > a, 5 a .. b, 6 != a */
        int y;          /* 0 no, 1 yes, 2 either */
    } row[4];
};

static uint32_t seed = 7;

static int
dice(int sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (int)((seed >> 8) % (uint32_t)sides);
}

static bool
small_matches(const struct small *t, uint32_t r, int n, int y)
{
    int a = t->row[r].a, b = t->row[r].b;
    const bool holds[] = {true, n == a, n == a || n == b, n <= a, n > a, a <= n && n <= b, n != a};

    return holds[t->row[r].kind] && (t->row[r].y == 2 || t->row[r].y == y);
}

static bool
small_is_clean(const struct small *t)
{
    bool lives[4] = {false};

    for (int n = -1; n <= 7; n++)
        for (int y = 0; y < 2; y++) {
            uint32_t hits = 0;
            for (uint32_t r = 0; r < t->rows; r++)
                if (small_matches(t, r, n, y)) {
                    lives[r] = lives[r] || hits == 0 || !t->is_first;
                    hits++;
                }
            if ((hits > 1 && !t->is_first) || (hits == 0 && !t->has_otherwise))
                return false;
        }
    for (uint32_t r = 0; r < t->rows; r++)
        if (!lives[r])
            return false;
    return true;
}

static void
small_write(const struct small *t, struct buf *out)
{
    buf_str(out, HEAD T_HEAD);
    buf_printf(out, "    hit: %s\n%s    rows:\n", t->is_first ? "first" : "unique",
               t->has_otherwise ? "    otherwise: 0\n" : "");
    for (uint32_t r = 0; r < t->rows; r++) {
        char cell[64];
        int kind = t->row[r].kind;

        if (kind == 2 || kind == 5)
            snprintf(cell, sizeof cell, kind == 2 ? "n: %d | %d, " : "n: %d .. %d, ", t->row[r].a,
                     t->row[r].b);
        else
            cell[0] = '\0';
        if (kind == 1 || kind == 3 || kind == 4 || kind == 6)
            snprintf(cell, sizeof cell, "n: '%s %d', ",
                     kind == 1   ? "=="
                     : kind == 3 ? "<="
                     : kind == 4 ? ">"
                                 : "!=",
                     t->row[r].a);
        buf_printf(out, "      r%u: {%s%sthen: %u}\n", r, cell,
                   t->row[r].y == 2   ? ""
                   : t->row[r].y == 1 ? "y: yes, "
                                      : "y: no, ",
                   r);
    }
}

TEST(the_sweep_agrees_with_counting_through_the_cases)
{
    uint32_t clean = 0;

    for (uint32_t i = 0; i < 1500; i++) {
        struct small t = {
            .rows = 1 + (uint32_t)dice(4), .is_first = dice(2), .has_otherwise = dice(2)};
        struct loaded l;
        struct buf text;

        for (uint32_t r = 0; r < t.rows; r++) {
            t.row[r].kind = dice(7);
            t.row[r].a = dice(6);
            t.row[r].b = dice(7);
            t.row[r].y = dice(3);
        }
        buf_init(&text, false);
        small_write(&t, &text);
        buf_byte(&text, '\0');
        T_ROW(text.at + sizeof HEAD - 1);
        load(&l, text.at);
        for (uint32_t m = 0; m < l.messages.count; m++)
            T_EQ(l.messages.items[m].code[0], 'B');
        T_EQ(l.pack != NULL, small_is_clean(&t));
        clean += l.pack != NULL;
        arena_release(&l.arena);
        buf_release(&text);
    }
    T_TRUE(clean > 50); /* or it would hold only one side */
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
    const struct CMUnitTest tests[] = {
        T(a_table_that_cannot_be_read_is_told_where),
        T(the_sweep_finds_overlaps_gaps_and_dead_rows), T(rows_that_may_match_decide_together),
        T(the_hash_is_of_what_a_table_says), T(the_sweep_agrees_with_counting_through_the_cases)};

    return cmocka_run_group_tests(tests, folder_make, folder_drop);
}
