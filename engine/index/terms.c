/* SPDX-License-Identifier: Apache-2.0 */
/* terms.c: open addressing by cache lines: the four slots of a line are compared at once, so a
 * look-up is one miss and hardly ever a branch that is guessed wrong. A text of up to 12 bytes (a
 * name of four characters) stands in its slot whole, filled with zeros, which no text holds; of a
 * longer one there is a hash, and its text is compared. */
#include "engine/index/terms.h"

#include <endian.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/hash.h"
#include "engine/base/slab.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "engine/base/ban.h"

#define LINES_MIN 64
#define ITEMS_MIN 128
#define GROUP 64
#define WHOLE_MAX 12
#define ENDS_MAX 24   /* three loads of 8 bytes, which overlap, are all of it */
#define FULL_OF_16 11 /* a larger table misses the cache more than it saves in steps */
#define K UINT64_C(0x9E3779B97F4A7C15)
#define LONG_MARK UINT32_C(0xFF000000) /* in the last byte of twelve: no UTF-8 has it */

__extension__ typedef unsigned __int128 u128;

struct term_slot {
    uint64_t first;  /* bytes 0 to 7; of a longer text its hash */
    uint32_t rest;   /* bytes 8 to 11; LONG_MARK and the length */
    uint32_t number; /* of the text, + 1; 0: free */
};
struct term_line {
    struct term_slot slots[4];
};
_Static_assert(sizeof(struct term_line) == 64, "a cache line");
#define PART_LINES (SLAB_BYTES / sizeof(struct term_line))

static uint64_t
load4(const char *at)
{
    uint32_t word;

    memcpy(&word, at, sizeof word);
    return le32toh(word);
}

static uint64_t
load8(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return le64toh(word);
}

