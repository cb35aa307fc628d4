/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/model/division.h"

#include <limits.h>

#include "engine/base/sys.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

struct division {
    struct text code, name;
    int32_t from, until; /* days; until is the first day that it no longer holds */
};
struct division_table {
    struct text version;
    uint32_t count;
    struct division *items;
};

/* The next field of a line, cut at the comma. */
static struct text
field_cut(struct text *line)
{
    size_t comma = text_find(*line, TEXT(","));
    struct text field = {line->at, comma == SIZE_MAX ? line->len : comma};
    size_t eaten = comma == SIZE_MAX ? line->len : comma + 1;

    *line = (struct text){line->at + eaten, line->len - eaten};
    return text_trim(field);
}

static hedui_status
line_read(struct division *out, struct text line, uint32_t number, const char *path,
          struct err *err)
{
    struct text from, until;

    *out = (struct division){.from = INT32_MIN, .until = INT32_MAX};
    out->code = field_cut(&line);
    out->name = field_cut(&line);
    from = field_cut(&line);
    until = field_cut(&line);
    if ((from.len > 0 && date_parse(from, &out->from) != CELL_OK) ||
        (until.len > 0 && date_parse(until, &out->until) != CELL_OK) || out->code.len < 2 ||
        out->name.len == 0)
        return err_set(
            err, HEDUI_E_INPUT,
            "%s:%u: 要写 代码,名称,起,止,后继\n%s:%u: code,name,from,until,successors is "
            "wanted",
            path, number, path, number);
    return HEDUI_OK;
}

hedui_status
division_load(struct division_table **out, const char *path, struct arena *arena, struct err *err)
{
    struct division_table *table = arena_alloc(arena, 1, sizeof *table);
    struct text all;
    uint32_t lines = 1, number = 0;

    if (table == NULL)
        return arena_full(arena, err);
    TRY(sys_slurp(&all, path, (size_t)16 << 20, arena, err));
    for (size_t i = 0; i < all.len; i++)
        lines += all.at[i] == '\n';
    table->items = arena_alloc(arena, lines, sizeof *table->items);
    if (table->items == NULL)
        return arena_full(arena, err);
    while (all.len > 0) {
        size_t end = text_find(all, TEXT("\n"));
        struct text line = {all.at, end == SIZE_MAX ? all.len : end};
        size_t eaten = end == SIZE_MAX ? all.len : end + 1;

        all = (struct text){all.at + eaten, all.len - eaten};
        line = text_trim(line);
        number++;
        if (text_starts(line, TEXT("# version ")))
            table->version = (struct text){line.at + 10, line.len - 10};
        if (line.len == 0 || line.at[0] == '#' || text_starts(line, TEXT("code,")))
            continue;
        TRY(line_read(&table->items[table->count], line, number, path, err));
        table->count++;
    }
    if (table->version.len == 0)
        return err_set(err, HEDUI_E_INPUT, "%s: 缺少 '# version …'\n%s: '# version …' is missing",
                       path, path);
    *out = table;
    return HEDUI_OK;
}

struct text
division_version(const struct division_table *table)
{
    return table->version;
}

bool
division_covers(struct text prefix, struct text code)
{
    return text_starts(code, prefix);
}

bool
division_overlaps(struct text a, struct text b)
{
    return division_covers(a, b) || division_covers(b, a);
}

struct text
division_name(const struct division_table *table, struct text code, int32_t day)
{
    const struct division *best = NULL;

    for (uint32_t i = 0; i < table->count; i++) {
        const struct division *item = &table->items[i];

        if (day >= item->from && day < item->until && text_starts(code, item->code) &&
            (best == NULL || item->code.len > best->code.len))
            best = item;
    }
    return best == NULL ? text_of("") : best->name;
}
