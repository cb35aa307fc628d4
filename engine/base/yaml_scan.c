/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_scan.c: walks a scalar's text and its source side by side. */
#include "engine/base/yaml_scan.h"

#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/charset.h"

#define BARE_MAX 120 /* characters quoted back; also what one message may cost on hostile input */

struct walk { /* over source characters */
    const struct yaml_scan *scan;
    size_t at, end;
    uint32_t line, column;
};

static uint32_t
char_at(const struct yaml_scan *scan, size_t index)
{
    size_t pos;

    if (index >= scan->chars)
        return '\n';
    pos = scan->offsets[index];
    return text_next(scan->bytes, &pos);
}

/* As YAML 1.1, and libyaml with it, ends lines. */
static bool
is_break(uint32_t code)
{
    return code == '\n' || code == '\r' || code == 0x85 || code == 0x2028 || code == 0x2029;
}

static bool
is_blank(uint32_t code)
{
    return code == ' ' || is_break(code);
}

enum yaml_scan_result
yaml_scan_check(struct text bytes, size_t *offence)
{
    for (size_t pos = 0; pos < bytes.len;) {
        size_t from = pos;
        uint32_t code = text_next(bytes, &pos);
        *offence = from;
        if (code == TEXT_BAD)
            return YAML_SCAN_NOT_UTF8;
        if (code == '\t')
            return YAML_SCAN_TAB;
        if ((code < 0x20 && code != '\n' && code != '\r') ||
            (code >= 0x7F && code < 0xA0 && code != 0x85) || code == 0xFEFF || code == 0xFFFE ||
            code == 0xFFFF)
            return YAML_SCAN_CONTROL;
    }
    return YAML_SCAN_CLEAN;
}

struct text
yaml_scan_gbk(struct text bytes, size_t at, struct arena *arena)
{
    struct text line = {NULL, 0};
    size_t from = at, to = at, pos = 0;
    struct buf out;

    while (pos < bytes.len)
        if (gb18030_next(bytes, &pos) == TEXT_BAD)
            return line;
    while (from > 0 && bytes.at[from - 1] != '\n')
        from--;
    while (to < bytes.len && bytes.at[to] != '\n' && bytes.at[to] != '\r')
        to++;
    buf_init(&out, false);
    for (pos = from; pos < to;) {
        char utf8[4];
        buf_put(&out, utf8, text_put(gb18030_next(bytes, &pos), utf8));
    }
    line = arena_text(arena, text_trim(buf_as_text(&out)));
    buf_release(&out);
    return line;
}

void
yaml_scan_place(struct text bytes, size_t offset, struct place *place)
{
    place->line = place->column = 1;
    for (size_t pos = 0; pos < offset;) {
        uint32_t code = text_next(bytes, &pos);
        if (is_break(code)) {
            if (code == '\r' && pos < offset && bytes.at[pos] == '\n')
                pos++;
            place->line++;
            place->column = 1;
        } else {
            place->column++;
        }
    }
}

hedui_status
yaml_scan_open(struct yaml_scan *scan, struct arena *scratch, struct err *err)
{
    size_t chars = text_chars(scan->bytes), pos = 0;

    scan->offsets = arena_alloc(scratch, chars + 1, sizeof *scan->offsets);
    if (scan->offsets == NULL)
        return arena_full(scratch, err);
    scan->chars = (uint32_t)chars;
    for (size_t i = 0; i < chars; i++) {
        scan->offsets[i] = (uint32_t)pos;
        text_next(scan->bytes, &pos);
    }
    scan->offsets[chars] = (uint32_t)scan->bytes.len;
    return HEDUI_OK;
}

struct text
yaml_scan_bare(const struct yaml_scan *scan, size_t index, bool is_flow)
{
    size_t end = index;
    int open = 0; /* brackets of the expression itself */

    if (index >= scan->chars)
        return TEXT("");
    for (; end < scan->chars && end - index < BARE_MAX; end++) {
        uint32_t code = char_at(scan, end);
        if (is_break(code) || (code == '#' && end > index && char_at(scan, end - 1) == ' '))
            break;
        if (is_flow && open == 0 && end > index && (code == ',' || code == '}' || code == ']'))
            break;
        open += code == '(' || code == '[' || code == '{';
        open -= open > 0 && (code == ')' || code == ']' || code == '}');
    }
    return text_trim((struct text){scan->bytes.at + scan->offsets[index],
                                   scan->offsets[end] - scan->offsets[index]});
}

