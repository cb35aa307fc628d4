/* SPDX-License-Identifier: Apache-2.0 */
/* Levels, leads, margins, evidence: the pack jiangsu-dibao over households written by hand. */
#include "engine/rule/judge.h"

#include "engine/rule/case.h"
#include "tests/unit/rule/shipped.h"

#define CASE "\"case\":{\"applied_on\":\"2026-07-01\",\"programme\":\"dibao\",\"case_no\":\"H1\"}"
#define PERSON                                                                                     \
    "\"born\":\"1980-01-01\",\"student\":false,\"labour\":false,\"declared_annual_income\":0,"     \
    "\"declared_financial_assets\":0"
#define EARNER                                                                                     \
    "\"born\":\"1980-01-01\",\"student\":false,\"labour\":false,\"declared_annual_income\":50000," \
    "\"declared_financial_assets\":0"
#define ONE(more) "{" CASE ",\"members\":{\"A\":{" PERSON more "}}}"
#define CAR                                                                                        \
    ",\"vehicles\":[{\"plate\":\"v1\",\"category\":\"car\",\"use\":\"own\",\"status\":\"normal\"}" \
    "]"
#define LEAD                                                                                       \
    ",\"vehicles\":[{\"plate\":\"v1\",\"category\":\"car\",\"use\":\"own\",\"status\":\"normal\"," \
    "\"match\":\"name_conflict\"}]"
#define SAVED(amount) ",\"accounts\":[{\"bank\":\"1\",\"number\":\"n\",\"balance\":" amount "}]"

#define INCOME ",\"incomes\":[{\"item\":\"wage\",\"month\":\"2025-07..2026-06\",\"amount\":1500}]"

struct fixture {
    struct shipped shipped;
    struct household *household;
    struct judgement judgement;
};

static void
fixture_judge(struct fixture *f, const char *line)
{
    struct arena *arena = &f->shipped.arena;
    struct err err = {0};
    struct json_node *json;

    shipped_open(&f->shipped, "rules/jiangsu-dibao");
    T_OK(json_parse(&json, text_of(line), arena, &err), &err);
    T_OK(case_build(&f->household, f->shipped.pack, node_of_json(json, arena), &f->shipped.messages,
                    arena, &err),
         &err);
    T_TRUE(f->household != NULL);
    T_OK(judge(&f->judgement, f->shipped.pack, f->household, arena, &err), &err);
}

static const struct finding *
finding_of(const struct fixture *f, const char *rule)
{
    for (uint32_t i = 0; i < f->judgement.finding_count; i++)
        if (text_is(f->judgement.findings[i].rule, rule))
            return &f->judgement.findings[i];
    return NULL;
}

TEST(the_highest_level_is_the_outcome)
{
    static const struct {
        const char *belief, *line, *rule;
        enum outcome outcome;
        enum level level;
        uint32_t findings;
    } rows[] = {
        {"nothing objects",                               ONE(""),                                NULL,         OUTCOME_MET,        LEVEL_NONE,  0},
        {"a car on known facts denies",                   ONE(CAR),                               "vehicle",    OUTCOME_NOT_MET,    LEVEL_DENY,  1},
        {"a car of another name is asked about",          ONE(LEAD),                              "vehicle",    OUTCOME_REVIEW,     LEVEL_ASK,
         2                                                                                                                                        },
        {"and the engine says why",                       ONE(LEAD),                              "ENG-NAME",   OUTCOME_REVIEW,     LEVEL_ASK,   2},
        {"a balance that nobody knows is a doubt",        ONE(SAVED("\"unknown\"")),              "savings",
         OUTCOME_INCOMPLETE,                                                                                                        LEVEL_DOUBT, 1},
        {"silence is a doubt even where the rule is not",
         "{" CASE ",\"members\":{\"A\":{" PERSON
         "}},\"coverage\":{\"A\":{\"real_estate\":\"partial\"}}}",                                "ENG-SILENT", OUTCOME_INCOMPLETE, LEVEL_DOUBT, 2},
        {"known facts outweigh silence",
         "{" CASE ",\"members\":{\"A\":{" PERSON CAR
         "}},\"coverage\":{\"A\":{\"bank\":\"not_answered\"}}}",                                  "vehicle",    OUTCOME_NOT_MET,    LEVEL_DENY,  3},
        {"without authorisation nothing is looked up",    ONE(CAR ",\"authorised_on\":\"none\""),
         "ENG-AUTH",                                                                                            OUTCOME_REVIEW,     LEVEL_HOLD,  7},
        {"a hold outweighs an objection",
         "{" CASE ",\"members\":{\"A\":{\"born\":\"2015-01-01\",\"student\":true,\"labour\":false,"
         "\"declared_annual_income\":0,\"declared_financial_assets\":0" CAR "}}}",
         "guardian",                                                                                            OUTCOME_REVIEW,     LEVEL_HOLD,  2},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct fixture f = {0};
        const struct finding *finding;
        T_ROW(rows[i].belief);
        fixture_judge(&f, rows[i].line);
        T_STR(outcome_name(f.judgement.outcome), outcome_name(rows[i].outcome));
        T_EQ(f.judgement.finding_count, rows[i].findings);
        if (rows[i].rule != NULL) {
            finding = finding_of(&f, rows[i].rule);
            T_TRUE(finding != NULL);
            if (finding != NULL)
                T_STR(level_name(finding->level), level_name(rows[i].level));
        }
        shipped_close(&f.shipped);
    }
}

