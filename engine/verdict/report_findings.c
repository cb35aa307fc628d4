/* SPDX-License-Identifier: Apache-2.0 */
/* report_findings.c: what was found: rule, arithmetic, evidence, what would settle it; then
 * declared against found, and the figures. */
#include <string.h>

#include "engine/model/value.h"
#include "engine/verdict/report_in.h"

#include "engine/base/ban.h"

static void
term(struct buf *out, const char *name)
{
    html_say(out, "dt", name);
    buf_str(out, "<dd>");
}

/* Words made from outside's words: escaped after they are made. */
static void
words_put(struct buf *out, const struct buf *words)
{
    html_text(out, buf_part(out, words));
}

static const char *
op_zh(struct text op)
{
    static const struct {
        const char *op, *zh;
    } words[] = {
        {">=", "不低于"},
        {">",  "大于"   },
        {"<=", "不高于"},
        {"<",  "小于"   },
        {"==", "等于"   },
        {"!=", "不等于"},
    };

    for (size_t i = 0; i < LEN(words); i++)
        if (text_is(op, words[i].op))
            return words[i].zh;
    return "对照";
}

static void
amount_put(struct buf *out, struct text value, struct text unit)
{
    html_text(out, value);
    if (unit.len > 0 && value.len > 0) {
        buf_byte(out, ' ');
        html_text(out, unit);
    }
}

static void
compared_put(struct buf *out, const struct report_case *report, const struct finding *finding,
             struct buf *words)
{
    if (finding->compared_count == 0)
        return;
    buf_str(out,
            "<table class=\"t\">\n<thead><tr><th scope=\"col\">比较的数值</th><th scope=\"col\" "
            "class=\"n\">数值</th><th scope=\"col\">比较</th><th scope=\"col\" class=\"n\">限额"
            "</th><th scope=\"col\">限额的来由</th><th scope=\"col\" class=\"n\">相差</th></tr>"
            "</thead>\n<tbody>\n");
    for (uint32_t i = 0; i < finding->compared_count; i++) {
        const struct compared *c = &finding->compared[i];

        buf_str(out, "<tr><td>");
        buf_reset(words);
        labels_expression(words, report->labels, c->left);
        words_put(out, words);
        buf_str(out, "</td><td class=\"n\">");
        buf_str(out, c->at_least ? "至少 " : c->at_most ? "至多 " : "");
        amount_put(out, c->value, c->unit);
        buf_str(out, "</td>");
        html_say(out, "td class=\"w\"", op_zh(c->op));
        buf_str(out, "<td class=\"n\">");
        amount_put(out, c->limit, c->unit);
        buf_str(out, "</td><td>");
        buf_reset(words);
        labels_expression(words, report->labels, c->right);
        words_put(out, words);
        buf_str(out, "</td><td class=\"n\">");
        amount_put(out, c->margin.len > 0 ? c->margin : TEXT("—"),
                   c->margin.len > 0 ? c->unit : TEXT(""));
        buf_str(out, "</td></tr>\n");
    }
    buf_str(out, "</tbody>\n</table>\n");
}

/* "A.incomes.7" without its number. */
static struct text
row_list(struct text row)
{
    while (row.len > 0 && row.at[row.len - 1] >= '0' && row.at[row.len - 1] <= '9')
        row.len--;
    return row;
}

/* Rows of one list, source and day that follow each other make one line. */
static void
evidence_put(struct buf *out, const struct report_case *report, const struct finding *finding,
             struct buf *words)
{
    if (finding->evidence_count == 0)
        return;
    term(out, "依据");
    for (uint32_t i = 0, end; i < finding->evidence_count; i = end) {
        const struct evidence_row *first = &finding->evidence[i], *last = first;

        for (end = i + 1; end < finding->evidence_count; end++) {
            const struct evidence_row *more = &finding->evidence[end];

            if (!text_eq(row_list(more->row), row_list(first->row)) ||
                !text_eq(more->source, first->source) || more->as_of != first->as_of)
                break;
            last = more;
        }
        buf_str(out, i == 0 ? "" : "<br>");
        buf_reset(words);
        labels_name(words, report->labels, "@", first->source);
        words_put(out, words);
        if (first->of == NULL) { /* the application's own field, in its words */
            buf_str(out, "：");
            buf_reset(words);
            labels_cause(words, report->labels, first->row);
            words_put(out, words);
            continue;
        }
        buf_str(out, "，数据截至 ");
        report_day(out, first->as_of);
        buf_str(out, "，记录 <code>");
        html_text(out, first->row);
        buf_str(out, "</code>");
        if (end > i + 1) {
            buf_str(out, " 至 <code>");
            html_text(out, last->row);
            buf_printf(out, "</code>（%u 条）", end - i);
        }
    }
    buf_str(out, "</dd>\n");
}

