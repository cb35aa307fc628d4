/* SPDX-License-Identifier: Apache-2.0 */
/* check_call.c: calls: macros, functions of section 1.2, and what CEL has beyond the subset. */
#include <assert.h>
#include <string.h>

#include "engine/rule/tree.h"

#include "engine/base/ban.h"

/* What CEL or its extensions know and we answer `unsupported`. */
static const struct {
    const char *name, *feature;
} foreign[] = {
    {"dyn",               "dyn"               },
    {"type",              "type"              },
    {"timestamp",         "timestamp"         },
    {"duration",          "duration"          },
    {"double",            "double"            },
    {"uint",              "uint"              },
    {"bytes",             "bytes"             },
    {"matches",           "regular expression"},
    {"charAt",            "string extension"  },
    {"indexOf",           "string extension"  },
    {"lastIndexOf",       "string extension"  },
    {"lowerAscii",        "string extension"  },
    {"upperAscii",        "string extension"  },
    {"replace",           "string extension"  },
    {"split",             "string extension"  },
    {"substring",         "string extension"  },
    {"join",              "string extension"  },
    {"format",            "string extension"  },
    {"quote",             "string extension"  },
    {"reverse",           "list extension"    },
    {"sort",              "list extension"    },
    {"slice",             "list extension"    },
    {"flatten",           "list extension"    },
    {"distinct",          "list extension"    },
    {"existsOne",         "two-variable macro"},
    {"transformList",     "two-variable macro"},
    {"transformMap",      "two-variable macro"},
    {"transformMapEntry", "two-variable macro"},
    {"getFullYear",       "timestamp"         },
    {"getMonth",          "timestamp"         },
    {"getDate",           "timestamp"         },
    {"getDayOfMonth",     "timestamp"         },
    {"getDayOfWeek",      "timestamp"         },
    {"getDayOfYear",      "timestamp"         },
    {"getHours",          "timestamp"         },
    {"getMinutes",        "timestamp"         },
    {"getSeconds",        "timestamp"         },
    {"getMilliseconds",   "timestamp"         },
};

static bool
wrong_argument(struct compiler *c, const struct expr *node, const struct expr *arg, const char *zh,
               const char *en)
{
    struct text type = type_print(arg->type, c->arena);

    fail_at(c, arg->from, arg->to, "T202",
            arena_printf(c->arena, "函数 " TEXT_FMT " 的参数应为%s，这里是 " TEXT_FMT,
                         TEXT_ARG(node->name), zh, TEXT_ARG(type)),
            arena_printf(c->arena, TEXT_FMT "() wants %s here, this is " TEXT_FMT,
                         TEXT_ARG(node->name), en, TEXT_ARG(type)));
    return false;
}

static bool
is_int(const struct type *type)
{
    return type->kind == TYPE_INT || type->kind == TYPE_ZERO;
}

static bool
want_kind(struct compiler *c, struct expr *node, uint32_t i, enum type_kind kind, const char *zh,
          const char *en)
{
    const struct type *type = node->args[i]->type;

    if (type->kind == kind || (kind == TYPE_INT && type->kind == TYPE_ZERO) ||
        type->kind == TYPE_ERROR || type->kind == TYPE_ANY)
        return true;
    return wrong_argument(c, node, node->args[i], zh, en);
}

static bool
want_amount(struct compiler *c, struct expr *node, uint32_t i)
{
    if (type_is_amount(node->args[i]->type))
        return true;
    if (node->args[i]->type->kind == TYPE_ZERO)
        return coerce(c, &node->args[i], type_of(TYPE_MONEY));
    return wrong_argument(c, node, node->args[i], "金额", "money or exact");
}

static bool
done(struct compiler *c, struct expr *node, const struct type *type)
{
    if (type == NULL)
        c->is_failed = true;
    node->type = type;
    return !c->is_failed;
}

/* sum, and min or max of one list. */
static bool
check_fold(struct compiler *c, struct expr *node)
{
    const struct type *list = node->args[0]->type, *of;
    bool is_ordered;

    if (list->kind != TYPE_LIST)
        return wrong_argument(c, node, node->args[0], "列表", "a list");
    of = list->of;
    is_ordered = of->kind == TYPE_DATE || of->kind == TYPE_MONTH || of->kind == TYPE_STRING;
    if (of->may_be_none || !(type_is_number(of) || of->kind == TYPE_ANY ||
                             (node->function != FUNCTION_SUM && is_ordered)))
        return wrong_argument(c, node, node->args[0], "数的列表", "a list of numbers");
    if (of->kind == TYPE_ANY)
        of = type_of(TYPE_ZERO);
    return done(c, node, of);
}

