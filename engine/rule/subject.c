/* SPDX-License-Identifier: Apache-2.0 */
/* subject.c: fields of records, straight from the cells of persons, rows and things. */
#include "engine/rule/subject.h"

#include <string.h>

#include "engine/rule/tree.h"

#include "engine/base/ban.h"

static struct value subject_field(const struct record *record, uint32_t i, void *frame);

void
subject_init(struct subject *subject, struct run *run, const struct shape *shape,
             const struct kind *kind)
{
    memset(subject, 0, sizeof *subject);
    subject->record = (struct record){&shape->type, subject_field, subject, 0};
    subject->run = run;
    subject->shape = shape;
    subject->kind = kind;
}

static struct text
cell_cause(const struct subject *s, struct text field)
{
    struct arena *arena = s->run->arena;

    if (s->person == NULL)
        return arena_printf(arena, "case." TEXT_FMT, TEXT_ARG(field));
    if (s->row == NULL)
        return arena_printf(arena, "%s." TEXT_FMT, s->person->key, TEXT_ARG(field));
    return arena_printf(arena, "%s." TEXT_FMT ".%u." TEXT_FMT, s->person->key,
                        TEXT_ARG(s->kind->list), s->row->place, TEXT_ARG(field));
}

/* Of a thing the first row that lacks the field is to be settled. Where none does they contradict
 * each other, and the first is named. */
static struct text
field_cause(const struct subject *s, uint32_t number)
{
    const struct household_row *row = s->row;
    struct text field = s->kind->fields[number].name;

    for (uint32_t i = s->thing == NULL ? 0 : s->thing->row_count; i-- > 0;)
        if (s->thing->rows[i]->cells[number].state == CELL_UNKNOWN)
            row = s->thing->rows[i];
    if (row == NULL)
        return cell_cause(s, field);
    return arena_printf(s->run->arena, "%s." TEXT_FMT ".%u." TEXT_FMT,
                        s->run->household->persons[row->person].key, TEXT_ARG(s->kind->list),
                        row->place, TEXT_ARG(field));
}

/* Unknown within what the model allows: `min` and `max` of the field bound it (language 1.4). */
static void
bound_set(const struct field *field, struct value *out)
{
    int64_t den = 1;

    if (field->type != FIELD_MONEY && field->type != FIELD_INT && field->type != FIELD_DECIMAL)
        return;
    for (uint8_t i = 0; field->is_share && i < field->scale; i++)
        den *= 10;
    out->has_lo = field->has_min;
    out->has_hi = field->has_max;
    if (field->has_min)
        (void)ratio_make(field->min, den, &out->lo);
    if (field->has_max)
        (void)ratio_make(field->max, den, &out->hi);
}

static void
open_field(const struct subject *s, const struct field *field, uint32_t number, struct value *out)
{
    memset(out, 0, sizeof *out);
    if ((int32_t)number == s->kind->period && s->open->month != MONTH_ANY && !s->open->is_earlier) {
        out->state = VALUE_KNOWN;
        out->integer = s->open->month;
        return;
    }
    out->state = VALUE_UNKNOWN;
    out->causes = s->causes;
    if ((int32_t)number == s->kind->period && s->open->is_earlier) {
        out->has_hi = true; /* any month up to this one */
        out->hi = (struct ratio){s->open->month, 1};
        return;
    }
    bound_set(field, out);
}

static void
cell_known(const struct field *field, const struct cell *cell, struct value *out)
{
    int64_t den = 1;

    out->state = VALUE_KNOWN;
    switch (field->type) {
    case FIELD_IDENTITY:
        out->identity = cell->key;
        break;
    case FIELD_NAME:
    case FIELD_TEXT:
        if (field_is_opaque(field))
            out->identity = opaque_of(field, cell);
        else
            out->string = cell->text;
        break;
    case FIELD_BOOL:
        out->boolean = cell->number != 0;
        break;
    default:
        out->integer = cell->number;
        break;
    }
    if (field->is_share) {
        for (uint8_t i = 0; i < field->scale; i++)
            den *= 10;
        (void)ratio_make(cell->number, den, &out->ratio);
    }
}

static struct value
cell_value(const struct subject *s, uint32_t number)
{
    const struct field *field = &s->kind->fields[number];
    const struct cell *assumed;
    struct value out;

    if (s->cells == NULL) {
        open_field(s, field, number, &out);
        return out;
    }
    memset(&out, 0, sizeof out);
    switch (s->cells[number].state) {
    case CELL_VALUE:
        cell_known(field, &s->cells[number], &out);
        break;
    case CELL_NONE:
        if (s->run->pack->uses_need)
            run_cause(s->run, &out, cell_cause(s, field->name));
        out.state = VALUE_NONE;
        break;
    default:
        assumed = assumed_cell(s->run, s->kind, number, s->thing);
        if (assumed != NULL) {
            cell_known(field, assumed, &out);
            break;
        }
        run_cause(s->run, &out, field_cause(s, number));
        bound_set(field, &out);
        break;
    }
    return out;
}

