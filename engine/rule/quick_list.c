/* SPDX-License-Identifier: Apache-2.0 */
/* quick_list.c: lists of the quick walk. A list is never made: its elements are shown one by one
 * to whoever reads them, through the filters and maps between. */
#include "engine/rule/quick.h"

#include "engine/base/ban.h"

/* One element, as the type of the list's elements says; is_open: it is there only perhaps, as an
 * open end is, which stands for any number of rows. false: stop. */
typedef bool (*visit_fn)(struct quick_walk *q, void *to, const struct quick_value *value,
                         bool is_open);

struct visitor {
    visit_fn visit;
    void *to;
};

static bool each(struct quick_walk *q, const struct expr *node, struct visitor visitor);

static bool
show(struct quick_walk *q, const struct visitor *visitor, const struct quick_value *value,
     bool is_open)
{
    return visitor->visit(q, visitor->to, value, is_open);
}

/* The open ends of one person and kind; the far months of a source are one end (rows.c). */
static bool
opens_each(struct quick_walk *q, const struct person *person, const struct kind *kind,
           const struct visitor *visitor)
{
    const struct household_list *list = &person->lists[kind->number];
    const struct open_end *far = NULL;
    int32_t month = list_far_month(q->run, kind);
    struct open_end earlier = {0};
    struct quick_record record = {
        .shape = &q->run->pack->shapes[kind->number], .kind = kind, .person = person};
    struct quick_value value = {.record = &record};

    for (uint32_t i = 0; i < list->open_count; i++) {
        const struct open_end *open = &list->opens[i];

        if (open_is_assumed(q->run, kind, open))
            continue;
        if (list_is_far(open, month)) {
            if (far == NULL || (far->source == open->source && far->month < open->month)) {
                far = open;
                continue;
            }
            if (far->source == open->source)
                continue;
        }
        record.open = open;
        if (!show(q, visitor, &value, true))
            return false;
    }
    if (far != NULL)
        earlier = (struct open_end){far->source, far->month, true};
    record.open = &earlier;
    return far == NULL || show(q, visitor, &value, true);
}

static bool
rows_each(struct quick_walk *q, const struct person *person, uint32_t k,
          const struct visitor *visitor)
{
    const struct run *run = q->run;
    const struct kind *kind = &run->pack->model->kinds[k];
    struct subject *traced = NULL;
    struct quick_record record = {
        .shape = &run->pack->shapes[k], .kind = kind, .person = person, .traced = &traced};
    struct quick_value value = {.record = &record};

    if (run->has_stale || person->lists == NULL || list_excess(run->household, person, k) > 0)
        return false;
    for (uint32_t i = 0; i < person->lists[k].row_count; i++) {
        record.row = &person->lists[k].rows[i];
        if (record.row == run->without)
            continue;
        record.cells = record.row->cells;
        traced = NULL;
        if (!show(q, visitor, &value, row_is_maybe(run, record.row)))
            return false;
    }
    return opens_each(q, person, kind, visitor);
}

/* Is a thing here as the household holds it? A part that is only maybe there, or left out, is for
 * the reference walk. */
static bool
thing_is_whole(const struct run *run, const struct household_thing *thing)
{
    if (run->floor == GRADE_LEAD && run->without == NULL)
        return true;
    for (uint32_t r = 0; r < thing->row_count; r++)
        if (thing->rows[r] == run->without ||
            row_is_maybe(run, thing->rows[r]) != row_is_maybe(run, thing->rows[0]))
            return false;
    return true;
}

static bool
things_each(struct quick_walk *q, uint32_t k, const struct visitor *visitor)
{
    const struct run *run = q->run;
    const struct household *h = run->household;
    const struct kind *kind = &run->pack->model->kinds[k];
    struct subject *traced = NULL;
    struct quick_record record = {.shape = &run->pack->shapes[k], .kind = kind, .traced = &traced};
    struct quick_value value = {.record = &record};

    if (run->has_stale || h->things == NULL)
        return false;
    for (uint32_t i = 0; i < h->member_count; i++)
        if (h->persons[i].lists == NULL || list_excess(h, &h->persons[i], k) > 0)
            return false;
    for (uint32_t i = 0; i < h->things[k].thing_count; i++) {
        record.thing = &h->things[k].things[i];
        record.row = record.thing->rows[0];
        if (record.row == run->without && record.thing->row_count == 1)
            continue;
        if (!thing_is_whole(run, record.thing))
            return false;
        traced = NULL;
        record.cells = record.thing->cells;
        record.person = &h->persons[record.row->person];
        if (!show(q, visitor, &value, row_is_maybe(run, record.row)))
            return false;
    }
    for (uint32_t i = 0; i < h->member_count; i++)
        if (!opens_each(q, &h->persons[i], kind, visitor))
            return false;
    return true;
}

