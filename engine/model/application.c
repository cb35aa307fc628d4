/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/model/application.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/model/value.h"

#include "engine/base/ban.h"

struct row { /* one applicant row, or the reasons of one that was refused */
    struct text case_no;
    struct applicant_cell *cells; /* NULL: refused */
    struct held_reason *reasons;
    uint32_t reason_count, file;
    uint64_t line;
};

struct chunk { /* rows of one batch, or one refusal: in the order of their file */
    uint32_t count;
    struct row *rows;
};

struct part {                 /* what one lane has collected */
    struct arena *arena, own; /* the first lane, which is the caller's, takes the caller's */
    struct chunk *chunks;
    uint32_t count, room, rows;
};

struct application_reader {
    const struct model *model;
    const struct kind *kind;
    struct application_defaults defaults;
    struct arena *arena; /* of what grouping makes */
    uint32_t part_count;
    struct part *parts; /* per lane */
    struct row *rows;   /* all of them, once they are gathered */
    uint32_t count;
    int32_t case_no, checked_on, applied_on, purpose, entrusting_body, entrust_no; /* fields */
    int32_t relation, role, no_number, name, member_from, member_until;
    int32_t supports;        /* -1: a model may do without */
    int32_t self, supporter; /* codes */
};

static int32_t
field_need(const struct application_reader *reader, const char *name, struct err *err)
{
    int32_t field = kind_field(reader->kind, text_of(name));

    if (field < 0)
        err_set(err, HEDUI_E_INPUT,
                "词汇表的 applicant 缺少字段 %s\nkind applicant of the model lacks the field %s",
                name, name);
    return field;
}

hedui_status
application_reader_open(struct application_reader **out, const struct model *model,
                        const struct application_defaults *defaults, uint32_t lanes,
                        struct arena *arena, struct err *err)
{
    struct application_reader *reader = arena_alloc(arena, 1, sizeof *reader);

    if (reader == NULL)
        return arena_full(arena, err);
    reader->model = model;
    reader->kind = model->applicant;
    reader->defaults = *defaults;
    reader->arena = arena;
    reader->parts = arena_alloc(arena, lanes, sizeof *reader->parts);
    if (reader->parts == NULL)
        return arena_full(arena, err);
    reader->part_count = lanes;
    reader->parts[0].arena = arena;
    for (uint32_t i = 1; i < lanes; i++) {
        arena_init(&reader->parts[i].own, "applications", 0, true);
        reader->parts[i].arena = &reader->parts[i].own;
    }
    const struct {
        const char *name;
        int32_t *field;
    } needed[] = {
        {"case_no",         &reader->case_no        },
        {"checked_on",      &reader->checked_on     },
        {"applied_on",      &reader->applied_on     },
        {"purpose",         &reader->purpose        },
        {"entrusting_body", &reader->entrusting_body},
        {"entrust_no",      &reader->entrust_no     },
        {"relation",        &reader->relation       },
        {"role",            &reader->role           },
        {"no_number",       &reader->no_number      },
        {"name",            &reader->name           },
    };
    for (size_t i = 0; i < LEN(needed); i++) {
        *needed[i].field = field_need(reader, needed[i].name, err);
        if (*needed[i].field < 0)
            return HEDUI_E_INPUT;
    }
    reader->member_from =
        kind_field(reader->kind, TEXT("member_from")); /* a model may do without */
    reader->member_until = kind_field(reader->kind, TEXT("member_until"));
    reader->supports = kind_field(reader->kind, TEXT("supports"));
    reader->self = code_find(reader->kind->fields[reader->relation].codes, TEXT("self"));
    reader->supporter = code_find(reader->kind->fields[reader->role].codes, TEXT("supporter"));
    *out = reader;
    return HEDUI_OK;
}

void
application_reader_close(struct application_reader *reader)
{
    for (uint32_t i = 1; reader != NULL && i < reader->part_count; i++)
        arena_release(&reader->parts[i].own);
}

