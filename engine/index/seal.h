/* SPDX-License-Identifier: Apache-2.0 */
/* seal.h: the steps of builder_seal() that make bytes: sections, then a file.
 *
 * From     pieces (block.h), vocabularies, refusals
 * To       DIR/<digest>.hdl
 * Lives    struct layout: for the sealing */
#ifndef HEDUI_INDEX_SEAL_H
#define HEDUI_INDEX_SEAL_H

#include "engine/index/block.h"
#include "engine/index/format.h"
#include "engine/index/meta.h"

#define SECTIONS_MAX (8 + 2 * FIELDS_MAX)

struct layout {
    const struct builder *builder;
    const struct vocabulary_set *vocabulary;
    struct piece *pieces; /* rows > 0 each, by bucket */
    uint32_t piece_count;
    struct refused_entry *refused;
    size_t refused_count;
    uint64_t *mended;
    size_t mended_count;
    struct meta meta;

    struct section_entry sections[SECTIONS_MAX]; /* at: in the body, until the head is written */
    uint32_t section_count, count_bytes, slot_bits, unit_count;
    uint32_t owner_count, row_count;
    uint8_t *body;
    size_t body_bytes, body_room;
    struct unit_entry *units;
    struct buf head;
};

/* Adds up the sections and fills layout->body; pieces are given back as they are copied. */
HEDUI_CHECKED hedui_status layout_build(struct layout *layout, struct pool *pool, struct err *err);
/* Hashes, writes, syncs, renames. *out: the digest. */
HEDUI_CHECKED hedui_status layout_publish(struct layout *layout, struct pool *pool, const char *dir,
                                          bool no_sync, struct digest *out, struct err *err);
void layout_release(struct layout *layout);

#endif
