/* SPDX-License-Identifier: Apache-2.0 */
/* grammar_schema.c: the table of keys as a JSON schema. Scalars are told leniently: an editor may
 * read `yes`, `1208` or `2026-07-01` as a bool, a number or a text, the loader reads texts. */
#include <stdio.h>

#include "engine/base/json.h"
#include "engine/rule/grammar.h"

#include "engine/base/ban.h"

struct writing {
    struct json json;
    struct buf *text; /* for pieces */
    const struct model *model;
};

static void
scalar_put(struct json *json)
{
    json_key(json, "type");
    json_array(json);
    json_str(json, "string");
    json_str(json, "number");
    json_str(json, "boolean");
    json_end_array(json);
}

static void
type_is(struct json *json, const char *type)
{
    json_key(json, "type");
    json_str(json, type);
}

static void
pattern_put(struct json *json, const char *pattern)
{
    type_is(json, "string");
    json_key(json, "pattern");
    json_str(json, pattern);
}

static void
refer(struct json *json, const char *name)
{
    char path[64];

    (void)snprintf(path, sizeof path, "#/definitions/%s", name);
    json_key(json, "$ref");
    json_str(json, path);
}

static void
words_put(struct json *json, const char *const *words)
{
    json_key(json, "enum");
    json_array(json);
    for (; *words != NULL; words++)
        json_str(json, *words);
    json_end_array(json);
}

static void
bool_put(struct json *json)
{
    json_key(json, "enum");
    json_array(json);
    json_bool(json, true);
    json_bool(json, false);
    json_str(json, "yes");
    json_str(json, "no");
    json_str(json, "true");
    json_str(json, "false");
    json_end_array(json);
}

static void
codes_put(struct writing *w, const char *list)
{
    const struct code_list *codes = model_codes(w->model, text_of(list));

    json_key(&w->json, "enum");
    json_array(&w->json);
    for (uint32_t i = 0; codes != NULL && i < codes->count; i++)
        json_text(&w->json, codes->codes[i].name);
    json_end_array(&w->json);
}

/* Plain types by name, so that an editor completes them; lists by form. */
static void
type_put(struct writing *w)
{
    static const char *const plain[] = {"int",        "bool",       "string",     "money",
                                        "exact",      "rate",       "date",       "month",
                                        "identity",   "decimal(0)", "decimal(1)", "decimal(2)",
                                        "decimal(3)", "decimal(4)", "decimal(5)", "decimal(6)"};
    struct json *json = &w->json;

    json_key(json, "anyOf");
    json_array(json);
    json_object(json);
    json_key(json, "enum");
    json_array(json);
    for (size_t i = 0; i < LEN(plain); i++)
        json_str(json, plain[i]);
    for (uint32_t i = 0; i < w->model->list_count; i++) {
        buf_reset(w->text);
        buf_printf(w->text, "code(" TEXT_FMT ")", TEXT_ARG(w->model->lists[i].name));
        json_text(json, buf_as_text(w->text));
    }
    json_end_array(json);
    json_end_object(json);
    json_object(json);
    pattern_put(json, "^list\\(.+\\)$");
    json_end_object(json);
    json_end_array(json);
}

static void
value_put(struct json *json)
{
    json_key(json, "type");
    json_array(json);
    json_str(json, "string");
    json_str(json, "number");
    json_str(json, "boolean");
    json_str(json, "array");
    json_end_array(json);
}

static void
count_put(struct json *json, uint32_t most)
{
    json_key(json, "type");
    json_array(json);
    json_str(json, "integer");
    json_str(json, "string");
    json_end_array(json);
    json_key(json, "minimum");
    json_uint(json, 0);
    json_key(json, "maximum");
    json_uint(json, most);
    json_key(json, "pattern");
    json_str(json, "^[0-9]+$");
}

static void
kinds_put(struct writing *w)
{
    struct json *json = &w->json;

    type_is(json, "array");
    json_key(json, "items");
    json_object(json);
    json_key(json, "enum");
    json_array(json);
    for (uint32_t i = 0; i < w->model->kind_count; i++)
        if (&w->model->kinds[i] != w->model->applicant)
            json_text(json, w->model->kinds[i].name);
    json_end_array(json);
    json_end_object(json);
}

static void
entries_put(struct json *json, const char *of)
{
    type_is(json, "object");
    json_key(json, "additionalProperties");
    json_object(json);
    refer(json, of);
    json_end_object(json);
}

static void
help_put(struct json *json, struct text zh, struct text en)
{
    struct buf text;

    buf_init(&text, false);
    buf_printf(&text, TEXT_FMT "%s" TEXT_FMT, TEXT_ARG(zh), en.len > 0 ? " | " : "", TEXT_ARG(en));
    json_key(json, "description");
    json_text(json, buf_part(json->out, &text));
    buf_release(&text);
}

