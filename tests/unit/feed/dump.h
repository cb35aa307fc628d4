/* SPDX-License-Identifier: Apache-2.0 */
/* dump.h: a sink that writes down all it is given, ordered by file and row, for comparison. */
#ifndef HEDUI_TESTS_FEED_DUMP_H
#define HEDUI_TESTS_FEED_DUMP_H

#include <stdlib.h>

#include "engine/base/sys.h"
#include "engine/feed/read.h"
#include "engine/model/value.h"
#include "tests/t.h"

#define DUMP_LANES 8

struct dump_line {
    uint32_t file;
    uint64_t line;
    struct text text;
};
struct dump_lane {
    struct arena arena;
    struct dump_line *lines;
    size_t count, room;
};
struct dump {
    const struct kind *kind;
    struct dump_lane lanes[DUMP_LANES];
    struct buf out; /* after dump_read() */
    struct feed_report report;
    struct arena arena;
    struct model *model;
    struct mapping *mapping;
    struct messages messages;
    struct err err;
};

static inline void
dump_note(struct dump_lane *lane, uint32_t file, uint64_t line, const struct buf *text)
{
    if (lane->count == lane->room) {
        lane->room = lane->room == 0 ? 64 : lane->room * 2;
        lane->lines = mem_resize(lane->lines, lane->room, sizeof *lane->lines);
        T_TRUE(lane->lines != NULL);
    }
    lane->lines[lane->count++] =
        (struct dump_line){file, line, arena_text(&lane->arena, buf_as_text(text))};
}

static inline void
dump_cell(struct buf *out, const struct field *field, const struct batch_column *column,
          uint32_t row)
{
    char masked[32];
    int64_t number = column->number == NULL ? 0 : column->number[row];

    buf_byte(out, ' ');
    buf_text(out, field->name);
    buf_byte(out, '=');
    if (column->state[row] != CELL_VALUE) {
        T_EQ(number, 0);
        T_TRUE(column->text == NULL || column->text[row].len == 0);
        buf_str(out, column->state[row] == CELL_NONE ? "(none)" : "(unknown)");
        return;
    }
    switch (field->type) {
    case FIELD_IDENTITY:
        identity_mask(column->identity[row].key, masked);
        buf_str(out, masked);
        buf_str(out, column->identity[row].is_upgraded ? "^" : "");
        buf_str(out, column->identity[row].is_folded ? "~" : "");
        break;
    case FIELD_NAME:
    case FIELD_TEXT:
        buf_text(out, column->text[row]);
        break;
    case FIELD_CODE:
        buf_text(out, field->codes->codes[number].name);
        break;
    case FIELD_DATE:
        date_print(out, (int32_t)number);
        break;
    case FIELD_MONTH:
        month_print(out, (int32_t)number);
        break;
    case FIELD_MONEY:
        money_print(out, number);
        break;
    case FIELD_DECIMAL:
        decimal_print(out, number, field->scale);
        break;
    case FIELD_INT:
    case FIELD_BOOL:
        buf_int(out, number);
        break;
    }
}

static inline hedui_status
dump_rows(void *context, uint32_t number, const struct batch *batch, struct err *err)
{
    struct dump_lane *lane = &((struct dump *)context)->lanes[number];
    struct buf out;

    (void)err;
    T_TRUE(batch->rows > 0 && batch->rows <= BATCH_ROWS);
    buf_init(&out, false);
    for (uint32_t row = 0; row < batch->rows; row++) {
        buf_reset(&out);
        for (uint32_t f = 0; f < batch->kind->field_count; f++)
            dump_cell(&out, &batch->kind->fields[f], &batch->columns[f], row);
        dump_note(lane, batch->file, batch->line[row], &out);
    }
    buf_release(&out);
    return HEDUI_OK;
}

static inline hedui_status
dump_refused(void *context, uint32_t number, const struct refusal *refusal, struct err *err)
{
    struct dump *dump = context;
    struct buf out;
    char masked[32];

    (void)err;
    buf_init(&out, false);
    buf_str(&out, " refused");
    for (uint32_t i = 0; i < refusal->reason_count; i++) {
        int32_t field = refusal->reasons[i].field;
        buf_byte(&out, ' ');
        buf_str(&out, cell_result_code(refusal->reasons[i].result));
        if (field >= 0) {
            buf_byte(&out, ':');
            buf_text(&out, dump->kind->fields[field].name);
        }
    }
    if (refusal->has_owner) {
        identity_mask(refusal->owner.key, masked);
        buf_printf(&out, " owner=%s", masked);
    }
    if (refusal->case_no.len > 0)
        buf_printf(&out, " case=" TEXT_FMT, TEXT_ARG(refusal->case_no));
    dump_note(&dump->lanes[number], refusal->file, refusal->line, &out);
    buf_release(&out);
    return HEDUI_OK;
}

