/* SPDX-License-Identifier: Apache-2.0 */
/* pack.c: a folder of YAML to a pack: files, sections, head, and what others ask of it. */
#include "engine/rule/pack.h"

#include <limits.h>
#include <string.h>

#include "engine/base/sys.h"
#include "engine/rule/table.h"

#include "engine/base/ban.h"

#define PACK_FILES_MAX 200
#define PACK_BYTES_MAX (8u << 20)

void
say(struct loader *l, struct place place, const char *code, struct text zh, struct text en)
{
    message_add(l->messages, MESSAGE_ERROR, code, place, 0, zh, en);
}

struct text
node_text(const struct yaml_node *map, const char *key)
{
    const struct yaml_node *node = yaml_get(map, key);

    return node == NULL || node->type != YAML_SCALAR ? (struct text){NULL, 0} : node->text;
}

bool
node_is(struct loader *l, const struct yaml_node *node, enum yaml_type type)
{
    static const char *const zh[] = {"此处应为一个值", "此处应为列表", "此处应为 “键: 值”"};
    static const char *const en[] = {"one value is wanted here", "a list is wanted here",
                                     "\"key: value\" lines are wanted here"};

    if (node->type == type)
        return true;
    if (yaml_wide_tell(node, l->messages))
        return false;
    say(l, node->place, "Y001", text_of(zh[type]), text_of(en[type]));
    return false;
}

const char *const section_names[SECTIONS] = {
    [SECTION_PARAMS] = "params",     [SECTION_FACTS] = "facts",       [SECTION_TABLES] = "tables",
    [SECTION_RULES] = "rules",       [SECTION_DECLARED] = "declared", [SECTION_REASONS] = "reasons",
    [SECTION_EVIDENCE] = "evidence", [SECTION_MISSING] = "missing",
};
const char *const head_names[PACK_HEADS] = {
    [HEAD_FORMAT] = "hedui", [HEAD_PACK] = "pack",       [HEAD_ZH] = "zh",
    [HEAD_EN] = "en",        [HEAD_LEVEL] = "level",     [HEAD_PROGRAMME] = "programme",
    [HEAD_AS_OF] = "as_of",  [HEAD_EXTENDS] = "extends",
};

struct section *
section_at(struct loader *l, uint32_t number)
{
    struct section *const all[SECTIONS] = {
        [SECTION_PARAMS] = &l->params,     [SECTION_FACTS] = &l->facts,
        [SECTION_TABLES] = &l->tables,     [SECTION_RULES] = &l->rules,
        [SECTION_DECLARED] = &l->declared, [SECTION_REASONS] = &l->reasons,
        [SECTION_EVIDENCE] = &l->evidence, [SECTION_MISSING] = &l->missing,
    };

    return all[number];
}

static struct section *
section_named(struct loader *l, struct text name)
{
    for (uint32_t i = 0; i < SECTIONS; i++)
        if (text_is(name, section_names[i]))
            return section_at(l, i);
    return NULL;
}

static bool
section_room(struct loader *l, struct section *section)
{
    uint32_t room = section->room == 0 ? 16 : section->room * 2;
    const struct yaml_node **keys, **values;

    if (section->count < section->room)
        return true;
    keys = arena_alloc(l->arena, room, sizeof *keys);
    values = arena_alloc(l->arena, room, sizeof *values);
    if (keys == NULL || values == NULL) {
        l->is_full = true;
        return false;
    }
    for (uint32_t i = 0; i < section->count; i++) {
        keys[i] = section->keys[i];
        values[i] = section->values[i];
    }
    section->keys = keys;
    section->values = values;
    section->room = room;
    return true;
}

void
section_put(struct loader *l, struct section *section, uint32_t at, const struct yaml_node *key,
            const struct yaml_node *value)
{
    if (!section_room(l, section))
        return;
    for (uint32_t k = section->count; k > at; k--) {
        section->keys[k] = section->keys[k - 1];
        section->values[k] = section->values[k - 1];
    }
    section->keys[at] = key;
    section->values[at] = value;
    section->count++;
}

