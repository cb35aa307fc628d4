/* SPDX-License-Identifier: Apache-2.0 */
/* check_operator.c: the types of operators and list literals (docs/RULES.md: which operation gives
 * what). Guards are collected to the left of &&, || and ?: as the operands are checked. */
#include <assert.h>

#include "engine/rule/tree.h"

#include "engine/base/ban.h"

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
    return node_typed(c, node, list) && list_fold(c, node);
}

static bool
check_logic(struct compiler *c, struct expr *node)
{
    uint32_t guards = c->guard_count;

    for (uint32_t i = 0; i < node->count; i++) {
        if (!check_there(c, node->args[i]))
            return false;
        if (node->args[i]->type->kind != TYPE_BOOL && node->args[i]->type->kind != TYPE_ANY) {
            FAIL_NODE(c, node->args[i], "T201", "这里要一个是非值（bool）",
                      "a bool is wanted here");
            return false;
        }
        guards_add(c, node->args[i], node->op == OP_AND);
    }
    c->guard_count = guards;
    return node_typed(c, node, type_of(TYPE_BOOL));
}

static bool
check_cond(struct compiler *c, struct expr *node)
{
    uint32_t guards = c->guard_count;
    const struct type *type;

    if (!check_there(c, node->args[0]))
        return false;
    if (node->args[0]->type->kind != TYPE_BOOL) {
        FAIL_NODE(c, node->args[0], "T201", "“?” 前要一个是非值（bool）",
                  "a bool is wanted before ?");
        return false;
    }
    for (uint32_t i = 1; i < 3; i++) {
        guards_add(c, node->args[0], i == 1);
        if (!check(c, node->args[i]))
            return false;
        c->guard_count = guards;
    }
    type = meet(c, node, &node->args[1], &node->args[2]);
    return type != NULL && node_typed(c, node, type);
}

/* x == null */
static bool
check_null(struct compiler *c, struct expr *node)
{
    bool is_left = node->args[0]->type->kind == TYPE_NULL;
    struct expr *other = node->args[is_left ? 1 : 0];
    bool is_path = other->op == OP_SELECT || other->op == OP_SLOT || other->op == OP_VAR;

    if (other->type->kind != TYPE_NULL && !other->type->may_be_none &&
        !(is_path && guards_have(c, other)))
        return wrong_operands(c, node, "T201", "：总有值，不必与 null 比较", ": it is never none");
    node->args[0] = other;
    node->count = 1;
    node->op = node->op == OP_EQ ? OP_IS_NULL : OP_NOT_NULL;
    return node_typed(c, node, type_of(TYPE_BOOL));
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
        return wrong_operands(c, node, "T201", "：不能比大小", ": they have no order");
    if (type_core(type)->kind == TYPE_RECORD)
        return wrong_operands(c, node, "T201", "：行不能整个比较，请比较字段",
                              ": compare fields, not rows");
    if (type->kind == TYPE_LIST && type->is_unordered) {
        FAIL_NODE(c, node, "T212", "行没有先后，不能逐个比较", "rows have no order to compare by");
        return false;
    }
    return node_typed(c, node, type_of(TYPE_BOOL));
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
        return wrong_operands(c, node, "T201", "：in 右边要一个列表",
                              ": a list is wanted behind in");
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
    return node_typed(c, node, type_of(TYPE_BOOL));
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
        (type_is_amount(y) || y->kind == TYPE_DECIMAL || y->kind == TYPE_RATE) &&
        x->kind != TYPE_RATE) {
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
            return node_typed(c, node, type_of(TYPE_INT));
        if (type_is_amount(x))
            return node_typed(c, node, is_div ? type_amount(TYPE_EXACT, x->per, c->arena) : x);
        if (x->kind == TYPE_RATE || (x->kind == TYPE_DECIMAL && !is_div))
            return node_typed(c, node, x);
        if (x->kind == TYPE_DECIMAL)
            return as_rate(c, &node->args[0]) && node_typed(c, node, type_of(TYPE_RATE));
    } else if (y->kind == TYPE_RATE && !is_div) {
        if (type_is_amount(x))
            return node_typed(c, node, type_amount(TYPE_EXACT, x->per, c->arena));
        if (x->kind == TYPE_DECIMAL)
            return as_rate(c, &node->args[0]) && as_rate(c, &node->args[1]) &&
                   node_typed(c, node, type_of(TYPE_RATE));
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
        return node_typed(c, node, x->kind == TYPE_ANY ? y : x);
    if (node->op == OP_MUL || node->op == OP_DIV)
        return check_product(c, node);
    if (node->op == OP_MOD) {
        if ((x->kind != TYPE_INT && x->kind != TYPE_ZERO) ||
            (y->kind != TYPE_INT && y->kind != TYPE_ZERO))
            return wrong_pair(c, node, x, y);
        return node_typed(c, node, type_of(TYPE_INT));
    }
    if (node->op == OP_ADD && x->kind == TYPE_STRING && y->kind == TYPE_STRING)
        return node_typed(c, node, x);
    is_mixed_rate = (x->kind == TYPE_RATE) != (y->kind == TYPE_RATE) && x->kind != TYPE_ZERO &&
                    y->kind != TYPE_ZERO;
    if (!(type_is_number(x) && type_is_number(y) && !is_mixed_rate) &&
        !(node->op == OP_ADD && x->kind == TYPE_LIST && y->kind == TYPE_LIST))
        return wrong_pair(c, node, x, y);
    type = meet(c, node, &node->args[0], &node->args[1]);
    if (type != NULL && type->kind == TYPE_ZERO)
        type = type_of(TYPE_INT);
    return type != NULL && node_typed(c, node, type);
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
        return wrong_operands(c, node, "T201", "：下标取自列表，且为整数",
                              ": [i] takes a list and an int");
    if (list->is_unordered) {
        FAIL_NODE(c, node, "T212", "行没有先后，不能按下标取；请用 filter、exists 或 sum",
                  "rows have no order; use filter, exists or sum");
        return false;
    }
    return node_typed(c, node, list->of);
}

static bool
check_unary(struct compiler *c, struct expr *node)
{
    const struct type *type;

    if (!check_there(c, node->args[0]))
        return false;
    type = node->args[0]->type;
    if (type->kind == TYPE_ANY)
        return node_typed(c, node, type);
    if (node->op == OP_NOT && type->kind != TYPE_BOOL)
        return wrong_operands(c, node, "T201", "：“!” 后要是非值", ": a bool is wanted behind !");
    if (node->op == OP_NEG && !type_is_number(type))
        return wrong_operands(c, node, "T201", "：“-” 后要数", ": a number is wanted behind -");
    return node_typed(c, node, type->kind == TYPE_ZERO ? type_of(TYPE_INT) : type);
}

bool
check_operator(struct compiler *c, struct expr *node)
{
    switch (node->op) {
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
