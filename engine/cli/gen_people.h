/* SPDX-License-Identifier: Apache-2.0 */
/* gen_people.h: synthetic residents: everything about person i follows from the seed and i.
 *
 * The area code 329901 was never assigned, so that no number belongs to anybody. */
#ifndef HEDUI_CLI_GEN_PEOPLE_H
#define HEDUI_CLI_GEN_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/buf.h"

struct dice { /* splitmix64 */
    uint64_t state;
};
uint64_t dice_next(struct dice *dice);
uint32_t dice_below(struct dice *dice, uint32_t below); /* 0 … below-1 */
struct dice dice_of(uint64_t seed, uint64_t what, uint64_t number);

struct resident {
    char id[19]; /* 18 characters, NUL */
    char name[64];
    int32_t born;
};
void resident_make(struct resident *out, uint64_t seed, uint64_t number);

#endif
