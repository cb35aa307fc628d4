/* SPDX-License-Identifier: Apache-2.0 */
/* overwrite.h: may a run put its results into this folder?
 *
 * From     the folder of --out, and what the run is computed from
 * To       batch.h, before it writes anything
 * Errors   HEDUI_E_USAGE: the folder holds the results of another run
 * Why      results are kept for years and quoted; a slip in --out must not replace June by July.
 * The same run again gives the same bytes, and what a run that died left vouches for nothing: both
 * may be written over. */
#ifndef HEDUI_RUN_OVERWRITE_H
#define HEDUI_RUN_OVERWRITE_H

#include "engine/run/receipt.h"

/* Of `receipt`: options, world, pack, mapping and input. */
HEDUI_CHECKED hedui_status overwrite_check(const struct receipt *receipt, struct arena *arena,
                                           struct err *err);

#endif
