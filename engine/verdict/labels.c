/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/verdict/labels.h"

#include <string.h>

#include "engine/rule/labels.h"

#include "engine/base/ban.h"

/* clang-format off */
static const struct {
    enum period per;
    const char *name, *zh, *en;
} units[] = {
    {PERIOD_ONCE,  "yuan",       " 元",       " yuan"        },
    {PERIOD_MONTH, "yuan/month", " 元／月", " yuan a month"},
    {PERIOD_YEAR,  "yuan/year",  " 元／年", " yuan a year" },
};
/* clang-format on */

static void
optional_put(struct json *json, const char *key, struct text text)
{
    if (text.len > 0) {
        json_key(json, key);
        json_text(json, text);
    }
}

static void
label_put(struct json *json, const struct label *label)
{
    const struct type *type = label->type;

    json_key_text(json, label->name);
    json_object(json);
    optional_put(json, "zh", label->zh);
    optional_put(json, "en", label->en);
    if (type != NULL && (type->kind == TYPE_MONEY || type->kind == TYPE_EXACT))
        for (size_t i = 0; i < LEN(units); i++)
            if (units[i].per == type->per)
                optional_put(json, "unit", text_of(units[i].name));
    optional_put(json, "of", label->of);
    json_end_object(json);
}

hedui_status
labels_json(struct buf *out, const struct pack *pack, struct arena *arena, struct err *err)
{
    struct label *labels;
    uint32_t count;
    struct json json;

    TRY(pack_labels(&labels, &count, pack, arena, err));
    json_begin(&json, out);
    json_object(&json);
    json_key(&json, "labels");
    json_int(&json, 1); /* version of the layout */
    json_key(&json, "pack");
    json_text(&json, pack_name(pack));
    optional_put(&json, "zh", pack_zh(pack));
    optional_put(&json, "en", pack_en(pack));
    json_key(&json, "names");
    json_object(&json);
    for (uint32_t i = 0; i < count; i++)
        label_put(&json, &labels[i]);
    json_end_object(&json);
    json_end_object(&json);
    json_newline(&json);
    return buf_check(out, err);
}

static struct text
text_in(const struct json_node *object, const char *key)
{
    const struct json_node *node = object == NULL ? NULL : json_get(object, key);
    return node != NULL && node->type == JSON_STRING ? node->text : text_of("");
}

hedui_status
labels_read(struct labels *out, struct text bytes, struct arena *arena, struct err *err)
{
    const struct json_node *version;
    struct json_node *file;

    TRY(json_parse(&file, bytes, arena, err));
    version = file->type == JSON_OBJECT ? json_get(file, "labels") : NULL;
    if (version == NULL || version->type != JSON_INT || version->integer != 1)
        return err_set(err, HEDUI_E_INPUT, "不是本版的名称表\nnot labels of this version");
    out->names = json_get(file, "names");
    if (out->names != NULL && out->names->type != JSON_OBJECT)
        out->names = NULL;
    out->zh = text_in(file, "zh");
    out->en = text_in(file, "en");
    return HEDUI_OK;
}

hedui_status
labels_of(struct labels *out, const struct pack *pack, struct arena *arena, struct err *err)
{
    struct buf bytes;
    struct text kept = {NULL, 0};
    hedui_status rc = HEDUI_OK;

    *out = (struct labels){0};
    buf_init(&bytes, false);
    FAIL(labels_json(&bytes, pack, arena, err));
    kept = arena_text(arena, buf_as_text(&bytes));
    rc = kept.at == NULL ? arena_full(arena, err) : labels_read(out, kept, arena, err);
done:
    buf_release(&bytes);
    return rc;
}

/* The entry whose key is `kind`, `dot` and `name` behind each other; NULL: none. */
static const struct json_node *
label_find(const struct labels *labels, struct text kind, const char *dot, struct text name)
{
    size_t dots = strlen(dot);

    for (uint32_t i = 0; labels->names != NULL && i < labels->names->count; i++) {
        struct text key = labels->names->keys[i];

        if (key.len == kind.len + dots + name.len && text_starts(key, kind) &&
            memcmp(key.at + kind.len, dot, dots) == 0 && text_ends(key, name) &&
            labels->names->values[i].type == JSON_OBJECT)
            return &labels->names->values[i];
    }
    return NULL;
}

static const struct json_node *
label_of(const struct labels *labels, struct text name)
{
    return label_find(labels, TEXT(""), "", name);
}

/* "p.savings_months" is "savings months". */
static void
last_word(struct buf *out, struct text name)
{
    size_t from = name.len;

    while (from > 0 && name.at[from - 1] != '.' && name.at[from - 1] != '@')
        from--;
    for (; from < name.len; from++)
        buf_byte(out, name.at[from] == '_' ? ' ' : name.at[from]);
}

static void
label_say(struct buf *out, const struct labels *labels, const struct json_node *label,
          struct text name)
{
    struct text words = text_in(label, labels->is_english ? "en" : "zh");

    if (words.len > 0)
        buf_text(out, words);
    else
        last_word(out, name);
}

void
labels_name(struct buf *out, const struct labels *labels, const char *prefix, struct text name)
{
    const struct json_node *label = label_find(labels, TEXT(""), prefix, name);

    if (label == NULL)
        buf_text(out, name);
    else
        label_say(out, labels, label, name);
}

