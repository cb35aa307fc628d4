/* SPDX-License-Identifier: Apache-2.0 */
/* crypt.c: OpenSSL. The cipher through EVP, fetched once, for fetching costs more than a block.
 * SHA-256 through the functions below EVP, which OpenSSL calls old but which allocate nothing: a
 * digest then cannot fail, and digest_of() needs no way to say so. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "engine/base/crypt.h"

#include <assert.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "engine/base/buf.h"

#define BLOCK 16
#define LANES 256            /* texts that cipher_macs() takes in step */
#define SHORT_TEXT 64        /* bytes: for these the first block of a MAC is made once */
#define UPDATE_MAX (1 << 20) /* blocks given to EVP at once: it counts bytes in an int */

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static EVP_CIPHER *aes256;

bool
crypt_is_ready(void)
{
    return OPENSSL_init_crypto(0, NULL) == 1 && OSSL_LIB_CTX_get0_global_default() != NULL;
}

static void
algorithms_fetch(void)
{
    if (crypt_is_ready())
        aes256 = EVP_CIPHER_fetch(NULL, "AES-256-ECB", NULL);
}

/* false: no memory (every OpenSSL 3 has the cipher). */
static bool
algorithms(void)
{
    return CRYPTO_THREAD_run_once(&once, algorithms_fetch) == 1 && aes256 != NULL;
}

struct digest
digest_of(const void *bytes, size_t len)
{
    struct digest digest;
    SHA256_CTX ctx;

    SHA256_Init(&ctx);
    SHA256_Update(&ctx, len == 0 ? "" : bytes, len);
    SHA256_Final(digest.bytes, &ctx);
    mem_wipe(&ctx, sizeof ctx); /* the end of a key, or of people's data */
    return digest;
}

struct digester {
    SHA256_CTX ctx;
};

hedui_status
digester_open(struct digester **out, struct err *err)
{
    struct digester *digester = mem_resize(NULL, 1, sizeof *digester);

    if (digester == NULL)
        return err_set(err, HEDUI_E_MEMORY, "系统内存不足\nno memory left for a digest");
    SHA256_Init(&digester->ctx);
    *out = digester;
    return HEDUI_OK;
}

void
digester_add(struct digester *digester, const void *bytes, size_t len)
{
    if (len > 0)
        SHA256_Update(&digester->ctx, bytes, len);
}

struct digest
digester_finish(struct digester *digester)
{
    struct digest digest;

    SHA256_Final(digest.bytes, &digester->ctx);
    SHA256_Init(&digester->ctx);
    return digest;
}

void
digester_close(struct digester *digester)
{
    if (digester == NULL)
        return;
    mem_wipe(digester, sizeof *digester);
    mem_free(digester);
}

void
digest_hex(const struct digest *digest, char out[2 * DIGEST_BYTES + 1])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        out[2 * i] = digits[digest->bytes[i] >> 4];
        out[2 * i + 1] = digits[digest->bytes[i] & 15];
    }
    out[2 * DIGEST_BYTES] = '\0';
}

