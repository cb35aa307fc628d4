/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/intake.h"

#include "engine/base/ban.h"

static struct batch_column
column_from(const struct batch_column *column, uint32_t row)
{
    return (struct batch_column){
        .state = column->state + row,
        .number = column->number == NULL ? NULL : column->number + row,
        .text = column->text == NULL ? NULL : column->text + row,
        .identity = column->identity == NULL ? NULL : column->identity + row,
    };
}

#define MARKS_MAX 4 /* bools of a kind that tell its two sides apart: is_holder, is_insured */

/* One person on both sides: the row is read once, with the marks of either. */
static bool
is_own(const struct batch *batch, uint32_t row)
{
    const struct batch_column *owner = &batch->columns[batch->kind->owner];
    const struct batch_column *other = &batch->columns[batch->kind->other];

    return other->state[row] == CELL_VALUE && owner->state[row] == CELL_VALUE &&
           key128_cmp(owner->identity[row].key, other->identity[row].key) == 0;
}

/* Where a row is a person's own on both sides, its facing bools become those of either. */
struct marks {
    struct batch_column columns[FIELDS_MAX];
    int64_t number[MARKS_MAX][BATCH_ROWS];
    uint8_t state[MARKS_MAX][BATCH_ROWS];
};

static hedui_status
own_rows(struct intake *intake, uint32_t lane, const struct batch *batch, struct err *err)
{
    const struct kind *kind = batch->kind;
    struct batch whole = *batch;
    struct marks marks;
    uint32_t count = 0;

    whole.columns = marks.columns;
    for (uint32_t f = 0; f < kind->field_count; f++) {
        const struct batch_column *mine = &batch->columns[f], *theirs;

        marks.columns[f] = *mine;
        if (kind->facing[f] == f || kind->fields[f].type != FIELD_BOOL || count == MARKS_MAX)
            continue;
        theirs = &batch->columns[kind->facing[f]];
        for (uint32_t i = 0; i < batch->rows; i++) {
            bool is_lent = is_own(batch, i) && theirs->state[i] == CELL_VALUE &&
                           (mine->state[i] != CELL_VALUE || theirs->number[i] != 0);
            marks.number[count][i] = is_lent ? theirs->number[i] : mine->number[i];
            marks.state[count][i] = is_lent ? CELL_VALUE : mine->state[i];
        }
        marks.columns[f].number = marks.number[count];
        marks.columns[f].state = marks.state[count++];
    }
    return builder_rows(intake->builder, lane, &whole, err);
}

/* The rows whose other side is known, run by run, with the paired columns in each other's place. */
static hedui_status
mirror_rows(struct intake *intake, uint32_t lane, const struct batch *batch, struct err *err)
{
    const struct kind *kind = batch->kind;
    const uint8_t *state = batch->columns[kind->other].state;
    struct batch_column columns[FIELDS_MAX];
    struct batch run = *batch;

    run.is_mirror = true;
    run.columns = columns;
    for (uint32_t from = 0, until; from < batch->rows; from = until) {
        until = from + 1;
        if (state[from] != CELL_VALUE || is_own(batch, from))
            continue;
        while (until < batch->rows && state[until] == CELL_VALUE && !is_own(batch, until))
            until++;
        for (uint32_t f = 0; f < kind->field_count; f++)
            columns[f] = column_from(&batch->columns[kind->facing[f]], from);
        run.rows = until - from;
        run.line = batch->line + from;
        TRY(builder_rows(intake->builder, lane, &run, err));
        atomic_fetch_add(&intake->mirrored, run.rows);
    }
    return HEDUI_OK;
}

static hedui_status
intake_rows(void *context, uint32_t lane, const struct batch *batch, struct err *err)
{
    struct intake *intake = context;
    struct batch placed = *batch;

    placed.file = intake->file_of[batch->file];
    placed.piece |= (uint64_t)batch->file << 48; /* two inputs may be one file */
    if (intake->mending != NULL)
        TRY(mending_check(intake->mending, lane, &placed, intake->paths[batch->file], err));
    if (batch->kind->facing == NULL)
        return builder_rows(intake->builder, lane, &placed, err);
    TRY(own_rows(intake, lane, &placed, err));
    return mirror_rows(intake, lane, &placed, err);
}

/* A refused row lowers the coverage of both its persons; one of whom it cannot be read leaves it
 * unplaced, as an owner would. */
static hedui_status
intake_refused(void *context, uint32_t lane, const struct refusal *refusal, struct err *err)
{
    const struct intake *intake = context;
    struct refusal placed = *refusal;

    placed.file = intake->file_of[refusal->file];
    TRY(builder_refused(intake->builder, lane, &placed, err));
    if (!refusal->has_other && !refusal->is_other_lost)
        return HEDUI_OK;
    placed.has_owner = refusal->has_other;
    placed.owner = refusal->other;
    return builder_refused(intake->builder, lane, &placed, err);
}

struct feed_sink
intake_sink(struct intake *intake)
{
    return (struct feed_sink){.context = intake, .rows = intake_rows, .refused = intake_refused};
}
