/* SPDX-License-Identifier: Apache-2.0 */
/* mapping.c: reads a mapping and checks all of it against the model, so that a row can only be
 * refused for what is in the row. */
#include "engine/feed/mapping.h"

#include <assert.h>
#include <string.h>

#include "engine/base/yaml.h"
#include "engine/feed/parse.h"

#include "engine/base/ban.h"

#define UNPLACED_DEFAULT 5000 /* millionths */
#define ALIASES_MAX 64
#define BLANKS_MAX 32

static void
complain(struct loading *load, const char *code, const struct yaml_node *node, const char *zh,
         const char *en)
{
    load_complain(load, code, node, text_of(zh), text_of(en));
}

static struct text
scalar(struct loading *load, const struct yaml_node *node)
{
    if (node != NULL && node->type == YAML_SCALAR && node->text.len > 0)
        return node->text;
    if (node != NULL)
        complain(load, "F101", node, "此处应为一个词", "one word is wanted here");
    return TEXT("");
}

/* A scalar or a list of scalars, trimmed, at most `max`. */
static uint32_t
words_read(struct loading *load, const struct yaml_node *node, uint32_t max, struct text **out)
{
    uint32_t count = node->type == YAML_LIST ? node->count : 1;

    if (node->type == YAML_MAP || count == 0 || count > max) {
        complain(load, "F101", node, "此处应为一个词或一列词",
                 "a word or a list of words is wanted");
        return 0;
    }
    *out = arena_alloc(load->arena, count, sizeof **out);
    if (*out == NULL) {
        load->is_full = true;
        return 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct yaml_node *word = node->type == YAML_LIST ? &node->values[i] : node;
        if (word->type != YAML_SCALAR) {
            complain(load, "F101", word, "此处应为一个词", "one word is wanted here");
            return 0;
        }
        (*out)[i] = text_trim(word->text);
    }
    return count;
}

static void
file_read(struct loading *load, const struct yaml_node *node)
{
    static const char *const known[] = {"format", "charset", "delimiter", "header", NULL};
    struct mapping *mapping = load->mapping;
    const struct yaml_node *part;
    struct text *sets;
    bool is_header;

    mapping->takes_utf8 = mapping->takes_gb18030 = true;
    mapping->delimiter = ',';
    if (node == NULL || !yaml_check_keys(node, known, NULL, load->messages))
        return;
    if ((part = yaml_get(node, "format")) != NULL && !text_is(part->text, "csv"))
        complain(load, "F110", part, "目前只支持 csv", "only csv is read so far");
    if ((part = yaml_get(node, "header")) != NULL && (!yaml_bool(part, &is_header) || !is_header))
        complain(load, "F110", part, "首行必须是列名（header: true）",
                 "the first line must hold the column names (header: true)");
    if ((part = yaml_get(node, "charset")) != NULL) {
        uint32_t count = words_read(load, part, 4, &sets);
        mapping->takes_utf8 = mapping->takes_gb18030 = false;
        for (uint32_t i = 0; i < count; i++) {
            if (text_is(sets[i], "utf-8"))
                mapping->takes_utf8 = true;
            else if (text_is(sets[i], "gb18030") || text_is(sets[i], "gbk"))
                mapping->takes_gb18030 = true;
            else
                complain(load, "F110", part, "字符集只能是 utf-8、gb18030",
                         "a charset is utf-8 or gb18030");
        }
    }
    if ((part = yaml_get(node, "delimiter")) != NULL) {
        if (part->type != YAML_SCALAR || part->text.len != 1 ||
            strchr(",;|\t", part->text.at[0]) == NULL) {
            complain(load, "F110", part, "分隔符只能是 , ; | 或制表符 \"\\t\"",
                     "a delimiter is , ; | or a tab \"\\t\"");
            return;
        }
        mapping->delimiter = part->text.at[0];
        if (mapping->delimiter == '|' && mapping->takes_gb18030) /* a trail byte may be 0x7C */
            complain(load, "F110", part, "以 | 分隔的文件只能是 utf-8，请写 charset: [utf-8]",
                     "a file cut by | can only be utf-8: write charset: [utf-8]");
    }
}

