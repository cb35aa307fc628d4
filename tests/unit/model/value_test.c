/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/t.h"

#include "engine/model/value.h"

TEST(money_parse_never_guesses)
{
    static const struct {
        const char *belief, *cell;
        enum money_unit unit;
        enum cell_result want;
        int64_t fen;
    } rows[] = {
        {"a minus is read, min judges",    "-0.05",                                UNIT_YUAN, CELL_OK,        -5            },
        {"whole yuan",                     "1208",                                 UNIT_YUAN, CELL_OK,        120800        },
        {"one decimal",                    "0.5",                                  UNIT_YUAN, CELL_OK,        50            },
        {"grouping marks are folded",      "1,234.50",                             UNIT_YUAN, CELL_OK,        123450        },
        {"a misplaced mark is refused",    "12,34.50",                             UNIT_YUAN, CELL_FORM,      UNTOUCHED     },
        {"a third decimal is refused",     "1.005",                                UNIT_YUAN, CELL_PRECISION, UNTOUCHED     },
        {"trailing zeros are places too",  "1.500",                                UNIT_YUAN, CELL_PRECISION, UNTOUCHED     },
        {"a point with nothing behind it", "5.",                                   UNIT_YUAN, CELL_FORM,      UNTOUCHED     },
        {"a half without its zero",        ".50",                                  UNIT_YUAN, CELL_OK,        50            },
        {"two points",                     "1.2.3",                                UNIT_YUAN, CELL_FORM,      UNTOUCHED     },
        {"a minus in the middle",          "1-2",                                  UNIT_YUAN, CELL_FORM,      UNTOUCHED     },
        {"two minuses",                    "--5",                                  UNIT_YUAN, CELL_FORM,      UNTOUCHED     },
        {"a sign alone",                   "-",                                    UNIT_YUAN, CELL_FORM,      UNTOUCHED     },
        {"minus zero is zero",             "-0.00",                                UNIT_YUAN, CELL_OK,        0             },
        {"a minus of full width",          "－5",                                 UNIT_YUAN, CELL_OK,        -500          },
        {"millions with marks",            "1,234,567.89",                         UNIT_YUAN, CELL_OK,        123456789     },
        {"a mark too few",                 "1234,567",                             UNIT_YUAN, CELL_FORM,      UNTOUCHED     },
        {"a mark at the end",              "1,234,",                               UNIT_YUAN, CELL_FORM,      UNTOUCHED     },
        {"a mark at the front",            ",234",                                 UNIT_YUAN, CELL_FORM,      UNTOUCHED     },
        {"a mark behind a zero",           "0,234",                                UNIT_YUAN, CELL_FORM,      UNTOUCHED     },
        {"a mark in the decimals",         "1.2,3",                                UNIT_YUAN, CELL_FORM,      UNTOUCHED     },
        {"CNY and a blank",                "CNY 12.50",                            UNIT_YUAN, CELL_OK,        1250          },
        {"minus before the yen sign",      "-￥12.50",                            UNIT_YUAN, CELL_OK,        -1250         },
        {"a blank inside",                 "1 234.50",                             UNIT_YUAN, CELL_FORM,      UNTOUCHED     },
        {"a dollar is another money",      "$5",                                   UNIT_YUAN, CELL_FORM,      UNTOUCHED     },
        {"brackets are no minus",          "(5.00)",                               UNIT_YUAN, CELL_FORM,      UNTOUCHED     },
        {"a colon is no digit",            "1:",                                   UNIT_YUAN, CELL_FORM,      UNTOUCHED     },
        {"a slash is no digit",            "12/45678.00",                          UNIT_YUAN, CELL_FORM,      UNTOUCHED     },
        {"eight digits",                   "12345678.90",                          UNIT_YUAN, CELL_OK,        1234567890    },
        {"nine digits",                    "123456789.01",                         UNIT_YUAN, CELL_OK,        12345678901   },
        {"10^12 fen below zero",           "-10000000000",                         UNIT_YUAN, CELL_OK,        -MONEY_MAX_FEN},
        {"one fen less is out",            "-10000000000.01",                      UNIT_YUAN, CELL_RANGE,     UNTOUCHED     },
        {"bytes that are no text",         "12\xFF",                               UNIT_YUAN, CELL_FORM,      UNTOUCHED     },
        {"a cell longer than any number",
         "1111111111111111111111111111111111111111111111111111111111111111111111", UNIT_YUAN,
         CELL_FORM,                                                                                           UNTOUCHED     },
        {"full-width digits are folded",   "１２.５０",                        UNIT_YUAN, CELL_OK,        1250          },
        {"a yen sign is folded",           "¥12.50",                              UNIT_YUAN, CELL_OK,        1250          },
        {"an exponent is refused",         "1e3",                                  UNIT_YUAN, CELL_FORM,      UNTOUCHED     },
        {"letters are refused",            "12元",                                UNIT_YUAN, CELL_FORM,      UNTOUCHED     },
        {"wan is exact to the fen",        "1.234567",                             UNIT_WAN,  CELL_OK,        1234567       },
        {"a part of a fen is refused",     "1.2345678",                            UNIT_WAN,  CELL_PRECISION, UNTOUCHED     },
        {"fen take no decimals",           "1.5",                                  UNIT_FEN,  CELL_PRECISION, UNTOUCHED     },
        {"empty is blank, never zero",     "",                                     UNIT_YUAN, CELL_BLANK,     UNTOUCHED     },
        {"blanks are blank",               " \t",                                  UNIT_YUAN, CELL_BLANK,     UNTOUCHED     },
        {"10^12 fen is the most",          "10000000000.00",                       UNIT_YUAN, CELL_OK,        MONEY_MAX_FEN },
        {"one fen more is out",            "10000000000.01",                       UNIT_YUAN, CELL_RANGE,     UNTOUCHED     },
        {"past int64 is an answer",        "99999999999999999999",                 UNIT_WAN,  CELL_RANGE,     UNTOUCHED     },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        int64_t fen = UNTOUCHED;
        T_ROW(rows[i].belief);
        T_EQ(money_parse(text_of(rows[i].cell), rows[i].unit, &fen), rows[i].want);
        T_EQ(fen, rows[i].fen);
    }
}

