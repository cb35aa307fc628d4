/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/conflict.h"

#include <assert.h>

#include "engine/base/json.h"
#include "engine/base/sheet.h"
#include "engine/base/sys.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

static const struct {
    const char *name, *zh;
} standings[STANDINGS] = {
    [STANDS] = {"stands",   "未见不符"               },
      [DEPENDS] = {"depends",  "待另一项目定后再定"},
    [YIELDS] = {"yields",   "不重复享受"            },
      [OPEN] = {"open",     "本项目未定"            },
    [OBJECTED] = {"objected", "疑似不符"               },
};

const char *
standing_name(enum standing standing)
{
    assert((unsigned)standing < STANDINGS);
    return standings[standing].name;
}

const char *
standing_zh(enum standing standing)
{
    assert((unsigned)standing < STANDINGS);
    return standings[standing].zh;
}

static struct standing_line *
line_of(struct standing_line *lines, uint32_t count, int32_t programme)
{
    for (uint32_t i = 0; i < count; i++)
        if (lines[i].programme == programme)
            return &lines[i];
    return NULL;
}

static bool
is_met(const struct standing_line *line)
{
    return line != NULL && line->told.outcome == OUTCOME_MET;
}

static bool
is_open(const struct standing_line *line)
{
    return line != NULL &&
           (line->told.outcome == OUTCOME_INCOMPLETE || line->told.outcome == OUTCOME_REVIEW);
}

/* A group never makes a standing better than another group left it. */
static void
line_put(struct standing_line *line, enum standing standing, int32_t by, const struct conflict *why)
{
    if (line->standing > standing || line->standing == OPEN || line->standing == OBJECTED)
        return;
    if (line->standing == standing && line->why != NULL)
        return; /* the first line of the table that says so */
    line->standing = standing;
    line->by = by;
    line->why = why;
}

/* The first of the group that nothing objects to stands; those behind it give way, and while one
 * before it is open the whole hangs on that. */
static void
first_take(struct standing_line *lines, uint32_t count, const struct conflict *conflict)
{
    int32_t taken = -1, open = -1;

    for (uint32_t i = 0; i < conflict->count; i++) {
        struct standing_line *line = line_of(lines, count, conflict->programmes[i]);

        if (is_met(line) && taken >= 0)
            line_put(line, YIELDS, taken, conflict);
        else if (is_met(line) && open >= 0)
            line_put(line, DEPENDS, open, conflict);
        if (is_met(line) && taken < 0)
            taken = line->programme;
        if (is_open(line) && open < 0 && taken < 0)
            open = line->programme;
    }
}

/* Who pays most stands. An amount that is not known, or a programme that is open, might be more. */
static void
highest_take(struct standing_line *lines, uint32_t count, const struct conflict *conflict)
{
    const struct standing_line *best = NULL;
    int32_t open = -1;

    for (uint32_t i = 0; i < conflict->count; i++) {
        struct standing_line *line = line_of(lines, count, conflict->programmes[i]);

        if (open < 0 && (is_open(line) || (is_met(line) && !line->told.has_amount)))
            open = line->programme;
        if (is_met(line) && line->told.has_amount &&
            (best == NULL || line->told.amount_fen > best->told.amount_fen))
            best = line;
    }
    for (uint32_t i = 0; i < conflict->count; i++) {
        struct standing_line *line = line_of(lines, count, conflict->programmes[i]);

        if (!is_met(line))
            continue;
        if (best != NULL && line != best && line->told.has_amount)
            line_put(line, YIELDS, best->programme, conflict);
        else if (open >= 0 && open != line->programme)
            line_put(line, DEPENDS, open, conflict);
        else if (best != NULL && line != best)
            line_put(line, DEPENDS, best->programme, conflict);
    }
}

void
conflict_settle(struct standing_line *lines, uint32_t count, const struct pack_table *table)
{
    for (uint32_t i = 0; i < count; i++) {
        lines[i].standing = is_met(&lines[i]) ? STANDS : is_open(&lines[i]) ? OPEN : OBJECTED;
        lines[i].by = -1;
        lines[i].why = NULL;
    }
    for (uint32_t c = 0; c < table->conflict_count; c++)
        if (table->conflicts[c].takes_highest)
            highest_take(lines, count, &table->conflicts[c]);
        else
            first_take(lines, count, &table->conflicts[c]);
}

static struct text
code_name(const struct code_list *programmes, int32_t code)
{
    return code < 0 ? TEXT("") : programmes->codes[code].name;
}

