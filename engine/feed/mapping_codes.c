/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_codes.c: a department's words to the model's codes. A word that is not listed is refused
 * by the reader, so both sides are checked here, where the file and its line are known. */
#include <assert.h>
#include <string.h>

#include "engine/base/hash.h"
#include "engine/base/yaml.h"
#include "engine/feed/mapping_in.h"

#include "engine/base/ban.h"

#define CODES_MAX 64 /* of one list of the model: rank_of has a place for each */
#define WORDS_MAX 4096

void
load_complain(struct loading *load, const char *code, const struct yaml_node *node, struct text zh,
              struct text en)
{
    uint32_t span = node->type == YAML_SCALAR ? (uint32_t)text_chars(node->text) : 1;

    if (zh.at == NULL || en.at == NULL)
        load->is_full = true;
    else
        message_add(load->messages, MESSAGE_ERROR, code, node->place, span, zh, en);
}

/* "，是否指 “x”？" or "", to be put behind a sentence. */
struct text
load_near(struct loading *load, struct text word, const struct text *known, size_t count,
          bool is_zh)
{
    size_t near = text_nearest(word, known, count);

    if (near == SIZE_MAX)
        return TEXT("");
    if (is_zh)
        return arena_printf(load->arena, "，是否指 “" TEXT_FMT "”？", TEXT_ARG(known[near]));
    return arena_printf(load->arena, "; did you mean \"" TEXT_FMT "\"?", TEXT_ARG(known[near]));
}

static uint32_t
word_slot(const struct code_table *table, struct text word)
{
    uint32_t at = (uint32_t)hash_bytes(word.at, word.len, 0) & (table->slot_count - 1);

    while (table->slots[at].word.at != NULL && !text_eq(table->slots[at].word, word))
        at = (at + 1) & (table->slot_count - 1);
    return at;
}

int32_t
codes_find(const struct code_table *table, struct text word)
{
    const struct code_word *slot = &table->slots[word_slot(table, word)];
    return slot->word.at == NULL ? -1 : (int32_t)slot->code;
}

static bool
table_room(struct loading *load, struct code_table *table, uint32_t words)
{
    table->slot_count = 8;
    while (table->slot_count < 2 * words)
        table->slot_count *= 2;
    table->slots = arena_alloc(load->arena, table->slot_count, sizeof *table->slots);
    table->words = arena_alloc(load->arena, words, sizeof *table->words);
    if (table->slots == NULL || table->words == NULL)
        load->is_full = true;
    return !load->is_full;
}

static void
table_add(struct code_table *table, struct text word, uint32_t code)
{
    struct code_word entry = {word, code};
    uint32_t slot = word_slot(table, word);

    if (table->slots[slot].word.at == NULL) {
        table->slots[slot] = entry;
        table->words[table->count++] = entry;
    }
}

static struct text *
code_names(struct loading *load, const struct code_list *list)
{
    struct text *names = arena_alloc(load->arena, list->count, sizeof *names);

    for (uint32_t i = 0; names != NULL && i < list->count; i++)
        names[i] = list->codes[i].name;
    load->is_full = load->is_full || names == NULL;
    return names;
}

static void
table_from_model(struct loading *load, struct code_table *table, const struct code_list *list)
{
    table->name = list->name;
    if (!table_room(load, table, 2 * list->count))
        return;
    for (uint32_t i = 0; i < list->count; i++) {
        table_add(table, list->codes[i].name, i);
        if (list->codes[i].zh.len > 0)
            table_add(table, list->codes[i].zh, i);
    }
}

static void
table_from_yaml(struct loading *load, struct code_table *table, const struct code_list *list,
                const struct yaml_node *map)
{
    struct text *names = code_names(load, list);

    if (names == NULL || !table_room(load, table, map->count))
        return;
    for (uint32_t i = 0; i < map->count; i++) {
        const struct yaml_node *ours = &map->values[i];
        int32_t code = ours->type == YAML_SCALAR ? code_find(list, ours->text) : -1;
        if (code >= 0) {
            table_add(table, text_trim(map->keys[i].text), (uint32_t)code);
            continue;
        }
        struct text word = ours->type == YAML_SCALAR ? ours->text : TEXT("…");
        struct text zh = load_near(load, word, names, list->count, true);
        struct text en = load_near(load, word, names, list->count, false);
        load_complain(
            load, "F104", ours,
            arena_printf(load->arena, "模型的代码表 " TEXT_FMT " 里没有 “" TEXT_FMT "”" TEXT_FMT,
                         TEXT_ARG(list->name), TEXT_ARG(word), TEXT_ARG(zh)),
            arena_printf(load->arena,
                         "the model's list " TEXT_FMT " has no code \"" TEXT_FMT "\"" TEXT_FMT,
                         TEXT_ARG(list->name), TEXT_ARG(word), TEXT_ARG(en)));
    }
}

void
codes_build(struct loading *load, struct code_table *out, const struct field *field,
            const struct yaml_node *node)
{
    const struct yaml_node *map = NULL;
    struct text *tables;

    assert(field->type == FIELD_CODE && field->codes != NULL);
    if (field->codes->count > CODES_MAX) {
        load_complain(load, "F105", node, text_of("代码表超过 64 项"),
                      text_of("a code list of more than 64 codes"));
        return;
    }
    if (node == NULL) {
        table_from_model(load, out, field->codes);
        return;
    }
    out->name = node->text;
    if (load->codes != NULL && node->type == YAML_SCALAR)
        for (uint32_t i = 0; i < load->codes->count && map == NULL; i++)
            if (text_eq(load->codes->keys[i].text, node->text))
                map = &load->codes->values[i];
    if (map != NULL && map->type == YAML_MAP && map->count > 0 && map->count <= WORDS_MAX) {
        table_from_yaml(load, out, field->codes, map);
        return;
    }
    if (map != NULL) {
        load_complain(load, "F105", map,
                      text_of("代码对照表应为 “部门代码: 本系统代码”，1 至 4096 项"),
                      text_of("a code table is `their code: our code`, 1 to 4096 entries"));
        return;
    }
    tables =
        load->codes == NULL ? NULL : arena_alloc(load->arena, load->codes->count, sizeof *tables);
    for (uint32_t i = 0; tables != NULL && i < load->codes->count; i++)
        tables[i] = load->codes->keys[i].text;
    size_t count = tables == NULL ? 0 : load->codes->count;
    struct text zh = load_near(load, node->text, tables, count, true);
    struct text en = load_near(load, node->text, tables, count, false);
    load_complain(load, "F103", node,
                  arena_printf(load->arena, "codes 下没有名为 “" TEXT_FMT "” 的对照表" TEXT_FMT,
                               TEXT_ARG(node->text), TEXT_ARG(zh)),
                  arena_printf(load->arena,
                               "there is no table \"" TEXT_FMT "\" below codes" TEXT_FMT,
                               TEXT_ARG(node->text), TEXT_ARG(en)));
}
