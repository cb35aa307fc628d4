/* SPDX-License-Identifier: Apache-2.0 */
/* sealed.h: the originals of names and sensitive texts on their way to the delivery. Private to
 * index; who reads them: originals.h.
 *
 * From     batches, column by column, as they come; the names of the vocabulary
 * To       two sections of the delivery for each such field: blocks, each sealed by itself, and the
 *          list of what stands where
 * Lives    struct sealed_lane: with a lane of the builder; wiped
 * Threads  a lane's by one at a time; sealing spreads over the pool
 * Errors   HEDUI_E_IO, HEDUI_E_MEMORY
 * Why      a text is found by the place of its row, file and line, which the delivery keeps anyway:
 *          so no row carries it through sorting, and a block is packed while its texts are near the
 *          core. Blocks end with the pieces of a file, so that they do not depend on the lanes.
 *          What does not fit the memory leaves it encrypted under a key that is never written. */
#ifndef HEDUI_INDEX_SEALED_H
#define HEDUI_INDEX_SEALED_H

#include "engine/base/buf.h"
#include "engine/base/pool.h"
#include "engine/index/data_key.h"
#include "engine/model/batch.h"

#define SEALED_ROWS 4096                /* of one block: texts of a place, or names, at most */
#define SEALED_RAW ((size_t)128 << 10)  /* bytes of texts that end a block, before packing */
#define SEALED_CONTEXT "hedui sealed 3" /* 3: the version of the file */

struct sealed_start { /* of a block of texts, before it is sealed; then jumps, then textpack.h */
    uint32_t rows, jump_bytes;
    uint64_t line; /* of the first row */
};

struct sealed_context { /* what a block is sealed with: it opens nowhere else */
    char label[16];
    struct digest sealing;
    uint32_t field, file, number, unused; /* number: of the block in its field, from 0 */
    uint64_t first, last;
};
_Static_assert(sizeof(struct sealed_context) == 80, "no gaps");

struct sealed_part { /* a block that is packed and not yet sealed */
    uint32_t field, file;
    uint64_t first, last; /* lines, or numbers of names */
    uint8_t *bytes;       /* NULL: on the disk */
    uint32_t len;
    bool is_apart; /* in memory of its own: larger than a slab */
    uint64_t at;   /* there */
};

struct sealed_slab;
struct sealed_column; /* the block of one field that is still open */
struct sealed_lane {
    struct sealed_column *columns;
    uint32_t column_count;
    struct sealed_part *parts;
    uint32_t part_count, part_room;
    struct sealed_slab *slab; /* where parts lie, the newest first */
    size_t held, limit;       /* bytes of parts in memory; past the limit they go to the disk */
    const char *dir;
    int fd; /* + 1; 0: nothing on the disk yet */
    uint64_t written;
    const uint8_t *hiding; /* the builder's key for what is on the disk */
    struct aead *hider;
    struct buf packed; /* scratch */
};

/* Has a kind anything to seal? */
bool sealed_is_needed(const struct kind *kind);
bool sealed_is_text(const struct field *field);

/* hiding: AEAD_KEY_BYTES, kept like dir. */
HEDUI_CHECKED hedui_status sealed_lane_open(struct sealed_lane *lane, const struct kind *kind,
                                            const char *dir, size_t limit, const uint8_t *hiding,
                                            struct err *err);
void sealed_lane_close(struct sealed_lane *lane); /* zeroed and half-open welcome */
HEDUI_CHECKED hedui_status sealed_lane_rows(struct sealed_lane *lane, const struct batch *batch,
                                            struct err *err);
/* Nothing more comes: the open blocks are ended. */
HEDUI_CHECKED hedui_status sealed_lane_end(struct sealed_lane *lane, struct err *err);
/* The bytes of a part of `lane` to `to`, part->len of them. hider: an instance of the lane's. */
HEDUI_CHECKED hedui_status sealed_part_read(const struct sealed_lane *lane,
                                            const struct sealed_part *part, struct aead *hider,
                                            uint8_t *to, struct err *err);
/* An instance of what hides parts on the disk, for one thread. */
HEDUI_CHECKED hedui_status sealed_hider_open(struct aead **out, const uint8_t *hiding,
                                             struct err *err);

/* The sections of a delivery whose other sections are laid. layout->meta is complete but for the
 * sealing, which is made here. */
struct layout;
HEDUI_CHECKED hedui_status layout_originals(struct layout *layout, struct err *err);

#endif
