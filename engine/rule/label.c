/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/rule/label.h"

#include <string.h>

#include "engine/rule/pack_in.h"
#include "engine/rule/show.h"

#include "engine/base/ban.h"

static const struct rule *
rule_named(const struct pack *pack, struct text name)
{
    for (uint32_t i = 0; i < pack->rule_count; i++)
        if (text_eq(pack->rules[i].name, name))
            return &pack->rules[i];
    return NULL;
}

struct text
label_rule(const struct pack *pack, struct text rule)
{
    static const struct {
        const char *name, *zh;
    } engine[] = {
        {"ENG-AUTH",     "没有在核对基准日有效的授权，不查询"      },
        {"ENG-SILENT",   "应查的来源须全部完整、及时反馈"            },
        {"ENG-NAME",     "证件号码相同而姓名不符的记录只作线索"   },
        {"ENG-DECLARED", "申报与核对到的差额不超过容许额"            },
        {"ENG-LIMIT",    "一人一类记录的条数不超过数据模型的上限"},
        {"ENG-ERROR",    "规则无法计算"                                       },
    };
    const struct rule *found = rule_named(pack, rule);

    if (found != NULL)
        return found->zh;
    for (size_t i = 0; i < LEN(engine); i++)
        if (text_is(rule, engine[i].name))
            return text_of(engine[i].zh);
    return text_of("");
}

struct text
label_unless(const struct pack *pack, struct text rule, struct text id)
{
    const struct rule *found = rule_named(pack, rule);

    for (uint32_t i = 0; found != NULL && i < found->unless_count; i++)
        if (text_eq(found->unless[i].id, id) && found->unless[i].zh.len > 0)
            return found->unless[i].zh;
    return id;
}

struct text
label_source(const struct pack *pack, struct text source)
{
    for (uint32_t s = 0; s < pack->source_count; s++)
        if (text_eq(pack->sources[s].name, source))
            return pack->sources[s].zh;
    return text_is(source, "applicant") ? TEXT("申请表") : source;
}

/* The label of "savings", "p.standard" or "case.F"; empty where there is none. */
static struct text
name_label(const struct pack *pack, struct text name)
{
    const struct kind *applicant = pack->model->applicant;

    if (text_starts(name, TEXT("p."))) {
        struct text rest = {name.at + 2, name.len - 2};

        for (uint32_t i = 0; i < pack->param_count; i++)
            if (text_eq(pack->params[i].name, rest))
                return pack->params[i].zh;
    } else if (text_starts(name, TEXT("case."))) {
        int32_t field = kind_field(applicant, (struct text){name.at + 5, name.len - 5});

        if (field >= 0)
            return applicant->fields[field].zh;
    } else {
        for (uint32_t i = 0; i < pack->home_fact_count; i++)
            if (text_eq(pack->facts[pack->home_facts[i]].name, name))
                return pack->facts[pack->home_facts[i]].zh;
    }
    return text_of("");
}

static bool
is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
}

void
label_expr(struct buf *out, const struct pack *pack, struct text expr)
{
    for (size_t i = 0; i < expr.len;) {
        size_t end = i;
        struct text name, label;

        while (end < expr.len && is_name_byte(expr.at[end]))
            end++;
        if (end == i) {
            if (expr.at[i] == '*')
                buf_str(out, "×");
            else
                buf_byte(out, expr.at[i]);
            i++;
            continue;
        }
        name = (struct text){expr.at + i, end - i};
        label = name_label(pack, name);
        buf_text(out, label.len > 0 ? label : name);
        i = end;
    }
}

/* What stands before and behind the first `mark`; *rest is empty where there is none. */
static struct text
cut(struct text text, char mark, struct text *rest)
{
    const char *at = text.len == 0 ? NULL : memchr(text.at, mark, text.len);

    *rest = (struct text){"", 0};
    if (at == NULL)
        return text;
    *rest = (struct text){at + 1, text.len - (size_t)(at - text.at) - 1};
    return (struct text){text.at, (size_t)(at - text.at)};
}

static struct text
field_label(const struct kind *kind, struct text field)
{
    int32_t number = kind_field(kind, field);

    if (text_is(field, "match"))
        return TEXT("权利人姓名是否相符");
    return number < 0 ? field : kind->fields[number].zh;
}

static struct text
list_label(const struct pack *pack, struct text list)
{
    const struct kind *kind = model_kind_by_list(pack->model, list);

    return kind == NULL ? list : kind->zh;
}

/* "accounts@bank", "incomes@tax:2026-05" or "incomes@tax:..2023-06" of one person */
static void
open_label(struct buf *out, const struct pack *pack, struct text list, struct text behind)
{
    struct text month, source = cut(behind, ':', &month);

    buf_text(out, list_label(pack, list));
    buf_str(out, "（");
    buf_text(out, label_source(pack, source));
    if (text_starts(month, TEXT("..")))
        buf_printf(out, "，%.*s 及以前", (int)month.len - 2, month.at + 2);
    else if (month.len > 0)
        buf_printf(out, "，" TEXT_FMT, TEXT_ARG(month));
    buf_str(out, "）");
}

/* "vehicles.0.price": rows are counted from 1 where people read. */
static void
row_label(struct buf *out, const struct pack *pack, struct text list, struct text row)
{
    struct text field, number = cut(row, '.', &field);
    int64_t place = 0;

    (void)text_int(number, &place);
    buf_text(out, list_label(pack, list));
    buf_printf(out, "第 %lld 条的“", (long long)place + 1);
    buf_text(out, field_label(model_kind_by_list(pack->model, list), field));
    buf_str(out, "”");
}

void
label_cause(struct buf *out, const struct pack *pack, struct text cause)
{
    const struct kind *applicant = pack->model->applicant;
    struct text rest, behind, row, head = cut(cause, '.', &rest), list = cut(rest, '@', &behind);

    if (rest.len == 0) {
        buf_text(out, cause);
        return;
    }
    if (text_is(head, "p") || text_is(head, "case")) {
        struct text label = name_label(pack, cause);

        buf_str(out, text_is(head, "p") ? "参数“" : "申请表“");
        buf_text(out, label.len > 0 ? label : rest);
        buf_str(out, "”");
        return;
    }
    buf_text(out, head);
    buf_str(out, " 的");
    if (behind.len > 0) {
        open_label(out, pack, list, behind);
        return;
    }
    list = cut(rest, '.', &row);
    if (row.len > 0 && model_kind_by_list(pack->model, list) != NULL) {
        row_label(out, pack, list, row);
        return;
    }
    buf_str(out, "“");
    buf_text(out, field_label(applicant, rest));
    buf_str(out, "”");
}

const char *
label_unit(const struct type *type)
{
    if (type == NULL || !type_is_amount(type))
        return "";
    return type->per == PERIOD_MONTH ? "元／月" : type->per == PERIOD_YEAR ? "元／年" : "元";
}

void
label_figure(struct buf *out, const struct figure *figure)
{
    show_value(out, &figure->value, figure->type, LANG_ZH);
}