/* Before an objection counts, a person must look at these. */
static void
confirm_put(struct buf *out, const struct finding *finding)
{
    if (finding->confirm_count == 0)
        return;
    term(out, "决定前须确认");
    buf_str(out, "下列记录的金额、权利人与期间须由人确认：");
    for (uint32_t i = 0, end; i < finding->confirm_count; i = end) {
        struct text first = finding->confirm[i];

        for (end = i + 1; end < finding->confirm_count; end++)
            if (!text_eq(row_list(finding->confirm[end]), row_list(first)))
                break;
        buf_str(out, i == 0 ? "<code>" : "；<code>");
        html_text(out, first);
        buf_str(out, "</code>");
        if (end > i + 1) {
            buf_str(out, " 至 <code>");
            html_text(out, finding->confirm[end - 1]);
            buf_printf(out, "</code>（%u 条）", end - i);
        }
    }
    buf_str(out, "</dd>\n");
}

/* What would make the rule stop: the same words as `explain` has. */
static void
counter_put(struct buf *out, const struct report_case *report, const struct finding *finding,
            struct buf *words)
{
    if (finding->counter_count == 0 && !finding->is_counter_cut)
        return;
    term(out, "何时不再成立");
    for (uint32_t i = 0; i < finding->counter_count; i++) {
        const struct counter *counter = &finding->counter[i];

        buf_str(out, i == 0 ? "" : "；或");
        if (text_is(counter->what, "without")) {
            buf_str(out, "没有记录 <code>");
            html_text(out, counter->value);
            buf_str(out, "</code>");
            continue;
        }
        buf_reset(words);
        labels_expression(words, report->labels, counter->of);
        words_put(out, words);
        buf_byte(out, ' ');
        buf_str(out, counter_zh(counter->what));
        amount_put(out, counter->value, counter->unit);
    }
    buf_str(out, finding->is_counter_cut ? "（未试完）</dd>\n" : "</dd>\n");
}

static const char *
unless_zh(struct text is)
{
    return text_is(is, "true")      ? "成立"
           : text_is(is, "false")   ? "不成立"
           : text_is(is, "unknown") ? "未知"
           : text_is(is, "none")    ? "无从判断"
                                    : "无法计算";
}

static void
unless_put(struct buf *out, const struct report_case *report, const struct finding *finding)
{
    if (finding->unless_count == 0)
        return;
    term(out, "例外");
    for (uint32_t i = 0; i < finding->unless_count; i++) {
        const struct unless_result *unless = &finding->unless[i];

        buf_str(out, i == 0 ? "" : "<br>");
        html_text(out, pack_unless_zh(report->pack, finding->rule, unless->id));
        buf_str(out, "：");
        buf_str(out, unless_zh(unless->is));
    }
    buf_str(out, "</dd>\n");
}

static void
open_put(struct buf *out, const struct report_case *report, const struct finding *finding,
         struct buf *words)
{
    if (finding->open_count > 0) {
        term(out, "还不知道");
        for (uint32_t i = 0; i < finding->open_count; i++) {
            buf_reset(words);
            labels_cause(words, report->labels, finding->open[i]);
            buf_str(out, i == 0 ? "" : "；");
            words_put(out, words);
        }
        buf_str(out, "</dd>\n");
    }
    if (finding->settle_count > 0) {
        term(out, "怎样补齐");
        for (uint32_t i = 0; i < finding->settle_count; i++) {
            buf_str(out, i == 0 ? "" : "；");
            html_text(out, finding->settle[i]);
        }
        buf_str(out, "</dd>\n");
    }
}

static void
finding_put(struct buf *out, const struct report_case *report, const struct finding *finding,
            uint32_t number, struct buf *words)
{
    struct text rule = pack_rule_zh(report->pack, finding->rule);

    buf_str(out, "<article class=\"f ");
    buf_str(out, level_name(finding->level));
    buf_printf(out, "\">\n<h3>%u. <span class=\"tag\">", number);
    buf_str(out, report_level_zh(finding->level));
    buf_str(out, "</span>");
    html_text(out, finding->zh);
    buf_str(out, "</h3>\n");
    compared_put(out, report, finding, words);
    buf_str(out, "<dl>\n");
    term(out, "规则");
    html_text(out, rule);
    buf_str(out, rule.len > 0 ? "（<code>" : "<code>");
    html_text(out, finding->rule);
    if (!text_eq(finding->rule, finding->reason)) {
        buf_str(out, " · ");
        html_text(out, finding->reason);
    }
    buf_str(out, rule.len > 0 ? "</code>）" : "</code>");
    if (text_is(finding->grade, "lead"))
        buf_str(out, "，只凭线索");
    buf_str(out, "</dd>\n");
    if (finding->ref.len > 0) {
        term(out, "出处");
        html_text(out, finding->ref);
        buf_str(out, "</dd>\n");
    }
    evidence_put(out, report, finding, words);
    confirm_put(out, finding);
    counter_put(out, report, finding, words);
    unless_put(out, report, finding);
    open_put(out, report, finding, words);
    buf_str(out, "</dl>\n</article>\n");
}

