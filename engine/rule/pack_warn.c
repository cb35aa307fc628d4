/* SPDX-License-Identifier: Apache-2.0 */
/* pack_warn.c: the warnings that the text of a pack gives rise to; those that need its tests are in
 * warn_tried.c. */
#include "engine/rule/warn.h"

#include <limits.h>

#include "engine/rule/pack_reads.h"

#include "engine/base/ban.h"

#define UNCHECKED_DAYS 400

void
warn(struct warning *w, const char *code, struct place place, uint32_t span, struct text zh,
     struct text en)
{
    message_add(w->messages, MESSAGE_WARNING, code, place, span, zh, en);
}

static void
unused_tell(struct warning *w, struct place place, struct text name, struct text zh,
            const char *what_zh, const char *what_en)
{
    struct text label = label_short(zh);

    warn(w, "W601", place, (uint32_t)text_chars(name),
         arena_printf(w->arena, "%s “" TEXT_FMT "”%s" TEXT_FMT "%s没有用到", what_zh,
                      TEXT_ARG(name), label.len > 0 ? "（" : "", TEXT_ARG(label),
                      label.len > 0 ? "）" : ""),
         arena_printf(w->arena, "%s \"" TEXT_FMT "\" is not used", what_en, TEXT_ARG(name)));
}

/* Written in this pack, not in one that it stands on: a figure that the parent offers and this
 * programme has no use for is no slip of this pack. */
static bool
is_own(const struct pack *pack, uint32_t section, struct text name)
{
    const struct section *entries = &pack->sections[section];

    for (uint32_t i = 0; i < entries->count; i++)
        if (text_eq(entries->keys[i]->text, name))
            return entries->layers[i] == pack->layer_count - 1;
    return false;
}

static void
unused_look(struct warning *w, struct reads *all)
{
    const struct pack *pack = w->pack;

    reads_roots(all, pack);
    for (uint32_t i = 0; i < pack->param_count; i++)
        if (all->params[i] == 0 && is_own(pack, SECTION_PARAMS, pack->params[i].name))
            unused_tell(w, pack->params[i].place, pack->params[i].name, pack->params[i].zh, "参数",
                        "parameter");
    for (uint32_t i = 0; i < pack->fact_count; i++)
        if (all->facts[i] == 0 && (is_own(pack, SECTION_FACTS, pack->facts[i].name) ||
                                   is_own(pack, SECTION_TABLES, pack->facts[i].name)))
            unused_tell(w, pack->facts[i].place, pack->facts[i].name, pack->facts[i].zh,
                        pack->facts[i].table != NULL ? "表" : "事实",
                        pack->facts[i].table != NULL ? "table" : "fact");
    for (uint32_t i = 0; i < pack->reason_count; i++)
        if (!pack->reasons[i].is_used && is_own(pack, SECTION_REASONS, pack->reasons[i].name))
            unused_tell(w, pack->reasons[i].place, pack->reasons[i].name, TEXT(""), "理由",
                        "reason");
}

/* ---- numbers in conditions ---- */

static bool
is_zero(const struct expr *node)
{
    return node->literal.state != VALUE_KNOWN || number_of(&node->literal, node->type).num == 0;
}

/* 5, yuan(5), rate("1/3"): the node that a reader takes for the number. */
static bool
is_number(const struct expr *node)
{
    if (node->is_constant)
        return type_is_number(node->type) && !is_zero(node);
    if (node->op != OP_FUNCTION || node->count != 1)
        return false;
    return (node->function == FUNCTION_YUAN || node->function == FUNCTION_FEN ||
            node->function == FUNCTION_DEC || node->function == FUNCTION_RATE) &&
           !(type_is_number(node->args[0]->type) && node->args[0]->is_constant &&
             is_zero(node->args[0]));
}

/* Zero is no limit that a paper sets; every other number in a condition is one. */
static void
numbers_look(struct warning *w, const struct expr *node)
{
    if (node == NULL)
        return;
    if (is_number(node)) {
        warn(w, "W602", node->place, node->span,
             text_of("条件里直接写了数，请设为参数：带文号和生效日，改起来只动一处"),
             text_of("a number in a condition: make it a parameter, with a reference and the day "
                     "it starts"));
        return;
    }
    for (uint32_t i = 0; i < node->count; i++)
        numbers_look(w, node->args[i]);
}

/* ---- values that nobody looked at for long ---- */

