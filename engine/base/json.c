/* SPDX-License-Identifier: Apache-2.0 */
/* json.c: the writer. Only what must be escaped is escaped, so the bytes are canonical. */
#include "engine/base/json.h"

#include <string.h>

static void
value_begin(struct json *json)
{
    if (json->needs_comma)
        buf_byte(json->out, ',');
    json->needs_comma = true;
}

static void
open_with(struct json *json, char bracket)
{
    value_begin(json);
    buf_byte(json->out, bracket);
    json->needs_comma = false;
}

static void
close_with(struct json *json, char bracket)
{
    buf_byte(json->out, bracket);
    json->needs_comma = true;
}

/* Nothing of it needs escaping. Eight bytes at a time: a byte below 0x20, a quote or a backslash
 * sets its high bit; a borrow may set one too many, which only costs the slow way. */
static bool
is_bare(struct text text)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
    uint64_t seen = 0;
    size_t i = 0;

    for (; i + 8 <= text.len; i += 8) {
        uint64_t word, quote, slash;
        memcpy(&word, text.at + i, sizeof word);
        quote = word ^ (ones * '"');
        slash = word ^ (ones * '\\');
        seen |=
            ((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash);
    }
    if ((seen & high) != 0)
        return false;
    for (; i < text.len; i++)
        if ((unsigned char)text.at[i] < 0x20 || text.at[i] == '"' || text.at[i] == '\\')
            return false;
    return true;
}

static void
quoted(struct buf *out, struct text text)
{
    static const char shorts[] = "btnvfr"; /* 0x08 … 0x0D; \v is none of JSON's */
    size_t from = 0;

    if (is_bare(text)) {
        char *to = buf_room(out, text.len + 2);
        if (to == NULL)
            return;
        *to = '"';
        if (text.len > 0)
            memcpy(to + 1, text.at, text.len);
        to[text.len + 1] = '"';
        out->len += text.len + 2;
        return;
    }
    buf_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte >= 0x20 && byte != '"' && byte != '\\')
            continue;
        buf_put(out, text.at + from, i - from);
        from = i + 1;
        if (byte == '"' || byte == '\\')
            buf_put(out, (char[]){'\\', (char)byte}, 2);
        else if (byte >= 0x08 && byte <= 0x0D && byte != 0x0B)
            buf_put(out, (char[]){'\\', shorts[byte - 0x08]}, 2);
        else
            buf_printf(out, "\\u%04x", byte);
    }
    if (text.len > from)
        buf_put(out, text.at + from, text.len - from);
    buf_byte(out, '"');
}

void
json_begin(struct json *json, struct buf *out)
{
    *json = (struct json){.out = out};
}

void
json_object(struct json *json)
{
    open_with(json, '{');
}

void
json_end_object(struct json *json)
{
    close_with(json, '}');
}

void
json_array(struct json *json)
{
    open_with(json, '[');
}

void
json_end_array(struct json *json)
{
    close_with(json, ']');
}

void
json_key_text(struct json *json, struct text key)
{
    value_begin(json);
    quoted(json->out, key);
    buf_byte(json->out, ':');
    json->needs_comma = false;
}

void
json_key_plain(struct json *json, const char *key, size_t len)
{
    char *to = buf_room(json->out, len + 4);

    if (to == NULL)
        return;
    if (json->needs_comma)
        *to++ = ',';
    *to++ = '"';
    memcpy(to, key, len);
    to[len] = '"';
    to[len + 1] = ':';
    json->out->len += len + 3 + (json->needs_comma ? 1 : 0);
    json->needs_comma = false;
}

void
json_text(struct json *json, struct text value)
{
    value_begin(json);
    quoted(json->out, value);
}

void
json_raw(struct json *json, struct text members)
{
    value_begin(json);
    buf_text(json->out, members);
}

void
json_str(struct json *json, const char *value)
{
    json_text(json, text_of(value));
}

void
json_int(struct json *json, int64_t value)
{
    value_begin(json);
    buf_int(json->out, value);
}

void
json_uint(struct json *json, uint64_t value)
{
    value_begin(json);
    buf_uint(json->out, value);
}

void
json_bool(struct json *json, bool value)
{
    value_begin(json);
    buf_str(json->out, value ? "true" : "false");
}

void
json_null(struct json *json)
{
    value_begin(json);
    buf_str(json->out, "null");
}

void
json_newline(struct json *json)
{
    buf_byte(json->out, '\n');
    json->needs_comma = false;
}

void
json_tally(struct json *json, const char *what_key, struct text what, const char *count_key,
           uint64_t count)
{
    json_object(json);
    json_key(json, what_key);
    json_text(json, what);
    json_key(json, count_key);
    json_uint(json, count);
    json_end_object(json);
}

void
json_digest(struct json *json, const char *key, const struct digest *digest)
{
    char hex[2 * DIGEST_BYTES + 1];

    digest_hex(digest, hex);
    json_key(json, key);
    json_str(json, hex);
}
