/* SPDX-License-Identifier: Apache-2.0 */
/* functions.c: the functions of the language: their names, and what they give. Months are counted
 * as year × 12 + month − 1, days from 1970-01-01. */
#include <assert.h>
#include <string.h>

#include "engine/model/calendar.h"
#include "engine/model/value.h"
#include "engine/rule/tree.h"

#include "engine/base/ban.h"

#define MONTHS_FAR 200000 /* more than years 1 to 9999 hold: keeps sums in range */
#define ROUNDS(name, how)                                                                          \
    {name "_fen", FUNCTION_ROUND, how, 1, 1, 1, false, true},                                      \
        {name "_jiao", FUNCTION_ROUND, how, 10, 1, 1, false, true},                                \
    {                                                                                              \
        name "_yuan", FUNCTION_ROUND, how, 100, 1, 1, false, true                                  \
    }
#define PLAIN(name, function, min, max)                                                            \
    {                                                                                              \
        name, function, ROUND_HALF, 1, min, max, false, true                                       \
    }
#define METHOD(name, function, min, max, also)                                                     \
    {                                                                                              \
        name, function, ROUND_HALF, 1, min, max, true, also                                        \
    }

static const struct function_name names[] = {
    ROUNDS("round", ROUND_HALF),
    ROUNDS("down", ROUND_DOWN),
    ROUNDS("up", ROUND_UP),
    ROUNDS("even", ROUND_EVEN),
    PLAIN("sum", FUNCTION_SUM, 1, 1),
    PLAIN("min", FUNCTION_MIN, 1, 255),
    PLAIN("max", FUNCTION_MAX, 1, 255),
    PLAIN("age_on", FUNCTION_AGE_ON, 2, 2),
    PLAIN("add_months", FUNCTION_ADD_MONTHS, 2, 2),
    PLAIN("months_between", FUNCTION_MONTHS_BETWEEN, 2, 2),
    PLAIN("days_between", FUNCTION_DAYS_BETWEEN, 2, 2),
    PLAIN("date", FUNCTION_DATE, 1, 1),
    PLAIN("year", FUNCTION_YEAR, 1, 1),
    PLAIN("month", FUNCTION_MONTH, 1, 1),
    PLAIN("month_of", FUNCTION_MONTH_OF, 1, 1),
    PLAIN("within_months", FUNCTION_WITHIN_MONTHS, 3, 3),
    PLAIN("per_month", FUNCTION_PER_MONTH, 2, 2),
    PLAIN("over_months", FUNCTION_OVER_MONTHS, 2, 2),
    PLAIN("or_else", FUNCTION_OR_ELSE, 2, 2),
    PLAIN("need", FUNCTION_NEED, 1, 1),
    PLAIN("known", FUNCTION_KNOWN, 1, 1),
    METHOD("size", FUNCTION_SIZE, 1, 1, true),
    METHOD("contains", FUNCTION_CONTAINS, 2, 2, false),
    METHOD("startsWith", FUNCTION_STARTS_WITH, 2, 2, false),
    METHOD("endsWith", FUNCTION_ENDS_WITH, 2, 2, false),
    METHOD("trim", FUNCTION_TRIM, 1, 1, false),
    PLAIN("string", FUNCTION_STRING, 1, 1),
    PLAIN("int", FUNCTION_INT, 1, 1),
    PLAIN("bool", FUNCTION_BOOL, 1, 1),
    PLAIN("yuan", FUNCTION_YUAN, 1, 1),
    PLAIN("fen", FUNCTION_FEN, 1, 1),
    PLAIN("dec", FUNCTION_DEC, 1, 1),
    PLAIN("rate", FUNCTION_RATE, 1, 1),
    PLAIN("is_workday", FUNCTION_IS_WORKDAY, 1, 1),
    PLAIN("add_workdays", FUNCTION_ADD_WORKDAYS, 2, 2),
    PLAIN("workdays_between", FUNCTION_WORKDAYS_BETWEEN, 2, 2),
};

const struct function_name *
function_find(struct text name)
{
    for (size_t i = 0; i < LEN(names); i++)
        if (text_is(name, names[i].name))
            return &names[i];
    return NULL;
}

struct text
function_near(struct text name)
{
    struct text known[LEN(names)];
    size_t near;

    for (size_t i = 0; i < LEN(names); i++)
        known[i] = text_of(names[i].name);
    near = text_nearest(name, known, LEN(names));
    return near == SIZE_MAX ? TEXT("") : known[near];
}

