/* SPDX-License-Identifier: Apache-2.0 */
/* row.c: the cells of one row become values of the batch, or reasons. All fields are parsed, also
 * behind a bad one, so that a refused row says everything that is wrong with it. */
#include <assert.h>
#include <string.h>

#include "engine/feed/parse.h"
#include "engine/feed/rows.h"

#include "engine/base/ban.h"

#define WHATS_MAX 4096     /* different reasons in words; past it, without the word */
#define WORD_SHOWN_MAX 48  /* bytes of an unknown code that the report quotes */
#define DIGITS_SHOWN_MAX 6 /* more digits may be a number of a person: not quoted */
#define SCRATCH_BYTES ((size_t)1 << 20)
#define SCRATCH_SPARE ((size_t)320 << 10) /* what one row may need: decoded, unquoted */

static bool
is_ascii(struct text cell)
{
    uint64_t eight, high = 0;
    size_t i = 0;

    for (; i + 8 <= cell.len; i += 8) {
        memcpy(&eight, cell.at + i, 8);
        high |= eight;
    }
    for (; i < cell.len; i++)
        high |= (uint64_t)(unsigned char)cell.at[i];
    return (high & UINT64_C(0x8080808080808080)) == 0;
}

bool
cell_decode(struct lane *lane, const struct plan *plan, struct text *cell)
{
    char *out = lane->scratch + lane->scratch_used;
    size_t len, bad, room = gb18030_room(cell->len);

    if (plan->charset == CHARSET_UTF8 || is_ascii(*cell))
        return true;
    if (lane->scratch_used + room > SCRATCH_BYTES) { /* many fields of one enormous cell */
        lane->is_normal_used = true;
        out = arena_alloc(&lane->normal, room, 1);
        lane->is_full = lane->is_full || out == NULL;
    }
    if (out == NULL || !gb18030_decode(*cell, out, &len, &bad))
        return false;
    if (out == lane->scratch + lane->scratch_used)
        lane->scratch_used += len;
    *cell = (struct text){out, len};
    return true;
}

/* Valid, trimmed and NFC. */
static enum cell_result
cell_clean(struct lane *lane, struct text *cell)
{
    if (text_is_plain(*cell))
        return CELL_OK;
    if (!text_is_utf8(*cell))
        return CELL_CHARSET;
    lane->is_normal_used = true;
    if (!text_nfc(text_trim(*cell), cell, &lane->normal)) {
        lane->is_full = true;
        return CELL_FORM;
    }
    return CELL_OK;
}

static void
constant_put(struct batch_column *column, uint32_t row, const struct constant *value)
{
    column->state[row] = value->state;
    if (column->number != NULL)
        column->number[row] = value->number;
    if (column->text != NULL)
        column->text[row] = value->text;
    if (column->identity != NULL)
        column->identity[row] = value->identity;
}

bool
blank_put(struct lane *lane, const struct plan_field *at, uint32_t row)
{
    struct constant instead = {.state = at->field->blank == BLANK_NONE ? CELL_NONE : CELL_UNKNOWN};

    if (at->map->value.is_set)
        instead = at->map->value;
    else if (at->field->blank == BLANK_REFUSES)
        return false;
    constant_put(&lane->columns[at->number], row, &instead);
    return true;
}

static bool
is_other_side(const struct kind *kind, uint32_t field)
{
    return kind->facing != NULL && field == kind->other;
}

/* One field of the row at hand, into row lane->row of the batch. CELL_OK also where a blank or an
 * applicant's unreadable number has its state. */
