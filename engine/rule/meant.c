/* SPDX-License-Identifier: Apache-2.0 */
/* meant.c: the name that was meant: by its letters, or by the label that people call it by. */
#include "engine/rule/tree.h"

#include "engine/base/ban.h"

struct text
label_short(struct text zh)
{
    size_t bracket = text_find(zh, TEXT("（"));

    return bracket == SIZE_MAX || bracket == 0 ? zh : text_trim((struct text){zh.at, bracket});
}

static bool
is_ascii(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] >= 0x80)
            return false;
    return true;
}

size_t
near_find(struct text word, const struct nameable *items, uint32_t count, struct arena *arena)
{
    struct text *texts = arena_alloc(arena, count, sizeof *texts);
    size_t near;

    if (texts == NULL)
        return SIZE_MAX;
    for (uint32_t i = 0; i < count; i++)
        texts[i] = items[i].name;
    near = text_nearest(word, texts, count);
    if (near != SIZE_MAX || is_ascii(word))
        return near;
    if (text_starts(word, TEXT("p.")))
        word = (struct text){word.at + 2, word.len - 2};
    for (uint32_t i = 0; i < count; i++) { /* the label as it stands comes before one like it */
        texts[i] = label_short(items[i].zh);
        if (text_eq(word, items[i].zh) || text_eq(word, texts[i]))
            return i;
    }
    return text_nearest(word, texts, count);
}

struct text
near_zh(const struct nameable *item, struct arena *arena)
{
    struct text label = item == NULL ? TEXT("") : label_short(item->zh);

    if (item == NULL || item->name.len == 0)
        return TEXT("");
    return arena_printf(arena, "，是否指 “" TEXT_FMT "”%s" TEXT_FMT "%s？", TEXT_ARG(item->name),
                        label.len > 0 ? "（" : "", TEXT_ARG(label), label.len > 0 ? "）" : "");
}

struct text
near_en(const struct nameable *item, struct arena *arena)
{
    if (item == NULL || item->name.len == 0)
        return TEXT("");
    return arena_printf(arena, "; did you mean \"" TEXT_FMT "\"?", TEXT_ARG(item->name));
}
