/* SPDX-License-Identifier: Apache-2.0 */
/* table_axis.c: a column cut at the constants of its cells, one sample a segment. */
#include "engine/rule/table_axis.h"

#include <string.h>

#include "engine/base/ban.h"

static bool
is_discrete(const struct type *type)
{
    return !type_is_ratio(type);
}

static bool
is_scale(const struct type *type)
{
    return type_is_number(type) || type->kind == TYPE_DATE || type->kind == TYPE_MONTH;
}

const struct param_value *
param_on(const struct param *param, int32_t day)
{
    const struct param_value *found = NULL;

    for (uint32_t i = 0; i < param->value_count && param->values[i].from <= day; i++)
        found = &param->values[i];
    return found == NULL || found->is_abolished ? NULL : found;
}

static const struct value *
operand_value(const struct cutting *c, const struct operand *operand, const struct type **type)
{
    const struct param *param;

    if (operand->param < 0)
        return &operand->value;
    param = &c->pack->params[operand->param];
    *type = param->type;
    return &param_on(param, c->day)->value; /* epochs without a value are not swept */
}

static int64_t
tens(const struct type *type)
{
    int64_t out = 1;

    for (uint8_t i = 0; type->kind == TYPE_DECIMAL && i < type->scale; i++)
        out *= 10;
    return out;
}

/* The operand as a number in units of the column: a parameter may be finer than its column. */
static struct ratio
operand_number(const struct cutting *c, const struct table_column *column,
               const struct operand *operand)
{
    const struct type *type = column->type;
    const struct value *value = operand_value(c, operand, &type);
    struct ratio number = number_of(value, type);

    (void)ratio_mul(number, (struct ratio){tens(column->type), 1}, &number);
    (void)ratio_div(number, tens(type), &number);
    return number;
}

static bool
sample_holds(const struct cutting *c, const struct table_column *column, const struct value *sample,
             enum op op, const struct operand *operand)
{
    const struct type *type = column->type;
    int order = is_scale(type)
                    ? ratio_cmp(number_of(sample, type), operand_number(c, column, operand))
                    : value_order(sample, operand_value(c, operand, &type), column->type);

    return op == OP_EQ   ? order == 0
           : op == OP_NE ? order != 0
           : op == OP_LT ? order < 0
           : op == OP_LE ? order <= 0
           : op == OP_GT ? order > 0
                         : order >= 0;
}

bool
cell_holds(const struct cutting *c, const struct table_column *column,
           const struct table_cell *cell, const struct value *sample)
{
    switch (cell->accept) {
    case ACCEPT_COMPARE:
        return sample_holds(c, column, sample, cell->op, &cell->operands[0]);
    case ACCEPT_RANGE:
        return sample_holds(c, column, sample, OP_GE, &cell->operands[0]) &&
               sample_holds(c, column, sample, OP_LE, &cell->operands[1]);
    case ACCEPT_VALUES:
        for (uint32_t i = 0; i < cell->count; i++)
            if (sample_holds(c, column, sample, OP_EQ, &cell->operands[i]))
                return true;
        return false;
    default:
        return true;
    }
}

static uint32_t
operands_most(const struct table *table, uint32_t column)
{
    uint32_t count = 2; /* the bounds of the field */

    for (uint32_t r = 0; r < table->row_count; r++)
        count += table->rows[r].cells[column].count;
    return count;
}

static void
sample_add(struct axis *axis, struct value sample)
{
    sample.state = VALUE_KNOWN;
    axis->samples[axis->count++] = sample;
}

/* The bounds that the model sets to a field, in units of its type. */
static bool
field_bound(const struct table_column *column, bool is_low, struct ratio *out)
{
    const struct field *field = column->field;
    int64_t den = 1;

    if (field == NULL || !(is_low ? field->has_min : field->has_max))
        return false;
    for (uint8_t i = 0; field->is_share && i < field->scale; i++)
        den *= 10;
    return ratio_make(is_low ? field->min : field->max, den, out);
}

