/* SPDX-License-Identifier: Apache-2.0 */
/* words_list.c: lists, macros and functions in Chinese. */
#include "engine/rule/words_in.h"

#include "engine/base/ban.h"

/* "该机动车"; where one of the kind is named already, "另一机动车". */
static struct text
variable_name(const struct words *w, const struct type *of)
{
    struct text name = TEXT("该值"), other = TEXT("另一值");

    for (uint32_t k = 0; of->kind == TYPE_RECORD && k < w->pack->model->kind_count; k++)
        if (w->pack->shapes[k].type.fields == of->fields) {
            name = arena_printf(w->pack->arena, "该" TEXT_FMT, TEXT_ARG(words_kind(w->pack, k)));
            other = arena_printf(w->pack->arena, "另一" TEXT_FMT, TEXT_ARG(words_kind(w->pack, k)));
        }
    for (uint32_t i = 0; i < w->var_count; i++)
        if (text_eq(w->vars[i], name))
            return other;
    return name;
}

static void
macro_put(struct words *w, const struct expr *node)
{
    const struct expr *list = words_bare(node->args[0]);
    struct text name = variable_name(w, list->type->of);

    words_put(w, list);
    if (w->var_count < EXPR_VARS_MAX)
        w->vars[w->var_count] = name;
    w->var_count++;
    switch (node->op) {
    case OP_EXISTS:
        buf_str(w->out, "中至少有一项满足（");
        break;
    case OP_ALL:
        buf_str(w->out, "中每一项都满足（");
        break;
    case OP_EXISTS_ONE:
        buf_str(w->out, "中恰有一项满足（");
        break;
    case OP_FILTER:
        buf_str(w->out, "中满足（");
        break;
    default:
        buf_str(w->out, node->count == 4 ? "中满足（" : "逐项的 ");
        break;
    }
    if (node->op != OP_MAP || node->count == 4)
        words_condition(w, node->args[2]);
    if (node->op == OP_MAP && node->count == 4)
        buf_str(w->out, "）的各项的 ");
    if (node->op == OP_MAP)
        words_inner(w, node->args[node->count - 1]);
    else
        buf_str(w->out, node->op == OP_FILTER ? "）的各项" : "）");
    w->var_count--;
}

static void
items_put(struct words *w, const struct expr *node)
{
    for (uint32_t i = 0; i < node->count; i++) {
        buf_str(w->out, i > 0 ? "、" : "");
        words_inner(w, node->args[i]);
    }
}

static bool
is_zero(const struct expr *node)
{
    node = words_bare(node);
    return node->is_constant && type_is_number(node->type) &&
           number_of(&node->literal, node->type).num == 0;
}

/* max(0, x) is how packs say "not below nothing". */
static void
extreme_put(struct words *w, const struct expr *node)
{
    bool is_max = node->function == FUNCTION_MAX;

    if (node->count == 1) {
        words_inner(w, node->args[0]);
        buf_str(w->out, is_max ? "中最大的" : "中最小的");
    } else if (is_max && node->count == 2 && (is_zero(node->args[0]) || is_zero(node->args[1]))) {
        words_inner(w, node->args[is_zero(node->args[0]) ? 1 : 0]);
        buf_str(w->out, "（不足零按零计）");
    } else {
        items_put(w, node);
        buf_str(w->out, is_max ? " 中较大者" : " 中较小者");
    }
}

static void
round_put(struct words *w, const struct expr *node)
{
    static const char *const how[] = {"四舍五入", "舍去零头", "进一", "四舍六入五成双"};

    words_inner(w, node->args[0]);
    buf_printf(w->out, "（%s到%s）", how[node->rounding],
               node->unit == 1    ? "分"
               : node->unit == 10 ? "角"
                                  : "元");
}

/* The words around the arguments of a function: "自 A 至 B 的周岁". */
struct phrase {
    enum function function;
    const char *before, *between, *between_2, *after;
};

