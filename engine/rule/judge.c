/* SPDX-License-Identifier: Apache-2.0 */
/* judge.c: all rules of a pack over one household: levels, leads, ranking, outcome. */
#include "engine/rule/judge.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/rule/finding.h"
#include "engine/rule/vector.h"

#include "engine/base/ban.h"

const char *
outcome_name(enum outcome outcome)
{
    static const char *const names[] = {"met", "not_met", "incomplete", "review"};

    return names[outcome];
}

const char *
outcome_zh(enum outcome outcome)
{
    static const char *const names[] = {"未见不符", "疑似不符", "信息不全", "需人工复核"};

    return names[outcome];
}

const char *
level_name(enum level level)
{
    static const char *const names[] = {"", "none", "ask", "doubt", "deny", "hold"};

    return names[level];
}

/* The table of levels (docs/RULES.md). */
static enum level
rule_level(const struct rule *rule, const struct value *value)
{
    bool is_false = value->state == VALUE_KNOWN && !value->boolean;

    if (is_false)
        return LEVEL_NONE;
    if (rule->kind == WHEN_HOLD)
        return LEVEL_HOLD;
    if (value->state == VALUE_UNKNOWN)
        return LEVEL_DOUBT;
    if (value->state != VALUE_KNOWN)
        return LEVEL_ASK;
    return rule->kind == WHEN_DENY ? LEVEL_DENY : LEVEL_ASK;
}

static hedui_status
error_finding(struct judging *j, const struct rule *rule, const char *code, struct err *err)
{
    struct place place = {0};
    const char *file = "";
    struct ranked *ranked;

    j->run->generation++; /* a fact remembered would not say where it failed */
    j->run->failed = NULL;
    (void)rule_value(j->run, rule, NULL, NULL);
    if (j->run->failed != NULL)
        place = expr_place(j->run->failed);
    if (place.source != NULL) {
        file = strrchr(place.source->file, '/');
        file = file == NULL ? place.source->file : file + 1; /* where the pack lies is no news */
    }
    TRY(finding_new(j, &ranked, err));
    ranked->finding.rule = ranked->finding.reason = TEXT("ENG-ERROR");
    ranked->finding.level = LEVEL_ASK;
    ranked->finding.ref = rule->ref;
    ranked->finding.zh = arena_printf(j->arena, "规则 “" TEXT_FMT "” 无法计算：%s，见 %s:%u",
                                      TEXT_ARG(rule->zh), code, file, place.line);
    ranked->finding.en = arena_printf(j->arena,
                                      "rule \"" TEXT_FMT "\" cannot be computed: %s at "
                                      "%s:%u",
                                      TEXT_ARG(rule->name), code, file, place.line);
    return ranked->finding.en.at == NULL ? arena_full(j->arena, err) : HEDUI_OK;
}

struct decision {
    enum level level;
    enum grade grade;
    bool is_in_force;
    const char *error; /* code, where the rule could not be computed */
};

static struct decision
rule_judge(struct judging *j, const struct rule *rule)
{
    struct decision decision = {LEVEL_NONE, GRADE_FINAL, false, NULL};
    struct value value;
    int fires;

    if (j->run->as_of < rule->from || j->run->as_of >= rule->until)
        return decision;
    decision.is_in_force = true;
    fires = j->lane == NULL
                ? -1
                : vector_lane_rule(j->lane, j->at, (uint32_t)(rule - j->run->pack->rules),
                                   j->run->as_of);
    value = fires < 0 ? rule_value(j->run, rule, NULL, NULL) : (struct value){.boolean = fires > 0};
    decision.level = rule_level(rule, &value);
    if (value.state == VALUE_ERROR && decision.level == LEVEL_ASK)
        decision.error = value.error;
    if (value.state == VALUE_KNOWN && value.boolean && (rule->kind == WHEN_DENY || !j->is_brief))
        decision.grade = rule_grade(j, rule);
    if (decision.level == LEVEL_DENY && decision.grade == GRADE_LEAD)
        decision.level = LEVEL_ASK;
    return decision;
}

/* For who counts and does not read. */
static hedui_status
rule_brief(struct judging *j, const struct rule *rule, const struct decision *decision,
           struct err *err)
{
    struct ranked *ranked;

    TRY(finding_new(j, &ranked, err));
    ranked->finding.rule = rule->name;
    ranked->finding.level = decision->level;
    ranked->finding.reason = rule->reason;
    ranked->finding.severity = rule->severity;
    return HEDUI_OK;
}

