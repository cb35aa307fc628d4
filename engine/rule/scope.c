/* SPDX-License-Identifier: Apache-2.0 */
/* scope.c: names to slots and types: what an expression of a pack may read. */
#include <assert.h>
#include <string.h>

#include "engine/rule/pack_in.h"
#include "engine/rule/tree.h"

#include "engine/base/ban.h"

const struct kind *
pack_kind(const struct pack *pack, struct text name)
{
    return text_is(name, "member") ? pack->model->applicant : model_kind(pack->model, name);
}

void
kind_unknown(struct loader *l, const struct yaml_node *node, struct text name)
{
    const struct model *model = l->pack->model;
    const struct kind *meant = model_kind_by_list(model, name);
    struct nameable items[KINDS_MAX];
    const struct nameable *near = NULL;
    size_t at;

    if (yaml_wide_tell(node, l->messages))
        return;
    for (uint32_t k = 0; k < model->kind_count; k++)
        items[k] = (struct nameable){&model->kinds[k] == model->applicant ? TEXT("member")
                                                                          : model->kinds[k].name,
                                     model->kinds[k].zh};
    at = meant != NULL && meant != model->applicant
             ? meant->number
             : near_find(name, items, model->kind_count, l->arena);
    if (at != SIZE_MAX)
        near = &items[at];
    message_add(l->messages, MESSAGE_ERROR, "N104", node->place, (uint32_t)text_chars(name),
                arena_printf(l->arena, "没有记录种类 “" TEXT_FMT "”" TEXT_FMT, TEXT_ARG(name),
                             TEXT_ARG(near_zh(near, l->arena))),
                arena_printf(l->arena, "there is no kind \"" TEXT_FMT "\"" TEXT_FMT, TEXT_ARG(name),
                             TEXT_ARG(near_en(near, l->arena))));
}

static const struct type *
field_type(struct loader *l, const struct field *field)
{
    static const enum type_kind kinds[] = {
        [FIELD_IDENTITY] = TYPE_IDENTITY, [FIELD_NAME] = TYPE_STRING,
        [FIELD_TEXT] = TYPE_STRING,       [FIELD_CODE] = TYPE_CODE,
        [FIELD_DATE] = TYPE_DATE,         [FIELD_MONTH] = TYPE_MONTH,
        [FIELD_MONEY] = TYPE_MONEY,       [FIELD_DECIMAL] = TYPE_DECIMAL,
        [FIELD_INT] = TYPE_INT,           [FIELD_BOOL] = TYPE_BOOL};
    const struct type *type = type_of(kinds[field->type]);

    if (field_is_opaque(field))
        type = type_of(TYPE_IDENTITY);
    else if (field->is_share)
        type = type_of(TYPE_RATE);
    else if (field->type == FIELD_DECIMAL)
        type = type_decimal(field->scale, l->arena);
    else if (field->per != PER_ONCE)
        type =
            type_amount(TYPE_MONEY, field->per == PER_MONTH ? PERIOD_MONTH : PERIOD_YEAR, l->arena);
    else if (field->type == FIELD_CODE) {
        struct type *code = arena_alloc(l->arena, 1, sizeof *code);
        if (code != NULL)
            *code = (struct type){.kind = TYPE_CODE, .codes = field->codes};
        type = code;
    }
    if (type != NULL && field->blank == BLANK_NONE)
        type = type_none(type, true, l->arena);
    if (type == NULL)
        l->is_full = true;
    return type;
}

static const struct type *
code_type(struct loader *l, struct code_list *list)
{
    struct type *code = arena_alloc(l->arena, 1, sizeof *code);

    if (code == NULL) {
        l->is_full = true;
        return type_of(TYPE_STRING);
    }
    *code = (struct type){.kind = TYPE_CODE, .codes = list};
    return code;
}

