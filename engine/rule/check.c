/* SPDX-License-Identifier: Apache-2.0 */
/* check.c: names become slots, variables and fields; every node gets a type; where types meet, the
 * narrower side is wrapped in a conversion, so that the walk never asks for types of two kinds. */

#include "engine/rule/tree.h"

#include "engine/base/ban.h"

const char *const op_signs[] = {
    [OP_EQ] = "==", [OP_NE] = "!=", [OP_LT] = "<",   [OP_LE] = "<=", [OP_GT] = ">",
    [OP_GE] = ">=", [OP_IN] = "in", [OP_ADD] = "+",  [OP_SUB] = "-", [OP_MUL] = "*",
    [OP_DIV] = "/", [OP_MOD] = "%", [OP_AND] = "&&", [OP_OR] = "||",
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
    message_add(c->messages, MESSAGE_ERROR, code, place_at(c, from), (uint32_t)text_chars(part), zh,
                en);
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

bool
node_typed(struct compiler *c, struct expr *node, const struct type *type)
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
                arena_printf(c->arena,
                             "\"" TEXT_FMT "\" may be none; guard it with has(...) && ...",
                             TEXT_ARG(source)));
    return false;
}

bool
wrong_operands(struct compiler *c, struct expr *node, const char *code, const char *hint_zh,
               const char *hint_en)
{
    struct expr *a = node->args[0], *b = node->count > 1 ? node->args[1] : NULL;
    struct text left = type_print(a->type, c->arena);
    struct text right = b == NULL ? TEXT("") : type_print(b->type, c->arena);
    struct text source = source_of(c, node);

    fail_at(c, node->from, node->to, code,
            arena_printf(c->arena, "类型不合：“" TEXT_FMT "”（" TEXT_FMT "%s" TEXT_FMT "）%s",
                         TEXT_ARG(source), TEXT_ARG(left), b == NULL ? "" : " 与 ", TEXT_ARG(right),
                         hint_zh),
            arena_printf(c->arena,
                         "types do not fit: \"" TEXT_FMT "\" (" TEXT_FMT "%s" TEXT_FMT ")%s",
                         TEXT_ARG(source), TEXT_ARG(left), b == NULL ? "" : " and ",
                         TEXT_ARG(right), hint_en));
    return false;
}

/* Money beside a bare number, in the words of whoever must mend it. */
static void
money_and_int(struct compiler *c, struct expr *node, const struct type *a)
{
    const struct expr *number = node->args[type_is_amount(a) ? 1 : 0];
    bool is_order = node->op >= OP_EQ && node->op <= OP_GE;
    bool is_literal = number->op == OP_LITERAL && number->type->kind == TYPE_INT;
    struct text source = source_of(c, node);
    struct text write = is_literal ? source_of(c, number) : TEXT("…");
    struct text write_en = is_literal ? write : TEXT("...");

    fail_at(c, node->from, node->to, "T201",
            arena_printf(c->arena,
                         "金额不能与整数%s：“" TEXT_FMT "”。请写 yuan(" TEXT_FMT ")，最好设为参数",
                         is_order ? "比较" : "运算", TEXT_ARG(source), TEXT_ARG(write)),
            arena_printf(c->arena,
                         "cannot %s money with int; write yuan(" TEXT_FMT "), better a parameter",
                         is_order ? "compare" : "reckon", TEXT_ARG(write_en)));
}

bool
wrong_pair(struct compiler *c, struct expr *node, const struct type *a, const struct type *b)
{
    if (periods_differ(a, b))
        return wrong_operands(c, node, "T213", "：期间不同，用 per_month 或 over_months 换算",
                              ": periods differ; use per_month or over_months");
    if (node->count == 2 &&
        ((type_is_amount(a) && b->kind == TYPE_INT) || (type_is_amount(b) && a->kind == TYPE_INT)))
        money_and_int(c, node, a);
    else
        wrong_operands(c, node, "T201", "", "");
    return false;
}

void
unknown_word(struct nameable *near, const struct code_list *list, struct text word,
             struct arena *arena)
{
    struct nameable *items = arena_alloc(arena, list->count, sizeof *items);
    size_t at;

    *near = (struct nameable){TEXT(""), TEXT("")};
    for (uint32_t i = 0; items != NULL && i < list->count; i++)
        items[i] = (struct nameable){list->codes[i].name, list->codes[i].zh};
    at = items == NULL ? SIZE_MAX : near_find(word, items, list->count, arena);
    if (at != SIZE_MAX)
        *near = items[at];
}

