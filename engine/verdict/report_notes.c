/* SPDX-License-Identifier: Apache-2.0 */
/* report_notes.c: how good the data were, and how long and for what the report may be used. */
#include <string.h>

#include "engine/model/value.h"
#include "engine/verdict/report_in.h"

#include "engine/base/ban.h"

#define MONTHS_TOLD 12 /* before the month of the check: further back no programme looks */

struct notes {
    struct buf *out;
    const struct report_case *report;
    uint32_t count;
};

static void
note_begin(struct notes *notes)
{
    buf_str(notes->out, notes->count++ == 0 ? "<ul>\n<li>" : "<li>");
}

static void
note_end(struct notes *notes)
{
    buf_str(notes->out, "</li>\n");
}

static void
number_notes(struct notes *notes, const struct person *person)
{
    static const char *const words[] = {
        "证件号码无效：没有查询任何来源，请更正后再次核对。", "新生儿，尚无证件号码：不查询。",
        "申报的是 15 位证件号码，已升为 18 位后查询。",
        "证件号码中的全角字符、空格等已折叠后查询。", "证件号码的出生年代久远，请确认。"};
    const bool is_told[] = {person->number == NUMBER_INVALID, person->number == NUMBER_NONE,
                            person->is_upgraded, person->is_folded, person->is_old};

    for (size_t i = 0; i < LEN(words); i++) {
        if (!is_told[i])
            continue;
        note_begin(notes);
        report_person(notes->out, person);
        buf_str(notes->out, "：");
        buf_str(notes->out, words[i]);
        note_end(notes);
    }
}

/* Two families that count one person: the handler compares the two cases. */
static void
elsewhere_note(struct notes *notes, const struct person *person)
{
    if (person->also == NULL)
        return;
    note_begin(notes);
    report_person(notes->out, person);
    buf_str(notes->out, "：在同一批次的其他案件中也是共同生活成员，请比对案件 ");
    for (uint32_t i = 0; i < person->also_count; i++) {
        buf_str(notes->out, i > 0 ? "、" : "");
        html_text(notes->out, person->also[i]);
    }
    buf_str(notes->out, "。");
    note_end(notes);
}

/* "A 汪** 的银行账户：" */
static void
list_note_begin(struct notes *notes, const struct person *person, const struct kind *kind)
{
    note_begin(notes);
    report_person(notes->out, person);
    buf_str(notes->out, " 的");
    html_text(notes->out, kind->zh);
    buf_str(notes->out, "：");
}

static void
name_notes(struct notes *notes, const struct person *person, const struct kind *kind)
{
    static const struct {
        enum match_class match;
        const char *words;
    } told[] = {
        {MATCH_NAME_CONFLICT, "条记录证件号码相同而姓名不符，只作线索，不能单独得出疑似不符。"},
        {MATCH_NAME_ABSENT,   "条记录或申请表没有姓名，只凭证件号码比对。"                              },
        {MATCH_NAME_VARIANT,  "条记录的姓名写法不同（异体字、全半角、间隔号），折叠后相符。"   },
        {MATCH_UPGRADED,      "条记录按 15 位号码升位后比对，姓名相符。"                                   },
    };
    const struct household_list *list = &person->lists[kind->number];

    for (size_t i = 0; i < LEN(told); i++) {
        uint32_t count = 0;

        for (uint32_t r = 0; r < list->row_count; r++)
            count += list->rows[r].match == told[i].match;
        if (count == 0)
            continue;
        list_note_begin(notes, person, kind);
        buf_printf(notes->out, "%u ", count);
        buf_str(notes->out, told[i].words);
        note_end(notes);
    }
}

static void
blank_notes(struct notes *notes, const struct person *person, const struct kind *kind)
{
    const struct household_list *list = &person->lists[kind->number];

    if (list->row_count > kind->limit) {
        list_note_begin(notes, person, kind);
        buf_printf(notes->out, "有 %u 条，超过每人 %u 条的上限，请核对数据。", list->row_count,
                   kind->limit);
        note_end(notes);
    }
    for (uint32_t f = 0; f < kind->field_count; f++) {
        uint32_t count = 0;

        for (uint32_t r = 0; r < list->row_count; r++)
            count += list->rows[r].cells[f].state == CELL_UNKNOWN;
        if (count == 0)
            continue;
        list_note_begin(notes, person, kind);
        buf_printf(notes->out, "%u 条的“", count);
        html_text(notes->out, kind->fields[f].zh);
        buf_str(notes->out, "”空白，按未知处理。");
        note_end(notes);
    }
}

