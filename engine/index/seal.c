/* SPDX-License-Identifier: Apache-2.0 */
/* seal.c: from rows in buckets to a file: vocabularies, blocks, sections, publication. */
#include "engine/index/seal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/sys.h"
#include "engine/index/months.h"
#include "engine/model/name.h"

#include "engine/base/ban.h"

#define PATH_BYTES 4096
#define BLOCK_ROWS 4096 /* small buckets share a block until it has so many */

static hedui_status
no_memory(struct err *err)
{
    return err_set(err, HEDUI_E_MEMORY, "系统内存不足\nno memory left to seal the delivery");
}

static int
refused_order(const void *a, const void *b)
{
    const struct refused_entry *x = a, *y = b;

    if (x->hi != y->hi)
        return x->hi < y->hi ? -1 : 1;
    if (x->lo != y->lo)
        return x->lo < y->lo ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static int
number_order(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static hedui_status
refused_gather(struct layout *layout, struct err *err)
{
    const struct builder *builder = layout->builder;
    size_t total = 0, n = 0;

    for (uint32_t lane = 0; lane < builder->lane_count; lane++)
        total += builder->lanes[lane].refused_count;
    layout->refused = mem_resize(NULL, total, sizeof *layout->refused);
    if (layout->refused == NULL)
        return no_memory(err);
    for (uint32_t lane = 0; lane < builder->lane_count; lane++)
        for (size_t i = 0; i < builder->lanes[lane].refused_count; i++) {
            const struct refused *r = &builder->lanes[lane].refused[i];
            layout->refused[n++] = (struct refused_entry){r->owner.hi, r->owner.lo, r->place};
        }
    if (n > 0)
        qsort(layout->refused, n, sizeof *layout->refused, refused_order);
    layout->refused_count = n;
    return HEDUI_OK;
}

static hedui_status
mended_gather(struct layout *layout, struct err *err)
{
    for (uint32_t i = 0; i < layout->piece_count; i++)
        layout->mended_count += layout->pieces[i].mended_count;
    layout->mended = mem_resize(NULL, layout->mended_count, sizeof *layout->mended);
    if (layout->mended == NULL)
        return no_memory(err);
    for (size_t i = 0, at = 0; i < layout->piece_count; i++) {
        const struct piece *piece = &layout->pieces[i];
        if (piece->mended_count > 0)
            memcpy(layout->mended + at, piece->mended,
                   piece->mended_count * sizeof *layout->mended);
        at += piece->mended_count;
    }
    if (layout->mended_count > 0)
        qsort(layout->mended, layout->mended_count, sizeof *layout->mended, number_order);
    return HEDUI_OK;
}

/* Which buckets share a block: decided by their rows alone, so the same for any lanes. */
static hedui_status
pieces_plan(struct layout *layout, struct err *err)
{
    const struct builder *builder = layout->builder;
    uint64_t rows = 0;
    uint32_t first = 0;

    layout->pieces = mem_resize(NULL, BUCKETS, sizeof *layout->pieces);
    if (layout->pieces == NULL)
        return no_memory(err);
    memset(layout->pieces, 0, BUCKETS * sizeof *layout->pieces);
    for (uint32_t b = 0; b < BUCKETS; b++) {
        for (uint32_t lane = 0; lane < builder->lane_count; lane++)
            rows += builder->lanes[lane].bucket_rows[b];
        if (rows == 0)
            first = b + 1; /* nothing yet: the block begins later */
        if (rows >= UINT32_MAX)
            return err_set(
                err, HEDUI_E_LIMIT,
                "这份数据有一块的行数太多\none block of this delivery has too many rows");
        if (rows >= BLOCK_ROWS || (b == BUCKETS - 1 && rows > 0)) {
            struct piece *piece = &layout->pieces[layout->piece_count++];
            piece->bucket_first = first;
            piece->bucket_end = b + 1;
            first = b + 1;
            rows = 0;
        }
    }
    return HEDUI_OK;
}

static void
meta_fill(struct layout *layout, const struct balance *balance, const struct text *files,
          const struct digest *digests, uint32_t file_count, const int32_t *months,
          uint32_t month_count)
{
    const struct delivery_spec *spec = &layout->builder->spec;
    struct delivery_info *info = &layout->meta.info;

    *info = (struct delivery_info){
        .source = spec->source,
        .kind = spec->kind->name,
        .mapping = spec->mapping,
        .mapping_version = spec->mapping_version,
        .mapping_digest = spec->mapping_digest,
        .model_digest = spec->model->digest,
        .normaliser = NAME_NORMALISER,
        .as_of = spec->is_mend ? spec->mended->as_of : spec->as_of,
        .mode = spec->is_mend ? spec->mended->mode : DELIVERY_COMPLETE,
        .division_count = spec->is_mend ? spec->mended->division_count : spec->division_count,
        .divisions = spec->is_mend ? spec->mended->divisions : spec->divisions,
        .month_count = month_count,
        .months = months,
        .key_id = master_key_id(layout->builder->key),
        .rows = balance->accepted,
        .owners = layout->owner_count,
        .physical = balance->physical,
        .refused = balance->refused,
        .collapsed = balance->collapsed,
        .ignored = balance->ignored,
        /* A mend cures the rows that it names; the count of unplaced ones stays with its base. */
        .is_partial = !spec->is_mend && balance->unplaced * 1000000 >
                                            (uint64_t)spec->unplaced_max * balance->physical,
        .is_mend = spec->is_mend,
        .mends = spec->mends,
        .file_count = file_count,
        .files = files,
        .file_digests = digests,
    };
}

static uint32_t
line_bits_of(const struct builder *builder)
{
    uint64_t most = 0;
    uint32_t bits = 0;

    for (uint32_t lane = 0; lane < builder->lane_count; lane++)
        if (builder->lanes[lane].line_max > most)
            most = builder->lanes[lane].line_max;
    while (most >> bits != 0)
        bits++;
    return bits;
}

static void
balance_correct(struct balance *balance, const struct layout *layout)
{
    for (uint32_t i = 0; i < layout->piece_count; i++) {
        assert(balance->accepted >= layout->pieces[i].collapsed);
        balance->accepted -= layout->pieces[i].collapsed;
        balance->collapsed += layout->pieces[i].collapsed;
        balance->conflicting += layout->pieces[i].conflicting;
    }
}

static void
layout_release(struct layout *layout)
{
    for (uint32_t i = 0; layout->pieces != NULL && i < layout->piece_count; i++)
        piece_release(&layout->pieces[i]);
    mem_free(layout->pieces);
    mem_free(layout->refused);
    mem_free(layout->mended);
    data_key_wipe(&layout->data_key);
    body_close(&layout->body);
    buf_release(&layout->head);
}

/* An errand: pages go back to the system slowly, and nobody will want these. */
static hedui_status
trim(void *context)
{
    (void)context;
    slabs_trim();
    return HEDUI_OK;
}

/* From rows to the sections of the file; *balance is corrected by what collapsed. */
static hedui_status
layout_fill(struct layout *layout, struct builder *builder, struct balance *balance,
            struct errand **trimming, struct err *err)
{
    layout->meta.line_bits = line_bits_of(builder);
    TRY(pieces_plan(layout, err));
    TRY(layout_blocks(layout, err));
    builder_rows_free(builder);
    if (builder->spec.is_last)
        TRY(errand_start(trimming, trim, NULL, pool_lanes(layout->pool) == 1, err));
    TRY(refused_gather(layout, err));
    TRY(mended_gather(layout, err));
    balance_correct(balance, layout);
    TRY(layout_sections(layout, err));
    assert(layout->row_count == balance->accepted);
    return HEDUI_OK;
}

/* The file becomes durable and gets its name, while another lane gives back what only sealing
 * needed: memory goes back slowly, and the disk takes its time. */
struct parting {
    struct layout *layout;
    struct builder *builder;
    struct vocabulary_set *vocabulary;
    bool no_sync;
    struct digest *out;
};
enum { PART_PUBLISH, PART_RELEASE, PARTS };

static hedui_status
parting_task(void *context, uint32_t lane, size_t task, struct err *err)
{
    const struct parting *parting = context;
    struct builder *builder = parting->builder;

    (void)lane;
    if (task == PART_PUBLISH)
        return layout_publish(parting->layout, builder->spec.dir, parting->no_sync, parting->out,
                              err);
    vocabulary_release(parting->vocabulary);
    for (uint32_t i = 0; i < builder->lane_count; i++)
        for (size_t f = 0; f < FIELDS_MAX; f++)
            terms_release(&builder->lanes[i].terms[f]);
    return HEDUI_OK;
}

hedui_status
builder_seal(struct builder *builder, struct pool *pool, const struct text *files,
             const struct digest *digests, uint32_t file_count, struct balance *balance,
             bool no_sync, struct digest *out, struct err *err)
{
    struct vocabulary_set vocabulary;
    struct layout layout = {.builder = builder, .vocabulary = &vocabulary, .pool = pool};
    struct parting parting = {&layout, builder, &vocabulary, no_sync, out};
    int32_t *months = mem_resize(NULL, MONTHS_MAX, sizeof *months);
    struct errand *trimming = NULL;
    char path[PATH_BYTES];
    bool is_there = false;
    hedui_status rc = HEDUI_OK;

    assert(!builder->is_sealed && pool_lanes(pool) <= builder->lane_count);
    builder->is_sealed = true;
    vocabulary_init(&vocabulary);
    buf_init(&layout.head, false);
    if (months == NULL)
        FAIL(no_memory(err));
    if (snprintf(path, sizeof path, "%s/.tmp-delivery", builder->spec.dir) >= (int)sizeof path)
        FAIL(err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long",
                     builder->spec.dir, builder->spec.dir));
    for (uint32_t lane = 0; lane < builder->lane_count; lane++)
        FAIL(sealed_lane_end(&builder->lanes[lane].sealed, err));
    FAIL(vocabulary_build(&vocabulary, builder, pool, err));
    sys_unlink(path); /* of a run that died */
    FAIL(body_open(&layout.body, path, err));
    is_there = true;
    FAIL(layout_fill(&layout, builder, balance, &trimming, err));
    meta_fill(&layout, balance, files, digests, file_count, months, months_cover(builder, months));
    FAIL(layout_originals(&layout, err));
    FAIL(layout_end(&layout, err));
    FAIL(pool_run(pool, PARTS, parting_task, &parting, err));
done:
    (void)errand_end(trimming); /* cannot fail */
    if (rc != HEDUI_OK && is_there)
        sys_unlink(path);
    layout_release(&layout);
    vocabulary_release(&vocabulary);
    mem_free(months);
    return rc;
}
