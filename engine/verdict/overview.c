/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/verdict/overview.h"

#include <stdlib.h>
#include <string.h>

#include "engine/verdict/html.h"

#include "engine/base/ban.h"

void
overview_case_fill(struct overview_case *out, const struct household *household,
                   const struct judgement *judgement)
{
    *out = (struct overview_case){.case_no = household->case_no,
                                  .outcome = judgement->outcome,
                                  .level = LEVEL_NONE,
                                  .share = -1,
                                  .finding_count = judgement->finding_count,
                                  .missing_count = judgement->missing_count,
                                  .member_count = household->member_count};
    if (judgement->finding_count > 0) {
        out->headline = judgement->findings[0].zh;
        out->level = judgement->findings[0].level;
        out->severity = judgement->findings[0].severity;
        out->share = judgement->findings[0].share;
    }
}

static int
outcome_rank(enum outcome outcome)
{
    static const int ranks[] = {
        [OUTCOME_NOT_MET] = 0, [OUTCOME_REVIEW] = 1, [OUTCOME_INCOMPLETE] = 2, [OUTCOME_MET] = 3};

    return ranks[outcome];
}

#define BY(x, y)                                                                                   \
    do {                                                                                           \
        if ((x) != (y))                                                                            \
            return (x) < (y) ? -1 : 1;                                                             \
    } while (0)

static int
case_order(const void *a, const void *b)
{
    const struct overview_case *x = a, *y = b;

    BY(outcome_rank(x->outcome), outcome_rank(y->outcome));
    if (x->outcome == OUTCOME_INCOMPLETE)
        BY(x->missing_count, y->missing_count);
    BY(y->level, x->level);
    BY(y->severity, x->severity);
    BY(y->share, x->share);
    return text_cmp(x->case_no, y->case_no);
}

void
overview_rank(struct overview_case *cases, uint32_t count)
{
    if (count > 1)
        qsort(cases, count, sizeof *cases, case_order);
}

static uint32_t
pages_of(uint32_t rows)
{
    return (rows + OVERVIEW_ROWS - 1) / OVERVIEW_ROWS;
}

uint32_t
overview_pages(const struct overview *overview)
{
    return overview->case_count == 0 ? 1 : pages_of(overview->case_count);
}

uint32_t
overview_refused_pages(const struct overview *overview)
{
    return pages_of(overview->refused_count);
}

void
overview_name(struct buf *out, bool is_refused, uint32_t page)
{
    buf_str(out, is_refused ? "index-refused" : "index");
    if (page > 0)
        buf_printf(out, "-%u", page + 1);
    buf_str(out, ".html");
}

static void
frame_begin(struct buf *out, const struct overview *overview, const char *title)
{
    html_begin(out, text_of(title));
    buf_str(out,
            "<table class=\"frame wide\" role=\"presentation\">\n<thead><tr><td><div "
            "class=\"running\"><span>批次核对一览</span><span>只供核对机构内部使用，注意保密</span>"
            "</div></td></tr></thead>\n<tbody><tr><td>\n");
    html_say(out, "h1", title);
    buf_str(out, "<p class=\"sub\">");
    html_text(out, pack_zh(overview->pack));
    buf_str(out, "　本次核对 <code>");
    html_text(out, overview->run);
    buf_str(out, "</code></p>\n");
}

static void
frame_end(struct buf *out)
{
    buf_str(out, "</td></tr></tbody>\n</table>\n");
    html_end(out);
}

/* Links to all pages; the one at hand is no link. */
static void
pages_put(struct buf *out, bool is_refused, uint32_t count, uint32_t page)
{
    if (count < 2)
        return;
    buf_str(out, "<nav aria-label=\"分页\">");
    for (uint32_t i = 0; i < count; i++) {
        if (i == page) {
            buf_printf(out, "<b aria-current=\"page\">第 %u 页</b>", i + 1);
            continue;
        }
        buf_str(out, "<a href=\"");
        overview_name(out, is_refused, i);
        buf_printf(out, "\">第 %u 页</a>", i + 1);
    }
    buf_str(out, "</nav>\n");
}