static hedui_status
rule_tell(struct judging *j, const struct rule *rule, const struct decision *decision,
          struct err *err)
{
    if (decision->level == LEVEL_NONE)
        return HEDUI_OK;
    if (decision->error != NULL)
        return error_finding(j, rule, decision->error, err);
    if (j->is_brief && !(j->tells_doubts && decision->level == LEVEL_DOUBT))
        return rule_brief(j, rule, decision, err);
    return finding_of_rule(j, rule, decision->level, decision->grade, err);
}

static int
ranked_order(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    int order;

    if (x->finding.level != y->finding.level)
        return x->finding.level > y->finding.level ? -1 : 1;
    if (x->finding.severity != y->finding.severity)
        return x->finding.severity > y->finding.severity ? -1 : 1;
    if (x->share != y->share)
        return x->share > y->share ? -1 : 1;
    order = text_cmp(x->finding.rule, y->finding.rule);
    return order != 0 ? order : text_cmp(x->finding.zh, y->finding.zh);
}

static int
text_order(const void *a, const void *b)
{
    return text_cmp(*(const struct text *)a, *(const struct text *)b);
}

/* Two findings that say the same are one: rank puts them side by side. */
static void
findings_once(struct judging *j)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < j->count; i++)
        if (kept == 0 || ranked_order(&j->items[kept - 1], &j->items[i]) != 0)
            j->items[kept++] = j->items[i];
    j->count = kept;
}

enum outcome
level_outcome(enum level level)
{
    static const enum outcome outcomes[] = {[LEVEL_NONE] = OUTCOME_MET,
                                            [LEVEL_ASK] = OUTCOME_REVIEW,
                                            [LEVEL_DOUBT] = OUTCOME_INCOMPLETE,
                                            [LEVEL_DENY] = OUTCOME_NOT_MET,
                                            [LEVEL_HOLD] = OUTCOME_REVIEW};

    return outcomes[level];
}

/* Ranks, copies out, and gathers what the doubts wait for. */
static hedui_status
findings_close(struct judging *j, struct err *err)
{
    struct judgement *out = j->out;
    uint32_t room = 0, kept = 0;

    if (j->count > 0)
        qsort(j->items, j->count, sizeof *j->items, ranked_order);
    findings_once(j);
    out->findings = arena_alloc(j->arena, j->count, sizeof *out->findings);
    if (out->findings == NULL)
        return arena_full(j->arena, err);
    for (uint32_t i = 0; i < j->count; i++) {
        out->findings[i] = j->items[i].finding;
        out->findings[i].share = j->items[i].share;
        if (out->findings[i].level == LEVEL_DOUBT)
            room += out->findings[i].open_count;
    }
    out->finding_count = j->count;
    out->outcome = level_outcome(j->count == 0 ? LEVEL_NONE : out->findings[0].level);
    out->missing = arena_alloc(j->arena, room, sizeof *out->missing);
    if (out->missing == NULL)
        return arena_full(j->arena, err);
    room = 0;
    for (uint32_t i = 0; i < j->count; i++)
        for (uint32_t c = 0;
             out->findings[i].level == LEVEL_DOUBT && c < out->findings[i].open_count; c++)
            out->missing[room++] = out->findings[i].open[c];
    qsort(out->missing, room, sizeof *out->missing, text_order);
    for (uint32_t i = 0; i < room; i++)
        if (kept == 0 || !text_eq(out->missing[kept - 1], out->missing[i]))
            out->missing[kept++] = out->missing[i];
    out->missing_count = kept;
    return HEDUI_OK;
}

static hedui_status
figures_build(struct judging *j, struct err *err)
{
    const struct pack *pack = j->run->pack;
    struct judgement *out = j->out;

    out->figures = arena_alloc(j->arena, pack->home_fact_count, sizeof *out->figures);
    if (out->figures == NULL)
        return arena_full(j->arena, err);
    for (uint32_t i = 0; i < pack->home_fact_count; i++) {
        const struct fact *fact = &pack->facts[pack->home_facts[i]];
        struct figure *figure = &out->figures[out->figure_count];
        if (!fact->is_output)
            continue;
        figure->name = fact->name;
        figure->zh = fact->zh;
        figure->en = fact->en;
        figure->type = fact->type;
        figure->value = run_slot(j->run, slot_fact(pack, i));
        if (figure->value.state == VALUE_UNKNOWN)
            TRY(run_causes(j->run, figure->value.causes, &figure->causes, &figure->cause_count,
                           err));
        out->figure_count++;
    }
    return HEDUI_OK;
}

