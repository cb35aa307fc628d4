/* SPDX-License-Identifier: Apache-2.0 */
/* drop.h: an old snapshot and the deliveries that no other one needs are destroyed, with a
 * protocol.
 *
 * From     `hedui snapshot drop`, under DATA/lock
 * To       DATA/protocol.jsonl: announced before anything goes, confirmed when all is gone
 * Errors   HEDUI_E_USAGE: the current one, none of this number, a reason that will not do;
 *          HEDUI_E_BUSY: somebody reads it
 * Why      old extracts of whole populations must go when their time is over, and it must be
 *          provable that they went. Gone means: no name leads to the bytes any more. They are not
 *          written over (docs/decisions/0003), but for the data keys (0012): what was sealed under
 *          them can be read by nobody, wherever copies of the deliveries lie. */
#ifndef HEDUI_INDEX_DROP_H
#define HEDUI_INDEX_DROP_H

#include "engine/index/snapshot.h"

struct drop_order {
    uint64_t snapshot;
    struct text reason; /* said in the protocol: a sentence about the data, never about a person */
    int64_t at_ms;      /* the clock of run */
    uint32_t uid;
};
struct drop_result {
    uint32_t count; /* deliveries that went with it */
    uint64_t rows, bytes;
    uint32_t unread; /* of them: damaged, their rows are not known */
    uint32_t keys;   /* of them: their data keys were destroyed, and with them what was sealed */
};

HEDUI_CHECKED hedui_status snapshot_drop(struct drop_result *out, const char *data,
                                         const struct data_lock *lock,
                                         const struct drop_order *order, const struct model *model,
                                         uint64_t key_id, struct arena *arena, struct err *err);
/* Finishes what the protocol announces and does not confirm: every run that takes the lock to
 * change something calls it first. */
HEDUI_CHECKED hedui_status drop_resume(const char *data, const struct data_lock *lock,
                                       int64_t at_ms, uint32_t uid, struct err *err);
/* How many that would be, now. */
HEDUI_CHECKED hedui_status drop_pending(uint32_t *count, const char *data, struct err *err);

#endif
