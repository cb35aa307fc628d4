/* SPDX-License-Identifier: Apache-2.0 */
/* body.h: the body of a delivery file on its way to the disk, a wave of bytes at a time.
 *
 * From     sealing, which lays sections one behind the other
 * To       the file; the checksums of its units, for the head
 * Lives    body_open() to body_close()
 * Threads  one caller; body_flush() spreads hashing and writing over the pool
 * Errors   HEDUI_E_IO, HEDUI_E_MEMORY; the file is the caller's to remove
 * Why      what is held in memory is one wave, whatever the size of the delivery. */
#ifndef HEDUI_INDEX_BODY_H
#define HEDUI_INDEX_BODY_H

#include "engine/base/pool.h"
#include "engine/index/format.h"

struct body {
    const char *path;
    int fd;
    uint8_t *wave;
    size_t fill, room;
    uint64_t flushed; /* bytes of the body before the wave: whole units */
    struct unit_entry *units;
    uint32_t unit_count, unit_room;
};

/* path: kept; must not exist. */
HEDUI_CHECKED hedui_status body_open(struct body *body, const char *path, struct err *err);
void body_close(struct body *body);                  /* zeroed and closed welcome */
uint64_t body_place(const struct body *body);        /* in the file: of the next byte */
uint8_t *body_add(struct body *body, size_t bytes);  /* room for so many; NULL: no memory */
bool body_align(struct body *body, size_t multiple); /* zeros; false: no memory */
HEDUI_CHECKED hedui_status body_put(struct body *body, struct pool *pool, const void *from,
                                    size_t bytes, struct err *err);
/* Writes the whole units of the wave; is_last: all of it. Places in the wave are void then. */
HEDUI_CHECKED hedui_status body_flush(struct body *body, struct pool *pool, bool is_last,
                                      struct err *err);
/* `bytes` at a place outside the body: the first page, or the head. */
HEDUI_CHECKED hedui_status body_write_at(const struct body *body, const void *from, size_t bytes,
                                         uint64_t at, struct err *err);

#endif