static hedui_status
nears_build(struct judging *j, const struct decision *decisions, struct err *err)
{
    const struct pack *pack = j->run->pack;

    j->out->near =
        arena_alloc(j->arena, (size_t)pack->rule_count * COMPARED_MAX, sizeof *j->out->near);
    if (j->out->near == NULL)
        return arena_full(j->arena, err);
    for (uint32_t i = 0; i < pack->rule_count; i++)
        if (decisions[i].level == LEVEL_NONE && decisions[i].is_in_force)
            TRY(near_build(j, &pack->rules[i], err));
    return HEDUI_OK;
}

/* Of the epoch, or, where a parameter counts by a day of its own, of this case. */
static hedui_status
unconfirmed_build(struct judging *j, struct err *err)
{
    const struct pack *pack = j->run->pack;
    const struct unconfirmed **out;

    j->out->unconfirmed = j->run->epoch->unconfirmed;
    j->out->unconfirmed_count = j->run->epoch->unconfirmed_count;
    if (!pack->has_own_days)
        return HEDUI_OK;
    out = arena_alloc(j->arena, pack->param_count, sizeof *out);
    if (out == NULL)
        return arena_full(j->arena, err);
    j->out->unconfirmed = out;
    j->out->unconfirmed_count = 0;
    for (uint32_t i = 0; i < pack->param_count; i++) {
        struct value day = param_day(j->run, &pack->params[i]);
        const struct param_value *value =
            day.state == VALUE_KNOWN ? param_in_force(&pack->params[i], (int32_t)day.integer)
                                     : NULL;

        if (value != NULL && value->told != NULL)
            out[j->out->unconfirmed_count++] = value->told;
    }
    return HEDUI_OK;
}

/* Whom no change reaches says of this household what it said by the other pack. */
static bool
level_beside(const struct judging *j, uint32_t rule, enum level *level)
{
    const struct counted *told = j->told;
    struct text name = j->run->pack->rules[rule].name;

    if (told == NULL || told->beside == NULL || !told->same_rules[rule])
        return false;
    *level = LEVEL_NONE;
    for (uint32_t i = 0; i < told->beside->finding_count; i++) {
        if (text_is(told->beside->findings[i].rule, "ENG-ERROR"))
            return false; /* which does not tell whose it is */
        if (text_eq(told->beside->findings[i].rule, name))
            *level = told->beside->findings[i].level;
    }
    return true;
}

/* The engine's own findings, of the pack beside where no change reaches them. */
static hedui_status
engine_judge(struct judging *j, struct err *err)
{
    const struct counted *told = j->told;
    struct ranked *ranked;

    if (told == NULL || told->beside == NULL || !told->is_engine_same) {
        TRY(engine_findings(j, err));
        return declared_findings(j, err);
    }
    for (uint32_t i = 0; i < told->beside->finding_count; i++) {
        const struct finding *finding = &told->beside->findings[i];

        if (!text_starts(finding->rule, TEXT("ENG-")) || text_is(finding->rule, "ENG-ERROR"))
            continue;
        TRY(finding_new(j, &ranked, err));
        ranked->finding = *finding;
    }
    return HEDUI_OK;
}

/* In brief and for nobody who reads: level, rule and reason of each finding, and the figures. */
static hedui_status
counted_judge(struct judging *j, struct decision *decisions, struct err *err)
{
    const struct pack *pack = j->run->pack;

    grades_note(j);
    for (uint32_t i = 0; i < pack->rule_count; i++) {
        decisions[i] = (struct decision){.grade = GRADE_FINAL};
        if (!level_beside(j, i, &decisions[i].level))
            decisions[i] = rule_judge(j, &pack->rules[i]);
    }
    TRY(figures_build(j, err));
    TRY(engine_judge(j, err));
    for (uint32_t i = 0; i < pack->rule_count; i++)
        TRY(rule_tell(j, &pack->rules[i], &decisions[i], err));
    TRY(findings_close(j, err));
    return j->run->is_full || grades_full(j) ? arena_full(j->arena, err) : HEDUI_OK;
}

static hedui_status
all_judge(struct judging *j, struct err *err)
{
    const struct pack *pack = j->run->pack;

    struct decision *decisions = arena_alloc(j->arena, pack->rule_count, sizeof *decisions);

    if (decisions == NULL)
        return arena_full(j->arena, err);
    if (j->told != NULL)
        return counted_judge(j, decisions, err);
    grades_note(j);
    for (uint32_t i = 0; i < pack->rule_count; i++)
        decisions[i] = rule_judge(j, &pack->rules[i]);
    TRY(engine_findings(j, err));
    TRY(figures_build(j, err));
    if (!j->is_brief)
        TRY(nears_build(j, decisions, err));
    TRY(assumptions_build(j, err));
    TRY(unconfirmed_build(j, err));
    TRY(declared_findings(j, err)); /* from here on facts are computed anew, to tell of them */
    for (uint32_t i = 0; i < pack->rule_count; i++)
        TRY(rule_tell(j, &pack->rules[i], &decisions[i], err));
    TRY(findings_close(j, err));
    TRY(buf_check(&j->buf, err));
    return j->run->is_full || grades_full(j) ? arena_full(j->arena, err) : HEDUI_OK;
}

