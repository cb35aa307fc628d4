/* SPDX-License-Identifier: Apache-2.0 */
/* crypt.h: the one door to OpenSSL: digests, and AES-256 in batches.
 *
 * struct digest is the caller's storage. struct cipher lives from cipher_open() to cipher_close()
 * and belongs to one thread at a time: each lane opens its own. */
#ifndef HEDUI_BASE_CRYPT_H
#define HEDUI_BASE_CRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/err.h"
#include "engine/base/text.h"

#define DIGEST_BYTES 32
struct digest {
    uint8_t bytes[DIGEST_BYTES]; /* SHA-256 */
};

struct digest digest_of(const void *bytes, size_t len);
/* Of two texts of one length, faster than one after the other (sha_pair.c). */
void digest_pair(struct digest out[2], const void *first, const void *second, size_t len);
/* Several parts as one message. */
struct digester;
HEDUI_CHECKED hedui_status digester_open(struct digester **out, struct err *err);
void digester_add(struct digester *digester, const void *bytes, size_t len);
struct digest digester_finish(struct digester *digester); /* and reset */
void digester_close(struct digester *digester);
void digest_hex(const struct digest *digest, char out[2 * DIGEST_BYTES + 1]);
bool digest_read(struct digest *out, struct text hex); /* 64 lower hex digits, nothing else */

struct cipher; /* AES-256 on single 16-byte blocks (ECB without padding): a keyed permutation */
HEDUI_CHECKED hedui_status cipher_open(struct cipher **out, const uint8_t key[32], struct err *err);
void cipher_close(struct cipher *cipher); /* wipes; NULL welcome */
/* blocks × 16 bytes, in place allowed. Give hundreds of blocks at once. */
void cipher_blocks(struct cipher *cipher, const uint8_t *in, uint8_t *out, size_t blocks);
/* CBC-MAC with the length in the first block, cut to 16 bytes: for texts, up to 64 KiB. One text.
 */
void cipher_mac(struct cipher *cipher, const void *bytes, size_t len, uint8_t out[16]);
/* The same for many texts, block by block in step: several times faster for columns of names.
 * out: count × 16 bytes. */
void cipher_macs(struct cipher *cipher, const struct text *texts, size_t count, uint8_t *out);

/* Whether OpenSSL could set itself up. Asked before anything is fetched from it: a library that
 * found no memory for its locks is walked into where they are NULL. */
bool crypt_is_ready(void);
const char *crypt_library(void); /* "OpenSSL 3.0.17 1 Jul 2025": what runs, not what was compiled */

#endif
