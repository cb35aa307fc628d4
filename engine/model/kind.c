/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/model/kind.h"

#include <assert.h>
#include <string.h>

#include "engine/base/sys.h"
#include "engine/base/yaml.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

struct loader {
    struct model *model;
    struct messages *messages;
    struct arena *arena;
    bool is_full;
};

static void
report(struct loader *loader, const char *code, const struct yaml_node *at, struct text zh,
       struct text en)
{
    message_add(loader->messages, MESSAGE_ERROR, code, at->place, (uint32_t)text_chars(at->text),
                zh, en);
}

/* T203: a value that its key does not take. */
static void
wrong(struct loader *loader, const struct yaml_node *at, const char *zh, const char *en)
{
    report(loader, "T203", at, text_of(zh), text_of(en));
}

/* Names are words of the expression language: a-z, digits and _ behind a letter. */
static void
name_check(struct loader *loader, const struct yaml_node *key)
{
    struct text name = key->text;
    bool is_word = name.len > 0 && name.at[0] >= 'a' && name.at[0] <= 'z';

    for (size_t i = 1; i < name.len; i++)
        is_word = is_word && ((name.at[i] >= 'a' && name.at[i] <= 'z') ||
                              (name.at[i] >= '0' && name.at[i] <= '9') || name.at[i] == '_');
    if (!is_word)
        wrong(loader, key, "名称只用小写字母、数字和下划线，以字母开头",
              "a name is lower-case letters, digits and _, and begins with a letter");
}

/* A label stands in reports: it is there, and it is a text. */
static void
label_check(struct loader *loader, const struct yaml_node *node)
{
    if (node->type != YAML_SCALAR || text_trim(node->text).len == 0)
        wrong(loader, node, "名称标签不能为空", "a label must not be empty");
}

/* A mark of which there is one word only: `of: case`, `sensitive: high`. A slip of it would open
 * what was meant to be closed. */
static void
word_read(struct loader *loader, const struct yaml_node *map, const char *key, const char *word,
          bool *out)
{
    const struct yaml_node *node = yaml_get(map, key);

    *out = node != NULL && text_is(node->text, word);
    if (node != NULL && !*out)
        report(loader, "T203", node, arena_printf(loader->arena, "%s 只能是 %s", key, word),
               arena_printf(loader->arena, "%s can only be %s", key, word));
}

/* ", did you mean …" behind an unknown word, in both languages; empty where nothing is near. */
static void
unknown(struct loader *loader, const char *code, const struct yaml_node *at, const char *zh,
        const char *en, struct text word, const struct text *known, size_t count)
{
    size_t near = text_nearest(word, known, count);
    struct arena *arena = loader->arena;

    if (near == SIZE_MAX)
        report(loader, code, at, arena_printf(arena, "%s “" TEXT_FMT "”", zh, TEXT_ARG(word)),
               arena_printf(arena, "%s \"" TEXT_FMT "\"", en, TEXT_ARG(word)));
    else
        report(loader, code, at,
               arena_printf(arena, "%s “" TEXT_FMT "”，是否指 “" TEXT_FMT "”？", zh, TEXT_ARG(word),
                            TEXT_ARG(known[near])),
               arena_printf(arena, "%s \"" TEXT_FMT "\"; did you mean \"" TEXT_FMT "\"?", en,
                            TEXT_ARG(word), TEXT_ARG(known[near])));
}

static struct text
name_of(const struct yaml_node *map, const char *key)
{
    const struct yaml_node *node = yaml_get(map, key);
    return node != NULL && node->type == YAML_SCALAR ? node->text : text_of("");
}

/* `en` may be left out; where it is there, it is a label as any other. */
static void
english_read(struct loader *loader, const struct yaml_node *map, struct text *out)
{
    if (yaml_get(map, "en") != NULL)
        label_check(loader, yaml_get(map, "en"));
    *out = name_of(map, "en");
}

const struct code_list *
model_codes(const struct model *model, struct text name)
{
    for (uint32_t i = 0; i < model->list_count; i++)
        if (text_eq(model->lists[i].name, name))
            return &model->lists[i];
    return NULL;
}

const struct kind *
model_kind(const struct model *model, struct text name)
{
    for (uint32_t i = 0; i < model->kind_count; i++)
        if (text_eq(model->kinds[i].name, name))
            return &model->kinds[i];
    return NULL;
}

const struct kind *
model_kind_by_list(const struct model *model, struct text list)
{
    for (uint32_t i = 0; i < model->kind_count; i++)
        if (text_eq(model->kinds[i].list, list))
            return &model->kinds[i];
    return NULL;
}

