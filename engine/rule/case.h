/* SPDX-License-Identifier: Apache-2.0 */
/* case.h: a household written by hand: a pack's test case, or a line of `rules eval --in`.
 *
 * From     the tree of a test's `base` (YAML or JSON), with `set` applied
 * To       judge
 * Lives    in the arena given
 * Errors   in messages, with places (JSON: without) */
#ifndef HEDUI_RULE_CASE_H
#define HEDUI_RULE_CASE_H

#include "engine/base/json.h"
#include "engine/rule/pack_in.h"

/* NULL in *out where messages were added. */
HEDUI_CHECKED hedui_status case_build(struct household **out, const struct pack *pack,
                                      const struct yaml_node *base, struct messages *messages,
                                      struct arena *arena, struct err *err);
/* A copy of `root` in which the node at "members.A.incomes.0.amount" is `value`; what is missing on
 * the way is made. NULL: the path does not fit, or arena full. */
struct yaml_node *node_with(const struct yaml_node *root, struct text path,
                            const struct yaml_node *value, struct arena *arena);
/* JSON as the tree that YAML gives. NULL: arena full. */
struct yaml_node *node_of_json(const struct json_node *json, struct arena *arena);

/* case_cells.c */
bool cell_read(struct loader *l, const struct yaml_node *node, const struct field *field,
               struct cell *out);
void cells_blank(const struct kind *kind, struct cell *cells);
bool months_read(struct text text, int32_t *from, int32_t *to); /* "2025-08..2026-07" */
/* case_coverage.c: who answered; empties what was not answered and opens its list. */
HEDUI_CHECKED hedui_status case_coverage(struct loader *l, struct household *household,
                                         const struct yaml_node *coverage, struct err *err);

#endif
