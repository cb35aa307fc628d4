/* SPDX-License-Identifier: Apache-2.0 */
/* covered.h: which months a new delivery answers for, and what a clerk should look at.
 *
 * From     the receipt of an ingest
 * To       the terminal, or the object that --json prints
 * Errors   none
 * Why      a covered month without a row of a person means that there was nothing; so whoever hands
 *          over the data is told which months they speak of, and which not. */
#ifndef HEDUI_CLI_COVERED_H
#define HEDUI_CLI_COVERED_H

#include "engine/base/json.h"
#include "engine/run/ingest.h"

/* Lines, each ended; nothing for a kind without months. */
void covered_text(struct buf *out, const struct ingest_result *result);
/* "covers":{first,last,months}, "unfinished" and "few":{first,last,months,rows}, where there are
 * any. */
void covered_json(struct json *json, const struct ingest_result *result);

#endif
