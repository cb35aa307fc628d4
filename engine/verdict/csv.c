/* SPDX-License-Identifier: Apache-2.0 */
/* csv.c: verdicts.csv, for clerks in a spreadsheet: UTF-8 with a mark, one line a case. */
#include <string.h>

#include "engine/model/value.h"
#include "engine/verdict/fraction.h"
#include "engine/verdict/verdict.h"

#include "engine/base/ban.h"

/* One cell being written; text of outside never becomes a formula. */
static void
cell_open(struct buf *out)
{
    buf_byte(out, '"');
}

static void
cell_add(struct buf *out, struct text text)
{
    bool is_first = out->len > 0 && out->at[out->len - 1] == '"';

    if (is_first && text.len > 0 && strchr("=+-@\t\r", text.at[0]) != NULL)
        buf_byte(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"')
            buf_byte(out, '"');
        buf_byte(out, text.at[i]);
    }
}

static void
cell_close(struct buf *out, bool is_last)
{
    buf_str(out, is_last ? "\"\r\n" : "\",");
}

static void
cell_put(struct buf *out, struct text text)
{
    cell_open(out);
    cell_add(out, text);
    cell_close(out, false);
}

void
verdict_csv_head(struct buf *out, const struct pack *pack)
{
    buf_str(out, "\xEF\xBB\xBF核对编号,救助项目,行政区划,核对基准日,结论,outcome,原因代码,说明,"
                 "缺什么,测算数值,成员数,规则包\r\n");
    (void)pack; /* the figures stand in one cell, by name: packs differ */
}

static void
figure_add(struct buf *out, const struct figure *figure)
{
    struct buf text, shown;

    cell_add(out, figure->zh);
    cell_add(out, TEXT(" "));
    if (figure->value.state == VALUE_KNOWN) {
        buf_init(&text, false);
        buf_init(&shown, false);
        value_print(&text, figure->value, figure->type);
        fraction_print(&shown, buf_as_text(&text), figure->type->kind == TYPE_EXACT, "约 ");
        cell_add(out, buf_as_text(&shown));
        buf_release(&shown);
        buf_release(&text);
    } else {
        cell_add(out, figure->value.state == VALUE_NONE ? TEXT("无") : TEXT("未知"));
    }
}

static void
code_put(struct buf *out, const struct household *household, const char *field)
{
    const struct kind *kind = household->model->applicant;
    int32_t f = kind_field(kind, text_of(field));
    const struct cell *cell = f < 0 ? NULL : &household->case_cells[f];

    if (cell == NULL || cell->state != CELL_VALUE)
        cell_put(out, text_of(""));
    else if (kind->fields[f].type == FIELD_CODE)
        cell_put(out, kind->fields[f].codes->codes[cell->number].zh);
    else
        cell_put(out, cell->text);
}

void
verdict_csv(struct buf *out, const struct pack *pack, const struct household *household,
            const struct judgement *judgement)
{
    cell_put(out, household->case_no);
    code_put(out, household, "programme");
    code_put(out, household, "division");
    cell_open(out);
    date_print(out, household->checked_on);
    cell_close(out, false);
    cell_put(out, text_of(outcome_zh(judgement->outcome)));
    cell_put(out, text_of(outcome_name(judgement->outcome)));
    cell_open(out);
    for (uint32_t i = 0; i < judgement->finding_count; i++) {
        cell_add(out, i == 0 ? TEXT("") : TEXT("；"));
        cell_add(out, judgement->findings[i].reason);
    }
    cell_close(out, false);
    cell_open(out);
    for (uint32_t i = 0; i < judgement->finding_count; i++) {
        cell_add(out, i == 0 ? TEXT("") : TEXT("；"));
        cell_add(out, judgement->findings[i].zh);
    }
    cell_close(out, false);
    cell_open(out);
    for (uint32_t i = 0; i < judgement->missing_count; i++) {
        cell_add(out, i == 0 ? TEXT("") : TEXT("；"));
        cell_add(out, judgement->missing[i]);
    }
    cell_close(out, false);
    cell_open(out);
    for (uint32_t i = 0; i < judgement->figure_count; i++) {
        cell_add(out, i == 0 ? TEXT("") : TEXT("；"));
        figure_add(out, &judgement->figures[i]);
    }
    cell_close(out, false);
    cell_open(out);
    buf_uint(out, household->member_count);
    cell_close(out, false);
    cell_open(out);
    cell_add(out, pack_name(pack));
    cell_close(out, true);
}
