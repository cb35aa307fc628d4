/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical print of an expression and of a value: the meaning hash is made of them. */
#include "engine/rule/expr.h"

#include "tests/t.h"

static int32_t
no_name(void *context, struct text name, const struct type **type, struct text *zh)
{
    (void)context, (void)name, (void)type, (void)zh;
    return -1;
}

static struct text
none_near(void *context, struct text name)
{
    (void)context, (void)name;
    return TEXT("");
}

static struct expr *
compile(struct text text, struct messages *messages, struct arena *arena)
{
    struct expr_source source = {.text = text};
    struct expr_scope scope = {.resolve = no_name, .near = none_near, .steps_max = 10000};

    messages_init(messages, arena);
    return expr_compile(&source, &scope, messages, NULL, arena);
}

static struct value
no_slot(void *context, uint32_t slot)
{
    (void)context, (void)slot;
    return (struct value){.state = VALUE_NONE};
}

static void
value_of(const struct expr *expr, struct buf *out, struct arena *arena)
{
    struct causes causes = {.arena = arena};
    struct expr_frame frame = {.slot = no_slot, .causes = &causes, .arena = arena};

    value_print(out, expr_eval(expr, &frame), expr_type(expr));
}

TEST(a_print_reads_back_as_itself)
{
    static const struct {
        const char *belief, *text, *print, *value; /* value NULL: not looked at */
    } rows[] = {
        {"blanks and needless brackets go",       "( 1+ 2 )*3",                              "(1 + 2) * 3",               "9"         },
        {"needed ones stay",                      "7 - (2 - 1)",                             "7 - (2 - 1)",               "6"         },
        {"or of ands",                            "(true && false) || true",                 "true && false || true",     "true"      },
        {"and of ors",                            "(true || false) && false",                "(true || false) && false",  "false"     },
        {"a choice",                              "(1 < 2) ? 1 : (2 < 3 ? 4 : 5)",           "1 < 2 ? 1 : 2 < 3 ? 4 : 5", "1"         },
        {"a choice inside a choice, on its left", "(true ? false : true) ? 1 : 2",
         "(true ? false : true) ? 1 : 2",                                                                                 "2"         },
        {"a place in a list",                     "[1,2,3] [ 1 ]",                           "[1, 2, 3][1]",              "2"         },
        {"a negative",                            "-(1 + 2)",                                "-(1 + 2)",                  "-3"        },
        {"a negation",                            "!(1 > 2)",                                "!(1 > 2)",                  "true"      },
        {"quotes, backslash, control characters", "\"a\\\"b\\\\c\\n\\x01\" == 'a'",          NULL,                        "false"     },
        {"money",                                 "yuan('12.50') / 3",                       NULL,                        "1250/3"    },
        {"a day and a month",                     "date('2025-03-01') < date('2025-04-01')", NULL,                        "true"      },
        {"the month of a day",                    "month_of(date('2025-03-31'))",            NULL,                        "2025-03"   },
        {"each of a list",                        "[1,2].map(x,x*2).exists(y,y in [3,4])",   NULL,                        "true"      },
        {"a date alone",                          "date('2025-03-01')",                      NULL,                        "2025-03-01"},
        {"a text alone",                          "'甲' + \"乙\"",                         NULL,                        "甲乙"    },
        {"null",                                  "null",                                    "null",                      NULL        },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct messages messages;
        struct arena arena;
        struct text once, twice;
        struct expr *expr, *again;
        struct buf value, value_again;

        T_ROW(rows[i].belief);
        arena_init(&arena, "test", 0, false);
        buf_init(&value, false);
        buf_init(&value_again, false);
        expr = compile(text_of(rows[i].text), &messages, &arena);
        if (expr == NULL)
            T_FAIL("%s", messages.count > 0 ? messages.items[0].en.at : "not compiled");
        once = expr_print(expr, &arena);
        if (rows[i].print != NULL)
            T_TEXT(once, text_of(rows[i].print));
        again = compile(once, &messages, &arena);
        if (again == NULL)
            T_FAIL("its print %.*s does not compile", TEXT_ARG(once));
        twice = expr_print(again, &arena);
        T_TEXT(twice, once);
        value_of(expr, &value, &arena);
        value_of(again, &value_again, &arena);
        T_TEXT(buf_as_text(&value_again), buf_as_text(&value));
        if (rows[i].value != NULL)
            T_TEXT(buf_as_text(&value), text_of(rows[i].value));
        buf_release(&value);
        buf_release(&value_again);
        arena_release(&arena);
    }
}

TEST(states_print_as_words)
{
    struct buf out;

    buf_init(&out, false);
    value_print(&out, (struct value){.state = VALUE_NONE}, type_of(TYPE_INT));
    buf_byte(&out, ' ');
    value_print(&out, (struct value){.state = VALUE_UNKNOWN}, type_of(TYPE_INT));
    buf_byte(&out, ' ');
    value_print(&out, (struct value){.state = VALUE_ERROR, .error = "E801"}, type_of(TYPE_INT));
    T_ROW("none, unknown, and the code of an error");
    T_TEXT(buf_as_text(&out), TEXT("none unknown E801"));
    buf_reset(&out);
    value_print(&out, (struct value){.state = VALUE_KNOWN}, type_of(TYPE_IDENTITY));
    T_ROW("a person's number never");
    T_TEXT(buf_as_text(&out), TEXT("***"));
    buf_release(&out);
}

T_MAIN(T(a_print_reads_back_as_itself), T(states_print_as_words))
