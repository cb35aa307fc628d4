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
    struct row_span span = {slot->row_first, count_of(d, owner), owner};

    for (uint32_t o = slot->owner_first; o < owner; o++)
        span.first += count_of(d, o);
    return span;
}

void
delivery_probe(const struct delivery *d, const struct key128 *keys, size_t n,
               struct row_span *spans)
{
    const struct slot_entry *slots[GROUP] UNSET;

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
                owner == UINT32_MAX ? (struct row_span){0} : owner_span(d, owner, slots[i]);
        }
    }
}

#define STEP 32 /* rows of one owner that are read column by column at once */

/* Rows of one owner on their way to cells. */
struct view {
    const struct delivery *d;
    const uint8_t *block;
    uint32_t bytes, rows, owners; /* of the block */
    uint32_t row, owner, count;   /* wanted: row and owner within the block, at most STEP rows */
};

/* A copy: what was found to be inside the block must still be so when it is read, though somebody
 * writes into the file meanwhile. */
static inline struct stream_entry
view_stream(const struct view *v, uint32_t stream)
{
    struct stream_entry copy;

    memcpy(&copy, v->block + sizeof(struct block_start) + stream * sizeof copy, sizeof copy);
    __asm__ volatile("" : "+m"(copy)); /* no second look at the map behind our back */
    return copy;
}

/* Are `count` numbers of `width` bits at `at` inside the block? */
static bool
is_inside(const struct view *v, uint32_t at, uint64_t count, uint32_t width)
{
    return width <= 64 && at <= v->bytes - PACK_SLACK &&
           (count * width + 7) / 8 <= v->bytes - PACK_SLACK - at;
}

static bool
states_read(const struct view *v, const struct stream_entry *e, uint8_t *states)
{
    static const uint8_t all[] = {
        [STATES_VALUE] = CELL_VALUE, [STATES_NONE] = CELL_NONE, [STATES_UNKNOWN] = CELL_UNKNOWN};
    uint8_t other = e->state_mode == STATES_BIT_NONE ? CELL_NONE : CELL_UNKNOWN;
    uint32_t width = e->state_mode == STATES_TWO_BITS ? 2 : 1;

    if (e->state_mode <= STATES_UNKNOWN) {
        memset(states, all[e->state_mode], v->count);
        return true;
    }
    if (e->state_mode > STATES_TWO_BITS || !is_inside(v, e->states_at, v->rows, width))
        return false;
    for (uint32_t i = 0; i < v->count; i++) {
        uint8_t bits = (uint8_t)pack_get(v->block + e->states_at, v->row + i, width);

        states[i] = width == 2 ? bits : bits != 0 ? other : CELL_VALUE;
        if (states[i] > CELL_UNKNOWN)
            return false;
    }
    return true;
}

/* The rows that differ from what the block says of their owner. */
static bool
exceptions_read(const struct view *v, const struct stream_entry *e, uint64_t *values)
{
    const uint8_t *rows = v->block + e->exceptions_at;
    uint64_t rows_bytes = ((uint64_t)e->exception_count * e->row_width + 7) / 8;
    uint32_t low = 0, high = e->exception_count;

    if (e->exception_count > v->rows || /* of no width they take no room: else without end */
        e->row_width > 32 || !is_inside(v, e->exceptions_at, e->exception_count, e->row_width) ||
        rows_bytes > v->bytes - e->exceptions_at ||
        !is_inside(v, e->exceptions_at + (uint32_t)rows_bytes, e->exception_count, e->width))
        return false;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (pack_get(rows, middle, e->row_width) < v->row)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < e->exception_count; low++) {
        uint64_t row = pack_get(rows, low, e->row_width) - v->row;
        if (row >= v->count)
            break;
        values[row] = e->base + pack_get(rows + rows_bytes, low, e->width);
    }
    return true;
}

static bool
stream_read(const struct view *v, const struct stream_entry *e, uint64_t *values)
{
    const uint8_t *at = v->block + e->values_at;

    if (e->mode > STREAM_BY_OWNER ||
        !is_inside(v, e->values_at, e->mode == STREAM_BY_OWNER ? v->owners : v->rows, e->width))
        return false;
    if (e->mode == STREAM_BY_ROW) {
        for (uint32_t i = 0; i < v->count; i++)
            values[i] = e->base + pack_get(at, v->row + i, e->width);
        return true;
    }
    values[0] = e->base + pack_get(at, v->owner, e->width);
    for (uint32_t i = 1; i < v->count; i++)
        values[i] = values[0];
    return e->exception_count == 0 || exceptions_read(v, e, values);
}

