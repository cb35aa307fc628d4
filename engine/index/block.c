/* SPDX-License-Identifier: Apache-2.0 */
/* block.c: load, sort, collapse, and one column after the other. */
#include "engine/index/block.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/index/block_sort.h"
#include "engine/index/format.h"
#include "engine/index/pack.h"

#include "engine/base/ban.h"

struct job { /* one call of block_encode */
    struct piece *piece;
    const struct builder *builder;
    const struct row_plan *plan;
    const struct vocabulary_set *vocabulary;
    struct block_scratch *scratch;
    struct buf *columns, *places;
    size_t count; /* rows, less the collapsed ones once they are */
};

static hedui_status
no_memory(struct err *err)
{
    return err_set(err, HEDUI_E_MEMORY, "系统内存不足\nno memory left to encode a block");
}

void
block_scratch_release(struct block_scratch *scratch)
{
    mem_free(scratch->rows);
    mem_free(scratch->sorted);
    mem_free(scratch->items);
    mem_free(scratch->spare);
    mem_free(scratch->values);
    mem_free(scratch->picked);
    mem_free(scratch->owner_row);
    mem_free(scratch->exceptions);
    mem_free(scratch->states);
    memset(scratch, 0, sizeof *scratch);
}

void
piece_release(struct piece *piece)
{
    mem_free(piece->owners);
    mem_free(piece->counts);
    mem_free(piece->mended);
    piece->owners = NULL;
    piece->counts = NULL;
    piece->mended = NULL;
}

static hedui_status
scratch_reserve(struct block_scratch *s, size_t rows, size_t bytes, struct err *err)
{
    if (rows <= s->room)
        return HEDUI_OK;
    block_scratch_release(s);
    rows += rows / 4; /* the next block may be a little larger */
    s->rows = mem_resize(NULL, rows * bytes + ROW_SLACK, 1);
    s->sorted = mem_resize(NULL, rows * bytes + ROW_SLACK, 1);
    s->items = mem_resize(NULL, rows, sizeof *s->items);
    s->spare = mem_resize(NULL, rows, sizeof *s->spare);
    s->values = mem_resize(NULL, rows + 1, sizeof *s->values);
    s->picked = mem_resize(NULL, rows, sizeof *s->picked);
    s->owner_row = mem_resize(NULL, rows + 1, sizeof *s->owner_row);
    s->exceptions = mem_resize(NULL, rows, sizeof *s->exceptions);
    s->states = mem_resize(NULL, rows, 1);
    if (s->rows == NULL || s->sorted == NULL || s->items == NULL || s->spare == NULL ||
        s->values == NULL || s->picked == NULL || s->owner_row == NULL || s->exceptions == NULL ||
        s->states == NULL)
        return no_memory(err);
    s->room = rows;
    return HEDUI_OK;
}

#define AHEAD 16 /* rows whose look-ups are on their way */

/* The lane's numbers of texts and names become the file's. */
static void
rows_renumber(const struct job *job, uint8_t *rows, size_t count, uint32_t lane)
{
    size_t bytes = job->plan->bytes;

    for (uint32_t s = 0; s < job->plan->stream_count; s++) {
        const struct stream *stream = &job->plan->streams[s];
        const uint32_t *map;
        if (stream->what != STREAM_TEXT && stream->what != STREAM_NAME &&
            stream->what != STREAM_TAIL)
            continue;
        map = job->vocabulary->fields[stream->field].maps[lane];
        for (size_t i = 0; i < count; i++) {
            uint8_t *row = rows + i * bytes, *ahead = row + AHEAD * bytes;
            if (i + AHEAD < count && row_state(job->plan, ahead, stream->field) == CELL_VALUE)
                __builtin_prefetch(&map[row_get(ahead, stream->at, stream->bytes)]);
            if (row_state(job->plan, row, stream->field) == CELL_VALUE)
                row_patch(row, stream->at, stream->bytes,
                          map[row_get(row, stream->at, stream->bytes)]);
        }
    }
}

/* The rows of one bucket, from memory and from the disk, behind those that are there. */
static hedui_status
bucket_load(struct job *job, uint32_t bucket, struct err *err)
{
    size_t bytes = job->plan->bytes;
    struct block_scratch *s = job->scratch;

    for (uint32_t lane = 0; lane < job->builder->lane_count; lane++) {
        const struct lane *of = &job->builder->lanes[lane];
        const struct chunk *chunk = of->open[bucket];
        uint8_t *first = s->rows + job->count * bytes, *to = first;
        for (; chunk != NULL; chunk = chunk->older) {
            size_t rows = chunk_rows(of, bucket, chunk);
            memcpy(to, chunk->rows, rows * bytes);
            to += rows * bytes;
        }
        TRY(spill_read(&of->spill, bucket, bytes, to, err));
        rows_renumber(job, first, of->bucket_rows[bucket], lane);
        job->count += of->bucket_rows[bucket];
    }
    return HEDUI_OK;
}

