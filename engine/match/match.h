/* SPDX-License-Identifier: Apache-2.0 */
/* match.h: members to records: which rows of which delivery are about which person.
 *
 * From     a block of applications, a snapshot, and a mask person × source that says who may be
 *          looked up where (asked by the pack, authorised, `who`)
 * To       household
 * Lives    in the block's arena
 * Errors   HEDUI_E_LIMIT (arena); HEDUI_E_FORMAT where a delivery's block is damaged: the snapshot
 *          is fenced
 * Why      the wrong person's record takes bread from a family: identity joins, names only speak
 *          against. A bit that is not set in the mask is never probed. */
#ifndef HEDUI_MATCH_MATCH_H
#define HEDUI_MATCH_MATCH_H

#include "engine/index/key.h"
#include "engine/index/snapshot.h"
#include "engine/model/application.h"

enum match_class { /* the first that applies */
                   MATCH_NAME_CONFLICT,
                   MATCH_NAME_ABSENT, /* row or application has no name */
                   MATCH_NAME_VARIANT,
                   MATCH_UPGRADED, /* number was given with 15 digits in the application */
                   MATCH_EXACT,
                   MATCH_CLASSES,
};
const char *match_class_name(enum match_class match); /* "name_conflict" … */

struct match_row {
    const struct snapshot_entry *entry;
    uint32_t entry_number; /* in the snapshot */
    uint64_t row;
    enum match_class match;
    struct cell *cells; /* of the row's kind */
};

/* What one snapshot entry (delivery) said about one member. */
struct match_answer {
    bool is_probed;
    bool is_partial; /* rows of this person were refused there and not mended, or the delivery is
                        partial for everyone */
    uint32_t row_count;
    struct match_row *rows;
};

struct match_member {
    bool has_key;
    struct key128 key; /* pseudonym */
    struct name_tag name;
    bool has_name;
    uint64_t looked_up;           /* bit s: looked up in source s, in however many deliveries */
    struct match_answer *answers; /* snapshot_count; entries of other divisions are not probed */
};

struct match_set {
    uint32_t source_count; /* as given */
    uint32_t case_count;
    struct match_member **members; /* [case][member], as in the applications */
    int32_t *entry_sources; /* [entry of the snapshot]: the pack's number of its source, -1: the
                               pack does not ask for it, or not for its kind from it */
    uint64_t probed; /* persons × sources looked up, for the counter in summary.json: a mend or a
                        second delivery of a source is no second look */
};

struct match_request {
    const struct application *cases;
    uint32_t case_count; /* ≤ VERIFY_BLOCK_MAX */
    const struct model *model;
    const struct snapshot *snapshot;
    uint32_t source_count; /* sources that the pack asks for, ≤ 64 */
    const struct text *sources;
    const uint64_t *const *allowed; /* [case][member]: bit s set: look this person up in source s */
    const uint64_t
        *kinds_of; /* [source]: bit k: kind k is wanted from source s; NULL: every kind */
    /* [kind]: the fields that are read of it, its period and names among them; NULL: all */
    const struct row_wants *wants;
};
#define VERIFY_BLOCK_MAX 1024

HEDUI_CHECKED hedui_status match_block(struct match_set *out, const struct match_request *request,
                                       struct keyer *keyer, struct arena *arena, struct err *err);

/* The request's number of this entry's source; -1: it asks for neither it nor its kind from it. */
int32_t match_entry_source(const struct match_request *request, const struct snapshot_entry *entry);

/* Does this entry answer for cases of this division? */
bool match_division(const struct snapshot_entry *entry, struct text division);

/* The class of one row of one person. `name` is the row's cell, NULL where its kind has none. */
enum match_class match_classify(const struct match_member *member, bool is_upgraded,
                                const struct cell *name);

#endif