static bool
word_read(const struct delivery *d, uint32_t field, uint64_t number, struct text *out)
{
    const struct words *w = &d->words[field];
    uint64_t at = w->at + number * sizeof(uint32_t);
    uint32_t from, end;

    if (number >= w->count || !delivery_is_good(d, at, 2 * sizeof(uint32_t)))
        return false;
    from = ((const volatile uint32_t *)w->offsets)[number]; /* looked at once, then checked */
    end = ((const volatile uint32_t *)w->offsets)[number + 1];
    if (from > end || end > w->len ||
        !delivery_is_good(d, w->at + (w->count + 1) * sizeof(uint32_t) + from, end - from))
        return false;
    *out = (struct text){w->bytes + from, end - from};
    return true;
}

static bool
name_read(const struct delivery *d, uint32_t field, uint64_t number, bool has_text,
          struct cell *cell)
{
    const struct name_entry *entry;

    if (number >= d->names[field].count ||
        !delivery_is_good(d, d->names[field].at + number * sizeof *entry, sizeof *entry))
        return false;
    entry = &d->names[field].entries[number];
    cell->number = (int64_t)entry->tag;
    cell->check = entry->check;
    return !has_text || word_read(d, field, entry->mask, &cell->text);
}

/* What the numbers of a text or name lead to is somewhere else in memory: asked for early. */
static void
word_fetch(const struct delivery *d, uint32_t field, enum stream_what what, uint64_t first,
           uint64_t second)
{
    uint64_t word = what == STREAM_TAG ? second : first;

    if (what == STREAM_NAME && first < d->names[field].count)
        __builtin_prefetch(&d->names[field].entries[first]);
    else if ((what == STREAM_TEXT || what == STREAM_TAG) && word < d->words[field].count)
        __builtin_prefetch(&d->words[field].offsets[word]);
}

/* One field of the view's rows, whose cells are zero and lie `stride` apart. Texts and names are
 * left as their numbers, for column_finish. */
static bool
column_read(const struct view *v, uint32_t field, struct cell *cells, uint32_t stride)
{
    uint32_t stream = (uint32_t)v->d->plan.first[field];
    struct stream_entry e = view_stream(v, stream), pair;
    enum stream_what what = v->d->plan.streams[stream].what;
    const struct range *range = &v->d->ranges[field];
    bool is_pair = what == STREAM_TAG || what == STREAM_HI;
    uint64_t first[STEP] UNSET, second[STEP] UNSET;
    uint8_t states[STEP] UNSET;

    if (!states_read(v, &e, states))
        return false;
    if (e.state_mode == STATES_NONE || e.state_mode == STATES_UNKNOWN) {
        for (uint32_t i = 0; i < v->count; i++)
            cells[(size_t)i * stride].state = states[i];
        return true;
    }
    if (!stream_read(v, &e, first))
        return false;
    if (is_pair) {
        pair = view_stream(v, stream + 1);
        if (!stream_read(v, &pair, second))
            return false;
    }
    for (uint32_t i = 0; i < v->count; i++) {
        struct cell *cell = &cells[(size_t)i * stride];

        cell->state = states[i];
        if (states[i] != CELL_VALUE)
            continue;
        cell->number = (int64_t)first[i];
        if (what == STREAM_NUMBER) {
            if (first[i] - (uint64_t)range->least > range->span)
                return false;
            continue;
        }
        cell->key = (struct key128){first[i], is_pair ? second[i] : 0};
        if (i == 0 || first[i] != first[i - 1] || (is_pair && second[i] != second[i - 1]))
            word_fetch(v->d, field, what, first[i], cell->key.lo);
    }
    return true;
}

/* The numbers of texts, names and other identities become what they stand for. Rows of one person
 * mostly lead to the same word, which is looked up once. */
static bool
column_finish(const struct delivery *d, uint32_t field, bool has_text, struct cell *cells,
              uint32_t count)
{
    enum stream_what what = d->plan.streams[d->plan.first[field]].what;
    uint32_t stride = d->kind->field_count;
    const struct cell *before = NULL; /* the last that was looked up, by `numbers` */
    struct key128 numbers = {0, 0};

    for (uint32_t i = 0; i < count; i++) {
        struct cell *cell = &cells[(size_t)i * stride + field];

        if (cell->state != CELL_VALUE)
            continue;
        if (before != NULL && key128_cmp(cell->key, numbers) == 0) {
            *cell = *before;
            continue;
        }
        numbers = cell->key;
        before = cell;
        if (what != STREAM_TAG)
            cell->number = 0;
        if (what == STREAM_HI)
            continue; /* the key stands already */
        cell->key = (struct key128){0, 0};
        if (what == STREAM_NAME
                ? !name_read(d, field, numbers.hi, has_text, cell)
                : has_text && !word_read(d, field, what == STREAM_TAG ? numbers.lo : numbers.hi,
                                         &cell->text))
            return false;
    }
    return true;
}

