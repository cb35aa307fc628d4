/* SPDX-License-Identifier: Apache-2.0 */
/* expr_test.c: expressions through the door that `rules eval --jsonl` uses, and through expr.h. */
#include "tests/t.h"

#include "engine/rule/expr.h"

struct answer {
    const char *belief, *line, *want;
};

static void
hold(const struct answer *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct buf out;
        struct err err = {0};
        T_ROW(rows[i].belief);
        buf_init(&out, false);
        T_OK(expr_jsonl(text_of(rows[i].line), &out, &err), &err);
        T_TRUE(out.len > 0 && out.at[out.len - 1] == '\n');
        /* an error is held by its code and place, not by its words */
        if (strncmp(rows[i].want, "{\"error\"", 8) == 0)
            T_TRUE(text_starts(buf_as_text(&out), text_of(rows[i].want)));
        else
            T_TEXT(((struct text){out.at, out.len - 1}), text_of(rows[i].want));
        buf_release(&out);
    }
}

TEST(values_have_one_print)
{
    static const struct answer rows[] = {
        {"&& binds more than ||",                      "{\"expr\":\"true || false && false\"}",
         "{\"value\":true,\"type\":\"bool\"}"                                                                                                     },
        {"a relation binds more than &&",              "{\"expr\":\"1 < 2 && 2 < 3\"}",
         "{\"value\":true,\"type\":\"bool\"}"                                                                                                     },
        {"minus is left associative",                  "{\"expr\":\"7 - 2 - 1\"}",                               "{\"value\":4,\"type\":\"int\"}" },
        {"/ truncates toward zero",                    "{\"expr\":\"-7 / 2\"}",                                  "{\"value\":-3,\"type\":\"int\"}"},
        {"the least int is a literal",                 "{\"expr\":\"-9223372036854775808\"}",
         "{\"value\":-9223372036854775808,\"type\":\"int\"}"                                                                                      },
        {"a quotient of money is exact",               "{\"expr\":\"yuan(1) / 3\"}",
         "{\"value\":{\"$exact\":\"100/3\"},\"type\":\"exact\"}"                                                                                  },
        {"a percentage is exact",                      "{\"expr\":\"yuan(10) * rate(\\\"33%\\\")\"}",
         "{\"value\":{\"$exact\":\"330/1\"},\"type\":\"exact\"}"                                                                                  },
        {"decimals keep their places",                 "{\"expr\":\"dec(\\\"0.50\\\") * 3\"}",
         "{\"value\":{\"$dec\":\"1.50\"},\"type\":\"decimal(2)\"}"                                                                                },
        {"a birthday on 29 February comes on 1 March",
         "{\"expr\":\"age_on(date(\\\"2008-02-29\\\"), date(\\\"2026-02-28\\\"))\"}",                            "{\"value\":17,\"type\":\"int\"}"},
        {"a month is clamped to its end",              "{\"expr\":\"add_months(date(\\\"2026-05-31\\\"), 1)\"}",
         "{\"value\":{\"$date\":\"2026-06-30\"},\"type\":\"date\"}"                                                                               },
        {"the literal 0 takes the other's type",       "{\"expr\":\"max(0, yuan(-1) / 2)\"}",
         "{\"value\":{\"$exact\":\"0/1\"},\"type\":\"exact\"}"                                                                                    },
    };
    hold(rows, LEN(rows));
}

