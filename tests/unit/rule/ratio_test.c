/* SPDX-License-Identifier: Apache-2.0 */
/* ratio_test.c: exact fractions: lowest terms, comparison without overflow, the four roundings. */
#include "tests/t.h"

#include "engine/rule/tree.h"

TEST(rounding_names_its_way)
{
    static const struct {
        const char *belief;
        int64_t num, den;
        enum rounding how;
        uint32_t unit;
        int64_t want;
    } rows[] = {
        {"half goes away from zero",              5,   2,    ROUND_HALF, 1,   3  },
        {"half goes away from zero below it too", -5,  2,    ROUND_HALF, 1,   -3 },
        {"down is toward zero",                   -5,  2,    ROUND_DOWN, 1,   -2 },
        {"up is away from zero",                  1,   1000, ROUND_UP,   100, 100},
        {"nothing left, nothing rounded up",      200, 1,    ROUND_UP,   100, 200},
        {"half to even goes down to 2",           5,   2,    ROUND_EVEN, 1,   2  },
        {"half to even goes up to 4",             7,   2,    ROUND_EVEN, 1,   4  },
        {"a yuan has a hundred fen",              150, 1,    ROUND_EVEN, 100, 200},
        {"just above half is no half",            501, 200,  ROUND_EVEN, 1,   3  },
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct ratio ratio;
        int64_t got = UNTOUCHED;
        T_ROW(rows[i].belief);
        T_TRUE(ratio_make(rows[i].num, rows[i].den, &ratio));
        T_TRUE(ratio_round(ratio, rows[i].how, rows[i].unit, &got));
        T_EQ(got, rows[i].want);
    }
}

TEST(fractions_stay_exact)
{
    struct ratio a, b, c;
    struct value value;

    T_ROW("lowest terms, sign above");
    T_TRUE(ratio_make(6, -4, &a));
    T_EQ(a.num, -3);
    T_EQ(a.den, 2);
    T_ROW("thirds add to a whole");
    T_TRUE(ratio_make(1, 3, &a) && ratio_add(a, a, &b) && ratio_add(b, a, &c));
    T_EQ(c.num, 1);
    T_EQ(c.den, 1);
    T_ROW("comparison of what cross products could not hold");
    a = (struct ratio){((i128)1 << 120) + 1, INT64_MAX};
    b = (struct ratio){(i128)1 << 120, INT64_MAX - 1};
    T_EQ(ratio_cmp(a, b), -1);
    T_EQ(ratio_cmp(b, a), 1);
    T_ROW("a denominator past int64 is an answer");
    a = (struct ratio){1, INT64_MAX};
    T_TRUE(!ratio_div(a, 2, &b));
    T_ROW("a rate's parts as written end at a million");
    T_TRUE(rate_read(TEXT("1/1000000"), &value));
    T_TRUE(!rate_read(TEXT("1/1000001"), &value));
    T_TRUE(rate_read(TEXT("80%"), &value) && value.ratio.num == 4 && value.ratio.den == 5);
    T_ROW("a third decimal of money is refused");
    T_TRUE(money_read(TEXT("12.05"), &value) && value.integer == 1205);
    T_TRUE(!money_read(TEXT("12.055"), &value) && !money_read(TEXT("1,250"), &value));
}

T_MAIN(T(rounding_names_its_way), T(fractions_stay_exact))
