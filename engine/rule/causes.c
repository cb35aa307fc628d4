/* SPDX-License-Identifier: Apache-2.0 */
/* causes.c: why something is unknown: numbers in sorted sets, so that a union is a merge. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/rule/tree.h"

#include "engine/base/ban.h"

uint32_t
cause_number(struct causes *causes, struct text name)
{
    struct text copy;

    for (uint32_t i = 0; i < causes->count; i++)
        if (text_eq(causes->names[i], name))
            return i;
    if (causes->count == causes->room) {
        uint32_t room = causes->room == 0 ? 32 : causes->room * 2;
        struct text *names = arena_alloc(causes->arena, room, sizeof *names);
        if (names == NULL)
            return UINT32_MAX;
        if (causes->count > 0)
            memcpy(names, causes->names, causes->count * sizeof *names);
        causes->names = names;
        causes->room = room;
    }
    copy = arena_text(causes->arena, name);
    if (copy.at == NULL)
        return UINT32_MAX;
    causes->names[causes->count] = copy;
    return causes->count++;
}

bool
cause_one(struct cause_set *out, struct causes *causes, struct text name)
{
    uint32_t number = cause_number(causes, name);
    uint32_t *items = number == UINT32_MAX ? NULL : arena_alloc(causes->arena, 1, sizeof *items);

    if (items == NULL)
        return false;
    items[0] = number;
    *out = (struct cause_set){1, items};
    return true;
}

static bool
holds(struct cause_set a, struct cause_set b)
{
    uint32_t i = 0;

    for (uint32_t k = 0; k < b.count; k++) {
        while (i < a.count && a.items[i] < b.items[k])
            i++;
        if (i == a.count || a.items[i] != b.items[k])
            return false;
    }
    return true;
}

bool
cause_union(struct cause_set *out, struct cause_set a, struct cause_set b, struct arena *arena)
{
    uint32_t *items;
    uint32_t i = 0, k = 0, count = 0;

    if (a.items == b.items || holds(a, b)) {
        *out = a;
        return true;
    }
    if (holds(b, a)) {
        *out = b;
        return true;
    }
    items = arena_alloc(arena, (size_t)a.count + b.count, sizeof *items);
    if (items == NULL)
        return false;
    while (i < a.count || k < b.count) {
        bool is_a = k == b.count || (i < a.count && a.items[i] <= b.items[k]);
        uint32_t item = is_a ? a.items[i] : b.items[k];
        if (i < a.count && a.items[i] == item)
            i++;
        if (k < b.count && b.items[k] == item)
            k++;
        items[count++] = item;
    }
    *out = (struct cause_set){count, items};
    return true;
}

static int
text_order(const void *a, const void *b)
{
    return text_cmp(*(const struct text *)a, *(const struct text *)b);
}

struct text *
cause_texts(struct cause_set set, const struct causes *causes, struct arena *arena)
{
    struct text *texts = arena_alloc(arena, set.count, sizeof *texts);

    if (texts == NULL)
        return NULL;
    for (uint32_t i = 0; i < set.count; i++) {
        assert(set.items[i] < causes->count);
        texts[i] = causes->names[set.items[i]];
    }
    if (set.count > 1)
        qsort(texts, set.count, sizeof *texts, text_order);
    return texts;
}