static void
unit_read(struct loading *load, const struct field *field, struct field_map *map,
          const struct yaml_node *node)
{
    struct text unit = scalar(load, node);

    if (field->type == FIELD_MONEY) {
        if (text_is(unit, "元"))
            map->unit = UNIT_YUAN;
        else if (text_is(unit, "万元"))
            map->unit = UNIT_WAN;
        else if (text_is(unit, "分"))
            map->unit = UNIT_FEN;
        else
            complain(load, "F106", node, "金额的单位只能是 元、万元、分",
                     "a unit of money is 元, 万元 or 分");
    } else if (field->type == FIELD_DECIMAL) {
        if (text_is(unit, "%"))
            map->divide = 2;
        else if (!text_is(unit, "㎡") && !text_is(unit, "1"))
            complain(load, "F106", node, "小数的单位只能是 ㎡、% 或 1",
                     "a unit of a decimal is ㎡, % or 1");
    } else {
        complain(load, "F106", node, "只有金额和小数有单位", "only money and decimals have a unit");
    }
}

static void
date_read(struct loading *load, const struct field *field, struct field_map *map,
          const struct yaml_node *node)
{
    struct text form = scalar(load, node);

    if (field->type != FIELD_DATE && field->type != FIELD_MONTH)
        complain(load, "F107", node, "此字段不是日期或月份", "this field is no date or month");
    else if (text_is(form, "serial"))
        map->date = DATE_FORM_SERIAL;
    else if (!text_is(form, field->type == FIELD_DATE ? "YYYY-MM-DD" : "YYYY-MM") &&
             !text_is(form, field->type == FIELD_DATE ? "YYYYMMDD" : "YYYYMM"))
        complain(load, "F107", node, "日期写 YYYY-MM-DD，月份写 YYYYMM，Excel 序列值写 serial",
                 "write YYYY-MM-DD for a date, YYYYMM for a month, serial for Excel's numbers");
}

static void
several_read(struct loading *load, const struct field *field, struct field_map *map,
             const struct yaml_node *node)
{
    static const char *const known[] = {"by", "rank", NULL};
    struct text *rank, by;
    uint32_t count;

    if (!yaml_check_keys(node, known, known, load->messages))
        return;
    if (field->type != FIELD_CODE) {
        complain(load, "F108", node, "只有代码字段可以有多个值",
                 "only a code can stand several times");
        return;
    }
    by = scalar(load, yaml_get(node, "by"));
    for (size_t pos = 0; pos < by.len && map->separator_count < SEVERAL_MAX;)
        map->separators[map->separator_count++] = text_next(by, &pos);
    count = words_read(load, yaml_get(node, "rank"), (uint32_t)LEN(map->rank_of), &rank);
    memset(map->rank_of, 0xFF, sizeof map->rank_of);
    for (uint32_t i = 0; i < count; i++) {
        int32_t code = code_find(field->codes, rank[i]);
        if (code < 0)
            load_complain(
                load, "F104", yaml_get(node, "rank"),
                arena_printf(load->arena, "模型的代码表里没有 “" TEXT_FMT "”", TEXT_ARG(rank[i])),
                arena_printf(load->arena, "the model's list has no code \"" TEXT_FMT "\"",
                             TEXT_ARG(rank[i])));
        else if (map->rank_of[code] == UINT32_MAX)
            map->rank_of[code] = i;
    }
    for (uint32_t i = 0; i < map->codes.count; i++)
        if (map->rank_of[map->codes.words[i].code] == UINT32_MAX) {
            complain(load, "F108", yaml_get(node, "rank"), "rank 没有列出对照表用到的每个代码",
                     "rank does not list every code of the table");
            return;
        }
}

