/* SPDX-License-Identifier: Apache-2.0 */
/* test_limits.c: one fen either side of every limit that a rule or exception compares an amount
 * with.
 *
 * For each comparison of amounts or decimals, a household of the tests and one of its inputs are
 * looked for that move the comparison from one answer to the other. Halving finds the two
 * neighbouring values, a fen apart, between which it flips; both, and one more on either side, are
 * judged by the quick and by the reference walk, which must agree, and must flip just there. A
 * comparison that no input of any test can move is a failure: nobody has tried that limit. */
#include "engine/rule/testing.h"
#include "engine/rule/tree.h"

#include "engine/base/ban.h"

#define UNITS_MAX ((int64_t)100000000000) /* 1,000,000,000.00 yuan */

struct limit {
    const struct rule *rule;
    const struct unless *unless; /* NULL: of the rule's own condition */
    const struct expr *left, *right;
    const char *op;
    bool is_reached, is_telling; /* telling: the outcome turns with it, so look no further */
    const char *error;
    struct text shown; /* the input, and what comes of it a fen apart */
};
struct limits {
    uint32_t count, room;
    struct limit *items;
};

static bool
is_amount(const struct type *type)
{
    return type->kind == TYPE_MONEY || type->kind == TYPE_EXACT || type->kind == TYPE_DECIMAL ||
           type->kind == TYPE_RATE;
}

static const struct expr *
as_written(const struct expr *node)
{
    return node->op == OP_CONVERT && node->type->kind != TYPE_LIST ? node->args[0] : node;
}

static bool
limit_put(struct testing *t, const struct rule *rule, const struct unless *unless,
          const struct expr *node)
{
    struct limits *limits = t->limits;

    if (limits->count == limits->room) {
        uint32_t room = limits->room == 0 ? 16 : limits->room * 2;
        struct limit *items = arena_alloc(&t->files, room, sizeof *items);

        if (items == NULL)
            return false;
        if (limits->count > 0)
            memcpy(items, limits->items, limits->count * sizeof *items);
        limits->items = items;
        limits->room = room;
    }
    limits->items[limits->count++] = (struct limit){.rule = rule,
                                                    .unless = unless,
                                                    .left = as_written(node->args[0]),
                                                    .right = as_written(node->args[1]),
                                                    .op = op_signs[node->op]};
    return true;
}

/* Depth is bounded where nodes are made (EXPR_DEPTH_MAX). */
static bool
limits_find(struct testing *t, const struct rule *rule, const struct unless *unless,
            const struct expr *node)
{
    if (node == NULL || node->is_constant)
        return true;
    if (node->op >= OP_LT && node->op <= OP_GE && is_amount(node->args[0]->type) &&
        !limit_put(t, rule, unless, node))
        return false;
    for (uint32_t i = 0; i < node->count; i++)
        if (!limits_find(t, rule, unless, node->args[i]))
            return false;
    return true;
}

hedui_status
limits_open(struct testing *t, struct err *err)
{
    const struct pack *pack = t->pack;

    t->limits = arena_alloc(&t->files, 1, sizeof *t->limits);
    if (t->limits == NULL)
        return arena_full(&t->files, err);
    for (uint32_t i = 0; i < pack->rule_count; i++) {
        const struct rule *rule = &pack->rules[i];
        bool is_found = limits_find(t, rule, NULL, rule->when);

        for (uint32_t k = 0; is_found && k < rule->unless_count; k++)
            is_found = limits_find(t, rule, &rule->unless[k], rule->unless[k].when);
        if (!is_found)
            return arena_full(&t->files, err);
    }
    return HEDUI_OK;
}

struct probe { /* what one comparison says; of several times, true if once */
    const struct limit *limit;
    bool is_seen, is_known, is_true;
};

