/* SPDX-License-Identifier: Apache-2.0 */
/* pack_range.c: the span in which a parameter's values lie, whoever gives them. */
#include "engine/rule/pack_in.h"
#include "engine/rule/tree.h"

#include "engine/base/ban.h"

static bool
has_order(const struct type *type)
{
    return type_is_number(type) || type->kind == TYPE_DATE || type->kind == TYPE_MONTH;
}

/* "12..36": both ends as values of the parameter's type. */
static bool
range_read(struct loader *l, const struct yaml_node *node, struct param *param)
{
    size_t dots = text_find(node->text, TEXT(".."));
    struct yaml_node end = *node;

    end.marks = NULL;
    if (dots == SIZE_MAX || !has_order(param->type)) {
        say(l, node->place, "T205", text_of("range 应写成 LO..HI，且只用于数额、数目和日期"),
            text_of("range should be LO..HI, and is for amounts, numbers and days"));
        return false;
    }
    end.text = text_trim((struct text){node->text.at, dots});
    if (!value_read(l, &end, param->type, &param->lo))
        return false;
    end.text = text_trim((struct text){node->text.at + dots + 2, node->text.len - dots - 2});
    if (!value_read(l, &end, param->type, &param->hi))
        return false;
    if (value_order(&param->lo, &param->hi, param->type) <= 0)
        return true;
    say(l, node->place, "T205", text_of("range 的下限大于上限"),
        text_of("the lower end of range is above the upper one"));
    return false;
}

static void
say_outside(struct loader *l, const struct param *param, const struct yaml_node *range,
            uint32_t layer, const struct yaml_node *value)
{
    struct text owner = l->pack->layers[layer].name;
    struct text origin = origin_print(l->pack, layer, range->place, l->arena);

    message_add(
        l->messages, MESSAGE_ERROR, "O505", value->place, (uint32_t)text_chars(value->text),
        arena_printf(l->arena,
                     TEXT_FMT " " TEXT_FMT " 超出 " TEXT_FMT " 允许的 " TEXT_FMT "（" TEXT_FMT "）",
                     TEXT_ARG(param->zh), TEXT_ARG(value->text), TEXT_ARG(owner),
                     TEXT_ARG(range->text), TEXT_ARG(origin)),
        arena_printf(
            l->arena,
            TEXT_FMT " is outside the range " TEXT_FMT " that " TEXT_FMT " allows (" TEXT_FMT ")",
            TEXT_ARG(value->text), TEXT_ARG(range->text), TEXT_ARG(owner), TEXT_ARG(origin)));
}

void
range_check(struct loader *l, const struct yaml_node *node, struct param *param, uint32_t layer)
{
    const struct yaml_node *range = yaml_get(node, "range"), *values = yaml_get(node, "values");

    if (range == NULL || !node_is(l, range, YAML_SCALAR) || !range_read(l, range, param))
        return;
    param->has_range = true;
    for (uint32_t i = 0; i < param->value_count; i++) {
        const struct param_value *value = &param->values[i];

        if (value->is_abolished || (value_order(&value->value, &param->lo, param->type) >= 0 &&
                                    value_order(&value->value, &param->hi, param->type) <= 0))
            continue;
        for (uint32_t k = 0; k < values->count; k++) /* where it is written */
            if (values->values[k].place.source == value->place.source &&
                values->values[k].place.line == value->place.line &&
                values->values[k].place.column == value->place.column)
                say_outside(l, param, range, layer, yaml_get(&values->values[k], "value"));
    }
}
