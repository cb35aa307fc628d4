/* SPDX-License-Identifier: Apache-2.0 */
/* months.h: which months a delivery answers for. Private to index.
 *
 * From     the counts of rows per month that the lanes of a builder kept, the spec's words
 * To       the delivery's head; what it leaves out, to who ingests
 * Errors   none
 * Why      a covered month without a row of a person says that there was nothing: that is true of a
 *          month that was over on the as-of day and was delivered, and of no other. */
#ifndef HEDUI_INDEX_MONTHS_H
#define HEDUI_INDEX_MONTHS_H

#include "engine/index/builder.h"

/* The covered months, rising: as given, as of the mended delivery, or by default those that were
 * over on the as-of day and hold at least a tenth of the fullest month's rows. months: MONTHS_MAX;
 * answers how many. */
uint32_t months_cover(const struct builder *builder, int32_t *months);

#endif
