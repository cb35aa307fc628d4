/* SPDX-License-Identifier: Apache-2.0 */
/* type.c: types: where they meet, how they print and read. */
#include <assert.h>
#include <string.h>

#include "engine/rule/tree.h"

#include "engine/base/ban.h"

#define TYPE_NEST_MAX 16

const struct type *
type_of(enum type_kind kind)
{
    static const struct type plain[] = {
        {.kind = TYPE_NULL},  {.kind = TYPE_BOOL},   {.kind = TYPE_INT},  {.kind = TYPE_STRING},
        {.kind = TYPE_MONEY}, {.kind = TYPE_EXACT},  {.kind = TYPE_RATE}, {.kind = TYPE_DECIMAL},
        {.kind = TYPE_DATE},  {.kind = TYPE_MONTH},  {.kind = TYPE_CODE}, {.kind = TYPE_IDENTITY},
        {.kind = TYPE_LIST},  {.kind = TYPE_RECORD}, {.kind = TYPE_ZERO}, {.kind = TYPE_ANY},
        {.kind = TYPE_ERROR},
    };

    assert((size_t)kind < LEN(plain) && plain[kind].kind == kind);
    return &plain[kind];
}

static const struct type *
type_copy(struct type type, struct arena *arena)
{
    struct type *copy = arena_alloc(arena, 1, sizeof *copy);

    if (copy != NULL)
        *copy = type;
    return copy;
}

const struct type *
type_list(const struct type *of, bool is_unordered, struct arena *arena)
{
    return type_copy((struct type){.kind = TYPE_LIST, .of = of, .is_unordered = is_unordered},
                     arena);
}

const struct type *
type_none(const struct type *type, bool may_be_none, struct arena *arena)
{
    struct type copy = *type;

    if (copy.may_be_none == may_be_none)
        return type;
    copy.may_be_none = may_be_none;
    return type_copy(copy, arena);
}

const struct type *
type_amount(enum type_kind kind, enum period per, struct arena *arena)
{
    if (per == PERIOD_ONCE)
        return type_of(kind);
    return type_copy((struct type){.kind = kind, .per = per}, arena);
}

const struct type *
type_decimal(uint8_t scale, struct arena *arena)
{
    return type_copy((struct type){.kind = TYPE_DECIMAL, .scale = scale}, arena);
}

bool
type_is_amount(const struct type *type)
{
    return type->kind == TYPE_MONEY || type->kind == TYPE_EXACT;
}

bool
type_is_ratio(const struct type *type)
{
    return type->kind == TYPE_EXACT || type->kind == TYPE_RATE;
}

bool
type_is_number(const struct type *type)
{
    return type_is_amount(type) || type->kind == TYPE_INT || type->kind == TYPE_ZERO ||
           type->kind == TYPE_DECIMAL || type->kind == TYPE_RATE;
}

bool
periods_differ(const struct type *a, const struct type *b)
{
    return type_is_amount(a) && type_is_amount(b) && a->per != b->per;
}

bool
type_same(const struct type *a, const struct type *b)
{
    if (a == b)
        return true;
    if (a->kind != b->kind || a->may_be_none != b->may_be_none)
        return false;
    switch (a->kind) {
    case TYPE_MONEY:
    case TYPE_EXACT:
        return a->per == b->per;
    case TYPE_DECIMAL:
        return a->scale == b->scale;
    case TYPE_CODE:
        return a->codes == b->codes;
    case TYPE_LIST:
        return type_same(a->of, b->of);
    case TYPE_RECORD:
        if (a->field_count != b->field_count || a->fields == b->fields)
            return a->fields == b->fields;
        for (uint32_t i = 0; i < a->field_count; i++)
            if (!text_eq(a->fields[i].name, b->fields[i].name) ||
                !type_same(a->fields[i].type, b->fields[i].type))
                return false;
        return true;
    default:
        return true;
    }
}

/* How wide a number is among those that it may widen to: int, decimal, rate. */
static int
width(const struct type *type)
{
    return type->kind == TYPE_INT       ? 1
           : type->kind == TYPE_DECIMAL ? 2
           : type->kind == TYPE_RATE    ? 3
                                        : 0;
}

