/* SPDX-License-Identifier: Apache-2.0 */
/* delivery_file.h: an open delivery from the inside. Private to index. */
#ifndef HEDUI_INDEX_DELIVERY_FILE_H
#define HEDUI_INDEX_DELIVERY_FILE_H

#include <stdatomic.h>

#include "engine/base/map.h"
#include "engine/index/builder.h"
#include "engine/index/delivery.h"
#include "engine/index/format.h"
#include "engine/index/row.h"
#include "engine/index/vocabulary.h"

struct words { /* one vocabulary in the map */
    const uint32_t *offsets;
    const char *bytes;
    uint32_t count;
    uint64_t at, len; /* of the section in the file: to be checked before it is read */
};

struct range { /* numbers from least to least + span */
    int64_t least;
    uint64_t span;
};

enum unit_state { UNIT_NEW = 0, UNIT_GOOD, UNIT_BAD };

struct delivery {
    struct arena arena; /* texts of info, and the head */
    struct map file;    /* not open where the bytes are the caller's */
    const uint8_t *map; /* the whole file; its head is read once, into the arena, and from there */
    size_t bytes;
    atomic_bool is_fenced; /* something was not what was sealed: no answer counts any more */
    struct delivery_info info;
    const struct kind *kind;
    struct row_plan plan;
    struct range ranges[FIELDS_MAX]; /* of plain numbers; outside: not one of ours */

    const struct head_start *head;
    const struct section_entry *sections;
    const struct block_entry *blocks;
    const struct unit_entry *units;
    atomic_uchar *unit_states; /* enum unit_state */

    const struct key128 *owners;
    const struct slot_entry *directory;
    const uint8_t *counts;
    uint32_t owner_count, count_bytes, slot_shift;
    const struct section_entry *packed; /* the blocks */
    struct words words[FIELDS_MAX];
    struct {
        const struct name_entry *entries;
        uint64_t at;
        uint32_t count;
    } names[FIELDS_MAX];
    struct { /* originals: who opens them asks whether they are good */
        const struct section_entry *section;
        const struct sealed_entry *list;
        uint64_t list_at;
        uint32_t count;
    } sealed[FIELDS_MAX];
    uint32_t line_bits;
    const struct refused_entry *refused;
    uint32_t refused_count;
    const uint64_t *mended;
    uint32_t mended_count;
    uint32_t bucket_block[BUCKETS]; /* number of the block that holds the bucket, or block_count */
};

/* Are the bytes [at, at + len) of the file what was sealed? Checks each unit once. false fences. */
bool delivery_touch(const struct delivery *delivery, uint64_t at, uint64_t len);

/* The same; in line where it is one unit that was found good before, which it mostly is. */
static inline bool
delivery_is_good(const struct delivery *delivery, uint64_t at, uint64_t len)
{
    uint64_t unit = (at - BODY_AT) / UNIT_BYTES;

    if (at >= BODY_AT && len > 0 && at + len <= delivery->head->head_at &&
        (at + len - 1 - BODY_AT) / UNIT_BYTES == unit &&
        atomic_load_explicit(&delivery->unit_states[unit], memory_order_acquire) == UNIT_GOOD)
        return true;
    return delivery_touch(delivery, at, len);
}

/* `false`, after it is noted that this file lies. */
static inline bool
delivery_fence(const struct delivery *delivery)
{
    atomic_store((atomic_bool *)(uintptr_t)&delivery->is_fenced, true);
    return false;
}

static inline uint32_t
slot_of(const struct delivery *delivery, uint64_t hi)
{
    return (uint32_t)(hi >> 1 >> delivery->slot_shift); /* shift 63: the one slot */
}

static inline uint32_t
count_of(const struct delivery *delivery, uint32_t owner)
{
    uint32_t count = 0;

    memcpy(&count, delivery->counts + (size_t)owner * delivery->count_bytes, delivery->count_bytes);
    return count;
}

#endif
