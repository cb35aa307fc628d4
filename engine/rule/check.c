/* SPDX-License-Identifier: Apache-2.0 */
/* check.c: names become slots, variables and fields; every node gets a type; where types meet, the
 * narrower side is wrapped in a conversion, so that the walk never asks for types of two kinds. */
#include <assert.h>
#include <string.h>

#include "engine/rule/tree.h"

#include "engine/base/ban.h"

const char *const op_signs[] = {
    [OP_EQ] = "==", [OP_NE] = "!=", [OP_LT] = "<",  [OP_LE] = "<=", [OP_GT] = ">",  [OP_GE] = ">=",
    [OP_IN] = "in", [OP_ADD] = "+", [OP_SUB] = "-", [OP_MUL] = "*", [OP_DIV] = "/", [OP_MOD] = "%",
    [OP_AND] = "&&", [OP_OR] = "||",
};

void
fail_at(struct compiler *c, uint32_t from, uint32_t to, const char *code, struct text zh,
        struct text en)
{
    struct text part;

    if (c->is_failed)
        return;
    c->is_failed = true;
    if (to > c->source->text.len)
        to = (uint32_t)c->source->text.len;
    if (from > to)
        from = to;
    part = (struct text){c->source->text.at + from, to - from};
    message_add(c->messages, MESSAGE_ERROR, code, place_at(c, from), (uint32_t)text_chars(part), zh, en);
}

void
fail_unsupported(struct compiler *c, uint32_t from, uint32_t to, const char *feature)
{
    if (c->is_failed)
        return;
    if (c->scope->is_unsupported_ok && c->unsupported != NULL) {
        *c->unsupported = text_of(feature);
        c->is_failed = true;
        return;
    }
    fail_at(c, from, to, "T210", arena_printf(c->arena, "不支持的写法：%s", feature),
            arena_printf(c->arena, "not supported: %s", feature));
}

static struct text
source_of(const struct compiler *c, const struct expr *node)
{
    return (struct text){c->source->text.at + node->from, node->to - node->from};
}

static bool
typed(struct compiler *c, struct expr *node, const struct type *type)
{
    if (type == NULL) { /* only an arena that is full makes no type */
        c->is_failed = true;
        return false;
    }
    node->type = type;
    return !c->is_failed;
}

bool
check_there(struct compiler *c, struct expr *node)
{
    struct text source;

    if (!check(c, node))
        return false;
    if (!node->type->may_be_none && node->type->kind != TYPE_NULL)
        return true;
    source = source_of(c, node);
    if (node->type->kind == TYPE_NULL)
        FAIL_NODE(c, node, "T201", "null 只能用 == 和 != 比较，或放在 ?: 里",
                  "null goes with == and != and into ?: only");
    else
        fail_at(c, node->from, node->to, "T207",
                arena_printf(c->arena, "“" TEXT_FMT "” 可能没有值，请先判断 has(" TEXT_FMT ") && …",
                             TEXT_ARG(source), TEXT_ARG(source)),
                arena_printf(c->arena, "\"" TEXT_FMT "\" may be none; guard it with has(...) && ...",
                             TEXT_ARG(source)));
    return false;
}

static bool
wrong(struct compiler *c, struct expr *node, const char *code, const char *hint_zh, const char *hint_en)
{
    struct expr *a = node->args[0], *b = node->count > 1 ? node->args[1] : NULL;
    struct text left = type_print(a->type, c->arena);
    struct text right = b == NULL ? TEXT("") : type_print(b->type, c->arena);
    struct text source = source_of(c, node);

    fail_at(c, node->from, node->to, code,
            arena_printf(c->arena, "类型不合：“" TEXT_FMT "”（" TEXT_FMT "%s" TEXT_FMT "）%s",
                         TEXT_ARG(source), TEXT_ARG(left), b == NULL ? "" : " 与 ", TEXT_ARG(right),
                         hint_zh),
            arena_printf(c->arena, "types do not fit: \"" TEXT_FMT "\" (" TEXT_FMT "%s" TEXT_FMT ")%s",
                         TEXT_ARG(source), TEXT_ARG(left), b == NULL ? "" : " and ", TEXT_ARG(right),
                         hint_en));
    return false;
}

