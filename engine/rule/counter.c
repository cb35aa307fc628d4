/* SPDX-License-Identifier: Apache-2.0 */
/* counter.c: what would make a rule stop, found by asking it again.
 *
 * The rule is evaluated over the household as it stands, but with one number replaced, or one row
 * left out. What a trial takes from the arena is given back. */
#include <stdlib.h>
#include <string.h>

#include "engine/rule/finding.h"

#include "engine/base/ban.h"

#define TRIALS_MAX 64  /* of a finding */
#define TRIALS_KEPT 16 /* trials between two times that memory is given back */
#define STEP_PARTS                                                                                 \
    1000 /* a value just past a limit that has no neighbour: a thousandth of a unit */

struct turn { /* the value of one side at which a comparison turns */
    const struct comparison *c;
    bool is_left, is_at_most, is_open; /* open: not the value itself, only what lies past it */
    struct ratio at;                   /* in ones */
};
struct trials {
    struct judging *j;
    const struct rule *rule;
    struct run run, fresh; /* fresh: as it was opened */
    struct arena_mark mark;
    uint32_t count, kept;
    bool is_cut;
};

static bool
trials_open(struct trials *t, enum grade floor, struct err *err)
{
    const struct run *run = t->j->run;

    if (run_open(&t->run, run->pack, run->household, t->j->arena, err) != HEDUI_OK)
        return false;
    t->run.is_reference = run->is_reference;
    t->run.floor = floor;
    t->fresh = t->run;
    t->mark = arena_mark(t->j->arena);
    return true;
}

/* Everything that trials remembered, forgotten. */
static void
trials_forget(struct trials *t)
{
    const struct run *run = &t->run;
    bool is_full = t->run.is_full;

    memset(run->slot_states, 0,
           slot_fact(run->pack, run->pack->home_fact_count) * sizeof *run->slot_states);
    for (uint32_t i = 0; i < run->household->person_count; i++) {
        struct subject *person = &run->persons[i];
        person->facts = NULL;
        person->fact_states = NULL;
        person->lists = NULL;
        person->list_states = NULL;
    }
    t->run.case_subject.facts = NULL;
    t->run = t->fresh;
    t->run.is_full = is_full;
    arena_rewind(t->j->arena, t->mark);
    t->kept = 0;
}

/* Is the rule still true? After TRIALS_MAX nobody is asked: true. */
static bool
still_true(struct trials *t)
{
    struct value value;

    if (t->count == TRIALS_MAX) {
        t->is_cut = true;
        return true;
    }
    t->count++;
    value = rule_value(&t->run, t->rule, NULL, NULL);
    return value.state == VALUE_KNOWN && value.boolean;
}

/* Units of the type in one: what lies next to a value is a unit away. 0: nothing lies next to it.
 */
static int64_t
units_in_one(const struct type *type)
{
    int64_t units = 1;

    if (type_is_ratio(type))
        return 0;
    for (uint8_t i = 0; type->kind == TYPE_DECIMAL && i < type->scale; i++)
        units *= 10;
    return units;
}

static i128
ratio_ceil(struct ratio ratio)
{
    ratio.num = -ratio.num;
    return -ratio_floor(ratio);
}

/* Where the comparison turns; false: it orders nothing, or nothing can be named. */
static bool
turn_of(const struct run *run, const struct comparison *c, struct turn *out)
{
    bool is_strict = c->op[1] == '\0', is_more = c->op[0] == '>';
    const struct type *type;
    struct ratio limit;
    int64_t units;
    i128 whole;

    *out = (struct turn){.c = c};
    if ((c->op[0] != '<' && c->op[0] != '>') || c->result.state != VALUE_KNOWN ||
        !type_is_number(c->left_type))
        return false;
    out->is_left = !expr_is_fixed(run->pack, c->left) || expr_is_fixed(run->pack, c->right);
    type = out->is_left ? c->left_type : c->right_type;
    units = units_in_one(type);
    if (expr_has_var(c->left) || expr_has_var(c->right) ||
        expr_is_fixed(run->pack, out->is_left ? c->left : c->right) ||
        !comparison_number(c, !out->is_left, &limit))
        return false;
    if (!c->result.boolean) { /* to be made true: a < b is what turns a >= b */
        is_more = !is_more;
        is_strict = !is_strict;
    }
    out->is_at_most = is_more == out->is_left; /* a > b stops at a <= b, at b >= a */
    out->is_open = !is_strict && units == 0;
    out->at = limit;
    if (units == 0)
        return true;
    if (!ratio_mul(limit, (struct ratio){units, 1}, &limit))
        return false;
    whole = out->is_at_most ? ratio_floor(limit) : ratio_ceil(limit);
    if (!is_strict && limit.den == 1)
        whole += out->is_at_most ? -1 : 1;
    return ratio_make(whole, units, &out->at);
}

