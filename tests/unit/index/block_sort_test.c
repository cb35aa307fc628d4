/* SPDX-License-Identifier: Apache-2.0 */
/* The radix sort and a plain comparison of whole rows agree. */
#include "engine/index/block_sort.h"

#include <stdlib.h>

#include "tests/t.h"

#include "engine/index/builder.h"

enum { ROWS = 6000, BYTES = 24 };

static uint8_t rows[ROWS * BYTES + 8], sorted[ROWS * BYTES];
static struct sort_item items[ROWS], spare[ROWS];

static int
row_order(const void *a, const void *b)
{
    return memcmp(a, b, BYTES);
}

TEST(rows_end_in_the_order_of_their_bytes)
{
    static const struct {
        const char *belief;
        size_t n;
        uint64_t persons; /* distinct pseudonyms */
        uint64_t twins;   /* 1: pseudonyms that share their first half */
    } cases[] = {
        {"no row",                                   0,    1,    0},
        {"one row",                                  1,    1,    0},
        {"few rows are compared",                    100,  20,   0},
        {"many persons go through the radix passes", ROWS, 4000, 0},
        {"few persons with many rows each",          ROWS, 7,    0},
        {"one person alone",                         ROWS, 1,    0},
        {"halves that are shared",                   ROWS, 4000, 1},
    };
    uint64_t seed = 3;

    for (size_t c = 0; c < LEN(cases); c++) {
        T_ROW(cases[c].belief);
        for (size_t i = 0; i < cases[c].n; i++) {
            uint64_t person, hi;
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            person = (seed >> 20) % cases[c].persons;
            /* one bucket; persons differ in all bits behind it, some in the last ones alone */
            hi = (uint64_t)77 << (64 - BUCKET_BITS) | (person % 3 == 0 ? person : person << 34);
            row_put(rows + i * BYTES, 0, 8, hi);
            row_put(rows + i * BYTES, 8, 8, person * 5 + cases[c].twins * (seed >> 50));
            row_put(rows + i * BYTES, 16, 8, seed);
            items[i] = sort_item_of(rows, i, BYTES);
        }
        memcpy(sorted, rows, cases[c].n * BYTES);
        if (cases[c].n > 0)
            qsort(sorted, cases[c].n, BYTES, row_order);
        if (cases[c].twins == 0)
            block_sort(items, spare, cases[c].n, rows, BYTES);
        else
            block_sort_whole(items, cases[c].n, rows, BYTES);
        for (size_t i = 0; i < cases[c].n; i++)
            T_EQ(memcmp(rows + items[i].row * (size_t)BYTES, sorted + i * BYTES, BYTES), 0);
    }
}

T_MAIN(T(rows_end_in_the_order_of_their_bytes))
