/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/t.h"

#include <stdlib.h>

#include "engine/base/aead.h"
#include "engine/base/buf.h"

static const uint8_t key_one[AEAD_KEY_BYTES] = {1, 2, 3};
static const uint8_t key_two[AEAD_KEY_BYTES] = {1, 2, 4};

static struct aead *
opened(const uint8_t *key, const char *label)
{
    struct aead *aead = NULL;
    struct err err;

    T_OK(aead_open(&aead, key, label, &err), &err);
    return aead;
}

TEST(what_was_sealed_comes_back_only_under_the_same_key_label_and_context)
{
    static const struct {
        const char *belief;
        const uint8_t *key;
        const char *label, *context;
        bool is_opened;
    } rows[] = {
        {"the same",          key_one, "a", "block 1", true },
        {"another key",       key_two, "a", "block 1", false},
        {"another label",     key_one, "b", "block 1", false},
        {"another context",   key_one, "a", "block 2", false},
        {"a shorter context", key_one, "a", "block ",  false},
        {"no context",        key_one, "a", "",        false},
    };
    static const size_t lengths[] = {0, 1, 15, 16, 17, 8192, 40000};
    static uint8_t plain[40000], sealed[40000 + AEAD_EXTRA], back[40001];
    struct aead *from = opened(key_one, "a");

    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (uint8_t)(i * 7 + i / 251);
    for (size_t l = 0; l < LEN(lengths); l++) {
        size_t n = lengths[l];
        aead_seal(from, "block 1", 7, plain, n, sealed);
        for (size_t i = 0; i < LEN(rows); i++) {
            struct aead *to = opened(rows[i].key, rows[i].label);
            T_ROW(rows[i].belief);
            memset(back, 0xEE, sizeof back);
            T_EQ(aead_unseal(to, rows[i].context, strlen(rows[i].context), sealed, n + AEAD_EXTRA,
                             back),
                 rows[i].is_opened);
            if (rows[i].is_opened)
                T_EQ(memcmp(back, plain, n), 0);
            else
                for (size_t b = 0; b < n; b++)
                    T_EQ(back[b], 0); /* nothing of it is shown */
            T_EQ(back[n], 0xEE);
            aead_close(to);
        }
    }
    aead_close(from);
}

TEST(every_flipped_bit_and_every_cut_is_noticed)
{
    static uint8_t plain[600], sealed[600 + AEAD_EXTRA], back[600];
    struct aead *aead = opened(key_one, "a");

    aead_seal(aead, "ad", 2, plain, sizeof plain, sealed);
    for (size_t bit = 0; bit < 8 * sizeof sealed; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
        T_TRUE(!aead_unseal(aead, "ad", 2, sealed, sizeof sealed, back));
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t n = 0; n < sizeof sealed; n++)
        T_TRUE(!aead_unseal(aead, "ad", 2, sealed, n, back));
    T_TRUE(aead_unseal(aead, "ad", 2, sealed, sizeof sealed, back));
    aead_close(aead);
}

static int
nonce_order(const void *a, const void *b)
{
    return memcmp(a, b, AEAD_NONCE_BYTES);
}

TEST(a_nonce_comes_back_only_with_the_same_bytes_and_context)
{
    enum { N = 20000 };
    static uint8_t nonces[N][AEAD_NONCE_BYTES];
    uint8_t plain[40] = {0}, first[40 + AEAD_EXTRA], again[40 + AEAD_EXTRA];
    struct aead *aead = opened(key_one, "a"), *twin = opened(key_one, "a");

    for (uint32_t i = 0; i < N;
         i++) { /* half differ in the context, half in one byte or the length */
        uint32_t ad = i % 2 == 0 ? i : 1;
        memcpy(plain, &(uint32_t){i % 2 == 0 ? 7 : i}, sizeof i);
        aead_seal(aead, &ad, sizeof ad, plain, sizeof plain, first);
        memcpy(nonces[i], first, AEAD_NONCE_BYTES);
        if (i % 1000 != 0)
            continue;
        aead_seal(twin, &ad, sizeof ad, plain, sizeof plain, again);
        T_EQ(memcmp(first, again, sizeof first), 0);
    }
    qsort(nonces, N, sizeof *nonces, nonce_order);
    for (size_t i = 1; i < N; i++)
        T_TRUE(nonce_order(nonces[i - 1], nonces[i]) != 0);
    /* what stands in the context is not the beginning of the bytes */
    aead_seal(aead, "ab", 2, "c", 1, first);
    aead_seal(aead, "a", 1, "bc", 2, again);
    T_TRUE(nonce_order(first, again) != 0);
    aead_close(aead);
    aead_close(twin);
}

T_MAIN(T(what_was_sealed_comes_back_only_under_the_same_key_label_and_context),
       T(every_flipped_bit_and_every_cut_is_noticed),
       T(a_nonce_comes_back_only_with_the_same_bytes_and_context))
