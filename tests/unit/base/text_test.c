/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/text.h"

#include "engine/base/arena.h"
#include "tests/t.h"

TEST(text_next_reads_utf8_and_nothing_else)
{
    static const struct {
        const char *belief, *bytes;
        uint32_t code;
        size_t moved;
    } rows[] = {
        {"ASCII",                 "a",                0x61,     1},
        {"two bytes",             "\xC2\x80",         0x80,     2},
        {"three bytes",           "\xE6\xA0\xB8",     0x6838,   3},
        {"four bytes",            "\xF0\xA0\x80\x80", 0x20000,  4},
        {"the last one",          "\xF4\x8F\xBF\xBF", 0x10FFFF, 4},
        {"past the last",         "\xF4\x90\x80\x80", TEXT_BAD, 1},
        {"overlong in two",       "\xC1\xBF",         TEXT_BAD, 1},
        {"overlong in three",     "\xE0\x9F\xBF",     TEXT_BAD, 1},
        {"overlong in four",      "\xF0\x8F\xBF\xBF", TEXT_BAD, 1},
        {"surrogate",             "\xED\xA0\x80",     TEXT_BAD, 1},
        {"cut",                   "\xE6\xA0",         TEXT_BAD, 1},
        {"a tail without a head", "\xA0",             TEXT_BAD, 1},
        {"a head without a tail", "\xE6zz",           TEXT_BAD, 1},
        {"0xF5 begins nothing",   "\xF5\x80\x80\x80", TEXT_BAD, 1},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        size_t pos = 0;
        char back[4];
        T_ROW(rows[i].belief);
        T_EQ(text_next(text_of(rows[i].bytes), &pos), rows[i].code);
        T_EQ(pos, rows[i].moved);
        T_EQ(text_is_utf8(text_of(rows[i].bytes)), rows[i].code != TEXT_BAD);
        if (rows[i].code != TEXT_BAD)
            T_TEXT(((struct text){back, text_put(rows[i].code, back)}), text_of(rows[i].bytes));
    }
}

TEST(text_int_is_exact)
{
    static const struct {
        const char *belief, *text;
        bool is_int;
        int64_t value;
    } rows[] = {
        {"zero",                "0",                    true,  0        },
        {"leading zeros",       "007",                  true,  7        },
        {"the least",           "-9223372036854775808", true,  INT64_MIN},
        {"the most",            "9223372036854775807",  true,  INT64_MAX},
        {"one more is not one", "9223372036854775808",  false, UNTOUCHED},
        {"one less is not one", "-9223372036854775809", false, UNTOUCHED},
        {"a lone minus",        "-",                    false, UNTOUCHED},
        {"empty",               "",                     false, UNTOUCHED},
        {"a plus",              "+1",                   false, UNTOUCHED},
        {"a space",             "1 ",                   false, UNTOUCHED},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        int64_t value = UNTOUCHED;
        T_ROW(rows[i].belief);
        T_EQ(text_int(text_of(rows[i].text), &value), rows[i].is_int);
        T_EQ(value, rows[i].value);
    }
}

TEST(text_trim_takes_unicode_space)
{
    static const struct {
        const char *belief, *text, *want;
    } rows[] = {
        {"both ends",                  " a b ",                       "a b"         },
        {"ideographic space",          "\xE3\x80\x80核\xE3\x80\x80", "核"         },
        {"no-break space",             "\xC2\xA0x",                   "x"           },
        {"only space",                 " \t\r\n",                     ""            },
        {"zero-width is no space",     "\xE2\x80\x8B",                "\xE2\x80\x8B"},
        {"bad bytes stay",             " \xA0 ",                      "\xA0"        },
        {"a character ending in 0xA0", "栠",                         "栠"         },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        T_ROW(rows[i].belief);
        T_TEXT(text_trim(text_of(rows[i].text)), text_of(rows[i].want));
    }
}