/* Lays the rows in order to scratch->sorted. false: two pseudonyms share their first half. */
static bool
rows_lay(struct job *job)
{
    struct block_scratch *s = job->scratch;
    size_t bytes = job->plan->bytes;
    uint64_t hi = 0, lo = 0;
    bool is_clash = false;

    for (size_t i = 0; i < job->count; i++) {
        const uint8_t *row = s->rows + s->items[i].row * bytes;
        uint64_t low = row_get(row, 8, 8);
        row_copy(s->sorted + i * bytes, row, bytes);
        is_clash |= i > 0 && s->items[i].hi == hi && low != lo;
        hi = s->items[i].hi;
        lo = low;
    }
    return !is_clash;
}

static void
rows_sort(struct job *job)
{
    struct block_scratch *s = job->scratch;
    size_t bytes = job->plan->bytes, from = 0;

    for (size_t i = 0; i < job->count; i++)
        s->items[i] = sort_item_of(s->rows, i, bytes);
    for (uint32_t b = job->piece->bucket_first; b < job->piece->bucket_end; b++) {
        size_t rows = 0; /* buckets stand in order already */
        for (uint32_t lane = 0; lane < job->builder->lane_count; lane++)
            rows += job->builder->lanes[lane].bucket_rows[b];
        block_sort(s->items + from, s->spare, rows, s->rows, bytes);
        from += rows;
    }
    if (!rows_lay(job)) {
        block_sort_whole(s->items, job->count, s->rows, bytes);
        (void)rows_lay(job);
    }
}

static const uint8_t *
row_at(const struct job *job, size_t i)
{
    return job->scratch->sorted + i * (size_t)job->plan->bytes;
}

static hedui_status
mended_note(struct job *job, struct err *err)
{
    if (!job->builder->spec.is_mend)
        return HEDUI_OK;
    job->piece->mended = mem_resize(NULL, job->count, sizeof *job->piece->mended);
    if (job->piece->mended == NULL)
        return no_memory(err);
    for (size_t i = 0; i < job->count; i++)
        job->piece->mended[i] = row_get(row_at(job, i), job->plan->place_at, PLACE_BYTES);
    job->piece->mended_count = (uint32_t)job->count;
    return HEDUI_OK;
}

/* Equal in all but the place: they stand side by side; the first place stays. */
static void
rows_collapse(struct job *job)
{
    size_t to = 0, bytes = job->plan->bytes;

    if (job->builder->spec.dedupe == 0)
        return;
    for (size_t i = 0; i < job->count; i++) {
        if (to > 0 && memcmp(row_at(job, to - 1), row_at(job, i), job->plan->place_at) == 0)
            continue;
        if (to < i)
            memcpy(job->scratch->sorted + to * bytes, row_at(job, i), bytes);
        to++;
    }
    job->piece->collapsed = job->count - to;
    job->count = to;
}

/* Order of two rows by their dedupe fields alone. */
static int
key_order(const void *a, const void *b, void *context)
{
    const struct job *job = context;
    const uint8_t *x = row_at(job, *(const uint32_t *)a), *y = row_at(job, *(const uint32_t *)b);
    uint64_t dedupe = job->builder->spec.dedupe;

    for (uint32_t f = 0; f < job->plan->kind->field_count; f++)
        if ((dedupe >> f & 1) != 0 && row_state(job->plan, x, f) != row_state(job->plan, y, f))
            return row_state(job->plan, x, f) < row_state(job->plan, y, f) ? -1 : 1;
    for (uint32_t s = 0; s < job->plan->stream_count; s++) {
        const struct stream *stream = &job->plan->streams[s];
        int order;
        if ((dedupe >> stream->field & 1) == 0)
            continue;
        order = memcmp(x + stream->at, y + stream->at, stream->bytes);
        if (order != 0)
            return order;
    }
    return 0;
}

