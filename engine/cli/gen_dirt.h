/* SPDX-License-Identifier: Apache-2.0 */
/* gen_dirt.h: what goes wrong with cells on their way out of an office, by kind. */
#ifndef HEDUI_CLI_GEN_DIRT_H
#define HEDUI_CLI_GEN_DIRT_H

#include "engine/cli/gen_people.h"

enum dirt {
    DIRT_NONE,
    DIRT_FULL_WIDTH, /* the first six are those that the bench's peer knows as well */
    DIRT_BLANKS,
    DIRT_LOWER_X,
    DIRT_FIFTEEN,
    DIRT_CHECK,
    DIRT_GROUPED,
    DIRT_NO_AMOUNT,
    DIRT_SEPARATOR,
    DIRT_SQL_KINDS,
    DIRT_CODE = DIRT_SQL_KINDS,
    DIRT_THIRD_DECIMAL,
    DIRT_BAD_GROUPS,
    DIRT_SCIENTIFIC,
    DIRT_NO_DAY,
    DIRT_OTHER_NAME,
    DIRT_NAME_VARIANT,
    DIRT_TWICE,
    DIRT_TOTAL_LINE,
    DIRT_KINDS,
};
const char *dirt_name(enum dirt dirt);

/* Writes the number with this dirt; others as it is. */
void dirt_id(struct buf *out, const struct resident *resident, enum dirt dirt);
void dirt_resident_name(struct buf *out, const struct resident *resident, enum dirt dirt);
void dirt_amount(struct buf *out, int64_t fen, enum dirt dirt);
void dirt_month(struct buf *out, int32_t month, enum dirt dirt);
void dirt_day(struct buf *out, int32_t day, enum dirt dirt);

#endif
