/* SPDX-License-Identifier: Apache-2.0 */
/* edit.c: places of nodes to bytes of their file; a list gets an element in the layout that it has.
 */
#include "engine/rule/edit.h"

#include <string.h>

#include "engine/model/value.h"
#include "engine/rule/flatten.h"
#include "engine/rule/pack_in.h"

#include "engine/base/ban.h"

/* ---- bytes ---- */

/* The byte of a place: lines end at \n, columns count characters. */
static size_t
byte_of(struct text bytes, struct place place)
{
    size_t pos = 0;

    for (uint32_t line = 1; line < place.line && pos < bytes.len; pos++)
        line += bytes.at[pos] == '\n';
    for (uint32_t column = 1; column < place.column && pos < bytes.len; column++)
        (void)text_next(bytes, &pos);
    return pos;
}

static size_t
line_end(struct text bytes, size_t at)
{
    while (at < bytes.len && bytes.at[at] != '\n')
        at++;
    return at > 0 && at <= bytes.len && bytes.at[at - 1] == '\r' ? at - 1 : at;
}

/* Behind a quoted text that begins at `at`. */
static size_t
quote_end(struct text bytes, size_t at)
{
    char quote = bytes.at[at++];

    for (; at < bytes.len; at++)
        if (bytes.at[at] == '\\' && quote == '"')
            at++;
        else if (bytes.at[at] == quote) {
            if (quote == '"' || at + 1 >= bytes.len || bytes.at[at + 1] != '\'')
                return at + 1;
            at++;
        }
    return bytes.len;
}

/* Behind the { } or [ ] that begins at `at`; the file was read, so it has an end. */
static size_t
flow_end(struct text bytes, size_t at)
{
    uint32_t depth = 0;
    bool is_start = true; /* of a value: a quote is one, and not a letter of a word */

    for (; at < bytes.len; at++) {
        char c = bytes.at[at];

        if ((c == '"' || c == '\'') && is_start) {
            at = quote_end(bytes, at) - 1;
            is_start = false;
            continue;
        }
        if (c == '#' && at > 0 && (bytes.at[at - 1] == ' ' || bytes.at[at - 1] == '\n')) {
            at = line_end(bytes, at);
            continue;
        }
        if (c == '{' || c == '[')
            depth++;
        if ((c == '}' || c == ']') && --depth == 0)
            return at + 1;
        if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
            is_start = c == '{' || c == '[' || c == ',' || c == ':';
    }
    return bytes.len;
}

/* `bytes` with [from, to) exchanged. */
static hedui_status
exchange(struct edit *out, const struct source *source, size_t from, size_t to, struct text text,
         struct arena *arena, struct err *err)
{
    struct text bytes = source->bytes;
    size_t len = from + text.len + (bytes.len - to);
    char *after = arena_alloc(arena, len + 1, 1);

    if (after == NULL)
        return arena_full(arena, err);
    memcpy(after, bytes.at, from);
    memcpy(after + from, text.at, text.len);
    memcpy(after + from + text.len, bytes.at + to, bytes.len - to);
    *out = (struct edit){
        source->file, 1, bytes, {after, len}
    };
    for (size_t i = 0; i < from + (text.len > 0 && text.at[0] == '\n'); i++)
        out->line += after[i] == '\n'; /* a new line counts: the change stands on it */
    return HEDUI_OK;
}

/* ---- a timeline ---- */

struct entry_words {         /* what is to be written */
    struct text from, words; /* "2026-07-01", "{from: …, value: …, ref: …}" */
};

static bool
is_flow(const struct yaml_node *list)
{
    return list->place.source->bytes.at[byte_of(list->place.source->bytes, list->place)] == '[';
}

static uint32_t
last_line(const struct yaml_node *node)
{
    uint32_t line = node->place.line;

    if (node->type == YAML_SCALAR && node->marks != NULL && node->text.len > 0)
        line = node->marks[text_chars(node->text) - 1].line;
    for (uint32_t i = 0; i < node->count; i++) {
        uint32_t below = last_line(&node->values[i]); /* as deep as yaml.c lets a file be */

        line = below > line ? below : line;
    }
    return line;
}

static struct text
spaces(struct arena *arena, uint32_t column)
{
    return arena_printf(arena, "%*s", (int)(column > 0 ? column - 1 : 0), "");
}

static hedui_status
flow_insert(struct edit *out, const struct yaml_node *list, const struct entry_words *element,
            struct arena *arena, struct err *err)
{
    const struct source *source = list->place.source;
    const struct yaml_node *last = list->count == 0 ? NULL : &list->values[list->count - 1];
    struct text text = element->words;
    size_t at = byte_of(source->bytes, list->place) + 1;

