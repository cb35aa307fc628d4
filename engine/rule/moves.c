/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/rule/moves.h"

#include <string.h>

#include "engine/rule/tree.h"

#include "engine/base/ban.h"

const char moves_titles[] = "核对编号 case_no,行政区划 division,旧结论 old,新结论 new,"
                            "新增依据 rules_gained,消失依据 rules_lost,"
                            "改变的数 figures,涉及的改动 changes";

void
moves_open(struct moves *moves, const struct changes *changes)
{
    memset(moves, 0, sizeof *moves);
    moves->changes = changes;
    arena_init(&moves->arena, "moves", 0, true);
}

void
moves_close(struct moves *moves)
{
    mem_free(moves->rules);
    mem_free(moves->reasons);
    mem_free(moves->figures);
    mem_free(moves->divisions);
    arena_release(&moves->arena);
}

static hedui_status
no_room(struct err *err)
{
    return err_set(err, HEDUI_E_MEMORY, "内存不足\nno memory left");
}

/* Sorted arrays of structs whose first member is their name: names are few, cases are many. */
static hedui_status
named(void *items, uint32_t *count, uint32_t *room, size_t size, struct text name, uint32_t *at,
      struct err *err)
{
    char **array = items;
    uint32_t low = 0, high = *count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct text there;
        int order;

        memcpy(&there, *array + middle * size, sizeof there);
        order = text_cmp(there, name);
        if (order == 0) {
            *at = middle;
            return HEDUI_OK;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (*count == *room) {
        uint32_t more = *room == 0 ? 16 : *room * 2;
        void *grown = mem_resize(*array, more, size);

        if (grown == NULL)
            return no_room(err);
        *array = grown;
        *room = more;
    }
    memmove(*array + (low + 1) * size, *array + low * size, (*count - low) * size);
    memset(*array + low * size, 0, size);
    memcpy(*array + low * size, &name, sizeof name);
    (*count)++;
    *at = low;
    return HEDUI_OK;
}

static hedui_status
rule_named(struct moves *m, struct text name, struct moves_name **out, struct err *err)
{
    uint32_t at;

    TRY(named(&m->rules, &m->rule_count, &m->rule_room, sizeof *m->rules, name, &at, err));
    *out = &m->rules[at];
    return HEDUI_OK;
}

static hedui_status
reason_named(struct moves *m, struct text name, struct moves_name **out, struct err *err)
{
    uint32_t at;

    TRY(named(&m->reasons, &m->reason_count, &m->reason_room, sizeof *m->reasons, name, &at, err));
    *out = &m->reasons[at];
    return HEDUI_OK;
}

static hedui_status
figure_named(struct moves *m, struct text name, struct moves_figure **out, struct err *err)
{
    uint32_t at;

    for (at = 0; at < m->figure_count; at++) /* the packs' own texts, the same each time */
        if (m->figures[at].name.at == name.at) {
            *out = &m->figures[at];
            return HEDUI_OK;
        }
    TRY(named(&m->figures, &m->figure_count, &m->figure_room, sizeof *m->figures, name, &at, err));
    *out = &m->figures[at];
    return HEDUI_OK;
}

/* Cases of one division stand together: most often it is the last one again. */
static hedui_status
division_named(struct moves *m, struct text name, struct moves_division **out, struct err *err)
{
    uint32_t at = m->last_division, before = m->division_count;

    if (at >= m->division_count || !text_eq(m->divisions[at].name, name)) {
        TRY(named(&m->divisions, &m->division_count, &m->division_room, sizeof *m->divisions, name,
                  &at, err));
        m->last_division = at;
        if (m->division_count > before)
            m->divisions[at].name = arena_text(&m->arena, name);
        if (m->divisions[at].name.at == NULL)
            return no_room(err);
    }
    *out = &m->divisions[at];
    return HEDUI_OK;
}

/* Keeps the smallest case numbers, sorted. */
static hedui_status
sample_put(struct moves *m, struct text (*samples)[MOVES_SAMPLES], struct text case_no,
           struct err *err)
{
    uint32_t at = MOVES_SAMPLES;