int32_t
kind_field(const struct kind *kind, struct text name)
{
    for (uint32_t i = 0; i < kind->field_count; i++)
        if (text_eq(kind->fields[i].name, name))
            return (int32_t)i;
    return -1;
}

int32_t
code_find(const struct code_list *list, struct text name)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (text_eq(list->codes[i].name, name))
            return (int32_t)i;
    return -1;
}

struct text
kind_near_field(const struct kind *kind, struct text name)
{
    size_t chars = text_chars(name), best = (chars / 3 > 2 ? chars / 3 : 2) + 1;
    struct text near = {"", 0};

    for (uint32_t i = 0; i < kind->field_count; i++) {
        size_t by_name = text_distance(kind->fields[i].name, name, best);
        size_t by_zh = text_distance(kind->fields[i].zh, name, best);
        size_t distance = by_name < by_zh ? by_name : by_zh;

        if (distance < best) {
            best = distance;
            near = kind->fields[i].name;
        }
    }
    return near;
}

/* `code: 名称`, or `code: {zh: 名称, en: label}`. */
static void
code_load(struct loader *loader, const struct yaml_node *key, const struct yaml_node *value,
          struct code *code)
{
    static const char *const known[] = {"zh", "en", NULL};
    static const char *const must[] = {"zh", NULL};

    name_check(loader, key);
    code->name = key->text;
    if (value->type != YAML_MAP) {
        label_check(loader, value);
        code->zh = value->text;
    } else if (yaml_check_keys(value, known, must, loader->messages)) {
        label_check(loader, yaml_get(value, "zh"));
        code->zh = name_of(value, "zh");
        english_read(loader, value, &code->en);
    }
}

static void
lists_load(struct loader *loader, const struct yaml_node *codes)
{
    struct model *model = loader->model;

    model->lists = arena_alloc(loader->arena, codes->count, sizeof *model->lists);
    if (model->lists == NULL) {
        loader->is_full = true;
        return;
    }
    for (uint32_t i = 0; i < codes->count; i++) {
        const struct yaml_node *items = &codes->values[i];
        struct code_list *list = &model->lists[model->list_count];

        if (items->type != YAML_MAP || items->count == 0 || items->count > 250) {
            wrong(loader, &codes->keys[i],
                  "代码表要写成 {代码: 名称, …} 或 {代码: {zh: 名称, en: 英文}, …}，1 到 250 项",
                  "a code list is {code: label, …} or {code: {zh: label, en: label}, …} of 1 to "
                  "250 codes");
            continue;
        }
        name_check(loader, &codes->keys[i]);
        list->name = codes->keys[i].text;
        list->codes = arena_alloc(loader->arena, items->count, sizeof *list->codes);
        if (list->codes == NULL) {
            loader->is_full = true;
            return;
        }
        for (uint32_t c = 0; c < items->count; c++)
            code_load(loader, &items->keys[c], &items->values[c], &list->codes[c]);
        list->count = items->count;
        model->list_count++;
    }
}

/* "decimal(2)" and "code(LIST)": the word inside, or empty where `text` is not WORD(…). */
static struct text
inside_of(struct text text, const char *word)
{
    size_t len = strlen(word);

    if (text.len < len + 3 || memcmp(text.at, word, len) != 0 || text.at[len] != '(' ||
        text.at[text.len - 1] != ')')
        return (struct text){"", 0};
    return (struct text){text.at + len + 1, text.len - len - 2};
}

static void
lists_unknown(struct loader *loader, const struct yaml_node *node, struct text name)
{
    const struct model *model = loader->model;
    struct text *known = arena_alloc(loader->arena, model->list_count, sizeof *known);

    if (known == NULL) {
        loader->is_full = true;
        return;
    }
    for (uint32_t i = 0; i < model->list_count; i++)
        known[i] = model->lists[i].name;
    unknown(loader, "N104", node, "没有代码表", "no code list", name, known, model->list_count);
}

