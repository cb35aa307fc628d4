/* SPDX-License-Identifier: Apache-2.0 */
/* rows.c: a piece of a file in windows: read behind what was left over, scanned once, cut to rows.
 * A row that its window does not hold whole is moved to the front of the next. */
#include "engine/feed/rows.h"

#include <assert.h>
#include <string.h>

#include "engine/base/ban.h"

struct walk {              /* through one window */
    size_t at, len;        /* of the row at hand; bytes in the window */
    size_t cut, end, mark; /* next entries of the index */
    uint64_t base;         /* place of the window's first byte in the file */
    bool is_end;           /* nothing comes behind it */
    bool is_long;          /* in a row past LINE_MAX_BYTES: on to its line feed */
    bool is_done;          /* the next row is another piece's */
};

#define PAST_BYTES ((size_t)4 << 10)
#define SPILL_BYTES ((size_t)1 << 20)

static void
constants_lay(struct lane *lane, const struct plan *plan)
{
    if (lane->plan == plan)
        return;
    lane->plan = plan;
    lane->batch.file = plan->file;
    for (uint32_t i = 0; i < lane->batch.kind->field_count; i++) {
        struct batch_column *column = &lane->columns[i];
        const struct constant *value = &plan->constants[i];
        if (!value->is_set)
            continue;
        for (uint32_t row = 0; row < BATCH_ROWS; row++) {
            column->state[row] = value->state;
            if (column->number != NULL)
                column->number[row] = value->number;
            if (column->text != NULL)
                column->text[row] = value->text;
            if (column->identity != NULL)
                column->identity[row] = value->identity;
        }
    }
}

/* The index's next entries at or behind walk->at. */
static void
walk_catch_up(const struct scan_index *index, struct walk *walk)
{
    while (walk->cut < index->cut_count && index->cuts[walk->cut] < walk->at)
        walk->cut++;
    while (walk->end < index->end_count && index->ends[walk->end] < walk->cut)
        walk->end++;
    while (walk->mark < index->mark_count && index->marks[walk->mark] < walk->at)
        walk->mark++;
}

/* A row that the index alone cannot cut. */
static hedui_status
row_odd(struct lane *lane, struct rows_task *task, struct walk *walk, bool *is_more,
        struct err *err)
{
    const struct plan *plan = task->plan;
    char *bytes = lane->window;
    size_t start = walk->at;
    enum split split =
        split_row(&lane->cut, bytes, start, walk->len, walk->is_end, plan->mapping->delimiter);
    enum row_fault fault = ROW_WHOLE;
    struct text raw;

    *is_more = split == SPLIT_MORE;
    if (*is_more)
        return HEDUI_OK;
    raw = (struct text){bytes + start, lane->cut.end - 1 - start};
    if (raw.len > 0 && raw.at[raw.len - 1] == '\r')
        raw.len--;
    walk->at = lane->cut.end;
    walk_catch_up(&lane->index, walk);
    if (split == SPLIT_BROKEN)
        fault = ROW_BROKEN;
    else if (lane->cut.count != plan->column_count)
        fault = ROW_RAGGED;
    else if (memchr(raw.at, '\0', raw.len) != NULL)
        fault = ROW_NUL;
    for (uint32_t i = 0; split == SPLIT_OK && i < plan->needed_count; i++) {
        uint32_t column = plan->needed[i];
        if (column >= lane->cut.count || !lane->cut.is_doubled[column])
            continue;
        struct text cell =
            split_unquote(lane->cut.cells[column], lane->scratch + lane->scratch_used);
        lane->cut.cells[column] = cell;
        lane->scratch_used += cell.len;
    }
    return row_take(lane, task, raw, fault, err);
}

/* How many rows from the one at hand on rows_take() may have: each whole, in this piece, with the
 * header's number of cells, without quotes and NULs. Their begins go to lane->starts. */
static uint32_t
rows_regular(struct lane *lane, const struct rows_task *task, const struct walk *walk)
{
    const struct scan_index *index = &lane->index;
    const uint32_t columns = task->plan->column_count;
    size_t start = walk->at, limit = SIZE_MAX, cut = walk->cut;
    size_t most = BATCH_ROWS - lane->row, left = index->end_count - walk->end;
    size_t mark = walk->mark < index->mark_count ? index->marks[walk->mark] : SIZE_MAX;
    uint32_t n = 0;

    if (walk->is_long)
        return 0;
    if (task->stream == NULL)
        limit = task->until > walk->base ? (size_t)(task->until - walk->base) : 0;
    most = left < most ? left : most;
    for (; n < most && start < limit; n++) {
        size_t last = index->ends[walk->end + n], feed = index->cuts[last];
        if (last - cut + 1 != columns || feed > mark || feed - start >= LINE_MAX_BYTES)
            break;
        lane->starts[n] = (uint32_t)start;
        start = feed + 1;
        cut = last + 1;
    }
    lane->starts[n] = (uint32_t)start;
    return n;
}

