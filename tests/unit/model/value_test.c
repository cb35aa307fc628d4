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
        {"a minus is read, min judges", "-0.05", UNIT_YUAN, CELL_OK, -5},
        {"whole yuan", "1208", UNIT_YUAN, CELL_OK, 120800},
        {"one decimal", "0.5", UNIT_YUAN, CELL_OK, 50},
        {"grouping marks are folded", "1,234.50", UNIT_YUAN, CELL_OK, 123450},
        {"a misplaced mark is refused", "12,34.50", UNIT_YUAN, CELL_FORM, UNTOUCHED},
        {"a third decimal is refused", "1.005", UNIT_YUAN, CELL_PRECISION, UNTOUCHED},
        {"full-width digits are folded", "１２.５０", UNIT_YUAN, CELL_OK, 1250},
        {"a yen sign is folded", "¥12.50", UNIT_YUAN, CELL_OK, 1250},
        {"an exponent is refused", "1e3", UNIT_YUAN, CELL_FORM, UNTOUCHED},
        {"letters are refused", "12元", UNIT_YUAN, CELL_FORM, UNTOUCHED},
        {"wan is exact to the fen", "1.234567", UNIT_WAN, CELL_OK, 1234567},
        {"a part of a fen is refused", "1.2345678", UNIT_WAN, CELL_PRECISION, UNTOUCHED},
        {"fen take no decimals", "1.5", UNIT_FEN, CELL_PRECISION, UNTOUCHED},
        {"empty is blank, never zero", "", UNIT_YUAN, CELL_BLANK, UNTOUCHED},
        {"blanks are blank", " \t", UNIT_YUAN, CELL_BLANK, UNTOUCHED},
        {"10^12 fen is the most", "10000000000.00", UNIT_YUAN, CELL_OK, MONEY_MAX_FEN},
        {"one fen more is out", "10000000000.01", UNIT_YUAN, CELL_RANGE, UNTOUCHED},
        {"past int64 is an answer", "99999999999999999999", UNIT_WAN, CELL_RANGE, UNTOUCHED},
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
        {"dashes", "2025-01-15", CELL_OK, 2025, 1, 15},
        {"slashes, one digit", "2025/1/5", CELL_OK, 2025, 1, 5},
        {"dots", "2025.01.15", CELL_OK, 2025, 1, 15},
        {"no separator", "20250115", CELL_OK, 2025, 1, 15},
        {"Chinese", "2025年1月15日", CELL_OK, 2025, 1, 15},
        {"a leap day", "2024-02-29", CELL_OK, 2024, 2, 29},
        {"no leap day in 2025", "2025-02-29", CELL_DAY, 0, 0, 0},
        {"no month 13", "2025-13-01", CELL_DAY, 0, 0, 0},
        {"words are refused", "yesterday", CELL_FORM, 0, 0, 0},
        {"blank", "", CELL_BLANK, 0, 0, 0},
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
    } rows[] = {{"202501", CELL_OK},  {"2025-01", CELL_OK}, {"2025/01", CELL_OK},
                {"2025年1月", CELL_OK}, {"202513", CELL_DAY}, {"25-01", CELL_FORM}};

    for (size_t i = 0; i < LEN(rows); i++) {
        int32_t month = 0;
        T_ROW(rows[i].cell);
        T_EQ(month_parse(text_of(rows[i].cell), &month), rows[i].want);
        T_EQ(month, rows[i].want == CELL_OK ? 2025 * 12 : 0);
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
       T(month_parse_takes_what_offices_write), T(decimal_parse_scales))
