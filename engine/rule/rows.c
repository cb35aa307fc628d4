/* SPDX-License-Identifier: Apache-2.0 */
/* rows.c: lists of a person's rows and of the household's things, with their open ends. */
#include <string.h>

#include "engine/rule/subject.h"

#include "engine/base/ban.h"

uint32_t
list_excess(const struct household *household, const struct person *person, uint32_t kind)
{
    const struct household_list *list = &person->lists[kind];
    uint32_t limit = household->model->kinds[kind].limit;

    return limit > 0 && list->row_count > limit ? list->row_count - limit : 0;
}

static struct value
list_error(const char *code)
{
    struct value value = {.state = VALUE_ERROR};

    value.error = code;
    return value;
}

static const struct open_end *
stale_end(struct run *run, int16_t source)
{
    struct open_end *end = arena_alloc(run->arena, 1, sizeof *end);

    run->is_full = run->is_full || end == NULL;
    if (end != NULL)
        *end = (struct open_end){source, MONTH_ANY, false};
    return end;
}

static void
open_add(struct run *run, struct list *list, struct element *into, const struct person *person,
         const struct kind *kind, const struct open_end *open)
{
    struct subject *subject = arena_alloc(run->arena, 1, sizeof *subject);

    if (subject == NULL) {
        run->is_full = true;
        return;
    }
    subject_init(subject, run, &run->pack->shapes[kind->number], kind);
    subject->person = person;
    subject->open = open;
    subject->causes = cause_later(run, person, kind, open);
    into[list->open_count++] = (struct element){
        .value = {.state = VALUE_KNOWN, .record = &subject->record},
        .is_maybe = true,
        .causes = subject->causes
    };
}

static bool
is_stale(const struct run *run, uint32_t person, int16_t source, const struct kind *kind)
{
    uint32_t kinds = run->pack->model->kind_count;

    return source >= 0 &&
           run->kind_coverage[person][(uint32_t)source * kinds + kind->number] == COVERAGE_STALE;
}

/* A stale row is shown, no rule reads it; one that a trial leaves out neither. */
static bool
is_unread(const struct run *run, const struct household_row *row)
{
    return row == run->without || is_stale(run, row->person, row->source, row->kind);
}

/* Months before every window that the pack can look through: no expression tells them apart, so
 * one end, "the newest of them and earlier", stands for all of one source. */
int32_t
list_far_month(const struct run *run, const struct kind *kind)
{
    int32_t reach = run->pack->month_reach[kind->number];

    if (kind->period < 0 || reach == INT32_MAX || run->base_month == INT32_MIN)
        return INT32_MIN;
    return run->base_month - reach - 1;
}

bool
list_is_far(const struct open_end *open, int32_t far)
{
    return open->month != MONTH_ANY && open->month <= far;
}

/* The end that stands for the far months, made at the first of its source. */
static void
far_add(struct run *run, struct list *list, struct element *into, const struct person *person,
        const struct kind *kind, const struct household_list *from, uint32_t at, int32_t far)
{
    struct open_end *end;
    int32_t newest = from->opens[at].month;

    for (uint32_t i = 0; i < from->open_count; i++) {
        if (from->opens[i].source != from->opens[at].source || !list_is_far(&from->opens[i], far))
            continue;
        if (i < at)
            return;
        if (from->opens[i].month > newest)
            newest = from->opens[i].month;
    }
    end = arena_alloc(run->arena, 1, sizeof *end);
    run->is_full = run->is_full || end == NULL;
    if (end == NULL)
        return;
    *end = (struct open_end){from->opens[at].source, newest, true};
    open_add(run, list, into, person, kind, end);
}

/* Open ends of one person and kind: what the sources left open, and what is stale. */
static void
opens_build(struct run *run, uint32_t number, const struct kind *kind, struct list *list)
{
    const struct person *person = &run->household->persons[number];
    const struct household_list *from = &person->lists[kind->number];
    int32_t far = list_far_month(run, kind);
    uint32_t room = run->pack->source_count;
    struct element *opens;

    for (uint32_t i = 0; i < from->open_count; i++)
        room += list_is_far(&from->opens[i], far) ? 0 : 1;
    room += run->pack->source_count + 1;
    opens = arena_alloc(run->arena, room, sizeof *opens);
    if (opens == NULL) {
        run->is_full = true;
        return;
    }
    for (uint32_t i = 0; i < from->open_count; i++) {
        if (is_stale(run, number, from->opens[i].source, kind) ||
            open_is_assumed(run, kind, &from->opens[i]))
            continue;
        if (list_is_far(&from->opens[i], far))
            far_add(run, list, opens, person, kind, from, i, far);
        else
            open_add(run, list, opens, person, kind, &from->opens[i]);
    }
    for (uint32_t s = 0; s < run->pack->source_count; s++)
        if (is_stale(run, number, (int16_t)s, kind)) {
            const struct open_end *end = stale_end(run, (int16_t)s);
            if (end != NULL && !open_is_assumed(run, kind, end))
                open_add(run, list, opens, person, kind, end);
        }
    list->opens = opens;
}

