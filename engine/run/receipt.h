/* SPDX-License-Identifier: Apache-2.0 */
/* receipt.h: summary.json (counts, grouped causes) and run.json (every input with its digest).
 *
 * run.json is written last: where it stands, the folder is whole. */
#ifndef HEDUI_RUN_RECEIPT_H
#define HEDUI_RUN_RECEIPT_H

#include "engine/run/batch.h"

#define RECORD_VERSION 1 /* of run.json; docs/FORMATS.md */

struct receipt {
    const struct batch_options *options;
    const struct world *world;
    const struct pack *pack;
    const struct batch_result *result;
    const struct application_set *set;
    const struct feed_file *input;
    const struct mapping *mapping;
    uint32_t wanted;                              /* bit per text: which were written */
    struct digest digests[VERIFY_TEXTS], refused; /* of verify_names, of refused.csv */
    struct digest reports;                        /* of reports/SHA256SUMS, where asked for */
    char run[17];                                 /* receipt_name() */
};
extern const char *const verify_names[VERIFY_TEXTS]; /* verdicts.jsonl … */

/* Names the run by what goes in: 16 digits of a digest over engine, batch, mapping, model, pack,
 * snapshot, key and options. The same again, the same name. */
void receipt_name(struct receipt *receipt);
HEDUI_CHECKED hedui_status receipt_retract(const char *dir, struct err *err);
/* Removes an older output that this run does not write; none is welcome. */
HEDUI_CHECKED hedui_status receipt_drop(const char *dir, const char *name, struct err *err);
/* "verdicts.csv,figures.csv" as bits of enum verify_text. HEDUI_E_USAGE: a name is none of them. */
HEDUI_CHECKED hedui_status receipt_outputs(uint32_t *out, const char *names, struct err *err);
HEDUI_CHECKED hedui_status receipt_write(const struct receipt *receipt, struct err *err);

#endif
