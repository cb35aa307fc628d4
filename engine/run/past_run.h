/* SPDX-License-Identifier: Apache-2.0 */
/* past_run.h: a run.json read again: what a batch was computed from.
 *
 * From     OUT/run.json, written by receipt.h
 * To       replay.h
 * Lives    in the arena given
 * Errors   HEDUI_E_FORMAT: not ours, cut, of another version; an input that is missing or has other
 *          bytes: HEDUI_E_INPUT, and the sentence names it
 * Why      an answer may be questioned in three years: computing it again from anything else than
 *          the very same bytes would prove nothing. */
#ifndef HEDUI_RUN_PAST_RUN_H
#define HEDUI_RUN_PAST_RUN_H

#include "engine/model/application.h"
#include "engine/rule/epochs.h"
#include "engine/run/world.h"

struct past_file {
    struct text name; /* inside its folder; else empty */
    struct digest digest;
};

struct past_parent { /* a pack that the pack stood on */
    struct text name;
    uint32_t file_count;
    struct past_file *files;
};
struct past_epoch { /* a span of days and what was in force in it */
    int32_t from;   /* INT32_MIN: always */
    struct digest hash;
};

struct past_run {
    struct text dir, engine, pack_name;
    struct digest pack_hash;
    uint32_t parent_count, epoch_count;         /* epoch_count 0: written before there were any */
    struct past_parent *parents;                /* the root first */
    struct past_epoch *epochs;                  /* by day */
    const char *batch, *mapping, *model, *pack; /* from the root */
    struct text programmes;   /* that were asked for besides each case's own; empty: none */
    const char *data, *table; /* table: packs.yaml, where the pack was one of several; or NULL */
    struct digest table_digest;
    struct digest batch_digest, mapping_digest, model_digest;
    uint32_t pack_file_count;
    struct past_file *pack_files;
    uint64_t snapshot;
    struct digest snapshot_digest;
    struct text key_id;
    struct application_defaults defaults;
    uint32_t output_count;
    struct past_file *outputs;
};

HEDUI_CHECKED hedui_status past_run_read(struct past_run *out, const char *dir, struct arena *arena,
                                         struct err *err);
/* The batch, the mapping, the vocabulary and every file of the pack are there, with the bytes of
 * then, and the pack has no file more. Before anything is computed. */
HEDUI_CHECKED hedui_status past_run_check_files(const struct past_run *past, struct err *err);
/* All of these but the pack, for whoever looks at the batch by another. */
HEDUI_CHECKED hedui_status past_run_check_batch(const struct past_run *past, struct err *err);
/* The packs that the pack stands on have the files of then, byte for byte. */
HEDUI_CHECKED hedui_status past_run_check_parents(const struct past_run *past,
                                                  const struct pack *pack, struct err *err);
/* The same of the key, the snapshot, and every byte of its deliveries. */
HEDUI_CHECKED hedui_status past_run_check_world(const struct past_run *past,
                                                const struct world *world, struct err *err);

#endif
