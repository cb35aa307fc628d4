/* SPDX-License-Identifier: Apache-2.0 */
/* sha_pair.c: SHA-256 (FIPS 180-4) of two texts of one length at once. Each step of the hash waits
 * for the one before it; with a second text to work on the processor's SHA unit need not wait:
 * nearly twice the bytes a second of one text after the other (docs/PERFORMANCE.md). Where the
 * processor has no such unit, OpenSSL takes the two one by one; it is also what the tests hold this
 * against. */
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/crypt.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#include <stdatomic.h>

#define BLOCK 64

static const uint32_t ROUND[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/* The eight words of a state in the order that the instructions want: A B E F, C D G H. */
struct sha {
    __m128i abef, cdgh;
};

#define SHA_UNIT __attribute__((target("sha,sse4.1,ssse3")))

/* Four rounds of both texts. w: the next four words of each. */
#define ROUNDS(r, w0, w1)                                                                          \
    do {                                                                                           \
        const __m128i k = _mm_load_si128((const __m128i *)(const void *)&ROUND[4 * (r)]);          \
        __m128i x = _mm_add_epi32(w0, k), y = _mm_add_epi32(w1, k);                                \
        s0.cdgh = _mm_sha256rnds2_epu32(s0.cdgh, s0.abef, x);                                      \
        s1.cdgh = _mm_sha256rnds2_epu32(s1.cdgh, s1.abef, y);                                      \
        x = _mm_shuffle_epi32(x, 0x0E);                                                            \
        y = _mm_shuffle_epi32(y, 0x0E);                                                            \
        s0.abef = _mm_sha256rnds2_epu32(s0.abef, s0.cdgh, x);                                      \
        s1.abef = _mm_sha256rnds2_epu32(s1.abef, s1.cdgh, y);                                      \
    } while (0)

/* The words four rounds on replace the oldest four. */
#define SCHEDULE(a, b, c, d)                                                                       \
    (a = _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(a, b), _mm_alignr_epi8(d, c, 4)), \
                              d))

SHA_UNIT static void
blocks_hash(struct sha state[2], const uint8_t *first, const uint8_t *second, size_t blocks)
{ /* long: sixteen times four rounds */
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    struct sha s0 = state[0], s1 = state[1];

    for (; blocks > 0; blocks--, first += BLOCK, second += BLOCK) {
        const __m128i *f = (const __m128i *)(const void *)first;
        const __m128i *s = (const __m128i *)(const void *)second;
        const struct sha old0 = s0, old1 = s1;
        __m128i a0 = _mm_shuffle_epi8(_mm_loadu_si128(f), swap);
        __m128i a1 = _mm_shuffle_epi8(_mm_loadu_si128(s), swap);
        __m128i b0 = _mm_shuffle_epi8(_mm_loadu_si128(f + 1), swap);
        __m128i b1 = _mm_shuffle_epi8(_mm_loadu_si128(s + 1), swap);
        __m128i c0 = _mm_shuffle_epi8(_mm_loadu_si128(f + 2), swap);
        __m128i c1 = _mm_shuffle_epi8(_mm_loadu_si128(s + 2), swap);
        __m128i d0 = _mm_shuffle_epi8(_mm_loadu_si128(f + 3), swap);
        __m128i d1 = _mm_shuffle_epi8(_mm_loadu_si128(s + 3), swap);

        ROUNDS(0, a0, a1);
        ROUNDS(1, b0, b1);
        ROUNDS(2, c0, c1);
        ROUNDS(3, d0, d1);
        for (int r = 4; r < 16; r += 4) {
            SCHEDULE(a0, b0, c0, d0);
            SCHEDULE(a1, b1, c1, d1);
            ROUNDS(r, a0, a1);
            SCHEDULE(b0, c0, d0, a0);
            SCHEDULE(b1, c1, d1, a1);
            ROUNDS(r + 1, b0, b1);
            SCHEDULE(c0, d0, a0, b0);
            SCHEDULE(c1, d1, a1, b1);
            ROUNDS(r + 2, c0, c1);
            SCHEDULE(d0, a0, b0, c0);
            SCHEDULE(d1, a1, b1, c1);
            ROUNDS(r + 3, d0, d1);
        }
        s0.abef = _mm_add_epi32(s0.abef, old0.abef);
        s0.cdgh = _mm_add_epi32(s0.cdgh, old0.cdgh);
        s1.abef = _mm_add_epi32(s1.abef, old1.abef);
        s1.cdgh = _mm_add_epi32(s1.cdgh, old1.cdgh);
    }
    state[0] = s0;
    state[1] = s1;
}

