/* SPDX-License-Identifier: Apache-2.0 */
/* clean.c: runs of regular rows, column by column. What is clean about a column goes straight to
 * the batch; a row with anything else is marked, taken out again, and goes the careful way by
 * itself, so that both roads end in the same place and only the careful one has opinions. */
#include <assert.h>
#include <string.h>

#include "engine/feed/parse.h"
#include "engine/feed/rows.h"
#include "engine/model/clean.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "engine/base/ban.h"

struct run {
    struct lane *lane;
    const struct plan *plan;
    const uint32_t *cuts; /* count × plan->column_count: the ends of the cells */
    uint32_t count, base; /* base: row of the batch that the first becomes */
};

/* One column of a run, and what is said once of all its cells. */
struct cells {
    const char *bytes; /* the window; PAST_MAX bytes behind any cell of it are readable */
    const uint32_t *before, *end; /* of row 0: what stands before the cell, and where it ends */
    size_t before_step, end_step;
    uint32_t gap;               /* bytes of what stands before it */
    bool is_last;               /* a carriage return may stand at its end */
    const bool *is_blank_first; /* NULL: no word stands for blank */
};
#define PAST_MAX 16

static struct cells
cells_of(const struct run *run, uint32_t column, const struct plan_field *at)
{
    const uint32_t columns = run->plan->column_count;
    struct cells cells = {
        .bytes = run->lane->window,
        .before = column == 0 ? run->lane->starts : run->cuts + column - 1,
        .end = run->cuts + column,
        .before_step = column == 0 ? 1 : columns,
        .end_step = columns,
        .gap = column == 0 ? 0 : 1,
        .is_last = column + 1 == columns,
        .is_blank_first = at != NULL && at->has_blanks ? at->is_blank_first : NULL,
    };

    return cells;
}

/* The cell of row i; cells->before and ->end stand at it. */
static inline __attribute__((always_inline)) struct text
cell_next(struct cells *cells)
{
    uint32_t from = *cells->before + cells->gap;
    struct text cell = {cells->bytes + from, *cells->end - from};

    cells->before += cells->before_step;
    cells->end += cells->end_step;
    if (cells->is_last && cell.len > 0 && cell.at[cell.len - 1] == '\r')
        cell.len--;
    return cell;
}

/* Neither empty nor perhaps a word for blank. */
static inline __attribute__((always_inline)) bool
has_value(const struct cells *cells, struct text cell)
{
    return cell.len > 0 &&
           (cells->is_blank_first == NULL || !cells->is_blank_first[(unsigned char)cell.at[0]]);
}

/* A cell that is not clean: an empty one is what the model says, all else the careful way's. */
static inline void
cell_odd(const struct run *run, const struct plan_field *at, struct text cell, uint32_t i)
{
    struct lane *lane = run->lane;

    lane->odd[i] |= cell.len > 0 || !blank_put(lane, at, run->base + i);
}

static void
identities_take(const struct run *run, const struct plan_field *at)
{
    struct lane *lane = run->lane;
    struct identity *out = lane->columns[at->number].identity + run->base;
    struct cells cells = cells_of(run, at->column, at);
    bool is_owner = at->number == lane->batch.kind->owner;

    for (uint32_t i = 0; i < run->count; i++) {
        struct text cell = cell_next(&cells);
        if (has_value(&cells, cell) && identity_clean(cell, &out[i]))
            continue;
        if (is_owner) /* a blank one too */
            lane->odd[i] = 1;
        else
            cell_odd(run, at, cell, i);
    }
}

/* Printable ASCII, and nothing to trim. */
static inline bool
is_trimmed(struct text cell)
{
    return (unsigned char)cell.at[0] > ' ' && (unsigned char)cell.at[cell.len - 1] > ' ';
}

#ifdef __SSE2__
/* Up to five characters of U+4E00 … U+9FFF (E4 B8 80 … E9 BF BF) and nothing else: what most names
 * are. All bytes at once, so that names of two and of three characters take one road. */
static inline bool
han_is_plain(struct text cell)
{
    const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)cell.at);
    const uint32_t all = (UINT32_C(1) << cell.len) - 1, heads = UINT32_C(0x1249) & all;
    __m128i head = _mm_sub_epi8(bytes, _mm_set1_epi8((char)0xE4));
    __m128i six = _mm_cmpeq_epi8(_mm_min_epu8(head, _mm_set1_epi8(5)), head);
    __m128i tail =
        _mm_cmpeq_epi8(_mm_and_si128(bytes, _mm_set1_epi8((char)0xC0)), _mm_set1_epi8((char)0x80));
    __m128i low = _mm_cmpeq_epi8(_mm_max_epu8(bytes, _mm_set1_epi8((char)0xB8)), bytes);
    uint32_t is_head = (uint32_t)_mm_movemask_epi8(six),
             is_tail = (uint32_t)_mm_movemask_epi8(tail);
    uint32_t is_first = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(head, _mm_setzero_si128()));
    uint32_t is_past = (uint32_t)_mm_movemask_epi8(low); /* at or past B8 */

    return (is_head & heads) == heads && ((is_tail | heads) & all) == all &&
           ((is_first & heads) << 1 & ~is_past) == 0;
}
#else
static inline bool
han_is_plain(struct text cell)
{
    return text_is_plain(cell);
}
#endif

