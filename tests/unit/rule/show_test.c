/* SPDX-License-Identifier: Apache-2.0 */
/* show_test.c: values as people read them, in both languages. */
#include "engine/rule/show.h"

#include "tests/t.h"

static const struct code codes[] = {
    {.name = {"own", 3},  .zh = {"非营运", 9}},
    {.name = {"hire", 4}, .zh = {"营运", 6}   },
};
static const struct code_list code_list = {.count = LEN(codes), .codes = (struct code *)codes};
static const struct type is_bool = {.kind = TYPE_BOOL};
static const struct type is_int = {.kind = TYPE_INT};
static const struct type is_code = {.kind = TYPE_CODE, .codes = &code_list};
static const struct type no_codes = {.kind = TYPE_CODE};
static const struct type is_rate = {.kind = TYPE_RATE};
static const struct type is_money = {.kind = TYPE_MONEY, .per = PERIOD_MONTH};
static const struct type is_tenth = {.kind = TYPE_DECIMAL, .scale = 1};
static const struct type of_bools = {.kind = TYPE_LIST, .of = &is_bool};

static const struct element yes_no[] = {{.value = {.boolean = true}},
                                        {.value = {.boolean = false}}};
static const struct list both = {.count = LEN(yes_no), .elements = yes_no};

TEST(values_are_words)
{
    static const struct {
        const char *belief;
        const struct type *type;
        struct value value;
        const char *zh, *en;
    } rows[] = {
        {"yes",                                 &is_bool,  {.boolean = true},                    "是",        "yes"                    },
        {"no",                                  &is_bool,  {.boolean = false},                   "否",        "no"                     },
        {"a number is itself",                  &is_int,   {.integer = -7},                      "-7",         "-7"                     },
        {"a code by its words",                 &is_code,  {.integer = 1},                       "营运",     "hire"                   },
        {"a code that nobody knows is nothing", &is_code,  {.integer = 2},                       "",           ""                       },
        {"nor is one below the first",          &is_code,  {.integer = -1},                      "",           ""                       },
        {"nor one without a list",              &no_codes, {.integer = 0},                       "",           ""                       },
        {"a list, element by element",          &of_bools, {.list = &both},                      "是、否",  "yes, no"                },
        {"a fraction to four places",           &is_rate,  {.ratio = {1, 3}},                    "约 0.3333", "about 0.3333"           },
        {"half is rounded away from zero",
         &is_rate,
         {.ratio = {-1, 20000}},
         "约 -0.0001",                                                                                        "about -0.0001"          },
        {"none",                                &is_int,   {.state = VALUE_NONE},                "无",        "none"                   },
        {"an error",
         &is_int,
         {.state = VALUE_ERROR, .error = "E801"},
         "无法计算",                                                                                       "not computable"         },
        {"unknown without bounds",              &is_int,   {.state = VALUE_UNKNOWN},             "未知",     "unknown"                },
        {"at least",
         &is_money,
         {.state = VALUE_UNKNOWN, .has_lo = true, .lo = {12345, 1}},
         "至少 123.45",                                                                                      "at least 123.45"        },
        {"between, in tenths",
         &is_tenth,
         {.state = VALUE_UNKNOWN, .has_lo = true, .has_hi = true, .lo = {15, 1}, .hi = {20, 1}},
         "至少 1.5、至多 2",                                                                              "at least 1.5, at most 2"},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct buf out;

        T_ROW(rows[i].belief);
        buf_init(&out, false);
        show_value(&out, &rows[i].value, rows[i].type, LANG_ZH);
        T_TEXT(buf_as_text(&out), text_of(rows[i].zh));
        buf_reset(&out);
        show_value(&out, &rows[i].value, rows[i].type, LANG_EN);
        T_TEXT(buf_as_text(&out), text_of(rows[i].en));
        buf_release(&out);
    }
}

T_MAIN(T(values_are_words))
