/* SPDX-License-Identifier: Apache-2.0 */
/* read.h: files to rows. Opens (plain, gzip), decodes (UTF-8, GB18030), scans, parses, refuses.
 *
 * From     department files and a mapping
 * To       a sink: batches of accepted rows, refusals one by one; in any order, from any lane
 * Lives    for the call
 * Threads  plain files are cut at row ends and read by all lanes of the pool; a gzip stream is one
 *          lane's work, several files go side by side. A sink is called with its lane's number and
 *          keeps per-lane state.
 * Errors   a bad row is a refusal; a file that cannot be read, decoded at all or lacks a needed
 *          column is HEDUI_E_INPUT with file, what, and what to do. Nothing is half delivered: on
 *          an error the caller throws the sink's work away. */
#ifndef HEDUI_FEED_READ_H
#define HEDUI_FEED_READ_H

#include "engine/base/pool.h"
#include "engine/feed/mapping.h"
#include "engine/model/batch.h"

struct feed_sink {
    void *context;
    hedui_status (*rows)(void *context, uint32_t lane, const struct batch *batch, struct err *err);
    hedui_status (*refused)(void *context, uint32_t lane, const struct refusal *refusal,
                            struct err *err); /* may be NULL */
};

struct feed_count {   /* a reason or a skip, and how often */
    struct text what; /* "R-CODE category 小型货车", or the skip's `why` */
    uint64_t count;
};

struct feed_file { /* what one input was */
    const char *path;
    struct digest digest; /* of its bytes as delivered; made while reading */
    uint64_t bytes, physical, refused;
    bool is_gzip, is_gb18030;
    const char *refused_path; /* where its refused rows went, NULL: none were */
};

struct feed_report {
    struct balance balance; /* collapsed and conflicting stay 0 here: the builder knows */
    uint32_t file_count;
    struct feed_file *files;
    uint32_t reason_count; /* sorted by count, then text */
    struct feed_count *reasons;
    uint32_t ignored_count;
    struct feed_count *ignored;
};

struct feed_job {
    const struct mapping *mapping;
    const char *const *paths;
    uint32_t path_count;
    struct pool *pool;
    /* Refused rows go to REFUSED_DIR/NAME.refused.csv (0600; NULL: beside each input; created only
     * where a row was refused): the raw cells, then hedui_row and hedui_codes, in the file's own
     * character set. With is_dry nothing is written. */
    const char *refused_dir;
    bool is_dry;
    /* The input is a mended refused file: it has the column hedui_row, and batch->line carries
     * that row's number of the first file. */
    bool is_mended;
    void (*progress)(void *context, uint64_t bytes_done, uint64_t bytes_all); /* may be NULL */
    void *progress_context;
};

/* Texts of *out live in the arena. */
HEDUI_CHECKED hedui_status feed_read(struct feed_report *out, const struct feed_job *job,
                                     const struct feed_sink *sink, struct arena *arena,
                                     struct err *err);

#endif