static inline uint64_t
mixed(uint64_t a, uint64_t b)
{
    u128 product = (u128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Two texts longer than WHOLE_MAX; a call costs more than those of a payer's number. */
static inline bool
long_eq(struct text a, struct text b)
{
    if (a.len != b.len)
        return false;
    if (a.len > ENDS_MAX)
        return memcmp(a.at, b.at, a.len) == 0;
    return load8(a.at) == load8(b.at) && load8(a.at + a.len - 8) == load8(b.at + a.len - 8) &&
           load8(a.at + a.len / 2 - 4) == load8(b.at + a.len / 2 - 4);
}

/* Reads nothing outside of the text. Names of two and of three characters alternate, so 4 to 12
 * bytes take one road without a branch: loads that overlap where the text is shorter. */
static inline struct term_slot
words_of(struct text text, uint64_t seed)
{
    const char *at = text.at;
    size_t n = text.len;
    struct term_slot words = {0, 0, 0};

    if (n > WHOLE_MAX) {
        words.first = n > ENDS_MAX
                          ? hash_bytes(at, n, seed)
                          : mixed(load8(at) ^ seed, load8(at + n - 8)) ^ load8(at + n / 2 - 4);
        words.rest = LONG_MARK | ((uint32_t)n & ~LONG_MARK);
    } else if (n >= 4) {
        size_t tail = n - 4, second = tail < 4 ? tail : 4, past = 4 * (WHOLE_MAX - n);
        words.first = load4(at) | load4(at + second) << 8 * second;
        words.rest = (uint32_t)(load4(at + tail) >> past >> past);
    } else {
        for (size_t i = 0; i < n; i++)
            words.first |= (uint64_t)(uint8_t)at[i] << 8 * i;
    }
    return words;
}

static inline uint64_t
words_hash(const struct term_slot *words, uint64_t seed)
{
    return mixed(words->first ^ seed, (seed >> 32 | seed << 32) + words->rest * K);
}

void
terms_init(struct terms *terms, uint64_t seed)
{
    memset(terms, 0, sizeof *terms);
    terms->seed = seed;
    arena_init(&terms->arena, "terms", 0, true);
}

static inline struct term_line *
line_at(const struct terms *terms, size_t line)
{
    return &terms->parts[line / PART_LINES][line % PART_LINES];
}

static size_t
part_lines(size_t lines)
{
    return lines < PART_LINES ? lines : PART_LINES;
}

/* The table alone: the texts stay. */
static void
table_free(struct terms *terms)
{
    size_t lines = part_lines(terms->line_count);

    for (size_t i = 0; i * PART_LINES < terms->line_count; i++)
        pages_give(terms->parts[i], lines * sizeof **terms->parts);
    mem_free(terms->parts);
    terms->parts = NULL;
    terms->line_count = 0;
}

void
terms_release(struct terms *terms)
{
    arena_release(&terms->arena);
    table_free(terms);
    mem_free(terms->items);
    memset(terms, 0, sizeof *terms);
}

void
terms_seal(struct terms *terms)
{
    table_free(terms);
}

size_t
terms_bytes(const struct terms *terms)
{
    return terms->arena.used + terms->line_count * sizeof(struct term_line) +
           terms->room * sizeof *terms->items;
}

/* An empty table. */
static bool
table_make(struct terms *terms, size_t count)
{
    size_t lines = part_lines(count), parts = count / lines;

    terms->line_count = 0;
    terms->parts = mem_resize(NULL, parts, sizeof *terms->parts);
    if (terms->parts == NULL)
        return false;
    for (size_t i = 0; i < parts; i++) {
        terms->parts[i] = pages_take(lines * sizeof **terms->parts);
        if (terms->parts[i] == NULL)
            return false;
        terms->line_count += lines;
    }
    return true;
}

/* A bit for each slot of a line that holds these words, at four times its number. */
static inline uint32_t
line_same(const struct term_line *line, const struct term_slot *words)
{
#ifdef __SSE2__
    const __m128i want = _mm_loadu_si128((const __m128i *)(const void *)words);
    __m128i same[4];
    uint32_t all;

    for (int i = 0; i < 4; i++)
        same[i] =
            _mm_cmpeq_epi32(_mm_load_si128((const __m128i *)(const void *)&line->slots[i]), want);
    all = (uint32_t)_mm_movemask_epi8(
        _mm_packs_epi16(_mm_packs_epi32(same[0], same[1]), _mm_packs_epi32(same[2], same[3])));
    /* the first three of four words are the same, the number is not the 0 that stands in `words` */
    return all & all >> 1 & all >> 2 & ~(all >> 3) & 0x1111;
#else
    uint32_t same = 0;

    for (uint32_t i = 0; i < 4; i++)
        same |= (uint32_t)(line->slots[i].first == words->first &&
                           line->slots[i].rest == words->rest && line->slots[i].number != 0)
                << 4 * i;
    return same;
#endif
}

/* Its first free slot; 4: it is full. They fill from the front. */
static inline uint32_t
line_free(const struct term_line *line)
{
    return line->slots[3].number != 0   ? 4
           : line->slots[2].number != 0 ? 3
           : line->slots[1].number != 0 ? 2
           : line->slots[0].number != 0 ? 1
                                        : 0;
}

static void
table_insert(struct terms *terms, const struct term_slot *slot)
{
    size_t at = words_hash(slot, terms->seed) & (terms->line_count - 1);

    while (line_free(line_at(terms, at)) == 4)
        at = (at + 1) & (terms->line_count - 1);
    line_at(terms, at)->slots[line_free(line_at(terms, at))] = *slot;
}

static bool
table_grow(struct terms *terms)
{
    struct terms old = *terms;

    if (!table_make(terms, old.line_count == 0 ? LINES_MIN : old.line_count * 2)) {
        table_free(terms);
        terms->parts = old.parts;
        terms->line_count = old.line_count;
        return false;
    }
    for (size_t i = 0; i < old.line_count; i++)
        for (uint32_t k = 0; k < 4; k++)
            if (line_at(&old, i)->slots[k].number != 0)
                table_insert(terms, &line_at(&old, i)->slots[k]);
    table_free(&old);
    return true;
}

/* Room for one GROUP of new texts. */
static bool
terms_reserve(struct terms *terms)
{
    while (((size_t)terms->count + GROUP) * 16 > terms->line_count * 4 * FULL_OF_16)
        if (!table_grow(terms))
            return false;
    if (terms->room - terms->count < GROUP) {
        uint32_t room = terms->room == 0 ? ITEMS_MIN : terms->room * 2;
        struct text *items;
        if (room <= terms->room)
            return false;
        items = mem_resize(terms->items, room, sizeof *items);
        if (items == NULL)
            return false;
        terms->items = items;
        terms->room = room;
    }
    return true;
}

/* A text that is new. UINT32_MAX: no memory. */
static uint32_t
terms_append(struct terms *terms, struct text text, const struct term_slot *words,
             struct term_line *line)
{
    struct text copy = arena_text(&terms->arena, text);
    struct term_slot *slot = &line->slots[line_free(line)];

    if (copy.at == NULL)
        return UINT32_MAX;
    terms->items[terms->count] = copy;
    *slot = *words;
    slot->number = ++terms->count;
    return terms->count - 1;
}

/* Needs room. UINT32_MAX: no memory. */
static inline uint32_t
terms_one(struct terms *terms, struct text text, const struct term_slot *words, uint64_t hash)
{
    for (;; hash++) {
        struct term_line *line = line_at(terms, hash & (terms->line_count - 1));
        for (uint32_t same = line_same(line, words); same != 0; same &= same - 1) {
            uint32_t number = line->slots[__builtin_ctz(same) / 4].number - 1;
            if (words->rest < LONG_MARK || long_eq(terms->items[number], text))
                return number;
        }
        if (line->slots[3].number == 0)
            return terms_append(terms, text, words, line);
    }
}

static bool
group_add(struct terms *terms, const struct text *texts, const uint8_t *states, size_t n,
          uint64_t *out)
{
    struct term_slot words[GROUP];
    uint64_t hashes[GROUP];

    for (size_t i = 0; i < n; i++) {
        if (states[i] != 0)
            continue;
        words[i] = words_of(texts[i], terms->seed);
        hashes[i] = words_hash(&words[i], terms->seed);
        __builtin_prefetch(line_at(terms, hashes[i] & (terms->line_count - 1)));
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t number;
        out[i] = 0;
        if (states[i] != 0)
            continue;
        number = terms_one(terms, texts[i], &words[i], hashes[i]);
        if (number == UINT32_MAX)
            return false;
        out[i] = number;
    }
    return true;
}

bool
terms_add(struct terms *terms, const struct text *texts, const uint8_t *states, size_t n,
          uint64_t *out)
{
    for (size_t from = 0; from < n; from += GROUP) {
        size_t now = n - from < GROUP ? n - from : GROUP;
        if (!terms_reserve(terms) ||
            !group_add(terms, texts + from, states + from, now, out + from))
            return false;
    }
    return true;
}
