/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/index/textpack.h"

#include <assert.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "engine/index/pack.h"

#include "engine/base/ban.h"

#define PLACES_MAX 64 /* that have alphabets; bytes of longer texts stand as they are */
#define ALPHABET_MAX 128
#define BYTE_BITS 8

struct start {
    uint8_t mode, length_width;
    uint16_t length_least;
    uint32_t count;
};
_Static_assert(sizeof(struct start) == 8, "layout");

/* The value of a digit, or 16 and more. */
static inline uint8_t
digit_of(uint8_t c)
{
    uint8_t digit = (uint8_t)(c - '0'), letter = (uint8_t)(c - 'a');

    return digit < 10 ? digit : letter < 6 ? (uint8_t)(letter + 10) : 16;
}

#ifdef __SSE2__
/* Sixteen digits at once. */
static inline bool
hex_sixteen(const char *at, uint8_t *to)
{
    __m128i c = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i digit = _mm_sub_epi8(c, _mm_set1_epi8('0')),
            letter = _mm_sub_epi8(c, _mm_set1_epi8('a'));
    __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8(9)), digit);
    __m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(5)), letter);
    __m128i value = _mm_or_si128(_mm_and_si128(is_digit, digit),
                                 _mm_and_si128(is_letter, _mm_add_epi8(letter, _mm_set1_epi8(10))));
    __m128i pair = _mm_and_si128(_mm_or_si128(_mm_slli_epi16(value, 4), _mm_srli_epi16(value, 8)),
                                 _mm_set1_epi16(0xFF));

    _mm_storel_epi64((__m128i *)(void *)to, _mm_packus_epi16(pair, pair));
    return _mm_movemask_epi8(_mm_or_si128(is_digit, is_letter)) == 0xFFFF;
}
#endif

bool
textpack_hex(struct text text, uint8_t *to)
{
    size_t at = 0;
    uint8_t seen = 0;

#ifdef __SSE2__
    for (; at + 16 <= text.len; at += 16)
        if (!hex_sixteen(text.at + at, to + at / 2))
            return false;
#endif
    for (; at < text.len; at++) {
        uint8_t value = digit_of((uint8_t)text.at[at]);
        seen |= value;
        to[at / 2] = at % 2 == 0 ? (uint8_t)(value << 4) : (uint8_t)(to[at / 2] | value);
    }
    return seen < 16;
}

/* What stands at each place, as ascending codes. */
struct alphabets {
    uint32_t places;
    uint8_t width[PLACES_MAX]; /* bits of a code; 8: the byte itself */
    uint16_t size[PLACES_MAX];
    uint8_t codes[PLACES_MAX][256]; /* 1 where the byte occurs; then its code */
};

static void
alphabets_find(struct alphabets *a, const uint16_t *lengths, uint32_t count, const uint8_t *bytes)
{
    memset(a, 0, sizeof *a);
    for (uint32_t i = 0; i < count; bytes += lengths[i++]) {
        uint32_t places = lengths[i] < PLACES_MAX ? lengths[i] : PLACES_MAX;
        for (uint32_t p = 0; p < places; p++)
            a->codes[p][bytes[p]] = 1;
        a->places = places > a->places ? places : a->places;
    }
    for (uint32_t p = 0; p < a->places; p++) {
        for (uint32_t b = 0; b < 256; b++)
            a->size[p] = (uint16_t)(a->size[p] + a->codes[p][b]);
        a->width[p] = a->size[p] > ALPHABET_MAX ? BYTE_BITS : (uint8_t)pack_width(a->size[p] - 1u);
    }
}

static void
alphabets_put(struct buf *out, struct alphabets *a)
{
    buf_byte(out, (char)a->places);
    for (uint32_t p = 0; p < a->places; p++) {
        uint8_t code = 0;
        buf_byte(out, (char)(a->width[p] == BYTE_BITS ? 255 : a->size[p] - 1));
        for (uint32_t b = 0; b < 256; b++) {
            if (a->width[p] == BYTE_BITS) {
                a->codes[p][b] = (uint8_t)b;
            } else if (a->codes[p][b] != 0) {
                buf_byte(out, (char)b);
                a->codes[p][b] = code++;
            }
        }
    }
}

