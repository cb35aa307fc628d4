/* SPDX-License-Identifier: Apache-2.0 */
/* figures.c: figures.csv, for other programs: a line a case, a column a figure. */
#include "engine/base/sheet.h"
#include "engine/model/value.h"
#include "engine/rule/pack_in.h"
#include "engine/verdict/fraction.h"
#include "engine/verdict/verdict.h"

#include "engine/base/ban.h"

#define SHORT 128 /* bytes: most values that are printed */

void
verdict_figures_head(struct buf *out, const struct pack *pack)
{
    buf_str(out, "case_no,checked_on,outcome,reasons,members");
    for (uint32_t i = 0; i < pack->home_fact_count; i++)
        if (pack->facts[pack->home_facts[i]].is_output) {
            buf_byte(out, ',');
            buf_text(out, pack->facts[pack->home_facts[i]].name);
        }
    buf_str(out, "\r\n");
}

/* Unknown and none are blank: `outcome` says whether it matters. */
static void
figure_put(struct buf *out, const struct figure *figure)
{
    char room[SHORT] UNSET;
    struct buf text;

    buf_byte(out, ',');
    if (figure->value.state != VALUE_KNOWN)
        return;
    switch (figure->type->kind) {
    case TYPE_EXACT:
    case TYPE_RATE:
        buf_init_in(&text, room, sizeof room);
        value_print(&text, figure->value, figure->type);
        fraction_print(out, buf_part(out, &text), figure->type->kind == TYPE_EXACT, "");
        buf_release(&text);
        break;
    case TYPE_BOOL:
    case TYPE_INT:
    case TYPE_MONEY:
    case TYPE_DECIMAL:
    case TYPE_DATE:
    case TYPE_MONTH:
    case TYPE_CODE:
        value_print(out, figure->value, figure->type);
        break;
    default: { /* words: quoted, and never a formula */
        struct sheet sheet = {.out = out};

        buf_init_in(&text, room, sizeof room);
        value_print(&text, figure->value, figure->type);
        sheet_put(&sheet, buf_part(out, &text));
        buf_release(&text);
        break;
    }
    }
}

/* By their names and once each: where nothing else is written, findings have no rank. */
static void
reasons_put(struct buf *out, const struct judgement *judgement)
{
    struct text last = {NULL, 0};
    struct sheet sheet;

    sheet_begin(&sheet, out);
    sheet_open(&sheet);
    for (;;) {
        struct text next = {NULL, 0};

        for (uint32_t i = 0; i < judgement->finding_count; i++) {
            struct text reason = judgement->findings[i].reason;

            if (text_cmp(reason, last) > 0 && (next.len == 0 || text_cmp(reason, next) < 0))
                next = reason;
        }
        if (next.len == 0)
            break;
        sheet_add(&sheet, last.len > 0 ? TEXT(" ") : TEXT(""));
        sheet_add(&sheet, next);
        last = next;
    }
    sheet_close(&sheet);
}

void
verdict_figures(struct buf *out, const struct household *household,
                const struct judgement *judgement)
{
    struct sheet sheet;

    sheet_begin(&sheet, out);
    sheet_put(&sheet, household->case_no);
    buf_byte(out, ',');
    date_print(out, household->checked_on);
    buf_byte(out, ',');
    buf_str(out, outcome_name(judgement->outcome));
    buf_byte(out, ',');
    reasons_put(out, judgement);
    buf_byte(out, ',');
    buf_uint(out, household->member_count);
    for (uint32_t i = 0; i < judgement->figure_count; i++)
        figure_put(out, &judgement->figures[i]);
    buf_str(out, "\r\n");
}
