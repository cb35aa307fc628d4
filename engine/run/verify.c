/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/verify.h"

#include <assert.h>

#include "engine/rule/brief.h"

#include "engine/base/ban.h"

#define VECTORS_FROM 8   /* cases: a program costs the same for one as for a few */
#define BRIEF_TRIALS 256 /* cases that a lane tries before it may give the short way up */

struct masks {
    struct verify_masks *out;
    struct authorised_fields authorised;
    uint32_t source_count;
    const struct text *sources;
};

/* Authorisation precedes the probe: what no paper allows gets no bit and is never looked up. */
static hedui_status
masks_case(struct masks *masks, uint32_t at, const struct application *application,
           const struct pack *pack, struct arena *arena, struct err *err)
{
    uint64_t *who = arena_alloc(arena, application->member_count, sizeof *who);
    uint64_t *allowed = arena_alloc(arena, application->member_count, sizeof *allowed);

    if (who == NULL || allowed == NULL)
        return arena_full(arena, err);
    TRY(pack_who(pack, application, who, arena, err));
    for (uint32_t m = 0; m < application->member_count; m++) {
        const struct application_member *member = &application->members[m];

        if (member->number == NUMBER_NONE)
            who[m] = 0; /* a newborn without a number: no source applies */
        if (member->number == NUMBER_VALID && who[m] != 0)
            allowed[m] = who[m] & authorised_sources(&masks->authorised, member->cells,
                                                     application->checked_on, masks->sources,
                                                     masks->source_count);
    }
    masks->out->allowed[at] = allowed;
    masks->out->applicable[at] = who;
    return HEDUI_OK;
}

/* `line`: where the case's line begins in the verdicts. */
static hedui_status
report_make(struct verify_out *out, size_t line, const struct pack *pack,
            const struct household *household, const struct judgement *judgement, struct err *err)
{
    const struct buf *verdicts = &out->texts[VERIFY_VERDICTS];
    struct report_case report = {.pack = pack,
                                 .labels = out->labels,
                                 .household = household,
                                 .judgement = judgement,
                                 .run = out->reporter->run};

    TRY(buf_check(verdicts, err));
    report.line = digest_of(verdicts->at + line, verdicts->len - line);
    buf_reset(out->reporter->html);
    report_print(out->reporter->html, &report);
    TRY(buf_check(out->reporter->html, err));
    return out->reporter->put(out->reporter->context, &report, out->reporter->html, err);
}

/* The wanted lines of one case. */
static void
lines_put(struct verify_out *out, const struct pack *pack, const struct household *household,
          const struct judgement *judgement, struct provenance *provenance)
{
    if ((out->wanted >> VERIFY_VERDICTS & 1) != 0)
        verdict_json(&out->texts[VERIFY_VERDICTS], pack, household, judgement);
    if ((out->wanted >> VERIFY_SHEET & 1) != 0)
        verdict_csv(&out->texts[VERIFY_SHEET], pack, household, judgement);
    if ((out->wanted >> VERIFY_FINDINGS & 1) != 0)
        verdict_findings(&out->texts[VERIFY_FINDINGS], pack, out->labels, household, judgement);
    if ((out->wanted >> VERIFY_PROVENANCE & 1) != 0)
        verdict_provenance(provenance, household, judgement);
    if ((out->wanted >> VERIFY_FIGURES & 1) != 0)
        verdict_figures(&out->texts[VERIFY_FIGURES], household, judgement);
}

static void
outcome_count(struct verify_out *out, const struct household *household,
              const struct judgement *judgement)
{
    out->outcomes[judgement->outcome]++;
    if (judgement->outcome == OUTCOME_INCOMPLETE && out->incomplete != NULL)
        out->incomplete(out->context, household, judgement);
}

static struct verify_told
told_of(const struct judgement *judgement, const struct pack *pack, struct text pays)
{
    struct verify_told told = {.outcome = judgement->outcome};

    for (uint32_t i = 0; pays.len > 0 && i < judgement->figure_count; i++) {
        const struct figure *figure = &judgement->figures[i];

        if (!text_eq(figure->name, pays) || figure->type->kind != TYPE_MONEY ||
            figure->value.state != VALUE_KNOWN)
            continue;
        told.has_amount = true;
        told.amount_fen = figure->value.integer;
    }
    for (uint32_t i = 0; i < judgement->finding_count; i++) {
        const struct finding *finding = &judgement->findings[i];
        uint32_t rule = pack_rule_number(pack, finding->rule);

        if (rule < 64 && finding->level == LEVEL_DOUBT)
            told.open |= UINT64_C(1) << rule;
        else if (rule < 64)
            told.told |= UINT64_C(1) << rule;
    }
    return told;
}

