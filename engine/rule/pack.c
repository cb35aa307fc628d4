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
    say(l, node->place, "Y001", text_of(zh[type]), text_of(en[type]));
    return false;
}

/* Adds the entries of one file; a name stands once in its section, whatever the file. */
static void
section_add(struct loader *l, struct section *section, const struct yaml_node *map)
{
    if (!node_is(l, map, YAML_MAP))
        return;
    for (uint32_t i = 0; i < map->count; i++) {
        uint32_t at = 0;
        int order = 1;
        if (section->count == section->room) {
            uint32_t room = section->room == 0 ? 16 : section->room * 2;
            const struct yaml_node **keys = arena_alloc(l->arena, room, sizeof *keys);
            const struct yaml_node **values = arena_alloc(l->arena, room, sizeof *values);
            if (keys == NULL || values == NULL) {
                l->is_full = true;
                return;
            }
            for (uint32_t k = 0; k < section->count; k++) {
                keys[k] = section->keys[k];
                values[k] = section->values[k];
            }
            section->keys = keys;
            section->values = values;
            section->room = room;
        }
        while (at < section->count &&
               (order = text_cmp(section->keys[at]->text, map->keys[i].text)) < 0)
            at++;
        if (at < section->count && order == 0) {
            say(l, map->keys[i].place, "N102",
                arena_printf(l->arena, "名称 “" TEXT_FMT "” 已在 %s:%u 定义",
                             TEXT_ARG(map->keys[i].text), section->keys[at]->place.source->file,
                             section->keys[at]->place.line),
                arena_printf(l->arena, "the name \"" TEXT_FMT "\" is taken (%s:%u)",
                             TEXT_ARG(map->keys[i].text), section->keys[at]->place.source->file,
                             section->keys[at]->place.line));
            continue;
        }
        for (uint32_t k = section->count; k > at; k--) {
            section->keys[k] = section->keys[k - 1];
            section->values[k] = section->values[k - 1];
        }
        section->keys[at] = &map->keys[i];
        section->values[at] = &map->values[i];
        section->count++;
    }
}

static void
head_text(struct loader *l, const struct yaml_node *key, const struct yaml_node *value,
          struct text *into)
{
    if (!node_is(l, value, YAML_SCALAR))
        return;
    if (into->at != NULL)
        say(l, key->place, "N102",
            arena_printf(l->arena, "“" TEXT_FMT "” 只能写一次", TEXT_ARG(key->text)),
            arena_printf(l->arena, "\"" TEXT_FMT "\" is given twice", TEXT_ARG(key->text)));
    *into = value->text;
}

struct head {
    struct text format, pack, zh, en, level, programme;
    const struct yaml_node *as_of;
};

static void
later(struct loader *l, const struct yaml_node *key, const char *what_zh, const char *what_en)
{
    say(l, key->place, "T210", arena_printf(l->arena, "本版本尚不支持%s", what_zh),
        arena_printf(l->arena, "%s are not supported by this version", what_en));
}

static void
file_read(struct loader *l, const struct yaml_node *root, struct head *head)
{
    static const char *const known[] = {
        "hedui",    "pack",    "zh",    "en",     "level",   "programme", "as_of",
        "extends",  "params",  "facts", "tables", "rules",   "declared",  "reasons",
        "evidence", "missing", "set",   "add",    "replace", "disable",   NULL};

    if (!yaml_check_keys(root, known, NULL, l->messages) && root->type != YAML_MAP)
        return;
    for (uint32_t i = 0; i < root->count; i++) {
        const struct yaml_node *key = &root->keys[i], *value = &root->values[i];
        struct {
            const char *name;
            struct section *section;
        } sections[] = {
            {"params",   &l->params  },
            {"facts",    &l->facts   },
            {"tables",   &l->tables  },
            {"rules",    &l->rules   },
            {"declared", &l->declared},
            {"reasons",  &l->reasons },
            {"evidence", &l->evidence},
            {"missing",  &l->missing }
        };
        struct {
            const char *name;
            struct text *text;
        } texts[] = {
            {"hedui",     &head->format   },
            {"pack",      &head->pack     },
            {"zh",        &head->zh       },
            {"en",        &head->en       },
            {"level",     &head->level    },
            {"programme", &head->programme}
        };
        for (size_t k = 0; k < LEN(sections); k++)
            if (text_is(key->text, sections[k].name))
                section_add(l, sections[k].section, value);
        for (size_t k = 0; k < LEN(texts); k++)
            if (text_is(key->text, texts[k].name))
                head_text(l, key, value, texts[k].text);
        if (text_is(key->text, "as_of"))
            head->as_of = value;
        if (text_is(key->text, "extends") || text_is(key->text, "set") ||
            text_is(key->text, "add") || text_is(key->text, "replace") ||
            text_is(key->text, "disable"))
            later(l, key, "分级规则包（extends、set、add、replace、disable）",
                  "layers (extends, set, add, replace, disable)");
    }
}

