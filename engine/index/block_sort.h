/* SPDX-License-Identifier: Apache-2.0 */
/* block_sort.h: rows of one bucket in order: by person, plain values, keyed values, place. */
#ifndef HEDUI_INDEX_BLOCK_SORT_H
#define HEDUI_INDEX_BLOCK_SORT_H

#include <stddef.h>
#include <stdint.h>

struct sort_item {
    uint64_t hi; /* first half of the pseudonym */
    uint32_t row, unused;
};

/* items[n], spare[n]; rows: row i stands at rows + i × bytes. The result is in items. */
void block_sort(struct sort_item *items, struct sort_item *spare, size_t n, const uint8_t *rows,
                size_t bytes);

#endif
