/* SPDX-License-Identifier: Apache-2.0 */
/* report_sources.c: whom we asked about whom, as of when, with what result; and the records found.
 *
 * 无记录, 未查询, 未反馈, 无法匹配, 部分反馈 and 数据过期 are different things and stay apart. */
#include <string.h>

#include "engine/model/value.h"
#include "engine/verdict/report_in.h"

#include "engine/base/ban.h"

#define WHOLE_BYTES 24 /* longer texts may be broken over lines */

/* The money of some rows of one kind, field by field. Blank cells are counted, never added. */
struct sums {
    int64_t fen[FIELDS_MAX];
    uint32_t known[FIELDS_MAX], blank[FIELDS_MAX], rows;
};

static void
sums_add(struct sums *sums, const struct household_row *row)
{
    for (uint32_t f = 0; f < row->kind->field_count; f++) {
        if (row->kind->fields[f].type != FIELD_MONEY)
            continue;
        if (row->cells[f].state == CELL_VALUE) {
            sums->fen[f] += row->cells[f].number; /* ≤ 10^12 each, a few hundred rows */
            sums->known[f]++;
        } else if (row->cells[f].state == CELL_UNKNOWN) {
            sums->blank[f]++;
        }
    }
    sums->rows++;
}

static void
sum_put(struct buf *out, const struct sums *sums, uint32_t field)
{
    if (sums->known[field] > 0)
        money_print(out, sums->fen[field]);
    if (sums->blank[field] > 0)
        buf_printf(out, "%s%u 条空白", sums->known[field] > 0 ? "，另 " : "", sums->blank[field]);
    else if (sums->known[field] == 0)
        buf_str(out, "—");
}

/* One line of the table: one source, one kind that it delivers, one person. */
struct asked {
    uint32_t person, source;
    const struct kind *kind;
};

static enum coverage
asked_coverage(const struct report_case *report, const struct asked *asked)
{
    uint32_t kinds = report->household->model->kind_count;

    return report->judgement
        ->kind_coverage[asked->person][asked->source * kinds + asked->kind->number];
}

static int32_t
asked_as_of(const struct report_case *report, const struct asked *asked)
{
    const struct household *household = report->household;

    return household->persons[asked->person]
        .covers[asked->source * household->model->kind_count + asked->kind->number]
        .as_of;
}

/* How many rows, and the sum of their amounts where rows are wholly this person's. Rows of another
 * name are only counted: they may be somebody else's. */
static void
found_put(struct buf *out, const struct report_case *report, const struct asked *asked)
{
    const struct kind *kind = asked->kind;
    const struct household_list *list =
        &report->household->persons[asked->person].lists[kind->number];
    struct sums sums = {.rows = 0};
    uint32_t others = 0;

    for (uint32_t r = 0; r < list->row_count; r++) {
        if (list->rows[r].source != (int16_t)asked->source)
            continue;
        if (list->rows[r].match == MATCH_NAME_CONFLICT)
            others++;
        else
            sums_add(&sums, &list->rows[r]);
    }
    if (sums.rows + others == 0) {
        buf_str(out, "—");
        return;
    }
    html_text(out, kind->zh);
    buf_printf(out, " %u 条", sums.rows + others);
    for (uint32_t f = 0; f < kind->field_count && kind->share < 0; f++) {
        if (sums.known[f] + sums.blank[f] == 0)
            continue;
        buf_str(out, "，");
        html_text(out, kind->fields[f].zh);
        buf_str(out, "合计 ");
        sum_put(out, &sums, f);
        buf_str(out, sums.known[f] > 0 && sums.blank[f] == 0 ? " 元" : "");
    }
    if (others > 0)
        buf_printf(out, "（其中 %u 条姓名不符，只作线索，未计入合计）", others);
}

/* The state in the words of the field, and why where it is not an answer. */
static void
state_put(struct buf *out, const struct report_case *report, const struct asked *asked)
{
    enum number_state number = report->household->persons[asked->person].number;
    enum coverage coverage = asked_coverage(report, asked);
    const char *name = coverage_name(coverage), *says = coverage_zh(coverage), *why = "";

    if (number == NUMBER_INVALID && coverage != COVERAGE_NOT_APPLICABLE) {
        name = "invalid";
        says = "无法匹配";
        why = "证件号码无效，没有查询";
    } else if (number == NUMBER_NONE) {
        says = "不适用";
        why = "新生儿，没有号码可查";
    } else if (coverage == COVERAGE_NOT_ASKED) {
        says = "未查询";
        why = "没有有效授权";
    } else if (coverage == COVERAGE_NOT_ANSWERED) {
        why = "没有收到该来源的数据";
    } else if (coverage == COVERAGE_PARTIAL) {
        why = "该来源的部分记录无法读入";
    }
    buf_str(out, "<td class=\"s-");
    buf_str(out, name);
    buf_str(out, "\">");
    html_str(out, says);
    if (why[0] != '\0') {
        buf_str(out, "<br><span class=\"small\">");
        html_str(out, why);
        buf_str(out, "</span>");
    } else if (coverage == COVERAGE_STALE) {
        buf_printf(out, "<br><span class=\"small\">超过 %d 天</span>",
                   pack_source(report->pack, asked->source)->valid_days);
    }
    buf_str(out, "</td>");
}

