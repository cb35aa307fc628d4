/* SPDX-License-Identifier: Apache-2.0 */
/* report.c: the frame of a report, its conclusion and its foot; the parts between have files of
 * their own. */
#include "engine/verdict/report.h"

#include <string.h>

#include "engine/model/value.h"
#include "engine/verdict/report_in.h"

#include "engine/base/ban.h"

#define NAME_BYTES_MAX 120 /* of a report's file, so that it fits wherever it is copied to */
#define MARKS 7            /* lines of the watermark on a page */

const char *
report_level_zh(enum level level)
{
    static const char *const words[] = {[LEVEL_NONE] = "",
                                        [LEVEL_ASK] = "请核实",
                                        [LEVEL_DOUBT] = "待补",
                                        [LEVEL_DENY] = "异议",
                                        [LEVEL_HOLD] = "暂缓"};

    return words[level];
}

const char *
report_outcome_says(enum outcome outcome)
{
    static const char *const sentences[] = {
        [OUTCOME_MET] = "应查的来源都已完整、及时反馈，没有规则提出异议。",
        [OUTCOME_NOT_MET] = "已知事实触及下列规则，请委托单位核实后作出决定。",
        [OUTCOME_INCOMPLETE] =
            "现有信息没有触及规则，但仍有可能改变结论的信息未知，补齐后应再次核对。",
        [OUTCOME_REVIEW] = "有事项须由工作人员核实，核实之前不宜据此作出决定。",
    };

    return sentences[outcome];
}

void
report_name(struct buf *out, struct text case_no)
{
    static const char hex[] = "0123456789abcdef";
    size_t begin = out->len;

    for (size_t i = 0; i < case_no.len; i++) {
        uint8_t c = (uint8_t)case_no.at[i];
        bool is_plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                        (c >= '0' && c <= '9') || (c == '-' && i > 0);

        /* overview pages are called index….html, whatever the case of the letters */
        if (i == 0 && (c == 'i' || c == 'I'))
            is_plain = false;
        if (is_plain) {
            buf_byte(out, (char)c);
        } else {
            buf_byte(out, '_');
            buf_byte(out, hex[c >> 4]);
            buf_byte(out, hex[c & 15]);
        }
    }
    if (!out->is_failed && out->len - begin > NAME_BYTES_MAX) {
        struct digest digest = digest_of(case_no.at, case_no.len);

        out->len = begin + NAME_BYTES_MAX - 18;
        buf_str(out, "__");
        buf_hex(out, digest.bytes, 8);
    }
    buf_str(out, ".html");
}

void
report_section(struct buf *out, const char *title)
{
    buf_str(out, "<tr><td><section>\n");
    html_say(out, "h2", title);
    buf_byte(out, '\n');
}

void
report_section_end(struct buf *out)
{
    buf_str(out, "</section></td></tr>\n");
}

void
report_person(struct buf *out, const struct person *person)
{
    html_str(out, person->key);
    buf_byte(out, ' ');
    html_text(out, person->masked_name.len > 0 ? person->masked_name : TEXT("（无姓名）"));
}

void
report_day(struct buf *out, int32_t day)
{
    if (day == INT32_MIN)
        buf_str(out, "—");
    else
        date_print(out, day);
}

const struct cell *
report_cell(const struct household *household, const char *field)
{
    int32_t f = kind_field(household->model->applicant, text_of(field));
    const struct cell *cell = f < 0 ? NULL : &household->case_cells[f];

    return cell == NULL || cell->state != CELL_VALUE ? NULL : cell;
}

void
report_value(struct buf *out, const struct field *field, const struct cell *cell)
{
    if (cell->state != CELL_VALUE) {
        buf_str(out, cell->state == CELL_NONE ? "无" : "未填");
        return;
    }
    switch (field->type) {
    case FIELD_IDENTITY:
        break; /* a pseudonym says nothing to people */
    case FIELD_CODE:
        html_text(out, field->codes->codes[cell->number].zh);
        break;
    case FIELD_DATE:
        date_print(out, (int32_t)cell->number);
        break;
    case FIELD_MONTH:
        month_print(out, (int32_t)cell->number);
        break;
    case FIELD_MONEY:
        money_print(out, cell->number);
        break;
    case FIELD_DECIMAL:
        decimal_print(out, cell->number, field->scale);
        break;
    case FIELD_INT:
        buf_int(out, cell->number);
        break;
    case FIELD_BOOL:
        buf_str(out, cell->number != 0 ? "是" : "否");
        break;
    default: /* names and sensitive texts rest masked */
        html_text(out, cell->text);
    }
}

static struct text
body_of(const struct household *household)
{
    const struct cell *body = report_cell(household, "entrusting_body");

    return body == NULL ? TEXT("委托单位") : body->text;
}

/* What repeats on every sheet of paper: whose it is, and for whose use. */
static void
frame_begin(struct buf *out, const struct report_case *report)
{
    const struct household *household = report->household;

    buf_str(out, "<div class=\"mark\" aria-hidden=\"true\">");
    for (uint32_t i = 0; i < MARKS; i++) {
        buf_str(out, "<span>仅供 ");
        html_text(out, body_of(household));
        buf_str(out, " 使用　");
        html_text(out, household->case_no);
        buf_str(out, "</span>");
    }
    buf_str(out, "</div>\n<table class=\"frame\" role=\"presentation\">\n<thead><tr><td>"
                 "<div class=\"running\"><span>核对编号 ");
    html_text(out, household->case_no);
    buf_str(out, "</span><span>仅供 ");
    html_text(out, body_of(household));
    buf_str(out, " 使用，注意保密</span></div></td></tr></thead>\n<tbody>\n");
}

