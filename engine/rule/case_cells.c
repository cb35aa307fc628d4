/* SPDX-License-Identifier: Apache-2.0 */
/* case_cells.c: fields of a hand-written household as cells. */
#include <string.h>

#include "engine/base/hash.h"
#include "engine/model/name.h"
#include "engine/rule/case.h"
#include "engine/rule/tree.h"

#include "engine/base/ban.h"

static const enum type_kind type_kinds[] = {
    [FIELD_IDENTITY] = TYPE_STRING, [FIELD_NAME] = TYPE_STRING,     [FIELD_TEXT] = TYPE_STRING,
    [FIELD_CODE] = TYPE_CODE,       [FIELD_DATE] = TYPE_DATE,       [FIELD_MONTH] = TYPE_MONTH,
    [FIELD_MONEY] = TYPE_MONEY,     [FIELD_DECIMAL] = TYPE_DECIMAL, [FIELD_INT] = TYPE_INT,
    [FIELD_BOOL] = TYPE_BOOL};

static struct key128
invented_key(struct text text)
{
    return (struct key128){hash_bytes(text.at, text.len, 1), hash_bytes(text.at, text.len, 2)};
}

int64_t
opaque_tag(const struct field *field, struct text text)
{
    char folded[NAME_MAX];
    struct text form = text;

    if (field->type == FIELD_NAME)
        form = (struct text){folded, name_fold(text, folded)};
    return (int64_t)(hash_bytes(form.at, form.len, 3) >> 1);
}

void
cells_blank(const struct kind *kind, struct cell *cells)
{
    for (uint32_t f = 0; f < kind->field_count; f++) {
        memset(&cells[f], 0, sizeof cells[f]);
        cells[f].state = kind->fields[f].blank == BLANK_NONE ? CELL_NONE : CELL_UNKNOWN;
        if (kind->fields[f].is_share) {
            cells[f].state = CELL_VALUE;
            cells[f].number = 1;
            for (uint8_t i = 0; i < kind->fields[f].scale; i++)
                cells[f].number *= 10;
        }
    }
}

bool
cell_read(struct loader *l, const struct yaml_node *node, const struct field *field,
          struct cell *out)
{
    struct type type = {
        .kind = type_kinds[field->type], .scale = field->scale, .codes = field->codes};
    struct value value;

    memset(out, 0, sizeof *out);
    if (node->type == YAML_SCALAR && node->is_plain && text_is(node->text, "unknown")) {
        out->state = CELL_UNKNOWN;
        return true;
    }
    if (node->type == YAML_SCALAR && node->is_plain && text_is(node->text, "none")) {
        out->state = CELL_NONE;
        if (field->blank != BLANK_NONE)
            say(l, node->place, "T205",
                arena_printf(l->arena, "字段 “" TEXT_FMT "” 不能为 none，请写 unknown",
                             TEXT_ARG(field->name)),
                arena_printf(l->arena, "field \"" TEXT_FMT "\" cannot be none; write unknown",
                             TEXT_ARG(field->name)));
        return field->blank == BLANK_NONE;
    }
    if (!value_read(l, node, &type, &value))
        return false;
    if (field->type == FIELD_IDENTITY)
        out->key = invented_key(value.string);
    else if (type.kind == TYPE_STRING)
        out->text = value.string;
    else
        out->number = type.kind == TYPE_BOOL ? value.boolean : value.integer;
    if (field_is_opaque(field))
        out->number = opaque_tag(field, out->text);
    return true;
}

bool
months_read(struct text text, int32_t *from, int32_t *to)
{
    size_t at = text_find(text, TEXT(".."));
    struct value a, b;

    if (at == SIZE_MAX || !month_read((struct text){text.at, at}, &a) ||
        !month_read((struct text){text.at + at + 2, text.len - at - 2}, &b))
        return false;
    *from = (int32_t)a.integer;
    *to = (int32_t)b.integer;
    return *from <= *to;
}
