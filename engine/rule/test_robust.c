/* SPDX-License-Identifier: Apache-2.0 */
/* test_robust.c: the laws of docs/RULES.md section 5, tried on the households of a pack's tests.
 *
 * Less      any known input made unknown, any source made silent or partial: the outcome stays or
 *           becomes incomplete, or review by a hold or by a lead that remains
 * Order     members, fields and rows written the other way round say the same
 * Bounds    without the bounds of unknown numbers: the same, or incomplete, or review in place of
 *           not_met
 *
 * Inputs are hidden one by one, and then one after the other, each step against the one before. */
#include "engine/rule/testing.h"

#include "engine/base/ban.h"

#define STEPS_MAX 400 /* hidden one after the other, per household */

struct robust {
    struct testing *t;
    const struct yaml_node *tree;
    struct text name;
    const struct household *household;
    const struct judgement *known;
    uint32_t step_count;
    struct step {
        struct text path;
        struct yaml_node value;
    } * steps;
};

static bool
has_finding(const struct judgement *judgement, enum level level, const char *grade)
{
    for (uint32_t i = 0; i < judgement->finding_count; i++)
        if (judgement->findings[i].level == level &&
            (grade == NULL || text_is(judgement->findings[i].grade, grade)))
            return true;
    return false;
}

static bool
is_less_lawful(const struct judgement *known, const struct judgement *less)
{
    if (less->outcome == known->outcome || less->outcome == OUTCOME_INCOMPLETE)
        return true;
    return less->outcome == OUTCOME_REVIEW &&
           (has_finding(less, LEVEL_HOLD, NULL) || has_finding(less, LEVEL_ASK, "lead"));
}

static bool
is_boundless_lawful(const struct judgement *bound, const struct judgement *less)
{
    return less->outcome == bound->outcome || less->outcome == OUTCOME_INCOMPLETE ||
           (less->outcome == OUTCOME_REVIEW && bound->outcome == OUTCOME_NOT_MET);
}

static void
broken_tell(struct robust *r, const char *law, struct text path, struct text value,
            const struct judgement *from, const struct judgement *to)
{
    struct text error = arena_printf(&r->t->scratch, "%s" TEXT_FMT "%s" TEXT_FMT ": %s -> %s", law,
                                     TEXT_ARG(path), path.len > 0 ? " = " : "", TEXT_ARG(value),
                                     outcome_name(from->outcome), outcome_name(to->outcome));

    r->t->is_robust_failed = true;
    test_tell(r->t, error.at == NULL ? law : error.at, r->name, TEXT(""));
}

/* One input less: the law against what was known, and the law of bounds over what is left. */
static hedui_status
less_try(struct robust *r, struct text path, const struct yaml_node *value, struct err *err)
{
    struct arena_mark mark = arena_mark(&r->t->scratch);
    const struct yaml_node *tree = node_with(r->tree, path, value, &r->t->scratch);
    struct tried *less = arena_alloc(&r->t->scratch, 2, sizeof *less), *plain;

    if (tree == NULL || less == NULL)
        return arena_full(&r->t->scratch, err);
    plain = less + 1;
    TRY(test_try(r->t, less, tree, 0, err));
    if (less->is_read) {
        r->t->report->hidden++;
        if (!is_less_lawful(r->known, &less->judgement))
            broken_tell(r, "少知不应多断 to know less decided more: ", path, value->text, r->known,
                        &less->judgement);
        TRY(test_try(r->t, plain, tree, JUDGE_BOUNDLESS, err));
        if (!is_boundless_lawful(&less->judgement, &plain->judgement))
            broken_tell(r, "界限不应改判 bounds did more than sharpen: ", path, value->text,
                        &less->judgement, &plain->judgement);
    }
    arena_rewind(&r->t->scratch, mark);
    return HEDUI_OK;
}

