/* SPDX-License-Identifier: Apache-2.0 */
/* Silence is not innocence, one thing counts once, and the order of rows says nothing. */
#include "engine/household/household.h"

#include "tests/unit/match/county.h"

TEST(an_authorisation_is_a_day_a_span_and_a_list)
{
    static const struct {
        const char *belief, *on, *until, *sources;
        bool want;
    } rows[] = {
        {"signed on the check date",           "2026-08-03", NULL,         NULL,                   true },
        {"signed the day after",               "2026-08-04", NULL,         NULL,                   false},
        {"never signed",                       NULL,         NULL,         NULL,                   false},
        {"ends on the check date",             "2026-08-01", "2026-08-03", NULL,                   true },
        {"ended the day before",               "2026-08-01", "2026-08-02", NULL,                   false},
        {"the source is listed",               "2026-08-01", NULL,         "tax、bank",           true },
        {"full-width separators part as well", "2026-08-01", NULL,         "tax；bank，vehicle", true },
        {"another source is listed",           "2026-08-01", NULL,         "tax;vehicle",          false},
        {"a longer name is another source",    "2026-08-01", NULL,         "bank2",                false},
    };
    struct county county;

    county_open(&county);
    for (size_t i = 0; i < LEN(rows); i++) {
        struct application application =
            application_given(&county, &(struct given_person){ALMA, "张三"}, 1);
        struct applicant_cell *cells = application.members[0].cells;
        int32_t on = kind_field(county.model->applicant, TEXT("authorised_on"));
        int32_t sources = kind_field(county.model->applicant, TEXT("auth_sources"));

        T_ROW(rows[i].belief);
        cells[on].state = CELL_NONE;
        if (rows[i].on != NULL)
            cell_set(county.model, cells, "authorised_on", day(rows[i].on));
        if (rows[i].until != NULL)
            cell_set(county.model, cells, "auth_until", day(rows[i].until));
        if (rows[i].sources != NULL)
            cells[sources] = (struct applicant_cell){.text = text_of(rows[i].sources)};
        T_EQ(authorised_for(county.model->applicant, cells, application.checked_on, TEXT("bank")),
             rows[i].want);
    }
    county_close(&county);
}

/* One case through match and household; sources vehicle and tax, of the kinds given. */
static struct household *
household_of_kinds(struct county *county, const struct application *application,
                   const uint64_t *allowed, const uint64_t *applicable, const uint64_t *kinds_of)
{
    static const struct text sources[] = {
        {"vehicle", 7},
        {"tax",     3}
    };
    struct match_request match = {.cases = application,
                                  .case_count = 1,
                                  .model = county->model,
                                  .snapshot = county->snapshot,
                                  .source_count = 2,
                                  .sources = sources,
                                  .allowed = &allowed,
                                  .kinds_of = kinds_of};
    struct household_request request = {
        .match = &match, .applicable = &applicable, .kinds_of = kinds_of, .months_back = 36};
    struct household *household;
    struct match_set set;
    struct err err = {0};

    T_OK(match_block(&set, &match, county->keyer, &county->arena, &err), &err);
    T_OK(household_build(&household, &request, &set, county->keyer, &county->arena, &err), &err);
    return household;
}

static uint64_t
kind_bit(const struct county *county, const char *kind)
{
    return UINT64_C(1) << model_kind(county->model, text_of(kind))->number;
}

/* Source vehicle tells of vehicles, tax of incomes. */
static struct household *
household_given(struct county *county, const struct application *application,
                const uint64_t *allowed, const uint64_t *applicable)
{
    const uint64_t kinds_of[] = {kind_bit(county, "vehicle"), kind_bit(county, "income")};

    return household_of_kinds(county, application, allowed, applicable, kinds_of);
}

static const struct cover *
cover_of(const struct county *county, const struct household *household, uint32_t source,
         const char *kind)
{
    return &household->persons[0].covers[source * county->model->kind_count +
                                         model_kind(county->model, text_of(kind))->number];
}

#define MONTH(year, month) ((year)*12 + (month)-1)