/* A word of a code list. */
static bool
coerce_code(struct compiler *c, struct expr *node, const struct type *type)
{
    int32_t number = code_find(type->codes, node->literal.string);
    struct nameable near;

    if (number >= 0) {
        node->name = node->literal.string;
        node->literal.integer = number;
        node->type = type;
        return true;
    }
    unknown_word(&near, type->codes, node->literal.string, c->arena);
    fail_at(c, node->from, node->to, "N103",
            arena_printf(c->arena, "“" TEXT_FMT "” 不在代码表 " TEXT_FMT " 中" TEXT_FMT,
                         TEXT_ARG(node->literal.string), TEXT_ARG(type->codes->name),
                         TEXT_ARG(near_zh(&near, c->arena))),
            arena_printf(c->arena, "\"" TEXT_FMT "\" is not in the code list " TEXT_FMT TEXT_FMT,
                         TEXT_ARG(node->literal.string), TEXT_ARG(type->codes->name),
                         TEXT_ARG(near_en(&near, c->arena))));
    return false;
}

bool
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
bool
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

const struct type *
type_core(const struct type *type)
{
    while (type->kind == TYPE_LIST)
        type = type->of;
    return type;
}

const struct type *
meet(struct compiler *c, struct expr *at, struct expr **a, struct expr **b)
{
    const struct type *type;

    if (type_core((*a)->type)->kind == TYPE_CODE && may_be_words(*b))
        type = (*a)->type;
    else if (type_core((*b)->type)->kind == TYPE_CODE && may_be_words(*a))
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
    struct nameable near = {TEXT(""), TEXT("")};
    const struct type *type;

    if (c->scope->near != NULL)
        near.name = c->scope->near(c->scope->context, name);
    if (near.name.len > 0)
        (void)c->scope->resolve(c->scope->context, near.name, &type, &near.zh);
    fail_at(c, node->from, node->to, "N101",
            arena_printf(c->arena, "未定义的名称 “" TEXT_FMT "”" TEXT_FMT, TEXT_ARG(name),
                         TEXT_ARG(near_zh(&near, c->arena))),
            arena_printf(c->arena, "unknown name \"" TEXT_FMT "\"" TEXT_FMT, TEXT_ARG(name),
                         TEXT_ARG(near_en(&near, c->arena))));
}

/* A path that a guard proved is never none. */
static bool
typed_path(struct compiler *c, struct expr *node, const struct type *type)
{
    if (type->may_be_none && guards_have(c, node))
        type = type_none(type, false, c->arena);
    return node_typed(c, node, type);
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
    return typed_path(c, node, type);
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
        static const char *const words[] = {"int",  "uint", "double", "bool", "string",   "bytes",
                                            "list", "map",  "type",   "dyn",  "null_type"};
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

static void
unknown_field(struct compiler *c, struct expr *node, const struct type *type)
{
    struct nameable *items = arena_alloc(c->arena, type->field_count, sizeof *items);
    const struct nameable *near = NULL;
    size_t at;

    for (uint32_t i = 0; items != NULL && i < type->field_count; i++)
        items[i] = (struct nameable){type->fields[i].name, type->fields[i].zh};
    at = items == NULL ? SIZE_MAX : near_find(node->name, items, type->field_count, c->arena);
    if (at != SIZE_MAX)
        near = &items[at];
    fail_at(c, node->from, node->to, "N101",
            arena_printf(c->arena, "没有字段 “" TEXT_FMT "”" TEXT_FMT, TEXT_ARG(node->name),
                         TEXT_ARG(near_zh(near, c->arena))),
            arena_printf(c->arena, "there is no field \"" TEXT_FMT "\"" TEXT_FMT,
                         TEXT_ARG(node->name), TEXT_ARG(near_en(near, c->arena))));
}

static bool
check_select(struct compiler *c, struct expr *node)
{
    struct expr *record = node->args[0];
    const struct type *type;

    if (record->op == OP_NAME && text_is(record->name, "p")) {
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
        return node_typed(c, node, type);
    if (type->kind == TYPE_ANY) {
        fail_unsupported(c, node->from, node->to, "dyn");
        return false;
    }
    if (type->kind != TYPE_RECORD)
        return wrong_operands(c, node, "T201", "：没有字段", ": it has no fields");
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
    unknown_field(c, node, type);
    return false;
}

bool
check(struct compiler *c, struct expr *node)
{
    struct text source;

    if (c->is_failed)
        return false;
    if (node->span == 0) { /* a literal has its type from the parser, but no place */
        node->place = place_at(c, node->from);
        source = source_of(c, node);
        node->span = (uint32_t)text_chars(source);
    }
    if (node->type != NULL)
        return true; /* checked before: check_there after check */
    switch (node->op) {
    case OP_NAME:
        return check_name(c, node);
    case OP_SELECT:
        return check_select(c, node);
    case OP_CALL:
        return check_call(c, node);
    default:
        return check_operator(c, node);
    }
}