static bool
members_each(struct quick_walk *q, const struct visitor *visitor)
{
    const struct run *run = q->run;

    for (uint32_t i = 0; i < run->household->member_count; i++) {
        struct subject *s = &run->persons[i];
        struct quick_record record = {.shape = s->shape,
                                      .kind = s->kind,
                                      .cells = s->cells,
                                      .person = s->person,
                                      .subject = s};
        struct quick_value value = {.record = &record};

        if (!show(q, visitor, &value, false))
            return false;
    }
    return true;
}

/* A list that stands already: a parameter, a literal. */
static bool
made_each(struct quick_walk *q, const struct value *list, const struct type *type,
          const struct visitor *visitor)
{
    struct quick_value value;

    if (list->state != VALUE_KNOWN || type->kind != TYPE_LIST || list->list->open_count > 0)
        return false;
    for (uint32_t i = 0; i < list->list->count; i++)
        if (list->list->elements[i].is_maybe ||
            quick_take(&list->list->elements[i].value, type->of, &value) != QUICK_KNOWN ||
            !show(q, visitor, &value, false))
            return false;
    return true;
}

static bool
slot_each(struct quick_walk *q, const struct expr *node, const struct visitor *visitor)
{
    const struct pack *pack = q->run->pack;
    uint32_t slot = node->number;

    if (slot == SLOT_MEMBERS)
        return members_each(q, visitor);
    if (slot >= SLOT_THINGS && slot < slot_current(pack, 0))
        return things_each(q, slot - SLOT_THINGS, visitor);
    if (slot < slot_param(pack, 0))
        return false;
    return made_each(q, run_slot_at(q->run, slot), node->type, visitor);
}

struct step { /* a filter or a map on the way */
    const struct expr *node, *p, *e;
    struct visitor next;
};

static bool
step_visit(struct quick_walk *q, void *to, const struct quick_value *value, bool is_open)
{
    const struct step *step = to;
    struct quick_value result UNSET;

    q->vars[step->node->number] = *value;
    if (step->p != NULL) {
        if (quick_walk(q, step->p, &result) != QUICK_KNOWN)
            return false;
        if (result.integer == 0)
            return true;
    }
    if (step->e == NULL)
        return show(q, &step->next, value, is_open);
    if (is_open || quick_walk(q, step->e, &result) != QUICK_KNOWN)
        return false;
    return show(q, &step->next, &result, false);
}

static bool
each(struct quick_walk *q, const struct expr *node, struct visitor visitor)
{
    const struct quick_record *record;
    struct quick_record room UNSET;
    struct step step = {.node = node, .next = visitor};
    struct quick_value value;

    if (node->is_constant)
        return made_each(q, &node->literal, node->type, &visitor);
    if (++q->steps > q->steps_max)
        return false;
    switch (node->op) {
    case OP_SLOT:
        return slot_each(q, node, &visitor);
    case OP_SELECT:
        record = quick_record_of(q, node->args[0], &room);
        return record != NULL && record->person != NULL &&
               record->shape->parts[node->number].kind == PART_LIST &&
               rows_each(q, record->person, record->shape->parts[node->number].number, &visitor);
    case OP_FILTER:
    case OP_MAP:
        step.p = node->op == OP_FILTER || node->count == 4 ? node->args[2] : NULL;
        step.e = node->op == OP_MAP ? node->args[node->count - 1] : NULL;
        return each(q, node->args[0], (struct visitor){step_visit, &step});
    case OP_ADD:
        return each(q, node->args[0], visitor) && each(q, node->args[1], visitor);
    case OP_LIST:
        for (uint32_t i = 0; i < node->count; i++)
            if (quick_walk(q, node->args[i], &value) != QUICK_KNOWN ||
                !show(q, &visitor, &value, false))
                return false;
        return true;
    default:
        return false;
    }
}

struct fold {
    const struct expr *node;
    struct quick_value value;
    uint32_t count;
};

