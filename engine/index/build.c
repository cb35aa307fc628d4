/* SPDX-License-Identifier: Apache-2.0 */
/* build.c: batches in, packed rows in buckets. */
#include "engine/index/build.h"

#include <assert.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/sys.h"
#include "engine/index/builder.h"
#include "engine/index/keyer.h"
#include "engine/index/mask.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

#define SEALED_SHARE 16 /* of the memory, for texts that wait to be sealed */
#define SLABS_MIN 4     /* every bucket of a common kind has a chunk open */

static hedui_status
no_memory(struct err *err)
{
    return err_set(err, HEDUI_E_MEMORY, "系统内存不足\nthe system has no memory left for the feed");
}

/* Counts bytes of dictionaries, which have to stay, against the limit that the command was given.
 */
static hedui_status
memory_take(struct builder *builder, size_t bytes, struct err *err)
{
    size_t used = atomic_fetch_add(&builder->used, bytes) + bytes;

    if (used <= builder->spec.memory)
        return HEDUI_OK;
    return err_set(err, HEDUI_E_LIMIT,
                   "这份数据的不同文字超过内存上限 %zu MiB，请提高 --memory，或分几个来源名导入\n"
                   "the distinct texts of this feed need more than the memory limit of %zu MiB: "
                   "raise --memory, or ingest it in parts under source names of their own",
                   builder->spec.memory >> 20, builder->spec.memory >> 20);
}

/* Slabs that a lane may hold now: a quarter of the memory is left to sealing. */
static size_t
slabs_share(const struct builder *builder)
{
    size_t rows = builder->spec.memory / 4 * 3, used = atomic_load(&builder->used);
    size_t share = rows > used ? (rows - used) / builder->lane_count / SLAB_BYTES : 0;

    return share < SLABS_MIN ? SLABS_MIN : share;
}

static hedui_status
lane_open(struct lane *lane, const struct builder *builder, uint32_t lanes, struct err *err)
{
    const struct text terms_name = TEXT("hash of terms");
    size_t stride = builder->plan.bytes + ROW_SLACK;
    uint64_t seed;

    TRY(keyer_open(&lane->keyer, builder->key, err));
    keyer_texts(lane->keyer, &terms_name, &seed, 1);
    for (size_t i = 0; i < FIELDS_MAX; i++)
        terms_init(&lane->terms[i], seed);
    lane->stage = mem_resize(NULL, BATCH_ROWS, stride);
    lane->values = mem_resize(NULL, BATCH_ROWS, sizeof *lane->values);
    lane->keys = mem_resize(NULL, BATCH_ROWS, sizeof *lane->keys);
    lane->tails = mem_resize(NULL, BATCH_ROWS, sizeof *lane->tails);
    lane->tail_bytes = mem_resize(NULL, BATCH_ROWS, TEXT_MASK_MAX);
    if (lane->stage == NULL || lane->values == NULL || lane->keys == NULL || lane->tails == NULL ||
        lane->tail_bytes == NULL)
        return no_memory(err);
    TRY(sealed_lane_open(&lane->sealed, builder->plan.kind, builder->spec.dir,
                         builder->spec.memory / SEALED_SHARE / lanes, builder->hiding, err));
    if (builder->plan.kind->period >= 0) {
        lane->months = mem_resize(NULL, MONTHS_MAX, sizeof *lane->months);
        if (lane->months == NULL)
            return no_memory(err);
        memset(lane->months, 0, MONTHS_MAX * sizeof *lane->months);
    }
    return HEDUI_OK;
}

hedui_status
builder_open(struct builder **out, const struct delivery_spec *spec, const struct master_key *key,
             uint32_t lanes, struct err *err)
{
    struct builder *builder;
    hedui_status rc = HEDUI_OK;

    assert(out != NULL && lanes > 0 && spec->kind != NULL);
    assert(spec->is_mend == (spec->mended != NULL));
    assert(spec->ring != NULL || !sealed_is_needed(spec->kind));
    TRY(sys_make_dirs(spec->dir, err));
    builder = mem_resize(NULL, 1, sizeof *builder);
    if (builder == NULL)
        return no_memory(err);
    memset(builder, 0, sizeof *builder);
    builder->spec = *spec;
    if (sys_getrandom(builder->hiding, sizeof builder->hiding) != 0)
        FAIL(err_sys(err, HEDUI_E_IO,
                     "无法取得随机数来生成密钥\ncannot draw random bytes for the key"));
    builder->key = key;
    row_plan_make(&builder->plan, spec->kind);
    builder->chunk_bytes =
        (sizeof(struct chunk) + CHUNK_ROWS * builder->plan.bytes + ROW_SLACK + 15) & ~(size_t)15;
    builder->lanes = mem_resize(NULL, lanes, sizeof *builder->lanes);
    if (builder->lanes == NULL)
        FAIL(no_memory(err));
    memset(builder->lanes, 0, lanes * sizeof *builder->lanes);
    for (; builder->lane_count < lanes; builder->lane_count++)
        FAIL(lane_open(&builder->lanes[builder->lane_count], builder, lanes, err));
done:
    if (rc == HEDUI_OK) {
        *out = builder;
    } else {
        if (builder->lanes != NULL && builder->lane_count < lanes)
            builder->lane_count++; /* the half-open one */
        builder_close(builder);
    }
    return rc;
}

