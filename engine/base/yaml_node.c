/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_node.c: reading the tree: keys by name, yes and no, which keys a map may have. */
#include <assert.h>

#include "engine/base/yaml.h"

#define KNOWN_MAX 64 /* keys of one map, in our tables */

const struct yaml_node *
yaml_get(const struct yaml_node *map, const char *key)
{
    if (map == NULL || map->type != YAML_MAP)
        return NULL;
    for (uint32_t i = 0; i < map->count; i++)
        if (text_is(map->keys[i].text, key))
            return &map->values[i];
    return NULL;
}

bool
yaml_bool(const struct yaml_node *node, bool *out)
{
    bool is_yes, is_no;

    if (node == NULL || node->type != YAML_SCALAR || !node->is_plain)
        return false;
    is_yes = text_is(node->text, "yes") || text_is(node->text, "true");
    is_no = text_is(node->text, "no") || text_is(node->text, "false");
    if (is_yes || is_no)
        *out = is_yes;
    return is_yes || is_no;
}

static void
unknown_key(const struct yaml_node *key, const struct text *known, size_t count,
            struct messages *messages)
{
    size_t near = text_nearest(key->text, known, count);
    struct text zh, en;

    if (near != SIZE_MAX) {
        zh = arena_printf(messages->arena, "未知的键 “" TEXT_FMT "”，是否指 “" TEXT_FMT "”？",
                          TEXT_ARG(key->text), TEXT_ARG(known[near]));
        en = arena_printf(messages->arena,
                          "unknown key \"" TEXT_FMT "\"; did you mean \"" TEXT_FMT "\"?",
                          TEXT_ARG(key->text), TEXT_ARG(known[near]));
    } else {
        zh = arena_printf(messages->arena, "未知的键 “" TEXT_FMT "”，请删除或改正",
                          TEXT_ARG(key->text));
        en = arena_printf(messages->arena, "unknown key \"" TEXT_FMT "\"; delete or correct it",
                          TEXT_ARG(key->text));
    }
    message_add(messages, MESSAGE_ERROR, "Y013", key->place, (uint32_t)text_chars(key->text), zh,
                en);
}

bool
yaml_check_keys(const struct yaml_node *map, const char *const *known, const char *const *must,
                struct messages *messages)
{
    struct text names[KNOWN_MAX];
    size_t count = 0;
    bool is_good = true;

    if (map->type != YAML_MAP) {
        message_add(messages, MESSAGE_ERROR, "Y001", map->place, 1,
                    text_of("此处应为 “键: 值”"), text_of("\"key: value\" lines are wanted here"));
        return false;
    }
    for (; known[count] != NULL; count++) {
        assert(count < KNOWN_MAX);
        names[count] = text_of(known[count]);
    }
    for (uint32_t i = 0; i < map->count; i++) {
        bool is_known = false;
        for (size_t k = 0; k < count && !is_known; k++)
            is_known = text_eq(map->keys[i].text, names[k]);
        if (!is_known)
            unknown_key(&map->keys[i], names, count, messages);
        is_good = is_good && is_known;
    }
    for (; must != NULL && *must != NULL; must++) {
        if (yaml_get(map, *must) != NULL)
            continue;
        is_good = false;
        message_add(messages, MESSAGE_ERROR, "Y014", map->place, 1,
                    arena_printf(messages->arena, "缺少键 “%s”", *must),
                    arena_printf(messages->arena, "key \"%s\" is missing", *must));
    }
    return is_good;
}
