/* SPDX-License-Identifier: Apache-2.0 */
/* vocabulary.h: the lanes' terms of one field as one sorted list, so that no number depends on who
 * saw a text first.
 *
 * From     a builder whose rows are all in
 * To       sealing: maps[lane][lane's number] is the number in the file
 * Lives    for the sealing; wiped, for raw names pass through
 * Why      names leave memory as tags and masked forms only, each made once per distinct name. */
#ifndef HEDUI_INDEX_VOCABULARY_H
#define HEDUI_INDEX_VOCABULARY_H

#include "engine/index/builder.h"

struct name_entry { /* as in the file */
    uint64_t tag;
    uint32_t check, mask; /* mask: number in the list of masked forms */
};

struct vocabulary {
    bool is_used, is_names;
    uint32_t count;
    struct text *items; /* sorted: texts, tails, or masked forms of names */
    uint32_t **maps;    /* [lane][number] */
    uint32_t entry_count;
    struct name_entry *entries; /* names: sorted; maps lead here */
    struct text *originals;     /* of the entries, as they were written, in the lanes' terms */
};

struct vocabulary_set {
    struct vocabulary fields[FIELDS_MAX];
    uint32_t lane_count;
    struct arena arena; /* masked forms */
};

void vocabulary_init(struct vocabulary_set *set);
void vocabulary_release(struct vocabulary_set *set);
HEDUI_CHECKED hedui_status vocabulary_build(struct vocabulary_set *set,
                                            const struct builder *builder, struct pool *pool,
                                            struct err *err);

/* names.c: tags, checks and masked forms of one field of names. */
HEDUI_CHECKED hedui_status vocabulary_names(struct vocabulary_set *set, uint32_t field,
                                            const struct builder *builder, struct pool *pool,
                                            struct err *err);
/* v->maps, one a lane, each with room for the lane's terms. */
HEDUI_CHECKED hedui_status vocabulary_maps_open(struct vocabulary *v, const struct builder *builder,
                                                uint32_t field, struct err *err);

#endif
