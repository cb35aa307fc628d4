/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical line and the spreadsheet: key order, invalid numbers, and no cell that computes. */
#include "engine/verdict/verdict.h"

#include "engine/rule/expr.h"

#include "tests/unit/rule/shipped.h"

struct fixture {
    struct shipped shipped;
    struct person persons[2];
    enum coverage rows[2][1], *coverage[2];
    struct text sources[1];
    struct household household;
    struct finding finding;
    struct judgement judgement;
};

static struct cell *
person_cells(struct fixture *fixture)
{
    const struct kind *kind = fixture->shipped.model->applicant;
    struct cell *cells = arena_alloc(&fixture->shipped.arena, kind->field_count, sizeof *cells);

    for (uint32_t f = 0; f < kind->field_count; f++)
        cells[f].state = CELL_NONE;
    cells[kind_field(kind, TEXT("relation"))].state = CELL_VALUE;
    cells[kind_field(kind, TEXT("programme"))].state = CELL_VALUE;
    cells[kind_field(kind, TEXT("division"))] = (struct cell){.text = TEXT("320581")};
    return cells;
}

/* Two members, the second with an invalid number; one finding. */
static void
fixture_open(struct fixture *fixture, const char *case_no, const char *zh)
{
    *fixture = (struct fixture){0};
    shipped_open(&fixture->shipped, "rules/jiangsu-dibao");
    for (uint32_t p = 0; p < 2; p++) {
        fixture->persons[p] = (struct person){.key = {(char)('A' + p)},
                                              .cells = person_cells(fixture),
                                              .number = p == 0 ? NUMBER_VALID : NUMBER_INVALID,
                                              .masked_name = TEXT("张*")};
        fixture->coverage[p] = fixture->rows[p];
        fixture->rows[p][0] = p == 0 ? COVERAGE_FOUND : COVERAGE_NOT_ASKED;
    }
    snprintf(fixture->persons[0].masked_id, sizeof fixture->persons[0].masked_id,
             "329901********0217");
    fixture->sources[0] = TEXT("bank");
    fixture->household = (struct household){.model = fixture->shipped.model,
                                            .case_no = text_of(case_no),
                                            .case_cells = fixture->persons[0].cells,
                                            .person_count = 2,
                                            .member_count = 2,
                                            .persons = fixture->persons,
                                            .source_count = 1,
                                            .sources = fixture->sources};
    fixture->finding = (struct finding){.rule = TEXT("r"),
                                        .level = LEVEL_ASK,
                                        .reason = TEXT("X-1"),
                                        .zh = text_of(zh),
                                        .grade = TEXT("final")};
    fixture->judgement = (struct judgement){.outcome = OUTCOME_REVIEW,
                                            .finding_count = 1,
                                            .findings = &fixture->finding,
                                            .coverage = fixture->coverage};
}

TEST(the_line_has_one_order_and_names_no_invalid_number)
{
    static const char *const order[] = {
        "{\"case_no\":\"H1\",\"programme\":\"dibao\",\"division\":\"320581\","
        "\"checked_on\":\"1970-01-01\",\"outcome\":\"review\",\"figures\":{},\"unknown\":{},"
        "\"members\":[{\"key\":\"A\",\"id\":\"329901********0217\",\"name\":\"张*\","
        "\"relation\":\"self\",\"role\":\"member\"}",
        ",{\"key\":\"B\",\"id\":null,\"number\":\"invalid\",",
        "\"findings\":[{\"rule\":\"r\",\"level\":\"ask\",\"reason\":\"X-1\",\"zh\":\"请看\"",
        "\"coverage\":{\"A\":{\"bank\":\"found\"},\"B\":{}},\"declared\":[],"
        "\"pack\":\"jiangsu-dibao\",\"pack_hash\":\"",
    };
    struct fixture fixture;
    struct buf out;
    size_t at = 0;

    fixture_open(&fixture, "H1", "请看");
    buf_init(&out, false);
    verdict_json(&out, fixture.shipped.pack, &fixture.household, &fixture.judgement);
    for (size_t i = 0; i < LEN(order); i++) {
        struct text rest = {out.at + at, out.len - at};
        size_t found = text_find(rest, text_of(order[i]));

        T_ROW(order[i]);
        if (found == SIZE_MAX || (i == 0 && found != 0))
            T_FAIL("not in its place in:\n%.*s", (int)out.len, out.at);
        at += found + strlen(order[i]);
    }
    T_ROW("one line, one newline");
    T_EQ(memchr(out.at, '\n', out.len) == out.at + out.len - 1, true);
    buf_release(&out);
    shipped_close(&fixture.shipped);
}

