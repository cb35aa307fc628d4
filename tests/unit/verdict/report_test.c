/* SPDX-License-Identifier: Apache-2.0 */
/* Pages for people: text stays text, file names are safe and apart, the overview ranks and cuts. */
#include "engine/verdict/report.h"

#include "engine/verdict/html.h"
#include "engine/verdict/overview.h"

#include "tests/unit/rule/shipped.h"

TEST(text_of_outside_stays_text)
{
    static const struct {
        const char *belief, *text, *want;
    } rows[] = {
        {"markup is shown",               "<b>&\"'",        "&lt;b&gt;&amp;&quot;&#39;"},
        {"words stay",                    "𠅤𬱖 汪**", "𠅤𬱖 汪**"           },
        {"a turn of direction is marked",
         "a\xE2\x80\xAE"
         "b",                                               "a\xEF\xBF\xBD"
         "b"                                                              },
        {"an isolate is marked",
         "\xE2\x81\xA6"
         "b",                                               "\xEF\xBF\xBD"
         "b"                                                              },
        {"a control byte is marked",
         "a\x01"
         "b",                                               "a\xEF\xBF\xBD"
         "b"                                                              },
        {"a C1 control is marked",        "\xC2\x85",       "\xEF\xBF\xBD"             },
        {"bytes that are not UTF-8, too", "a\xFF<",         "a\xEF\xBF\xBD&lt;"        },
        {"nothing is nothing",            "",               ""                         },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct buf out;

        T_ROW(rows[i].belief);
        buf_init(&out, false);
        html_text(&out, text_of(rows[i].text));
        T_TEXT(buf_as_text(&out), text_of(rows[i].want));
        buf_release(&out);
    }
}

static struct text
name_of(struct buf *out, const char *case_no)
{
    buf_reset(out);
    report_name(out, text_of(case_no));
    return buf_as_text(out);
}

TEST(every_case_number_has_a_file_of_its_own)
{
    static const struct {
        const char *belief, *case_no, *want;
    } rows[] = {
        {"a plain one is itself",        "H000000001", "H000000001.html"    },
        {"no path",                      "../a/b",     "_2e_2e_2fa_2fb.html"},
        {"no name of an overview page",  "index",      "_69ndex.html"       },
        {"nor of one in other letters",  "INDEX-2",    "_49NDEX-2.html"     },
        {"no option of a program",       "-rf",        "_2drf.html"         },
        {"the escape itself is escaped", "a_2fb",      "a_5f2fb.html"       },
        {"no blank, no mark of a shell", "a b$`",      "a_20b_24_60.html"   },
        {"characters beyond ASCII",      "苏1",       "_e8_8b_8f1.html"    },
    };
    char one[201], two[201];
    struct buf a, b;

    buf_init(&a, false);
    buf_init(&b, false);
    for (size_t i = 0; i < LEN(rows); i++) {
        T_ROW(rows[i].belief);
        T_TEXT(name_of(&a, rows[i].case_no), text_of(rows[i].want));
    }
    memset(one, 'H', sizeof one);
    memset(two, 'H', sizeof two);
    one[200] = two[200] = '\0';
    two[199] = 'G';
    T_ROW("long ones are cut and still differ");
    T_EQ(name_of(&a, one).len, 125);
    T_EQ(name_of(&b, two).len, 125);
    T_TRUE(!text_eq(buf_as_text(&a), buf_as_text(&b)));
    buf_release(&a);
    buf_release(&b);
}

TEST(what_matters_comes_first)
{
    static const struct overview_case wanted[] = {
        {.case_no = {"grave", 5},
         .outcome = OUTCOME_NOT_MET,
         .level = LEVEL_DENY,
         .severity = 9,
         .share = 1},
        {.case_no = {"far", 3},
         .outcome = OUTCOME_NOT_MET,
         .level = LEVEL_DENY,
         .severity = 8,
         .share = 900000},
        {.case_no = {"near", 4},
         .outcome = OUTCOME_NOT_MET,
         .level = LEVEL_DENY,
         .severity = 8,
         .share = 1},
        {.case_no = {"of-nothing", 10},
         .outcome = OUTCOME_NOT_MET,
         .level = LEVEL_DENY,
         .severity = 6,
         .share = INT64_MAX},
        {.case_no = {"held", 4},
         .outcome = OUTCOME_REVIEW,
         .level = LEVEL_HOLD,
         .severity = 1,
         .share = -1},
        {.case_no = {"worse", 5},
         .outcome = OUTCOME_REVIEW,
         .level = LEVEL_ASK,
         .severity = 8,
         .share = -1},
        {.case_no = {"ask", 3},
         .outcome = OUTCOME_REVIEW,
         .level = LEVEL_ASK,
         .severity = 3,
         .share = -1},
        {.case_no = {"one", 3},
         .outcome = OUTCOME_INCOMPLETE,
         .level = LEVEL_DOUBT,
         .share = -1,
         .missing_count = 1},
        {.case_no = {"many", 4},
         .outcome = OUTCOME_INCOMPLETE,
         .level = LEVEL_DOUBT,
         .severity = 9,
         .share = -1,
         .missing_count = 7},
        {.case_no = {"A", 1},               .outcome = OUTCOME_MET,         .level = LEVEL_NONE,                     .share = -1},
        {.case_no = {"B", 1},      .outcome = OUTCOME_MET,              .level = LEVEL_NONE,                              .share = -1                         },
    };
    struct overview_case cases[LEN(wanted)];

    for (size_t turn = 0; turn < LEN(wanted); turn++) {
        for (size_t i = 0; i < LEN(wanted); i++)
            cases[i] = wanted[(i * 7 + turn) % LEN(wanted)];
        overview_rank(cases, LEN(cases));
        for (size_t i = 0; i < LEN(wanted); i++) {
            T_ROW(wanted[i].case_no.at);
            T_TEXT(cases[i].case_no, wanted[i].case_no);
        }
    }
}

