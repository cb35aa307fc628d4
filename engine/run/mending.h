/* SPDX-License-Identifier: Apache-2.0 */
/* mending.h: which rows a mended file may bring back: those that the delivery it mends refused,
 * each once, and each for the person whose row it was.
 *
 * From     the current snapshot: the refused rows of the delivery that --mends leads to, and what
 *          earlier mends of it brought
 * To       run/intake.h, which asks for each accepted row
 * Lives    for one ingest; the snapshot must stay open
 * Threads  mending_check() from any lane
 * Errors   HEDUI_E_INPUT: a row that was never refused there, that came back already, or that is
 * another person's now; nothing is published then Why      a row that comes back twice is an income
 * that counts twice, and one given to another person closes the first one's gap with nothing in it.
 */
#ifndef HEDUI_RUN_MENDING_H
#define HEDUI_RUN_MENDING_H

#include "engine/feed/read.h"
#include "engine/index/key.h"
#include "engine/index/snapshot.h"

struct mending;
HEDUI_CHECKED hedui_status mending_open(struct mending **out, const struct snapshot *snapshot,
                                        const struct delivery_info *mended,
                                        const struct master_key *key, uint32_t lanes,
                                        struct err *err);
/* batch: with the file numbers of the mended delivery. path: of the mended file, for messages. */
HEDUI_CHECKED hedui_status mending_check(struct mending *mending, uint32_t lane,
                                         const struct batch *batch, const char *path,
                                         struct err *err);
void mending_close(struct mending *mending); /* NULL welcome */

#endif