static void
slabs_free(struct slab *slab)
{
    while (slab != NULL) {
        struct slab *older = slab->older;
        slab_give(slab);
        slab = older;
    }
}

void
builder_rows_free(struct builder *builder)
{
    for (uint32_t i = 0; i < builder->lane_count; i++) {
        struct lane *lane = &builder->lanes[i];
        slabs_free(lane->slab);
        slabs_free(lane->spare);
        lane->slab = lane->spare = NULL;
        lane->slab_count = 0;
        memset(lane->open, 0, sizeof lane->open);
        memset(lane->left, 0, sizeof lane->left);
        spill_close(&lane->spill);
    }
}

void
builder_close(struct builder *builder)
{
    if (builder == NULL)
        return;
    builder_rows_free(builder);
    for (uint32_t i = 0; i < builder->lane_count; i++) {
        struct lane *lane = &builder->lanes[i];
        for (size_t f = 0; f < FIELDS_MAX; f++)
            terms_release(&lane->terms[f]);
        if (lane->tail_bytes != NULL)
            mem_wipe(lane->tail_bytes, (size_t)BATCH_ROWS * TEXT_MASK_MAX);
        keyer_close(lane->keyer);
        sealed_lane_close(&lane->sealed);
        mem_free(lane->stage);
        mem_free(lane->values);
        mem_free(lane->keys);
        mem_free(lane->tails);
        mem_free(lane->tail_bytes);
        mem_free(lane->months);
        mem_free(lane->refused);
    }
    mem_free(builder->lanes);
    mem_wipe(builder->hiding, sizeof builder->hiding);
    mem_free(builder);
}

/* The place of a row, or HEDUI_E_LIMIT: no feed of ours has so many files or lines. */
static hedui_status
place_check(uint32_t file, uint64_t line, struct err *err)
{
    if (file >> PLACE_FILE_BITS == 0 && line >> PLACE_LINE_BITS == 0)
        return HEDUI_OK;
    return err_set(err, HEDUI_E_LIMIT,
                   "一次导入最多 4096 个文件，每个文件最多 687 亿行\n"
                   "one ingest takes at most 4,096 files of 68,719,476,735 lines");
}

/* A column of numbers straight to the rows. */
static void
stage_numbers(struct lane *lane, size_t stride, const struct stream *stream,
              const struct batch_column *column, uint32_t rows)
{
    uint8_t *to = lane->stage + stream->at;
    uint32_t shift = 64 - 8 * stream->bytes;
    uint64_t all = 0;

    for (uint32_t i = 0; i < rows; i++) {
        uint64_t value = (uint64_t)column->number[i] + stream->offset;
        value = column->state[i] == CELL_VALUE ? value : 0;
        all |= value;
        value = __builtin_bswap64(value << shift);
        memcpy(to + i * stride, &value, sizeof value);
    }
    assert(shift == 0 || all >> (64 - shift) == 0); /* the parser knows the range */
}

static bool
column_tails(struct lane *lane, uint32_t field, const struct batch_column *column, uint32_t rows)
{
    for (uint32_t i = 0; i < rows; i++) {
        char *to = lane->tail_bytes + (size_t)i * TEXT_MASK_MAX;
        lane->tails[i] = (struct text){to, 0};
        if (column->state[i] == CELL_VALUE)
            lane->tails[i].len = text_mask(column->text[i], to);
    }
    return terms_add(&lane->terms[field], lane->tails, column->state, rows, lane->values);
}

static void
column_pseudonyms(struct lane *lane, const struct batch_column *column, uint32_t rows)
{
    for (uint32_t i = 0; i < rows; i++)
        lane->keys[i] = column->identity[i].key;
    keyer_pseudonyms(lane->keyer, lane->keys, lane->keys, rows);
}

