/* SPDX-License-Identifier: Apache-2.0 */
/* past.h: a folder of results as the ground of a question: its world and its batch, opened again.
 *
 * From     OUT of `hedui verify`, --data and --model where they moved
 * To       rules diff, rules affected, rules explain
 * Lives    the world in the session; the batch from past_batch_read() to past_batch_close()
 * Errors   HEDUI_E_INPUT: a file, the key or the snapshot is not the one of then */
#ifndef HEDUI_CLI_PAST_H
#define HEDUI_CLI_PAST_H

#include "engine/cli/verb.h"
#include "engine/run/batch.h"
#include "engine/run/past_run.h"

bool past_is_folder(const char *path); /* NULL: no */

HEDUI_CHECKED hedui_status past_open(struct past_run *past, struct session *session,
                                     const struct call *call, const char *dir);

struct past_batch { /* zero it to begin */
    struct application_set set;
    struct application_reader *reader;
};
/* The cases that `pack` can judge; `only`: one of them, empty: all. */
HEDUI_CHECKED hedui_status past_batch_read(struct past_batch *batch, struct session *session,
                                           const struct past_run *past, const struct pack *pack,
                                           struct text only);
void past_batch_close(struct past_batch *batch);

#endif
