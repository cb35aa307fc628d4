/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/yaml_wide.h"

#include <string.h>

#include "engine/base/buf.h"

#include "engine/base/ban.h"

#define SIGNS_MAX 16 /* of one line that are tried each, then all at once */
#define ALL SIZE_MAX

static const struct {
    uint32_t wide;
    const char *narrow;
} signs[] = {
    {0xFF1A, ": "},
    {0xFF0C, ", "},
    {0x3001, ", "},
    {0xFF5B, "{" },
    {0xFF5D, "}" },
    {0xFF3B, "[" },
    {0xFF3D, "]" },
    {0x3010, "[" },
    {0x3011, "]" },
    {0x201C, "\""},
    {0x201D, "\""},
    {0x2018, "'" },
    {0x2019, "'" },
    {0xFF03, "#" },
    {0xFF0D, "- "},
    {0x3000, " " },
};

static const char *
narrow_of(uint32_t c)
{
    for (size_t i = 0; i < LEN(signs); i++)
        if (signs[i].wide == c)
            return signs[i].narrow;
    return NULL;
}

/* The line with sign number `only` (ALL: each) in half width. Inside half-width quotes and behind a
 * “#” everything is text and stays. Answers how many signs there are; *at: where the first that was
 * changed stands, *len its bytes. */
static size_t
line_put(struct buf *out, struct text line, size_t only, size_t *at, size_t *len)
{
    char quote = '\0';
    size_t count = 0;
    bool is_remark = false;

    *len = 0;
    for (size_t pos = 0, from = 0; pos < line.len; from = pos) {
        uint32_t c = text_next(line, &pos);
        const char *sign = quote != '\0' || is_remark ? NULL : narrow_of(c);

        if (sign != NULL && (count++ == only || only == ALL)) {
            if (*len == 0) {
                *at = from;
                *len = pos - from;
            }
            buf_put(out, sign,
                    strlen(sign) - (sign[strlen(sign) - 1] == ' ' && strlen(sign) > 1 &&
                                    pos < line.len && line.at[pos] == ' '));
            continue;
        }
        buf_put(out, line.at + from, pos - from);
        if (quote != '\0' ? c == (uint32_t)(unsigned char)quote : c == '"' || c == '\'')
            quote = quote == '\0' ? (char)c : '\0';
        is_remark =
            is_remark || (c == '#' && quote == '\0' && (from == 0 || line.at[from - 1] == ' '));
    }
    return count;
}

static bool
line_at(struct text bytes, uint32_t number, size_t *from, size_t *to)
{
    *from = 0;
    for (uint32_t line = 1; line < number; line++) {
        const char *end = memchr(bytes.at + *from, '\n', bytes.len - *from);

        if (end == NULL)
            return false;
        *from = (size_t)(end - bytes.at) + 1;
    }
    *to = *from;
    while (*to < bytes.len && bytes.at[*to] != '\n')
        (*to)++;
    return true;
}

/* Is the first error of the file gone from line `line` and those above, once [from, to) reads
 * `mended`? */
static bool
is_cured(struct text bytes, size_t from, size_t to, struct text mended, uint32_t line)
{
    struct buf all;
    uint32_t error;
    bool is_full;

    buf_init(&all, true);
    buf_put(&all, bytes.at, from);
    buf_text(&all, mended);
    buf_put(&all, bytes.at + to, bytes.len - to);
    is_full = buf_check(&all, NULL) != HEDUI_OK;
    error = is_full ? line : yaml_first_error(buf_as_text(&all));
    buf_release(&all);
    return error == 0 || error > line;
}

bool
yaml_wide_find(const struct source *source, uint32_t line, uint32_t error, struct place *place,
               struct text *sign, struct text *mended, struct arena *arena)
{
    struct text bytes = source->bytes, whole;
    size_t from, to, count, at = 0, len = 0;
    struct buf out;
    bool is_found = false;

    if (line == 0 || !line_at(bytes, line, &from, &to))
        return false;
    whole = (struct text){bytes.at + from, to - from};
    buf_init(&out, true);
    count = line_put(&out, whole, ALL, &at, &len);
    for (size_t n = count <= SIGNS_MAX ? count : 0; !is_found && count > 0; n--) {
        buf_reset(&out); /* from the last, which stands nearest to the error; all of them at last */
        (void)line_put(&out, whole, n > 0 ? n - 1 : ALL, &at, &len);
        is_found = buf_check(&out, NULL) == HEDUI_OK &&
                   is_cured(bytes, from, to, buf_as_text(&out), error);
        if (n == 0)
            break;
    }
    if (is_found) {
        *place =
            (struct place){source, line, (uint32_t)text_chars((struct text){whole.at, at}) + 1};
        *sign = (struct text){whole.at + at, len};
        *mended = arena_text(arena, text_trim(buf_as_text(&out)));
        is_found = mended->at != NULL;
    }
    buf_release(&out);
    return is_found;
}

void
yaml_wide_report(struct messages *messages, struct place place, struct text sign,
                 struct text mended)
{
    if (message_is_private(mended))
        mended = TEXT("…");
    message_add(messages, MESSAGE_ERROR, "Y016", place, 1,
                arena_printf(messages->arena,
                             "“" TEXT_FMT "” 是全角标点，YAML 不认得，请改为半角：" TEXT_FMT,
                             TEXT_ARG(sign), TEXT_ARG(mended)),
                arena_printf(messages->arena,
                             "\"" TEXT_FMT
                             "\" is full-width, which YAML takes for a letter; write: " TEXT_FMT,
                             TEXT_ARG(sign), TEXT_ARG(mended)));
}

bool
yaml_wide_tell(const struct yaml_node *node, struct messages *messages)
{
    struct source source;
    struct place place = node->place;
    size_t from, to, at = 0, len = 0, count = 1, first;
    struct text whole, sign;
    struct buf out;
    bool is_told = false;

    if (node->type != YAML_SCALAR || !node->is_plain || place.source == NULL || place.line == 0)
        return false;
    source = *place.source;
    if (!line_at(source.bytes, place.line, &from, &to))
        return false;
    whole = (struct text){source.bytes.at + from, to - from};
    buf_init(&out, true);
    for (size_t n = 0; n < count && n < SIGNS_MAX && !is_told;
         n++) { /* the first inside the node */
        buf_reset(&out);
        count = line_put(&out, whole, n, &at, &len);
        first = text_chars((struct text){whole.at, at}) + 1;
        if (len == 0 || first < place.column || first >= place.column + text_chars(node->text))
            continue;
        sign = (struct text){whole.at + at, len};
        place.column = (uint32_t)first;
        if (buf_check(&out, NULL) == HEDUI_OK)
            yaml_wide_report(messages, place, sign,
                             arena_text(messages->arena, text_trim(buf_as_text(&out))));
        is_told = true;
    }
    buf_release(&out);
    return is_told;
}
