/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot.h: a named set of deliveries: what was known at one moment.
 *
 * From     DATA/snapshots/NNNNNNNN.json; DATA/current names the newest
 * To       match; `hedui snapshot`
 * Lives    snapshot_open() to snapshot_close(); closing closes its deliveries
 * Threads  open snapshots are read by any number; publishing takes DATA/lock
 * Errors   a damaged or missing delivery fences the whole snapshot: HEDUI_E_FORMAT, never "none"
 * Why      a reader sees the old set or the new one, never a mixture. */
#ifndef HEDUI_INDEX_SNAPSHOT_H
#define HEDUI_INDEX_SNAPSHOT_H

#include "engine/index/delivery.h"

struct snapshot;

struct snapshot_entry { /* one delivery in the snapshot, and which part of it counts */
    const struct delivery *delivery;
    bool is_all_months;      /* kinds without a period */
    uint32_t month_count;    /* months of it that no newer delivery supersedes, ascending */
    const int32_t *months;   /* rows of other months are not seen */
    uint32_t division_count; /* divisions it still answers for; 0: all */
    const struct text *divisions;
    uint32_t minus_count; /* prefixes inside `divisions` that newer deliveries took over */
    const struct text *minus;
};

/* id 0: the current one. An empty data directory gives a snapshot of no deliveries, id 0. */
HEDUI_CHECKED hedui_status snapshot_open(struct snapshot **out, const char *data, uint64_t id,
                                         const struct model *model, uint64_t key_id,
                                         struct err *err);
void snapshot_close(struct snapshot *snapshot);
uint64_t snapshot_id(const struct snapshot *snapshot);
const struct digest *snapshot_digest(const struct snapshot *snapshot); /* of its manifest */
uint32_t snapshot_count(const struct snapshot *snapshot);
const struct snapshot_entry *snapshot_entry(const struct snapshot *snapshot, uint32_t i);
HEDUI_CHECKED hedui_status snapshot_verify(const struct snapshot *snapshot, struct err *err);
/* delivery_sound() of all: asked after a block of cases was answered and before the answers leave.
 */
HEDUI_CHECKED hedui_status snapshot_sound(const struct snapshot *snapshot, struct err *err);
/* All ids, ascending. */
HEDUI_CHECKED hedui_status snapshot_list(uint64_t **ids, uint32_t *count, const char *data,
                                         struct arena *arena, struct err *err);

/* Holds DATA/lock; waits up to wait_ms, then HEDUI_E_BUSY. Removes stray temporary files. */
struct data_lock;
HEDUI_CHECKED hedui_status data_lock_take(struct data_lock **out, const char *data, int64_t wait_ms,
                                          struct err *err);
void data_lock_drop(struct data_lock *lock);

/* The new delivery joins the current snapshot's; superseded parts fall away, as design.md §3 says
 * (complete supersedes older of the same source and kind in its divisions; kinds with a period, in
 * its months). `fallen`: one sentence per thing that falls away, for ingest to print (zh, en). */
HEDUI_CHECKED hedui_status snapshot_publish(uint64_t *id, const char *data,
                                            const struct data_lock *lock,
                                            const struct digest *delivery,
                                            const struct model *model, uint64_t key_id,
                                            struct text **fallen, uint32_t *fallen_count,
                                            struct arena *arena, struct err *err);

#endif
