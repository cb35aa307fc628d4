/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/t.h"

#include "engine/model/division.h"
#include "engine/model/value.h"

TEST(a_code_needs_its_day)
{
    static const struct {
        const char *belief, *code;
        int32_t year;
        const char *name;
    } rows[] = {
        {"a county",                              "320581",       2025, "常熟市"},
        {"a village has its county's name",       "320581104001", 2025, "常熟市"},
        {"upgraded: the old code ends",           "320584",       2025, "苏州市"},
        {"upgraded: the old code in its day",     "320584",       2005, "吴江市"},
        {"upgraded: the new code",                "320509",       2025, "吴江区"},
        {"merged",                                "320103",       2010, "白下区"},
        {"reused, first life",                    "320704",       1981, "新浦区"},
        {"reused, second life",                   "320704",       1984, "云台区"},
        {"reused: 320705 as well",                "320705",       1982, "海州区"},
        {"reused: 320705 later",                  "320705",       1990, "新浦区"},
        {"reused: 320205 first",                  "320205",       1995, "马山区"},
        {"reused: 320205 later",                  "320205",       2005, "锡山区"},
        {"only its province is listed",           "329901",       2025, "江苏省"},
        {"another province: no name, no refusal", "110105",       2025, ""         },
        {"shorter than any prefix",               "3",            2025, ""         },
    };
    struct division_table *table = NULL;
    struct arena arena;
    struct err err;

    arena_init(&arena, "test", 0, false);
    T_OK(division_load(&table, "rules/divisions.csv", &arena, &err), &err);
    T_TRUE(division_version(table).len > 0);
    for (size_t i = 0; i < LEN(rows); i++) {
        T_ROW(rows[i].belief);
        T_TEXT(division_name(table, text_of(rows[i].code), date_of(rows[i].year, 6, 30)),
               text_of(rows[i].name));
    }
    T_ROW("the day of change belongs to the new life");
    T_TEXT(division_name(table, TEXT("320704"), date_of(1982, 12, 31)), TEXT("新浦区"));
    T_TEXT(division_name(table, TEXT("320704"), date_of(1983, 1, 1)), TEXT("云台区"));
    T_ROW("a prefix covers what lies below it");
    T_TRUE(division_covers(TEXT("3205"), TEXT("320581")));
    T_TRUE(!division_covers(TEXT("320581"), TEXT("3205")));
    T_TRUE(division_covers(TEXT(""), TEXT("320581")));
    T_ROW("they overlap where one lies within the other");
    T_TRUE(division_overlaps(TEXT("3205"), TEXT("320581")));
    T_TRUE(division_overlaps(TEXT("320581"), TEXT("3205")));
    T_TRUE(division_overlaps(TEXT("320581"), TEXT("320581")));
    T_TRUE(!division_overlaps(TEXT("320581"), TEXT("320582")));
    arena_release(&arena);
}

T_MAIN(T(a_code_needs_its_day))
