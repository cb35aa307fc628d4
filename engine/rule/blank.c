/* SPDX-License-Identifier: Apache-2.0 */
/* blank.c: a household of which nothing is known: every list may hold anything, every field any
 * value that the model allows. What the walk decides there, it decides for every household: to know
 * less never decides more. */
#include "engine/rule/warn.h"

#include "engine/base/ban.h"

struct blank {
    const struct pack *pack;
    struct arena *arena;
    struct causes causes;
    struct cause_set cause; /* of everything */
    bool *is_made;          /* per fact of the household */
    struct value *made;
    const struct record *current;
};
struct blank_record {
    struct record record;
    struct blank *blank;
    const struct shape *shape;
    const struct kind *kind;
};

static struct value blank_of(struct blank *blank, const struct type *type);
static struct value blank_field(const struct record *record, uint32_t i, void *frame);

static struct value
nothing(const struct blank *blank)
{
    return (struct value){.state = VALUE_UNKNOWN, .causes = blank->cause};
}

static const struct shape *
shape_of(const struct pack *pack, const struct type *type, const struct kind **kind)
{
    *kind = pack->model->applicant;
    if (type->fields == pack->case_shape.type.fields)
        return &pack->case_shape;
    for (uint32_t k = 0; k < pack->model->kind_count; k++)
        if (pack->shapes[k].type.fields == type->fields) {
            *kind = &pack->model->kinds[k];
            return &pack->shapes[k];
        }
    return NULL;
}

static struct value
record_of(struct blank *blank, const struct type *type)
{
    struct blank_record *made = arena_alloc(blank->arena, 1, sizeof *made);
    const struct kind *kind;
    const struct shape *shape = shape_of(blank->pack, type, &kind);

    if (made == NULL || shape == NULL)
        return nothing(blank);
    *made = (struct blank_record){
        {&shape->type, blank_field, made, 0},
        blank, shape, kind
    };
    return (struct value){.state = VALUE_KNOWN, .record = &made->record};
}

static struct value
list_of(struct blank *blank, const struct type *of)
{
    struct list *list = arena_alloc(blank->arena, 1, sizeof *list);
    struct element *open = arena_alloc(blank->arena, 1, sizeof *open);

    if (list == NULL || open == NULL)
        return nothing(blank);
    *open = (struct element){blank_of(blank, of), true, blank->cause};
    *list = (struct list){.open_count = 1, .opens = open};
    return (struct value){.state = VALUE_KNOWN, .list = list};
}

/* Lists in records in lists: made when they are read, so no depth is fixed here. */
static struct value
blank_of(struct blank *blank, const struct type *type)
{
    if (type->kind == TYPE_LIST)
        return list_of(blank, type->of);
    if (type->kind == TYPE_RECORD)
        return record_of(blank, type);
    return nothing(blank);
}

static void
bounds_set(const struct field *field, struct value *out)
{
    int64_t den = 1;

    if (field->type != FIELD_MONEY && field->type != FIELD_INT && field->type != FIELD_DECIMAL)
        return;
    for (uint8_t i = 0; field->is_share && i < field->scale; i++)
        den *= 10;
    out->has_lo = field->has_min && ratio_make(field->min, den, &out->lo);
    out->has_hi = field->has_max && ratio_make(field->max, den, &out->hi);
}

static struct value
fact_of(struct blank *blank, const struct fact *fact, const struct record *current)
{
    const struct record *before = blank->current;
    struct value value, rounded = {0};

    blank->current = current;
    value = blank_eval(blank, fact->is);
    blank->current = before;
    if (fact->round.len == 0)
        return value_convert(value, expr_type(fact->is), fact->type);
    return round_named(fact->round, value, expr_type(fact->is), &rounded) ? rounded
                                                                          : nothing(blank);
}

static struct value
blank_field(const struct record *record, uint32_t i, void *frame)
{
    const struct blank_record *self = record->self;
    const struct part *part = &self->shape->parts[i];
    struct value value;

    (void)frame;
    if (part->kind == PART_FACT)
        return fact_of(self->blank, &self->blank->pack->facts[part->fact], record);
    value = blank_of(self->blank, self->shape->type.fields[i].type);
    if (part->kind == PART_CELL && value.state == VALUE_UNKNOWN)
        bounds_set(&self->kind->fields[part->number], &value);
    return value;
}

/* One value for all days is known; several bound what it may be. */
static struct value
param_of(const struct blank *blank, const struct param *param)
{
    struct value out = nothing(blank);
    bool is_number = type_is_number(param->type) || param->type->kind == TYPE_DATE ||
                     param->type->kind == TYPE_MONTH;
    uint32_t count = 0;

    for (uint32_t i = 0; i < param->value_count; i++) {
        struct ratio number;
        if (param->values[i].is_abolished)
            continue;
        if (count++ == 0 && param->value_count == 1)
            return param->values[i].value;
        if (!is_number)
            continue;
        number = number_of(&param->values[i].value, param->type);
        if (count == 1 || ratio_cmp(number, out.lo) < 0)
            out.lo = number;
        if (count == 1 || ratio_cmp(number, out.hi) > 0)
            out.hi = number;
        out.has_lo = out.has_hi = true;
    }
    return out;
}

struct value
blank_slot(struct blank *blank, uint32_t slot)
{
    const struct pack *pack = blank->pack;
    uint32_t kinds = pack->model->kind_count;

    if (slot == SLOT_CASE)
        return record_of(blank, &pack->case_shape.type);
    if (slot == SLOT_MEMBERS || slot == SLOT_SUPPORTERS)
        return list_of(blank, &pack->shapes[pack->model->applicant->number].type);
    if (slot < SLOT_THINGS + kinds)
        return list_of(blank, &pack->shapes[slot - SLOT_THINGS].type);
    if (slot < slot_param(pack, 0))
        return blank->current == NULL
                   ? nothing(blank)
                   : (struct value){.state = VALUE_KNOWN, .record = blank->current};
    if (slot < slot_fact(pack, 0))
        return param_of(blank, &pack->params[slot - slot_param(pack, 0)]);
    slot -= slot_fact(pack, 0);
    if (!blank->is_made[slot]) {
        blank->made[slot] = fact_of(blank, &pack->facts[pack->home_facts[slot]], NULL);
        blank->is_made[slot] = true;
    }
    return blank->made[slot];
}

static struct value
frame_slot(void *context, uint32_t slot)
{
    return blank_slot(context, slot);
}

struct value
blank_eval(struct blank *blank, const struct expr *expr)
{
    struct expr_frame frame = {
        .context = blank, .slot = frame_slot, .causes = &blank->causes, .arena = blank->arena};

    return expr_eval(expr, &frame);
}

hedui_status
blank_open(struct blank **out, const struct pack *pack, struct arena *arena, struct err *err)
{
    struct blank *blank = arena_alloc(arena, 1, sizeof *blank);

    if (blank == NULL)
        return arena_full(arena, err);
    blank->pack = pack;
    blank->arena = arena;
    blank->causes.arena = arena;
    blank->is_made = arena_alloc(arena, pack->home_fact_count, sizeof *blank->is_made);
    blank->made = arena_alloc(arena, pack->home_fact_count, sizeof *blank->made);
    if (blank->is_made == NULL || blank->made == NULL ||
        !cause_one(&blank->cause, &blank->causes, TEXT("?")))
        return arena_full(arena, err);
    *out = blank;
    return HEDUI_OK;
}
