/* SPDX-License-Identifier: Apache-2.0 */
/* pack_rules.c: rules with their exceptions, and the texts of reasons with {NAME} in them. */
#include <limits.h>
#include <string.h>

#include "engine/rule/pack_in.h"
#include "engine/rule/tree.h"

#include "engine/base/ban.h"

#define SEVERITY_DEFAULT 5

static struct expr *
condition_read(struct loader *l, const struct yaml_node *node)
{
    struct expr *expr = pack_compile(l, node, -1);
    const struct type *type = expr == NULL ? NULL : expr_type(expr);

    if (expr == NULL || type->kind == TYPE_ERROR)
        return expr;
    if (type->kind != TYPE_BOOL) {
        struct text print = type_print(type, l->arena);
        say(l, node->place, "T203",
            arena_printf(l->arena, "条件应为 bool，这里是 " TEXT_FMT, TEXT_ARG(print)),
            arena_printf(l->arena, "a condition should be bool, this is " TEXT_FMT,
                         TEXT_ARG(print)));
    } else if (type->may_be_none) {
        say(l, node->place, "T207", text_of("条件可能没有值，请先判断 has(…)"),
            text_of("the condition may be none; guard it with has(...)"));
    }
    return expr;
}

static void
unless_read(struct loader *l, const struct yaml_node *map, struct rule *rule)
{
    if (map == NULL || !node_is(l, map, YAML_MAP))
        return;
    rule->unless = arena_alloc(l->arena, map->count, sizeof *rule->unless);
    if (rule->unless == NULL) {
        l->is_full = true;
        return;
    }
    for (uint32_t i = 0; i < map->count; i++) {
        const struct yaml_node *node = &map->values[i];
        struct unless unless = {.id = map->keys[i].text};
        uint32_t at = rule->unless_count;
        if (!grammar_check(node, GRAMMAR_UNLESS, l->messages))
            continue;
        unless.zh = node_text(node, "zh");
        unless.ref = node_text(node, "ref");
        unless.when = condition_read(l, yaml_get(node, "when"));
        for (; at > 0 && text_cmp(rule->unless[at - 1].id, unless.id) > 0; at--)
            rule->unless[at] = rule->unless[at - 1];
        rule->unless[at] = unless;
        rule->unless_count++;
    }
}

static void
rule_when(struct loader *l, const struct yaml_node *node, struct rule *rule)
{
    static const char *const names[] = {"deny_when", "review_when", "hold_when"};
    uint32_t found = 0;

    for (uint32_t i = 0; i < LEN(names); i++)
        if (yaml_get(node, names[i]) != NULL) {
            rule->kind = (enum when)i;
            rule->when = condition_read(l, yaml_get(node, names[i]));
            found++;
        }
    if (found != 1)
        say(l, rule->place, "Y014",
            arena_printf(l->arena,
                         "规则 “" TEXT_FMT "” 应恰有 deny_when、review_when、hold_when 之一",
                         TEXT_ARG(rule->name)),
            arena_printf(l->arena,
                         "rule \"" TEXT_FMT
                         "\" needs exactly one of deny_when, review_when, hold_when",
                         TEXT_ARG(rule->name)));
}

/* Lawful, for the rule's own zh then stands, but it cannot quote the figures that were compared. */
static void
reason_bare(struct loader *l, const struct yaml_node *reason)
{
    message_add(
        l->messages, MESSAGE_WARNING, "W608", reason->place, (uint32_t)text_chars(reason->text),
        arena_printf(l->arena, "理由 “" TEXT_FMT "” 在 reasons 中没有文字，将用规则自己的 zh",
                     TEXT_ARG(reason->text)),
        arena_printf(l->arena,
                     "reason \"" TEXT_FMT
                     "\" has no text under reasons; the rule's own zh will stand",
                     TEXT_ARG(reason->text)));
}

static void
rule_reason(struct loader *l, const struct yaml_node *node, struct rule *rule)
{
    struct text *names;
    size_t near;

    rule->reason = node_text(node, "reason");
    rule->reason_number = -1;
    names = arena_alloc(l->arena, l->pack->reason_count, sizeof *names);
    if (names == NULL) {
        l->is_full = true;
        return;
    }
    for (uint32_t i = 0; i < l->pack->reason_count; i++) {
        names[i] = l->pack->reasons[i].name;
        if (text_eq(names[i], rule->reason)) {
            rule->reason_number = (int32_t)i;
            l->pack->reasons[i].is_used = true;
            return;
        }
    }
    near = text_nearest(rule->reason, names, l->pack->reason_count);
    if (near == SIZE_MAX)
        reason_bare(l, yaml_get(node, "reason"));
    else
        say(l, yaml_get(node, "reason")->place, "N101",
            arena_printf(l->arena, "没有理由 “" TEXT_FMT "”，是否指 “" TEXT_FMT "”？",
                         TEXT_ARG(rule->reason), TEXT_ARG(names[near])),
            arena_printf(l->arena,
                         "unknown reason \"" TEXT_FMT "\"; did you mean \"" TEXT_FMT "\"?",
                         TEXT_ARG(rule->reason), TEXT_ARG(names[near])));
}

static void
rule_days(struct loader *l, const struct yaml_node *node, struct rule *rule)
{
    const struct yaml_node *severity = yaml_get(node, "severity");
    int64_t number = SEVERITY_DEFAULT;

    rule->from = INT32_MIN;
    rule->until = INT32_MAX;
    if (yaml_get(node, "from") != NULL)
        (void)day_read(l, yaml_get(node, "from"), &rule->from);
    if (yaml_get(node, "until") != NULL)
        (void)day_read(l, yaml_get(node, "until"), &rule->until);
    if (rule->until <= rule->from)
        say(l, rule->place, "D303", text_of("until 应晚于 from"),
            text_of("until should be after from"));
    if (severity != NULL && (!text_int(severity->text, &number) || number < 1 || number > 9)) {
        say(l, severity->place, "T205", text_of("severity 应为 1 至 9"),
            text_of("severity should be 1 to 9"));
        number = SEVERITY_DEFAULT;
    }
    rule->severity = (int32_t)number;
}