static bool
fold_visit(struct quick_walk *q, void *to, const struct quick_value *value, bool is_open)
{
    struct fold *fold = to;
    const struct type *type = fold->node->type;

    if (is_open)
        return false;
    q->steps++; /* as the reference walk counts */
    if (fold->count++ == 0) {
        fold->value = *value;
        return true;
    }
    if (fold->node->function != FUNCTION_SUM) {
        if ((quick_order(type, value, &fold->value) < 0) == (fold->node->function == FUNCTION_MIN))
            fold->value = *value;
        return true;
    }
    if (type_is_ratio(type))
        return ratio_add(fold->value.ratio, value->ratio, &fold->value.ratio);
    return !__builtin_add_overflow(fold->value.integer, value->integer, &fold->value.integer);
}

/* sum, min, max of a list */
enum quick
quick_fold(struct quick_walk *q, const struct expr *node, struct quick_value *out)
{
    struct fold fold = {.node = node};

    if (node->args[0]->type->kind != TYPE_LIST ||
        !each(q, node->args[0], (struct visitor){fold_visit, &fold}))
        return QUICK_OPEN;
    if (fold.count == 0 && node->function != FUNCTION_SUM)
        return QUICK_OPEN; /* an error: there is no least of nothing */
    if (fold.count == 0 && type_is_ratio(node->type))
        fold.value.ratio = (struct ratio){0, 1};
    *out = fold.value;
    return QUICK_KNOWN;
}

struct counting {
    const struct type *type; /* of the elements */
    int64_t count;
};

static bool
size_visit(struct quick_walk *q, void *to, const struct quick_value *value, bool is_open)
{
    struct counting *counting = to;

    if (q->run->is_tracing && counting->type->kind == TYPE_RECORD)
        quick_touch(q, value->record, &value->record->shape->parts[0]);
    counting->count++;
    return !is_open;
}

enum quick
quick_size(struct quick_walk *q, const struct expr *node, struct quick_value *out)
{
    struct counting counting = {.type = node->args[0]->type->of};

    if (!each(q, node->args[0], (struct visitor){size_visit, &counting}))
        return QUICK_OPEN;
    out->integer = counting.count;
    return QUICK_KNOWN;
}

struct quantifier {
    const struct expr *node;
    bool is_decided; /* for exists and all */
    bool is_open;    /* something is not known: only a decisive element helps */
    uint32_t found;
};

static bool
quantifier_visit(struct quick_walk *q, void *to, const struct quick_value *value, bool is_open)
{
    struct quantifier *all = to;
    int64_t decisive = all->node->op != OP_ALL;
    struct quick_value p;

    q->vars[all->node->number] = *value;
    if (quick_walk(q, all->node->args[2], &p) != QUICK_KNOWN) {
        all->is_open = true;
        return true;
    }
    if (all->node->op == OP_EXISTS_ONE) { /* what is only maybe there counts for nothing here */
        all->is_open = all->is_open || is_open;
        all->found += p.integer != 0;
        return true;
    }
    if (p.integer != decisive)
        return true;
    all->is_open = all->is_open || is_open;
    all->is_decided = !is_open;
    return is_open;
}

enum quick
quick_quantifier(struct quick_walk *q, const struct expr *node, struct quick_value *out)
{
    struct quantifier all = {.node = node};
    bool is_seen = each(q, node->args[0], (struct visitor){quantifier_visit, &all});

    if (all.is_decided) {
        out->integer = node->op == OP_EXISTS;
        return QUICK_KNOWN;
    }
    if (!is_seen || all.is_open)
        return QUICK_OPEN;
    out->integer = node->op == OP_EXISTS_ONE ? all.found == 1 : node->op == OP_ALL;
    return QUICK_KNOWN;
}

struct search {
    const struct type *type;
    struct quick_value value;
    bool is_found;
};

static bool
search_visit(struct quick_walk *q, void *to, const struct quick_value *value, bool is_open)
{
    struct search *search = to;

    q->steps++;
    search->is_found = !is_open && quick_order(search->type, &search->value, value) == 0;
    return !is_open && !search->is_found;
}

enum quick
quick_in(struct quick_walk *q, const struct expr *node, struct quick_value *out)
{
    struct search search = {.type = node->args[0]->type};
    bool is_seen;

    if (search.type->kind == TYPE_LIST || search.type->kind == TYPE_RECORD ||
        search.type->kind == TYPE_NULL || node->args[1]->type->kind != TYPE_LIST ||
        quick_walk(q, node->args[0], &search.value) != QUICK_KNOWN)
        return QUICK_OPEN;
    is_seen = each(q, node->args[1], (struct visitor){search_visit, &search});
    out->integer = search.is_found;
    return is_seen || search.is_found ? QUICK_KNOWN : QUICK_OPEN;
}
