/* SPDX-License-Identifier: Apache-2.0 */
/* pack_layers.c: what a child may do to its parent's words: set, replace, disable.
 *
 * Each verb names one point, and reaches it only where the point's owner opened it (`local`). The
 * result are nodes again, each with the place where a person wrote it, so that all that follows
 * (types, days, tables, texts) knows nothing of layers. */
#include <string.h>

#include "engine/rule/pack_in.h"

#include "engine/base/ban.h"

struct verb {
    const char *name, *zh, *en; /* "set", "修改", "set" */
};
static const struct verb verb_set = {"set", "修改", "set"};
static const struct verb verb_replace = {"replace", "替换", "replace"};
static const struct verb verb_disable = {"disable", "停用", "disable"};

struct target {
    uint32_t number; /* of the section */
    struct section *section;
    uint32_t at;
    struct text name;
    const struct yaml_node *key, *words; /* as the child wrote them */
    uint32_t own;                        /* the child's layer */
};

static const char *
section_zh(uint32_t number)
{
    static const char *const words[SECTIONS] = {[SECTION_PARAMS] = "参数",
                                                [SECTION_FACTS] = "事实",
                                                [SECTION_TABLES] = "表",
                                                [SECTION_RULES] = "规则"};

    return words[number] == NULL ? "名称" : words[number];
}

static const char *
section_en(uint32_t number)
{
    static const char *const words[SECTIONS] = {[SECTION_PARAMS] = "parameter",
                                                [SECTION_FACTS] = "fact",
                                                [SECTION_TABLES] = "table",
                                                [SECTION_RULES] = "rule"};

    return words[number] == NULL ? "name" : words[number];
}

static void
say_key(struct loader *l, const struct yaml_node *key, const char *code, struct text zh,
        struct text en)
{
    message_add(l->messages, MESSAGE_ERROR, code, key->place, (uint32_t)text_chars(key->text), zh,
                en);
}

/* ---- nodes made anew ---- */

/* A copy of `map` in which `key` is `value`; a key that was not there comes last. */
static const struct yaml_node *
map_with(struct loader *l, const struct yaml_node *map, const char *key,
         const struct yaml_node *value)
{
    struct yaml_node *out = arena_alloc(l->arena, 1, sizeof *out);
    struct yaml_node *keys = arena_alloc(l->arena, map->count + 1, sizeof *keys);
    struct yaml_node *values = arena_alloc(l->arena, map->count + 1, sizeof *values);
    bool is_there = false;

    if (out == NULL || keys == NULL || values == NULL) {
        l->is_full = true;
        return map;
    }
    *out = *map;
    out->keys = keys;
    out->values = values;
    for (uint32_t i = 0; i < map->count; i++) {
        bool is_it = text_is(map->keys[i].text, key);

        keys[i] = map->keys[i];
        values[i] = is_it ? *value : map->values[i];
        is_there = is_there || is_it;
    }
    if (!is_there) {
        keys[out->count] = (struct yaml_node){
            .type = YAML_SCALAR, .is_plain = true, .text = text_of(key), .place = value->place};
        values[out->count++] = *value;
    }
    return out;
}

/* A copy without one key. */
static const struct yaml_node *
map_without(struct loader *l, const struct yaml_node *map, const char *key)
{
    struct yaml_node *out;

    if (yaml_get(map, key) == NULL)
        return map;
    out = (struct yaml_node *)(uintptr_t)map_with(l, map, key, yaml_get(map, key));
    if (out == map)
        return map; /* is_full */
    out->count = 0;
    for (uint32_t i = 0; i < map->count; i++)
        if (!text_is(map->keys[i].text, key)) {
            out->keys[out->count] = map->keys[i];
            out->values[out->count++] = map->values[i];
        }
    return out;
}

/* ---- targets ---- */

