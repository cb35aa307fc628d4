/* SPDX-License-Identifier: Apache-2.0 */
/* json_read.c: RFC 8259, nothing more: no comments, no trailing commas, no repeated keys, no NUL
 * in a string, no lone surrogates. Recursion is bounded by DEPTH_MAX. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/json.h"

#define DEPTH_MAX 64

struct member { /* of an object or array that is not closed yet */
    struct text key;
    struct json_node value;
};

struct reader {
    struct text source;
    size_t pos;
    int depth;
    struct member *members; /* a stack: the open objects' members, outermost first */
    size_t count, room;
    struct buf scratch; /* the string being read */
    struct arena *arena;
    struct err *err;
    bool takes_nul;
};

static hedui_status value_read(struct reader *reader, struct json_node *node);

static hedui_status
wrong_at(struct reader *reader, size_t at, const char *what)
{
    unsigned line = 1, column = 1;

    for (size_t pos = 0; pos < at;) {
        bool is_end = text_next(reader->source, &pos) == '\n';
        line += is_end;
        column = is_end ? 1 : column + 1;
    }
    return err_set(reader->err, HEDUI_E_INPUT,
                   "JSON 第 %u 行第 %u 列有误\nJSON line %u, column %u: %s", line, column, line,
                   column, what);
}

static hedui_status
wrong(struct reader *reader, const char *what)
{
    return wrong_at(reader, reader->pos, what);
}

/* The byte at hand, '\0' at the end. */
static char
peek(const struct reader *reader)
{
    return reader->pos < reader->source.len ? reader->source.at[reader->pos] : '\0';
}

static char
peek_behind_space(struct reader *reader)
{
    while (peek(reader) == ' ' || peek(reader) == '\n' || peek(reader) == '\t' ||
           peek(reader) == '\r')
        reader->pos++;
    return peek(reader);
}

static bool
hex4_read(struct reader *reader, uint32_t *out)
{
    uint32_t code = 0;

    for (int i = 0; i < 4; i++, reader->pos++) {
        char c = peek(reader);
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit == 16)
            return false;
        code = code << 4 | digit;
    }
    *out = code;
    return true;
}

/* Behind "\u": one code point, of two halves where the first is a high surrogate. */
static hedui_status
unicode_read(struct reader *reader)
{
    size_t start = reader->pos;
    uint32_t code, low;
    char utf8[4];

    if (!hex4_read(reader, &code))
        return wrong(reader, "four hexadecimal digits belong behind \\u");
    if (code >= 0xD800 && code <= 0xDBFF) {
        if (peek(reader) != '\\')
            return wrong_at(reader, start, "half a surrogate pair");
        reader->pos++;
        if (peek(reader) != 'u')
            return wrong_at(reader, start, "half a surrogate pair");
        reader->pos++;
        if (!hex4_read(reader, &low) || low < 0xDC00 || low > 0xDFFF)
            return wrong_at(reader, start, "half a surrogate pair");
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code <= 0xDFFF) {
        return wrong_at(reader, start, "half a surrogate pair");
    } else if (code == 0 && !reader->takes_nul) {
        return wrong_at(reader, start, "a NUL in a string");
    }
    buf_put(&reader->scratch, utf8, text_put(code, utf8));
    return HEDUI_OK;
}

static hedui_status
escape_read(struct reader *reader)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *found;
    char c;

    reader->pos++; /* the backslash */
    c = peek(reader);
    if (c == 'u') {
        reader->pos++;
        return unicode_read(reader);
    }
    found = c == '\0' ? NULL : strchr(from, c);
    if (found == NULL)
        return wrong(reader, "an escape that JSON does not have");
    buf_byte(&reader->scratch, to[found - from]);
    reader->pos++;
    return HEDUI_OK;
}