static void
phrase_put(struct words *w, const struct expr *node, const struct phrase *phrase)
{
    const char *const parts[] = {phrase->before, phrase->between, phrase->between_2};

    for (uint32_t i = 0; i < node->count && i < LEN(parts); i++) {
        buf_str(w->out, parts[i]);
        words_inner(w, node->args[i]);
    }
    buf_str(w->out, phrase->after);
}

static void
function_put(struct words *w, const struct expr *node)
{
    /* clang-format off */
    static const struct phrase phrases[] = {
        {FUNCTION_SUM, "", "", "", "之和"},
        {FUNCTION_SIZE, "", "", "", "的个数"},
        {FUNCTION_AGE_ON, "自", "至", "", "的周岁"},
        {FUNCTION_ADD_MONTHS, "", "再过 ", "", " 个月的日子"},
        {FUNCTION_MONTHS_BETWEEN, "自", "至", "", "的整月数"},
        {FUNCTION_DAYS_BETWEEN, "自", "至", "", "的天数"},
        {FUNCTION_DATE, "", "", "", ""},
        {FUNCTION_YEAR, "", "", "", "的年份"},
        {FUNCTION_MONTH, "", "", "", "的月份"},
        {FUNCTION_MONTH_OF, "", "", "", "所在的月"},
        {FUNCTION_WITHIN_MONTHS, "", "在", "所在月之前的 ", " 个整月之内"},
        {FUNCTION_PER_MONTH, "", "按 ", "", " 个月平均到每月的数额"},
        {FUNCTION_OVER_MONTHS, "", "的 ", "", " 个月合计"},
        {FUNCTION_OR_ELSE, "", "（没有时按 ", "", "）"},
        {FUNCTION_NEED, "", "", "", "（没有时视为未知）"},
        {FUNCTION_KNOWN, "已查明", "", "", ""},
        {FUNCTION_CONTAINS, "", "含有", "", ""},
        {FUNCTION_STARTS_WITH, "", "以", "", "开头"},
        {FUNCTION_ENDS_WITH, "", "以", "", "结尾"},
        {FUNCTION_TRIM, "", "", "", "（去掉两端空白）"},
        {FUNCTION_STRING, "", "", "", "的文字"},
        {FUNCTION_INT, "", "", "", "的整数"},
        {FUNCTION_BOOL, "", "", "", ""},
        {FUNCTION_YUAN, "", "", "", " 元"},
        {FUNCTION_FEN, "", "", "", " 分"},
        {FUNCTION_DEC, "", "", "", ""},
        {FUNCTION_RATE, "", "", "", ""},
        {FUNCTION_IS_WORKDAY, "", "", "", "是工作日"},
        {FUNCTION_ADD_WORKDAYS, "", "之后第 ", "", " 个工作日"},
        {FUNCTION_WORKDAYS_BETWEEN, "自", "（不含）至", "", "的工作日数"},
    };
    /* clang-format on */

    if (node->function == FUNCTION_MIN || node->function == FUNCTION_MAX) {
        extreme_put(w, node);
    } else if (node->function == FUNCTION_ROUND) {
        round_put(w, node);
    } else {
        for (size_t i = 0; i < LEN(phrases); i++)
            if (phrases[i].function == node->function)
                phrase_put(w, node, &phrases[i]);
    }
}

void
words_list(struct words *w, const struct expr *node)
{
    switch (node->op) {
    case OP_EXISTS:
    case OP_ALL:
    case OP_EXISTS_ONE:
    case OP_FILTER:
    case OP_MAP:
        macro_put(w, node);
        break;
    case OP_IN:
        words_inner(w, node->args[0]);
        buf_str(w->out, "是 ");
        words_inner(w, node->args[1]);
        buf_str(w->out, " 之一");
        break;
    case OP_LIST:
        items_put(w, node);
        break;
    case OP_INDEX:
        words_inner(w, node->args[0]);
        buf_str(w->out, "的第 ");
        words_inner(w, node->args[1]);
        buf_str(w->out, " 项（从 0 数起）");
        break;
    case OP_FUNCTION:
        function_put(w, node);
        break;
    default:
        buf_text(w->out, expr_print(node, w->pack->arena));
        break;
    }
}
