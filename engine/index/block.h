/* SPDX-License-Identifier: Apache-2.0 */
/* block.h: some buckets of packed rows to the columns of one block.
 *
 * From     the builder and its vocabulary
 * To       sealing, which lays the blocks side by side
 * Lives    struct piece: from block_encode() to piece_release(); struct block_scratch: one a lane;
 *          the encoded bytes stay in the caller's buffers
 * Threads  one block is one task
 * Why      sorted by person, most columns of a block repeat, and what repeats is not written. */
#ifndef HEDUI_INDEX_BLOCK_H
#define HEDUI_INDEX_BLOCK_H

#include "engine/base/buf.h"
#include "engine/index/vocabulary.h"

struct piece {
    uint32_t bucket_first, bucket_end;
    struct key128 *owners;
    uint32_t *counts; /* rows of each owner */
    uint32_t owner_count, rows;
    uint64_t columns_at, places_at; /* in the section of blocks */
    uint32_t columns_bytes, places_bytes;
    uint64_t collapsed, conflicting;
    uint64_t *mended; /* places of all rows, also of collapsed ones; only of a mend */
    uint32_t mended_count;
};

struct block_scratch {
    uint8_t *rows, *sorted; /* as they came, and in order */
    struct sort_item *items, *spare;
    uint64_t *values, *picked;
    uint32_t *owner_row; /* first row of each owner, and the end */
    uint32_t *exceptions;
    uint8_t *states;
    size_t room; /* rows */
};

/* columns, places: emptied and filled. */
HEDUI_CHECKED hedui_status block_encode(struct piece *piece, const struct builder *builder,
                                        const struct vocabulary_set *vocabulary, uint32_t line_bits,
                                        struct block_scratch *scratch, struct buf *columns,
                                        struct buf *places, struct err *err);
void piece_release(struct piece *piece);
void block_scratch_release(struct block_scratch *scratch);

#endif
