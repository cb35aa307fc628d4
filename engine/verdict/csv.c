/* SPDX-License-Identifier: Apache-2.0 */
/* csv.c: verdicts.csv, for clerks in a spreadsheet: UTF-8 with a mark, one line a case. */
#include <stddef.h>
#include <string.h>

#include "engine/base/sheet.h"
#include "engine/model/value.h"
#include "engine/verdict/fraction.h"
#include "engine/verdict/verdict.h"

#include "engine/base/ban.h"

void
verdict_csv_head(struct buf *out, const struct pack *pack)
{
    struct sheet sheet;

    (void)pack; /* the figures stand in one cell, by name: packs differ */
    sheet_begin(&sheet, out);
    sheet_head(&sheet, "核对编号,救助项目,行政区划,核对基准日,结论,outcome,原因代码,说明,"
                       "缺什么,测算数值,成员数,规则包");
}

#define SHORT 128 /* bytes: most values and labels that are printed */

static void
figure_add(struct sheet *sheet, const struct figure *figure)
{
    char room[2][SHORT] UNSET;
    struct buf text, shown;

    sheet_add(sheet, figure->zh);
    sheet_add(sheet, TEXT(" "));
    if (figure->value.state == VALUE_KNOWN) {
        buf_init_in(&text, room[0], SHORT);
        buf_init_in(&shown, room[1], SHORT);
        value_print(&text, figure->value, figure->type);
        fraction_print(&shown, buf_part(&shown, &text), figure->type->kind == TYPE_EXACT, "约 ");
        sheet_add(sheet, buf_part(sheet->out, &shown));
        buf_release(&shown);
        buf_release(&text);
    } else {
        sheet_add(sheet, figure->value.state == VALUE_NONE ? TEXT("无") : TEXT("未知"));
    }
}

/* One cell of the case's own, as people read it. */
static void
case_put(struct sheet *sheet, const struct household *household, const char *field)
{
    const struct kind *kind = household->model->applicant;
    int32_t f = kind_field(kind, text_of(field));
    const struct cell *cell = f < 0 ? NULL : &household->case_cells[f];

    if (cell == NULL || cell->state != CELL_VALUE)
        sheet_put(sheet, text_of(""));
    else if (kind->fields[f].type == FIELD_CODE)
        sheet_put(sheet, kind->fields[f].codes->codes[cell->number].zh);
    else
        sheet_put(sheet, cell->text);
}

static void
day_put(struct sheet *sheet, int32_t day)
{
    sheet_open(sheet);
    if (day != INT32_MIN)
        date_print(sheet->out, day);
    sheet_close(sheet);
}

static void
count_put(struct sheet *sheet, uint64_t count)
{
    sheet_open(sheet);
    buf_uint(sheet->out, count);
    sheet_close(sheet);
}

/* The first cells of both sheets. */
static void
case_cells_put(struct sheet *sheet, const struct household *household,
               const struct judgement *judgement)
{
    sheet_put(sheet, household->case_no);
    case_put(sheet, household, "programme");
    case_put(sheet, household, "division");
    day_put(sheet, household->checked_on);
    sheet_put(sheet, text_of(outcome_zh(judgement->outcome)));
    sheet_put(sheet, text_of(outcome_name(judgement->outcome)));
}

/* The next of several texts in the open cell. */
static void
next_add(struct sheet *sheet, bool is_first, struct text text)
{
    if (!is_first)
        sheet_add(sheet, TEXT("；"));
    sheet_add(sheet, text);
}

static void
texts_put(struct sheet *sheet, const struct text *texts, uint32_t count)
{
    sheet_open(sheet);
    for (uint32_t i = 0; i < count; i++)
        next_add(sheet, i == 0, texts[i]);
    sheet_close(sheet);
}

void
verdict_csv(struct buf *out, const struct pack *pack, const struct household *household,
            const struct judgement *judgement)
{
    struct sheet sheet;

    sheet_begin(&sheet, out);
    case_cells_put(&sheet, household, judgement);
    sheet_open(&sheet);
    for (uint32_t i = 0; i < judgement->finding_count; i++)
        next_add(&sheet, i == 0, judgement->findings[i].reason);
    sheet_close(&sheet);
    sheet_open(&sheet);
    for (uint32_t i = 0; i < judgement->finding_count; i++)
        next_add(&sheet, i == 0, judgement->findings[i].zh);
    sheet_close(&sheet);
    texts_put(&sheet, judgement->missing, judgement->missing_count);
    sheet_open(&sheet);
    for (uint32_t i = 0; i < judgement->figure_count; i++) {
        next_add(&sheet, i == 0, TEXT(""));
        figure_add(&sheet, &judgement->figures[i]);
    }
    sheet_close(&sheet);
    count_put(&sheet, household->member_count);
    sheet_put(&sheet, pack_name(pack));
    sheet_line(&sheet);
}