static inline int
dump_order(const void *a, const void *b)
{
    const struct dump_line *x = a, *y = b;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

static inline void
dump_open(struct dump *dump, const char *mapping)
{
    memset(dump, 0, sizeof *dump);
    arena_init(&dump->arena, "test", 0, false);
    messages_init(&dump->messages, &dump->arena);
    buf_init(&dump->out, false);
    for (uint32_t i = 0; i < DUMP_LANES; i++)
        arena_init(&dump->lanes[i].arena, "test lane", 0, false);
    T_OK(model_load(&dump->model, "rules/model.yaml", &dump->messages, &dump->arena, &dump->err),
         &dump->err);
    T_OK(mapping_load(&dump->mapping, mapping, dump->model, &dump->messages, &dump->arena,
                      &dump->err),
         &dump->err);
    dump->kind = mapping_kind(dump->mapping);
}

static inline void
dump_close(struct dump *dump)
{
    for (uint32_t i = 0; i < DUMP_LANES; i++) {
        arena_release(&dump->lanes[i].arena);
        mem_free(dump->lanes[i].lines);
    }
    buf_release(&dump->out);
    arena_release(&dump->arena);
}

/* Reads; all lines, then the balance, the reasons and the ignored in dump->out. */
static inline hedui_status
dump_read(struct dump *dump, struct feed_job *job, uint32_t lanes)
{
    struct feed_sink sink = {dump, dump_rows, dump_refused};
    const struct feed_report *report = &dump->report;
    struct pool *pool = NULL;
    struct dump_lane all = {0};
    hedui_status rc;

    T_OK(pool_open(&pool, lanes, &dump->err), &dump->err);
    job->mapping = dump->mapping;
    job->pool = pool;
    rc = feed_read(&dump->report, job, &sink, &dump->arena, &dump->err);
    pool_close(pool);
    if (rc != HEDUI_OK)
        return rc;
    for (uint32_t i = 0; i < lanes; i++)
        all.count += dump->lanes[i].count;
    all.lines = mem_resize(NULL, all.count + 1, sizeof *all.lines);
    all.count = 0;
    for (uint32_t i = 0; i < lanes; i++) {
        if (dump->lanes[i].count > 0)
            memcpy(all.lines + all.count, dump->lanes[i].lines,
                   dump->lanes[i].count * sizeof *all.lines);
        all.count += dump->lanes[i].count;
        dump->lanes[i].count = 0;
    }
    qsort(all.lines, all.count, sizeof *all.lines, dump_order);
    buf_reset(&dump->out);
    for (size_t i = 0; i < all.count; i++)
        buf_printf(&dump->out, "%u:%llu" TEXT_FMT "\n", all.lines[i].file,
                   (unsigned long long)all.lines[i].line, TEXT_ARG(all.lines[i].text));
    mem_free(all.lines);
    buf_printf(
        &dump->out,
        "physical %llu accepted %llu refused %llu ignored %llu unplaced %llu folded %llu "
        "upgraded %llu\n",
        (unsigned long long)report->balance.physical, (unsigned long long)report->balance.accepted,
        (unsigned long long)report->balance.refused, (unsigned long long)report->balance.ignored,
        (unsigned long long)report->balance.unplaced, (unsigned long long)report->balance.folded,
        (unsigned long long)report->balance.upgraded);
    for (uint32_t i = 0; i < report->reason_count; i++)
        buf_printf(&dump->out, "reason %llu " TEXT_FMT "\n",
                   (unsigned long long)report->reasons[i].count, TEXT_ARG(report->reasons[i].what));
    for (uint32_t i = 0; i < report->ignored_count; i++)
        buf_printf(&dump->out, "ignored %llu " TEXT_FMT "\n",
                   (unsigned long long)report->ignored[i].count, TEXT_ARG(report->ignored[i].what));
    return HEDUI_OK;
}

#endif
