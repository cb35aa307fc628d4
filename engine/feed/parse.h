/* SPDX-License-Identifier: Apache-2.0 */
/* parse.h: one cell to one value, by the field's type and what the mapping says of it.
 *
 * From     rows.c with cells of files, mapping.c with fixed values
 * To       a batch column
 * Lives    pure functions */
#ifndef HEDUI_FEED_PARSE_H
#define HEDUI_FEED_PARSE_H

#include "engine/feed/mapping_in.h"

/* Types with a number: code, date, month, money, decimal, int, bool; `cell` is UTF-8 and trimmed,
 * for codes also NFC. min and max are checked. *out on CELL_OK only. */
enum cell_result number_parse(const struct field *field, const struct field_map *map,
                              struct text cell, int64_t *out);
bool cell_is_blank_word(const struct field_map *map, struct text cell); /* trimmed; "" is one */
/* Blanks at the ends that are ASCII: what nearly all cells need. */
static inline struct text
ascii_trim(struct text cell)
{
    while (cell.len > 0 && (unsigned char)cell.at[0] <= 0x20)
        cell.at++, cell.len--;
    while (cell.len > 0 && (unsigned char)cell.at[cell.len - 1] <= 0x20)
        cell.len--;
    return cell;
}
/* `cell` is UTF-8 that is in NFC whatever stands beside it, and has no blank to trim: printable
 * ASCII and the Han characters of the basic block. false: unknown, look closer. */
bool text_is_plain(struct text cell);

#endif
