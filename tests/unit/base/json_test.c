/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/json.h"

#include "tests/t.h"

/* Writes the tree again: what was read, in canonical form. Test data is shallow. */
static void
write_again(struct json *json, const struct json_node *node)
{
    switch (node->type) {
    case JSON_NULL:
        json_null(json);
        break;
    case JSON_BOOL:
        json_bool(json, node->boolean);
        break;
    case JSON_INT:
        json_int(json, node->integer);
        break;
    case JSON_REAL:
        json_str(json, "real:");
        json_text(json, node->text);
        break;
    case JSON_STRING:
        json_text(json, node->text);
        break;
    case JSON_ARRAY:
        json_array(json);
        for (uint32_t i = 0; i < node->count; i++)
            write_again(json, &node->values[i]);
        json_end_array(json);
        break;
    case JSON_OBJECT:
        json_object(json);
        for (uint32_t i = 0; i < node->count; i++) {
            json_key_text(json, node->keys[i]);
            write_again(json, &node->values[i]);
        }
        json_end_object(json);
        break;
    }
}

TEST(json_reads_what_it_writes)
{
    static const struct {
        const char *belief, *source, *want; /* want NULL: refused, and… */
        const char *says;                   /* …the sentence holds this */
    } rows[] = {
        {"space goes",                " { \"b\" : [ 1 , 2 ] , \"a\" : null } \n", "{\"b\":[1,2],\"a\":null}",
         NULL                                                                                                                                 },
        {"a string alone is a value", "\"\\u6838\\ud840\\udc00\\n\\u0001\\/\"",
         "\"核\xF0\xA0\x80\x80\\n\\u0001/\"",                                                                           NULL                 },
        {"empty containers",          "[[],{},\"\"]",                             "[[],{},\"\"]",                        NULL                 },
        {"the least integer",         "-9223372036854775808",                     "-9223372036854775808",                NULL                 },
        {"one more is kept as text",  "[9223372036854775808]",                    "[\"real:\",\"9223372036854775808\"]",
         NULL                                                                                                                                 },
        {"a real keeps its digits",   "[0.10]",                                   "[\"real:\",\"0.10\"]",                NULL                 },
        {"true, false",               "[true,false]",                             "[true,false]",                        NULL                 },
        {"repeated key",              "{\"a\":1,\"b\":2,\"a\":3}",                NULL,                                  "same key twice"     },
        {"trailing comma",            "[1,]",                                     NULL,                                  "line 1, column 4"   },
        {"in an object too",          "{\"a\":1,}",                               NULL,                                  "a key in quotes"    },
        {"nothing",                   "",                                         NULL,                                  "a value is missing" },
        {"two values",                "1 2",                                      NULL,                                  "more than one value"},
        {"leading zero",              "01",                                       NULL,                                  "begins with 0"      },
        {"lone surrogate",            "\"\\ud800x\"",                             NULL,                                  "surrogate"          },
        {"NUL",                       "\"\\u0000\"",                              NULL,                                  "NUL"                },
        {"raw line end in a string",  "[1,\n \"a\nb\"]",                          NULL,                                  "line 2, column 4"   },
        {"not UTF-8",                 "\"\xFF\"",                                 NULL,                                  "not UTF-8"          },
        {"no end",                    "[\"a",                                     NULL,                                  "without an end"     },
        {"a word",                    "nul",                                      NULL,                                  "not a JSON value"   },
        {"a minus alone",             "[-]",                                      NULL,                                  "a digit is missing" },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct arena arena;
        struct json_node *node = NULL;
        struct json json;
        struct buf out;
        struct err err;
        T_ROW(rows[i].belief);
        arena_init(&arena, "test", 0, true);
        buf_init(&out, false);
        if (rows[i].want == NULL) {
            T_EQ(json_parse(&node, text_of(rows[i].source), &arena, &err), HEDUI_E_INPUT);
            if (strstr(err.text, rows[i].says) == NULL)
                T_FAIL("the sentence is: %s", err.text);
        } else {
            T_OK(json_parse(&node, text_of(rows[i].source), &arena, &err), &err);
            json_begin(&json, &out);
            write_again(&json, node);
            T_TEXT(buf_as_text(&out), text_of(rows[i].want));
        }
        buf_release(&out);
        arena_release(&arena);
    }
}

TEST(json_depth_is_bounded)
{
    for (size_t depth = 64; depth <= 65; depth++) {
        char source[131];
        struct arena arena;
        struct json_node *node;
        struct err err;
        T_ROW(depth == 64 ? "64 levels" : "65 levels");
        arena_init(&arena, "test", 0, false);
        memset(source, '[', depth);
        memset(source + depth, ']', depth);
        T_EQ(json_parse(&node, (struct text){source, 2 * depth}, &arena, &err),
             depth == 64 ? HEDUI_OK : HEDUI_E_INPUT);
        arena_release(&arena);
    }
}

TEST(json_get_finds_by_name)
{
    struct arena arena;
    struct json_node *node;
    struct err err;

    arena_init(&arena, "test", 0, false);
    T_OK(json_parse(&node, TEXT("{\"a\":1,\"b\":2}"), &arena, &err), &err);
    T_EQ(json_get(node, "b")->integer, 2);
    T_TRUE(json_get(node, "c") == NULL && json_get(NULL, "a") == NULL);
    arena_release(&arena);
}

T_MAIN(T(json_reads_what_it_writes), T(json_depth_is_bounded), T(json_get_finds_by_name))
