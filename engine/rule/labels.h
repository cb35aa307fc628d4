/* SPDX-License-Identifier: Apache-2.0 */
/* labels.h: what the names of a pack are called, for people who never see the pack.
 *
 * From     a loaded pack: facts, parameters, sources, and the fields of the model that it reads
 * To       verdict/labels.h, which lays them beside the verdicts
 * Lives    the array in the arena given, its texts as long as the pack
 * Errors   HEDUI_E_LIMIT: the arena is full */
#ifndef HEDUI_RULE_LABELS_H
#define HEDUI_RULE_LABELS_H

#include "engine/rule/pack.h"

struct label {
    struct text name;   /* per_capita  p.standard  @bank  declared.income  vehicles  case.purpose
                           member.age  vehicle.price */
    struct text zh, en; /* either may be empty */
    const struct type *type; /* NULL: a source, or a list of rows or persons */
    struct text of;          /* of a list: the record behind its rows, "vehicle" */
};

/* Every name once, in an order that depends on the pack and the model alone. */
HEDUI_CHECKED hedui_status pack_labels(struct label **out, uint32_t *count, const struct pack *pack,
                                       struct arena *arena, struct err *err);

#endif