static bool
type_read(struct loader *loader, const struct yaml_node *node, struct field *field)
{
    static const struct {
        const char *word;
        enum field_type type;
    } plain[] = {
        {"identity", FIELD_IDENTITY},
        {"name",     FIELD_NAME    },
        {"text",     FIELD_TEXT    },
        {"date",     FIELD_DATE    },
        {"month",    FIELD_MONTH   },
        {"money",    FIELD_MONEY   },
        {"int",      FIELD_INT     },
        {"bool",     FIELD_BOOL    },
    };
    struct text inside = inside_of(node->text, "decimal"), known[LEN(plain) + 2];
    int64_t scale;

    for (size_t i = 0; i < LEN(plain); i++)
        if (text_is(node->text, plain[i].word)) {
            field->type = plain[i].type;
            return true;
        }
    if (inside.len > 0 && text_int(inside, &scale) && scale >= 0 && scale <= 6) {
        field->type = FIELD_DECIMAL;
        field->scale = (uint8_t)scale;
        return true;
    }
    inside = inside_of(node->text, "code");
    if (inside.len > 0) {
        field->type = FIELD_CODE;
        field->codes = model_codes(loader->model, inside);
        if (field->codes != NULL)
            return true;
        lists_unknown(loader, node, inside);
        return false;
    }
    for (size_t i = 0; i < LEN(plain); i++)
        known[i] = text_of(plain[i].word);
    known[LEN(plain)] = TEXT("code(LIST)");
    known[LEN(plain) + 1] = TEXT("decimal(2)");
    unknown(loader, "T203", node, "没有类型", "no type", node->text, known, LEN(known));
    return false;
}

/* min and max in the unit that a person writes: money in yuan, decimals with their point. */
static void
bound_read(struct loader *loader, const struct yaml_node *node, const struct field *field,
           bool *has, int64_t *out)
{
    enum cell_result result = CELL_FORM;

    if (node == NULL)
        return;
    if (field->type == FIELD_MONEY)
        result = money_parse(node->text, UNIT_YUAN, out);
    else if (field->type == FIELD_DECIMAL)
        result = decimal_parse(node->text, field->scale, 0, out);
    else if (field->type == FIELD_INT)
        result = int_parse(node->text, out);
    *has = result == CELL_OK;
    if (!*has)
        wrong(loader, node, "min 和 max 要与字段类型相符，只用于数值",
              "min and max must fit the field's type, and stand on numbers only");
}

static void
mark_read(struct loader *loader, const struct yaml_node *map, const char *key, bool *out)
{
    const struct yaml_node *node = yaml_get(map, key);

    if (node != NULL && !yaml_bool(node, out))
        wrong(loader, node, "这里要写 yes 或 no", "yes or no is wanted");
}

/* Amounts of different periods never meet in an expression: so a field says its own. */
static void
per_read(struct loader *loader, const struct yaml_node *node, struct field *field)
{
    static const char *const names[] = {"once", "month", "year"};

    if (node == NULL)
        return;
    for (size_t i = 0; i < LEN(names); i++)
        if (text_is(node->text, names[i]) && field->type == FIELD_MONEY) {
            field->per = (enum field_per)i;
            return;
        }
    wrong(loader, node, "per 只用于 money，写 once、month 或 year",
          "per stands on a money only: once, month or year");
}

static void
field_load(struct loader *loader, const struct yaml_node *key, const struct yaml_node *map,
           struct field *field)
{
    static const char *const known[] = {"type",      "zh",     "en",    "of",  "thing",
                                        "share",     "period", "blank", "min", "max",
                                        "sensitive", "rules",  "per",   NULL};
    static const char *const must[] = {"type", "zh", NULL};
    const struct yaml_node *node;
    bool is_open = true;

    field->name = key->text;
    name_check(loader, key);
    if (!yaml_check_keys(map, known, must, loader->messages))
        return;
    label_check(loader, yaml_get(map, "zh"));
    field->zh = name_of(map, "zh");
    english_read(loader, map, &field->en);
    if (!type_read(loader, yaml_get(map, "type"), field))
        return;
    word_read(loader, map, "of", "case", &field->is_of_case);
    mark_read(loader, map, "thing", &field->is_thing);
    mark_read(loader, map, "share", &field->is_share);
    mark_read(loader, map, "period", &field->is_period);
    mark_read(loader, map, "rules", &is_open);
    field->is_closed = !is_open;
    word_read(loader, map, "sensitive", "high", &field->is_sensitive);
    node = yaml_get(map, "blank");
    if (node != NULL) {
        field->blank = text_is(node->text, "none") ? BLANK_NONE : BLANK_UNKNOWN;
        if (field->blank == BLANK_UNKNOWN && !text_is(node->text, "unknown"))
            wrong(loader, node, "blank 只能是 none 或 unknown", "blank is none or unknown");
    }
    per_read(loader, yaml_get(map, "per"), field);
    bound_read(loader, yaml_get(map, "min"), field, &field->has_min, &field->min);
    bound_read(loader, yaml_get(map, "max"), field, &field->has_max, &field->max);
    if (field->has_min && field->has_max && field->min > field->max)
        wrong(loader, key, "min 大于 max", "min is above max");
    if ((field->is_period && field->type != FIELD_MONTH) ||
        (field->is_share && field->type != FIELD_DECIMAL))
        wrong(loader, key, "period 只用于 month，share 只用于 decimal",
              "period stands on a month only, share on a decimal");
    if (field->is_period && field->blank != BLANK_REFUSES)
        wrong(loader, node, "period 的月份不能为空：不知月份的行没有人会看到",
              "the month of a period cannot be blank: nobody would see a row without one");
}