TEST(a_finding_shows_its_arithmetic)
{
    static const struct {
        const char *belief, *line, *rule, *zh, *left, *value, *limit, *margin, *evidence;
    } rows[] = {
        {"savings one fen past the limit",     ONE(SAVED("28992.01")),                        "savings",
         "家庭存款 28992.01 元，超过上限 28992.00 元",                                                                                                                 "savings",    "28992.01", "28992.00", "0.01",
         "A.accounts.0"                                                                                                                                                                                                                                           },
        {"income that is a fraction of a fen",
         "{" CASE ",\"members\":{\"A\":{" EARNER "},\"B\":{" PERSON "},\"C\":{" PERSON "}}}",
         "income",                                                                                       "家庭月人均收入 约 1388.8889 元，不低于标准 1208.00 元", "per_capita",
         "约 1388.8889",                                                                                                                                                                                   "1208.00",  "约 180.8889", "A.declared_annual_income"},
        {"vehicles are counted",               ONE(CAR),                                      "vehicle", "名下有应计车辆 1 辆",                                           "cars",       "1",        "0",        "1",
         "A.vehicles.0"                                                                                                                                                                                                                                           },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct fixture f = {0};
        const struct finding *finding;
        T_ROW(rows[i].belief);
        fixture_judge(&f, rows[i].line);
        finding = finding_of(&f, rows[i].rule);
        T_TRUE(finding != NULL && finding->compared_count == 1 && finding->evidence_count >= 1);
        T_TEXT(finding->zh, text_of(rows[i].zh));
        T_TEXT(finding->compared[0].left, text_of(rows[i].left));
        T_TEXT(finding->compared[0].value, text_of(rows[i].value));
        T_TEXT(finding->compared[0].limit, text_of(rows[i].limit));
        T_TEXT(finding->compared[0].margin, text_of(rows[i].margin));
        T_TEXT(finding->evidence[0].row, text_of(rows[i].evidence));
        shipped_close(&f.shipped);
    }
}

/* What is known of an unknown number is enough where it decides. */
TEST(a_bound_that_decides_is_shown_as_one)
{
    static const struct {
        const char *belief, *line, *rule, *zh, *value, *margin;
    } rows[] = {
        {"savings of the banks that answered",
         "{" CASE ",\"members\":{\"A\":{" PERSON SAVED(
             "30000") "}},\"coverage\":{\"A\":{\"bank\":\"partial\"}}}",
         "savings",                                                                      "家庭存款 至少 30000.00 元，超过上限 28992.00 元",           "30000.00", "1008.00"},
        {"income of the months that are known",
         "{" CASE ",\"members\":{\"A\":{" PERSON INCOME
         "}},\"coverage\":{\"A\":{\"tax\":\"partial\"}}}",               "income",       "家庭月人均收入 至少 1500.00 元，不低于标准 1208.00 元", "1500.00",  "292.00" },
        {"more was found than stated, whatever is still to come",
         "{" CASE ",\"members\":{\"A\":{" PERSON INCOME
         "}},\"coverage\":{\"A\":{\"tax\":\"partial\"}}}",               "ENG-DECLARED", "家庭月收入漏报：申报 0.00，核对到 至少 1500.00",         NULL,       NULL     },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct fixture f = {0};
        const struct finding *finding;
        T_ROW(rows[i].belief);
        fixture_judge(&f, rows[i].line);
        finding = finding_of(&f, rows[i].rule);
        T_TRUE(finding != NULL);
        T_TEXT(finding->zh, text_of(rows[i].zh));
        if (rows[i].value != NULL) {
            T_TRUE(finding->compared_count == 1 && finding->compared[0].at_least);
            T_TEXT(finding->compared[0].value, text_of(rows[i].value));
            T_TEXT(finding->compared[0].margin, text_of(rows[i].margin));
        }
        shipped_close(&f.shipped);
    }
}

