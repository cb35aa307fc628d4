/* SPDX-License-Identifier: Apache-2.0 */
/* expr.c: the door of the language: compile, evaluate, look at values from outside. */
#include <assert.h>

#include "engine/rule/tree.h"

#include "engine/base/ban.h"

#define PARTS_DEPTH_MAX 8 /* lists in records in lists: kinds nest two deep */

struct expr *
expr_compile(const struct expr_source *source, const struct expr_scope *scope,
             struct messages *messages, struct text *unsupported, struct arena *arena)
{
    struct compiler c = {.source = source,
                         .scope = scope,
                         .messages = messages,
                         .unsupported = unsupported,
                         .arena = arena};
    struct expr *root;

    if (source->text.len > EXPR_BYTES_MAX) {
        fail_at(&c, 0, 1, "T211", text_of("表达式超过 4 KiB，请拆成几个事实"),
                text_of("the expression is longer than 4 KiB; split it into facts"));
        return NULL;
    }
    token_next(&c);
    root = parse_expression(&c);
    if (root != NULL && c.token.kind != TOKEN_END)
        fail_at(&c, c.token.from, c.token.to, "T211", text_of("表达式到这里应当结束"),
                text_of("the expression should end here"));
    if (root == NULL || c.is_failed || !check(&c, root))
        return NULL;
    if (root->type->kind == TYPE_ZERO)
        root->type = type_of(TYPE_INT);
    root->steps_max = scope->steps_max > 0 ? scope->steps_max : EXPR_STEPS_MAX;
    return root;
}

const struct type *
expr_type(const struct expr *expr)
{
    return expr->type;
}

struct place
expr_place(const struct expr *expr)
{
    return expr->place;
}

struct value
expr_eval(const struct expr *expr, struct expr_frame *frame)
{
    struct walk w = {.frame = frame};
    struct value out;

    w.steps_max = frame->steps + (expr->steps_max > 0 ? expr->steps_max : EXPR_STEPS_MAX);
    walk(&w, expr, &out);
    if (frame->is_full && out.state != VALUE_ERROR) /* causes may be lost: no answer is better */
        out = (struct value){.state = VALUE_ERROR, .error = "C702"};
    return out;
}

static const struct element *
part(const struct list *list, uint32_t i)
{
    return i < list->count ? &list->elements[i] : &list->opens[i - list->count];
}

bool
value_known(const struct value *value, const struct type *type, void *frame, uint32_t depth)
{
    if (value->state == VALUE_UNKNOWN)
        return false;
    if (value->state != VALUE_KNOWN || depth > PARTS_DEPTH_MAX)
        return true;
    if (type->kind == TYPE_LIST) {
        if (value->list->open_count > 0)
            return false;
        for (uint32_t i = 0; i < value->list->count; i++)
            if (value->list->elements[i].is_maybe ||
                !value_known(&value->list->elements[i].value, type->of, frame, depth + 1))
                return false;
    } else if (type->kind == TYPE_RECORD) {
        for (uint32_t i = 0; i < type->field_count; i++) {
            struct value field = value->record->field(value->record, i, frame);
            if (!value_known(&field, type->fields[i].type, frame, depth + 1))
                return false;
        }
    }
    return true;
}

static bool
causes_deep(struct cause_set *out, const struct value *value, const struct type *type, void *frame,
            struct arena *arena, uint32_t depth)
{
    if (value->state == VALUE_UNKNOWN)
        return cause_union(out, *out, value->causes, arena);
    if (value->state != VALUE_KNOWN || depth > PARTS_DEPTH_MAX)
        return true;
    if (type->kind == TYPE_LIST) {
        for (uint32_t i = 0; i < value->list->count + value->list->open_count; i++) {
            const struct element *e = part(value->list, i);
            if ((e->is_maybe || i >= value->list->count) &&
                !cause_union(out, *out, e->causes, arena))
                return false;
            if (i < value->list->count &&
                !causes_deep(out, &e->value, type->of, frame, arena, depth + 1))
                return false;
        }
    } else if (type->kind == TYPE_RECORD) {
        for (uint32_t i = 0; i < type->field_count; i++) {
            struct value field = value->record->field(value->record, i, frame);
            if (!causes_deep(out, &field, type->fields[i].type, frame, arena, depth + 1))
                return false;
        }
    }
    return true;
}

bool
value_causes(struct cause_set *out, const struct value *value, const struct type *type, void *frame,
             struct arena *arena)
{
    return causes_deep(out, value, type, frame, arena, 0);
}
