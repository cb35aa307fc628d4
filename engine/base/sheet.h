/* SPDX-License-Identifier: Apache-2.0 */
/* sheet.h: one file for a spreadsheet: cells in quotes, lines that end in CR LF, UTF-8 with a mark.
 *
 * From     whoever writes a .csv for people
 * Lives    the struct is the caller's storage, over a buf of the caller's
 * Errors   those of the buf
 * Why      text of outside (case numbers, names, words of a pack) must never become a formula in
 * the program of whoever opens the file; the look-alikes of = + - @ count as well, because
 *          spreadsheets fold width. */
#ifndef HEDUI_BASE_SHEET_H
#define HEDUI_BASE_SHEET_H

#include "engine/base/buf.h"

struct sheet {
    struct buf *out;
    bool is_begun; /* the line has a cell already */
    bool is_blank; /* nothing but blanks stands in the open cell */
};

void sheet_begin(struct sheet *sheet, struct buf *out);
void sheet_head(struct sheet *sheet,
                const char *titles); /* the mark and the first line, as given */
void sheet_open(struct sheet *sheet);
void sheet_add(struct sheet *sheet, struct text text); /* into the open cell, in any number */
void sheet_close(struct sheet *sheet);
void sheet_put(struct sheet *sheet, struct text text);  /* a whole cell */
void sheet_own(struct sheet *sheet, struct text value); /* a whole cell that we computed: -3.50 */
void sheet_line(struct sheet *sheet);                   /* ends the line */

#endif
