/* SPDX-License-Identifier: Apache-2.0 */
/* terms.c: open addressing. A text of up to 24 bytes is three words and its length, and nothing
 * else has to be compared; of a longer one the words hold the ends and a hash of it all. */
#include "engine/index/terms.h"

#include <assert.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/hash.h"
#include "engine/base/slab.h"

#include "engine/base/ban.h"

#define SLOTS_MIN 256
#define GROUP 32
#define WHOLE_MAX 24
#define FULL_OF_16 11 /* a table twice as large misses the cache more than it saves in steps */

__extension__ typedef unsigned __int128 u128;

struct term_slot { /* half a cache line */
    uint64_t first, last, middle;
    uint32_t len, number; /* number: of the text, + 1; 0: free */
};
_Static_assert(sizeof(struct term_slot) == 32, "two to a line");
#define PART_SLOTS (SLAB_BYTES / sizeof(struct term_slot))

static uint64_t
load8(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return word;
}

static uint64_t
load4(const char *at)
{
    uint32_t word;

    memcpy(&word, at, sizeof word);
    return word;
}

/* With the length they say the whole text, up to WHOLE_MAX bytes. Reads nothing outside of it.
 * Names of two and of three characters alternate, so 4 to 16 bytes take one road without a branch.
 */
static inline struct term_slot
words_of(struct text text)
{
    const char *at = text.at;
    size_t n = text.len;
    struct term_slot words = {0, 0, 0, (uint32_t)n, 0};

    if (n >= 4) {
        size_t tail = n - 4, second = tail < 4 ? tail : 4, third = n < 8 ? 0 : n - 8;
        words.first = load4(at) | load4(at + second) << 32;
        words.last = load4(at + third) | load4(at + tail) << 32;
        if (n > WHOLE_MAX)
            words.middle = hash_bytes(at, n, 0);
        else if (n > 16)
            words.middle = load8(at + 8);
    } else if (n > 0) {
        words.first = (uint64_t)(uint8_t)at[0] | (uint64_t)(uint8_t)at[n / 2] << 8 |
                      (uint64_t)(uint8_t)at[n - 1] << 16;
    }
    return words;
}

static inline uint64_t
mixed(uint64_t a, uint64_t b)
{
    u128 product = (u128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t
words_hash(const struct term_slot *words, uint64_t seed)
{
    uint64_t ends = mixed(words->first ^ seed, words->last ^ UINT64_C(0xE7037ED1A0B428DB));

    return mixed(ends ^ words->middle ^ UINT64_C(0x8EBC6AF09C88C6E3), seed ^ words->len);
}

static inline bool
words_eq(const struct term_slot *a, const struct term_slot *b)
{
    return a->first == b->first && a->last == b->last && a->middle == b->middle && a->len == b->len;
}

void
terms_init(struct terms *terms, uint64_t seed)
{
    memset(terms, 0, sizeof *terms);
    terms->seed = seed;
    arena_init(&terms->arena, "terms", 0, true);
}

static inline struct term_slot *
slot_at(const struct terms *terms, size_t slot)
{
    return &terms->parts[slot / PART_SLOTS][slot % PART_SLOTS];
}

static size_t
part_slots(size_t slots)
{
    return slots < PART_SLOTS ? slots : PART_SLOTS;
}

/* The table alone: the texts stay. */
static void
slots_free(struct terms *terms)
{
    size_t slots = part_slots(terms->slot_count);

    for (size_t i = 0; i * PART_SLOTS < terms->slot_count; i++)
        pages_give(terms->parts[i], slots * sizeof **terms->parts);
    mem_free(terms->parts);
    terms->parts = NULL;
    terms->slot_count = 0;
}

void
terms_release(struct terms *terms)
{
    arena_release(&terms->arena);
    slots_free(terms);
    mem_free(terms->items);
    memset(terms, 0, sizeof *terms);
}

void
terms_seal(struct terms *terms)
{
    slots_free(terms);
}

size_t
terms_bytes(const struct terms *terms)
{
    return terms->arena.used + terms->slot_count * sizeof(struct term_slot) +
           terms->room * sizeof *terms->items;
}

/* An empty table of `count` slots. */
static bool
slots_make(struct terms *terms, size_t count)
{
    size_t slots = part_slots(count), parts = count / slots;

    terms->slot_count = 0;
    terms->parts = mem_resize(NULL, parts, sizeof *terms->parts);
    if (terms->parts == NULL)
        return false;
    for (size_t i = 0; i < parts; i++) {
        terms->parts[i] = pages_take(slots * sizeof **terms->parts);
        if (terms->parts[i] == NULL)
            return false;
        terms->slot_count += slots;
    }
    return true;
}

static bool
slots_grow(struct terms *terms)
{
    struct terms old = *terms;

    if (!slots_make(terms, old.slot_count == 0 ? SLOTS_MIN : old.slot_count * 2)) {
        slots_free(terms);
        terms->parts = old.parts;
        terms->slot_count = old.slot_count;
        return false;
    }
    for (size_t i = 0; i < old.slot_count; i++) {
        const struct term_slot *from = slot_at(&old, i);
        size_t slot = words_hash(from, old.seed) & (terms->slot_count - 1);
        if (from->number == 0)
            continue;
        while (slot_at(terms, slot)->number != 0)
            slot = (slot + 1) & (terms->slot_count - 1);
        *slot_at(terms, slot) = *from;
    }
    slots_free(&old);
    return true;
}

/* Room for one GROUP of new texts. */
static bool
terms_reserve(struct terms *terms)
{
    while (((size_t)terms->count + GROUP) * 16 > terms->slot_count * FULL_OF_16)
        if (!slots_grow(terms))
            return false;
    if (terms->room - terms->count < GROUP) {
        uint32_t room = terms->room == 0 ? SLOTS_MIN / 2 : terms->room * 2;
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

/* Needs room. UINT32_MAX: no memory. */
static inline uint32_t
terms_one(struct terms *terms, struct text text, const struct term_slot *words, size_t slot)
{
    struct term_slot *at;
    struct text copy;

    for (at = slot_at(terms, slot); at->number != 0; at = slot_at(terms, slot)) {
        uint32_t number = at->number - 1;
        if (words_eq(at, words) && (words->len <= WHOLE_MAX || text_eq(terms->items[number], text)))
            return number;
        slot = (slot + 1) & (terms->slot_count - 1);
    }
    copy = arena_text(&terms->arena, text);
    if (copy.at == NULL)
        return UINT32_MAX;
    terms->items[terms->count] = copy;
    *at = *words;
    at->number = ++terms->count;
    return terms->count - 1;
}

static bool
group_add(struct terms *terms, const struct text *texts, const uint8_t *states, size_t n,
          uint64_t *out)
{
    struct term_slot words[GROUP];
    size_t slots[GROUP];

    for (size_t i = 0; i < n; i++) {
        if (states[i] != 0)
            continue;
        words[i] = words_of(texts[i]);
        slots[i] = words_hash(&words[i], terms->seed) & (terms->slot_count - 1);
        __builtin_prefetch(slot_at(terms, slots[i]));
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t number;
        out[i] = 0;
        if (states[i] != 0)
            continue;
        number = terms_one(terms, texts[i], &words[i], slots[i]);
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