static hedui_status
run_open_as(struct run *run, uint32_t how, const struct pack *pack,
            const struct household *household, struct arena *arena, struct err *err)
{
    TRY(run_open(run, pack, household, arena, err));
    run->is_reference = (how & JUDGE_REFERENCE) != 0;
    run->is_boundless = (how & JUDGE_BOUNDLESS) != 0;
    return HEDUI_OK;
}

/* Known plain figures that another pack computed alike. Unknown ones stay: their causes are numbers
 * of the other run; so do lists and records, which are that run's. */
static void
figures_take(struct run *run, const struct run *from, const uint32_t *same)
{
    for (uint32_t i = 0; i < run->pack->home_fact_count; i++) {
        const struct fact *fact = &run->pack->facts[run->pack->home_facts[i]];
        uint32_t to = slot_fact(run->pack, i), at;

        if (same[i] == UINT32_MAX || fact->type->kind == TYPE_LIST ||
            fact->type->kind == TYPE_RECORD)
            continue;
        at = slot_fact(from->pack, same[i]);
        if (from->slot_states[at] != from->generation || from->slots[at].state != VALUE_KNOWN)
            continue;
        run->slots[to] = from->slots[at];
        run->slot_states[to] = run->generation;
    }
}

struct known {              /* figures that stand already */
    const struct run *from; /* another pack's run over the same household; NULL: none */
    const uint32_t *same;
    const struct vector_lane *lane; /* or a lane, whose household number `at` is this one */
    uint32_t at;
    const struct counted *told;
};

static hedui_status
judge_with(struct judgement *out, struct run *run, uint32_t how, const struct known *known,
           const struct pack *pack, const struct household *household, struct arena *arena,
           struct err *err)
{
    struct judging j = {.run = run,
                        .out = out,
                        .arena = arena,
                        .lane = known->lane,
                        .at = known->at,
                        .told = known->told,
                        .is_brief = (how & JUDGE_BRIEF) != 0,
                        .tells_doubts = (how & JUDGE_DOUBTS) != 0};
    hedui_status rc = HEDUI_OK;

    memset(out, 0, sizeof *out);
    buf_init(&j.buf, true);
    FAIL(run_open_as(run, how, pack, household, arena, err));
    if (known->from != NULL)
        figures_take(run, known->from, known->same);
    if (known->lane != NULL)
        vector_lane_tell(known->lane, known->at, run);
    out->coverage = run->coverage;
    out->kind_coverage = run->kind_coverage;
    rc = all_judge(&j, err);
done:
    buf_release(&j.buf);
    return rc;
}

hedui_status
judge_as(struct judgement *out, struct run *run, uint32_t how, const struct pack *pack,
         const struct household *household, struct arena *arena, struct err *err)
{
    const struct known known = {0};

    return judge_with(out, run, how, &known, pack, household, arena, err);
}

hedui_status
judge_counted(struct judgement *out, struct run *run, const struct pack *pack,
              const struct household *household, const struct counted *told, struct arena *arena,
              struct err *err)
{
    const struct known known = {
        .from = told->from, .same = told->same, .lane = told->lane, .at = told->at, .told = told};

    return judge_with(out, run, JUDGE_BRIEF, &known, pack, household, arena, err);
}

hedui_status
judge_run(struct judgement *out, struct run *run, const struct pack *pack,
          const struct household *household, struct arena *arena, struct err *err)
{
    return judge_as(out, run, 0, pack, household, arena, err);
}

hedui_status
judge(struct judgement *out, const struct pack *pack, const struct household *household,
      struct arena *arena, struct err *err)
{
    struct run run;

    return judge_run(out, &run, pack, household, arena, err);
}

hedui_status
judge_told(struct judgement *out, const struct pack *pack, const struct household *household,
           const struct vector_lane *lane, uint32_t at, bool is_brief, struct arena *arena,
           struct err *err)
{
    const struct known known = {.lane = lane, .at = at};
    struct run run;

    return judge_with(out, &run, is_brief ? JUDGE_BRIEF | JUDGE_DOUBTS : 0, &known, pack, household,
                      arena, err);
}