/* `pair: {person: partner, …}`: which fields change places where a row is read from its other side.
 * The owner is one of them. A text does not change places: its original rests by its line. */
static void
pair_read(struct loader *loader, const struct yaml_node *pair, struct kind *kind)
{
    kind->facing = arena_alloc(loader->arena, kind->field_count, sizeof *kind->facing);
    if (kind->facing == NULL) {
        loader->is_full = true;
        return;
    }
    for (uint32_t f = 0; f < kind->field_count; f++)
        kind->facing[f] = f;
    for (uint32_t i = 0; pair->type == YAML_MAP && i < pair->count; i++) {
        int32_t a = kind_field(kind, pair->keys[i].text),
                b = kind_field(kind, pair->values[i].text);
        enum field_type type = a < 0 ? FIELD_TEXT : kind->fields[a].type;

        if (a < 0 || b < 0 || a == b || kind->fields[b].type != type ||
            (type != FIELD_IDENTITY && type != FIELD_NAME && type != FIELD_BOOL) ||
            kind->facing[a] != (uint32_t)a || kind->facing[b] != (uint32_t)b) {
            wrong(loader, &pair->keys[i],
                  "pair 要写成两个类型相同的字段，类型为 identity、name 或 bool，各只写一次",
                  "pair joins two fields of one type, identity, name or bool, each named once");
            continue;
        }
        kind->facing[a] = (uint32_t)b;
        kind->facing[b] = (uint32_t)a;
    }
    if (kind->facing[kind->owner] == kind->owner)
        wrong(loader, pair, "pair 要写明 owner 与哪个字段相对：{字段: 字段, …}",
              "pair says which field faces the owner: {field: field, …}");
    else
        kind->other = kind->facing[kind->owner];
}

static void
kind_load(struct loader *loader, const struct yaml_node *key, const struct yaml_node *map,
          struct kind *kind)
{ /* long: one kind's keys, top to bottom */
    static const char *const known[] = {"zh",   "en",    "owner",  "pair",
                                        "list", "limit", "fields", NULL};
    static const char *const must[] = {"zh", "owner", "list", "fields", NULL};
    const struct yaml_node *fields, *node;
    int64_t limit = 0;
    int32_t owner;

    name_check(loader, key);
    kind->name = key->text;
    kind->owner_name = kind->period = kind->share = -1;
    if (!yaml_check_keys(map, known, must, loader->messages))
        return;
    label_check(loader, yaml_get(map, "zh"));
    name_check(loader, yaml_get(map, "list"));
    kind->zh = name_of(map, "zh");
    english_read(loader, map, &kind->en);
    kind->list = name_of(map, "list");
    node = yaml_get(map, "limit");
    if (node == NULL)
        message_add(loader->messages, MESSAGE_ERROR, "C702", key->place,
                    (uint32_t)text_chars(key->text),
                    text_of("缺少 limit：没有上限，就算不出一户最多要算多少步"),
                    text_of("limit is missing: without it no bound on the work of a household is "
                            "known"));
    else if (!text_int(node->text, &limit) || limit < 1 || limit > 100000)
        wrong(loader, node, "limit 要写 1 到 100000", "limit is a number from 1 to 100000");
    kind->limit = (uint32_t)limit;
    fields = yaml_get(map, "fields");
    if (fields->type != YAML_MAP || fields->count == 0 || fields->count > FIELDS_MAX) {
        wrong(loader, fields, "fields 要写 1 到 64 个字段", "fields holds 1 to 64 fields");
        return;
    }
    kind->fields = arena_alloc(loader->arena, fields->count, sizeof *kind->fields);
    if (kind->fields == NULL) {
        loader->is_full = true;
        return;
    }
    kind->field_count = fields->count;
    for (uint32_t i = 0; i < fields->count; i++) {
        struct field *field = &kind->fields[i];

        field_load(loader, &fields->keys[i], &fields->values[i], field);
        if ((field->is_period && kind->period >= 0) || (field->is_share && kind->share >= 0))
            wrong(loader, &fields->keys[i], "period 和 share 各只能标一个字段",
                  "period and share each mark one field of a kind");
        if (field->type == FIELD_NAME && kind->owner_name < 0)
            kind->owner_name = (int32_t)i;
        if (field->is_period)
            kind->period = (int32_t)i;
        if (field->is_share)
            kind->share = (int32_t)i;
        kind->has_thing = kind->has_thing || field->is_thing;
    }
    node = yaml_get(map, "owner");
    owner = kind_field(kind, node->text);
    if (owner < 0 || kind->fields[owner].type != FIELD_IDENTITY) {
        struct text near = kind_near_field(kind, node->text);
        report(loader, "N101", node,
               arena_printf(loader->arena,
                            "owner 要指向类型为 identity 的字段，是否指 “" TEXT_FMT "”？",
                            TEXT_ARG(near)),
               arena_printf(loader->arena,
                            "owner names a field of type identity; did you mean \"" TEXT_FMT "\"?",
                            TEXT_ARG(near)));
        return;
    }
    kind->owner = (uint32_t)owner;
    if (yaml_get(map, "pair") != NULL)
        pair_read(loader, yaml_get(map, "pair"), kind);
}