static void
counts_put(struct buf *out, const struct overview *overview)
{
    static const enum outcome order[] = {OUTCOME_NOT_MET, OUTCOME_REVIEW, OUTCOME_INCOMPLETE,
                                         OUTCOME_MET};

    buf_str(out, "<ul class=\"counts\">\n");
    for (size_t i = 0; i < LEN(order); i++) {
        buf_str(out, "<li class=\"");
        buf_str(out, outcome_name(order[i]));
        buf_str(out, "\"><b>");
        buf_uint(out, overview->outcomes[order[i]]);
        buf_str(out, "</b>");
        buf_str(out, outcome_zh(order[i]));
        buf_str(out, "</li>\n");
    }
    buf_str(out, "<li><b>");
    buf_uint(out, overview->refused_cases);
    buf_str(out, "</b>");
    if (overview->refused_count > 0)
        buf_str(out, "<a href=\"index-refused.html\">整案退回</a>");
    else
        buf_str(out, "整案退回");
    buf_str(out, "</li>\n</ul>\n");
}

/* What a group of summary.json is about: a source, "vehicles.price", "labour", "case.F" … */
static void
cause_subject(struct buf *out, const struct overview *overview, struct text name)
{
    size_t dot = text_find(name, TEXT("."));
    struct text list = {name.at, dot == SIZE_MAX ? 0 : dot};
    const struct kind *kind =
        dot == SIZE_MAX ? overview->model->applicant : model_kind_by_list(overview->model, list);
    struct text field =
        dot == SIZE_MAX ? name : (struct text){name.at + dot + 1, name.len - dot - 1};
    int32_t number = kind == NULL ? -1 : kind_field(kind, field);

    if (number >= 0 && dot != SIZE_MAX) {
        buf_text(out, kind->zh);
        buf_str(out, "的");
    }
    if (number >= 0)
        buf_text(out, kind->fields[number].zh);
    else
        labels_name(out, overview->labels, dot == SIZE_MAX ? "@" : "", name);
}

/* The reason behind " × ": the name of a coverage, "blank", "invalid", or a month. */
static void
cause_reason(struct buf *out, struct text reason)
{
    if (text_is(reason, "blank")) {
        buf_str(out, "空白");
        return;
    }
    if (text_is(reason, "invalid")) {
        buf_str(out, "无效");
        return;
    }
    for (int c = COVERAGE_FOUND; c <= COVERAGE_NOT_APPLICABLE; c++)
        if (text_is(reason, coverage_name((enum coverage)c))) {
            buf_str(out, coverage_zh((enum coverage)c));
            return;
        }
    if (text_starts(reason, TEXT(".."))) {
        buf_put(out, reason.at + 2, reason.len - 2);
        buf_str(out, " 及以前没有数据");
        return;
    }
    buf_text(out, reason);
    buf_str(out, reason.len > 0 ? " 没有数据" : "");
}

static void
causes_put(struct buf *out, const struct overview *overview)
{
    struct buf words;

    if (overview->cause_count == 0)
        return;
    buf_init(&words, false);
    buf_str(out,
            "<h2>信息不全的原因</h2>\n<p class=\"small\">按来源和原因归并，案件多的在前：补齐一项，"
            "可以推进一批案件。一案可有几项原因。</p>\n<table class=\"t\">\n<thead><tr><th "
            "scope=\"col\">缺什么</th><th scope=\"col\">原因</th><th scope=\"col\" class=\"n\">"
            "案件</th></tr></thead>\n<tbody>\n");
    for (uint32_t i = 0; i < overview->cause_count; i++) {
        static const struct text times = {" \xC3\x97 ", 4}; /* × between blanks */
        struct text name = overview->causes[i].name, reason = {"", 0};
        size_t at = text_find(name, times);

        if (at != SIZE_MAX) {
            reason = (struct text){name.at + at + times.len, name.len - at - times.len};
            name.len = at;
        }
        buf_reset(&words);
        cause_subject(&words, overview, name);
        buf_str(out, "<tr>");
        html_put(out, "th scope=\"row\"", buf_part(out, &words));
        buf_reset(&words);
        cause_reason(&words, reason);
        html_put(out, "td", buf_part(out, &words));
        buf_str(out, "<td class=\"n\">");
        buf_uint(out, overview->causes[i].cases);
        buf_str(out, "</td></tr>\n");
    }
    buf_str(out, "</tbody>\n</table>\n");
    buf_release(&words);
}