/* The first entry that is not before `name`. */
static uint32_t
section_find(const struct section *section, struct text name)
{
    uint32_t low = 0, high = section->count;

    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (text_cmp(section->keys[middle]->text, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Adds the entries of one file; a name stands once in its section, whatever the file. */
void
section_add(struct loader *l, struct section *section, const struct yaml_node *map)
{
    if (!node_is(l, map, YAML_MAP))
        return;
    for (uint32_t i = 0; i < map->count; i++) {
        const struct yaml_node *key = &map->keys[i];
        uint32_t at = section_find(section, key->text);

        if (at == section->count || !text_eq(section->keys[at]->text, key->text)) {
            section_put(l, section, at, key, &map->values[i]);
            continue;
        }
        say(l, key->place, "N102",
            arena_printf(l->arena, "名称 “" TEXT_FMT "” 已在 %s:%u 定义", TEXT_ARG(key->text),
                         section->keys[at]->place.source->file, section->keys[at]->place.line),
            arena_printf(l->arena, "the name \"" TEXT_FMT "\" is taken (%s:%u)",
                         TEXT_ARG(key->text), section->keys[at]->place.source->file,
                         section->keys[at]->place.line));
    }
}

/* `add: {rules: …, facts: …}`: new names, as at the top level. */
static void
adds_read(struct loader *l, const struct yaml_node *map)
{
    if (!node_is(l, map, YAML_MAP))
        return;
    for (uint32_t i = 0; i < map->count; i++) {
        struct section *section = section_named(l, map->keys[i].text);

        if (section != NULL)
            section_add(l, section, &map->values[i]);
        else
            say(l, map->keys[i].place, "Y013",
                arena_printf(l->arena, "add 下没有 “" TEXT_FMT "”，应为 params、facts、rules 等",
                             TEXT_ARG(map->keys[i].text)),
                arena_printf(l->arena,
                             "\"" TEXT_FMT "\" does not stand under add; params, facts, rules … do",
                             TEXT_ARG(map->keys[i].text)));
    }
}

static void
head_read(struct loader *l, uint32_t number, const struct yaml_node *key,
          const struct yaml_node *value)
{
    const struct yaml_node **into = &l->pack->head[number];

    if (!node_is(l, value, YAML_SCALAR))
        return;
    if (*into != NULL)
        say(l, key->place, "N102",
            arena_printf(l->arena, "“" TEXT_FMT "” 只能写一次", TEXT_ARG(key->text)),
            arena_printf(l->arena, "\"" TEXT_FMT "\" is given twice", TEXT_ARG(key->text)));
    *into = value;
}

static void
key_read(struct loader *l, const struct yaml_node *key, const struct yaml_node *value)
{
    struct section *section = section_named(l, key->text);

    if (section != NULL)
        section_add(l, section, value);
    else if (text_is(key->text, "set"))
        section_add(l, &l->set, value);
    else if (text_is(key->text, "replace"))
        section_add(l, &l->replace, value);
    else if (text_is(key->text, "disable"))
        section_add(l, &l->disable, value);
    else if (text_is(key->text, "add"))
        adds_read(l, value);
    for (uint32_t i = 0; i < PACK_HEADS; i++)
        if (text_is(key->text, head_names[i]))
            head_read(l, i, key, value);
}

static void
file_read(struct loader *l, const struct yaml_node *root)
{
    if (!grammar_check(root, GRAMMAR_PACK, l->messages) && root->type != YAML_MAP)
        return;
    for (uint32_t i = 0; i < root->count; i++)
        key_read(l, &root->keys[i], &root->values[i]);
}

static struct text
head_text(const struct pack *pack, uint32_t number)
{
    return pack->head[number] == NULL ? TEXT("") : pack->head[number]->text;
}

static struct place
head_place(const struct pack *pack, uint32_t number, struct place first)
{
    return pack->head[number] == NULL ? first : pack->head[number]->place;
}

/* The names; what a chain needs before its parent is read. */
static void
head_names_check(struct loader *l, struct place first)
{
    static const uint32_t wanted[] = {HEAD_FORMAT, HEAD_PACK, HEAD_ZH, HEAD_LEVEL};
    struct pack *pack = l->pack;

    for (size_t i = 0; i < LEN(wanted); i++)
        if (head_text(pack, wanted[i]).len == 0)
            say(l, first, "Y014", arena_printf(l->arena, "规则包缺少 “%s”", head_names[wanted[i]]),
                arena_printf(l->arena, "the pack lacks \"%s\"", head_names[wanted[i]]));
    pack->name = head_text(pack, HEAD_PACK);
    pack->zh = head_text(pack, HEAD_ZH);
    pack->en = head_text(pack, HEAD_EN);
    pack->level = head_text(pack, HEAD_LEVEL);
    if (pack->head[HEAD_FORMAT] != NULL && !text_is(head_text(pack, HEAD_FORMAT), "1"))
        say(l, head_place(pack, HEAD_FORMAT, first), "Y013", text_of("格式版本应为 hedui: 1"),
            text_of("the format should be \"hedui: 1\""));
    if (pack->level.len > 0 && level_rank(pack->level) < 0)
        say(l, head_place(pack, HEAD_LEVEL, first), "N103",
            text_of("level 应为 province、city 或 county"),
            text_of("level should be province, city or county"));
}

static void
programme_check(struct loader *l, struct place first)
{
    const struct code_list *programmes = model_codes(l->pack->model, TEXT("programme"));
    struct text programme = head_text(l->pack, HEAD_PROGRAMME);

    l->pack->programme = programme;
    if (programme.len == 0)
        say(l, first, "Y014", text_of("规则包缺少 “programme”"),
            text_of("the pack lacks \"programme\""));
    else if (programmes == NULL || code_find(programmes, programme) < 0)
        say(l, head_place(l->pack, HEAD_PROGRAMME, first), "N103",
            arena_printf(l->arena, "救助项目 “" TEXT_FMT "” 不在代码表 programme 中",
                         TEXT_ARG(programme)),
            arena_printf(l->arena, "\"" TEXT_FMT "\" is not in the code list \"programme\"",
                         TEXT_ARG(programme)));
}

/* Everything after the files are read. */
static void
sections_read(struct loader *l)
{
    struct pack *pack = l->pack;
    const struct yaml_node *as_of = pack->head[HEAD_AS_OF];

    params_read(l);
    facts_read(l);
    if (l->is_full || !shapes_build(l))
        return;
    if (as_of != NULL) {
        pack->as_of = pack_compile(l, as_of, -1);
        if (pack->as_of != NULL && expr_type(pack->as_of)->kind != TYPE_DATE)
            say(l, as_of->place, "T206", text_of("as_of 应为日期"),
                text_of("as_of should be a date"));
    }
    params_compile(l);
    facts_compile(l);
    sources_read(l);
    reasons_read(l);
    rules_read(l);
    declared_read(l);
    missing_read(l);
    if (!l->is_full && l->messages->errors == 0)
        graph_check(l);
    if (!l->is_full && l->messages->errors == 0)
        tables_check(l);
    if (!l->is_full && l->messages->errors == 0)
        costs_check(l);
}

static hedui_status
files_read(struct loader *l, struct place *first, struct err *err)
{
    struct text *names;
    size_t count, files = 0, bytes = 0;

    TRY(sys_list_dir(&names, &count, l->pack->dir, l->arena, err));
    l->pack->files = arena_alloc(l->arena, PACK_FILES_MAX, sizeof *l->pack->files);
    if (l->pack->files == NULL)
        return arena_full(l->arena, err);
    for (size_t i = 0; i < count; i++) {
        struct yaml_node *root;
        struct text path;
        if (!text_ends(names[i], TEXT(".yaml")) || text_starts(names[i], TEXT(".")))
            continue;
        path = arena_printf(l->arena, "%s/" TEXT_FMT, l->pack->dir, TEXT_ARG(names[i]));
        if (path.at == NULL)
            return arena_full(l->arena, err);
        TRY(yaml_load(&root, path.at, l->messages, l->arena, err));
        if (root == NULL)
            continue;
        if (files == 0)
            *first = root->place;
        bytes += root->place.source->bytes.len;
        if (++files > PACK_FILES_MAX || bytes > PACK_BYTES_MAX)
            return err_set(err, HEDUI_E_INPUT,
                           "规则包 '%s' 超过 %u 个文件或 %u 字节\npack '%s' is larger than %u "
                           "files or %u bytes",
                           l->pack->dir, PACK_FILES_MAX, PACK_BYTES_MAX, l->pack->dir,
                           PACK_FILES_MAX, PACK_BYTES_MAX);
        l->pack->files[files - 1] = (struct pack_file){
            names[i], digest_of(root->place.source->bytes.at, root->place.source->bytes.len)};
        l->pack->file_count = (uint32_t)files;
        file_read(l, root);
    }
    if (files == 0 && l->messages->errors == 0)
        return err_set(err, HEDUI_E_INPUT,
                       "规则包目录 '%s' 里没有 .yaml 文件\nno .yaml file in pack folder '%s'",
                       l->pack->dir, l->pack->dir);
    return HEDUI_OK;
}

/* A root's sections are its own; a child's are laid upon its parent's. */
static hedui_status
layers_read(struct loader *l, uint32_t depth, struct err *err)
{
    struct pack *pack = l->pack;
    const struct section *verbs[] = {&l->set, &l->replace, &l->disable};

    if (pack->head[HEAD_EXTENDS] != NULL)
        return chain_join(l, depth, err);
    pack->layer_count = 1;
    pack->layers = arena_alloc(l->arena, 1, sizeof *pack->layers);
    if (pack->layers == NULL)
        return arena_full(l->arena, err);
    for (size_t i = 0; i < LEN(verbs); i++)
        if (verbs[i]->count > 0)
            say(l, verbs[i]->keys[0]->place, "O506",
                text_of("set、replace、disable 要有 extends 指明的上级规则包"),
                text_of("set, replace and disable need a parent pack, named by extends"));
    for (uint32_t i = 0; i < SECTIONS; i++) {
        struct section *section = section_at(l, i);

        section->layers = arena_alloc(l->arena, section->count, 1);
        if (section->layers == NULL)
            return arena_full(l->arena, err);
    }
    return HEDUI_OK;
}

/* What stands in the folders, laid upon each other: names and nodes, nothing compiled. */
static hedui_status
words_read(struct loader *l, uint32_t depth, struct err *err)
{
    struct pack *pack = l->pack;
    uint32_t errors = l->messages->errors;
    struct place first = {0};

    TRY(files_read(l, &first, err));
    if (l->messages->errors == errors)
        head_names_check(l, first);
    if (l->messages->errors == errors)
        TRY(layers_read(l, depth, err));
    if (l->messages->errors == errors)
        programme_check(l, first);
    if (pack->layers == NULL)
        return HEDUI_OK; /* a message says why */
    pack->layers[pack->layer_count - 1] = (struct pack_layer){
        .name = pack->name,
        .zh = pack->zh,
        .level = pack->level,
        .dir = pack->dir,
        .file_count = pack->file_count,
        .files = pack->files,
    };
    locals_check(l, pack->layer_count - 1);
    pack->own_set = l->set;
    for (uint32_t i = 0; i < SECTIONS; i++)
        pack->sections[i] = *section_at(l, i);
    return HEDUI_OK;
}

hedui_status
pack_load_at(struct pack **out, const char *dir, const struct model *model, uint32_t depth,
             struct messages *messages, struct arena *arena, struct err *err)
{
    struct pack *pack = arena_alloc(arena, 1, sizeof *pack);
    struct loader l = {.pack = pack, .messages = messages, .arena = arena};
    struct text name = arena_text(arena, text_of(dir));
    uint32_t errors = messages->errors;
    uint64_t refusals = mem_refusals();

    *out = NULL;
    if (pack == NULL || name.at == NULL)
        return arena_full(arena, err);
    pack->arena = arena;
    pack->model = model;
    pack->dir = name.at;
    TRY(words_read(&l, depth, err));
    if (messages->errors == errors && !l.is_full)
        sections_read(&l);
    if (l.is_full)
        return arena_full(arena, err);
    if (messages->errors > errors)
        return messages_status(messages, err);
    TRY(calendar_join(pack, messages, err));
    TRY(pack_hash_make(pack, err));
    TRY(epochs_build(pack, err));
    pack->layers[pack->layer_count - 1].hash = pack->hash;
    TRY(mem_check(refusals, err)); /* a rule that was not compiled would never object */
    *out = pack;
    return HEDUI_OK;
}

hedui_status
pack_load(struct pack **out, const char *dir, const struct model *model, struct messages *messages,
          struct arena *arena, struct err *err)
{
    return pack_load_at(out, dir, model, 0, messages, arena, err);
}

hedui_status
pack_parent(struct pack **out, const struct yaml_node **extends, const char *dir,
            const struct model *model, struct messages *messages, struct arena *arena,
            struct err *err)
{
    struct pack *pack = arena_alloc(arena, 1, sizeof *pack);
    struct loader l = {.pack = pack, .messages = messages, .arena = arena};
    struct text name = arena_text(arena, text_of(dir));
    struct place first = {0};

    *out = NULL;
    *extends = NULL;
    if (pack == NULL || name.at == NULL)
        return arena_full(arena, err);
    pack->arena = arena;
    pack->model = model;
    pack->dir = name.at;
    TRY(files_read(&l, &first, err));
    if (l.is_full)
        return arena_full(arena, err);
    *extends = pack->head[HEAD_EXTENDS];
    if (messages->errors > 0 || *extends == NULL)
        return HEDUI_OK;
    return chain_parent(&l, out, err);
}

struct text
pack_name(const struct pack *pack)
{
    return pack->name;
}

struct text
pack_zh(const struct pack *pack)
{
    return pack->zh;
}

struct text
pack_en(const struct pack *pack)
{
    return pack->en;
}

struct text
pack_programme(const struct pack *pack)
{
    return pack->programme;
}

const struct digest *
pack_hash(const struct pack *pack)
{
    return &pack->hash;
}

const char *
pack_dir(const struct pack *pack)
{
    return pack->dir;
}

uint32_t
pack_file_count(const struct pack *pack)
{
    return pack->file_count;
}

const struct pack_file *
pack_file(const struct pack *pack, uint32_t i)
{
    return &pack->files[i];
}

uint32_t
pack_layer_count(const struct pack *pack)
{
    return pack->layer_count;
}

const struct pack_layer *
pack_layer(const struct pack *pack, uint32_t i)
{
    return &pack->layers[i];
}

uint32_t
pack_source_count(const struct pack *pack)
{
    return pack->source_count;
}

const struct pack_source *
pack_source(const struct pack *pack, uint32_t i)
{
    return &pack->sources[i];
}

static const struct rule *
rule_named(const struct pack *pack, struct text name)
{
    for (uint32_t i = 0; i < pack->rule_count; i++)
        if (text_eq(pack->rules[i].name, name))
            return &pack->rules[i];
    return NULL;
}

struct text
pack_rule_zh(const struct pack *pack, struct text rule)
{
    static const struct {
        const char *name, *zh;
    } engine[] = {
        {"ENG-AUTH",     "没有在核对基准日有效的授权，不查询"      },
        {"ENG-SILENT",   "应查的来源须全部完整、及时反馈"            },
        {"ENG-NAME",     "证件号码相同而姓名不符的记录只作线索"   },
        {"ENG-DECLARED", "申报与核对到的差额不超过容许额"            },
        {"ENG-LIMIT",    "一人一类记录的条数不超过数据模型的上限"},
        {"ENG-ERROR",    "规则无法计算"                                       },
    };
    const struct rule *found = rule_named(pack, rule);

    if (found != NULL)
        return found->zh;
    for (size_t i = 0; i < LEN(engine); i++)
        if (text_is(rule, engine[i].name))
            return text_of(engine[i].zh);
    return text_of("");
}

struct text
pack_unless_zh(const struct pack *pack, struct text rule, struct text id)
{
    const struct rule *found = rule_named(pack, rule);

    for (uint32_t i = 0; found != NULL && i < found->unless_count; i++)
        if (text_eq(found->unless[i].id, id) && found->unless[i].zh.len > 0)
            return found->unless[i].zh;
    return id;
}