/* Household by household to a judgement and its lines. */
hedui_status
verify_judge(struct verify_out *out, const struct household *households, uint32_t count,
             const struct world *world, const struct pack *pack, struct keyer *keyer,
             struct arena *arena, struct err *err)
{
    struct provenance provenance = {0};
    bool has_provenance = (out->wanted >> VERIFY_PROVENANCE & 1) != 0;
    struct vector_lane *vectors = count < VECTORS_FROM ? NULL : out->vectors;
    bool is_brief = out->wanted == 1u << VERIFY_FIGURES && out->reporter == NULL;
    hedui_status rc = HEDUI_OK;

    if (has_provenance)
        FAIL(provenance_open(&provenance, &out->texts[VERIFY_PROVENANCE], pack, world->model,
                             world->snapshot, arena, err));
    if (vectors != NULL)
        FAIL(vector_lane_answer(vectors, pack, households, count, arena, err));
    for (uint32_t i = 0; i < count; i++) {
        struct arena_mark mark = arena_mark(arena);
        size_t line = out->texts[VERIFY_VERDICTS].len;
        struct judgement judgement;

        FAIL(judge_told(&judgement, pack, &households[i], vectors, i, is_brief, arena, err));
        lines_put(out, pack, &households[i], &judgement, &provenance);
        if (out->reporter != NULL)
            FAIL(report_make(out, line, pack, &households[i], &judgement, err));
        outcome_count(out, &households[i], &judgement);
        if (out->told != NULL)
            out->told[i] = told_of(&judgement, pack, out->pays);
        arena_rewind(arena, mark);
    }
    if (has_provenance)
        FAIL(provenance_finish(&provenance, keyer, err));
done:
    provenance_close(&provenance);
    return rc;
}

hedui_status
verify_ask(struct verify_masks *out, struct match_request *request, const struct application *cases,
           uint32_t count, const struct world *world, const struct pack *pack, struct arena *arena,
           struct err *err)
{
    uint32_t source_count = pack_source_count(pack);
    struct text *sources = arena_alloc(arena, source_count, sizeof *sources);
    uint64_t *kinds_of = arena_alloc(arena, source_count, sizeof *kinds_of);
    struct masks masks = {.out = out, .source_count = source_count, .sources = sources};

    assert(count > 0 && count <= VERIFY_BLOCK_MAX && source_count <= 64);
    out->allowed = arena_alloc(arena, count, sizeof(uint64_t *));
    out->applicable = arena_alloc(arena, count, sizeof(uint64_t *));
    if (sources == NULL || kinds_of == NULL || out->allowed == NULL || out->applicable == NULL)
        return arena_full(arena, err);
    for (uint32_t s = 0; s < source_count; s++) {
        sources[s] = pack_source(pack, s)->name;
        kinds_of[s] = pack_source(pack, s)->kinds;
    }
    authorised_fields_find(&masks.authorised, world->model->applicant);
    for (uint32_t i = 0; i < count; i++)
        TRY(masks_case(&masks, i, &cases[i], pack, arena, err));
    *request = (struct match_request){
        .cases = cases,
        .case_count = count,
        .model = world->model,
        .snapshot = world->snapshot,
        .source_count = source_count,
        .sources = sources,
        .allowed = out->allowed,
        .kinds_of = kinds_of,
    };
    return HEDUI_OK;
}

/* `brief`: NULL, or the program that is all that reads them. */
static hedui_status
households_make(struct household **out, uint64_t *probed, const struct application *cases,
                uint32_t count, const struct vector_program *brief, const struct world *world,
                const struct pack *pack, struct keyer *keyer, struct arena *arena, struct err *err)
{
    struct verify_masks masks;
    struct match_request match;
    struct match_set matches;

    TRY(verify_ask(&masks, &match, cases, count, world, pack, arena, err));
    match.wants = brief == NULL ? NULL : brief->wants;

    struct household_request request = {.match = &match,
                                        .applicable = masks.applicable,
                                        .kinds_of = match.kinds_of,
                                        .months_back = pack_months_back(pack),
                                        .is_brief = brief != NULL,
                                        .things_of = brief == NULL ? 0 : brief->things_read};

    TRY(match_block(&matches, &match, keyer, arena, err));
    TRY(snapshot_sound(world->snapshot, err)); /* rather than reckon with zeros of a cut file */
    TRY(household_build(out, &request, &matches, keyer, arena, err));
    *probed += matches.probed;
    return HEDUI_OK;
}