static bool
turn_value(const struct turn *turn, struct ratio ones, struct value *out)
{
    const struct type *type = turn->is_left ? turn->c->left_type : turn->c->right_type;
    int64_t units = units_in_one(type);

    memset(out, 0, sizeof *out);
    return (units <= 1 || ratio_mul(ones, (struct ratio){units, 1}, &ones)) &&
           number_set(out, type, ones);
}

/* Does the rule stop where that side is `ones`? */
static bool
stops_at(struct trials *t, const struct turn *turn, struct ratio ones)
{
    const struct expr *side = turn->is_left ? turn->c->left : turn->c->right;
    struct run *run = &t->run;
    struct value value;
    bool stops;

    if (!turn_value(turn, ones, &value))
        return false;
    run->generation++;
    if (side->op == OP_SLOT) {
        run->slots[side->number] = value;
        run->slot_states[side->number] = run->generation;
    } else {
        run->replaced = side;
        run->replacement = value;
    }
    stops = !still_true(t);
    run->replaced = NULL;
    run->generation++;
    return stops;
}

/* Exceptions may hold before the limit is reached: the nearest value at which the rule stops, by
 * halves, between one at which it does and the one at which it fires. */
static void
turn_narrow(struct trials *t, struct turn *turn)
{
    const struct type *type = turn->is_left ? turn->c->left_type : turn->c->right_type;
    int64_t units = units_in_one(type);
    struct ratio fires, at, middle;
    i128 stops, apart;

    if (t->rule->unless_count == 0 || units == 0 ||
        !comparison_number(turn->c, turn->is_left, &fires) ||
        !ratio_mul(fires, (struct ratio){units, 1}, &fires) || fires.den != 1 ||
        !ratio_mul(turn->at, (struct ratio){units, 1}, &at) || at.den != 1)
        return;
    stops = at.num;
    while ((apart = fires.num - stops) > 1 || apart < -1) {
        i128 half = stops + apart / 2;
        if (!ratio_make(half, units, &middle))
            return;
        if (stops_at(t, turn, middle)) {
            stops = half;
            turn->at = middle;
        } else if (t->is_cut) {
            return;
        } else {
            fires.num = half;
        }
    }
}

static bool
turn_try(struct trials *t, struct turn *turn)
{
    struct ratio probe = turn->at;

    if (turn->is_open &&
        !ratio_add(probe, (struct ratio){turn->is_at_most ? -1 : 1, STEP_PARTS}, &probe))
        return false;
    if (!stops_at(t, turn, probe))
        return false;
    turn_narrow(t, turn);
    return true;
}

static int
row_order(const void *a, const void *b)
{
    const struct household_row *x = *(const struct household_row *const *)a;
    const struct household_row *y = *(const struct household_row *const *)b;

    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    if (x->kind->number != y->kind->number)
        return x->kind->number < y->kind->number ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* The rows that the rule looked at, once each; NULL: the arena is full. */
static const struct household_row **
rows_seen(struct judging *j, uint32_t *count)
{
    const struct household_row **rows;
    uint32_t room = 0, kept = 0;

    for (const struct subject *s = j->run->touched; s != NULL; s = s->touched_next)
        room += s->thing != NULL ? s->thing->row_count : s->row != NULL;
    rows = arena_alloc(j->arena, room, sizeof *rows);
    *count = 0;
    if (rows == NULL)
        return NULL;
    room = 0;
    for (const struct subject *s = j->run->touched; s != NULL; s = s->touched_next)
        if (s->thing == NULL && s->row != NULL)
            rows[room++] = s->row;
        else
            for (uint32_t i = 0; s->thing != NULL && i < s->thing->row_count; i++)
                rows[room++] = s->thing->rows[i];
    if (room > 0)
        qsort(rows, room, sizeof *rows, row_order);
    for (uint32_t i = 0; i < room; i++)
        if (kept == 0 || row_order(&rows[kept - 1], &rows[i]) != 0)
            rows[kept++] = rows[i];
    *count = kept;
    return rows;
}

/* Of the rows only those without which the rule is no longer true; the number of them. */
static uint32_t
rows_try(struct trials *t, const struct household_row **rows, uint32_t count)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < count && !t->is_cut; i++) {
        run_without(&t->run, rows[i]);
        if (!still_true(t))
            rows[kept++] = rows[i];
        if (++t->kept == TRIALS_KEPT)
            trials_forget(t);
    }
    return kept;
}

