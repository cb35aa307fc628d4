/* SPDX-License-Identifier: Apache-2.0 */
/* pack.h: numbers in as few bits as the widest of them needs, little-endian, without gaps.
 *
 * To       the blocks of a delivery
 * Why      frame of reference: what is stored is the distance from the least value of a block.
 * A reader may look at 8 bytes from the byte of a value's first bit on, and at a ninth where width
 * and place need it: every block ends with PACK_SLACK zero bytes. */
#ifndef HEDUI_INDEX_PACK_H
#define HEDUI_INDEX_PACK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PACK_SLACK 16

/* Bits that `value` needs: 0 for 0. */
static inline uint32_t
pack_width(uint64_t value)
{
    return value == 0 ? 0 : 64 - (uint32_t)__builtin_clzll(value);
}

static inline size_t
pack_bytes(uint64_t count, uint32_t width)
{
    return (size_t)((count * width + 7) / 8);
}

static inline uint64_t
pack_get(const uint8_t *at, uint64_t i, uint32_t width)
{
    uint64_t bit = i * width, word;
    uint32_t shift = (uint32_t)(bit & 7);

    if (width == 0)
        return 0;
    memcpy(&word, at + (bit >> 3), sizeof word);
    word >>= shift;
    if (width + shift > 64)
        word |= (uint64_t)at[(bit >> 3) + 8] << (64 - shift);
    return width == 64 ? word : word & ((UINT64_C(1) << width) - 1);
}

/* values[count], each less base, to pack_bytes(count, width) bytes; up to 8 bytes behind them are
 * written too. */
static inline void
pack_put(uint8_t *to, const uint64_t *values, size_t count, uint64_t base, uint32_t width)
{
    uint64_t word = 0;
    uint32_t filled = 0;

    if (width == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        uint64_t value = values[i] - base;
        word |= value << filled;
        filled += width;
        if (filled < 64)
            continue;
        memcpy(to, &word, sizeof word);
        to += sizeof word;
        filled -= 64;
        word = filled == 0 ? 0 : value >> (width - filled);
    }
    if (filled > 0)
        memcpy(to, &word, sizeof word);
}

#endif
