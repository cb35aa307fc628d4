/* SPDX-License-Identifier: Apache-2.0 */
/* replay_reports.h: reports of a past run, each held against its digest of then and against now.
 *
 * From     reports/SHA256SUMS of then and of now, and the files of then
 * To       run/replay.c: how many were compared, and those that are not equal
 * Errors   HEDUI_E_IO, HEDUI_E_MEMORY; a report that differs, was changed or is gone is an answer
 * Why      run.json vouches for SHA256SUMS alone. Without this a page that somebody edited, which
 *          is what people hold in their hands, would pass as replayed. */
#ifndef HEDUI_RUN_REPLAY_REPORTS_H
#define HEDUI_RUN_REPLAY_REPORTS_H

#include "engine/run/replay.h"

#define REPLAY_REPORTS_SHOWN 20u /* that many are listed; all are counted */

/* Counts into *out and appends up to REPLAY_REPORTS_SHOWN files, for which it has room. `dir` is
 * the folder of then, `scratch` that of now. */
HEDUI_CHECKED hedui_status replay_reports(struct replay_result *out, struct text dir,
                                          struct text scratch, struct arena *arena,
                                          struct err *err);

#endif