static struct subject *
row_subject(struct run *run, const struct household_row *row)
{
    struct subject *subject = arena_alloc(run->arena, 1, sizeof *subject);

    if (subject == NULL) {
        run->is_full = true;
        return NULL;
    }
    subject_init(subject, run, &run->pack->shapes[row->kind->number], row->kind);
    subject->row = row;
    subject->cells = row->cells;
    subject->person = &run->household->persons[row->person];
    return subject;
}

enum grade
row_grade(const struct pack *pack, const struct household_row *row)
{
    enum grade grade = row->source < 0 ? GRADE_LEAD : pack->sources[row->source].grade;

    if (row->match == MATCH_NAME_CONFLICT)
        return GRADE_LEAD;
    return row->match == MATCH_NAME_ABSENT && grade == GRADE_FINAL ? GRADE_CONFIRM : grade;
}

/* A row below the run's floor is there only perhaps. */
static void
maybe_mark(struct run *run, const struct subject *subject, struct element *element)
{
    struct value cause;

    if (run_cause(run, &cause,
                  arena_printf(run->arena, "%s." TEXT_FMT ".%u.match", subject->person->key,
                               TEXT_ARG(subject->kind->list), subject->row->place))) {
        element->is_maybe = true;
        element->causes = cause.causes;
    }
}

static void
element_set(struct run *run, struct element *element, const struct subject *subject, bool is_maybe)
{
    element->value.state = VALUE_KNOWN;
    element->value.record = &subject->record;
    if (is_maybe)
        maybe_mark(run, subject, element);
}

struct value
person_list(struct run *run, uint32_t number, uint32_t k)
{
    const struct kind *kind = &run->pack->model->kinds[k];
    const struct person *person = &run->household->persons[number];
    const struct household_list *from = &person->lists[k];
    struct list *list = arena_alloc(run->arena, 1, sizeof *list);
    struct element *elements = arena_alloc(run->arena, from->row_count, sizeof *elements);
    struct value value = {.state = VALUE_KNOWN};

    if (list_excess(run->household, person, k) > 0)
        return list_error("E803");
    if (list == NULL || elements == NULL) {
        run->is_full = true;
        return list_error("E801");
    }
    for (uint32_t i = 0; i < from->row_count; i++) {
        const struct household_row *row = &from->rows[i];
        struct subject *subject;
        if (is_unread(run, row) || (subject = row_subject(run, row)) == NULL)
            continue;
        element_set(run, &elements[list->count++], subject, row_is_maybe(run, row));
    }
    list->elements = elements;
    opens_build(run, number, kind, list);
    value.list = list;
    return value;
}

/* What the rows that are read say of a thing; none of them is: NULL. */
static const struct household_thing *
thing_fresh(struct run *run, const struct household_thing *thing, const struct kind *kind)
{
    struct household_thing *fresh;
    uint32_t unread = 0;
    struct err ignored; /* the run remembers that its arena was full */

    for (uint32_t i = 0; i < thing->row_count; i++)
        unread += is_unread(run, thing->rows[i]);
    if (unread == 0)
        return thing;
    if (unread == thing->row_count)
        return NULL;
    fresh = arena_alloc(run->arena, 1, sizeof *fresh);
    if (fresh != NULL)
        fresh->rows = arena_alloc(run->arena, thing->row_count, sizeof *fresh->rows);
    if (fresh == NULL || fresh->rows == NULL) {
        run->is_full = true;
        return NULL;
    }
    for (uint32_t i = 0; i < thing->row_count; i++)
        if (!is_unread(run, thing->rows[i]))
            fresh->rows[fresh->row_count++] = thing->rows[i];
    if (household_thing_merge(fresh, kind, run->arena, &ignored) != HEDUI_OK) {
        run->is_full = true;
        return NULL;
    }
    return fresh;
}