/* `value` and `default` are written as a cell would be, or as the model's code. */
static void
constant_read(struct loading *load, const struct field *field, struct field_map *map,
              const struct yaml_node *node)
{
    struct constant *out = &map->value;
    enum cell_result result = CELL_OK;
    struct text cell;

    if (node->type != YAML_SCALAR) {
        complain(load, "F101", node, "此处应为一个值", "one value is wanted here");
        return;
    }
    cell = text_trim(node->text);
    if (field->type == FIELD_TEXT || field->type == FIELD_NAME) {
        out->text = cell;
        result = cell.len == 0 ? CELL_BLANK : CELL_OK;
    } else if (field->type == FIELD_IDENTITY) {
        result = identity_parse(cell, &out->identity);
    } else if (field->type == FIELD_CODE && code_find(field->codes, cell) >= 0) {
        out->number = code_find(field->codes, cell);
    } else {
        result = number_parse(field, map, cell, &out->number);
    }
    if (result != CELL_OK)
        load_complain(load, "F109", node,
                      arena_printf(load->arena, "此值不合字段类型：%s", cell_result_zh(result)),
                      arena_printf(load->arena, "this value does not fit the field: %s",
                                   cell_result_en(result)));
    out->is_set = true;
    out->state = CELL_VALUE;
}

static void
field_read(struct loading *load, const struct field *field, struct field_map *map,
           const struct yaml_node *node)
{
    static const char *const known[] = {"column",  "codes", "unit",    "date", "blank",
                                        "several", "value", "default", NULL};
    const struct yaml_node *column, *value, *part;

    map->is_mapped = true;
    map->place = node->place;
    if (!yaml_check_keys(node, known, NULL, load->messages))
        return;
    column = yaml_get(node, "column");
    value = yaml_get(node, "value");
    if ((column == NULL) == (value == NULL))
        complain(load, "F102", node, "写 column（列名）或 value（固定值）之一",
                 "write one of column and value");
    if (column != NULL)
        map->alias_count = words_read(load, column, ALIASES_MAX, &map->aliases);
    if ((part = yaml_get(node, "unit")) != NULL)
        unit_read(load, field, map, part);
    if ((part = yaml_get(node, "date")) != NULL)
        date_read(load, field, map, part);
    if ((part = yaml_get(node, "blank")) != NULL)
        map->blank_count = words_read(load, part, BLANKS_MAX, &map->blanks);
    part = yaml_get(node, "codes");
    if (field->type == FIELD_CODE)
        codes_build(load, &map->codes, field, part);
    else if (part != NULL)
        complain(load, "F103", part, "此字段不是代码", "this field is no code");
    if (field->type == FIELD_CODE && map->codes.slots == NULL)
        return; /* said already; the rest needs the table */
    if ((part = yaml_get(node, "several")) != NULL)
        several_read(load, field, map, part);
    part = value != NULL ? value : yaml_get(node, "default");
    if (part != NULL)
        constant_read(load, field, map, part);
}

static struct text *
field_names(struct loading *load)
{
    const struct kind *kind = load->mapping->kind;
    struct text *names = arena_alloc(load->arena, kind->field_count, sizeof *names);

    for (uint32_t i = 0; names != NULL && i < kind->field_count; i++)
        names[i] = kind->fields[i].name;
    load->is_full = load->is_full || names == NULL;
    return names;
}

/* The field that `node` names, or -1, which has been reported. */
static int32_t
field_number(struct loading *load, const struct yaml_node *node)
{
    const struct kind *kind = load->mapping->kind;
    int32_t number = node->type == YAML_SCALAR ? kind_field(kind, node->text) : -1;
    struct text *names, word = node->type == YAML_SCALAR ? node->text : TEXT("…");

    if (number >= 0 || (names = field_names(load)) == NULL)
        return number;
    struct text zh = load_near(load, word, names, kind->field_count, true);
    struct text en = load_near(load, word, names, kind->field_count, false);
    load_complain(load, "F102", node,
                  arena_printf(load->arena, "种类 " TEXT_FMT " 没有字段 “" TEXT_FMT "”" TEXT_FMT,
                               TEXT_ARG(kind->name), TEXT_ARG(word), TEXT_ARG(zh)),
                  arena_printf(load->arena,
                               "kind " TEXT_FMT " has no field \"" TEXT_FMT "\"" TEXT_FMT,
                               TEXT_ARG(kind->name), TEXT_ARG(word), TEXT_ARG(en)));
    return -1;
}