TEST(what_is_not_known_stays_so)
{
    static const struct answer rows[] = {
        {"false decides over an unknown",
         "{\"expr\":\"a && "
         "false\",\"bindings\":{\"a\":{\"$unknown\":\"a\"}},\"decls\":{\"a\":\"bool\"}}", "{\"value\":false,\"type\":\"bool\"}"},
        {"unknown stands above error",
         "{\"expr\":\"a && 1 / 0 == "
         "0\",\"bindings\":{\"a\":{\"$unknown\":\"a\"}},\"decls\":{\"a\":\"bool\"}}",     "{\"unknown\":[\"a\"]}"              },
        {"in either order",
         "{\"expr\":\"1 / 0 == 0 && "
         "a\",\"bindings\":{\"a\":{\"$unknown\":\"a\"}},\"decls\":{\"a\":\"bool\"}}",     "{\"unknown\":[\"a\"]}"              },
        {"many small debts may come behind an open end",
         "{\"expr\":\"sum(l) >= "
         "4\",\"bindings\":{\"l\":{\"$open\":[5],\"of\":\"l\",\"like\":{\"$unknown\":\"l\",\"min\":"
         "-1}}},\"decls\":{\"l\":\"list(int)\"}}",                                        "{\"unknown\":[\"l\"]}"              },
        {"causes come sorted and once",
         "{\"expr\":\"b + a + "
         "b\",\"bindings\":{\"a\":{\"$unknown\":\"a\"},\"b\":{\"$unknown\":\"b\"}},\"decls\":{"
         "\"a\":\"int\",\"b\":\"int\"}}",                                                 "{\"unknown\":[\"a\",\"b\"]}"        },
        {"an open end is not fewer rows",
         "{\"expr\":\"size(l) == "
         "1\",\"bindings\":{\"l\":{\"$open\":[1],\"of\":\"l@bank\"}},\"decls\":{\"l\":\"list(int)"
         "\"}}",                                                                          "{\"unknown\":[\"l@bank\"]}"         },
        {"what is there is enough to exceed",
         "{\"expr\":\"sum(l) > "
         "4\",\"bindings\":{\"l\":{\"$open\":[5],\"of\":\"l\",\"like\":{\"$unknown\":\"l\",\"min\":"
         "0}}},\"decls\":{\"l\":\"list(int)\"}}",                                         "{\"value\":true,\"type\":\"bool\"}" },
        {"and not enough to stay below",
         "{\"expr\":\"sum(l) < "
         "6\",\"bindings\":{\"l\":{\"$open\":[5],\"of\":\"l\",\"like\":{\"$unknown\":\"l\",\"min\":"
         "0}}},\"decls\":{\"l\":\"list(int)\"}}",                                         "{\"unknown\":[\"l\"]}"              },
        {"need blames the field",
         "{\"expr\":\"need(m.f) > "
         "0\",\"bindings\":{\"m\":{\"$rec\":{\"f\":{\"$none\":true}}}},\"decls\":{\"m\":\"record{f:"
         " int?}\"}}",                                                                    "{\"unknown\":[\"m.f\"]}"            },
        {"no algebra",
         "{\"expr\":\"x - x == "
         "0\",\"bindings\":{\"x\":{\"$unknown\":\"x\"}},\"decls\":{\"x\":\"int\"}}",      "{\"unknown\":[\"x\"]}"              },
    };
    hold(rows, LEN(rows));
}

TEST(bounds_go_where_the_number_goes)
{
#define X_AT_LEAST_24                                                                              \
    ",\"bindings\":{\"x\":{\"$unknown\":\"x\",\"min\":{\"$money\":24}}},\"decls\":{\"x\":"         \
    "\"money\"}}"
#define X_PERHAPS_NONE                                                                             \
    ",\"bindings\":{\"x\":{\"$unknown\":\"x\",\"min\":{\"$money\":5}}},\"decls\":{\"x\":\"money?"  \
    "\"}}"
    static const struct answer rows[] = {
        {"a total spread over months keeps its least",
         "{\"expr\":\"per_month(x, 12)\"" X_AT_LEAST_24,
         "{\"unknown\":[\"x\"],\"min\":{\"$exact\":\"2/1\"}}"                                                                                 },
        {"and back",                                   "{\"expr\":\"over_months(per_month(x, 12), 6)\"" X_AT_LEAST_24,
         "{\"unknown\":[\"x\"],\"min\":{\"$exact\":\"12/1\"}}"                                                                                },
        {"so that the known months alone can object",
         "{\"expr\":\"max(per_month(x, 12), per_month(fen(1), 12)) / 2 >= per_month(fen(12), "
         "12)\"" X_AT_LEAST_24,
         "{\"value\":true,\"type\":\"bool\"}"                                                                                                 },
        {"or_else may give its other value",           "{\"expr\":\"or_else(x, fen(-7))\"" X_PERHAPS_NONE,
         "{\"unknown\":[\"x\"],\"min\":{\"$money\":-7}}"                                                                                      },
        {"need() of what may be none has no bound",
         "{\"expr\":\"need(x) >= fen(0)\"" X_PERHAPS_NONE,                                                             "{\"unknown\":[\"x\"]}"},
    };
    hold(rows, LEN(rows));
}

