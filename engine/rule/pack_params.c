/* SPDX-License-Identifier: Apache-2.0 */
/* pack_params.c: parameters with dated values, and scalars read as values of a declared type. */
#include <limits.h>
#include <string.h>

#include "engine/rule/pack_in.h"
#include "engine/rule/tree.h"

#include "engine/base/ban.h"

static void
bad_value(struct loader *l, const struct yaml_node *node, const char *code, const struct type *type)
{
    struct text name = type_print(type, l->arena);

    say(l, node->place, code,
        arena_printf(l->arena, "“" TEXT_FMT "” 不是类型 " TEXT_FMT " 的值", TEXT_ARG(node->text),
                     TEXT_ARG(name)),
        arena_printf(l->arena, "\"" TEXT_FMT "\" is not a value of type " TEXT_FMT,
                     TEXT_ARG(node->text), TEXT_ARG(name)));
}

static bool
code_read(struct loader *l, const struct yaml_node *node, const struct type *type,
          struct value *out)
{
    int32_t code = code_find(type->codes, node->text);
    struct nameable near;

    out->integer = code;
    if (code >= 0)
        return true;
    if (yaml_wide_tell(node, l->messages))
        return false;
    unknown_word(&near, type->codes, node->text, l->arena);
    message_add(l->messages, MESSAGE_ERROR, "N103", node->place, (uint32_t)text_chars(node->text),
                arena_printf(l->arena, "“" TEXT_FMT "” 不在代码表 " TEXT_FMT " 中" TEXT_FMT,
                             TEXT_ARG(node->text), TEXT_ARG(type->codes->name),
                             TEXT_ARG(near_zh(&near, l->arena))),
                arena_printf(l->arena,
                             "\"" TEXT_FMT "\" is not in the code list \"" TEXT_FMT "\"" TEXT_FMT,
                             TEXT_ARG(node->text), TEXT_ARG(type->codes->name),
                             TEXT_ARG(near_en(&near, l->arena))));
    return false;
}

static bool
list_read(struct loader *l, const struct yaml_node *node, const struct type *type,
          struct value *out)
{
    struct list *list = arena_alloc(l->arena, 1, sizeof *list);
    struct element *elements;

    if (!node_is(l, node, YAML_LIST))
        return false;
    elements = arena_alloc(l->arena, node->count, sizeof *elements);
    if (list == NULL || elements == NULL) {
        l->is_full = true;
        return false;
    }
    for (uint32_t i = 0; i < node->count; i++) /* lists of lists: depth is bounded by the type */
        if (!value_read(l, &node->values[i], type->of, &elements[i].value))
            return false;
    list->count = node->count;
    list->elements = elements;
    out->list = list;
    return true;
}

static bool
decimal_fit(struct text text, uint8_t scale, struct value *out)
{
    uint8_t places;

    if (!decimal_read(text, &places, out) || places > scale)
        return false;
    for (; places < scale; places++)
        if (__builtin_mul_overflow(out->integer, (int64_t)10, &out->integer))
            return false;
    return true;
}

bool
value_read(struct loader *l, const struct yaml_node *node, const struct type *type,
           struct value *out)
{
    bool is_good = false;

    memset(out, 0, sizeof *out);
    if (type->kind == TYPE_LIST)
        return list_read(l, node, type, out);
    if (!node_is(l, node, YAML_SCALAR))
        return false;
    switch (type->kind) {
    case TYPE_BOOL:
        is_good = yaml_bool(node, &out->boolean);
        break;
    case TYPE_INT:
        is_good = text_int(node->text, &out->integer);
        break;
    case TYPE_STRING:
        out->string = node->text;
        is_good = true;
        break;
    case TYPE_MONEY:
        is_good = money_read(node->text, out);
        break;
    case TYPE_EXACT:
        if ((is_good = money_read(node->text, out))) {
            int64_t fen = out->integer;
            memset(out, 0, sizeof *out);
            out->ratio = (struct ratio){fen, 1};
        }
        break;
    case TYPE_RATE:
        is_good = rate_read(node->text, out);
        break;
    case TYPE_DECIMAL:
        is_good = decimal_fit(node->text, type->scale, out);
        break;
    case TYPE_DATE:
        is_good = date_read(node->text, out);
        break;
    case TYPE_MONTH:
        is_good = month_read(node->text, out);
        break;
    case TYPE_CODE:
        return code_read(l, node, type, out);
    default:
        break;
    }
    out->state = VALUE_KNOWN;
    if (!is_good)
        bad_value(l, node, type->kind == TYPE_DATE || type->kind == TYPE_MONTH ? "T206" : "T205",
                  type);
    return is_good;
}

bool
day_read(struct loader *l, const struct yaml_node *node, int32_t *out)
{
    struct value value;

    if (!value_read(l, node, type_of(TYPE_DATE), &value))
        return false;
    *out = (int32_t)value.integer;
    return true;
}

const struct type *
type_read(struct loader *l, const struct yaml_node *entry)
{
    const struct yaml_node *node = yaml_get(entry, "type"), *per = yaml_get(entry, "per");
    const struct type *type;
    struct text text;

    if (node == NULL || !node_is(l, node, YAML_SCALAR))
        return NULL;
    text = node->text;
    if (per != NULL && node_is(l, per, YAML_SCALAR)) {
        if (text_is(per->text, "month") || text_is(per->text, "year"))
            text =
                arena_printf(l->arena, TEXT_FMT "/" TEXT_FMT, TEXT_ARG(text), TEXT_ARG(per->text));
        else if (!text_is(per->text, "once"))
            say(l, per->place, "Y013", text_of("per 应为 month、year 或 once"),
                text_of("per should be month, year or once"));
    }
    type = type_parse(text, l->pack->model, l->arena);
    if (type == NULL)
        say(l, node->place, "N104",
            arena_printf(l->arena, "没有类型 “" TEXT_FMT "”", TEXT_ARG(text)),
            arena_printf(l->arena, "there is no type \"" TEXT_FMT "\"", TEXT_ARG(text)));
    return type;
}

