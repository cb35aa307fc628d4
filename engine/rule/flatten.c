/* SPDX-License-Identifier: Apache-2.0 */
/* flatten.c: nodes back to YAML. What stood on one line stands on one line again. */
#include "engine/rule/flatten.h"

#include <string.h>

#include "engine/rule/pack_in.h"

#include "engine/base/ban.h"

#define INDENT 2
#define INLINE_MAX 400 /* bytes of a map or list on one line */

struct flat {
    const struct pack *pack;
    struct buf *out;   /* or */
    struct json *json; /* lines as objects */
    struct buf line;
};

/* The layer whose folder holds the file. */
static uint32_t
layer_of(const struct pack *pack, const char *file)
{
    const char *slash = strrchr(file, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - file);

    for (uint32_t i = pack->layer_count; i-- > 0;)
        if (text_eq(text_of(pack->layers[i].dir), (struct text){file, len}))
            return i;
    return pack->layer_count - 1;
}

static void
line_end(struct flat *f, struct place place)
{
    const char *file = place.source == NULL ? NULL : place.source->file;
    const char *slash = file == NULL ? NULL : strrchr(file, '/');
    const char *base = slash == NULL ? file : slash + 1;
    struct text text = buf_as_text(&f->line);
    struct text pack = file == NULL ? TEXT("") : f->pack->layers[layer_of(f->pack, file)].name;

    if (f->json == NULL) {
        buf_text(f->out, buf_part(f->out, &f->line));
        if (file != NULL)
            buf_printf(f->out, "  # " TEXT_FMT "/%s:%u", TEXT_ARG(pack), base, place.line);
        buf_byte(f->out, '\n');
    } else {
        json_object(f->json);
        json_key(f->json, "text");
        json_text(f->json, text);
        if (file != NULL) {
            json_key(f->json, "pack");
            json_text(f->json, pack);
            json_key(f->json, "file");
            json_str(f->json, base);
            json_key(f->json, "line");
            json_uint(f->json, place.line);
        }
        json_end_object(f->json);
    }
    buf_reset(&f->line);
}

/* Letters, digits, marks that mean nothing to YAML wherever they stand, and everything that is not
 * ASCII. */
static bool
needs_no_quotes(struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

        if (!is_word && c < 0x80 && (c != '.' && c != '_' && c != '/' && (c != '-' || i == 0)))
            return false;
    }
    return text.len > 0 && (unsigned char)text.at[0] != 0xEF; /* nor U+FEFF and its like */
}

void
flat_scalar(struct buf *out, struct text text)
{
    if (needs_no_quotes(text)) {
        buf_text(out, text);
        return;
    }
    buf_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];

        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c == '\n')
            buf_str(out, "\\n");
        else if (c < 0x20 || c == 0x7F)
            buf_printf(out, "\\x%02x", c);
        else
            buf_byte(out, (char)c);
    }
    buf_byte(out, '"');
}

/* May it stand on one line? All of it was written on one. `bytes` counts what is left. */
static bool
is_inline(const struct yaml_node *node, struct place place, size_t *bytes)
{
    if (node->place.source != place.source || node->place.line != place.line ||
        node->text.len + 4 > *bytes)
        return false;
    *bytes -= node->text.len + 4;
    for (uint32_t i = 0; i < node->count; i++)
        if ((node->type == YAML_MAP && !is_inline(&node->keys[i], place, bytes)) ||
            !is_inline(&node->values[i], place, bytes))
            return false;
    return true;
}

/* Depth is that of the files: yaml.c bounds it. */
static void
inline_put(struct buf *out, const struct yaml_node *node)
{
    if (node->type == YAML_SCALAR) {
        flat_scalar(out, node->text);
        return;
    }
    buf_byte(out, node->type == YAML_MAP ? '{' : '[');
    for (uint32_t i = 0; i < node->count; i++) {
        buf_str(out, i > 0 ? ", " : "");
        if (node->type == YAML_MAP) {
            flat_scalar(out, node->keys[i].text);
            buf_str(out, ": ");
        }
        inline_put(out, &node->values[i]);
    }
    buf_byte(out, node->type == YAML_MAP ? '}' : ']');
}

static void
indent_put(struct flat *f, uint32_t depth)
{
    for (uint32_t i = 0; i < depth * INDENT; i++)
        buf_byte(&f->line, ' ');
}

static void children_put(struct flat *f, const struct yaml_node *node, uint32_t depth);

/* A value behind what stands on the line already ("key:" or "-"), which began at `place`. */
static void
value_put(struct flat *f, const struct yaml_node *node, struct place place, uint32_t depth)
{
    size_t bytes = INLINE_MAX;

    if (node->type == YAML_SCALAR || node->count == 0 || is_inline(node, place, &bytes)) {
        buf_byte(&f->line, ' ');
        inline_put(&f->line, node);
        line_end(f, node->place);
        return;
    }
    line_end(f, place);
    children_put(f, node, depth + 1);
}

static void
children_put(struct flat *f, const struct yaml_node *node, uint32_t depth)
{
    for (uint32_t i = 0; i < node->count; i++) {
        struct place place = node->values[i].place;

        indent_put(f, depth);
        if (node->type == YAML_MAP) {
            flat_scalar(&f->line, node->keys[i].text);
            buf_byte(&f->line, ':');
            place = node->keys[i].place;
        } else {
            buf_byte(&f->line, '-');
        }
        value_put(f, &node->values[i], place, depth);
    }
}

static void
pack_put(struct flat *f)
{
    const struct pack *pack = f->pack;

    for (uint32_t i = 0; i < PACK_HEADS; i++)
        if (pack->head[i] != NULL && i != HEAD_EXTENDS) {
            buf_printf(&f->line, "%s:", head_names[i]);
            value_put(f, pack->head[i], pack->head[i]->place, 0);
        }
    for (uint32_t s = 0; s < SECTIONS; s++) {
        const struct section *section = &pack->sections[s];

        if (section->count == 0)
            continue;
        buf_printf(&f->line, "%s:", section_names[s]);
        line_end(f, (struct place){0});
        for (uint32_t i = 0; i < section->count; i++) {
            indent_put(f, 1);
            flat_scalar(&f->line, section->keys[i]->text);
            buf_byte(&f->line, ':');
            value_put(f, section->values[i], section->keys[i]->place, 1);
        }
    }
}

hedui_status
pack_flatten(const struct pack *pack, struct buf *out, struct err *err)
{
    struct flat f = {.pack = pack, .out = out};

    buf_init(&f.line, false);
    pack_put(&f);
    buf_release(&f.line);
    return buf_check(out, err);
}

hedui_status
pack_flatten_json(const struct pack *pack, struct json *json, struct err *err)
{
    struct flat f = {.pack = pack, .json = json};
    hedui_status rc;

    buf_init(&f.line, false);
    json_array(json);
    pack_put(&f);
    json_end_array(json);
    rc = buf_check(&f.line, err);
    buf_release(&f.line);
    return rc;
}