TEST(money_prints_what_it_parsed)
{
    struct buf out;

    buf_init(&out, false);
    for (int64_t fen = -12345; fen < 1234567; fen += 997) {
        int64_t back = UNTOUCHED;
        buf_reset(&out);
        money_print(&out, fen);
        T_EQ(money_parse(buf_as_text(&out), UNIT_YUAN, &back), CELL_OK);
        T_EQ(back, fen);
    }
    buf_release(&out);
}

TEST(date_parse_takes_what_offices_write)
{
    static const struct {
        const char *belief, *cell;
        enum cell_result want;
        int32_t year, month, day;
    } rows[] = {
        {"dashes",                          "2025-01-15",                     CELL_OK,    2025, 1,  15},
        {"slashes, one digit",              "2025/1/5",                       CELL_OK,    2025, 1,  5 },
        {"dots",                            "2025.01.15",                     CELL_OK,    2025, 1,  15},
        {"no separator",                    "20250115",                       CELL_OK,    2025, 1,  15},
        {"Chinese",                         "2025年1月15日",               CELL_OK,    2025, 1,  15},
        {"a leap day",                      "2024-02-29",                     CELL_OK,    2024, 2,  29},
        {"no leap day in 2025",             "2025-02-29",                     CELL_DAY,   0,    0,  0 },
        {"no month 13",                     "2025-13-01",                     CELL_DAY,   0,    0,  0 },
        {"full width",                      "２０２５－０１－１５", CELL_OK,    2025, 1,  15},
        {"a time of day is dropped",        "2025-01-15 23:59:59",            CELL_OK,    2025, 1,  15},
        {"and behind a T",                  "2025-01-15T00:00:00.000",        CELL_OK,    2025, 1,  15},
        {"in our zone",                     "2025-01-15T08:00:00+08:00",      CELL_OK,    2025, 1,  15},
        {"another zone may be another day", "2025-01-14T16:00:00Z",           CELL_FORM,  0,    0,  0 },
        {"words behind it",                 "2025-01-15 上午",              CELL_FORM,  0,    0,  0 },
        {"separators that differ",          "2025-01/15",                     CELL_FORM,  0,    0,  0 },
        {"a separator too few",             "2025-0115",                      CELL_FORM,  0,    0,  0 },
        {"one digit needs separators",      "2025115",                        CELL_FORM,  0,    0,  0 },
        {"Chinese without its end",         "2025年1月15",                  CELL_FORM,  0,    0,  0 },
        {"day first",                       "15/01/2025",                     CELL_FORM,  0,    0,  0 },
        {"a year of two digits",            "25-01-15",                       CELL_FORM,  0,    0,  0 },
        {"the zero day of databases",       "0000-00-00",                     CELL_DAY,   0,    0,  0 },
        {"a year of a slip",                "0999-01-15",                     CELL_DAY,   0,    0,  0 },
        {"the first year",                  "1000-01-01",                     CELL_OK,    1000, 1,  1 },
        {"the last day",                    "9999-12-31",                     CELL_OK,    9999, 12, 31},
        {"day 0",                           "20250100",                       CELL_DAY,   0,    0,  0 },
        {"no leap day in 1900",             "1900/02/29",                     CELL_DAY,   0,    0,  0 },
        {"a leap day in 2000",              "20000229",                       CELL_OK,    2000, 2,  29},
        {"a serial is not guessed",         "45672",                          CELL_FORM,  0,    0,  0 },
        {"words are refused",               "yesterday",                      CELL_FORM,  0,    0,  0 },
        {"blank",                           "",                               CELL_BLANK, 0,    0,  0 },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        int32_t days = 77;
        T_ROW(rows[i].belief);
        T_EQ(date_parse(text_of(rows[i].cell), &days), rows[i].want);
        T_EQ(days,
             rows[i].want == CELL_OK ? date_of(rows[i].year, rows[i].month, rows[i].day) : 77);
    }
}

