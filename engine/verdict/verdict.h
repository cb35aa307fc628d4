/* SPDX-License-Identifier: Apache-2.0 */
/* verdict.h: what is said of a case, in canonical bytes.
 *
 * From     household and judgement
 * To       verdicts.jsonl, verdicts.csv, findings.csv, provenance.jsonl, explain
 * Lives    the bytes in the caller's buffers
 * Why      verdicts.jsonl carries nothing that depends on arrival, keys or machines; what does
 *          stands line for line in provenance.jsonl. */
#ifndef HEDUI_VERDICT_VERDICT_H
#define HEDUI_VERDICT_VERDICT_H

#include "engine/base/json.h"
#include "engine/rule/judge.h"
#include "engine/verdict/labels.h"

/* One line each, newline included. Key order: design.md §6. */
void verdict_json(struct buf *out, const struct pack *pack, const struct household *household,
                  const struct judgement *judgement);
void verdict_csv_head(struct buf *out, const struct pack *pack); /* UTF-8 BOM, header line */
void verdict_csv(struct buf *out, const struct pack *pack, const struct household *household,
                 const struct judgement *judgement);
/* One line a finding, as ranked: docs/FORMATS.md. */
void verdict_findings_head(struct buf *out);
void verdict_findings(struct buf *out, const struct pack *pack, const struct labels *labels,
                      const struct household *household, const struct judgement *judgement);
/* figures.csv: names of columns, then a line a case. */
void verdict_figures_head(struct buf *out, const struct pack *pack);
void verdict_figures(struct buf *out, const struct household *household,
                     const struct judgement *judgement);
/* The lines of one block in provenance.jsonl. Digests are left open in the lines and filled in
 * by provenance_finish, in one batch through the cipher. */
struct provenance {
    struct buf *out;                    /* the caller's */
    struct buf content, marks;          /* what is to be digested, and where its digest goes */
    struct text shared;                 /* the members that every line holds */
    struct text *deliveries, *mappings; /* [entry of the snapshot]: members of its rows */
    const struct snapshot *snapshot;
    struct row_before { /* rows of one file mostly follow each other */
        uint32_t entry, file, block;
        size_t from, len; /* in `out`: what both lines say of their delivery; len 0: none */
    } before;
};
HEDUI_CHECKED hedui_status provenance_open(struct provenance *provenance, struct buf *out,
                                           const struct pack *pack, const struct model *model,
                                           const struct snapshot *snapshot, struct arena *arena,
                                           struct err *err);
HEDUI_CHECKED hedui_status provenance_finish(struct provenance *provenance, struct keyer *keyer,
                                             struct err *err);
void provenance_close(struct provenance *provenance); /* what was not finished is dropped */
/* Which delivery, file, line, keyed row digest and mapping version stand behind each row that a
 * finding quotes; the snapshot, the application's keyed digest, engine and model versions. */
void verdict_provenance(struct provenance *provenance, const struct household *household,
                        const struct judgement *judgement);

#endif