/* `add`: sections; `replace`: entries of a section by a path, with their why. */
static void
sections_put(struct json *json, bool is_replace)
{
    const struct grammar_construct *pack = grammar_of(GRAMMAR_PACK);

    type_is(json, "object");
    json_key(json, is_replace ? "patternProperties" : "properties");
    json_object(json);
    for (uint32_t i = 0; i < pack->key_count; i++) {
        const struct grammar_key *key = &pack->keys[i];
        bool is_whole = key->of == GRAMMAR_RULE || key->of == GRAMMAR_FACT ||
                        key->of == GRAMMAR_TABLE; /* what `replace` may give anew */
        char path[32];

        if (key->shape != SHAPE_ENTRIES || key->of == GRAMMAR_SET || key->of == GRAMMAR_DISABLE ||
            (is_replace && !is_whole))
            continue;
        (void)snprintf(path, sizeof path, is_replace ? "^%s\\." : "%s", key->name);
        json_key_text(json, text_of(path));
        json_object(json);
        if (is_replace)
            type_is(json, "object"); /* the construct and a why: its own keys are checked there */
        else
            entries_put(json, grammar_of((enum grammar)key->of)->name);
        json_end_object(json);
    }
    json_end_object(json);
    json_key(json, "additionalProperties");
    json_bool(json, false);
}

static void
field_put(struct writing *w, const struct field *field)
{
    struct json *json = &w->json;

    json_key_text(json, field->name);
    json_object(json);
    if (field->type == FIELD_CODE) {
        json_key(json, "enum");
        json_array(json);
        for (uint32_t i = 0; i < field->codes->count; i++)
            json_text(json, field->codes->codes[i].name);
        json_str(json, "unknown");
        json_str(json, "none");
        json_end_array(json);
    } else {
        scalar_put(json);
    }
    help_put(json, field->zh, field->en);
    json_end_object(json);
}

static void
text_field(struct json *json, const char *name, const char *zh, const char *en)
{
    json_key_text(json, text_of(name));
    json_object(json);
    scalar_put(json);
    help_put(json, text_of(zh), text_of(en));
    json_end_object(json);
}

static void
closed(struct json *json)
{
    json_end_object(json);
    json_key(json, "additionalProperties");
    json_bool(json, false);
}

static void
rows_put(struct writing *w, const struct kind *kind)
{
    struct json *json = &w->json;

    json_key_text(json, kind->list);
    json_object(json);
    type_is(json, "array");
    help_put(json, kind->zh, kind->en);
    json_key(json, "items");
    json_object(json);
    type_is(json, "object");
    json_key(json, "properties");
    json_object(json);
    for (uint32_t f = 0; f < kind->field_count; f++)
        field_put(w, &kind->fields[f]);
    text_field(json, "match", "姓名比对结果", "how the name agrees");
    text_field(json, "source", "来源", "the source");
    text_field(json, "seen", "数据截至", "its as-of date");
    closed(json);
    json_end_object(json);
    json_end_object(json);
}

/* The application's own fields, or a person's with the lists of all kinds. */
static void
people_put(struct writing *w, const char *name, bool is_of_case)
{
    const struct kind *kind = w->model->applicant;
    struct json *json = &w->json;

    json_key_text(json, text_of(name));
    json_object(json);
    type_is(json, "object");
    json_key(json, "properties");
    json_object(json);
    for (uint32_t f = 0; f < kind->field_count; f++)
        if (kind->fields[f].is_of_case == is_of_case)
            field_put(w, &kind->fields[f]);
    if (!is_of_case) {
        text_field(json, "born", "出生日期", "date of birth");
        text_field(json, "sex", "性别 male 或 female", "male or female");
        text_field(json, "other_cases", "另在几案中", "in how many other cases");
        for (uint32_t k = 0; k < w->model->kind_count; k++)
            if (&w->model->kinds[k] != kind)
                rows_put(w, &w->model->kinds[k]);
    }
    closed(json);
    json_end_object(json);
}