TEST(days_and_parts_are_each_others_inverse)
{
    T_ROW("the epoch is day 0");
    T_EQ(date_of(1970, 1, 1), 0);
    for (int32_t day = date_of(1899, 12, 31); day < date_of(2101, 1, 1); day++) {
        int32_t y, m, d;
        date_parts(day, &y, &m, &d);
        T_EQ(date_of(y, m, d), day);
        T_TRUE(date_is_valid(y, m, d));
    }
}

TEST(month_parse_takes_what_offices_write)
{
    static const struct {
        const char *cell;
        enum cell_result want;
    } rows[] = {
        {"202501",                CELL_OK   },
        {"2025-01",               CELL_OK   },
        {"2025/01",               CELL_OK   },
        {"2025年1月",           CELL_OK   },
        {"2025.1",                CELL_OK   },
        {"２０２５－０１", CELL_OK   },
        {"202513",                CELL_DAY  },
        {"20251",                 CELL_FORM },
        {"2025年1",              CELL_FORM },
        {"2025-1月",             CELL_FORM },
        {"2025-01-01",            CELL_FORM },
        {"2025-01 ",              CELL_OK   },
        {"2025-",                 CELL_FORM },
        {"",                      CELL_BLANK},
        {"25-01",                 CELL_FORM }
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        int32_t month = 0;
        T_ROW(rows[i].cell);
        T_EQ(month_parse(text_of(rows[i].cell), &month), rows[i].want);
        T_EQ(month, rows[i].want == CELL_OK ? 2025 * 12 : 0);
    }
}

