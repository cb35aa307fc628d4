/* SPDX-License-Identifier: Apache-2.0 */
/* county.h: a data directory with a few small deliveries of the real model, and applications that
 * ask about them: what match and household are tried on. */
#ifndef HEDUI_TESTS_MATCH_COUNTY_H
#define HEDUI_TESTS_MATCH_COUNTY_H

#include "tests/folder.h"

#include "engine/household/household.h"
#include "engine/index/build.h"
#include "engine/model/value.h"

#define ALMA "329901196503050217" /* area 329901 was never assigned */
#define BORIS "329901200002290019"
#define CELLS_MAX 64

struct county {
    struct arena arena;
    struct model *model;
    struct master_key *key;
    struct ring *ring;
    struct keyer *keyer;
    struct pool *pool;
    struct snapshot *snapshot;
    char dir[FOLDER_PATH];
};

struct given_row {
    const char *id, *name;
    int64_t line;
    const char *text;       /* vehicle: plate */
    int64_t month, money;   /* money -1: blank */
    const char *is_refused; /* non-NULL: the row is refused, "" its owner is not readable */
};
struct given_delivery {
    const char *source, *kind;
    const char *as_of;
    const char *division; /* NULL: all */
    int32_t months_from, months_until;
    struct given_row rows[8];
};

static struct identity
identity_given(const char *id)
{
    struct identity identity = {0};

    T_EQ(identity_parse(text_of(id), &identity), CELL_OK);
    return identity;
}

static int32_t
day(const char *text)
{
    int32_t days = 0;

    T_EQ(date_parse(text_of(text), &days), CELL_OK);
    return days;
}

static void
county_open(struct county *county)
{
    struct messages messages;
    struct err err = {0};
    char ring[128];
    bool is_new;

    *county = (struct county){0};
    arena_init(&county->arena, "county", 0, false);
    messages_init(&messages, &county->arena);
    folder_make(county->dir, "county");
    T_OK(model_load(&county->model, "rules/model.yaml", &messages, &county->arena, &err), &err);
    T_OK(master_key_open(&county->key, county->dir, NULL, &is_new, &err), &err);
    snprintf(ring, sizeof ring, "%s/key.ring", county->dir);
    T_OK(ring_make(ring, 20000, &err), &err);
    T_OK(ring_open(&county->ring, ring, &err), &err);
    T_OK(keyer_open(&county->keyer, county->key, &err), &err);
    T_OK(pool_open(&county->pool, 1, &err), &err);
}

static void
county_close(struct county *county)
{
    snapshot_close(county->snapshot);
    keyer_close(county->keyer);
    master_key_close(county->key);
    ring_close(county->ring);
    pool_close(county->pool);
    folder_remove(county->dir);
    arena_release(&county->arena);
}

static void
row_send(struct county *county, struct builder *builder, const struct kind *kind,
         const struct given_row *row, struct balance *balance)
{
    static const struct refusal_reason reason = {.result = CELL_CODE, .field = 0};
    struct identity identity = identity_given(row->id);
    struct batch_column columns[CELLS_MAX] = {0};
    uint8_t states[CELLS_MAX] = {0};
    int64_t numbers[CELLS_MAX] = {0};
    struct text texts[CELLS_MAX] = {0};
    uint64_t line = (uint64_t)row->line;
    struct batch batch = {.kind = kind, .rows = 1, .line = &line, .columns = columns};
    struct err err = {0};

    (void)county;
    balance->physical++;
    if (row->is_refused != NULL) {
        struct refusal refusal = {.line = line,
                                  .has_owner = row->is_refused[0] != '\0',
                                  .owner = identity,
                                  .reason_count = 1,
                                  .reasons = &reason};
        balance->refused++;
        balance->unplaced += !refusal.has_owner;
        T_OK(builder_refused(builder, 0, &refusal, &err), &err);
        return;
    }
    balance->accepted++;
    for (uint32_t f = 0; f < kind->field_count; f++) {
        const struct field *field = &kind->fields[f];

        columns[f] = (struct batch_column){&states[f], &numbers[f], &texts[f], &identity};
        if (field->type == FIELD_IDENTITY || field->type == FIELD_NAME || field->type == FIELD_TEXT)
            columns[f].number = NULL;
        if (field->type != FIELD_NAME && field->type != FIELD_TEXT)
            columns[f].text = NULL;
        if (field->type != FIELD_IDENTITY)
            columns[f].identity = NULL;
        if (field->type == FIELD_NAME && row->name != NULL)
            texts[f] = text_of(row->name);
        else if (text_is(field->name, "plate") || text_is(field->name, "unit"))
            texts[f] = text_of(row->text);
        else if (field->type == FIELD_MONTH)
            numbers[f] = row->month;
        else if (field->type == FIELD_MONEY && field->blank == BLANK_UNKNOWN && row->money >= 0)
            numbers[f] = row->money;
        else if (field->blank != BLANK_REFUSES)
            states[f] = field->blank == BLANK_NONE ? CELL_NONE : CELL_UNKNOWN;
    }
    T_OK(builder_rows(builder, 0, &batch, &err), &err);
}

