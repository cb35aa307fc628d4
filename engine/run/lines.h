/* SPDX-License-Identifier: Apache-2.0 */
/* lines.h: a result file, line by line, however long it is.
 *
 * Lives    lines_open() to lines_close(); a line until the next one is read
 * Errors   HEDUI_E_IO */
#ifndef HEDUI_RUN_LINES_H
#define HEDUI_RUN_LINES_H

#include "engine/base/buf.h"
#include "engine/base/crypt.h"

struct lines {
    const char *path;
    int fd;
    struct buf bytes; /* wiped: it holds people */
    size_t at;        /* where the next line begins */
    bool is_read;     /* nothing more comes from the file */
};

HEDUI_CHECKED hedui_status lines_open(struct lines *lines, const char *path, struct err *err);
/* *line with its line feed, which the last one may lack; empty: no more lines. */
HEDUI_CHECKED hedui_status lines_next(struct lines *lines, struct text *line, struct err *err);
void lines_close(struct lines *lines); /* half-open welcome */

/* Of the whole file, whatever is in it. */
HEDUI_CHECKED hedui_status lines_digest(struct digest *out, const char *path, struct err *err);

#endif
