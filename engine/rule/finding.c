/* SPDX-License-Identifier: Apache-2.0 */
/* finding.c: one rule that fired or may fire, told in words, numbers and rows.
 *
 * The rule is evaluated again, its facts computed anew, so that what it reads and compares can be
 * seen; judging itself pays for none of that. */
#include "engine/rule/finding.h"

#include <string.h>

#include "engine/base/ban.h"

#define SHARE_UNIT 1000000 /* margins are ranked in millionths of the limit */

hedui_status
finding_new(struct judging *j, struct ranked **out, struct err *err)
{
    if (j->count == j->room) {
        uint32_t room = j->room == 0 ? 8 : j->room * 2;
        struct ranked *items = arena_alloc(j->arena, room, sizeof *items);
        if (items == NULL)
            return arena_full(j->arena, err);
        if (j->count > 0)
            memcpy(items, j->items, j->count * sizeof *items);
        j->items = items;
        j->room = room;
    }
    *out = &j->items[j->count++];
    memset(*out, 0, sizeof **out);
    (*out)->share = -1;
    (*out)->finding.severity = 5;
    (*out)->finding.grade = TEXT("final");
    return HEDUI_OK;
}

static bool
is_true(const struct value *value)
{
    return value->state == VALUE_KNOWN && value->boolean;
}

static bool
is_false(const struct value *value)
{
    return value->state == VALUE_KNOWN && !value->boolean;
}

/* `dominant` wins (true of ||, false of &&), then unknown, then error: language 1.3. */
static struct value
logic_join(struct run *run, struct value a, struct value b, bool dominant)
{
    if (a.state == VALUE_KNOWN && a.boolean == dominant)
        return a;
    if (b.state == VALUE_KNOWN && b.boolean == dominant)
        return b;
    if (a.state == VALUE_UNKNOWN && b.state == VALUE_UNKNOWN) {
        if (!cause_union(&a.causes, a.causes, b.causes, run->arena))
            run->is_full = true;
        return a;
    }
    if (a.state == VALUE_UNKNOWN || b.state == VALUE_UNKNOWN)
        return a.state == VALUE_UNKNOWN ? a : b;
    return a.state == VALUE_ERROR ? a : b;
}

static void
trace_compared(void *context, const struct expr *left, struct value left_value, const char *op,
               const struct expr *right, struct value right_value, const struct type *left_type,
               const struct type *right_type, struct value result)
{
    struct bound *bound = context;
    struct trace *trace = bound->trace;
    struct comparison c = {left, right, op, left_value, right_value, result, left_type, right_type};

    if (trace == NULL || !(type_is_number(left_type) || left_type->kind == TYPE_DATE ||
                           left_type->kind == TYPE_MONTH))
        return;
    if (left_type->kind == TYPE_MONTH) {
        if (left_value.state == VALUE_UNKNOWN && result.state == VALUE_KNOWN)
            return; /* months that nobody delivered, and that the rule does not look at */
        c.left_value.has_hi = c.right_value.has_hi = false; /* no amount to print */
    }
    for (uint32_t i = 0; i < trace->count; i++)
        if (trace->items[i].left == left && trace->items[i].right == right) {
            if (is_true(&result) && !is_true(&trace->items[i].result))
                trace->items[i] = c;
            return;
        }
    if (trace->count < COMPARED_MAX)
        trace->items[trace->count++] = c;
}

struct value
rule_value(struct run *run, const struct rule *rule, struct trace *trace, struct value *unless)
{
    compared_fn compared = trace == NULL ? NULL : trace_compared;
    struct value when = run_eval(run, rule->when, NULL, compared, trace);
    struct value exception = {.state = VALUE_KNOWN};

    if (is_false(&when))
        return when;
    for (uint32_t i = 0; i < rule->unless_count; i++) {
        struct value one = run_eval(run, rule->unless[i].when, NULL, NULL, NULL);
        if (unless != NULL)
            unless[i] = one;
        exception = logic_join(run, exception, one, true);
    }
    if (exception.state == VALUE_KNOWN)
        exception.boolean = !exception.boolean;
    return logic_join(run, when, exception, false);
}

/* Of an unknown number: the end of its interval that the comparison hangs on, the lower one where
 * nothing else is asked for. NULL: it has none. */
static const struct ratio *
bound_of(const struct value *value, bool is_high)
{
    if (value->state != VALUE_UNKNOWN)
        return NULL;
    if (value->has_hi && (is_high || !value->has_lo))
        return &value->hi;
    return value->has_lo ? &value->lo : NULL;
}

/* `savings > limit` is true by the least that savings can be, and false by the most. */
static bool
hangs_on_high(const struct comparison *c, bool is_left)
{
    if (c->result.state != VALUE_KNOWN || (c->op[0] != '<' && c->op[0] != '>'))
        return false;
    return ((c->op[0] == '<') == c->result.boolean) == is_left;
}

