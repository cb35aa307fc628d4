/* SPDX-License-Identifier: Apache-2.0 */
/* eval.c: the scalar walk: a checked tree to a value, in the logic of known, none, unknown, error.
 * Recursion goes no deeper than the tree, which parse.c bounds. */
#include <assert.h>
#include <string.h>

#include "engine/rule/tree.h"

#include "engine/base/ban.h"

void
value_error(struct walk *w, const struct expr *node, const char *code, struct value *out)
{
    *out = (struct value){.state = VALUE_ERROR, .error = code};
    if (strcmp(code, "C702") == 0)
        w->frame->is_full = true;
    w->frame->failed = node;
}

void
value_unknown(struct value *out, struct cause_set causes)
{
    *out = (struct value){.state = VALUE_UNKNOWN, .causes = causes};
}

bool
walk_union(struct walk *w, struct cause_set *into, struct cause_set more)
{
    if (cause_union(into, *into, more, w->frame->arena))
        return true;
    w->frame->is_full = true;
    return false;
}

bool
walk_strict(struct walk *w, const struct value *values, uint32_t count, struct value *out)
{
    struct cause_set causes = {0};
    const struct value *error = NULL;
    bool is_unknown = false;

    for (uint32_t i = 0; i < count; i++) {
        if (values[i].state == VALUE_ERROR && error == NULL)
            error = &values[i];
        /* none where the types promised a value: a producer's gap, and a gap is never a value */
        if (values[i].state == VALUE_UNKNOWN || values[i].state == VALUE_NONE) {
            is_unknown = true;
            walk_union(w, &causes, values[i].causes);
        }
    }
    if (is_unknown)
        value_unknown(out, causes);
    else if (error != NULL)
        *out = *error;
    return is_unknown || error != NULL;
}

/* 0: decides nothing … 3: decides all (1.3, both tables are this order). */
static int
rank(const struct value *value, bool decisive)
{
    switch (value->state) {
    case VALUE_KNOWN:
        return value->boolean == decisive ? 3 : 0;
    case VALUE_ERROR:
        return 1;
    default:
        return 2;
    }
}

static void
logic(struct walk *w, struct value *acc, const struct value *more, bool decisive)
{
    int a = rank(acc, decisive), b = rank(more, decisive);
    struct cause_set causes = acc->causes;

    if (a == 2 && b == 2) {
        walk_union(w, &causes, more->causes);
        value_unknown(acc, causes);
    } else if (b > a) {
        *acc = *more;
    }
}

void
logic_and(struct walk *w, struct value *acc, const struct value *more)
{
    logic(w, acc, more, false);
}

void
logic_or(struct walk *w, struct value *acc, const struct value *more)
{
    logic(w, acc, more, true);
}

static void
walk_logic(struct walk *w, const struct expr *node, struct value *out)
{
    bool decisive = node->op == OP_OR;
    struct value next;

    walk(w, node->args[0], out);
    for (uint32_t i = 1; i < node->count; i++) {
        if (out->state == VALUE_KNOWN && out->boolean == decisive)
            return;
        walk(w, node->args[i], &next);
        logic(w, out, &next, decisive);
    }
    out->has_lo = out->has_hi = false;
}

/* What is true of every pair of values that the two may have; false: nothing is. */
static bool
span_decides(enum op op, struct span a, struct span b, bool *result)
{
    int below =
        a.has_hi && b.has_lo ? ratio_cmp(a.hi, b.lo) : 2; /* the highest a to the lowest b */
    int above = a.has_lo && b.has_hi ? ratio_cmp(a.lo, b.hi) : 2;
    bool is_less = below == -1, is_more = above == 1;
    bool is_most = below == -1 || below == 0, is_least = above == 0 || above == 1;
    bool yes, no;

    switch (op) {
    case OP_LT:
        yes = is_less, no = is_least;
        break;
    case OP_LE:
        yes = is_most, no = is_more;
        break;
    case OP_GT:
        yes = is_more, no = is_most;
        break;
    case OP_GE:
        yes = is_least, no = is_less;
        break;
    default:
        yes = is_most && is_least, no = is_less || is_more;
        if (op == OP_NE) {
            bool swap = yes;
            yes = no;
            no = swap;
        }
        break;
    }
    *result = yes;
    return yes || no;
}

