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
    uint64_t seed;

    TRY(keyer_open(&lane->keyer, builder->key, err));
    keyer_texts(lane->keyer, &terms_name, &seed, 1);
    for (size_t i = 0; i < FIELDS_MAX; i++)
        terms_init(&lane->terms[i], seed);
    lane->to = mem_resize(NULL, PART_ROWS, sizeof *lane->to);
    lane->values = mem_resize(NULL, PART_ROWS, sizeof *lane->values);
    lane->keys = mem_resize(NULL, PART_ROWS, sizeof *lane->keys);
    lane->tails = mem_resize(NULL, PART_ROWS, sizeof *lane->tails);
    lane->tail_bytes = mem_resize(NULL, PART_ROWS, TEXT_MASK_MAX);
    if (lane->to == NULL || lane->values == NULL || lane->keys == NULL || lane->tails == NULL ||
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

size_t
builder_bytes(const struct builder *builder)
{
    size_t bytes = atomic_load(&builder->used);

    for (uint32_t i = 0; i < builder->lane_count; i++)
        bytes += builder->lanes[i].slab_count * SLAB_BYTES;
    return bytes;
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
            mem_wipe(lane->tail_bytes, (size_t)PART_ROWS * TEXT_MASK_MAX);
        keyer_close(lane->keyer);
        sealed_lane_close(&lane->sealed);
        mem_free(lane->to);
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

/* Rows `from` to `from + rows` of a batch, whose places are in lane->to. */
struct part {
    struct lane *lane;
    const struct row_plan *plan;
    const struct batch *batch;
    uint32_t from, rows;
};

/* A number of every row. Fields are written in the order of the row, since what stands behind one
 * is overwritten; behind the last stands the next row, which may be full. */
static inline void
part_put(const struct part *part, uint32_t at, uint32_t bytes, const uint64_t *values)
{
    uint8_t *const *to = part->lane->to;

    if (at + 8 <= part->plan->bytes)
        for (uint32_t i = 0; i < part->rows; i++)
            row_put(to[i], at, bytes, values[i]);
    else
        for (uint32_t i = 0; i < part->rows; i++)
            row_patch(to[i], at, bytes, values[i]);
}

static const struct batch_column *
column_of(const struct part *part, const struct stream *stream)
{
    return &part->batch->columns[stream->field];
}

static void
values_number(const struct part *part, const struct stream *stream)
{
    const struct batch_column *column = column_of(part, stream);
    const int64_t *number = column->number + part->from;
    const uint8_t *state = column->state + part->from;
    uint64_t all = 0;

    for (uint32_t i = 0; i < part->rows; i++) {
        uint64_t value = (uint64_t)number[i] + stream->offset;
        value = state[i] == CELL_VALUE ? value : 0;
        all |= value;
        part->lane->values[i] = value;
    }
    assert(stream->bytes == 8 || all >> 8 * stream->bytes == 0); /* the parser knows the range */
}

static bool
values_tails(const struct part *part, const struct stream *stream)
{
    struct lane *lane = part->lane;
    const struct batch_column *column = column_of(part, stream);

    for (uint32_t i = 0; i < part->rows; i++) {
        char *to = lane->tail_bytes + (size_t)i * TEXT_MASK_MAX;
        lane->tails[i] = (struct text){to, 0};
        if (column->state[part->from + i] == CELL_VALUE)
            lane->tails[i].len = text_mask(column->text[part->from + i], to);
    }
    return terms_add(&lane->terms[stream->field], lane->tails, column->state + part->from,
                     part->rows, lane->values);
}

static void
part_pseudonyms(const struct part *part, const struct batch_column *column)
{
    struct lane *lane = part->lane;

    for (uint32_t i = 0; i < part->rows; i++)
        lane->keys[i] = column->identity[part->from + i].key;
    keyer_pseudonyms(lane->keyer, lane->keys, lane->keys, part->rows);
}

/* lane->values of one stream. false: no memory. */
static bool
stream_values(const struct part *part, const struct stream *stream)
{
    struct lane *lane = part->lane;
    const struct batch_column *column = column_of(part, stream);
    const uint8_t *state = column->state + part->from;

    switch (stream->what) {
    case STREAM_NUMBER:
        values_number(part, stream);
        return true;
    case STREAM_TEXT:
    case STREAM_NAME:
        return terms_add(&lane->terms[stream->field], column->text + part->from, state, part->rows,
                         lane->values);
    case STREAM_TAG:
        keyer_texts(lane->keyer, column->text + part->from, lane->values, part->rows);
        break;
    case STREAM_TAIL:
        return values_tails(part, stream);
    case STREAM_HI:
        part_pseudonyms(part, column);
        for (uint32_t i = 0; i < part->rows; i++)
            lane->values[i] = lane->keys[i].hi;
        break;
    case STREAM_LO: /* follows its HI: the keys are there */
        for (uint32_t i = 0; i < part->rows; i++)
            lane->values[i] = lane->keys[i].lo;
        break;
    }
    for (uint32_t i = 0; i < part->rows; i++)
        if (state[i] != CELL_VALUE)
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

/* Two bits a field, eight bytes of them at a time. */
static void
part_states(const struct part *part)
{
    const struct row_plan *plan = part->plan;
    uint64_t *values = part->lane->values;

    for (uint32_t at = 0; at < plan->state_bytes; at += 8) {
        uint32_t bytes = plan->state_bytes - at < 8 ? plan->state_bytes - at : 8;
        memset(values, 0, part->rows * sizeof *values);
        for (uint32_t f = 4 * at; f < plan->kind->field_count && f < 4 * (at + bytes); f++) {
            const uint8_t *state = part->batch->columns[f].state + part->from;
            uint32_t shift = 8 * bytes - 2 - 2 * (f - 4 * at);
            if (states_are_plain(state, part->rows))
                continue;
            for (uint32_t i = 0; i < part->rows; i++)
                values[i] |= (uint64_t)state[i] << shift;
        }
        part_put(part, plan->state_at + at, bytes, values);
    }
}

/* Column by column, in the order of the row. The owners' pseudonyms are in lane->keys. */
static hedui_status
part_fill(const struct part *part, struct err *err)
{
    struct lane *lane = part->lane;
    const struct row_plan *plan = part->plan;
    bool is_states_done = false;

    for (uint32_t i = 0; i < part->rows; i++) {
        row_put(lane->to[i], 0, 8, lane->keys[i].hi);
        row_put(lane->to[i], 8, 8, lane->keys[i].lo);
    }
    for (uint32_t s = 0; s < plan->stream_count; s++) {
        const struct stream *stream = &plan->streams[s];
        if (stream->at > plan->state_at && !is_states_done) {
            part_states(part);
            is_states_done = true;
        }
        if (!stream_values(part, stream))
            return no_memory(err);
        part_put(part, stream->at, stream->bytes, lane->values);
    }
    if (!is_states_done)
        part_states(part);
    for (uint32_t i = 0; i < part->rows; i++)
        lane->values[i] =
            (uint64_t)part->batch->file << PLACE_LINE_BITS | part->batch->line[part->from + i];
    part_put(part, plan->place_at, PLACE_BYTES, lane->values);
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
    while (lane->slab != NULL) {
        struct slab *slab = lane->slab;
        lane->slab = slab->older;
        slab->older = lane->spare;
        lane->spare = slab;
    }
    return HEDUI_OK;
}

static hedui_status
slab_add(struct lane *lane, struct err *err)
{
    struct slab *slab = lane->spare;

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
chunk_add(const struct builder *builder, struct lane *lane, uint32_t bucket, struct err *err)
{
    struct chunk *chunk;

    if (lane->slab == NULL || SLAB_BYTES - lane->slab->at < builder->chunk_bytes)
        TRY(slab_add(lane, err));
    chunk = (struct chunk *)(void *)((uint8_t *)lane->slab + lane->slab->at);
    lane->slab->at += builder->chunk_bytes;
    chunk->older = lane->open[bucket];
    lane->open[bucket] = chunk;
    lane->next[bucket] = chunk->rows;
    lane->left[bucket] = CHUNK_ROWS;
    return HEDUI_OK;
}

/* Chunks that the lane can still open without going to the disk; PART_ROWS or more count as that.
 */
static size_t
chunks_left(const struct builder *builder, const struct lane *lane)
{
    size_t a_slab = (SLAB_BYTES - 16) / builder->chunk_bytes, share = slabs_share(builder);
    size_t left = lane->slab == NULL ? 0 : (SLAB_BYTES - lane->slab->at) / builder->chunk_bytes;

    if (lane->slab_count < share)
        left += (share - lane->slab_count) * a_slab;
    for (const struct slab *slab = lane->spare; slab != NULL && left < PART_ROWS;
         slab = slab->older)
        left += a_slab;
    return left;
}

/* How many rows of a batch may be placed at once: rows that have a place but no content yet must
 * never go to the disk, so what is there goes first if every row might need a chunk of its own. */
static hedui_status
part_room(struct builder *builder, struct lane *lane, uint32_t want, uint32_t *rows,
          struct err *err)
{
    size_t left = chunks_left(builder, lane);

    if (left < want && lane->slab != NULL) {
        TRY(lane_spill(builder, lane, err));
        left = chunks_left(builder, lane);
    }
    assert(left > 0); /* SLABS_MIN slabs hold some chunks of the widest row */
    *rows = left < want ? (uint32_t)left : want;
    return HEDUI_OK;
}

/* Each row's place in its bucket. */
static hedui_status
part_place(const struct builder *builder, const struct part *part, struct err *err)
{
    struct lane *lane = part->lane;
    size_t bytes = builder->plan.bytes;

    for (uint32_t i = 0; i < part->rows; i++) {
        uint32_t bucket = bucket_of(lane->keys[i].hi);
        if (lane->left[bucket] == 0)
            TRY(chunk_add(builder, lane, bucket, err));
        lane->to[i] = lane->next[bucket];
        __builtin_prefetch(lane->to[i], 1);
        __builtin_prefetch(lane->to[i] + bytes - 1, 1);
        lane->next[bucket] += bytes;
        lane->left[bucket]--;
        lane->bucket_rows[bucket]++;
    }
    return HEDUI_OK;
}

static hedui_status
batch_place(struct builder *builder, struct lane *lane, const struct batch *batch, struct err *err)
{
    const struct batch_column *owner = &batch->columns[builder->plan.kind->owner];
    struct part part = {lane, &builder->plan, batch, 0, 0};

    for (uint32_t i = 0; i < batch->rows; i++)
        assert(owner->state[i] == CELL_VALUE); /* feed refuses a row without owner */
    for (; part.from < batch->rows; part.from += part.rows) {
        uint32_t left = batch->rows - part.from;
        TRY(part_room(builder, lane, left < PART_ROWS ? left : PART_ROWS, &part.rows, err));
        part_pseudonyms(&part, owner);
        TRY(part_place(builder, &part, err));
        TRY(part_fill(&part, err));
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
    TRY(batch_place(builder, lane, batch, err));
    if (!batch->is_mirror) { /* else the same lines once more */
        TRY(sealed_lane_rows(&lane->sealed, batch, err));
        months_count(lane, builder->plan.kind, batch);
    }
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
