/* SPDX-License-Identifier: Apache-2.0 */
/* Identity joins, names only speak against, and nobody is looked up without a bit in the mask. */
#include "engine/match/match.h"

#include "tests/unit/match/county.h"

#include "engine/match/person.h"

TEST(a_name_speaks_against_but_never_joins)
{
    static const struct {
        const char *belief;
        bool has_name, has_row_name, is_upgraded;
        uint64_t tag;
        uint32_t check;
        enum match_class want;
    } rows[] = {
        {"the same name, written the same",       true,  true,  false, 7, 1, MATCH_EXACT        },
        {"written otherwise, the same folded",    true,  true,  false, 7, 2, MATCH_NAME_VARIANT },
        {"another name",                          true,  true,  false, 8, 1, MATCH_NAME_CONFLICT},
        {"another name outweighs fifteen digits", true,  true,  true,  8, 1, MATCH_NAME_CONFLICT},
        {"fifteen digits in the application",     true,  true,  true,  7, 1, MATCH_UPGRADED     },
        {"a row without a name",                  true,  false, false, 7, 1, MATCH_NAME_ABSENT  },
        {"an application without a name",         false, true,  false, 7, 1, MATCH_NAME_ABSENT  },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct match_member member = {
            .has_name = rows[i].has_name, .name = {7, 1}
        };
        struct cell cell = {.state = rows[i].has_row_name ? CELL_VALUE : CELL_NONE,
                            .number = (int64_t)rows[i].tag,
                            .check = rows[i].check};

        T_ROW(rows[i].belief);
        T_EQ(match_classify(&member, rows[i].is_upgraded, &cell), rows[i].want);
    }
}

TEST(an_entry_answers_for_its_divisions_less_what_newer_ones_took)
{
    static const struct {
        const char *belief, *in, *out, *division;
        bool want;
    } rows[] = {
        {"no list is everywhere",                             "",          "",          "320581",    true },
        {"a prefix covers what lies below",                   "3205",      "",          "320581",    true },
        {"a village does not answer for its county",          "320581104", "",          "320581",    false},
        {"what a newer delivery took is gone",                "3205",      "320581",    "320581104", false},
        {"a part that was taken leaves the rest",             "3205",      "320582",    "320581",    true },
        {"a case without a division has no answer of a part", "3205",      "",          "",          false},
        {"a part that was taken may hold the wider case",     "3205",      "320581104", "320581",    false},
        {"also where the entry is everywhere",                "",          "320581104", "320581",    false},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct text in = text_of(rows[i].in), out = text_of(rows[i].out);
        struct snapshot_entry entry = {.division_count = in.len > 0,
                                       .divisions = &in,
                                       .minus_count = out.len > 0,
                                       .minus = &out};

        T_ROW(rows[i].belief);
        T_EQ(match_division(&entry, text_of(rows[i].division)), rows[i].want);
    }
}

TEST(who_belongs_to_the_family_on_the_day)
{
    static const struct {
        const char *belief, *role, *from, *until;
        enum person_role want;
    } rows[] = {
        {"a blank role is a member", NULL,        NULL,         NULL,         PERSON_MEMBER   },
        {"a member",                 "member",    NULL,         NULL,         PERSON_MEMBER   },
        {"a supporter",              "supporter", NULL,         NULL,         PERSON_SUPPORTER},
        {"excluded",                 "excluded",  NULL,         NULL,         PERSON_APART    },
        {"joins on the day",         "member",    "2026-08-03", NULL,         PERSON_MEMBER   },
        {"joins the day after",      "member",    "2026-08-04", NULL,         PERSON_APART    },
        {"leaves on the day",        "member",    NULL,         "2026-08-03", PERSON_MEMBER   },
        {"left the day before",      "member",    NULL,         "2026-08-02", PERSON_APART    },
    };
    struct county county;
    struct person_fields fields;

    county_open(&county);
    person_fields_find(&fields, county.model->applicant);
    for (size_t i = 0; i < LEN(rows); i++) {
        struct application application =
            application_given(&county, &(struct given_person){ALMA, "张三"}, 1);
        struct applicant_cell *cells = application.members[0].cells;

        T_ROW(rows[i].belief);
        if (rows[i].role != NULL)
            cell_set(county.model, cells, "role",
                     code_find(model_codes(county.model, TEXT("role")), text_of(rows[i].role)));
        if (rows[i].from != NULL)
            cell_set(county.model, cells, "member_from", day(rows[i].from));
        if (rows[i].until != NULL)
            cell_set(county.model, cells, "member_until", day(rows[i].until));
        T_EQ(person_role(&fields, cells, application.checked_on), rows[i].want);
    }
    county_close(&county);
}