static hedui_status
step_put(struct robust *r, struct text path, struct text value, struct err *err)
{
    struct yaml_node node = {.type = YAML_SCALAR, .is_plain = true, .text = value};

    TRY(less_try(r, path, &node, err));
    if (r->step_count < STEPS_MAX)
        r->steps[r->step_count++] = (struct step){path, node};
    return HEDUI_OK;
}

/* Does some thing of that list have two rows that tell this field differently? Then it is not
 * known, whatever each says (household.h), and to hide one of them is to end the contradiction. */
static bool
is_contradicted(const struct robust *r, const struct leaf *leaf)
{
    const struct household *h = r->household;

    for (uint32_t k = 0; leaf->list != NULL && k < h->model->kind_count; k++)
        for (uint32_t i = 0; i < h->things[k].thing_count; i++) {
            const struct household_thing *thing = &h->things[k].things[i];
            uint32_t field = (uint32_t)(leaf->field - h->model->kinds[k].fields);

            if (leaf->list == &h->model->kinds[k] && thing->row_count > 1 &&
                thing->cells[field].state == CELL_UNKNOWN)
                return true;
        }
    return false;
}

/* Not an input that may be missing: the days by which the household itself is read; what makes rows
 * one thing, for a row without it is refused; a month `A..B`, which stands for many rows, and they
 * would go with it. */
static bool
is_input(const struct leaf *leaf)
{
    const struct field *field = leaf->field;

    if (field == NULL)
        return true;
    if (text_is(field->name, "applied_on") || text_is(field->name, "checked_on") ||
        text_is(field->name, "role") || text_is(field->name, "no_number") || field->is_thing)
        return false;
    return text_find(leaf->value->text, TEXT("..")) == SIZE_MAX;
}

static hedui_status
leaf_hide(void *context, const struct leaf *leaf, struct err *err)
{
    struct robust *r = context;

    return is_input(leaf) && !is_contradicted(r, leaf)
               ? step_put(r, leaf->path, TEXT("unknown"), err)
               : HEDUI_OK;
}

/* What a source may have said, from more to less; a state that a test wrote itself is left out
 * unless all are sure to know less. */
static hedui_status
source_hide(struct robust *r, struct text person, const struct yaml_node *mine, uint32_t source,
            struct err *err)
{
    static const char *const states[] = {"partial", "not_answered"};
    const struct pack_source *of = &r->t->pack->sources[source];
    struct text path = arena_printf(&r->t->scratch, "coverage." TEXT_FMT "." TEXT_FMT,
                                    TEXT_ARG(person), TEXT_ARG(of->name));
    bool is_written = false;

    if (path.at == NULL)
        return arena_full(&r->t->scratch, err);
    for (uint32_t i = 0; mine != NULL && mine->type == YAML_MAP && i < mine->count; i++)
        is_written = is_written || text_eq(mine->keys[i].text, of->name);
    for (uint32_t i = is_written ? 1 : 0; i < LEN(states); i++)
        TRY(step_put(r, path, text_of(states[i]), err));
    return HEDUI_OK;
}

static hedui_status
sources_hide(struct robust *r, struct err *err)
{
    static const char *const groups[] = {"members", "supporters"};
    const struct yaml_node *coverage = yaml_get(r->tree, "coverage");

    for (uint32_t g = 0; g < LEN(groups); g++) {
        const struct yaml_node *group = yaml_get(r->tree, groups[g]);

        for (uint32_t i = 0; group != NULL && group->type == YAML_MAP && i < group->count; i++) {
            const struct yaml_node *mine = NULL;

            for (uint32_t m = 0; coverage != NULL && m < coverage->count; m++)
                if (text_eq(coverage->keys[m].text, group->keys[i].text))
                    mine = &coverage->values[m];
            for (uint32_t s = 0; s < r->t->pack->source_count; s++)
                TRY(source_hide(r, group->keys[i].text, mine, s, err));
        }
    }
    return HEDUI_OK;
}

