/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/rule/pack_reads.h"

#include <stdlib.h>
#include <string.h>

#include "engine/rule/pack_in.h"
#include "engine/rule/tree.h"

#include "engine/base/ban.h"

#define ENGINE_RULES 6

hedui_status
reads_init(struct reads *out, const struct pack *pack, struct arena *arena, struct err *err)
{
    out->params = arena_alloc(arena, pack->param_count, 1);
    out->facts = arena_alloc(arena, pack->fact_count, 1);
    out->kinds = 0;
    out->has_sex = false;
    return out->params == NULL || out->facts == NULL ? arena_full(arena, err) : HEDUI_OK;
}

/* A fact is entered once; facts form no circle (N105), so this ends. */
void
reads_fact(struct reads *reads, const struct pack *pack, uint32_t number)
{
    if (reads->facts[number] != 0)
        return;
    reads->facts[number] = 1;
    reads_add(reads, pack, pack->facts[number].is);
}

static void
select_add(struct reads *reads, const struct pack *pack, const struct expr *node)
{
    const struct type *type = node->args[0]->type;

    for (uint32_t k = 0; type != NULL && k < pack->model->kind_count; k++) {
        const struct part *part;

        if (type->kind != TYPE_RECORD || pack->shapes[k].type.fields != type->fields)
            continue;
        part = &pack->shapes[k].parts[node->number];
        if (part->kind == PART_FACT)
            reads_fact(reads, pack, part->fact);
        if (part->kind == PART_LIST)
            reads->kinds |= (uint64_t)1 << part->number;
        if (part->kind == PART_SEX)
            reads->has_sex = true;
    }
}

void
reads_slot(struct reads *reads, const struct pack *pack, uint32_t slot)
{
    if (slot >= slot_fact(pack, 0))
        reads_fact(reads, pack, pack->home_facts[slot - slot_fact(pack, 0)]);
    else if (slot >= slot_param(pack, 0))
        reads->params[slot - slot_param(pack, 0)] = 1;
    else if (slot >= SLOT_THINGS && slot < SLOT_THINGS + pack->model->kind_count)
        reads->kinds |= (uint64_t)1 << (slot - SLOT_THINGS);
}

/* Depth is bounded where nodes are made (EXPR_DEPTH_MAX). */
void
reads_add(struct reads *reads, const struct pack *pack, const struct expr *node)
{
    if (node == NULL)
        return;
    if (node->op == OP_SELECT && node->count > 0)
        select_add(reads, pack, node);
    if (node->op == OP_SLOT)
        reads_slot(reads, pack, node->number);
    for (uint32_t i = 0; i < node->count; i++)
        reads_add(reads, pack, node->args[i]);
}

static void
reason_reads(const struct pack *pack, struct reads *all, const struct template *parts)
{
    for (uint32_t i = 0; i < parts->count; i++)
        if (parts->snippets[i].slot >= 0)
            reads_slot(all, pack, (uint32_t)parts->snippets[i].slot);
}

void
reads_roots(struct reads *all, const struct pack *pack)
{
    reads_add(all, pack, pack->as_of);
    for (uint32_t i = 0; i < pack->fact_count; i++)
        if (pack->facts[i].is_output)
            reads_fact(all, pack, i);
    for (uint32_t i = 0; i < pack->rule_count; i++) {
        const struct rule *rule = &pack->rules[i];

        reads_add(all, pack, rule->when);
        for (uint32_t k = 0; k < rule->unless_count; k++)
            reads_add(all, pack, rule->unless[k].when);
        if (rule->reason_number >= 0) {
            reason_reads(pack, all, &pack->reasons[rule->reason_number].zh_parts);
            reason_reads(pack, all, &pack->reasons[rule->reason_number].en_parts);
        }
    }
    for (uint32_t i = 0; i < pack->source_count; i++)
        reads_add(all, pack, pack->who[i]);
    for (uint32_t i = 0; i < pack->declared_count; i++) {
        reads_add(all, pack, pack->declared[i].stated);
        reads_add(all, pack, pack->declared[i].found);
        if (pack->declared[i].slack >= 0)
            all->params[pack->declared[i].slack] = 1;
    }
}