TEST(days_read_back_in_every_form)
{
    struct buf out;

    buf_init(&out, false);
    for (int32_t day = date_of(1900, 1, 1); day < date_of(2100, 1, 1); day++) {
        int32_t y, m, d, back;
        char cell[64];

        date_parts(day, &y, &m, &d);
        snprintf(cell, sizeof cell, "%04d-%02d-%02d", y, m, d);
        buf_reset(&out);
        date_print(&out, day);
        T_TEXT(buf_as_text(&out), text_of(cell));
        for (int form = 0; form < 4; form++) {
            if (form == 1)
                snprintf(cell, sizeof cell, "%04d%02d%02d", y, m, d);
            else if (form == 2)
                snprintf(cell, sizeof cell, "%04d/%d/%d", y, m, d);
            else if (form == 3)
                snprintf(cell, sizeof cell, "%04d年%02d月%02d日", y, m, d);
            T_EQ(date_parse(text_of(cell), &back), CELL_OK);
            T_EQ(back, day);
        }
        buf_reset(&out);
        month_print(&out, month_of_date(day));
        T_EQ(month_parse(buf_as_text(&out), &back), CELL_OK);
        T_EQ(back, month_of_date(day));
    }
    buf_release(&out);
}

TEST(serial_parse_knows_the_day_that_was_not)
{
    static const struct {
        const char *cell;
        enum cell_result want;
        int32_t year, month, day;
    } rows[] = {
        {"1",        CELL_OK,    1900, 1,  1 },
        {"59",       CELL_OK,    1900, 2,  28},
        {"60",       CELL_DAY,   0,    0,  0 },
        {"61",       CELL_OK,    1900, 3,  1 },
        {"45672",    CELL_OK,    2025, 1,  15},
        {"45672.75", CELL_OK,    2025, 1,  15},
        {"0",        CELL_DAY,   0,    0,  0 },
        {"2958465",  CELL_OK,    9999, 12, 31},
        {"2958466",  CELL_RANGE, 0,    0,  0 },
        {"-1",       CELL_FORM,  0,    0,  0 },
        {"4567x",    CELL_FORM,  0,    0,  0 },
        {"",         CELL_BLANK, 0,    0,  0 },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        int32_t days = 77;
        T_ROW(rows[i].cell);
        T_EQ(serial_parse(text_of(rows[i].cell), &days), rows[i].want);
        T_EQ(days,
             rows[i].want == CELL_OK ? date_of(rows[i].year, rows[i].month, rows[i].day) : 77);
    }
}

TEST(int_parse_reads_whole_numbers)
{
    static const struct {
        const char *cell;
        enum cell_result want;
        int64_t value;
    } rows[] = {
        {"4",                    CELL_OK,        4        },
        {"-4",                   CELL_OK,        -4       },
        {"1,000",                CELL_OK,        1000     },
        {"4.0",                  CELL_PRECISION, UNTOUCHED},
        {"9223372036854775807",  CELL_OK,        INT64_MAX},
        {"-9223372036854775808", CELL_OK,        INT64_MIN},
        {"9223372036854775808",  CELL_RANGE,     UNTOUCHED},
        {"¥4",                  CELL_FORM,      UNTOUCHED},
        {"四",                  CELL_FORM,      UNTOUCHED},
        {"",                     CELL_BLANK,     UNTOUCHED},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        int64_t value = UNTOUCHED;
        T_ROW(rows[i].cell);
        T_EQ(int_parse(text_of(rows[i].cell), &value), rows[i].want);
        T_EQ(value, rows[i].value);
    }
}

TEST(decimal_parse_scales)
{
    int64_t units = UNTOUCHED;

    T_ROW("square metres with two places");
    T_EQ(decimal_parse(text_of("88.25"), 2, 0, &units), CELL_OK);
    T_EQ(units, 8825);
    T_ROW("percent into parts of one");
    T_EQ(decimal_parse(text_of("50"), 4, 2, &units), CELL_OK);
    T_EQ(units, 5000);
    T_ROW("more places than the type has");
    T_EQ(decimal_parse(text_of("0.123"), 2, 0, &units), CELL_PRECISION);
}

T_MAIN(T(money_parse_never_guesses), T(money_prints_what_it_parsed),
       T(date_parse_takes_what_offices_write), T(days_and_parts_are_each_others_inverse),
       T(month_parse_takes_what_offices_write), T(days_read_back_in_every_form),
       T(serial_parse_knows_the_day_that_was_not), T(int_parse_reads_whole_numbers),
       T(decimal_parse_scales))