void
verdict_findings_head(struct buf *out)
{
    struct sheet sheet;

    sheet_begin(&sheet, out);
    sheet_head(
        &sheet,
        "核对编号,救助项目,行政区划,核对基准日,结论,outcome,次序,级别,level,规则,规则名称,"
        "原因代码,说明,成员,姓名,证件号码,比较项,数值,比较,限额,限额名称,相差,单位,依据记录,"
        "来源,数据截至,证据等级,须确认的记录,何时不再成立,出处,例外,还不知道,怎样补齐,规则包");
}

/* Is the person named by a row of the evidence, or by what is not known? */
static bool
concerns(const struct finding *finding, const struct person *person)
{
    size_t len = strlen(person->key);

    for (uint32_t i = 0; i < finding->evidence_count; i++)
        if (text_starts(finding->evidence[i].row, text_of(person->key)) &&
            finding->evidence[i].row.at[len] == '.')
            return true;
    for (uint32_t i = 0; i < finding->open_count; i++)
        if (text_starts(finding->open[i], text_of(person->key)) && finding->open[i].len > len &&
            finding->open[i].at[len] == '.')
            return true;
    return false;
}

static struct text
person_cell(const struct person *person, uint32_t column)
{
    return column == 0                      ? text_of(person->key)
           : column == 1                    ? person->masked_name
           : person->number == NUMBER_VALID ? text_of(person->masked_id)
                                            : TEXT("无有效号码");
}

static void
persons_put(struct sheet *sheet, const struct household *household, const struct finding *finding)
{
    for (uint32_t column = 0; column < 3; column++) {
        bool is_first = true;

        sheet_open(sheet);
        for (uint32_t p = 0; p < household->person_count; p++) {
            if (!concerns(finding, &household->persons[p]))
                continue;
            next_add(sheet, is_first, person_cell(&household->persons[p], column));
            is_first = false;
        }
        sheet_close(sheet);
    }
}

/* What is compared, by columns; of several comparisons each column holds all. */
static void
compared_put(struct sheet *sheet, const struct labels *labels, const struct finding *finding)
{
    enum { LEFT, VALUE, OP, LIMIT, RIGHT, MARGIN, UNIT, COLUMNS };
    char room[SHORT] UNSET;
    struct buf label;

    buf_init_in(&label, room, sizeof room);
    for (int column = 0; column < COLUMNS; column++) {
        sheet_open(sheet);
        for (uint32_t i = 0; i < finding->compared_count; i++) {
            const struct compared *c = &finding->compared[i];
            const struct text cells[COLUMNS] = {c->left,  c->value,  c->op,  c->limit,
                                                c->right, c->margin, c->unit};

            if (i > 0)
                buf_str(sheet->out, "；");
            if (column == VALUE)
                buf_str(sheet->out, c->at_least ? "至少 " : c->at_most ? "至多 " : "");
            if (column == LEFT || column == RIGHT) {
                buf_reset(&label);
                labels_expression(&label, labels, cells[column]);
                sheet_add(sheet, buf_part(sheet->out, &label));
            } else if (column == OP) {
                sheet_add(sheet, c->op);
            } else {
                buf_text(sheet->out, cells[column]); /* ours: less than nothing is no formula */
            }
        }
        sheet_close(sheet);
    }
    buf_release(&label);
}

/* "A.incomes.7": where its number begins. */
static size_t
row_list(struct text row)
{
    while (row.len > 0 && row.at[row.len - 1] >= '0' && row.at[row.len - 1] <= '9')
        row.len--;
    return row.len;
}

/* Rows of one list are told as a span: "A.incomes.0..11". `rows`: the first of `count` names, each
 * `stride` bytes after the one before. */
_Static_assert(offsetof(struct evidence_row, row) == 0, "a row of evidence begins with its name");
static void
rows_put(struct sheet *sheet, const void *rows, size_t stride, uint32_t count)
{
    const char *at = rows;

    sheet_open(sheet);
    for (uint32_t i = 0, end; i < count; i = end) {
        struct text row = *(const struct text *)(const void *)(at + i * stride), last = row;
        size_t len = row_list(row);
        int64_t number = 0, next;

        (void)text_int((struct text){row.at + len, row.len - len}, &number);
        for (end = i + 1; len < row.len && end < count; end++) {
            struct text more = *(const struct text *)(const void *)(at + end * stride);

            if (row_list(more) != len || memcmp(more.at, row.at, len) != 0 ||
                !text_int((struct text){more.at + len, more.len - len}, &next) ||
                next != number + (end - i))
                break;
            last = more;
        }
        next_add(sheet, i == 0, row);
        if (end > i + 1) {
            sheet_add(sheet, TEXT(".."));
            sheet_add(sheet, (struct text){last.at + len, last.len - len});
        }
    }
    sheet_close(sheet);
}

