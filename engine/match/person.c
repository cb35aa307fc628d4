/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/match/person.h"

#include <assert.h>

#include "engine/base/ban.h"

void
person_fields_find(struct person_fields *out, const struct kind *applicant)
{
    assert(applicant != NULL);
    *out = (struct person_fields){
        .role = kind_field(applicant, TEXT("role")),
        .from = kind_field(applicant, TEXT("member_from")),
        .until = kind_field(applicant, TEXT("member_until")),
        .member_code = -1,
        .supporter_code = -1,
    };
    if (out->role >= 0 && applicant->fields[out->role].codes != NULL) {
        const struct code_list *codes = applicant->fields[out->role].codes;

        out->member_code = code_find(codes, TEXT("member"));
        out->supporter_code = code_find(codes, TEXT("supporter"));
    }
}

enum person_role
person_role(const struct person_fields *fields, const struct applicant_cell *cells,
            int32_t checked_on)
{
    const struct applicant_cell *role = fields->role >= 0 ? &cells[fields->role] : NULL;
    const struct applicant_cell *from = fields->from >= 0 ? &cells[fields->from] : NULL;
    const struct applicant_cell *until = fields->until >= 0 ? &cells[fields->until] : NULL;

    if (from != NULL && from->state == CELL_VALUE && from->number > checked_on)
        return PERSON_APART;
    if (until != NULL && until->state == CELL_VALUE && until->number < checked_on)
        return PERSON_APART;
    if (role == NULL || role->state != CELL_VALUE || role->number == fields->member_code)
        return PERSON_MEMBER;
    return role->number == fields->supporter_code ? PERSON_SUPPORTER : PERSON_APART;
}
