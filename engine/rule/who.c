/* SPDX-License-Identifier: Apache-2.0 */
/* who.c: whom a source is asked about, before anything is looked up. */
#include <string.h>

#include "engine/match/person.h"
#include "engine/rule/bind.h"

#include "engine/base/ban.h"

static void
cells_copy(const struct kind *kind, const struct applicant_cell *from, struct cell *to)
{
    for (uint32_t f = 0; f < kind->field_count; f++) {
        to[f].state = from[f].state;
        to[f].number = from[f].number;
        if (kind->fields[f].type == FIELD_IDENTITY)
            to[f].key = from[f].identity->key; /* equal documents stay equal; never printed */
        else
            to[f].text = from[f].text;
        if (field_is_opaque(&kind->fields[f]) && from[f].state == CELL_VALUE)
            to[f].number = opaque_tag(&kind->fields[f], from[f].text);
    }
}

#define ROLE_NONE UINT8_MAX /* of a person who is neither member nor supporter today */

/* Whose place in the household is whose in the application: members, supporters, then whoever is
 * apart today, whom nobody sees but the question about him alone. */
static void
persons_order(struct household *h, const struct application *application, uint32_t *order)
{
    struct person_fields fields;
    uint32_t n = 0;

    person_fields_find(&fields, h->model->applicant);
    for (int role = PERSON_MEMBER; role <= PERSON_APART; role++) {
        for (uint32_t i = 0; i < application->member_count; i++) {
            if ((int)person_role(&fields, application->members[i].cells, application->checked_on) !=
                role)
                continue;
            h->persons[n].role = role == PERSON_MEMBER      ? (uint8_t)fields.member_code
                                 : role == PERSON_SUPPORTER ? (uint8_t)fields.supporter_code
                                                            : ROLE_NONE;
            order[n++] = i;
        }
        if (role == PERSON_MEMBER)
            h->member_count = n;
    }
}

/* What an application says by itself, as a household without records. */
static hedui_status
household_of(struct household *h, const struct application *application, const struct model *model,
             uint32_t *order, struct arena *arena, struct err *err)
{
    const struct kind *kind = model->applicant;
    int32_t checked = kind_field(kind, TEXT("checked_on"));
    uint32_t count = application->member_count;

    memset(h, 0, sizeof *h);
    h->model = model;
    h->checked_on = application->checked_on;
    h->person_count = count;
    h->persons = arena_alloc(arena, count, sizeof *h->persons);
    h->case_cells = arena_alloc(arena, kind->field_count, sizeof *h->case_cells);
    if (h->persons == NULL || h->case_cells == NULL)
        return arena_full(arena, err);
    persons_order(h, application, order);
    if (count > 0)
        cells_copy(kind, application->members[0].cells, h->case_cells);
    if (checked >= 0) {
        h->case_cells[checked].state = CELL_VALUE;
        h->case_cells[checked].number = application->checked_on;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct application_member *member = &application->members[order[i]];
        const struct identity *identity = member->cells[kind->owner].identity;
        struct person *person = &h->persons[i];
        memcpy(person->key, member->key, sizeof person->key);
        person->number = member->number;
        person->also_count = member->also_count;
        person->cells = arena_alloc(arena, kind->field_count, sizeof *person->cells);
        if (person->cells == NULL)
            return arena_full(arena, err);
        cells_copy(kind, member->cells, person->cells);
        if (member->number == NUMBER_VALID) {
            person->has_born = identity->has_birth;
            person->born = identity->born;
            person->has_sex = identity->has_sex;
            person->is_male = identity->is_male;
        }
    }
    return HEDUI_OK;
}

hedui_status
pack_who(const struct pack *pack, const struct application *application, uint64_t *mask,
         struct arena *arena, struct err *err)
{
    uint64_t all = pack->source_count == 0 ? 0 : UINT64_MAX >> (64 - pack->source_count);
    struct household household;
    struct run run;
    uint32_t *order;
    bool is_any = false;

    for (uint32_t i = 0; i < application->member_count; i++)
        mask[i] = application->members[i].number == NUMBER_NONE ? 0 : all;
    for (uint32_t s = 0; s < pack->source_count; s++)
        is_any = is_any || pack->who[s] != NULL;
    if (!is_any)
        return HEDUI_OK;
    order = arena_alloc(arena, application->member_count, sizeof *order);
    if (order == NULL)
        return arena_full(arena, err);
    TRY(household_of(&household, application, pack->model, order, arena, err));
    TRY(run_open(&run, pack, &household, arena, err));
    for (uint32_t s = 0; s < pack->source_count; s++)
        for (uint32_t i = 0; pack->who[s] != NULL && i < application->member_count; i++) {
            struct value value = run_eval(&run, pack->who[s], &run.persons[i], NULL, NULL);
            if (value.state == VALUE_KNOWN && !value.boolean)
                mask[order[i]] &= ~((uint64_t)1 << s);
        }
    return run.is_full ? arena_full(arena, err) : HEDUI_OK;
}