TEST(text_width_counts_columns)
{
    static const struct {
        const char *belief, *text;
        size_t width, chars;
    } rows[] = {
        {"ASCII",             "abc",              3, 3},
        {"Chinese is two",    "核对",           4, 2},
        {"full-width is two", "Ａ",              2, 1},
        {"combining is none", "e\xCC\x81",        1, 2},
        {"extension B",       "\xF0\xA0\x80\x80", 2, 1},
        {"a bad byte is one", "a\xFF",            2, 2},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        T_ROW(rows[i].belief);
        T_EQ(text_width(text_of(rows[i].text)), rows[i].width);
        T_EQ(text_chars(text_of(rows[i].text)), rows[i].chars);
    }
}

TEST(text_distance_and_nearest)
{
    static const struct {
        const char *belief, *a, *b;
        size_t limit, want;
    } rows[] = {
        {"the same",              "standard",     "standard",     3, 0},
        {"a swapped pair is one", "standrad",     "standard",     3, 1},
        {"characters, not bytes", "低保标准", "低保标淮", 3, 1},
        {"cut at the limit",      "abcdef",       "uvwxyz",       2, 3},
        {"empty against three",   "",             "abc",          5, 3},
        {"kitten",                "kitten",       "sitting",      5, 3},
    };
    static const struct text known[] = {
        {"savings",  7},
        {"standard", 8},
        {"stand",    5}
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        T_ROW(rows[i].belief);
        T_EQ(text_distance(text_of(rows[i].a), text_of(rows[i].b), rows[i].limit), rows[i].want);
    }
    T_ROW("the nearest wins, not the first");
    T_EQ(text_nearest(TEXT("standarb"), known, 3), 1);
    T_ROW("nothing is near to a stranger");
    T_EQ(text_nearest(TEXT("per_capita"), known, 3), SIZE_MAX);
}

TEST(text_nfc_composes)
{
    static const struct {
        const char *belief, *text, *want;
        bool is_good, is_same;
    } rows[] = {
        {"ASCII is itself",              "abc",          "abc",          true,  true },
        {"Chinese is itself",            "低保核对", "低保核对", true,  true },
        {"e and acute become one",       "e\xCC\x81",    "\xC3\xA9",     true,  false},
        {"a compatibility ideograph",    "\xEF\xA4\x80", "\xE8\xB1\x88", true,  false},
        {"full-width letters stay",      "Ａ１",       "Ａ１",       true,  true },
        {"what is not UTF-8 is refused", "\xFF",         NULL,           false, false},
    };
    struct arena arena;

    arena_init(&arena, "test", 0, false);
    for (size_t i = 0; i < LEN(rows); i++) {
        struct text out = {0};
        T_ROW(rows[i].belief);
        T_EQ(text_nfc(text_of(rows[i].text), &out, &arena), rows[i].is_good);
        if (!rows[i].is_good)
            continue;
        T_TEXT(out, text_of(rows[i].want));
        T_EQ(out.at == rows[i].text, rows[i].is_same);
    }
    arena_release(&arena);
}

TEST(text_search)
{
    T_EQ(text_find(TEXT("abcabc"), TEXT("ca")), 2);
    T_EQ(text_find(TEXT("abc"), TEXT("")), 0);
    T_EQ(text_find(TEXT("abc"), TEXT("abcd")), SIZE_MAX);
    T_TRUE(text_starts(TEXT("abc"), TEXT("ab")) && !text_starts(TEXT("a"), TEXT("ab")));
    T_TRUE(text_ends(TEXT("abc"), TEXT("bc")) && !text_ends(TEXT("c"), TEXT("bc")));
    T_EQ(text_cmp(TEXT("a"), TEXT("ab")), -1);
    T_ROW("bytes above 127 come last");
    T_EQ(text_cmp(TEXT("核"), TEXT("z")), 1);
}

T_MAIN(T(text_next_reads_utf8_and_nothing_else), T(text_int_is_exact),
       T(text_trim_takes_unicode_space), T(text_width_counts_columns), T(text_distance_and_nearest),
       T(text_nfc_composes), T(text_search))