static void
fields_read(struct loading *load, const struct yaml_node *node)
{
    struct mapping *mapping = load->mapping;
    const struct kind *kind = mapping->kind;

    mapping->fields = arena_alloc(load->arena, kind->field_count, sizeof *mapping->fields);
    if (mapping->fields == NULL) {
        load->is_full = true;
        return;
    }
    if (node->type != YAML_MAP) {
        complain(load, "F102", node, "fields 应为 “字段: {column: 列名}”",
                 "fields is `field: {column: name}`");
        return;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        int32_t number = field_number(load, &node->keys[i]);
        if (number >= 0)
            field_read(load, &kind->fields[number], &mapping->fields[number], &node->values[i]);
    }
    for (uint32_t i = 0; i < kind->field_count; i++) {
        const struct field *field = &kind->fields[i];
        if (field->blank == BLANK_REFUSES && !mapping->fields[i].is_mapped)
            load_complain(load, "F111", node,
                          arena_printf(load->arena,
                                       "字段 " TEXT_FMT " 不可为空，须写明它的列名或固定值",
                                       TEXT_ARG(field->name)),
                          arena_printf(load->arena,
                                       "field " TEXT_FMT
                                       " must not be blank: say its column or its fixed value",
                                       TEXT_ARG(field->name)));
    }
}

static void
skips_read(struct loading *load, const struct yaml_node *node)
{
    static const char *const known[] = {"column", "in", "why", NULL};
    struct mapping *mapping = load->mapping;

    if (node == NULL)
        return;
    if (node->type != YAML_LIST || node->count > SKIPS_MAX) {
        complain(load, "F112", node, "skip 应为一列规则，最多 32 条",
                 "skip is a list of at most 32 rules");
        return;
    }
    mapping->skips = arena_alloc(load->arena, node->count, sizeof *mapping->skips);
    if (mapping->skips == NULL) {
        load->is_full = true;
        return;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        struct skip_rule *rule = &mapping->skips[mapping->skip_count];
        const struct yaml_node *entry = &node->values[i];
        if (!yaml_check_keys(entry, known, known, load->messages))
            continue;
        rule->alias_count =
            words_read(load, yaml_get(entry, "column"), ALIASES_MAX, &rule->aliases);
        rule->word_count = words_read(load, yaml_get(entry, "in"), BLANKS_MAX, &rule->words);
        rule->why = scalar(load, yaml_get(entry, "why"));
        mapping->skip_count++;
    }
}

static void
dedupe_read(struct loading *load, const struct yaml_node *node)
{
    static const char *const known[] = {"key", NULL};
    const struct yaml_node *key;

    if (node == NULL || !yaml_check_keys(node, known, known, load->messages))
        return;
    key = yaml_get(node, "key");
    for (uint32_t i = 0; i < (key->type == YAML_LIST ? key->count : 1); i++) {
        int32_t number = field_number(load, key->type == YAML_LIST ? &key->values[i] : key);
        if (number >= 0)
            load->mapping->dedupe |= UINT64_C(1) << number;
    }
}

/* "0.5%" in millionths: up to four places. */
static void
unplaced_read(struct loading *load, const struct yaml_node *node)
{
    int64_t units = 0;
    struct text text;

    load->mapping->unplaced_max = UNPLACED_DEFAULT;
    if (node == NULL)
        return;
    text = node->type == YAML_SCALAR ? node->text : TEXT("");
    if (text.len < 2 || text.at[text.len - 1] != '%' ||
        decimal_parse((struct text){text.at, text.len - 1}, 4, 0, &units) != CELL_OK || units < 0 ||
        units > 1000000) {
        complain(load, "F113", node, "unplaced_max 写成百分比，如 0.5%",
                 "write unplaced_max as a percentage, like 0.5%");
        return;
    }
    load->mapping->unplaced_max = (uint32_t)units;
}

