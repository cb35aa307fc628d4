/* SPDX-License-Identifier: Apache-2.0 */
/* test_leaves.c: the inputs of a written household: every scalar that says something about the
 * case, a person or a row. */
#include "engine/rule/testing.h"

#include "engine/base/ban.h"

struct leafing {
    struct testing *t;
    hedui_status (*each)(void *context, const struct leaf *leaf, struct err *err);
    void *context;
};

static hedui_status
leaf_put(struct leafing *f, struct text at, struct text name, const struct yaml_node *value,
         const struct field *field, const struct kind *list, struct err *err)
{
    struct leaf leaf = {.value = value, .field = field, .list = list};

    if (value->type != YAML_SCALAR || text_is(value->text, "unknown"))
        return HEDUI_OK;
    leaf.path = arena_printf(&f->t->scratch, TEXT_FMT "." TEXT_FMT, TEXT_ARG(at), TEXT_ARG(name));
    if (leaf.path.at == NULL)
        return arena_full(&f->t->scratch, err);
    return f->each(f->context, &leaf, err);
}

static hedui_status
case_leaves(struct leafing *f, const struct yaml_node *node, struct err *err)
{
    const struct kind *kind = f->t->pack->model->applicant;

    for (uint32_t i = 0; node != NULL && node->type == YAML_MAP && i < node->count; i++) {
        int32_t field = kind_field(kind, node->keys[i].text);

        if (field >= 0)
            TRY(leaf_put(f, TEXT("case"), node->keys[i].text, &node->values[i],
                         &kind->fields[field], NULL, err));
    }
    return HEDUI_OK;
}

static hedui_status
row_leaves(struct leafing *f, struct text at, const struct kind *kind, const struct yaml_node *list,
           struct err *err)
{
    struct arena *arena = &f->t->scratch;

    for (uint32_t r = 0; list->type == YAML_LIST && r < list->count; r++) {
        const struct yaml_node *row = &list->values[r];
        struct text path =
            arena_printf(arena, TEXT_FMT "." TEXT_FMT ".%u", TEXT_ARG(at), TEXT_ARG(kind->list), r);

        if (path.at == NULL)
            return arena_full(arena, err);
        for (uint32_t i = 0; row->type == YAML_MAP && i < row->count; i++) {
            int32_t field = kind_field(kind, row->keys[i].text);

            if (field >= 0)
                TRY(leaf_put(f, path, row->keys[i].text, &row->values[i], &kind->fields[field],
                             kind, err));
        }
    }
    return HEDUI_OK;
}

static hedui_status
person_leaves(struct leafing *f, struct text at, const struct yaml_node *node, struct err *err)
{
    const struct model *model = f->t->pack->model;

    for (uint32_t i = 0; node->type == YAML_MAP && i < node->count; i++) {
        struct text name = node->keys[i].text;
        const struct kind *listed = model_kind_by_list(model, name);
        int32_t field = kind_field(model->applicant, name);

        if (listed != NULL && listed != model->applicant)
            TRY(row_leaves(f, at, listed, &node->values[i], err));
        else if (field >= 0)
            TRY(leaf_put(f, at, name, &node->values[i], &model->applicant->fields[field], NULL,
                         err));
        else if (text_is(name, "born") || text_is(name, "sex"))
            TRY(leaf_put(f, at, name, &node->values[i], NULL, NULL, err));
    }
    return HEDUI_OK;
}

hedui_status
leaves_each(struct testing *t, const struct yaml_node *tree,
            hedui_status (*each)(void *context, const struct leaf *leaf, struct err *err),
            void *context, struct err *err)
{
    static const char *const groups[] = {"members", "supporters"};
    struct leafing f = {t, each, context};

    TRY(case_leaves(&f, yaml_get(tree, "case"), err));
    for (uint32_t g = 0; g < LEN(groups); g++) {
        const struct yaml_node *group = yaml_get(tree, groups[g]);

        for (uint32_t i = 0; group != NULL && group->type == YAML_MAP && i < group->count; i++) {
            struct text at =
                arena_printf(&t->scratch, "%s." TEXT_FMT, groups[g], TEXT_ARG(group->keys[i].text));
            if (at.at == NULL)
                return arena_full(&t->scratch, err);
            TRY(person_leaves(&f, at, &group->values[i], err));
        }
    }
    return HEDUI_OK;
}