/* min and max of two and more. */
static bool
check_extreme(struct compiler *c, struct expr *node)
{
    const struct type *type;

    if (node->count == 1)
        return check_fold(c, node);
    type = node->args[0]->type;
    for (uint32_t i = 1; i < node->count && type != NULL; i++) {
        if (periods_differ(type, node->args[i]->type)) {
            FAIL_NODE(c, node, "T213", "金额的期间不同，用 per_month 或 over_months 换算",
                      "periods differ; use per_month or over_months");
            return false;
        }
        type = type_join(type, node->args[i]->type, c->arena);
    }
    if (type == NULL || !(type_is_number(type) || type->kind == TYPE_DATE ||
                          type->kind == TYPE_MONTH || type->kind == TYPE_STRING)) {
        FAIL_NODE(c, node, "T202", "参数的类型不能一起比较", "these arguments do not compare");
        return false;
    }
    for (uint32_t i = 0; i < node->count; i++)
        if (!coerce(c, &node->args[i], type))
            return false;
    return done(c, node, type);
}

/* yuan("12.50"), dec("1.5"), rate("1/3"), date("2026-07-01"): the literal becomes the value. */
static bool
check_literal(struct compiler *c, struct expr *node)
{
    struct expr *arg = node->args[0];
    uint8_t scale = 0;
    bool is_read;

    if (arg->op != OP_LITERAL || arg->type->kind != TYPE_STRING)
        return wrong_argument(c, node, arg, "引号中的数", "a number in quotes");
    if (node->function == FUNCTION_YUAN)
        is_read = money_read(arg->literal.string, &node->literal);
    else if (node->function == FUNCTION_DEC)
        is_read = decimal_read(arg->literal.string, &scale, &node->literal);
    else if (node->function == FUNCTION_RATE)
        is_read = rate_read(arg->literal.string, &node->literal);
    else
        is_read = date_read(arg->literal.string, &node->literal);
    if (!is_read) {
        bool is_date = node->function == FUNCTION_DATE;
        FAIL_NODE(c, arg, is_date ? "T206" : "T205",
                  is_date ? "不是日期，请写如 2026-07-01" : "不是金额或数，请写如 1250.50",
                  is_date ? "not a date; write it as 2026-07-01"
                          : "not an amount or number; write it as 1250.50");
        return false;
    }
    node->is_constant = true;
    return done(c, node,
                node->function == FUNCTION_DEC
                    ? type_decimal(scale, c->arena)
                    : type_of(node->function == FUNCTION_YUAN   ? TYPE_MONEY
                              : node->function == FUNCTION_RATE ? TYPE_RATE
                                                                : TYPE_DATE));
}

static bool
check_months(struct compiler *c, struct expr *node)
{
    const struct type *type = node->args[0]->type;

    if (!want_amount(c, node, 0) || !want_kind(c, node, 1, TYPE_INT, "整数", "an int"))
        return false;
    type = node->args[0]->type;
    if (node->function == FUNCTION_OVER_MONTHS) {
        if (type->per == PERIOD_MONTH)
            return done(c, node, type_of(type->kind));
        FAIL_NODE(c, node->args[0], "T213", "over_months 要按月的金额",
                  "over_months wants an amount per month");
        return false;
    }
    if (type->per == PERIOD_ONCE || (type->per == PERIOD_YEAR && node->args[1]->is_constant &&
                                     node->args[1]->literal.integer == 12))
        return done(c, node, type_amount(TYPE_EXACT, PERIOD_MONTH, c->arena));
    FAIL_NODE(c, node->args[0], "T213", "per_month 要总额，或按年的金额与 12",
              "per_month wants a total, or an amount per year and 12");
    return false;
}

