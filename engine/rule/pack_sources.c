/* SPDX-License-Identifier: Apache-2.0 */
/* pack_sources.c: the sources a programme asks, declared items, and what settles an unknown. */
#include <string.h>

#include "engine/rule/pack_in.h"
#include "engine/rule/tree.h"

#include "engine/base/ban.h"

#define SOURCES_MAX 64 /* bits of a mask */
#define VALID_DAYS_MAX 36500

static void
kinds_read(struct loader *l, const struct yaml_node *list, struct pack_source *source)
{
    const struct model *model = l->pack->model;

    if (!node_is(l, list, YAML_LIST))
        return;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct kind *kind = model_kind(model, list->values[i].text);
        if (kind == NULL || kind == model->applicant)
            kind_unknown(l, &list->values[i], list->values[i].text);
        else
            source->kinds |= (uint64_t)1 << kind->number;
    }
}

const char *
grade_name(enum grade grade)
{
    static const char *const names[GRADE_COUNT] = {"lead", "needs_confirmation", "final"};

    return names[grade];
}

static enum grade
grade_read(struct loader *l, const struct yaml_node *node)
{
    for (int grade = 0; grade < GRADE_COUNT; grade++)
        if (text_is(node->text, grade_name((enum grade)grade)))
            return (enum grade)grade;
    say(l, node->place, "N103", text_of("grade 应为 final、needs_confirmation 或 lead"),
        text_of("grade should be final, needs_confirmation or lead"));
    return GRADE_LEAD;
}

static bool
source_read(struct loader *l, const struct yaml_node *key, const struct yaml_node *node,
            struct pack_source *source, struct expr **who)
{
    int64_t days = 0;

    if (!grammar_check(node, GRAMMAR_EVIDENCE, l->messages))
        return false;
    source->name = key->text;
    source->zh = node_text(node, "zh");
    source->en = node_text(node, "en");
    source->settle = node_text(node, "settle");
    source->grade = grade_read(l, yaml_get(node, "grade"));
    kinds_read(l, yaml_get(node, "kinds"), source);
    if (!text_int(node_text(node, "valid_days"), &days) || days < 0 || days > VALID_DAYS_MAX)
        say(l, yaml_get(node, "valid_days")->place, "T205", text_of("valid_days 应为天数"),
            text_of("valid_days should be a number of days"));
    source->valid_days = (int32_t)days;
    if (yaml_get(node, "who") != NULL) {
        *who = pack_compile(l, yaml_get(node, "who"), (int32_t)l->pack->model->applicant->number);
        if (*who != NULL && expr_type(*who)->kind != TYPE_BOOL &&
            expr_type(*who)->kind != TYPE_ERROR)
            say(l, yaml_get(node, "who")->place, "T203", text_of("who 应为 bool"),
                text_of("who should be bool"));
    }
    return true;
}

void
sources_read(struct loader *l)
{
    struct pack *pack = l->pack;

    pack->sources = arena_alloc(l->arena, l->evidence.count, sizeof *pack->sources);
    pack->who = arena_alloc(l->arena, l->evidence.count, sizeof *pack->who);
    if (pack->sources == NULL || pack->who == NULL) {
        l->is_full = true;
        return;
    }
    if (l->evidence.count > SOURCES_MAX) {
        say(l, l->evidence.keys[SOURCES_MAX]->place, "Y003", text_of("来源最多 64 个"),
            text_of("a pack has at most 64 sources"));
        return;
    }
    for (uint32_t i = 0; i < l->evidence.count; i++)
        if (source_read(l, l->evidence.keys[i], l->evidence.values[i],
                        &pack->sources[pack->source_count], &pack->who[pack->source_count]))
            pack->source_count++;
}

static void
items_check(struct loader *l, const struct yaml_node *key, const struct declared *item)
{
    const struct type *stated, *found, *slack;

    if (item->stated == NULL || item->found == NULL)
        return;
    stated = expr_type(item->stated);
    found = expr_type(item->found);
    slack = item->slack < 0 ? found : l->pack->params[item->slack].type;
    if (stated->kind == TYPE_ERROR || found->kind == TYPE_ERROR)
        return;
    if (!type_is_number(stated) || !type_is_number(found) || found->may_be_none ||
        type_join(stated, found, l->arena) == NULL || type_join(found, slack, l->arena) == NULL ||
        periods_differ(stated, found) || periods_differ(found, slack))
        say(l, key->place, "T201", text_of("stated、found 与 slack 应为同类、同期间的数额"),
            text_of("stated, found and slack should be amounts of one sort and period"));
}

