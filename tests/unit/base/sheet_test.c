/* SPDX-License-Identifier: Apache-2.0 */
/* A cell never computes, whoever opens the file: triggers, their look-alikes, blanks before them.
 */
#include "engine/base/sheet.h"

#include "tests/t.h"

static void
cell_is(const char *belief, const char *first, const char *second, const char *want)
{
    struct sheet sheet;
    struct buf out;

    T_ROW(belief);
    buf_init(&out, false);
    sheet_begin(&sheet, &out);
    sheet_open(&sheet);
    sheet_add(&sheet, text_of(first));
    sheet_add(&sheet, text_of(second));
    sheet_close(&sheet);
    T_TEXT(buf_as_text(&out), text_of(want));
    buf_release(&out);
}

TEST(what_begins_a_formula_is_kept_from_computing)
{
    static const struct {
        const char *belief, *first, *second, *want;
    } rows[] = {
        {"=",                               "=1",            "",   "\"'=1\""           },
        {"+",                               "+1",            "",   "\"'+1\""           },
        {"-",                               "-1",            "",   "\"'-1\""           },
        {"@",                               "@A",            "",   "\"'@A\""           },
        {"a tab",                           "\tA",           "",   "\"'\tA\""          },
        {"a carriage return",               "\rA",           "",   "\"'\rA\""          },
        {"a line feed",                     "\nA",           "",   "\"'\nA\""          },
        {"full-width equals",               "＝1",          "",   "\"'＝1\""         },
        {"full-width plus",                 "＋1",          "",   "\"'＋1\""         },
        {"full-width hyphen",               "－1",          "",   "\"'－1\""         },
        {"full-width at",                   "＠A",          "",   "\"'＠A\""         },
        {"small equals",                    "﹦1",          "",   "\"'﹦1\""         },
        {"small plus",                      "﹢1",          "",   "\"'﹢1\""         },
        {"small hyphen",                    "﹣1",          "",   "\"'﹣1\""         },
        {"small at",                        "﹫A",          "",   "\"'﹫A\""         },
        {"the minus sign",                  "−1",          "",   "\"'−1\""         },
        {"blanks before it",                "  =1",          "",   "\"'  =1\""         },
        {"an ideographic blank before it",  "　=1",         "",   "\"'　=1\""        },
        {"a byte order mark before it",     "\xEF\xBB\xBF=", "",   "\"'\xEF\xBB\xBF=\""},
        {"a zero-width blank before it",    "\xE2\x80\x8B=", "",   "\"'\xE2\x80\x8B=\""},
        {"a quote before it is no formula", "\"=1",          "",   "\"\"\"=1\""        },
        {"in a second piece",               "",              "=1", "\"'=1\""           },
        {"in a second piece after blanks",  " ",             "=1", "\" '=1\""          },
        {"not at the begin",                "A",             "=1", "\"A=1\""           },
        {"not after a doubled quote",       "A\"",           "=1", "\"A\"\"=1\""       },
        {"words",                           "汪**",         "",   "\"汪**\""         },
        {"nothing",                         "",              "",   "\"\""              },
    };

    for (size_t i = 0; i < LEN(rows); i++)
        cell_is(rows[i].belief, rows[i].first, rows[i].second, rows[i].want);
}

TEST(a_line_is_cells_between_commas)
{
    struct sheet sheet;
    struct buf out;

    buf_init(&out, false);
    sheet_begin(&sheet, &out);
    sheet_head(&sheet, "a,b");
    sheet_put(&sheet, TEXT("x"));
    sheet_own(&sheet, TEXT("-3.50"));
    sheet_line(&sheet);
    sheet_put(&sheet, TEXT("y,z"));
    sheet_line(&sheet);
    T_ROW("a mark, the titles, quoted cells, CR LF; a number of our own stays a number");
    T_TEXT(buf_as_text(&out), TEXT("\xEF\xBB\xBF"
                                   "a,b\r\n\"x\",\"-3.50\"\r\n\"y,z\"\r\n"));
    buf_release(&out);
}

T_MAIN(T(what_begins_a_formula_is_kept_from_computing), T(a_line_is_cells_between_commas))
