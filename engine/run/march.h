/* SPDX-License-Identifier: Apache-2.0 */
/* march.h: all cases of a batch through verify_block, and what comes out to its files, in order.
 *
 * From     a set of applications, a world, a pack; files that are open
 * To       the files, and counts
 * Lives    one march_all()
 * Threads  lanes of the pool; each has its own arena, ciphers and summary
 * Errors   of the first block that fails, or of writing
 * Why      a lane that finds the next block ready writes it while the others compute: digests and
 *          writes cost as much as some blocks, and nobody waits for them. */
#ifndef HEDUI_RUN_MARCH_H
#define HEDUI_RUN_MARCH_H

#include "engine/base/pool.h"
#include "engine/run/outfile.h"
#include "engine/run/reports.h"
#include "engine/run/summary.h"
#include "engine/run/verify.h"

struct march {
    const struct application_set *set;
    const struct world *world;
    const struct pack *pack;
    const struct labels *labels;
    struct pool *pool;
    struct reports *reports; /* NULL: none are asked for */
    struct outfile *files;   /* VERIFY_TEXTS */
    uint32_t wanted;         /* bit per text: which of them are open */
    void (*progress)(void *context, uint64_t cases_done, uint64_t cases_all); /* or NULL */
    void *progress_context;
    /* out */
    uint64_t outcomes[4], probed;
    struct summary summary; /* initialised by the caller */
};
HEDUI_CHECKED hedui_status march_all(struct march *march, struct arena *arena, struct err *err);
/* Syncs the files, several at once, and gives them their names; digests[VERIFY_TEXTS]. */
HEDUI_CHECKED hedui_status march_publish(struct march *march, struct digest *digests,
                                         struct err *err);

#endif