TEST(what_is_known_of_an_unknown_figure_is_said)
{
    static const struct {
        const char *belief, *want;
        bool has_lo, has_hi;
    } rows[] = {
        {"no bound, no key",          "\"unknown\":{\"savings\":[]},\"members\"",          false, false},
        {"the least it can be",
         "\"unknown\":{\"savings\":[]},\"at_least\":{\"savings\":\"500.00\"},\"members\"", true,
         false                                                                                         },
        {"the most",
         "\"unknown\":{\"savings\":[]},\"at_most\":{\"savings\":\"900.00\"},\"members\"",  false,
         true                                                                                          },
        {"and both, the least first",
         "\"at_least\":{\"savings\":\"500.00\"},\"at_most\":{\"savings\":\"900.00\"},",    true,  true },
    };
    struct buf out;

    buf_init(&out, false);
    for (size_t i = 0; i < LEN(rows); i++) {
        struct fixture fixture;
        struct figure figure = {
            .name = TEXT("savings"),
            .type = type_of(TYPE_MONEY),
            .value = {.state = VALUE_UNKNOWN,
                      .has_lo = rows[i].has_lo,
                      .has_hi = rows[i].has_hi,
                      .lo = {50000, 1},
                      .hi = {90000, 1}}
        };

        T_ROW(rows[i].belief);
        fixture_open(&fixture, "H1", "请看");
        fixture.judgement.figures = &figure;
        fixture.judgement.figure_count = 1;
        buf_reset(&out);
        verdict_json(&out, fixture.shipped.pack, &fixture.household, &fixture.judgement);
        T_TRUE(text_find(buf_as_text(&out), text_of(rows[i].want)) != SIZE_MAX);
        shipped_close(&fixture.shipped);
    }
    buf_release(&out);
}

TEST(no_cell_of_the_spreadsheet_computes)
{
    static const struct {
        const char *belief, *text, *want;
    } rows[] = {
        {"a formula",          "=1+1",     "\"'=1+1\""    },
        {"a plus",             "+1",       "\"'+1\""      },
        {"a minus",            "-1",       "\"'-1\""      },
        {"a call",             "@SUM(A1)", "\"'@SUM(A1)\""},
        {"a tab in front",     "\t=1",     "\"'\t=1\""    },
        {"a quote is doubled", "a\"b",     "\"a\"\"b\""   },
        {"plain words stay",   "请看",   "\"请看\""   },
    };
    struct buf out;

    buf_init(&out, false);
    for (size_t i = 0; i < LEN(rows); i++) {
        struct fixture fixture;

        T_ROW(rows[i].belief);
        fixture_open(&fixture, rows[i].text, rows[i].text);
        buf_reset(&out);
        verdict_csv(&out, fixture.shipped.pack, &fixture.household, &fixture.judgement);
        size_t first = text_find(buf_as_text(&out), text_of(rows[i].want));
        T_EQ(first, 0);
        struct text rest = {out.at + 1, out.len - 1};
        T_TRUE(text_find(rest, text_of(rows[i].want)) != SIZE_MAX); /* in the finding's text, too */
        shipped_close(&fixture.shipped);
    }
    buf_release(&out);
}

T_MAIN(T(the_line_has_one_order_and_names_no_invalid_number),
       T(what_is_known_of_an_unknown_figure_is_said), T(no_cell_of_the_spreadsheet_computes))
