/* SPDX-License-Identifier: Apache-2.0 */
/* replay.h: a batch computed again, and its results held against those of then.
 *
 * From     a past run whose inputs were checked, a world, the pack
 * To       the command line: equal, or the first place that differs in each file
 * Lives    for the call; what is computed goes to a folder 0700 of its own, which is removed
 * Errors   to differ is an answer. HEDUI_E_USAGE: no such case. A file of then that is missing:
 *          HEDUI_E_INPUT
 * Why      the way is batch_verify(), the one road: a replay by another one would prove nothing. */
#ifndef HEDUI_RUN_REPLAY_H
#define HEDUI_RUN_REPLAY_H

#include "engine/run/batch.h"
#include "engine/run/difference.h"
#include "engine/run/past_run.h"

struct replay_file {
    struct text name;
    struct difference difference;
    bool is_touched; /* the file of then has no longer the digest that run.json gives */
};

struct replay_result {
    bool is_equal; /* every file is, and none was touched */
    uint64_t cases;
    uint64_t reports, reports_different; /* of --reports; the first of these are among the files */
    uint32_t file_count;
    struct replay_file *files;
    struct text verdict; /* only_case: its line of now; empty: it went back */
};

struct replay_options {
    struct text only_case; /* empty: all; else its verdict, provenance, refusals, no report */
    void (*progress)(void *context, uint64_t cases_done, uint64_t cases_all);
    void *progress_context;
};

/* The run's options, its batch and mapping are taken from `past`. */
HEDUI_CHECKED hedui_status replay(struct replay_result *out, const struct past_run *past,
                                  const struct replay_options *options, const struct world *world,
                                  const struct pack *pack, struct pool *pool,
                                  struct messages *messages, struct arena *arena, struct err *err);

#endif
