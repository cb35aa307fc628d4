/* SPDX-License-Identifier: Apache-2.0 */
/* jsonl_value.c: {"$money": 5}, {"$date": "…"}, {"$unknown": "a"} … in and out. Recursion is
 * bounded by the depth that the JSON reader allows. */
#include <assert.h>
#include <string.h>

#include "engine/model/value.h"
#include "engine/rule/jsonl_value.h"
#include "engine/rule/tree.h"

#include "engine/base/ban.h"

/* The `$word` that an object is about; empty: none. */
static struct text
tag_of(const struct json_node *node)
{
    for (uint32_t i = 0; node->type == JSON_OBJECT && i < node->count; i++)
        if (text_starts(node->keys[i], TEXT("$")))
            return node->keys[i];
    return TEXT("");
}

static const struct type *
record_type(const struct json_node *rec, const char **unsupported, struct arena *arena)
{
    struct type *type = arena_alloc(arena, 1, sizeof *type);
    struct type_field *fields = arena_alloc(arena, rec->count, sizeof *fields);

    if (type == NULL || fields == NULL)
        return NULL;
    for (uint32_t i = 0; i < rec->count; i++) {
        fields[i].name = rec->keys[i];
        fields[i].type = jsonl_type(&rec->values[i], unsupported, arena);
        if (fields[i].type == NULL)
            return NULL;
    }
    *type = (struct type){.kind = TYPE_RECORD, .field_count = rec->count, .fields = fields};
    return type;
}

static const struct type *
list_type(const struct json_node *node, const char **unsupported, struct arena *arena)
{
    const struct type *of = type_of(TYPE_ANY);

    for (uint32_t i = 0; i < node->count; i++) {
        const struct type *one = jsonl_type(&node->values[i], unsupported, arena);
        if (one == NULL)
            return NULL;
        of = type_join(of, one, arena);
        if (of == NULL) {
            *unsupported = "list of mixed types";
            return NULL;
        }
    }
    return type_list(of, false, arena);
}

static const struct type *
tagged_type(const struct json_node *node, struct text tag, const char **unsupported,
            struct arena *arena)
{
    static const struct {
        const char *tag;
        enum type_kind kind;
    } plain[] = {
        {"$money", TYPE_MONEY},
        {"$exact", TYPE_EXACT},
        {"$rate",  TYPE_RATE },
        {"$date",  TYPE_DATE },
        {"$month", TYPE_MONTH},
        {"$none",  TYPE_NULL }
    };
    const struct json_node *inner;
    struct value value;
    uint8_t scale;

    for (size_t i = 0; i < LEN(plain); i++)
        if (text_is(tag, plain[i].tag))
            return type_of(plain[i].kind);
    if (text_is(tag, "$dec")) {
        inner = json_get(node, "$dec");
        return inner->type == JSON_STRING && decimal_read(inner->text, &scale, &value)
                   ? type_decimal(scale, arena)
                   : NULL;
    }
    if (text_is(tag, "$rec")) {
        inner = json_get(node, "$rec");
        return inner->type == JSON_OBJECT ? record_type(inner, unsupported, arena) : NULL;
    }
    if (text_is(tag, "$open"))
        return jsonl_type(json_get(node, "$open"), unsupported, arena);
    if (text_is(tag, "$unknown"))
        return NULL; /* only a declaration can tell */
    *unsupported = text_is(tag, "$map")         ? "map"
                   : text_is(tag, "$timestamp") ? "timestamp"
                   : text_is(tag, "$duration")  ? "duration"
                   : text_is(tag, "$type")      ? "type"
                                                : "message";
    return NULL;
}

const struct type *
jsonl_type(const struct json_node *node, const char **unsupported, struct arena *arena)
{
    switch (node->type) {
    case JSON_NULL:
        return type_of(TYPE_NULL);
    case JSON_BOOL:
        return type_of(TYPE_BOOL);
    case JSON_INT:
        return type_of(TYPE_INT);
    case JSON_REAL:
        *unsupported = "double";
        return NULL;
    case JSON_STRING:
        return type_of(TYPE_STRING);
    case JSON_ARRAY:
        return list_type(node, unsupported, arena);
    default:
        break;
    }
    return tagged_type(node, tag_of(node), unsupported, arena);
}

static struct value
record_field(const struct record *self, uint32_t i, void *frame)
{
    const struct value *values = self->self;

    (void)frame;
    return values[i];
}

