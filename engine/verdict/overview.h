/* SPDX-License-Identifier: Apache-2.0 */
/* overview.h: the pages that lead into the reports of a batch: counts, what one action would
 * settle, then every case by what matters, then those that went back.
 *
 * From     a row a case, gathered while the reports were made
 * To       OUT/reports/index.html, index-2.html … and index-refused.html …
 * Lives    bytes in the caller's buffer
 * Errors   those of the buf
 * Why      20,000 cases on one page open slowly and are read by nobody: what matters stands on the
 *          first page. */
#ifndef HEDUI_VERDICT_OVERVIEW_H
#define HEDUI_VERDICT_OVERVIEW_H

#include "engine/verdict/labels.h"
#include "engine/verdict/report.h"

#define OVERVIEW_ROWS 1000 /* cases on a page */

struct overview_case {
    struct text case_no, headline; /* headline: the first finding; empty: none */
    enum outcome outcome;
    enum level level; /* this and the next two: of the first finding */
    int32_t severity;
    int64_t share; /* margin in millionths of the limit; INT64_MAX: of nothing; -1: none */
    uint32_t finding_count, missing_count, member_count;
};
struct overview_cause { /* a group of summary.json */
    struct text name;
    uint64_t cases;
};
struct overview_refused {
    struct text case_no, why, field; /* field: its label, or empty */
    uint64_t line;                   /* of the batch file; 0: the whole case */
};
struct overview {
    const struct pack *pack;
    const struct model *model;
    const struct labels *labels;
    struct text run;
    uint64_t outcomes[4];
    uint32_t case_count, cause_count, refused_count; /* refused_count: reasons */
    uint64_t refused_cases;
    const struct overview_case *cases; /* ranked */
    const struct overview_cause *causes;
    const struct overview_refused *refused;
};

void overview_case_fill(struct overview_case *out, const struct household *household,
                        const struct judgement *judgement); /* texts are those of its arguments */
/* not_met, review with held cases first, incomplete with the fewest causes first, met; among equals
 * as findings are: by severity, then by margin as a share of the limit. */
void overview_rank(struct overview_case *cases, uint32_t count);

uint32_t overview_pages(const struct overview *overview);         /* at least 1 */
uint32_t overview_refused_pages(const struct overview *overview); /* 0: none went back */
/* Pages count from 0. */
void overview_name(struct buf *out, bool is_refused, uint32_t page); /* "index-2.html" */
void overview_print(struct buf *out, const struct overview *overview, uint32_t page);
void overview_refused_print(struct buf *out, const struct overview *overview, uint32_t page);

#endif