/* lane->values of one stream. false: no memory. */
static bool
stream_values(struct lane *lane, const struct stream *stream, const struct batch *batch)
{
    const struct batch_column *column = &batch->columns[stream->field];
    uint32_t rows = batch->rows;

    switch (stream->what) {
    case STREAM_NUMBER:
        break; /* stage_numbers() */
    case STREAM_TEXT:
    case STREAM_NAME:
        return terms_add(&lane->terms[stream->field], column->text, column->state, rows,
                         lane->values);
    case STREAM_TAG:
        keyer_texts(lane->keyer, column->text, lane->values, rows);
        break;
    case STREAM_TAIL:
        return column_tails(lane, stream->field, column, rows);
    case STREAM_HI:
        column_pseudonyms(lane, column, rows);
        for (uint32_t i = 0; i < rows; i++)
            lane->values[i] = lane->keys[i].hi;
        break;
    case STREAM_LO: /* follows its HI: the keys are there */
        for (uint32_t i = 0; i < rows; i++)
            lane->values[i] = lane->keys[i].lo;
        break;
    }
    for (uint32_t i = 0; i < rows; i++)
        if (column->state[i] != CELL_VALUE)
            lane->values[i] = 0;
    return true;
}

static bool
states_are_plain(const uint8_t *states, uint32_t rows)
{
    uint8_t all = 0;

    for (uint32_t i = 0; i < rows; i++)
        all |= states[i];
    return all == CELL_VALUE;
}

static void
stage_states(struct lane *lane, const struct row_plan *plan, const struct batch *batch)
{
    size_t stride = plan->bytes + ROW_SLACK;

    for (uint32_t i = 0; i < batch->rows; i++)
        for (uint32_t at = 0; at < plan->state_bytes; at += 8) /* what is behind comes later */
            row_put(lane->stage + i * stride, plan->state_at + at, 8, 0);
    for (uint32_t f = 0; f < plan->kind->field_count; f++) {
        const uint8_t *state = batch->columns[f].state;
        uint32_t at = plan->state_at + f / 4, shift = 6 - f % 4 * 2;
        if (states_are_plain(state, batch->rows))
            continue;
        for (uint32_t i = 0; i < batch->rows; i++)
            lane->stage[i * stride + at] |= (uint8_t)(state[i] << shift);
    }
}

/* The batch as packed rows in lane->stage: column by column, in the order of the row. */
static hedui_status
stage_fill(struct lane *lane, const struct row_plan *plan, const struct batch *batch,
           struct err *err)
{
    size_t stride = plan->bytes + ROW_SLACK;
    const struct batch_column *owner = &batch->columns[plan->kind->owner];
    bool is_states_done = false;

    for (uint32_t i = 0; i < batch->rows; i++)
        assert(owner->state[i] == CELL_VALUE); /* feed refuses a row without owner */
    column_pseudonyms(lane, owner, batch->rows);
    for (uint32_t i = 0; i < batch->rows; i++) {
        row_put(lane->stage + i * stride, 0, 8, lane->keys[i].hi);
        row_put(lane->stage + i * stride, 8, 8, lane->keys[i].lo);
    }
    for (uint32_t s = 0; s < plan->stream_count; s++) {
        const struct stream *stream = &plan->streams[s];
        if (stream->at > plan->state_at && !is_states_done) {
            stage_states(lane, plan, batch);
            is_states_done = true;
        }
        if (stream->what == STREAM_NUMBER) {
            stage_numbers(lane, stride, stream, &batch->columns[stream->field], batch->rows);
            continue;
        }
        if (!stream_values(lane, stream, batch))
            return no_memory(err);
        for (uint32_t i = 0; i < batch->rows; i++)
            row_put(lane->stage + i * stride, stream->at, stream->bytes, lane->values[i]);
    }
    if (!is_states_done)
        stage_states(lane, plan, batch);
    for (uint32_t i = 0; i < batch->rows; i++)
        row_put(lane->stage + i * stride, plan->place_at, PLACE_BYTES,
                (uint64_t)batch->file << PLACE_LINE_BITS | batch->line[i]);
    return HEDUI_OK;
}

/* All rows of the lane that are in memory become a run on the disk; their slabs are spare. */
static hedui_status
lane_spill(struct builder *builder, struct lane *lane, struct err *err)
{
    TRY(spill_begin(&lane->spill, builder->spec.dir, err));
    for (uint32_t b = 0; b < BUCKETS; b++)
        for (const struct chunk *chunk = lane->open[b]; chunk != NULL; chunk = chunk->older)
            TRY(spill_bucket(&lane->spill, b, chunk->rows, chunk_rows(lane, b, chunk),
                             builder->plan.bytes, err));
    TRY(spill_end(&lane->spill, err));
    memset(lane->open, 0, sizeof lane->open);
    memset(lane->left, 0, sizeof lane->left);
    assert(lane->spare == NULL);
    lane->spare = lane->slab;
    lane->slab = NULL;
    return HEDUI_OK;
}

static hedui_status
slab_add(struct builder *builder, struct lane *lane, struct err *err)
{
    struct slab *slab;

    if (lane->spare == NULL && lane->slab_count >= slabs_share(builder))
        TRY(lane_spill(builder, lane, err));
    slab = lane->spare;
    if (slab != NULL) {
        lane->spare = slab->older;
    } else {
        slab = slab_take();
        if (slab == NULL)
            return no_memory(err);
        lane->slab_count++;
    }
    slab->older = lane->slab;
    slab->at = (sizeof *slab + 15) & ~(size_t)15;
    lane->slab = slab;
    return HEDUI_OK;
}

