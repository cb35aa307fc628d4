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
#include "engine/run/conflict.h"
#include "engine/run/past_run.h"

#define ROUTE_ALL UINT32_MAX

/* Holds back what no pack serves (CASE-PACK). */
HEDUI_CHECKED hedui_status route_hold(struct application_set *set, const struct model *model,
                                      const struct pack_table *table, struct arena *arena,
                                      struct err *err);
/* Leaves of the set what options->table_pack serves; a case that asks for it besides its own
 * programme is copied, and its copy is of the pack's programme. What was held back is told by the
 * whole. */
HEDUI_CHECKED hedui_status route_pick(struct application_set *set, const struct model *model,
                                      const struct batch_options *options, struct arena *arena,
                                      struct err *err);

struct route_result {
    uint64_t held;
    uint32_t share_count;
    struct batch_share *shares; /* of the packs that have cases, in the order of the table */
    uint64_t standings[STANDINGS];
    struct conflict_cases cases; /* where has_several: every case that was judged, settled */
    bool has_several; /* some case was judged by several packs: OUT/cases.jsonl is written */
};
/* Reads the batch once and looks it up once; `packs` of the table, loaded where they have cases by
 * `load`. Writes OUT/refused.csv, OUT/PACK/… and, where cases have several programmes,
 * OUT/cases.jsonl and OUT/cases.csv. */
typedef hedui_status (*route_load)(void *context, struct pack **pack, uint32_t number,
                                   struct err *err);
HEDUI_CHECKED hedui_status route_verify(struct route_result *out,
                                        const struct batch_options *options, route_load load,
                                        void *context, const struct world *world, struct pool *pool,
                                        struct messages *messages, struct arena *arena,
                                        struct err *err);
/* "dibao,yiliao" or "all" as bits of list `programme`. HEDUI_E_USAGE: a name is none of them. */
HEDUI_CHECKED hedui_status route_programmes(uint64_t *out, const char *names,
                                            const struct model *model, struct err *err);
/* Of a run that was one of several: the table and the pack of then. */
HEDUI_CHECKED hedui_status route_past(struct batch_options *again, const struct past_run *past,
                                      const struct model *model, struct messages *messages,
                                      struct arena *arena, struct err *err);
/* "standings": {…}, where cases were judged by several packs. */
void standings_json(struct json *json, const struct route_result *result);
/* OUT/packs.json, last: which folders there are, and what they hold. */
HEDUI_CHECKED hedui_status route_write(const struct route_result *result,
                                       const struct batch_options *options, struct err *err);

#endif