/* At the opening quote. */
static hedui_status
string_read(struct reader *reader, struct text *out)
{
    struct text copy;

    buf_reset(&reader->scratch);
    reader->pos++;
    for (;;) {
        size_t from = reader->pos;
        unsigned char c;
        while ((c = (unsigned char)peek(reader)) >= 0x20 && c != '"' && c != '\\')
            reader->pos++;
        buf_put(&reader->scratch, reader->source.at + from, reader->pos - from);
        if (reader->pos == reader->source.len)
            return wrong(reader, "a string without an end");
        if (c == '"')
            break;
        if (c != '\\')
            return wrong(reader, "a control character in a string");
        TRY(escape_read(reader));
    }
    reader->pos++;
    TRY(buf_check(&reader->scratch, reader->err));
    copy = arena_text(reader->arena, buf_as_text(&reader->scratch));
    if (copy.at == NULL)
        return arena_full(reader->arena, reader->err);
    *out = copy;
    return HEDUI_OK;
}

static size_t
digits_skip(struct reader *reader)
{
    size_t from = reader->pos;

    while (peek(reader) >= '0' && peek(reader) <= '9')
        reader->pos++;
    return reader->pos - from;
}

static hedui_status
number_read(struct reader *reader, struct json_node *node)
{
    size_t from = reader->pos, first;
    bool is_real = false;
    struct text written;

    if (peek(reader) == '-')
        reader->pos++;
    first = reader->pos;
    if (digits_skip(reader) == 0)
        return wrong(reader, "a digit is missing");
    if (reader->source.at[first] == '0' && reader->pos - first > 1)
        return wrong_at(reader, first, "a number that begins with 0");
    if (peek(reader) == '.') {
        is_real = true;
        reader->pos++;
        if (digits_skip(reader) == 0)
            return wrong(reader, "a digit is missing");
    }
    if (peek(reader) == 'e' || peek(reader) == 'E') {
        is_real = true;
        reader->pos++;
        if (peek(reader) == '+' || peek(reader) == '-')
            reader->pos++;
        if (digits_skip(reader) == 0)
            return wrong(reader, "a digit is missing");
    }
    written = (struct text){reader->source.at + from, reader->pos - from};
    if (!is_real && text_int(written, &node->integer)) {
        node->type = JSON_INT;
        return HEDUI_OK;
    }
    node->type = JSON_REAL;
    node->text = arena_text(reader->arena, written);
    return node->text.at == NULL ? arena_full(reader->arena, reader->err) : HEDUI_OK;
}

static hedui_status
word_read(struct reader *reader, struct json_node *node)
{
    struct text rest = {reader->source.at + reader->pos, reader->source.len - reader->pos};

    if (text_starts(rest, TEXT("true")) || text_starts(rest, TEXT("false"))) {
        node->type = JSON_BOOL;
        node->boolean = *rest.at == 't';
        reader->pos += node->boolean ? 4 : 5;
    } else if (text_starts(rest, TEXT("null"))) {
        node->type = JSON_NULL;
        reader->pos += 4;
    } else {
        return wrong(reader, rest.len == 0 ? "a value is missing" : "not a JSON value");
    }
    return HEDUI_OK;
}

static hedui_status
member_push(struct reader *reader, const struct member *member)
{
    if (reader->count == reader->room) {
        size_t room = reader->room * 2 + 32;
        struct member *grown = mem_resize(reader->members, room, sizeof *grown);
        if (grown == NULL)
            return err_set(reader->err, HEDUI_E_MEMORY,
                           "内存不足，无法读取 JSON\nno memory left for JSON");
        reader->members = grown;
        reader->room = room;
    }
    reader->members[reader->count++] = *member;
    return HEDUI_OK;
}

static int
key_order(const void *a, const void *b)
{
    return text_cmp(*(const struct text *)a, *(const struct text *)b);
}

/* Sorts a copy, in memory that the caller frees: an object may have very many keys. */
static bool
has_repeated_key(struct text *copy, const struct json_node *object)
{
    memcpy(copy, object->keys, object->count * sizeof *copy);
    qsort(copy, object->count, sizeof *copy, key_order);
    for (uint32_t i = 1; i < object->count; i++)
        if (text_eq(copy[i - 1], copy[i]))
            return true;
    return false;
}

