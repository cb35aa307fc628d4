/* SPDX-License-Identifier: Apache-2.0 */
/* ingest.h: department files to a new delivery, then a new snapshot.
 *
 * Lives    one call
 * Threads  with more than one lane the files of a part are read while the one before is published
 * Errors   refused rows are no error: the balance counts them. The parts of which told() heard are
 *          published, the one that failed is not, and those behind it left at most refused rows
 * Why      a receipt (digest and balance) is given only when everything is on the disk */
#ifndef HEDUI_RUN_INGEST_H
#define HEDUI_RUN_INGEST_H

#include "engine/feed/read.h"
#include "engine/index/build.h"
#include "engine/run/world.h"

struct ingest_part { /* becomes one delivery */
    const char *mapping;
    const char *const *files;
    uint32_t file_count;
};

struct ingest_result;

struct ingest_options {
    const char *data;
    const struct ingest_part *parts;
    uint32_t part_count;
    const char *source; /* NULL: the mapping's */
    int32_t as_of;      /* ignored with mends */
    const char *mends;  /* NULL, or the digest (at least 8 hex digits) of a delivery; of one part */
    bool has_covers;
    int32_t covers_from, covers_until;
    uint32_t division_count; /* 0: all */
    const struct text *divisions;
    const char *refused_dir; /* NULL: beside each input */
    size_t memory;           /* bytes */
    int64_t wait_ms;         /* for another ingest to end */
    bool allows_empty;       /* files without a row are meant, and say: nobody has anything */
    bool is_unsynced;        /* for measuring only */
    void (*progress)(void *context, uint64_t bytes_done, uint64_t bytes_all); /* or NULL */
    /* Of each delivery once it is published, in order; its texts live until told() returns. */
    void (*told)(void *context, const struct ingest_result *result);
    void *context; /* of both */
};

struct ingest_result {
    struct feed_report report;
    struct balance balance;
    struct digest delivery;
    struct text source, kind;
    uint64_t snapshot, bytes, owners;
    uint32_t month_count, fallen_count;
    int32_t month_first, month_last;
    struct months_left unfinished, few; /* engine/index/build.h */
    bool is_partial, has_covers;
    bool is_unchanged; /* the snapshot held this very delivery already, and is as it was */
    struct text *fallen;
};

/* arena: holds what messages quote. *is_new_ring, also of a failure: the key ring was made just
 * now, tell the person to back it up. */
HEDUI_CHECKED hedui_status ingest(const struct ingest_options *options, const struct world *world,
                                  struct pool *pool, bool *is_new_ring, struct messages *messages,
                                  struct arena *arena, struct err *err);

#endif