/* Finds the block of the rows. false: nobody's rows (the caller mixed things up), or the index
 * lies, or the block is damaged. */
static bool
view_open(struct view *v, const struct delivery *d, struct key128 key, struct row_span span)
{
    uint32_t number = d->bucket_block[bucket_of(key.hi)];
    const struct block_start *start;
    const struct block_entry *block;

    if (number >= d->head->block_count)
        return false;
    block = &d->blocks[number];
    if (span.first < block->row_first || span.first - block->row_first >= block->rows ||
        span.count > block->rows - (span.first - block->row_first) ||
        span.owner < block->owner_first || span.owner - block->owner_first >= block->owners)
        return false;
    if (!delivery_is_good(d, d->packed->at + block->columns_at, block->columns_bytes))
        return false;
    *v = (struct view){
        .d = d,
        .block = d->map + d->packed->at + block->columns_at,
        .bytes = block->columns_bytes,
        .rows = block->rows,
        .owners = block->owners,
        .row = (uint32_t)(span.first - block->row_first),
        .owner = span.owner - block->owner_first,
    };
    start = (const void *)v->block;
    return start->rows == v->rows && start->owners == v->owners && start->bytes == v->bytes &&
           start->stream_count == d->plan.stream_count &&
           sizeof *start + start->stream_count * sizeof(struct stream_entry) <=
               v->bytes - PACK_SLACK;
}

static bool
is_wanted(uint64_t fields, uint32_t field)
{
    return (fields >> field & 1) != 0;
}

static void
stream_fetch(const struct view *v, uint32_t stream)
{
    struct stream_entry e = view_stream(v, stream);
    const uint8_t *end = v->block + v->bytes;
    uint64_t at = e.mode == STREAM_BY_OWNER ? v->owner : v->row;
    const uint8_t *values = v->block + e.values_at + at * e.width / 8;
    const uint8_t *states = v->block + e.states_at + v->row / 8;

    if (values < end)
        __builtin_prefetch(values);
    if (e.state_mode > STATES_UNKNOWN && states < end)
        __builtin_prefetch(states);
}

/* Asks for the lines of the block that the view's first row needs. */
static void
view_fetch(const struct view *v, uint64_t fields)
{
    for (uint32_t s = 0; s < v->d->plan.stream_count; s++)
        if (is_wanted(fields, v->d->plan.streams[s].field))
            stream_fetch(v, s);
}

static bool
view_read(struct view *v, struct key128 owner, uint32_t count, uint64_t fields, struct cell *cells)
{
    uint32_t stride = v->d->kind->field_count;

    for (uint32_t done = 0; done < count; done += v->count) {
        v->count = count - done < STEP ? count - done : STEP;
        for (uint32_t f = 0; f < stride; f++) {
            if (f == v->d->kind->owner)
                for (uint32_t i = 0; i < v->count; i++)
                    cells[(size_t)i * stride + f].key = owner;
            else if (is_wanted(fields, f) && !column_read(v, f, cells + f, stride))
                return false;
        }
        v->row += v->count;
        cells += (size_t)v->count * stride;
    }
    return true;
}

/* Finds the rows of up to GROUP persons and asks for their lines. */
static bool
group_open(const struct delivery *d, const struct row_span *spans, const struct key128 *owners,
           struct view *views, size_t n, uint64_t fields)
{
    assert(n <= GROUP);
    for (size_t i = 0; i < n; i++) {
        if (spans[i].count == 0)
            continue;
        if (!view_open(&views[i], d, owners[i], spans[i]))
            return false;
        view_fetch(&views[i], fields);
    }
    return true;
}

static bool
group_read(const struct row_span *spans, const struct key128 *owners, struct view *views,
           struct cell *const *cells, size_t n, uint64_t fields)
{
    for (size_t i = 0; i < n; i++)
        if (spans[i].count > 0 &&
            !view_read(&views[i], owners[i], spans[i].count, fields, cells[i]))
            return false;
    return true;
}

