/* SPDX-License-Identifier: Apache-2.0 */
/* subject.h: records of a household: persons, rows, things and open ends, read field by field. */
#ifndef HEDUI_RULE_SUBJECT_H
#define HEDUI_RULE_SUBJECT_H

#include "engine/rule/bind.h"

void subject_init(struct subject *subject, struct run *run, const struct shape *shape,
                  const struct kind *kind);
struct value things_list(struct run *run, uint32_t kind);
struct value person_list(struct run *run, uint32_t person, uint32_t kind);
/* Months up to this one are before every window of the pack; INT32_MIN: none is known to be. */
int32_t list_far_month(const struct run *run, const struct kind *kind);
bool list_is_far(const struct open_end *open, int32_t far);
/* While tracing: this field of the subject is read. */
void subject_touch(struct subject *subject, const struct part *part);
struct cause_set cause_later(struct run *run, const struct person *person, const struct kind *kind,
                             const struct open_end *open);

#endif
