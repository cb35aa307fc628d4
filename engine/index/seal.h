/* SPDX-License-Identifier: Apache-2.0 */
/* seal.h: the steps of builder_seal() that make bytes: sections, then the head, then a file.
 *
 * From     pieces (block.h), vocabularies, refusals
 * To       DIR/<digest>.hdl
 * Lives    struct layout: for the sealing
 * Why      what a reader needs first stands last, so that the file is written from front to back
 * and no more than a wave of it is in memory. */
#ifndef HEDUI_INDEX_SEAL_H
#define HEDUI_INDEX_SEAL_H

#include "engine/index/block.h"
#include "engine/index/body.h"
#include "engine/index/format.h"
#include "engine/index/meta.h"
#include "engine/index/sealed.h"

#define SECTIONS_MAX (8 + 4 * FIELDS_MAX)

struct layout {
    const struct builder *builder;
    const struct vocabulary_set *vocabulary;
    struct pool *pool;
    struct piece *pieces; /* rows > 0 each, by bucket */
    uint32_t piece_count;
    struct refused_entry *refused;
    size_t refused_count;
    uint64_t *mended;
    size_t mended_count;
    struct meta meta;
    struct data_key data_key; /* meta.info.is_sealed: what the originals are sealed under */

    struct body body;
    struct section_entry sections[SECTIONS_MAX];
    uint32_t section_count;
    uint32_t owner_count, row_count;
    struct buf
        head; /* from the first byte of the file to BODY_AT, then what stands behind the body */
};

/* sections.c: the blocks, a wave at a time; then everything else. */
HEDUI_CHECKED hedui_status layout_blocks(struct layout *layout, struct err *err);
HEDUI_CHECKED hedui_status layout_sections(struct layout *layout, struct err *err);
/* Behind the last section: the head begins there. */
HEDUI_CHECKED hedui_status layout_end(struct layout *layout, struct err *err);
/* What comes into the body between the two is a section. */
HEDUI_CHECKED hedui_status layout_section_begin(struct layout *layout, enum section_what what,
                                                uint32_t field, uint64_t count, struct err *err);
void layout_section_end(struct layout *layout);
/* publish_file.c: head, sync, read back, rename. *out: the digest. */
HEDUI_CHECKED hedui_status layout_publish(struct layout *layout, const char *dir, bool no_sync,
                                          struct digest *out, struct err *err);

#endif
