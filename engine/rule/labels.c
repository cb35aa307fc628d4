/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/rule/labels.h"

#include <assert.h>

#include "engine/rule/pack_in.h"

#include "engine/base/ban.h"

struct labelling {
    struct label *labels;
    uint32_t count, room;
    struct arena *arena;
    bool is_full;
};

/* PREFIX and NAME make the label's name; "" where the name stands alone. */
static void
label_add(struct labelling *l, const char *prefix, struct text name, struct text zh, struct text en,
          const struct type *type)
{
    struct text whole = arena_printf(l->arena, "%s" TEXT_FMT, prefix, TEXT_ARG(name));

    assert(l->count < l->room);
    if (whole.at == NULL)
        l->is_full = true;
    l->labels[l->count++] = (struct label){.name = whole, .zh = zh, .en = en, .type = type};
}

static void
list_add(struct labelling *l, struct text name, struct text zh, struct text en, struct text of)
{
    label_add(l, "", name, zh, en, NULL);
    l->labels[l->count - 1].of = of;
}

static struct text
part_english(const struct pack *pack, const struct kind *kind, const struct part *part)
{
    switch (part->kind) {
    case PART_CELL:
        return kind->fields[part->number].en;
    case PART_FACT:
        return pack->facts[part->fact].en;
    case PART_LIST:
        return pack->model->kinds[part->number].en;
    case PART_KEY:
        return TEXT("key of the member");
    case PART_BORN:
        return TEXT("date of birth");
    case PART_SEX:
        return TEXT("sex");
    case PART_ELSEWHERE:
        return TEXT("other cases of the batch");
    case PART_MATCH:
        return TEXT("agreement of the name");
    case PART_SOURCE:
        return TEXT("source");
    case PART_SEEN:
        return TEXT("as-of day");
    }
    return TEXT("");
}

static void
shape_labels(struct labelling *l, const struct pack *pack, const struct shape *shape,
             const struct kind *kind, struct text name)
{
    struct text prefix = arena_printf(l->arena, TEXT_FMT ".", TEXT_ARG(name));

    if (prefix.at == NULL) {
        l->is_full = true;
        return;
    }
    for (uint32_t i = 0; i < shape->type.field_count; i++) {
        const struct type_field *field = &shape->type.fields[i];

        label_add(l, prefix.at, field->name, field->zh, part_english(pack, kind, &shape->parts[i]),
                  field->type);
    }
}

static void
kind_labels(struct labelling *l, const struct pack *pack)
{
    const struct model *model = pack->model;

    list_add(l, TEXT("members"), TEXT("家庭成员"), TEXT("members"), TEXT("member"));
    list_add(l, TEXT("supporters"), TEXT("赡养抚养扶养义务人"), TEXT("supporters"), TEXT("member"));
    for (uint32_t k = 0; k < model->kind_count; k++)
        if (&model->kinds[k] != model->applicant)
            list_add(l, model->kinds[k].list, model->kinds[k].zh, model->kinds[k].en,
                     pack->shapes[k].type.name);
    shape_labels(l, pack, &pack->case_shape, model->applicant, TEXT("case"));
    for (uint32_t k = 0; k < model->kind_count; k++)
        shape_labels(l, pack, &pack->shapes[k], &model->kinds[k], pack->shapes[k].type.name);
}

hedui_status
pack_labels(struct label **out, uint32_t *count, const struct pack *pack, struct arena *arena,
            struct err *err)
{
    const struct model *model = pack->model;
    struct labelling l = {.arena = arena};

    l.room = pack->home_fact_count + pack->param_count + pack->source_count + pack->declared_count +
             3 + model->kind_count + pack->case_shape.type.field_count;
    for (uint32_t k = 0; k < model->kind_count; k++)
        l.room += pack->shapes[k].type.field_count;
    l.labels = arena_alloc(arena, l.room, sizeof *l.labels);
    if (l.labels == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < pack->home_fact_count; i++) {
        const struct fact *fact = &pack->facts[pack->home_facts[i]];

        label_add(&l, "", fact->name, fact->zh, fact->en, fact->type);
    }
    for (uint32_t i = 0; i < pack->param_count; i++)
        label_add(&l, "p.", pack->params[i].name, pack->params[i].zh, pack->params[i].en,
                  pack->params[i].type);
    for (uint32_t i = 0; i < pack->source_count; i++)
        label_add(&l, "@", pack->sources[i].name, pack->sources[i].zh, pack->sources[i].en, NULL);
    label_add(&l, "@", model->applicant->name, TEXT("申请表"), TEXT("application"), NULL);
    for (uint32_t i = 0; i < pack->declared_count; i++)
        label_add(&l, "declared.", pack->declared[i].name, pack->declared[i].zh,
                  pack->declared[i].en, expr_type(pack->declared[i].stated));
    kind_labels(&l, pack);
    if (l.is_full)
        return arena_full(arena, err);
    *out = l.labels;
    *count = l.count;
    return HEDUI_OK;
}