static bool
months_added(int32_t days, int64_t months, int32_t *out)
{
    int32_t year, month, day, last;
    int64_t number;

    if (months > MONTHS_FAR || months < -MONTHS_FAR)
        return false;
    date_parts(days, &year, &month, &day);
    number = (int64_t)year * 12 + month - 1 + months;
    if (number < 12 || number >= (int64_t)10000 * 12)
        return false;
    year = (int32_t)(number / 12);
    month = (int32_t)(number % 12) + 1;
    last = month_days(year, month);
    *out = date_of(year, month, day < last ? day : last);
    return true;
}

static int64_t
months_between(int32_t a, int32_t b)
{
    int64_t count;
    int32_t there;

    if (a > b)
        return -months_between(b, a);
    count = month_of_date(b) - month_of_date(a);
    if (count > 0 && months_added(a, count, &there) && there > b)
        count--;
    return count;
}

static const char *
age_on(int32_t born, int32_t day, int64_t *out)
{
    int32_t y1, m1, d1, y2, m2, d2;

    if (day < born)
        return "E805";
    date_parts(born, &y1, &m1, &d1);
    date_parts(day, &y2, &m2, &d2);
    /* 29 February: in common years the day after the 28th is 1 March, and it comes out so */
    *out = y2 - y1 - (m2 < m1 || (m2 == m1 && d2 < d1));
    return NULL;
}

/* Dates: NULL or the error's code. v: known arguments. */
static const char *
on_dates(const struct expr *node, const struct value *v, struct value *out)
{
    int32_t year, month, day, moved;
    int64_t at;

    switch (node->function) {
    case FUNCTION_AGE_ON:
        return age_on((int32_t)v[0].integer, (int32_t)v[1].integer, &out->integer);
    case FUNCTION_ADD_MONTHS:
        if (!months_added((int32_t)v[0].integer, v[1].integer, &moved))
            return "E805";
        out->integer = moved;
        return NULL;
    case FUNCTION_MONTHS_BETWEEN:
        out->integer = months_between((int32_t)v[0].integer, (int32_t)v[1].integer);
        return NULL;
    case FUNCTION_DAYS_BETWEEN:
        out->integer = v[1].integer - v[0].integer;
        return NULL;
    case FUNCTION_MONTH_OF:
        out->integer = month_of_date((int32_t)v[0].integer);
        return NULL;
    case FUNCTION_WITHIN_MONTHS:
        if (v[2].integer < 1)
            return "E805";
        at = node->args[0]->type->kind == TYPE_MONTH ? v[0].integer
                                                     : month_of_date((int32_t)v[0].integer);
        at = month_of_date((int32_t)v[1].integer) - at; /* months back */
        out->boolean = at >= 1 && at <= v[2].integer;
        return NULL;
    default:
        date_parts((int32_t)v[0].integer, &year, &month, &day);
        out->integer = node->function == FUNCTION_YEAR ? year : month;
        return NULL;
    }
}

/* An unknown month that lies before the window, whichever it is. */
static bool
is_before_window(const struct expr *node, const struct value *v)
{
    int64_t first;

    if (node->args[0]->type->kind != TYPE_MONTH || v[0].state != VALUE_UNKNOWN || !v[0].has_hi ||
        v[1].state != VALUE_KNOWN || v[2].state != VALUE_KNOWN || v[2].integer < 1)
        return false;
    if (__builtin_sub_overflow((int64_t)month_of_date((int32_t)v[1].integer), v[2].integer, &first))
        return false;
    return ratio_cmp(v[0].hi, (struct ratio){first, 1}) < 0;
}

static const char *
on_texts(const struct expr *node, const struct value *v, struct value *out, struct arena *arena)
{
    switch (node->function) {
    case FUNCTION_SIZE:
        out->integer = (int64_t)text_chars(v[0].string);
        return NULL;
    case FUNCTION_CONTAINS:
        out->boolean = text_find(v[0].string, v[1].string) != SIZE_MAX;
        return NULL;
    case FUNCTION_STARTS_WITH:
        out->boolean = text_starts(v[0].string, v[1].string);
        return NULL;
    case FUNCTION_ENDS_WITH:
        out->boolean = text_ends(v[0].string, v[1].string);
        return NULL;
    case FUNCTION_TRIM:
        out->string = text_trim(v[0].string);
        return NULL;
    case FUNCTION_DATE:
        return date_read(v[0].string, out) ? NULL : "E805";
    case FUNCTION_STRING:
        if (node->args[0]->type->kind == TYPE_STRING)
            *out = v[0];
        else
            out->string = arena_printf(arena, "%lld", (long long)v[0].integer);
        return out->string.at == NULL && out->string.len > 0 ? "C702" : NULL;
    default: /* int() */
        if (node->args[0]->type->kind != TYPE_STRING)
            *out = v[0];
        else if (!text_int(v[0].string, &out->integer))
            return "E801";
        return NULL;
    }
}

