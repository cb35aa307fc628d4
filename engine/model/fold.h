/* SPDX-License-Identifier: Apache-2.0 */
/* fold.h: one dirty cell made plain: what the careful paths of the cell parsers read.
 *
 * Full-width ASCII becomes ASCII, every kind of blank a space, the minus sign U+2212 a '-', the
 * full-width yen sign U+00A5; blanks at both ends go. Everything else stays. Bytes that are not
 * UTF-8 become FOLD_BAD, which no parser accepts. */
#ifndef HEDUI_MODEL_FOLD_H
#define HEDUI_MODEL_FOLD_H

#include "engine/base/text.h"

#define FOLD_MAX 64 /* bytes of a folded cell; no value that we read is longer */
#define FOLD_BAD '\x7F'

/* The folded cell in out[FOLD_MAX]. .at is NULL where it does not fit: not of our forms. */
struct text fold_cell(struct text cell, char *out);

/* Eight ASCII digits as they stand in memory. A clean cell is read eight bytes at a time. */
static inline bool
eight_are_digits(uint64_t bytes)
{
    uint64_t high = bytes & UINT64_C(0xF0F0F0F0F0F0F0F0); /* 0x30 to 0x3F … */
    uint64_t past = (bytes + UINT64_C(0x0606060606060606)) & UINT64_C(0xF0F0F0F0F0F0F0F0);
    return high == UINT64_C(0x3030303030303030) && past == high; /* … and not past '9' */
}

static inline uint32_t
eight_value(uint64_t bytes)
{
    bytes -= UINT64_C(0x3030303030303030);
    bytes = bytes * 10 + (bytes >> 8); /* pairs in every other byte */
    return (
        uint32_t)(((bytes & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x000F424000000064) +
                   (bytes >> 16 & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x0000271000000001)) >>
                  32);
}

static inline uint64_t
eight_load(const char *at)
{
    uint64_t bytes;
    __builtin_memcpy(&bytes, at, sizeof bytes);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    bytes = __builtin_bswap64(bytes);
#endif
    return bytes; /* the first character is in the lowest byte */
}

#endif
