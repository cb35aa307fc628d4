/* SPDX-License-Identifier: Apache-2.0 */
/* Neither the key nor the order in which rows arrive is seen in the places of rows: families of
 * rows that look alike and share hidden values are shuffled and given other values. */
#include "engine/household/household.h"

#include <stdlib.h>
#include <string.h>

#include "tests/t.h"

#define PERSONS 4
#define ROWS 6   /* of one person and kind at most */
#define VALUES 5 /* hidden values of one sort */
#define KINDS 3  /* the applicants' first */
#define FIELDS 4

struct toy { /* what a family is, before keys and arrival */
    uint32_t persons, rows[PERSONS][KINDS];
    int looks[PERSONS][KINDS][ROWS];          /* what is printed */
    int hidden[PERSONS][KINDS][ROWS][FIELDS]; /* values; -1: none */
    int guardian[PERSONS];
};

static uint64_t
dice(uint64_t *state) /* xorshift64 */
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static uint32_t
below(uint64_t *state, uint32_t n)
{
    return (uint32_t)((dice(state) >> 20) % n);
}

static struct field applicant_fields[] = {{.type = FIELD_IDENTITY}, {.type = FIELD_IDENTITY}};
/* owner, an account number that makes the thing, a document of somebody, an amount */
static struct field first_fields[FIELDS] = {
    {.type = FIELD_IDENTITY},
    {.type = FIELD_TEXT,     .is_sensitive = true, .is_thing = true},
    {.type = FIELD_IDENTITY     },
    {.type = FIELD_MONEY},
};
/* owner, a body and a plate that make the thing together, an amount */
static struct field second_fields[FIELDS] = {
    {.type = FIELD_IDENTITY},
    {.type = FIELD_IDENTITY, .is_thing = true},
    {.type = FIELD_TEXT,                      .is_sensitive = true, .is_thing = true},
    {.type = FIELD_MONEY},
};
static struct kind kinds[KINDS] = {
    {.number = 0,
     .period = -1,
     .share = -1,
     .owner_name = -1,
     .field_count = 2,
     .fields = applicant_fields},
    { .number = 1,
     .period = -1,
     .share = -1,
     .owner_name = -1,
     .has_thing = true,
     .field_count = FIELDS,
     .fields = first_fields},
    {     .number = 2,
     .period = -1,
     .share = -1,
     .owner_name = -1,
     .has_thing = true,
     .field_count = FIELDS,
     .fields = second_fields},
};
static struct model model = {.kind_count = KINDS, .kinds = kinds, .applicant = kinds};

static void
toy_make(struct toy *toy, uint64_t *state)
{
    uint32_t looks = 1 + below(state, 3), values = 1 + below(state, VALUES);

    memset(toy, 0, sizeof *toy);
    toy->persons = 1 + below(state, PERSONS);
    for (uint32_t p = 0; p < toy->persons; p++) {
        toy->guardian[p] = below(state, 3) == 0 ? (int)below(state, values) : -1;
        for (uint32_t k = 1; k < KINDS; k++) {
            toy->rows[p][k] = below(state, ROWS + 1);
            for (uint32_t r = 0; r < toy->rows[p][k]; r++) {
                toy->looks[p][k][r] = (int)below(state, looks);
                for (uint32_t f = 1; f < FIELDS - 1; f++)
                    toy->hidden[p][k][r][f] =
                        below(state, 8) == 0 ? -1 : (int)below(state, values + (f == 2 ? 2 : 0));
            }
        }
    }
}

/* Values of identities 0 and 1 are those of persons A and B. */
static struct cell
cell_make(const struct field *field, int value, const uint64_t *key)
{
    if (value < 0)
        return (struct cell){.state = CELL_NONE};
    if (field->type == FIELD_IDENTITY)
        return (struct cell){
            .key = {key[value], key[value] * 3}
        };
    return (struct cell){.number = (int64_t)key[value], .text = TEXT("****0001")};
}

