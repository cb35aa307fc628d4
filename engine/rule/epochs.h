/* SPDX-License-Identifier: Apache-2.0 */
/* epochs.h: the spans of days in which nothing of a pack changes, each resolved once, at load.
 *
 * From     a loaded pack: the days of its parameters' values and of its rules
 * To       bind.h, which takes the values of the case's epoch; run, which names epochs in run.json
 * so that a later pack can tell which days it changed Lives    in the pack Why      a case knows
 * its day when it begins: which value is in force need not be asked again for every household. */
#ifndef HEDUI_RULE_EPOCHS_H
#define HEDUI_RULE_EPOCHS_H

#include "engine/rule/pack.h"

struct param_value;
struct unconfirmed;
struct epoch {
    int32_t from, until; /* from <= day < until; INT32_MIN and INT32_MAX at the ends */
    /* Per parameter: the value in force; NULL: none, or abolished. One with an `as_of` of its own
     * is looked up by its own day. */
    const struct param_value **values;
    uint32_t unconfirmed_count; /* in force and read, by name */
    const struct unconfirmed **unconfirmed;
};

HEDUI_CHECKED hedui_status epochs_build(struct pack *pack, struct err *err);
uint32_t pack_epoch_count(const struct pack *pack);
const struct epoch *pack_epoch(const struct pack *pack, uint32_t i); /* by day, without gaps */
/* Digests of what is in force in each epoch, in `arena`: where two packs agree in it they judge
 * alike. Names and levels of the pack are left out, and what only says who may change what. */
HEDUI_CHECKED hedui_status pack_epoch_hashes(const struct pack *pack, struct digest **hashes,
                                             struct arena *arena, struct err *err);
const struct epoch *pack_epoch_of(const struct pack *pack, int32_t day);

#endif
