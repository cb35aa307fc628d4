/* SPDX-License-Identifier: Apache-2.0 */
/* check_macro.c: all, exists, exists_one, filter, map: one variable over the elements of a list. */
#include "engine/rule/tree.h"

#include "engine/base/ban.h"

static const struct {
    const char *name;
    enum op op;
    uint32_t max; /* args, the target counted */
} macros[] = {
    {"all",        OP_ALL,        3},
    {"exists",     OP_EXISTS,     3},
    {"exists_one", OP_EXISTS_ONE, 3},
    {"filter",     OP_FILTER,     3},
    {"map",        OP_MAP,        4},
};

static bool
variable_open(struct compiler *c, struct expr *node, const struct type *of)
{
    struct expr *variable = node->args[1];
    const struct type *type = NULL;
    struct text zh = {0};
    bool is_taken;

    if (variable->op != OP_NAME) {
        FAIL_NODE(c, variable, "T211", "这里要一个新的变量名",
                  "a new variable name is wanted here");
        return false;
    }
    is_taken = c->scope->resolve(c->scope->context, variable->name, &type, &zh) >= 0;
    for (uint32_t i = 0; i < c->var_count; i++)
        is_taken |= text_eq(c->vars[i], variable->name);
    if (is_taken) {
        fail_at(c, variable->from, variable->to, "N102",
                arena_printf(c->arena, "名称 “" TEXT_FMT "” 已有含义，请换一个变量名",
                             TEXT_ARG(variable->name)),
                arena_printf(c->arena, "the name \"" TEXT_FMT "\" is taken; use another",
                             TEXT_ARG(variable->name)));
        return false;
    }
    if (c->var_count == EXPR_VARS_MAX) {
        fail_unsupported(c, node->from, node->to, "macros nested more than 3 deep");
        return false;
    }
    c->vars[c->var_count] = variable->name;
    c->var_types[c->var_count] = of;
    node->number = c->var_count++;
    variable->type = of;
    return true;
}

static bool
predicate(struct compiler *c, struct expr *node)
{
    if (!check_there(c, node))
        return false;
    if (node->type->kind == TYPE_BOOL || node->type->kind == TYPE_ANY)
        return true;
    FAIL_NODE(c, node, "T201", "这里要一个是非值（bool）", "a bool is wanted here");
    return false;
}

/* map(v, e), map(v, p, e) */
static const struct type *
check_map(struct compiler *c, struct expr *node)
{
    struct expr *last = node->args[node->count - 1];

    if (node->count == 4) {
        if (!predicate(c, node->args[2]))
            return NULL;
        guards_add(c, node->args[2], true);
    }
    if (!check(c, last) || (last->type->kind != TYPE_NULL && !check_there(c, last)))
        return NULL;
    return type_list(last->type, node->args[0]->type->is_unordered, c->arena);
}

bool
check_macro(struct compiler *c, struct expr *node, bool *is_macro)
{
    uint32_t guards = c->guard_count;
    const struct type *list, *type;
    size_t found = SIZE_MAX;

    for (size_t i = 0; i < LEN(macros); i++)
        if (text_is(node->name, macros[i].name))
            found = i;
    *is_macro = found != SIZE_MAX;
    if (!*is_macro)
        return true;
    if (node->count == 4 && macros[found].max == 3) {
        fail_unsupported(c, node->from, node->to, "two-variable macro");
        return false;
    }
    if (node->count < 3 || node->count > macros[found].max) {
        FAIL_NODE(c, node, "T202", "参数个数不对", "wrong number of arguments");
        return false;
    }
    if (!check_there(c, node->args[0]))
        return false;
    list = node->args[0]->type;
    if (list->kind != TYPE_LIST) {
        FAIL_NODE(c, node->args[0], "T202", "这里要一个列表", "a list is wanted here");
        return false;
    }
    if (!variable_open(c, node, list->of))
        return false;
    node->op = macros[found].op;
    if (node->op == OP_MAP)
        type = check_map(c, node);
    else
        type = !predicate(c, node->args[2]) ? NULL
               : node->op == OP_FILTER      ? list
                                            : type_of(TYPE_BOOL);
    c->var_count--;
    c->guard_count = guards;
    node->type = type;
    if (type == NULL)
        c->is_failed = true;
    return !c->is_failed;
}
