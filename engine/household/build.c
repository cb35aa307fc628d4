/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "engine/household/assemble.h"
#include "engine/index/mask.h"
#include "engine/match/person.h"
#include "engine/model/name.h"

#include "engine/base/ban.h"

/* Names become tag and masked form, identities pseudonyms: what a rule or a printer sees of the
 * application is no more than what rests of a delivery. */
static hedui_status
cells_close(struct assembly *assembly, struct cell **out, const struct applicant_cell *from,
            const struct match_member *member, struct err *err)
{
    const struct kind *kind = assembly->request->match->model->applicant;
    struct cell *cells = arena_alloc(assembly->arena, kind->field_count, sizeof *cells);

    if (cells == NULL)
        return arena_full(assembly->arena, err);
    *out = cells;
    for (uint32_t f = 0; f < kind->field_count; f++) {
        cells[f].state = from[f].state;
        cells[f].number = from[f].number;
        if (from[f].state != CELL_VALUE || assembly->request->is_brief)
            continue;
        if (kind->fields[f].type == FIELD_IDENTITY) {
            if (f == kind->owner && member->has_key)
                cells[f].key = member->key; /* match made it, in a batch */
            else
                keyer_pseudonyms(assembly->keyer, &from[f].identity->key, &cells[f].key, 1);
        } else if (kind->fields[f].type == FIELD_NAME) {
            struct name_tag tag = (int32_t)f == kind->owner_name && member->has_name
                                      ? member->name
                                      : keyer_name(assembly->keyer, from[f].text);
            char masked[NAME_MAX] UNSET;
            size_t len = name_mask(from[f].text, masked);

            cells[f].number = (int64_t)tag.tag;
            cells[f].check = tag.check;
            cells[f].text = arena_text(assembly->arena, (struct text){masked, len});
            if (cells[f].text.at == NULL)
                return arena_full(assembly->arena, err);
        } else if (kind->fields[f].type == FIELD_TEXT && kind->fields[f].is_sensitive) {
            char masked[TEXT_MASK_MAX] UNSET;
            size_t len = text_mask(from[f].text, masked);

            cells[f].number = (int64_t)keyer_text(assembly->keyer, from[f].text);
            cells[f].text = arena_text(assembly->arena, (struct text){masked, len});
            if (cells[f].text.at == NULL)
                return arena_full(assembly->arena, err);
        } else {
            cells[f].text = from[f].text;
        }
    }
    return HEDUI_OK;
}

static hedui_status
rows_fill(struct assembly *assembly, struct person *person, const struct match_member *member,
          struct err *err) /* a probed entry is of a source and kind that the pack asks */
{
    const struct match_request *match = assembly->request->match;
    uint32_t entries = snapshot_count(match->snapshot);

    for (uint32_t k = 0; k < match->model->kind_count; k++) {
        const struct kind *kind = &match->model->kinds[k];
        struct household_list *list = &person->lists[k];
        uint32_t total = 0;

        for (uint32_t e = 0; e < entries && assembly->is_fed[k]; e++)
            if (delivery_kind(snapshot_entry(match->snapshot, e)->delivery) == kind)
                total += member->answers[e].row_count;
        if (total == 0)
            continue;
        list->rows = arena_alloc(assembly->arena, total, sizeof *list->rows);
        if (list->rows == NULL)
            return arena_full(assembly->arena, err);
        for (uint32_t e = 0; e < entries; e++) {
            const struct delivery *delivery = snapshot_entry(match->snapshot, e)->delivery;
            const struct match_answer *answer = &member->answers[e];

            if (delivery_kind(delivery) != kind || answer->row_count == 0)
                continue;
            for (uint32_t r = 0; r < answer->row_count; r++)
                list->rows[list->row_count++] = (struct household_row){
                    .kind = kind,
                    .cells = answer->rows[r].cells,
                    .match = answer->rows[r].match,
                    .source = (int16_t)assembly->entry_sources[e],
                    .seen = delivery_info(delivery)->as_of,
                    .entry_number = e,
                    .row = answer->rows[r].row,
                };
        }
    }
    return HEDUI_OK;
}