/* Neither may be none here. */
static const struct type *
join_plain(const struct type *a, const struct type *b, struct arena *arena)
{
    const struct type *of;

    if (type_same(a, b) || b->kind == TYPE_ANY || b->kind == TYPE_ERROR)
        return a;
    if (a->kind == TYPE_ANY || a->kind == TYPE_ERROR)
        return b;
    if (a->kind == TYPE_ZERO && type_is_number(b))
        return b;
    if (b->kind == TYPE_ZERO && type_is_number(a))
        return a;
    if (type_is_amount(a) && type_is_amount(b) && a->per == b->per)
        return a->kind == TYPE_EXACT ? a : b;
    if (a->kind == TYPE_DECIMAL && b->kind == TYPE_DECIMAL)
        return a->scale >= b->scale ? a : b;
    if (width(a) > 0 && width(b) > 0)
        return width(a) >= width(b) ? a : b;
    if (a->kind == TYPE_LIST && b->kind == TYPE_LIST) {
        of = type_join(a->of, b->of, arena);
        return of == NULL ? NULL : type_list(of, a->is_unordered || b->is_unordered, arena);
    }
    return NULL;
}

const struct type *
type_join(const struct type *a, const struct type *b, struct arena *arena)
{
    bool may_be_none = a->may_be_none || b->may_be_none;
    const struct type *joined;

    if (a->kind == TYPE_NULL || b->kind == TYPE_NULL) {
        if (a->kind == b->kind || b->kind == TYPE_ANY)
            return a;
        if (a->kind == TYPE_ANY)
            return b;
        return type_none(a->kind == TYPE_NULL ? b : a, true, arena);
    }
    if (may_be_none) {
        a = type_none(a, false, arena);
        b = type_none(b, false, arena);
        if (a == NULL || b == NULL)
            return NULL;
    }
    joined = join_plain(a, b, arena);
    return joined == NULL || !may_be_none ? joined : type_none(joined, true, arena);
}

bool
type_accepts(const struct type *to, const struct type *from)
{
    if (from->kind == TYPE_NULL)
        return to->may_be_none || to->kind == TYPE_NULL;
    if (from->may_be_none && !to->may_be_none)
        return false;
    if (from->kind == TYPE_ANY || from->kind == TYPE_ERROR || to->kind == TYPE_ERROR)
        return true;
    if (from->kind == TYPE_ZERO)
        return type_is_number(to);
    if (type_is_amount(to) && type_is_amount(from))
        return to->per == from->per && (to->kind == TYPE_EXACT || from->kind == TYPE_MONEY);
    if (to->kind == TYPE_DECIMAL && from->kind == TYPE_DECIMAL)
        return to->scale >= from->scale;
    if (width(to) > 0 && width(from) > 0)
        return width(to) >= width(from);
    if (to->kind == TYPE_LIST && from->kind == TYPE_LIST)
        return type_accepts(to->of, from->of);
    return to->kind == from->kind && (to->kind != TYPE_CODE || to->codes == from->codes) &&
           (to->kind != TYPE_RECORD || to->fields == from->fields || type_same(to, from));
}

static void
type_put(struct buf *out, const struct type *type, int depth)
{
    static const char *const names[] = {"null", "bool",    "int",  "string", "money", "exact",
                                        "rate", "decimal", "date", "month",  "code",  "identity",
                                        "list", "record",  "int",  "dyn",    "error"};

    buf_str(out, names[type->kind]);
    if (type->kind == TYPE_DECIMAL)
        buf_printf(out, "(%u)", type->scale);
    if (type->kind == TYPE_CODE && type->codes != NULL)
        buf_printf(out, "(" TEXT_FMT ")", TEXT_ARG(type->codes->name));
    if (type_is_amount(type) && type->per != PERIOD_ONCE)
        buf_str(out, type->per == PERIOD_MONTH ? "/month" : "/year");
    if (type->kind == TYPE_LIST && depth < TYPE_NEST_MAX) {
        buf_byte(out, '(');
        type_put(out, type->of, depth + 1);
        buf_byte(out, ')');
    }
    if (type->kind == TYPE_RECORD && type->name.len > 0) {
        buf_printf(out, "(" TEXT_FMT ")", TEXT_ARG(type->name));
    } else if (type->kind == TYPE_RECORD && depth < TYPE_NEST_MAX) {
        buf_byte(out, '{');
        for (uint32_t i = 0; i < type->field_count; i++) {
            buf_printf(out, "%s" TEXT_FMT ": ", i > 0 ? ", " : "", TEXT_ARG(type->fields[i].name));
            type_put(out, type->fields[i].type, depth + 1);
        }
        buf_byte(out, '}');
    }
    if (type->may_be_none)
        buf_byte(out, '?');
}

