/* SPDX-License-Identifier: Apache-2.0 */
/* pack_table.c: rules/packs.yaml, and the choice among its lines. */
#include "engine/rule/pack_table.h"

#include <limits.h>
#include <string.h>

#include "engine/rule/pack_in.h"

#include "engine/base/ban.h"

static void
tell(struct loader *l, const struct yaml_node *node, const char *code, const char *zh,
     const char *en)
{
    say(l, node->place, code, text_of(zh), text_of(en));
}

/* A folder beside the table: a name, no path. */
static bool
is_name(struct text name)
{
    return name.len > 0 && name.at[0] != '.' && memchr(name.at, '/', name.len) == NULL;
}

static uint32_t
pack_number(struct loader *l, struct pack_table *table, struct text name)
{
    const char *slash = strrchr(table->path, '/');
    size_t folder = slash == NULL ? 0 : (size_t)(slash - table->path) + 1;
    struct text dir;

    for (uint32_t i = 0; i < table->pack_count; i++)
        if (text_eq(table->names[i], name))
            return i;
    dir = arena_printf(l->arena, "%.*s" TEXT_FMT, (int)folder, table->path, TEXT_ARG(name));
    l->is_full = l->is_full || dir.at == NULL;
    table->names[table->pack_count] = name;
    table->dirs[table->pack_count] = dir.at;
    return table->pack_count++;
}

static bool
is_digits(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return true;
}

static bool
days_read(struct loader *l, const struct yaml_node *node, struct pack_route *route)
{
    const struct yaml_node *from = yaml_get(node, "from"), *until = yaml_get(node, "until");

    route->from = INT32_MIN;
    route->until = INT32_MAX;
    if ((from != NULL && !day_read(l, from, &route->from)) ||
        (until != NULL && !day_read(l, until, &route->until)))
        return false;
    if (route->from < route->until)
        return true;
    tell(l, until, "D303", "until 应晚于 from", "until should be after from");
    return false;
}

/* Two lines of one programme, division and first day: nobody could say which was meant. */
static void
twice_check(struct loader *l, const struct pack_table *table, const struct pack_route *route,
            const struct yaml_node *list, const struct yaml_node *node)
{
    for (uint32_t i = 0; i < table->route_count; i++) {
        const struct pack_route *other = &table->routes[i];

        if (other->programme == route->programme && other->from == route->from &&
            other->area == route->area && text_eq(other->division, route->division))
            say(l, node->place, "D302",
                arena_printf(l->arena, "同一项目、区划已有自同一天起的一行（第 %u 行）",
                             list->values[i].place.line),
                arena_printf(l->arena,
                             "a line of the same programme, division and day stands at line %u",
                             list->values[i].place.line));
    }
}

static void
route_read(struct loader *l, struct pack_table *table, const struct yaml_node *list,
           const struct yaml_node *node)
{
    const struct code_list *programmes = model_codes(l->pack->model, TEXT("programme"));
    const struct code_list *areas = model_codes(l->pack->model, TEXT("area_kind"));
    struct text area = node_text(node, "area");
    struct pack_route *route = &table->routes[table->route_count];

    if (!grammar_check(node, GRAMMAR_ROUTE, l->messages) || !days_read(l, node, route))
        return;
    route->division = node_text(node, "division");
    route->area = area.len == 0 || areas == NULL ? -1 : code_find(areas, area);
    route->programme =
        programmes == NULL ? -1 : code_find(programmes, node_text(node, "programme"));
    if (route->programme < 0)
        tell(l, yaml_get(node, "programme"), "N103", "救助项目不在代码表 programme 中",
             "the programme is not in the code list \"programme\"");
    else if (area.len > 0 && route->area < 0)
        tell(l, yaml_get(node, "area"), "N103", "area 应为 urban 或 rural",
             "area should be urban or rural");
    else if (!is_digits(route->division))
        tell(l, yaml_get(node, "division"), "T205", "division 应为行政区划代码的前几位数字",
             "division should be the first digits of a division's code");
    else if (!is_name(node_text(node, "pack")))
        tell(l, yaml_get(node, "pack"), "T205", "pack 应为本文件旁边的规则包目录名",
             "pack should be the name of a pack's folder beside this file");
    else {
        twice_check(l, table, route, list, node);
        route->pack = pack_number(l, table, node_text(node, "pack"));
        if (node_text(node, "pays").len > 0)
            table->pays[route->pack] = node_text(node, "pays");
        table->route_count++;
    }
}

