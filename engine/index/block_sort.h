/* SPDX-License-Identifier: Apache-2.0 */
/* block_sort.h: rows of one bucket in order: by person, plain values, keyed values, place. */
#ifndef HEDUI_INDEX_BLOCK_SORT_H
#define HEDUI_INDEX_BLOCK_SORT_H

#include "engine/index/row.h"

#define PLAIN_AT 16 /* in a row: behind the pseudonym */

struct sort_item {
    uint64_t hi;    /* first half of the pseudonym */
    uint64_t plain; /* first bytes of the plain fields: they settle most comparisons */
    uint64_t row;
};

static inline struct sort_item
sort_item_of(const uint8_t *rows, size_t row, size_t bytes)
{
    const uint8_t *at = rows + row * bytes;
    uint32_t plain = bytes >= PLAIN_AT + 8 ? 8 : (uint32_t)bytes - PLAIN_AT;

    return (struct sort_item){row_get(at, 0, 8), row_get(at, PLAIN_AT, plain), row};
}

/* items[n], spare[n]; rows: row i stands at rows + i × bytes. The result is in items. Pseudonyms
 * that share their first half are told apart by block_sort_whole() only. */
void block_sort(struct sort_item *items, struct sort_item *spare, size_t n, const uint8_t *rows,
                size_t bytes);
/* The same order for any pseudonyms, slowly. */
void block_sort_whole(struct sort_item *items, size_t n, const uint8_t *rows, size_t bytes);

#endif