static void
probe_compared(void *context, const struct expr *left, struct value left_value, const char *op,
               const struct expr *right, struct value right_value, const struct type *left_type,
               const struct type *right_type, struct value result)
{
    struct probe *probe = ((struct bound *)context)->trace;

    (void)left_value, (void)right_value, (void)op, (void)left_type, (void)right_type;
    if (left != probe->limit->left || right != probe->limit->right)
        return;
    probe->is_seen = true;
    probe->is_known = probe->is_known || result.state == VALUE_KNOWN;
    probe->is_true = probe->is_true || (result.state == VALUE_KNOWN && result.boolean);
}

struct mover { /* one input of one household, and the limit that it may move */
    struct testing *t;
    const struct yaml_node *tree;
    struct limit *limit;
    const struct leaf *leaf;
};

static struct text
units_text(const struct mover *m, int64_t units)
{
    uint32_t scale = m->leaf->field->type == FIELD_MONEY ? 2 : m->leaf->field->scale;
    int64_t ten = 1;

    for (uint32_t i = 0; i < scale; i++)
        ten *= 10;
    if (scale == 0)
        return arena_printf(&m->t->scratch, "%lld", (long long)units);
    return arena_printf(&m->t->scratch, "%lld.%0*lld", (long long)(units / ten), (int)scale,
                        (long long)(units % ten));
}

static hedui_status
moved_try(const struct mover *m, int64_t units, uint32_t how, struct tried *out, struct err *err)
{
    struct yaml_node value = {.type = YAML_SCALAR, .is_plain = true, .text = units_text(m, units)};
    const struct yaml_node *tree = node_with(m->tree, m->leaf->path, &value, &m->t->scratch);

    if (value.text.at == NULL || tree == NULL)
        return arena_full(&m->t->scratch, err);
    return test_try(m->t, out, tree, how, err);
}

static void
probe_run(struct probe *probe, struct run *run)
{
    const struct limit *limit = probe->limit;

    if (limit->unless != NULL) {
        struct value when = run_eval(run, limit->rule->when, NULL, NULL, NULL);

        if (when.state == VALUE_KNOWN && when.boolean)
            (void)run_eval(run, limit->unless->when, NULL, probe_compared, probe);
        return;
    }
    (void)run_eval(run, limit->rule->when, NULL, probe_compared, probe);
}

/* *answer: -1 not compared or not known, else the comparison's. */
static hedui_status
answer_at(const struct mover *m, int64_t units, int *answer, struct err *err)
{
    struct arena_mark mark = arena_mark(&m->t->scratch);
    struct tried *tried = arena_alloc(&m->t->scratch, 1, sizeof *tried);
    struct probe probe = {.limit = m->limit};

    if (tried == NULL)
        return arena_full(&m->t->scratch, err);
    TRY(moved_try(m, units, 0, tried, err));
    if (tried->is_read)
        probe_run(&probe, &tried->run);
    *answer = probe.is_seen && probe.is_known ? probe.is_true : -1;
    arena_rewind(&m->t->scratch, mark);
    return HEDUI_OK;
}

/* *below: the last value before the flip; -1: the input does not move the comparison. */
static hedui_status
flip_find(const struct mover *m, int64_t *below, int *answer, struct err *err)
{
    int64_t low = 0, high = UNITS_MAX;
    int at_low, at_high, at_middle;

    *below = -1;
    if (m->leaf->field->has_max && m->leaf->field->max < high)
        high = m->leaf->field->max;
    TRY(answer_at(m, low, &at_low, err));
    TRY(answer_at(m, high, &at_high, err));
    if (at_low < 0 || at_high < 0 || at_low == at_high)
        return HEDUI_OK;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;

        TRY(answer_at(m, middle, &at_middle, err));
        if (at_middle < 0)
            return HEDUI_OK;
        if (at_middle == at_low)
            low = middle;
        else
            high = middle;
    }
    *below = low;
    *answer = at_low;
    return HEDUI_OK;
}

