/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/charset.h"

#include "engine/base/sys.h"
#include "tests/t.h"

TEST(gb18030_decodes_what_offices_write)
{
    static const struct {
        const char *belief, *bytes;
        uint32_t want;
    } rows[] = {
        {"ASCII is itself",                     "A",                'A'     },
        {"a common character",                  "\xB1\xB1",         0x5317  },
        {"0x80 is the euro sign of Windows",    "\x80",             0x20AC  },
        {"moved in 2022: A6D9",                 "\xA6\xD9",         0xFE10  },
        {"moved in 2022, out of order: A6DA",   "\xA6\xDA",         0xFE12  },
        {"moved in 2022: A6F3",                 "\xA6\xF3",         0xFE19  },
        {"moved in 2022: FE59, in two bytes",   "\xFE\x59",         0x9FB4  },
        {"and in four",                         "\x82\x35\x90\x37", 0x9FB4  },
        {"moved in 2022: FEA0",                 "\xFE\xA0",         0x9FBB  },
        {"moved in 2005: A8BC",                 "\xA8\xBC",         0x1E3F  },
        {"its old code's four-byte form",       "\x81\x35\xF4\x37", 0xE7C7  },
        {"extension B in two bytes: FE51",      "\xFE\x51",         0x20087 },
        {"extension B in four bytes",           "\x95\x32\x90\x31", 0x20087 },
        {"user-defined area stays private use", "\xAA\xA1",         0xE000  },
        {"first four-byte form",                "\x81\x30\x81\x30", 0x80    },
        {"last of the basic plane",             "\x84\x31\xA4\x39", 0xFFFF  },
        {"first past it",                       "\x90\x30\x81\x30", 0x10000 },
        {"last of all",                         "\xE3\x32\x9A\x35", 0x10FFFF},
        {"past the last",                       "\xE3\x32\x9A\x36", TEXT_BAD},
        {"the gap between",                     "\x84\x31\xA5\x30", TEXT_BAD},
        {"0xFF leads nothing",                  "\xFF\xB1",         TEXT_BAD},
        {"0x7F trails nothing",                 "\xB1\x7F",         TEXT_BAD},
        {"0xFF trails nothing",                 "\xB1\xFF",         TEXT_BAD},
        {"cut in two",                          "\xB1",             TEXT_BAD},
        {"cut in four",                         "\x81\x30\x81",     TEXT_BAD},
        {"a line feed trails nothing",          "\xB1\n",           TEXT_BAD},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct text text = text_of(rows[i].bytes);
        size_t pos = 0;
        T_ROW(rows[i].belief);
        T_EQ(gb18030_next(text, &pos), rows[i].want);
        T_EQ(pos, rows[i].want == TEXT_BAD ? 1 : text.len);
    }
}

/* Every code point goes to bytes and back, but for the private-use forms of codes that have
 * characters now; there are 24 of them. */
TEST(gb18030_keeps_every_code_point)
{
    struct gb18030_encoder *encoder;
    struct arena arena;
    struct buf bytes;
    struct err err;
    unsigned moved = 0;

    arena_init(&arena, "test", 0, false);
    buf_init(&bytes, false);
    T_OK(gb18030_encoder_build(&encoder, &arena, &err), &err);
    for (uint32_t point = 0; point <= 0x10FFFF; point++) {
        char utf8[4];
        size_t pos = 0;
        if (point >= 0xD800 && point <= 0xDFFF)
            continue;
        buf_reset(&bytes);
        T_TRUE(gb18030_encode(encoder, (struct text){utf8, text_put(point, utf8)}, &bytes));
        uint32_t back = gb18030_next(buf_as_text(&bytes), &pos);
        T_EQ(pos, bytes.len);
        if (back == point)
            continue;
        moved++;
        T_TRUE(point >= 0xE78D && point <= 0xE864 && bytes.len == 2);
    }
    T_EQ(moved, 24);
    buf_release(&bytes);
    arena_release(&arena);
}

/* All sequences of one, two and four bytes: a character and nothing left, or bad; two forms of a
 * character only where the editions made them. */
TEST(gb18030_every_sequence_is_one_thing)
{
    uint64_t good_two = 0, good_four = 0;

    for (uint32_t lead = 0x81; lead <= 0xFE; lead++) {
        for (uint32_t next = 0; next <= 0xFF; next++) {
            char bytes[4] = {(char)lead, (char)next, 0, 0};
            size_t pos = 0;
            bool is_trail = next >= 0x40 && next != 0x7F && next != 0xFF;
            uint32_t point = gb18030_next((struct text){bytes, 2}, &pos);
            T_EQ(point != TEXT_BAD, is_trail);
            T_TRUE(point == TEXT_BAD || point < 0xD800 || point > 0xDFFF);
            good_two += is_trail;
            if (next < 0x30 || next > 0x39)
                continue;
            for (uint32_t rest = 0; rest < 1260; rest++) {
                bytes[2] = (char)(0x81 + rest / 10);
                bytes[3] = (char)(0x30 + rest % 10);
                pos = 0;
                point = gb18030_next((struct text){bytes, 4}, &pos);
                T_TRUE(point == TEXT_BAD ? pos == 1 : pos == 4);
                T_TRUE(point == TEXT_BAD || point < 0xD800 || point > 0xDFFF);
                good_four += point != TEXT_BAD;
            }
        }
    }
    T_EQ(good_two, 126 * 190);
    T_EQ(good_four, 39420 + 0x100000);
}

TEST(charset_head_may_end_inside_a_character)
{
    static const struct {
        const char *belief, *head;
        bool want;
    } rows[] = {
        {"ASCII",                     "abc",         true },
        {"nothing",                   "",            true },
        {"whole",                     "甲",         true },
        {"cut after one byte",        "甲\xE7",     true },
        {"cut after two",             "甲\xE7\x94", true },
        {"a bad byte before the end", "\xB1\xB1甲", false},
        {"GBK at the end",            "a\xB1\xB1",   false},
        {"only continuation bytes",   "\x80\x80",    false},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        T_ROW(rows[i].belief);
        T_EQ(charset_is_utf8_head(text_of(rows[i].head)), rows[i].want);
    }
}

T_MAIN(T(gb18030_decodes_what_offices_write), T(gb18030_keeps_every_code_point),
       T(gb18030_every_sequence_is_one_thing), T(charset_head_may_end_inside_a_character))