TEST(errors_have_code_and_place)
{
    static const struct answer rows[] = {
        {"money and int do not mix",           "{\"expr\":\"yuan(1) + 1\"}",
         "{\"error\":\"T201\",\"line\":1,\"col\":1,"                                                                                                  },
        {"a place counts characters",          "{\"expr\":\"'低保' == x\"}",
         "{\"error\":\"N101\",\"line\":1,\"col\":9,"                                                                                                  },
        {"a second line is a line",            "{\"expr\":\"1 +\\n  nope(2)\"}",
         "{\"error\":\"N101\",\"line\":2,\"col\":3,"                                                                                                  },
        {"division by zero at run time",       "{\"expr\":\"1 + 2 / 0\"}",
         "{\"error\":\"E802\",\"line\":1,\"col\":5,"                                                                                                  },
        {"no index past the end",              "{\"expr\":\"[1][1]\"}",
         "{\"error\":\"E804\",\"line\":1,\"col\":1,"                                                                                                  },
        {"a guard must stand to the left",
         "{\"expr\":\"x > 0 && x != null\",\"bindings\":{\"x\":1},\"decls\":{\"x\":\"int?\"}}",           "{\"error\":\"T207\",\"line\":1,\"col\":1," },
        {"a guard in map's condition counts",
         "{\"expr\":\"[1].map(i, i > 0, "
         "m.f)\",\"bindings\":{\"m\":{\"$rec\":{\"f\":1}}},\"decls\":{\"m\":\"record{f: int?}\"}}",       "{\"error\":\"T207\",\"line\":1,\"col\":19,"},
        {"periods never meet",
         "{\"expr\":\"x > "
         "yuan(1)\",\"bindings\":{\"x\":{\"$money\":1}},\"decls\":{\"x\":\"money/month\"}}",              "{\"error\":\"T213\",\"line\":1,\"col\":1," },
        {"a taken name is no variable",        "{\"expr\":\"[1].all(x, x > 0)\",\"bindings\":{\"x\":1}}",
         "{\"error\":\"N102\",\"line\":1,\"col\":9,"                                                                                                  },
        {"a line that is no JSON is answered", "{\"expr\":",                                              "{\"error\":\"Y001\","                      },
        {"doubles are named",                  "{\"expr\":\"1.5\"}",                                      "{\"unsupported\":\"double\"}"              },
        {"maps are named",                     "{\"expr\":\"{1: 2}\"}",                                   "{\"unsupported\":\"map\"}"                 },
    };
    hold(rows, LEN(rows));
}

TEST(nothing_deeper_than_the_limit)
{
    char line[8192];
    struct buf out;
    struct err err = {0};

    for (int kind = 0; kind < 3; kind++) {
        static const char *const parts[] = {"(", "-", "1+"};
        size_t len = (size_t)snprintf(line, sizeof line, "{\"expr\":\"");
        T_ROW(parts[kind]);
        for (int i = 0; i < 1500; i++)
            len += (size_t)snprintf(line + len, sizeof line - len, "%s", parts[kind]);
        snprintf(line + len, sizeof line - len, "1\"}");
        buf_init(&out, false);
        T_OK(expr_jsonl(text_of(line), &out, &err), &err);
        T_TRUE(text_starts(buf_as_text(&out), TEXT("{\"error\":\"T211\"")));
        buf_release(&out);
    }
}

static int32_t
no_name(void *context, struct text name, const struct type **type, struct text *zh)
{
    (void)context, (void)name, (void)type, (void)zh;
    return -1;
}

TEST(prints_from_the_tree)
{
    static const struct {
        const char *belief, *text, *want;
    } rows[] = {
        {"spacing and quotes do not matter", "1+2 ==3&&'a'=='b'",          "1 + 2 == 3 && \"a\" == \"b\""},
        {"needless parentheses go",          "((1)) + (2 * 3)",            "1 + 2 * 3"                   },
        {"needed ones stay",                 "(1 + 2) * 3 - (4 - 5)",      "(1 + 2) * 3 - (4 - 5)"       },
        {"a conversion is not written",      "yuan(\"1.5\") / 2 > 0",      "yuan(\"1.5\") / 2 > 0"       },
        {"macros print as methods",          "[1,2] . map( x , x>1 , x )", "[1, 2].map(x, x > 1, x)"     },
        {"a comment has no meaning",         "1 // one",                   "1"                           },
    };
    struct arena arena;

    arena_init(&arena, "test", 0, false);
    for (size_t i = 0; i < LEN(rows); i++) {
        struct expr_source source = {
            text_of(rows[i].text), {NULL, 1, 1},
             NULL
        };
        struct expr_scope scope = {NULL, no_name, NULL, 0, false};
        struct messages messages;
        struct expr *expr;
        T_ROW(rows[i].belief);
        messages_init(&messages, &arena);
        expr = expr_compile(&source, &scope, &messages, NULL, &arena);
        T_TRUE(expr != NULL);
        T_TEXT(expr_print(expr, &arena), text_of(rows[i].want));
    }
    arena_release(&arena);
}