void
report_findings(struct buf *out, const struct report_case *report)
{
    struct buf words;

    report_section(out, "四、发现的事项");
    if (report->judgement->finding_count == 0)
        buf_str(out, "<p>没有规则提出异议，也没有事项需要核实。</p>\n");
    buf_init(&words, true);
    for (uint32_t i = 0; i < report->judgement->finding_count; i++)
        finding_put(out, report, &report->judgement->findings[i], i + 1, &words);
    buf_release(&words);
    report_section_end(out);
}

void
report_declared(struct buf *out, const struct report_case *report)
{
    const struct judgement *judgement = report->judgement;

    report_section(out, "五、申报与核对到的对照");
    if (judgement->declared_count == 0) {
        buf_str(out, "<p>规则包没有列出须对照的项目。</p>\n");
        report_section_end(out);
        return;
    }
    buf_str(out, "<table class=\"t\">\n<thead><tr><th scope=\"col\">项目</th><th scope=\"col\" "
                 "class=\"n\">申报</th><th scope=\"col\" class=\"n\">核对到</th><th scope=\"col\">"
                 "结果</th><th scope=\"col\" class=\"n\">相差</th></tr></thead>\n<tbody>\n");
    for (uint32_t i = 0; i < judgement->declared_count; i++) {
        const struct declared_line *line = &judgement->declared[i];

        buf_str(out, "<tr>");
        html_put(out, "th scope=\"row\"", line->zh);
        buf_str(out, "<td class=\"n\">");
        amount_put(out, line->stated, text_is(line->stated, "未知") ? TEXT("") : line->unit);
        buf_str(out, "</td><td class=\"n\">");
        amount_put(out, line->found, text_is(line->found, "未知") ? TEXT("") : line->unit);
        buf_str(out, "</td>");
        html_put(out, "td", text_is(line->is, "unknown") ? TEXT("尚不能比较") : line->is);
        buf_str(out, "<td class=\"n\">");
        amount_put(out, line->difference.len > 0 ? line->difference : TEXT("—"),
                   line->difference.len > 0 ? line->unit : TEXT(""));
        buf_str(out, "</td></tr>\n");
    }
    buf_str(
        out,
        "</tbody>\n</table>\n<p class=\"small\">一致：差额在容许额之内。漏报：没有申报而核对到。"
        "少报：核对到的多于申报。多报：申报多于核对到的，规则通常从高计算。</p>\n");
    report_section_end(out);
}

static void
figure_put(struct buf *out, const struct report_case *report, const struct figure *figure,
           struct buf *words)
{
    bool has_number =
        figure->value.state == VALUE_KNOWN ||
        (figure->value.state == VALUE_UNKNOWN && (figure->value.has_lo || figure->value.has_hi));

    buf_str(out, "<tr>");
    html_put(out, "th scope=\"row\"", figure->zh.len > 0 ? figure->zh : figure->name);
    buf_reset(words);
    show_value(words, &figure->value, figure->type, LANG_ZH);
    buf_str(out, "<td class=\"n\">");
    amount_put(out, buf_part(out, words), has_number ? text_of(show_unit(figure->type)) : TEXT(""));
    buf_str(out, "</td><td>");
    for (uint32_t c = 0; c < figure->cause_count; c++) {
        buf_str(out, c == 0 ? "还不知道：" : "；");
        buf_reset(words);
        labels_cause(words, report->labels, figure->causes[c]);
        words_put(out, words);
    }
    buf_str(out, "</td></tr>\n");
}

void
report_figures(struct buf *out, const struct report_case *report)
{
    const struct judgement *judgement = report->judgement;
    struct buf words;

    report_section(out, "六、测算数值");
    buf_str(out, "<table class=\"t\">\n<thead><tr><th scope=\"col\">项目</th><th scope=\"col\" "
                 "class=\"n\">数值</th><th scope=\"col\">说明</th></tr></thead>\n<tbody>\n");
    buf_init(&words, true);
    for (uint32_t i = 0; i < judgement->figure_count; i++)
        figure_put(out, report, &judgement->figures[i], &words);
    buf_release(&words);
    buf_str(out,
            "</tbody>\n</table>\n<p class=\"small\">“约”：按分数精确计算，此处四舍五入到四位小数。"
            "“至少”“至多”：还有信息未知，这是已知部分给出的界限。未知不当作零。</p>\n");
    report_section_end(out);
}