    if (last != NULL) {
        uint32_t above =
            list->count > 1 ? list->values[list->count - 2].place.line : list->place.line;
        bool has_lines = above != last->place.line; /* an element a line */
        struct text indent = spaces(arena, last->place.column);

        at = flow_end(source->bytes, byte_of(source->bytes, last->place));
        text = arena_printf(arena, ",%s" TEXT_FMT TEXT_FMT, has_lines ? "\n" : " ",
                            TEXT_ARG(has_lines ? indent : TEXT("")), TEXT_ARG(element->words));
    }
    if (text.at == NULL)
        return arena_full(arena, err);
    return exchange(out, source, at, at, text, arena, err);
}

static hedui_status
block_insert(struct edit *out, const struct yaml_node *list, const struct entry_words *element,
             struct arena *arena, struct err *err)
{
    const struct source *source = list->place.source;
    const struct yaml_node *last = &list->values[list->count - 1];
    size_t at = byte_of(source->bytes, last->place);
    struct text indent = spaces(arena, list->place.column), text;

    if (source->bytes.at[at] == '{')
        at = flow_end(source->bytes, at);
    else
        at = byte_of(source->bytes, (struct place){source, last_line(last), 1});
    at = line_end(source->bytes, at);
    text = arena_printf(arena, "\n" TEXT_FMT "- " TEXT_FMT, TEXT_ARG(indent),
                        TEXT_ARG(element->words));
    if (text.at == NULL)
        return arena_full(arena, err);
    return exchange(out, source, at, at, text, arena, err);
}

static hedui_status
list_put(struct edit *out, const struct yaml_node *list, const struct entry_words *element,
         struct arena *arena, struct err *err)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const struct yaml_node *one = &list->values[i];
        struct text bytes = one->place.source->bytes;
        size_t at = byte_of(bytes, one->place);

        if (!text_eq(node_text(one, "from"), element->from))
            continue;
        if (bytes.at[at] == '{')
            return exchange(out, one->place.source, at, flow_end(bytes, at), element->words, arena,
                            err);
        return err_set(err, HEDUI_E_USAGE,
                       "%s:%u 已有自 " TEXT_FMT " 起的值，请直接改那几行\n"
                       "%s:%u holds a value from " TEXT_FMT " already: change it there",
                       one->place.source->file, one->place.line, TEXT_ARG(element->from),
                       one->place.source->file, one->place.line, TEXT_ARG(element->from));
    }
    if (is_flow(list))
        return flow_insert(out, list, element, arena, err);
    return block_insert(out, list, element, arena, err);
}

/* ---- a parent's parameter, set here for the first time ---- */

/* The `set` of this pack that stands first in its file, or NULL. */
static const struct yaml_node *
set_first(const struct pack *pack)
{
    const struct yaml_node *first = NULL;

    for (uint32_t i = 0; i < pack->own_set.count; i++) {
        const struct yaml_node *key = pack->own_set.keys[i];

        if (first == NULL ||
            (key->place.source == first->place.source && key->place.line < first->place.line))
            first = key;
    }
    return first;
}

/* Only blanks before it on its line: a block's key. */
static bool
begins_line(struct text bytes, size_t at)
{
    while (at > 0 && bytes.at[at - 1] == ' ')
        at--;
    return at == 0 || bytes.at[at - 1] == '\n';
}

static hedui_status
set_add(struct edit *out, const struct pack *pack, struct text param,
        const struct entry_words *element, struct arena *arena, struct err *err)
{
    const struct yaml_node *first = set_first(pack), *extends = pack->head[HEAD_EXTENDS];
    const struct source *source = (first == NULL ? extends : first)->place.source;
    struct text bytes = source->bytes, text, indent;
    size_t at = first == NULL ? bytes.len : byte_of(bytes, first->place);

    if (first == NULL) {
        bool has_end = bytes.len > 0 && bytes.at[bytes.len - 1] == '\n';

        text =
            arena_printf(arena, "%s\nset:\n  p." TEXT_FMT ":\n    values:\n      - " TEXT_FMT "\n",
                         has_end ? "" : "\n", TEXT_ARG(param), TEXT_ARG(element->words));
    } else if (begins_line(bytes, at)) {
        indent = spaces(arena, first->place.column);
        text = arena_printf(arena,
                            "p." TEXT_FMT ":\n" TEXT_FMT "  values:\n" TEXT_FMT "    - " TEXT_FMT
                            "\n" TEXT_FMT,
                            TEXT_ARG(param), TEXT_ARG(indent), TEXT_ARG(indent),
                            TEXT_ARG(element->words), TEXT_ARG(indent));
    } else {
        text = arena_printf(arena, "p." TEXT_FMT ": {values: [" TEXT_FMT "]}, ", TEXT_ARG(param),
                            TEXT_ARG(element->words));
    }
    if (text.at == NULL)
        return arena_full(arena, err);
    return exchange(out, source, at, at, text, arena, err);
}

