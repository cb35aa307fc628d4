/* SPDX-License-Identifier: Apache-2.0 */
/* pack_graph.c: what facts and rules read: no cycles, and an evidence entry for each kind. */
#include <string.h>

#include "engine/rule/pack_in.h"
#include "engine/rule/tree.h"

#include "engine/base/ban.h"

struct graph {
    struct loader *l;
    uint8_t *state; /* per fact: 0 new, 1 on the path, 2 done */
    uint32_t *path;
    uint32_t depth;
};

static void fact_visit(struct graph *g, uint32_t number);

static void
kind_visit(struct graph *g, uint32_t kind)
{
    g->l->pack->kinds_read |= (uint64_t)1 << kind;
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
                kind_visit(g, part->number);
        }
}

/* Depth is bounded where nodes are made (EXPR_DEPTH_MAX). */
static void
node_visit(struct graph *g, const struct expr *node)
{
    struct pack *pack = g->l->pack;

    if (node == NULL)
        return;
    if (node->op == OP_FUNCTION && node->function == FUNCTION_NEED)
        pack->uses_need = true;
    if (node->op == OP_SELECT && node->count > 0)
        select_visit(g, node);
    if (node->op == OP_SLOT) {
        uint32_t slot = node->number;
        if (slot >= slot_fact(pack, 0))
            fact_visit(g, pack->home_facts[slot - slot_fact(pack, 0)]);
        else if (slot >= SLOT_THINGS && slot < SLOT_THINGS + pack->model->kind_count)
            kind_visit(g, slot - SLOT_THINGS);
    }
    for (uint32_t i = 0; i < node->count; i++)
        node_visit(g, node->args[i]);
}

static void
cycle_say(struct graph *g, uint32_t number)
{
    const struct fact *facts = g->l->pack->facts;
    struct text chain = {"", 0};
    uint32_t from = 0;

    while (g->path[from] != number)
        from++;
    for (uint32_t i = from; i < g->depth; i++)
        chain = arena_printf(g->l->arena, TEXT_FMT TEXT_FMT " → ", TEXT_ARG(chain),
                             TEXT_ARG(facts[g->path[i]].name));
    say(g->l, facts[number].place, "N105",
        arena_printf(g->l->arena, "事实互相引用成环：" TEXT_FMT TEXT_FMT, TEXT_ARG(chain),
                     TEXT_ARG(facts[number].name)),
        arena_printf(g->l->arena, "facts form a cycle: " TEXT_FMT TEXT_FMT, TEXT_ARG(chain),
                     TEXT_ARG(facts[number].name)));
}

/* Depth is bounded by the number of facts: a fact on the path is not entered again. */
static void
fact_visit(struct graph *g, uint32_t number)
{
    if (g->state[number] == 2)
        return;
    if (g->state[number] == 1) {
        cycle_say(g, number);
        return;
    }
    g->state[number] = 1;
    g->path[g->depth++] = number;
    node_visit(g, g->l->pack->facts[number].is);
    g->depth--;
    g->state[number] = 2;
}

static void
evidence_check(struct loader *l)
{
    const struct pack *pack = l->pack;
    uint64_t kinds = 0;

    for (uint32_t s = 0; s < pack->source_count; s++)
        kinds |= pack->sources[s].kinds;
    for (uint32_t k = 0; k < pack->model->kind_count; k++)
        if ((pack->kinds_read & ~kinds & ((uint64_t)1 << k)) != 0) {
            struct text name = pack->model->kinds[k].name;
            struct place place = pack->fact_count > 0 ? pack->facts[0].place
                : pack->rule_count > 0 ? pack->rules[0].place : (struct place){0};
            say(l, place, "N106",
                arena_printf(l->arena, "规则包读取 “" TEXT_FMT "”，但 evidence 中没有它的来源",
                             TEXT_ARG(name)),
                arena_printf(l->arena, "the pack reads \"" TEXT_FMT
                             "\", but no evidence entry names it", TEXT_ARG(name)));
        }
}

void
graph_check(struct loader *l)
{
    struct pack *pack = l->pack;
    struct graph g = {.l = l};
    uint64_t before;

    g.state = arena_alloc(l->arena, pack->fact_count, 1);
    g.path = arena_alloc(l->arena, pack->fact_count + 1, sizeof *g.path);
    if (g.state == NULL || g.path == NULL) {
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
    for (uint32_t i = 0; i < pack->rule_count; i++) {
        node_visit(&g, pack->rules[i].when);
        for (uint32_t k = 0; k < pack->rules[i].unless_count; k++)
            node_visit(&g, pack->rules[i].unless[k].when);
    }
    for (uint32_t i = 0; i < pack->declared_count; i++) {
        node_visit(&g, pack->declared[i].stated);
        node_visit(&g, pack->declared[i].found);
    }
    evidence_check(l);
}