static bool
check_or_else(struct compiler *c, struct expr *node)
{
    const struct type *type = type_none(node->args[0]->type, false, c->arena);
    const struct type *joined;

    if (type == NULL) {
        c->is_failed = true;
        return false;
    }
    if (type->kind == TYPE_CODE && coerce(c, &node->args[1], type))
        return done(c, node, type);
    joined = type->kind == TYPE_NULL ? node->args[1]->type
                                     : type_join(type, node->args[1]->type, c->arena);
    if (c->is_failed || joined == NULL)
        return wrong_argument(c, node, node->args[1], "与前一个相同的类型",
                              "the type of the other");
    type = type_none(joined, node->args[0]->type->may_be_none, c->arena);
    if (type == NULL || !coerce(c, &node->args[0], type) || !coerce(c, &node->args[1], joined))
        return wrong_argument(c, node, node->args[1], "与前一个相同的类型",
                              "the type of the other");
    return done(c, node, joined);
}

/* string(), int(), bool() */
static bool
check_cast(struct compiler *c, struct expr *node)
{
    const struct type *from = node->args[0]->type;

    if (node->function == FUNCTION_BOOL) {
        if (from->kind == TYPE_STRING) {
            fail_unsupported(c, node->from, node->to, "bool(string)");
            return false;
        }
        return want_kind(c, node, 0, TYPE_BOOL, "是非值", "a bool") &&
               done(c, node, type_of(TYPE_BOOL));
    }
    if (!is_int(from) && from->kind != TYPE_STRING)
        return wrong_argument(c, node, node->args[0], "整数或文字", "an int or a string");
    return done(c, node, type_of(node->function == FUNCTION_INT ? TYPE_INT : TYPE_STRING));
}

/* long: one case a function, top to bottom */
static bool
check_function(struct compiler *c, struct expr *node)
{
    const struct type *first = node->count > 0 ? node->args[0]->type : NULL;

    switch (node->function) {
    case FUNCTION_SUM:
        return check_fold(c, node);
    case FUNCTION_MIN:
    case FUNCTION_MAX:
        return check_extreme(c, node);
    case FUNCTION_ROUND:
        return want_amount(c, node, 0) &&
               done(c, node, type_amount(TYPE_MONEY, node->args[0]->type->per, c->arena));
    case FUNCTION_AGE_ON:
    case FUNCTION_MONTHS_BETWEEN:
    case FUNCTION_DAYS_BETWEEN:
    case FUNCTION_WORKDAYS_BETWEEN:
        return want_kind(c, node, 0, TYPE_DATE, "日期", "a date") &&
               want_kind(c, node, 1, TYPE_DATE, "日期", "a date") &&
               done(c, node, type_of(TYPE_INT));
    case FUNCTION_IS_WORKDAY:
        return want_kind(c, node, 0, TYPE_DATE, "日期", "a date") &&
               done(c, node, type_of(TYPE_BOOL));
    case FUNCTION_ADD_WORKDAYS:
    case FUNCTION_ADD_MONTHS:
        return want_kind(c, node, 0, TYPE_DATE, "日期", "a date") &&
               want_kind(c, node, 1, TYPE_INT, "整数", "an int") && done(c, node, first);
    case FUNCTION_DATE:
        if (first->kind == TYPE_STRING && node->args[0]->op != OP_LITERAL)
            return done(c, node, type_of(TYPE_DATE));
        return check_literal(c, node);
    case FUNCTION_DEC:
    case FUNCTION_RATE:
        return check_literal(c, node);
    case FUNCTION_YUAN:
        return is_int(first) ? done(c, node, type_of(TYPE_MONEY)) : check_literal(c, node);
    case FUNCTION_FEN:
        return want_kind(c, node, 0, TYPE_INT, "整数", "an int") &&
               done(c, node, type_of(TYPE_MONEY));
    case FUNCTION_YEAR:
    case FUNCTION_MONTH:
    case FUNCTION_MONTH_OF:
        return want_kind(c, node, 0, TYPE_DATE, "日期", "a date") &&
               done(c, node, type_of(node->function == FUNCTION_MONTH_OF ? TYPE_MONTH : TYPE_INT));
    case FUNCTION_WITHIN_MONTHS:
        if (first->kind != TYPE_MONTH &&
            !want_kind(c, node, 0, TYPE_DATE, "日期或月份", "a date or month"))
            return false;
        return want_kind(c, node, 1, TYPE_DATE, "日期", "a date") &&
               want_kind(c, node, 2, TYPE_INT, "整数", "an int") &&
               done(c, node, type_of(TYPE_BOOL));
    case FUNCTION_PER_MONTH:
    case FUNCTION_OVER_MONTHS:
        return check_months(c, node);
    case FUNCTION_OR_ELSE:
        return check_or_else(c, node);
    case FUNCTION_NEED:
        return done(c, node, type_none(first, false, c->arena));
    case FUNCTION_KNOWN:
        message_add(c->messages, MESSAGE_WARNING, "W605", node->place, node->span,
                    text_of("known() 让结果依赖于已知多少"),
                    text_of("known() makes the result depend on how much is known"));
        return done(c, node, type_of(TYPE_BOOL));
    case FUNCTION_SIZE:
        if (first->kind != TYPE_LIST &&
            !want_kind(c, node, 0, TYPE_STRING, "列表或文字", "a list or string"))
            return false;
        return done(c, node, type_of(TYPE_INT));
    case FUNCTION_CONTAINS:
    case FUNCTION_STARTS_WITH:
    case FUNCTION_ENDS_WITH:
        return want_kind(c, node, 0, TYPE_STRING, "文字", "a string") &&
               want_kind(c, node, 1, TYPE_STRING, "文字", "a string") &&
               done(c, node, type_of(TYPE_BOOL));
    case FUNCTION_TRIM:
        return want_kind(c, node, 0, TYPE_STRING, "文字", "a string") && done(c, node, first);
    case FUNCTION_STRING:
    case FUNCTION_INT:
    case FUNCTION_BOOL:
        return check_cast(c, node);
    }
    assert(false); /* every function has a case */
    return false;
}

