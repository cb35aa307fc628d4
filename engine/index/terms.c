/* SPDX-License-Identifier: Apache-2.0 */
/* terms.c: open addressing; a slot holds half of the hash, so that texts are compared but once. */
#include "engine/index/terms.h"

#include <assert.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/hash.h"

#include "engine/base/ban.h"

#define SLOTS_MIN 256
#define GROUP 32

void
terms_init(struct terms *terms)
{
    memset(terms, 0, sizeof *terms);
    arena_init(&terms->arena, "terms", 0, true);
}

void
terms_release(struct terms *terms)
{
    arena_release(&terms->arena);
    mem_free(terms->slots);
    mem_free(terms->items);
    memset(terms, 0, sizeof *terms);
}

void
terms_seal(struct terms *terms)
{
    mem_free(terms->slots);
    terms->slots = NULL;
    terms->slot_count = 0;
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
    size_t count = terms->slot_count == 0 ? SLOTS_MIN : terms->slot_count * 2;
    uint64_t *slots = mem_resize(NULL, count, sizeof *slots);

    if (slots == NULL)
        return false;
    memset(slots, 0, count * sizeof *slots);
    for (uint32_t i = 0; i < terms->count; i++) {
        uint64_t hash = hash_bytes(terms->items[i].at, terms->items[i].len, 0);
        size_t slot = hash & (count - 1);
        while (slots[slot] != 0)
            slot = (slot + 1) & (count - 1);
        slots[slot] = (hash & 0xFFFFFFFF00000000) | (i + 1);
    }
    mem_free(terms->slots);
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
static uint32_t
terms_one(struct terms *terms, struct text text, uint64_t hash)
{
    size_t slot = hash & (terms->slot_count - 1);
    struct text copy;

    for (; terms->slots[slot] != 0; slot = (slot + 1) & (terms->slot_count - 1)) {
        uint64_t held = terms->slots[slot];
        uint32_t number = (uint32_t)held - 1;
        if (held >> 32 == hash >> 32 && text_eq(terms->items[number], text))
            return number;
    }
    copy = arena_text(&terms->arena, text);
    if (copy.at == NULL)
        return UINT32_MAX;
    terms->items[terms->count] = copy;
    terms->slots[slot] = (hash & 0xFFFFFFFF00000000) | (terms->count + 1);
    return terms->count++;
}

static bool
group_add(struct terms *terms, const struct text *texts, const uint8_t *states, size_t n,
          uint64_t *out)
{
    uint64_t hashes[GROUP];

    for (size_t i = 0; i < n; i++) {
        hashes[i] = states[i] == 0 ? hash_bytes(texts[i].at, texts[i].len, 0) : 0;
        __builtin_prefetch(&terms->slots[hashes[i] & (terms->slot_count - 1)]);
    }
    for (size_t i = 0; i < n; i++) {
        uint64_t held = terms->slots[hashes[i] & (terms->slot_count - 1)];
        if (held != 0)
            __builtin_prefetch(&terms->items[(uint32_t)held - 1]);
    }
    for (size_t i = 0; i < n; i++) { /* by now the item is here; its bytes are the third miss */
        uint64_t held = terms->slots[hashes[i] & (terms->slot_count - 1)];
        if (held != 0)
            __builtin_prefetch(terms->items[(uint32_t)held - 1].at);
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t number;
        out[i] = 0;
        if (states[i] != 0)
            continue;
        if (i > 0 && states[i - 1] == 0 && hashes[i] == hashes[i - 1] &&
            text_eq(texts[i], texts[i - 1])) {
            out[i] = out[i - 1]; /* a person's rows often stand together */
            continue;
        }
        number = terms_one(terms, texts[i], hashes[i]);
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