static bool
wrong_pair(struct compiler *c, struct expr *node, const struct type *a, const struct type *b)
{
    bool is_money_int = (type_is_amount(a) && b->kind == TYPE_INT) ||
                        (type_is_amount(b) && a->kind == TYPE_INT);

    if (periods_differ(a, b))
        return wrong(c, node, "T213", "：期间不同，用 per_month 或 over_months 换算",
                     ": periods differ; use per_month or over_months");
    return wrong(c, node, "T201", is_money_int ? "。请写 yuan(…)，最好设为参数" : "",
                 is_money_int ? "; write yuan(...), better a parameter" : "");
}

/* A word of a code list. */
static bool
coerce_code(struct compiler *c, struct expr *node, const struct type *type)
{
    int32_t number = code_find(type->codes, node->literal.string);
    struct text *names;
    size_t near;

    if (number >= 0) {
        node->name = node->literal.string;
        node->literal.integer = number;
        node->type = type;
        return true;
    }
    names = arena_alloc(c->arena, type->codes->count, sizeof *names);
    for (uint32_t i = 0; names != NULL && i < type->codes->count; i++)
        names[i] = type->codes->codes[i].name;
    near = names == NULL ? SIZE_MAX : text_nearest(node->literal.string, names, type->codes->count);
    fail_at(c, node->from, node->to, "N103",
            arena_printf(c->arena, "“" TEXT_FMT "” 不在代码表 " TEXT_FMT " 中%s" TEXT_FMT "%s",
                         TEXT_ARG(node->literal.string), TEXT_ARG(type->codes->name),
                         near == SIZE_MAX ? "" : "，是否指 “",
                         TEXT_ARG(near == SIZE_MAX ? TEXT("") : names[near]),
                         near == SIZE_MAX ? "" : "”？"),
            arena_printf(c->arena, "\"" TEXT_FMT "\" is not in the code list " TEXT_FMT "%s" TEXT_FMT "%s",
                         TEXT_ARG(node->literal.string), TEXT_ARG(type->codes->name),
                         near == SIZE_MAX ? "" : "; did you mean \"",
                         TEXT_ARG(near == SIZE_MAX ? TEXT("") : names[near]),
                         near == SIZE_MAX ? "" : "\"?"));
    return false;
}

static bool
list_fold(struct compiler *c, struct expr *node)
{
    struct element *elements;
    struct list *list;

    for (uint32_t i = 0; i < node->count; i++)
        if (!node->args[i]->is_constant)
            return true;
    elements = arena_alloc(c->arena, node->count, sizeof *elements);
    list = arena_alloc(c->arena, 1, sizeof *list);
    if (elements == NULL || list == NULL) {
        c->is_failed = true;
        return false;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        elements[i].value = node->args[i]->literal;
        if (elements[i].value.state == VALUE_ERROR)
            return true;
    }
    list->count = node->count;
    list->elements = elements;
    node->literal = (struct value){.state = VALUE_KNOWN, .list = list};
    node->is_constant = true;
    return true;
}