static void
kinds_load(struct loader *loader, const struct yaml_node *kinds)
{
    struct model *model = loader->model;

    if (kinds->count > KINDS_MAX) {
        wrong(loader, kinds, "最多 64 种记录", "at most 64 kinds");
        return;
    }
    model->kinds = arena_alloc(loader->arena, kinds->count, sizeof *model->kinds);
    if (model->kinds == NULL) {
        loader->is_full = true;
        return;
    }
    for (uint32_t i = 0; i < kinds->count; i++) {
        struct kind *kind = &model->kinds[i];

        kind->number = i;
        kind_load(loader, &kinds->keys[i], &kinds->values[i], kind);
        for (uint32_t j = 0; j < i; j++)
            if (kind->list.len > 0 && text_eq(model->kinds[j].list, kind->list))
                report(loader, "N102", &kinds->keys[i], text_of("list 名已被另一种记录使用"),
                       text_of("another kind has this list name"));
        model->kind_count = i + 1;
    }
}

static struct text
folder_of(const char *path, struct arena *arena)
{
    size_t len = strlen(path);

    while (len > 0 && path[len - 1] != '/')
        len--;
    return arena_text(arena, (struct text){path, len});
}

hedui_status
model_load(struct model **out, const char *path, struct messages *messages, struct arena *arena,
           struct err *err)
{
    static const char *const known[] = {"model", "codes", "kinds", NULL};
    struct loader loader = {.messages = messages, .arena = arena};
    struct yaml_node *root = NULL;
    struct text bytes;
    uint64_t refusals = mem_refusals();

    loader.model = arena_alloc(arena, 1, sizeof *loader.model);
    if (loader.model == NULL)
        return arena_full(arena, err);
    TRY(sys_slurp(&bytes, path, (size_t)1 << 20, arena, err));
    loader.model->digest = digest_of(bytes.at, bytes.len);
    loader.model->folder = folder_of(path, arena);
    if (loader.model->folder.at == NULL)
        return arena_full(arena, err);
    TRY(yaml_parse(&root, bytes, path, messages, arena, err));
    if (root == NULL)
        return messages_status(messages, err);
    if (yaml_check_keys(root, known, known, messages)) {
        loader.model->name = name_of(root, "model");
        if (yaml_get(root, "codes")->type == YAML_MAP)
            lists_load(&loader, yaml_get(root, "codes"));
        else
            wrong(&loader, yaml_get(root, "codes"), "codes 要写成 {代码表: {…}}",
                  "codes is a map of code lists");
        if (yaml_get(root, "kinds")->type == YAML_MAP)
            kinds_load(&loader, yaml_get(root, "kinds"));
        else
            wrong(&loader, yaml_get(root, "kinds"), "kinds 要写成 {记录种类: {…}}",
                  "kinds is a map of kinds of records");
        loader.model->applicant = model_kind(loader.model, TEXT("applicant"));
        if (loader.model->applicant == NULL)
            report(&loader, "N104", yaml_get(root, "kinds"), text_of("缺少记录种类 applicant"),
                   text_of("the kind applicant is missing"));
    }
    if (loader.is_full)
        return arena_full(arena, err);
    TRY(messages_status(messages, err));
    TRY(mem_check(refusals, err));
    *out = loader.model;
    return HEDUI_OK;
}
