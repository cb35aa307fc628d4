/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_keys.c: using the tree: a key's value, bools, and keys that may or must be there. */
#include <string.h>

#include "engine/base/yaml.h"

#include "engine/base/ban.h"

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
    if (node == NULL || node->type != YAML_SCALAR)
        return false;
    if (text_is(node->text, "yes") || text_is(node->text, "true"))
        *out = true;
    else if (text_is(node->text, "no") || text_is(node->text, "false"))
        *out = false;
    else
        return false;
    return true;
}

/* true: it is no key because of a full-width sign, which may hide others that must be there. */
static bool
report_unknown(const struct yaml_node *key, const char *const *known, struct messages *messages)
{
    struct text names[128]; /* a schema has far fewer keys */
    struct arena *arena = messages->arena;
    size_t count = 0, near;
    struct text zh, en;

    if (yaml_wide_tell(key, messages))
        return true;
    while (count < LEN(names) && known[count] != NULL) {
        names[count] = text_of(known[count]);
        count++;
    }
    near = text_nearest(key->text, names, count);
    if (near == SIZE_MAX) {
        zh = arena_printf(arena, "未知的键 “" TEXT_FMT "”", TEXT_ARG(key->text));
        en = arena_printf(arena, "unknown key \"" TEXT_FMT "\"", TEXT_ARG(key->text));
    } else {
        zh = arena_printf(arena, "未知的键 “" TEXT_FMT "”，是否指 “%s”？", TEXT_ARG(key->text),
                          known[near]);
        en = arena_printf(arena, "unknown key \"" TEXT_FMT "\"; did you mean \"%s\"?",
                          TEXT_ARG(key->text), known[near]);
    }
    message_add(messages, MESSAGE_ERROR, "Y013", key->place, (uint32_t)text_chars(key->text), zh,
                en);
    return false;
}

bool
yaml_check_keys(const struct yaml_node *map, const char *const *known, const char *const *must,
                struct messages *messages)
{
    uint32_t errors = messages->errors;
    bool is_wide = false;

    if (map->type != YAML_MAP && yaml_wide_tell(map, messages))
        return false;
    if (map->type != YAML_MAP) {
        message_add(messages, MESSAGE_ERROR, "Y014", map->place, 1, TEXT("此处应为 “键: 值”"),
                    TEXT("\"key: value\" is expected here"));
        return false;
    }
    for (uint32_t i = 0; i < map->count; i++) {
        size_t k = 0;
        while (known[k] != NULL && !text_is(map->keys[i].text, known[k]))
            k++;
        if (known[k] == NULL)
            is_wide = report_unknown(&map->keys[i], known, messages) || is_wide;
    }
    for (size_t i = 0; !is_wide && must != NULL && must[i] != NULL; i++)
        if (yaml_get(map, must[i]) == NULL)
            message_add(messages, MESSAGE_ERROR, "Y014", map->place, 1,
                        arena_printf(messages->arena, "缺少键 “%s”", must[i]),
                        arena_printf(messages->arena, "key \"%s\" is missing", must[i]));
    return messages->errors == errors;
}