static enum cell_result
field_take(struct lane *lane, const struct plan *plan, const struct plan_field *at)
{
    struct batch_column *column = &lane->columns[at->number];
    struct text cell = ascii_trim(lane->cut.cells[at->column]);
    uint32_t row = lane->row;
    enum cell_result result = CELL_OK;
    bool is_owner = at->number == lane->batch.kind->owner;
    bool is_other = is_other_side(lane->batch.kind, at->number);

    if (!cell_decode(lane, plan, &cell)) {
        result = CELL_CHARSET;
    } else if (at->map->blank_count > 0 && cell_is_blank_word(at->map, cell)) {
        result = CELL_BLANK;
    } else if (at->field->type == FIELD_IDENTITY) {
        result = identity_parse(cell, &column->identity[row]);
        if (result == CELL_OK && is_owner) {
            lane->has_owner = true;
            lane->owner = column->identity[row];
        }
        if (result == CELL_OK && is_other) {
            lane->has_other = true;
            lane->other = column->identity[row];
        }
    } else if (at->field->type == FIELD_NAME || at->field->type == FIELD_TEXT) {
        result = cell_clean(lane, &cell);
        if (result == CELL_OK && cell.len == 0)
            result = CELL_BLANK;
        if (cell.len > BATCH_TEXT_MAX) /* a row of GB18030 may become half as long again */
            result = CELL_RANGE;
        column->text[row] = cell;
    } else {
        if (at->field->type == FIELD_CODE)
            result = cell_clean(lane, &cell);
        if (result == CELL_OK)
            result = cell.len == 0 ? CELL_BLANK
                                   : number_parse(at->field, at->map, cell, &column->number[row]);
    }
    if (result == CELL_OK) {
        column->state[row] = CELL_VALUE;
        return CELL_OK;
    }
    if (result == CELL_CODE)
        lane->bad_codes[at->number] = cell;
    if (result != CELL_BLANK && result != CELL_CHARSET && plan->charset == CHARSET_UTF8 &&
        !text_is_utf8(cell))
        result = CELL_CHARSET;

    if (is_owner && plan->case_field >= 0) { /* counted in the household, not looked up */
        struct constant nobody = {.state = result == CELL_BLANK ? CELL_NONE : CELL_UNKNOWN};

        constant_put(column, row, &nobody);
        return CELL_OK;
    }
    lane->is_other_lost = lane->is_other_lost || (is_other && result != CELL_BLANK);
    if (result != CELL_BLANK)
        return result;
    return blank_put(lane, at, row) ? CELL_OK : CELL_MISSING;
}

/* An unknown code is named in the balance, unless it looks like anything but a code. */
static bool
word_may_be_shown(const struct field *field, struct text word)
{
    size_t digits = 0;

    if (field->is_sensitive || word.len == 0 || word.len > WORD_SHOWN_MAX || !text_is_utf8(word))
        return false;
    for (size_t i = 0; i < word.len; i++) {
        if ((unsigned char)word.at[i] < 0x20 || word.at[i] == 0x7F)
            return false;
        digits += word.at[i] >= '0' && word.at[i] <= '9';
    }
    return digits <= DIGITS_SHOWN_MAX;
}

static void
reason_add(struct lane *lane, enum cell_result result, int32_t field)
{
    struct text word = {"", 0};

    assert(lane->reason_count < LEN(lane->reasons));
    if (result == CELL_CODE &&
        word_may_be_shown(&lane->batch.kind->fields[field], lane->bad_codes[field]))
        word = lane->bad_codes[field];
    lane->reasons[lane->reason_count++] = (struct refusal_reason){result, field, word};
}

static hedui_status
reason_count(struct lane *lane, const struct refusal_reason *reason, struct err *err)
{
    char line[160];
    const struct field *field = reason->field < 0 ? NULL : &lane->batch.kind->fields[reason->field];
    struct buf what;
    uint32_t number;
    hedui_status rc = HEDUI_OK;

    buf_init(&what, false);
    buf_str(&what, cell_result_code(reason->result));
    if (field != NULL) {
        buf_byte(&what, ' ');
        buf_text(&what, field->name);
    }
    if (reason->word.len > 0 && lane->whats.count < WHATS_MAX) {
        buf_byte(&what, ' ');
        buf_text(&what, reason->word);
    }
    FAIL(buf_check(&what, err));
    assert(what.len < sizeof line);
    number = dict_add(&lane->whats, buf_as_text(&what));
    if (number == DICT_FULL)
        FAIL(err_set(err, HEDUI_E_MEMORY,
                     "内存不足，无法统计退回行\nno memory left to count refused rows"));
    lane->what_counts[number]++;
done:
    buf_release(&what);
    return rc;
}