/* The family under one key, its rows in one order of arrival. */
static struct household *
family_make(const struct toy *toy, uint64_t seed, struct arena *arena)
{
    struct household *h = arena_alloc(arena, 1, sizeof *h);
    uint64_t key[VALUES + 2], state = seed;
    struct err err = {0};

    for (size_t v = 0; v < LEN(key); v++)
        key[v] = dice(&state);
    h->model = &model;
    h->person_count = h->member_count = toy->persons;
    h->persons = arena_alloc(arena, toy->persons, sizeof *h->persons);
    for (uint32_t p = 0; p < toy->persons; p++) {
        struct person *person = &h->persons[p];

        person->key[0] = (char)('A' + p);
        person->cells = arena_alloc(arena, 2, sizeof *person->cells);
        person->cells[0].key = (struct key128){key[p], key[p] * 3};
        person->cells[1] = cell_make(&applicant_fields[1], toy->guardian[p], key);
        person->lists = arena_alloc(arena, KINDS, sizeof *person->lists);
        for (uint32_t k = 1; k < KINDS; k++) {
            struct household_list *list = &person->lists[k];
            uint32_t at[ROWS];

            list->row_count = toy->rows[p][k];
            list->rows = arena_alloc(arena, ROWS, sizeof *list->rows);
            for (uint32_t r = 0; r < list->row_count; r++) { /* shuffled */
                uint32_t to = below(&state, r + 1);

                at[r] = at[to];
                at[to] = r;
            }
            for (uint32_t r = 0; r < list->row_count; r++) {
                struct cell *cells = arena_alloc(arena, FIELDS, sizeof *cells);

                cells[0] = person->cells[0];
                for (uint32_t f = 1; f < FIELDS - 1; f++)
                    cells[f] = cell_make(&kinds[k].fields[f], toy->hidden[p][k][at[r]][f], key);
                cells[3].number = toy->looks[p][k][at[r]];
                list->rows[r] = (struct household_row){
                    .kind = &kinds[k], .cells = cells, .match = MATCH_EXACT, .row = r};
            }
        }
    }
    T_OK(household_order(h, arena, &err), &err);
    return h;
}

static bool
cells_equal(const struct household_row *x, uint32_t f, const struct household_row *y, uint32_t g)
{
    const struct field *a = &x->kind->fields[f], *b = &y->kind->fields[g];

    if (a->type != b->type || x->cells[f].state != y->cells[g].state ||
        x->cells[f].state != CELL_VALUE)
        return false;
    return a->type == FIELD_IDENTITY ? x->cells[f].key.lo == y->cells[g].key.lo
                                     : x->cells[f].number == y->cells[g].number;
}

/* All that a rule or a printer can tell: what each place shows, which hidden values are equal, who
 * belongs to which thing. */
static void
told(const struct household *h, struct buf *out)
{
    const struct household_row *rows[PERSONS * KINDS * ROWS];
    uint32_t count = 0;

    for (uint32_t p = 0; p < h->person_count; p++)
        for (uint32_t k = 1; k < KINDS; k++)
            for (uint32_t r = 0; r < h->persons[p].lists[k].row_count; r++)
                rows[count++] = &h->persons[p].lists[k].rows[r];
    for (uint32_t i = 0; i < count; i++) {
        buf_printf(out, "%u.%u.%u=%lld", rows[i]->person, rows[i]->kind->number, rows[i]->place,
                   (long long)rows[i]->cells[3].number);
        for (uint32_t f = 1; f < FIELDS - 1; f++) {
            buf_printf(out, " %d", rows[i]->cells[f].state);
            for (uint32_t p = 0; p < h->person_count && kinds[1].fields[f].type == FIELD_IDENTITY;
                 p++)
                for (uint32_t c = 0; c < 2; c++)
                    buf_printf(out, "%d",
                               h->persons[p].cells[c].key.lo == rows[i]->cells[f].key.lo);
            for (uint32_t j = 0; j < i; j++)
                for (uint32_t g = 1; g < FIELDS - 1; g++)
                    buf_printf(out, "%d", cells_equal(rows[i], f, rows[j], g));
        }
        buf_byte(out, '\n');
    }
    for (uint32_t k = 1; k < KINDS; k++)
        for (uint32_t t = 0; t < h->things[k].thing_count; t++) {
            const struct household_thing *thing = &h->things[k].things[t];

            for (uint32_t r = 0; r < thing->row_count; r++)
                buf_printf(out, "%u.%u ", thing->rows[r]->person, thing->rows[r]->place);
            buf_printf(out, "amount %d\n", thing->cells[3].state);
        }
}

TEST(places_hang_neither_on_keys_nor_on_arrival)
{
    uint64_t state = 88172645463325252ULL;
    uint32_t alike = 0;

    for (uint32_t n = 0; n < 4000; n++) {
        struct arena arena;
        struct buf want, got;
        struct toy toy;

        arena_init(&arena, "order", 0, false);
        buf_init(&want, false);
        toy_make(&toy, &state);
        told(family_make(&toy, 1 + dice(&state), &arena), &want);
        for (uint32_t turn = 0; turn < 4; turn++) {
            buf_init(&got, false);
            told(family_make(&toy, 1 + dice(&state), &arena), &got);
            if (!text_eq(buf_as_text(&got), buf_as_text(&want)))
                T_FAIL("family %u:\n" TEXT_FMT "against\n" TEXT_FMT, n,
                       TEXT_ARG(buf_as_text(&want)), TEXT_ARG(buf_as_text(&got)));
            alike++;
            buf_release(&got);
        }
        buf_release(&want);
        arena_release(&arena);
    }
    T_EQ(alike, 16000);
}

T_MAIN(T(places_hang_neither_on_keys_nor_on_arrival))