/* A match over one source "vehicle", with the given bits. */
static struct match_set
match_given(struct county *county, const struct application *application, const uint64_t *allowed)
{
    static const struct text source = {"vehicle", 7};
    struct match_request request = {.cases = application,
                                    .case_count = 1,
                                    .model = county->model,
                                    .snapshot = county->snapshot,
                                    .source_count = 1,
                                    .sources = &source,
                                    .allowed = &allowed};
    struct match_set set;
    struct err err = {0};

    T_OK(match_block(&set, &request, county->keyer, &county->arena, &err), &err);
    return set;
}

TEST(only_who_is_allowed_is_looked_up)
{
    static const struct given_delivery vehicles = {
        "vehicle",
        "vehicle",
        "2026-07-20",
        NULL,
        0,
        0,
        {{ALMA, "张三", 2, "苏A1", 0, 100, NULL},
          {BORIS, "李四", 3, "苏A2", 0, 200, NULL},
          {BORIS, "王五", 4, "苏A3", 0, 300, NULL},
          {ALMA, "张三", 5, "", 0, 0, "refused"}}
    };
    static const struct given_person persons[] = {
        {ALMA,  "张三"},
        {BORIS, "李四"}
    };
    static const uint64_t both[] = {1, 1}, second[] = {0, 1};
    struct county county;
    struct application application;
    struct match_set set;

    county_open(&county);
    county_deliver(&county, &vehicles, NULL);
    county_look(&county);
    application = application_given(&county, persons, 2);
    set = match_given(&county, &application, both);
    T_ROW("both are looked up");
    T_EQ(set.probed, 2);
    T_EQ(set.members[0][0].answers[0].row_count, 1);
    T_EQ(set.members[0][1].answers[0].row_count, 2);
    T_EQ(set.members[0][0].answers[0].rows[0].match, MATCH_EXACT);
    T_ROW("a refused row makes its owner's answer partial, and nobody else's");
    T_EQ(set.members[0][0].answers[0].is_partial, true);
    T_EQ(set.members[0][1].answers[0].is_partial, false);
    set = match_given(&county, &application, second);
    T_ROW("without a bit there is no probe");
    T_EQ(set.probed, 1);
    T_EQ(set.members[0][0].answers[0].is_probed, false);
    T_EQ(set.members[0][0].answers[0].row_count, 0);
    T_ROW("an excluded person is not looked up, whatever the mask says");
    cell_set(county.model, application.members[0].cells, "role",
             code_find(model_codes(county.model, TEXT("role")), TEXT("excluded")));
    set = match_given(&county, &application, both);
    T_EQ(set.probed, 1);
    county_close(&county);
}

TEST(a_mended_row_is_no_gap_any_more)
{
    static const struct given_delivery vehicles = {
        "vehicle",
        "vehicle",
        "2026-07-20",
        NULL,
        0,
        0,
        {{ALMA, "张三", 2, "", 0, 0, "refused"}, {BORIS, "李四", 3, "", 0, 0, "refused"}}
    };
    static const struct given_delivery mended = {
        "vehicle", "vehicle", "2026-07-20", NULL, 0, 0, {{ALMA, "张三", 2, "苏A1", 0, 100, NULL}}};
    static const struct given_person persons[] = {
        {ALMA,  "张三"},
        {BORIS, "李四"}
    };
    static const uint64_t both[] = {1, 1};
    struct county county;
    struct application application;
    struct match_set set;
    bool is_partial[2] = {false, false};
    uint32_t rows = 0;

    county_open(&county);
    county_deliver(&county, &vehicles, NULL);
    county_look(&county);
    county_deliver(&county, &mended, delivery_info(snapshot_entry(county.snapshot, 0)->delivery));
    county_look(&county);
    application = application_given(&county, persons, 2);
    set = match_given(&county, &application, both);
    T_EQ(snapshot_count(county.snapshot), 2);
    for (uint32_t e = 0; e < 2; e++)
        for (uint32_t m = 0; m < 2; m++) {
            is_partial[m] = is_partial[m] || set.members[0][m].answers[e].is_partial;
            rows += set.members[0][m].answers[e].row_count;
        }
    T_ROW("a mend is no second look at anybody");
    T_EQ(set.probed, 2);
    T_ROW("the mended row cures its person alone");
    T_EQ(is_partial[0], false);
    T_EQ(is_partial[1], true);
    T_EQ(rows, 1);
    county_close(&county);
}

T_MAIN(T(a_name_speaks_against_but_never_joins),
       T(an_entry_answers_for_its_divisions_less_what_newer_ones_took),
       T(who_belongs_to_the_family_on_the_day), T(only_who_is_allowed_is_looked_up),
       T(a_mended_row_is_no_gap_any_more))
