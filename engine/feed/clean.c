/* SPDX-License-Identifier: Apache-2.0 */
/* clean.c: runs of regular rows, column by column. What is clean about a column goes straight to
 * the batch; a row with anything else is marked, taken out again, and goes the careful way by
 * itself, so that both roads end in the same place and only the careful one has opinions. */
#include <assert.h>
#include <string.h>

#include "engine/feed/parse.h"
#include "engine/feed/rows.h"
#include "engine/model/clean.h"

#include "engine/base/ban.h"

struct run {
    struct lane *lane;
    const struct plan *plan;
    const uint32_t *cuts; /* count × plan->column_count: the ends of the cells */
    uint32_t count, base; /* base: row of the batch that the first becomes */
};

/* lane->cells of one column. */
static void
cells_cut(const struct run *run, uint32_t column)
{
    struct lane *lane = run->lane;
    const uint32_t columns = run->plan->column_count;
    const char *bytes = lane->window;
    const uint32_t *cut = run->cuts + column;

    if (column == 0)
        for (uint32_t i = 0; i < run->count; i++, cut += columns)
            lane->cells[i] = (struct text){bytes + lane->starts[i], *cut - lane->starts[i]};
    else
        for (uint32_t i = 0; i < run->count; i++, cut += columns)
            lane->cells[i] = (struct text){bytes + cut[-1] + 1, *cut - cut[-1] - 1};
    if (column + 1 == columns)
        for (uint32_t i = 0; i < run->count; i++) {
            struct text *cell = &lane->cells[i];
            cell->len -= cell->len > 0 && cell->at[cell->len - 1] == '\r';
        }
}

/* Neither empty nor perhaps a word for blank. */
static inline bool
has_value(const struct plan_field *at, struct text cell)
{
    return cell.len > 0 && !(at->has_blanks && at->is_blank_first[(unsigned char)cell.at[0]]);
}

static void
identities_take(const struct run *run, const struct plan_field *at)
{
    struct lane *lane = run->lane;
    struct batch_column *column = &lane->columns[at->number];
    bool is_owner = at->number == lane->batch.kind->owner; /* a blank one is the careful way's */

    for (uint32_t i = 0; i < run->count; i++) {
        column->state[run->base + i] = CELL_VALUE;
        if (!has_value(at, lane->cells[i]) ||
            !identity_clean(lane->cells[i], &column->identity[run->base + i]))
            lane->odd[i] |=
                is_owner || lane->cells[i].len > 0 || !blank_put(lane, at, run->base + i);
    }
}

/* Printable ASCII, and nothing to trim. */
static inline bool
is_trimmed(struct text cell)
{
    return (unsigned char)cell.at[0] > ' ' && (unsigned char)cell.at[cell.len - 1] > ' ';
}

static void
texts_take(const struct run *run, const struct plan_field *at)
{
    struct lane *lane = run->lane;
    struct batch_column *column = &lane->columns[at->number];
    bool is_utf8 = run->plan->charset == CHARSET_UTF8;

    for (uint32_t i = 0; i < run->count; i++) {
        struct text cell = lane->cells[i];
        column->state[run->base + i] = CELL_VALUE;
        if (cell.len == 0) {
            lane->odd[i] |= !blank_put(lane, at, run->base + i);
        } else if (has_value(at, cell) && is_trimmed(cell) &&
                   (is_utf8 || cell_decode(lane, run->plan, &cell)) && text_is_plain(cell) &&
                   has_value(at, cell)) {
            column->text[run->base + i] = cell;
        } else {
            lane->odd[i] = 1;
        }
    }
}

static inline int32_t
code_clean(const struct plan_field *at, struct text cell, bool is_inside)
{
    struct short_word word = short_word_of(cell, is_inside);
    uint32_t slot = short_word_slot(&word, at->word_slots);

    for (; at->words[slot].code >= 0; slot = (slot + 1) & (at->word_slots - 1))
        if (at->words[slot].first == word.first && at->words[slot].last == word.last &&
            at->words[slot].len == word.len)
            return at->words[slot].code;
    return -1;
}

static void
codes_take(const struct run *run, const struct plan_field *at)
{
    struct lane *lane = run->lane;
    struct batch_column *column = &lane->columns[at->number];
    bool is_utf8 = run->plan->charset == CHARSET_UTF8;

    for (uint32_t i = 0; i < run->count; i++) {
        struct text cell = lane->cells[i];
        int32_t code = -1;
        column->state[run->base + i] = CELL_VALUE;
        if (cell.len == 0) {
            lane->odd[i] |= !blank_put(lane, at, run->base + i);
            continue;
        }
        if ((is_utf8 || cell_decode(lane, run->plan, &cell)) && has_value(at, cell) &&
            cell.len <= SHORT_WORD_MAX)
            code = code_clean(at, cell, cell.at == lane->cells[i].at);
        column->number[run->base + i] = code;
        lane->odd[i] |= code < 0;
    }
}

static inline bool
is_in_range(const struct field *field, int64_t value)
{
    return !(field->has_min && value < field->min) && !(field->has_max && value > field->max);
}

static void
numbers_take(const struct run *run, const struct plan_field *at)
{
    struct lane *lane = run->lane;
    struct batch_column *column = &lane->columns[at->number];
    bool is_money = at->field->type == FIELD_MONEY;

    for (uint32_t i = 0; i < run->count; i++) {
        struct text cell = lane->cells[i];
        int64_t value = 0;
        column->state[run->base + i] = CELL_VALUE;
        if (cell.len == 0)
            lane->odd[i] |= !blank_put(lane, at, run->base + i);
        else if (has_value(at, cell) && number_clean(cell, at->shift, true, &value) &&
                 (!is_money || value <= MONEY_MAX_FEN) && is_in_range(at->field, value))
            column->number[run->base + i] = value;
        else
            lane->odd[i] = 1;
    }
}