static void compare_lists(struct arena *arena, const struct value *a, const struct value *b,
                          const struct type *of, struct value *out);

void
compare(struct arena *arena, enum op op, const struct value *a, const struct value *b,
        const struct type *type, struct value *out)
{
    struct cause_set causes = {0};
    bool is_a = a->state == VALUE_UNKNOWN || a->state == VALUE_NONE;
    bool is_b = b->state == VALUE_UNKNOWN || b->state == VALUE_NONE, result = false;
    int order;

    if (type->kind == TYPE_NULL) {
        *out = (struct value){.boolean = op == OP_EQ};
        return;
    }
    if (is_a || is_b) {
        if ((type_is_number(type) || type->kind == TYPE_MONTH) && a->state != VALUE_ERROR &&
            b->state != VALUE_ERROR &&
            span_decides(op, span_of(a, type), span_of(b, type), &result)) {
            *out = (struct value){.boolean = result};
            return;
        }
        if (cause_union(&causes, is_a ? a->causes : causes, is_b ? b->causes : causes, arena))
            value_unknown(out, causes);
        else
            *out = (struct value){.state = VALUE_ERROR, .error = "C702"};
        return;
    }
    if (a->state == VALUE_ERROR || b->state == VALUE_ERROR) {
        *out = a->state == VALUE_ERROR ? *a : *b;
        return;
    }
    if (type->kind == TYPE_LIST) {
        compare_lists(arena, a, b, type->of, out);
        if (op == OP_NE && out->state == VALUE_KNOWN)
            out->boolean = !out->boolean;
        return;
    }
    order = value_order(a, b, type);
    *out = (struct value){.boolean = op == OP_EQ   ? order == 0
                                     : op == OP_NE ? order != 0
                                     : op == OP_LT ? order < 0
                                     : op == OP_LE ? order <= 0
                                     : op == OP_GT ? order > 0
                                                   : order >= 0};
}

/* The causes of what is only maybe there. false: arena full. */
static bool
maybes(struct cause_set *causes, const struct list *list, bool *is_open, struct arena *arena)
{
    for (uint32_t i = 0; i < list->count + list->open_count; i++) {
        const struct element *e =
            i < list->count ? &list->elements[i] : &list->opens[i - list->count];
        if (i < list->count && !e->is_maybe)
            continue;
        *is_open = true;
        if (!cause_union(causes, *causes, e->causes, arena))
            return false;
    }
    return true;
}

static void
compare_lists(struct arena *arena, const struct value *a, const struct value *b,
              const struct type *of, struct value *out)
{
    struct cause_set causes = {0};
    bool is_open = false, is_unknown = false;
    struct value error = {0}, one;

    if (!maybes(&causes, a->list, &is_open, arena) || !maybes(&causes, b->list, &is_open, arena)) {
        *out = (struct value){.state = VALUE_ERROR, .error = "C702"};
        return;
    }
    if (is_open) {
        value_unknown(out, causes);
        return;
    }
    *out = (struct value){.boolean = a->list->count == b->list->count};
    for (uint32_t i = 0; out->boolean && i < a->list->count; i++) {
        compare(arena, OP_EQ, &a->list->elements[i].value, &b->list->elements[i].value, of, &one);
        if (one.state == VALUE_KNOWN && !one.boolean) {
            *out = one;
            return;
        }
        if (one.state == VALUE_UNKNOWN) {
            is_unknown = true;
            if (!cause_union(&causes, causes, one.causes, arena))
                one = (struct value){.state = VALUE_ERROR, .error = "C702"};
        }
        if (one.state == VALUE_ERROR)
            error = one;
    }
    if (is_unknown)
        value_unknown(out, causes);
    else if (error.state == VALUE_ERROR)
        *out = error;
}

