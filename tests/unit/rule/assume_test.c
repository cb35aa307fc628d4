/* SPDX-License-Identifier: Apache-2.0 */
/* What a pack takes for granted stands in its verdict: docs/examples/assume. */
#include "engine/rule/judge.h"

#include "engine/rule/case.h"
#include "engine/rule/finding.h"
#include "tests/t.h"

TEST(every_place_of_an_assumption_is_told)
{
    /* clang-format off */
    static const struct {
        const char *belief, *household, *assumed;
    } rows[] = {
        {"nothing is lacking", "\"members\":{\"A\":{\"born\":\"1980-01-01\",\"student\":true}}", ""},
        {"a field of each person", "\"members\":{\"A\":{\"born\":\"1980-01-01\"},\"B\":{\"born\":\"1980-01-01\"}}", "A.student=yes B.student=yes"},
        {"a row", "\"members\":{\"A\":{\"born\":\"1980-01-01\",\"student\":true,\"accounts\":[{\"bank\":\"b\",\"number\":\"n\",\"balance\":\"unknown\"}]}}",
         "A.accounts.0.balance=0"},
        {"a list", "\"members\":{\"A\":{\"born\":\"1980-01-01\",\"student\":true}},\"coverage\":{\"A\":{\"vehicle\":\"partial\"}}", "A.vehicles=none"},
        {"an answer that is too old", "\"members\":{\"A\":{\"born\":\"1980-01-01\",\"student\":true}},\"coverage\":{\"A\":{\"vehicle\":\"2020-01-01\"}}",
         "A.vehicles=none"},
        {"a list of which nothing is assumed", "\"members\":{\"A\":{\"born\":\"1980-01-01\",\"student\":true}},\"coverage\":{\"A\":{\"bank\":\"partial\"}}", ""},
    };
    /* clang-format on */

    for (size_t i = 0; i < LEN(rows); i++) {
        struct arena arena;
        struct err err = {0};
        struct messages *messages;
        struct household *household = NULL;
        struct judgement judgement;
        struct model *model;
        struct pack *pack;
        struct json_node *json;
        struct buf said;

        T_ROW(rows[i].belief);
        arena_init(&arena, "test", 0, false);
        messages = arena_alloc(&arena, 1, sizeof *messages);
        messages_init(messages, &arena);
        T_OK(model_load(&model, "rules/model.yaml", messages, &arena, &err), &err);
        T_OK(pack_load(&pack, "docs/examples/assume", model, messages, &arena, &err), &err);
        T_OK(json_parse(&json,
                        arena_printf(
                            &arena,
                            "{\"case\":{\"applied_on\":\"2026-07-01\",\"programme\":\"dibao\"},%s}",
                            rows[i].household),
                        &arena, &err),
             &err);
        T_OK(case_build(&household, pack, node_of_json(json, &arena), messages, &arena, &err),
             &err);
        T_OK(judge(&judgement, pack, household, &arena, &err), &err);
        buf_init(&said, false);
        for (uint32_t a = 0; a < judgement.assumed_count; a++)
            buf_printf(&said, "%s" TEXT_FMT "=" TEXT_FMT, a > 0 ? " " : "",
                       TEXT_ARG(judgement.assumed[a].what), TEXT_ARG(judgement.assumed[a].value));
        T_TEXT(buf_as_text(&said), text_of(rows[i].assumed));
        buf_release(&said);
        arena_release(&arena);
    }
}

T_MAIN(T(every_place_of_an_assumption_is_told))
