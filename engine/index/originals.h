/* SPDX-License-Identifier: Apache-2.0 */
/* originals.h: names and sensitive texts of a delivery as the department wrote them.
 *
 * From     the sealed sections of an open delivery, and its data key
 * To       the handler of a case whose rows carry another name, by run/opening.h alone, which
 * writes down who looked Lives    originals_open() to originals_close(), which wipes the keys;
 * texts in the caller's arena Threads  one Errors   HEDUI_E_FORMAT: a block that does not open,
 * which fences the delivery where it is damaged Why      whoever only joins has no use for them,
 * and no key. */
#ifndef HEDUI_INDEX_ORIGINALS_H
#define HEDUI_INDEX_ORIGINALS_H

#include "engine/index/data_key.h"
#include "engine/index/delivery.h"

struct originals;
HEDUI_CHECKED hedui_status originals_open(struct originals **out, const struct delivery *delivery,
                                          const struct data_key *key, struct err *err);
void originals_close(struct originals *originals); /* NULL welcome */
/* The original of field `field` of row `row`, whose cell, with a value, delivery_row() gave. */
HEDUI_CHECKED hedui_status originals_get(struct originals *originals, uint64_t row, uint32_t field,
                                         const struct cell *cell, struct text *out,
                                         struct arena *arena, struct err *err);
/* The row that stands at this place of a file, and whose it is; false: none does. Looks through all
 * rows. */
bool originals_row(const struct delivery *delivery, struct locator place, uint64_t *row,
                   struct key128 *owner);
struct key128 originals_owner(const struct delivery *delivery, uint64_t row);

#endif
