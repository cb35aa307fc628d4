/* SPDX-License-Identifier: Apache-2.0 */
/* pack_cost.c: how many steps a household can cost at most: each expression times the limits that
 * the model gives to the lists around it (C701). The walk counts its steps as well; this is what
 * makes a pack that would stop there known before its first household. */
#include "engine/rule/pack_in.h"
#include "engine/rule/tree.h"

#include "engine/base/ban.h"

#define HOUSEHOLD_STEPS_MAX 10000000
#define LIST_LEN_UNKNOWN 100 /* lists of lists, which only literals and parameters make */

static uint64_t
times(uint64_t a, uint64_t b)
{
    uint64_t out;

    return __builtin_mul_overflow(a, b, &out) ? UINT64_MAX / 4 : out;
}

static uint64_t
plus(uint64_t a, uint64_t b)
{
    uint64_t out;

    return __builtin_add_overflow(a, b, &out) ? UINT64_MAX / 4 : out;
}

static uint64_t
persons(const struct pack *pack)
{
    return pack->model->applicant->limit;
}

static uint64_t length(const struct pack *pack, const struct expr *node);

static uint64_t
param_length(const struct param *param)
{
    uint64_t most = 0;

    for (uint32_t i = 0; i < param->value_count; i++)
        if (!param->values[i].is_abolished && param->values[i].value.list->count > most)
            most = param->values[i].value.list->count;
    return most;
}

static uint64_t
slot_length(const struct pack *pack, const struct expr *node)
{
    uint32_t slot = node->number;

    if (slot == SLOT_MEMBERS || slot == SLOT_SUPPORTERS)
        return persons(pack);
    if (slot >= SLOT_THINGS && slot < slot_current(pack, 0))
        return times(pack->model->kinds[slot - SLOT_THINGS].limit, persons(pack));
    if (slot >= slot_fact(pack, 0))
        return length(pack, pack->facts[pack->home_facts[slot - slot_fact(pack, 0)]].is);
    return slot >= slot_param(pack, 0) ? param_length(&pack->params[slot - slot_param(pack, 0)])
                                       : LIST_LEN_UNKNOWN;
}

static uint64_t
field_length(const struct pack *pack, const struct expr *node)
{
    const struct type *record = node->args[0]->type;

    for (uint32_t k = 0; k < pack->model->kind_count; k++) {
        const struct part *part = &pack->shapes[k].parts[node->number];
        if (pack->shapes[k].type.fields != record->fields)
            continue;
        if (part->kind == PART_LIST)
            return pack->model->kinds[part->number].limit;
        if (part->kind == PART_FACT)
            return length(pack, pack->facts[part->fact].is);
    }
    return LIST_LEN_UNKNOWN;
}

/* How many elements a list has at most. Facts form no circle by now. */
static uint64_t
length(const struct pack *pack, const struct expr *node)
{
    uint64_t a, b;

    if (node->type->kind != TYPE_LIST)
        return 1;
    switch (node->op) {
    case OP_LIST:
        return node->count;
    case OP_SLOT:
        return slot_length(pack, node);
    case OP_SELECT:
        return field_length(pack, node);
    case OP_FILTER:
    case OP_MAP:
    case OP_CONVERT:
        return length(pack, node->args[0]);
    case OP_ADD:
        return plus(length(pack, node->args[0]), length(pack, node->args[1]));
    case OP_COND:
        a = length(pack, node->args[1]);
        b = length(pack, node->args[2]);
        return a > b ? a : b;
    default:
        return LIST_LEN_UNKNOWN;
    }
}

static bool
is_macro(const struct expr *node)
{
    return node->op == OP_EXISTS || node->op == OP_ALL || node->op == OP_EXISTS_ONE ||
           node->op == OP_FILTER || node->op == OP_MAP;
}

/* How often argument i is looked at whenever the node is. */
static uint64_t
looks(const struct pack *pack, const struct expr *node, uint32_t i)
{
    if (is_macro(node))
        return i == 0 ? 1 : i == 1 ? 0 : length(pack, node->args[0]); /* args[1]: the variable */
    return 1;
}

