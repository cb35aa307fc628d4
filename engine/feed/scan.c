/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/feed/scan.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define HAS_X86 1
#else
#define HAS_X86 0
#endif

#include "engine/base/ban.h"

struct masks { /* bit i: byte i of 64 */
    uint64_t cuts, ends, marks;
};

/* Notes one block's bits; `at` is the place of its first byte. */
static inline __attribute__((always_inline)) void
masks_note(struct masks masks, uint32_t at, struct scan_index *out)
{
    uint64_t cuts = masks.cuts, ends = masks.ends, marks = masks.marks;
    uint32_t *to = out->cuts + out->cut_count;

    while (ends != 0) {
        uint64_t below = (ends & -ends) - 1;
        out->ends[out->end_count++] =
            (uint32_t)out->cut_count + (uint32_t)__builtin_popcountll(cuts & below);
        ends &= ends - 1;
    }
    out->cut_count += (size_t)__builtin_popcountll(cuts);
    while (cuts != 0) {
        *to++ = at + (uint32_t)__builtin_ctzll(cuts);
        cuts &= cuts - 1;
    }
    while (marks != 0) {
        out->marks[out->mark_count++] = at + (uint32_t)__builtin_ctzll(marks);
        marks &= marks - 1;
    }
}

static struct masks
masks_plain(const char *bytes, size_t len, char delimiter)
{
    struct masks masks = {0, 0, 0};

    for (size_t i = 0; i < len; i++) {
        uint64_t bit = UINT64_C(1) << i;
        if (bytes[i] == delimiter || bytes[i] == '\n')
            masks.cuts |= bit;
        if (bytes[i] == '\n')
            masks.ends |= bit;
        if (bytes[i] == '"' || bytes[i] == '\0')
            masks.marks |= bit;
    }
    return masks;
}

static void
scan_plain(const char *bytes, size_t from, size_t len, char delimiter, struct scan_index *out)
{
    for (size_t at = from; at < len; at += 64) {
        size_t part = len - at < 64 ? len - at : 64;
        masks_note(masks_plain(bytes + at, part, delimiter), (uint32_t)at, out);
    }
}

#if HAS_X86
static inline __attribute__((always_inline)) uint64_t
same_sse2(const __m128i in[4], char byte)
{
    __m128i want = _mm_set1_epi8(byte);
    uint64_t mask = 0;

    for (int i = 0; i < 4; i++)
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(in[i], want)) << (16 * i);
    return mask;
}

static void
scan_sse2(const char *bytes, size_t len, char delimiter, struct scan_index *out)
{
    size_t at = 0;

    for (; at + 64 <= len; at += 64) {
        __m128i in[4];
        struct masks masks;
        for (int i = 0; i < 4; i++)
            in[i] = _mm_loadu_si128((const __m128i *)(const void *)(bytes + at + 16 * i));
        masks.ends = same_sse2(in, '\n');
        masks.cuts = masks.ends | same_sse2(in, delimiter);
        masks.marks = same_sse2(in, '"') | same_sse2(in, '\0');
        masks_note(masks, (uint32_t)at, out);
    }
    scan_plain(bytes, at, len, delimiter, out);
}

__attribute__((target("avx2,bmi,bmi2,popcnt"))) static void
scan_avx2(const char *bytes, size_t len, char delimiter, struct scan_index *out)
{
    const __m256i cut = _mm256_set1_epi8(delimiter), end = _mm256_set1_epi8('\n');
    const __m256i quote = _mm256_set1_epi8('"'), nul = _mm256_setzero_si256();
    size_t at = 0;

    for (; at + 64 <= len; at += 64) {
        uint64_t part[3][2];
        struct masks masks;
        for (int i = 0; i < 2; i++) {
            __m256i in = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + at + 32 * i));
            __m256i is_mark =
                _mm256_or_si256(_mm256_cmpeq_epi8(in, quote), _mm256_cmpeq_epi8(in, nul));
            part[0][i] = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(in, end));
            part[1][i] = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(in, cut));
            part[2][i] = (uint32_t)_mm256_movemask_epi8(is_mark);
        }
        masks.ends = part[0][0] | part[0][1] << 32;
        masks.cuts = masks.ends | part[1][0] | part[1][1] << 32;
        masks.marks = part[2][0] | part[2][1] << 32;
        masks_note(masks, (uint32_t)at, out);
    }
    scan_plain(bytes, at, len, delimiter, out);
}
#endif

bool
scan_window_by(int which, const char *bytes, size_t len, char delimiter, struct scan_index *out)
{
    out->cut_count = out->end_count = out->mark_count = 0;
    if (which == 0)
        scan_plain(bytes, 0, len, delimiter, out);
#if HAS_X86
    else if (which == 1)
        scan_sse2(bytes, len, delimiter, out);
    else if (which == 2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
        scan_avx2(bytes, len, delimiter, out);
#endif
    else
        return false;
    return true;
}

void
scan_window(const char *bytes, size_t len, char delimiter, struct scan_index *out)
{
    for (int which = 2; !scan_window_by(which, bytes, len, delimiter, out); which--)
        continue;
}

struct scan_count
scan_lines(const char *bytes, size_t len)
{
    struct scan_count count = {0, false};
    size_t at = 0;

#if HAS_X86
    __m128i quotes = _mm_setzero_si128();
    while (at + 16 <= len) { /* 255 rounds: then a byte of the sums is full */
        __m128i sums = _mm_setzero_si128();
        for (int round = 0; round < 255 && at + 16 <= len; round++, at += 16) {
            __m128i in = _mm_loadu_si128((const __m128i *)(const void *)(bytes + at));
            sums = _mm_sub_epi8(sums, _mm_cmpeq_epi8(in, _mm_set1_epi8('\n')));
            quotes = _mm_or_si128(quotes, _mm_cmpeq_epi8(in, _mm_set1_epi8('"')));
        }
        sums = _mm_sad_epu8(sums, _mm_setzero_si128());
        count.line_feeds += (uint64_t)_mm_cvtsi128_si64(sums) +
                            (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(sums, sums));
    }
    count.has_quote = _mm_movemask_epi8(quotes) != 0;
#endif
    for (; at < len; at++) {
        count.line_feeds += bytes[at] == '\n';
        count.has_quote = count.has_quote || bytes[at] == '"';
    }
    return count;
}