bool
coerce(struct compiler *c, struct expr **node, const struct type *type)
{
    struct expr *at = *node, *wrap;

    if (c->is_failed)
        return false;
    if (type->kind == TYPE_CODE && at->op == OP_LITERAL && at->type->kind == TYPE_STRING)
        return coerce_code(c, at, type);
    if (at->op == OP_LIST && type->kind == TYPE_LIST && !type_same(at->type, type)) {
        at->is_constant = false;
        for (uint32_t i = 0; i < at->count; i++)
            if (!coerce(c, &at->args[i], type->of))
                return false;
        at->type = type;
        return list_fold(c, at);
    }
    if (at->op == OP_COND && !type_same(at->type, type) && type->kind != TYPE_LIST) {
        if (!coerce(c, &at->args[1], type) || !coerce(c, &at->args[2], type))
            return false;
        at->type = type;
        return true;
    }
    if (!type_accepts(type, at->type))
        return false;
    if (type_same(at->type, type) || at->type->kind == TYPE_NULL ||
        (at->type->kind == type->kind && type->kind != TYPE_DECIMAL && type->kind != TYPE_LIST))
        return true;
    if (at->type->kind == TYPE_ANY || (type->kind == TYPE_LIST && at->type->of->kind == TYPE_ANY))
        return true;
    wrap = node_make(c, OP_CONVERT, at->from, at->to, 1);
    if (wrap == NULL)
        return false;
    wrap->place = at->place;
    wrap->span = at->span;
    wrap->depth = at->depth; /* a conversion is no level that a reader sees */
    wrap->args[0] = at;
    wrap->type = type;
    if (at->is_constant && type->kind != TYPE_LIST) {
        wrap->literal = value_convert(at->literal, at->type, type);
        wrap->is_constant = wrap->literal.state != VALUE_ERROR;
    }
    *node = wrap;
    return true;
}

/* Strings that are literals, alone or in a list, may be words of a code list. */
static bool
may_be_words(const struct expr *node)
{
    if (node->op == OP_LIST) {
        for (uint32_t i = 0; i < node->count; i++)
            if (!may_be_words(node->args[i]))
                return false;
        return true;
    }
    if (node->op == OP_COND)
        return may_be_words(node->args[1]) && may_be_words(node->args[2]);
    return node->op == OP_LITERAL && node->type->kind == TYPE_STRING;
}

static const struct type *
core(const struct type *type)
{
    while (type->kind == TYPE_LIST)
        type = type->of;
    return type;
}

const struct type *
meet(struct compiler *c, struct expr *at, struct expr **a, struct expr **b)
{
    const struct type *type;

    if (core((*a)->type)->kind == TYPE_CODE && may_be_words(*b))
        type = (*a)->type;
    else if (core((*b)->type)->kind == TYPE_CODE && may_be_words(*a))
        type = (*b)->type;
    else
        type = type_join((*a)->type, (*b)->type, c->arena);
    if (type != NULL && coerce(c, a, type) && coerce(c, b, type))
        return type;
    wrong_pair(c, at, (*a)->type, (*b)->type);
    return NULL;
}

static void
unknown_name(struct compiler *c, struct expr *node, struct text name)
{
    struct text near = c->scope->near == NULL ? TEXT("") : c->scope->near(c->scope->context, name);
    bool has = near.len > 0;

    fail_at(c, node->from, node->to, "N101",
            arena_printf(c->arena, "未定义的名称 “" TEXT_FMT "”%s" TEXT_FMT "%s", TEXT_ARG(name),
                         has ? "，是否指 “" : "", TEXT_ARG(near), has ? "”？" : ""),
            arena_printf(c->arena, "unknown name \"" TEXT_FMT "\"%s" TEXT_FMT "%s", TEXT_ARG(name),
                         has ? "; did you mean \"" : "", TEXT_ARG(near), has ? "\"?" : ""));
}

static bool
slot_note(struct compiler *c, uint32_t slot)
{
    uint32_t at = c->slot_count;

    if (c->slots == NULL) {
        c->slots = arena_alloc(c->arena, EXPR_NODES_MAX, sizeof *c->slots);
        if (c->slots == NULL) {
            c->is_failed = true;
            return false;
        }
    }
    while (at > 0 && c->slots[at - 1] >= slot) {
        if (c->slots[at - 1] == slot)
            return true;
        at--;
    }
    memmove(c->slots + at + 1, c->slots + at, (c->slot_count - at) * sizeof *c->slots);
    c->slots[at] = slot;
    c->slot_count++;
    return true;
}

/* A path that a guard proved is never none. */
static bool
typed_path(struct compiler *c, struct expr *node, const struct type *type)
{
    if (type->may_be_none && guards_have(c, node))
        type = type_none(type, false, c->arena);
    return typed(c, node, type);
}

