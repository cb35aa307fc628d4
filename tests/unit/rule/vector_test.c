/* SPDX-License-Identifier: Apache-2.0 */
/* The program over columns against the reference walk, over households of all sorts. */
#include "engine/rule/vector.h"

#include "engine/model/value.h"
#include "engine/rule/bind.h"
#include "engine/rule/finding.h"
#include "tests/folder.h"
#include "tests/unit/rule/drawn.h"

#define BLOCKS 20
#define CASES 50

static const char *const elsewhere[] = {
    /* what only a walk answers: texts, single ones, loops in loops, identities, division with rest
     */
    "exists_one",
    "known(",
    "need(",
    "startsWith",
    "size(case.division)",
    "% 2",
    "headcount / 2",
    "a.source",
    "exists(w,",
    "exists(b,",
    "m.key",
    "v.owner_name",
    "[1, 2, 3]",
    "p.exempt_items.exists",
};

static bool
is_elsewhere(const char *text)
{
    for (size_t i = 0; i < LEN(elsewhere); i++)
        if (strstr(text, elsewhere[i]) != NULL)
            return true;
    return false;
}

static struct expr *
compiled(const struct pack *pack, const char *text, struct arena *arena)
{
    struct compile_scope context = {(struct pack *)(uintptr_t)pack, -1, arena};
    struct expr_scope scope = {&context, scope_resolve, scope_near, EXPR_STEPS_MAX, false};
    struct expr_source source = {.text = text_of(text)};
    struct messages messages;
    struct expr *expr;

    messages_init(&messages, arena);
    expr = expr_compile(&source, &scope, &messages, NULL, arena);
    T_TRUE(expr != NULL);
    return expr;
}

/* The pack's own facts, some of them rounded, and its rules. */
static void
facts_check(const struct vector_program *p, const struct vector_block *block,
            const struct vector_space *space, uint32_t c, struct run *reference)
{
    const struct pack *pack = p->pack;
    struct value fast, slow;

    for (uint32_t i = 0; i < pack->home_fact_count; i++) {
        const struct fact *fact = &pack->facts[pack->home_facts[i]];

        T_ROW(fact->name.at);
        T_TRUE(p->facts[i] >= 0);
        if (!vector_is_known(p, block, p->facts[i], c))
            continue;
        T_TRUE(vector_value(p, space, p->facts[i], c, fact->type, &fast));
        slow = run_slot(reference, slot_fact(pack, i));
        same(&fast, &slow, fact->type);
    }
    for (uint32_t r = 0; r < pack->rule_count; r++) {
        T_ROW(pack->rules[r].name.at);
        T_TRUE(p->rules[r] >= 0);
        if (!vector_is_known(p, block, p->rules[r], c))
            continue;
        T_TRUE(vector_value(p, space, p->rules[r], c, type_of(TYPE_BOOL), &fast));
        slow = run_eval(reference, pack->rules[r].when, NULL, NULL, NULL);
        same(&fast, &slow, type_of(TYPE_BOOL));
        for (uint32_t u = 0; u < pack->rules[r].unless_count; u++) {
            T_TRUE(p->unless[r][u] >= 0);
            if (!vector_is_known(p, block, p->unless[r][u], c))
                continue;
            T_TRUE(vector_value(p, space, p->unless[r][u], c, type_of(TYPE_BOOL), &fast));
            slow = run_eval(reference, pack->rules[r].unless[u].when, NULL, NULL, NULL);
            same(&fast, &slow, type_of(TYPE_BOOL));
        }
    }
}

/* One block of households; answered[i] counts the cases of expression i. */
static void
block_check(const struct vector_program *p, struct expr *const *exprs, const int32_t *roots,
            uint32_t *answered, struct vector_space *space, struct arena *arena)
{
    struct household *households = arena_alloc(arena, CASES, sizeof *households);
    struct vector_block block;
    uint64_t fired[CASES];
    struct err err = {0};
    bool is_whole;

    for (uint32_t c = 0; c < CASES; c++) {
        struct buf line;

        buf_init(&line, false);
        household_write(&line);
        households[c] = *household_of_test(p->pack, arena_text(arena, buf_as_text(&line)), arena);
        buf_release(&line);
    }
    T_OK(vector_gather(&block, p, households, CASES, arena, &err), &err);
    T_TRUE(vector_run(p, &block, space));
    vector_fired(p, &block, space, fired, &is_whole);
    T_TRUE(is_whole);
    for (uint32_t c = 0; c < CASES; c++) {
        struct run reference;

        if (block.off[c])
            continue;
        T_OK(run_open(&reference, p->pack, &households[c], arena, &err), &err);
        reference.is_reference = true;
        for (size_t i = 0; i < LEN(texts); i++) {
            const struct type *type = expr_type(exprs[i]);
            struct value fast, slow;

            T_ROW(texts[i]);
            if (roots[i] < 0 || !vector_is_known(p, &block, roots[i], c) ||
                !vector_value(p, space, roots[i], c, type, &fast))
                continue;
            slow = run_eval(&reference, exprs[i], NULL, NULL, NULL);
            answered[i]++;
            same(&fast, &slow, type);
        }
        facts_check(p, &block, space, c, &reference);
        for (uint32_t r = 0; r < p->pack->rule_count && vector_is_decided(p, &block, c); r++) {
            struct value value = rule_value(&reference, &p->pack->rules[r], NULL, NULL);

            T_ROW(p->pack->rules[r].name.at);
            T_EQ(fired[c] >> r & 1, value.state == VALUE_KNOWN && value.boolean);
        }
    }
}

