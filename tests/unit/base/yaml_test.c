/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/yaml.h"

#include "tests/t.h"

/* As "{a=x, b=[y, z]}": what the tree says, for one look. */
static void
draw(struct buf *out, const struct yaml_node *node)
{
    if (node->type == YAML_SCALAR) {
        buf_text(out, node->text);
        return;
    }
    buf_byte(out, node->type == YAML_MAP ? '{' : '[');
    for (uint32_t i = 0; i < node->count; i++) {
        buf_str(out, i > 0 ? ", " : "");
        if (node->type == YAML_MAP) {
            draw(out, &node->keys[i]);
            buf_byte(out, '=');
        }
        draw(out, &node->values[i]);
    }
    buf_byte(out, node->type == YAML_MAP ? '}' : ']');
}

struct read {
    struct arena arena;
    struct messages messages;
    struct yaml_node *root;
};

static void
read_init(struct read *read, struct text source)
{
    struct err err;

    arena_init(&read->arena, "test", 0, false);
    messages_init(&read->messages, &read->arena);
    T_OK(yaml_parse(&read->root, source, "t.yaml", &read->messages, &read->arena, &err), &err);
}

TEST(yaml_trees)
{
    static const struct {
        const char *belief, *source, *want;
    } rows[] = {
        {"order is the file's",          "b: 1\na: [x, 'y z']\n",             "{b=1, a=[x, y z]}"     },
        {"scalars stay text",            "a: no\nb: 007\nc: ~\nd:\n",         "{a=no, b=007, c=~, d=}"},
        {"blocks",                       "a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{a=x\ny\n, b=x y}"     },
        {"texts are brought to NFC",     "a: e\xCC\x81\n",                    "{a=\xC3\xA9}"          },
        {"a byte order mark is no text",
         "\xEF\xBB\xBF"
         "a: 1\n",                                                            "{a=1}"                 },
        {"an escaped tab",               "a: \"\\t\"\n",                      "{a=\t}"                },
        {"a list alone",                 "- 1\n- {b: 2}\n",                   "[1, {b=2}]"            },
        {"empty containers",             "a: {}\nb: []\n",                    "{a={}, b=[]}"          },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct read read;
        struct buf out;
        T_ROW(rows[i].belief);
        read_init(&read, text_of(rows[i].source));
        T_EQ(read.messages.errors, 0);
        buf_init(&out, false);
        draw(&out, read.root);
        T_TEXT(buf_as_text(&out), text_of(rows[i].want));
        buf_release(&out);
        arena_release(&read.arena);
    }
}

TEST(yaml_refuses_with_code_and_place)
{
    static const struct {
        const char *belief, *source, *code;
        uint32_t line, column; /* 0: wherever */
    } rows[] = {
        {"anchor",                               "a: &x 1\n",                     "Y010", 1, 4 },
        {"alias",                                "a: *x\n",                       "Y010", 1, 4 },
        {"tag",                                  "a: !!str 1\n",                  "Y010", 1, 4 },
        {"merge key",                            "a:\n  <<: {b: 1}\n",            "Y010", 2, 3 },
        {"repeated key",                         "a: 1\nb: 2\na: 3\n",            "Y011", 3, 1 },
        {"repeated key, deep",                   "x:\n  核: 1\n  核: 2\n",      "Y011", 3, 3 },
        {"expression with !",                    "when: !m.student\n",            "Y012", 1, 7 },
        {"! before && is the place",             "when: !m.x && m.y\n",           "Y012", 1, 7 },
        {"the same inside a map",                "r: {when: !(a && !b), z: 1}\n", "Y012", 1, 11},
        {"an earlier ! is not to blame",         "r: '!a'\nw: && b\n",            "Y012", 2, 4 },
        {"a text that begins with @",            "a: @x\n",                       "Y012", 1, 4 },
        {"a colon in a text",                    "a: b: c\n",                     "Y012", 0, 0 },
        {"a full-width colon",                   "a：1\nb: 2\n",                 "Y016", 1, 2 },
        {"a full-width colon in a text is none", "a: {b: 甲：乙}\nc: d: e\n",  "Y012", 2, 5 },
        {"a full-width comma",                   "a: {b: 1，c: 2}\n",            "Y016", 1, 9 },
        {"a full-width brace",                   "a: ｛b: 1}\n",                 "Y016", 1, 4 },
        {"two documents",                        "a: 1\n---\nb: 2\n",             "Y015", 2, 1 },
        {"not UTF-8",                            "a: 1\nb: 核\xFF\n",            "Y002", 2, 5 },
        {"unclosed list",                        "a: [1, 2\nb: 3\n",              "Y001", 0, 0 },
        {"empty",                                "",                              "Y001", 0, 0 },
        {"only a comment",                       "# nothing\n",                   "Y001", 0, 0 },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct read read;
        T_ROW(rows[i].belief);
        read_init(&read, text_of(rows[i].source));
        T_TRUE(read.root == NULL);
        T_TRUE(read.messages.errors > 0);
        T_STR(read.messages.items[0].code, rows[i].code);
        if (rows[i].line > 0) {
            T_EQ(read.messages.items[0].place.line, rows[i].line);
            T_EQ(read.messages.items[0].place.column, rows[i].column);
        }
        arena_release(&read.arena);
    }
}