static void
asked_put(struct buf *out, const struct report_case *report, const struct asked *asked)
{
    const struct pack_source *source = pack_source(report->pack, asked->source);
    int32_t as_of = asked_as_of(report, asked);
    bool is_asked = as_of != INT32_MIN || asked_coverage(report, asked) == COVERAGE_NOT_ANSWERED;

    buf_str(out, "<td>");
    html_text(out, source->zh);
    if ((source->kinds & (source->kinds - 1)) != 0) { /* several kinds: which one */
        buf_str(out, "（");
        html_text(out, asked->kind->zh);
        buf_str(out, "）");
    }
    buf_str(out, "</td><td class=\"w\">");
    report_day(out, is_asked ? report->household->checked_on : INT32_MIN);
    buf_str(out, "</td><td class=\"w\">");
    report_day(out, as_of);
    buf_str(out, "</td>");
    state_put(out, report, asked);
    buf_str(out, "<td>");
    found_put(out, report, asked);
    buf_str(out, "</td></tr>\n");
}

/* All lines of one person, behind one head. */
static void
person_put(struct buf *out, const struct report_case *report, uint32_t p)
{
    const struct household *household = report->household;
    const struct model *model = household->model;
    uint32_t lines = 0;

    for (uint32_t s = 0; s < household->source_count; s++)
        lines += (uint32_t)__builtin_popcountll(pack_source(report->pack, s)->kinds);
    buf_printf(out, "<tbody>\n<tr><th scope=\"rowgroup\" class=\"w\" rowspan=\"%u\">", lines);
    report_person(out, &household->persons[p]);
    buf_str(out, "</th>");
    for (uint32_t s = 0, line = 0; s < household->source_count; s++)
        for (uint32_t k = 0; k < model->kind_count; k++) {
            struct asked asked = {p, s, &model->kinds[k]};

            if ((pack_source(report->pack, s)->kinds >> k & 1) == 0)
                continue;
            buf_str(out, line++ == 0 ? "" : "<tr>");
            asked_put(out, report, &asked);
        }
    buf_str(out, lines == 0 ? "</tr>\n</tbody>\n" : "</tbody>\n");
}

void
report_sources(struct buf *out, const struct report_case *report)
{
    report_section(out, "七、查询情况");
    buf_str(out, "<table class=\"t\">\n<thead><tr><th scope=\"col\">成员</th><th scope=\"col\">来源"
                 "</th><th scope=\"col\">查询日</th><th scope=\"col\">数据截至</th><th "
                 "scope=\"col\">结果</th><th scope=\"col\">查到</th></tr></thead>\n");
    for (uint32_t p = 0; p < report->household->person_count; p++)
        person_put(out, report, p);
    buf_str(out, "</table>\n<p "
                 "class=\"small\">有记录：来源已完整反馈，查到此人的记录。无记录：来源已完整反馈，"
                 "没有此人的记录。未查询、未反馈、无法匹配、部分反馈、数据过期都不是“没有”，相应信"
                 "息按未知处理。"
                 "</p>\n");
    report_section_end(out);
}

static const char *
match_zh(enum match_class match)
{
    static const char *const words[MATCH_CLASSES] = {
        [MATCH_NAME_CONFLICT] = "不符，线索",
        [MATCH_NAME_ABSENT] = "没有姓名",
        [MATCH_NAME_VARIANT] = "异写相符",
        [MATCH_UPGRADED] = "相符（升位）",
        [MATCH_EXACT] = "相符",
    };

    return words[match];
}

/* Is the field a column of the kind's table? Rows with a period are told in groups: then only
 * codes and amounts are. */
static bool
is_column(const struct kind *kind, uint32_t f)
{
    const struct field *field = &kind->fields[f];

    if (field->type == FIELD_IDENTITY || field->type == FIELD_NAME)
        return false;
    return kind->period < 0 || field->type == FIELD_CODE || field->type == FIELD_MONEY;
}

static bool
is_number(const struct field *field)
{
    return field->type == FIELD_MONEY || field->type == FIELD_DECIMAL || field->type == FIELD_INT;
}

static void
head_put(struct buf *out, const struct kind *kind)
{
    buf_str(out, "<thead><tr><th scope=\"col\">记录</th>");
    for (uint32_t f = 0; f < kind->field_count; f++) {
        if (!is_column(kind, f))
            continue;
        buf_str(out, is_number(&kind->fields[f]) ? "<th scope=\"col\" class=\"n\">"
                                                 : "<th scope=\"col\">");
        html_text(out, kind->fields[f].zh);
        if (kind->fields[f].type == FIELD_MONEY)
            buf_str(out, kind->period < 0 ? "（元）" : "合计（元）");
        buf_str(out, "</th>");
    }
    if (kind->period >= 0)
        buf_str(out, "<th scope=\"col\">月份</th><th scope=\"col\" class=\"n\">条数</th>");
    buf_str(out, "<th scope=\"col\">来源，数据截至</th><th scope=\"col\">姓名</th></tr></thead>\n"
                 "<tbody>\n");
}