/* Sources and days behind the finding, once each, in their first order. */
static void
sources_put(struct sheet *sheet, const struct labels *labels, const struct finding *finding)
{
    char room[SHORT] UNSET;
    struct buf text;

    buf_init_in(&text, room, sizeof room);
    for (int is_day = 0; is_day < 2; is_day++) {
        bool is_first = true;

        sheet_open(sheet);
        for (uint32_t i = 0; i < finding->evidence_count; i++) {
            const struct evidence_row *row = &finding->evidence[i];
            bool is_told = is_day && row->as_of == INT32_MIN;

            for (uint32_t k = 0; k < i && !is_told; k++)
                is_told = is_day ? finding->evidence[k].as_of == row->as_of
                                 : text_eq(finding->evidence[k].source, row->source);
            if (is_told)
                continue;
            buf_reset(&text);
            if (is_day)
                date_print(&text, row->as_of);
            else
                labels_name(&text, labels, "@", row->source);
            next_add(sheet, is_first, buf_part(sheet->out, &text));
            is_first = false;
        }
        sheet_close(sheet);
    }
    buf_release(&text);
}

static void
counter_put(struct sheet *sheet, const struct labels *labels, const struct finding *finding)
{
    struct buf label;

    buf_init(&label, false);
    sheet_open(sheet);
    for (uint32_t i = 0; i < finding->counter_count; i++) {
        const struct counter *counter = &finding->counter[i];

        if (i > 0)
            buf_str(sheet->out, "；");
        if (counter->of.len > 0) {
            buf_reset(&label);
            labels_expression(&label, labels, counter->of);
            sheet_add(sheet, buf_part(sheet->out, &label));
            buf_byte(sheet->out, ' ');
        }
        buf_str(sheet->out, counter_zh(counter->what));
        sheet_add(sheet, counter->value);
        if (counter->unit.len > 0) {
            buf_byte(sheet->out, ' ');
            buf_text(sheet->out, counter->unit);
        }
    }
    if (finding->is_counter_cut)
        buf_str(sheet->out, "（未试完）");
    sheet_close(sheet);
    buf_release(&label);
}

static const char *
level_zh(enum level level)
{
    static const char *const words[] = {[LEVEL_ASK] = "请核实",
                                        [LEVEL_DOUBT] = "待补",
                                        [LEVEL_DENY] = "异议",
                                        [LEVEL_HOLD] = "暂缓"};

    return words[level];
}

void
verdict_findings(struct buf *out, const struct pack *pack, const struct labels *labels,
                 const struct household *household, const struct judgement *judgement)
{
    struct sheet sheet;

    sheet_begin(&sheet, out);
    for (uint32_t i = 0; i < judgement->finding_count; i++) {
        const struct finding *finding = &judgement->findings[i];

        case_cells_put(&sheet, household, judgement);
        count_put(&sheet, i + 1);
        sheet_put(&sheet, text_of(level_zh(finding->level)));
        sheet_put(&sheet, text_of(level_name(finding->level)));
        sheet_put(&sheet, finding->rule);
        sheet_put(&sheet, pack_rule_zh(pack, finding->rule));
        sheet_put(&sheet, finding->reason);
        sheet_put(&sheet, finding->zh);
        persons_put(&sheet, household, finding);
        compared_put(&sheet, labels, finding);
        rows_put(&sheet, finding->evidence, sizeof *finding->evidence, finding->evidence_count);
        sources_put(&sheet, labels, finding);
        sheet_put(&sheet, finding->grade);
        rows_put(&sheet, finding->confirm, sizeof *finding->confirm, finding->confirm_count);
        counter_put(&sheet, labels, finding);
        sheet_put(&sheet, finding->ref);
        sheet_open(&sheet);
        for (uint32_t u = 0; u < finding->unless_count; u++) {
            next_add(&sheet, u == 0, finding->unless[u].id);
            sheet_add(&sheet, TEXT("="));
            sheet_add(&sheet, finding->unless[u].is);
        }
        sheet_close(&sheet);
        texts_put(&sheet, finding->open, finding->open_count);
        texts_put(&sheet, finding->settle, finding->settle_count);
        sheet_put(&sheet, pack_name(pack));
        sheet_line(&sheet);
    }
}
