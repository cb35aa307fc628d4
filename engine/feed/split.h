/* SPDX-License-Identifier: Apache-2.0 */
/* split.h: one row to its cells, byte by byte: for rows with quotes, and for the header.
 *
 * Rule     RFC 4180. A quote opens a cell only as its first byte; elsewhere it is a byte like any
 *          other. A row whose quoting breaks the rule ends at its first line feed and is broken:
 *          a stray quote costs one line, not the rest of the file.
 * Lives    cells point into the bytes given */
#ifndef HEDUI_FEED_SPLIT_H
#define HEDUI_FEED_SPLIT_H

#include "engine/feed/mapping_in.h"

enum split {
    SPLIT_OK,
    SPLIT_BROKEN, /* cells as if there were no quotes */
    SPLIT_MORE,   /* neither its end nor its being broken can be seen in these bytes */
};

struct split_row {
    size_t end;         /* behind the line feed */
    uint32_t count;     /* cells, also those past COLUMNS_MAX, which are not kept */
    struct text *cells; /* COLUMNS_MAX; without the quotes around */
    bool *is_doubled;   /* COLUMNS_MAX; "" inside stands for one quote */
    bool is_quoted;     /* some cell is */
};

/* bytes[start … len) begins with a row; is_end: nothing comes behind len, and bytes[len-1] is a
 * line feed. */
enum split split_row(struct split_row *row, const char *bytes, size_t start, size_t len,
                     bool is_end, char delimiter);
/* Inner quotes made single; out has room for cell.len. */
struct text split_unquote(struct text cell, char *out);

#endif
