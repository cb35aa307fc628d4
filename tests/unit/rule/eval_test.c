/* SPDX-License-Identifier: Apache-2.0 */
/* eval_test.c: the corners of the reference walk: lists, what is none, unknown or failed inside
 * them, what does not fit, what is told as not supported. Through the door of
 * `rules eval --jsonl`. */
#include "engine/rule/expr.h"

#include "tests/t.h"

/* An error is held by its code and place: the rest of the line, its words, may change. */
static void
answers(const char *line, const char *want)
{
    struct buf out;
    struct err err = {0};
    struct text got;

    buf_init(&out, false);
    T_OK(expr_jsonl(text_of(line), &out, &err), &err);
    got = (struct text){out.at, out.len - 1};
    if (text_starts(text_of(want), TEXT("{\"error\"")))
        T_TRUE(text_starts(got, text_of(want)));
    else
        T_TEXT(got, text_of(want));
    buf_release(&out);
}

TEST(corners_have_answers)
{
    static const struct {
        const char *belief, *line, *want;
    } rows[] = {
        {"a text holds another",                                 "{\"expr\":\"\\\"abc\\\".contains(\\\"b\\\")\"}",
         "{\"value\":true,\"type\":\"bool\"}"                                                                                                                                     },
        {"a text ends with another",                             "{\"expr\":\"\\\"abc\\\".endsWith(\\\"bc\\\")\"}",
         "{\"value\":true,\"type\":\"bool\"}"                                                                                                                                     },
        {"a date from a literal",                                "{\"expr\":\"date(\\\"2026-07-01\\\")\"}",
         "{\"value\":{\"$date\":\"2026-07-01\"},\"type\":\"date\"}"                                                                                                               },
        {"a date from a text",
         "{\"expr\":\"date(s)\",\"bindings\":{\"s\":\"2026-07-01\"},\"decls\":{\"s\":\"string\"}}",                     "{\"value\":{\"$date\":\"2026-07-01\"},\"type\":\"date\"}"},
        {"a day that is none",
         "{\"expr\":\"date(s)\",\"bindings\":{\"s\":\"2026-02-30\"},\"decls\":{\"s\":\"string\"}}",                     "{\"error\":\"E805\",\"line\":1,\"col\":1"                },
        {"a date is no text to read",                            "{\"expr\":\"date(date(\\\"2026-07-01\\\"))\"}",
         "{\"error\":\"T202\",\"line\":1,\"col\":6"                                                                                                                               },
        {"bool of a bool is itself",                             "{\"expr\":\"bool(true)\"}",
         "{\"value\":true,\"type\":\"bool\"}"                                                                                                                                     },
        {"bool of a text is told as not supported",              "{\"expr\":\"bool(\\\"true\\\")\"}",
         "{\"unsupported\":\"bool(string)\"}"                                                                                                                                     },
        {"a bool is no number",                                  "{\"expr\":\"int(true)\"}",
         "{\"error\":\"T202\",\"line\":1,\"col\":5"                                                                                                                               },
        {"int of a text",                                        "{\"expr\":\"int(\\\"12\\\")\"}",                      "{\"value\":12,\"type\":\"int\"}"                         },
        {"int of an int is itself",                              "{\"expr\":\"int(5)\"}",                               "{\"value\":5,\"type\":\"int\"}"                          },
        {"string of a string is itself",                         "{\"expr\":\"string(\\\"x\\\")\"}",
         "{\"value\":\"x\",\"type\":\"string\"}"                                                                                                                                  },
        {"dyn is told as not supported",                         "{\"expr\":\"dyn(1)\"}",                               "{\"unsupported\":\"dyn\"}"                               },
        {"cel.bind too",                                         "{\"expr\":\"cel.bind(x, 1, x)\"}",                    "{\"unsupported\":\"cel.bind\"}"                          },
        {"and the math extension",                               "{\"expr\":\"math.greatest(1, 2)\"}",
         "{\"unsupported\":\"math extension\"}"                                                                                                                                   },
        {"none is none",                                         "{\"expr\":\"null == null\"}",                         "{\"value\":true,\"type\":\"bool\"}"                      },
        {"none prints as null",                                  "{\"expr\":\"null\"}",                                 "{\"value\":null,\"type\":\"null\"}"                      },
        {"what always has a value is not compared with none",    "{\"expr\":\"null != 1\"}",
         "{\"error\":\"T201\",\"line\":1,\"col\":1"                                                                                                                               },
        {"false comes before true",                              "{\"expr\":\"true < false\"}",
         "{\"value\":false,\"type\":\"bool\"}"                                                                                                                                    },
        {"lists are equal element by element",                   "{\"expr\":\"[1, 2] == [1, 2]\"}",
         "{\"value\":true,\"type\":\"bool\"}"                                                                                                                                     },
        {"and differ by it",                                     "{\"expr\":\"[1, 2] != [1, 2]\"}",
         "{\"value\":false,\"type\":\"bool\"}"                                                                                                                                    },
        {"an empty list is of any type",                         "{\"expr\":\"[] == [1]\"}",
         "{\"value\":false,\"type\":\"bool\"}"                                                                                                                                    },
        {"inside lists too",                                     "{\"expr\":\"[[1], []] == [[1], [2]]\"}",
         "{\"value\":false,\"type\":\"bool\"}"                                                                                                                                    },
        {"money and exact compare inside lists of lists",
         "{\"expr\":\"[[yuan(1)], []] == [[yuan(1) / 1], []]\"}",                                                       "{\"value\":true,\"type\":\"bool\"}"                      },
        {"money beside exact becomes exact",                     "{\"expr\":\"[yuan(1), yuan(1) / 3]\"}",
         "{\"value\":[{\"$exact\":\"100/1\"},{\"$exact\":\"100/3\"}],\"type\":\"list(exact)\"}"                                                                                   },
        {"at any depth",                                         "{\"expr\":\"[[yuan(1)], [yuan(1) / 3]]\"}",
         "{\"value\":[[{\"$exact\":\"100/1\"}],[{\"$exact\":\"100/"
         "3\"}]],\"type\":\"list(list(exact))\"}"                                                                                                                                 },
        {"in either branch",                                     "{\"expr\":\"true ? [yuan(1)] : [yuan(1) / 3]\"}",
         "{\"value\":[{\"$exact\":\"100/1\"}],\"type\":\"list(exact)\"}"                                                                                                          },
        {"at any depth of a branch",                             "{\"expr\":\"true ? [[yuan(1)]] : [[yuan(1) / 3]]\"}",
         "{\"value\":[[{\"$exact\":\"100/1\"}]],\"type\":\"list(list(exact))\"}"                                                                                                  },
        {"an int is not in a list of lists",                     "{\"expr\":\"1 in [[1]]\"}",
         "{\"error\":\"T201\",\"line\":1,\"col\":1"                                                                                                                               },
        {"found before the unknown",
         "{\"expr\":\"1 in [1, 2, "
         "a]\",\"bindings\":{\"a\":{\"$unknown\":\"a\"}},\"decls\":{\"a\":\"int\"}}",                                   "{\"value\":true,\"type\":\"bool\"}"                      },
        {"not found, but an unknown may be it",
         "{\"expr\":\"3 in [1, 2, "
         "a]\",\"bindings\":{\"a\":{\"$unknown\":\"a\"}},\"decls\":{\"a\":\"int\"}}",                                   "{\"unknown\":[\"a\"]}"                                   },
        {"not found, and an element failed",                     "{\"expr\":\"3 in [1, 2, 1/0]\"}",
         "{\"error\":\"E802\",\"line\":1,\"col\":13"                                                                                                                              },
        {"an unknown element leaves the list unknown",
         "{\"expr\":\"l.map(x, x + "
         "1)\",\"bindings\":{\"l\":[1,{\"$unknown\":\"a\"}]},\"decls\":{\"l\":\"list(int)\"}}",                         "{\"unknown\":[\"a\"]}"                                   },
        {"a failed element fails the list",
         "{\"expr\":\"l.map(x, 1 / "
         "x)\",\"bindings\":{\"l\":[1,0]},\"decls\":{\"l\":\"list(int)\"}}",                                            "{\"error\":\"E802\",\"line\":1,\"col\":10"               },
        {"a failed condition fails filter",
         "{\"expr\":\"l.filter(x, 1 / x > "
         "0)\",\"bindings\":{\"l\":[1,0]},\"decls\":{\"l\":\"list(int)\"}}",                                            "{\"error\":\"E802\",\"line\":1,\"col\":13"               },
        {"and all",
         "{\"expr\":\"l.all(x, 1 / x > "
         "0)\",\"bindings\":{\"l\":[0,1]},\"decls\":{\"l\":\"list(int)\"}}",                                            "{\"error\":\"E802\",\"line\":1,\"col\":10"               },
        {"and exists",
         "{\"expr\":\"l.exists(x, 1 / x > "
         "2)\",\"bindings\":{\"l\":[0,1]},\"decls\":{\"l\":\"list(int)\"}}",                                            "{\"error\":\"E802\",\"line\":1,\"col\":13"               },
        {"and exists_one",
         "{\"expr\":\"l.exists_one(x, 1 / x > "
         "0)\",\"bindings\":{\"l\":[0,1]},\"decls\":{\"l\":\"list(int)\"}}",                                            "{\"error\":\"E802\",\"line\":1,\"col\":17"               },
        {"the sum of an unknown list",
         "{\"expr\":\"sum(l)\",\"bindings\":{\"l\":{\"$unknown\":\"a\"}},\"decls\":{\"l\":\"list("
         "int)\"}}",                                                                                                    "{\"unknown\":[\"a\"]}"                                   },
        {"an element of one",
         "{\"expr\":\"l[0]\",\"bindings\":{\"l\":{\"$unknown\":\"a\"}},\"decls\":{\"l\":\"list(int)"
         "\"}}",                                                                                                        "{\"unknown\":[\"a\"]}"                                   },
        {"an element at an unknown place",
         "{\"expr\":\"l[i]\",\"bindings\":{\"l\":[1],\"i\":{\"$unknown\":\"i\"}},\"decls\":{\"l\":"
         "\"list(int)\",\"i\":\"int\"}}",                                                                               "{\"unknown\":[\"i\"]}"                                   },
        {"a place behind the end",                               "{\"expr\":\"[1, 2][5]\"}",
         "{\"error\":\"E804\",\"line\":1,\"col\":1"                                                                                                                               },
        {"a failed element fails before the place is looked at", "{\"expr\":\"[1, 1/0][0]\"}",
         "{\"error\":\"E802\",\"line\":1,\"col\":5"                                                                                                                               },
        {"and so does the list",                                 "{\"expr\":\"[1, 1/0]\"}",
         "{\"error\":\"E802\",\"line\":1,\"col\":5"                                                                                                                               },
        {"an unknown in a list",
         "{\"expr\":\"[1, "
         "a]\",\"bindings\":{\"a\":{\"$unknown\":\"a\"}},\"decls\":{\"a\":\"int\"}}",                                   "{\"unknown\":[\"a\"]}"                                   },
        {"unknown stands above error in a list",
         "{\"expr\":\"[a, "
         "1/0]\",\"bindings\":{\"a\":{\"$unknown\":\"a\"}},\"decls\":{\"a\":\"int\"}}",                                 "{\"unknown\":[\"a\"]}"                                   },
        {"mixed lists are told as not supported",                "{\"expr\":\"[1, \\\"a\\\"]\"}",
         "{\"unsupported\":\"list of mixed types\"}"                                                                                                                              },
        {"money and text",                                       "{\"expr\":\"yuan(1) + \\\"a\\\"\"}",
         "{\"error\":\"T201\",\"line\":1,\"col\":1"                                                                                                                               },
        {"max of what does not compare",                         "{\"expr\":\"max(1, \\\"a\\\")\"}",
         "{\"error\":\"T202\",\"line\":1,\"col\":1"                                                                                                                               },
        {"in either order",                                      "{\"expr\":\"max(\\\"a\\\", 1)\"}",
         "{\"error\":\"T202\",\"line\":1,\"col\":1"                                                                                                                               },
        {"max of a list",                                        "{\"expr\":\"max([1, 2])\"}",                          "{\"value\":2,\"type\":\"int\"}"                          },
        {"not of unknown",
         "{\"expr\":\"!a\",\"bindings\":{\"a\":{\"$unknown\":\"a\"}},\"decls\":{\"a\":\"bool\"}}",                      "{\"unknown\":[\"a\"]}"                                   },
        {"not of an error",                                      "{\"expr\":\"!(1/0 == 0)\"}",
         "{\"error\":\"E802\",\"line\":1,\"col\":3"                                                                                                                               },
        {"the least int has no opposite",
         "{\"expr\":\"-a\",\"bindings\":{\"a\":-9223372036854775808},\"decls\":{\"a\":\"int\"}}",                       "{\"error\":\"E801\",\"line\":1,\"col\":1"                },
        {"the opposite of an exact amount",                      "{\"expr\":\"-(yuan(1) / 3)\"}",
         "{\"value\":{\"$exact\":\"-100/3\"},\"type\":\"exact\"}"                                                                                                                 },
        {"characters of a text",                                 "{\"expr\":\"size(\\\"abc\\\")\"}",
         "{\"value\":3,\"type\":\"int\"}"                                                                                                                                         },
        {"elements of a list",                                   "{\"expr\":\"size([1,2])\"}",                          "{\"value\":2,\"type\":\"int\"}"                          },
        {"a value that is none",
         "{\"expr\":\"a == null\",\"bindings\":{\"a\":null},\"decls\":{\"a\":\"int?\"}}",                               "{\"value\":true,\"type\":\"bool\"}"                      },
        {"one that may be none is guarded first",
         "{\"expr\":\"a + 1\",\"bindings\":{\"a\":null},\"decls\":{\"a\":\"int?\"}}",                                   "{\"error\":\"T207\",\"line\":1,\"col\":1"                },
        {"has() wants a field",
         "{\"expr\":\"has(a)\",\"bindings\":{\"a\":null},\"decls\":{\"a\":\"int?\"}}",                                  "{\"error\":\"T202\",\"line\":1,\"col\":1"                },
        {"a name that is not there",                             "{\"expr\":\"x\",\"check_only\":true}",
         "{\"error\":\"N101\",\"line\":1,\"col\":1"                                                                                                                               },
        {"a container is told as not supported",                 "{\"expr\":\"x.y\",\"container\":\"c\"}",
         "{\"unsupported\":\"container\"}"                                                                                                                                        },
        {"rates do not multiply",                                "{\"expr\":\"rate(\\\"5%\\\") * rate(\\\"5%\\\")\"}",
         "{\"error\":\"T201\",\"line\":1,\"col\":1"                                                                                                                               },
        {"money has an end",
         "{\"expr\":\"yuan(\\\"92233720368547758.07\\\") + yuan(\\\"0.01\\\")\"}",                                      "{\"error\":\"E801\",\"line\":1,\"col\":1"                },
        {"a decimal beside an int",                              "{\"expr\":\"dec(\\\"1.5\\\") < 2\"}",
         "{\"value\":true,\"type\":\"bool\"}"                                                                                                                                     },
        {"ints have an end",                                     "{\"expr\":\"9223372036854775807 + 1\"}",
         "{\"error\":\"E801\",\"line\":1,\"col\":1"                                                                                                                               },
        {"an unknown condition leaves bounds",
         "{\"expr\":\"a ? 1 : "
         "2\",\"bindings\":{\"a\":{\"$unknown\":\"a\"}},\"decls\":{\"a\":\"bool\"}}",                                   "{\"unknown\":[\"a\"],\"min\":1,\"max\":2}"               },
        {"a failed condition fails",                             "{\"expr\":\"1/0 == 0 ? 1 : 2\"}",
         "{\"error\":\"E802\",\"line\":1,\"col\":1"                                                                                                                               },
        {"the year of a day",                                    "{\"expr\":\"year(date(\\\"2026-07-01\\\"))\"}",
         "{\"value\":2026,\"type\":\"int\"}"                                                                                                                                      },
        {"whole months between days",
         "{\"expr\":\"months_between(date(\\\"2026-01-31\\\"), date(\\\"2026-07-01\\\"))\"}",                           "{\"value\":5,\"type\":\"int\"}"                          },
        {"a value that is not of its type",
         "{\"expr\":\"r\",\"bindings\":{\"r\":{\"$rec\":{\"a\":1}}},\"decls\":{\"r\":\"rec\"}}",                        "{\"error\":\"T203\",\"line\":1,\"col\":1"                },
        {"and maps",                                             "{\"expr\":\"{}\"}",                                   "{\"unsupported\":\"map\"}"                               },
        {"and regular expressions",                              "{\"expr\":\"matches(\\\"a\\\", \\\"b\\\")\"}",
         "{\"unsupported\":\"regular expression\"}"                                                                                                                               },
        {"unchecked expressions are told as not supported",      "{\"expr\":\"1\",\"check\":false}",
         "{\"unsupported\":\"unchecked expression\"}"                                                                                                                             },
        {"the type alone",                                       "{\"expr\":\"yuan(1) / 3\",\"check_only\":true}",
         "{\"type\":\"exact\"}"                                                                                                                                                   },
        {"a null in a binding",
         "{\"expr\":\"a == null\",\"bindings\":{\"a\":null},\"decls\":{\"a\":\"int?\"}}",                               "{\"value\":true,\"type\":\"bool\"}"                      },
        {"the least of dates",
         "{\"expr\":\"min(date(\\\"2026-01-02\\\"), date(\\\"2026-01-01\\\"))\"}",                                      "{\"value\":{\"$date\":\"2026-01-01\"},\"type\":\"date\"}"},
        {"bools in a list",                                      "{\"expr\":\"[true, false]\"}",
         "{\"value\":[true,false],\"type\":\"list(bool)\"}"                                                                                                                       },
        {"a list of lists with an unknown",
         "{\"expr\":\"[[yuan(1)], [a]] == [[yuan(1) / 1], [yuan(2) / "
         "1]]\",\"bindings\":{\"a\":{\"$unknown\":\"a\"}},\"decls\":{\"a\":\"money\"}}",                                "{\"unknown\":[\"a\"]}"                                   },
        {"a list of lists with an error",
         "{\"expr\":\"[[yuan(1)], [yuan(1/0)]] == [[yuan(1) / 1], [yuan(2) / 1]]\"}",                                   "{\"error\":\"E802\",\"line\":1,\"col\":19"               },
        {"a list, if it is known which",
         "{\"expr\":\"a ? [1] : "
         "[2]\",\"bindings\":{\"a\":{\"$unknown\":\"a\"}},\"decls\":{\"a\":\"bool\"}}",                                 "{\"unknown\":[\"a\"]}"                                   },
        {"an unknown list holds",
         "{\"expr\":\"1 in "
         "l\",\"bindings\":{\"l\":{\"$unknown\":\"l\"}},\"decls\":{\"l\":\"list(int)\"}}",                              "{\"unknown\":[\"l\"]}"                                   },
        {"an unknown is in a list",
         "{\"expr\":\"a in "
         "[1]\",\"bindings\":{\"a\":{\"$unknown\":\"a\"}},\"decls\":{\"a\":\"int\"}}",                                  "{\"unknown\":[\"a\"]}"                                   },
        {"an error is in a list",                                "{\"expr\":\"(1/0) in [1]\"}",
         "{\"error\":\"E802\",\"line\":1,\"col\":2"                                                                                                                               },
        {"unknown lists compare",
         "{\"expr\":\"l == "
         "[1]\",\"bindings\":{\"l\":{\"$unknown\":\"l\"}},\"decls\":{\"l\":\"list(int)\"}}",                            "{\"unknown\":[\"l\"]}"                                   },
        {"the size of an unknown list is at least nothing",
         "{\"expr\":\"size(l)\",\"bindings\":{\"l\":{\"$unknown\":\"l\"}},\"decls\":{\"l\":\"list("
         "int)\"}}",                                                                                                    "{\"unknown\":[\"l\"],\"min\":0}"                         },
        {"filter of an unknown list",
         "{\"expr\":\"l.filter(x, x > "
         "0)\",\"bindings\":{\"l\":{\"$unknown\":\"l\"}},\"decls\":{\"l\":\"list(int)\"}}",                             "{\"unknown\":[\"l\"]}"                                   },
        {"map of an unknown list",
         "{\"expr\":\"l.map(x, "
         "x)\",\"bindings\":{\"l\":{\"$unknown\":\"l\"}},\"decls\":{\"l\":\"list(int)\"}}",                             "{\"unknown\":[\"l\"]}"                                   },
        {"exists over an unknown list",
         "{\"expr\":\"l.exists(x, x > "
         "0)\",\"bindings\":{\"l\":{\"$unknown\":\"l\"}},\"decls\":{\"l\":\"list(int)\"}}",                             "{\"unknown\":[\"l\"]}"                                   },
        {"exists_one over an unknown element",
         "{\"expr\":\"l.exists_one(x, x > "
         "0)\",\"bindings\":{\"l\":[1,{\"$unknown\":\"a\"}]},\"decls\":{\"l\":\"list(int)\"}}",                         "{\"unknown\":[\"a\"]}"                                   },
        {"exists_one over unknown and error",
         "{\"expr\":\"l.exists_one(x, 1 / x > "
         "0)\",\"bindings\":{\"l\":[0,{\"$unknown\":\"a\"}]},\"decls\":{\"l\":\"list(int)\"}}",                         "{\"unknown\":[\"a\"]}"                                   },
        {"exact compares with money in max",                     "{\"expr\":\"max(yuan(1), yuan(1) / 3)\"}",
         "{\"value\":{\"$exact\":\"100/1\"},\"type\":\"exact\"}"                                                                                                                  },
        {"a function of an error",
         "{\"expr\":\"year(date(s))\",\"bindings\":{\"s\":\"x\"},\"decls\":{\"s\":\"string\"}}",                        "{\"error\":\"E805\",\"line\":1,\"col\":6"                },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        T_ROW(rows[i].belief);
        answers(rows[i].line, rows[i].want);
    }
}

TEST(a_call_has_an_end)
{
    struct buf line;

    T_ROW("more than 256 arguments are too many");
    buf_init(&line, false);
    buf_str(&line, "{\"expr\":\"max(1");
    for (int i = 0; i < 300; i++)
        buf_str(&line, ",1");
    buf_str(&line, ")\"}");
    buf_byte(&line, '\0');
    answers(line.at, "{\"error\":\"T211\"");
    buf_release(&line);
}

T_MAIN(T(corners_have_answers), T(a_call_has_an_end))
