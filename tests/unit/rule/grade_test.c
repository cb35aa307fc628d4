/* SPDX-License-Identifier: Apache-2.0 */
/* How far the rows behind an objection carry it: the pack of docs/examples/grades. */
#include "engine/rule/judge.h"

#include "engine/rule/case.h"
#include "engine/rule/finding.h"
#include "tests/t.h"

#define ROW(number, amount, more)                                                                  \
    "{\"bank\":\"b\",\"number\":\"" number "\",\"balance\":" amount more "}"
#define FROM(source) ",\"source\":\"" source "\""
#define CALLED(match) ",\"match\":\"" match "\""

struct fixture {
    struct arena arena;
    struct judgement judgement;
};

static const struct finding *
judged(struct fixture *f, const char *lists, const char *rule)
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
    T_OK(pack_load(&pack, "docs/examples/grades", model, messages, &f->arena, &err), &err);
    T_OK(json_parse(&json,
                    arena_printf(&f->arena,
                                 "{\"case\":{\"applied_on\":\"2026-07-01\",\"programme\":\"dibao\"}"
                                 ",\"members\":{\"A\":{\"born\":\"1980-01-01\",%s}}}",
                                 lists),
                    &f->arena, &err),
         &err);
    T_OK(case_build(&household, pack, node_of_json(json, &f->arena), messages, &f->arena, &err),
         &err);
    T_TRUE(household != NULL);
    T_OK(judge(&f->judgement, pack, household, &f->arena, &err), &err);
    for (uint32_t i = 0; i < f->judgement.finding_count; i++)
        if (text_is(f->judgement.findings[i].rule, rule))
            return &f->judgement.findings[i];
    return NULL;
}

TEST(an_objection_goes_as_far_as_its_rows)
{
    /* clang-format off */
    static const struct {
        const char *belief, *rows, *level, *grade, *confirm;
    } rows[] = {
        {"rows of a final source carry it",       ROW("1", "50000", ""),                                             "deny", "final", ""},
        {"a row to be confirmed does, once it is", ROW("1", "30000", "") "," ROW("2", "20000", FROM("platform")),     "deny", "needs_confirmation", "A.accounts.0"},
        {"not where the others are enough",       ROW("1", "50000", "") "," ROW("2", "20000", FROM("platform")),     "deny", "final", ""},
        {"a lead only asks",                      ROW("1", "30000", "") "," ROW("2", "20000", FROM("survey")),       "ask",  "lead", ""},
        {"nor does it take anything away",        ROW("1", "50000", "") "," ROW("2", "20000", FROM("survey")),       "deny", "final", ""},
        {"a row without a name is to be confirmed", ROW("1", "50000", CALLED("name_absent")),                        "deny", "needs_confirmation", "A.accounts.0"},
        {"one of another name is a lead",         ROW("1", "50000", CALLED("name_conflict")),                        "ask",  "lead", ""},
        {"a lead of the right name stays a lead", ROW("1", "50000", FROM("survey") CALLED("name_absent")),           "ask",  "lead", ""},
        {"a lead does not stand in for what nobody has confirmed",
         ROW("1", "50000", FROM("platform")) "," ROW("2", "50000", FROM("survey")),                                  "deny", "needs_confirmation", "A.accounts.0"},
        {"a thing is as good as its best row",    ROW("1", "50000", "") "," ROW("1", "50000", FROM("survey")),       "deny", "final", ""},
        {"as far as the lower rows tell no more", ROW("1", "\"unknown\"", "") "," ROW("1", "50000", FROM("survey")), "ask",  "lead", ""},
    };
    /* clang-format on */

    for (size_t i = 0; i < LEN(rows); i++) {
        struct fixture f = {0};
        struct text confirm = {"", 0};
        const struct finding *finding;

        T_ROW(rows[i].belief);
        char lists[512];
        snprintf(lists, sizeof lists, "\"accounts\":[%s]", rows[i].rows);
        finding = judged(&f, lists, "savings");
        T_TRUE(finding != NULL);
        if (finding != NULL) {
            T_STR(level_name(finding->level), rows[i].level);
            T_TEXT(finding->grade, text_of(rows[i].grade));
            for (uint32_t c = 0; c < finding->confirm_count; c++)
                confirm = arena_printf(&f.arena, TEXT_FMT "%s" TEXT_FMT, TEXT_ARG(confirm),
                                       c == 0 ? "" : " ", TEXT_ARG(finding->confirm[c]));
            T_TEXT(confirm, text_of(rows[i].confirm));
        }
        arena_release(&f.arena);
    }
}

TEST(a_question_on_leads_says_so)
{
    struct fixture f = {0};
    const struct finding *finding = judged(&f,
                                           "\"vehicles\":[{\"plate\":\"v\",\"category\":\"car\","
                                           "\"use\":\"own\",\"status\":\"normal\"}]",
                                           "vehicle");

    T_TRUE(finding != NULL);
    if (finding != NULL) {
        T_STR(level_name(finding->level), "ask");
        T_STR(outcome_name(f.judgement.outcome), "review");
        T_TEXT(finding->grade, TEXT("lead"));
    }
    arena_release(&f.arena);
}

T_MAIN(T(an_objection_goes_as_far_as_its_rows), T(a_question_on_leads_says_so))