/* What has to be done next, once each, in the order of the findings. */
static void
steps_put(struct buf *out, const struct judgement *judgement)
{
    bool is_any = false;

    for (uint32_t i = 0; i < judgement->finding_count; i++) {
        const struct finding *finding = &judgement->findings[i];

        for (uint32_t s = 0; s < finding->settle_count; s++) {
            bool is_told = false;

            for (uint32_t b = 0; b <= i && !is_told; b++) {
                const struct finding *before = &judgement->findings[b];
                uint32_t until = b == i ? s : before->settle_count;

                for (uint32_t k = 0; k < until && !is_told; k++)
                    is_told = text_eq(before->settle[k], finding->settle[s]);
            }
            if (is_told)
                continue;
            buf_str(out, is_any ? "" : "<p>还需要补齐：</p>\n<ul>");
            html_put(out, "li", finding->settle[s]);
            is_any = true;
        }
    }
    buf_str(out, is_any ? "</ul>\n" : "");
}

static void
conclusion_put(struct buf *out, const struct report_case *report)
{
    const struct judgement *judgement = report->judgement;
    uint32_t counts[LEVEL_HOLD + 1] = {0};
    bool is_any = false;

    report_section(out, "二、核对结论");
    for (uint32_t i = 0; i < judgement->finding_count; i++)
        counts[judgement->findings[i].level]++;
    buf_str(out, "<div class=\"end ");
    buf_str(out, outcome_name(judgement->outcome));
    buf_str(out, "\">\n<p>");
    html_say(out, "span class=\"word\"", outcome_zh(judgement->outcome));
    html_str(out, report_outcome_says(judgement->outcome));
    buf_str(out, "</p>\n");
    if (judgement->finding_count > 0) {
        buf_str(out, "<p>共发现 ");
        buf_uint(out, judgement->finding_count);
        buf_str(out, " 项（");
        for (int level = LEVEL_HOLD; level > LEVEL_NONE; level--) {
            if (counts[level] == 0)
                continue;
            buf_str(out, is_any ? "，" : "");
            buf_str(out, report_level_zh((enum level)level));
            buf_printf(out, " %u", counts[level]);
            is_any = true;
        }
        buf_str(out, "），首要的是：");
        html_text(out, judgement->findings[0].zh);
        buf_str(out, "。</p>\n");
    }
    steps_put(out, judgement);
    buf_str(out, "<p class=\"note\">只核对，不认定：本报告只说明查到了什么；"
                 "是否给予救助，由委托单位依法决定。</p>\n</div>\n");
    report_section_end(out);
}

static void
signatures_put(struct buf *out)
{
    buf_str(out, "<div class=\"sign\"><div>"
                 "<p>经办人：<span class=\"line\"></span></p>"
                 "<p>复核人：<span class=\"line\"></span></p>"
                 "<p>签发日期：<span class=\"line\"></span></p></div>"
                 "<div class=\"seal\">核对机构盖章处</div></div>\n");
}

static void
digest_row(struct buf *out, const char *name, const struct digest *digest)
{
    char hex[2 * DIGEST_BYTES + 1];

    digest_hex(digest, hex);
    buf_str(out, "<tr>");
    html_say(out, "th scope=\"row\"", name);
    buf_str(out, "<td><code>");
    html_str(out, hex);
    buf_str(out, "</code></td></tr>\n");
}

/* How to hold the paper against the files. */
static void
matching_put(struct buf *out, const struct report_case *report)
{
    report_section(out, "十一、签章与核验");
    signatures_put(out);
    buf_str(out, "<table class=\"t pairs\">\n<caption>核验信息</caption>\n");
    digest_row(out, "结论行摘要", &report->line);
    buf_str(out, "<tr><th scope=\"row\">本次核对</th><td><code>");
    html_text(out, report->run);
    buf_str(out, "</code></td></tr>\n");
    digest_row(out, "规则包摘要", pack_hash(report->pack));
    buf_str(out,
            "</table>\n<p class=\"small\">结论行摘要是 verdicts.jsonl 中本案一行（含换行符）的 "
            "SHA-256；本次核对的编号与 run.json 中的 run 相同。两者都相符，"
            "本报告就与当时的核对结果一致；其中任何一字改动，摘要都会不同。</p>\n");
    report_section_end(out);
}

void
report_print(struct buf *out, const struct report_case *report)
{
    struct buf title;

    buf_init(&title, true);
    buf_str(&title, "核对报告 ");
    buf_text(&title, report->household->case_no);
    html_begin(out, buf_part(out, &title));
    buf_release(&title);
    frame_begin(out, report);
    report_basics(out, report);
    conclusion_put(out, report);
    report_members(out, report);
    report_findings(out, report);
    report_declared(out, report);
    report_figures(out, report);
    report_sources(out, report);
    report_records(out, report);
    report_notes(out, report);
    report_validity(out, report);
    matching_put(out, report);
    buf_str(out, "</tbody>\n</table>\n");
    html_end(out);
}
