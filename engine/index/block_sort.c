/* SPDX-License-Identifier: Apache-2.0 */
/* block_sort.c: three radix passes over the bits behind the bucket's, then runs by comparison. */
#include "engine/index/block_sort.h"

#include <stdlib.h>
#include <string.h>

#include "engine/index/bucket.h"

#include "engine/base/ban.h"

#define RADIX_MIN 256 /* rows; fewer are compared from the start */
#define INSERT_MAX 24 /* rows of one run that insertion sorts */
#define PASS_BITS 8
#define PASSES 3
#define SORTED_SHIFT (64 - BUCKET_BITS - PASSES * PASS_BITS) /* bits that the passes leave */

struct order {
    const uint8_t *rows;
    size_t bytes;
};

static int
bytes_order(const struct order *order, const struct sort_item *x, const struct sort_item *y,
            size_t at)
{
    const uint8_t *p = order->rows + x->row * order->bytes,
                  *q = order->rows + y->row * order->bytes;

    for (; at + 8 <= order->bytes; at += 8) { /* most rows differ early: cheaper than memcmp */
        uint64_t left = row_get(p, (uint32_t)at, 8), right = row_get(q, (uint32_t)at, 8);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return memcmp(p + at, q + at, order->bytes - at);
}

static inline int
item_order(const struct sort_item *x, const struct sort_item *y, const struct order *order)
{
    if (x->hi != y->hi)
        return x->hi < y->hi ? -1 : 1;
    if (x->plain != y->plain)
        return x->plain < y->plain ? -1 : 1;
    return bytes_order(order, x, y, order->bytes < PLAIN_AT + 8 ? order->bytes : PLAIN_AT + 8);
}

static int
item_compare(const void *a, const void *b, void *order)
{
    return item_order(a, b, order);
}

static int
item_compare_whole(const void *a, const void *b, void *order)
{
    return bytes_order(order, a, b, 0);
}

void
block_sort_whole(struct sort_item *items, size_t n, const uint8_t *rows, size_t bytes)
{
    struct order order = {rows, bytes};

    if (n > 0)
        qsort_r(items, n, sizeof *items, item_compare_whole, &order);
}

static void
run_sort(struct sort_item *items, size_t n, struct order *order)
{
    if (n > INSERT_MAX) {
        qsort_r(items, n, sizeof *items, item_compare, order);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        struct sort_item item = items[i];
        size_t to = i;
        while (to > 0 && item_order(&items[to - 1], &item, order) > 0) {
            items[to] = items[to - 1];
            to--;
        }
        items[to] = item;
    }
}

static void
radix_pass(const struct sort_item *from, struct sort_item *to, size_t n, uint32_t shift)
{
    size_t starts[1 << PASS_BITS] = {0}, at = 0;

    for (size_t i = 0; i < n; i++)
        starts[from[i].hi >> shift & ((1 << PASS_BITS) - 1)]++;
    for (size_t i = 0; i < 1 << PASS_BITS; i++) {
        size_t count = starts[i];
        starts[i] = at;
        at += count;
    }
    for (size_t i = 0; i < n; i++)
        to[starts[from[i].hi >> shift & ((1 << PASS_BITS) - 1)]++] = from[i];
}

void
block_sort(struct sort_item *items, struct sort_item *spare, size_t n, const uint8_t *rows,
           size_t bytes)
{
    struct order order = {rows, bytes};

    if (n < RADIX_MIN) {
        qsort_r(items, n, sizeof *items, item_compare, &order);
        return;
    }
    radix_pass(items, spare, n, SORTED_SHIFT);
    radix_pass(spare, items, n, SORTED_SHIFT + PASS_BITS);
    radix_pass(items, spare, n, SORTED_SHIFT + 2 * PASS_BITS);
    memcpy(items, spare, n * sizeof *items);
    for (size_t from = 0, i = 1; i <= n; i++) {
        if (i < n && items[i].hi >> SORTED_SHIFT == items[from].hi >> SORTED_SHIFT)
            continue;
        run_sort(items + from, i - from, &order);
        from = i;
    }
}