/* "rules.second_home": the section and the name; the rest is the same for all verbs. */
static bool
target_split(struct text key, const struct verb *verb, struct target *out)
{
    static const struct {
        const char *prefix;
        uint32_t section;
        const struct verb *verb;
    } forms[] = {
        {"p.",      SECTION_PARAMS, &verb_set    },
        {"rules.",  SECTION_RULES,  &verb_disable},
        {"rules.",  SECTION_RULES,  &verb_replace},
        {"facts.",  SECTION_FACTS,  &verb_replace},
        {"tables.", SECTION_TABLES, &verb_replace},
    };

    for (size_t i = 0; i < LEN(forms); i++)
        if (forms[i].verb == verb && text_starts(key, text_of(forms[i].prefix))) {
            size_t skip = strlen(forms[i].prefix);

            out->number = forms[i].section;
            out->name = (struct text){key.at + skip, key.len - skip};
            return out->name.len > 0;
        }
    return false;
}

static void
say_form(struct loader *l, const struct verb *verb, const struct yaml_node *key)
{
    const char *form = verb == &verb_set       ? "p.NAME"
                       : verb == &verb_disable ? "rules.NAME"
                                               : "rules.NAME, facts.NAME, tables.NAME";

    say_key(l, key, "O506",
            arena_printf(l->arena, "%s 的对象应写成 %s，不能是 “" TEXT_FMT "”", verb->name, form,
                         TEXT_ARG(key->text)),
            arena_printf(l->arena, "what %s reaches is written %s, not \"" TEXT_FMT "\"",
                         verb->name, form, TEXT_ARG(key->text)));
}

static void
say_nobody(struct loader *l, const struct target *target)
{
    struct text *names = arena_alloc(l->arena, target->section->count, sizeof *names);
    uint32_t count = 0;
    size_t near;

    if (names == NULL) {
        l->is_full = true;
        return;
    }
    for (uint32_t i = 0; i < target->section->count; i++)
        if (target->section->layers[i] != target->own)
            names[count++] = target->section->keys[i]->text;
    near = text_nearest(target->name, names, count);
    say_key(l, target->key, "O506",
            arena_printf(l->arena, "上级规则包里没有%s “" TEXT_FMT "”%s" TEXT_FMT "%s",
                         section_zh(target->number), TEXT_ARG(target->name),
                         near == SIZE_MAX ? "" : "，是否指 “",
                         TEXT_ARG(near == SIZE_MAX ? TEXT("") : names[near]),
                         near == SIZE_MAX ? "" : "”？"),
            arena_printf(l->arena, "the parent has no %s \"" TEXT_FMT "\"%s" TEXT_FMT "%s",
                         section_en(target->number), TEXT_ARG(target->name),
                         near == SIZE_MAX ? "" : "; did you mean \"",
                         TEXT_ARG(near == SIZE_MAX ? TEXT("") : names[near]),
                         near == SIZE_MAX ? "" : "\"?"));
}

static bool
target_find(struct loader *l, const struct verb *verb, const struct yaml_node *key,
            const struct yaml_node *words, uint32_t own, struct target *out)
{
    *out = (struct target){.key = key, .words = words, .own = own};
    if (!node_is(l, words, YAML_MAP))
        return false;
    if (!target_split(key->text, verb, out)) {
        say_form(l, verb, key);
        return false;
    }
    out->section = section_at(l, out->number);
    for (uint32_t i = 0; i < out->section->count; i++)
        if (text_eq(out->section->keys[i]->text, out->name) && out->section->layers[i] != own) {
            out->at = i;
            return true;
        }
    say_nobody(l, out);
    return false;
}

static const char *
level_zh(struct text level)
{
    static const char *const words[] = {"省级", "市级", "县级"};
    int rank = level_rank(level);

    return rank < 0 ? "" : words[rank];
}