/* The lists of codes that no model names: match classes and sexes. */
static bool
codes_build(struct loader *l)
{
    static const char *const match_zh[] = {"姓名不符", "无姓名", "姓名异写", "15 位升位", "一致"};
    struct code *match = arena_alloc(l->arena, MATCH_CLASSES, sizeof *match);
    struct code *sex = arena_alloc(l->arena, 2, sizeof *sex);

    if (match == NULL || sex == NULL) {
        l->is_full = true;
        return false;
    }
    for (uint32_t i = 0; i < MATCH_CLASSES; i++)
        match[i] = (struct code){.name = text_of(match_class_name((enum match_class)i)),
                                 .zh = text_of(match_zh[i])};
    sex[0] = (struct code){TEXT("male"), TEXT("男"), TEXT("male")};
    sex[1] = (struct code){TEXT("female"), TEXT("女"), TEXT("female")};
    l->pack->match_codes = (struct code_list){TEXT("match"), MATCH_CLASSES, match};
    l->pack->sex_codes = (struct code_list){TEXT("sex"), 2, sex};
    return true;
}

struct shaping {
    struct shape *shape;
    struct type_field *fields;
    uint32_t count, room;
};

static void
shape_add(struct loader *l, struct shaping *s, struct text name, struct text zh,
          const struct type *type, bool is_closed, struct part part)
{
    assert(name.at != NULL);
    for (uint32_t i = 0; i < s->count; i++)
        if (text_eq(s->fields[i].name, name) && part.kind == PART_FACT)
            say(l, l->pack->facts[part.fact].place, "N102",
                arena_printf(l->arena, "名称 “" TEXT_FMT "” 已被占用", TEXT_ARG(name)),
                arena_printf(l->arena, "the name \"" TEXT_FMT "\" is taken", TEXT_ARG(name)));
    if (s->count == s->room)
        return; /* room was counted: only after a full arena */
    s->fields[s->count] = (struct type_field){name, zh, type, is_closed};
    s->shape->parts[s->count++] = part;
}

static bool
shape_open(struct loader *l, struct shaping *s, struct shape *shape, uint32_t room)
{
    *s = (struct shaping){shape, arena_alloc(l->arena, room, sizeof *s->fields), 0, room};
    shape->parts = arena_alloc(l->arena, room, sizeof *shape->parts);
    if (s->fields == NULL || shape->parts == NULL)
        l->is_full = true;
    return !l->is_full;
}

static void
shape_facts(struct loader *l, struct shaping *s, uint32_t kind)
{
    struct pack *pack = l->pack;

    for (uint32_t i = 0; i < pack->fact_count; i++)
        if (pack->facts[i].kind == (int32_t)kind) {
            const char *dot = memchr(pack->facts[i].name.at, '.', pack->facts[i].name.len);
            size_t at = (size_t)(dot - pack->facts[i].name.at) + 1;
            struct text bare = {dot + 1, pack->facts[i].name.len - at};
            pack->facts[i].number = s->shape->fact_count;
            shape_add(l, s, bare, pack->facts[i].zh, pack->facts[i].type, false,
                      (struct part){PART_FACT, s->shape->fact_count++, i});
        }
}

static void
shape_close(struct shaping *s, struct text name)
{
    s->shape->type = (struct type){
        .kind = TYPE_RECORD, .field_count = s->count, .fields = s->fields, .name = name};
}

static void
row_shape(struct loader *l, uint32_t k)
{
    const struct kind *kind = &l->pack->model->kinds[k];
    struct shaping s;

    if (!shape_open(l, &s, &l->pack->shapes[k], kind->field_count + 3 + l->pack->fact_count))
        return;
    for (uint32_t i = 0; i < kind->field_count; i++)
        shape_add(l, &s, kind->fields[i].name, kind->fields[i].zh, field_type(l, &kind->fields[i]),
                  kind->fields[i].is_closed, (struct part){PART_CELL, i, 0});
    shape_add(l, &s, TEXT("match"), TEXT("比对类别"), code_type(l, &l->pack->match_codes), false,
              (struct part){PART_MATCH, 0, 0});
    shape_add(l, &s, TEXT("source"), TEXT("来源"), type_of(TYPE_STRING), false,
              (struct part){PART_SOURCE, 0, 0});
    shape_add(l, &s, TEXT("seen"), TEXT("数据日期"), type_of(TYPE_DATE), false,
              (struct part){PART_SEEN, 0, 0});
    shape_facts(l, &s, k);
    shape_close(&s, kind->name);
}

