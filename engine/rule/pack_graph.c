/* SPDX-License-Identifier: Apache-2.0 */
/* pack_graph.c: what facts and rules read: no cycles, and an evidence entry for each kind. */
#include <string.h>

#include "engine/rule/pack_in.h"
#include "engine/rule/tree.h"

#include "engine/base/ban.h"

#define WINDOW_MAX 120     /* months of a window that a pack may state */
#define MONTHS_BACK_MIN 36 /* of a pack that looks through shorter windows, or none */

struct graph {
    struct loader *l;
    uint8_t *state; /* per fact: 0 new, 1 on the path, 2 done */
    uint32_t *path;
    uint32_t depth;
    struct place *read_at; /* per kind: the first place, in the order of the text, that reads it */
    uint64_t kinds;        /* read since somebody set it to 0: of one fact, rule or item */
    bool is_shared;        /* something of the household was, too */
};

static void fact_visit(struct graph *g, uint32_t number);

static void
kind_visit(struct graph *g, uint32_t kind, struct place place)
{
    uint64_t bit = (uint64_t)1 << kind;
    struct place *first = &g->read_at[kind];
    bool is_new = (g->l->pack->kinds_read & bit) == 0;

    g->kinds |= bit;
    g->l->pack->kinds_read |= bit;
    if (is_new ||
        (place.source == first->source &&
         (place.line < first->line || (place.line == first->line && place.column < first->column))))
        *first = place;
}

static void
select_visit(struct graph *g, const struct expr *node)
{
    const struct pack *pack = g->l->pack;
    const struct type *type = node->args[0]->type;

    for (uint32_t k = 0; type != NULL && k < pack->model->kind_count; k++)
        if (pack->shapes[k].type.fields == type->fields && type->kind == TYPE_RECORD) {
            const struct part *part = &pack->shapes[k].parts[node->number];
            if (part->kind == PART_FACT)
                fact_visit(g, part->fact);
            if (part->kind == PART_LIST)
                kind_visit(g, part->number, expr_place(node));
        }
}

/* case.applied_on or case.checked_on: the days that a household's months are counted from. */
static bool
is_case_day(const struct pack *pack, const struct expr *node)
{
    struct text name;

    if (node->op != OP_SELECT || node->count != 1 || node->args[0]->op != OP_SLOT ||
        node->args[0]->number != SLOT_CASE)
        return false;
    name = pack->case_shape.type.fields[node->number].name;
    return text_is(name, "applied_on") || text_is(name, "checked_on");
}

static int32_t
months_checked(struct loader *l, struct place place, int64_t months)
{
    if (months <= WINDOW_MAX)
        return (int32_t)months;
    say(l, place, "T202",
        arena_printf(l->arena, "窗口最长 %d 个月，这里是 %lld", WINDOW_MAX, (long long)months),
        arena_printf(l->arena, "a window has at most %d months, not %lld", WINDOW_MAX,
                     (long long)months));
    return WINDOW_MAX;
}

/* The longest window that a parameter states. Its values are checked where they stand, once. */
static int32_t
param_most(struct loader *l, struct param *param)
{
    int32_t most = 0;

    for (uint32_t i = 0; i < param->value_count; i++) {
        const struct param_value *value = &param->values[i];
        int64_t months = value->is_abolished ? 0 : value->value.integer;

        if (!param->is_window)
            months = months_checked(l, value->place, months);
        months = months > WINDOW_MAX ? WINDOW_MAX : months;
        most = months > most ? (int32_t)months : most;
    }
    param->is_window = true;
    return most;
}

/* The greatest n of within_months(row.month, case day, n); INT32_MAX: cannot be told at load. */
static int32_t
window_of(struct loader *l, const struct expr *node)
{
    const struct pack *pack = l->pack;
    const struct expr *n = node->args[2];
    int32_t most = 0;

    if (n->is_constant || n->op == OP_LITERAL) {
        most = months_checked(l, expr_place(node), n->literal.integer);
    } else if (n->op == OP_SLOT && n->number >= slot_param(pack, 0) &&
               n->number < slot_fact(pack, 0)) {
        most = param_most(l, &l->pack->params[n->number - slot_param(pack, 0)]);
    } else {
        return INT32_MAX;
    }
    return is_case_day(pack, node->args[1]) ? most : INT32_MAX;
}

/* Is this the month of a row of a kind with months? Its kind, else -1. */
static int32_t
month_kind(const struct pack *pack, const struct expr *node)
{
    if (node->op != OP_SELECT || node->count == 0)
        return -1;
    for (uint32_t k = 0; k < pack->model->kind_count; k++)
        if (&pack->model->kinds[k] != pack->model->applicant && node->args[0]->type != NULL &&
            pack->shapes[k].type.fields == node->args[0]->type->fields &&
            pack->shapes[k].parts[node->number].kind == PART_CELL &&
            (int32_t)pack->shapes[k].parts[node->number].number == pack->model->kinds[k].period)
            return (int32_t)k;
    return -1;
}

