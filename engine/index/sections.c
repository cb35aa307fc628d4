/* SPDX-License-Identifier: Apache-2.0 */
/* sections.c: one section behind the other into the body; the gaps between them are zero, and
 * covered by the units' checksums like all else. */
#include <assert.h>
#include <string.h>

#include "engine/index/pack.h"
#include "engine/index/seal.h"

#include "engine/base/ban.h"

#define OWNERS_A_SLOT 8 /* at most, on average; half of it at least */
#define WAVE_PIECES 32  /* encoded side by side, then written */

static hedui_status
no_memory(struct err *err)
{
    return err_set(err, HEDUI_E_MEMORY, "系统内存不足\nno memory left to seal the delivery");
}

hedui_status
layout_section_begin(struct layout *layout, enum section_what what, uint32_t field, uint64_t count,
                     struct err *err)
{
    struct section_entry *section = &layout->sections[layout->section_count++];

    assert(layout->section_count <= SECTIONS_MAX);
    if (!body_align(&layout->body, ALIGN_BYTES))
        return no_memory(err);
    *section = (struct section_entry){what, field, body_place(&layout->body), 0, count};
    return HEDUI_OK;
}

void
layout_section_end(struct layout *layout)
{
    struct section_entry *section = &layout->sections[layout->section_count - 1];

    section->bytes = body_place(&layout->body) - section->at;
}

/* A section that lies in memory as it is. */
static hedui_status
section_put(struct layout *layout, enum section_what what, uint32_t field, const void *from,
            size_t bytes, uint64_t count, struct err *err)
{
    TRY(layout_section_begin(layout, what, field, count, err));
    TRY(body_put(&layout->body, layout->pool, from, bytes, err));
    layout_section_end(layout);
    return HEDUI_OK;
}

struct wave {
    struct layout *layout;
    struct block_scratch *scratch; /* one a lane */
    struct buf *columns, *places;  /* one a piece of the wave */
    uint32_t first;                /* piece */
    uint64_t at;                   /* in the file: of the section of blocks */
    uint8_t *to;                   /* where the wave's first piece goes */
};

static hedui_status
encode_task(void *context, uint32_t lane, size_t task, struct err *err)
{
    const struct wave *w = context;
    struct layout *layout = w->layout;

    return block_encode(&layout->pieces[w->first + task], layout->builder, layout->vocabulary,
                        layout->meta.line_bits, &w->scratch[lane], &w->columns[task],
                        &w->places[task], err);
}

static hedui_status
copy_task(void *context, uint32_t lane, size_t task, struct err *err)
{
    const struct wave *w = context;
    const struct piece *pieces = w->layout->pieces + w->first;
    uint64_t base = pieces[0].columns_at;

    (void)lane;
    (void)err;
    memcpy(w->to + (pieces[task].columns_at - base), w->columns[task].at,
           pieces[task].columns_bytes);
    memcpy(w->to + (pieces[task].places_at - base), w->places[task].at, pieces[task].places_bytes);
    return HEDUI_OK;
}

/* Pieces first … first + count - 1. */
static hedui_status
wave_write(struct wave *w, uint32_t count, struct err *err)
{
    struct layout *layout = w->layout;
    uint64_t begin = body_place(&layout->body) - w->at, at = begin;

    TRY(pool_run(layout->pool, count, encode_task, w, err));
    for (uint32_t i = 0; i < count; i++) {
        struct piece *piece = &layout->pieces[w->first + i];
        piece->columns_at = at;
        piece->places_at = at + piece->columns_bytes;
        at += piece->columns_bytes + piece->places_bytes;
        assert(at % 8 == 0);
    }
    w->to = body_add(&layout->body, at - begin);
    if (w->to == NULL)
        return no_memory(err);
    TRY(pool_run(layout->pool, count, copy_task, w, err));
    return body_flush(&layout->body, layout->pool, false, err);
}

hedui_status
layout_blocks(struct layout *layout, struct err *err)
{
    uint32_t lanes = pool_lanes(layout->pool);
    struct wave w = {.layout = layout};
    hedui_status rc = HEDUI_OK;

    w.scratch = mem_resize(NULL, lanes, sizeof *w.scratch);
    w.columns = mem_resize(NULL, WAVE_PIECES, sizeof *w.columns);
    w.places = mem_resize(NULL, WAVE_PIECES, sizeof *w.places);
    if (w.scratch != NULL)
        memset(w.scratch, 0, lanes * sizeof *w.scratch);
    for (uint32_t i = 0; w.columns != NULL && w.places != NULL && i < WAVE_PIECES; i++) {
        buf_init(&w.columns[i], false);
        buf_init(&w.places[i], false);
    }
    if (w.scratch == NULL || w.columns == NULL || w.places == NULL)
        FAIL(no_memory(err));
    FAIL(layout_section_begin(layout, SECTION_BLOCKS, 0, layout->piece_count, err));
    w.at = body_place(&layout->body);
    for (; w.first < layout->piece_count; w.first += WAVE_PIECES) {
        uint32_t left = layout->piece_count - w.first;
        FAIL(wave_write(&w, left < WAVE_PIECES ? left : WAVE_PIECES, err));
    }
    layout_section_end(layout);
done:
    for (uint32_t i = 0; w.columns != NULL && w.places != NULL && i < WAVE_PIECES; i++) {
        buf_release(&w.columns[i]);
        buf_release(&w.places[i]);
    }
    for (uint32_t i = 0; w.scratch != NULL && i < lanes; i++)
        block_scratch_release(&w.scratch[i]);
    mem_free(w.columns);
    mem_free(w.places);
    mem_free(w.scratch);
    return rc;
}