static bool
check_slot(struct compiler *c, struct expr *node, struct text name)
{
    const struct type *type = NULL;
    struct text zh = {0};
    int32_t slot = c->scope->resolve(c->scope->context, name, &type, &zh);

    if (slot < 0) {
        unknown_name(c, node, name);
        return false;
    }
    node->op = OP_SLOT;
    node->name = name;
    node->number = (uint32_t)slot;
    node->count = 0;
    return slot_note(c, node->number) && typed_path(c, node, type);
}

static bool
check_name(struct compiler *c, struct expr *node)
{
    for (uint32_t i = 0; i < c->var_count; i++) {
        if (text_eq(c->vars[i], node->name)) {
            node->op = OP_VAR;
            node->number = i;
            return typed_path(c, node, c->var_types[i]);
        }
    }
    if (c->scope->is_unsupported_ok) {
        static const char *const words[] = {"int",  "uint", "double", "bool", "string", "bytes", "list",
                                            "map",  "type", "dyn",    "null_type"};
        const struct type *type = NULL;
        struct text zh = {0};
        for (size_t i = 0; i < LEN(words); i++) {
            if (text_is(node->name, words[i]) &&
                c->scope->resolve(c->scope->context, node->name, &type, &zh) < 0) {
                fail_unsupported(c, node->from, node->to, "type");
                return false;
            }
        }
    }
    return check_slot(c, node, node->name);
}

static bool
check_select(struct compiler *c, struct expr *node)
{
    struct expr *record = node->args[0];
    const struct type *type;
    struct text *names;
    size_t near;

    if (record->op == OP_NAME && text_is(record->name, "p") && c->var_count < EXPR_VARS_MAX + 1) {
        bool is_var = false;
        for (uint32_t i = 0; i < c->var_count; i++)
            is_var |= text_is(c->vars[i], "p");
        if (!is_var) {
            const struct type *slot_type = NULL;
            struct text zh = {0};
            struct text whole = arena_printf(c->arena, "p." TEXT_FMT, TEXT_ARG(node->name));
            if (whole.at == NULL) {
                c->is_failed = true;
                return false;
            }
            if (c->scope->resolve(c->scope->context, whole, &slot_type, &zh) >= 0 ||
                c->scope->resolve(c->scope->context, TEXT("p"), &slot_type, &zh) < 0)
                return check_slot(c, node, whole);
        }
    }
    if (!check_there(c, record))
        return false;
    type = record->type;
    if (type->kind == TYPE_ERROR)
        return typed(c, node, type);
    if (type->kind == TYPE_ANY) {
        fail_unsupported(c, node->from, node->to, "dyn");
        return false;
    }
    if (type->kind != TYPE_RECORD)
        return wrong(c, node, "T201", "：没有字段", ": it has no fields");
    for (uint32_t i = 0; i < type->field_count; i++) {
        if (!text_eq(type->fields[i].name, node->name))
            continue;
        if (type->fields[i].is_closed) {
            FAIL_NODE(c, node, "N107", "这个字段不对规则开放", "this field is closed to rules");
            return false;
        }
        node->number = i;
        return typed_path(c, node, type->fields[i].type);
    }
    names = arena_alloc(c->arena, type->field_count, sizeof *names);
    for (uint32_t i = 0; names != NULL && i < type->field_count; i++)
        names[i] = type->fields[i].name;
    near = names == NULL ? SIZE_MAX : text_nearest(node->name, names, type->field_count);
    fail_at(c, node->from, node->to, "N101",
            arena_printf(c->arena, "没有字段 “" TEXT_FMT "”%s" TEXT_FMT "%s", TEXT_ARG(node->name),
                         near == SIZE_MAX ? "" : "，是否指 “",
                         TEXT_ARG(near == SIZE_MAX ? TEXT("") : names[near]),
                         near == SIZE_MAX ? "" : "”？"),
            arena_printf(c->arena, "no field \"" TEXT_FMT "\"%s" TEXT_FMT "%s", TEXT_ARG(node->name),
                         near == SIZE_MAX ? "" : "; did you mean \"",
                         TEXT_ARG(near == SIZE_MAX ? TEXT("") : names[near]),
                         near == SIZE_MAX ? "" : "\"?"));
    return false;
}