/* The codes of all texts, from the lowest bit of the first byte on. `to` has room for all and 8. */
static size_t
places_pack(const struct alphabets *a, const uint16_t *lengths, uint32_t count,
            const uint8_t *bytes, uint8_t *to)
{
    uint8_t *begin = to;
    uint64_t word = 0;
    uint32_t filled = 0;

    for (uint32_t i = 0; i < count; bytes += lengths[i++])
        for (uint32_t p = 0; p < lengths[i]; p++) {
            bool is_plain = p >= PLACES_MAX;
            word |= (uint64_t)(is_plain ? bytes[p] : a->codes[p][bytes[p]]) << filled;
            filled += is_plain ? BYTE_BITS : a->width[p];
            if (filled < 32)
                continue;
            memcpy(to, &word, 4);
            to += 4;
            word >>= 32;
            filled -= 32;
        }
    memcpy(to, &word, sizeof word);
    return (size_t)(to - begin) + (filled + 7) / 8;
}

static void
lengths_put(struct buf *out, struct start *start, const uint16_t *lengths)
{
    uint16_t least = UINT16_MAX, most = 0;
    uint64_t packed[64];
    uint8_t *to;

    for (uint32_t i = 0; i < start->count; i++) {
        least = lengths[i] < least ? lengths[i] : least;
        most = lengths[i] > most ? lengths[i] : most;
    }
    start->length_least = start->count == 0 ? 0 : least;
    start->length_width = start->count == 0 ? 0 : (uint8_t)pack_width(most - (uint64_t)least);
    buf_put(out, start, sizeof *start);
    to = (uint8_t *)buf_room(out, pack_bytes(start->count, start->length_width) + PACK_SLACK);
    if (to == NULL)
        return;
    for (uint32_t i = 0; i < start->count; i += LEN(packed)) {
        uint32_t now = start->count - i < LEN(packed) ? start->count - i : (uint32_t)LEN(packed);
        for (uint32_t k = 0; k < now; k++)
            packed[k] = lengths[i + k];
        pack_put(to + (size_t)i / 8 * start->length_width, packed, now, least, start->length_width);
    }
    out->len += pack_bytes(start->count, start->length_width);
}

void
textpack_put(struct buf *out, enum textpack_mode mode, const uint16_t *lengths, uint32_t count,
             const uint8_t *bytes)
{
    struct start start = {.mode = (uint8_t)mode, .count = count};
    struct alphabets *a;
    size_t total = 0;
    char *to;

    assert(count <= TEXTPACK_MAX);
    lengths_put(out, &start, lengths);
    for (uint32_t i = 0; i < count; i++)
        total += mode == TEXTPACK_HEX ? (lengths[i] + 1u) / 2 : lengths[i];
    if (mode == TEXTPACK_HEX) {
        buf_put(out, bytes, total);
        return;
    }
    a = mem_resize(NULL, 1, sizeof *a);
    if (a == NULL) {
        out->is_failed = true;
        return;
    }
    alphabets_find(a, lengths, count, bytes);
    alphabets_put(out, a);
    to = buf_room(out, total + sizeof(uint64_t));
    if (to != NULL)
        out->len += places_pack(a, lengths, count, bytes, (uint8_t *)to);
    mem_wipe(a, sizeof *a); /* where texts are few their alphabets are the texts */
    mem_free(a);
}

/* ---- decoding: believes nothing of the bytes ---- */

struct reader {
    const uint8_t *at;
    size_t left;
};

static bool
take(struct reader *reader, void *to, size_t n)
{
    if (reader->left < n)
        return false;
    if (n > 0)
        memcpy(to, reader->at, n);
    reader->at += n;
    reader->left -= n;
    return true;
}