static hedui_status
unknown_param(const struct pack *pack, struct text param, struct arena *arena, struct err *err)
{
    const struct section *params = &pack->sections[SECTION_PARAMS];
    struct text *names = arena_alloc(arena, params->count, sizeof *names), near = TEXT("");
    size_t at;

    if (names == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < params->count; i++)
        names[i] = params->keys[i]->text;
    at = text_nearest(param, names, params->count);
    for (uint32_t i = 0; at == SIZE_MAX && i < pack->param_count; i++) /* its Chinese label? */
        if (text_starts(pack->params[i].zh, param)) {
            at = i;
            names[i] = pack->params[i].name;
        }
    near = at == SIZE_MAX ? near : names[at];
    return err_set(err, HEDUI_E_USAGE,
                   "规则包没有参数 '" TEXT_FMT "'%s" TEXT_FMT "%s\n"
                   "the pack has no parameter '" TEXT_FMT "'%s" TEXT_FMT "%s",
                   TEXT_ARG(param), near.len > 0 ? "，是否指 '" : "", TEXT_ARG(near),
                   near.len > 0 ? "'？" : "", TEXT_ARG(param),
                   near.len > 0 ? "; did you mean '" : "", TEXT_ARG(near),
                   near.len > 0 ? "'?" : "");
}

/* "{from: 2026-07-01, value: 850, ref: …}"; a list's value comes as it is written. */
static hedui_status
element_make(struct entry_words *out, struct text value, int32_t from, struct text ref,
             struct arena *arena, struct err *err)
{
    struct buf day, words;
    hedui_status rc = HEDUI_OK;

    buf_init(&day, false);
    buf_init(&words, false);
    date_print(&day, from);
    out->from = arena_text(arena, buf_as_text(&day));
    buf_str(&words, "{from: ");
    buf_text(&words, buf_as_text(&day));
    buf_str(&words, ", value: ");
    if (value.len > 0 && value.at[0] == '[')
        buf_text(&words, value);
    else
        flat_scalar(&words, value);
    buf_str(&words, ", ref: ");
    flat_scalar(&words, ref);
    buf_byte(&words, '}');
    FAIL(buf_check(&words, err));
    out->words = arena_text(arena, buf_as_text(&words));
    if (out->from.at == NULL || out->words.at == NULL)
        FAIL(arena_full(arena, err));
done:
    buf_release(&day);
    buf_release(&words);
    return rc;
}

hedui_status
edit_set(struct edit *out, const struct pack *pack, struct text param, struct text value,
         int32_t from, struct text ref, struct arena *arena, struct err *err)
{
    const struct section *params = &pack->sections[SECTION_PARAMS];
    struct entry_words element;
    uint32_t own = pack->layer_count - 1;

    if (text_starts(param, TEXT("p.")))
        param = (struct text){param.at + 2, param.len - 2};
    TRY(element_make(&element, value, from, ref, arena, err));
    for (uint32_t i = 0; i < pack->own_set.count; i++) {
        struct text key = pack->own_set.keys[i]->text;

        if (text_eq((struct text){key.at + 2, key.len - 2}, param)) /* p.NAME: it was checked */
            return list_put(out, yaml_get(pack->own_set.values[i], "values"), &element, arena, err);
    }
    for (uint32_t i = 0; i < params->count; i++)
        if (text_eq(params->keys[i]->text, param))
            return params->layers[i] == own
                       ? list_put(out, yaml_get(params->values[i], "values"), &element, arena, err)
                       : set_add(out, pack, param, &element, arena, err);
    return unknown_param(pack, param, arena, err);
}

hedui_status
edit_pin(struct edit *out, const struct yaml_node *extends, struct text pin, struct arena *arena,
         struct err *err)
{
    const struct source *source = extends->place.source;
    size_t at = byte_of(source->bytes, extends->place);

    if (at + extends->text.len > source->bytes.len ||
        memcmp(source->bytes.at + at, extends->text.at, extends->text.len) != 0)
        return err_set(err, HEDUI_E_USAGE,
                       "%s:%u 的 extends 不是写在一行里的普通文字，请手工改成 " TEXT_FMT "\n"
                       "extends at %s:%u is no plain text on one line: change it to " TEXT_FMT
                       " by hand",
                       source->file, extends->place.line, TEXT_ARG(pin), source->file,
                       extends->place.line, TEXT_ARG(pin));
    return exchange(out, source, at, at + extends->text.len, pin, arena, err);
}