bool
comparison_number(const struct comparison *c, bool is_left, struct ratio *out)
{
    const struct value *value = is_left ? &c->left_value : &c->right_value;
    const struct type *type = is_left ? c->left_type : c->right_type;
    const struct ratio *bound = bound_of(value, hangs_on_high(c, is_left));

    if (value->state == VALUE_KNOWN)
        *out = number_of(value, type);
    else if (bound != NULL)
        *out = *bound;
    else
        return false;
    *out = ones_of(*out, type);
    return true;
}

bool
comparison_margin(const struct comparison *c, struct ratio *margin, int64_t *share)
{
    struct ratio a, b, part;

    if (!type_is_number(c->left_type) || !comparison_number(c, true, &a) ||
        !comparison_number(c, false, &b))
        return false;
    if (c->op[0] == '<') {
        struct ratio swap = a;
        a = b;
        b = swap;
    }
    b.num = -b.num;
    if (!ratio_add(a, b, margin))
        return false;
    b.num = b.num < 0 ? -b.num : b.num;
    *share = INT64_MAX;
    if (b.num > 0 && b.num <= INT64_MAX && ratio_mul(*margin, (struct ratio){b.den, 1}, &part) &&
        ratio_mul(part, (struct ratio){SHARE_UNIT, 1}, &part) &&
        ratio_div(part, (int64_t)b.num, &part)) {
        i128 whole = ratio_floor(part);
        *share = whole > INT64_MAX ? INT64_MAX : whole < 0 ? 0 : (int64_t)whole;
    }
    return true;
}

static struct text
shown(struct judging *j, const struct comparison *c, bool is_left)
{
    const struct value *value = is_left ? &c->left_value : &c->right_value;
    const struct type *type = is_left ? c->left_type : c->right_type;
    const struct ratio *bound = bound_of(value, hangs_on_high(c, is_left));

    buf_reset(&j->buf);
    if (bound != NULL)
        show_ratio(&j->buf, ones_of(*bound, type), type, LANG_ZH);
    else
        show_value(&j->buf, value, type, LANG_ZH);
    return show_text(&j->buf, j->arena);
}

int64_t
compared_fill(struct judging *j, struct compared *out, const struct comparison *c)
{
    const struct ratio *bound;
    struct ratio margin;
    int64_t share = -1;

    out->left = expr_print(c->left, j->arena);
    out->value = shown(j, c, true);
    out->op = text_of(c->op);
    out->right = expr_print(c->right, j->arena);
    out->limit = shown(j, c, false);
    out->unit = text_of(show_unit(c->left_type));
    bound = bound_of(&c->left_value, hangs_on_high(c, true));
    out->at_least = bound != NULL && bound == &c->left_value.lo;
    out->at_most = bound != NULL && !out->at_least;
    if (c->result.state != VALUE_KNOWN || !comparison_margin(c, &margin, &share))
        return -1;
    buf_reset(&j->buf);
    show_ratio(&j->buf, margin, c->left_type, LANG_ZH);
    out->margin = show_text(&j->buf, j->arena);
    return share;
}

/* Those that decided: the true ones; for a doubt the unknown ones too; all where none is true. */
static hedui_status
compared_build(struct judging *j, struct ranked *ranked, const struct trace *trace, struct err *err)
{
    uint32_t kept = 0;

    ranked->finding.compared = arena_alloc(j->arena, trace->count, sizeof(struct compared));
    if (ranked->finding.compared == NULL)
        return arena_full(j->arena, err);
    for (uint32_t pass = 0; pass < 2 && kept == 0; pass++)
        for (uint32_t i = 0; i < trace->count; i++) {
            const struct comparison *c = &trace->items[i];
            bool is_wanted =
                is_true(&c->result) || pass == 1 ||
                (ranked->finding.level == LEVEL_DOUBT && c->result.state == VALUE_UNKNOWN);
            if (is_wanted) {
                int64_t share = compared_fill(
                    j, &ranked->finding.compared[ranked->finding.compared_count++], c);
                ranked->share = share > ranked->share ? share : ranked->share;
                kept++;
            }
        }
    return HEDUI_OK;
}

static hedui_status
unless_build(struct judging *j, struct finding *finding, const struct rule *rule,
             const struct value *values, struct err *err)
{
    static const char *const states[] = {"false", "none", "unknown", "error"};

    finding->unless = arena_alloc(j->arena, rule->unless_count, sizeof *finding->unless);
    if (finding->unless == NULL)
        return arena_full(j->arena, err);
    for (uint32_t i = 0; i < rule->unless_count; i++)
        finding->unless[finding->unless_count++] = (struct unless_result){
            rule->unless[i].id,
            is_true(&values[i]) ? TEXT("true") : text_of(states[values[i].state])};
    return HEDUI_OK;
}