/* Who reads "more was found than stated" sees which rows the sum is of. */
TEST(what_was_found_names_its_rows)
{
    static const struct {
        const char *belief, *line;
        uint32_t count; /* 0: no such finding */
        const char *first, *last;
    } rows[] = {
        {"every month that was counted",                     ONE(INCOME),   12, "A.incomes.0", "A.incomes.11"},
        {"not what the pack leaves out, nor an older month",
         ONE(",\"incomes\":[{\"item\":\"wage\",\"month\":\"2026-05..2026-06\",\"amount\":9000},"
             "{\"item\":\"honour\",\"month\":\"2026-04\",\"amount\":7000},"
             "{\"item\":\"wage\",\"month\":\"2025-06\",\"amount\":8000}]"),
         2,                                                                     "A.incomes.1", "A.incomes.2" },
        {"what is known, while the rest is a doubt",
         "{" CASE ",\"members\":{\"A\":{" PERSON
         ",\"incomes\":[{\"item\":\"wage\",\"month\":\"2026-06\",\"amount\":900}]}},\"coverage\":"
         "{\"A\":{\"tax\":\"partial\"}}}",                                  1,  "A.incomes.0", "A.incomes.0" },
        {"no finding, nothing to name",                      ONE(""),       0,  NULL,          NULL          },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct fixture f = {0};
        const struct finding *finding;
        T_ROW(rows[i].belief);
        fixture_judge(&f, rows[i].line);
        finding = finding_of(&f, "ENG-DECLARED");
        T_TRUE((finding != NULL) == (rows[i].count > 0));
        if (finding != NULL) {
            T_EQ(finding->evidence_count, rows[i].count);
            T_TEXT(finding->evidence[0].row, text_of(rows[i].first));
            T_TEXT(finding->evidence[finding->evidence_count - 1].row, text_of(rows[i].last));
            T_TEXT(finding->evidence[0].source, TEXT("tax"));
        }
        shipped_close(&f.shipped);
    }
}

TEST(a_doubt_says_what_settles_it)
{
    static const struct {
        const char *belief, *line, *cause, *settle;
    } rows[] = {
        {"the pack's own words for a source",
         "{" CASE ",\"members\":{\"A\":{" PERSON
         "}},\"coverage\":{\"A\":{\"bank\":\"not_answered\"}}}",                 "A.accounts@bank",      "由核对中心补查银行"      },
        {"words of the engine where it has none",
         "{" CASE ",\"members\":{\"A\":{" PERSON
         "}},\"coverage\":{\"A\":{\"vehicle\":\"not_answered\"}}}",              "A.vehicles@vehicle",   "由车辆管理部门反馈数据"},
        {"a field's paper",                       ONE(SAVED("\"unknown\"")),     "A.accounts.0.balance", "银行存款证明"               },
        {"a wrong number",                        ONE(",\"id_no\":\"unknown\""), "A.id_no",              "更正该成员的证件号码"   },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct fixture f = {0};
        const struct finding *finding;
        T_ROW(rows[i].belief);
        fixture_judge(&f, rows[i].line);
        T_EQ(f.judgement.outcome, OUTCOME_INCOMPLETE);
        T_EQ(f.judgement.missing_count, 1);
        T_TEXT(f.judgement.missing[0], text_of(rows[i].cause));
        finding = &f.judgement.findings[0];
        T_TRUE(finding->open_count == 1 && finding->settle_count == 1);
        T_TEXT(finding->settle[0], text_of(rows[i].settle));
        shipped_close(&f.shipped);
    }
}

TEST(declared_stands_beside_found)
{
    static const struct {
        const char *belief, *stated, *amount, *is;
    } rows[] = {
        {"equal",                 "12000",       "1000",    "一致" },
        {"within the slack",      "12000",       "1100",    "一致" },
        {"one fen past it",       "12000",       "1100.01", "少报" },
        {"nothing was stated",    "0",           "200",     "漏报" },
        {"more was stated",       "14000",       "1000",    "多报" },
        {"unknown stays unknown", "\"unknown\"", "1000",    "unknown"},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct fixture f = {0};
        char line[1024];
        T_ROW(rows[i].belief);
        snprintf(line, sizeof line,
                 "{" CASE
                 ",\"members\":{\"A\":{\"born\":\"1980-01-01\",\"student\":false,\"labour\":false,"
                 "\"declared_annual_income\":%s,\"incomes\":[{\"item\":\"wage\",\"month\":\"2025-"
                 "07..2026-06\",\"amount\":%s}]}}}",
                 rows[i].stated, rows[i].amount);
        fixture_judge(&f, line);
        T_EQ(f.judgement.declared_count, 1);
        T_TEXT(f.judgement.declared[0].is, text_of(rows[i].is));
        shipped_close(&f.shipped);
    }
}

T_MAIN(T(the_highest_level_is_the_outcome), T(a_finding_shows_its_arithmetic),
       T(a_bound_that_decides_is_shown_as_one), T(a_doubt_says_what_settles_it),
       T(what_was_found_names_its_rows), T(declared_stands_beside_found))