/* Rows of one person with the same key and other values: counted, and kept. */
static void
conflicts_count(struct job *job)
{
    struct piece *piece = job->piece;
    uint32_t *sorted = job->scratch->exceptions; /* free until the columns are made */

    if (job->builder->spec.dedupe == 0)
        return;
    for (uint32_t o = 0; o < piece->owner_count; o++) {
        uint32_t from = job->scratch->owner_row[o], n = job->scratch->owner_row[o + 1] - from;
        bool is_as_before = false;
        for (uint32_t i = 0; i < n; i++)
            sorted[i] = from + i;
        if (n > 1)
            qsort_r(sorted, n, sizeof *sorted, key_order, job);
        for (uint32_t i = 1; i < n; i++) {
            bool is_same = key_order(&sorted[i - 1], &sorted[i], job) == 0;
            piece->conflicting += is_same ? (is_as_before ? 1 : 2) : 0;
            is_as_before = is_same;
        }
    }
}

static hedui_status
owners_find(struct job *job, struct err *err)
{
    struct piece *piece = job->piece;
    uint32_t *owner_row = job->scratch->owner_row;
    uint32_t n = 0;

    for (size_t i = 0; i < job->count; i++)
        if (i == 0 || memcmp(row_at(job, i - 1), row_at(job, i), 16) != 0)
            owner_row[n++] = (uint32_t)i;
    owner_row[n] = (uint32_t)job->count;
    piece->owner_count = n;
    piece->owners = mem_resize(NULL, n, sizeof *piece->owners);
    piece->counts = mem_resize(NULL, n, sizeof *piece->counts);
    if (piece->owners == NULL || piece->counts == NULL)
        return no_memory(err);
    for (uint32_t o = 0; o < n; o++) {
        const uint8_t *row = row_at(job, owner_row[o]);
        piece->owners[o] = (struct key128){row_get(row, 0, 8), row_get(row, 8, 8)};
        piece->counts[o] = owner_row[o + 1] - owner_row[o];
    }
    return HEDUI_OK;
}

/* Space at the end of the block; *at: where, from its first byte. Zeroed. */
static uint8_t *
block_room(struct buf *columns, size_t bytes, uint32_t *at)
{
    char *to = buf_room(columns, bytes + PACK_SLACK); /* packing writes a little further */

    if (to == NULL)
        return NULL;
    memset(to, 0, bytes + PACK_SLACK);
    assert(columns->len + bytes < UINT32_MAX);
    *at = (uint32_t)columns->len;
    columns->len += bytes;
    return (uint8_t *)to;
}

/* Bit per field: some row has no value there. */
static void
states_look(const struct job *job, uint8_t seen[FIELDS_MAX / 4 + 1])
{
    uint32_t bytes = job->plan->state_bytes;

    memset(seen, 0, FIELDS_MAX / 4 + 1);
    for (uint32_t at = 0; at < bytes; at += 8) {
        uint32_t now = bytes - at < 8 ? bytes - at : 8;
        uint64_t all = 0;
        for (size_t i = 0; i < job->count; i++)
            all |= row_get(row_at(job, i), job->plan->state_at + at, now);
        for (uint32_t i = 0; i < now; i++)
            seen[at + i] = (uint8_t)(all >> (8 * (now - 1 - i)));
    }
}

static void
states_gather(struct job *job, uint32_t field)
{
    for (size_t i = 0; i < job->count; i++)
        job->scratch->states[i] = row_state(job->plan, row_at(job, i), field);
}

static bool
states_encode(struct job *job, struct stream_entry *entry)
{
    size_t seen[4] = {0}, n = job->count;
    uint64_t *values = job->scratch->values;
    uint32_t width = 1;
    uint8_t *to;

    for (size_t i = 0; i < n; i++)
        seen[job->scratch->states[i] & 3]++;
    entry->state_mode = seen[CELL_NONE] == n      ? STATES_NONE
                        : seen[CELL_UNKNOWN] == n ? STATES_UNKNOWN
                        : seen[CELL_UNKNOWN] == 0 ? STATES_BIT_NONE
                        : seen[CELL_NONE] == 0    ? STATES_BIT_UNKNOWN
                                                  : STATES_TWO_BITS;
    if (entry->state_mode == STATES_NONE || entry->state_mode == STATES_UNKNOWN)
        return true;
    for (size_t i = 0; i < n; i++)
        values[i] = job->scratch->states[i];
    if (entry->state_mode == STATES_TWO_BITS)
        width = 2;
    else
        for (size_t i = 0; i < n; i++)
            values[i] = values[i] != CELL_VALUE;
    to = block_room(job->columns, pack_bytes(n, width), &entry->states_at);
    if (to == NULL)
        return false;
    pack_put(to, values, n, 0, width);
    return true;
}