static void
rule_texts(struct judging *j, struct finding *finding, const struct rule *rule, bool is_lead)
{
    const struct reason *reason =
        rule->reason_number < 0 ? NULL : &j->run->pack->reasons[rule->reason_number];

    buf_reset(&j->buf);
    if (finding->level == LEVEL_DOUBT)
        buf_str(&j->buf, "尚不能判断：");
    if (reason == NULL || finding->level == LEVEL_DOUBT)
        buf_text(&j->buf, rule->zh);
    else
        show_template(&j->buf, j->run, &reason->zh_parts, LANG_ZH);
    if (is_lead)
        buf_str(&j->buf, "（只凭线索，须人工确认）");
    finding->zh = show_text(&j->buf, j->arena);
    buf_reset(&j->buf);
    if (finding->level == LEVEL_DOUBT) {
        buf_str(&j->buf, "cannot be decided yet: ");
        buf_text(&j->buf, rule->en.len > 0 ? rule->en : rule->name);
    } else if (reason != NULL && reason->en.len > 0) {
        show_template(&j->buf, j->run, &reason->en_parts, LANG_EN);
        if (is_lead)
            buf_str(&j->buf, " (rests on leads only: a person must confirm it)");
    }
    finding->en = show_text(&j->buf, j->arena);
}

hedui_status
finding_open(struct judging *j, struct finding *finding, struct text *causes, uint32_t count,
             struct err *err)
{
    finding->open = causes;
    finding->open_count = count;
    finding->settle = arena_alloc(j->arena, count, sizeof *finding->settle);
    if (finding->settle == NULL)
        return arena_full(j->arena, err);
    for (uint32_t i = 0; i < count; i++) {
        struct text text = settle_text(j->run->pack, causes[i], j->arena);
        bool is_known = text.len == 0;
        for (uint32_t k = 0; k < finding->settle_count && !is_known; k++)
            is_known = text_eq(finding->settle[k], text);
        if (!is_known)
            finding->settle[finding->settle_count++] = text;
    }
    return HEDUI_OK;
}

/* What is still open: of the rule's own value, and of the amounts it compared; of a doubt its own
 * causes alone, for a comparison that bounds decide waits for nothing. */
static hedui_status
open_build(struct judging *j, struct finding *finding, struct run *run, struct value value,
           const struct trace *trace, struct err *err)
{
    struct cause_set set = {0, NULL};
    struct text *causes;
    uint32_t count;

    if (value.state == VALUE_UNKNOWN)
        set = value.causes;
    for (uint32_t i = 0; finding->level != LEVEL_DOUBT && i < trace->count; i++)
        if (trace->items[i].left_value.state == VALUE_UNKNOWN &&
            !cause_union(&set, set, trace->items[i].left_value.causes, run->arena))
            return arena_full(run->arena, err);
    TRY(run_causes(run, set, &causes, &count, err));
    TRY(finding_open(j, finding, causes, count, err));
    if (finding->level != LEVEL_DOUBT && finding->level != LEVEL_HOLD)
        finding->settle_count = 0; /* nothing to come changes it */
    return HEDUI_OK;
}

hedui_status
finding_of_rule(struct judging *j, const struct rule *rule, enum level level, enum grade grade,
                struct err *err)
{
    struct run *run = j->run;
    struct trace *trace = arena_alloc(j->arena, 1, sizeof *trace);
    struct value *unless = arena_alloc(j->arena, rule->unless_count, sizeof *unless);
    struct ranked *ranked;
    struct finding *finding;
    struct value value;

    if (trace == NULL || unless == NULL)
        return arena_full(j->arena, err);
    run->generation++;
    run->touched = NULL;
    run->is_tracing = true;
    value = rule_value(run, rule, trace, unless);
    run->is_tracing = false;
    TRY(finding_new(j, &ranked, err));
    finding = &ranked->finding;
    finding->rule = rule->name;
    finding->level = level;
    finding->reason = rule->reason;
    finding->ref = rule->ref;
    finding->severity = rule->severity;
    finding->grade = text_of(grade_name(grade));
    rule_texts(j, finding, rule, rule->kind == WHEN_DENY && grade == GRADE_LEAD);
    TRY(compared_build(j, ranked, trace, err));
    TRY(unless_build(j, finding, rule, unless, err));
    TRY(open_build(j, finding, run, value, trace, err));
    TRY(evidence_of_run(j, finding, run, err));
    TRY(confirm_build(j, finding, err));
    if (is_true(&value))
        TRY(counter_build(j, finding, rule, trace, err));
    return run->is_full ? arena_full(j->arena, err) : HEDUI_OK;
}
