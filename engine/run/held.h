/* SPDX-License-Identifier: Apache-2.0 */
/* held.h: cases that go back to the sender, whole, with all reasons: OUT/refused.csv. */
#ifndef HEDUI_RUN_HELD_H
#define HEDUI_RUN_HELD_H

#include "engine/model/application.h"
#include "engine/rule/pack.h"
#include "engine/verdict/overview.h"

/* Moves to the held ones the cases whose programme the pack does not serve (CASE-PROGRAMME) and
 * those of which nobody is a member on the day of the check (CASE-EMPTY). */
HEDUI_CHECKED hedui_status held_programmes(struct application_set *set, const struct model *model,
                                           const struct pack *pack, struct arena *arena,
                                           struct err *err);
/* Moves to the held ones the cases that are not served, for `code`, and those without a member
 * (CASE-EMPTY). is_served: set->count of them. */
HEDUI_CHECKED hedui_status held_move(struct application_set *set, const struct model *model,
                                     const bool *is_served, const char *code, struct arena *arena,
                                     struct err *err);
/* case number, code, field, row, words (zh, en); always written, if only with its header. */
HEDUI_CHECKED hedui_status held_write(const struct application_set *set, const struct model *model,
                                      const char *dir, struct digest *digest, struct err *err);
/* The same, a row a reason, for the overview of reports; texts of set, model or static. */
HEDUI_CHECKED hedui_status held_rows(const struct overview_refused **out, uint32_t *count,
                                     const struct application_set *set, const struct model *model,
                                     struct arena *arena, struct err *err);

#endif
