/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/rule/brief.h"

#include <string.h>

#include "engine/base/ban.h"

static bool
is_in_force(const struct vector_program *p, const struct rule *rule)
{
    return p->as_of >= rule->from && p->as_of < rule->until;
}

static bool
has_all(const struct vector_program *p)
{
    const struct pack *pack = p->pack;
    bool has = pack->rule_count <= 64 && pack->declared_count == 0;

    for (uint32_t r = 0; r < pack->rule_count && has; r++) {
        if (!is_in_force(p, &pack->rules[r]))
            continue;
        has = vector_is_column(p, p->rules[r]);
        for (uint32_t u = 0; u < pack->rules[r].unless_count && has; u++)
            has = vector_is_column(p, p->unless[r][u]);
    }
    for (uint32_t i = 0; i < pack->home_fact_count && has; i++)
        has = !pack->facts[pack->home_facts[i]].is_output ||
              (p->facts[i] >= 0 && p->regs[p->facts[i]].domain == VECTOR_CASES);
    for (uint32_t i = 0; i < pack->missing_count && has; i++)
        has = !pack->missing[i].is_assumed;
    for (uint32_t i = 0; i < p->input_count && has; i++) /* a thing speaks by its first row, and
                                                            rows have no order here */
        has = p->inputs[i].domain < 2 + pack->model->kind_count ||
              (p->inputs[i].part.kind != PART_SEEN && p->inputs[i].part.kind != PART_MATCH);
    return has;
}

/* What matching reads of a row, and what tells one thing from another; of a text among it the
 * words, of a name its tag. */
static struct row_wants
road_wants(const struct kind *kind, bool has_things)
{
    struct row_wants wants = {0, 0};

    if (kind->period >= 0)
        wants.fields |= UINT64_C(1) << kind->period;
    if (kind->owner_name >= 0)
        wants.fields |= UINT64_C(1) << kind->owner_name;
    for (uint32_t f = 0; f < kind->field_count && has_things; f++) {
        if (kind->fields[f].is_thing && kind->fields[f].type == FIELD_TEXT)
            wants.texts |= UINT64_C(1) << f;
        if (kind->fields[f].is_thing || (int32_t)f == kind->share)
            wants.fields |= UINT64_C(1) << f;
    }
    return wants;
}

void
brief_plan(struct vector_program *program)
{
    const struct model *model = program->pack->model;

    program->is_whole = has_all(program);
    for (uint32_t k = 0; k < model->kind_count; k++)
        program->wants[k] = road_wants(&model->kinds[k], (program->things_read >> k & 1) != 0);
    for (uint32_t i = 0; i < program->input_count; i++) {
        const struct vector_input *input = &program->inputs[i];

        if (input->domain > VECTOR_MEMBERS && input->part.kind == PART_CELL)
            program->wants[(input->domain - 2u) % model->kind_count].fields |=
                UINT64_C(1) << input->part.number;
    }
}

static bool
rows_are_plain(const struct pack *pack, const struct household_list *list)
{
    for (uint32_t r = 0; r < list->row_count; r++)
        if (row_grade(pack, &list->rows[r]) != GRADE_FINAL)
            return false;
    return true;
}

/* Would the engine's own rules find nothing, and carries every row an objection? */
static bool
is_plain(const struct pack *pack, const struct household *h)
{
    uint32_t kinds = h->model->kind_count;

    for (uint32_t i = 0; i < h->person_count; i++) {
        const struct person *person = &h->persons[i];

        if (person->number == NUMBER_INVALID)
            return false; /* ENG-SILENT, whatever sources apply */
        for (uint32_t s = 0; s < pack->source_count; s++)
            for (uint64_t left = pack->sources[s].kinds; left != 0; left &= left - 1) {
                uint32_t k = (uint32_t)__builtin_ctzll(left);
                enum coverage coverage = person->covers[s * kinds + k].coverage;

                if (coverage != COVERAGE_FOUND && coverage != COVERAGE_NONE &&
                    coverage != COVERAGE_NOT_APPLICABLE)
                    return false;
            }
        for (uint32_t k = 0; k < kinds; k++)
            if (person->lists[k].row_count > 0 &&
                (list_excess(h, person, k) > 0 || !rows_are_plain(pack, &person->lists[k])))
                return false;
    }
    return true;
}

/* The rules that fired, by name and reason. */
static hedui_status
findings_name(struct judgement *out, const struct pack *pack, uint64_t fired, struct arena *arena,
              struct err *err)
{
    static const enum level levels[] = {
        [WHEN_DENY] = LEVEL_DENY, [WHEN_REVIEW] = LEVEL_ASK, [WHEN_HOLD] = LEVEL_HOLD};
    enum level highest = LEVEL_NONE;

    out->findings = arena_alloc(arena, (size_t)__builtin_popcountll(fired), sizeof *out->findings);
    if (out->findings == NULL)
        return arena_full(arena, err);
    for (uint64_t left = fired; left != 0; left &= left - 1) {
        const struct rule *rule = &pack->rules[__builtin_ctzll(left)];
        struct finding *finding = &out->findings[out->finding_count++];

        finding->rule = rule->name;
        finding->reason = rule->reason;
        finding->level = levels[rule->kind];
        highest = finding->level > highest ? finding->level : highest;
    }
    out->outcome = level_outcome(highest);
    return HEDUI_OK;
}

/* *has_all: each is known. */
static hedui_status
figures_take(struct judgement *out, bool *has_all_known, const struct vector_lane *lane,
             uint32_t at, struct arena *arena, struct err *err)
{
    const struct pack *pack = lane->pack;

    *has_all_known = true;
    out->figures = arena_alloc(arena, pack->home_fact_count, sizeof *out->figures);
    if (out->figures == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < pack->home_fact_count && *has_all_known; i++) {
        const struct fact *fact = &pack->facts[pack->home_facts[i]];
        struct figure *figure = &out->figures[out->figure_count];

        if (!fact->is_output)
            continue;
        *figure = (struct figure){.name = fact->name, .zh = fact->zh, .type = fact->type};
        *has_all_known =
            vector_is_known(lane->program, &lane->block, lane->program->facts[i], at) &&
            vector_value(lane->program, &lane->space, lane->program->facts[i], at, fact->type,
                         &figure->value);
        out->figure_count++;
    }
    return HEDUI_OK;
}

hedui_status
brief_judge(struct judgement *out, bool *is_judged, const struct vector_lane *lane,
            const struct household *households, uint32_t count, struct arena *arena,
            struct err *err)
{
    const struct vector_program *program = lane->program;
    uint64_t *fired = arena_alloc(arena, count, sizeof *fired);
    bool is_whole;

    if (fired == NULL)
        return arena_full(arena, err);
    vector_fired(program, &lane->block, &lane->space, fired, &is_whole);
    for (uint32_t i = 0; i < count; i++) {
        memset(&out[i], 0, sizeof out[i]);
        is_judged[i] = is_whole && !lane->block.off[i] &&
                       vector_is_decided(program, &lane->block, i) &&
                       is_plain(lane->pack, &households[i]);
        if (is_judged[i])
            TRY(figures_take(&out[i], &is_judged[i], lane, i, arena, err));
        if (is_judged[i])
            TRY(findings_name(&out[i], lane->pack, fired[i], arena, err));
    }
    return HEDUI_OK;
}