/* A thing of which the records disagree in a field. */
static void
thing_notes(struct notes *notes, const struct kind *kind)
{
    const struct household_things *things = &notes->report->household->things[kind->number];

    for (uint32_t t = 0; t < things->thing_count; t++) {
        const struct household_thing *thing = &things->things[t];

        for (uint32_t f = 0; f < kind->field_count && thing->row_count > 1; f++) {
            bool is_known = thing->cells[f].state == CELL_UNKNOWN;

            for (uint32_t r = 0; r < thing->row_count && is_known; r++)
                is_known = thing->rows[r]->cells[f].state != CELL_UNKNOWN;
            if (!is_known)
                continue;
            note_begin(notes);
            html_text(notes->out, kind->zh);
            for (uint32_t r = 0; r < thing->row_count; r++)
                buf_printf(notes->out, "%s<code>%s." TEXT_FMT ".%u</code>", r == 0 ? " " : "、",
                           notes->report->household->persons[thing->rows[r]->person].key,
                           TEXT_ARG(kind->list), thing->rows[r]->place);
            buf_str(notes->out, " 是同一标的，而“");
            html_text(notes->out, kind->fields[f].zh);
            buf_str(notes->out, "”不一致，按未知处理。");
            note_end(notes);
        }
    }
}

/* Whose list of this kind lacks this month from this source: "A、B". */
static void
keys_lacking(struct buf *keys, const struct household *household, uint32_t kind, uint32_t source,
             int32_t month)
{
    buf_reset(keys);
    for (uint32_t p = 0; p < household->person_count; p++) {
        const struct household_list *list = &household->persons[p].lists[kind];

        for (uint32_t o = 0; o < list->open_count; o++)
            if (list->opens[o].source == (int16_t)source && list->opens[o].month == month &&
                !list->opens[o].is_earlier) {
                buf_str(keys, keys->len > 0 ? "、" : "");
                buf_str(keys, household->persons[p].key);
            }
    }
}

static void
month_note(struct notes *notes, const struct kind *kind, uint32_t source, const struct buf *keys,
           int32_t first, int32_t last)
{
    note_begin(notes);
    html_text(notes->out, pack_source(notes->report->pack, source)->zh);
    buf_str(notes->out, "的");
    html_text(notes->out, kind->zh);
    buf_str(notes->out, "：");
    month_print(notes->out, first);
    if (first < last) {
        buf_str(notes->out, " 至 ");
        month_print(notes->out, last);
    }
    buf_str(notes->out, " 没有数据（成员 ");
    html_text(notes->out, buf_part(notes->out, keys));
    buf_str(notes->out, "），该期间按未知处理。");
    note_end(notes);
}

static void
month_notes(struct notes *notes, const struct kind *kind, uint32_t source)
{
    const struct household *household = notes->report->household;
    int32_t base = month_of_date(household->checked_on), from = base - MONTHS_TOLD;
    struct buf keys, run;

    buf_init(&keys, false);
    buf_init(&run, false);
    for (int32_t month = from; month <= base; month++) {
        buf_reset(&keys);
        if (month < base)
            keys_lacking(&keys, household, kind->number, source, month);
        if (text_eq(buf_part(notes->out, &keys), buf_part(notes->out, &run)))
            continue;
        if (run.len > 0)
            month_note(notes, kind, source, &run, from, month - 1);
        from = month;
        buf_reset(&run);
        buf_text(&run, buf_as_text(&keys));
    }
    buf_release(&run);
    buf_release(&keys);
}

/* Where the pack took something for granted. */
static void
assumed_notes(struct notes *notes)
{
    const struct judgement *judgement = notes->report->judgement;
    struct buf words;

    buf_init(&words, true);
    for (uint32_t i = 0; i < judgement->assumed_count; i++) {
        const struct assumption *assumed = &judgement->assumed[i];

        note_begin(notes);
        buf_str(notes->out, "规则包假定：");
        buf_reset(&words);
        labels_cause(&words, notes->report->labels, assumed->what);
        html_text(notes->out, buf_part(notes->out, &words));
        buf_str(notes->out, " 按 ");
        html_text(notes->out, assumed->value);
        buf_str(notes->out, " 计（");
        html_text(notes->out, assumed->zh);
        buf_str(notes->out, "）。");
        note_end(notes);
    }
    buf_release(&words);
}

/* What the result rests on and no paper confirms: in one note. */
static void
unconfirmed_note(struct notes *notes)
{
    const struct judgement *judgement = notes->report->judgement;

    if (judgement->unconfirmed_count == 0)
        return;
    note_begin(notes);
    buf_str(notes->out, "规则包中下列数值未经主管部门确认，结论仅供参考：");
    for (uint32_t i = 0; i < judgement->unconfirmed_count; i++) {
        buf_str(notes->out, i == 0 ? "" : "；");
        html_text(notes->out, judgement->unconfirmed[i]->zh);
        buf_str(notes->out, " ");
        html_text(notes->out, judgement->unconfirmed[i]->value);
    }
    buf_str(notes->out, "。");
    note_end(notes);
}

