/* SPDX-License-Identifier: Apache-2.0 */
/* route.h: a batch divided among packs by a table (`verify --rules auto`).
 *
 * From     the cases of a batch, rules/packs.yaml
 * To       a batch_verify() a pack, each into OUT/PACK, as if its cases were the batch
 * Errors   a case that no pack serves is no error: it goes back, CASE-PACK, in OUT/refused.csv
 * Why      figures, columns and words are a pack's: results of two packs in one sheet would be of
 *          neither. Each folder is whole: explain, replay and affected take it as any other. */
#ifndef HEDUI_RUN_ROUTE_H
#define HEDUI_RUN_ROUTE_H

#include "engine/run/batch.h"
#include "engine/run/past_run.h"

#define ROUTE_ALL UINT32_MAX

/* Holds back what no pack serves (CASE-PACK). */
HEDUI_CHECKED hedui_status route_hold(struct application_set *set, const struct model *model,
                                      const struct pack_table *table, struct arena *arena,
                                      struct err *err);
/* Leaves of the set what one pack serves; what was held back is told by the whole. */
void route_pick(struct application_set *set, const struct model *model,
                const struct pack_table *table, uint32_t pack);

struct route_result {
    uint64_t held;
    uint64_t *cases; /* per pack of the table */
};
/* Reads the batch, counts, writes OUT/refused.csv. */
HEDUI_CHECKED hedui_status route_batch(struct route_result *out,
                                       const struct batch_options *options,
                                       const struct world *world, struct pool *pool,
                                       struct messages *messages, struct arena *arena,
                                       struct err *err);
/* Of a run that was one of several: the table and the pack of then. */
HEDUI_CHECKED hedui_status route_past(struct batch_options *again, const struct past_run *past,
                                      const struct model *model, struct messages *messages,
                                      struct arena *arena, struct err *err);
/* OUT/packs.json, last: which folders there are, and what they hold. */
HEDUI_CHECKED hedui_status route_write(const struct route_result *result,
                                       const struct batch_options *options, struct err *err);

#endif
