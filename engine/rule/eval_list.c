/* SPDX-License-Identifier: Apache-2.0 */
/* eval_list.c: lists with elements that are maybe there and with open ends: macros, folds, `in`. */
#include <assert.h>
#include <string.h>

#include "engine/rule/tree.h"

#include "engine/base/ban.h"

struct list
list_view(const struct value *value, struct element *open)
{
    if (value->state == VALUE_KNOWN)
        return *value->list;
    *open = (struct element){.is_maybe = true, .causes = value->causes};
    value_unknown(&open->value, value->causes);
    return (struct list){.open_count = 1, .opens = open};
}

/* Element i: those of the list, then its open ends. */
static const struct element *
at(const struct list *list, uint32_t i)
{
    return i < list->count ? &list->elements[i] : &list->opens[i - list->count];
}

static bool
is_there(const struct list *list, uint32_t i)
{
    return i < list->count && !list->elements[i].is_maybe;
}

/* A list being made; room for all is taken at once. */
struct made {
    struct list *list;
    struct element *elements, *opens;
    struct cause_set causes; /* of what is unknown in it, should the whole be an error */
    bool is_unknown;
    struct value error; /* the first */
};

static bool
made_begin(struct walk *w, const struct expr *node, struct made *made, uint32_t count,
           uint32_t opens, struct value *out)
{
    *made = (struct made){0};
    made->list = arena_alloc(w->frame->arena, 1, sizeof *made->list);
    made->elements = arena_alloc(w->frame->arena, count, sizeof *made->elements);
    made->opens = arena_alloc(w->frame->arena, opens, sizeof *made->opens);
    if (made->list == NULL || made->elements == NULL || made->opens == NULL) {
        value_error(w, node, "C702", out);
        return false;
    }
    return true;
}

static void
made_unknown(struct walk *w, struct made *made, struct cause_set causes)
{
    made->is_unknown = true;
    walk_union(w, &made->causes, causes);
}

static void
made_error(struct made *made, const struct value *error)
{
    if (made->error.state != VALUE_ERROR)
        made->error = *error;
}

static void
made_put(struct walk *w, struct made *made, const struct element *element, bool is_open)
{
    if (element->is_maybe)
        made_unknown(w, made, element->causes);
    if (element->value.state == VALUE_UNKNOWN)
        made_unknown(w, made, element->value.causes);
    if (is_open)
        made->opens[made->list->open_count++] = *element;
    else
        made->elements[made->list->count++] = *element;
}

/* An error makes the whole an error, or unknown if something in it is unknown too. */
static void
made_end(struct made *made, struct value *out)
{
    made->list->elements = made->elements;
    made->list->opens = made->opens;
    if (made->error.state != VALUE_ERROR)
        *out = (struct value){.list = made->list};
    else if (made->is_unknown)
        value_unknown(out, made->causes);
    else
        *out = made->error;
}

static void
walk_literal_list(struct walk *w, const struct expr *node, struct value *out)
{
    struct made made;

    if (!made_begin(w, node, &made, node->count, 0, out))
        return;
    for (uint32_t i = 0; i < node->count; i++) {
        struct element element = {0};
        walk(w, node->args[i], &element.value);
        if (element.value.state == VALUE_ERROR)
            made_error(&made, &element.value);
        else
            made_put(w, &made, &element, false);
    }
    made_end(&made, out);
}

static void
convert_deep(struct walk *w, const struct expr *node, struct value *value, const struct type *from,
             const struct type *to)
{
    struct made made;
    struct list list;

    if (to->kind != TYPE_LIST) {
        *value = value_convert(*value, from, to);
        return;
    }
    if (value->state != VALUE_KNOWN || from->of->kind == TYPE_ANY)
        return;
    list = *value->list;
    if (!made_begin(w, node, &made, list.count, list.open_count, value))
        return;
    for (uint32_t i = 0; i < list.count + list.open_count; i++) {
        struct element element = *at(&list, i);
        convert_deep(w, node, &element.value, from->of, to->of);
        if (element.value.state == VALUE_ERROR)
            made_error(&made, &element.value);
        else
            made_put(w, &made, &element, i >= list.count);
    }
    made_end(&made, value);
}

