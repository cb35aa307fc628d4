/* SPDX-License-Identifier: Apache-2.0 */
/* What a clerk reads: amounts in yuan, every silence by its name, and no word in the wrong tongue.
 */
#include "engine/verdict/explain.h"

#include "tests/t.h"

#include "engine/verdict/fraction.h"

TEST(a_fraction_is_shown_to_four_places)
{
    static const struct {
        const char *belief, *fraction;
        bool is_fen;
        const char *want;
    } rows[] = {
        {"a whole amount has its fen",                   "20000/1",                   true,  "200.00"        },
        {"thirds of a fen are rounded and say so",       "1904294/3",                 true,  "约 6347.6467" },
        {"half a fen is exact in four places",           "13/2",                      true,  "0.065"         },
        {"a half of the last place goes away from zero", "1/200",                     true,  "约 0.0001"    },
        {"below zero as above",                          "-1904294/3",                true,  "约 -6347.6467"},
        {"rounded to nothing has no sign",               "-1/1000",                   true,  "约 0.00"      },
        {"a rate needs no places",                       "2/1",                       false, "2"             },
        {"a rate with places",                           "121/2",                     false, "60.5"          },
        {"past what fits, the fraction itself",          "99999999999999999999999/7", true,
         "99999999999999999999999/7"                                                                         },
        {"what is no fraction stays",                    "650.00",                    true,  "650.00"        },
    };
    struct buf out;

    buf_init(&out, false);
    for (size_t i = 0; i < LEN(rows); i++) {
        T_ROW(rows[i].belief);
        buf_reset(&out);
        fraction_print(&out, text_of(rows[i].fraction), rows[i].is_fen, "约 ");
        T_TEXT(buf_as_text(&out), text_of(rows[i].want));
    }
    buf_release(&out);
}

static const char verdict[] =
    "{\"case_no\":\"H1\",\"programme\":\"dibao\",\"checked_on\":\"2026-08-03\","
    "\"outcome\":\"incomplete\",\"figures\":{\"per_capita\":{\"exact\":\"1904294/3\"},"
    "\"savings\":null,\"spent\":null},\"unknown\":{\"savings\":[\"A.accounts@bank\"]},"
    "\"members\":[{\"key\":\"A\",\"id\":\"329901********0217\",\"name\":\"张*\"},"
    "{\"key\":\"B\",\"id\":null,\"number\":\"invalid\",\"name\":\"李*\",\"also_in\":[\"H2\",\"H7\"]"
    "}],"
    "\"findings\":[{\"rule\":\"r\",\"level\":\"doubt\",\"reason\":\"SAV-01\",\"zh\":\"存款\","
    "\"en\":\"Savings\",\"compared\":[{\"left\":\"savings\",\"value\":\"50000.00\",\"at_least\":"
    "true,"
    "\"op\":\">\",\"right\":\"limit\",\"limit\":\"约 40800.3333\",\"margin\":\"约 9199.6667\"}],"
    "\"evidence\":[{\"row\":\"A.incomes.0\",\"source\":\"tax\",\"as_of\":\"2026-07-20\"},"
    "{\"row\":\"A.incomes.1\",\"source\":\"tax\",\"as_of\":\"2026-07-20\"},"
    "{\"row\":\"A.accounts.0\",\"source\":\"bank\",\"as_of\":\"2026-07-20\"}],"
    "\"ref\":\"第18条\",\"unless\":[],\"open\":[\"A.accounts@bank\"],\"settle\":[\"补查银行\"]}],"
    "\"coverage\":{\"A\":{\"a\":\"none\",\"b\":\"not_asked\",\"c\":\"not_answered\","
    "\"d\":\"partial\",\"e\":\"stale\",\"f\":\"not_applicable\"},\"B\":{}},"
    "\"declared\":[{\"item\":\"income\",\"zh\":\"月收入\",\"stated\":\"0.00\",\"found\":\"9.00\","
    "\"is\":\"漏报\",\"difference\":\"9.00\"},{\"item\":\"savings\",\"zh\":\"存款\",\"stated\":"
    "\"无\","
    "\"found\":\"至少 1200.50、至多 "
    "9000.00\",\"is\":\"unknown\"}],\"pack\":\"p\",\"pack_hash\":\"00\"}";

