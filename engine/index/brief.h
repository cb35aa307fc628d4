/* SPDX-License-Identifier: Apache-2.0 */
/* brief.h: what a snapshot's manifest says of itself, without opening its deliveries.
 *
 * From     DATA/snapshots/NNNNNNNN.json
 * To       `hedui snapshot list`, `hedui doctor`, and the search for an id by its digest
 * Lives    in the arena given
 * Errors   a manifest that is damaged is a brief that says so: the others are still of use
 * Why      a list of snapshots must not depend on every delivery of every year being readable. */
#ifndef HEDUI_INDEX_BRIEF_H
#define HEDUI_INDEX_BRIEF_H

#include "engine/index/delivery.h"

struct brief_entry {
    struct digest delivery;
    struct text source, kind;
    int32_t as_of; /* days */
    bool is_mend;
};

struct brief {
    uint64_t id;
    int64_t written_s; /* when its file was written, seconds since 1970 UTC, as the disk says */
    bool is_damaged;   /* nothing else is known of it */
    bool is_current;
    struct digest digest; /* of the manifest; verdicts quote it */
    uint32_t count;
    struct brief_entry *entries;
};

/* All that were published, ascending by id. */
HEDUI_CHECKED hedui_status brief_list(struct brief **out, uint32_t *count, const char *data,
                                      struct arena *arena, struct err *err);
/* The snapshot that `word` names: a number, or at least 8 hex digits of its digest.
 * HEDUI_E_USAGE: none, or several. */
HEDUI_CHECKED hedui_status brief_find(uint64_t *id, struct text word, const char *data,
                                      struct arena *arena, struct err *err);

#endif