/* Is element i kept? 0: dropped, 1: kept, maybe with more causes. -1: error, noted. */
static int
keep(struct walk *w, const struct expr *p, struct made *made, struct element *element)
{
    struct value value;

    walk(w, p, &value);
    if (value.state == VALUE_KNOWN)
        return value.boolean;
    if (value.state == VALUE_ERROR) {
        made_error(made, &value);
        if (element->is_maybe)
            made_unknown(w, made, element->causes);
        return -1;
    }
    element->is_maybe = true;
    walk_union(w, &element->causes, value.causes);
    return 1;
}

/* filter(v, p), map(v, e), map(v, p, e) */
static void
walk_each(struct walk *w, const struct expr *node, const struct value *source, struct value *out)
{
    const struct expr *p = node->op == OP_FILTER || node->count == 4 ? node->args[2] : NULL;
    const struct expr *e = node->op == OP_MAP ? node->args[node->count - 1] : NULL;
    struct element open;
    struct list list = list_view(source, &open);
    struct made made;

    if (!made_begin(w, node, &made, list.count, list.open_count, out))
        return;
    for (uint32_t i = 0; i < list.count + list.open_count; i++) {
        const struct element *from = at(&list, i);
        struct element element = *from;
        element.is_maybe |= i >= list.count;
        w->vars[node->number] = &from->value;
        if (p != NULL && keep(w, p, &made, &element) <= 0)
            continue;
        if (e != NULL) {
            walk(w, e, &element.value);
            if (element.value.state == VALUE_ERROR) {
                made_error(&made, &element.value);
                if (element.is_maybe)
                    made_unknown(w, &made, element.causes);
                continue;
            }
        }
        made_put(w, &made, &element, i >= list.count);
    }
    made_end(&made, out);
}

/* exists: or over p, and over p && unknown where only maybe there; all: the mirror. */
static void
walk_quantifier(struct walk *w, const struct expr *node, const struct value *source,
                struct value *out)
{
    bool is_exists = node->op == OP_EXISTS;
    struct element open;
    struct list list = list_view(source, &open);

    *out = (struct value){.boolean = !is_exists};
    for (uint32_t i = 0; i < list.count + list.open_count; i++) {
        const struct element *element = at(&list, i);
        struct value p, maybe;
        w->vars[node->number] = &element->value;
        walk(w, node->args[2], &p);
        if (!is_there(&list, i)) {
            value_unknown(&maybe, element->causes);
            if (is_exists)
                logic_and(w, &p, &maybe);
            else
                logic_or(w, &p, &maybe);
        }
        if (is_exists)
            logic_or(w, out, &p);
        else
            logic_and(w, out, &p);
        if (out->state == VALUE_KNOWN && out->boolean == is_exists)
            return;
    }
}

static void
walk_exists_one(struct walk *w, const struct expr *node, const struct value *source,
                struct value *out)
{
    struct element open;
    struct list list = list_view(source, &open);
    struct cause_set causes = {0};
    struct value error = {0};
    bool is_unknown = false;
    uint32_t found = 0;

    for (uint32_t i = 0; i < list.count + list.open_count; i++) {
        struct value p;
        w->vars[node->number] = &at(&list, i)->value;
        walk(w, node->args[2], &p);
        if (!is_there(&list, i)) {
            is_unknown = true;
            walk_union(w, &causes, at(&list, i)->causes);
        }
        if (p.state == VALUE_UNKNOWN) {
            is_unknown = true;
            walk_union(w, &causes, p.causes);
        } else if (p.state == VALUE_ERROR) {
            error = p;
        } else {
            found += p.boolean;
        }
    }
    if (is_unknown)
        value_unknown(out, causes);
    else if (error.state == VALUE_ERROR)
        *out = error;
    else
        *out = (struct value){.boolean = found == 1};
}

