/* SPDX-License-Identifier: Apache-2.0 */
/* aead.c: AES-256-GCM through EVP; HMAC from the functions below EVP, which allocate nothing and
 * therefore cannot fail. Both contexts of a key are made once: making one costs more than a block.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "engine/base/aead.h"

#include <assert.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/sha.h>

#include "engine/base/buf.h"
#include "engine/base/crypt.h"

#define HMAC_BLOCK 64
#define BYTES_MAX ((size_t)1 << 30) /* EVP counts in an int */

struct aead {
    EVP_CIPHER_CTX *sealing, *unsealing;
    SHA256_CTX inner, outer; /* of the HMAC, behind their first block */
};

/* Two keys, one behind the other. */
static bool
keys_derive(uint8_t out[2 * AEAD_KEY_BYTES], const uint8_t key[AEAD_KEY_BYTES], const char *label)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *ctx = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)(uintptr_t) "SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)key,
                                          AEAD_KEY_BYTES),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)(uintptr_t)label,
                                          strlen(label)),
        OSSL_PARAM_construct_end(),
    };
    bool is_good = ctx != NULL && EVP_KDF_derive(ctx, out, 2 * AEAD_KEY_BYTES, params) == 1;

    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    return is_good;
}

static void
hmac_begin(struct aead *aead, const uint8_t key[AEAD_KEY_BYTES])
{
    uint8_t block[HMAC_BLOCK] = {0};

    memcpy(block, key, AEAD_KEY_BYTES);
    for (size_t i = 0; i < HMAC_BLOCK; i++)
        block[i] ^= 0x36;
    SHA256_Init(&aead->inner);
    SHA256_Update(&aead->inner, block, HMAC_BLOCK);
    for (size_t i = 0; i < HMAC_BLOCK; i++)
        block[i] ^= 0x36 ^ 0x5c;
    SHA256_Init(&aead->outer);
    SHA256_Update(&aead->outer, block, HMAC_BLOCK);
    mem_wipe(block, sizeof block);
}

static EVP_CIPHER_CTX *
context_new(EVP_CIPHER *gcm, const uint8_t key[AEAD_KEY_BYTES], bool is_sealing)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

    if (ctx != NULL && EVP_CipherInit_ex2(ctx, gcm, key, NULL, is_sealing, NULL) != 1) {
        EVP_CIPHER_CTX_free(ctx);
        return NULL;
    }
    return ctx;
}

hedui_status
aead_open(struct aead **out, const uint8_t key[AEAD_KEY_BYTES], const char *label, struct err *err)
{
    struct aead *aead = mem_resize(NULL, 1, sizeof *aead);
    EVP_CIPHER *gcm = crypt_is_ready() ? EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL) : NULL;
    uint8_t keys[2 * AEAD_KEY_BYTES] = {0};
    bool is_good = aead != NULL && gcm != NULL && keys_derive(keys, key, label);

    if (aead != NULL)
        *aead = (struct aead){0};
    if (is_good) {
        aead->sealing = context_new(gcm, keys, true);
        aead->unsealing = context_new(gcm, keys, false);
        hmac_begin(aead, keys + AEAD_KEY_BYTES);
        is_good = aead->sealing != NULL && aead->unsealing != NULL;
    }
    mem_wipe(keys, sizeof keys);
    EVP_CIPHER_free(gcm);
    if (!is_good) {
        aead_close(aead);
        return err_set(err, HEDUI_E_MEMORY, "内存不足，无法建立密封器\nno memory left for sealing");
    }
    *out = aead;
    return HEDUI_OK;
}

void
aead_close(struct aead *aead)
{
    if (aead == NULL)
        return;
    EVP_CIPHER_CTX_free(aead->sealing); /* clears the key */
    EVP_CIPHER_CTX_free(aead->unsealing);
    mem_wipe(aead, sizeof *aead);
    mem_free(aead);
}

/* HMAC of: length of the context (8 bytes, little-endian), context, bytes; cut to a nonce. */
static void
nonce_make(const struct aead *aead, const void *ad, size_t ad_len, const void *bytes, size_t n,
           uint8_t out[AEAD_NONCE_BYTES])
{
    SHA256_CTX ctx = aead->inner;
    uint8_t digest[SHA256_DIGEST_LENGTH], length[8];

    for (size_t i = 0; i < sizeof length; i++)
        length[i] = (uint8_t)((uint64_t)ad_len >> (8 * i));
    SHA256_Update(&ctx, length, sizeof length);
    SHA256_Update(&ctx, ad, ad_len);
    SHA256_Update(&ctx, bytes, n);
    SHA256_Final(digest, &ctx);
    ctx = aead->outer;
    SHA256_Update(&ctx, digest, sizeof digest);
    SHA256_Final(digest, &ctx);
    memcpy(out, digest, AEAD_NONCE_BYTES);
    mem_wipe(&ctx, sizeof ctx); /* the end of the bytes */
}

void
aead_seal(struct aead *aead, const void *ad, size_t ad_len, const void *bytes, size_t n,
          uint8_t *out)
{
    uint8_t *cipher = out + AEAD_NONCE_BYTES;
    int len = 0, done;

    assert(n < BYTES_MAX && ad_len < BYTES_MAX);
    nonce_make(aead, ad, ad_len, n == 0 ? "" : bytes, n, out);
    done = EVP_EncryptInit_ex2(aead->sealing, NULL, NULL, out, NULL) == 1 &&
           EVP_EncryptUpdate(aead->sealing, NULL, &len, ad, (int)ad_len) == 1 &&
           EVP_EncryptUpdate(aead->sealing, cipher, &len, n == 0 ? out : bytes, (int)n) == 1 &&
           EVP_EncryptFinal_ex(aead->sealing, cipher + n, &len) == 1 &&
           EVP_CIPHER_CTX_ctrl(aead->sealing, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG_BYTES, cipher + n);
    assert(done == 1); /* nothing in there allocates, and the lengths are ours */
}

bool
aead_unseal(struct aead *aead, const void *ad, size_t ad_len, const uint8_t *sealed, size_t n,
            void *out)
{
    const uint8_t *cipher = sealed + AEAD_NONCE_BYTES;
    uint8_t tag[AEAD_TAG_BYTES], rest[AEAD_TAG_BYTES];
    size_t bytes = n - AEAD_EXTRA;
    int len = 0;

    if (n < AEAD_EXTRA || bytes >= BYTES_MAX)
        return false;
    memcpy(tag, cipher + bytes, sizeof tag);
    if (EVP_DecryptInit_ex2(aead->unsealing, NULL, NULL, sealed, NULL) == 1 &&
        EVP_DecryptUpdate(aead->unsealing, NULL, &len, ad, (int)ad_len) == 1 &&
        (bytes == 0 || EVP_DecryptUpdate(aead->unsealing, out, &len, cipher, (int)bytes) == 1) &&
        EVP_CIPHER_CTX_ctrl(aead->unsealing, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag) == 1 &&
        EVP_DecryptFinal_ex(aead->unsealing, rest, &len) == 1)
        return true;
    if (bytes > 0)
        mem_wipe(out, bytes);
    return false;
}