/* Room for `count` rows that stand together in their file. */
static hedui_status
chunk_new(struct part *part, struct row **out, uint32_t count, struct err *err)
{
    struct row *rows = arena_alloc(part->arena, count, sizeof *rows);

    if (rows == NULL)
        return arena_full(part->arena, err);
    if (part->count == part->room) {
        uint32_t room = part->room == 0 ? 64 : part->room * 2;
        struct chunk *grown = arena_alloc(part->arena, room, sizeof *grown);

        if (grown == NULL)
            return arena_full(part->arena, err);
        if (part->count > 0)
            memcpy(grown, part->chunks, part->count * sizeof *grown);
        part->chunks = grown;
        part->room = room;
    }
    part->chunks[part->count++] = (struct chunk){count, rows};
    part->rows += count;
    *out = rows;
    return HEDUI_OK;
}

static void
default_text(struct applicant_cell *cell, struct text value)
{
    if (cell->state != CELL_VALUE && value.len > 0) {
        cell->state = CELL_VALUE;
        cell->text = value;
    }
}

/* A copy of the text; of what the whole case has, mostly that of the row before. */
static hedui_status
text_copy(struct part *part, const struct field *field, const struct applicant_cell *before,
          struct text from, struct text *to, struct err *err)
{
    if (before != NULL && field->is_of_case && text_eq(before->text, from)) {
        *to = before->text;
        return HEDUI_OK;
    }
    *to = arena_text(part->arena, from);
    return to->at == NULL ? arena_full(part->arena, err) : HEDUI_OK;
}

/* Cells of row r of the batch, one after the other. before: of the row before, or NULL. */
static hedui_status
cells_copy(struct part *part, const struct batch *batch, uint32_t r,
           const struct applicant_cell *before, struct applicant_cell *cells, struct err *err)
{
    static const struct identity nobody;
    struct identity *identity;

    for (uint32_t f = 0; f < batch->kind->field_count; f++) {
        const struct batch_column *column = &batch->columns[f];

        cells[f].state = column->state[r];
        if (column->number != NULL)
            cells[f].number = column->number[r];
        if (column->identity != NULL)
            cells[f].identity = &nobody;
        if (column->identity != NULL && column->state[r] == CELL_VALUE) {
            identity = arena_alloc(part->arena, 1, sizeof *identity);
            if (identity == NULL)
                return arena_full(part->arena, err);
            *identity = column->identity[r];
            cells[f].identity = identity;
        }
        if (column->text != NULL && column->text[r].len > 0)
            TRY(text_copy(part, &batch->kind->fields[f], before == NULL ? NULL : &before[f],
                          column->text[r], &cells[f].text, err));
    }
    return HEDUI_OK;
}

hedui_status
application_reader_rows(struct application_reader *reader, uint32_t lane, const struct batch *batch,
                        struct err *err)
{
    const struct kind *kind = reader->kind;
    struct part *part = &reader->parts[lane];
    struct row *rows;

    assert(batch->kind == kind && lane < reader->part_count);
    TRY(chunk_new(part, &rows, batch->rows, err));
    for (uint32_t r = 0; r < batch->rows; r++) {
        struct applicant_cell *cells = arena_alloc(part->arena, kind->field_count, sizeof *cells);

        if (cells == NULL)
            return arena_full(part->arena, err);
        TRY(cells_copy(part, batch, r, r > 0 ? rows[r - 1].cells : NULL, cells, err));
        if (reader->defaults.has_checked_on && cells[reader->checked_on].state != CELL_VALUE)
            cells[reader->checked_on] =
                (struct applicant_cell){.state = CELL_VALUE, .number = reader->defaults.checked_on};
        if (cells[reader->checked_on].state != CELL_VALUE)
            cells[reader->checked_on] = cells[reader->applied_on];
        default_text(&cells[reader->purpose], reader->defaults.purpose);
        default_text(&cells[reader->entrusting_body], reader->defaults.entrusting_body);
        default_text(&cells[reader->entrust_no], reader->defaults.entrust_no);
        rows[r] = (struct row){.case_no = cells[reader->case_no].text,
                               .cells = cells,
                               .file = batch->file,
                               .line = batch->line[r]};
    }
    return HEDUI_OK;
}