/* The owner of a row whose columns cannot be trusted: its check digit can. */
static void
owner_look(struct lane *lane, const struct plan *plan)
{
    const struct kind *kind = lane->batch.kind;

    lane->is_other_lost = kind->facing != NULL;
    for (uint32_t i = 0; i < plan->field_count; i++) {
        const struct plan_field *at = &plan->fields[i];
        bool is_other = is_other_side(kind, at->number), is_read;
        struct text cell;
        if ((at->number != kind->owner && !is_other) || at->column >= lane->cut.count)
            continue;
        cell = ascii_trim(lane->cut.cells[at->column]);
        while (cell.len > 1 && cell.at[0] == '"' && cell.at[cell.len - 1] == '"')
            cell = ascii_trim((struct text){cell.at + 1, cell.len - 2});
        is_read = cell_decode(lane, plan, &cell) &&
                  identity_parse(cell, is_other ? &lane->other : &lane->owner) == CELL_OK;
        if (is_other) {
            lane->has_other = is_read;
            lane->is_other_lost = !is_read;
        } else {
            lane->has_owner = is_read;
        }
    }
}

/* The case that a refused applicant's row holds back; empty: not readable. */
static struct text
case_of(struct lane *lane, const struct plan *plan, enum row_fault fault)
{
    const struct text none = {NULL, 0};
    struct text cell;

    if (plan->case_field < 0 || fault == ROW_LONG)
        return none;
    for (uint32_t i = 0; i < lane->reason_count; i++)
        if (lane->reasons[i].field == plan->case_field)
            return none;
    if (fault <= ROW_NUL)
        return lane->columns[plan->case_field].text[lane->row];
    for (uint32_t i = 0; i < plan->field_count; i++) {
        if ((int32_t)plan->fields[i].number != plan->case_field ||
            plan->fields[i].column >= lane->cut.count)
            continue;
        cell = ascii_trim(lane->cut.cells[plan->fields[i].column]);
        if (cell_decode(lane, plan, &cell) && cell_clean(lane, &cell) == CELL_OK)
            return cell;
    }
    return none;
}

static hedui_status
row_refuse(struct lane *lane, struct rows_task *task, struct text raw, enum row_fault fault,
           uint64_t line, struct err *err)
{
    const struct plan *plan = task->plan;
    struct refusal refusal = {
        .file = plan->file,
        .line = line,
        .has_owner = lane->has_owner,
        .has_other = lane->has_other,
        .is_other_lost = lane->is_other_lost,
        .reason_count = lane->reason_count,
        .reasons = lane->reasons,
    };
    struct refused_cells cells = {
        .raw = raw,
        .count = fault == ROW_LONG ? 0 : lane->cut.count,
        .is_broken = fault == ROW_BROKEN,
        .cells = lane->cut.cells,
        .is_quoted = lane->cut.is_quoted,
    };
    struct buf codes;
    hedui_status rc = HEDUI_OK;

    buf_init(&codes, false);
    if (lane->has_owner)
        refusal.owner = lane->owner;
    if (lane->has_other)
        refusal.other = lane->other;
    refusal.case_no = case_of(lane, plan, fault);
    for (uint32_t i = 0; i < lane->reason_count; i++) {
        const struct refusal_reason *reason = &lane->reasons[i];
        FAIL(reason_count(lane, reason, err));
        buf_str(&codes, i == 0 ? "" : " ");
        buf_str(&codes, cell_result_code(reason->result));
        if (reason->field >= 0) {
            buf_byte(&codes, ':');
            buf_text(&codes, lane->batch.kind->fields[reason->field].name);
        }
    }
    FAIL(buf_check(&codes, err));
    lane->balance.refused++;
    lane->balance.unplaced += !lane->has_owner || lane->is_other_lost;
    task->refused_count++;
    if (!lane->is_dry)
        refused_row(task->refused, plan, &cells, line, buf_as_text(&codes));
    if (lane->sink->refused != NULL)
        rc = lane->sink->refused(lane->sink->context, lane->number, &refusal, err);
done:
    buf_release(&codes);
    return rc;
}

static bool
row_is_blank(struct text raw, char delimiter)
{
    for (size_t i = 0; i < raw.len; i++)
        if (raw.at[i] != delimiter && raw.at[i] != ' ' && raw.at[i] != '\t' && raw.at[i] != '\r' &&
            raw.at[i] != '"')
            return false;
    return true;
}