TEST(every_silence_has_its_own_name)
{
    static const struct given_delivery vehicles = {
        "vehicle",
        "vehicle",
        "2026-07-20",
        NULL,
        0,
        0,
        {{ALMA, "张三", 2, "苏A1", 0, 100, NULL}, {BORIS, "李四", 3, "", 0, 0, "refused"}}
    };
    static const struct {
        const char *belief, *id;
        uint64_t allowed, applicable;
        const char *division; /* of the case */
        enum coverage vehicle;
        uint32_t opens;
        int16_t source; /* of the open end, if any */
    } rows[] = {
        {"a record",                                   ALMA,                 1, 1, "320581", COVERAGE_FOUND,          0, 0 },
        {"a refused row",                              BORIS,                1, 1, "320581", COVERAGE_PARTIAL,        1, 0 },
        {"asked, complete, nothing there",             "11010519491231002X", 1, 1, "320581", COVERAGE_NONE,           0,
         0                                                                                                                 },
        {"no authorisation",                           ALMA,                 0, 1, "320581", COVERAGE_NOT_ASKED,      1, 0 },
        {"the programme does not ask for this person", ALMA,                 0, 0, "320581",
         COVERAGE_NOT_APPLICABLE,                                                                                     0, 0 },
        {"a newborn without a number",                 "",                   0, 0, "320581", COVERAGE_NOT_APPLICABLE, 0, 0 },
        {"an invalid number",                          NULL,                 0, 1, "320581", COVERAGE_NOT_ASKED,      1, -1},
    };
    struct county county;

    county_open(&county);
    county_deliver(&county, &vehicles, NULL);
    county_look(&county);
    uint32_t kind = model_kind(county.model, TEXT("vehicle"))->number;
    for (size_t i = 0; i < LEN(rows); i++) {
        struct given_person person = {rows[i].id, "张三"};
        struct application application = application_given(&county, &person, 1);
        struct household *household =
            household_given(&county, &application, &rows[i].allowed, &rows[i].applicable);
        const struct household_list *list = &household->persons[0].lists[kind];

        T_ROW(rows[i].belief);
        T_EQ(cover_of(&county, household, 0, "vehicle")->coverage, rows[i].vehicle);
        T_EQ(list->open_count, rows[i].opens);
        if (rows[i].opens > 0) {
            T_EQ(list->opens[0].source, rows[i].source);
            T_EQ(list->opens[0].month, MONTH_ANY);
        }
        T_EQ(household->checked_on, day("2026-08-03"));
        T_EQ(household->case_cells[kind_field(county.model->applicant, TEXT("checked_on"))].number,
             day("2026-08-03"));
    }
    county_close(&county);
}

TEST(a_delivery_of_another_division_is_no_answer)
{
    static const struct given_delivery vehicles = {"vehicle",
                                                   "vehicle",
                                                   "2026-07-20",
                                                   "320582",
                                                   0,
                                                   0,
                                                   {{ALMA, "张三", 2, "苏A1", 0, 100, NULL}}};
    static const uint64_t all = 3;
    struct county county;

    county_open(&county);
    county_deliver(&county, &vehicles, NULL);
    county_look(&county);
    struct application application =
        application_given(&county, &(struct given_person){ALMA, "张三"}, 1);
    struct household *household = household_given(&county, &application, &all, &all);
    T_EQ(cover_of(&county, household, 0, "vehicle")->coverage, COVERAGE_NOT_ANSWERED);
    T_EQ(cover_of(&county, household, 0, "vehicle")->as_of, INT32_MIN);
    county_close(&county);
}

TEST(each_kind_of_a_source_has_its_own_state)
{
    static const struct given_delivery cars = {
        "vehicle", "vehicle", "2026-01-20", NULL, 0, 0, {{ALMA, "张三", 2, "苏A1", 0, 100, NULL}}};
    static const struct given_delivery homes = {"vehicle", "property", "2026-07-20", NULL,
                                                0,         0,          {{0}}};
    static const uint64_t all = 3;
    struct county county;

    county_open(&county);
    const uint64_t kinds_of[] = {kind_bit(&county, "vehicle") | kind_bit(&county, "property"),
                                 kind_bit(&county, "income")};
    struct application application =
        application_given(&county, &(struct given_person){ALMA, "张三"}, 1);
    for (int is_there = 0; is_there < 2; is_there++) {
        county_deliver(&county, is_there ? &homes : &cars, NULL);
        county_look(&county);
        struct household *household =
            household_of_kinds(&county, &application, &all, &all, kinds_of);
        T_ROW("the kind that was delivered has its day");
        T_EQ(cover_of(&county, household, 0, "vehicle")->coverage, COVERAGE_FOUND);
        T_EQ(cover_of(&county, household, 0, "vehicle")->as_of, day("2026-01-20"));
        T_ROW("the other one its own, or none");
        T_EQ(cover_of(&county, household, 0, "property")->coverage,
             is_there ? COVERAGE_NONE : COVERAGE_NOT_ANSWERED);
        T_EQ(cover_of(&county, household, 0, "property")->as_of,
             is_there ? day("2026-07-20") : INT32_MIN);
        T_ROW("a kind that nobody asks this source for does not apply");
        T_EQ(cover_of(&county, household, 0, "income")->coverage, COVERAGE_NOT_APPLICABLE);
    }
    county_close(&county);
}