    while (at > 0 && ((*samples)[at - 1].at == NULL || text_cmp(case_no, (*samples)[at - 1]) < 0))
        at--;
    if (at == MOVES_SAMPLES)
        return HEDUI_OK;
    memmove(&(*samples)[at + 1], &(*samples)[at], (MOVES_SAMPLES - 1 - at) * sizeof **samples);
    (*samples)[at] = arena_text(&m->arena, case_no);
    return (*samples)[at].at == NULL ? no_room(err) : HEDUI_OK;
}

struct moving { /* one case */
    struct moves *moves;
    uint64_t mask;
    bool is_changed;
    struct sheet *sheet;
};

static const struct finding *
finding_like(const struct judgement *in, const struct finding *finding, bool same_level)
{
    for (uint32_t i = 0; i < in->finding_count; i++)
        if (text_eq(in->findings[i].rule, finding->rule) &&
            (!same_level || in->findings[i].level == finding->level))
            return &in->findings[i];
    return NULL;
}

static bool
has_reason(const struct judgement *in, struct text reason)
{
    for (uint32_t i = 0; i < in->finding_count; i++)
        if (in->findings[i].level != LEVEL_DOUBT && text_eq(in->findings[i].reason, reason))
            return true;
    return false;
}

static bool
is_first(const struct judgement *in, uint32_t number, bool by_reason)
{
    for (uint32_t i = 0; i < number; i++)
        if (by_reason ? in->findings[i].level != LEVEL_DOUBT &&
                            text_eq(in->findings[i].reason, in->findings[number].reason)
                      : text_eq(in->findings[i].rule, in->findings[number].rule))
            return false;
    return true;
}

static void
sheet_name(struct sheet *sheet, bool *is_begun, struct text name)
{
    if (sheet == NULL)
        return;
    if (*is_begun)
        sheet_add(sheet, TEXT(" "));
    *is_begun = true;
    sheet_add(sheet, name);
}

/* What `has` says and `lacks` does not; is_old: `has` is the old pack's judgement. */
static hedui_status
findings_count(struct moving *g, const struct judgement *has, const struct judgement *lacks,
               bool is_old, struct err *err)
{
    bool is_begun = false;

    for (uint32_t i = 0; i < has->finding_count; i++) {
        const struct finding *finding = &has->findings[i];
        bool is_gone = finding_like(lacks, finding, false) == NULL;
        struct moves_name *name;

        if (finding_like(lacks, finding, true) == NULL) {
            g->is_changed = true;
            g->mask |= changes_of_rule(g->moves->changes, finding->rule);
        }
        if (is_first(has, i, false) && finding_like(lacks, finding, true) == NULL) {
            TRY(rule_named(g->moves, finding->rule, &name, err));
            if (is_gone && is_old)
                name->lost++;
            else if (is_gone)
                name->gained++;
            else if (is_old)
                name->altered++;
            if (is_gone)
                sheet_name(g->sheet, &is_begun, finding->rule);
        }
        if (finding->level == LEVEL_DOUBT || !is_first(has, i, true) ||
            has_reason(lacks, finding->reason))
            continue;
        TRY(reason_named(g->moves, finding->reason, &name, err));
        g->is_changed = true;
        g->mask |= changes_of_rule(g->moves->changes, finding->rule);
        if (is_old)
            name->lost++;
        else
            name->gained++;
    }
    return HEDUI_OK;
}

static const struct figure *
figure_like(const struct judgement *in, const struct figure *figure, uint32_t number)
{
    if (number < in->figure_count && text_eq(in->figures[number].name, figure->name))
        return &in->figures[number];
    for (uint32_t i = 0; i < in->figure_count; i++)
        if (text_eq(in->figures[i].name, figure->name))
            return &in->figures[i];
    return NULL;
}

/* As a verdict prints them: known values, and the bounds of unknown ones, in one type. */
static bool
figures_same(const struct figure *a, const struct figure *b)
{
    const struct value *x = &a->value, *y = &b->value;

    if (a->type->kind != b->type->kind || a->type->scale != b->type->scale || x->state != y->state)
        return false;
    if (x->state == VALUE_UNKNOWN) {
        if (x->has_lo != y->has_lo || x->has_hi != y->has_hi || a->cause_count != b->cause_count)
            return false;
        for (uint32_t i = 0; i < a->cause_count; i++)
            if (!text_eq(a->causes[i], b->causes[i]))
                return false;
        return (!x->has_lo || ratio_cmp(x->lo, y->lo) == 0) &&
               (!x->has_hi || ratio_cmp(x->hi, y->hi) == 0);
    }
    return x->state != VALUE_KNOWN || value_order(x, y, a->type) == 0;
}

static hedui_status
figure_count(struct moving *g, const struct figure *old, const struct figure *new, bool *is_begun,
             struct err *err)
{
    const struct figure *one = old != NULL ? old : new;
    bool is_same = old != NULL && new != NULL &&figures_same(old, new);
    struct moves_figure *figure;