/* As text_is_plain(), of a cell of the window. */
static inline bool
cell_is_plain(struct text cell)
{
    const uint64_t high = UINT64_C(0x8080808080808080);
    uint64_t all = 0;

    if ((unsigned char)cell.at[0] >= 0x80)
        return cell.len < PAST_MAX && cell.len % 3 == 0 ? han_is_plain(cell) : text_is_plain(cell);
    if (cell.len < 8) {
        all = eight_load(cell.at) << (64 - 8 * cell.len);
    } else {
        for (size_t at = 0; at + 8 < cell.len; at += 8)
            all |= eight_load(cell.at + at);
        all |= eight_load(cell.at + cell.len - 8);
    }
    return (all & high) == 0 || text_is_plain(cell);
}

static void
texts_utf8(const struct run *run, const struct plan_field *at)
{
    struct text *out = run->lane->columns[at->number].text + run->base;
    struct cells cells = cells_of(run, at->column, at);

    for (uint32_t i = 0; i < run->count; i++) {
        struct text cell = cell_next(&cells);
        if (has_value(&cells, cell) && is_trimmed(cell) && cell_is_plain(cell))
            out[i] = cell;
        else
            cell_odd(run, at, cell, i);
    }
}

static void
texts_decoded(const struct run *run, const struct plan_field *at)
{
    struct text *out = run->lane->columns[at->number].text + run->base;
    struct cells cells = cells_of(run, at->column, at);

    for (uint32_t i = 0; i < run->count; i++) {
        struct text cell = cell_next(&cells), decoded = cell;
        if (has_value(&cells, cell) && is_trimmed(cell) &&
            cell_decode(run->lane, run->plan, &decoded) && has_value(&cells, decoded) &&
            decoded.len <= BATCH_TEXT_MAX && text_is_plain(decoded))
            out[i] = decoded;
        else
            cell_odd(run, at, cell, i);
    }
}

static inline int32_t
code_clean(const struct plan_field *at, struct text cell, bool is_inside)
{
    struct short_word word = short_word_of(cell, is_inside);
    uint32_t slot = short_word_slot(&word, at->word_slots);

    for (; at->words[slot].code >= 0; slot = (slot + 1) & (at->word_slots - 1))
        if (at->words[slot].first == word.first && at->words[slot].last == word.last &&
            at->words[slot].len == word.len)
            return at->words[slot].code;
    return -1;
}

static void
codes_take(const struct run *run, const struct plan_field *at)
{
    struct lane *lane = run->lane;
    int64_t *out = lane->columns[at->number].number + run->base;
    struct cells cells = cells_of(run, at->column, at);
    bool is_utf8 = run->plan->charset == CHARSET_UTF8;

    for (uint32_t i = 0; i < run->count; i++) {
        struct text cell = cell_next(&cells), decoded = cell;
        int32_t code = -1;
        if (cell.len > 0 && (is_utf8 || cell_decode(lane, run->plan, &decoded)) &&
            has_value(&cells, decoded) && decoded.len <= SHORT_WORD_MAX)
            code = code_clean(at, decoded, decoded.at == cell.at);
        if (code >= 0)
            out[i] = code;
        else
            cell_odd(run, at, cell, i);
    }
}

/* shift: of the field, as a constant where the caller knows it. */
static inline __attribute__((always_inline)) void
numbers_shifted(const struct run *run, const struct plan_field *at, uint32_t shift)
{
    const struct field *field = at->field;
    int64_t *out = run->lane->columns[at->number].number + run->base;
    struct cells cells = cells_of(run, at->column, at);
    int64_t least = field->has_min ? field->min : INT64_MIN;
    int64_t most = field->has_max ? field->max : INT64_MAX;

    if (field->type == FIELD_MONEY && most > MONEY_MAX_FEN)
        most = MONEY_MAX_FEN;
    for (uint32_t i = 0; i < run->count; i++) {
        struct text cell = cell_next(&cells);
        int64_t value = 0;
        if (has_value(&cells, cell) && number_clean(cell, shift, true, &value) && value >= least &&
            value <= most)
            out[i] = value;
        else
            cell_odd(run, at, cell, i);
    }
}

static void
numbers_take(const struct run *run, const struct plan_field *at)
{
    if (at->shift == 2)
        numbers_shifted(run, at, 2); /* yuan to fen: most columns */
    else
        numbers_shifted(run, at, at->shift);
}

static void
days_take(const struct run *run, const struct plan_field *at)
{
    const struct field *field = at->field;
    int64_t *out = run->lane->columns[at->number].number + run->base;
    struct cells cells = cells_of(run, at->column, at);
    bool is_month = at->road == ROAD_MONTH;

    for (uint32_t i = 0; i < run->count; i++) {
        struct text cell = cell_next(&cells);
        int32_t value = 0;
        if (has_value(&cells, cell) &&
            (is_month ? month_clean(cell, &value) : date_clean(cell, &value)) &&
            !(field->has_min && value < field->min) && !(field->has_max && value > field->max))
            out[i] = value;
        else
            cell_odd(run, at, cell, i);
    }
}

