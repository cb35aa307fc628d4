/* SPDX-License-Identifier: Apache-2.0 */
/* probe.c: persons to rows, rows to cells. Nothing here allocates or writes, but for the note that
 * a unit was found good. */
#include <assert.h>
#include <string.h>

#include "engine/index/delivery_file.h"
#include "engine/index/pack.h"

#include "engine/base/ban.h"

#define GROUP 16 /* probes whose misses overlap; 32 gave no more */

/* The owner's number within its slot, or UINT32_MAX. */
static uint32_t
owner_find(const struct delivery *d, struct key128 key, const struct slot_entry *slot)
{
    uint32_t low = slot[0].owner_first, high = slot[1].owner_first;

    if (high > d->owner_count)
        high = d->owner_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct key128 at = d->owners[middle];
        if (at.hi < key.hi || (at.hi == key.hi && at.lo < key.lo))
            low = middle + 1;
        else
            high = middle;
    }
    if (low < slot[1].owner_first && low < d->owner_count && d->owners[low].hi == key.hi &&
        d->owners[low].lo == key.lo)
        return low;
    return UINT32_MAX;
}

static struct row_span
owner_span(const struct delivery *d, uint32_t owner, const struct slot_entry *slot)
{
    struct row_span span = {slot->row_first, count_of(d, owner)};

    for (uint32_t o = slot->owner_first; o < owner; o++)
        span.first += count_of(d, o);
    return span;
}

void
delivery_probe(const struct delivery *d, const struct key128 *keys, size_t n,
               struct row_span *spans)
{
    const struct slot_entry *slots[GROUP];

    for (size_t from = 0; from < n; from += GROUP) {
        size_t now = n - from < GROUP ? n - from : GROUP;
        for (size_t i = 0; i < now; i++) {
            slots[i] = &d->directory[slot_of(d, keys[from + i].hi)];
            __builtin_prefetch(slots[i]);
        }
        for (size_t i = 0; i < now; i++) {
            uint32_t first = slots[i]->owner_first;
            __builtin_prefetch(&d->owners[first]);
            __builtin_prefetch(&d->owners[first + 4]);
            __builtin_prefetch(&d->counts[(size_t)first * d->count_bytes]);
        }
        for (size_t i = 0; i < now; i++) {
            uint32_t owner = owner_find(d, keys[from + i], slots[i]);
            spans[from + i] =
                owner == UINT32_MAX ? (struct row_span){0, 0} : owner_span(d, owner, slots[i]);
        }
    }
}

/* One row on its way to cells. */
struct view {
    const struct delivery *d;
    const uint8_t *block;
    uint32_t bytes, row, rows, owner, owners; /* row and owner: within the block */
};

/* Are `count` numbers of `width` bits at `at` inside the block? */
static bool
is_inside(const struct view *v, uint32_t at, uint64_t count, uint32_t width)
{
    return width <= 64 && at <= v->bytes - PACK_SLACK &&
           (count * width + 7) / 8 <= v->bytes - PACK_SLACK - at;
}

static bool
state_read(const struct view *v, const struct stream_entry *e, uint8_t *state)
{
    uint32_t width = e->state_mode == STATES_TWO_BITS ? 2 : 1;
    uint64_t bits;

    *state = e->state_mode == STATES_NONE      ? CELL_NONE
             : e->state_mode == STATES_UNKNOWN ? CELL_UNKNOWN
                                               : CELL_VALUE;
    if (e->state_mode <= STATES_UNKNOWN)
        return true;
    if (e->state_mode > STATES_TWO_BITS || !is_inside(v, e->states_at, v->rows, width))
        return false;
    bits = pack_get(v->block + e->states_at, v->row, width);
    if (e->state_mode == STATES_TWO_BITS)
        *state = (uint8_t)bits;
    else if (bits != 0)
        *state = e->state_mode == STATES_BIT_NONE ? CELL_NONE : CELL_UNKNOWN;
    return *state <= CELL_UNKNOWN;
}