static bool
check_has(struct compiler *c, struct expr *node)
{
    struct expr *field = node->count == 1 ? node->args[0] : NULL;

    if (field == NULL || field->op != OP_SELECT) {
        FAIL_NODE(c, node, "T202", "has() 里写一个字段，如 has(m.grade)",
                  "has() takes a field: has(m.grade)");
        return false;
    }
    if (!check(c, field))
        return false;
    node->op = OP_HAS;
    return done(c, node, type_of(TYPE_BOOL));
}

static bool
unknown_function(struct compiler *c, struct expr *node)
{
    struct text near;

    for (size_t i = 0; i < LEN(foreign); i++) {
        if (text_is(node->name, foreign[i].name)) {
            fail_unsupported(c, node->from, node->to, foreign[i].feature);
            return false;
        }
    }
    near = function_near(node->name);
    fail_at(c, node->from, node->to, "N101",
            arena_printf(c->arena, "没有函数 “" TEXT_FMT "”%s" TEXT_FMT "%s", TEXT_ARG(node->name),
                         near.len > 0 ? "，是否指 “" : "", TEXT_ARG(near),
                         near.len > 0 ? "”？" : ""),
            arena_printf(c->arena, "no function \"" TEXT_FMT "\"%s" TEXT_FMT "%s",
                         TEXT_ARG(node->name), near.len > 0 ? "; did you mean \"" : "",
                         TEXT_ARG(near), near.len > 0 ? "\"?" : ""));
    return false;
}

bool
check_call(struct compiler *c, struct expr *node)
{
    const struct function_name *found;
    bool is_macro = false, is_cel;

    if (!node->is_method && text_is(node->name, "has"))
        return check_has(c, node);
    if (node->is_method) {
        const struct expr *target = node->args[0];
        is_cel = target->op == OP_NAME &&
                 (text_is(target->name, "cel") || text_is(target->name, "math"));
        if (is_cel) {
            fail_unsupported(c, node->from, node->to,
                             text_is(target->name, "cel") ? "cel.bind" : "math extension");
            return false;
        }
        if (!check_macro(c, node, &is_macro) || is_macro)
            return is_macro && !c->is_failed;
    }
    found = function_find(node->name);
    if (found == NULL || !(node->is_method ? found->is_method : found->is_function))
        return unknown_function(c, node);
    if (node->count < found->min || node->count > found->max) {
        FAIL_NODE(c, node, "T202", "参数个数不对", "wrong number of arguments");
        return false;
    }
    node->function = found->function;
    node->rounding = found->rounding;
    node->unit = found->unit;
    for (uint32_t i = 0; i < node->count; i++) {
        bool may_be_none =
            i == 0 && (found->function == FUNCTION_OR_ELSE || found->function == FUNCTION_NEED ||
                       found->function == FUNCTION_KNOWN);
        if (!(may_be_none ? check(c, node->args[i]) : check_there(c, node->args[i])))
            return false;
    }
    node->op = OP_FUNCTION;
    return check_function(c, node);
}
