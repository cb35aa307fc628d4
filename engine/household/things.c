/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/household/assemble.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/ban.h"

struct claim { /* a row that may share its thing with others */
    const struct household_row *row;
    uint32_t at; /* place among the household's rows: the order that people see */
};

/* By all that the type holds: an identity with its kind of document is its pseudonym, a name its
 * folded tag, a sensitive text its tag. Blanks of one sort agree. */
static int
cell_compare(const struct cell *a, const struct cell *b, enum field_type type)
{
    if (a->state != b->state)
        return a->state < b->state ? -1 : 1;
    if (a->state != CELL_VALUE)
        return 0;
    if (type == FIELD_IDENTITY)
        return key128_cmp(a->key, b->key);
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    return type == FIELD_TEXT ? text_cmp(a->text, b->text) : 0;
}

/* By the fields that name a thing. An unknown field never agrees with anything. */
static int
thing_compare(const struct claim *a, const struct claim *b)
{
    const struct kind *kind = a->row->kind;

    for (uint32_t f = 0; f < kind->field_count; f++) {
        int order;

        if (!kind->fields[f].is_thing)
            continue;
        order = cell_compare(&a->row->cells[f], &b->row->cells[f], kind->fields[f].type);
        if (order == 0 && a->row->cells[f].state == CELL_UNKNOWN)
            order = a->at < b->at ? -1 : a->at > b->at;
        if (order != 0)
            return order;
    }
    return 0;
}

static int
claim_compare(const void *a, const void *b)
{
    const struct claim *x = a, *y = b;
    int order = thing_compare(x, y);

    if (order != 0)
        return order;
    return x->at < y->at ? -1 : x->at > y->at;
}

static int
thing_place(const void *a, const void *b) /* by the first row, as people see them */
{
    const struct household_thing *x = a, *y = b;
    const struct household_row *left = x->rows[0], *right = y->rows[0];

    if (left->person != right->person)
        return left->person < right->person ? -1 : 1;
    return left->place < right->place ? -1 : left->place > right->place;
}

/* What one source says of one person's part; *first: the row is the first of that pair. */
static struct cell
part_sum(const struct household_thing *thing, uint32_t r, uint32_t f, int64_t whole, bool *first)
{
    const struct household_row *row = thing->rows[r];
    struct cell sum = {.state = CELL_VALUE};
    uint32_t rows = 0, nones = 0;

    *first = true;
    for (uint32_t i = 0; i < thing->row_count; i++) {
        const struct household_row *other = thing->rows[i];
        const struct cell *part = &other->cells[f];

        if (other->person != row->person || other->source != row->source)
            continue;
        *first = *first && i >= r;
        rows++;
        if (part->state == CELL_UNKNOWN)
            sum.state = CELL_UNKNOWN;
        else if (part->state == CELL_NONE)
            nones++;
        else
            sum.number = part->number > whole - sum.number ? whole : sum.number + part->number;
    }
    if (nones > 0 && sum.state == CELL_VALUE)
        sum.state = nones == rows ? CELL_NONE : CELL_UNKNOWN;
    if (sum.state != CELL_VALUE)
        sum.number = 0;
    return sum;
}

/* The parts of all persons together, at most the whole. Two sources that tell of one person tell of
 * the same part: where they differ it is unknown, and known beside blank is known. */
static struct cell
share_sum(const struct household_thing *thing, uint32_t f, uint8_t scale)
{
    struct cell sum = {.state = CELL_VALUE};
    uint32_t persons = 0, nones = 0;
    int64_t whole = 1;

    for (uint8_t i = 0; i < scale; i++)
        whole *= 10;
    for (uint32_t r = 0; r < thing->row_count;) { /* rows stand by person */
        struct cell mine = {.state = CELL_NONE};
        uint32_t person = thing->rows[r]->person, said = 0;

        for (; r < thing->row_count && thing->rows[r]->person == person; r++) {
            bool is_first;
            struct cell part = part_sum(thing, r, f, whole, &is_first);

            if (!is_first)
                continue;
            if (said > 0 && part.state == CELL_VALUE && mine.state == CELL_VALUE &&
                part.number != mine.number)
                return (struct cell){.state = CELL_UNKNOWN};
            if (mine.state == CELL_NONE || part.state == CELL_VALUE)
                mine = part;
            said++;
        }
        persons++;
        nones += mine.state == CELL_NONE;
        if (mine.state == CELL_UNKNOWN)
            return mine;
        if (mine.state == CELL_VALUE)
            sum.number = mine.number > whole - sum.number ? whole : sum.number + mine.number;
    }
    if (nones > 0)
        return (struct cell){.state = nones == persons ? CELL_NONE : CELL_UNKNOWN};
    return sum;
}

/* One field of all rows: those that say something must agree; where all are blank, one that does
 * not know outweighs those that know of none. */
