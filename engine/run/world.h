/* SPDX-License-Identifier: Apache-2.0 */
/* world.h: what a run knows: model, key, snapshot. Opened once, shared by all lanes, unchanged. */
#ifndef HEDUI_RUN_WORLD_H
#define HEDUI_RUN_WORLD_H

#include "engine/index/key.h"
#include "engine/index/snapshot.h"
#include "engine/model/kind.h"

struct world {
    struct arena arena;
    struct model *model;
    struct master_key *key;
    struct snapshot *snapshot;
};

#endif