void
rules_read(struct loader *l)
{
    struct rule *rules = arena_alloc(l->arena, l->rules.count, sizeof *rules);

    if (rules == NULL) {
        l->is_full = true;
        return;
    }
    l->pack->rules = rules;
    for (uint32_t i = 0; i < l->rules.count; i++) {
        const struct yaml_node *node = l->rules.values[i];
        struct rule *rule = &rules[l->pack->rule_count];
        if (!grammar_check(node, GRAMMAR_RULE, l->messages))
            continue;
        rule->name = l->rules.keys[i]->text;
        rule->place = l->rules.keys[i]->place;
        if (text_starts(rule->name, TEXT("ENG-")))
            say(l, rule->place, "N102", text_of("以 ENG- 开头的名称属于引擎"),
                text_of("names that begin with ENG- are the engine's"));
        rule->zh = node_text(node, "zh");
        rule->en = node_text(node, "en");
        rule->ref = node_text(node, "ref");
        rule->local = node_text(node, "local");
        rule_when(l, node, rule);
        unless_read(l, yaml_get(node, "unless"), rule);
        rule_days(l, node, rule);
        rule_reason(l, node, rule);
        l->pack->rule_count++;
    }
}

struct place
node_place(const struct yaml_node *node, size_t byte)
{
    uint32_t chars = (uint32_t)text_chars((struct text){node->text.at, byte});
    struct place place = node->place;

    if (node->marks != NULL)
        return node->marks[chars];
    place.column += chars;
    return place;
}

static bool
name_read(struct loader *l, const struct yaml_node *node, size_t at, size_t end,
          struct snippet *snippet)
{
    struct compile_scope context = {l->pack, -1, l->arena};
    struct text name = {node->text.at + at + 1, end - at - 1}, zh, near;
    int32_t slot = scope_resolve(&context, name, &snippet->type, &zh);

    if (slot >= (int32_t)slot_param(l->pack, 0)) {
        snippet->slot = slot;
        return true;
    }
    near = scope_near(&context, name);
    say(l, node_place(node, at + 1), "N101",
        arena_printf(l->arena, "未定义的名称 “" TEXT_FMT "”%s" TEXT_FMT "%s", TEXT_ARG(name),
                     near.len > 0 ? "，是否指 “" : "，应为家庭的 fact 或 p.参数", TEXT_ARG(near),
                     near.len > 0 ? "”？" : ""),
        arena_printf(l->arena, "unknown name \"" TEXT_FMT "\"%s" TEXT_FMT "%s", TEXT_ARG(name),
                     near.len > 0 ? "; did you mean \"" : "; name a fact or p.PARAMETER",
                     TEXT_ARG(near), near.len > 0 ? "\"?" : ""));
    return false;
}

/* Words and {NAME}s in turn. */
static void
template_read(struct loader *l, const struct yaml_node *node, struct template *out)
{
    size_t at = 0, room = 1;

    if (node == NULL || !node_is(l, node, YAML_SCALAR))
        return;
    for (size_t i = 0; i < node->text.len; i++)
        room += node->text.at[i] == '{' ? 2 : 0;
    out->snippets = arena_alloc(l->arena, room, sizeof *out->snippets);
    if (out->snippets == NULL) {
        l->is_full = true;
        return;
    }
    while (at < node->text.len) {
        struct text rest = {node->text.at + at, node->text.len - at};
        size_t open = text_find(rest, TEXT("{"));
        size_t close = open == SIZE_MAX ? SIZE_MAX : text_find(rest, TEXT("}"));
        struct snippet *snippet;
        if (open == SIZE_MAX || close == SIZE_MAX || close < open)
            open = rest.len;
        if (open > 0)
            out->snippets[out->count++] = (struct snippet){
                {rest.at, open},
                -1, NULL
            };
        if (open == rest.len)
            return;
        snippet = &out->snippets[out->count];
        if (name_read(l, node, at + open, at + close, snippet))
            out->count++;
        at += close + 1;
    }
}

void
reasons_read(struct loader *l)
{
    struct reason *reasons = arena_alloc(l->arena, l->reasons.count, sizeof *reasons);

    if (reasons == NULL) {
        l->is_full = true;
        return;
    }
    l->pack->reasons = reasons;
    for (uint32_t i = 0; i < l->reasons.count; i++) {
        const struct yaml_node *node = l->reasons.values[i];
        struct reason *reason = &reasons[l->pack->reason_count];
        if (!grammar_check(node, GRAMMAR_REASON, l->messages))
            continue;
        reason->name = l->reasons.keys[i]->text;
        reason->place = l->reasons.keys[i]->place;
        reason->zh = node_text(node, "zh");
        reason->en = node_text(node, "en");
        template_read(l, yaml_get(node, "zh"), &reason->zh_parts);
        template_read(l, yaml_get(node, "en"), &reason->en_parts);
        l->pack->reason_count++;
    }
}

uint32_t
pack_rule_count(const struct pack *pack)
{
    return pack->rule_count;
}

struct text
pack_rule_name(const struct pack *pack, uint32_t i)
{
    return pack->rules[i].name;
}

uint32_t
pack_rule_number(const struct pack *pack, struct text rule)
{
    for (uint32_t i = 0; i < pack->rule_count; i++)
        if (text_eq(pack->rules[i].name, rule))
            return i;
    return UINT32_MAX;
}
