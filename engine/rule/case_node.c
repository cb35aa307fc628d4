/* SPDX-License-Identifier: Apache-2.0 */
/* case_node.c: trees of cases: a path set to a value, JSON read as YAML. */
#include <string.h>

#include "engine/rule/case.h"

#include "engine/base/ban.h"

#define PATH_DEPTH_MAX 16

static bool
map_grow(struct yaml_node *map, struct text key, struct arena *arena)
{
    struct yaml_node *keys = arena_alloc(arena, map->count + 1, sizeof *keys);
    struct yaml_node *values = arena_alloc(arena, map->count + 1, sizeof *values);

    if (keys == NULL || values == NULL)
        return false;
    if (map->count > 0) {
        memcpy(keys, map->keys, map->count * sizeof *keys);
        memcpy(values, map->values, map->count * sizeof *values);
    }
    keys[map->count] =
        (struct yaml_node){.type = YAML_SCALAR, .is_plain = true, .text = key, .place = map->place};
    values[map->count] = (struct yaml_node){.type = YAML_MAP, .place = map->place};
    map->keys = keys;
    map->values = values;
    map->count++;
    return true;
}

/* The child named `key`, in a copy of the children; NULL: none fits. */
static struct yaml_node *
child_of(struct yaml_node *node, struct text key, struct arena *arena)
{
    struct yaml_node *values;
    int64_t index = -1;

    if (node->type == YAML_LIST && (!text_int(key, &index) || index < 0 || index >= node->count))
        return NULL;
    if (node->type == YAML_SCALAR)
        return NULL;
    for (uint32_t i = 0; node->type == YAML_MAP && i < node->count; i++)
        if (text_eq(node->keys[i].text, key))
            index = i;
    if (index < 0) {
        if (!map_grow(node, key, arena))
            return NULL;
        return &node->values[node->count - 1];
    }
    values = arena_alloc(arena, node->count, sizeof *values);
    if (values == NULL)
        return NULL;
    memcpy(values, node->values, node->count * sizeof *values);
    node->values = values;
    return &values[index];
}

struct yaml_node *
node_with(const struct yaml_node *root, struct text path, const struct yaml_node *value,
          struct arena *arena)
{
    struct yaml_node *copy = arena_alloc(arena, 1, sizeof *copy), *node = copy;

    if (copy == NULL)
        return NULL;
    *copy = *root;
    for (uint32_t depth = 0; path.len > 0; depth++) {
        const char *dot = memchr(path.at, '.', path.len);
        size_t len = dot == NULL ? path.len : (size_t)(dot - path.at);
        if (depth == PATH_DEPTH_MAX ||
            (node = child_of(node, (struct text){path.at, len}, arena)) == NULL)
            return NULL;
        path = (struct text){path.at + len + (dot != NULL), path.len - len - (dot != NULL)};
    }
    *node = *value;
    return copy;
}

static bool
json_fill(const struct json_node *json, struct yaml_node *out, struct arena *arena, int depth)
{
    bool is_map = json->type == JSON_OBJECT;

    memset(out, 0, sizeof *out);
    out->is_plain = true;
    switch (json->type) {
    case JSON_NULL:
        out->text = TEXT("none");
        break;
    case JSON_BOOL:
        out->text = json->boolean ? TEXT("yes") : TEXT("no");
        break;
    case JSON_INT:
        out->text = arena_printf(arena, "%lld", (long long)json->integer);
        break;
    case JSON_REAL:
    case JSON_STRING:
        out->text = json->text;
        break;
    default:
        out->type = is_map ? YAML_MAP : YAML_LIST;
        out->count = json->count;
        out->values = arena_alloc(arena, json->count, sizeof *out->values);
        out->keys = arena_alloc(arena, json->count, sizeof *out->keys);
        if (out->values == NULL || out->keys == NULL)
            return false;
        for (uint32_t i = 0; i < json->count; i++) { /* the reader bounds the depth at 64 */
            if (is_map)
                out->keys[i] = (struct yaml_node){.type = YAML_SCALAR, .text = json->keys[i]};
            if (depth > 64 || !json_fill(&json->values[i], &out->values[i], arena, depth + 1))
                return false;
        }
        return true;
    }
    out->type = YAML_SCALAR;
    return true;
}

struct yaml_node *
node_of_json(const struct json_node *json, struct arena *arena)
{
    struct yaml_node *out = arena_alloc(arena, 1, sizeof *out);

    return out != NULL && json_fill(json, out, arena, 0) ? out : NULL;
}