/* The skip rule that takes this row, or -1. */
static int32_t
row_skip(struct lane *lane, const struct plan *plan)
{
    for (uint32_t i = 0; i < plan->skip_count; i++) {
        const struct plan_skip *skip = &plan->skips[i];
        struct text cell;
        if (skip->column >= lane->cut.count)
            continue;
        cell = ascii_trim(lane->cut.cells[skip->column]);
        if (cell.len > 0 && !skip->first[(unsigned char)cell.at[0]])
            continue;
        if (!cell_decode(lane, plan, &cell))
            continue;
        cell = text_trim(cell);
        for (uint32_t w = 0; w < skip->rule->word_count; w++)
            if (text_eq(cell, skip->rule->words[w]))
                return (int32_t)skip->number;
    }
    return -1;
}

/* A mended row stands for the row of the first file whose number it carries. */
static bool
line_take(struct lane *lane, const struct plan *plan, uint64_t *line)
{
    int64_t number = 0;

    if (plan->row_column < 0)
        return true;
    if ((uint32_t)plan->row_column >= lane->cut.count ||
        !text_int(ascii_trim(lane->cut.cells[plan->row_column]), &number) || number < 2)
        return false;
    *line = (uint64_t)number;
    return true;
}

hedui_status
row_take(struct lane *lane, struct rows_task *task, struct text raw, enum row_fault fault,
         struct err *err)
{ /* long: the fates of one row, top to bottom */
    const struct plan *plan = task->plan;
    uint64_t line = task->line++;
    int32_t skip = -1;

    assert(lane->row < BATCH_ROWS);
    task->physical++;
    lane->has_owner = lane->has_other = lane->is_other_lost = false;
    lane->reason_count = 0;
    if (raw.len <= 1 && fault != ROW_LONG && row_is_blank(raw, plan->mapping->delimiter))
        skip = SKIPS_MAX;
    else if (plan->skip_count > 0 && fault != ROW_LONG)
        skip = row_skip(lane, plan);
    if (skip >= 0) {
        lane->ignored[skip]++;
        lane->balance.ignored++;
        return HEDUI_OK;
    }
    if (!line_take(lane, plan, &line))
        reason_add(lane, CELL_FORM, -1);
    if (fault == ROW_NUL)
        reason_add(lane, CELL_CHARSET, -1);
    if (fault >= ROW_RAGGED) {
        if (fault != ROW_LONG && row_is_blank(raw, plan->mapping->delimiter)) {
            lane->ignored[SKIPS_MAX]++;
            lane->balance.ignored++;
            return HEDUI_OK;
        }
        if (lane->reason_count == 0)
            reason_add(lane, fault == ROW_LONG ? CELL_LENGTH : CELL_FORM, -1);
        if (fault != ROW_LONG)
            owner_look(lane, plan);
        return row_refuse(lane, task, raw, fault, line, err);
    }
    for (uint32_t i = 0; i < plan->field_count; i++) {
        enum cell_result result = field_take(lane, plan, &plan->fields[i]);
        if (result != CELL_OK)
            reason_add(lane, result, (int32_t)plan->fields[i].number);
    }
    if (lane->is_full)
        return err_set(err, HEDUI_E_MEMORY, "内存不足，无法读取 '%s'\nno memory left to read '%s'",
                       plan->input->path, plan->input->path);
    if (lane->has_owner) {
        lane->balance.folded += lane->owner.is_folded;
        lane->balance.upgraded += lane->owner.is_upgraded;
    }
    if (lane->reason_count > 0) {
        if (!row_is_blank(raw, plan->mapping->delimiter))
            return row_refuse(lane, task, raw, fault, line, err);
        lane->ignored[SKIPS_MAX]++;
        lane->balance.ignored++;
        return HEDUI_OK;
    }
    lane->batch.line[lane->row++] = line;
    return HEDUI_OK;
}