static const char *
on_amounts(const struct expr *node, const struct value *v, struct value *out)
{
    const struct type *type = node->args[0]->type;
    struct ratio number;

    switch (node->function) {
    case FUNCTION_YUAN:
        return __builtin_mul_overflow(v[0].integer, (int64_t)100, &out->integer) ? "E801" : NULL;
    case FUNCTION_FEN:
        out->integer = v[0].integer;
        return NULL;
    case FUNCTION_ROUND:
        return ratio_round(number_of(&v[0], type), node->rounding, node->unit, &out->integer)
                   ? NULL
                   : "E801";
    case FUNCTION_PER_MONTH:
        if (v[1].integer < 1)
            return "E802";
        number = number_of(&v[0], type);
        return ratio_div(number, v[1].integer, &out->ratio) ? NULL : "E801";
    default:
        assert(node->function == FUNCTION_OVER_MONTHS);
        return number_arith(OP_MUL, out, node->type, &v[0], type, &v[1], type_of(TYPE_INT));
    }
}

const char *
function_known(const struct expr *node, const struct value *v, struct value *out,
               struct arena *arena)
{
    if (node->function == FUNCTION_BOOL) {
        *out = v[0];
        return NULL;
    }
    if (node->function >= FUNCTION_AGE_ON && node->function <= FUNCTION_WITHIN_MONTHS &&
        node->function != FUNCTION_DATE)
        return on_dates(node, v, out);
    if ((node->function >= FUNCTION_SIZE && node->function <= FUNCTION_INT) ||
        node->function == FUNCTION_DATE)
        return on_texts(node, v, out, arena);
    return on_amounts(node, v, out);
}

static struct span
span_round(const struct expr *node, struct span span)
{
    int64_t fen = 0;

    span.has_lo = span.has_lo && ratio_round(span.lo, node->rounding, node->unit, &fen);
    if (span.has_lo)
        span.lo = (struct ratio){fen, 1};
    span.has_hi = span.has_hi && ratio_round(span.hi, node->rounding, node->unit, &fen);
    if (span.has_hi)
        span.hi = (struct ratio){fen, 1};
    return span;
}

/* The interval of an unknown amount that is rounded, or spread over months and gathered again:
 * monotone each, so the ends go where the amount would. All else drops the interval. */
static void
bounds(const struct expr *node, const struct value *v, struct value *out)
{
    struct span span = span_of(&v[0], node->args[0]->type), months;

    switch (node->function) {
    case FUNCTION_ROUND:
        span_set(out, span_round(node, span));
        break;
    case FUNCTION_PER_MONTH: /* fewer than one month is an error, which no interval holds */
        months = span_of(&v[1], node->args[1]->type);
        if (v[1].state == VALUE_KNOWN && v[1].integer >= 1)
            span_set(out, span_arith(OP_DIV, span, months, false));
        break;
    case FUNCTION_OVER_MONTHS:
        months = span_of(&v[1], node->args[1]->type);
        if (v[0].state != VALUE_ERROR && v[1].state != VALUE_ERROR)
            span_set(out, span_arith(OP_MUL, span, months, false));
        break;
    default:
        break;
    }
}

/* min and max of two and more */
static void
walk_extreme(struct walk *w, const struct expr *node, struct value *out)
{
    bool is_min = node->function == FUNCTION_MIN, is_number = type_is_number(node->type);
    struct cause_set causes = {0};
    struct value best = {0}, value, error = {0};
    struct span span = {0};
    bool is_unknown = false, has_best = false;

    for (uint32_t i = 0; i < node->count; i++) {
        walk(w, node->args[i], &value);
        if (value.state == VALUE_ERROR) {
            error = value;
            continue;
        }
        if (value.state != VALUE_KNOWN) {
            is_unknown = true;
            walk_union(w, &causes, value.causes);
        } else if (!has_best || (value_order(&value, &best, node->type) < 0) == is_min) {
            best = value;
            has_best = true;
        }
        if (is_number) {
            struct span one = span_of(&value, node->type);
            span = i == 0 ? one : is_min ? span_min(span, one) : span_max(span, one);
        }
    }
    if (is_unknown) {
        value_unknown(out, causes);
        if (is_number && error.state != VALUE_ERROR)
            span_set(out, span);
    } else {
        *out = error.state == VALUE_ERROR ? error : best;
    }
}

/* An unknown that may turn out to be none: or_else then gives its other value, and need() an
 * unknown without bounds, so the interval of the field alone would be too narrow. */
static void
maybe_none(struct walk *w, const struct expr *node, struct value *out)
{
    const struct type *type = node->type;
    struct span span = span_of(out, type);
    struct value other;

    out->has_lo = out->has_hi = false;
    if (node->function != FUNCTION_OR_ELSE || !type_is_number(type))
        return;
    walk(w, node->args[1], &other);
    if (other.state != VALUE_ERROR)
        span_set(out, span_hull(span, span_of(&other, type)));
}