void
declared_read(struct loader *l)
{
    struct declared *items = arena_alloc(l->arena, l->declared.count, sizeof *items);

    if (items == NULL) {
        l->is_full = true;
        return;
    }
    l->pack->declared = items;
    for (uint32_t i = 0; i < l->declared.count; i++) {
        const struct yaml_node *node = l->declared.values[i], *slack = yaml_get(node, "slack");
        struct declared *item = &items[l->pack->declared_count];
        if (!grammar_check(node, GRAMMAR_DECLARED, l->messages))
            continue;
        *item = (struct declared){.name = l->declared.keys[i]->text,
                                  .zh = node_text(node, "zh"),
                                  .en = node_text(node, "en"),
                                  .ref = node_text(node, "ref"),
                                  .slack = -1};
        item->stated = pack_compile(l, yaml_get(node, "stated"), -1);
        item->found = pack_compile(l, yaml_get(node, "found"), -1);
        if (slack != NULL) {
            struct compile_scope context = {l->pack, -1, l->arena};
            const struct type *type;
            struct text zh;
            int32_t slot = text_starts(slack->text, TEXT("p."))
                               ? scope_resolve(&context, slack->text, &type, &zh)
                               : -1;
            item->slack = slot < 0 ? -1 : slot - (int32_t)slot_param(l->pack, 0);
            if (slot < 0)
                say(l, slack->place, "N101",
                    arena_printf(l->arena, "未定义的参数 “" TEXT_FMT "”", TEXT_ARG(slack->text)),
                    arena_printf(l->arena, "unknown parameter \"" TEXT_FMT "\"",
                                 TEXT_ARG(slack->text)));
        }
        items_check(l, l->declared.keys[i], item);
        l->pack->declared_count++;
    }
}

/* "member.student", "vehicle.price", "vehicles", "case.F". */
static bool
missing_names(const struct pack *pack, struct text name)
{
    const char *dot = memchr(name.at, '.', name.len);
    const struct kind *kind;

    if (dot == NULL)
        return model_kind_by_list(pack->model, name) != NULL;
    kind = text_starts(name, TEXT("case."))
               ? pack->model->applicant
               : pack_kind(pack, (struct text){name.at, (size_t)(dot - name.at)});
    return kind != NULL &&
           (kind_field(kind, (struct text){dot + 1, name.len - (size_t)(dot - name.at) - 1}) >= 0 ||
            text_is(name, "member.born") || text_is(name, "member.sex"));
}

void
missing_read(struct loader *l)
{
    struct missing *items = arena_alloc(l->arena, l->missing.count, sizeof *items);

    l->pack->assumed = arena_alloc(l->arena, l->pack->model->kind_count, sizeof *l->pack->assumed);
    if (items == NULL || l->pack->assumed == NULL) {
        l->is_full = true;
        return;
    }
    for (uint32_t k = 0; k < l->pack->model->kind_count; k++) {
        l->pack->assumed[k] = arena_alloc(l->arena, l->pack->model->kinds[k].field_count,
                                          sizeof *l->pack->assumed[k]);
        if (l->pack->assumed[k] == NULL) {
            l->is_full = true;
            return;
        }
    }
    l->pack->missing = items;
    for (uint32_t i = 0; i < l->missing.count; i++) {
        const struct yaml_node *node = l->missing.values[i], *key = l->missing.keys[i];
        if (!grammar_check(node, GRAMMAR_MISSING, l->messages))
            continue;
        if (!missing_names(l->pack, key->text))
            say(l, key->place, "N101",
                arena_printf(l->arena, "没有字段或列表 “" TEXT_FMT "”", TEXT_ARG(key->text)),
                arena_printf(l->arena, "there is no field or list \"" TEXT_FMT "\"",
                             TEXT_ARG(key->text)));
        items[l->pack->missing_count] =
            (struct missing){.name = key->text, .ask = node_text(node, "ask")};
        if ((yaml_get(node, "assume") != NULL) == (yaml_get(node, "ask") != NULL))
            say(l, key->place, "Y014", text_of("missing 的每项应恰有 ask 与 assume 之一"),
                text_of("an entry of missing needs exactly one of ask and assume"));
        else if (yaml_get(node, "assume") != NULL)
            assume_read(l, key, node, &items[l->pack->missing_count]);
        l->pack->missing_count++;
    }
}