TEST(what_the_program_answers_the_reference_walk_answers_too)
{
    uint32_t answered[LEN(texts)] = {0};
    struct expr *exprs[LEN(texts)];
    int32_t roots[LEN(texts)];
    struct arena world, arena;
    struct vector_space space = {0};
    struct vector_compiling *c;
    struct pack *pack;

    arena_init(&world, "world", 0, false);
    arena_init(&arena, "households", 0, false);
    pack = pack_of_test(&world);
    c = vector_begin(pack, date_of(2026, 7, 1), &world);
    T_TRUE(c != NULL);
    for (size_t i = 0; i < LEN(texts); i++) {
        T_ROW(texts[i]);
        exprs[i] = compiled(pack, texts[i], &world);
        roots[i] = vector_root(c, exprs[i], NULL);
        T_EQ(roots[i] >= 0, !is_elsewhere(texts[i]));
    }
    for (uint32_t r = 0; r < pack->rule_count; r++) {
        c->p->rules[r] = vector_root(c, pack->rules[r].when, NULL);
        c->p->unless[r] = arena_alloc(&world, pack->rules[r].unless_count, sizeof(int32_t));
        for (uint32_t u = 0; u < pack->rules[r].unless_count; u++)
            c->p->unless[r][u] = vector_root(c, pack->rules[r].unless[u].when, NULL);
    }
    seed = 1;
    for (uint32_t i = 0; i < BLOCKS; i++) {
        block_check(c->p, exprs, roots, answered, &space, &arena);
        arena_reset(&arena);
    }
    for (size_t i = 0; i < LEN(texts); i++) { /* or the test would hold nothing */
        T_ROW(texts[i]);
        T_TRUE(roots[i] < 0 || answered[i] > 0);
    }
    vector_space_release(&space);
    arena_release(&arena);
    arena_release(&world);
}

TEST(a_parameter_with_a_day_of_its_own_is_the_walks)
{
    struct vector_compiling *c;
    struct arena arena;
    struct pack *pack;

    arena_init(&arena, "test", 0, false);
    pack = pack_of_test(&arena);
    c = vector_begin(pack, date_of(2026, 7, 1), &arena);
    T_ROW("by the day of the check it is a constant");
    T_TRUE(vector_root(c, compiled(pack, "per_capita >= p.standard", &arena), NULL) >= 0);
    for (uint32_t i = 0; i < pack->param_count; i++)
        pack->params[i].as_of = compiled(pack, "case.applied_on", &arena);
    c = vector_begin(pack, date_of(2026, 7, 1), &arena);
    T_ROW("by a day of the case it may differ from case to case");
    T_EQ(vector_root(c, compiled(pack, "headcount > p.homes_max", &arena), NULL), -1);
    arena_release(&arena);
}

/* Facts that each ask the one before twice: 2^30 ways down, but each fact is compiled once. */
TEST(facts_over_facts_are_compiled_once)
{
    char folder[FOLDER_PATH];
    struct vector_compiling *c;
    struct model *model = NULL;
    struct pack *pack = NULL;
    struct messages messages;
    struct arena arena;
    struct buf text;
    struct err err = {0};

    arena_init(&arena, "test", 0, false);
    buf_init(&text, false);
    messages_init(&messages, &arena);
    folder_make(folder, "vector");
    buf_str(&text,
            "hedui: 1\npack: t\nzh: t\nlevel: county\nprogramme: dibao\nfacts:\n"
            "  member.f0: {zh: t, type: money, is: \"sum(member.accounts.map(a, a.balance))\"}\n");
    for (int i = 1; i < 30; i++)
        buf_printf(&text,
                   "  member.f%d: {zh: t, type: money, is: \"min(member.f%d, member.f%d)\"}\n", i,
                   i - 1, i - 1);
    buf_str(&text, "  all: {zh: t, type: money, is: \"sum(members.map(m, m.f29))\"}\n"
                   "evidence: {bank: {zh: t, kinds: [account], valid_days: 9, grade: final}}\n");
    T_OK(sys_publish(folder, "pack.yaml", text.at, text.len, 0600, "test", &err), &err);
    T_OK(model_load(&model, "rules/model.yaml", &messages, &arena, &err), &err);
    T_OK(pack_load(&pack, folder, model, &messages, &arena, &err), &err);
    c = vector_begin(pack, date_of(2026, 7, 1), &arena);
    T_TRUE(c != NULL && c->p->facts[0] >= 0);
    T_TRUE(c->memos->asked <= 2 * 30);
    folder_remove(folder);
    buf_release(&text);
    arena_release(&arena);
}

T_MAIN(T(facts_over_facts_are_compiled_once),
       T(what_the_program_answers_the_reference_walk_answers_too),
       T(a_parameter_with_a_day_of_its_own_is_the_walks))