static void
shape_put(struct writing *w, const struct grammar_key *key)
{
    struct json *json = &w->json;

    switch (key->shape) {
    case SHAPE_TEXT:
    case SHAPE_EXPR:
        scalar_put(json);
        break;
    case SHAPE_VALUE:
        value_put(json);
        break;
    case SHAPE_TYPE:
        type_put(w);
        break;
    case SHAPE_DAY:
        pattern_put(json, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
        break;
    case SHAPE_BOOL:
        bool_put(json);
        break;
    case SHAPE_COUNT:
        count_put(json, key->of);
        break;
    case SHAPE_WORD:
        words_put(json, grammar_words(key->of));
        break;
    case SHAPE_CODE:
        codes_put(w, "programme");
        break;
    case SHAPE_KINDS:
        kinds_put(w);
        break;
    case SHAPE_LIST:
    case SHAPE_ITEMS:
        type_is(json, "array");
        json_key(json, "items");
        json_object(json);
        if (key->shape == SHAPE_LIST)
            scalar_put(json);
        else
            refer(json, grammar_of((enum grammar)key->of)->name);
        json_end_object(json);
        break;
    case SHAPE_ENTRIES:
        entries_put(json, grammar_of((enum grammar)key->of)->name);
        break;
    case SHAPE_ONE:
        refer(json, grammar_of((enum grammar)key->of)->name);
        break;
    case SHAPE_SECTIONS:
    case SHAPE_VERBS:
        sections_put(json, key->shape == SHAPE_VERBS);
        break;
    case SHAPE_CASE:
        refer(json, "application");
        break;
    case SHAPE_PERSONS:
        entries_put(json, "person");
        break;
    case SHAPE_FREE:
        type_is(json, "object");
        break;
    }
}

/* "required", and "oneOf" or "anyOf" over keys of which one must stand. */
static void
required_put(struct json *json, const struct grammar_construct *of, enum grammar_choice choice)
{
    bool is_begun = false;

    for (uint32_t i = 0; i < of->key_count; i++) {
        if (choice == CHOICE_NONE ? !of->keys[i].is_must : of->keys[i].choice != choice)
            continue;
        if (!is_begun) {
            json_key_text(json, text_of(choice == CHOICE_NONE  ? "required"
                                        : choice == CHOICE_ONE ? "oneOf"
                                                               : "anyOf"));
            json_array(json);
        }
        is_begun = true;
        if (choice == CHOICE_NONE) {
            json_str(json, of->keys[i].name);
            continue;
        }
        json_object(json);
        json_key(json, "required");
        json_array(json);
        json_str(json, of->keys[i].name);
        json_end_array(json);
        json_end_object(json);
    }
    if (is_begun)
        json_end_array(json);
}

static void
construct_put(struct writing *w, enum grammar number)
{
    const struct grammar_construct *of = grammar_of(number);
    struct json *json = &w->json;

    json_key_text(json, text_of(of->name));
    json_object(json);
    type_is(json, "object");
    json_key(json, "properties");
    json_object(json);
    for (uint32_t i = 0; i < of->key_count; i++) {
        json_key_text(json, text_of(of->keys[i].name));
        json_object(json);
        shape_put(w, &of->keys[i]);
        help_put(json, text_of(of->keys[i].zh), text_of(of->keys[i].en));
        json_end_object(json);
    }
    json_end_object(json);
    json_key(json, "additionalProperties");
    if (of->is_open) {
        json_object(json);
        scalar_put(json);
        json_end_object(json);
    } else {
        json_bool(json, false);
    }
    for (int choice = CHOICE_NONE; choice <= CHOICE_SOME; choice++)
        required_put(json, of, (enum grammar_choice)choice);
    json_end_object(json);
}

hedui_status
grammar_schema(struct buf *out, enum grammar_file file, const struct model *model, struct err *err)
{
    static const struct {
        enum grammar root, first, last;
        const char *title;
    } files[] = {
        [FILE_PACK] = {GRAMMAR_PACK,   GRAMMAR_PACK,   GRAMMAR_DISABLE,  "hedui 规则包 rule pack"  },
        [FILE_TESTS] = {GRAMMAR_TESTS,  GRAMMAR_TESTS,  GRAMMAR_BASE,     "hedui 规则包测试 tests"},
        [FILE_ROUTES] = {GRAMMAR_ROUTES, GRAMMAR_ROUTES, GRAMMAR_CONFLICT, "hedui packs.yaml"           },
    };
    struct buf text;
    struct writing w = {.text = &text, .model = model};
    struct json *json = &w.json;

    buf_init(&text, false);
    json_begin(json, out);
    json_object(json);
    json_key(json, "$schema");
    json_str(json, "http://json-schema.org/draft-07/schema#");
    json_key(json, "title");
    json_str(json, files[file].title);
    refer(json, grammar_of(files[file].root)->name);
    json_key(json, "definitions");
    json_object(json);
    for (int of = (int)files[file].first; of <= (int)files[file].last; of++)
        construct_put(&w, (enum grammar)of);
    if (file == FILE_TESTS) {
        people_put(&w, "application", true);
        people_put(&w, "person", false);
    }
    json_end_object(json);
    json_end_object(json);
    json_newline(json);
    buf_release(&text);
    return buf_check(out, err);
}
