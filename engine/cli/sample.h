/* SPDX-License-Identifier: Apache-2.0 */
/* sample.h: normalised records as a person may see them, to judge a mapping by.
 *
 * Identity numbers and names are masked as in verdicts, sensitive texts to their tail: a terminal
 * is scrolled, photographed and pasted into tickets. */
#ifndef HEDUI_CLI_SAMPLE_H
#define HEDUI_CLI_SAMPLE_H

#include "engine/base/json.h"
#include "engine/model/batch.h"

/* One row of a batch: a heading with its place, a line a field. */
void sample_text(struct buf *out, const struct batch *batch, uint32_t row);
/* The same as an object: "file" (from 1), "row", "fields"; none is null, and what is unknown is
 * null and stands in "unknown". */
void sample_json(struct json *json, const struct batch *batch, uint32_t row);

#endif