/* Months that no expression can tell apart need no open ends of their own (rows.c). */
static void
reach_note(struct loader *l, const struct expr *node)
{
    struct pack *pack = l->pack;
    bool is_window = node->op == OP_FUNCTION && node->function == FUNCTION_WITHIN_MONTHS;

    for (uint32_t i = 0; i < node->count; i++) {
        int32_t kind = node->args[i] == NULL ? -1 : month_kind(pack, node->args[i]);
        int32_t reach = kind >= 0 && is_window && i == 0 ? window_of(l, node) : INT32_MAX;
        if (kind >= 0 && reach > pack->month_reach[kind])
            pack->month_reach[kind] = reach;
    }
}

/* Depth is bounded where nodes are made (EXPR_DEPTH_MAX). */
static void
node_visit(struct graph *g, const struct expr *node)
{
    struct pack *pack = g->l->pack;

    if (node == NULL)
        return;
    reach_note(g->l, node);
    if (node->op == OP_FUNCTION && node->function == FUNCTION_NEED)
        pack->uses_need = true;
    if (node->op == OP_FUNCTION && function_is_of_calendar(node->function))
        pack->uses_calendar = true;
    if (node->op == OP_FUNCTION && node->function == FUNCTION_KNOWN)
        pack->uses_known = true;
    if (node->op == OP_SELECT && node->count > 0)
        select_visit(g, node);
    if (node->op == OP_SLOT) {
        uint32_t slot = node->number;
        g->is_shared = g->is_shared || (slot != SLOT_CASE && slot < slot_current(pack, 0)) ||
                       slot >= slot_fact(pack, 0);
        if (slot >= slot_fact(pack, 0))
            fact_visit(g, pack->home_facts[slot - slot_fact(pack, 0)]);
        else if (slot >= SLOT_THINGS && slot < SLOT_THINGS + pack->model->kind_count)
            kind_visit(g, slot - SLOT_THINGS, expr_place(node));
    }
    for (uint32_t i = 0; i < node->count; i++)
        node_visit(g, node->args[i]);
}

static void
cycle_say(struct graph *g, uint32_t number)
{
    const struct fact *facts = g->l->pack->facts;
    struct text chain = {"", 0}, chain_en = {"", 0};
    uint32_t from = 0;

    while (g->path[from] != number)
        from++;
    for (uint32_t i = from; i < g->depth; i++) {
        chain = arena_printf(g->l->arena, TEXT_FMT TEXT_FMT " → ", TEXT_ARG(chain),
                             TEXT_ARG(facts[g->path[i]].name));
        chain_en = arena_printf(g->l->arena, TEXT_FMT TEXT_FMT " -> ", TEXT_ARG(chain_en),
                                TEXT_ARG(facts[g->path[i]].name));
    }
    message_add(g->l->messages, MESSAGE_ERROR, "N105", facts[number].place,
                (uint32_t)text_chars(facts[number].name),
                arena_printf(g->l->arena, "事实互相引用成环：" TEXT_FMT TEXT_FMT, TEXT_ARG(chain),
                             TEXT_ARG(facts[number].name)),
                arena_printf(g->l->arena, "facts form a cycle: " TEXT_FMT TEXT_FMT,
                             TEXT_ARG(chain_en), TEXT_ARG(facts[number].name)));
}

/* Depth is bounded by the number of facts: a fact on the path is not entered again. */
static void
fact_visit(struct graph *g, uint32_t number)
{
    struct fact *fact = &g->l->pack->facts[number];
    uint64_t before = g->kinds;
    bool was_shared = g->is_shared;

    if (g->state[number] == 2) {
        g->kinds |= fact->kinds;
        g->is_shared = g->is_shared || !fact->is_own;
        return;
    }
    if (g->state[number] == 1) {
        cycle_say(g, number);
        return;
    }
    g->state[number] = 1;
    g->path[g->depth++] = number;
    g->kinds = 0;
    g->is_shared = false;
    node_visit(g, fact->is);
    fact->kinds = g->kinds;
    fact->is_own = !g->is_shared;
    g->kinds |= before;
    g->is_shared = g->is_shared || was_shared;
    g->depth--;
    g->state[number] = 2;
}