/* The last bytes of a text, 0x80, zeros, and its length in bits, big-endian: one block or two. */
static size_t
end_fill(uint8_t end[2 * BLOCK], const uint8_t *rest, size_t rest_bytes, uint64_t bytes)
{
    size_t blocks = rest_bytes + 9 <= BLOCK ? 1 : 2;
    uint64_t bits = __builtin_bswap64(bytes * 8);

    memset(end, 0, 2 * BLOCK);
    if (rest_bytes > 0)
        memcpy(end, rest, rest_bytes);
    end[rest_bytes] = 0x80;
    memcpy(end + blocks * BLOCK - 8, &bits, 8);
    return blocks;
}

static void
state_put(const struct sha *state, struct digest *out)
{
    uint32_t abef[4], cdgh[4], words[8];

    memcpy(abef, &state->abef, sizeof abef); /* F E B A, from the lowest */
    memcpy(cdgh, &state->cdgh, sizeof cdgh); /* H G D C */
    for (int i = 0; i < 2; i++) {
        words[i] = abef[3 - i];
        words[2 + i] = cdgh[3 - i];
        words[4 + i] = abef[1 - i];
        words[6 + i] = cdgh[1 - i];
    }
    for (int i = 0; i < 8; i++)
        words[i] = __builtin_bswap32(words[i]);
    memcpy(out->bytes, words, sizeof words);
}

static void
pair_hash(struct digest out[2], const uint8_t *first, const uint8_t *second, size_t len)
{
    const struct sha start = {
        _mm_set_epi32(0x6a09e667, (int)0xbb67ae85, 0x510e527f, (int)0x9b05688c),
        _mm_set_epi32(0x3c6ef372, (int)0xa54ff53a, 0x1f83d9ab, 0x5be0cd19),
    };
    struct sha state[2] = {start, start};
    size_t whole = len / BLOCK, at = whole * BLOCK, blocks;
    uint8_t ends[2][2 * BLOCK];

    blocks_hash(state, first, second, whole);
    end_fill(ends[0], first + at, len - at, len);
    blocks = end_fill(ends[1], second + at, len - at, len);
    blocks_hash(state, ends[0], ends[1], blocks);
    state_put(&state[0], &out[0]);
    state_put(&state[1], &out[1]);
    mem_wipe(ends, sizeof ends);
}

/* To ask the processor takes microseconds where a hypervisor answers for it: once. */
static bool
has_sha_unit(void)
{
    static atomic_int known; /* 0: not asked, 1: no, 2: yes */
    int has = atomic_load_explicit(&known, memory_order_relaxed);
    unsigned a, b, c, d;

    if (has == 0) {
        has = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA) &&
                      __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_1) && (c & bit_SSSE3)
                  ? 2
                  : 1;
        atomic_store_explicit(&known, has, memory_order_relaxed);
    }
    return has == 2;
}
#endif

void
digest_pair(struct digest out[2], const void *first, const void *second, size_t len)
{
#if defined(__x86_64__)
    if (has_sha_unit()) {
        pair_hash(out, first, second, len);
        return;
    }
#endif
    out[0] = digest_of(first, len);
    out[1] = digest_of(second, len);
}