/* The four values around the flip; *line gets what the two in the middle come to. */
static hedui_status
flip_check(const struct mover *m, int64_t below, int answer, struct buf *line, struct err *err)
{
    struct arena_mark mark = arena_mark(&m->t->scratch);
    enum outcome outcome = OUTCOME_MET;

    for (int64_t units = below == 0 ? 0 : below - 1; units <= below + 2; units++) {
        struct tried *quick = arena_alloc(&m->t->scratch, 2, sizeof *quick);
        struct probe probe = {.limit = m->limit};

        if (quick == NULL)
            return arena_full(&m->t->scratch, err);
        TRY(moved_try(m, units, 0, &quick[0], err));
        TRY(moved_try(m, units, JUDGE_REFERENCE, &quick[1], err));
        if (!quick[0].is_read || !quick[1].is_read)
            continue; /* past the field's own limit */
        if (!judgements_same(&quick[0].judgement, &quick[1].judgement))
            m->limit->error = "两种算法不一致 the two walks differ";
        probe_run(&probe, &quick[0].run);
        if (probe.is_true != ((units <= below) == (answer != 0)))
            m->limit->error = "不止一次翻转 it flips more than once";
        if (units != below && units != below + 1)
            continue;
        buf_printf(line, "%s" TEXT_FMT " %s", units == below ? " " : ", ",
                   TEXT_ARG(units_text(m, units)), outcome_name(quick[0].judgement.outcome));
        m->limit->is_telling = units == below + 1 && outcome != quick[0].judgement.outcome;
        outcome = quick[0].judgement.outcome;
    }
    arena_rewind(&m->t->scratch, mark);
    return HEDUI_OK;
}

static struct text
limit_name(struct testing *t, const struct limit *limit)
{
    return arena_printf(&t->files,
                        "边界 boundary " TEXT_FMT "%s" TEXT_FMT ": " TEXT_FMT " %s " TEXT_FMT,
                        TEXT_ARG(limit->rule->name), limit->unless == NULL ? "" : " unless ",
                        TEXT_ARG(limit->unless == NULL ? TEXT("") : limit->unless->id),
                        TEXT_ARG(expr_print(limit->left, &t->files)), limit->op,
                        TEXT_ARG(expr_print(limit->right, &t->files)));
}

static hedui_status
leaf_move(void *context, const struct leaf *leaf, struct err *err)
{
    struct mover m = *(struct mover *)context;
    int64_t below;
    int answer;
    struct buf line;
    hedui_status rc = HEDUI_OK;

    m.leaf = leaf;
    if (m.limit->is_telling || leaf->field == NULL ||
        (leaf->field->type != FIELD_MONEY && leaf->field->type != FIELD_DECIMAL))
        return HEDUI_OK;
    TRY(flip_find(&m, &below, &answer, err));
    if (below < 0)
        return HEDUI_OK;
    m.limit->is_reached = true;
    buf_init(&line, false);
    buf_text(&line, leaf->path);
    FAIL(flip_check(&m, below, answer, &line, err));
    m.limit->shown = arena_text(&m.t->files, buf_as_text(&line));
    if (m.limit->shown.at == NULL)
        rc = arena_full(&m.t->files, err);
done:
    buf_release(&line);
    return rc;
}

hedui_status
limits_try(struct testing *t, const struct yaml_node *tree, struct err *err)
{
    for (uint32_t i = 0; i < t->limits->count; i++) {
        struct mover m = {.t = t, .tree = tree, .limit = &t->limits->items[i]};

        if (!m.limit->is_telling && m.limit->error == NULL)
            TRY(leaves_each(t, tree, leaf_move, &m, err));
    }
    return HEDUI_OK;
}

void
limits_tell(struct testing *t)
{
    for (uint32_t i = 0; i < t->limits->count; i++) {
        const struct limit *limit = &t->limits->items[i];

        test_tell(t,
                  limit->is_reached
                      ? limit->error
                      : "没有一个测试能移到这个限额，请补一个 no test can be moved to "
                        "this limit: add one",
                  limit_name(t, limit), limit->shown);
    }
}