static void
convert(struct walk *w, const struct expr *node, const struct value *raw, struct value *out)
{
    *out = value_convert(*raw, node->args[0]->type, node->type);
    if (out->state == VALUE_ERROR && raw->state != VALUE_ERROR)
        value_error(w, node, out->error, out);
}

/* raw: as it stands in the text; out: in the type in which both sides meet. */
static void
operand(struct walk *w, const struct expr *node, struct value *raw, struct value *out)
{
    if (node->op == OP_CONVERT && node->type->kind != TYPE_LIST) {
        walk(w, node->args[0], raw);
        convert(w, node, raw, out);
    } else {
        walk(w, node, raw);
        *out = *raw;
    }
}

static void
walk_compare(struct walk *w, const struct expr *node, struct value *out)
{
    const struct expr *a = node->args[0], *b = node->args[1];
    struct value left_raw, right_raw, left, right;

    if (w->frame->compared == NULL) {
        walk(w, a, &left);
        walk(w, b, &right);
    } else {
        operand(w, a, &left_raw, &left);
        operand(w, b, &right_raw, &right);
    }
    if (w->frame->is_boundless)
        left.has_lo = left.has_hi = right.has_lo = right.has_hi = false;
    compare(w->frame->arena, node->op, &left, &right, a->type, out);
    if (out->state == VALUE_ERROR && strcmp(out->error, "C702") == 0)
        w->frame->is_full = true;
    if (w->frame->compared != NULL) {
        a = a->op == OP_CONVERT && a->type->kind != TYPE_LIST ? a->args[0] : a;
        b = b->op == OP_CONVERT && b->type->kind != TYPE_LIST ? b->args[0] : b;
        w->frame->compared(w->frame->context, a, left_raw, op_signs[node->op], b, right_raw,
                           a->type, b->type, *out);
    }
}

static void
walk_concat_text(struct walk *w, const struct expr *node, const struct value *v, struct value *out)
{
    size_t len = v[0].string.len + v[1].string.len;
    char *at = arena_alloc(w->frame->arena, len, 1);

    if (at == NULL) {
        value_error(w, node, "C702", out);
        return;
    }
    if (v[0].string.len > 0)
        memcpy(at, v[0].string.at, v[0].string.len);
    if (v[1].string.len > 0)
        memcpy(at + v[0].string.len, v[1].string.at, v[1].string.len);
    *out = (struct value){
        .string = {at, len}
    };
}

static void
walk_arith(struct walk *w, const struct expr *node, struct value *out)
{
    const struct type *a = node->args[0]->type, *b = node->args[1]->type;
    struct value v[2];
    const char *error;

    walk(w, node->args[0], &v[0]);
    walk(w, node->args[1], &v[1]);
    if (node->type->kind == TYPE_LIST) {
        walk_concat(w, node, &v[0], &v[1], out);
        return;
    }
    if (walk_strict(w, v, 2, out)) {
        bool is_number =
            type_is_number(node->type) && v[0].state != VALUE_ERROR && v[1].state != VALUE_ERROR;
        if (out->state == VALUE_UNKNOWN && is_number)
            span_set(out, span_arith(node->op, span_of(&v[0], a), span_of(&v[1], b),
                                     !type_is_ratio(node->type)));
        return;
    }
    if (node->type->kind == TYPE_STRING) {
        walk_concat_text(w, node, v, out);
        return;
    }
    *out = (struct value){0};
    error = number_arith(node->op, out, node->type, &v[0], a, &v[1], b);
    if (error != NULL)
        value_error(w, node, error, out);
}

static void
walk_unary(struct walk *w, const struct expr *node, struct value *out)
{
    struct value v, zero = {0};
    const struct type *type = node->args[0]->type;
    const char *error;

    walk(w, node->args[0], &v);
    if (walk_strict(w, &v, 1, out)) {
        if (node->op == OP_NEG && out->state == VALUE_UNKNOWN) {
            struct span none = {
                true, true, {0, 1},
                  {0, 1}
            };
            span_set(out, span_arith(OP_SUB, none, span_of(&v, type), false));
        }
        return;
    }
    *out = (struct value){0};
    if (node->op == OP_NOT) {
        out->boolean = !v.boolean;
        return;
    }
    zero.ratio = (struct ratio){0, 1};
    if (!type_is_ratio(type))
        zero = (struct value){0};
    error = number_arith(OP_SUB, out, node->type, &zero, type, &v, type);
    if (error != NULL)
        value_error(w, node, error, out);
}