static struct value
born_value(const struct subject *s, enum part_kind kind)
{
    const struct person *person = s->person;
    struct value out = {.state = VALUE_KNOWN};

    if (kind == PART_BORN ? person->has_born : person->has_sex)
        out.integer = kind == PART_BORN ? person->born : person->is_male ? 0 : 1;
    else
        run_cause(s->run, &out,
                  cell_cause(s, person->number == NUMBER_INVALID ? TEXT("id_no")
                                : kind == PART_BORN              ? TEXT("born")
                                                                 : TEXT("sex")));
    return out;
}

static struct value
row_value(const struct subject *s, enum part_kind kind)
{
    struct value out = {.state = VALUE_KNOWN};

    if (s->row == NULL && kind == PART_SOURCE && s->open->source >= 0) {
        out.string = s->run->pack->sources[s->open->source].name;
    } else if (s->row == NULL) {
        out.state = VALUE_UNKNOWN;
        out.causes = s->causes;
    } else if (kind == PART_MATCH) {
        out.integer = (int64_t)s->row->match;
    } else if (kind == PART_SOURCE) {
        out.string = s->run->pack->sources[s->row->source].name;
    } else {
        out.integer = s->row->seen;
    }
    return out;
}

static struct value
fact_of(struct subject *s, const struct part *part)
{
    struct run *run = s->run;

    if (s->facts == NULL) {
        s->facts = arena_alloc(run->arena, s->shape->fact_count, sizeof *s->facts);
        s->fact_states = arena_alloc(run->arena, s->shape->fact_count, sizeof *s->fact_states);
        if (s->facts == NULL || s->fact_states == NULL) {
            s->facts = NULL;
            run->is_full = true;
            return (struct value){.state = VALUE_ERROR, .error = "E801"};
        }
    }
    if (s->fact_states[part->number] != run->generation) {
        s->facts[part->number] = fact_value(run, &run->pack->facts[part->fact], s);
        s->fact_states[part->number] = run->generation;
    }
    return s->facts[part->number];
}

static struct value
list_of(struct subject *s, uint32_t kind)
{
    struct run *run = s->run;
    uint32_t kinds = run->pack->model->kind_count;

    if (s->lists == NULL) {
        s->lists = arena_alloc(run->arena, kinds, sizeof *s->lists);
        s->list_states = arena_alloc(run->arena, kinds, 1);
        if (s->lists == NULL || s->list_states == NULL) {
            s->lists = NULL;
            run->is_full = true;
            return (struct value){.state = VALUE_ERROR, .error = "E801"};
        }
    }
    if (s->list_states[kind] == 0) {
        s->lists[kind] = person_list(run, s->record.number, kind);
        s->list_states[kind] = 1;
    }
    return s->lists[kind];
}

void
subject_touch(struct subject *s, const struct part *part)
{
    if (part->kind == PART_FACT || part->kind == PART_LIST || s->person == NULL || s->open != NULL)
        return;
    if (s->touched_at != s->run->generation && (s->row != NULL || part->kind == PART_CELL)) {
        s->touched_at = s->run->generation;
        s->is_counted = false;
        s->fields = 0;
        s->touched_next = s->run->touched;
        s->run->touched = s;
    }
    if (part->kind == PART_CELL) {
        enum field_type type = s->kind->fields[part->number].type;
        if (type == FIELD_MONEY || type == FIELD_DECIMAL) {
            s->is_counted = true;
            s->fields |= (uint64_t)1 << part->number;
        }
    }
}

static struct value
subject_field(const struct record *record, uint32_t i, void *frame)
{
    /* The run owns its subjects; the record is const for its readers only. */
    struct subject *s = (struct subject *)(uintptr_t)record->self;
    const struct part *part = &s->shape->parts[i];

    (void)frame;
    if (s->run->is_tracing)
        subject_touch(s, part);
    switch (part->kind) {
    case PART_CELL:
        return cell_value(s, part->number);
    case PART_KEY:
        return (struct value){.state = VALUE_KNOWN, .string = text_of(s->person->key)};
    case PART_BORN:
    case PART_SEX:
        return born_value(s, part->kind);
    case PART_ELSEWHERE:
        return (struct value){.state = VALUE_KNOWN, .integer = s->person->also_count};
    case PART_LIST:
        return list_of(s, part->number);
    case PART_FACT:
        return fact_of(s, part);
    default:
        return row_value(s, part->kind);
    }
}