/* like: fields left out are unknown by `name`; else they are none where the type has none. */
static bool
record_read(const struct json_node *rec, const struct type *type, struct value *out,
            struct text name, bool is_like, struct causes *causes)
{
    struct record *record = arena_alloc(causes->arena, 1, sizeof *record);
    struct value *values = arena_alloc(causes->arena, type->field_count, sizeof *values);

    if (record == NULL || values == NULL || rec == NULL || rec->type != JSON_OBJECT)
        return false;
    for (uint32_t i = 0; i < type->field_count; i++) {
        const struct json_node *field = NULL;
        for (uint32_t k = 0; k < rec->count; k++)
            if (text_eq(rec->keys[k], type->fields[i].name))
                field = &rec->values[k];
        if (field == NULL && is_like) {
            struct cause_set set;
            if (!cause_one(&set, causes, name))
                return false;
            value_unknown(&values[i], set);
        } else if (field == NULL && type->fields[i].type->may_be_none) {
            values[i].state = VALUE_NONE;
        } else if (field == NULL ||
                   !jsonl_read(field, type->fields[i].type, &values[i], name, causes)) {
            return false;
        }
    }
    *record = (struct record){.type = type, .field = record_field, .self = values};
    *out = (struct value){.record = record};
    return true;
}

static bool
bound_read(const struct json_node *node, const struct type *type, bool *has, struct ratio *bound,
           struct text name, struct causes *causes)
{
    struct value value;

    if (node == NULL)
        return true;
    if (!type_is_number(type) || !jsonl_read(node, type, &value, name, causes) ||
        value.state != VALUE_KNOWN)
        return false;
    *has = true;
    *bound = number_of(&value, type);
    return true;
}

static bool
unknown_read(const struct json_node *node, const struct type *type, struct value *out,
             struct causes *causes)
{
    const struct json_node *name = json_get(node, "$unknown");
    struct cause_set set;

    if (name->type != JSON_STRING || !cause_one(&set, causes, name->text))
        return false;
    value_unknown(out, set);
    return bound_read(json_get(node, "min"), type, &out->has_lo, &out->lo, name->text, causes) &&
           bound_read(json_get(node, "max"), type, &out->has_hi, &out->hi, name->text, causes);
}

/* An array, or {"$open": […], "of": NAME, "like"?: V}. */
static bool
list_read(const struct json_node *node, const struct type *type, struct value *out,
          struct text name, struct causes *causes)
{
    const struct json_node *items = node->type == JSON_ARRAY ? node : json_get(node, "$open");
    const struct json_node *of = json_get(node, "of"), *like = json_get(node, "like");
    bool is_open = items != node;
    struct list *list = arena_alloc(causes->arena, 1, sizeof *list);
    struct element *elements;

    if (items == NULL || items->type != JSON_ARRAY || list == NULL ||
        (is_open && (of == NULL || of->type != JSON_STRING)))
        return false;
    elements = arena_alloc(causes->arena, (size_t)items->count + is_open, sizeof *elements);
    if (elements == NULL)
        return false;
    for (uint32_t i = 0; i < items->count; i++)
        if (!jsonl_read(&items->values[i], type->of, &elements[i].value, name, causes))
            return false;
    if (is_open) {
        struct element *open = &elements[items->count];
        open->is_maybe = true;
        if (!cause_one(&open->causes, causes, of->text))
            return false;
        value_unknown(&open->value, open->causes);
        if (like != NULL && type->of->kind == TYPE_RECORD &&
            !record_read(json_get(like, "$rec"), type->of, &open->value, of->text, true, causes))
            return false;
        if (like != NULL && type->of->kind != TYPE_RECORD &&
            !jsonl_read(like, type->of, &open->value, of->text, causes))
            return false;
    }
    *list = (struct list){items->count, is_open, elements, elements + items->count};
    *out = (struct value){.list = list};
    return true;
}

static bool
ratio_read(const struct json_node *node, const struct type *type, struct value *out)
{
    size_t slash;
    int64_t num, den;

    if (node == NULL || node->type != JSON_STRING)
        return false;
    if (type->kind == TYPE_RATE)
        return rate_read(node->text, out);
    slash = text_find(node->text, TEXT("/"));
    *out = (struct value){0};
    return slash != SIZE_MAX && text_int((struct text){node->text.at, slash}, &num) &&
           text_int((struct text){node->text.at + slash + 1, node->text.len - slash - 1}, &den) &&
           den > 0 && ratio_make(num, den, &out->ratio);
}

