/* SPDX-License-Identifier: Apache-2.0 */
/* table_axis.h: one column of a decision table, cut into segments on which every cell answers
 * alike.
 *
 * From     table_check.c, for a day on which all parameters of the table are in force
 * Lives    in the arena given
 * Why      a table over amounts and days has no end of cases; with one sample for each segment it
 *          has as many as it has constants, and the proof is a walk over those. */
#ifndef HEDUI_RULE_TABLE_AXIS_H
#define HEDUI_RULE_TABLE_AXIS_H

#include "engine/rule/table.h"

struct cutting {
    const struct pack *pack;
    const struct table *table;
    int32_t day; /* parameters are read as of it */
};
struct axis {
    uint32_t count;
    struct value *samples; /* one a segment, in order */
};

/* The value in force; NULL: none yet, or abolished. */
const struct param_value *param_on(const struct param *param, int32_t day);
bool cell_holds(const struct cutting *c, const struct table_column *column,
                const struct table_cell *cell, const struct value *sample);
/* false: arena full. */
bool axis_build(struct axis *axis, const struct cutting *c, uint32_t number, struct arena *arena);

#endif