/* Seals and publishes; the rows end at the first without an id. */
static struct digest
county_deliver(struct county *county, const struct given_delivery *given,
               const struct delivery_info *mends)
{
    const struct text file = TEXT("feed.csv");
    struct text division = text_of(given->division);
    struct delivery_spec spec = {.model = county->model,
                                 .kind = model_kind(county->model, text_of(given->kind)),
                                 .source = text_of(given->source),
                                 .mapping = TEXT("m"),
                                 .as_of = day(given->as_of),
                                 .ring = county->ring,
                                 .memory = (size_t)64 << 20,
                                 .division_count = given->division != NULL,
                                 .divisions = &division,
                                 .unplaced_max = 1000000,
                                 .has_covers = given->months_from != 0,
                                 .covers_from = given->months_from,
                                 .covers_until = given->months_until,
                                 .is_mend = mends != NULL,
                                 .mended = mends};
    struct balance balance = {0};
    struct builder *builder;
    struct data_lock *lock;
    struct text *fallen;
    struct digest digest, file_digest = {0};
    struct err err = {0};
    uint32_t fallen_count;
    uint64_t id;
    char dir[96];

    if (mends != NULL)
        spec.mends = mends->digest;
    snprintf(dir, sizeof dir, "%s/deliveries", county->dir);
    T_OK(data_lock_take(&lock, county->dir, 0, &err), &err);
    spec.dir = dir;
    T_OK(builder_open(&builder, &spec, county->key, 1, &err), &err);
    for (size_t i = 0; i < LEN(given->rows) && given->rows[i].id != NULL; i++)
        row_send(county, builder, spec.kind, &given->rows[i], &balance);
    T_OK(builder_seal(builder, county->pool, &file, &file_digest, 1, &balance, true, &digest, &err),
         &err);
    T_OK(snapshot_publish(&id, county->dir, lock, &digest, county->model,
                          master_key_id(county->key), &fallen, &fallen_count, &county->arena, &err),
         &err);
    builder_close(builder);
    data_lock_drop(lock);
    return digest;
}

static void
county_look(struct county *county) /* at the current snapshot */
{
    struct err err = {0};

    snapshot_close(county->snapshot);
    county->snapshot = NULL;
    T_OK(snapshot_open(&county->snapshot, county->dir, 0, county->model, master_key_id(county->key),
                       &err),
         &err);
}

struct given_person {
    const char *id; /* NULL: invalid; "": none */
    const char *name;
};

static void
cell_set(const struct model *model, struct applicant_cell *cells, const char *field, int64_t number)
{
    int32_t f = kind_field(model->applicant, text_of(field));

    T_TRUE(f >= 0);
    cells[f].state = CELL_VALUE;
    cells[f].number = number;
}

/* One case in 320581, checked on 2026-08-03, everyone a member with a signature of that day. */
static struct application
application_given(struct county *county, const struct given_person *persons, uint32_t count)
{
    static const struct identity nobody;
    const struct kind *kind = county->model->applicant;
    struct application out = {
        .case_no = TEXT("H1"), .checked_on = day("2026-08-03"), .member_count = count};

    out.members = arena_alloc(&county->arena, count, sizeof *out.members);
    for (uint32_t m = 0; m < count; m++) {
        struct application_member *member = &out.members[m];
        struct applicant_cell *cells =
            arena_alloc(&county->arena, kind->field_count, sizeof *cells);
        struct identity *identity = arena_alloc(&county->arena, 1, sizeof *identity);
        int32_t name = kind->owner_name, division = kind_field(kind, TEXT("division"));

        for (uint32_t f = 0; f < kind->field_count; f++) {
            cells[f].state = kind->fields[f].blank == BLANK_UNKNOWN ? CELL_UNKNOWN : CELL_NONE;
            if (kind->fields[f].type == FIELD_IDENTITY)
                cells[f].identity = &nobody;
        }
        member->cells = cells;
        member->key[0] = (char)('A' + m);
        member->number = persons[m].id == NULL      ? NUMBER_INVALID
                         : persons[m].id[0] == '\0' ? NUMBER_NONE
                                                    : NUMBER_VALID;
        if (member->number == NUMBER_VALID) {
            cells[kind->owner].state = CELL_VALUE;
            *identity = identity_given(persons[m].id);
        }
        cells[kind->owner].identity = identity;
        if (persons[m].name != NULL)
            cells[name] = (struct applicant_cell){.text = text_of(persons[m].name)};
        cells[division] = (struct applicant_cell){.text = TEXT("320581")};
        cell_set(county->model, cells, "authorised_on", out.checked_on);
        cell_set(county->model, cells, "relation", 0);
    }
    return out;
}

#endif
