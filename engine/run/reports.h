/* SPDX-License-Identifier: Apache-2.0 */
/* reports.h: OUT/reports: a page a household, the pages that lead to them, and SHA256SUMS.
 *
 * From     verify_block(), which makes each report in the walk that makes its verdict
 * Lives    reports_open() to reports_close()
 * Threads  each lane takes turns of its own; the rest is for one thread
 * Errors   HEDUI_E_IO, HEDUI_E_MEMORY
 * Why      each file appears whole; all are on the disk before SHA256SUMS names them, and that
 *          before run.json vouches for it. Files of people's own in the folder are left alone. */
#ifndef HEDUI_RUN_REPORTS_H
#define HEDUI_RUN_REPORTS_H

#include "engine/model/application.h"
#include "engine/run/summary.h"
#include "engine/run/verify.h"
#include "engine/verdict/overview.h"

#define REPORTS_SUMS "reports/SHA256SUMS" /* under OUT; its name in run.json */

/* Reports of an earlier run must not stand beside new verdicts. */
HEDUI_CHECKED hedui_status reports_retract(const char *dir, struct err *err);

struct reports;
HEDUI_CHECKED hedui_status reports_open(struct reports **out, const char *dir, struct text run,
                                        uint32_t cases, uint32_t lanes, struct err *err);
void reports_close(struct reports *reports); /* NULL welcome; what was not published goes */

struct reports_turn { /* a block whose reports come one after the other, in one lane */
    struct verify_reporter reporter;
    struct reports *reports;
    uint32_t lane, next; /* next: number in the batch of the case to come */
};
/* What verify_block() is given for the block that begins with case `first`; NULL for NULL. */
struct verify_reporter *reports_turn(struct reports_turn *turn, struct reports *reports,
                                     uint32_t lane, uint32_t first);

/* The rest: pages of the overview, one sync for all, SHA256SUMS. `overview` lacks the run
 * and the cases, which are filled in and ranked here. */
HEDUI_CHECKED hedui_status reports_publish(struct reports *reports, struct overview *overview,
                                           struct digest *sums, struct err *err);

#endif