static void
kind_read(struct loading *load, const struct yaml_node *node)
{
    const struct model *model = load->mapping->model;
    struct text *names, word = scalar(load, node);

    load->mapping->kind = model_kind(model, word);
    if (load->mapping->kind != NULL)
        return;
    names = arena_alloc(load->arena, model->kind_count, sizeof *names);
    if (names == NULL) {
        load->is_full = true;
        return;
    }
    for (uint32_t i = 0; i < model->kind_count; i++)
        names[i] = model->kinds[i].name;
    struct text zh = load_near(load, word, names, model->kind_count, true);
    struct text en = load_near(load, word, names, model->kind_count, false);
    load_complain(load, "F114", node,
                  arena_printf(load->arena, "模型里没有种类 “" TEXT_FMT "”" TEXT_FMT,
                               TEXT_ARG(word), TEXT_ARG(zh)),
                  arena_printf(load->arena, "the model has no kind \"" TEXT_FMT "\"" TEXT_FMT,
                               TEXT_ARG(word), TEXT_ARG(en)));
}

static void
mapping_read(struct loading *load, const struct yaml_node *root)
{
    static const char *const known[] = {"mapping", "version",      "kind",  "source",
                                        "file",    "fields",       "codes", "skip",
                                        "dedupe",  "unplaced_max", NULL};
    static const char *const must[] = {"mapping", "version", "kind", "source", "fields", NULL};
    struct mapping *mapping = load->mapping;

    if (!yaml_check_keys(root, known, must, load->messages))
        return;
    mapping->name = scalar(load, yaml_get(root, "mapping"));
    mapping->source = scalar(load, yaml_get(root, "source"));
    if (!text_int(scalar(load, yaml_get(root, "version")), &mapping->version) ||
        mapping->version < 1)
        complain(load, "F101", yaml_get(root, "version"), "version 应为正整数",
                 "version is a whole number from 1");
    kind_read(load, yaml_get(root, "kind"));
    if (mapping->kind == NULL)
        return;
    load->codes = yaml_get(root, "codes");
    if (load->codes != NULL && load->codes->type != YAML_MAP) {
        complain(load, "F105", load->codes, "codes 应为 “表名: {…}”", "codes is `table: {…}`");
        load->codes = NULL;
    }
    file_read(load, yaml_get(root, "file"));
    fields_read(load, yaml_get(root, "fields"));
    skips_read(load, yaml_get(root, "skip"));
    dedupe_read(load, yaml_get(root, "dedupe"));
    unplaced_read(load, yaml_get(root, "unplaced_max"));
}

hedui_status
mapping_load(struct mapping **out, const char *path, const struct model *model,
             struct messages *messages, struct arena *arena, struct err *err)
{
    struct yaml_node *root = NULL;
    struct loading load = {.messages = messages, .arena = arena};
    uint64_t refusals = mem_refusals();

    assert(out != NULL && model != NULL);
    TRY(yaml_load(&root, path, messages, arena, err));
    if (root == NULL)
        return messages_status(messages, err);
    load.mapping = arena_alloc(arena, 1, sizeof *load.mapping);
    if (load.mapping == NULL)
        return arena_full(arena, err);
    load.mapping->model = model;
    load.mapping->path = arena_text(arena, text_of(path));
    load.mapping->digest = digest_of(root->place.source->bytes.at, root->place.source->bytes.len);
    mapping_read(&load, root);
    if (load.is_full || load.mapping->path.at == NULL)
        return arena_full(arena, err);
    TRY(messages_status(messages, err));
    TRY(mem_check(refusals, err));
    *out = load.mapping;
    return HEDUI_OK;
}

struct text
mapping_name(const struct mapping *mapping)
{
    return mapping->name;
}

struct text
mapping_source(const struct mapping *mapping)
{
    return mapping->source;
}

int64_t
mapping_version(const struct mapping *mapping)
{
    return mapping->version;
}

const struct digest *
mapping_digest(const struct mapping *mapping)
{
    return &mapping->digest;
}

const struct kind *
mapping_kind(const struct mapping *mapping)
{
    return mapping->kind;
}

uint64_t
mapping_dedupe(const struct mapping *mapping)
{
    return mapping->dedupe;
}

uint32_t
mapping_unplaced_max(const struct mapping *mapping)
{
    return mapping->unplaced_max;
}
