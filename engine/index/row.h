/* SPDX-License-Identifier: Apache-2.0 */
/* row.h: how a row rests in the builder: one run of bytes whose order is the order of the rows.
 *
 * Layout   pseudonym (16) · plain fields in field order · states, 2 bits a field · keyed fields
 *          (names, tags, other pseudonyms) · file and line (6). All big-endian, signed numbers with
 *          an offset, so that memcmp of two rows orders them by person, plain values, place.
 * Why      at most 64 bytes a row while building, and one comparison for every kind. */
#ifndef HEDUI_INDEX_ROW_H
#define HEDUI_INDEX_ROW_H

#include <string.h>

#include "engine/model/kind.h"

#define ROW_BYTES_MAX 1152 /* FIELDS_MAX other identities, states, owner and place stay below */
#define ROW_SLACK 16       /* readable and writable bytes behind a row */
#define PLACE_BYTES 6
#define PLACE_LINE_BITS 36 /* 68,719,476,735 lines … */
#define PLACE_FILE_BITS 12 /* … of 4,096 files */

enum stream_what {                /* what one stored number of a field is */
                   STREAM_NUMBER, /* value + offset of its type */
                   STREAM_TEXT,   /* number in the column's vocabulary */
                   STREAM_NAME,   /* number in the column's names */
                   STREAM_TAG,    /* keyed tag of a sensitive text */
                   STREAM_TAIL,   /* number of its masked tail in the column's vocabulary */
                   STREAM_HI,     /* another person's pseudonym */
                   STREAM_LO,
};
#define STREAMS_MAX (2 * FIELDS_MAX)

struct stream {
    enum stream_what what;
    uint32_t field;
    uint32_t at, bytes; /* in the row */
    uint64_t offset;    /* added to a STREAM_NUMBER so that it is not negative */
};

struct row_plan {
    const struct kind *kind;
    uint32_t stream_count;
    struct stream streams[STREAMS_MAX]; /* in the order of the row */
    uint32_t state_at, state_bytes, place_at, bytes;
    int32_t first[FIELDS_MAX]; /* the field's first stream (TAG before TAIL, HI before LO), or -1 */
};

void row_plan_make(struct row_plan *plan, const struct kind *kind);

static inline uint64_t
row_get(const uint8_t *row, uint32_t at, uint32_t bytes)
{
    uint64_t word;

    memcpy(&word, row + at, sizeof word);
    return __builtin_bswap64(word) >> (64 - 8 * bytes);
}

/* Writes 8 bytes; what stands behind `bytes` of them is zero, so fields are written in order. */
static inline void
row_put(uint8_t *row, uint32_t at, uint32_t bytes, uint64_t value)
{
    uint64_t word = __builtin_bswap64(value << (64 - 8 * bytes));

    memcpy(row + at, &word, sizeof word);
}

/* Only the bytes of the field: for rows that are complete already. What stands behind them is
 * written back as it was read. */
static inline void
row_patch(uint8_t *row, uint32_t at, uint32_t bytes, uint64_t value)
{
    uint64_t word, kept = bytes == 8 ? 0 : UINT64_MAX << 8 * bytes;

    memcpy(&word, row + at, sizeof word);
    word = (word & kept) | __builtin_bswap64(value << (64 - 8 * bytes));
    memcpy(row + at, &word, sizeof word);
}

/* `bytes` and up to ROW_SLACK - 1 behind them. */
static inline void
row_copy(uint8_t *to, const uint8_t *from, size_t bytes)
{
    for (size_t at = 0; at < bytes; at += 16)
        memcpy(to + at, from + at, 16);
}

static inline uint8_t
row_state(const struct row_plan *plan, const uint8_t *row, uint32_t field)
{
    return (row[plan->state_at + field / 4] >> (6 - field % 4 * 2)) & 3;
}

#endif