void
report_notes(struct buf *out, const struct report_case *report)
{
    const struct household *household = report->household;
    const struct model *model = household->model;
    struct notes notes = {.out = out, .report = report};

    report_section(out, "九、数据质量说明");
    for (uint32_t p = 0; p < household->person_count; p++)
        number_notes(&notes, &household->persons[p]);
    for (uint32_t p = 0; p < household->person_count; p++)
        elsewhere_note(&notes, &household->persons[p]);
    for (uint32_t k = 0; k < model->kind_count; k++) {
        const struct kind *kind = &model->kinds[k];

        if (kind == model->applicant)
            continue;
        for (uint32_t s = 0; s < household->source_count && kind->period >= 0; s++)
            month_notes(&notes, kind, s);
        for (uint32_t p = 0; p < household->person_count; p++) {
            name_notes(&notes, &household->persons[p], kind);
            blank_notes(&notes, &household->persons[p], kind);
        }
        thing_notes(&notes, kind);
    }
    assumed_notes(&notes);
    unconfirmed_note(&notes);
    buf_str(out, notes.count == 0 ? "<p>没有需要说明的数据质量问题。</p>\n" : "</ul>\n");
    report_section_end(out);
}

/* Until when do the answers hold, by the pack's own days? */
static void
answers_put(struct buf *out, const struct report_case *report)
{
    const struct household *household = report->household;
    int32_t until = INT32_MAX;
    uint32_t first = 0, kinds = household->model->kind_count;
    bool is_stale = false;

    for (uint32_t p = 0; p < household->person_count; p++)
        for (uint32_t i = 0; i < household->source_count * kinds; i++) {
            int32_t day = household->persons[p].covers[i].as_of;
            bool is_old = report->judgement->kind_coverage[p][i] == COVERAGE_STALE;

            is_stale = is_stale || is_old;
            if (day == INT32_MIN || is_old)
                continue;
            day += pack_source(report->pack, i / kinds)->valid_days;
            if (day < until) {
                until = day;
                first = i / kinds;
            }
        }
    if (until != INT32_MAX) {
        buf_str(out, "<li>有效期：各来源的数据按规则包规定的天数有效，最早到期的是");
        html_text(out, pack_source(report->pack, first)->zh);
        buf_str(out, "，有效至 ");
        report_day(out, until);
        buf_str(out, "；此后使用本报告，应再次核对。");
        buf_str(out, is_stale ? "另有来源在核对基准日已经过期，见第七部分。</li>\n" : "</li>\n");
    } else {
        buf_str(out, "<li>有效期：没有来源提供有效数据，本报告不能用于作出决定。</li>\n");
    }
}

static void
papers_put(struct buf *out, const struct household *household)
{
    int32_t field = kind_field(household->model->applicant, TEXT("auth_until"));
    int64_t until = INT64_MAX;

    for (uint32_t p = 0; p < household->person_count && field >= 0; p++) {
        const struct cell *cell = &household->persons[p].cells[field];

        if (cell->state == CELL_VALUE && cell->number < until)
            until = cell->number;
    }
    if (until == INT64_MAX)
        return;
    buf_str(out, "<li>授权最早于 ");
    report_day(out, (int32_t)until);
    buf_str(out, " 截止；截止后不得再按本次授权查询。</li>\n");
}

void
report_validity(struct buf *out, const struct report_case *report)
{
    report_section(out, "十、使用说明与有效期");
    buf_str(out,
            "<ol>\n<li>本报告由核对系统按授权比对各来源数据后生成，只供参考，不能作为唯一依据；"
            "证件号码相同不等于事实无误，作出对申请家庭不利的决定之前应当核实。</li>\n"
            "<li>本报告只反映核对基准日以前收到的数据。未知的信息没有当作零，也没有当作“没有”。</"
            "li>\n");
    answers_put(out, report);
    papers_put(out, report->household);
    buf_str(out,
            "<li>申请家庭对核对结果有异议的，可以向委托单位提出并附证明材料，由核对机构再次核对；"
            "原报告保留，并注明复核。</li>\n"
            "<li>本报告只供委托单位履行法定职责使用，不得转给他人，不得公开；"
            "评议、公示中不得出现证件号码和银行数据。</li>\n</ol>\n");
    report_section_end(out);
}
