/* SPDX-License-Identifier: Apache-2.0 */
/* assemble.h: one household being put together; private to the room.
 *
 * Lives    for one household_build() call, in the block's arena */
#ifndef HEDUI_HOUSEHOLD_ASSEMBLE_H
#define HEDUI_HOUSEHOLD_ASSEMBLE_H

#include "engine/household/household.h"
#include "engine/match/person.h"

/* The months that one source left open in one kind, for all who were looked up in the same
 * deliveries: members of a block mostly were. */
struct months_open {
    bool is_set;
    uint32_t source, kind, count;
    int32_t day, base;      /* of the check, and its month */
    uint64_t probed;        /* a bit an entry of the snapshot */
    struct open_end *opens; /* months_back + 1 */
};

struct assembly {
    const struct household_request *request;
    const struct application *application;
    struct keyer *keyer;
    struct arena *arena;
    const int32_t *entry_sources; /* of the match set */
    bool *is_fed;                 /* per kind: some source of the pack gives it */
    struct person_fields person_fields;
    int32_t checked_on; /* field number, -1: none */
    struct months_open months;
};

/* Coverage per source and the open ends of every list; person->lists stands already. */
HEDUI_CHECKED hedui_status coverage_fill(struct assembly *assembly, struct person *person,
                                         const struct match_member *member, uint64_t allowed,
                                         uint64_t applicable, struct err *err);
/* Identities, names and sensitive texts: their pseudonym or tag is never printed. */
bool field_is_hidden(const struct field *field);
/* By what is printed of two rows of one kind; 0: they look the same. */
int row_compare(const struct household_row *x, const struct household_row *y);
/* Lists stand by row_compare: orders those that look the same by what they share with others. */
HEDUI_CHECKED hedui_status ties_break(struct household *household, struct arena *arena,
                                      struct err *err);
/* Merges the members' rows of each kind of `kinds` (a bit each) into things. */
HEDUI_CHECKED hedui_status things_build(struct household *household, uint64_t kinds,
                                        struct arena *arena, struct err *err);

#endif
