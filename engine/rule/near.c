/* SPDX-License-Identifier: Apache-2.0 */
/* near.c: how far a rule that did not fire is from firing, so that cliffs can be counted. */
#include "engine/rule/finding.h"

#include "engine/base/ban.h"

/* Depth is bounded where nodes are made; so in what follows. */
bool
expr_has_var(const struct expr *node)
{
    for (uint32_t i = 0; i < node->count; i++)
        if (node->args[i] != NULL && !node->is_constant && expr_has_var(node->args[i]))
            return true;
    return node->op == OP_VAR;
}

bool
expr_is_fixed(const struct pack *pack, const struct expr *node)
{
    if (node->is_constant)
        return true;
    if (node->op == OP_VAR || (node->op == OP_SLOT && (node->number < slot_param(pack, 0) ||
                                                       node->number >= slot_fact(pack, 0))))
        return false;
    for (uint32_t i = 0; i < node->count; i++)
        if (node->args[i] != NULL && !expr_is_fixed(pack, node->args[i]))
            return false;
    return true;
}

/* Two figures of the household, or one and a limit. */
static bool
is_distance(const struct pack *pack, const struct expr *left, const struct expr *right)
{
    return type_is_number(left->type) && !expr_has_var(left) && !expr_has_var(right) &&
           !(expr_is_fixed(pack, left) && expr_is_fixed(pack, right));
}

bool
expr_has_distance(const struct pack *pack, const struct expr *node)
{
    if (node->op >= OP_EQ && node->op <= OP_GE && is_distance(pack, node->args[0], node->args[1]))
        return true;
    for (uint32_t i = 0; i < node->count && !node->is_constant; i++)
        if (node->args[i] != NULL && expr_has_distance(pack, node->args[i]))
            return true;
    return false;
}

static void
near_put(struct judging *j, const struct rule *rule, const struct comparison *c,
         const struct value *unless)
{
    struct near *out = &j->out->near[j->out->near_count];
    struct ratio distance;
    int64_t share;

    if (c->result.state != VALUE_KNOWN || !is_distance(j->run->pack, c->left, c->right) ||
        !comparison_margin(c, &distance, &share))
        return;
    compared_fill(j, &out->compared, c);
    distance.num = distance.num < 0 ? -distance.num : distance.num;
    buf_reset(&j->buf);
    show_ratio(&j->buf, distance, c->left_type, LANG_ZH);
    out->compared.margin = show_text(&j->buf, j->arena);
    out->rule = rule->name;
    for (uint32_t i = 0; i < rule->unless_count && out->unless.len == 0; i++)
        if (unless[i].state == VALUE_KNOWN && unless[i].boolean)
            out->unless = rule->unless[i].id;
    j->out->near_count++;
}

/* Those that kept the rule from firing: the false ones; all where an exception did. */
hedui_status
near_build(struct judging *j, const struct rule *rule, struct err *err)
{
    struct trace trace = {0};
    struct value *unless;
    bool is_false = false;

    if (!rule->has_distance)
        return HEDUI_OK;
    unless = arena_alloc(j->arena, rule->unless_count, sizeof *unless);
    if (unless == NULL)
        return arena_full(j->arena, err);
    (void)rule_value(j->run, rule, &trace, unless);
    for (uint32_t i = 0; i < trace.count; i++)
        is_false = is_false ||
                   (trace.items[i].result.state == VALUE_KNOWN && !trace.items[i].result.boolean);
    for (uint32_t i = 0; i < trace.count; i++)
        if (!is_false || !trace.items[i].result.boolean)
            near_put(j, rule, &trace.items[i], unless);
    return HEDUI_OK;
}