static bool
param_value_read(struct loader *l, const struct yaml_node *node, const struct param *param,
                 struct param_value *out)
{
    const struct yaml_node *value = yaml_get(node, "value");
    const struct yaml_node *unconfirmed = yaml_get(node, "unconfirmed");

    if (!grammar_check(node, GRAMMAR_VALUE, l->messages))
        return false;
    out->place = node->place;
    out->ref = node_text(node, "ref");
    out->reviewed_on = node_text(node, "reviewed_on");
    if (unconfirmed != NULL && !yaml_bool(unconfirmed, &out->is_unconfirmed)) {
        say(l, unconfirmed->place, "T205", text_of("unconfirmed 应为 yes 或 no"),
            text_of("unconfirmed should be yes or no"));
        return false;
    }
    if (!day_read(l, yaml_get(node, "from"), &out->from))
        return false;
    if (yaml_get(node, "abolished") != NULL &&
        yaml_bool(yaml_get(node, "abolished"), &out->is_abolished) && out->is_abolished)
        return true;
    if (value == NULL) {
        say(l, node->place, "Y014", text_of("缺少 “value”"), text_of("\"value\" is missing"));
        return false;
    }
    return value_read(l, value, param->type, &out->value);
}

static void
from_twice(struct loader *l, const struct param *param, const struct yaml_node *from,
           uint32_t other)
{
    message_add(l->messages, MESSAGE_ERROR, "D302", from->place, (uint32_t)text_chars(from->text),
                arena_printf(l->arena,
                             "“" TEXT_FMT "” 有两个值都自 " TEXT_FMT " 起生效（另一处：第 %u 行）",
                             TEXT_ARG(param->name), TEXT_ARG(from->text), other),
                arena_printf(l->arena,
                             "two values of \"" TEXT_FMT "\" start on " TEXT_FMT
                             " (the other: line %u)",
                             TEXT_ARG(param->name), TEXT_ARG(from->text), other));
}

static void
values_read(struct loader *l, const struct yaml_node *list, struct param *param)
{
    struct param_value *values = arena_alloc(l->arena, list->count, sizeof *values);

    if (values == NULL) {
        l->is_full = true;
        return;
    }
    param->values = values;
    for (uint32_t i = 0; i < list->count; i++) {
        struct param_value value = {0};
        uint32_t at = param->value_count;
        if (!param_value_read(l, &list->values[i], param, &value))
            continue;
        while (at > 0 && values[at - 1].from > value.from)
            at--;
        if (at > 0 && values[at - 1].from == value.from)
            from_twice(l, param, yaml_get(&list->values[i], "from"), values[at - 1].place.line);
        memmove(&values[at + 1], &values[at], (param->value_count - at) * sizeof *values);
        values[at] = value;
        param->value_count++;
    }
    if (param->value_count == 0 && list->count == 0 &&
        level_rank(l->pack->level) >= level_rank(param->local)) /* nobody below may set it */
        say(l, list->place, "D301",
            arena_printf(l->arena, "参数 “" TEXT_FMT "” 没有值", TEXT_ARG(param->name)),
            arena_printf(l->arena, "parameter \"" TEXT_FMT "\" has no value",
                         TEXT_ARG(param->name)));
}

void
params_read(struct loader *l)
{
    struct param *params = arena_alloc(l->arena, l->params.count, sizeof *params);

    if (params == NULL) {
        l->is_full = true;
        return;
    }
    l->pack->params = params;
    for (uint32_t i = 0; i < l->params.count; i++) {
        const struct yaml_node *node = l->params.values[i];
        struct param *param = &params[l->pack->param_count];
        if (!grammar_check(node, GRAMMAR_PARAM, l->messages))
            continue;
        param->name = l->params.keys[i]->text;
        param->place = l->params.keys[i]->place;
        param->zh = node_text(node, "zh");
        param->en = node_text(node, "en");
        param->local = node_text(node, "local");
        param->range = node_text(node, "range");
        param->type = type_read(l, node);
        param->as_of_node = yaml_get(node, "as_of");
        if (param->type == NULL)
            continue;
        l->pack->param_count++; /* named even if its values are wrong: silences followers */
        if (node_is(l, yaml_get(node, "values"), YAML_LIST))
            values_read(l, yaml_get(node, "values"), param);
        range_check(l, node, param, l->params.layers[i]);
    }
}

/* `as_of: case.applied_on`: a day that the case itself holds. */
void
params_compile(struct loader *l)
{
    for (uint32_t i = 0; i < l->pack->param_count; i++) {
        struct param *param = &l->pack->params[i];
        const struct expr *expr;

        if (param->as_of_node == NULL)
            continue;
        param->as_of = pack_compile(l, param->as_of_node, -1);
        expr = param->as_of;
        if (expr == NULL || expr->type->kind == TYPE_ERROR)
            continue;
        if (expr->op != OP_SELECT || expr->args[0]->op != OP_SLOT ||
            expr->args[0]->number != SLOT_CASE || expr->type->kind != TYPE_DATE)
            say(l, param->as_of_node->place, "T206",
                text_of("参数的 as_of 应为 case 的一个日期，如 case.applied_on"),
                text_of("the as_of of a parameter should be a day of the case, such as "
                        "case.applied_on"));
        else if (expr->type->may_be_none)
            say(l, param->as_of_node->place, "T207", text_of("as_of 的日期可能没有值"),
                text_of("the day of as_of may be none"));
    }
}
