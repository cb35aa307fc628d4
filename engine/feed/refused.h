/* SPDX-License-Identifier: Apache-2.0 */
/* refused.h: the file that a department's refused rows go to, to be mended and fed back.
 *
 * From     rows that were refused: the raw cells in the input's own character set
 * To       NAME.refused.csv (0600) beside the input or in the directory given, with hedui_row and
 *          hedui_codes as last columns; ordered by row
 * Lives    refused_file_init() to refused_file_finish() or refused_file_drop(). It is made with the
 *          first row, under a name of its own, and takes its real name when all rows are in it
 * Threads  one at a time
 * Why      every refusal with all its reasons, and nothing of a row lost. */
#ifndef HEDUI_FEED_REFUSED_H
#define HEDUI_FEED_REFUSED_H

#include "engine/feed/plan.h"

struct refused_file {
    const struct plan *plan;
    struct text dir, name, path, temporary; /* path: dir/name */
    int fd;
    bool is_made;
};

/* dir NULL: beside the input. `twin`: how many inputs before have the same base name. */
HEDUI_CHECKED hedui_status refused_file_init(struct refused_file *file, const struct plan *plan,
                                             const char *dir, uint32_t twin, struct arena *arena,
                                             struct err *err);
/* Appends rows made by refused_row() and empties the buffer. */
HEDUI_CHECKED hedui_status refused_file_write(struct refused_file *file, struct buf *rows,
                                              struct err *err);
HEDUI_CHECKED hedui_status refused_file_finish(struct refused_file *file, struct err *err);
void refused_file_drop(struct refused_file *file); /* what was begun goes away */

struct refused_cells { /* a row as it was cut */
    struct text raw;   /* without its line end */
    uint32_t count;    /* cells; 0: the row could not be cut (too long), only its number is kept */
    bool is_broken;    /* quoting: kept as one quoted cell, so that the file stays readable */
    const struct text *cells; /* of mended rows, whose hedui_… columns are left out; unquoted */
    bool is_quoted;
};
/* codes: "R-CODE:category R-FORM:balance". */
void refused_row(struct buf *out, const struct plan *plan, const struct refused_cells *row,
                 uint64_t line, struct text codes);

#endif