/* Takes the members from `base` on off the stack, into the node. `start`: where it opened. */
static hedui_status
members_take(struct reader *reader, size_t base, size_t start, struct json_node *node)
{
    size_t count = reader->count - base;
    bool is_object = node->type == JSON_OBJECT, is_repeated = false;

    node->count = (uint32_t)count;
    node->values = arena_alloc(reader->arena, count, sizeof *node->values);
    node->keys = is_object ? arena_alloc(reader->arena, count, sizeof *node->keys) : NULL;
    if (node->values == NULL || (is_object && node->keys == NULL))
        return arena_full(reader->arena, reader->err);
    for (size_t i = 0; i < count; i++) {
        node->values[i] = reader->members[base + i].value;
        if (is_object)
            node->keys[i] = reader->members[base + i].key;
    }
    reader->count = base;
    if (is_object && count > 1) {
        struct text *copy = mem_resize(NULL, count, sizeof *copy);
        if (copy == NULL)
            return err_set(reader->err, HEDUI_E_MEMORY,
                           "内存不足，无法读取 JSON\nno memory left for JSON");
        is_repeated = has_repeated_key(copy, node);
        mem_free(copy);
    }
    return is_repeated ? wrong_at(reader, start, "an object with the same key twice") : HEDUI_OK;
}

static hedui_status
nest_read(struct reader *reader, struct json_node *node)
{
    size_t start = reader->pos, base = reader->count;
    bool is_object = peek(reader) == '{';
    char end = is_object ? '}' : ']';

    if (++reader->depth > DEPTH_MAX)
        return wrong(reader, "deeper than 64 levels");
    reader->pos++;
    node->type = is_object ? JSON_OBJECT : JSON_ARRAY;
    while (peek_behind_space(reader) != end || reader->count > base) {
        struct member member = {0};
        if (is_object) {
            if (peek(reader) != '"')
                return wrong(reader, "a key in quotes is missing");
            TRY(string_read(reader, &member.key));
            if (peek_behind_space(reader) != ':')
                return wrong(reader, "a colon is missing");
            reader->pos++;
            peek_behind_space(reader);
        }
        TRY(value_read(reader, &member.value));
        TRY(member_push(reader, &member));
        if (peek_behind_space(reader) == end)
            break;
        if (peek(reader) != ',')
            return wrong(reader, "a comma or the end is missing");
        reader->pos++;
    }
    reader->pos++;
    reader->depth--;
    return members_take(reader, base, start, node);
}

static hedui_status
value_read(struct reader *reader, struct json_node *node)
{
    char c = peek(reader);

    if (c == '{' || c == '[')
        return nest_read(reader, node);
    if (c == '-' || (c >= '0' && c <= '9'))
        return number_read(reader, node);
    if (c != '"')
        return word_read(reader, node);
    node->type = JSON_STRING;
    return string_read(reader, &node->text);
}

static hedui_status
parse(struct json_node **out, struct text source, bool takes_nul, struct arena *arena,
      struct err *err)
{
    struct reader reader = {.source = source, .arena = arena, .err = err, .takes_nul = takes_nul};
    struct json_node *root = arena_alloc(arena, 1, sizeof *root);
    hedui_status rc = HEDUI_OK;

    if (root == NULL)
        return arena_full(arena, err);
    buf_init(&reader.scratch, arena->is_wiped);
    for (size_t pos = 0; pos < source.len;) {
        size_t at = pos;
        if (text_next(source, &pos) == TEXT_BAD)
            FAIL(wrong_at(&reader, at, "not UTF-8"));
    }
    peek_behind_space(&reader);
    FAIL(value_read(&reader, root));
    peek_behind_space(&reader);
    if (reader.pos != source.len)
        FAIL(wrong(&reader, "more than one value"));
    assert(reader.count == 0 && reader.depth == 0);
    *out = root;
done:
    if (arena->is_wiped && reader.members != NULL)
        mem_wipe(reader.members, reader.room * sizeof *reader.members);
    mem_free(reader.members);
    buf_release(&reader.scratch);
    return rc;
}

hedui_status
json_parse(struct json_node **out, struct text source, struct arena *arena, struct err *err)
{
    return parse(out, source, false, arena, err);
}

hedui_status
json_parse_nul(struct json_node **out, struct text source, struct arena *arena, struct err *err)
{
    return parse(out, source, true, arena, err);
}

const struct json_node *
json_get(const struct json_node *object, const char *key)
{
    if (object == NULL || object->type != JSON_OBJECT)
        return NULL;
    for (uint32_t i = 0; i < object->count; i++)
        if (text_is(object->keys[i], key))
            return &object->values[i];
    return NULL;
}