/* All rows that the window holds whole. walk->at: the first byte that is left over. */
static hedui_status
window_rows(struct lane *lane, struct rows_task *task, struct walk *walk, struct err *err)
{
    const struct scan_index *index = &lane->index;
    const uint32_t columns = task->plan->column_count;

    while (walk->at < walk->len) {
        size_t last, feed;
        bool is_more = false;
        uint32_t run;
        TRY(lane_room(lane, err));
        run = rows_regular(lane, task, walk);
        if (run > 0) {
            const uint32_t *cuts = index->cuts + walk->cut;
            walk->at = lane->starts[run];
            walk->cut += (size_t)run * columns;
            walk->end += run;
            TRY(rows_take(lane, task, cuts, run, err));
            continue;
        }
        if (task->stream == NULL && !walk->is_long && walk->base + walk->at >= task->until) {
            walk->is_done = true;
            return HEDUI_OK;
        }
        if (walk->end == index->end_count) { /* no line feed is left */
            if (walk->len - walk->at >= LINE_MAX_BYTES)
                walk->is_long = true;
            if (walk->is_long)
                walk->at = walk->len;
            return HEDUI_OK;
        }
        last = index->ends[walk->end];
        feed = index->cuts[last];
        if (walk->is_long || feed - walk->at >= LINE_MAX_BYTES) {
            walk->is_long = false;
            walk->at = feed + 1;
            walk_catch_up(index, walk);
            TRY(row_take(lane, task, (struct text){lane->window, 0}, ROW_LONG, err));
        } else {
            TRY(row_odd(lane, task, walk, &is_more, err));
            if (is_more)
                return HEDUI_OK;
        }
    }
    return HEDUI_OK;
}

static void
window_end(struct lane *lane, struct walk *walk, bool is_end)
{
    walk->is_end = is_end;
    if (is_end && (walk->len > 0 ? lane->window[walk->len - 1] != '\n' : walk->is_long))
        lane->window[walk->len++] = '\n'; /* the last row need not end */
}

/* Up to INPUT_CHUNK more bytes behind walk->len. */
static hedui_status
window_fill(struct lane *lane, struct rows_task *task, struct walk *walk, struct err *err)
{
    char *to = lane->window + walk->len;
    uint64_t at = walk->base + walk->len;
    size_t want = INPUT_CHUNK, got = 0;

    if (task->stream != NULL) {
        TRY(input_stream_read(task->stream, to, want, &got, err));
    } else { /* behind a piece: little by little to the end of its last row */
        want = PAST_BYTES;
        TRY(input_read_at(task->plan->input, to, want, at, &got, err));
    }
    walk->len += got;
    window_end(lane, walk, got < want);
    return HEDUI_OK;
}

static hedui_status
stream_start(struct lane *lane, struct rows_task *task, struct err *err)
{
    uint64_t left = task->start;

    while (left > 0) {
        size_t want = left < INPUT_CHUNK ? (size_t)left : INPUT_CHUNK, got = 0;
        TRY(input_stream_read(task->stream, lane->window, want, &got, err));
        if (got < want)
            break; /* the row before had no line feed: no rows */
        left -= got;
    }
    return HEDUI_OK;
}

hedui_status
rows_read(struct lane *lane, struct rows_task *task, struct err *err)
{
    struct walk walk = {0};
    size_t start = 0; /* of the first row, in the window */

    assert(lane->row == 0);
    if (task->stream == NULL && task->start >= task->until - task->from)
        return HEDUI_OK; /* no row begins in it */
    lane->batch.piece = task->from;
    constants_lay(lane, task->plan);
    if (task->stream != NULL) {
        TRY(stream_start(lane, task, err));
        TRY(window_fill(lane, task, &walk, err));
    } else {
        start = (size_t)task->start;
        walk.base = task->from;
        walk.len = (size_t)(task->until - task->from);
        window_end(lane, &walk, task->until == task->plan->input->bytes);
    }
    for (;;) {
        scan_window(lane->window, walk.len, task->plan->mapping->delimiter, &lane->index);
        walk.at = start;
        walk.cut = walk.end = walk.mark = 0;
        walk_catch_up(&lane->index, &walk);
        start = 0;
        TRY(window_rows(lane, task, &walk, err));
        TRY(lane_flush(lane, err)); /* its texts point into the window */
        walk.len -= walk.at;
        walk.base += walk.at;
        memmove(lane->window, lane->window + walk.at, walk.len);
        assert(walk.is_end || walk.is_done || walk.len <= LINE_MAX_BYTES);
        if (task->spill != NULL && task->refused->len >= SPILL_BYTES)
            TRY(refused_file_write(task->spill, task->refused, err));
        if (walk.is_done || walk.is_end)
            break;
        TRY(window_fill(lane, task, &walk, err));
    }
    assert(walk.is_done || walk.len == 0); /* no byte is left unread */
    return HEDUI_OK;
}
