/* SPDX-License-Identifier: Apache-2.0 */
/* report.h: the verification report of one household, to be read, printed, signed and sealed.
 *
 * From     the same household and judgement as the verdict's line, in the same walk
 * To       OUT/reports/CASE.html
 * Lives    bytes in the caller's buffer
 * Errors   those of the buf
 * Why      the body that asked decides by what it can read: every figure with its source and day,
 *          what is not known beside what is, and no word of judgement. Persons stand masked.
 *          The paper bears the digest of its line, so that the two can be held together. */
#ifndef HEDUI_VERDICT_REPORT_H
#define HEDUI_VERDICT_REPORT_H

#include "engine/base/crypt.h"
#include "engine/verdict/verdict.h"

struct report_case {
    const struct pack *pack;
    const struct labels *labels;
    const struct household *household;
    const struct judgement *judgement;
    struct digest line; /* SHA-256 of the line of verdicts.jsonl, newline included */
    struct text run;    /* names the run, as run.json does */
};

void report_print(struct buf *out, const struct report_case *report);

/* The file of a case, "H000000001.html": bytes other than A–Z, a–z, 0–9 and - become _XX, what is
 * then longer than 120 bytes is cut and ends in __ and 16 digits of its digest. Different numbers
 * never share a name, and none is that of an overview page. */
void report_name(struct buf *out, struct text case_no);

/* Words that pages share. */
const char *report_level_zh(enum level level);         /* "异议" … */
const char *report_outcome_says(enum outcome outcome); /* a sentence */

#endif