/* or_else, need, known: they look at what others may not see. */
static void
walk_guarded(struct walk *w, const struct expr *node, struct value *out)
{
    const struct expr *arg = node->args[0];

    walk(w, arg, out);
    if (node->function == FUNCTION_KNOWN) {
        if (out->state != VALUE_ERROR)
            *out = (struct value){.boolean = value_known(out, arg->type, w->frame, 0)};
        return;
    }
    if (out->state == VALUE_UNKNOWN && arg->type->may_be_none)
        maybe_none(w, node, out);
    if (out->state != VALUE_NONE)
        return;
    if (node->function == FUNCTION_OR_ELSE) {
        walk(w, node->args[1], out);
    } else {
        struct cause_set causes = out->causes;
        if (causes.count == 0 &&
            !cause_one(&causes, w->frame->causes, expr_print(arg, w->frame->arena)))
            w->frame->is_full = true;
        value_unknown(out, causes);
    }
}

/* Working days; a year that the calendar lacks is not known: "calendar.2027". */
static void
walk_calendar(struct walk *w, const struct expr *node, const struct value *v, struct value *out)
{
    const struct calendar *calendar = w->frame->calendar;
    int32_t day = (int32_t)v[0].integer, moved = 0, lacks = 0;
    enum calendar_answer answer;
    struct cause_set causes = {0};

    *out = (struct value){0};
    if (node->function == FUNCTION_IS_WORKDAY) {
        answer = calendar_is_workday(calendar, day, &out->boolean, &lacks);
    } else if (node->function == FUNCTION_ADD_WORKDAYS) {
        answer = calendar_add(calendar, day, v[1].integer, &moved, &lacks);
        out->integer = moved;
    } else {
        answer = calendar_between(calendar, day, (int32_t)v[1].integer, &out->integer, &lacks);
    }
    if (answer == CALENDAR_FAR_OFF) {
        value_error(w, node, "E805", out);
    } else if (answer == CALENDAR_LACKS) {
        if (!cause_one(&causes, w->frame->causes,
                       arena_printf(w->frame->arena, "calendar.%04d", lacks)))
            w->frame->is_full = true;
        value_unknown(out, causes);
    }
}

void
walk_function(struct walk *w, const struct expr *node, struct value *out)
{
    struct value v[3];
    const char *error;

    switch (node->function) {
    case FUNCTION_SUM:
        walk_fold(w, node, out);
        return;
    case FUNCTION_MIN:
    case FUNCTION_MAX:
        if (node->count == 1)
            walk_fold(w, node, out);
        else
            walk_extreme(w, node, out);
        return;
    case FUNCTION_OR_ELSE:
    case FUNCTION_NEED:
    case FUNCTION_KNOWN:
        walk_guarded(w, node, out);
        return;
    default:
        break;
    }
    assert(node->count >= 1 && node->count <= 3);
    for (uint32_t i = 0; i < node->count; i++)
        walk(w, node->args[i], &v[i]);
    if (node->function == FUNCTION_SIZE && node->args[0]->type->kind == TYPE_LIST) {
        walk_size(w, node, &v[0], out);
        return;
    }
    if (walk_strict(w, v, node->count, out)) {
        if (out->state == VALUE_UNKNOWN && node->function == FUNCTION_WITHIN_MONTHS &&
            is_before_window(node, v))
            *out = (struct value){.boolean = false};
        else if (out->state == VALUE_UNKNOWN)
            bounds(node, v, out);
        return;
    }
    if (function_is_of_calendar(node->function)) {
        walk_calendar(w, node, v, out);
        return;
    }
    *out = (struct value){0};
    error = function_known(node, v, out, w->frame->arena);
    if (error != NULL)
        value_error(w, node, error, out);
}

bool
round_named(struct text name, struct value value, const struct type *from, struct value *out)
{
    const struct function_name *found = function_find(name);
    struct expr arg = {.type = from}, *args[1] = {&arg};
    struct expr node = {.function = FUNCTION_ROUND, .count = 1, .args = args};

    if (found == NULL || found->function != FUNCTION_ROUND)
        return false;
    node.rounding = found->rounding;
    node.unit = found->unit;
    if (value.state == VALUE_UNKNOWN) {
        value_unknown(out, value.causes);
        bounds(&node, &value, out);
    } else if (value.state != VALUE_KNOWN) {
        *out = value;
    } else {
        *out = (struct value){0};
        if (!ratio_round(number_of(&value, from), found->rounding, found->unit, &out->integer))
            *out = (struct value){.state = VALUE_ERROR, .error = "E801"};
    }
    return true;
}
