/* SPDX-License-Identifier: Apache-2.0 */
/* What makes two rows one thing, for every type of field, and what is left when rows disagree. */
#include "engine/household/household.h"

#include "tests/t.h"

#include "engine/base/ban.h"

/* A kind with one thing field of a given type, a share and a value; kind 0 is the applicants'. */
struct shelf {
    struct arena arena;
    struct field fields[3];
    struct kind kinds[2];
    struct model model;
    struct person persons[2];
    struct household household;
};

static void
shelf_open(struct shelf *shelf, enum field_type type, bool is_sensitive)
{
    *shelf = (struct shelf){
        .fields =
            {{.name = TEXT("thing"), .type = type, .is_thing = true, .is_sensitive = is_sensitive},
                     {.name = TEXT("share"), .type = FIELD_DECIMAL, .scale = 4, .is_share = true},
                     {.name = TEXT("value"), .type = FIELD_MONEY}},
        .persons = {{.key = "A"},                                                                                     {.key = "B"}                                                              }
    };
    arena_init(&shelf->arena, "shelf", 0, false);
    shelf->kinds[1] = (struct kind){.number = 1,
                                    .period = -1,
                                    .share = 1,
                                    .has_thing = true,
                                    .field_count = 3,
                                    .fields = shelf->fields};
    shelf->model =
        (struct model){.kind_count = 2, .kinds = shelf->kinds, .applicant = &shelf->kinds[0]};
    shelf->household = (struct household){
        .model = &shelf->model, .person_count = 2, .member_count = 2, .persons = shelf->persons};
    for (int p = 0; p < 2; p++) {
        shelf->persons[p].lists = arena_alloc(&shelf->arena, 2, sizeof(struct household_list));
        shelf->persons[p].lists[1].rows =
            arena_alloc(&shelf->arena, 4, sizeof(struct household_row));
    }
}

static void
shelf_put(struct shelf *shelf, int person, struct cell thing, struct cell share, struct cell value,
          enum match_class match)
{
    struct household_list *list = &shelf->persons[person].lists[1];
    struct cell *cells = arena_alloc(&shelf->arena, 3, sizeof *cells);

    cells[0] = thing;
    cells[1] = share;
    cells[2] = value;
    list->rows[list->row_count] = (struct household_row){
        .kind = &shelf->kinds[1], .cells = cells, .match = match, .row = list->row_count};
    list->row_count++;
}

static const struct household_things *
shelf_things(struct shelf *shelf)
{
    struct err err = {0};

    T_OK(household_order(&shelf->household, &shelf->arena, &err), &err);
    return &shelf->household.things[1];
}

#define NUMBER(n)                                                                                  \
    {                                                                                              \
        .number = (n)                                                                              \
    }
#define WORDS(n, s)                                                                                \
    {                                                                                              \
        .number = (n), .text = {(s), sizeof(s) - 1 }                                               \
    }
#define PSEUDO(h, l)                                                                               \
    {                                                                                              \
        .key = {(h), (l) }                                                                         \
    }
#define BLANK(blank)                                                                               \
    {                                                                                              \
        .state = (blank)                                                                           \
    }

