/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/sample.h"

#include <inttypes.h>

#include "engine/index/mask.h"
#include "engine/model/name.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

static void
masked_text_print(struct buf *out, const struct field *field, struct text text)
{
    char masked[NAME_MAX > TEXT_MASK_MAX ? NAME_MAX : TEXT_MASK_MAX];

    if (field->type == FIELD_NAME)
        buf_put(out, masked, name_mask(text, masked));
    else if (field->is_sensitive)
        buf_put(out, masked, text_mask(text, masked));
    else
        buf_text(out, text);
}

/* The value of a cell that has one, in the form in which rules and reports show it. */
static void
value_put(struct buf *out, const struct field *field, const struct batch_column *column,
          uint32_t row)
{
    char masked[32];

    switch (field->type) {
    case FIELD_IDENTITY:
        identity_mask(column->identity[row].key, masked);
        buf_str(out, masked);
        break;
    case FIELD_NAME:
    case FIELD_TEXT:
        masked_text_print(out, field, column->text[row]);
        break;
    case FIELD_CODE:
        buf_text(out, field->codes->codes[column->number[row]].name);
        break;
    case FIELD_DATE:
        date_print(out, (int32_t)column->number[row]);
        break;
    case FIELD_MONTH:
        month_print(out, (int32_t)column->number[row]);
        break;
    case FIELD_MONEY:
        money_print(out, column->number[row]);
        break;
    case FIELD_DECIMAL:
        decimal_print(out, column->number[row], field->scale);
        break;
    case FIELD_BOOL:
        buf_str(out, column->number[row] != 0 ? "true" : "false");
        break;
    case FIELD_INT:
        buf_int(out, column->number[row]);
        break;
    }
}

void
sample_text(struct buf *out, const struct batch *batch, uint32_t row)
{
    buf_printf(out, "样例 sample: 文件 file %" PRIu32 " 行 row %" PRIu64 "\n", batch->file + 1,
               batch->line[row]);
    for (uint32_t f = 0; f < batch->kind->field_count; f++) {
        const struct field *field = &batch->kind->fields[f];
        const struct batch_column *column = &batch->columns[f];

        buf_printf(out, "    " TEXT_FMT " " TEXT_FMT ": ", TEXT_ARG(field->zh),
                   TEXT_ARG(field->name));
        if (column->state[row] == CELL_VALUE)
            value_put(out, field, column, row);
        else
            buf_str(out, column->state[row] == CELL_NONE ? "无 none" : "未知 unknown");
        if (column->state[row] == CELL_VALUE && field->type == FIELD_CODE)
            buf_printf(out, " " TEXT_FMT, TEXT_ARG(field->codes->codes[column->number[row]].zh));
        if (column->state[row] == CELL_VALUE && field->type == FIELD_MONEY)
            buf_str(out, " 元 yuan");
        buf_byte(out, '\n');
    }
}

void
sample_json(struct json *json, const struct batch *batch, uint32_t row)
{
    struct buf value;

    buf_init(&value, true);
    json_object(json);
    json_key(json, "file");
    json_uint(json, batch->file + 1);
    json_key(json, "row");
    json_uint(json, batch->line[row]);
    json_key(json, "fields");
    json_object(json);
    for (uint32_t f = 0; f < batch->kind->field_count; f++) {
        json_key_text(json, batch->kind->fields[f].name);
        if (batch->columns[f].state[row] != CELL_VALUE) {
            json_null(json);
            continue;
        }
        buf_reset(&value);
        value_put(&value, &batch->kind->fields[f], &batch->columns[f], row);
        json_text(json, buf_as_text(&value));
    }
    json_end_object(json);
    json_key(json, "unknown");
    json_array(json);
    for (uint32_t f = 0; f < batch->kind->field_count; f++)
        if (batch->columns[f].state[row] == CELL_UNKNOWN)
            json_text(json, batch->kind->fields[f].name);
    json_end_array(json);
    json_end_object(json);
    buf_release(&value);
}
