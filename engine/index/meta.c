/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/index/meta.h"

#include <assert.h>
#include <string.h>

#include "engine/base/ban.h"

static const char *const type_names[] = {
    [FIELD_IDENTITY] = "identity", [FIELD_NAME] = "name",       [FIELD_TEXT] = "text",
    [FIELD_CODE] = "code",         [FIELD_DATE] = "date",       [FIELD_MONTH] = "month",
    [FIELD_MONEY] = "money",       [FIELD_DECIMAL] = "decimal", [FIELD_INT] = "int",
    [FIELD_BOOL] = "bool",
};

static void
put_text(struct json *json, const char *key, struct text text)
{
    json_key(json, key);
    json_text(json, text);
}

static void
put_int(struct json *json, const char *key, int64_t value)
{
    json_key(json, key);
    json_int(json, value);
}

static void
put_hex(struct json *json, const char *key, uint64_t value)
{
    char hex[17];

    for (int i = 0; i < 16; i++)
        hex[i] = "0123456789abcdef"[value >> (60 - 4 * i) & 15];
    hex[16] = '\0';
    json_key(json, key);
    json_str(json, hex);
}

/* The field that takes this one's place in a row read from its other side; NULL: none does. */
static const struct field *
facing_field(const struct kind *kind, uint32_t f)
{
    return kind->facing == NULL || kind->facing[f] == f ? NULL : &kind->fields[kind->facing[f]];
}

static void
put_field(struct json *json, const struct kind *kind, uint32_t f)
{
    const struct field *field = &kind->fields[f], *facing = facing_field(kind, f);

    json_object(json);
    put_text(json, "name", field->name);
    json_key(json, "type");
    json_str(json, type_names[field->type]);
    if (field->type == FIELD_DECIMAL)
        put_int(json, "scale", field->scale);
    if (field->type == FIELD_TEXT) {
        json_key(json, "sensitive");
        json_bool(json, field->is_sensitive);
    }
    if (field->type == FIELD_CODE) {
        json_key(json, "codes");
        json_array(json);
        for (uint32_t i = 0; i < field->codes->count; i++)
            json_text(json, field->codes->codes[i].name);
        json_end_array(json);
    }
    if (facing != NULL)
        put_text(json, "faces", facing->name);
    json_end_object(json);
}

static void
put_digest_or_null(struct json *json, const char *key, const struct digest *digest)
{
    if (digest != NULL) {
        json_digest(json, key, digest);
        return;
    }
    json_key(json, key);
    json_null(json);
}

static void
put_lists(struct json *json, const struct delivery_info *info)
{
    json_key(json, "divisions");
    json_array(json);
    for (uint32_t i = 0; i < info->division_count; i++)
        json_text(json, info->divisions[i]);
    json_end_array(json);
    json_key(json, "months");
    json_array(json);
    for (uint32_t i = 0; i < info->month_count; i++)
        json_int(json, info->months[i]);
    json_end_array(json);
    json_key(json, "files");
    json_array(json);
    for (uint32_t i = 0; i < info->file_count; i++) {
        json_object(json);
        put_text(json, "name", info->files[i]);
        json_digest(json, "sha256", &info->file_digests[i]);
        json_end_object(json);
    }
    json_end_array(json);
}

void
meta_write(struct buf *out, const struct meta *meta, const struct kind *kind)
{
    const struct delivery_info *info = &meta->info;
    struct json json;

    json_begin(&json, out);
    json_object(&json);
    put_text(&json, "source", info->source);
    put_text(&json, "kind", info->kind);
    put_text(&json, "mapping", info->mapping);
    put_int(&json, "mapping_version", info->mapping_version);
    json_digest(&json, "mapping_sha256", &info->mapping_digest);
    json_digest(&json, "model_sha256", &info->model_digest);
    put_int(&json, "normaliser", info->normaliser);
    put_int(&json, "as_of_day", info->as_of);
    json_key(&json, "mode");
    json_str(&json, "complete");
    put_hex(&json, "key_id", info->key_id);
    put_digest_or_null(&json, "sealing", info->is_sealed ? &info->sealing : NULL);
    put_int(&json, "rows", (int64_t)info->rows);
    put_int(&json, "owners", (int64_t)info->owners);
    put_int(&json, "physical", (int64_t)info->physical);
    put_int(&json, "refused", (int64_t)info->refused);
    put_int(&json, "collapsed", (int64_t)info->collapsed);
    put_int(&json, "ignored", (int64_t)info->ignored);
    json_key(&json, "partial");
    json_bool(&json, info->is_partial);
    put_digest_or_null(&json, "mends", info->is_mend ? &info->mends : NULL);
    put_lists(&json, info);
    put_int(&json, "line_bits", meta->line_bits);
    json_key(&json, "fields");
    json_array(&json);
    for (uint32_t i = 0; i < kind->field_count; i++)
        put_field(&json, kind, i);
    json_end_array(&json);
    json_end_object(&json);
}