TEST(rows_agree_by_all_that_the_type_of_a_field_holds)
{
    static const struct {
        const char *belief;
        enum field_type type;
        bool is_sensitive;
        struct cell a, b;
        uint32_t things;
    } rows[] = {
        {"the same identity", FIELD_IDENTITY,     false,                        PSEUDO(1,                                             2),PSEUDO(1,2), 1},
        {"another identity",                  FIELD_IDENTITY,                                    false,                                               PSEUDO(1,                                                                    2),PSEUDO(1,3), 2},
        {"another kind of document",           FIELD_IDENTITY,                           false,                                                      PSEUDO(1,                                                                                                          2),                                                      PSEUDO(4,                                                                                                                                                                                                     2), 2},
        {"the same text",           FIELD_TEXT,                           false,WORDS(0,"a"),WORDS(0,"a"), 1},
        {"another text",FIELD_TEXT,false,              WORDS(0,                                                                                                                            "a"),                                                                                                                                                                                                                                         WORDS(0,                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                         "b"), 2},
        {"the same sensitive text",                   FIELD_TEXT,                        true,                                            WORDS(7,                                                                                                          "**1"),WORDS(7,"**1"), 1},
        {"another that looks the same",               FIELD_TEXT,                                true,                                                            WORDS(7,                                                                                        "**1"),WORDS(8,"**1"), 2},
        {"the same name",             FIELD_NAME,                        false,                                              WORDS(7,"*1"),WORDS(7,                                                             "*1"), 1},
        {"a name written in another way",
         FIELD_NAME,false,
         {.number = 7, .check = 1},
         {.number = 7, .check = 2},
         1                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                             },
        {"another name that looks the same",     FIELD_NAME, false, WORDS(7, "*1"),WORDS(8,"*1"), 2},
        {"the same code",                  FIELD_CODE,                                    false,                                  NUMBER(0),                                                                                                                  NUMBER(0),1},
        {"another code",                   FIELD_CODE,                                     false,                                NUMBER(0),                                                                      NUMBER(1),2},
        {"another day",            FIELD_DATE,                         false,                                                    NUMBER(1),                                                                                                        NUMBER(2),                                                                                      2                                                                                                           },
        {"another month",          FIELD_MONTH,                   false,             NUMBER(1),NUMBER(2),2},
        {"the same amount",          FIELD_MONEY,                   false,               NUMBER(100),NUMBER(100),1                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                            },
        {"another amount",          FIELD_MONEY,                   false,NUMBER(100),NUMBER(101),2},
        {"another decimal",          FIELD_DECIMAL,                   false,                                  NUMBER(1),                                                                                                                                       NUMBER(2),                                                                                                                                                           2                                                                                                                                                                                                                                                                               },
        {"another number",        FIELD_INT,               false,                            NUMBER(1),                                                                                   NUMBER(-1),       2},
        {"yes and no",        FIELD_BOOL,               false,                                                NUMBER(0),                                                                                                                                                             NUMBER(1),                                                                                                                                                                                                                                                                                                         2                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                         },
        {"known to have none, both",          FIELD_IDENTITY,                   false,             BLANK(CELL_NONE),BLANK(CELL_NONE),1},
        {"one has none",          FIELD_TEXT,                  false,                  WORDS(0,""),BLANK(CELL_NONE),                                                                                                                                                                                                                                                                                                                                                                                                                                                                2},
        {"not known of either",          FIELD_IDENTITY,                   false,BLANK(CELL_UNKNOWN),BLANK(CELL_UNKNOWN),2},
        {"not known of one",   FIELD_INT,     false,                    NUMBER(0),                                                                                                                                              BLANK(CELL_UNKNOWN),                                                                                                                                                                                                                                                                                                                                                                                2                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                      },
    };

    for (size_t i = 0; i < LEN(rows); i++)
        for (int person = 0; person < 2; person++) { /* of one member, and of two */
            struct cell one = {.number = 5000}, amount = {.number = 1};
            struct shelf shelf;

            T_ROW(rows[i].belief);
            shelf_open(&shelf, rows[i].type, rows[i].is_sensitive);
            shelf_put(&shelf, 0, rows[i].a, one, amount, MATCH_EXACT);
            shelf_put(&shelf, person, rows[i].b, one, amount, MATCH_EXACT);
            T_EQ(shelf_things(&shelf)->thing_count, rows[i].things);
            arena_release(&shelf.arena);
        }
}

TEST(what_a_thing_is_does_not_hang_on_who_spoke_first)
{
    static const struct {
        const char *belief;
        struct cell shares[2], values[2];
        enum match_class second;
        struct cell share, value;
        uint32_t speak;
    } rows[] = {
        {"two halves",
         {NUMBER(5000), NUMBER(5000)},
         {NUMBER(7), NUMBER(7)},
         MATCH_EXACT,         NUMBER(10000),
         NUMBER(7),
         2},
        {"values that differ are unknown",
         {NUMBER(1), NUMBER(2)},
         {NUMBER(7), NUMBER(8)},
         MATCH_EXACT,         NUMBER(3),
         BLANK(CELL_UNKNOWN),
         2},
        {"known beside blank is known",
         {NUMBER(1), NUMBER(2)},
         {BLANK(CELL_UNKNOWN), NUMBER(8)},
         MATCH_EXACT,         NUMBER(3),
         NUMBER(8),
         2},
        {"not known outweighs none",
         {NUMBER(1), NUMBER(2)},
         {BLANK(CELL_NONE), BLANK(CELL_UNKNOWN)},
         MATCH_EXACT,         NUMBER(3),
         BLANK(CELL_UNKNOWN),
         2},
        {"none beside a share is not known",
         {BLANK(CELL_NONE), NUMBER(2)},
         {NUMBER(7), NUMBER(7)},
         MATCH_EXACT,         BLANK(CELL_UNKNOWN),
         NUMBER(7),
         2},
        {"none of both is none",
         {BLANK(CELL_NONE), BLANK(CELL_NONE)},
         {NUMBER(7), NUMBER(7)},
         MATCH_EXACT,         BLANK(CELL_NONE),
         NUMBER(7),
         2},
        {"a lead adds no share and contradicts nothing",
         {NUMBER(5000), NUMBER(5000)},
         {NUMBER(7), NUMBER(8)},
         MATCH_NAME_CONFLICT, NUMBER(5000),
         NUMBER(7),
         1},
    };

    for (size_t i = 0; i < LEN(rows); i++)
        for (int turn = 0; turn < 2; turn++) {
            struct cell thing = {.number = 1};
            const struct household_things *things;
            struct shelf shelf;

            T_ROW(rows[i].belief);
            shelf_open(&shelf, FIELD_INT, false);
            for (int r = 0; r < 2; r++)
                shelf_put(&shelf, turn == 0 ? r : 1 - r, thing, rows[i].shares[r],
                          rows[i].values[r], r == 1 ? rows[i].second : MATCH_EXACT);
            things = shelf_things(&shelf);
            T_EQ(things->thing_count, 1);
            T_EQ(things->things[0].row_count, rows[i].speak);
            T_EQ(things->things[0].cells[1].state, rows[i].share.state);
            T_EQ(things->things[0].cells[1].number, rows[i].share.number);
            T_EQ(things->things[0].cells[2].state, rows[i].value.state);
            T_EQ(things->things[0].cells[2].number, rows[i].value.number);
            arena_release(&shelf.arena);
        }
}

