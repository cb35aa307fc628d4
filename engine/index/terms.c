/* SPDX-License-Identifier: Apache-2.0 */
/* terms.c: open addressing. A text of up to 24 bytes is three words and its length, and nothing
 * else has to be compared; of a longer one the words hold the ends and a hash of it all. */
#include "engine/index/terms.h"

#include <assert.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/hash.h"

#include "engine/base/ban.h"

#define SLOTS_MIN 256
#define GROUP 32
#define WHOLE_MAX 24

__extension__ typedef unsigned __int128 u128;

struct term_slot { /* half a cache line */
    uint64_t first, last, middle;
    uint32_t len, number; /* number: of the text, + 1; 0: free */
};
_Static_assert(sizeof(struct term_slot) == 32, "two to a line");

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

/* With the length they say the whole text, up to WHOLE_MAX bytes. Reads nothing outside of it. */
static inline struct term_slot
words_of(struct text text)
{
    const char *at = text.at;
    size_t n = text.len;
    struct term_slot words = {0, 0, 0, (uint32_t)n, 0};

    if (n >= 8) {
        words.first = load8(at);
        words.last = load8(at + n - 8);
        if (n > WHOLE_MAX)
            words.middle = hash_bytes(at, n, 0);
        else if (n > 16)
            words.middle = load8(at + 8);
    } else if (n >= 4) {
        words.first = load4(at) | load4(at + n - 4) << 32;
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

static void
slots_free(struct terms *terms)
{
    if (terms->slots != NULL) {
        mem_wipe(terms->slots, terms->slot_count * sizeof *terms->slots);
        mem_pages_free(terms->slots, terms->slot_count * sizeof *terms->slots);
    }
    terms->slots = NULL;
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
    return terms->arena.used + terms->slot_count * sizeof *terms->slots +
           terms->room * sizeof *terms->items;
}

static bool
slots_grow(struct terms *terms)
{
    struct terms old = *terms;
    size_t count = old.slot_count == 0 ? SLOTS_MIN : old.slot_count * 2;
    struct term_slot *slots = mem_pages(count * sizeof *slots);

    if (slots == NULL)
        return false;
    memset(slots, 0,
           count * sizeof *slots); /* touched by a read first, each page would fault twice */
    for (size_t i = 0; i < old.slot_count; i++) {
        size_t slot = words_hash(&old.slots[i], old.seed) & (count - 1);
        if (old.slots[i].number == 0)
            continue;
        while (slots[slot].number != 0)
            slot = (slot + 1) & (count - 1);
        slots[slot] = old.slots[i];
    }
    slots_free(terms);
    terms->slots = slots;
    terms->slot_count = count;
    return true;
}

/* Room for one GROUP of new texts. */
static bool
terms_reserve(struct terms *terms)
{
    while (((size_t)terms->count + GROUP) * 2 > terms->slot_count)
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
    struct text copy;

    for (; terms->slots[slot].number != 0; slot = (slot + 1) & (terms->slot_count - 1)) {
        uint32_t number = terms->slots[slot].number - 1;
        if (words_eq(&terms->slots[slot], words) &&
            (words->len <= WHOLE_MAX || text_eq(terms->items[number], text)))
            return number;
    }
    copy = arena_text(&terms->arena, text);
    if (copy.at == NULL)
        return UINT32_MAX;
    terms->items[terms->count] = copy;
    terms->slots[slot] = *words;
    terms->slots[slot].number = ++terms->count;
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
        __builtin_prefetch(&terms->slots[slots[i]]);
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