static bool
check_list(struct compiler *c, struct expr *node)
{
    const struct type *of = type_of(TYPE_ANY), *list;

    for (uint32_t i = 0; i < node->count; i++) {
        const struct type *joined;
        if (!check(c, node->args[i]))
            return false;
        if (node->args[i]->type->kind != TYPE_NULL && !check_there(c, node->args[i]))
            return false;
        joined = type_join(of, node->args[i]->type, c->arena);
        if (joined == NULL || (joined->may_be_none && joined->kind != TYPE_NULL)) {
            if (periods_differ(of, node->args[i]->type)) {
                FAIL_NODE(c, node->args[i], "T213", "列表里的金额期间不同",
                          "amounts of different periods in one list");
                return false;
            }
            fail_unsupported(c, node->args[i]->from, node->args[i]->to, "list of mixed types");
            return false;
        }
        of = joined;
    }
    for (uint32_t i = 0; i < node->count; i++)
        if (!coerce(c, &node->args[i], of))
            return false;
    list = type_list(of, false, c->arena);
    return typed(c, node, list) && list_fold(c, node);
}

static bool
check_logic(struct compiler *c, struct expr *node)
{
    uint32_t guards = c->guard_count;

    for (uint32_t i = 0; i < node->count; i++) {
        if (!check_there(c, node->args[i]))
            return false;
        if (node->args[i]->type->kind != TYPE_BOOL && node->args[i]->type->kind != TYPE_ANY) {
            FAIL_NODE(c, node->args[i], "T201", "这里要一个是非值（bool）", "a bool is wanted here");
            return false;
        }
        guards_add(c, node->args[i], node->op == OP_AND);
    }
    c->guard_count = guards;
    return typed(c, node, type_of(TYPE_BOOL));
}

static bool
check_cond(struct compiler *c, struct expr *node)
{
    uint32_t guards = c->guard_count;
    const struct type *type;

    if (!check_there(c, node->args[0]))
        return false;
    if (node->args[0]->type->kind != TYPE_BOOL) {
        FAIL_NODE(c, node->args[0], "T201", "“?” 前要一个是非值（bool）", "a bool is wanted before ?");
        return false;
    }
    for (uint32_t i = 1; i < 3; i++) {
        guards_add(c, node->args[0], i == 1);
        if (!check(c, node->args[i]))
            return false;
        c->guard_count = guards;
    }
    type = meet(c, node, &node->args[1], &node->args[2]);
    return type != NULL && typed(c, node, type);
}

/* x == null */
static bool
check_null(struct compiler *c, struct expr *node)
{
    bool is_left = node->args[0]->type->kind == TYPE_NULL;
    struct expr *other = node->args[is_left ? 1 : 0];
    bool is_path = other->op == OP_SELECT || other->op == OP_SLOT || other->op == OP_VAR;

    if (other->type->kind != TYPE_NULL && !other->type->may_be_none && !(is_path && guards_have(c, other)))
        return wrong(c, node, "T201", "：总有值，不必与 null 比较", ": it is never none");
    node->args[0] = other;
    node->count = 1;
    node->op = node->op == OP_EQ ? OP_IS_NULL : OP_NOT_NULL;
    return typed(c, node, type_of(TYPE_BOOL));
}