/* Gathers the numbers of a stream where every row has one. *base: the least. Answers the width. */
static uint32_t
stream_gather(struct job *job, const struct stream *stream, uint64_t *base)
{
    const uint8_t *rows = job->scratch->sorted;
    uint64_t *values = job->scratch->values, least = UINT64_MAX, most = 0;
    size_t stride = job->plan->bytes, count = job->count;
    uint32_t at = stream->at, shift = 64 - 8 * stream->bytes;

    for (size_t i = 0; i < count; i++) {
        uint64_t value;
        memcpy(&value, rows + i * stride + at, sizeof value);
        value = __builtin_bswap64(value) >> shift;
        values[i] = value;
        least = value < least ? value : least;
        most = value > most ? value : most;
    }
    *base = least;
    return pack_width(most - least);
}

/* The same where a row may have none: it repeats the row before it, which costs nothing in either
 * mode. */
static uint32_t
stream_gather_some(struct job *job, const struct stream *stream, uint64_t *base)
{
    uint64_t *values = job->scratch->values, least = UINT64_MAX, most = 0;
    size_t missing = 0;

    for (size_t i = 0; i < job->count; i++) {
        uint64_t value = row_get(row_at(job, i), stream->at, stream->bytes);
        if (job->scratch->states[i] != CELL_VALUE) {
            values[i] = i == 0 ? 0 : values[i - 1];
            missing = missing == i ? i + 1 : missing;
            continue;
        }
        values[i] = value;
        least = value < least ? value : least;
        most = value > most ? value : most;
    }
    if (least > most)
        least = most = 0;
    for (size_t i = 0; i < missing; i++)
        values[i] = missing < job->count ? values[missing] : 0; /* before the first value */
    *base = least;
    return pack_width(most - least);
}

/* One number an owner, and exceptions where a row of his has another. false: by row is smaller. */
static bool
by_owner_try(struct job *job, struct stream_entry *entry)
{
    struct block_scratch *s = job->scratch;
    uint32_t owners = job->piece->owner_count, row_width = pack_width(job->count - 1), count = 0;
    uint64_t by_row = (uint64_t)job->count * entry->width;

    for (uint32_t o = 0; o < owners; o++) {
        uint64_t first = s->values[s->owner_row[o]];
        s->picked[o] = first;
        for (uint32_t i = s->owner_row[o] + 1; i < s->owner_row[o + 1]; i++)
            if (s->values[i] != first)
                s->exceptions[count++] = i;
    }
    if ((uint64_t)owners * entry->width + (uint64_t)count * (row_width + entry->width) >
        by_row - by_row / 8)
        return false;
    entry->mode = STREAM_BY_OWNER;
    entry->row_width = (uint8_t)row_width;
    entry->exception_count = count;
    return true;
}

static bool
exceptions_encode(struct job *job, struct stream_entry *entry)
{
    struct block_scratch *s = job->scratch;
    uint32_t count = entry->exception_count;
    size_t rows_bytes = pack_bytes(count, entry->row_width);
    size_t bytes = rows_bytes + pack_bytes(count, entry->width);
    uint8_t *to = block_room(job->columns, bytes, &entry->exceptions_at);

    if (to == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++) /* in place: exceptions ascend, so i ≤ exceptions[i] */
        s->values[i] = s->values[s->exceptions[i]];
    for (uint32_t i = 0; i < count; i++)
        s->picked[i] = s->exceptions[i];
    pack_put(to, s->picked, count, 0, entry->row_width);
    pack_put(to + rows_bytes, s->values, count, entry->base, entry->width);
    return true;
}

static bool
stream_encode(struct job *job, const struct stream *stream, bool has_states,
              struct stream_entry *entry)
{
    struct block_scratch *s = job->scratch;
    uint64_t base;
    uint32_t owners = job->piece->owner_count;
    uint8_t *to;

    entry->width = (uint8_t)(has_states ? stream_gather_some(job, stream, &base)
                                        : stream_gather(job, stream, &base));
    entry->base = base;
    if (entry->width > 0 && by_owner_try(job, entry)) {
        to = block_room(job->columns, pack_bytes(owners, entry->width), &entry->values_at);
        if (to == NULL)
            return false;
        pack_put(to, s->picked, owners, base, entry->width);
        if (!exceptions_encode(job, entry))
            return false;
    } else {
        size_t bytes = pack_bytes(job->count, entry->width);
        to = block_room(job->columns, bytes, &entry->values_at);
        if (to == NULL)
            return false;
        pack_put(to, s->values, job->count, base, entry->width);
    }
    entry->base -= stream->offset; /* the reader adds the packed number and has the value */
    return true;
}

