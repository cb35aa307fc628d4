/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/message.h"

#include "engine/base/json.h"
#include "tests/t.h"

static const struct source rules = {
    "rules.yaml",
    {"rules:\n  低保: per_capita >= p.standrad\n\tx\n", 44},
};

TEST(messages_show_place_and_caret)
{
    struct arena arena;
    struct messages messages;
    struct buf out;

    arena_init(&arena, "test", 0, false);
    messages_init(&messages, &arena);
    message_add(&messages, MESSAGE_ERROR, "N101", (struct place){&rules, 2, 21}, 10,
                TEXT("未定义的名称"), TEXT("unknown name"));
    message_add(&messages, MESSAGE_WARNING, "W605", (struct place){&rules, 1, 1}, 5, TEXT("未使用"),
                TEXT("unused"));
    buf_init(&out, false);
    messages_print(&messages, &out);
    T_ROW("ordered by place; Chinese before the caret counts two columns a character");
    T_TEXT(buf_as_text(&out), TEXT("rules.yaml:1:1: 警告 W605 未使用\n"
                                   "                | warning W605: unused\n"
                                   "    rules:\n"
                                   "    ^~~~~\n"
                                   "rules.yaml:2:21: 错误 N101 未定义的名称\n"
                                   "                 | error N101: unknown name\n"
                                   "      低保: per_capita >= p.standrad\n"
                                   "                          ^~~~~~~~~~\n"));
    buf_release(&out);
    arena_release(&arena);
}

TEST(messages_for_programs_hide_numbers_too)
{
    struct arena arena;
    struct messages messages;
    struct json json;
    struct buf out;

    arena_init(&arena, "test", 0, false);
    messages_init(&messages, &arena);
    message_add(&messages, MESSAGE_ERROR, "Y013", (struct place){&rules, 2, 3}, 0,
                TEXT("未知的键 329901198001010000"), TEXT("unknown key"));
    message_add(&messages, MESSAGE_WARNING, "W608", (struct place){0}, 0, TEXT("无"), TEXT("none"));
    buf_init(&out, false);
    json_begin(&json, &out);
    json_object(&json);
    messages_json(&messages, &json);
    json_end_object(&json);
    T_ROW("counts, then one object a message in the order of places");
    T_TRUE(text_starts(buf_as_text(&out),
                       TEXT("{\"errors\":1,\"warnings\":1,\"messages\":[{\"level\":\"warning\","
                            "\"code\":\"W608\",\"file\":\"\",\"line\":0,\"column\":0,\"zh\":\"无\","
                            "\"en\":\"none\"},{\"level\":\"error\",\"code\":\"Y013\",\"file\":"
                            "\"rules.yaml\",\"line\":2,\"column\":3,")));
    T_ROW("a long run of digits is not shown");
    T_TRUE(text_find(buf_as_text(&out), TEXT("32990119800101")) == SIZE_MAX);
    buf_release(&out);
    arena_release(&arena);
}

TEST(a_quoted_line_commands_no_terminal)
{
    static const char line[] = "a\x1B[2J\tb\xFF\xC2\x9B"
                               "1mc\x7F";
    const struct source odd = {
        "x", {line, sizeof line - 1}
    };
    struct arena arena;
    struct messages messages;
    struct buf out;

    arena_init(&arena, "test", 0, false);
    messages_init(&messages, &arena);
    message_add(&messages, MESSAGE_ERROR, "Y002", (struct place){&odd, 1, 1}, 0, TEXT("错"),
                TEXT("wrong"));
    buf_init(&out, false);
    messages_print(&messages, &out);
    T_ROW("no escape, no C1 control, nothing that is not UTF-8");
    T_TRUE(text_find(buf_as_text(&out), TEXT("\n    a [2J b\uFFFD\uFFFD1mc\uFFFD\n")) != SIZE_MAX);
    T_TRUE(text_is_utf8(buf_as_text(&out)));
    buf_release(&out);
    arena_release(&arena);
}

TEST(messages_past_fifty_are_counted)
{
    struct arena arena;
    struct messages messages;
    struct buf out;
    struct err err;

    arena_init(&arena, "test", 0, false);
    messages_init(&messages, &arena);
    T_EQ(messages_status(&messages, &err), HEDUI_OK);
    for (uint32_t i = 0; i < 53; i++)
        message_add(&messages, MESSAGE_ERROR, "Y001", (struct place){&rules, 100 - i, 1}, 0,
                    TEXT("错"), TEXT("wrong"));
    T_EQ(messages.errors, 53);
    buf_init(&out, false);
    messages_print(&messages, &out);
    T_TRUE(text_find(buf_as_text(&out), TEXT("3 more are not shown")) != SIZE_MAX);
    T_ROW("the first by place is the sentence");
    T_EQ(messages_status(&messages, &err), HEDUI_E_INPUT);
    T_TRUE(strstr(err.text, "rules.yaml:51:1: ") == err.text);
    buf_release(&out);
    arena_release(&arena);
}

TEST(messages_without_a_file)
{
    struct arena arena;
    struct messages messages;
    struct buf out;

    arena_init(&arena, "test", 0, false);
    messages_init(&messages, &arena);
    message_add(&messages, MESSAGE_ERROR, "T211", (struct place){NULL, 1, 3}, 1, TEXT("语法"),
                TEXT("syntax"));
    buf_init(&out, false);
    messages_print(&messages, &out);
    T_TEXT(buf_as_text(&out), TEXT("1:3: 错误 T211 语法\n     | error T211: syntax\n"));
    buf_release(&out);
    arena_release(&arena);
}

TEST(err_cuts_at_a_whole_character)
{
    struct err err;
    char word[1100];

    for (size_t i = 0; i + 3 < sizeof word; i += 3)
        memcpy(word + i, "核", 4);
    T_EQ(err_set(&err, HEDUI_E_INPUT, "a%s", word), HEDUI_E_INPUT);
    T_TRUE(text_is_utf8(text_of(err.text)));
    T_EQ(strlen(err.text), 1 + 340 * 3);
    T_ROW("an old sentence may be an argument");
    err_set(&err, HEDUI_E_IO, "short");
    err_set(&err, HEDUI_E_IO, "long: %s", err.text);
    T_STR(err.text, "long: short");
    T_EQ(err_set(NULL, HEDUI_E_IO, "nobody listens"), HEDUI_E_IO);
}

T_MAIN(T(messages_for_programs_hide_numbers_too), T(messages_show_place_and_caret),
       T(a_quoted_line_commands_no_terminal), T(messages_past_fifty_are_counted),
       T(messages_without_a_file), T(err_cuts_at_a_whole_character))