/* `width` ≤ 16 bits from bit *bit on. false: not there. */
static bool
bits_take(const struct reader *reader, size_t *bit, uint32_t width, uint32_t *out)
{
    uint32_t value = 0;

    if (*bit + width > reader->left * 8)
        return false;
    for (uint32_t got = 0; got < width;) {
        uint32_t shift = (uint32_t)(*bit % 8), now = 8 - shift;
        now = now < width - got ? now : width - got;
        value |= ((uint32_t)reader->at[*bit / 8] >> shift & ((1u << now) - 1)) << got;
        got += now;
        *bit += now;
    }
    *out = value;
    return true;
}

/* Texts as long as they were, still empty. */
static bool
lengths_get(struct reader *reader, const struct start *start, struct text *texts,
            struct arena *arena)
{
    size_t bit = 0, total = 0;
    char *room;

    if (start->length_width > 16)
        return false;
    for (uint32_t i = 0; i < start->count; i++) {
        uint32_t more;
        if (!bits_take(reader, &bit, start->length_width, &more) ||
            start->length_least + more > TEXTPACK_MAX)
            return false;
        texts[i].len = start->length_least + more;
        total += texts[i].len;
    }
    reader->at += (bit + 7) / 8;
    reader->left -= (bit + 7) / 8;
    room = arena_alloc(arena, total, 1);
    if (room == NULL)
        return false;
    for (uint32_t i = 0; i < start->count; room += texts[i++].len)
        texts[i].at = room;
    return true;
}

static bool
hex_get(struct reader *reader, const struct text *texts, uint32_t count)
{
    static const char digits[] = "0123456789abcdef";

    for (uint32_t i = 0; i < count; i++) {
        size_t bytes = (texts[i].len + 1) / 2;
        char *to = (char *)(uintptr_t)texts[i].at;
        if (reader->left < bytes)
            return false;
        for (size_t k = 0; k < texts[i].len; k++)
            to[k] = digits[k % 2 == 0 ? reader->at[k / 2] >> 4 : reader->at[k / 2] & 15];
        reader->at += bytes;
        reader->left -= bytes;
    }
    return true;
}

static bool
places_get(struct reader *reader, const struct text *texts, uint32_t count)
{
    struct { /* table[]: the bytes of an alphabet */
        uint32_t width, size;
        const uint8_t *table;
    } places[PLACES_MAX];
    uint8_t place_count, size;
    size_t bit = 0;

    if (!take(reader, &place_count, 1) || place_count > PLACES_MAX)
        return false;
    for (uint32_t p = 0; p < place_count; p++) {
        if (!take(reader, &size, 1) || (size >= ALPHABET_MAX && size != 255))
            return false;
        places[p].size = size == 255 ? 0 : size + 1u;
        places[p].width = size == 255 ? BYTE_BITS : pack_width(size);
        places[p].table = reader->at;
        if (reader->left < places[p].size)
            return false;
        reader->at += places[p].size;
        reader->left -= places[p].size;
    }
    for (uint32_t i = 0; i < count; i++)
        for (size_t p = 0; p < texts[i].len; p++) {
            char *to = (char *)(uintptr_t)texts[i].at + p;
            uint32_t code, width = p < place_count ? places[p].width : BYTE_BITS;
            if ((p >= place_count && p < PLACES_MAX) || !bits_take(reader, &bit, width, &code))
                return false;
            if (width == BYTE_BITS)
                *to = (char)code;
            else if (code < places[p].size)
                *to = (char)places[p].table[code];
            else
                return false;
        }
    return true;
}

bool
textpack_get(struct text bytes, struct text *texts, uint32_t room, uint32_t *count,
             struct arena *arena)
{
    struct reader reader = {(const uint8_t *)bytes.at, bytes.len};
    struct start start;

    if (!take(&reader, &start, sizeof start) || start.count > room ||
        !lengths_get(&reader, &start, texts, arena))
        return false;
    *count = start.count;
    if (start.mode == TEXTPACK_HEX)
        return hex_get(&reader, texts, start.count);
    return start.mode == TEXTPACK_PLACES && places_get(&reader, texts, start.count);
}
