/* SPDX-License-Identifier: Apache-2.0 */
/* warn_always.c: conditions that no household can change (W606): decided although nothing is known,
 * or two comparisons of one figure that exclude each other (of `&&`) or leave nothing out (of
 * `||`).
 */
#include "engine/rule/warn.h"

#include "engine/base/ban.h"

struct always {
    struct warning *w;
    struct blank *blank;
};
struct piece { /* the numbers that satisfy some comparisons of one figure */
    bool has_lo, has_hi, lo_in, hi_in;
    struct ratio lo, hi;
};

static void
told(struct always *a, const struct expr *node, bool is_true, const char *zh, const char *en)
{
    warn(a->w, "W606", node->place, node->span,
         arena_printf(a->w->arena, "%s恒为%s，与数据无关", zh, is_true ? "真" : "假"),
         arena_printf(a->w->arena, "%s is always %s, whatever the data", en,
                      is_true ? "true" : "false"));
}

static enum op
flipped(enum op op)
{
    return op == OP_LT   ? OP_GT
           : op == OP_GT ? OP_LT
           : op == OP_LE ? OP_GE
           : op == OP_GE ? OP_LE
                         : op;
}

static enum op
negated(enum op op)
{
    return op == OP_LT   ? OP_GE
           : op == OP_GE ? OP_LT
           : op == OP_GT ? OP_LE
           : op == OP_LE ? OP_GT
           : op == OP_EQ ? OP_NE
                         : OP_EQ;
}

static void
piece_cut(struct piece *p, enum op op, struct ratio at)
{
    bool is_in = op == OP_LE || op == OP_GE || op == OP_EQ;

    if (op == OP_GT || op == OP_GE || op == OP_EQ) {
        int order = p->has_lo ? ratio_cmp(at, p->lo) : 1;
        p->lo_in = order > 0 ? is_in : order < 0 ? p->lo_in : p->lo_in && is_in;
        p->lo = order > 0 ? at : p->lo;
        p->has_lo = true;
    }
    if (op == OP_LT || op == OP_LE || op == OP_EQ) {
        int order = p->has_hi ? ratio_cmp(at, p->hi) : -1;
        p->hi_in = order < 0 ? is_in : order > 0 ? p->hi_in : p->hi_in && is_in;
        p->hi = order < 0 ? at : p->hi;
        p->has_hi = true;
    }
}

static bool
piece_is_empty(const struct piece *p)
{
    int order = p->has_lo && p->has_hi ? ratio_cmp(p->lo, p->hi) : -1;

    return order > 0 || (order == 0 && !(p->lo_in && p->hi_in));
}

static const struct expr *
bare(const struct expr *node)
{
    while (node->op == OP_CONVERT && node->count == 1)
        node = node->args[0];
    return node;
}

static bool
has_variable(const struct expr *node)
{
    if (node->op == OP_VAR)
        return true;
    for (uint32_t i = 0; i < node->count; i++)
        if (has_variable(node->args[i]))
            return true;
    return false;
}

/* Known at load? A variable of a macro around has no value here. */
static bool
is_known(struct always *a, const struct expr *node, struct value *out)
{
    if (has_variable(node))
        return false;
    *out = blank_eval(a->blank, node);
    return out->state == VALUE_KNOWN;
}

/* A comparison of a figure with a number that is known at load: figure, op, number. */
static bool
compares(struct always *a, const struct expr *node, struct text *figure, enum op *op,
         struct ratio *number)
{
    const struct type *type;
    bool is_left, is_right;
    struct value left, right;

    if (node->op < OP_EQ || node->op > OP_GE || node->op == OP_NE)
        return false;
    type = node->args[0]->type;
    if (!type_is_number(type) && type->kind != TYPE_DATE && type->kind != TYPE_MONTH &&
        type->kind != TYPE_CODE)
        return false;
    is_left = is_known(a, node->args[0], &left);
    is_right = is_known(a, node->args[1], &right);
    if (is_left == is_right)
        return false;
    *op = is_right ? node->op : flipped(node->op);
    *number = number_of(is_right ? &right : &left, type);
    *figure = expr_print(bare(node->args[is_right ? 0 : 1]), a->w->arena);
    return true;
}

/* The comparisons of one figure among the parts of `&&` or `||`, from part `first` on. */
static bool
parts_exclude(struct always *a, const struct expr *node, uint32_t first)
{
    struct piece piece = {0};
    struct text figure, other;
    struct ratio number;
    enum op op;
    uint32_t count = 0;

    if (!compares(a, node->args[first], &figure, &op, &number))
        return false;
    for (uint32_t i = first; i < node->count; i++) {
        if (!compares(a, node->args[i], &other, &op, &number) || !text_eq(figure, other))
            continue;
        if (node->op == OP_OR && op == OP_EQ)
            continue; /* its opposite is no interval */
        piece_cut(&piece, node->op == OP_OR ? negated(op) : op, number);
        count++;
    }
    return count > 1 && piece_is_empty(&piece);
}

/* Depth is bounded where nodes are made. Names of macro variables mean the same in all parts of one
 * `&&`, so figures that print alike are one. */
static void
parts_look(struct always *a, const struct expr *node)
{
    for (uint32_t i = 0;
         node != NULL && (node->op == OP_AND || node->op == OP_OR) && i < node->count; i++)
        if (parts_exclude(a, node, i)) {
            told(a, node, node->op == OP_OR, "这几个比较合在一起", "these comparisons together");
            break;
        }
    for (uint32_t i = 0; node != NULL && i < node->count; i++)
        parts_look(a, node->args[i]);
}

static void
condition_look(struct always *a, const struct expr *expr, const char *zh, const char *en)
{
    struct value value;

    if (expr == NULL)
        return;
    value = blank_eval(a->blank, expr);
    if (value.state == VALUE_KNOWN)
        told(a, expr, value.boolean, zh, en);
    else
        parts_look(a, expr);
}

hedui_status
warn_always(struct warning *w, struct err *err)
{
    struct always a = {w, NULL};

    TRY(blank_open(&a.blank, w->pack, w->arena, err));
    for (uint32_t i = 0; i < w->pack->rule_count; i++) {
        const struct rule *rule = &w->pack->rules[i];

        condition_look(&a, rule->when, "规则的条件", "the condition of this rule");
        for (uint32_t k = 0; k < rule->unless_count; k++)
            condition_look(&a, rule->unless[k].when, "例外的条件",
                           "the condition of this exception");
    }
    for (uint32_t i = 0; i < w->pack->fact_count; i++) {
        const struct fact *fact = &w->pack->facts[i];

        if (fact->type->kind == TYPE_BOOL && fact->kind < 0 && fact->table == NULL)
            condition_look(&a, fact->is, "这个事实", "this fact");
        else if (fact->table == NULL)
            parts_look(&a, fact->is);
    }
    return HEDUI_OK;
}