/* All steps one after the other. */
static hedui_status
chain_try(struct robust *r, struct err *err)
{
    const struct yaml_node *tree = r->tree;
    struct tried *before = NULL, *now;

    for (uint32_t i = 0; i < r->step_count; i++) {
        now = arena_alloc(&r->t->scratch, 1, sizeof *now);
        tree = node_with(tree, r->steps[i].path, &r->steps[i].value, &r->t->scratch);
        if (now == NULL || tree == NULL)
            return arena_full(&r->t->scratch, err);
        TRY(test_try(r->t, now, tree, 0, err));
        if (!now->is_read)
            return HEDUI_OK; /* a household that nobody can write */
        r->t->report->hidden++;
        if (!is_less_lawful(before == NULL ? r->known : &before->judgement, &now->judgement))
            broken_tell(r, "逐项少知不应多断 one after the other decided more: ", r->steps[i].path,
                        r->steps[i].value.text, before == NULL ? r->known : &before->judgement,
                        &now->judgement);
        before = now;
    }
    return HEDUI_OK;
}

/* A copy with every map and list the other way round. The reader of YAML bounds the depth. */
static bool
node_reverse(struct yaml_node *out, const struct yaml_node *node, struct arena *arena)
{
    *out = *node;
    if (node->type == YAML_SCALAR)
        return true;
    out->values = arena_alloc(arena, node->count, sizeof *out->values);
    out->keys = node->keys == NULL ? NULL : arena_alloc(arena, node->count, sizeof *out->keys);
    if (out->values == NULL || (node->keys != NULL && out->keys == NULL))
        return false;
    for (uint32_t i = 0; i < node->count; i++) {
        uint32_t at = node->count - 1 - i;

        if (node->keys != NULL)
            out->keys[at] = node->keys[i];
        if (!node_reverse(&out->values[at], &node->values[i], arena))
            return false;
    }
    return true;
}

static hedui_status
order_try(struct robust *r, struct err *err)
{
    struct tried *other = arena_alloc(&r->t->scratch, 1, sizeof *other);
    struct yaml_node *tree = arena_alloc(&r->t->scratch, 1, sizeof *tree);

    if (other == NULL || tree == NULL || !node_reverse(tree, r->tree, &r->t->scratch))
        return arena_full(&r->t->scratch, err);
    TRY(test_try(r->t, other, tree, 0, err));
    if (!other->is_read || !judgements_same(r->known, &other->judgement))
        broken_tell(r, "次序改变了结论 order changed the answer", TEXT(""), TEXT(""), r->known,
                    other->is_read ? &other->judgement : r->known);
    return HEDUI_OK;
}

hedui_status
robust_try(struct testing *t, const struct yaml_node *tree, struct text name,
           const struct household *household, const struct judgement *judgement, struct err *err)
{
    struct robust r = {
        .t = t, .tree = tree, .name = name, .household = household, .known = judgement};

    r.steps = arena_alloc(&t->scratch, STEPS_MAX, sizeof *r.steps);
    if (r.steps == NULL)
        return arena_full(&t->scratch, err);
    TRY(order_try(&r, err));
    TRY(leaves_each(t, tree, leaf_hide, &r, err));
    TRY(sources_hide(&r, err));
    return chain_try(&r, err);
}

void
robust_tell(struct testing *t)
{
    static const struct text name = {"稳健 robust", sizeof "稳健 robust" - 1};
    struct text value;

    if (t->report->is_exempt) {
        buf_str(t->print, "skip - 稳健 robust: 规则包用到 known() 或 assume，见 W605 | the pack "
                          "asks known() or assumes\n");
        return;
    }
    if (t->is_robust_failed)
        return;
    value = arena_printf(&t->files, "%llu", (unsigned long long)t->report->hidden);
    test_tell(t, NULL, name, value.at == NULL ? TEXT("") : value);
}
