/* SPDX-License-Identifier: Apache-2.0 */
/* rows.h: one lane's way through a piece of a file: windows, rows, cells, batches, refusals.
 *
 * From     a plan and the bytes of its file
 * To       the sink; refused rows to a buffer or a refused file
 * Lives    a lane from lane_open() to lane_close(), for one feed_read()
 * Threads  each lane has its own
 * Errors   bad rows never; HEDUI_E_IO, HEDUI_E_INPUT of the file, HEDUI_E_MEMORY, or the sink's
 * Why      a clean row takes one road without allocation; whatever is odd about a row takes
 *          another, and both end in the same field parsers. */
#ifndef HEDUI_FEED_ROWS_H
#define HEDUI_FEED_ROWS_H

#include "engine/base/hash.h"
#include "engine/feed/read.h"
#include "engine/feed/refused.h"
#include "engine/feed/scan.h"
#include "engine/feed/split.h"

struct lane {
    const struct feed_sink *sink;
    const struct plan *plan; /* whose constants stand in the columns */
    uint32_t number, row;    /* row: rows in the batch so far */
    bool is_dry, is_full;    /* is_full: no memory left for a cell */
    struct batch batch;
    struct batch_column *columns; /* batch.columns */
    struct scan_index index;
    struct split_row cut;
    char *window;  /* LINE_MAX_BYTES + INPUT_PIECE and a line feed */
    char *scratch; /* decoded and unquoted cells of the batch */
    size_t scratch_used;
    struct arena normal; /* cells that were brought to NFC */
    bool is_normal_used;
    uint32_t *starts;              /* of the rows of a run, in the window; BATCH_ROWS + 1 */
    uint8_t *odd;                  /* rows of a run that the careful way has to see */
    struct arena memory, places;   /* the arrays above; those of mere places, which are not wiped */
    bool has_owner;                /* of the row at hand */
    bool has_other, is_other_lost; /* and its other side, as in struct refusal */
    struct identity owner, other;
    uint32_t reason_count;
    struct refusal_reason reasons[FIELDS_MAX + 2];
    struct text bad_codes[FIELDS_MAX]; /* by field: the word that is in no table */
    struct dict whats;                 /* reasons in words … */
    uint64_t *what_counts;             /* … and how often; room for WHATS_MAX + FIELDS_MAX … */
    uint64_t ignored[SKIPS_MAX + 1];   /* by skip rule; the last: blank lines */
    struct balance balance;
};

struct rows_task {
    const struct plan *plan;
    struct input_stream *stream; /* NULL: a piece of a plain file without quotes */
    uint64_t from, until;        /* piece: rows that begin in [from, until); it is in the window */
    uint64_t start;              /* bytes of the piece, or of the stream, before its first row */
    uint64_t line;               /* of the first row */
    struct buf *refused;         /* rows for the refused file */
    struct refused_file *spill;  /* where a stream empties `refused` on its way; NULL: nowhere */
    uint64_t physical, refused_count; /* out */
};

HEDUI_CHECKED hedui_status lane_open(struct lane *lane, uint32_t number, const struct kind *kind,
                                     const struct feed_sink *sink, bool is_dry, struct err *err);
void lane_close(struct lane *lane); /* zeroed and half-open welcome */
/* Leaves what it sent in the sink also where it fails: the caller throws that away. */
HEDUI_CHECKED hedui_status rows_read(struct lane *lane, struct rows_task *task, struct err *err);

/* row.c: the cells in lane->cut (those that the plan needs) become a row of the batch, a refusal
 * or an ignored row. */
enum row_fault { ROW_WHOLE, ROW_NUL, ROW_RAGGED, ROW_BROKEN, ROW_LONG };
HEDUI_CHECKED hedui_status row_take(struct lane *lane, struct rows_task *task, struct text raw,
                                    enum row_fault fault, struct err *err);
/* clean.c: `count` rows that follow each other in the window, each with as many cells as the
 * header, without quotes or NULs; the first cell's end is cuts[0]. Needs room for them in the
 * batch. Takes whole columns; rows that are not clean through and through go to row_take(). */
HEDUI_CHECKED hedui_status rows_take(struct lane *lane, struct rows_task *task,
                                     const uint32_t *cuts, uint32_t count, struct err *err);
/* row.c: bytes of the file to UTF-8 that may still hold anything. */
bool cell_decode(struct lane *lane, const struct plan *plan, struct text *cell);
/* A blank cell of the row, as the mapping or the model says; false: the row cannot have one. */
bool blank_put(struct lane *lane, const struct plan_field *at, uint32_t row);
/* Before each row: hands the batch over where it, or the scratch, is full. */
HEDUI_CHECKED hedui_status lane_room(struct lane *lane, struct err *err);
HEDUI_CHECKED hedui_status lane_flush(struct lane *lane, struct err *err);

#endif