struct fixture {
    struct shipped shipped;
    struct labels labels;
    struct overview overview;
};

static void
fixture_open(struct fixture *fixture, uint32_t cases, uint32_t refused)
{
    struct arena *arena = &fixture->shipped.arena;
    struct err err = {0};
    struct overview_case *rows;
    struct overview_refused *back;

    *fixture = (struct fixture){0};
    shipped_open(&fixture->shipped, "rules/jiangsu-dibao");
    T_OK(labels_of(&fixture->labels, fixture->shipped.pack, arena, &err), &err);
    rows = arena_alloc(arena, cases, sizeof *rows);
    back = arena_alloc(arena, refused, sizeof *back);
    for (uint32_t i = 0; i < cases; i++)
        rows[i] = (struct overview_case){.case_no = arena_printf(arena, "C%06u", i),
                                         .headline = TEXT("<事项>")};
    for (uint32_t i = 0; i < refused; i++)
        back[i] = (struct overview_refused){TEXT("<R>"), TEXT("原因"), TEXT("姓名"), i};
    fixture->overview = (struct overview){.pack = fixture->shipped.pack,
                                          .model = fixture->shipped.model,
                                          .labels = &fixture->labels,
                                          .run = TEXT("0123456789abcdef"),
                                          .case_count = cases,
                                          .refused_count = refused,
                                          .cases = rows,
                                          .refused = back};
}

static size_t
count_of(const struct buf *page, const char *part)
{
    struct text rest = buf_as_text(page);
    size_t count = 0, at;

    while ((at = text_find(rest, text_of(part))) != SIZE_MAX) {
        rest = (struct text){rest.at + at + 1, rest.len - at - 1};
        count++;
    }
    return count;
}

TEST(twenty_thousand_cases_stand_on_twenty_pages)
{
    static const struct {
        const char *belief;
        uint32_t cases, refused, pages, refused_pages, last; /* last: cases on the last page */
    } rows[] = {
        {"none: one page that says so", 0,     0,    1,  0, 0   },
        {"one",                         1,     1,    1,  1, 1   },
        {"a page, full",                1000,  1000, 1,  1, 1000},
        {"one more",                    1001,  1001, 2,  2, 1   },
        {"a county",                    20000, 0,    20, 0, 1000},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct fixture fixture;
        struct buf page;
        size_t links = 0;

        T_ROW(rows[i].belief);
        fixture_open(&fixture, rows[i].cases, rows[i].refused);
        T_EQ(overview_pages(&fixture.overview), rows[i].pages);
        T_EQ(overview_refused_pages(&fixture.overview), rows[i].refused_pages);
        buf_init(&page, false);
        for (uint32_t p = 0; p < rows[i].pages; p++) {
            buf_reset(&page);
            overview_print(&page, &fixture.overview, p);
            links += count_of(&page, "<a href=\"C");
        }
        T_EQ(links, rows[i].cases);
        T_EQ(count_of(&page, "<a href=\"C"), rows[i].last);
        T_EQ(count_of(&page, "<事项>"), 0);
        for (uint32_t p = 0; p < rows[i].refused_pages; p++) {
            buf_reset(&page);
            overview_refused_print(&page, &fixture.overview, p);
            T_TRUE(count_of(&page, "&lt;R&gt;") > 0 && count_of(&page, "<R>") == 0);
        }
        buf_release(&page);
        shipped_close(&fixture.shipped);
    }
}

T_MAIN(T(text_of_outside_stays_text), T(every_case_number_has_a_file_of_its_own),
       T(what_matters_comes_first), T(twenty_thousand_cases_stand_on_twenty_pages))
