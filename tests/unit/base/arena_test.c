/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/arena.h"

#include "tests/t.h"

TEST(arena_caps_are_answers)
{
    static const struct {
        const char *belief;
        size_t cap, count, size;
        bool is_given;
        hedui_status status; /* of arena_full() */
    } rows[] = {
        {"no cap, no limit",              0,    1000,         1000, true,  HEDUI_OK      },
        {"up to the cap it gives",        4096, 4096,         1,    true,  HEDUI_OK      },
        {"one byte past it does not",     4096, 4097,         1,    false, HEDUI_E_LIMIT },
        {"count times size may not wrap", 0,    SIZE_MAX / 8, 16,   false, HEDUI_E_MEMORY},
        {"nothing is something",          4096, 0,            8,    true,  HEDUI_OK      },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct arena arena;
        struct err err;
        T_ROW(rows[i].belief);
        arena_init(&arena, "test", rows[i].cap, false);
        T_EQ(arena_alloc(&arena, rows[i].count, rows[i].size) != NULL, rows[i].is_given);
        if (!rows[i].is_given)
            T_EQ(arena_full(&arena, &err), rows[i].status);
        arena_release(&arena);
        T_EQ(arena.used, 0);
    }
}

TEST(arena_memory_is_zero_again_after_rewind)
{
    struct arena arena;
    struct arena_mark mark;

    for (int wiped = 0; wiped < 2; wiped++) {
        unsigned char *at;
        bool is_zero = true;
        T_ROW(wiped ? "wiped arena" : "plain arena");
        arena_init(&arena, "test", 0, wiped);
        arena_alloc(&arena, 1, 48);
        mark = arena_mark(&arena);
        at = arena_alloc(&arena, 1, 5000);
        memset(at, 0xAB, 5000);
        arena_alloc(&arena, 1, 100000); /* a block of its own goes back too */
        arena_rewind(&arena, mark);
        T_TRUE(arena_alloc(&arena, 1, 5000) == at);
        for (size_t i = 0; i < 5000; i++)
            is_zero = is_zero && at[i] == 0;
        T_TRUE(is_zero);
        arena_release(&arena);
    }
}

TEST(arena_reset_keeps_one_block_and_wipes)
{
    struct arena arena;
    unsigned char *at;
    size_t used;

    arena_init(&arena, "test", 0, true);
    for (int i = 0; i < 100; i++)
        memset(arena_alloc(&arena, 1, 4000), 0xCD, 4000);
    used = arena.used;
    arena_reset(&arena);
    T_ROW("what stays is less than what was");
    T_TRUE(arena.used > 0 && arena.used < used);
    T_ROW("and is zero before anybody asks for it");
    at = arena_alloc(&arena, 1, 16);
    T_EQ(at[0], 0);
    T_EQ(at[4000], 0);
    arena_release(&arena);
}

TEST(arena_texts)
{
    struct arena arena;
    struct text text;

    arena_init(&arena, "test", 64, false);
    text = arena_printf(&arena, "%s-%d", "核对", 7);
    T_TEXT(text, TEXT("核对-7"));
    T_EQ(text.at[text.len], 0);
    T_ROW("a text past the cap is NULL");
    T_TRUE(arena_text(&arena, (struct text){"x", 100}).at == NULL);
    T_EQ((uintptr_t)arena_alloc(&arena, 1, 1) % 16, 0);
    arena_release(&arena);
}

T_MAIN(T(arena_caps_are_answers), T(arena_memory_is_zero_again_after_rewind),
       T(arena_reset_keeps_one_block_and_wipes), T(arena_texts))