static bool
programmes_read(struct loader *l, const struct yaml_node *list, struct conflict *conflict)
{
    const struct code_list *programmes = model_codes(l->pack->model, TEXT("programme"));

    if (!node_is(l, list, YAML_LIST) || programmes == NULL)
        return false;
    conflict->programmes = arena_alloc(l->arena, list->count, sizeof *conflict->programmes);
    if (conflict->programmes == NULL) {
        l->is_full = true;
        return false;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        conflict->programmes[i] = code_find(programmes, list->values[i].text);
        if (list->values[i].type == YAML_SCALAR && conflict->programmes[i] >= 0)
            continue;
        tell(l, &list->values[i], "N103", "救助项目不在代码表 programme 中",
             "the programme is not in the code list \"programme\"");
        return false;
    }
    conflict->count = list->count;
    return true;
}

/* conflicts: [{zh, take: first|highest, programmes: […], ref?}] */
static void
conflicts_read(struct loader *l, struct pack_table *table, const struct yaml_node *list)
{
    if (list == NULL || !node_is(l, list, YAML_LIST))
        return;
    table->conflicts = arena_alloc(l->arena, list->count, sizeof *table->conflicts);
    if (table->conflicts == NULL) {
        l->is_full = true;
        return;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        const struct yaml_node *node = &list->values[i];
        struct conflict *conflict = &table->conflicts[table->conflict_count];

        if (!grammar_check(node, GRAMMAR_CONFLICT, l->messages))
            continue;
        conflict->zh = node_text(node, "zh");
        conflict->ref = node_text(node, "ref");
        conflict->takes_highest = text_is(node_text(node, "take"), "highest");
        if (!conflict->takes_highest && !text_is(node_text(node, "take"), "first"))
            tell(l, yaml_get(node, "take"), "T205", "take 应为 first（排在前面的优先）或 highest（就高）",
                 "take should be first (who stands before) or highest (who pays most)");
        else if (programmes_read(l, yaml_get(node, "programmes"), conflict))
            table->conflict_count++;
    }
}

hedui_status
pack_table_load(struct pack_table **out, const char *path, const struct model *model,
                struct messages *messages, struct arena *arena, struct err *err)
{
    struct pack_table *table = arena_alloc(arena, 1, sizeof *table);
    struct pack shell = {.model = model, .arena = arena}; /* what the readers of values look at */
    struct loader l = {.pack = &shell, .messages = messages, .arena = arena};
    struct text name = arena_text(arena, text_of(path));
    const struct yaml_node *list;
    struct yaml_node *root;

    *out = NULL;
    if (table == NULL || name.at == NULL)
        return arena_full(arena, err);
    table->path = name.at;
    TRY(yaml_load(&root, table->path, messages, arena, err));
    if (root == NULL || !grammar_check(root, GRAMMAR_ROUTES, messages))
        return messages_status(messages, err);
    table->digest = digest_of(root->place.source->bytes.at, root->place.source->bytes.len);
    list = yaml_get(root, "packs");
    if (!node_is(&l, list, YAML_LIST))
        return messages_status(messages, err);
    table->routes = arena_alloc(arena, list->count, sizeof *table->routes);
    table->names = arena_alloc(arena, list->count, sizeof *table->names);
    table->dirs = arena_alloc(arena, list->count, sizeof *table->dirs);
    table->pays = arena_alloc(arena, list->count, sizeof *table->pays);
    if (table->routes == NULL || table->names == NULL || table->dirs == NULL ||
        table->pays == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < list->count; i++)
        route_read(&l, table, list, &list->values[i]);
    conflicts_read(&l, table, yaml_get(root, "conflicts"));
    if (l.is_full)
        return arena_full(arena, err);
    TRY(messages_status(messages, err));
    *out = table;
    return HEDUI_OK;
}

/* Does this line rather say who serves the case than that one? */
static bool
is_nearer(const struct pack_route *route, const struct pack_route *best)
{
    if (best == NULL || route->division.len != best->division.len)
        return best == NULL || route->division.len > best->division.len;
    if ((route->area >= 0) != (best->area >= 0))
        return route->area >= 0;
    return route->from > best->from;
}

int32_t
pack_table_pick(const struct pack_table *table, int64_t programme, struct text division,
                int64_t area, int32_t day)
{
    const struct pack_route *best = NULL;

    for (uint32_t i = 0; i < table->route_count; i++) {
        const struct pack_route *route = &table->routes[i];

        if (route->programme == programme && day >= route->from && day < route->until &&
            (route->area < 0 || route->area == area) && text_starts(division, route->division) &&
            is_nearer(route, best))
            best = route;
    }
    return best == NULL ? -1 : (int32_t)best->pack;
}

int32_t
pack_table_programme(const struct pack_table *table, uint32_t pack)
{
    for (uint32_t i = 0; i < table->route_count; i++)
        if (table->routes[i].pack == pack)
            return table->routes[i].programme;
    return -1;
}