/* Members of the JSON, read with one flag for all that may be wrong. */
struct reading {
    const struct json_node *root;
    bool is_wrong;
};

static const struct json_node *
get(struct reading *r, const char *key, enum json_type type)
{
    static const struct json_node nothing;
    const struct json_node *node = r->root->type == JSON_OBJECT ? json_get(r->root, key) : NULL;

    if (node != NULL && node->type == type)
        return node;
    r->is_wrong = true;
    return &nothing;
}

static uint64_t
get_count(struct reading *r, const char *key)
{
    int64_t value = get(r, key, JSON_INT)->integer;

    if (value < 0)
        r->is_wrong = true;
    return (uint64_t)value;
}

static void
get_digest(struct reading *r, const char *key, struct digest *out)
{
    if (!digest_read(out, get(r, key, JSON_STRING)->text))
        r->is_wrong = true;
}

static uint64_t
get_hex(struct reading *r, const char *key)
{
    struct text text = get(r, key, JSON_STRING)->text;
    uint64_t value = 0;

    r->is_wrong |= text.len != 16;
    for (size_t i = 0; i < text.len && i < 16; i++) {
        char c = text.at[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
        value = value << 4 | (uint64_t)digit;
    }
    return value;
}

static hedui_status
get_lists(struct reading *r, struct delivery_info *info, struct arena *arena, struct err *err)
{
    const struct json_node *divisions = get(r, "divisions", JSON_ARRAY);
    const struct json_node *months = get(r, "months", JSON_ARRAY);
    const struct json_node *files = get(r, "files", JSON_ARRAY);
    struct text *texts = arena_alloc(arena, divisions->count, sizeof *texts);
    struct text *names = arena_alloc(arena, files->count, sizeof *names);
    int32_t *numbers = arena_alloc(arena, months->count, sizeof *numbers);
    struct digest *digests = arena_alloc(arena, files->count, sizeof *digests);

    if (texts == NULL || names == NULL || numbers == NULL || digests == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < divisions->count; i++)
        texts[i] = divisions->values[i].text;
    for (uint32_t i = 0; i < months->count; i++)
        numbers[i] = (int32_t)months->values[i].integer;
    for (uint32_t i = 0; i < files->count; i++) {
        struct reading file = {&files->values[i], false};
        names[i] = get(&file, "name", JSON_STRING)->text;
        get_digest(&file, "sha256", &digests[i]);
        r->is_wrong |= file.is_wrong;
    }
    info->division_count = divisions->count;
    info->divisions = texts;
    info->month_count = months->count;
    info->months = numbers;
    info->file_count = files->count;
    info->files = names;
    info->file_digests = digests;
    return HEDUI_OK;
}

hedui_status
meta_read(struct meta *meta, struct json_node **root, struct text json, struct arena *arena,
          struct err *err)
{
    struct reading r = {0};
    struct delivery_info *info = &meta->info;
    const struct json_node *mends, *sealing;
    hedui_status rc;

    memset(meta, 0, sizeof *meta);
    rc = json_parse(root, json, arena, err);
    if (rc == HEDUI_E_MEMORY)
        return rc;
    if (rc != HEDUI_OK)
        return err_set(err, HEDUI_E_FORMAT,
                       "数据文件的说明部分无法读取\na delivery's own description cannot be read");
    r.root = *root;
    info->source = get(&r, "source", JSON_STRING)->text;
    info->kind = get(&r, "kind", JSON_STRING)->text;
    info->mapping = get(&r, "mapping", JSON_STRING)->text;
    info->mapping_version = get(&r, "mapping_version", JSON_INT)->integer;
    get_digest(&r, "mapping_sha256", &info->mapping_digest);
    get_digest(&r, "model_sha256", &info->model_digest);
    info->normaliser = get(&r, "normaliser", JSON_INT)->integer;
    info->as_of = (int32_t)get(&r, "as_of_day", JSON_INT)->integer;
    info->mode = DELIVERY_COMPLETE;
    r.is_wrong |= !text_is(get(&r, "mode", JSON_STRING)->text, "complete");
    info->key_id = get_hex(&r, "key_id");
    info->rows = get_count(&r, "rows");
    info->owners = get_count(&r, "owners");
    info->physical = get_count(&r, "physical");
    info->refused = get_count(&r, "refused");
    info->collapsed = get_count(&r, "collapsed");
    info->ignored = get_count(&r, "ignored");
    info->is_partial = get(&r, "partial", JSON_BOOL)->boolean;
    sealing = (*root)->type == JSON_OBJECT ? json_get(*root, "sealing") : NULL;
    info->is_sealed = sealing != NULL && sealing->type == JSON_STRING;
    if (info->is_sealed)
        get_digest(&r, "sealing", &info->sealing);
    mends = (*root)->type == JSON_OBJECT ? json_get(*root, "mends") : NULL;
    info->is_mend = mends != NULL && mends->type == JSON_STRING;
    if (info->is_mend)
        get_digest(&r, "mends", &info->mends);
    TRY(get_lists(&r, info, arena, err));
    meta->line_bits = (uint32_t)get_count(&r, "line_bits");
    if (r.is_wrong || meta->line_bits > 36)
        return err_set(err, HEDUI_E_FORMAT,
                       "数据文件的说明部分不完整\na delivery's own description is not complete");
    return HEDUI_OK;
}

static bool
is_same_field(const struct json_node *node, const struct kind *kind, uint32_t f)
{
    const struct field *field = &kind->fields[f], *facing = facing_field(kind, f);
    const struct json_node *faces = node->type == JSON_OBJECT ? json_get(node, "faces") : NULL;
    struct reading r = {node, false};
    bool is_same = text_eq(get(&r, "name", JSON_STRING)->text, field->name) &&
                   text_is(get(&r, "type", JSON_STRING)->text, type_names[field->type]);

    if (is_same && field->type == FIELD_DECIMAL)
        is_same = get(&r, "scale", JSON_INT)->integer == field->scale;
    if (is_same && field->type == FIELD_TEXT)
        is_same = get(&r, "sensitive", JSON_BOOL)->boolean == field->is_sensitive;
    if (is_same && field->type == FIELD_CODE) {
        const struct json_node *codes = get(&r, "codes", JSON_ARRAY);
        is_same = codes->count <= field->codes->count;
        for (uint32_t i = 0; is_same && i < codes->count; i++)
            is_same = text_eq(codes->values[i].text, field->codes->codes[i].name);
    }
    is_same = is_same && (facing != NULL) == (faces != NULL);
    if (is_same && facing != NULL)
        is_same = faces->type == JSON_STRING && text_eq(faces->text, facing->name);
    return is_same && !r.is_wrong;
}

hedui_status
meta_check_fields(const struct json_node *root, const struct kind *kind, const char *path,
                  struct err *err)
{
    struct reading r = {root, false};
    const struct json_node *fields = get(&r, "fields", JSON_ARRAY);

    for (uint32_t i = 0; i < kind->field_count; i++) {
        if (i < fields->count && is_same_field(&fields->values[i], kind, i))
            continue;
        return err_set(err, HEDUI_E_FORMAT,
                       "词表里 " TEXT_FMT "." TEXT_FMT
                       " 与数据文件 '%s' 不同，请用新词表重新导入这份"
                       "数据，或用 --model 指明当时的词表\n"
                       "field " TEXT_FMT "." TEXT_FMT " of the model is not as in delivery '%s': "
                       "ingest that feed again, or name the model of that time with --model",
                       TEXT_ARG(kind->name), TEXT_ARG(kind->fields[i].name), path,
                       TEXT_ARG(kind->name), TEXT_ARG(kind->fields[i].name), path);
    }
    if (fields->count == kind->field_count)
        return HEDUI_OK;
    return err_set(err, HEDUI_E_FORMAT,
                   "词表里 " TEXT_FMT " 的字段少于数据文件 '%s'，请用新词表重新导入\n"
                   "the model has fewer fields of " TEXT_FMT " than delivery '%s': ingest that "
                   "feed again",
                   TEXT_ARG(kind->name), path, TEXT_ARG(kind->name), path);
}