hedui_status
verify_households(struct household **out, uint64_t *probed, const struct application *cases,
                  uint32_t count, const struct world *world, const struct pack *pack,
                  struct keyer *keyer, struct arena *arena, struct err *err)
{
    return households_make(out, probed, cases, count, NULL, world, pack, keyer, arena, err);
}

/* The program that may decide the cases without the long way; NULL: something else than figures is
 * wanted, or it does not hold the pack, or it decided too few so far. */
static const struct vector_program *
brief_program(const struct verify_out *out, const struct application *cases,
              const struct pack *pack)
{
    struct vector_lane *lane = out->vectors;
    const struct vector_program *program;

    if (out->wanted != 1u << VERIFY_FIGURES || out->reporter != NULL || lane == NULL ||
        (lane->asked > BRIEF_TRIALS && lane->decided < lane->asked / 2))
        return NULL;
    program = vector_lane_program(lane, pack, cases[0].checked_on);
    return program != NULL && program->is_whole ? program : NULL;
}

struct rest { /* cases that the program does not decide, in their order */
    uint32_t count;
    struct application *cases;
    struct household *households;
};

static hedui_status
rest_make(struct rest *rest, const bool *is_judged, const struct application *cases, uint32_t count,
          const struct world *world, const struct pack *pack, struct keyer *keyer,
          struct arena *arena, struct err *err)
{
    uint64_t counted_already = 0;

    rest->cases = arena_alloc(arena, count, sizeof *rest->cases);
    if (rest->cases == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < count; i++)
        if (!is_judged[i])
            rest->cases[rest->count++] = cases[i];
    if (rest->count == 0)
        return HEDUI_OK;
    return verify_households(&rest->households, &counted_already, rest->cases, rest->count, world,
                             pack, keyer, arena, err);
}

/* Figures of whom the program decides, from the few columns that it reads; the others take the
 * long way, and each line comes in its place. */
static hedui_status
block_brief(struct verify_out *out, const struct application *cases, uint32_t count,
            const struct vector_program *program, const struct world *world,
            const struct pack *pack, struct keyer *keyer, struct arena *arena, struct err *err)
{
    struct judgement *judgements = arena_alloc(arena, count, sizeof *judgements);
    bool *is_judged = arena_alloc(arena, count, sizeof *is_judged);
    struct household *households;
    struct rest rest = {0};
    uint32_t next = 0;

    if (judgements == NULL || is_judged == NULL)
        return arena_full(arena, err);
    TRY(households_make(&households, &out->probed, cases, count, program, world, pack, keyer, arena,
                        err));
    TRY(vector_lane_answer(out->vectors, pack, households, count, arena, err));
    TRY(brief_judge(judgements, is_judged, out->vectors, households, count, arena, err));
    TRY(rest_make(&rest, is_judged, cases, count, world, pack, keyer, arena, err));
    out->vectors->asked += count;
    out->vectors->decided += count - rest.count;
    if (rest.count >= VECTORS_FROM)
        TRY(vector_lane_answer(out->vectors, pack, rest.households, rest.count, arena, err));
    for (uint32_t i = 0; i < count; i++) {
        struct household *household = is_judged[i] ? &households[i] : &rest.households[next];

        if (!is_judged[i])
            TRY(judge_told(&judgements[i], pack, household,
                           rest.count >= VECTORS_FROM ? out->vectors : NULL, next++, true, arena,
                           err));
        verdict_figures(&out->texts[VERIFY_FIGURES], household, &judgements[i]);
        outcome_count(out, household, &judgements[i]);
    }
    return HEDUI_OK;
}

hedui_status
verify_block(struct verify_out *out, const struct application *cases, uint32_t count,
             const struct world *world, const struct pack *pack, struct keyer *keyer,
             struct arena *arena, struct err *err)
{
    const struct vector_program *brief = brief_program(out, cases, pack);
    struct household *households;
    uint64_t refusals = mem_refusals();

    if (brief != NULL) {
        TRY(block_brief(out, cases, count, brief, world, pack, keyer, arena, err));
    } else {
        TRY(verify_households(&households, &out->probed, cases, count, world, pack, keyer, arena,
                              err));
        TRY(verify_judge(out, households, count, world, pack, keyer, arena, err));
    }
    TRY(snapshot_sound(world->snapshot, err)); /* else nothing of this block is to be believed */
    for (uint32_t t = 0; t < VERIFY_TEXTS; t++)
        TRY(buf_check(&out->texts[t], err));
    return mem_check(refusals, err);
}