static void
age_look(struct warning *w, const struct param *param)
{
    const struct param_value *now = NULL;
    struct value reviewed;
    int32_t seen;

    for (uint32_t i = 0; i < param->value_count && param->values[i].from <= w->today; i++)
        now = &param->values[i];
    if (now == NULL || now->is_abolished || now->is_unconfirmed)
        return; /* each verdict says that nobody has confirmed it */
    seen = now->from;
    if (now->reviewed_on.len > 0 && date_read(now->reviewed_on, &reviewed) &&
        (int32_t)reviewed.integer > seen)
        seen = (int32_t)reviewed.integer;
    if (w->today - seen <= UNCHECKED_DAYS)
        return;
    warn(w, "W603", now->place, 0,
         arena_printf(w->arena, "参数 “" TEXT_FMT "”（" TEXT_FMT "）的现行值已有 %d 天未复核",
                      TEXT_ARG(param->name), TEXT_ARG(label_short(param->zh)), w->today - seen),
         arena_printf(w->arena,
                      "the value of \"" TEXT_FMT "\" in force was not reviewed for %d days",
                      TEXT_ARG(param->name), w->today - seen));
}

/* ---- rules ---- */

/* A figure that the condition does not look at may be anything when the rule objects. */
static void
text_look(struct warning *w, const struct rule *rule, struct blank *blank, const struct reads *own,
          const struct template *parts)
{
    const struct pack *pack = w->pack;
    const struct reason *reason = &pack->reasons[rule->reason_number];

    for (uint32_t i = 0; i < parts->count; i++) {
        uint32_t slot = (uint32_t)parts->snippets[i].slot;
        const struct fact *fact;
        if (parts->snippets[i].slot < (int32_t)slot_fact(pack, 0) ||
            own->facts[pack->home_facts[slot - slot_fact(pack, 0)]] != 0 ||
            blank_slot(blank, slot).state != VALUE_UNKNOWN)
            continue;
        fact = &pack->facts[pack->home_facts[slot - slot_fact(pack, 0)]];
        warn(w, "W607", reason->place, (uint32_t)text_chars(reason->name),
             arena_printf(w->arena,
                          "文字引用 “" TEXT_FMT "”（" TEXT_FMT "），规则 “" TEXT_FMT
                          "” 的条件却不看它：成立时它可能未知",
                          TEXT_ARG(fact->name), TEXT_ARG(label_short(fact->zh)),
                          TEXT_ARG(rule->name)),
             arena_printf(w->arena,
                          "the text quotes \"" TEXT_FMT "\", which rule \"" TEXT_FMT
                          "\" does not look at: it may be unknown when the rule fires",
                          TEXT_ARG(fact->name), TEXT_ARG(rule->name)));
        return;
    }
}

static void
rule_look(struct warning *w, const struct rule *rule, struct blank *blank, struct reads *own)
{
    reads_add(own, w->pack, rule->when);
    if (rule->kind == WHEN_HOLD && own->kinds != 0)
        warn(w, "W609", rule->when->place, rule->when->span,
             text_of("hold_when 读取了部门数据：部门不反馈时，每个案件都会转人工"),
             text_of("hold_when reads what a department delivers: its silence holds every case"));
    for (uint32_t k = 0; k < rule->unless_count; k++)
        reads_add(own, w->pack, rule->unless[k].when);
    if (own->has_sex)
        warn(w, "W610", rule->when->place, rule->when->span,
             text_of("条件取决于性别：须有依据，请在 ref 中写明"),
             text_of("the condition depends on sex: that needs a reference"));
    if (rule->reason_number >= 0) {
        text_look(w, rule, blank, own, &w->pack->reasons[rule->reason_number].zh_parts);
        text_look(w, rule, blank, own, &w->pack->reasons[rule->reason_number].en_parts);
    }
    numbers_look(w, rule->when);
    for (uint32_t k = 0; k < rule->unless_count; k++)
        numbers_look(w, rule->unless[k].when);
}

hedui_status
pack_warn(const struct pack *pack, int32_t today, struct messages *messages, struct arena *arena,
          struct err *err)
{
    struct warning w = {pack, messages, arena, today};
    struct reads all;
    struct blank *blank;

    TRY(reads_init(&all, pack, arena, err));
    TRY(blank_open(&blank, pack, arena, err));
    unused_look(&w, &all);
    for (uint32_t i = 0; today != INT32_MIN && i < pack->param_count; i++)
        age_look(&w, &pack->params[i]);
    for (uint32_t i = 0; i < pack->rule_count; i++) {
        struct reads own;

        TRY(reads_init(&own, pack, arena, err));
        rule_look(&w, &pack->rules[i], blank, &own);
    }
    return warn_always(&w, err);
}