const char *
counter_zh(struct text what)
{
    static const struct {
        const char *end, *zh;
    } words[] = {
        {"at_most",  "至多 "},
        {"at_least", "至少 "},
        {"below",    "低于 "},
        {"above",    "高于 "},
        {"without",  "没有 "},
    };

    for (size_t i = 0; i < LEN(words); i++)
        if (text_find(what, text_of(words[i].end)) != SIZE_MAX)
            return words[i].zh;
    return "";
}

static struct text
turn_text(struct judging *j, const struct turn *turn)
{
    buf_reset(&j->buf);
    show_ratio(&j->buf, turn->at, turn->is_left ? turn->c->left_type : turn->c->right_type,
               LANG_ZH);
    return show_text(&j->buf, j->arena);
}

static void
turn_put(struct judging *j, struct finding *finding, const struct turn *turn, bool is_named)
{
    static const char *const words[2][2][2] = {
        {{"right_at_least", "right_above"}, {"right_at_most", "right_below"}},
        {{"left_at_least", "left_above"},   {"left_at_most", "left_below"}  },
    };
    struct counter *out = &finding->counter[finding->counter_count++];

    out->what = text_of(words[turn->is_left][turn->is_at_most][turn->is_open]);
    out->value = turn_text(j, turn);
    out->of = expr_print(turn->is_left ? turn->c->left : turn->c->right, j->arena);
    out->is_named = is_named;
    out->unit = text_of(show_unit(turn->is_left ? turn->c->left_type : turn->c->right_type));
}

hedui_status
counter_build(struct judging *j, struct finding *finding, const struct rule *rule,
              const struct trace *trace, struct err *err)
{
    struct arena_mark mark;
    struct trials t = {.j = j, .rule = rule};
    struct turn turns[COMPARED_MAX];
    uint32_t turn_count = 0, row_count;
    const struct household_row **rows = rows_seen(j, &row_count);

    finding->counter =
        arena_alloc(j->arena, (size_t)row_count + COMPARED_MAX, sizeof *finding->counter);
    if (rows == NULL || finding->counter == NULL)
        return arena_full(j->arena, err);
    mark = arena_mark(j->arena);
    /* An objection that only leads are left for is none: its rows are tried without them. */
    if (!trials_open(&t, finding->level == LEVEL_DENY ? GRADE_CONFIRM : GRADE_LEAD, err))
        return err->status;
    for (uint32_t i = 0; i < trace->count; i++)
        if (turn_of(j->run, &trace->items[i], &turns[turn_count]) &&
            turn_try(&t, &turns[turn_count]))
            turn_count++;
    trials_forget(&t);
    row_count = rows_try(&t, rows, row_count);
    arena_rewind(j->arena, mark);
    if (t.run.is_full)
        return arena_full(j->arena, err);
    for (uint32_t i = 0; i < turn_count; i++)
        turn_put(j, finding, &turns[i], turn_count > 1);
    for (uint32_t i = 0; i < row_count; i++) {
        struct counter *out = &finding->counter[finding->counter_count++];
        out->what = TEXT("without");
        out->value = arena_printf(j->arena, "%s." TEXT_FMT ".%u",
                                  j->run->household->persons[rows[i]->person].key,
                                  TEXT_ARG(rows[i]->kind->list), rows[i]->place);
        if (out->value.at == NULL)
            return arena_full(j->arena, err);
    }
    finding->is_counter_cut = t.is_cut;
    return HEDUI_OK;
}