void
walk_list(struct walk *w, const struct expr *node, struct value *out)
{
    struct value source;

    if (node->op == OP_LIST) {
        walk_literal_list(w, node, out);
        return;
    }
    walk(w, node->args[0], &source);
    if (node->op == OP_CONVERT) {
        *out = source;
        convert_deep(w, node, out, node->args[0]->type, node->type);
        return;
    }
    if (source.state == VALUE_ERROR) {
        *out = source;
        return;
    }
    if (node->op == OP_EXISTS || node->op == OP_ALL)
        walk_quantifier(w, node, &source, out);
    else if (node->op == OP_EXISTS_ONE)
        walk_exists_one(w, node, &source, out);
    else
        walk_each(w, node, &source, out);
}

void
walk_concat(struct walk *w, const struct expr *node, const struct value *a, const struct value *b,
            struct value *out)
{
    struct element open[2];
    struct list lists[2];
    struct made made;

    if (a->state == VALUE_ERROR || b->state == VALUE_ERROR) {
        const struct value both[2] = {*a, *b};
        walk_strict(w, both, 2, out);
        return;
    }
    lists[0] = list_view(a, &open[0]);
    lists[1] = list_view(b, &open[1]);
    if (!made_begin(w, node, &made, lists[0].count + lists[1].count,
                    lists[0].open_count + lists[1].open_count, out))
        return;
    for (int k = 0; k < 2; k++)
        for (uint32_t i = 0; i < lists[k].count + lists[k].open_count; i++)
            made_put(w, &made, at(&lists[k], i), i >= lists[k].count);
    made_end(&made, out);
}

/* l.exists(e, e == x) */
void
walk_in(struct walk *w, const struct expr *node, const struct value *x, const struct value *source,
        struct value *out)
{
    struct element open;
    struct list list;

    if (source->state == VALUE_ERROR) {
        const struct value both[2] = {*x, *source};
        walk_strict(w, both, 2, out);
        return;
    }
    list = list_view(source, &open);
    *out = (struct value){.boolean = false};
    for (uint32_t i = 0; i < list.count + list.open_count; i++) {
        struct value is_equal, maybe;
        compare(w->frame->arena, OP_EQ, x, &at(&list, i)->value, node->args[0]->type, &is_equal);
        if (!is_there(&list, i)) {
            value_unknown(&maybe, at(&list, i)->causes);
            logic_and(w, &is_equal, &maybe);
        }
        logic_or(w, out, &is_equal);
        if (out->state == VALUE_KNOWN && out->boolean)
            return;
    }
    w->frame->steps += list.count;
}

/* The causes of all that is only maybe there; *is_open: something is. */
static struct cause_set
open_causes(struct walk *w, const struct list *list, bool *is_open)
{
    struct cause_set causes = {0};

    for (uint32_t i = 0; i < list->count + list->open_count; i++) {
        if (is_there(list, i))
            continue;
        *is_open = true;
        walk_union(w, &causes, at(list, i)->causes);
    }
    return causes;
}

void
walk_size(struct walk *w, const struct expr *node, const struct value *source, struct value *out)
{
    struct element open;
    struct list list;
    bool is_open = false;
    struct cause_set causes;
    int64_t there = 0;

    if (source->state == VALUE_ERROR) {
        *out = *source;
        return;
    }
    list = list_view(source, &open);
    for (uint32_t i = 0; w->frame->is_tracing && i < list.count; i++)
        if (node->args[0]->type->of->kind == TYPE_RECORD)
            (void)list.elements[i].value.record->field(list.elements[i].value.record, 0, w->frame);
    causes = open_causes(w, &list, &is_open);
    if (!is_open) {
        *out = (struct value){.integer = list.count};
        return;
    }
    for (uint32_t i = 0; i < list.count; i++)
        there += is_there(&list, i);
    value_unknown(out, causes);
    span_set(out, (struct span){
                      true, list.open_count == 0, {there,      1},
                          {list.count, 1}
    });
}

