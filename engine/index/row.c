/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/index/row.h"

#include <assert.h>

#include "engine/base/ban.h"

static bool
is_keyed(const struct field *field)
{
    return field->type == FIELD_NAME || field->type == FIELD_IDENTITY ||
           (field->type == FIELD_TEXT && field->is_sensitive);
}

static void
stream_add(struct row_plan *plan, enum stream_what what, uint32_t field, uint32_t bytes,
           uint64_t offset)
{
    struct stream *stream = &plan->streams[plan->stream_count];

    *stream = (struct stream){what, field, plan->bytes, bytes, offset};
    if (plan->first[field] < 0)
        plan->first[field] = (int32_t)plan->stream_count;
    plan->stream_count++;
    plan->bytes += bytes;
}

static uint32_t
bytes_below(uint64_t count)
{
    return count <= 0x100 ? 1 : count <= 0x10000 ? 2 : 4;
}

/* Ints and decimals: what min and max leave, or all of int64. */
static void
stream_bounded(struct row_plan *plan, uint32_t i, const struct field *field)
{
    uint64_t most;
    uint32_t bytes = 1;

    if (!field->has_min || !field->has_max || field->max < field->min) {
        stream_add(plan, STREAM_NUMBER, i, 8, (uint64_t)1 << 63);
        return;
    }
    most = (uint64_t)field->max - (uint64_t)field->min;
    while (bytes < 8 && most >> (8 * bytes) != 0)
        bytes++;
    stream_add(plan, STREAM_NUMBER, i, bytes, 0 - (uint64_t)field->min);
}

static void
field_plain(struct row_plan *plan, uint32_t i, const struct field *field)
{
    switch (field->type) {
    case FIELD_TEXT:
        stream_add(plan, STREAM_TEXT, i, 4, 0);
        break;
    case FIELD_CODE:
        stream_add(plan, STREAM_NUMBER, i, bytes_below(field->codes->count), 0);
        break;
    case FIELD_DATE: /* years 1 to 9999 are days -719162 to 2932896 */
        stream_add(plan, STREAM_NUMBER, i, 3, 800000);
        break;
    case FIELD_MONTH: /* the year 9999 ends with month 119999: more than two bytes hold */
        stream_add(plan, STREAM_NUMBER, i, 3, 0);
        break;
    case FIELD_MONEY: /* ±10^12 fen are 41 bits */
        stream_add(plan, STREAM_NUMBER, i, 6, (uint64_t)1 << 47);
        break;
    case FIELD_DECIMAL:
    case FIELD_INT:
        stream_bounded(plan, i, field);
        break;
    case FIELD_BOOL:
        stream_add(plan, STREAM_NUMBER, i, 1, 0);
        break;
    case FIELD_IDENTITY:
    case FIELD_NAME:
        assert(false); /* keyed fields come later */
    }
}

static void
field_keyed(struct row_plan *plan, uint32_t i, const struct field *field)
{
    if (field->type == FIELD_NAME) {
        stream_add(plan, STREAM_NAME, i, 4, 0);
    } else if (field->type == FIELD_TEXT) {
        stream_add(plan, STREAM_TAG, i, 8, 0);
        stream_add(plan, STREAM_TAIL, i, 3, 0);
    } else if (i != plan->kind->owner) {
        stream_add(plan, STREAM_HI, i, 8, 0);
        stream_add(plan, STREAM_LO, i, 8, 0);
    }
}

void
row_plan_make(struct row_plan *plan, const struct kind *kind)
{
    assert(kind->field_count <= FIELDS_MAX);
    *plan = (struct row_plan){.kind = kind, .bytes = 16};
    for (uint32_t i = 0; i < FIELDS_MAX; i++)
        plan->first[i] = -1;
    for (uint32_t i = 0; i < kind->field_count; i++)
        if (!is_keyed(&kind->fields[i]))
            field_plain(plan, i, &kind->fields[i]);
    plan->state_at = plan->bytes;
    plan->state_bytes = (kind->field_count + 3) / 4;
    plan->bytes += plan->state_bytes;
    for (uint32_t i = 0; i < kind->field_count; i++)
        if (is_keyed(&kind->fields[i]))
            field_keyed(plan, i, &kind->fields[i]);
    plan->place_at = plan->bytes;
    plan->bytes += PLACE_BYTES;
    assert(plan->bytes <= ROW_BYTES_MAX);
}