hedui_status
reads_mark(struct pack *pack, struct err *err)
{
    struct reads all;

    TRY(reads_init(&all, pack, pack->arena, err));
    reads_roots(&all, pack);
    for (uint32_t i = 0; i < pack->param_count; i++)
        pack->params[i].is_read = all.params[i] != 0;
    for (uint32_t i = 0; i < pack->fact_count; i++)
        pack->facts[i].is_read = all.facts[i] != 0;
    return HEDUI_OK;
}

static bool
source_tells(const struct pack *pack, struct text source, uint64_t kinds)
{
    for (uint32_t s = 0; s < pack->source_count; s++)
        if (text_eq(pack->sources[s].name, source))
            return (pack->sources[s].kinds & kinds) != 0;
    return false;
}

static bool
kind_is_read(const struct pack *pack, struct text kind, uint64_t kinds)
{
    for (uint32_t k = 0; k < pack->model->kind_count; k++)
        if (text_eq(pack->model->kinds[k].name, kind))
            return (kinds >> k & 1) != 0 || &pack->model->kinds[k] == pack->model->applicant;
    return false;
}

static bool
is_marked(const struct pack *pack, const struct reads *reads, const char *section, struct text name)
{
    for (uint32_t i = 0; strcmp(section, "param") == 0 && i < pack->param_count; i++)
        if (text_eq(pack->params[i].name, name))
            return reads->params[i] != 0;
    for (uint32_t i = 0; strcmp(section, "fact") == 0 && i < pack->fact_count; i++)
        if (text_eq(pack->facts[i].name, name))
            return reads->facts[i] != 0;
    if (strcmp(section, "evidence") == 0)
        return source_tells(pack, name, reads->kinds);
    return strcmp(section, "uses") == 0 && kind_is_read(pack, name, reads->kinds);
}

/* Of a pack's head only the day by which everything is read can change an answer. */
static bool
head_matters(const struct change *change)
{
    return strcmp(change->section, "pack") == 0 &&
           (text_find(change->old, TEXT("as_of: ")) != SIZE_MAX ||
            text_find(change->new, TEXT("as_of: ")) != SIZE_MAX);
}

/* The changes among what one rule of one pack reads. `own`: its entry, "rule" or "declared". */
static uint64_t
mask_of(const struct changes *changes, const struct pack *pack, const struct reads *reads,
        const char *own, struct text name)
{
    uint64_t mask = 0;

    for (uint32_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->items[i];
        uint32_t bit = i < CHANGE_MASK_MAX ? i : CHANGE_MASK_MAX - 1;

        if (head_matters(change) ||
            (strcmp(change->section, own) == 0 && text_eq(change->name, name)) ||
            is_marked(pack, reads, change->section, change->name))
            mask |= UINT64_C(1) << bit;
    }
    return mask;
}

static void
reach_put(struct change_reach *items, uint32_t *count, struct text name, uint64_t mask)
{
    for (uint32_t i = 0; i < *count; i++)
        if (text_eq(items[i].name, name)) {
            items[i].reads |= mask;
            return;
        }
    items[(*count)++] = (struct change_reach){name, mask};
}

static void
rule_put(struct changes *out, struct text name, uint64_t mask)
{
    reach_put(out->rules, &out->rule_count, name, mask);
}

static hedui_status
figures_reach(struct changes *out, const struct pack *pack, struct arena *arena, struct err *err)
{
    for (uint32_t i = 0; i < pack->home_fact_count; i++) {
        const struct fact *fact = &pack->facts[pack->home_facts[i]];
        struct reads reads;

        TRY(reads_init(&reads, pack, arena, err));
        reads_fact(&reads, pack, pack->home_facts[i]);
        reach_put(out->figures, &out->figure_count, fact->name,
                  mask_of(out, pack, &reads, "", TEXT("")));
    }
    return HEDUI_OK;
}