/* O502, O503: did its owner open the point, and to this level? */
static bool
target_is_open(struct loader *l, const struct verb *verb, const struct target *target)
{
    const struct section *section = target->section;
    struct text local = node_text(section->values[target->at], "local");
    uint8_t owner = section->layers[target->at];
    struct text origin = origin_print(l->pack, owner, section->keys[target->at]->place, l->arena);
    struct text name = l->pack->layers[owner].name, level = l->pack->level;

    if (local.len == 0)
        say_key(l, target->key, "O502",
                arena_printf(l->arena,
                             "%s “" TEXT_FMT "” 由 " TEXT_FMT " 锁定（" TEXT_FMT "），%s不能%s",
                             section_zh(target->number), TEXT_ARG(target->name), TEXT_ARG(name),
                             TEXT_ARG(origin), level_zh(level), verb->zh),
                arena_printf(l->arena,
                             "%s \"" TEXT_FMT "\" is sealed by " TEXT_FMT " (" TEXT_FMT
                             "); a " TEXT_FMT " pack may not %s it",
                             section_en(target->number), TEXT_ARG(target->name), TEXT_ARG(name),
                             TEXT_ARG(origin), TEXT_ARG(level), verb->en));
    else if (level_rank(level) > level_rank(local))
        say_key(l, target->key, "O503",
                arena_printf(l->arena, "%s “" TEXT_FMT "” 只开放到%s（" TEXT_FMT "），%s不能%s",
                             section_zh(target->number), TEXT_ARG(target->name), level_zh(local),
                             TEXT_ARG(origin), level_zh(level), verb->zh),
                arena_printf(l->arena,
                             "%s \"" TEXT_FMT "\" is open down to the level " TEXT_FMT " (" TEXT_FMT
                             "); a " TEXT_FMT " pack may not %s it",
                             section_en(target->number), TEXT_ARG(target->name), TEXT_ARG(local),
                             TEXT_ARG(origin), TEXT_ARG(level), verb->en));
    else
        return true;
    return false;
}

/* O504: who changes what others decided says why, or on which paper. */
static void
reason_check(struct loader *l, const struct verb *verb, const struct target *target)
{
    const struct yaml_node *values = yaml_get(target->words, "values");
    bool has_reason =
        node_text(target->words, "why").len > 0 || node_text(target->words, "ref").len > 0;

    if (!has_reason && verb == &verb_set && values != NULL && values->type == YAML_LIST) {
        has_reason = values->count > 0;
        for (uint32_t i = 0; i < values->count; i++)
            has_reason = has_reason && node_text(&values->values[i], "ref").len > 0;
    }
    if (!has_reason)
        say_key(l, target->key, "O504",
                arena_printf(l->arena, "%s “" TEXT_FMT "” 要写明 why（理由）或 ref（依据）",
                             verb->zh, TEXT_ARG(target->key->text)),
                arena_printf(l->arena, "to %s \"" TEXT_FMT "\" needs why or ref", verb->en,
                             TEXT_ARG(target->key->text)));
}

/* ---- the verbs ---- */

/* The child's timeline from its first day on, the parent's before it. Days are compared as they are
 * written, which for days of the one form is by date; any other is refused where values are read.
 */
static void
set_apply(struct loader *l, const struct target *target)
{
    const struct yaml_node *param = target->section->values[target->at];
    const struct yaml_node *new = yaml_get(target->words, "values");
    const struct yaml_node *old = yaml_get(param, "values");
    struct text first = {NULL, 0};
    struct yaml_node list;

    if (!grammar_check(target->words, GRAMMAR_SET, l->messages) || !node_is(l, new, YAML_LIST) ||
        old->type != YAML_LIST)
        return;
    if (new->count == 0) {
        say(l, new->place, "D301", text_of("set 至少要有一个值"),
            text_of("set needs one value at least"));
        return;
    }
    for (uint32_t i = 0; i < new->count; i++) {
        struct text from = node_text(&new->values[i], "from");

        if (from.len > 0 && (first.len == 0 || text_cmp(from, first) < 0))
            first = from;
    }
    list = *old;
    list.place = new->place;
    list.count = 0;
    list.values = arena_alloc(l->arena, old->count + new->count, sizeof *list.values);
    if (list.values == NULL) {
        l->is_full = true;
        return;
    }
    for (uint32_t i = 0; i < old->count; i++)
        if (text_cmp(node_text(&old->values[i], "from"), first) < 0)
            list.values[list.count++] = old->values[i];
    for (uint32_t i = 0; i < new->count; i++)
        list.values[list.count++] = new->values[i];
    target->section->values[target->at] = map_with(l, param, "values", &list);
}