static void
number_add(struct axis *axis, const struct table_column *column, struct ratio number)
{
    struct value sample = {0};
    struct ratio bound;

    if ((field_bound(column, true, &bound) && ratio_cmp(number, bound) < 0) ||
        (field_bound(column, false, &bound) && ratio_cmp(number, bound) > 0))
        return;
    if (number_set(&sample, column->type, number)) /* else it lies between two that there are */
        sample_add(axis, sample);
}

static uint32_t
cut_add(struct ratio *cuts, uint32_t count, struct ratio cut)
{
    uint32_t at = count;

    while (at > 0 && ratio_cmp(cuts[at - 1], cut) > 0)
        at--;
    if (at > 0 && ratio_cmp(cuts[at - 1], cut) == 0)
        return count;
    memmove(&cuts[at + 1], &cuts[at], (count - at) * sizeof *cuts);
    cuts[at] = cut;
    return count + 1;
}

/* A number between two cuts, or beyond the last ones; false: there is none. */
static bool
number_between(const struct type *type, const struct ratio *low, const struct ratio *high,
               struct ratio *out)
{
    static const struct ratio one = {1, 1}, less = {-1, 1};

    *out = (struct ratio){0, 1};
    if (low == NULL && high == NULL)
        return true;
    if (is_discrete(type)) {
        *out = low != NULL
                   ? (struct ratio){ratio_floor(*low) + 1, 1}
                   : (struct ratio){-(ratio_floor((struct ratio){-high->num, high->den}) + 1), 1};
        return high == NULL || ratio_cmp(*out, *high) < 0;
    }
    if (low == NULL)
        return ratio_add(*high, less, out);
    if (high == NULL)
        return ratio_add(*low, one, out);
    return ratio_add(*low, *high, out) && ratio_div(*out, 2, out);
}

static void
axis_of_numbers(const struct cutting *c, uint32_t number, struct ratio *cuts, struct axis *axis)
{
    const struct table *table = c->table;
    const struct table_column *column = &table->columns[number];

    struct ratio between;
    uint32_t count = 0;

    for (uint32_t r = 0; r < table->row_count; r++) {
        const struct table_cell *cell = &table->rows[r].cells[number];
        for (uint32_t i = 0; i < cell->count; i++)
            count = cut_add(cuts, count, operand_number(c, column, &cell->operands[i]));
    }
    if (field_bound(column, true, &between))
        count = cut_add(cuts, count, between);
    if (field_bound(column, false, &between))
        count = cut_add(cuts, count, between);
    for (uint32_t i = 0; i <= count; i++) {
        if (number_between(column->type, i > 0 ? &cuts[i - 1] : NULL, i < count ? &cuts[i] : NULL,
                           &between))
            number_add(axis, column, between);
        if (i < count)
            number_add(axis, column, cuts[i]);
    }
}

static void
axis_of_words(const struct cutting *c, uint32_t number, struct axis *axis)
{
    const struct table *table = c->table;
    const struct type *type = table->columns[number].type, *other;

    for (uint32_t i = 0; type->kind == TYPE_CODE && i < type->codes->count; i++)
        sample_add(axis, (struct value){.integer = i});
    for (int i = 0; type->kind == TYPE_BOOL && i < 2; i++)
        sample_add(axis, (struct value){.boolean = i != 0});
    if (type->kind != TYPE_STRING)
        return;
    for (uint32_t r = 0; r < table->row_count; r++)
        for (uint32_t i = 0; i < table->rows[r].cells[number].count; i++)
            sample_add(axis, *operand_value(c, &table->rows[r].cells[number].operands[i], &other));
    sample_add(axis, (struct value){.string = TEXT("（其他 | any other）")});
}

bool
axis_build(struct axis *axis, const struct cutting *c, uint32_t number, struct arena *arena)
{
    const struct type *type = c->table->columns[number].type;
    uint32_t most = operands_most(c->table, number);
    uint32_t room = 2 * most + 1 + (type->kind == TYPE_CODE ? type->codes->count : 2);
    struct ratio *cuts = arena_alloc(arena, most, sizeof *cuts);

    *axis = (struct axis){.samples = arena_alloc(arena, room, sizeof *axis->samples)};
    if (cuts == NULL || axis->samples == NULL)
        return false;
    if (is_scale(type))
        axis_of_numbers(c, number, cuts, axis);
    else
        axis_of_words(c, number, axis);
    return true;
}