hedui_status
lane_flush(struct lane *lane, struct err *err)
{
    lane->batch.rows = lane->row;
    lane->balance.accepted += lane->row;
    lane->row = 0;
    if (lane->batch.rows > 0)
        TRY(lane->sink->rows(lane->sink->context, lane->number, &lane->batch, err));
    lane->scratch_used = 0;
    if (lane->is_normal_used)
        arena_reset(&lane->normal);
    lane->is_normal_used = false;
    return HEDUI_OK;
}

hedui_status
lane_room(struct lane *lane, struct err *err)
{
    if (lane->scratch_used > SCRATCH_BYTES - SCRATCH_SPARE || lane->row == BATCH_ROWS)
        return lane_flush(lane, err);
    return HEDUI_OK;
}

/* The arrays of one column; only those that its type needs. */
static bool
column_room(struct lane *lane, struct batch_column *column, enum field_type type)
{
    struct arena *arena = &lane->memory;

    column->state = arena_alloc(arena, BATCH_ROWS, sizeof *column->state);
    if (column->state == NULL)
        return false;
    if (type == FIELD_IDENTITY)
        return (column->identity = arena_alloc(arena, BATCH_ROWS, sizeof *column->identity)) !=
               NULL;
    if (type == FIELD_NAME || type == FIELD_TEXT)
        return (column->text = arena_alloc(arena, BATCH_ROWS, sizeof *column->text)) != NULL;
    return (column->number = arena_alloc(arena, BATCH_ROWS, sizeof *column->number)) != NULL;
}

hedui_status
lane_open(struct lane *lane, uint32_t number, const struct kind *kind, const struct feed_sink *sink,
          bool is_dry, struct err *err)
{
    const size_t room = LINE_MAX_BYTES + INPUT_PIECE + 64;
    struct arena *arena = &lane->memory;
    bool is_good = true;

    *lane = (struct lane){.sink = sink, .number = number, .is_dry = is_dry};
    lane->batch.kind = kind;
    arena_init(arena, "feed lane", 0, true);
    arena_init(&lane->places, "feed index", 0, false);
    arena_init(&lane->normal, "feed text", 0, true);
    dict_init(&lane->whats, 0, true);
    lane->columns = arena_alloc(arena, kind->field_count, sizeof *lane->columns);
    lane->batch.columns = lane->columns;
    lane->batch.line = arena_alloc(arena, BATCH_ROWS, sizeof *lane->batch.line);
    lane->window = arena_alloc(arena, room, 1);
    lane->scratch = arena_alloc(arena, SCRATCH_BYTES, 1);
    lane->index.cuts = arena_alloc(&lane->places, room, sizeof *lane->index.cuts);
    lane->index.ends = arena_alloc(&lane->places, room, sizeof *lane->index.ends);
    lane->index.marks = arena_alloc(&lane->places, room, sizeof *lane->index.marks);
    lane->starts = arena_alloc(arena, BATCH_ROWS + 1, sizeof *lane->starts);
    lane->odd = arena_alloc(arena, BATCH_ROWS, sizeof *lane->odd);
    lane->cut.cells = arena_alloc(arena, COLUMNS_MAX, sizeof *lane->cut.cells);
    lane->cut.is_doubled = arena_alloc(arena, COLUMNS_MAX, sizeof *lane->cut.is_doubled);
    lane->what_counts =
        arena_alloc(arena, WHATS_MAX + CELL_RESULTS * (FIELDS_MAX + 1), sizeof *lane->what_counts);
    is_good = lane->columns != NULL && lane->batch.line != NULL && lane->window != NULL &&
              lane->scratch != NULL && lane->index.cuts != NULL && lane->index.ends != NULL &&
              lane->index.marks != NULL && lane->starts != NULL && lane->odd != NULL &&
              lane->cut.cells != NULL && lane->cut.is_doubled != NULL && lane->what_counts != NULL;
    for (uint32_t i = 0; is_good && i < kind->field_count; i++)
        is_good = column_room(lane, &lane->columns[i], kind->fields[i].type);
    return is_good ? HEDUI_OK : arena_full(arena, err);
}

void
lane_close(struct lane *lane)
{
    if (lane->memory.name == NULL)
        return;
    dict_release(&lane->whats);
    arena_release(&lane->normal);
    arena_release(&lane->memory);
    arena_release(&lane->places);
}