void
walk_index(struct walk *w, const struct expr *node, const struct value *source,
           const struct value *index, struct value *out)
{
    const struct value both[2] = {*source, *index};
    struct cause_set causes;
    bool is_open = false;

    if (walk_strict(w, both, 2, out))
        return;
    causes = open_causes(w, source->list, &is_open);
    if (is_open)
        value_unknown(out, causes);
    else if (index->integer < 0 || index->integer >= source->list->count)
        value_error(w, node, "E804", out);
    else
        *out = source->list->elements[index->integer].value;
}

/* The interval of a sum, min or max, each maybe element counted as present and as absent. */
static struct span
fold_span(const struct expr *node, const struct list *list, const struct type *of)
{
    const struct ratio zero = {0, 1};
    struct span nothing = {true, true, zero, zero}, out = nothing, all = {0}, sure = {0};
    bool has_sure = false, has_all = false;

    for (uint32_t i = 0; i < list->count + list->open_count; i++) {
        struct span span = span_of(&at(list, i)->value, of);
        if (node->function == FUNCTION_SUM) {
            if (!is_there(list, i))
                span = span_hull(span, nothing);
            if (i >= list->count) { /* any number of them */
                span.has_lo = span.has_lo && span.lo.num == 0;
                span.has_hi = span.has_hi && span.hi.num == 0;
            }
            out = span_arith(OP_ADD, out, span, false);
            continue;
        }
        span = node->function == FUNCTION_MIN
                   ? span
                   : span_arith(OP_SUB, nothing, span, false); /* max: mirrored */
        all = has_all ? span_min(all, span) : span;
        has_all = true;
        if (is_there(list, i)) {
            sure = has_sure ? span_min(sure, span) : span;
            has_sure = true;
        }
    }
    if (node->function == FUNCTION_SUM)
        return out;
    if (!has_sure) /* perhaps empty: an error */
        return (struct span){0};
    out = (struct span){all.has_lo, sure.has_hi, all.lo, sure.hi};
    return node->function == FUNCTION_MIN ? out : span_arith(OP_SUB, nothing, out, false);
}

static void
fold_known(struct walk *w, const struct expr *node, const struct list *list, const struct type *of,
           struct value *out)
{
    const char *error = NULL;

    if (list->count == 0) {
        if (node->function != FUNCTION_SUM)
            value_error(w, node, "E804", out);
        else
            *out = (struct value){0};
        if (out->state == VALUE_KNOWN && type_is_ratio(of))
            out->ratio = (struct ratio){0, 1};
        return;
    }
    *out = list->elements[0].value;
    for (uint32_t i = 1; i < list->count && error == NULL; i++) {
        const struct value *value = &list->elements[i].value;
        struct value before = *out;
        if (node->function == FUNCTION_SUM)
            error = number_arith(OP_ADD, out, of, &before, of, value, of);
        else if ((value_order(value, &before, of) < 0) == (node->function == FUNCTION_MIN))
            *out = *value;
    }
    if (error != NULL)
        value_error(w, node, error, out);
}

void
walk_fold(struct walk *w, const struct expr *node, struct value *out)
{
    const struct type *of = node->type;
    struct value source, error = {0};
    struct element open;
    struct list list;
    struct cause_set causes;
    bool is_unknown = false;

    walk(w, node->args[0], &source);
    if (source.state == VALUE_ERROR) {
        *out = source;
        return;
    }
    list = list_view(&source, &open);
    causes = open_causes(w, &list, &is_unknown);
    for (uint32_t i = 0; i < list.count + list.open_count; i++) {
        const struct value *value = &at(&list, i)->value;
        if (value->state == VALUE_UNKNOWN || value->state == VALUE_NONE) {
            is_unknown = true;
            walk_union(w, &causes, value->causes);
        } else if (value->state == VALUE_ERROR) {
            error = *value;
        }
    }
    w->frame->steps += list.count;
    if (is_unknown) {
        value_unknown(out, causes);
        if (type_is_number(of) && error.state != VALUE_ERROR)
            span_set(out, fold_span(node, &list, of));
    } else if (error.state == VALUE_ERROR) {
        *out = error;
    } else {
        fold_known(w, node, &list, of, out);
    }
}