static bool
check_compare(struct compiler *c, struct expr *node)
{
    bool is_equality = node->op == OP_EQ || node->op == OP_NE;
    const struct type *type;
    bool is_ordered;

    if (!check(c, node->args[0]) || !check(c, node->args[1]))
        return false;
    if (is_equality &&
        (node->args[0]->type->kind == TYPE_NULL || node->args[1]->type->kind == TYPE_NULL))
        return check_null(c, node);
    if (!check_there(c, node->args[0]) || !check_there(c, node->args[1]))
        return false;
    type = meet(c, node, &node->args[0], &node->args[1]);
    if (type == NULL)
        return false;
    is_ordered = type_is_number(type) || type->kind == TYPE_STRING || type->kind == TYPE_DATE ||
                 type->kind == TYPE_MONTH || type->kind == TYPE_BOOL || type->kind == TYPE_ANY;
    if (!is_equality && !is_ordered)
        return wrong(c, node, "T201", "：不能比大小", ": they have no order");
    if (core(type)->kind == TYPE_RECORD)
        return wrong(c, node, "T201", "：行不能整个比较，请比较字段", ": compare fields, not rows");
    if (type->kind == TYPE_LIST && type->is_unordered) {
        FAIL_NODE(c, node, "T212", "行没有先后，不能逐个比较", "rows have no order to compare by");
        return false;
    }
    return typed(c, node, type_of(TYPE_BOOL));
}

static bool
check_in(struct compiler *c, struct expr *node)
{
    struct expr *x, *list;
    const struct type *of;

    if (!check_there(c, node->args[0]) || !check_there(c, node->args[1]))
        return false;
    x = node->args[0];
    list = node->args[1];
    if (list->type->kind != TYPE_LIST)
        return wrong(c, node, "T201", "：in 右边要一个列表", ": a list is wanted behind in");
    of = list->type->of;
    if (x->type->kind == TYPE_CODE && may_be_words(list))
        of = x->type;
    else if (!(of->kind == TYPE_CODE && may_be_words(x)))
        of = type_join(x->type, of, c->arena);
    if (of == NULL || of->kind == TYPE_RECORD || of->may_be_none)
        return wrong_pair(c, node, x->type, list->type);
    if (!coerce(c, &node->args[0], of))
        return wrong_pair(c, node, x->type, list->type);
    of = type_list(of, false, c->arena);
    if (of == NULL || !coerce(c, &node->args[1], of))
        return wrong_pair(c, node, x->type, list->type);
    return typed(c, node, type_of(TYPE_BOOL));
}

static bool
as_rate(struct compiler *c, struct expr **node)
{
    return (*node)->type->kind != TYPE_DECIMAL || coerce(c, node, type_of(TYPE_RATE));
}

static bool
check_product(struct compiler *c, struct expr *node)
{
    struct expr *a = node->args[0], *b = node->args[1];
    const struct type *x = a->type, *y = b->type, *swap;
    bool is_div = node->op == OP_DIV;

    if (!is_div && !type_is_amount(x) && x->kind != TYPE_DECIMAL &&
        (type_is_amount(y) || y->kind == TYPE_DECIMAL || y->kind == TYPE_RATE) && x->kind != TYPE_RATE) {
        swap = x; /* the number that is multiplied by an int or a rate first */
        x = y;
        y = swap;
    } else if (!is_div && x->kind == TYPE_RATE && (type_is_amount(y) || y->kind == TYPE_DECIMAL)) {
        swap = x;
        x = y;
        y = swap;
    }
    if (y->kind == TYPE_INT || y->kind == TYPE_ZERO) {
        if (x->kind == TYPE_INT || x->kind == TYPE_ZERO)
            return typed(c, node, type_of(TYPE_INT));
        if (type_is_amount(x))
            return typed(c, node, is_div ? type_amount(TYPE_EXACT, x->per, c->arena) : x);
        if (x->kind == TYPE_RATE || (x->kind == TYPE_DECIMAL && !is_div))
            return typed(c, node, x);
        if (x->kind == TYPE_DECIMAL)
            return as_rate(c, &node->args[0]) && typed(c, node, type_of(TYPE_RATE));
    } else if (y->kind == TYPE_RATE && !is_div) {
        if (type_is_amount(x))
            return typed(c, node, type_amount(TYPE_EXACT, x->per, c->arena));
        if (x->kind == TYPE_DECIMAL)
            return as_rate(c, &node->args[0]) && as_rate(c, &node->args[1]) &&
                   typed(c, node, type_of(TYPE_RATE));
    }
    return wrong_pair(c, node, a->type, b->type);
}

