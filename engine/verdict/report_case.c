/* SPDX-License-Identifier: Apache-2.0 */
/* report_case.c: the case itself: who asked, for what, about whom, on which authorisation. */
#include <string.h>

#include "engine/verdict/report_in.h"

#include "engine/base/ban.h"

/* "label | value" twice a line. */
static void
pair_put(struct buf *out, const struct household *household, const char *field)
{
    const struct kind *kind = household->model->applicant;
    int32_t f = kind_field(kind, text_of(field));
    const struct cell *cell = report_cell(household, field);

    if (f < 0)
        return;
    html_put(out, "th scope=\"row\"", kind->fields[f].zh);
    buf_str(out, "<td>");
    if (cell == NULL)
        buf_str(out, "<span class=\"quiet\">未填</span>");
    else
        report_value(out, &kind->fields[f], cell);
    buf_str(out, "</td>");
}

void
report_basics(struct buf *out, const struct report_case *report)
{
    static const char *const pairs[][2] = {
        {"case_no",         "programme" },
        {"entrusting_body", "entrust_no"},
        {"purpose",         "division"  },
        {"applied_on",      "checked_on"},
    };

    buf_str(out, "<tr><td>\n<h1>申请救助家庭经济状况核对报告</h1>\n<p class=\"sub\">核对基准日 ");
    report_day(out, report->household->checked_on);
    buf_str(out, "</p>\n<section>\n<h2>一、基本情况</h2>\n<table class=\"t pairs\">\n");
    for (size_t i = 0; i < LEN(pairs); i++) {
        buf_str(out, "<tr>");
        pair_put(out, report->household, pairs[i][0]);
        pair_put(out, report->household, pairs[i][1]);
        buf_str(out, "</tr>\n");
    }
    buf_str(out, "<tr>");
    html_say(out, "th scope=\"row\"", "规则包");
    buf_str(out, "<td colspan=\"3\">");
    html_text(out, pack_zh(report->pack));
    buf_str(out, "（<code>");
    html_text(out, pack_name(report->pack));
    buf_str(out, "</code>）</td></tr>\n</table>\n");
    report_section_end(out);
}

static const struct cell *
person_cell(const struct household *household, const struct person *person, const char *name)
{
    int32_t field = kind_field(household->model->applicant, text_of(name));

    return field < 0 || person->cells[field].state != CELL_VALUE ? NULL : &person->cells[field];
}

/* Is the paper good on the day of the check? */
static const char *
authorisation_says(const struct household *household, const struct cell *on,
                   const struct cell *until)
{
    if (on == NULL)
        return "没有授权";
    if (on->number > household->checked_on)
        return "核对基准日尚未授权";
    if (until != NULL && until->number < household->checked_on)
        return "核对基准日授权已截止";
    return "有效";
}

static void
authorisation_put(struct buf *out, const struct household *household, const struct person *person)
{
    const struct cell *on = person_cell(household, person, "authorised_on");
    const struct cell *until = person_cell(household, person, "auth_until");
    const struct cell *sources = person_cell(household, person, "auth_sources");

    buf_str(out, "<td>");
    report_day(out, on == NULL ? INT32_MIN : (int32_t)on->number);
    buf_str(out, "</td><td>");
    if (until != NULL)
        report_day(out, (int32_t)until->number);
    else
        buf_str(out, on == NULL ? "—" : "未写明");
    buf_str(out, "</td><td>");
    if (sources != NULL)
        html_text(out, sources->text);
    else
        buf_str(out, on == NULL ? "—" : "全部来源");
    buf_str(out, "</td>");
    html_say(out, "td", authorisation_says(household, on, until));
}

static void
code_put(struct buf *out, const struct household *household, const struct person *person,
         const char *name)
{
    int32_t field = kind_field(household->model->applicant, text_of(name));

    buf_str(out, "<td>");
    if (field >= 0)
        report_value(out, &household->model->applicant->fields[field], &person->cells[field]);
    buf_str(out, "</td>");
}

/* Every further field of the application that is this person's own, as stated. */
static void
stated_put(struct buf *out, const struct household *household, const struct person *person)
{
    static const char *const shown[] = {"relation",   "role",         "authorised_on",
                                        "auth_until", "auth_sources", "no_number"};
    const struct kind *kind = household->model->applicant;
    bool is_first = true;

    for (uint32_t f = 0; f < kind->field_count; f++) {
        const struct field *field = &kind->fields[f];
        bool is_shown = field->is_of_case || field->type == FIELD_IDENTITY ||
                        field->type == FIELD_NAME || person->cells[f].state == CELL_NONE;

        for (size_t i = 0; i < LEN(shown) && !is_shown; i++)
            is_shown = text_is(field->name, shown[i]);
        if (is_shown)
            continue;
        buf_str(out, is_first ? "" : "；");
        html_text(out, field->zh);
        buf_byte(out, ' ');
        report_value(out, field, &person->cells[f]);
        if (field->type == FIELD_MONEY && person->cells[f].state == CELL_VALUE)
            buf_str(out, " 元");
        is_first = false;
    }
    buf_str(out, is_first ? "—" : "");
}

static void
number_put(struct buf *out, const struct person *person)
{
    if (person->number == NUMBER_VALID)
        html_say(out, "td class=\"w\"", person->masked_id);
    else
        html_say(out, "td class=\"s-invalid\"",
                 person->number == NUMBER_INVALID ? "无效，无法匹配" : "新生儿，未落户");
}

void
report_members(struct buf *out, const struct report_case *report)
{
    const struct household *household = report->household;

    report_section(out, "三、家庭成员与授权");
    buf_str(out, "<div class=\"scroll\"><table class=\"t\">\n<thead><tr><th scope=\"col\">代号</th>"
                 "<th scope=\"col\">姓名</th><th scope=\"col\">证件号码</th><th scope=\"col\">关系"
                 "</th><th scope=\"col\">成员类别</th><th scope=\"col\">授权日期</th><th "
                 "scope=\"col\">授权截止</th><th scope=\"col\">授权范围</th><th scope=\"col\">"
                 "授权状态</th></tr></thead>\n<tbody>\n");
    for (uint32_t p = 0; p < household->person_count; p++) {
        const struct person *person = &household->persons[p];

        buf_str(out, "<tr>");
        html_say(out, "th scope=\"row\"", person->key);
        html_put(out, "td class=\"w\"", person->masked_name);
        number_put(out, person);
        code_put(out, household, person, "relation");
        code_put(out, household, person, "role");
        authorisation_put(out, household, person);
        buf_str(out, "</tr>\n");
    }
    buf_str(out, "</tbody>\n</table></div>\n<h3>成员申报</h3>\n<table class=\"t\">\n<thead><tr><th "
                 "scope=\"col\">成员</th><th scope=\"col\">申报内容</th></tr></thead>\n<tbody>\n");
    for (uint32_t p = 0; p < household->person_count; p++) {
        buf_str(out, "<tr><th scope=\"row\" class=\"w\">");
        report_person(out, &household->persons[p]);
        buf_str(out, "</th><td>");
        stated_put(out, household, &household->persons[p]);
        buf_str(out, "</td></tr>\n");
    }
    buf_str(out, "</tbody>\n</table>\n");
    report_section_end(out);
}