TEST(a_verdict_is_said_in_words)
{
    static const struct {
        const char *belief;
        bool is_english;
        const char *want;
    } rows[] = {
        {"the outcome is a sentence",                  false, "信息不全"                                                        },
        {"the level of a finding is a word",           false, "1. 待补 [SAV-01] 存款"                                           },
        {"value, limit and margin stand together",     false,
         "savings 至少 50,000.00 > limit 约 40,800.3333，相差 约 9,199.6667"                                                 },
        {"the mark of rounding is English in English", true,
         "savings at least 50,000.00 > limit about 40,800.3333, margin about 9,199.6667"                                            },
        {"rows that follow each other are one line",   false,
         "[A.incomes.0 … A.incomes.1]（2 条），来源 tax，截至 2026-07-20"                                                },
        {"another list is another line",               false, "[A.accounts.0]，来源 bank"                                        },
        {"the paper behind it",                        false, "第18条"                                                            },
        {"what settles it",                            false, "补查银行"                                                        },
        {"an exact figure is shown in yuan",           false, "per_capita：约 6,347.6467 元"                                     },
        {"an unknown figure says what is missing",     false, "savings：未知，还缺 A accounts（bank）"                      },
        {"none is not unknown",                        false, "spent：没有"                                                      },
        {"no silence looks like another",              false,
         "a 无记录；b 未查询（无授权）；c 未反馈；d 部分反馈；e 数据过期；f 本项目不查询"          },
        {"an invalid number is said",                  false, "证件号码无效"                                                  },
        {"declared against found, in English words",   true,  "not declared, difference 9.00"                                       },
        {"bounds are said in the language asked for",  true,
         "savings: declared none, found at least 1,200.50, at most 9,000.00, "                                                      },
        {"and in Chinese",                             false, "存款：申报 无，核对到 至少 1,200.50、至多 9,000.00，"},
        {"another case of the batch",                  false, "也是同批其他案件的成员：H2、H7"                         },
        {"the caveat closes it",                       false, "只供参考"                                                        },
    };
    struct arena arena;
    struct buf out;
    struct err err = {0};

    arena_init(&arena, "test", 0, false);
    buf_init(&out, false);
    for (size_t i = 0; i < LEN(rows); i++) {
        T_ROW(rows[i].belief);
        struct labels labels = {.is_english = rows[i].is_english};

        buf_reset(&out);
        T_OK(explain_line(text_of(verdict), &labels, &out, &arena, &err), &err);
        if (text_find(buf_as_text(&out), text_of(rows[i].want)) == SIZE_MAX)
            T_FAIL("\"%s\" is not in:\n%.*s", rows[i].want, (int)out.len, out.at);
    }
    buf_release(&out);
    arena_release(&arena);
}

TEST(what_is_no_verdict_is_refused)
{
    static const struct {
        const char *belief, *line;
    } rows[] = {
        {"nothing",        ""                                     },
        {"no object",      "[1]"                                  },
        {"another object", "{\"case_no\":\"H1\"}"                 },
        {"a cut line",     "{\"case_no\":\"H1\",\"outcome\":\"met"},
    };
    struct labels labels = {0};
    struct arena arena;
    struct buf out;
    struct err err = {0};

    arena_init(&arena, "test", 0, false);
    buf_init(&out, false);
    for (size_t i = 0; i < LEN(rows); i++) {
        T_ROW(rows[i].belief);
        T_EQ(explain_line(text_of(rows[i].line), &labels, &out, &arena, &err), HEDUI_E_INPUT);
    }
    T_ROW("members of the wrong shape are skipped, not read");
    T_OK(explain_line(TEXT("{\"case_no\":1,\"outcome\":\"met\",\"findings\":\"x\",\"figures\":[1],"
                           "\"members\":[2],\"coverage\":3,\"declared\":{\"a\":1}}"),
                      &labels, &out, &arena, &err),
         &err);
    buf_release(&out);
    arena_release(&arena);
}

T_MAIN(T(a_fraction_is_shown_to_four_places), T(a_verdict_is_said_in_words),
       T(what_is_no_verdict_is_refused))