static void
amount_json(struct json *json, int64_t fen)
{
    char room[32] UNSET;
    struct buf text;

    buf_init_in(&text, room, sizeof room);
    money_print(&text, fen);
    json_text(json, buf_part(json->out, &text));
    buf_release(&text);
}

static void
line_json(struct json *json, const struct standing_line *line, const struct code_list *programmes)
{
    json_object(json);
    json_key(json, "programme");
    json_text(json, code_name(programmes, line->programme));
    json_key(json, "pack");
    json_text(json, line->pack);
    json_key(json, "outcome");
    json_str(json, outcome_name(line->told.outcome));
    if (line->told.has_amount) {
        json_key(json, "amount");
        amount_json(json, line->told.amount_fen);
    }
    json_key(json, "standing");
    json_str(json, standing_name(line->standing));
    if (line->by >= 0) {
        json_key(json, "by");
        json_text(json, code_name(programmes, line->by));
    }
    if (line->why != NULL) {
        json_key(json, "why");
        json_text(json, line->why->zh);
        json_key(json, "ref");
        json_text(json, line->why->ref);
    }
    json_end_object(json);
}

/* What else may be asked for, where the programme that was asked for met an objection. */
static const struct standing_line *
next_best(const struct conflict_case *one)
{
    const struct standing_line *next = NULL;

    for (uint32_t i = 0; i < one->line_count; i++) {
        const struct standing_line *line = &one->lines[i];

        if (line->programme == one->programme && line->standing != OBJECTED)
            return NULL;
        if (next == NULL && line->standing <= DEPENDS)
            next = line;
    }
    return next;
}

static void
case_json(struct buf *out, const struct conflict_case *one, const struct code_list *programmes)
{
    const struct standing_line *next = next_best(one);
    struct json json;

    json_begin(&json, out);
    json_object(&json);
    json_key(&json, "case_no");
    json_text(&json, one->case_no);
    json_key(&json, "programme");
    json_text(&json, code_name(programmes, one->programme));
    json_key(&json, "programmes");
    json_array(&json);
    for (uint32_t i = 0; i < one->line_count; i++)
        line_json(&json, &one->lines[i], programmes);
    json_end_array(&json);
    if (next != NULL) {
        json_key(&json, "next");
        json_text(&json, code_name(programmes, next->programme));
    }
    json_end_object(&json);
    json_newline(&json);
}

static void
case_sheet(struct sheet *sheet, const struct conflict_case *one, const struct code_list *programmes)
{
    struct buf amount;

    buf_init(&amount, false);
    for (uint32_t i = 0; i < one->line_count; i++) {
        const struct standing_line *line = &one->lines[i];

        buf_reset(&amount);
        if (line->told.has_amount)
            money_print(&amount, line->told.amount_fen);
        sheet_put(sheet, one->case_no);
        sheet_put(sheet, programmes->codes[line->programme].zh);
        sheet_put(sheet, line->pack);
        sheet_put(sheet, text_of(outcome_zh(line->told.outcome)));
        sheet_own(sheet, buf_part(sheet->out, &amount));
        sheet_put(sheet, text_of(standing_zh(line->standing)));
        sheet_put(sheet, line->by < 0 ? TEXT("") : programmes->codes[line->by].zh);
        sheet_put(sheet, line->why == NULL ? TEXT("") : line->why->zh);
        sheet_put(sheet, line->why == NULL ? TEXT("") : line->why->ref);
        sheet_line(sheet);
    }
    buf_release(&amount);
}

hedui_status
conflict_write(const struct conflict_cases *cases, const struct code_list *programmes,
               const char *dir, uint64_t counts[STANDINGS], struct err *err)
{
    struct buf lines, cells;
    struct sheet sheet;
    hedui_status rc = HEDUI_OK;

    buf_init(&lines, true);
    buf_init(&cells, true);
    sheet_begin(&sheet, &cells);
    sheet_head(&sheet, "核对编号,救助项目,规则包,结论,测算金额,并列情况,与哪个项目,理由,依据");
    for (uint32_t i = 0; i < cases->count; i++) {
        case_json(&lines, &cases->items[i], programmes);
        case_sheet(&sheet, &cases->items[i], programmes);
        for (uint32_t k = 0; k < cases->items[i].line_count; k++)
            counts[cases->items[i].lines[k].standing]++;
    }
    FAIL(buf_check(&lines, err));
    FAIL(buf_check(&cells, err));
    FAIL(sys_publish(dir, "cases.csv", cells.at, cells.len, 0600, "run.cases", err));
    rc = sys_publish(dir, "cases.jsonl", lines.at, lines.len, 0600, "run.cases", err);
done:
    buf_release(&lines);
    buf_release(&cells);
    return rc;
}
