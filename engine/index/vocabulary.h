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

/* names.c: one field of names on its way to entries, in three steps. The first and the last are one
 * thread's work, for which a task of the pool will do; the one between spreads over the pool. */
struct entering {
    const struct builder *builder;
    uint32_t field;
    const struct text *names; /* of all lanes */
    size_t count, task_count;
    struct name_tag *tags; /* of each name, like forms and numbers */
    struct text *forms;    /* masked */
    uint64_t *numbers;     /* of the forms, among the distinct ones */
    struct buf *bufs;      /* what the forms point into; one a task */
    struct terms seen;     /* distinct forms */
};
void entering_init(struct entering *n, uint32_t field, const struct builder *builder);
void entering_release(struct entering *n); /* wiped */
HEDUI_CHECKED hedui_status entering_join(struct entering *n, struct vocabulary_set *set,
                                         struct err *err);
HEDUI_CHECKED hedui_status entering_tag(struct entering *n, struct pool *pool, struct err *err);
HEDUI_CHECKED hedui_status entering_number(struct entering *n, struct vocabulary_set *set,
                                           struct err *err);
/* v->maps, one a lane, each with room for the lane's terms. */
HEDUI_CHECKED hedui_status vocabulary_maps_open(struct vocabulary *v, const struct builder *builder,
                                                uint32_t field, struct err *err);

#endif
