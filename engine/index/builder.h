/* SPDX-License-Identifier: Apache-2.0 */
/* builder.h: what lies in memory between the first batch and the sealed file. Private to index.
 *
 * Lives    inside struct builder; each lane appends to chunk lists of its own, so no lock is taken
 * Why      rows fall into buckets by the first bits of the pseudonym; a bucket fits the cache when
 *          it is sorted, and buckets are sealed side by side. */
#ifndef HEDUI_INDEX_BUILDER_H
#define HEDUI_INDEX_BUILDER_H

#include <stdatomic.h>

#include "engine/base/slab.h"
#include "engine/index/bucket.h"
#include "engine/index/build.h"
#include "engine/index/row.h"
#include "engine/index/sealed.h"
#include "engine/index/spill.h"
#include "engine/index/terms.h"

#define CHUNK_ROWS 64
#define PART_ROWS 128     /* of a batch, placed and filled together: they stay near the core */
#define MONTHS_MAX 120000 /* months before the year 10000 */

struct chunk { /* CHUNK_ROWS rows of one bucket and lane, plan.bytes each; the newest has fewer */
    struct chunk *older;
    uint64_t unused; /* rows stand at a multiple of 16 */
    uint8_t rows[];
};

struct slab {
    struct slab *older;
    size_t at; /* first free byte */
};

struct refused {         /* a refused row: whose and where */
    struct key128 owner; /* pseudonym; all ones without owner: they sort last */
    uint64_t place;      /* file and line; top bit: has an owner */
};
#define REFUSED_OWNER ((uint64_t)1 << 63)

struct lane {
    struct keyer *keyer;
    struct slab *slab, *spare; /* spare: given back by rows that went to the disk */
    size_t slab_count;
    struct chunk *open[BUCKETS];   /* the newest */
    uint8_t *next[BUCKETS];        /* where its next row goes */
    uint32_t left[BUCKETS];        /* rows that it still takes */
    uint32_t bucket_rows[BUCKETS]; /* also of rows on the disk */
    struct spill spill;
    struct sealed_lane sealed;
    struct terms terms[FIELDS_MAX]; /* of texts, names and tails */
    size_t terms_counted;           /* bytes of them that `used` knows */
    uint32_t *months;               /* rows per month, kinds with a period only */
    uint64_t line_max;
    struct refused *refused;
    size_t refused_count, refused_room;
    uint8_t **to;     /* where each row of a part goes */
    uint64_t *values; /* one column of a part */
    struct key128 *keys;
    struct text *tails;
    char *tail_bytes;
};

struct builder {
    struct delivery_spec spec;
    const struct master_key *key;
    uint8_t hiding[AEAD_KEY_BYTES]; /* for sealed texts past the memory; drawn, never written */
    struct row_plan plan;
    size_t chunk_bytes;
    uint32_t lane_count;
    struct lane *lanes;
    atomic_size_t used; /* bytes of terms and refusals */
    bool is_sealed;
};

static inline uint32_t
chunk_rows(const struct lane *lane, uint32_t bucket, const struct chunk *chunk)
{
    return chunk == lane->open[bucket] ? CHUNK_ROWS - lane->left[bucket] : CHUNK_ROWS;
}

/* Gives back all rows: what is left is dictionaries and refusals. */
void builder_rows_free(struct builder *builder);

#endif