static hedui_status
columns_encode(struct job *job, struct err *err)
{
    struct piece *piece = job->piece;
    struct buf *columns = job->columns;
    struct stream_entry entries[STREAMS_MAX];
    struct block_start start = {(uint32_t)job->count, piece->owner_count, job->plan->stream_count,
                                0};
    size_t head = sizeof start + start.stream_count * sizeof *entries;
    uint8_t seen[FIELDS_MAX / 4 + 1];
    uint32_t at;
    bool has_states = false;

    states_look(job, seen);
    memset(entries, 0, sizeof entries);
    if (block_room(columns, head, &at) == NULL)
        return no_memory(err);
    for (uint32_t s = 0; s < start.stream_count; s++) {
        const struct stream *stream = &job->plan->streams[s];
        if (job->plan->first[stream->field] == (int32_t)s) {
            has_states = (seen[stream->field / 4] >> (6 - stream->field % 4 * 2) & 3) != 0;
            if (has_states)
                states_gather(job, stream->field);
            if (has_states && !states_encode(job, &entries[s]))
                return no_memory(err);
        }
        if (!stream_encode(job, stream, has_states, &entries[s]))
            return no_memory(err);
    }
    if (block_room(job->columns, PACK_SLACK + (0 - columns->len) % 8, &at) == NULL)
        return no_memory(err);
    start.bytes = (uint32_t)columns->len;
    memcpy(columns->at, &start, sizeof start);
    memcpy(columns->at + sizeof start, entries, start.stream_count * sizeof *entries);
    return HEDUI_OK;
}

static hedui_status
places_encode(struct job *job, uint32_t line_bits, struct err *err)
{
    struct places_start start = {UINT64_MAX, 0, 0};
    uint64_t *values = job->scratch->values, most = 0;
    uint32_t at;
    uint8_t *to;

    for (size_t i = 0; i < job->count; i++) {
        uint64_t place = row_get(row_at(job, i), job->plan->place_at, PLACE_BYTES);
        values[i] = place >> PLACE_LINE_BITS << line_bits |
                    (place & ((UINT64_C(1) << PLACE_LINE_BITS) - 1));
        start.base = values[i] < start.base ? values[i] : start.base;
        most = values[i] > most ? values[i] : most;
    }
    start.width = pack_width(most - start.base);
    to = block_room(job->places, sizeof start + pack_bytes(job->count, start.width), &at);
    if (to == NULL)
        return no_memory(err);
    memcpy(to, &start, sizeof start);
    pack_put(to + sizeof start, values, job->count, start.base, start.width);
    if (block_room(job->places, PACK_SLACK + (0 - job->places->len) % 8, &at) == NULL)
        return no_memory(err);
    return HEDUI_OK;
}

hedui_status
block_encode(struct piece *piece, const struct builder *builder,
             const struct vocabulary_set *vocabulary, uint32_t line_bits,
             struct block_scratch *scratch, struct buf *columns, struct buf *places,
             struct err *err)
{
    struct job job = {piece, builder, &builder->plan, vocabulary, scratch, columns, places, 0};
    size_t rows = 0;

    buf_reset(columns);
    buf_reset(places);
    for (uint32_t lane = 0; lane < builder->lane_count; lane++)
        for (uint32_t b = piece->bucket_first; b < piece->bucket_end; b++)
            rows += builder->lanes[lane].bucket_rows[b];
    assert(rows > 0 && rows < UINT32_MAX);
    TRY(scratch_reserve(scratch, rows, builder->plan.bytes, err));
    for (uint32_t b = piece->bucket_first; b < piece->bucket_end; b++)
        TRY(bucket_load(&job, b, err));
    assert(job.count == rows);
    rows_sort(&job);
    TRY(mended_note(&job, err));
    rows_collapse(&job);
    piece->rows = (uint32_t)job.count;
    TRY(owners_find(&job, err));
    conflicts_count(&job);
    TRY(columns_encode(&job, err));
    TRY(places_encode(&job, line_bits, err));
    piece->columns_bytes = (uint32_t)columns->len;
    piece->places_bytes = (uint32_t)places->len;
    return HEDUI_OK;
}