bool
digest_read(struct digest *out, struct text hex)
{
    if (hex.len != 2 * DIGEST_BYTES)
        return false;
    for (size_t i = 0; i < hex.len; i++) {
        char c = hex.at[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            return false;
        out->bytes[i / 2] = (uint8_t)(i % 2 == 0 ? digit << 4 : out->bytes[i / 2] | digit);
    }
    return true;
}

struct cipher {
    EVP_CIPHER_CTX *ctx;
    uint8_t first[SHORT_TEXT + 1][BLOCK]; /* the MAC's state behind the length block */
};

static void
length_block(uint8_t block[BLOCK], size_t len)
{
    memset(block, 0, BLOCK);
    for (size_t i = 0; i < 8; i++)
        block[BLOCK - 1 - i] = (uint8_t)((uint64_t)len >> (8 * i));
}

hedui_status
cipher_open(struct cipher **out, const uint8_t key[32], struct err *err)
{
    struct cipher *cipher = mem_resize(NULL, 1, sizeof *cipher);

    if (cipher != NULL)
        cipher->ctx = EVP_CIPHER_CTX_new();
    if (cipher == NULL || cipher->ctx == NULL || !algorithms() ||
        EVP_EncryptInit_ex2(cipher->ctx, aes256, key, NULL, NULL) != 1 ||
        EVP_CIPHER_CTX_set_padding(cipher->ctx, 0) != 1) {
        cipher_close(cipher);
        return err_set(err, HEDUI_E_MEMORY,
                       "内存不足，无法建立加密器\nno memory left for a cipher");
    }
    for (size_t len = 0; len <= SHORT_TEXT; len++)
        length_block(cipher->first[len], len);
    cipher_blocks(cipher, cipher->first[0], cipher->first[0], SHORT_TEXT + 1);
    *out = cipher;
    return HEDUI_OK;
}

void
cipher_close(struct cipher *cipher)
{
    if (cipher == NULL)
        return;
    EVP_CIPHER_CTX_free(cipher->ctx); /* clears the key */
    mem_wipe(cipher, sizeof *cipher);
    mem_free(cipher);
}

void
cipher_blocks(struct cipher *cipher, const uint8_t *in, uint8_t *out, size_t blocks)
{
    while (blocks > 0) {
        size_t now = blocks < UPDATE_MAX ? blocks : UPDATE_MAX;
        int len = 0, done;
        done = EVP_EncryptUpdate(cipher->ctx, out, &len, in, (int)(now * BLOCK));
        assert(done == 1 && (size_t)len == now * BLOCK);
        in += now * BLOCK;
        out += now * BLOCK;
        blocks -= now;
    }
}

/* XORs block `round` of `text` into `state`; what is missing of the last block is zeros. */
static void
mac_mix(uint8_t state[BLOCK], struct text text, size_t round)
{
    size_t from = round * BLOCK, n = text.len - from < BLOCK ? text.len - from : BLOCK;

    if (n == BLOCK) {
        uint64_t words[2], more[2];

        memcpy(words, state, BLOCK);
        memcpy(more, text.at + from, BLOCK);
        words[0] ^= more[0];
        words[1] ^= more[1];
        memcpy(state, words, BLOCK);
        return;
    }
    for (size_t i = 0; i < n; i++)
        state[i] ^= (uint8_t)text.at[from + i];
}

/* One alone: without the arrays of many, whose zeroing costs more than the MAC. */
void
cipher_mac(struct cipher *cipher, const void *bytes, size_t len, uint8_t out[16])
{
    struct text text = {bytes, len};

    assert(len <= 65536);
    if (len > SHORT_TEXT) {
        length_block(out, len);
        cipher_blocks(cipher, out, out, 1);
    } else {
        memcpy(out, cipher->first[len], BLOCK);
    }
    for (size_t round = 0; round * BLOCK < len; round++) {
        mac_mix(out, text, round);
        cipher_blocks(cipher, out, out, 1);
    }
}

/* count ≤ LANES */
static void
macs_in_step(struct cipher *cipher, const struct text *texts, size_t count, uint8_t *out)
{
    uint8_t states[LANES * BLOCK] UNSET;
    uint16_t
        lanes[LANES] UNSET; /* whose state stands at i: texts that have a block in this round */
    size_t live = 0, longs = 0;

    for (size_t i = 0; i < count; i++) {
        assert(texts[i].len <= 65536);
        if (texts[i].len > SHORT_TEXT)
            length_block(out + i * BLOCK, texts[i].len), longs++;
        else
            memcpy(out + i * BLOCK, cipher->first[texts[i].len], BLOCK);
    }
    for (size_t i = 0; longs > 0 && i < count; i++)
        if (texts[i].len > SHORT_TEXT)
            cipher_blocks(cipher, out + i * BLOCK, out + i * BLOCK, 1);
    for (size_t round = 0;; round++) {
        live = 0;
        for (size_t i = 0; i < count; i++) {
            if (texts[i].len <= round * BLOCK)
                continue;
            mac_mix(out + i * BLOCK, texts[i], round);
            memcpy(states + live * BLOCK, out + i * BLOCK, BLOCK);
            lanes[live++] = (uint16_t)i;
        }
        if (live == 0)
            break;
        cipher_blocks(cipher, states, states, live);
        for (size_t i = 0; i < live; i++)
            memcpy(out + lanes[i] * BLOCK, states + i * BLOCK, BLOCK);
    }
    mem_wipe(states, count * BLOCK);
}

void
cipher_macs(struct cipher *cipher, const struct text *texts, size_t count, uint8_t *out)
{
    while (count > 0) {
        size_t now = count < LANES ? count : LANES;
        macs_in_step(cipher, texts, now, out);
        texts += now;
        out += now * BLOCK;
        count -= now;
    }
}

const char *
crypt_library(void)
{
    return OpenSSL_version(OPENSSL_VERSION);
}