static bool
check_arith(struct compiler *c, struct expr *node)
{
    const struct type *x, *y, *type;
    bool is_mixed_rate;

    if (!check_there(c, node->args[0]) || !check_there(c, node->args[1]))
        return false;
    x = node->args[0]->type;
    y = node->args[1]->type;
    if (x->kind == TYPE_ANY || y->kind == TYPE_ANY) /* of an empty list: never looked at */
        return typed(c, node, x->kind == TYPE_ANY ? y : x);
    if (node->op == OP_MUL || node->op == OP_DIV)
        return check_product(c, node);
    if (node->op == OP_MOD) {
        if ((x->kind != TYPE_INT && x->kind != TYPE_ZERO) || (y->kind != TYPE_INT && y->kind != TYPE_ZERO))
            return wrong_pair(c, node, x, y);
        return typed(c, node, type_of(TYPE_INT));
    }
    if (node->op == OP_ADD && x->kind == TYPE_STRING && y->kind == TYPE_STRING)
        return typed(c, node, x);
    is_mixed_rate = (x->kind == TYPE_RATE) != (y->kind == TYPE_RATE) && x->kind != TYPE_ZERO &&
                    y->kind != TYPE_ZERO;
    if (!(type_is_number(x) && type_is_number(y) && !is_mixed_rate) &&
        !(node->op == OP_ADD && x->kind == TYPE_LIST && y->kind == TYPE_LIST))
        return wrong_pair(c, node, x, y);
    type = meet(c, node, &node->args[0], &node->args[1]);
    if (type != NULL && type->kind == TYPE_ZERO)
        type = type_of(TYPE_INT);
    return type != NULL && typed(c, node, type);
}

static bool
check_index(struct compiler *c, struct expr *node)
{
    const struct type *list, *index;

    if (!check_there(c, node->args[0]) || !check_there(c, node->args[1]))
        return false;
    list = node->args[0]->type;
    index = node->args[1]->type;
    if (list->kind != TYPE_LIST || (index->kind != TYPE_INT && index->kind != TYPE_ZERO))
        return wrong(c, node, "T201", "：下标取自列表，且为整数", ": [i] takes a list and an int");
    if (list->is_unordered) {
        FAIL_NODE(c, node, "T212", "行没有先后，不能按下标取；请用 filter、exists 或 sum",
                  "rows have no order; use filter, exists or sum");
        return false;
    }
    return typed(c, node, list->of);
}

static bool
check_unary(struct compiler *c, struct expr *node)
{
    const struct type *type;

    if (!check_there(c, node->args[0]))
        return false;
    type = node->args[0]->type;
    if (type->kind == TYPE_ANY)
        return typed(c, node, type);
    if (node->op == OP_NOT && type->kind != TYPE_BOOL)
        return wrong(c, node, "T201", "：“!” 后要是非值", ": a bool is wanted behind !");
    if (node->op == OP_NEG && !type_is_number(type))
        return wrong(c, node, "T201", "：“-” 后要数", ": a number is wanted behind -");
    return typed(c, node, type->kind == TYPE_ZERO ? type_of(TYPE_INT) : type);
}

bool
check(struct compiler *c, struct expr *node)
{
    struct text source;

    if (c->is_failed)
        return false;
    if (node->type != NULL)
        return true; /* checked before: check_there after check */
    node->place = place_at(c, node->from);
    source = source_of(c, node);
    node->span = (uint32_t)text_chars(source);
    switch (node->op) {
    case OP_NAME:
        return check_name(c, node);
    case OP_SELECT:
        return check_select(c, node);
    case OP_CALL:
        return check_call(c, node);
    case OP_LIST:
        return check_list(c, node);
    case OP_INDEX:
        return check_index(c, node);
    case OP_NOT:
    case OP_NEG:
        return check_unary(c, node);
    case OP_AND:
    case OP_OR:
        return check_logic(c, node);
    case OP_COND:
        return check_cond(c, node);
    case OP_IN:
        return check_in(c, node);
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_DIV:
    case OP_MOD:
        return check_arith(c, node);
    default:
        assert(node->op >= OP_EQ && node->op <= OP_GE);
        return check_compare(c, node);
    }
}
