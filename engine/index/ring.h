/* SPDX-License-Identifier: Apache-2.0 */
/* ring.h: the keys that wrap the data keys of deliveries. One is active, the others open what was
 * wrapped before.
 *
 * From     a file beside the key, 0600 (docs/FORMATS.md), or a credential of the service manager
 * To       data_key.h, which wraps with the active one and unwraps with any
 * Lives    ring_open() to ring_close(), which wipes
 * Threads  one at a time
 * Errors   HEDUI_E_USAGE where there is no such file, or others may read it; HEDUI_E_FORMAT
 * Why      what people must be able to change and to destroy (this) is apart from what must never
 *          change (the key of the pseudonyms): rotation is a new ring and a rewrap of small files,
 *          and who only joins needs no ring at all. */
#ifndef HEDUI_INDEX_RING_H
#define HEDUI_INDEX_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/aead.h"

#define RING_MAX 64 /* keys */

struct ring_entry {
    uint64_t id; /* tells keys apart, reveals nothing */
    bool is_active;
    int32_t made; /* day */
};

struct ring;
HEDUI_CHECKED hedui_status ring_open(struct ring **out, const char *path, struct err *err);
void ring_close(struct ring *ring); /* NULL welcome */
uint32_t ring_count(const struct ring *ring);
struct ring_entry ring_entry(const struct ring *ring, uint32_t i); /* newest first: 0 is active */
/* To wrap and unwrap with; NULL: no such key. */
struct aead *ring_cipher(const struct ring *ring, uint64_t id);

/* A file with one new key. HEDUI_E_USAGE: there is one already. `today`: a day. */
HEDUI_CHECKED hedui_status ring_make(const char *path, int32_t today, struct err *err);
/* A new active key, on the disk before the call comes back; the others become old. */
HEDUI_CHECKED hedui_status ring_rotate(struct ring *ring, int32_t today, struct err *err);
/* All but the active one go. */
HEDUI_CHECKED hedui_status ring_retire(struct ring *ring, struct err *err);

#endif