static void
field_column(const struct run *run, const struct plan_field *at)
{
    struct cells cells;

    memset(run->lane->columns[at->number].state + run->base, CELL_VALUE, run->count);
    switch (at->road) {
    case ROAD_IDENTITY:
        identities_take(run, at);
        return;
    case ROAD_TEXT:
        if (run->plan->charset == CHARSET_UTF8)
            texts_utf8(run, at);
        else
            texts_decoded(run, at);
        return;
    case ROAD_CODE:
        codes_take(run, at);
        return;
    case ROAD_DATE:
    case ROAD_MONTH:
        days_take(run, at);
        return;
    case ROAD_NUMBER:
        numbers_take(run, at);
        return;
    case ROAD_CAREFUL: /* seldom a column of a large feed */
        cells = cells_of(run, at->column, at);
        for (uint32_t i = 0; i < run->count; i++)
            cell_odd(run, at, cell_next(&cells), i);
        return;
    }
}

/* Rows that a skip rule may take, and lines with nothing on them. */
static void
skips_mark(const struct run *run)
{
    struct lane *lane = run->lane;

    for (uint32_t s = 0; s < run->plan->skip_count; s++) {
        const struct plan_skip *skip = &run->plan->skips[s];
        struct cells cells = cells_of(run, skip->column, NULL);
        for (uint32_t i = 0; i < run->count; i++) {
            struct text cell = cell_next(&cells);
            lane->odd[i] |= cell.len == 0 || (unsigned char)cell.at[0] <= ' ' ||
                            skip->first[(unsigned char)cell.at[0]] != 0;
        }
    }
}

/* Row `from` of the batch to the place of row `to`. */
static void
row_move(struct lane *lane, uint32_t from, uint32_t to)
{
    for (uint32_t f = 0; f < lane->batch.kind->field_count; f++) {
        struct batch_column *column = &lane->columns[f];
        column->state[to] = column->state[from];
        if (column->number != NULL)
            column->number[to] = column->number[from];
        if (column->text != NULL)
            column->text[to] = column->text[from];
        if (column->identity != NULL)
            column->identity[to] = column->identity[from];
    }
    lane->batch.line[to] = lane->batch.line[from];
}

/* The careful way for row `i` of the run. */
static hedui_status
row_carefully(const struct run *run, struct rows_task *task, uint32_t i, struct err *err)
{
    struct lane *lane = run->lane;
    const struct plan *plan = run->plan;
    const uint32_t *cuts = run->cuts + (size_t)i * plan->column_count;
    const char *bytes = lane->window;
    size_t start = lane->starts[i], stop = cuts[plan->column_count - 1];

    TRY(lane_room(lane, err));
    if (stop > start && bytes[stop - 1] == '\r')
        stop--;
    lane->cut.count = plan->column_count;
    lane->cut.is_quoted = false;
    for (uint32_t n = 0; n < plan->needed_count; n++) {
        uint32_t column = plan->needed[n];
        size_t from = column == 0 ? start : (size_t)cuts[column - 1] + 1;
        size_t to = column + 1 == plan->column_count ? stop : cuts[column];
        lane->cut.cells[column] = (struct text){bytes + from, to - from};
    }
    return row_take(lane, task, (struct text){bytes + start, stop - start}, ROW_WHOLE, err);
}

hedui_status
rows_take(struct lane *lane, struct rows_task *task, const uint32_t *cuts, uint32_t count,
          struct err *err)
{
    struct run run = {lane, task->plan, cuts, count, lane->row};
    uint64_t line = task->line;
    uint32_t good = count;

    assert(count <= BATCH_ROWS - lane->row);
    memset(lane->odd, 0, count);
    for (uint32_t i = 0; i < count; i++) {
        lane->batch.line[run.base + i] = line + i;
        lane->odd[i] = run.plan->is_mended || /* where a row stands is a column there */
                       lane->starts[i + 1] - lane->starts[i] <= 2; /* perhaps an empty line */
    }
    skips_mark(&run);
    for (uint32_t f = 0; f < run.plan->field_count; f++)
        field_column(&run, &run.plan->fields[f]);
    if (lane->is_full)
        return err_set(err, HEDUI_E_MEMORY, "内存不足，无法读取 '%s'\nno memory left to read '%s'",
                       run.plan->input->path, run.plan->input->path);
    for (uint32_t i = count; i-- > 0;) /* what is odd goes; the last row takes its place */
        if (lane->odd[i] != 0) {
            good--;
            if (i < good)
                row_move(lane, run.base + good, run.base + i);
        }
    lane->row += good;
    task->physical += good;
    for (uint32_t i = 0; i < count && good < count; i++)
        if (lane->odd[i] != 0) {
            task->line = line + i;
            TRY(row_carefully(&run, task, i, err));
        }
    task->line = line + count;
    return HEDUI_OK;
}