static void
days_take(const struct run *run, const struct plan_field *at)
{
    struct lane *lane = run->lane;
    struct batch_column *column = &lane->columns[at->number];
    bool is_month = at->road == ROAD_MONTH;

    for (uint32_t i = 0; i < run->count; i++) {
        struct text cell = lane->cells[i];
        int32_t value = 0;
        column->state[run->base + i] = CELL_VALUE;
        if (cell.len == 0)
            lane->odd[i] |= !blank_put(lane, at, run->base + i);
        else if (has_value(at, cell) &&
                 (is_month ? month_clean(cell, &value) : date_clean(cell, &value)) &&
                 is_in_range(at->field, value))
            column->number[run->base + i] = value;
        else
            lane->odd[i] = 1;
    }
}

static void
field_column(const struct run *run, const struct plan_field *at)
{
    struct lane *lane = run->lane;

    cells_cut(run, at->column);
    switch (at->road) {
    case ROAD_IDENTITY:
        identities_take(run, at);
        return;
    case ROAD_TEXT:
        texts_take(run, at);
        return;
    case ROAD_CODE:
        codes_take(run, at);
        return;
    case ROAD_DATE:
    case ROAD_MONTH:
        days_take(run, at);
        return;
    case ROAD_NUMBER:
        numbers_take(run, at);
        return;
    case ROAD_CAREFUL: /* seldom a column of a large feed */
        for (uint32_t i = 0; i < run->count; i++)
            lane->odd[i] |= lane->cells[i].len > 0 || !blank_put(lane, at, run->base + i);
        return;
    }
}

/* Rows that a skip rule may take, and lines with nothing on them. */
static void
skips_mark(const struct run *run)
{
    struct lane *lane = run->lane;

    for (uint32_t s = 0; s < run->plan->skip_count; s++) {
        const struct plan_skip *skip = &run->plan->skips[s];
        cells_cut(run, skip->column);
        for (uint32_t i = 0; i < run->count; i++) {
            struct text cell = lane->cells[i];
            lane->odd[i] |= cell.len == 0 || (unsigned char)cell.at[0] <= ' ' ||
                            skip->first[(unsigned char)cell.at[0]] != 0;
        }
    }
}

/* Row `from` of the batch to the place of row `to`. */
static void
row_move(struct lane *lane, uint32_t from, uint32_t to)
{
    for (uint32_t f = 0; f < lane->batch.kind->field_count; f++) {
        struct batch_column *column = &lane->columns[f];
        column->state[to] = column->state[from];
        if (column->number != NULL)
            column->number[to] = column->number[from];
        if (column->text != NULL)
            column->text[to] = column->text[from];
        if (column->identity != NULL)
            column->identity[to] = column->identity[from];
    }
    lane->batch.line[to] = lane->batch.line[from];
}

/* The careful way for row `i` of the run. */
static hedui_status
row_carefully(const struct run *run, struct rows_task *task, uint32_t i, struct err *err)
{
    struct lane *lane = run->lane;
    const struct plan *plan = run->plan;
    const uint32_t *cuts = run->cuts + (size_t)i * plan->column_count;
    const char *bytes = lane->window;
    size_t start = lane->starts[i], stop = cuts[plan->column_count - 1];

    TRY(lane_room(lane, err));
    if (stop > start && bytes[stop - 1] == '\r')
        stop--;
    lane->cut.count = plan->column_count;
    lane->cut.is_quoted = false;
    for (uint32_t n = 0; n < plan->needed_count; n++) {
        uint32_t column = plan->needed[n];
        size_t from = column == 0 ? start : (size_t)cuts[column - 1] + 1;
        size_t to = column + 1 == plan->column_count ? stop : cuts[column];
        lane->cut.cells[column] = (struct text){bytes + from, to - from};
    }
    return row_take(lane, task, (struct text){bytes + start, stop - start}, ROW_WHOLE, err);
}

hedui_status
rows_take(struct lane *lane, struct rows_task *task, const uint32_t *cuts, uint32_t count,
          struct err *err)
{
    struct run run = {lane, task->plan, cuts, count, lane->row};
    uint64_t line = task->line;
    uint32_t good = count;

    assert(count <= BATCH_ROWS - lane->row);
    memset(lane->odd, 0, count);
    for (uint32_t i = 0; i < count; i++) {
        lane->batch.line[run.base + i] = line + i;
        lane->odd[i] = run.plan->is_mended || /* where a row stands is a column there */
                       lane->starts[i + 1] - lane->starts[i] <= 2; /* perhaps an empty line */
    }
    skips_mark(&run);
    for (uint32_t f = 0; f < run.plan->field_count; f++)
        field_column(&run, &run.plan->fields[f]);
    if (lane->is_full)
        return err_set(err, HEDUI_E_MEMORY, "内存不足，无法读取 '%s'\nno memory left to read '%s'",
                       run.plan->input->path, run.plan->input->path);
    for (uint32_t i = count; i-- > 0;) /* what is odd goes; the last row takes its place */
        if (lane->odd[i] != 0) {
            good--;
            if (i < good)
                row_move(lane, run.base + good, run.base + i);
        }
    lane->row += good;
    task->physical += good;
    for (uint32_t i = 0; i < count && good < count; i++)
        if (lane->odd[i] != 0) {
            task->line = line + i;
            TRY(row_carefully(&run, task, i, err));
        }
    task->line = line + count;
    return HEDUI_OK;
}