/* A scope of two names: u, of code list `use`; rows, without order, of records with a code. */
static struct code codes[] = {
    {{"dwelling", 8}, {"", 0}, {"", 0}},
    {{"shop", 4},     {"", 0}, {"", 0}}
};
static const struct code_list use = {
    {"use", 3},
    2, codes
};
static const struct type code_type = {.kind = TYPE_CODE, .codes = &use};
static const struct type_field fields[] = {
    {{"use", 3},    {"", 0}, &code_type, false},
    {{"secret", 6}, {"", 0}, &code_type, true }
};
static const struct type row_type = {.kind = TYPE_RECORD, .field_count = 2, .fields = fields};
static const struct type rows_type = {.kind = TYPE_LIST, .of = &row_type, .is_unordered = true};

static int32_t
two_names(void *context, struct text name, const struct type **type, struct text *zh)
{
    (void)context, (void)zh;
    *type = text_is(name, "u") ? &code_type : &rows_type;
    return text_is(name, "u") ? 0 : text_is(name, "rows") ? 1 : -1;
}

static struct value
second_code(void *context, uint32_t slot)
{
    (void)context, (void)slot;
    return (struct value){.integer = 1};
}

TEST(codes_and_rows)
{
    static const struct {
        const char *belief, *text, *code; /* NULL: compiles */
        bool want;
    } rows[] = {
        {"a word of the list compares",          "u == 'shop'",                                          NULL,   true },
        {"from the left as well",                "'dwelling' != u",                                      NULL,   true },
        {"a list of words",                      "u in ['dwelling', 'shop']",                            NULL,   true },
        {"a conditional of words",               "u == (1 > 2 ? 'shop' : 'dwelling')",                   NULL,   false},
        {"a word of no list",                    "u == 'shopp'",                                         "N103", false},
        {"a code has no order",                  "u < 'shop'",                                           "T201", false},
        {"rows have no index",                   "rows[0].use == 'shop'",                                "T212", false},
        {"what is made of rows has none either", "rows.map(r, r.use)[0] == 'shop'",                      "T212", false},
        {"a closed field",                       "rows.exists(r, r.secret == 'shop')",                   "N107", false},
        {"a field that is not there",            "rows.exists(r, r.usee == 'shop')",                     "N101", false},
        {"four macros deep",                     "[1].all(a, [1].all(b, [1].all(c, [1].all(d, true))))", "T210", false},
    };
    struct arena arena;

    arena_init(&arena, "test", 0, false);
    for (size_t i = 0; i < LEN(rows); i++) {
        struct expr_source source = {
            text_of(rows[i].text), {NULL, 1, 1},
             NULL
        };
        struct expr_scope scope = {NULL, two_names, NULL, 0, false};
        struct causes causes = {.arena = &arena};
        struct expr_frame frame = {.slot = second_code, .causes = &causes, .arena = &arena};
        struct messages messages;
        struct expr *expr;
        T_ROW(rows[i].belief);
        messages_init(&messages, &arena);
        expr = expr_compile(&source, &scope, &messages, NULL, &arena);
        T_TRUE((expr != NULL) == (rows[i].code == NULL));
        if (expr == NULL) {
            T_STR(messages.items[0].code, rows[i].code);
        } else {
            struct value value = expr_eval(expr, &frame);
            T_EQ(value.state, VALUE_KNOWN);
            T_EQ(value.boolean, rows[i].want);
        }
    }
    arena_release(&arena);
}

T_MAIN(T(codes_and_rows), T(values_have_one_print), T(what_is_not_known_stays_so),
       T(bounds_go_where_the_number_goes), T(errors_have_code_and_place),
       T(nothing_deeper_than_the_limit), T(prints_from_the_tree))
