/* SPDX-License-Identifier: Apache-2.0 */
/* pack_facts.c: facts, of the household or of each row of a kind: types first, expressions then,
 * so that facts may name each other in any order. */
#include <string.h>

#include "engine/rule/table.h"

#include "engine/base/ban.h"

static bool
is_snake(struct text name)
{
    if (name.len == 0 || name.at[0] < 'a' || name.at[0] > 'z')
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (!((name.at[i] >= 'a' && name.at[i] <= 'z') || name.at[i] == '_' ||
              (name.at[i] >= '0' && name.at[i] <= '9')))
            return false;
    return true;
}

/* "member.age" → kind applicant; "savings" → the household. */
static bool
fact_name(struct loader *l, const struct yaml_node *key, struct fact *fact)
{
    const char *dot = memchr(key->text.at, '.', key->text.len);
    struct text bare = key->text;

    fact->kind = -1;
    if (dot != NULL) {
        struct text kind_name = {key->text.at, (size_t)(dot - key->text.at)};
        const struct kind *kind = pack_kind(l->pack, kind_name);
        bare = (struct text){dot + 1, key->text.len - kind_name.len - 1};
        if (kind == NULL) {
            kind_unknown(l, key, kind_name);
            return false;
        }
        fact->kind = (int32_t)kind->number;
    }
    if (!is_snake(bare)) {
        say(l, key->place, "N101",
            arena_printf(l->arena, "名称 “" TEXT_FMT "” 应为小写英文和下划线", TEXT_ARG(bare)),
            arena_printf(l->arena, "the name \"" TEXT_FMT "\" should be snake_case",
                         TEXT_ARG(bare)));
        return false;
    }
    if (dot == NULL && scope_is_taken(l->pack, bare)) {
        say(l, key->place, "N102",
            arena_printf(l->arena, "名称 “" TEXT_FMT "” 已被占用", TEXT_ARG(bare)),
            arena_printf(l->arena, "the name \"" TEXT_FMT "\" is taken", TEXT_ARG(bare)));
        return false;
    }
    return true;
}

static void
name_twice(struct loader *l, const struct yaml_node *key, const struct yaml_node *first)
{
    say(l, key->place, "N102",
        arena_printf(l->arena, "名称 “" TEXT_FMT "” 已在 %s:%u 定义", TEXT_ARG(key->text),
                     first->place.source->file, first->place.line),
        arena_printf(l->arena, "the name \"" TEXT_FMT "\" is taken (%s:%u)", TEXT_ARG(key->text),
                     first->place.source->file, first->place.line));
}

static void
fact_read(struct loader *l, const struct yaml_node *key, const struct yaml_node *node,
          bool is_table)
{
    struct fact *fact = &l->pack->facts[l->pack->fact_count];

    memset(fact, 0, sizeof *fact);
    if (!grammar_check(node, is_table ? GRAMMAR_TABLE : GRAMMAR_FACT, l->messages) ||
        !fact_name(l, key, fact))
        return;
    fact->name = key->text;
    fact->place = key->place;
    fact->zh = node_text(node, "zh");
    fact->en = node_text(node, "en");
    fact->ref = node_text(node, "ref");
    fact->round = node_text(node, "round");
    fact->local = node_text(node, "local");
    fact->node = node;
    fact->is_table = is_table;
    fact->type = type_read(l, node);
    if (yaml_get(node, "output") != NULL && !yaml_bool(yaml_get(node, "output"), &fact->is_output))
        say(l, yaml_get(node, "output")->place, "T205", text_of("output 应为 yes 或 no"),
            text_of("output should be yes or no"));
    if (fact->is_output && fact->kind >= 0)
        say(l, key->place, "T203", text_of("只有家庭的 fact 可以输出"),
            text_of("only a fact of the household can be output"));
    if (fact->type == NULL)
        return;
    if (fact->kind < 0) {
        fact->number = l->pack->home_fact_count;
        l->pack->home_facts[l->pack->home_fact_count++] = l->pack->fact_count;
    }
    l->pack->fact_count++;
}

