/* SPDX-License-Identifier: Apache-2.0 */
/* What would make a rule stop, and how far one that did not fire was: docs/examples/counter. */
#include "engine/rule/judge.h"

#include "engine/rule/case.h"
#include "engine/rule/finding.h"
#include "tests/t.h"

#define SAVED(amount) "{\"bank\":\"b\",\"number\":\"" amount "\",\"balance\":" amount "}"
#define CAR(plate)                                                                                 \
    "{\"plate\":\"" plate "\",\"category\":\"car\",\"use\":\"own\",\"status\":\"normal\"}"

struct fixture {
    struct arena arena;
    struct judgement judgement;
};

static void
fixture_judge(struct fixture *f, const char *of_case, const char *member)
{
    struct err err = {0};
    struct messages *messages;
    struct household *household = NULL;
    struct model *model;
    struct pack *pack;
    struct json_node *json;

    arena_init(&f->arena, "test", 0, false);
    messages = arena_alloc(&f->arena, 1, sizeof *messages);
    messages_init(messages, &f->arena);
    T_OK(model_load(&model, "rules/model.yaml", messages, &f->arena, &err), &err);
    T_OK(pack_load(&pack, "docs/examples/counter", model, messages, &f->arena, &err), &err);
    T_OK(json_parse(
             &json,
             arena_printf(&f->arena,
                          "{\"case\":{\"applied_on\":\"2026-07-01\",\"programme\":\"dibao\"%s}"
                          ",\"members\":{\"A\":{\"born\":\"1980-01-01\",%s}}}",
                          of_case, member),
             &f->arena, &err),
         &err);
    T_OK(case_build(&household, pack, node_of_json(json, &f->arena), messages, &f->arena, &err),
         &err);
    T_TRUE(household != NULL);
    T_OK(judge(&f->judgement, pack, household, &f->arena, &err), &err);
}

/* "left_at_most=40000.00 without=A.accounts.0", "-" where the rule did not fire. */
static struct text
counters(struct fixture *f, const char *rule)
{
    struct text out = {"", 0};

    for (uint32_t i = 0; i < f->judgement.finding_count; i++) {
        const struct finding *finding = &f->judgement.findings[i];
        if (!text_is(finding->rule, rule))
            continue;
        for (uint32_t c = 0; c < finding->counter_count; c++)
            out = arena_printf(
                &f->arena, TEXT_FMT "%s" TEXT_FMT "%s" TEXT_FMT "=" TEXT_FMT, TEXT_ARG(out),
                c == 0 ? "" : " ",
                TEXT_ARG(finding->counter[c].is_named ? finding->counter[c].of : TEXT("")),
                finding->counter[c].is_named ? ":" : "", TEXT_ARG(finding->counter[c].what),
                TEXT_ARG(finding->counter[c].value));
        return out;
    }
    return TEXT("-");
}

TEST(a_rule_says_what_would_stop_it)
{
    /* clang-format off */
    static const struct {
        const char *belief, *of_case, *member, *rule, *counters;
    } rows[] = {
        {"the limit itself where it may be reached", "", "\"declared_annual_income\":12000,\"accounts\":[" SAVED("50000") "]",
         "savings", "left_at_most=40000.00 without=A.accounts.0"},
        {"no row where none alone is enough", "", "\"declared_annual_income\":12000,\"accounts\":[" SAVED("50000") "," SAVED("50001") "]",
         "savings", "left_at_most=40000.00"},
        {"an exception that holds before the limit is reached", ",\"rigid_expense\":3000", "\"declared_annual_income\":12000,\"accounts\":[" SAVED("50000") "]",
         "savings", "left_at_most=43000.00 without=A.accounts.0"},
        {"a fraction has no neighbour", "", "\"declared_annual_income\":72000", "income", "left_below=5000.00"},
        {"a limit on the left is not the family's to change", "", "\"declared_annual_income\":0", "little", "right_at_least=100.00"},
        {"either of two, each by its name", "", "\"declared_annual_income\":12000,\"accounts\":[" SAVED("2000") "],\"vehicles\":[" CAR("a") "," CAR("b") "]",
         "both", "cars:left_at_most=1 savings:left_at_most=999.99 without=A.vehicles.0 without=A.vehicles.1 without=A.accounts.0"},
    };
    /* clang-format on */

    for (size_t i = 0; i < LEN(rows); i++) {
        struct fixture f = {0};

        T_ROW(rows[i].belief);
        fixture_judge(&f, rows[i].of_case, rows[i].member);
        T_TEXT(counters(&f, rows[i].rule), text_of(rows[i].counters));
        arena_release(&f.arena);
    }
}

TEST(trials_come_to_an_end)
{
    struct fixture f = {0};
    char member[16384];
    size_t at = 0;

    at +=
        (size_t)snprintf(member, sizeof member, "\"declared_annual_income\":12000,\"accounts\":[");
    for (int i = 0; i < 80; i++)
        at += (size_t)snprintf(member + at, sizeof member - at,
                               "%s{\"bank\":\"b\",\"number\":\"n%d\",\"balance\":500.01}",
                               i > 0 ? "," : "", i);
    snprintf(member + at, sizeof member - at, "]");
    fixture_judge(&f, "", member);
    T_TRUE(f.judgement.finding_count > 0);
    T_TRUE(f.judgement.findings[0].is_counter_cut);
    T_TEXT(f.judgement.findings[0].counter[0].value, TEXT("40000.00"));
    T_EQ(f.judgement.findings[0].counter_count, 58); /* the limit, found in seven; rows alike */
    arena_release(&f.arena);
}

TEST(a_rule_that_did_not_fire_says_how_near_it_was)
{
    /* clang-format off */
    static const struct {
        const char *belief, *of_case, *member, *near;
    } rows[] = {
        {"each by its distance", "", "\"declared_annual_income\":12000,\"accounts\":[" SAVED("39999.99") "]",
         "both cars 2 income monthly 4000.00 little p.income_min 900.00 savings savings 0.01"},
        {"past the limit, and excepted", ",\"rigid_expense\":9000", "\"declared_annual_income\":12000,\"accounts\":[" SAVED("45000") "]",
         "both cars 2 income monthly 4000.00 little p.income_min 900.00 savings savings 5000.00 rigid"},
    };
    /* clang-format on */

    for (size_t i = 0; i < LEN(rows); i++) {
        struct fixture f = {0};
        struct buf near;

        T_ROW(rows[i].belief);
        fixture_judge(&f, rows[i].of_case, rows[i].member);
        buf_init(&near, false);
        for (uint32_t n = 0; n < f.judgement.near_count; n++) {
            const struct near *one = &f.judgement.near[n];
            buf_printf(&near, "%s" TEXT_FMT " " TEXT_FMT " " TEXT_FMT "%s" TEXT_FMT,
                       n > 0 ? " " : "", TEXT_ARG(one->rule), TEXT_ARG(one->compared.left),
                       TEXT_ARG(one->compared.margin), one->unless.len > 0 ? " " : "",
                       TEXT_ARG(one->unless));
        }
        T_TEXT(buf_as_text(&near), text_of(rows[i].near));
        buf_release(&near);
        arena_release(&f.arena);
    }
}

T_MAIN(T(a_rule_says_what_would_stop_it), T(trials_come_to_an_end),
       T(a_rule_that_did_not_fire_says_how_near_it_was))
