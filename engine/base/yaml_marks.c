/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_marks.c: walks text and source side by side. libyaml keeps only where a scalar begins. */
#include "engine/base/yaml_marks.h"

#include <string.h>

struct walk {
    struct text bytes;
    size_t pos;
    struct place place;
};

static uint32_t
walk_peek(const struct walk *walk)
{
    size_t pos = walk->pos;
    return pos < walk->bytes.len ? text_next(walk->bytes, &pos) : 0;
}

static bool
is_break(uint32_t code)
{
    return code == '\n' || code == '\r' || code == 0x85 || code == 0x2028 || code == 0x2029;
}

static void
walk_next(struct walk *walk)
{
    uint32_t code;

    if (walk->pos >= walk->bytes.len)
        return;
    code = text_next(walk->bytes, &walk->pos);
    walk->place.column++;
    if (!is_break(code))
        return;
    if (code == '\r' && walk_peek(walk) == '\n')
        walk->pos++;
    walk->place.line++;
    walk->place.column = 1;
}

static void
line_skip(struct walk *walk)
{
    while (walk->pos < walk->bytes.len && !is_break(walk_peek(walk)))
        walk_next(walk);
    walk_next(walk);
}

/* Spaces, then a break, then more of both: what folding turns into one space or newline. false,
 * and nothing is skipped, where no break comes. */
static bool
fold_skip(struct walk *walk)
{
    struct walk ahead = *walk;
    bool has_break = false;

    while (walk_peek(&ahead) == ' ' || is_break(walk_peek(&ahead))) {
        has_break = has_break || is_break(walk_peek(&ahead));
        walk_next(&ahead);
    }
    if (has_break)
        *walk = ahead;
    return has_break;
}

/* One escape of a double-quoted scalar, at its backslash. */
static void
escape_skip(struct walk *walk)
{
    uint32_t code;
    int digits;

    walk_next(walk);
    code = walk_peek(walk);
    digits = code == 'x' ? 2 : code == 'u' ? 4 : code == 'U' ? 8 : 0;
    walk_next(walk);
    while (digits-- > 0)
        walk_next(walk);
}

/* Backslash and line end in double quotes: a line goes on without a character. */
static void
joined_lines_skip(struct walk *walk)
{
    for (;;) {
        struct walk ahead = *walk;
        walk_next(&ahead);
        if (walk_peek(walk) != '\\' || !is_break(walk_peek(&ahead)))
            return;
        while (walk_peek(&ahead) == ' ' || is_break(walk_peek(&ahead)))
            walk_next(&ahead);
        *walk = ahead;
    }
}

/* Moves behind what made the text's character `code`. */
static void
flow_step(struct walk *walk, enum marks_style style, uint32_t code)
{
    uint32_t source;

    if ((code == ' ' || code == '\n') && fold_skip(walk))
        return;
    source = walk_peek(walk);
    if (style == MARKS_DOUBLE && source == '\\') {
        escape_skip(walk);
    } else if (source == code) {
        walk_next(walk);
        if (style == MARKS_SINGLE && code == '\'')
            walk_next(walk); /* '' is one */
    } /* else: a newline of an empty line, which fold_skip took before */
}

static void
flow_walk(struct walk *walk, enum marks_style style, struct text text, struct place *marks)
{
    size_t i = 0;

    for (size_t pos = 0; pos < text.len; i++) {
        uint32_t code = text_next(text, &pos);
        if (style == MARKS_DOUBLE)
            joined_lines_skip(walk);
        marks[i] = walk->place;
        flow_step(walk, style, code);
    }
    marks[i] = walk->place;
}

/* Spaces at the start of a line, at most `most`. */
static size_t
indent_of(struct walk walk, size_t most)
{
    size_t indent = 0;

    while (indent < most && walk_peek(&walk) == ' ') {
        walk_next(&walk);
        indent++;
    }
    return indent;
}

/* The indent that YAML takes off the lines of a literal block: the first line that is not empty
 * has it in the source and not in the text. */
static size_t
block_indent(struct walk walk, struct text text)
{
    size_t pos = 0, own = 0, indent;

    while (pos < text.len && text.at[pos] == '\n') {
        pos++;
        line_skip(&walk);
    }
    while (pos + own < text.len && text.at[pos + own] == ' ')
        own++;
    indent = indent_of(walk, SIZE_MAX);
    return indent > own ? indent - own : 0;
}

static void
literal_walk(struct walk *walk, struct text text, struct place *marks)
{
    size_t indent, i = 0;

    line_skip(walk); /* the header: | and its indicators */
    indent = block_indent(*walk, text);
    for (size_t pos = 0; pos < text.len; i++) {
        uint32_t code;
        if (walk->place.column == 1)
            for (size_t n = indent_of(*walk, indent); n > 0; n--)
                walk_next(walk);
        code = text_next(text, &pos);
        marks[i] = walk->place;
        if (code == '\n')
            line_skip(walk);
        else
            walk_next(walk);
    }
    marks[i] = walk->place;
}

bool
marks_build(struct yaml_node *node, const struct marks_source *source, struct arena *arena)
{
    bool is_quoted = source->style == MARKS_SINGLE || source->style == MARKS_DOUBLE;
    bool is_block = source->style == MARKS_LITERAL || source->style == MARKS_FOLDED;
    struct walk walk = {source->bytes, 0, source->place};
    struct text rest;
    struct place *marks;

    if (is_quoted)
        walk_next(&walk);
    node->place = walk.place;
    rest = (struct text){walk.bytes.at + walk.pos, walk.bytes.len - walk.pos};
    if (!is_block && text_starts(rest, node->text) &&
        memchr(node->text.at, '\\', node->text.len) == NULL &&
        memchr(node->text.at, '\n', node->text.len) == NULL &&
        (source->style != MARKS_SINGLE || memchr(node->text.at, '\'', node->text.len) == NULL))
        return true; /* character i stands at column + i */
    marks = arena_alloc(arena, text_chars(node->text) + 1, sizeof *marks);
    if (marks == NULL)
        return false;
    if (source->style == MARKS_LITERAL) {
        literal_walk(&walk, node->text, marks);
    } else {
        if (source->style == MARKS_FOLDED) {
            line_skip(&walk);
            while (walk_peek(&walk) == ' ' || is_break(walk_peek(&walk)))
                walk_next(&walk);
        }
        flow_walk(&walk, source->style, node->text, marks);
    }
    node->marks = marks;
    node->place = marks[0];
    return true;
}