static bool
group_finish(const struct delivery *d, const struct row_span *spans, struct cell *const *cells,
             size_t n, const struct row_wants *wants)
{
    for (size_t i = 0; i < n; i++)
        for (uint32_t f = 0; f < d->kind->field_count && spans[i].count > 0; f++)
            if (f != d->kind->owner && is_wanted(wants->fields, f) &&
                d->plan.streams[d->plan.first[f]].what != STREAM_NUMBER &&
                !column_finish(d, f, is_wanted(wants->texts, f), cells[i], spans[i].count))
                return false;
    return true;
}

/* Three groups are under way at once: lines of the next are asked for before this one is read, and
 * words of this one before those of the last are looked up. */
bool
delivery_rows_of(const struct delivery *d, const struct row_span *spans,
                 const struct key128 *owners, struct cell *const *cells, size_t n,
                 const struct row_wants *wants)
{
    struct view views[2][GROUP] UNSET;
    size_t groups = (n + GROUP - 1) / GROUP;

    for (size_t g = 0; g < groups + 2; g++) {
        size_t at = g * GROUP, read = at - GROUP, finish = at - 2 * GROUP;

#define GROUP_SIZE(from) (n - (from) < GROUP ? n - (from) : GROUP)
        if (g < groups &&
            !group_open(d, spans + at, owners + at, views[g % 2], GROUP_SIZE(at), wants->fields))
            return delivery_fence(d);
        if (g >= 1 && g <= groups &&
            !group_read(spans + read, owners + read, views[(g - 1) % 2], cells + read,
                        GROUP_SIZE(read), wants->fields))
            return delivery_fence(d);
        if (g >= 2 && !group_finish(d, spans + finish, cells + finish, GROUP_SIZE(finish), wants))
            return delivery_fence(d);
#undef GROUP_SIZE
    }
    return true;
}

bool
delivery_rows(const struct delivery *d, const struct row_span *spans, const struct key128 *owners,
              struct cell *const *cells, size_t n)
{
    static const struct row_wants all = {UINT64_MAX, UINT64_MAX};

    return delivery_rows_of(d, spans, owners, cells, n, &all);
}

bool
delivery_row(const struct delivery *d, uint64_t row, struct key128 owner, struct cell *cells)
{
    struct row_span span = {row, 1, owner_find(d, owner, &d->directory[slot_of(d, owner.hi)])};

    memset(cells, 0, d->kind->field_count * sizeof *cells);
    return (span.owner != UINT32_MAX && delivery_rows(d, &span, &owner, &cells, 1)) ||
           delivery_fence(d);
}

static bool
block_holds(const struct block_entry *block, uint64_t row)
{
    return row >= block->row_first && row - block->row_first < block->rows;
}

/* The number of the block that holds the row; block_count: none. */
static uint32_t
block_find(const struct delivery *d, uint64_t row, uint32_t near)
{
    uint32_t low = 0, high = d->head->block_count;

    if (near < high && block_holds(&d->blocks[near], row))
        return near;
    while (low + 1 < high) {
        uint32_t middle = low + (high - low) / 2;
        if (d->blocks[middle].row_first <= row)
            low = middle;
        else
            high = middle;
    }
    return low < high && block_holds(&d->blocks[low], row) ? low : d->head->block_count;
}

static bool
place_read(const struct delivery *d, uint64_t row, uint32_t *near, uint64_t *place)
{
    uint32_t number = block_find(d, row, *near);
    const struct block_entry *block;
    struct places_start start;
    const uint8_t *at;

    if (number >= d->head->block_count)
        return false;
    *near = number;
    block = &d->blocks[number];
    if (!delivery_is_good(d, d->packed->at + block->places_at, block->places_bytes))
        return false;
    at = d->map + d->packed->at + block->places_at;
    memcpy(&start, at, sizeof start);
    __asm__ volatile("" : "+m"(start)); /* as in view_stream() */
    if (start.width > 64 ||
        pack_bytes(block->rows, start.width) > block->places_bytes - sizeof start - PACK_SLACK)
        return false;
    *place = start.base + pack_get(at + sizeof start, row - block->row_first, start.width);
    return *place >> d->line_bits < d->info.file_count || d->info.file_count == 0;
}

struct locator
delivery_locate(const struct delivery *d, uint64_t row)
{
    uint32_t near = 0;

    return delivery_locate_near(d, row, &near);
}

struct locator
delivery_locate_near(const struct delivery *d, uint64_t row, uint32_t *near)
{
    uint64_t place;

    if (!place_read(d, row, near, &place)) {
        (void)delivery_fence(d);
        return (struct locator){0, 0};
    }
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