static void
person_shape(struct loader *l)
{
    const struct model *model = l->pack->model;
    const struct kind *kind = model->applicant;
    struct shaping s;

    if (!shape_open(l, &s, &l->pack->shapes[kind->number],
                    kind->field_count + 4 + model->kind_count + l->pack->fact_count))
        return;
    for (uint32_t i = 0; i < kind->field_count; i++)
        if (!kind->fields[i].is_of_case)
            shape_add(l, &s, kind->fields[i].name, kind->fields[i].zh,
                      field_type(l, &kind->fields[i]), kind->fields[i].is_closed,
                      (struct part){PART_CELL, i, 0});
    shape_add(l, &s, TEXT("key"), TEXT("成员代号"), type_of(TYPE_STRING), false,
              (struct part){PART_KEY, 0, 0});
    shape_add(l, &s, TEXT("born"), TEXT("出生日期"), type_of(TYPE_DATE), false,
              (struct part){PART_BORN, 0, 0});
    shape_add(l, &s, TEXT("sex"), TEXT("性别"), code_type(l, &l->pack->sex_codes), false,
              (struct part){PART_SEX, 0, 0});
    shape_add(l, &s, TEXT("other_cases"), TEXT("同批其他案件数"), type_of(TYPE_INT), false,
              (struct part){PART_ELSEWHERE, 0, 0});
    s.shape->list_at = arena_alloc(l->arena, model->kind_count, sizeof *s.shape->list_at);
    for (uint32_t k = 0; s.shape->list_at != NULL && k < model->kind_count; k++)
        if (k != kind->number) {
            s.shape->list_at[k] = s.count;
            shape_add(l, &s, model->kinds[k].list, model->kinds[k].zh, l->pack->shapes[k].list,
                      false, (struct part){PART_LIST, k, 0});
        }
    l->is_full = l->is_full || s.shape->list_at == NULL;
    shape_facts(l, &s, kind->number);
    shape_close(&s, TEXT("member"));
}

static void
case_shape(struct loader *l)
{
    const struct kind *kind = l->pack->model->applicant;
    struct shaping s;

    if (!shape_open(l, &s, &l->pack->case_shape, kind->field_count))
        return;
    for (uint32_t i = 0; i < kind->field_count; i++) {
        const struct field *field = &kind->fields[i];
        if (field->is_of_case)
            shape_add(l, &s, field->name, field->zh,
                      text_is(field->name, "checked_on") ? type_of(TYPE_DATE)
                                                         : field_type(l, field),
                      field->is_closed, (struct part){PART_CELL, i, 0});
    }
    shape_close(&s, TEXT("case"));
}

bool
shapes_build(struct loader *l)
{
    struct pack *pack = l->pack;

    pack->shapes = arena_alloc(l->arena, pack->model->kind_count, sizeof *pack->shapes);
    if (pack->shapes == NULL || !codes_build(l)) {
        l->is_full = true;
        return false;
    }
    for (uint32_t k = 0; k < pack->model->kind_count; k++) {
        pack->shapes[k].list = type_list(&pack->shapes[k].type, true, l->arena);
        l->is_full = l->is_full || pack->shapes[k].list == NULL;
        if (&pack->model->kinds[k] != pack->model->applicant)
            row_shape(l, k);
    }
    person_shape(l);
    case_shape(l);
    return !l->is_full;
}

/* The fixed names; a fact or parameter may not take one. */
bool
scope_is_taken(const struct pack *pack, struct text name)
{
    static const char *const fixed[] = {"case", "members", "supporters", "member", "p"};

    for (size_t i = 0; i < LEN(fixed); i++)
        if (text_is(name, fixed[i]))
            return true;
    return model_kind(pack->model, name) != NULL || model_kind_by_list(pack->model, name) != NULL;
}