const char *
labels_unit(const struct labels *labels, const char *prefix, struct text name)
{
    const struct json_node *label = label_find(labels, TEXT(""), prefix, name);
    struct text unit = text_in(label, "unit");

    if (!labels->is_english && text_find(text_in(label, "zh"), TEXT("元")) != SIZE_MAX)
        return "";
    for (size_t i = 0; i < LEN(units); i++)
        if (text_is(unit, units[i].name))
            return labels->is_english ? units[i].en : units[i].zh;
    return "";
}

/* The label of "m.age": that of the only field called so. NULL: none, or several that differ. */
static const struct json_node *
field_find(const struct labels *labels, struct text name, struct text *whole)
{
    size_t dot = text_find(name, TEXT("."));
    const struct json_node *found = NULL;
    struct text tail;

    if (dot == SIZE_MAX || labels->names == NULL)
        return NULL;
    tail = (struct text){name.at + dot, name.len - dot};
    for (uint32_t i = 0; i < labels->names->count; i++) {
        const struct json_node *label = &labels->names->values[i];
        struct text key = labels->names->keys[i];

        if (!text_ends(key, tail) || text_starts(key, TEXT("p.")) ||
            text_starts(key, TEXT("declared.")) || label->type != JSON_OBJECT)
            continue;
        if (found != NULL && !text_eq(text_in(found, "zh"), text_in(label, "zh")))
            return NULL;
        found = label;
        *whole = key;
    }
    return found;
}

static bool
is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
}

static void
token_say(struct buf *out, const struct labels *labels, struct text token)
{
    const struct json_node *label = label_of(labels, token);
    struct text name = token;

    if (label == NULL)
        label = field_find(labels, token, &name);
    if (label == NULL)
        buf_text(out, token);
    else
        label_say(out, labels, label, name);
}

void
labels_expression(struct buf *out, const struct labels *labels, struct text expression)
{
    for (size_t at = 0, end; at < expression.len; at = end) {
        char c = expression.at[at];

        end = at + 1;
        if (c == '"' || c == '\'') { /* a code or a word: as it stands */
            while (end < expression.len && expression.at[end] != c)
                end++;
            end += end < expression.len ? 1 : 0;
            buf_put(out, expression.at + at, end - at);
        } else if (is_word(c)) {
            while (end < expression.len && is_word(expression.at[end]))
                end++;
            struct text token = {expression.at + at, end - at};

            if ((c >= '0' && c <= '9') || (end < expression.len && expression.at[end] == '('))
                buf_text(out, token); /* a number, a function */
            else
                token_say(out, labels, token);
        } else if (c == '*') {
            buf_str(out, "×");
        } else {
            buf_byte(out, c);
        }
    }
}

/* What "KIND.FIELD" is called; `field` itself where nothing is. */
static void
field_say(struct buf *out, const struct labels *labels, struct text kind, struct text field)
{
    const struct json_node *label = label_find(labels, kind, ".", field);

    if (label == NULL)
        buf_text(out, field);
    else
        label_say(out, labels, label, field);
}

/* "vehicles", "vehicles.0", "vehicles.0.price": the list, then the field of its record; "labour":
 * a field of the member. */
static void
thing_say(struct buf *out, const struct labels *labels, struct text thing)
{
    size_t dot = text_find(thing, TEXT(".")), last = thing.len;
    struct text list = {thing.at, dot == SIZE_MAX ? thing.len : dot}, field;
    const struct json_node *label = label_of(labels, list);
    struct text of = text_in(label, "of");

    if (of.len == 0) {
        field_say(out, labels, TEXT("member"), thing);
        return;
    }
    label_say(out, labels, label, list);
    while (last > 0 && thing.at[last - 1] != '.')
        last--;
    field = (struct text){thing.at + last, thing.len - last};
    if (last == 0 || (field.len > 0 && field.at[0] >= '0' && field.at[0] <= '9'))
        return;
    buf_byte(out, ' ');
    field_say(out, labels, of, field);
}

void
labels_cause(struct buf *out, const struct labels *labels, struct text cause)
{
    size_t at = text_find(cause, TEXT("@")), dot = text_find(cause, TEXT(".")), colon;
    struct text source = TEXT(""), when = TEXT("");

    if (at == SIZE_MAX && (dot == SIZE_MAX || label_of(labels, cause) != NULL)) {
        labels_name(out, labels, "", cause);
        return;
    }
    if (at != SIZE_MAX) {
        source = (struct text){cause.at + at + 1, cause.len - at - 1};
        cause.len = at;
        colon = text_find(source, TEXT(":"));
        if (colon != SIZE_MAX) {
            when = (struct text){source.at + colon + 1, source.len - colon - 1};
            source.len = colon;
        }
    }
    dot = text_find(cause, TEXT("."));
    if (dot != SIZE_MAX) { /* whose */
        buf_put(out, cause.at, dot);
        buf_byte(out, ' ');
        cause = (struct text){cause.at + dot + 1, cause.len - dot - 1};
    }
    thing_say(out, labels, cause);
    if (source.len == 0)
        return;
    buf_str(out, labels->is_english ? " (" : "（");
    labels_name(out, labels, "@", source);
    if (when.len > 0)
        buf_printf(out, labels->is_english ? ", " TEXT_FMT : "，" TEXT_FMT, TEXT_ARG(when));
    buf_str(out, labels->is_english ? ")" : "）");
}