static void
evidence_check(struct graph *g)
{
    struct loader *l = g->l;
    const struct pack *pack = l->pack;
    uint64_t kinds = 0;

    for (uint32_t s = 0; s < pack->source_count; s++)
        kinds |= pack->sources[s].kinds;
    for (uint32_t k = 0; k < pack->model->kind_count; k++)
        if ((pack->kinds_read & ~kinds & ((uint64_t)1 << k)) != 0) {
            struct text name = pack->model->kinds[k].name;

            say(l, g->read_at[k], "N106",
                arena_printf(l->arena, "规则包读取 “" TEXT_FMT "”，但 evidence 中没有它的来源",
                             TEXT_ARG(name)),
                arena_printf(l->arena,
                             "the pack reads \"" TEXT_FMT "\", but no evidence entry names it",
                             TEXT_ARG(name)));
        }
}

/* An objection on leads only can never be more than a question: then it says so in its own word. */
static void
leads_check(struct graph *g, const struct rule *rule, uint64_t kinds)
{
    const struct pack *pack = g->l->pack;
    uint32_t leads = 0;

    if (rule->kind != WHEN_DENY)
        return;
    for (uint32_t s = 0; s < pack->source_count; s++) {
        if ((pack->sources[s].kinds & kinds) == 0)
            continue;
        if (pack->sources[s].grade != GRADE_LEAD)
            return;
        leads++;
    }
    if (leads > 0)
        say(g->l, expr_place(rule->when), "N108",
            arena_printf(g->l->arena,
                         "规则 “" TEXT_FMT "” 只读线索来源（grade: lead），不能得出疑似不符，"
                         "请改用 review_when",
                         TEXT_ARG(rule->name)),
            arena_printf(g->l->arena,
                         "rule \"" TEXT_FMT "\" reads sources of grade lead only and can never "
                         "deny; write review_when",
                         TEXT_ARG(rule->name)));
}

static void
rule_visit(struct graph *g, struct rule *rule)
{
    g->kinds = 0;
    node_visit(g, rule->when);
    if (rule->when != NULL)
        leads_check(g, rule, g->kinds);
    for (uint32_t i = 0; i < rule->unless_count; i++)
        node_visit(g, rule->unless[i].when);
    rule->kinds = g->kinds;
    rule->has_distance = rule->when != NULL && expr_has_distance(g->l->pack, rule->when);
}

void
graph_check(struct loader *l)
{
    struct pack *pack = l->pack;
    struct graph g = {.l = l};
    uint64_t before;

    g.state = arena_alloc(l->arena, pack->fact_count, 1);
    g.path = arena_alloc(l->arena, pack->fact_count + 1, sizeof *g.path);
    g.read_at = arena_alloc(l->arena, pack->model->kind_count, sizeof *g.read_at);
    pack->month_reach = arena_alloc(l->arena, pack->model->kind_count, sizeof *pack->month_reach);
    if (g.state == NULL || g.path == NULL || g.read_at == NULL || pack->month_reach == NULL) {
        l->is_full = true;
        return;
    }
    for (uint32_t s = 0; s < pack->source_count; s++) {
        before = pack->kinds_read;
        node_visit(&g, pack->who[s]);
        if (pack->kinds_read != before)
            say(l, expr_place(pack->who[s]), "T202", text_of("who 不得读取部门数据"),
                text_of("who may not read a department's list"));
    }
    for (uint32_t i = 0; i < pack->fact_count; i++)
        fact_visit(&g, i);
    for (uint32_t i = 0; i < pack->rule_count; i++)
        rule_visit(&g, &pack->rules[i]);
    for (uint32_t i = 0; i < pack->declared_count; i++) {
        g.kinds = 0;
        node_visit(&g, pack->declared[i].stated);
        node_visit(&g, pack->declared[i].found);
        pack->declared[i].kinds = g.kinds;
    }
    evidence_check(&g);
    pack->months_back = MONTHS_BACK_MIN;
    for (uint32_t k = 0; k < pack->model->kind_count; k++)
        if (pack->month_reach[k] != INT32_MAX &&
            pack->month_reach[k] + CHECK_APART_MAX > pack->months_back)
            pack->months_back = pack->month_reach[k] + CHECK_APART_MAX;
}

int32_t
pack_months_back(const struct pack *pack)
{
    return pack->months_back;
}

hedui_status
calendar_join(struct pack *pack, struct messages *messages, struct err *err)
{
    struct text path;

    if (!pack->uses_calendar)
        return HEDUI_OK;
    path = arena_printf(pack->arena, TEXT_FMT "calendar.yaml", TEXT_ARG(pack->model->folder));
    if (path.at == NULL)
        return arena_full(pack->arena, err);
    return calendar_load(&pack->calendar, path.at, messages, pack->arena, err);
}
