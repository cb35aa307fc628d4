/* SPDX-License-Identifier: Apache-2.0 */
/* layout.c: sections side by side in one body; what is between them is zero, and covered by the
 * units' checksums like all else. */
#include <assert.h>
#include <string.h>

#include "engine/index/pack.h"
#include "engine/index/seal.h"

#include "engine/base/ban.h"

#define OWNERS_A_SLOT 8 /* at most, on average; half of it at least */

static struct section_entry *
section_add(struct layout *layout, enum section_what what, uint32_t field, uint64_t bytes,
            uint64_t count)
{
    struct section_entry *section = &layout->sections[layout->section_count++];

    assert(layout->section_count <= SECTIONS_MAX);
    *section = (struct section_entry){what, field, layout->body_bytes, bytes, count};
    layout->body_bytes =
        (layout->body_bytes + bytes + ALIGN_BYTES - 1) & ~(size_t)(ALIGN_BYTES - 1);
    return section;
}

static const struct section_entry *
section_of(const struct layout *layout, enum section_what what, uint32_t field)
{
    for (uint32_t i = 0; i < layout->section_count; i++)
        if (layout->sections[i].what == what && layout->sections[i].field == field)
            return &layout->sections[i];
    return NULL;
}

static size_t
words_bytes(const struct vocabulary *v)
{
    size_t bytes = ((size_t)v->count + 1) * sizeof(uint32_t);

    for (uint32_t i = 0; i < v->count; i++)
        bytes += v->items[i].len;
    return bytes;
}

static hedui_status
sections_plan(struct layout *layout, struct err *err)
{
    uint64_t columns = 0, places = 0, owners = 0, rows = 0, slots = 1;
    uint32_t most = 0;

    for (uint32_t i = 0; i < layout->piece_count; i++) {
        const struct piece *piece = &layout->pieces[i];
        columns += piece->columns.len;
        places += piece->places.len;
        owners += piece->owner_count;
        rows += piece->rows;
        for (uint32_t o = 0; o < piece->owner_count; o++)
            most = piece->counts[o] > most ? piece->counts[o] : most;
    }
    if (rows >= UINT32_MAX)
        return err_set(err, HEDUI_E_LIMIT,
                       "一份数据最多 42 亿行\na delivery holds at most 4,294,967,294 rows");
    layout->owner_count = (uint32_t)owners;
    layout->row_count = (uint32_t)rows;
    layout->count_bytes = most < 0x100 ? 1 : most < 0x10000 ? 2 : 4;
    for (; slots * OWNERS_A_SLOT < owners; slots *= 2)
        layout->slot_bits++;
    section_add(layout, SECTION_OWNERS, 0, owners * sizeof(struct key128), owners);
    section_add(layout, SECTION_COUNTS, 0, owners * layout->count_bytes, layout->count_bytes);
    section_add(layout, SECTION_DIRECTORY, 0, (slots + 1) * sizeof(struct slot_entry), slots);
    section_add(layout, SECTION_COLUMNS, 0, columns, layout->piece_count);
    section_add(layout, SECTION_PLACES, 0, places, layout->piece_count);
    for (uint32_t f = 0; f < layout->builder->plan.kind->field_count; f++) {
        const struct vocabulary *v = &layout->vocabulary->fields[f];
        size_t bytes = v->is_used ? words_bytes(v) : 0;
        if (bytes >= UINT32_MAX)
            return err_set(err, HEDUI_E_LIMIT,
                           "字段 " TEXT_FMT " 的不同文字超过 4 GiB\n"
                           "the distinct texts of field " TEXT_FMT " are more than 4 GiB",
                           TEXT_ARG(layout->builder->plan.kind->fields[f].name),
                           TEXT_ARG(layout->builder->plan.kind->fields[f].name));
        if (v->is_used)
            section_add(layout, SECTION_VOCABULARY, f, bytes, v->count);
        if (v->is_names)
            section_add(layout, SECTION_NAMES, f, v->entry_count * sizeof *v->entries,
                        v->entry_count);
    }
    section_add(layout, SECTION_REFUSED, 0, layout->refused_count * sizeof *layout->refused,
                layout->refused_count);
    section_add(layout, SECTION_MENDED, 0, layout->mended_count * sizeof *layout->mended,
                layout->mended_count);
    return HEDUI_OK;
}

static void
words_fill(uint8_t *to, const struct vocabulary *v)
{
    uint32_t offset = 0;
    uint8_t *bytes = to + ((size_t)v->count + 1) * sizeof offset;

    for (uint32_t i = 0; i <= v->count; i++) {
        memcpy(to + i * sizeof offset, &offset, sizeof offset);
        if (i == v->count)
            break;
        if (v->items[i].len > 0)
            memcpy(bytes + offset, v->items[i].at, v->items[i].len);
        offset += (uint32_t)v->items[i].len;
    }
}

