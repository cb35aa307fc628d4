/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that grow: digits, room that is lent, what is said once more. */
#include "engine/base/buf.h"

#include "tests/t.h"

TEST(numbers_are_printed_to_the_last_digit)
{
    static const struct {
        const char *belief;
        uint64_t value;
        const char *want;
    } rows[] = {
        {"nothing",                 0,          "0"                   },
        {"one digit",               9,          "9"                   },
        {"two digits",              10,         "10"                  },
        {"the last of two",         99,         "99"                  },
        {"three digits",            100,        "100"                 },
        {"an odd number of digits", 12345,      "12345"               },
        {"zeros inside",            1000203,    "1000203"             },
        {"the greatest",            UINT64_MAX, "18446744073709551615"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out;

        T_ROW(rows[i].belief);
        buf_init(&out, false);
        buf_uint(&out, rows[i].value);
        T_TEXT(buf_as_text(&out), text_of(rows[i].want));
        buf_release(&out);
    }
}

TEST(lent_room_is_used_while_it_suffices)
{
    char room[8];
    struct buf out;

    buf_init_in(&out, room, sizeof room);
    T_ROW("what fits stays where the caller lent it");
    buf_str(&out, "1234567");
    T_TRUE(out.at == room);
    T_TEXT(buf_as_text(&out), TEXT("1234567"));
    T_ROW("what does not fit moves, and nothing is lost");
    buf_str(&out, "89abcdef");
    T_TRUE(out.at != room);
    T_TEXT(buf_as_text(&out), TEXT("123456789abcdef"));
    buf_release(&out);
    T_ROW("releasing room that was never left frees nothing");
    buf_init_in(&out, room, sizeof room);
    buf_release(&out);
    T_TRUE(out.at == NULL);
}

TEST(a_part_is_said_once_more)
{
    struct buf out;

    buf_init(&out, false);
    buf_str(&out, "ab,cd;");
    for (int i = 0; i < 100; i++) /* past the first room, so that it moves in between */
        buf_repeat(&out, 3, 3);
    T_ROW("every repetition is the part itself, though the bytes moved");
    T_EQ(out.len, 306);
    for (size_t i = 3; i < out.len; i += 3)
        T_TRUE(memcmp(out.at + i, "cd;", 3) == 0);
    T_ROW("nothing is repeated as nothing");
    buf_repeat(&out, 0, 0);
    T_EQ(out.len, 306);
    buf_release(&out);
}

T_MAIN(T(numbers_are_printed_to_the_last_digit), T(lent_room_is_used_while_it_suffices),
       T(a_part_is_said_once_more))