TEST(the_word_of_a_source_is_its_worst_kind)
{
    static const enum coverage order[] = {
        COVERAGE_NOT_APPLICABLE, COVERAGE_NONE,         COVERAGE_FOUND,     COVERAGE_PARTIAL,
        COVERAGE_STALE,          COVERAGE_NOT_ANSWERED, COVERAGE_NOT_ASKED,
    };

    for (size_t a = 0; a < LEN(order); a++)
        for (size_t b = 0; b < LEN(order); b++) {
            T_ROW(coverage_name(order[a]));
            T_EQ(coverage_worse(order[a], order[b]), order[a > b ? a : b]);
        }
}

TEST(a_month_that_nobody_delivered_stays_open)
{
    static const struct given_delivery early = {
        "tax",
        "income",
        "2026-05-20",
        NULL,
        MONTH(2025, 8),
        MONTH(2026, 4),
        {{ALMA, "张三", 2, NULL, MONTH(2026, 3), 100, NULL}}};
    static const struct given_delivery late = {
        "tax",
        "income",
        "2026-07-20",
        NULL,
        MONTH(2026, 6),
        MONTH(2026, 7),
        {{ALMA, "张三", 2, NULL, MONTH(2026, 7), 300, NULL}}};
    static const uint64_t all = 3;
    struct county county;
    uint32_t single = 0;
    bool may_is_open = false;

    county_open(&county);
    county_deliver(&county, &early, NULL);
    county_deliver(&county, &late, NULL);
    county_look(&county);
    struct application application =
        application_given(&county, &(struct given_person){ALMA, "张三"}, 1);
    struct household *household = household_given(&county, &application, &all, &all);
    const struct person *person = &household->persons[0];
    const struct household_list *list =
        &person->lists[model_kind(county.model, TEXT("income"))->number];

    T_ROW("two deliveries add up");
    T_EQ(cover_of(&county, household, 1, "income")->coverage, COVERAGE_FOUND);
    T_EQ(list->row_count, 2);
    T_ROW("months are as fresh as the newest delivery of them");
    T_EQ(cover_of(&county, household, 1, "income")->as_of, day("2026-07-20"));
    for (uint32_t i = 0; i < list->open_count; i++) {
        single += !list->opens[i].is_earlier;
        if (list->opens[i].is_earlier)
            T_EQ(list->opens[i].month, MONTH(2023, 7));
        may_is_open = may_is_open || list->opens[i].month == MONTH(2026, 5);
        T_TRUE(list->opens[i].month != MONTH(2026, 4) && list->opens[i].month != MONTH(2026, 6));
    }
    T_ROW("36 months back, 11 of them delivered, May among the others, and one end for all before");
    T_EQ(single, 25);
    T_EQ(list->open_count, 26);
    T_EQ(may_is_open, true);
    county_close(&county);
}

/* A property row of person p: unit, share (-1: blank), value (-1: blank). */
static void
row_put(struct county *county, struct household *household, uint32_t p, const char *unit,
        int64_t share, int64_t value)
{
    const struct kind *kind = model_kind(county->model, TEXT("property"));
    struct household_list *list = &household->persons[p].lists[kind->number];
    struct cell *cells = arena_alloc(&county->arena, kind->field_count, sizeof *cells);
    int32_t at = kind_field(kind, TEXT("unit")), money = kind_field(kind, TEXT("value"));

    if (list->rows == NULL)
        list->rows = arena_alloc(&county->arena, 8, sizeof *list->rows);
    cells[at].text = TEXT("****0001"); /* what people see is the same for all */
    cells[at].number = (int64_t)keyer_text(county->keyer, text_of(unit));
    cells[kind->share] = (struct cell){.state = share < 0 ? CELL_UNKNOWN : CELL_VALUE,
                                       .number = share < 0 ? 0 : share};
    cells[money] = (struct cell){.state = value < 0 ? CELL_UNKNOWN : CELL_VALUE,
                                 .number = value < 0 ? 0 : value};
    list->rows[list->row_count] = (struct household_row){
        .kind = kind, .cells = cells, .row = list->row_count, .match = MATCH_EXACT};
    list->row_count++;
}