struct text
type_print(const struct type *type, struct arena *arena)
{
    struct buf out;
    struct text text;

    buf_init(&out, false);
    type_put(&out, type, 0);
    text = arena_text(arena, buf_as_text(&out));
    buf_release(&out);
    return text.at == NULL ? TEXT("?") : text;
}

struct type_reader {
    struct text text;
    size_t pos;
    const struct model *model;
    struct arena *arena;
};

static bool
type_take(struct type_reader *r, char c)
{
    while (r->pos < r->text.len && r->text.at[r->pos] == ' ')
        r->pos++;
    if (r->pos >= r->text.len || r->text.at[r->pos] != c)
        return false;
    r->pos++;
    return true;
}

static struct text
type_word(struct type_reader *r)
{
    size_t from;

    type_take(r, '\0');
    from = r->pos;
    while (r->pos < r->text.len && strchr("(){},:?/ ", r->text.at[r->pos]) == NULL)
        r->pos++;
    return (struct text){r->text.at + from, r->pos - from};
}

static const struct type *type_read(struct type_reader *r, int depth);

static bool
fields_read(struct type_reader *r, struct type *type, int depth)
{
    struct type_field fields[FIELDS_MAX];
    struct type_field *copy;
    uint32_t count = 0;

    if (!type_take(r, '{'))
        return false;
    while (!type_take(r, '}')) {
        if (count == FIELDS_MAX || (count > 0 && !type_take(r, ',')))
            return false;
        fields[count] = (struct type_field){.name = type_word(r)};
        if (fields[count].name.len == 0 || !type_take(r, ':'))
            return false;
        fields[count].type = type_read(r, depth + 1);
        if (fields[count++].type == NULL)
            return false;
    }
    copy = arena_alloc(r->arena, count, sizeof *copy);
    if (copy == NULL)
        return false;
    memcpy(copy, fields, count * sizeof *copy);
    type->fields = copy;
    type->field_count = count;
    return true;
}

/* "(…)" or "{…}" behind the word of a type. */
static bool
type_inside(struct type_reader *r, struct type *type, int depth)
{
    struct text word;
    int64_t number;

    switch (type->kind) {
    case TYPE_RECORD:
        return fields_read(r, type, depth);
    case TYPE_LIST:
        if (!type_take(r, '('))
            return false;
        type->of = type_read(r, depth + 1);
        return type->of != NULL && type_take(r, ')');
    case TYPE_DECIMAL:
        if (!type_take(r, '(') || !text_int(type_word(r), &number) || number < 0 || number > 6)
            return false;
        type->scale = (uint8_t)number;
        return type_take(r, ')');
    case TYPE_CODE:
        if (r->model == NULL || !type_take(r, '('))
            return false;
        type->codes = model_codes(r->model, type_word(r));
        return type->codes != NULL && type_take(r, ')');
    default:
        break;
    }
    if (type_is_amount(type) && type_take(r, '/')) {
        word = type_word(r);
        type->per = text_is(word, "month") ? PERIOD_MONTH : PERIOD_YEAR;
        return text_is(word, "month") || text_is(word, "year");
    }
    return true;
}

static const struct type *
type_read(struct type_reader *r, int depth)
{
    static const char *const names[] = {"null",  "bool",     "int",     "string", "money",
                                        "exact", "rate",     "decimal", "date",   "month",
                                        "code",  "identity", "list",    "record"};
    struct type type = {.kind = TYPE_ERROR};
    struct text word = type_word(r);

    if (depth > TYPE_NEST_MAX)
        return NULL;
    for (size_t i = 0; i < LEN(names); i++)
        if (text_is(word, names[i]))
            type.kind = (enum type_kind)i;
    if (text_is(word, "dyn"))
        type.kind = TYPE_ANY;
    if (type.kind == TYPE_ERROR || !type_inside(r, &type, depth))
        return NULL;
    type.may_be_none = type_take(r, '?');
    return type_copy(type, r->arena);
}

const struct type *
type_parse(struct text text, const struct model *model, struct arena *arena)
{
    struct type_reader reader = {.text = text, .model = model, .arena = arena};
    const struct type *type = type_read(&reader, 0);

    type_take(&reader, '\0');
    return reader.pos == text.len ? type : NULL;
}