static struct cell
field_merge(const struct household_thing *thing, uint32_t f, enum field_type type)
{
    struct cell merged = thing->rows[0]->cells[f];

    for (uint32_t r = 1; r < thing->row_count; r++) {
        const struct cell *other = &thing->rows[r]->cells[f];

        if (other->state != CELL_VALUE) {
            if (merged.state == CELL_NONE)
                merged = *other;
        } else if (merged.state != CELL_VALUE) {
            merged = *other; /* known beside blank is known */
        } else if (cell_compare(&merged, other, type) != 0) {
            return (struct cell){.state = CELL_UNKNOWN}; /* they contradict each other */
        }
    }
    return merged;
}

hedui_status
household_thing_merge(struct household_thing *thing, const struct kind *kind, struct arena *arena,
                      struct err *err)
{
    thing->cells = arena_alloc(arena, kind->field_count, sizeof *thing->cells);
    if (thing->cells == NULL)
        return arena_full(arena, err);
    for (uint32_t f = 0; f < kind->field_count; f++)
        thing->cells[f] = (int32_t)f == kind->share ? share_sum(thing, f, kind->fields[f].scale)
                                                    : field_merge(thing, f, kind->fields[f].type);
    return HEDUI_OK;
}

/* Rows of another name say nothing about a thing that rows of the right name tell of: a lead must
 * neither carry an objection nor take one back. */
static void
leads_drop(struct household_thing *thing)
{
    uint32_t kept = 0;

    for (uint32_t r = 0; r < thing->row_count; r++)
        if (thing->rows[r]->match != MATCH_NAME_CONFLICT)
            thing->rows[kept++] = thing->rows[r];
    thing->row_count = kept > 0 ? kept : thing->row_count;
}

/* Would share_sum() leave the share of this row, alone, as it is? */
static bool
is_whole_or_less(const struct household_row *row, const struct kind *kind)
{
    int64_t whole = 1;

    if (kind->share < 0 || row->cells[kind->share].state != CELL_VALUE)
        return true;
    for (uint8_t i = 0; i < kind->fields[kind->share].scale; i++)
        whole *= 10;
    return row->cells[kind->share].number <= whole;
}

/* Claims that are compared each with each: fewer steps than putting them in order. */
#define FEW 8

/* Do no two of the claims agree? false: some may. */
static bool
are_apart(const struct claim *claims, uint32_t count)
{
    for (uint32_t i = 1; i < count && count <= FEW; i++)
        for (uint32_t k = 0; k < i; k++)
            if (thing_compare(&claims[k], &claims[i]) == 0)
                return false;
    return count <= FEW;
}

static hedui_status
kind_things(struct household *household, const struct kind *kind, struct arena *arena,
            struct err *err)
{
    struct household_things *things = &household->things[kind->number];
    const struct household_row **rows;
    struct claim *claims;
    uint32_t total = 0, n = 0;
    bool is_merged; /* rows of one thing stand together, and things must be put in order again */

    for (uint32_t p = 0; p < household->member_count; p++) {
        uint32_t mine = household->persons[p].lists[kind->number].row_count;

        if (kind->limit > 0 && mine > kind->limit)
            return HEDUI_OK; /* data that broke a rule: nobody may read them (E803) */
        total += mine;
    }
    if (total == 0)
        return HEDUI_OK;
    claims = arena_alloc(arena, total, sizeof *claims);
    rows = arena_alloc(arena, total, sizeof *rows);
    things->things = arena_alloc(arena, total, sizeof *things->things);
    if (claims == NULL || rows == NULL || things->things == NULL)
        return arena_full(arena, err);
    for (uint32_t p = 0; p < household->member_count; p++) {
        const struct household_list *list = &household->persons[p].lists[kind->number];

        for (uint32_t r = 0; r < list->row_count; r++, n++)
            claims[n] = (struct claim){&list->rows[r], n};
    }
    is_merged = kind->has_thing && !are_apart(claims, total);
    if (is_merged)
        qsort(claims, total, sizeof *claims, claim_compare);
    for (uint32_t i = 0; i < total; i++)
        rows[i] = claims[i].row;
    for (uint32_t i = 0, end; i < total; i = end) {
        struct household_thing *thing = &things->things[things->thing_count++];

        end = i + 1;
        while (is_merged && end < total && thing_compare(&claims[i], &claims[end]) == 0)
            end++;
        thing->rows = rows + i;
        thing->row_count = end - i;
        leads_drop(thing);
        if (thing->row_count == 1 && is_whole_or_less(thing->rows[0], kind))
            thing->cells = thing->rows[0]->cells; /* merged with nothing */
        else
            TRY(household_thing_merge(thing, kind, arena, err));
    }
    if (is_merged)
        qsort(things->things, things->thing_count, sizeof *things->things, thing_place);
    return HEDUI_OK;
}

hedui_status
things_build(struct household *household, uint64_t kinds, struct arena *arena, struct err *err)
{
    const struct model *model = household->model;

    household->things = arena_alloc(arena, model->kind_count, sizeof *household->things);
    if (household->things == NULL)
        return arena_full(arena, err);
    for (uint32_t k = 0; k < model->kind_count; k++)
        if ((kinds >> k & 1) != 0 && &model->kinds[k] != model->applicant)
            TRY(kind_things(household, &model->kinds[k], arena, err));
    return HEDUI_OK;
}
