/* SPDX-License-Identifier: Apache-2.0 */
/* The quick walk against the reference walk, over households of all sorts. */
#include "engine/rule/quick.h"

#include "engine/rule/finding.h"
#include "tests/unit/rule/drawn.h"

#define HOUSEHOLDS 400

/* The rows that a trace of the expression names. */
static struct finding
traced(struct run *run, const struct expr *expr, struct arena *arena)
{
    struct judging j = {.run = run, .arena = arena};
    struct finding finding = {0};
    struct err err = {0};

    run->generation++;
    run->touched = NULL;
    run->is_tracing = true;
    (void)run_eval(run, expr, NULL, NULL, NULL);
    run->is_tracing = false;
    T_OK(evidence_of_run(&j, &finding, run, &err), &err);
    return finding;
}

static void
same_evidence(struct run *run, struct run *reference, const struct expr *expr, struct arena *arena)
{
    struct finding left = traced(run, expr, arena), right = traced(reference, expr, arena);

    T_EQ(left.evidence_count, right.evidence_count);
    for (uint32_t i = 0; i < left.evidence_count && i < right.evidence_count; i++)
        T_TEXT(left.evidence[i].row, right.evidence[i].row);
}

TEST(what_the_quick_walk_answers_the_reference_walk_answers_too)
{
    uint32_t answered[LEN(texts)] = {0};
    struct expr *exprs[LEN(texts)];
    struct arena world, arena;
    struct messages messages;
    struct pack *pack;

    arena_init(&world, "world", 0, false);
    arena_init(&arena, "household", 0, false);
    messages_init(&messages, &world);
    pack = pack_of_test(&world);
    for (size_t i = 0; i < LEN(texts); i++) {
        struct compile_scope context = {pack, -1, &world};
        struct expr_scope scope = {&context, scope_resolve, scope_near, EXPR_STEPS_MAX, false};
        struct expr_source source = {.text = text_of(texts[i])};

        T_ROW(texts[i]);
        exprs[i] = expr_compile(&source, &scope, &messages, NULL, &world);
        T_TRUE(exprs[i] != NULL);
        if (exprs[i] == NULL)
            return;
    }
    for (seed = 1; seed < HOUSEHOLDS; seed++) {
        uint32_t keep = seed;
        struct household *household;
        struct run run, reference;
        struct err err = {0};
        struct buf line;

        buf_init(&line, false);
        household_write(&line);
        household = household_of_test(pack, buf_as_text(&line), &arena);
        T_OK(run_open(&run, pack, household, &arena, &err), &err);
        T_OK(run_open(&reference, pack, household, &arena, &err), &err);
        reference.is_reference = true;
        run.floor = reference.floor = (enum grade)(seed % GRADE_COUNT);
        for (size_t i = 0; i < LEN(texts); i++) {
            struct value quick, slow = run_eval(&reference, exprs[i], NULL, NULL, NULL);

            T_ROW(texts[i]);
            if (!quick_eval(&run, exprs[i], NULL, &quick))
                continue;
            answered[i]++;
            same(&quick, &slow, expr_type(exprs[i]));
            same_evidence(&run, &reference, exprs[i], &arena);
        }
        buf_release(&line);
        arena_reset(&arena);
        seed = keep;
    }
    for (size_t i = 0; i < LEN(texts); i++) { /* or the test would hold nothing */
        T_ROW(texts[i]);
        T_TRUE(answered[i] > 0);
    }
    arena_release(&arena);
    arena_release(&world);
}

TEST(what_is_not_known_is_left_to_the_reference_walk)
{
    static const struct {
        const char *belief, *expr, *line;
    } rows_[] = {
        {"an unknown amount",             "sum(accounts.map(a, a.balance))",
         "\"A\":{\"born\":\"1980-01-01\",\"accounts\":[{\"balance\":\"unknown\"}]}}"                                                                                   },
        {"a list that is open",           "size(vehicles)",
         "\"A\":{\"born\":\"1980-01-01\"}},\"coverage\":{\"A\":{\"vehicle\":\"partial\"}}"                                                                             },
        {"an answer that is stale",       "size(vehicles)",
         "\"A\":{\"born\":\"1980-01-01\"}},\"coverage\":{\"A\":{\"vehicle\":\"2020-01-01\"}}"                                                                          },
        {"the least of nothing",          "min(accounts.map(a, a.balance))",
         "\"A\":{\"born\":\"1980-01-01\"}}"                                                                                                                            },
        {"division by nothing",           "headcount / (headcount - headcount)",
         "\"A\":{\"born\":\"1980-01-01\"}}"                                                                                                                            },
        {"a month that nobody delivered",
         "sum(members.map(m, sum(m.incomes.filter(i, within_months(i.month, case.applied_on, "
         "12)).map(i, i.amount))))",                                             "\"A\":{\"born\":\"1980-01-01\"}},\"coverage\":{\"A\":{\"tax\":\"2025-07..2026-05\"}}"},
    };
    struct arena arena;

    arena_init(&arena, "test", 0, false);
    for (size_t i = 0; i < LEN(rows_); i++) {
        struct pack *pack = pack_of_test(&arena);
        struct compile_scope context = {pack, -1, &arena};
        struct expr_scope scope = {&context, scope_resolve, scope_near, EXPR_STEPS_MAX, false};
        struct expr_source source = {.text = text_of(rows_[i].expr)};
        struct messages *messages = arena_alloc(&arena, 1, sizeof *messages);
        struct value value;
        struct run run;
        struct err err = {0};

        T_ROW(rows_[i].belief);
        messages_init(messages, &arena);
        T_OK(run_open(&run, pack,
                      household_of_test(
                          pack,
                          arena_printf(&arena,
                                       "{\"case\":{\"applied_on\":\"2026-07-01\",\"programme\":"
                                       "\"dibao\"},\"members\":{%s}",
                                       rows_[i].line),
                          &arena),
                      &arena, &err),
             &err);
        T_TRUE(
            !quick_eval(&run, expr_compile(&source, &scope, messages, NULL, &arena), NULL, &value));
    }
    arena_release(&arena);
}

T_MAIN(T(what_the_quick_walk_answers_the_reference_walk_answers_too),
       T(what_is_not_known_is_left_to_the_reference_walk))
