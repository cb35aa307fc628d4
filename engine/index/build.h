/* SPDX-License-Identifier: Apache-2.0 */
/* build.h: records to a delivery file.
 *
 * From     batches of accepted rows, from any lane at once
 * To       DATA/deliveries/<digest>.hdl, written under a temporary name, synced, renamed
 * Lives    builder_open() to builder_close(); at most 64 bytes a row, in buckets by pseudonym
 *          prefix, in memory or, past `memory`, in a nameless file; one feed at a time
 * Errors   HEDUI_E_LIMIT where the dictionaries alone pass `memory`; HEDUI_E_IO where writing
 * fails: then no file is left Why      sorted columns per bucket are small to write and fast to
 * probe. */
#ifndef HEDUI_INDEX_BUILD_H
#define HEDUI_INDEX_BUILD_H

#include "engine/base/pool.h"
#include "engine/index/delivery.h"
#include "engine/index/key.h"
#include "engine/index/ring.h"
#include "engine/model/batch.h"

struct delivery_spec {
    const struct model *model;
    const struct kind *kind;
    struct text source, mapping;
    int64_t mapping_version;
    struct digest mapping_digest;
    int32_t as_of;
    uint64_t dedupe;       /* bit per field; 0: all rows are kept */
    uint32_t unplaced_max; /* millionths */
    uint32_t division_count;
    const struct text *divisions;
    bool has_covers; /* else: months over on the as-of day with a tenth of the fullest's rows */
    int32_t covers_from, covers_until; /* months, both included */
    bool is_mend;
    struct digest mends;
    const struct delivery_info
        *mended;             /* is_mend: as-of, mode, months and divisions are inherited */
    const struct ring *ring; /* wraps the delivery's data key; NULL: the kind has nothing to seal */
    size_t memory;   /* bytes, for rows and dictionaries; rows past it rest on the disk meanwhile */
    bool is_last;    /* of its command: nobody will need the slabs that it leaves */
    const char *dir; /* DATA/deliveries; kept */
};

struct builder;
HEDUI_CHECKED hedui_status builder_open(struct builder **out, const struct delivery_spec *spec,
                                        const struct master_key *key, uint32_t lanes,
                                        struct err *err);
HEDUI_CHECKED hedui_status builder_rows(struct builder *builder, uint32_t lane,
                                        const struct batch *batch, struct err *err);
HEDUI_CHECKED hedui_status builder_refused(struct builder *builder, uint32_t lane,
                                           const struct refusal *refusal, struct err *err);
/* What it holds now: rows, dictionaries. Not while it is being sealed. */
size_t builder_bytes(const struct builder *builder);
/* Sorts, collapses, encodes, writes, syncs, renames into spec.dir. Fills balance->collapsed,
 * ->conflicting and corrects ->accepted. files: base names and digests of the inputs.
 * A delivery of the same digest that exists already is kept and answered. Pass no_sync only for
 * measuring. */
HEDUI_CHECKED hedui_status builder_seal(struct builder *builder, struct pool *pool,
                                        const struct text *files, const struct digest *digests,
                                        uint32_t file_count, struct balance *balance, bool no_sync,
                                        struct digest *out, struct err *err);

struct months_left { /* how many months, and rows of them; the first and the last */
    uint32_t months;
    int32_t first, last;
    uint64_t rows;
};
/* What a clerk should hear of the covered months. unfinished: not over on the as-of day; with
 * has_covers those that it covers all the same, else those that have rows and stay uncovered. few:
 * have too few rows to be covered. Zeros for a mend and for a kind without months. */
void builder_months_left(const struct builder *builder, struct months_left *unfinished,
                         struct months_left *few);
void builder_close(struct builder *builder); /* NULL welcome; wipes and removes temporary files */

#endif