static uint64_t
cost(const struct pack *pack, const struct expr *node)
{
    uint64_t all = 1;

    if (node->is_constant)
        return 1;
    if (node->op == OP_IN)
        all = plus(all, length(pack, node->args[1]));
    if (node->op == OP_FUNCTION && node->count == 1 && node->args[0]->type->kind == TYPE_LIST)
        all = plus(all, length(pack, node->args[0]));
    for (uint32_t i = 0; i < node->count; i++)
        if (node->args[i] != NULL && looks(pack, node, i) > 0)
            all = plus(all, times(cost(pack, node->args[i]), looks(pack, node, i)));
    return all;
}

/* Down to the innermost loop that most of the steps are spent in. */
static const struct expr *
dearest(const struct pack *pack, const struct expr *node)
{
    const struct expr *found = node;

    while (node != NULL) {
        const struct expr *next = NULL;
        uint64_t most = 0;

        if (is_macro(node))
            found = node;
        for (uint32_t i = 0; i < node->count; i++) {
            uint64_t spent = node->args[i] == NULL || looks(pack, node, i) == 0
                                 ? 0
                                 : times(cost(pack, node->args[i]), looks(pack, node, i));
            if (spent > most) {
                most = spent;
                next = node->args[i];
            }
        }
        node = next;
    }
    return found;
}

static void
costly(struct loader *l, const struct expr *expr, uint64_t steps, uint64_t most,
       const char *whole_zh, const char *whole_en)
{
    const struct expr *part = dearest(l->pack, expr);
    struct text text = expr_print(part, l->arena);

    message_add(
        l->messages, MESSAGE_ERROR, "C701", part->place, part->span,
        arena_printf(l->arena,
                     "%s最多要算 %llu 步，超过 %llu 步；最费的是 “" TEXT_FMT
                     "”，请改用家庭的 fact，或少套一层列表",
                     whole_zh, (unsigned long long)steps, (unsigned long long)most, TEXT_ARG(text)),
        arena_printf(l->arena,
                     "%s may take %llu steps, more than %llu; the dearest part is "
                     "\"" TEXT_FMT "\": make it a fact of the household, or nest one list less",
                     whole_en, (unsigned long long)steps, (unsigned long long)most,
                     TEXT_ARG(text)));
}

struct bill { /* of a whole household */
    uint64_t steps, most;
    const struct expr *dearest;
};

static void
bill_add(struct loader *l, struct bill *bill, const struct expr *expr, uint64_t often)
{
    uint64_t steps;

    if (expr == NULL)
        return;
    steps = cost(l->pack, expr);
    if (steps > EXPR_STEPS_MAX)
        costly(l, expr, steps, EXPR_STEPS_MAX, "这个表达式", "this expression");
    steps = times(steps, often);
    bill->steps = plus(bill->steps, steps);
    if (bill->dearest == NULL || steps > bill->most) {
        bill->most = steps;
        bill->dearest = expr;
    }
}

void
costs_check(struct loader *l)
{
    const struct pack *pack = l->pack;
    struct bill bill = {0};

    for (uint32_t i = 0; i < pack->fact_count; i++) {
        int32_t kind = pack->facts[i].kind;
        uint64_t rows = kind < 0 ? 1
                        : &pack->model->kinds[kind] == pack->model->applicant
                            ? persons(pack)
                            : times(pack->model->kinds[kind].limit, persons(pack));
        bill_add(l, &bill, pack->facts[i].is, rows);
    }
    for (uint32_t i = 0; i < pack->rule_count; i++) {
        bill_add(l, &bill, pack->rules[i].when, 1);
        for (uint32_t k = 0; k < pack->rules[i].unless_count; k++)
            bill_add(l, &bill, pack->rules[i].unless[k].when, 1);
    }
    for (uint32_t i = 0; i < pack->source_count; i++)
        bill_add(l, &bill, pack->who[i], persons(pack));
    if (l->messages->errors == 0 && bill.steps > HOUSEHOLD_STEPS_MAX)
        costly(l, bill.dearest, bill.steps, HOUSEHOLD_STEPS_MAX, "一户", "a household");
}
