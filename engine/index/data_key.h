/* SPDX-License-Identifier: Apache-2.0 */
/* data_key.h: the secret under which one delivery's originals are sealed, wrapped by the ring.
 *
 * From     32 random bytes, drawn when a delivery with something to seal is built
 * To       sealed.h; at rest DATA/deliveries/<digest>.key beside the delivery, 0600
 * Lives    as long as the delivery, or shorter: who destroys it has destroyed the originals
 * Threads  one at a time, under DATA/lock where something is written
 * Errors   each says what to do; joins need none of this
 * Why      a key of its own for each delivery: a new ring key is a rewrap of 60 bytes, and what a
 *          snapshot's end takes away cannot be read again, whoever keeps a copy of the file. The
 *          same inputs ingested again find the key again, so that they are the same delivery. */
#ifndef HEDUI_INDEX_DATA_KEY_H
#define HEDUI_INDEX_DATA_KEY_H

#include "engine/base/arena.h"
#include "engine/base/crypt.h"
#include "engine/index/ring.h"

struct data_key {
    struct digest sealing; /* what was sealed, by a digest of what it was made from */
    uint8_t secret[AEAD_KEY_BYTES];
};
void data_key_wipe(struct data_key *key);

/* The key that some delivery in `dir` has for this sealing, or a new one. */
HEDUI_CHECKED hedui_status data_key_find(struct data_key *out, const char *dir,
                                         const struct digest *sealing, const struct ring *ring,
                                         struct err *err);
/* Durable before the call comes back, and before the delivery is named. */
HEDUI_CHECKED hedui_status data_key_publish(const struct data_key *key, const char *dir,
                                            const struct digest *delivery, const struct ring *ring,
                                            struct err *err);
HEDUI_CHECKED hedui_status data_key_open(struct data_key *out, const char *dir,
                                         const struct digest *delivery,
                                         const struct digest *sealing, const struct ring *ring,
                                         struct err *err);
/* Overwritten, synced, removed; the caller syncs `dir`. *was_there: there was one. */
HEDUI_CHECKED hedui_status data_key_destroy(const char *dir, const struct digest *delivery,
                                            bool *was_there, struct err *err);

struct data_keys {
    uint32_t count, foreign, damaged; /* foreign: wrapped by no key of the ring */
    uint32_t of[RING_MAX];            /* by number in the ring */
    uint32_t rewrapped;
};
HEDUI_CHECKED hedui_status data_keys_exist(bool *are_there, const char *dir, struct err *err);
/* What wraps what. `dir` may not be there. */
HEDUI_CHECKED hedui_status data_keys_count(struct data_keys *out, const char *dir,
                                           const struct ring *ring, struct err *err);
/* Every key that is not wrapped by the active one is. Cut short, it goes on when called again.
 * HEDUI_E_IO: a file that cannot be read now is not taken for a damaged one. */
HEDUI_CHECKED hedui_status data_keys_rewrap(struct data_keys *out, const char *dir,
                                            const struct ring *ring, struct err *err);

#endif