TEST(two_sources_tell_of_the_same_part)
{
    static const struct {
        const char *belief;
        struct {
            int person, source;
            struct cell share;
        } rows[4];
        int count;
        struct cell share;
    } rows[] = {
        {"one part, told twice",               {{0, 0, NUMBER(5000)}, {0, 1, NUMBER(5000)}},       2, NUMBER(5000)       },
        {"two parts of one source are two",
         {{0, 0, NUMBER(2500)}, {0, 0, NUMBER(2500)}},
         2,                                                                                           NUMBER(5000)       },
        {"two parts told twice",
         {{0, 0, NUMBER(2500)}, {0, 1, NUMBER(2500)}, {0, 0, NUMBER(1000)}, {0, 1, NUMBER(1000)}},
         4,                                                                                           NUMBER(3500)       },
        {"two halves, one of them told twice",
         {{0, 0, NUMBER(5000)}, {1, 0, NUMBER(5000)}, {1, 1, NUMBER(5000)}},
         3,                                                                                           NUMBER(10000)      },
        {"sources that differ",
         {{0, 0, NUMBER(5000)}, {0, 1, NUMBER(4000)}},
         2,                                                                                           BLANK(CELL_UNKNOWN)},
        {"known beside blank",
         {{0, 0, BLANK(CELL_UNKNOWN)}, {0, 1, NUMBER(4000)}},
         2,                                                                                           NUMBER(4000)       },
        {"a blank part of one source",
         {{0, 0, BLANK(CELL_UNKNOWN)}, {0, 0, NUMBER(4000)}},
         2,                                                                                           BLANK(CELL_UNKNOWN)},
    };

    for (size_t i = 0; i < LEN(rows); i++)
        for (int turn = 0; turn < 2; turn++) {
            struct cell thing = {.number = 1}, value = {.number = 7};
            const struct household_things *things;
            struct shelf shelf;

            T_ROW(rows[i].belief);
            shelf_open(&shelf, FIELD_INT, false);
            for (int r = 0; r < rows[i].count; r++) {
                int at = turn == 0 ? r : rows[i].count - 1 - r, person = rows[i].rows[at].person;
                struct household_list *list = &shelf.persons[person].lists[1];

                shelf_put(&shelf, person, thing, rows[i].rows[at].share, value, MATCH_EXACT);
                list->rows[list->row_count - 1].source = (int16_t)rows[i].rows[at].source;
            }
            things = shelf_things(&shelf);
            T_EQ(things->thing_count, 1);
            T_EQ(things->things[0].cells[1].state, rows[i].share.state);
            T_EQ(things->things[0].cells[1].number, rows[i].share.number);
            arena_release(&shelf.arena);
        }
}

TEST(leads_alone_still_speak)
{
    struct cell thing = {.number = 1}, share = {.number = 5000}, value = {.number = 7};
    struct shelf shelf;

    shelf_open(&shelf, FIELD_INT, false);
    shelf_put(&shelf, 0, thing, share, value, MATCH_NAME_CONFLICT);
    shelf_put(&shelf, 1, thing, share, value, MATCH_NAME_CONFLICT);
    T_EQ(shelf_things(&shelf)->things[0].row_count, 2);
    T_EQ(shelf.household.things[1].things[0].cells[1].number, 10000);
    arena_release(&shelf.arena);
}

T_MAIN(T(rows_agree_by_all_that_the_type_of_a_field_holds),
       T(what_a_thing_is_does_not_hang_on_who_spoke_first), T(two_sources_tell_of_the_same_part),
       T(leads_alone_still_speak))