/* Which of the exceptions is the view's row; UINT32_MAX: none. */
static uint32_t
exception_find(const struct view *v, const struct stream_entry *e)
{
    const uint8_t *rows = v->block + e->exceptions_at;
    uint32_t low = 0, high = e->exception_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (pack_get(rows, middle, e->row_width) < v->row)
            low = middle + 1;
        else
            high = middle;
    }
    return low < e->exception_count && pack_get(rows, low, e->row_width) == v->row ? low
                                                                                   : UINT32_MAX;
}

static bool
stream_read(const struct view *v, uint32_t stream, uint64_t *value)
{
    const struct stream_entry *e =
        (const struct stream_entry *)(const void *)(v->block + sizeof(struct block_start)) + stream;
    bool by_owner = e->mode == STREAM_BY_OWNER;
    uint32_t count = by_owner ? v->owners : v->rows, at = by_owner ? v->owner : v->row;

    if (e->mode > STREAM_BY_OWNER || !is_inside(v, e->values_at, count, e->width))
        return false;
    if (by_owner && e->exception_count > 0) {
        uint64_t rows_bytes = ((uint64_t)e->exception_count * e->row_width + 7) / 8, found;
        if (e->row_width > 32 ||
            !is_inside(v, e->exceptions_at, e->exception_count, e->row_width) ||
            rows_bytes > v->bytes - e->exceptions_at ||
            !is_inside(v, e->exceptions_at + (uint32_t)rows_bytes, e->exception_count, e->width))
            return false;
        found = exception_find(v, e);
        if (found != UINT32_MAX) {
            *value = e->base + pack_get(v->block + e->exceptions_at + rows_bytes, found, e->width);
            return true;
        }
    }
    *value = e->base + pack_get(v->block + e->values_at, at, e->width);
    return true;
}

static bool
word_read(const struct delivery *d, uint32_t field, uint64_t number, struct text *out)
{
    const struct words *w = &d->words[field];
    uint64_t at = w->at + number * sizeof(uint32_t);
    uint32_t from, end;

    if (number >= w->count || !delivery_touch(d, at, 2 * sizeof(uint32_t)))
        return false;
    from = w->offsets[number];
    end = w->offsets[number + 1];
    if (from > end || end > w->len ||
        !delivery_touch(d, w->at + (w->count + 1) * sizeof(uint32_t) + from, end - from))
        return false;
    *out = (struct text){w->bytes + from, end - from};
    return true;
}

static bool
name_read(const struct delivery *d, uint32_t field, uint64_t number, struct cell *cell)
{
    const struct name_entry *entry = &d->names[field].entries[number];

    if (number >= d->names[field].count ||
        !delivery_touch(d, d->names[field].at + number * sizeof *entry, sizeof *entry))
        return false;
    cell->number = (int64_t)entry->tag;
    cell->check = entry->check;
    return word_read(d, field, entry->mask, &cell->text);
}

static bool
cell_read(const struct view *v, uint32_t field, struct key128 owner, struct cell *cell)
{
    const struct row_plan *plan = &v->d->plan;
    uint32_t stream = (uint32_t)plan->first[field];
    uint64_t first, second;

    memset(cell, 0, sizeof *cell);
    if (field == plan->kind->owner) {
        cell->key = owner;
        return true;
    }
    if (!state_read(
            v,
            (const struct stream_entry *)(const void *)(v->block + sizeof(struct block_start)) +
                stream,
            &cell->state))
        return false;
    if (cell->state != CELL_VALUE)
        return true;
    if (!stream_read(v, stream, &first))
        return false;
    switch (plan->streams[stream].what) {
    case STREAM_NUMBER:
        cell->number = (int64_t)first;
        return true;
    case STREAM_TEXT:
        return word_read(v->d, field, first, &cell->text);
    case STREAM_NAME:
        return name_read(v->d, field, first, cell);
    case STREAM_TAG:
        cell->number = (int64_t)first;
        return stream_read(v, stream + 1, &second) && word_read(v->d, field, second, &cell->text);
    case STREAM_HI:
        if (!stream_read(v, stream + 1, &second))
            return false;
        cell->key = (struct key128){first, second};
        return true;
    case STREAM_TAIL:
    case STREAM_LO:
        break; /* never a field's first */
    }
    return false;
}

