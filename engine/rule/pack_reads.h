/* SPDX-License-Identifier: Apache-2.0 */
/* pack_reads.h: what an expression of a pack reads, directly and through figures.
 *
 * Lives    marks are the caller's
 * Why      whoever asks what a change of a parameter can reach asks it of the tree, not of a text.
 */
#ifndef HEDUI_RULE_PACK_READS_H
#define HEDUI_RULE_PACK_READS_H

#include "engine/rule/pack_change.h"

struct reads {       /* of one pack; zeroed to begin, marks are only ever added */
    uint8_t *params; /* per parameter */
    uint8_t *facts;  /* per fact */
    uint64_t kinds;  /* bit per kind of the model */
    bool has_sex;    /* of a person */
};
HEDUI_CHECKED hedui_status reads_init(struct reads *out, const struct pack *pack,
                                      struct arena *arena, struct err *err);
void reads_add(struct reads *reads, const struct pack *pack, const struct expr *expr);
void reads_fact(struct reads *reads, const struct pack *pack, uint32_t number);
void reads_slot(struct reads *reads, const struct pack *pack, uint32_t slot);
/* Everything that reaches a verdict. */
void reads_roots(struct reads *reads, const struct pack *pack);

/* For pack_change.c: fills out->rules. */
HEDUI_CHECKED hedui_status changes_reach(struct changes *out, const struct pack *old,
                                         const struct pack *new, struct arena *arena,
                                         struct err *err);

#endif