    TRY(figure_named(g->moves, one->name, &figure, err));
    figure->zh = one->zh;
    figure->en = one->en;
    figure->is_money = one->type->kind == TYPE_MONEY;
    if (old != NULL && new != NULL &&
        old->type->kind == TYPE_MONEY &&new->type->kind == TYPE_MONEY &&
        old->value.state == VALUE_KNOWN &&new->value.state == VALUE_KNOWN &&
        (__builtin_add_overflow(figure->old_sum, old->value.integer, &figure->old_sum) ||
         __builtin_add_overflow(figure->new_sum, new->value.integer, &figure->new_sum) ||
         ++figure->summed == 0))
        return err_set(err, HEDUI_E_LIMIT, "金额合计超出范围\na sum of money is out of range");
    if (is_same)
        return HEDUI_OK;
    figure->changed++;
    g->is_changed = true;
    g->mask |= changes_of_figure(g->moves->changes, one->name);
    sheet_name(g->sheet, is_begun, one->name);
    return HEDUI_OK;
}

static hedui_status
figures_count(struct moving *g, const struct judgement *old, const struct judgement *new,
              struct err *err)
{
    bool is_begun = false;

    for (uint32_t i = 0; i < old->figure_count; i++)
        TRY(figure_count(g, &old->figures[i], figure_like(new, &old->figures[i], i), &is_begun,
                         err));
    for (uint32_t i = 0; i < new->figure_count; i++)
        if (figure_like(old, &new->figures[i], i) == NULL)
            TRY(figure_count(g, NULL, &new->figures[i], &is_begun, err));
    return HEDUI_OK;
}

static struct text
division_of(const struct household *household)
{
    const struct kind *kind = household->model->applicant;
    int32_t field = kind_field(kind, TEXT("division"));

    return field >= 0 && household->case_cells[field].state == CELL_VALUE
               ? household->case_cells[field].text
               : TEXT("");
}

static void
changes_put(struct moving *g)
{
    const struct changes *changes = g->moves->changes;
    bool is_begun = false;

    for (uint32_t i = 0; i < CHANGE_MASK_MAX && i < changes->count; i++) {
        if ((g->mask >> i & 1) == 0)
            continue;
        g->moves->by_change[i]++;
        sheet_name(g->sheet, &is_begun, changes->items[i].name);
    }
}

/* The cells of the line between case and changes; the line is dropped if nothing differs. */
static hedui_status
case_count(struct moving *g, const struct judgement *old, const struct judgement *new,
           struct err *err)
{
    if (g->sheet != NULL)
        sheet_open(g->sheet);
    TRY(findings_count(g, new, old, false, err));
    if (g->sheet != NULL) {
        sheet_close(g->sheet);
        sheet_open(g->sheet);
    }
    TRY(findings_count(g, old, new, true, err));
    if (g->sheet != NULL) {
        sheet_close(g->sheet);
        sheet_open(g->sheet);
    }
    TRY(figures_count(g, old, new, err));
    if (g->sheet != NULL) {
        sheet_close(g->sheet);
        sheet_open(g->sheet);
    }
    changes_put(g);
    if (g->sheet != NULL) {
        sheet_close(g->sheet);
        sheet_line(g->sheet);
    }
    return HEDUI_OK;
}

hedui_status
moves_add(struct moves *moves, const struct household *household, const struct judgement *old,
          const struct judgement *new, struct sheet *sheet, struct err *err)
{
    struct moving g = {.moves = moves, .sheet = sheet};
    size_t before = sheet == NULL ? 0 : sheet->out->len;
    struct text division = division_of(household);
    struct moves_division *of;

    if (sheet != NULL) {
        sheet_put(sheet, household->case_no);
        sheet_put(sheet, division);
        sheet_put(sheet, text_of(outcome_name(old->outcome)));
        sheet_put(sheet, text_of(outcome_name(new->outcome)));
    }
    TRY(case_count(&g, old, new, err));
    if (sheet != NULL && !g.is_changed && !sheet->out->is_failed)
        sheet->out->len = before;
    TRY(division_named(moves, division, &of, err));
    of->cases++;
    of->moved += old->outcome != new->outcome;
    of->old_met += old->outcome == OUTCOME_MET;
    of->new_met += new->outcome == OUTCOME_MET;
    moves->cases++;
    moves->changed += g.is_changed;
    moves->moved += old->outcome != new->outcome;
    moves->matrix[old->outcome][new->outcome]++;
    return old->outcome == new->outcome
               ? HEDUI_OK
               : sample_put(moves, &moves->samples[old->outcome][new->outcome], household->case_no,
                            err);
}

static hedui_status
names_join(struct moves *into, const struct moves_name *from, uint32_t count,
           hedui_status (*find)(struct moves *m, struct text name, struct moves_name **out,
                                struct err *err),
           struct err *err)
{
    for (uint32_t i = 0; i < count; i++) {
        struct moves_name *name;

        TRY(find(into, from[i].name, &name, err));
        name->gained += from[i].gained;
        name->lost += from[i].lost;
        name->altered += from[i].altered;
    }
    return HEDUI_OK;
}

static hedui_status
figures_join(struct moves *into, const struct moves *from, struct err *err)
{
    for (uint32_t i = 0; i < from->figure_count; i++) {
        const struct moves_figure *more = &from->figures[i];
        struct moves_figure *figure;

        TRY(figure_named(into, more->name, &figure, err));
        figure->zh = more->zh;
        figure->is_money = more->is_money;
        figure->changed += more->changed;
        figure->summed += more->summed;
        if (__builtin_add_overflow(figure->old_sum, more->old_sum, &figure->old_sum) ||
            __builtin_add_overflow(figure->new_sum, more->new_sum, &figure->new_sum))
            return err_set(err, HEDUI_E_LIMIT, "金额合计超出范围\na sum of money is out of range");
    }
    return HEDUI_OK;
}

hedui_status
moves_join(struct moves *into, const struct moves *from, struct err *err)
{
    TRY(names_join(into, from->rules, from->rule_count, rule_named, err));
    TRY(names_join(into, from->reasons, from->reason_count, reason_named, err));
    TRY(figures_join(into, from, err));
    for (uint32_t i = 0; i < from->division_count; i++) {
        const struct moves_division *more = &from->divisions[i];
        struct moves_division *of;

        TRY(division_named(into, more->name, &of, err));
        of->cases += more->cases;
        of->moved += more->moved;
        of->old_met += more->old_met;
        of->new_met += more->new_met;
    }
    for (uint32_t i = 0; i < CHANGE_MASK_MAX; i++)
        into->by_change[i] += from->by_change[i];
    into->cases += from->cases;
    into->moved += from->moved;
    into->changed += from->changed;
    for (uint32_t o = 0; o < 4; o++)
        for (uint32_t n = 0; n < 4; n++) {
            into->matrix[o][n] += from->matrix[o][n];
            for (uint32_t s = 0; s < MOVES_SAMPLES && from->samples[o][n][s].at != NULL; s++)
                TRY(sample_put(into, &into->samples[o][n], from->samples[o][n][s], err));
        }
    return HEDUI_OK;
}