/* Are the rows told as one line? Same codes, source, day and name class. */
static bool
is_together(const struct household_row *a, const struct household_row *b)
{
    const struct kind *kind = a->kind;

    if (kind->period < 0 || a->source != b->source || a->seen != b->seen || a->match != b->match)
        return false;
    for (uint32_t f = 0; f < kind->field_count; f++)
        if (kind->fields[f].type == FIELD_CODE &&
            (a->cells[f].state != b->cells[f].state || a->cells[f].number != b->cells[f].number))
            return false;
    return true;
}

static void
months_put(struct buf *out, const struct household_row *rows, uint32_t count)
{
    uint32_t period = (uint32_t)rows->kind->period;
    int64_t first = INT64_MAX, last = INT64_MIN;

    for (uint32_t r = 0; r < count; r++) {
        int64_t month = rows[r].cells[period].number;

        if (rows[r].cells[period].state != CELL_VALUE)
            continue;
        first = month < first ? month : first;
        last = month > last ? month : last;
    }
    buf_str(out, "<td>");
    if (first <= last)
        month_print(out, (int32_t)first);
    if (first < last) {
        buf_str(out, "<br>至 ");
        month_print(out, (int32_t)last);
    }
    buf_printf(out, "</td><td class=\"n\">%u</td>", count);
}

/* One line of a kind's table: one row, or a group of rows with a period. */
static void
record_put(struct buf *out, const struct report_case *report, const struct household_row *rows,
           uint32_t count)
{
    const struct kind *kind = rows->kind;
    const char *key = report->household->persons[rows->person].key;
    struct sums sums = {.rows = 0};

    for (uint32_t r = 0; r < count; r++)
        sums_add(&sums, &rows[r]);
    buf_str(out, "<tr><th scope=\"row\" class=\"w\"><code>");
    buf_printf(out, "%s." TEXT_FMT ".%u", key, TEXT_ARG(kind->list), rows[0].place);
    if (count > 1)
        buf_printf(out, "…%u", rows[count - 1].place);
    buf_str(out, "</code></th>");
    for (uint32_t f = 0; f < kind->field_count; f++) {
        const struct field *field = &kind->fields[f];

        if (!is_column(kind, f))
            continue;
        buf_str(out, is_number(field) ? "<td class=\"n\">"
                     : rows->cells[f].state == CELL_VALUE && field->type == FIELD_TEXT &&
                             rows->cells[f].text.len > WHOLE_BYTES
                         ? "<td>"
                         : "<td class=\"w\">");
        if (field->type == FIELD_MONEY && kind->period >= 0)
            sum_put(out, &sums, f);
        else if (rows->cells[f].state == CELL_VALUE)
            report_value(out, field, &rows->cells[f]);
        else
            buf_str(out, rows->cells[f].state == CELL_NONE ? "—" : "空白");
        buf_str(out, "</td>");
    }
    if (kind->period >= 0)
        months_put(out, rows, count);
    buf_str(out, "<td class=\"w\">");
    html_text(out, pack_source(report->pack, (uint32_t)rows->source)->zh);
    buf_str(out, "<br>");
    report_day(out, rows->seen);
    buf_str(out, "</td>");
    html_say(out, "td class=\"w\"", match_zh(rows->match));
    buf_str(out, "</tr>\n");
}

static bool
kind_put(struct buf *out, const struct report_case *report, const struct kind *kind)
{
    const struct household *household = report->household;
    uint32_t total = 0;

    for (uint32_t p = 0; p < household->person_count; p++)
        total += household->persons[p].lists[kind->number].row_count;
    if (total == 0)
        return false;
    html_put(out, "h3", kind->zh);
    buf_str(out, "\n<div class=\"scroll\"><table class=\"t\">\n");
    head_put(out, kind);
    for (uint32_t p = 0; p < household->person_count; p++) {
        const struct household_list *list = &household->persons[p].lists[kind->number];
        uint32_t shown = list->row_count < kind->limit ? list->row_count : kind->limit;

        for (uint32_t r = 0, end; r < shown; r = end) {
            for (end = r + 1; end < shown && is_together(&list->rows[r], &list->rows[end]);)
                end++;
            record_put(out, report, &list->rows[r], end - r);
        }
    }
    buf_str(out, "</tbody>\n</table></div>\n");
    return true;
}

void
report_records(struct buf *out, const struct report_case *report)
{
    const struct model *model = report->household->model;
    bool is_any = false;

    report_section(out, "八、查到的记录");
    for (uint32_t k = 0; k < model->kind_count; k++)
        if (&model->kinds[k] != model->applicant && kind_put(out, report, &model->kinds[k]))
            is_any = true;
    if (!is_any)
        buf_str(out, "<p>没有查到记录；哪些来源完整反馈过，见第七部分。</p>\n");
    report_section_end(out);
}