static bool
scalar_read(const struct json_node *node, const struct type *type, struct value *out)
{
    const struct json_node *inner;
    uint8_t scale;

    *out = (struct value){0};
    switch (type->kind) {
    case TYPE_NULL:
        out->state = VALUE_NONE;
        return node->type == JSON_NULL;
    case TYPE_BOOL:
        out->boolean = node->boolean;
        return node->type == JSON_BOOL;
    case TYPE_INT:
    case TYPE_ZERO:
        out->integer = node->integer;
        return node->type == JSON_INT;
    case TYPE_STRING:
        out->string = node->text;
        return node->type == JSON_STRING;
    case TYPE_MONEY:
        inner = json_get(node, "$money");
        out->integer = inner != NULL ? inner->integer : 0;
        return inner != NULL && inner->type == JSON_INT;
    case TYPE_EXACT:
        return ratio_read(json_get(node, "$exact"), type, out);
    case TYPE_RATE:
        return ratio_read(json_get(node, "$rate"), type, out);
    case TYPE_DECIMAL:
        inner = json_get(node, "$dec");
        if (inner == NULL || inner->type != JSON_STRING ||
            !decimal_read(inner->text, &scale, out) || scale > type->scale)
            return false;
        *out = value_convert(*out, &(struct type){.kind = TYPE_DECIMAL, .scale = scale}, type);
        return out->state == VALUE_KNOWN;
    case TYPE_DATE:
        inner = json_get(node, "$date");
        return inner != NULL && inner->type == JSON_STRING && date_read(inner->text, out);
    case TYPE_MONTH:
        inner = json_get(node, "$month");
        return inner != NULL && inner->type == JSON_STRING && month_read(inner->text, out);
    default:
        return false;
    }
}

bool
jsonl_read(const struct json_node *node, const struct type *type, struct value *out,
           struct text name, struct causes *causes)
{
    struct text tag = tag_of(node);

    if (text_is(tag, "$unknown"))
        return unknown_read(node, type, out, causes);
    if (text_is(tag, "$none") || (node->type == JSON_NULL && type->may_be_none)) {
        *out = (struct value){.state = VALUE_NONE};
        return type->may_be_none || type->kind == TYPE_NULL;
    }
    if (type->kind == TYPE_LIST)
        return list_read(node, type, out, name, causes);
    if (type->kind == TYPE_RECORD)
        return record_read(json_get(node, "$rec"), type, out, name, false, causes);
    return scalar_read(node, type, out);
}

/* {"$tag": "…"} */
static void
tagged_write(struct json *json, const char *tag, const struct buf *text)
{
    json_object(json);
    json_key(json, tag);
    json_text(json, buf_as_text(text));
    json_end_object(json);
}

static void
record_write(struct json *json, const struct record *record, const struct type *type, void *frame)
{
    json_object(json);
    json_key(json, "$rec");
    json_object(json);
    for (uint32_t i = 0; i < type->field_count; i++) {
        struct value field = record->field(record, i, frame);
        json_key_text(json, type->fields[i].name);
        jsonl_write(json, &field, type->fields[i].type, frame);
    }
    json_end_object(json);
    json_end_object(json);
}

void
jsonl_write(struct json *json, const struct value *value, const struct type *type, void *frame)
{
    static const char *const tags[] = {[TYPE_EXACT] = "$exact",
                                       [TYPE_RATE] = "$rate",
                                       [TYPE_DECIMAL] = "$dec",
                                       [TYPE_DATE] = "$date",
                                       [TYPE_MONTH] = "$month"};
    struct buf text;

    if (value->state == VALUE_NONE && type->kind != TYPE_NULL) {
        json_object(json);
        json_key(json, "$none");
        json_bool(json, true);
        json_end_object(json);
        return;
    }
    switch (type->kind) {
    case TYPE_BOOL:
        json_bool(json, value->boolean);
        break;
    case TYPE_INT:
    case TYPE_ZERO:
        json_int(json, value->integer);
        break;
    case TYPE_STRING:
        json_text(json, value->string);
        break;
    case TYPE_MONEY:
        json_object(json);
        json_key(json, "$money");
        json_int(json, value->integer);
        json_end_object(json);
        break;
    case TYPE_LIST:
        json_array(json);
        for (uint32_t i = 0; i < value->list->count; i++)
            jsonl_write(json, &value->list->elements[i].value, type->of, frame);
        json_end_array(json);
        break;
    case TYPE_RECORD:
        record_write(json, value->record, type, frame);
        break;
    case TYPE_EXACT:
    case TYPE_RATE:
    case TYPE_DECIMAL:
    case TYPE_DATE:
    case TYPE_MONTH:
        buf_init(&text, false);
        value_print(&text, *value, type);
        tagged_write(json, tags[type->kind], &text);
        buf_release(&text);
        break;
    default:
        json_null(json);
        break;
    }
}