/* Facts and tables share their names: both sections, merged by name. */
void
facts_read(struct loader *l)
{
    uint32_t room = l->facts.count + l->tables.count, f = 0, t = 0;

    l->pack->facts = arena_alloc(l->arena, room + 1, sizeof *l->pack->facts);
    l->pack->home_facts = arena_alloc(l->arena, room, sizeof *l->pack->home_facts);
    if (l->pack->facts == NULL || l->pack->home_facts == NULL) {
        l->is_full = true;
        return;
    }
    while (f < l->facts.count || t < l->tables.count) {
        int order = f == l->facts.count ? 1
                    : t == l->tables.count
                        ? -1
                        : text_cmp(l->facts.keys[f]->text, l->tables.keys[t]->text);
        if (order <= 0)
            fact_read(l, l->facts.keys[f], l->facts.values[f], false);
        else
            fact_read(l, l->tables.keys[t], l->tables.values[t], true);
        if (order == 0)
            name_twice(l, l->tables.keys[t], l->facts.keys[f]);
        f += order <= 0;
        t += order >= 0;
    }
}

void
not_declared(struct loader *l, struct place place, const struct type *want, const struct type *is)
{
    struct text a = type_print(want, l->arena), b = type_print(is, l->arena);

    if (is->may_be_none && !want->may_be_none)
        say(l, place, "T207", text_of("结果可能没有值，请先判断 has(…) 或用 or_else"),
            text_of("the result may be none; guard it with has(...) or use or_else"));
    else if (want->kind == TYPE_MONEY && is->kind == TYPE_EXACT && want->per == is->per)
        say(l, place, "T204",
            text_of("这里可能有不足一分的零头，请加 “round: round_fen” 或改为 type: exact"),
            text_of("this amount may hold a fraction of a fen; add \"round: round_fen\" or use "
                    "type: exact"));
    else if (type_is_amount(want) && type_is_amount(is) && want->per != is->per)
        say(l, place, "T213",
            arena_printf(l->arena, "期间不同：声明为 " TEXT_FMT "，表达式为 " TEXT_FMT, TEXT_ARG(a),
                         TEXT_ARG(b)),
            arena_printf(l->arena,
                         "periods differ: declared " TEXT_FMT ", the expression is " TEXT_FMT,
                         TEXT_ARG(a), TEXT_ARG(b)));
    else
        say(l, place, "T203",
            arena_printf(l->arena, "声明为 " TEXT_FMT "，表达式为 " TEXT_FMT, TEXT_ARG(a),
                         TEXT_ARG(b)),
            arena_printf(l->arena, "declared " TEXT_FMT ", but the expression is " TEXT_FMT,
                         TEXT_ARG(a), TEXT_ARG(b)));
}

void
facts_compile(struct loader *l)
{
    for (uint32_t i = 0; i < l->pack->fact_count; i++) {
        struct fact *fact = &l->pack->facts[i];
        const struct type *type;
        struct value probe = {0}, out;

        if (fact->is_table) {
            table_read(l, fact);
            continue;
        }
        fact->is = pack_compile(l, yaml_get(fact->node, "is"), fact->kind);
        if (fact->is == NULL)
            continue;
        type = expr_type(fact->is);
        if (type->kind == TYPE_ERROR)
            continue;
        if (fact->round.len > 0) {
            if (type->kind == TYPE_EXACT)
                probe.ratio = (struct ratio){0, 1};
            if (!type_is_amount(type) || fact->type->kind != TYPE_MONEY ||
                fact->type->per != type->per) {
                not_declared(l, yaml_get(fact->node, "is")->place, fact->type, type);
            } else if (!round_named(fact->round, probe, type, &out)) {
                say(l, yaml_get(fact->node, "round")->place, "N101",
                    arena_printf(l->arena, "没有取整函数 “" TEXT_FMT "”", TEXT_ARG(fact->round)),
                    arena_printf(l->arena, "there is no rounding function \"" TEXT_FMT "\"",
                                 TEXT_ARG(fact->round)));
            }
        } else if (!type_accepts(fact->type, type)) {
            not_declared(l, yaml_get(fact->node, "is")->place, fact->type, type);
        }
    }
}
