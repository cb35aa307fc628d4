/* SPDX-License-Identifier: Apache-2.0 */
/* spill.h: the rows of one lane that no longer fit the memory it was given, in a file without a
 * name, run behind run, each run by bucket.
 *
 * From     a lane of the builder whose share is full
 * To       sealing, which reads each bucket once
 * Lives    with the lane; the file is gone with its descriptor, also after a crash
 * Errors   HEDUI_E_IO: nothing of the feed is published
 * Why      rows rest here as they do in the delivery: pseudonyms, numbers of texts; so the file
 * says no more than the delivery will. */
#ifndef HEDUI_INDEX_SPILL_H
#define HEDUI_INDEX_SPILL_H

#include <stddef.h>

#include "engine/base/err.h"
#include "engine/index/bucket.h"

struct spill_run {
    uint64_t at[BUCKETS]; /* in the file */
    uint32_t rows[BUCKETS];
};

struct spill {
    int fd; /* + 1; 0: no file yet */
    uint64_t bytes;
    struct spill_run **runs;
    uint32_t run_count, run_room;
    uint8_t *out; /* what waits to be written */
    size_t fill;
};

/* A file without a name where the file system can, else one whose name goes at once, made from
 * `whose`. */
HEDUI_CHECKED hedui_status spill_file(int *out, const char *dir, const void *whose,
                                      struct err *err);
/* A new run: then for each bucket in order spill_bucket() with each part of it, then spill_end().
 */
HEDUI_CHECKED hedui_status spill_begin(struct spill *spill, const char *dir, struct err *err);
HEDUI_CHECKED hedui_status spill_bucket(struct spill *spill, uint32_t bucket, const uint8_t *rows,
                                        uint32_t count, size_t row_bytes, struct err *err);
HEDUI_CHECKED hedui_status spill_end(struct spill *spill, struct err *err);
/* A bucket's rows of all runs, one behind the other, to `to`. */
HEDUI_CHECKED hedui_status spill_read(const struct spill *spill, uint32_t bucket, size_t row_bytes,
                                      uint8_t *to, struct err *err);
void spill_close(struct spill *spill); /* zeroed and closed welcome */

#endif