static hedui_status
rules_reach(struct changes *out, const struct pack *pack, struct arena *arena, struct err *err)
{
    uint64_t any = 0;

    for (uint32_t i = 0; i < pack->rule_count; i++) {
        const struct rule *rule = &pack->rules[i];
        struct reads reads;
        uint64_t mask;

        TRY(reads_init(&reads, pack, arena, err));
        reads_add(&reads, pack, rule->when);
        for (uint32_t k = 0; k < rule->unless_count; k++)
            reads_add(&reads, pack, rule->unless[k].when);
        mask = mask_of(out, pack, &reads, "rule", rule->name);
        any |= mask;
        rule_put(out, rule->name, mask);
    }
    rule_put(out, TEXT("ENG-ERROR"), any);
    return HEDUI_OK;
}

/* The engine's own rules read the declared items, and whom the sources are asked about. */
static hedui_status
engine_reach(struct changes *out, const struct pack *pack, struct arena *arena, struct err *err)
{
    static const char *const names[ENGINE_RULES - 2] = {"ENG-AUTH", "ENG-LIMIT", "ENG-NAME",
                                                        "ENG-SILENT"};
    struct reads reads;

    TRY(reads_init(&reads, pack, arena, err));
    for (uint32_t i = 0; i < pack->source_count; i++)
        reads_add(&reads, pack, pack->who[i]);
    for (uint32_t i = 0; i < pack->source_count; i++)
        reads.kinds |= pack->sources[i].kinds;
    for (uint32_t i = 0; i < LEN(names); i++)
        rule_put(out, text_of(names[i]), mask_of(out, pack, &reads, "rule", TEXT("")));
    for (uint32_t i = 0; i < pack->declared_count; i++) {
        const struct declared *item = &pack->declared[i];

        TRY(reads_init(&reads, pack, arena, err));
        reads_add(&reads, pack, item->stated);
        reads_add(&reads, pack, item->found);
        if (item->slack >= 0)
            reads.params[item->slack] = 1;
        rule_put(out, TEXT("ENG-DECLARED"), mask_of(out, pack, &reads, "declared", item->name));
    }
    return HEDUI_OK;
}

hedui_status
changes_same(uint32_t **same, const struct changes *changes, const struct pack *old,
             const struct pack *new, struct arena *arena, struct err *err)
{
    uint32_t *of = arena_alloc(arena, new->home_fact_count, sizeof *of);

    if (of == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < new->home_fact_count; i++) {
        struct text name = new->facts[new->home_facts[i]].name;

        of[i] = UINT32_MAX;
        for (uint32_t k = 0; k < old->home_fact_count; k++)
            if (text_eq(old->facts[old->home_facts[k]].name, name) &&
                changes_of_figure(changes, name) == 0)
                of[i] = k;
    }
    *same = of;
    return HEDUI_OK;
}

static int
reach_order(const void *a, const void *b)
{
    return text_cmp(((const struct change_reach *)a)->name, ((const struct change_reach *)b)->name);
}

hedui_status
changes_reach(struct changes *out, const struct pack *old, const struct pack *new,
              struct arena *arena, struct err *err)
{
    const struct pack *const packs[] = {old, new};

    out->rules =
        arena_alloc(arena, old->rule_count + new->rule_count + ENGINE_RULES, sizeof *out->rules);
    out->figures =
        arena_alloc(arena, old->home_fact_count + new->home_fact_count, sizeof *out->figures);
    if (out->rules == NULL || out->figures == NULL)
        return arena_full(arena, err);
    for (size_t p = 0; p < LEN(packs); p++) {
        TRY(rules_reach(out, packs[p], arena, err));
        TRY(engine_reach(out, packs[p], arena, err));
        TRY(figures_reach(out, packs[p], arena, err));
    }
    qsort(out->rules, out->rule_count, sizeof *out->rules, reach_order);
    qsort(out->figures, out->figure_count, sizeof *out->figures, reach_order);
    return HEDUI_OK;
}