static bool
cell_same(const struct field *field, const struct cell *a, const struct cell *b)
{
    if (a->state != b->state || a->state != CELL_VALUE)
        return a->state == b->state;
    if (field->type == FIELD_IDENTITY)
        return key128_cmp(a->key, b->key) == 0;
    return a->number == b->number &&
           (field->type != FIELD_TEXT || field_is_opaque(field) || text_eq(a->text, b->text));
}

/* A thing that stands on rows of the floor and on lower ones is there; what it is, is known as far
 * as the lower ones make no difference. */
static const struct household_thing *
thing_blur(struct run *run, const struct household_thing *thing, const struct kind *kind,
           uint32_t maybes)
{
    struct household_thing *blurred = arena_alloc(run->arena, 1, sizeof *blurred);
    struct err ignored; /* the run remembers that its arena was full */

    if (blurred != NULL)
        blurred->rows = arena_alloc(run->arena, thing->row_count - maybes, sizeof *blurred->rows);
    if (blurred == NULL || blurred->rows == NULL) {
        run->is_full = true;
        return NULL;
    }
    for (uint32_t i = 0; i < thing->row_count; i++)
        if (!row_is_maybe(run, thing->rows[i]))
            blurred->rows[blurred->row_count++] = thing->rows[i];
    if (household_thing_merge(blurred, kind, run->arena, &ignored) != HEDUI_OK) {
        run->is_full = true;
        return NULL;
    }
    for (uint32_t f = 0; f < kind->field_count; f++)
        if (!cell_same(&kind->fields[f], &blurred->cells[f], &thing->cells[f]))
            blurred->cells[f] = (struct cell){.state = CELL_UNKNOWN};
    return blurred;
}

/* What the run sees of a thing; NULL: nothing. */
static const struct household_thing *
thing_seen(struct run *run, const struct household_thing *thing, const struct kind *kind,
           bool *is_maybe)
{
    const struct household_thing *seen = thing_fresh(run, thing, kind);
    uint32_t maybes = 0;

    for (uint32_t i = 0; seen != NULL && i < seen->row_count; i++)
        maybes += row_is_maybe(run, seen->rows[i]);
    *is_maybe = maybes > 0 && maybes == seen->row_count;
    return maybes == 0 || *is_maybe ? seen : thing_blur(run, seen, kind, maybes);
}

/* The members' open ends are the household's: the same elements. */
static void
things_opens(struct run *run, uint32_t k, struct list *list)
{
    uint32_t count = 0;
    struct element *opens;

    for (uint32_t i = 0; i < run->household->member_count; i++) {
        struct value value = run->persons[i].record.field(&run->persons[i].record,
                                                          run->persons[i].shape->list_at[k], NULL);
        count += value.state == VALUE_KNOWN ? value.list->open_count : 0;
    }
    opens = arena_alloc(run->arena, count, sizeof *opens);
    if (opens == NULL) {
        run->is_full = true;
        return;
    }
    for (uint32_t i = 0; i < run->household->member_count; i++) {
        struct value value = run->persons[i].record.field(&run->persons[i].record,
                                                          run->persons[i].shape->list_at[k], NULL);
        if (value.state != VALUE_KNOWN)
            continue;
        for (uint32_t n = 0; n < value.list->open_count; n++)
            opens[list->open_count++] = value.list->opens[n];
    }
    list->opens = opens;
}

struct value
things_list(struct run *run, uint32_t k)
{
    const struct household_things *from = &run->household->things[k];
    const struct kind *kind = &run->pack->model->kinds[k];
    struct list *list = arena_alloc(run->arena, 1, sizeof *list);
    struct element *elements = arena_alloc(run->arena, from->thing_count, sizeof *elements);
    struct value value = {.state = VALUE_KNOWN};

    for (uint32_t i = 0; i < run->household->member_count; i++)
        if (list_excess(run->household, &run->household->persons[i], k) > 0)
            return list_error("E803");
    if (list == NULL || elements == NULL) {
        run->is_full = true;
        return list_error("E801");
    }
    for (uint32_t i = 0; i < from->thing_count; i++) {
        bool is_maybe;
        const struct household_thing *thing = thing_seen(run, &from->things[i], kind, &is_maybe);
        struct subject *subject;
        if (thing == NULL || (subject = row_subject(run, thing->rows[0])) == NULL)
            continue;
        subject->cells = thing->cells;
        subject->thing = thing;
        element_set(run, &elements[list->count++], subject, is_maybe);
    }
    list->elements = elements;
    things_opens(run, k, list);
    value.list = list;
    return value;
}
