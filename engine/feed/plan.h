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

#define SHORT_WORD_MAX 16

/* A code word of at most SHORT_WORD_MAX bytes: its ends, which overlap or are filled with zeros,
 * and its length say all of it. */
struct short_word {
    uint64_t first, last;
    uint32_t len;
    int32_t code; /* ours; -1: free */
};

/* How a whole column of a field is read where its cells are clean. */
enum column_road {
    ROAD_CAREFUL, /* cell by cell */
    ROAD_IDENTITY,
    ROAD_TEXT, /* also names */
    ROAD_CODE,
    ROAD_DATE,
    ROAD_MONTH,
    ROAD_NUMBER,
};

struct plan_field { /* one that the file has a column for */
    uint32_t number, column;
    const struct field *field;
    const struct field_map *map;
    enum column_road road;
    bool has_blanks;          /* words that stand for blank … */
    bool is_blank_first[256]; /* … begin so */
    uint32_t shift;           /* ROAD_NUMBER: decimal places of the value's unit */
    struct short_word *words; /* ROAD_CODE: open addressing, at most half full */
    uint32_t word_slots;      /* a power of two */
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

/* is_inside: 8 bytes may be read from the first byte of the text on. */
static inline struct short_word
short_word_of(struct text text, bool is_inside)
{
    struct short_word word = {0, 0, (uint32_t)text.len, -1};

    if (is_inside && text.len > 0 && text.len < 8) {
        __builtin_memcpy(&word.first, text.at, 8);
        word.first &= ~UINT64_C(0) >> (64 - 8 * text.len);
    } else if (text.len >= 8) {
        __builtin_memcpy(&word.first, text.at, 8);
        __builtin_memcpy(&word.last, text.at + text.len - 8, 8);
    } else {
        for (size_t i = 0; i < text.len; i++)
            word.first |= (uint64_t)(unsigned char)text.at[i] << (8 * i);
    }
    return word;
}

static inline uint32_t
short_word_slot(const struct short_word *word, uint32_t slots)
{
    uint64_t hash = (word->first + word->last * 3 + word->len) * UINT64_C(0x9E3779B97F4A7C15);

    return (uint32_t)(hash >> 32) & (slots - 1);
}

HEDUI_CHECKED hedui_status plan_build(struct plan **out, const struct mapping *mapping,
                                      const struct input *input, uint32_t file, bool is_mended,
                                      struct arena *arena, struct err *err);

#endif
