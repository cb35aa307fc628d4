/* SPDX-License-Identifier: Apache-2.0 */
/* aead.h: bytes that only the holder of a key can read, and that nobody can change unseen.
 *
 * From     a key of 32 bytes and a label: two keys are made of them (HKDF-SHA256), so that no two
 *          purposes share any
 * To       nonce (12), AES-256-GCM of the bytes, tag (16)
 * Lives    from aead_open() to aead_close(), which wipes; one thread at a time: a lane has its own
 * Errors   only opening can fail, for want of memory; what does not unseal is answered
 * Why      the nonce is an HMAC-SHA256 of the context and the bytes. So a nonce comes back only
 *          with the very bytes and context that it came with, whatever a caller counts or forgets,
 *          and the same bytes under the same key are sealed to the same bytes. */
#ifndef HEDUI_BASE_AEAD_H
#define HEDUI_BASE_AEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/err.h"

#define AEAD_KEY_BYTES 32
#define AEAD_NONCE_BYTES 12
#define AEAD_TAG_BYTES 16
#define AEAD_EXTRA (AEAD_NONCE_BYTES + AEAD_TAG_BYTES) /* a sealed text is so much longer */

struct aead;
HEDUI_CHECKED hedui_status aead_open(struct aead **out, const uint8_t key[AEAD_KEY_BYTES],
                                     const char *label, struct err *err);
void aead_close(struct aead *aead); /* NULL welcome */
/* bytes[n] with the context ad[ad_len], which is not written but must be the same when unsealing.
 * out: n + AEAD_EXTRA bytes, apart from `bytes`. n < 2^30. */
void aead_seal(struct aead *aead, const void *ad, size_t ad_len, const void *bytes, size_t n,
               uint8_t *out);
/* sealed[n] to out, n - AEAD_EXTRA bytes, apart from `sealed`. false: not sealed so, under this key
 * and with this context; then `out` holds zeros. */
bool aead_unseal(struct aead *aead, const void *ad, size_t ad_len, const uint8_t *sealed, size_t n,
                 void *out);

#endif