static void
head_wants(struct loader *l, struct place place, struct text value, const char *key)
{
    if (value.len == 0)
        say(l, place, "Y014", arena_printf(l->arena, "规则包缺少 “%s”", key),
            arena_printf(l->arena, "the pack lacks \"%s\"", key));
}

static void
head_check(struct loader *l, struct head *head, struct place place)
{
    const struct code_list *programmes = model_codes(l->pack->model, TEXT("programme"));

    head_wants(l, place, head->format, "hedui");
    head_wants(l, place, head->pack, "pack");
    head_wants(l, place, head->zh, "zh");
    head_wants(l, place, head->level, "level");
    head_wants(l, place, head->programme, "programme");
    if (head->format.len > 0 && !text_is(head->format, "1"))
        say(l, place, "Y013", text_of("格式版本应为 hedui: 1"),
            text_of("the format should be \"hedui: 1\""));
    if (head->level.len > 0 && !text_is(head->level, "province") && !text_is(head->level, "city") &&
        !text_is(head->level, "county"))
        say(l, place, "N103", text_of("level 应为 province、city 或 county"),
            text_of("level should be province, city or county"));
    if (head->programme.len > 0 &&
        (programmes == NULL || code_find(programmes, head->programme) < 0))
        say(l, place, "N103",
            arena_printf(l->arena, "救助项目 “" TEXT_FMT "” 不在代码表 programme 中",
                         TEXT_ARG(head->programme)),
            arena_printf(l->arena, "\"" TEXT_FMT "\" is not in the code list \"programme\"",
                         TEXT_ARG(head->programme)));
    l->pack->name = head->pack;
    l->pack->zh = head->zh;
    l->pack->en = head->en;
    l->pack->level = head->level;
    l->pack->programme = head->programme;
}

/* Everything after the files are read. */
static void
sections_read(struct loader *l, const struct head *head)
{
    struct pack *pack = l->pack;

    params_read(l);
    facts_read(l);
    if (l->is_full || !shapes_build(l))
        return;
    if (head->as_of != NULL) {
        pack->as_of = pack_compile(l, head->as_of, -1);
        if (pack->as_of != NULL && expr_type(pack->as_of)->kind != TYPE_DATE)
            say(l, head->as_of->place, "T206", text_of("as_of 应为日期"),
                text_of("as_of should be a date"));
    }
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
files_read(struct loader *l, struct head *head, struct place *first, struct err *err)
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
        file_read(l, root, head);
    }
    if (files == 0 && l->messages->errors == 0)
        return err_set(err, HEDUI_E_INPUT,
                       "规则包目录 '%s' 里没有 .yaml 文件\nno .yaml file in pack folder '%s'",
                       l->pack->dir, l->pack->dir);
    return HEDUI_OK;
}

hedui_status
pack_load(struct pack **out, const char *dir, const struct model *model, struct messages *messages,
          struct arena *arena, struct err *err)
{
    struct pack *pack = arena_alloc(arena, 1, sizeof *pack);
    struct loader l = {.pack = pack, .messages = messages, .arena = arena};
    struct head head = {0};
    struct place first = {0};
    struct text name = arena_text(arena, text_of(dir));
    uint32_t errors = messages->errors;
    uint64_t refusals = mem_refusals();

    *out = NULL;
    if (pack == NULL || name.at == NULL)
        return arena_full(arena, err);
    pack->arena = arena;
    pack->model = model;
    pack->dir = name.at;
    TRY(files_read(&l, &head, &first, err));
    if (messages->errors == errors) {
        head_check(&l, &head, first);
        sections_read(&l, &head);
    }
    if (l.is_full)
        return arena_full(arena, err);
    if (messages->errors > errors)
        return messages_status(messages, err);
    TRY(pack_hash_make(pack, err));
    TRY(mem_check(refusals, err)); /* a rule that was not compiled would never object */
    *out = pack;
    return HEDUI_OK;
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