static hedui_status
chunk_add(struct builder *builder, struct lane *lane, uint32_t bucket, struct err *err)
{
    struct chunk *chunk;

    if (lane->slab == NULL || SLAB_BYTES - lane->slab->at < builder->chunk_bytes)
        TRY(slab_add(builder, lane, err));
    chunk = (struct chunk *)(void *)((uint8_t *)lane->slab + lane->slab->at);
    lane->slab->at += builder->chunk_bytes;
    chunk->older = lane->open[bucket];
    lane->open[bucket] = chunk;
    lane->next[bucket] = chunk->rows;
    lane->left[bucket] = CHUNK_ROWS;
    return HEDUI_OK;
}

static hedui_status
rows_scatter(struct builder *builder, struct lane *lane, uint32_t rows, struct err *err)
{
    size_t bytes = builder->plan.bytes, stride = bytes + ROW_SLACK;

    for (uint32_t i = 0; i < rows; i++) {
        const uint8_t *row = lane->stage + i * stride;
        uint32_t bucket = bucket_of(row_get(row, 0, 8));
        if (lane->left[bucket] == 0)
            TRY(chunk_add(builder, lane, bucket, err));
        row_copy(lane->next[bucket], row, bytes);
        lane->next[bucket] += bytes;
        lane->left[bucket]--;
        lane->bucket_rows[bucket]++;
    }
    return HEDUI_OK;
}

/* What the default of the covered months needs. */
static void
months_count(struct lane *lane, const struct kind *kind, const struct batch *batch)
{
    const struct batch_column *column;

    if (kind->period < 0)
        return;
    column = &batch->columns[kind->period];
    for (uint32_t i = 0; i < batch->rows; i++) {
        int64_t month = column->number[i];
        if (column->state[i] != CELL_VALUE)
            continue;
        if (kind->fields[kind->period].type == FIELD_DATE)
            month = month_of_date((int32_t)month);
        if (month >= 0 && month < MONTHS_MAX)
            lane->months[month]++;
    }
}

static hedui_status
lane_account(struct builder *builder, struct lane *lane, struct err *err)
{
    size_t bytes = 0;

    for (uint32_t f = 0; f < builder->plan.kind->field_count; f++)
        bytes += terms_bytes(&lane->terms[f]);
    bytes += lane->refused_room * sizeof *lane->refused;
    if (bytes > lane->terms_counted) {
        size_t more = bytes - lane->terms_counted;
        lane->terms_counted = bytes;
        return memory_take(builder, more, err);
    }
    return HEDUI_OK;
}

hedui_status
builder_rows(struct builder *builder, uint32_t lane_number, const struct batch *batch,
             struct err *err)
{
    struct lane *lane = &builder->lanes[lane_number];

    assert(lane_number < builder->lane_count && !builder->is_sealed);
    assert(batch->kind == builder->plan.kind && batch->rows <= BATCH_ROWS);
    for (uint32_t i = 0; i < batch->rows; i++)
        if (batch->line[i] > lane->line_max)
            lane->line_max = batch->line[i];
    TRY(place_check(batch->file, lane->line_max, err));
    TRY(stage_fill(lane, &builder->plan, batch, err));
    TRY(rows_scatter(builder, lane, batch->rows, err));
    TRY(sealed_lane_rows(&lane->sealed, batch, err));
    months_count(lane, builder->plan.kind, batch);
    return lane_account(builder, lane, err);
}

hedui_status
builder_refused(struct builder *builder, uint32_t lane_number, const struct refusal *refusal,
                struct err *err)
{
    struct lane *lane = &builder->lanes[lane_number];
    struct refused *entry;

    assert(lane_number < builder->lane_count && !builder->is_sealed);
    TRY(place_check(refusal->file, refusal->line, err));
    if (lane->refused_count == lane->refused_room) {
        size_t room = lane->refused_room == 0 ? 256 : lane->refused_room * 2;
        entry = mem_resize(lane->refused, room, sizeof *entry);
        if (entry == NULL)
            return no_memory(err);
        lane->refused = entry;
        lane->refused_room = room;
        TRY(lane_account(builder, lane, err));
    }
    entry = &lane->refused[lane->refused_count++];
    entry->owner = (struct key128){UINT64_MAX, UINT64_MAX};
    entry->place = (uint64_t)refusal->file << PLACE_LINE_BITS | refusal->line;
    if (refusal->has_owner) {
        keyer_pseudonyms(lane->keyer, &refusal->owner.key, &entry->owner, 1);
        entry->place |= REFUSED_OWNER;
    }
    return HEDUI_OK;
}