static void
small_fill(struct layout *layout)
{
    const struct section_entry *section;

    for (uint32_t f = 0; f < layout->builder->plan.kind->field_count; f++) {
        const struct vocabulary *v = &layout->vocabulary->fields[f];
        section = section_of(layout, SECTION_VOCABULARY, f);
        if (section != NULL)
            words_fill(layout->body + section->at, v);
        section = section_of(layout, SECTION_NAMES, f);
        if (section != NULL && section->bytes > 0)
            memcpy(layout->body + section->at, v->entries, section->bytes);
    }
    section = section_of(layout, SECTION_REFUSED, 0);
    if (section->bytes > 0)
        memcpy(layout->body + section->at, layout->refused, section->bytes);
    section = section_of(layout, SECTION_MENDED, 0);
    if (section->bytes > 0)
        memcpy(layout->body + section->at, layout->mended, section->bytes);
}

/* Owners are in order from the first piece to the last: one walk fills all slots. */
static void
directory_fill(struct layout *layout)
{
    struct slot_entry *slots =
        (void *)(layout->body + section_of(layout, SECTION_DIRECTORY, 0)->at);
    uint32_t shift = 63 - layout->slot_bits, owner = 0, row = 0;
    uint64_t slot = 0, count = (uint64_t)1 << layout->slot_bits;

    for (uint32_t i = 0; i < layout->piece_count; i++) {
        const struct piece *piece = &layout->pieces[i];
        for (uint32_t o = 0; o < piece->owner_count; o++) {
            for (; slot <= piece->owners[o].hi >> 1 >> shift; slot++)
                slots[slot] = (struct slot_entry){owner, row};
            owner++;
            row += piece->counts[o];
        }
    }
    for (; slot <= count; slot++)
        slots[slot] = (struct slot_entry){owner, row};
}

struct filling {
    struct layout *layout;
    struct block_entry *blocks;
};

/* Copies one piece to its places in the sections, and gives it back. */
static hedui_status
piece_task(void *context, uint32_t lane, size_t task, struct err *err)
{
    const struct filling *filling = context;
    struct layout *layout = filling->layout;
    const struct block_entry *block = &filling->blocks[task];
    struct piece *piece = &layout->pieces[task];
    uint8_t *counts = layout->body + section_of(layout, SECTION_COUNTS, 0)->at +
                      (size_t)block->owner_first * layout->count_bytes;
    struct key128 *owners = (void *)(layout->body + section_of(layout, SECTION_OWNERS, 0)->at);

    (void)lane;
    (void)err;
    memcpy(owners + block->owner_first, piece->owners, piece->owner_count * sizeof *owners);
    for (uint32_t o = 0; o < piece->owner_count; o++)
        memcpy(counts + (size_t)o * layout->count_bytes, &piece->counts[o], layout->count_bytes);
    memcpy(layout->body + section_of(layout, SECTION_COLUMNS, 0)->at + block->columns_at,
           piece->columns.at, piece->columns.len);
    memcpy(layout->body + section_of(layout, SECTION_PLACES, 0)->at + block->places_at,
           piece->places.at, piece->places.len);
    piece_release(piece);
    return HEDUI_OK;
}

/* The block table stands in the head, which begins here. */
static hedui_status
blocks_plan(struct layout *layout, struct err *err)
{
    struct block_entry next = {0};

    for (uint32_t i = 0; i < layout->piece_count; i++) {
        const struct piece *piece = &layout->pieces[i];
        next.columns_bytes = (uint32_t)piece->columns.len;
        next.places_bytes = (uint32_t)piece->places.len;
        next.rows = piece->rows;
        next.owners = piece->owner_count;
        next.bucket_first = piece->bucket_first;
        next.bucket_end = piece->bucket_end;
        buf_put(&layout->head, &next, sizeof next);
        next.columns_at += next.columns_bytes;
        next.places_at += next.places_bytes;
        next.row_first += next.rows;
        next.owner_first += next.owners;
    }
    return buf_check(&layout->head, err);
}

hedui_status
layout_build(struct layout *layout, struct pool *pool, struct err *err)
{
    struct filling filling = {.layout = layout};
    size_t blocks_at = sizeof(struct head_start);

    buf_init(&layout->head, false);
    TRY(sections_plan(layout, err));
    if (layout->body_bytes > (uint64_t)UINT32_MAX * UNIT_BYTES)
        return err_set(err, HEDUI_E_LIMIT, "this delivery is larger than a file of ours can be");
    layout->body_room = layout->body_bytes + 1; /* never 0 */
    layout->body = mem_pages(layout->body_room);
    if (layout->body == NULL)
        return err_set(err, HEDUI_E_MEMORY, "系统内存不足\nno memory left for the delivery file");
    blocks_at += layout->section_count * sizeof *layout->sections;
    if (buf_room(&layout->head, blocks_at) != NULL) {
        memset(layout->head.at, 0, blocks_at);
        layout->head.len = blocks_at;
    }
    TRY(blocks_plan(layout, err));
    small_fill(layout);
    directory_fill(layout);
    filling.blocks = (void *)(layout->head.at + blocks_at);
    return pool_run(pool, layout->piece_count, piece_task, &filling, err);
}

void
layout_release(struct layout *layout)
{
    for (uint32_t i = 0; layout->pieces != NULL && i < layout->piece_count; i++)
        piece_release(&layout->pieces[i]);
    mem_free(layout->pieces);
    mem_free(layout->refused);
    mem_free(layout->mended);
    mem_free(layout->units);
    mem_pages_free(layout->body, layout->body_room);
    buf_release(&layout->head);
    memset(layout, 0, sizeof *layout);
}