static void
walk_cond(struct walk *w, const struct expr *node, struct value *out)
{
    struct value c, a, b;
    bool is_number = type_is_number(node->type) && !node->type->may_be_none;

    walk(w, node->args[0], &c);
    if (c.state == VALUE_KNOWN) {
        walk(w, node->args[c.boolean ? 1 : 2], out);
        return;
    }
    if (walk_strict(w, &c, 1, out) && out->state == VALUE_UNKNOWN && is_number) {
        walk(w, node->args[1], &a);
        walk(w, node->args[2], &b);
        if (a.state != VALUE_ERROR && b.state != VALUE_ERROR)
            span_set(out, span_hull(span_of(&a, node->type), span_of(&b, node->type)));
    }
}

/* has(x), x == null, x != null */
static void
walk_presence(struct walk *w, const struct expr *node, struct value *out)
{
    struct value v;

    walk(w, node->args[0], &v);
    if (v.state == VALUE_ERROR)
        *out = v;
    else if (v.state == VALUE_UNKNOWN)
        value_unknown(out, v.causes);
    else
        *out = (struct value){.boolean = (v.state == VALUE_NONE) == (node->op == OP_IS_NULL)};
}

static void
walk_select(struct walk *w, const struct expr *node, struct value *out)
{
    struct value v;

    walk(w, node->args[0], &v);
    if (!walk_strict(w, &v, 1, out))
        *out = v.record->field(v.record, node->number, w->frame);
}

void
walk(struct walk *w, const struct expr *node, struct value *out)
{
    struct value a, b;

    if (node->is_constant) {
        *out = node->literal;
        return;
    }
    if (++w->frame->steps > w->steps_max) {
        value_error(w, node, "C701", out);
        return;
    }
    if (node == w->frame->replaced) {
        *out = w->frame->replacement;
        return;
    }
    switch (node->op) {
    case OP_SLOT:
        *out = w->frame->slot(w->frame->context, node->number);
        break;
    case OP_VAR:
        *out = *w->vars[node->number];
        break;
    case OP_SELECT:
        walk_select(w, node, out);
        break;
    case OP_AND:
    case OP_OR:
        walk_logic(w, node, out);
        break;
    case OP_NOT:
    case OP_NEG:
        walk_unary(w, node, out);
        break;
    case OP_COND:
        walk_cond(w, node, out);
        break;
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_DIV:
    case OP_MOD:
        walk_arith(w, node, out);
        break;
    case OP_HAS:
    case OP_IS_NULL:
    case OP_NOT_NULL:
        walk_presence(w, node, out);
        break;
    case OP_IN:
        walk(w, node->args[0], &a);
        walk(w, node->args[1], &b);
        walk_in(w, node, &a, &b, out);
        break;
    case OP_INDEX:
        walk(w, node->args[0], &a);
        walk(w, node->args[1], &b);
        walk_index(w, node, &a, &b, out);
        break;
    case OP_CONVERT:
        if (node->type->kind == TYPE_LIST) {
            walk_list(w, node, out);
        } else {
            walk(w, node->args[0], &a);
            convert(w, node, &a, out);
        }
        break;
    case OP_FUNCTION:
        walk_function(w, node, out);
        break;
    case OP_TABLE:
        walk_table(w, node, out);
        break;
    case OP_LIST:
    case OP_EXISTS:
    case OP_ALL:
    case OP_EXISTS_ONE:
    case OP_FILTER:
    case OP_MAP:
        walk_list(w, node, out);
        break;
    default:
        assert(node->op >= OP_EQ && node->op <= OP_GE);
        walk_compare(w, node, out);
        break;
    }
}