TEST(yaml_tabs_are_refused)
{
    struct read read;

    read_init(&read, TEXT("a:\n\tb: 1\n"));
    T_TRUE(read.root == NULL && read.messages.errors > 0);
    T_EQ(read.messages.items[0].place.line, 2);
    arena_release(&read.arena);
}

TEST(yaml_limits)
{
    static char source[(1 << 20) + 2];
    static const struct {
        const char *belief, *repeated, *code;
        size_t times;
        bool is_good;
    } rows[] = {
        {"16 levels",          "[",   NULL,   16,     true },
        {"17 levels",          "[",   "Y004", 17,     false},
        {"a scalar of 16 KiB", "x",   NULL,   16384,  true },
        {"one byte more",      "x",   "Y003", 16385,  false},
        {"a file past 1 MiB",  "#\n", "Y003", 524289, false},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        size_t one = strlen(rows[i].repeated), len = 0;
        struct read read;
        T_ROW(rows[i].belief);
        for (size_t n = 0; n < rows[i].times; n++, len += one)
            memcpy(source + len, rows[i].repeated, one);
        for (size_t n = 0; rows[i].repeated[0] == '[' && n < rows[i].times; n++)
            source[len++] = ']';
        read_init(&read, (struct text){source, len});
        T_EQ(read.messages.errors == 0, rows[i].is_good);
        if (!rows[i].is_good)
            T_STR(read.messages.items[0].code, rows[i].code);
        arena_release(&read.arena);
    }
}

TEST(yaml_places_reach_into_scalars)
{
    static const struct {
        const char *belief, *source;
        uint32_t at; /* character of the value of key a */
        uint32_t line, column;
    } rows[] = {
        {"plain",                    "a: xyz\n",              2, 1, 6 },
        {"behind Chinese",           "{核对: 1, a: xyz}\n", 0, 1, 12},
        {"quoted: behind the quote", "a: \"xyz\"\n",          0, 1, 5 },
        {"quoted with an escape",    "a: \"x\\u6838z\"\n",    2, 1, 12},
        {"doubled quote",            "a: 'x''z'\n",           2, 1, 8 },
        {"block, first line",        "a: |\n  xyz\n",         1, 2, 4 },
        {"block, second line",       "a: |\n  xyz\n  uvw\n",  5, 3, 4 },
        {"block with deeper line",   "a: |\n  x\n    y\n",    4, 3, 5 },
        {"folded, second line",      "a: >\n  xyz\n  uvw\n",  4, 3, 3 },
        {"plain on two lines",       "a: xyz\n  uvw\n",       4, 2, 3 },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct read read;
        const struct yaml_node *node;
        struct place place;
        T_ROW(rows[i].belief);
        read_init(&read, text_of(rows[i].source));
        node = yaml_get(read.root, "a");
        T_TRUE(node != NULL);
        place = node->place;
        place.column += rows[i].at;
        if (node->marks != NULL)
            place = node->marks[rows[i].at];
        T_EQ(place.line, rows[i].line);
        T_EQ(place.column, rows[i].column);
        arena_release(&read.arena);
    }
}

TEST(yaml_keys_are_checked)
{
    static const char *const known[] = {"format", "charset", "header", NULL};
    static const char *const must[] = {"format", "header", NULL};
    struct read read;
    bool value = false;

    read_init(&read, TEXT("charst: utf-8\nformat: csv\n"));
    T_TRUE(!yaml_check_keys(read.root, known, must, &read.messages));
    T_EQ(read.messages.errors, 2);
    T_STR(read.messages.items[0].code, "Y013");
    T_TRUE(text_find(read.messages.items[0].en, TEXT("\"charset\"")) != SIZE_MAX);
    T_STR(read.messages.items[1].code, "Y014");
    arena_release(&read.arena);

    read_init(&read, TEXT("a: yes\nb: 'yes'\nc: false\nd: Yes\n"));
    T_TRUE(yaml_bool(yaml_get(read.root, "a"), &value) && value);
    T_TRUE(yaml_bool(yaml_get(read.root, "c"), &value) && !value);
    T_ROW("other spellings are texts");
    T_TRUE(!yaml_bool(yaml_get(read.root, "d"), &value));
    arena_release(&read.arena);
}

TEST(yaml_file_that_is_not_there)
{
    struct read read;
    struct err err;

    arena_init(&read.arena, "test", 0, false);
    messages_init(&read.messages, &read.arena);
    T_OK(yaml_load(&read.root, "tests/none.yaml", &read.messages, &read.arena, &err), &err);
    T_TRUE(read.root == NULL);
    T_STR(read.messages.items[0].code, "Y001");
    arena_release(&read.arena);
}

T_MAIN(T(yaml_trees), T(yaml_refuses_with_code_and_place), T(yaml_tabs_are_refused), T(yaml_limits),
       T(yaml_places_reach_into_scalars), T(yaml_keys_are_checked), T(yaml_file_that_is_not_there))
