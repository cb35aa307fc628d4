/* SPDX-License-Identifier: Apache-2.0 */
/* batch.h: a file of applications to a folder of verdicts.
 *
 * From     a batch file, a world, a pack
 * To       OUT/verdicts.jsonl, verdicts.csv, findings.csv, provenance.jsonl, refused.csv,
 *          summary.json, reports/ where asked for and, last, run.json, which names every input
 *          with its digest
 * Errors   a case that is held back is no error: refused.csv says why. Where the call fails, no
 *          run.json is written.
 * Why      the blocks go through verify_block, the one road; this file only cuts and joins. */
#ifndef HEDUI_RUN_BATCH_H
#define HEDUI_RUN_BATCH_H

#include "engine/feed/read.h"
#include "engine/rule/pack_table.h"
#include "engine/run/several.h"
#include "engine/run/verify.h"

struct batch_options {
    const char *batch, *mapping, *out;
    struct application_defaults defaults;
    uint32_t outputs;               /* bit per enum verify_text; 0: VERIFY_USUAL */
    bool has_reports;               /* a report per household, and pages that lead to them */
    struct text only_case;          /* nothing but this case; empty: all */
    const struct pack_table *table; /* the cases of one of its packs (run/route.h); NULL: all */
    uint32_t table_pack;
    uint64_t programmes; /* bit per code of list `programme`: asked for besides each case's own */
    const char *programmes_said; /* the same as it was said; NULL: none */
    bool overwrites;             /* results of another run in `out` may go */
    void (*progress)(void *context, uint64_t cases_done, uint64_t cases_all);
    void *progress_context;
};
struct batch_result {
    struct balance balance; /* rows of the batch file */
    uint64_t cases, held, outcomes[4], probed;
    uint32_t silent_count; /* sources of the pack that no delivery of the snapshot has */
    struct text *silent;
    struct several several; /* persons who are members of more than one of the cases */
    struct text causes;     /* the groups of `incomplete`, JSON array, as in summary.json */
};

HEDUI_CHECKED hedui_status batch_verify(struct batch_result *out,
                                        const struct batch_options *options,
                                        const struct world *world, const struct pack *pack,
                                        struct pool *pool, struct messages *messages,
                                        struct arena *arena, struct err *err);
/* Several packs over one reading and one probe of the batch: what batch_verify() gives each. */
struct batch_share {
    struct batch_options options; /* out, and what is the same for all */
    const struct pack *pack;
    struct application_set set; /* its cases */
    const uint32_t *at;         /* [set.count]: which of the batch's each is */
    struct text pays;
    struct verify_told *told;   /* [set.count], filled; NULL: not asked for */
    struct batch_result result; /* out */
};
struct batch_read { /* a batch file that was read */
    struct application_set set;
    struct application_reader *reader; /* the caller closes it */
    struct feed_report report;
    struct mapping *mapping;
    struct several several;
};
HEDUI_CHECKED hedui_status batch_shares(struct batch_share *shares, uint32_t count,
                                        const struct batch_read *read, const struct world *world,
                                        struct pool *pool, struct arena *arena, struct err *err);
/* The batch file to cases that can be verified, and those that go back. `options`: batch, mapping,
 * defaults, only_case. The reader holds what lanes brought: application_reader_close() ends the
 * set. */
HEDUI_CHECKED hedui_status batch_cases(struct application_set *set, struct several *several,
                                       struct application_reader **reader,
                                       struct feed_report *report, struct mapping **mapping,
                                       const struct batch_options *options,
                                       const struct world *world, const struct pack *pack,
                                       struct pool *pool, struct messages *messages,
                                       struct arena *arena, struct err *err);

#endif
