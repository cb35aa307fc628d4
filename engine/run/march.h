/* SPDX-License-Identifier: Apache-2.0 */
/* march.h: all cases of a batch through verify_block, and what comes out to its files, in order.
 *
 * From     a set of applications, a world, packs with the cases that each serves; files that are
 * open To       the files, and counts Lives    one march_all() Threads  lanes of the pool; each has
 * its own arena, ciphers and summary Errors   of the first block that fails, or of writing Why a
 * lane that finds the next block ready writes it while the others compute: digests and writes cost
 * as much as some blocks, and nobody waits for them. */
#ifndef HEDUI_RUN_MARCH_H
#define HEDUI_RUN_MARCH_H

#include "engine/base/pool.h"
#include "engine/run/outfile.h"
#include "engine/run/reports.h"
#include "engine/run/summary.h"
#include "engine/run/verify.h"

struct march_share { /* one pack and its cases */
    const struct application_set *set;
    const uint32_t *at; /* [set->count]: which of the march's each is; NULL: they are the same */
    const struct pack *pack;
    const struct labels *labels;
    struct reports *reports;  /* NULL: none are asked for */
    struct outfile *files;    /* VERIFY_TEXTS */
    uint32_t wanted;          /* bit per text: which of them are open */
    struct verify_told *told; /* NULL, or [set->count], filled */
    struct text pays;         /* the figure that is the amount told; empty: none */
    /* out */
    uint64_t outcomes[4], probed;
    struct summary summary; /* initialised by the caller */
};
struct march {
    const struct application_set *set; /* of all shares */
    const struct world *world;
    struct pool *pool;
    uint32_t share_count; /* > 0; one share with all cases goes by verify_block() */
    struct march_share *shares;
    void (*progress)(void *context, uint64_t cases_done, uint64_t cases_all); /* or NULL */
    void *progress_context;
};
HEDUI_CHECKED hedui_status march_all(struct march *march, struct arena *arena, struct err *err);
/* Syncs the files of a share, several at once, and gives them their names; digests[VERIFY_TEXTS].
 */
HEDUI_CHECKED hedui_status march_publish(struct march_share *share, struct pool *pool,
                                         struct digest *digests, struct err *err);

#endif