static hedui_status
person_build(struct assembly *assembly, struct person *person, uint32_t m, uint32_t c,
             const struct match_set *matches, struct err *err)
{
    const struct household_request *request = assembly->request;
    const struct model *model = request->match->model;
    const struct application_member *from = &assembly->application->members[m];
    const struct identity *identity = from->cells[model->applicant->owner].identity;
    int32_t role;

    memcpy(person->key, from->key, sizeof person->key);
    person->number = from->number;
    person->also_count = from->also_count;
    person->also = from->also;
    TRY(cells_close(assembly, &person->cells, from->cells, &matches->members[c][m], err));
    role = assembly->person_fields.role;
    if (role >= 0 && person->cells[role].state != CELL_VALUE) /* a blank role is a member's */
        person->cells[role] =
            (struct cell){.state = CELL_VALUE, .number = assembly->person_fields.member_code};
    if (from->number == NUMBER_VALID) {
        person->has_born = identity->has_birth;
        person->born = identity->born;
        person->has_sex = identity->has_sex;
        person->is_male = identity->is_male;
        person->is_upgraded = identity->is_upgraded;
        person->is_folded = identity->is_folded;
        person->is_old = identity->is_old;
        if (!request->is_brief)
            identity_mask(identity->key, person->masked_id);
    }
    if (model->applicant->owner_name >= 0)
        person->masked_name = person->cells[model->applicant->owner_name].text;
    person->lists = arena_alloc(assembly->arena, model->kind_count, sizeof *person->lists);
    if (person->lists == NULL)
        return arena_full(assembly->arena, err);
    TRY(rows_fill(assembly, person, &matches->members[c][m], err));
    return coverage_fill(assembly, person, &matches->members[c][m], request->match->allowed[c][m],
                         request->applicable[c][m], err);
}

static hedui_status
one_build(struct household *out, struct assembly *assembly, uint32_t c,
          const struct match_set *matches, struct err *err)
{
    const struct match_request *match = assembly->request->match;
    const struct application *application = assembly->application;
    int32_t role = assembly->person_fields.role;
    uint32_t n = 0;

    *out = (struct household){.model = match->model,
                              .case_no = application->case_no,
                              .checked_on = application->checked_on,
                              .source_count = match->source_count,
                              .sources = match->sources};
    out->persons = arena_alloc(assembly->arena, application->member_count, sizeof *out->persons);
    if (out->persons == NULL)
        return arena_full(assembly->arena, err);
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t m = 0; m < application->member_count; m++) {
            if (person_role(&assembly->person_fields, application->members[m].cells,
                            application->checked_on) !=
                (pass == 0 ? PERSON_MEMBER : PERSON_SUPPORTER))
                continue; /* who is excluded, has left or comes later is no part of this family */
            TRY(person_build(assembly, &out->persons[n], m, c, matches, err));
            if (role >= 0)
                out->persons[n].role = (uint8_t)out->persons[n].cells[role].number;
            out->person_count = ++n;
            if (pass == 0)
                out->member_count = n;
        }
    TRY(cells_close(assembly, &out->case_cells, application->members[0].cells,
                    &matches->members[c][0], err));
    if (assembly->checked_on >= 0)
        out->case_cells[assembly->checked_on] =
            (struct cell){.state = CELL_VALUE, .number = application->checked_on};
    return assembly->request->is_brief
               ? household_order_brief(out, assembly->request->things_of, assembly->arena, err)
               : household_order(out, assembly->arena, err);
}

hedui_status
household_build(struct household **out, const struct household_request *request,
                const struct match_set *matches, struct keyer *keyer, struct arena *arena,
                struct err *err)
{
    const struct match_request *match = request->match;
    struct household *households = arena_alloc(arena, match->case_count, sizeof *households);
    struct assembly assembly = {.request = request,
                                .keyer = keyer,
                                .arena = arena,
                                .entry_sources = matches->entry_sources};

    assert(request->months_back >= 0);
    person_fields_find(&assembly.person_fields, match->model->applicant);
    assembly.checked_on = kind_field(match->model->applicant, TEXT("checked_on"));
    assembly.is_fed = arena_alloc(arena, match->model->kind_count, sizeof(bool));
    assembly.months.opens =
        arena_alloc(arena, (size_t)request->months_back + 1, sizeof *assembly.months.opens);
    if (households == NULL || assembly.is_fed == NULL || assembly.months.opens == NULL)
        return arena_full(arena, err);
    for (uint32_t s = 0; s < match->source_count; s++)
        for (uint32_t k = 0; k < match->model->kind_count; k++)
            if ((request->kinds_of[s] >> k & 1) != 0)
                assembly.is_fed[k] = true;
    for (uint32_t c = 0; c < match->case_count; c++) {
        assembly.application = &match->cases[c];
        TRY(one_build(&households[c], &assembly, c, matches, err));
    }
    *out = households;
    return HEDUI_OK;
}