size_t
yaml_scan_tag(const struct yaml_scan *scan, size_t index)
{
    for (size_t at = index, n = 0; at > 0 && n < BARE_MAX; n++) {
        size_t before = --at;
        uint32_t code = char_at(scan, at);
        if (is_break(code))
            break;
        if (code != '!')
            continue;
        while (before > 0 && char_at(scan, before - 1) == ' ')
            before--;
        if (before == 0)
            return at;
        code = char_at(scan, before - 1);
        if (is_break(code) || code == ':' || code == ',' || code == '[' || code == '{' ||
            code == '-')
            return at;
    }
    return SIZE_MAX;
}

bool
yaml_scan_back(const struct yaml_scan *scan, size_t index)
{
    return index < scan->chars && !is_blank(char_at(scan, index));
}

/* One character on, with its line and column. */
static void
step(struct walk *walk)
{
    uint32_t code = char_at(walk->scan, walk->at++);

    if (code == '\r' && walk->at < walk->scan->chars && char_at(walk->scan, walk->at) == '\n')
        return; /* the \n behind it ends the line */
    if (is_break(code)) {
        walk->line++;
        walk->column = 1;
    } else {
        walk->column++;
    }
}

/* Characters of the escape at the backslash; 0: the end of a line, which stands for nothing. */
static size_t
escape_len(const struct walk *walk)
{
    switch (char_at(walk->scan, walk->at + 1)) {
    case 'x':
        return 4;
    case 'u':
        return 6;
    case 'U':
        return 10;
    case '\n':
    case '\r':
        return 0;
    default:
        return 2;
    }
}

/* Moves to the source of the character `want` of the text and notes its place, then behind it. */
static void
walk_to(struct walk *walk, uint32_t want, bool has_escapes, struct place *mark)
{
    for (; walk->at < walk->end; step(walk)) {
        uint32_t code = char_at(walk->scan, walk->at);
        mark->line = walk->line;
        mark->column = walk->column;
        if (has_escapes && code == '\\') {
            size_t n = escape_len(walk);
            for (size_t i = 0; i < n; i++)
                step(walk);
            if (n > 0)
                return;
        } else if (code == want || (is_break(code) && is_blank(want))) {
            step(walk); /* a folded line end is a space, any line end is \n */
            if (code == '\r' && char_at(walk->scan, walk->at) == '\n')
                step(walk);
            return;
        }
    }
}

hedui_status
yaml_scan_marks(const struct yaml_scan *scan, struct text raw, struct yaml_node *node, size_t start,
                size_t end, bool is_block, struct arena *arena, struct err *err)
{
    struct walk walk = {scan, start, end < scan->chars ? end : scan->chars, node->place.line,
                        node->place.column};
    bool has_escapes = false;
    size_t chars = text_chars(node->text), i = 0, at;
    struct place *marks;

    if (is_block) { /* the header line, then the indent */
        while (walk.at < walk.end && !is_break(char_at(scan, walk.at)))
            step(&walk);
        while (walk.at < walk.end && is_blank(char_at(scan, walk.at)) && raw.len > 0 &&
               !(is_break(char_at(scan, walk.at)) && i > 0 && raw.at[0] == '\n')) {
            i += is_break(char_at(scan, walk.at));
            step(&walk);
        }
    } else if (!node->is_plain) {
        uint32_t quote = '\'';
        while (walk.at < walk.end && (quote = char_at(scan, walk.at)) != '"' && quote != '\'')
            step(&walk); /* a tag or an anchor, refused already */
        has_escapes = quote == '"';
        if (walk.at < walk.end)
            step(&walk);
    }
    node->place.line = walk.line;
    node->place.column = walk.column;
    at = walk.at < scan->chars ? scan->offsets[walk.at] : scan->bytes.len;
    if (scan->bytes.len - at >= node->text.len &&
        text_eq((struct text){scan->bytes.at + at, node->text.len}, node->text) &&
        (node->text.len == 0 || memchr(node->text.at, '\n', node->text.len - 1) == NULL) &&
        !(has_escapes && memchr(node->text.at, '\\', node->text.len) != NULL))
        return HEDUI_OK; /* one run of source characters */
    marks = arena_alloc(arena, chars, sizeof *marks);
    if (marks == NULL)
        return arena_full(arena, err);
    i = 0;
    for (size_t pos = 0, n = 0; pos < raw.len; n++) {
        struct place mark = node->place;
        walk_to(&walk, text_next(raw, &pos), has_escapes, &mark);
        if (i < chars)
            marks[i++] = mark;
    }
    for (; i < chars; i++) /* NFC made the text longer */
        marks[i] = i > 0 ? marks[i - 1] : node->place;
    node->marks = marks;
    return HEDUI_OK;
}
