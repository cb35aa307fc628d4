/* SPDX-License-Identifier: Apache-2.0 */
/* reconcile.h: the list of those in benefit against what is known today.
 *
 * From     a list judged by route_verify(): each case by its programme's pack and by a pack that
 *          looks at those in benefit (rules/jiandu)
 * To       OUT/reconcile.csv, reconcile.jsonl, a line a case, and the counts
 * Lives    one run
 * Errors   of writing
 * Why      the system that pays must equal what is so: who still meets, who no longer, who died,
 *          whom nobody can find. Which questions are asked is the pack's; here they are counted. */
#ifndef HEDUI_RUN_RECONCILE_H
#define HEDUI_RUN_RECONCILE_H

#include "engine/run/route.h"

enum reconciled {
    AGREES,    /* the programme's pack objects to nothing, nor does the check */
    FLAGGED,   /* the check found something that a person must look at */
    ENDED,     /* the programme's pack objects: no longer met, as far as is known */
    UNDECIDED, /* something is not known, or a person must weigh it */
    RECONCILED
};
const char *reconciled_name(enum reconciled state);
const char *reconciled_zh(enum reconciled state);

struct reconcile {
    uint64_t cases, states[RECONCILED], outcomes[4]; /* outcomes: of the programmes' packs */
    const struct pack *check;
    uint64_t told[64], open[64]; /* per rule of the check: cases */
};
/* `check`: the programme of the checking pack. HEDUI_E_INPUT: the table names no such pack. */
HEDUI_CHECKED hedui_status reconcile_write(struct reconcile *out, const struct route_result *routed,
                                           int32_t check, const struct code_list *programmes,
                                           const char *dir, struct err *err);
void reconcile_json(struct json *json, const struct reconcile *reconcile, uint64_t returned);
/* Of the cases that are decided, those that agree: "97.50%"; "-" where none is. */
void reconcile_rate(struct buf *out, const struct reconcile *reconcile);

#endif