/* An eighth of the limit is "12.5%"; of a limit of nothing there is no share. */
static void
share_put(struct buf *out, int64_t share)
{
    if (share < 0)
        buf_str(out, "—");
    else if (share == INT64_MAX)
        buf_str(out, "限额为零");
    else
        buf_printf(out, "%lld.%lld%%", (long long)(share / 10000), (long long)(share / 1000 % 10));
}

static void
case_put(struct buf *out, const struct overview_case *row, uint32_t number)
{
    buf_printf(out, "<tr><td class=\"n\">%u</td><th scope=\"row\"><a href=\"", number);
    report_name(out, row->case_no);
    buf_str(out, "\">");
    html_text(out, row->case_no);
    buf_str(out, "</a></th><td class=\"w\">");
    buf_str(out, outcome_zh(row->outcome));
    buf_str(out, "</td><td>");
    html_text(out, row->headline);
    buf_str(out, "</td><td class=\"n\">");
    share_put(out, row->level == LEVEL_DENY ? row->share : -1);
    buf_printf(out,
               "</td><td class=\"n\">%u</td><td class=\"n\">%u</td><td class=\"n\">%u</td>"
               "</tr>\n",
               row->finding_count, row->missing_count, row->member_count);
}

void
overview_print(struct buf *out, const struct overview *overview, uint32_t page)
{
    uint32_t first = page * OVERVIEW_ROWS, last = first + OVERVIEW_ROWS;

    last = last < overview->case_count ? last : overview->case_count;
    frame_begin(out, overview, "批次核对一览");
    counts_put(out, overview);
    if (page == 0)
        causes_put(out, overview);
    buf_str(
        out,
        "<h2>案件</h2>\n<p "
        "class=\"small\">"
        "次序：疑似不符（规则要紧的在前，同样要紧的按超出限额的比例）、需人工复核（暂缓的在前）、"
        "信息不全（缺得少的在前）、未见不符。点击核对编号打开报告。</p>\n");
    pages_put(out, false, overview_pages(overview), page);
    buf_str(out,
            "<table class=\"t\">\n<thead><tr><th scope=\"col\" class=\"n\">次序</th><th "
            "scope=\"col\">核对编号</th><th scope=\"col\">结论</th><th scope=\"col\">首要事项</th>"
            "<th scope=\"col\" class=\"n\">超出限额</th><th scope=\"col\" class=\"n\">事项</th>"
            "<th scope=\"col\" class=\"n\">缺项</th><th scope=\"col\" class=\"n\">成员</th></tr>"
            "</thead>\n<tbody>\n");
    for (uint32_t i = first; i < last; i++)
        case_put(out, &overview->cases[i], i + 1);
    buf_str(out, "</tbody>\n</table>\n");
    pages_put(out, false, overview_pages(overview), page);
    frame_end(out);
}

void
overview_refused_print(struct buf *out, const struct overview *overview, uint32_t page)
{
    uint32_t first = page * OVERVIEW_ROWS, last = first + OVERVIEW_ROWS;

    last = last < overview->refused_count ? last : overview->refused_count;
    frame_begin(out, overview, "整案退回的案件");
    buf_str(out, "<p><a href=\"index.html\">返回一览</a></p>\n<p>共 ");
    buf_uint(out, overview->refused_cases);
    buf_str(out, " 案没有核对：一案中任何一行读不了，就整案退回，免得少算家庭成员。"
                 "改正后请把整批重新提交。</p>\n");
    pages_put(out, true, overview_refused_pages(overview), page);
    buf_str(out,
            "<table class=\"t\">\n<thead><tr><th scope=\"col\">核对编号</th><th scope=\"col\">原因"
            "</th><th scope=\"col\">列</th><th scope=\"col\" class=\"n\">行号</th></tr></thead>\n"
            "<tbody>\n");
    for (uint32_t i = first; i < last; i++) {
        const struct overview_refused *row = &overview->refused[i];

        buf_str(out, "<tr>");
        html_put(out, "th scope=\"row\"", row->case_no.len > 0 ? row->case_no : TEXT("（读不出）"));
        html_put(out, "td", row->why);
        html_put(out, "td", row->field);
        buf_str(out, "<td class=\"n\">");
        if (row->line > 0)
            buf_uint(out, row->line);
        buf_str(out, "</td></tr>\n");
    }
    buf_str(out, "</tbody>\n</table>\n");
    pages_put(out, true, overview_refused_pages(overview), page);
    frame_end(out);
}
