/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/t.h"

#include "engine/index/textpack.h"

#define N 4096
static struct text texts[N], back[N];
static uint16_t lengths[N];
static char store[N * 80];
static uint64_t seed = 1;

static uint32_t
draw(uint32_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % below;
}

enum sort { HEX16, HEX64, HEX_ANY, CARD19, PLATE, UNIT, NAMES, BYTES, LONG, NOTHING };

static size_t
text_draw(enum sort sort, char *to)
{
    static const char *const names[] = {"王小明",          "欧阳娜娜", "李四",
                                        "阿卜杜拉·买买提", "ANNA",     ""};
    size_t len = sort == HEX16 ? 16 : sort == HEX64 ? 64 : sort == LONG ? 70 + draw(9) : draw(40);

    switch (sort) {
    case HEX16:
    case HEX64:
    case HEX_ANY:
        for (size_t i = 0; i < len; i++)
            to[i] = "0123456789abcdef"[draw(16)];
        return len;
    case CARD19:
        return (size_t)snprintf(to, 80, "62220%07u%07u", draw(10000000), draw(10000000));
    case PLATE:
        return (size_t)snprintf(to, 80, "苏%c%c%04u", 'A' + (int)draw(24), 'A' + (int)draw(24),
                                draw(10000));
    case UNIT:
        return (size_t)snprintf(to, 80, "3205810%02u0%02uGB%05uF0000%04u", draw(20), draw(50),
                                draw(60000), draw(3));
    case NAMES:
        return (size_t)snprintf(to, 80, "%s", names[draw(6)]);
    case BYTES:
    case LONG:
        for (size_t i = 0; i < len; i++)
            to[i] = (char)draw(256);
        return len;
    case NOTHING:
        return 0;
    }
    return 0;
}

static uint32_t
list_draw(enum sort sort, uint32_t count)
{
    char *to = store;

    for (uint32_t i = 0; i < count; i++) {
        lengths[i] = (uint16_t)text_draw(sort, to);
        texts[i] = (struct text){to, lengths[i]};
        to += lengths[i];
    }
    return (uint32_t)(to - store);
}

TEST(texts_come_back_and_take_little)
{
    static const struct {
        const char *belief;
        enum sort sort;
        enum textpack_mode mode;
        uint32_t count, most; /* most: hundredths of a byte each */
    } rows[] = {
        {"sixteen hexadecimal digits are eight bytes",    HEX16,   TEXTPACK_HEX,    4096, 801 },
        {"sixty-four are thirty-two",                     HEX64,   TEXTPACK_HEX,    4096, 3201},
        {"of any length, odd ones too",                   HEX_ANY, TEXTPACK_HEX,    4096, 1100},
        {"card numbers: half a byte a digit that varies", CARD19,  TEXTPACK_PLACES, 4096, 720 },
        {"plates: what never changes takes nothing",      PLATE,   TEXTPACK_PLACES, 4096, 350 },
        {"numbers of units",                              UNIT,    TEXTPACK_PLACES, 4096, 500 },
        {"names",                                         NAMES,   TEXTPACK_PLACES, 4096, 800 },
        {"any bytes",                                     BYTES,   TEXTPACK_PLACES, 4096, 2100},
        {"longer than places have alphabets",             LONG,    TEXTPACK_PLACES, 1000, 7700},
        {"texts of no length",                            NOTHING, TEXTPACK_PLACES, 100,  10  },
        {"no texts",                                      NOTHING, TEXTPACK_PLACES, 0,    0   },
        {"one text",                                      PLATE,   TEXTPACK_PLACES, 1,    4000},
        {"one number",                                    HEX16,   TEXTPACK_HEX,    1,    1600},
    };

    for (size_t r = 0; r < LEN(rows); r++) {
        static uint8_t packed[N * 40];
        struct arena arena;
        struct buf out;
        struct err err;
        uint32_t count = 0;
        const uint8_t *bytes = (const uint8_t *)store;
        uint8_t *to = packed;

        T_ROW(rows[r].belief);
        list_draw(rows[r].sort, rows[r].count);
        for (uint32_t i = 0; rows[r].mode == TEXTPACK_HEX && i < rows[r].count; i++) {
            T_TRUE(textpack_hex(texts[i], to));
            to += (lengths[i] + 1) / 2;
            bytes = packed;
        }
        arena_init(&arena, "texts", 0, false);
        buf_init(&out, true);
        textpack_put(&out, rows[r].mode, lengths, rows[r].count, bytes);
        T_OK(buf_check(&out, &err), &err);
        T_TRUE(out.len <= 9 + (size_t)rows[r].count * rows[r].most / 100);
        T_TRUE(textpack_get(buf_as_text(&out), back, N, &count, &arena));
        T_EQ(count, rows[r].count);
        for (uint32_t i = 0; i < count; i++)
            T_TEXT(back[i], texts[i]);
        if (count > 0)
            T_TRUE(!textpack_get(buf_as_text(&out), back, count - 1, &count, &arena));
        buf_release(&out);
        arena_release(&arena);
    }
}

TEST(only_lower_hexadecimal_digits_are_halved)
{
    uint8_t out[80];

    for (size_t len = 1; len <= 40; len++)
        for (size_t at = 0; at < len; at++)
            for (int byte = 0; byte < 256; byte++) {
                char text[40];
                bool is_hex = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
                memset(text, '7', sizeof text);
                text[at] = (char)byte;
                T_EQ(textpack_hex((struct text){text, len}, out), is_hex);
                if (is_hex)
                    T_EQ(at % 2 == 0 ? out[at / 2] >> 4 : out[at / 2] & 15,
                         byte <= '9' ? byte - '0' : byte - 'a' + 10);
            }
}

/* Whatever the bytes are: an answer, and nothing outside of them is read (ASan looks on). */
TEST(damaged_lists_are_answered)
{
    for (int mode = TEXTPACK_HEX; mode <= TEXTPACK_PLACES; mode++) {
        struct arena arena;
        struct buf out;
        uint32_t count;

        list_draw(mode == TEXTPACK_HEX ? HEX_ANY : PLATE, 20);
        arena_init(&arena, "texts", 0, false);
        buf_init(&out, false);
        textpack_put(&out, (enum textpack_mode)mode, lengths, 20, (const uint8_t *)store);
        for (size_t cut = 0; cut < out.len; cut++) {
            char *copy = mem_resize(NULL, cut, 1);
            memcpy(copy, out.at, cut);
            T_TRUE(!textpack_get((struct text){copy, cut}, back, N, &count, &arena));
            mem_free(copy);
        }
        for (size_t bit = 0; bit < 8 * out.len; bit++) {
            char *copy = mem_resize(NULL, out.len, 1);
            memcpy(copy, out.at, out.len);
            copy[bit / 8] ^= (char)(1 << bit % 8);
            (void)textpack_get((struct text){copy, out.len}, back, N, &count, &arena);
            arena_reset(&arena);
            mem_free(copy);
        }
        buf_release(&out);
        arena_release(&arena);
    }
}

T_MAIN(T(texts_come_back_and_take_little), T(only_lower_hexadecimal_digits_are_halved),
       T(damaged_lists_are_answered))