bool
delivery_row(const struct delivery *d, uint64_t row, struct key128 owner, struct cell *cells)
{
    const struct slot_entry *slot = &d->directory[slot_of(d, owner.hi)];
    uint32_t owner_number = owner_find(d, owner, slot);
    uint32_t number = d->bucket_block[bucket_of(owner.hi)];
    const struct block_start *start;
    const struct block_entry *block;
    struct view v = {.d = d};

    if (owner_number == UINT32_MAX || number >= d->head->block_count)
        return false; /* nobody's row: the caller mixed things up, or the index lies */
    block = &d->blocks[number];
    if (row < block->row_first || row - block->row_first >= block->rows ||
        owner_number < block->owner_first || owner_number - block->owner_first >= block->owners)
        return false;
    if (!delivery_touch(d, d->columns->at + block->columns_at, block->columns_bytes))
        return false;
    v.block = d->map + d->columns->at + block->columns_at;
    v.bytes = block->columns_bytes;
    v.row = (uint32_t)(row - block->row_first);
    v.rows = block->rows;
    v.owner = owner_number - block->owner_first;
    v.owners = block->owners;
    start = (const void *)v.block;
    if (start->rows != v.rows || start->owners != v.owners || start->bytes != v.bytes ||
        start->stream_count != d->plan.stream_count ||
        sizeof *start + start->stream_count * sizeof(struct stream_entry) > v.bytes - PACK_SLACK)
        return false;
    for (uint32_t f = 0; f < d->kind->field_count; f++)
        if (!cell_read(&v, f, owner, &cells[f]))
            return false;
    return true;
}

struct locator
delivery_locate(const struct delivery *d, uint64_t row)
{
    uint32_t low = 0, high = d->head->block_count;
    const struct places_start *start;
    const struct block_entry *block;
    uint64_t place;

    while (low + 1 < high) {
        uint32_t middle = low + (high - low) / 2;
        if (d->blocks[middle].row_first <= row)
            low = middle;
        else
            high = middle;
    }
    if (low >= high || row - d->blocks[low].row_first >= d->blocks[low].rows)
        return (struct locator){0, 0};
    block = &d->blocks[low];
    if (!delivery_touch(d, d->places->at + block->places_at, block->places_bytes))
        return (struct locator){0, 0};
    start = (const void *)(d->map + d->places->at + block->places_at);
    if (start->width > 64 ||
        pack_bytes(block->rows, start->width) > block->places_bytes - sizeof *start - PACK_SLACK)
        return (struct locator){0, 0};
    place =
        start->base + pack_get((const uint8_t *)(start + 1), row - block->row_first, start->width);
    return (struct locator){(uint32_t)(place >> d->line_bits),
                            place & ((UINT64_C(1) << d->line_bits) - 1)};
}

static struct locator
place_locator(uint64_t place)
{
    return (struct locator){
        (uint32_t)(place >> PLACE_LINE_BITS & ((1u << PLACE_FILE_BITS) - 1)),
        place & ((UINT64_C(1) << PLACE_LINE_BITS) - 1),
    };
}

uint32_t
delivery_refused_count(const struct delivery *d)
{
    return d->refused_count;
}

struct key128
delivery_refused_owner(const struct delivery *d, uint32_t i, bool *has_owner)
{
    assert(i < d->refused_count);
    *has_owner = (d->refused[i].place & REFUSED_OWNER) != 0;
    return (struct key128){d->refused[i].hi, d->refused[i].lo};
}

struct locator
delivery_refused_at(const struct delivery *d, uint32_t i)
{
    assert(i < d->refused_count);
    return place_locator(d->refused[i].place);
}

uint32_t
delivery_mended_count(const struct delivery *d)
{
    return d->mended_count;
}

struct locator
delivery_mended_at(const struct delivery *d, uint32_t i)
{
    assert(i < d->mended_count);
    return place_locator(d->mended[i]);
}
