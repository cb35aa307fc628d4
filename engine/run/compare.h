/* SPDX-License-Identifier: Apache-2.0 */
/* compare.h: a batch under two packs at once.
 *
 * From     a set of applications, a world, two packs of one vocabulary
 * To       moves (engine/rule/moves.h), and a line per changed case, in the order of the cases
 * Lives    one compare_all()
 * Threads  lanes of the pool; each counts apart
 * Errors   of the first block that fails
 * Why      the road is that of verify (verify_households, then judging); packs that ask the same
 *          sources about the same persons share one probe, which costs more than both judgements.
 */
#ifndef HEDUI_RUN_COMPARE_H
#define HEDUI_RUN_COMPARE_H

#include "engine/base/pool.h"
#include "engine/rule/moves.h"
#include "engine/run/world.h"

struct compare_job {
    const struct application_set *set;
    const struct world *world;
    const struct pack *old, *new;
    const struct changes *changes;
    struct pool *pool;
    struct buf *lines; /* NULL: nobody wants them */
    void (*progress)(void *context, uint64_t cases_done, uint64_t cases_all); /* or NULL */
    void *progress_context;
};
/* `out` is open and empty. */
HEDUI_CHECKED hedui_status compare_all(struct moves *out, const struct compare_job *job,
                                       struct arena *arena, struct err *err);

#endif
