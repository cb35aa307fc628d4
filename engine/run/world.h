/* SPDX-License-Identifier: Apache-2.0 */
/* world.h: what a run knows: model, key, snapshot. Opened once, shared by all lanes, unchanged.
 *
 * Lives    world_open() to world_close()
 * Errors   a wrong model file: messages; wrong key, damaged snapshot: the sentence in err
 * Why      a reload swaps one pointer; nobody sees half of a new world. */
#ifndef HEDUI_RUN_WORLD_H
#define HEDUI_RUN_WORLD_H

#include "engine/index/key.h"
#include "engine/index/snapshot.h"
#include "engine/model/kind.h"

struct world_options {
    const char *data;  /* the data directory; made if missing */
    const char *model; /* path of model.yaml */
    const char *key;   /* NULL: as secrets.h finds it */
    const char *ring;  /* the same */
    uint64_t snapshot; /* 0: the current one */
    bool must_exist;   /* a data directory that is not there is a slip, not a new one */
    bool has_snapshot; /* open one at all? ingest opens its own under the lock */
};

struct world {
    struct arena arena;
    struct model *model;
    struct master_key *key;
    struct snapshot *snapshot;     /* NULL unless has_snapshot */
    const char *model_path, *data; /* as given, for run.json */
    const char *ring_path;         /* of the key ring, which only sealing and opening need */
    bool is_new_key;               /* the key was made just now: tell the person to back it up */
};

/* messages live in their own arena; *out on success only. */
HEDUI_CHECKED hedui_status world_open(struct world **out, const struct world_options *options,
                                      struct messages *messages, struct err *err);
void world_close(struct world *world); /* NULL welcome */

#endif