/* The name alone, at its place behind the prefix. */
static const struct yaml_node *
name_node(struct loader *l, const struct target *target)
{
    struct yaml_node *out = arena_alloc(l->arena, 1, sizeof *out);
    size_t skip = target->key->text.len - target->name.len;

    if (out == NULL) {
        l->is_full = true;
        return target->key;
    }
    *out = *target->key;
    out->text = target->name;
    out->place = target->key->marks != NULL ? target->key->marks[skip] : target->key->place;
    out->place.column += target->key->marks != NULL ? 0 : (uint32_t)skip; /* prefixes are ASCII */
    out->marks = target->key->marks != NULL ? target->key->marks + skip : NULL;
    return out;
}

/* A whole entry anew; its owner is the child, who may not open it wider than it was. */
static void
replace_apply(struct loader *l, const struct target *target)
{
    struct section *section = target->section;
    struct text was = node_text(section->values[target->at], "local");
    const struct yaml_node *local = yaml_get(target->words, "local");

    if (local != NULL && local->type == YAML_SCALAR && level_rank(local->text) > level_rank(was)) {
        say_key(l, local, "O503",
                arena_printf(l->arena, "上级规则包只把它开放到%s，不能再放宽", level_zh(was)),
                arena_printf(l->arena,
                             "the parent opens it down to the level " TEXT_FMT ", no further",
                             TEXT_ARG(was)));
        return;
    }
    section->keys[target->at] = name_node(l, target);
    section->values[target->at] = map_without(l, target->words, "why");
    section->layers[target->at] = (uint8_t)target->own;
}

static void
entry_drop(struct section *section, uint32_t at)
{
    for (uint32_t i = at; i + 1 < section->count; i++) {
        section->keys[i] = section->keys[i + 1];
        section->values[i] = section->values[i + 1];
        section->layers[i] = section->layers[i + 1];
    }
    section->count--;
}

/* The rule ends on the day, if it did not end before; one that had not begun is gone. */
static void
disable_apply(struct loader *l, const struct target *target)
{
    struct section *section = target->section;
    const struct yaml_node *rule = section->values[target->at];
    const struct yaml_node *day = yaml_get(target->words, "from");
    struct text from = node_text(rule, "from"), until = node_text(rule, "until");
    int32_t days;

    if (!grammar_check(target->words, GRAMMAR_DISABLE, l->messages) || !day_read(l, day, &days))
        return;
    if (from.len > 0 && text_cmp(day->text, from) <= 0)
        entry_drop(section, target->at);
    else if (until.len == 0 || text_cmp(day->text, until) < 0)
        section->values[target->at] = map_with(l, rule, "until", day);
}

/* A rule that is ended and given anew in one pack: nobody could say which was meant. */
static bool
is_twice(struct loader *l, const struct verb *verb, const struct yaml_node *key)
{
    if (verb != &verb_replace)
        return false;
    for (uint32_t i = 0; i < l->disable.count; i++)
        if (text_eq(l->disable.keys[i]->text, key->text)) {
            say_key(l, key, "N102",
                    arena_printf(l->arena, "“" TEXT_FMT "” 又被替换又被停用，请留一处",
                                 TEXT_ARG(key->text)),
                    arena_printf(l->arena, "\"" TEXT_FMT "\" is replaced and disabled; keep one",
                                 TEXT_ARG(key->text)));
            return true;
        }
    return false;
}

static void
verb_apply(struct loader *l, const struct verb *verb, const struct section *words, uint32_t own,
           void (*apply)(struct loader *l, const struct target *target))
{
    for (uint32_t i = 0; i < words->count; i++) {
        struct target target;

        if (is_twice(l, verb, words->keys[i]) ||
            !target_find(l, verb, words->keys[i], words->values[i], own, &target) ||
            !target_is_open(l, verb, &target))
            continue;
        reason_check(l, verb, &target);
        apply(l, &target);
    }
}

void
layers_apply(struct loader *l, uint32_t own)
{
    verb_apply(l, &verb_set, &l->set, own, set_apply);
    verb_apply(l, &verb_disable, &l->disable, own, disable_apply);
    verb_apply(l, &verb_replace, &l->replace, own, replace_apply);
}
