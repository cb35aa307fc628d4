/* SPDX-License-Identifier: Apache-2.0 */
/* wide.c: full-width signs that an input method left in an expression: what they stand for, and the
 * line as it should read. */
#include <string.h>

#include "engine/rule/tree.h"

#include "engine/base/ban.h"

/* What the sign stands for; NULL: it is none. `out` has room for two characters and an end. */
static const char *
narrow(uint32_t c, char out[3])
{
    static const struct {
        uint32_t wide;
        const char *narrow;
    } signs[] = {
        {0x3000, " " },
        {0x3001, "," },
        {0x3002, "." },
        {0x3010, "[" },
        {0x3011, "]" },
        {0x201C, "\""},
        {0x201D, "\""},
        {0x2018, "'" },
        {0x2019, "'" },
        {0x2014, "-" },
        {0x2212, "-" },
        {0x00D7, "*" },
        {0x00F7, "/" },
        {0x2264, "<="},
        {0x2265, ">="},
        {0x2260, "!="},
        {0xFF1D, "=="}
    };

    for (size_t i = 0; i < LEN(signs); i++)
        if (signs[i].wide == c)
            return signs[i].narrow;
    if (c < 0xFF01 || c > 0xFF5E)
        return NULL;
    out[0] = (char)(c - 0xFEE0);
    out[1] = '\0';
    return out;
}

bool
wide_is_sign(uint32_t c)
{
    char room[3];

    return narrow(c, room) != NULL;
}

bool
wide_is_letter(uint32_t c)
{
    return (c >= 0x3400 && c <= 0x9FFF) || c == 0x3007 || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0x20000 && c <= 0x3FFFF);
}

/* Inside half-width quotes everything is text and stays. A doubled sign, as “＝＝” or “＆＆”, is
 * one where one sign already means both. */
static void
line_put(struct buf *out, struct text line)
{
    char quote = '\0', room[3];

    for (size_t pos = 0, from = 0; pos < line.len; from = pos) {
        uint32_t c = text_next(line, &pos);
        const char *sign = quote != '\0' ? NULL : narrow(c, room);
        bool is_equal = c == 0xFF1D;

        if (is_equal && from > 0 && out->len > 0 && strchr("<>!=", out->at[out->len - 1]) != NULL) {
            if (out->at[out->len - 1] != '=')
                buf_byte(out, '=');
        } else if (sign != NULL) {
            buf_str(out, sign);
        } else {
            buf_put(out, line.at + from, pos - from);
            if (c == '"' || c == '\'')
                quote = quote == '\0' ? (char)c : quote == (char)c ? '\0' : quote;
        }
    }
}

void
fail_wide(struct compiler *c, uint32_t from, uint32_t to)
{
    const struct text all = c->source->text;
    struct text sign = {all.at + from, to - from}, mended;
    size_t start = from, end = from;
    struct buf line;

    while (start > 0 && all.at[start - 1] != '\n')
        start--;
    while (end < all.len && all.at[end] != '\n')
        end++;
    buf_init(&line, false);
    line_put(&line, text_trim((struct text){all.at + start, end - start}));
    mended = arena_text(c->arena, buf_as_text(&line));
    buf_release(&line);
    fail_at(c, from, to, "T214",
            arena_printf(c->arena, "“" TEXT_FMT "” 是全角标点，请改为半角：" TEXT_FMT,
                         TEXT_ARG(sign), TEXT_ARG(mended)),
            arena_printf(c->arena,
                         "\"" TEXT_FMT "\" is full-width; write half-width signs: " TEXT_FMT,
                         TEXT_ARG(sign), TEXT_ARG(mended)));
}