hedui_status
application_reader_refused(struct application_reader *reader, uint32_t lane,
                           const struct refusal *refusal, struct err *err)
{
    struct part *part = &reader->parts[lane];
    struct row *row;

    assert(lane < reader->part_count);
    TRY(chunk_new(part, &row, 1, err));
    *row = (struct row){.file = refusal->file, .line = refusal->line};
    row->case_no = arena_text(part->arena, text_trim(refusal->case_no));
    row->reasons = arena_alloc(part->arena, refusal->reason_count, sizeof *row->reasons);
    if (row->case_no.at == NULL || row->reasons == NULL)
        return arena_full(part->arena, err);
    row->reason_count = refusal->reason_count;
    for (uint32_t i = 0; i < refusal->reason_count; i++) {
        struct held_reason *reason = &row->reasons[i];

        *reason = (struct held_reason){
            .file = refusal->file, .line = refusal->line, .field = refusal->reasons[i].field};
        snprintf(reason->code, sizeof reason->code, "%s",
                 cell_result_code(refusal->reasons[i].result));
        reason->word = arena_text(part->arena, refusal->reasons[i].word);
        if (reason->word.at == NULL)
            return arena_full(part->arena, err);
    }
    return HEDUI_OK;
}

static int
row_compare(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    int order = x->case_no.at == y->case_no.at ? 0 : text_cmp(x->case_no, y->case_no);

    if (order != 0)
        return order;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

static int
cell_compare(const struct applicant_cell *a, const struct applicant_cell *b)
{
    if (a->state != b->state)
        return a->state < b->state ? -1 : 1;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    if (a->identity != NULL && b->identity != NULL) { /* of one field: both or none */
        int order = key128_cmp(a->identity->key, b->identity->key);

        if (order != 0)
            return order;
    }
    if (a->text.at == b->text.at && a->text.len == b->text.len)
        return 0; /* one text: text_copy() */
    return text_cmp(a->text, b->text);
}

struct gather { /* the reasons that hold one case back */
    struct application_reader *reader;
    struct held_reason *items;
    uint32_t count, room;
    bool is_full;
};

static void
gather_add(struct gather *gather, const char *code, const struct row *row, int32_t field)
{
    if (gather->count == gather->room) {
        uint32_t room = gather->room == 0 ? 8 : gather->room * 2;
        struct held_reason *grown = arena_alloc(gather->reader->arena, room, sizeof *grown);

        if (grown == NULL) {
            gather->is_full = true;
            return;
        }
        if (gather->count > 0)
            memcpy(grown, gather->items, gather->count * sizeof *grown);
        gather->items = grown;
        gather->room = room;
    }
    gather->items[gather->count] =
        (struct held_reason){.file = row->file, .line = row->line, .field = field};
    snprintf(gather->items[gather->count++].code, sizeof gather->items[0].code, "%s", code);
}

static bool
days_are_near(const struct applicant_cell *cells, const struct application_reader *reader)
{
    int64_t applied = cells[reader->applied_on].number, checked = cells[reader->checked_on].number;

    return applied <= checked &&
           month_of_date((int32_t)checked) - month_of_date((int32_t)applied) <= CHECK_APART_MAX;
}

/* What is wrong with one row, whatever the others say. */
static void
row_check(struct gather *gather, const struct row *row)
{
    const struct application_reader *reader = gather->reader;
    const struct applicant_cell *cells = row->cells;
    uint32_t owner = reader->kind->owner;

    if (cells[owner].state == CELL_NONE && cells[reader->no_number].number != 1)
        gather_add(gather, "CASE-NUMBER", row, (int32_t)owner);
    if (cells[reader->applied_on].state == CELL_VALUE && !days_are_near(cells, reader))
        gather_add(gather, "CASE-WHEN", row, reader->checked_on);
    if (reader->member_from >= 0 && reader->member_until >= 0 &&
        cells[reader->member_from].state == CELL_VALUE &&
        cells[reader->member_until].state == CELL_VALUE &&
        cells[reader->member_until].number < cells[reader->member_from].number)
        gather_add(gather, "CASE-DATES", row, reader->member_until);
}

static bool
is_supporter(const struct application_reader *reader, const struct row *row)
{
    const struct applicant_cell *role = &row->cells[reader->role];

    return role->state == CELL_VALUE && role->number == reader->supporter;
}

/* A supporter who names somebody must name one of this family: a slip in that number would lead his
 * means to nobody. */
static void
supports_check(struct gather *gather, const struct row *rows, uint32_t count, const struct row *row)
{
    const struct application_reader *reader = gather->reader;
    const struct applicant_cell *whom;

    if (reader->supports < 0 || !is_supporter(reader, row))
        return;
    whom = &row->cells[reader->supports];
    if (whom->state != CELL_VALUE)
        return;
    for (uint32_t i = 0; i < count; i++)
        if (rows[i].cells != NULL && !is_supporter(reader, &rows[i]) &&
            rows[i].cells[reader->kind->owner].state == CELL_VALUE &&
            cell_compare(&rows[i].cells[reader->kind->owner], whom) == 0)
            return;
    gather_add(gather, "CASE-SUPPORTS", row, reader->supports);
}

/* All that is wrong with rows[count] of one case. */
static void
case_check(struct gather *gather, const struct row *rows, uint32_t count)
{
    const struct application_reader *reader = gather->reader;
    const struct kind *kind = reader->kind;
    const struct row *first = NULL;
    bool is_past = count > kind->limit; /* and then persons are not compared pair by pair */

    if (is_past)
        gather_add(gather, "CASE-LIMIT", &rows[0], reader->case_no);
    for (uint32_t i = 0; i < count; i++) {
        const struct row *row = &rows[i];
        const struct applicant_cell *number;

        for (uint32_t r = 0; r < row->reason_count; r++) {
            uint32_t before = gather->count;

            gather_add(gather, row->reasons[r].code, row, row->reasons[r].field);
            if (gather->count > before)
                gather->items[before].word = row->reasons[r].word;
        }
        if (row->cells == NULL)
            continue;
        number = &row->cells[kind->owner];
        row_check(gather, row);
        if (!is_past)
            supports_check(gather, rows, count, row);
        for (uint32_t f = 0; first != NULL && f < kind->field_count; f++)
            if (kind->fields[f].is_of_case && cell_compare(&row->cells[f], &first->cells[f]) != 0)
                gather_add(gather, "CASE-DIFFERS", row, (int32_t)f);
        for (uint32_t j = 0; !is_past && j < i && number->state == CELL_VALUE; j++)
            if (rows[j].cells != NULL && rows[j].cells[kind->owner].state == CELL_VALUE &&
                cell_compare(&rows[j].cells[kind->owner], number) == 0)
                gather_add(gather, "CASE-TWICE", row, (int32_t)kind->owner);
        if (first == NULL)
            first = row;
    }
}

/* self, then birth and number, then those without a readable number by name and fields. */
static int
member_compare(const void *a, const void *b, void *context)
{
    const struct application_member *x = a, *y = b;
    const struct application_reader *reader = context;
    const struct kind *kind = reader->kind;
    const struct identity *left = x->cells[kind->owner].identity;
    const struct identity *right = y->cells[kind->owner].identity;
    int order;

    if ((x->number == NUMBER_VALID) != (y->number == NUMBER_VALID))
        return x->number == NUMBER_VALID ? -1 : 1;
    if (x->number == NUMBER_VALID) {
        if (left->has_birth != right->has_birth)
            return left->has_birth ? -1 : 1;
        if (left->born != right->born)
            return left->born < right->born ? -1 : 1;
        return cell_compare(&x->cells[kind->owner], &y->cells[kind->owner]);
    }
    order = cell_compare(&x->cells[reader->name], &y->cells[reader->name]);
    for (uint32_t f = 0; order == 0 && f < kind->field_count; f++)
        order = cell_compare(&x->cells[f], &y->cells[f]);
    return order;
}

static void
member_key(char out[8], uint32_t number)
{
    char back[8];
    size_t len = 0;

    for (uint32_t n = number + 1; n > 0; n = (n - 1) / 26)
        back[len++] = (char)('A' + (n - 1) % 26);
    for (size_t i = 0; i < len; i++)
        out[i] = back[len - 1 - i];
    out[len] = '\0';
}

static hedui_status
case_make(struct application *out, struct application_reader *reader, const struct row *rows,
          uint32_t count, struct err *err)
{
    uint32_t selves = 0, self = 0;

    *out = (struct application){.case_no = rows[0].case_no, .member_count = count};
    out->checked_on = (int32_t)rows[0].cells[reader->checked_on].number;
    out->members = arena_alloc(reader->arena, count, sizeof *out->members);
    if (out->members == NULL)
        return arena_full(reader->arena, err);
    for (uint32_t i = 0; i < count; i++) {
        const struct applicant_cell *number = &rows[i].cells[reader->kind->owner];

        out->members[i] = (struct application_member){
            .cells = rows[i].cells, .line = rows[i].line, .file = rows[i].file};
        out->members[i].number = number->state == CELL_VALUE  ? NUMBER_VALID
                                 : number->state == CELL_NONE ? NUMBER_NONE
                                                              : NUMBER_INVALID;
    }
    qsort_r(out->members, count, sizeof *out->members, member_compare, reader);
    for (uint32_t i = 0; i < count; i++)
        if (out->members[i].cells[reader->relation].state == CELL_VALUE &&
            out->members[i].cells[reader->relation].number == reader->self) {
            selves++;
            self = i;
        }
    if (selves == 1 && self > 0) {
        struct application_member applicant = out->members[self];

        memmove(&out->members[1], &out->members[0], self * sizeof applicant);
        out->members[0] = applicant;
    }
    for (uint32_t i = 0; i < count; i++)
        member_key(out->members[i].key, i);
    return HEDUI_OK;
}

static int
chunk_compare(const void *a, const void *b)
{
    const struct chunk *x = a, *y = b;

    if (x->rows[0].file != y->rows[0].file)
        return x->rows[0].file < y->rows[0].file ? -1 : 1;
    return x->rows[0].line < y->rows[0].line ? -1 : x->rows[0].line > y->rows[0].line;
}

/* The rows of all lanes by case, file and line. In the order of the file they mostly stand so. */
static hedui_status
rows_gather(struct application_reader *reader, struct err *err)
{
    uint32_t count = 0, chunks = 0;
    struct chunk *all;
    bool is_sorted = true;

    for (uint32_t i = 0; i < reader->part_count; i++) {
        reader->count += reader->parts[i].rows;
        count += reader->parts[i].count;
    }
    reader->rows = arena_alloc(reader->arena, reader->count, sizeof *reader->rows);
    all = arena_alloc(reader->arena, count, sizeof *all);
    if (reader->rows == NULL || all == NULL)
        return arena_full(reader->arena, err);
    for (uint32_t i = 0; i < reader->part_count; i++)
        for (uint32_t c = 0; c < reader->parts[i].count; c++)
            if (reader->parts[i].chunks[c].count > 0)
                all[chunks++] = reader->parts[i].chunks[c];
    if (chunks > 0)
        qsort(all, chunks, sizeof *all, chunk_compare);
    count = 0;
    for (uint32_t c = 0; c < chunks; c++) {
        memcpy(reader->rows + count, all[c].rows, all[c].count * sizeof *reader->rows);
        count += all[c].count;
    }
    for (uint32_t i = 1; i < reader->count && is_sorted; i++)
        is_sorted = row_compare(&reader->rows[i - 1], &reader->rows[i]) <= 0;
    if (!is_sorted)
        qsort(reader->rows, reader->count, sizeof *reader->rows, row_compare);
    return HEDUI_OK;
}

hedui_status
application_reader_finish(struct application_reader *reader, struct application_set *out,
                          struct err *err)
{
    *out = (struct application_set){0};
    TRY(rows_gather(reader, err));
    out->items = arena_alloc(reader->arena, reader->count, sizeof *out->items);
    out->held = arena_alloc(reader->arena, reader->count, sizeof *out->held);
    if (out->items == NULL || out->held == NULL)
        return arena_full(reader->arena, err);
    for (uint32_t i = 0, end; i < reader->count; i = end) {
        struct gather gather = {.reader = reader};
        bool is_nameless = reader->rows[i].case_no.len == 0;

        end = i + 1;
        while (!is_nameless && end < reader->count &&
               text_eq(reader->rows[end].case_no, reader->rows[i].case_no))
            end++;
        if (is_nameless)
            gather_add(&gather, "CASE-NO", &reader->rows[i], reader->case_no);
        case_check(&gather, &reader->rows[i], end - i);
        if (gather.is_full)
            return arena_full(reader->arena, err);
        if (gather.count > 0)
            out->held[out->held_count++] =
                (struct held_case){reader->rows[i].case_no, gather.count, gather.items};
        else
            TRY(case_make(&out->items[out->count++], reader, &reader->rows[i], end - i, err));
    }
    return HEDUI_OK;
}