static int32_t
resolve_param(const struct pack *pack, struct text name, const struct type **type, struct text *zh)
{
    struct text bare = {name.at + 2, name.len - 2};

    for (uint32_t i = 0; i < pack->param_count; i++)
        if (text_eq(pack->params[i].name, bare)) {
            *type = pack->params[i].type;
            *zh = pack->params[i].zh;
            return (int32_t)slot_param(pack, i);
        }
    return -1;
}

int32_t
scope_resolve(void *context, struct text name, const struct type **type, struct text *zh)
{
    const struct compile_scope *scope = context;
    const struct pack *pack = scope->pack;
    const struct kind *kind;
    uint32_t applicant = pack->model->applicant->number;

    *zh = (struct text){NULL, 0};
    if (text_starts(name, TEXT("p.")))
        return resolve_param(pack, name, type, zh);
    if (text_is(name, "case")) {
        *type = &pack->case_shape.type;
        return SLOT_CASE;
    }
    if (text_is(name, "members") || text_is(name, "supporters")) {
        *type = pack->shapes[applicant].list;
        return text_is(name, "members") ? SLOT_MEMBERS : SLOT_SUPPORTERS;
    }
    kind = model_kind_by_list(pack->model, name);
    if (kind != NULL && kind != pack->model->applicant) {
        *type = pack->shapes[kind->number].list;
        *zh = kind->zh;
        return (int32_t)(SLOT_THINGS + kind->number);
    }
    kind = scope->kind < 0 ? NULL : pack_kind(pack, name);
    if (kind != NULL && kind->number == (uint32_t)scope->kind) {
        *type = &pack->shapes[kind->number].type;
        return (int32_t)slot_current(pack, kind->number);
    }
    for (uint32_t i = 0; i < pack->home_fact_count; i++) {
        const struct fact *fact = &pack->facts[pack->home_facts[i]];
        if (text_eq(fact->name, name)) {
            *type = fact->type;
            *zh = fact->zh;
            return (int32_t)slot_fact(pack, i);
        }
    }
    return -1;
}

struct text
scope_near(void *context, struct text name)
{
    const struct compile_scope *scope = context;
    const struct pack *pack = scope->pack;
    uint32_t room = pack->param_count + pack->home_fact_count + pack->model->kind_count + 3;
    struct nameable *items = arena_alloc(scope->arena, room, sizeof *items);
    uint32_t count = 0;
    size_t near;

    if (items == NULL)
        return (struct text){NULL, 0};
    for (uint32_t i = 0; i < pack->param_count; i++)
        items[count++] = (struct nameable){
            arena_printf(scope->arena, "p." TEXT_FMT, TEXT_ARG(pack->params[i].name)),
            pack->params[i].zh};
    for (uint32_t i = 0; i < pack->home_fact_count; i++) {
        const struct fact *fact = &pack->facts[pack->home_facts[i]];
        items[count++] = (struct nameable){fact->name, fact->zh};
    }
    for (uint32_t i = 0; i < pack->model->kind_count; i++)
        items[count++] = (struct nameable){pack->model->kinds[i].list, pack->model->kinds[i].zh};
    items[count++] = (struct nameable){TEXT("case"), TEXT("申请")};
    items[count++] = (struct nameable){TEXT("supporters"), TEXT("赡养抚养扶养义务人")};
    near = near_find(name, items, count, scope->arena);
    return near == SIZE_MAX ? (struct text){NULL, 0} : items[near].name;
}

/* Compiles one scalar; `kind`: whose current row may be named, -1: none. NULL: reported. */
struct expr *
pack_compile(struct loader *l, const struct yaml_node *node, int32_t kind)
{
    struct compile_scope context = {l->pack, kind, l->arena};
    struct expr_scope scope = {&context, scope_resolve, scope_near, EXPR_STEPS_MAX, false};
    struct expr_source source;

    if (node == NULL || !node_is(l, node, YAML_SCALAR))
        return NULL;
    source = (struct expr_source){node->text, node->place, node->marks};
    return expr_compile(&source, &scope, l->messages, NULL, l->arena);
}
