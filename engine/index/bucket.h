/* SPDX-License-Identifier: Apache-2.0 */
/* bucket.h: which rows are sorted and encoded together: those whose pseudonyms begin alike.
 *
 * Why      a bucket of a county's feed fits the cache while it is sorted. */
#ifndef HEDUI_INDEX_BUCKET_H
#define HEDUI_INDEX_BUCKET_H

#include <stdint.h>

#define BUCKET_BITS 10 /* 1,024: the best of 64 to 4,096 at scale 1 */
#define BUCKETS (1 << BUCKET_BITS)

static inline uint32_t
bucket_of(uint64_t hi)
{
    return (uint32_t)(hi >> (64 - BUCKET_BITS));
}

#endif