static hedui_status
owners_put(struct layout *layout, struct err *err)
{
    uint64_t owners = 0, rows = 0;
    uint32_t most = 0, bytes;

    for (uint32_t i = 0; i < layout->piece_count; i++) {
        const struct piece *piece = &layout->pieces[i];
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
    TRY(layout_section_begin(layout, SECTION_OWNERS, 0, owners, err));
    for (uint32_t i = 0; i < layout->piece_count; i++)
        TRY(body_put(&layout->body, layout->pool, layout->pieces[i].owners,
                     layout->pieces[i].owner_count * sizeof(struct key128), err));
    layout_section_end(layout);
    bytes = most < 0x100 ? 1 : most < 0x10000 ? 2 : 4;
    TRY(layout_section_begin(layout, SECTION_COUNTS, 0, bytes, err));
    for (uint32_t i = 0; i < layout->piece_count; i++) {
        const struct piece *piece = &layout->pieces[i];
        uint8_t *to = body_add(&layout->body, (size_t)piece->owner_count * bytes);
        if (to == NULL)
            return no_memory(err);
        for (uint32_t o = 0; o < piece->owner_count; o++)
            memcpy(to + (size_t)o * bytes, &piece->counts[o], bytes);
    }
    layout_section_end(layout);
    return HEDUI_OK;
}

/* Owners are in order from the first piece to the last: one walk fills all slots. */
static hedui_status
directory_put(struct layout *layout, struct err *err)
{
    uint32_t bits = 0, owner = 0, row = 0;
    uint64_t slot = 0, count = 1;
    struct slot_entry *slots;
    hedui_status rc;

    for (; count * OWNERS_A_SLOT < layout->owner_count; count *= 2)
        bits++;
    slots = mem_resize(NULL, count + 1, sizeof *slots);
    if (slots == NULL)
        return no_memory(err);
    for (uint32_t i = 0; i < layout->piece_count; i++) {
        const struct piece *piece = &layout->pieces[i];
        for (uint32_t o = 0; o < piece->owner_count; o++) {
            for (; slot <= piece->owners[o].hi >> 1 >> (63 - bits); slot++)
                slots[slot] = (struct slot_entry){owner, row};
            owner++;
            row += piece->counts[o];
        }
    }
    for (; slot <= count; slot++)
        slots[slot] = (struct slot_entry){owner, row};
    rc = section_put(layout, SECTION_DIRECTORY, 0, slots, (count + 1) * sizeof *slots, count, err);
    mem_free(slots);
    return rc;
}

static hedui_status
vocabulary_put(struct layout *layout, uint32_t field, const struct vocabulary *v, struct err *err)
{
    struct text name = layout->builder->plan.kind->fields[field].name;
    uint64_t bytes = ((uint64_t)v->count + 1) * sizeof(uint32_t);
    uint32_t offset = 0;

    for (uint32_t i = 0; i < v->count; i++)
        bytes += v->items[i].len;
    if (bytes >= UINT32_MAX)
        return err_set(err, HEDUI_E_LIMIT,
                       "字段 " TEXT_FMT " 的不同文字超过 4 GiB\n"
                       "the distinct texts of field " TEXT_FMT " are more than 4 GiB",
                       TEXT_ARG(name), TEXT_ARG(name));
    TRY(layout_section_begin(layout, SECTION_VOCABULARY, field, v->count, err));
    for (uint32_t i = 0; i <= v->count; i++) {
        TRY(body_put(&layout->body, layout->pool, &offset, sizeof offset, err));
        offset += i < v->count ? (uint32_t)v->items[i].len : 0;
    }
    for (uint32_t i = 0; i < v->count; i++)
        TRY(body_put(&layout->body, layout->pool, v->items[i].at, v->items[i].len, err));
    layout_section_end(layout);
    if (!v->is_names)
        return HEDUI_OK;
    return section_put(layout, SECTION_NAMES, field, v->entries,
                       v->entry_count * sizeof *v->entries, v->entry_count, err);
}

hedui_status
layout_sections(struct layout *layout, struct err *err)
{
    TRY(owners_put(layout, err));
    TRY(directory_put(layout, err));
    for (uint32_t f = 0; f < layout->builder->plan.kind->field_count; f++)
        if (layout->vocabulary->fields[f].is_used)
            TRY(vocabulary_put(layout, f, &layout->vocabulary->fields[f], err));
    TRY(section_put(layout, SECTION_REFUSED, 0, layout->refused,
                    layout->refused_count * sizeof *layout->refused, layout->refused_count, err));
    return section_put(layout, SECTION_MENDED, 0, layout->mended,
                       layout->mended_count * sizeof *layout->mended, layout->mended_count, err);
}

hedui_status
layout_end(struct layout *layout, struct err *err)
{
    if (!body_align(&layout->body, ALIGN_BYTES)) /* the head begins there */
        return no_memory(err);
    return body_flush(&layout->body, layout->pool, true, err);
}
