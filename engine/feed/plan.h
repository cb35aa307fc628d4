/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h: a mapping laid over one file: which of its columns feeds which field.
 *
 * From     a mapping and the head of a file: character set, header
 * To       rows.c
 * Lives    in the arena of feed_read(); all lanes read it
 * Errors   HEDUI_E_INPUT: no header, not of the mapping's character sets, a needed column missing,
 *          two columns for one field */
#ifndef HEDUI_FEED_PLAN_H
#define HEDUI_FEED_PLAN_H

#include "engine/feed/input.h"
#include "engine/feed/mapping_in.h"

struct plan_field { /* one that the file has a column for */
    uint32_t number, column;
    const struct field *field;
    const struct field_map *map;
};

struct plan_skip {
    uint32_t column;
    uint8_t first[256]; /* by first byte of the words, in UTF-8; high bytes are all let through */
    const struct skip_rule *rule;
    uint32_t number;
};

struct plan {
    const struct mapping *mapping;
    const struct input *input;
    uint32_t file;
    enum charset charset;
    uint64_t body;      /* where the row behind the header begins, in the inflated bytes */
    struct text header; /* its bytes as delivered, without the line end */
    uint32_t column_count;
    uint32_t field_count, needed_count, skip_count;
    struct plan_field *fields; /* by field number */
    uint32_t *needed;          /* columns that are looked at, ascending */
    struct plan_skip *skips;
    struct constant
        *constants; /* by field number: what stands in every row; is_set false: a column */
    int32_t row_column, codes_column; /* hedui_row and hedui_codes of a mended file, -1: none */
    bool is_mended;
    int32_t case_field; /* kind applicant: number of case_no, else -1 */
};

HEDUI_CHECKED hedui_status plan_build(struct plan **out, const struct mapping *mapping,
                                      const struct input *input, uint32_t file, bool is_mended,
                                      struct arena *arena, struct err *err);

#endif