TEST(one_thing_of_two_members_counts_once)
{
    static const struct {
        const char *belief, *units[2];
        int64_t shares[2], values[2];
        uint32_t things;
        int64_t share, value; /* of the first; -1: unknown */
    } rows[] = {
        {"two halves of one home",                  {"u1", "u1"}, {5000, 5000},  {700, 700}, 1, 10000, 700},
        {"two homes",                               {"u1", "u2"}, {5000, 5000},  {700, 700}, 2, 5000,  700},
        {"more than the whole is the whole",        {"u1", "u1"}, {10000, 5000}, {7, 7},     1, 10000, 7  },
        {"an unknown part makes the share unknown", {"u1", "u1"}, {5000, -1},    {7, 7},     1, -1,    7  },
        {"known beside blank is known",             {"u1", "u1"}, {5000, 2500},  {-1, 7},    1, 7500,  7  },
        {"values that differ are unknown",          {"u1", "u1"}, {5000, 2500},  {8, 7},     1, 7500,  -1 },
    };
    struct county county;

    county_open(&county);
    const struct kind *kind = model_kind(county.model, TEXT("property"));
    int32_t money = kind_field(kind, TEXT("value"));
    for (size_t i = 0; i < LEN(rows); i++) {
        struct person persons[2] = {{.key = "A"}, {.key = "B"}};
        struct household household = {
            .model = county.model, .person_count = 2, .member_count = 2, .persons = persons};
        struct err err = {0};

        T_ROW(rows[i].belief);
        for (uint32_t p = 0; p < 2; p++) {
            persons[p].lists =
                arena_alloc(&county.arena, county.model->kind_count, sizeof *persons[p].lists);
            row_put(&county, &household, p, rows[i].units[p], rows[i].shares[p], rows[i].values[p]);
        }
        T_OK(household_order(&household, &county.arena, &err), &err);
        const struct household_things *things = &household.things[kind->number];
        T_EQ(things->thing_count, rows[i].things);
        T_EQ(things->things[0].rows[0]->person, 0);
        const struct cell *share = &things->things[0].cells[kind->share];
        T_EQ(share->state == CELL_VALUE ? share->number : -1, rows[i].share);
        const struct cell *value = &things->things[0].cells[money];
        T_EQ(value->state == CELL_VALUE ? value->number : -1, rows[i].value);
    }
    county_close(&county);
}

TEST(rows_stand_in_the_order_of_what_they_say)
{
    static const int64_t values[] = {300, -1, 100, 200};
    static const int64_t want[] = {100, 200, 300, -1}; /* known before unknown */
    struct person person = {.key = "A"};
    struct county county;
    struct err err = {0};

    county_open(&county);
    const struct kind *kind = model_kind(county.model, TEXT("property"));
    int32_t money = kind_field(kind, TEXT("value"));
    struct household household = {
        .model = county.model, .person_count = 1, .member_count = 1, .persons = &person};
    person.lists = arena_alloc(&county.arena, county.model->kind_count, sizeof *person.lists);
    for (size_t i = 0; i < LEN(values); i++)
        row_put(&county, &household, 0, "u", 10000, values[i]);
    T_OK(household_order(&household, &county.arena, &err), &err);
    for (size_t i = 0; i < LEN(want); i++) {
        const struct household_row *row = &person.lists[kind->number].rows[i];
        T_EQ(row->cells[money].state == CELL_VALUE ? row->cells[money].number : -1, want[i]);
        T_EQ(row->place, i);
    }
    county_close(&county);
}

T_MAIN(T(an_authorisation_is_a_day_a_span_and_a_list), T(every_silence_has_its_own_name),
       T(a_delivery_of_another_division_is_no_answer), T(each_kind_of_a_source_has_its_own_state),
       T(the_word_of_a_source_is_its_worst_kind), T(a_month_that_nobody_delivered_stays_open),
       T(one_thing_of_two_members_counts_once), T(rows_stand_in_the_order_of_what_they_say))
