/* SPDX-License-Identifier: Apache-2.0 */
/* person.h: who of the rows of an application belongs to the family on the check date.
 *
 * From     a row's role and its two dates
 * To       match, which looks nobody else up; household, which counts nobody else
 * Lives    the field numbers are copied out of the model once a block
 * Errors   none
 * Why      a person who is excluded, or has left, is nobody's business any more: no probe. */
#ifndef HEDUI_MATCH_PERSON_H
#define HEDUI_MATCH_PERSON_H

#include "engine/model/application.h"

enum person_role { PERSON_MEMBER, PERSON_SUPPORTER, PERSON_APART };

struct person_fields { /* numbers in kind applicant, -1: the model has no such field */
    int32_t role, from, until;
    int32_t member_code, supporter_code; /* in code list `role`, -1: not there */
};

void person_fields_find(struct person_fields *out, const struct kind *applicant);
/* PERSON_APART: excluded, not yet joined, or gone. Both dates are inclusive; a blank one is open; a
 * blank role is a member's. */
enum person_role person_role(const struct person_fields *fields, const struct applicant_cell *cells,
                             int32_t checked_on);

#endif
