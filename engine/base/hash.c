/* SPDX-License-Identifier: Apache-2.0 */
/* hash.c: XXH3, and an open-addressing dictionary with linear probing, at most half full. */
#include "engine/base/hash.h"

#include <assert.h>
#include <string.h>

#define XXH_INLINE_ALL /* short keys: the call would cost more than the hash */
#include <xxhash.h>

#include "engine/base/buf.h"

#define SLOTS_MIN 64

uint64_t
hash_bytes(const void *bytes, size_t len, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes, len, seed);
}

void
dict_init(struct dict *dict, size_t cap_bytes, bool is_wiped)
{
    memset(dict, 0, sizeof *dict);
    arena_init(&dict->arena, "dictionary", cap_bytes, is_wiped);
}

void
dict_release(struct dict *dict)
{
    arena_release(&dict->arena);
    mem_free(dict->slots);
    mem_free(dict->items);
    mem_free(dict->hashes);
    memset(dict, 0, sizeof *dict);
}

size_t
dict_bytes(const struct dict *dict)
{
    return dict->arena.used + dict->slot_count * sizeof *dict->slots +
           dict->room * (sizeof *dict->items + sizeof *dict->hashes);
}

/* The slot where `text` is, or the free one where it would be. Needs slots. */
static size_t
slot_of(const struct dict *dict, struct text text, uint64_t hash)
{
    size_t slot = hash & (dict->slot_count - 1);

    while (dict->slots[slot] != DICT_FULL) {
        uint32_t item = dict->slots[slot];
        if (dict->hashes[item] == hash && text_eq(dict->items[item], text))
            break;
        slot = (slot + 1) & (dict->slot_count - 1);
    }
    return slot;
}

static bool
slots_grow(struct dict *dict)
{
    size_t count = dict->slot_count == 0 ? SLOTS_MIN : dict->slot_count * 2;
    uint32_t *slots;

    if (dict->arena.cap != 0 &&
        dict_bytes(dict) + (count - dict->slot_count) * sizeof *slots > dict->arena.cap)
        return false;
    slots = mem_resize(dict->slots, count, sizeof *slots);
    if (slots == NULL)
        return false;
    memset(slots, 0xFF, count * sizeof *slots); /* DICT_FULL everywhere */
    dict->slots = slots;
    dict->slot_count = count;
    for (uint32_t i = 0; i < dict->count; i++) {
        size_t slot = dict->hashes[i] & (count - 1);
        while (slots[slot] != DICT_FULL)
            slot = (slot + 1) & (count - 1);
        slots[slot] = i;
    }
    return true;
}

static bool
items_grow(struct dict *dict)
{
    uint32_t room = dict->room == 0 ? SLOTS_MIN / 2 : dict->room * 2;
    struct text *items;
    uint64_t *hashes;

    if (room <= dict->room || room == DICT_FULL)
        return false;
    if (dict->arena.cap != 0 &&
        dict_bytes(dict) + (room - dict->room) * (sizeof *items + sizeof *hashes) > dict->arena.cap)
        return false;
    items = mem_resize(dict->items, room, sizeof *items);
    if (items == NULL)
        return false;
    dict->items = items;
    hashes = mem_resize(dict->hashes, room, sizeof *hashes);
    if (hashes == NULL)
        return false;
    dict->hashes = hashes;
    dict->room = room;
    return true;
}

uint32_t
dict_add(struct dict *dict, struct text text)
{
    uint64_t hash = hash_bytes(text.at, text.len, 0);
    size_t slot;
    struct text copy;

    if (dict->slot_count > 0) {
        slot = slot_of(dict, text, hash);
        if (dict->slots[slot] != DICT_FULL)
            return dict->slots[slot];
    }
    if (dict->count == dict->room && !items_grow(dict))
        return DICT_FULL;
    if ((size_t)dict->count * 2 >= dict->slot_count && !slots_grow(dict))
        return DICT_FULL;
    copy = arena_text(&dict->arena, text);
    if (copy.at == NULL)
        return DICT_FULL;
    slot = slot_of(dict, text, hash);
    dict->items[dict->count] = copy;
    dict->hashes[dict->count] = hash;
    dict->slots[slot] = dict->count;
    return dict->count++;
}

uint32_t
dict_find(const struct dict *dict, struct text text)
{
    if (dict->slot_count == 0)
        return DICT_FULL;
    return dict->slots[slot_of(dict, text, hash_bytes(text.at, text.len, 0))];
}

#define TEXT_OF(x) #x
#define VERSION_OF(a, b, c) TEXT_OF(a) "." TEXT_OF(b) "." TEXT_OF(c)

const char *
hash_library(void)
{
    return VERSION_OF(XXH_VERSION_MAJOR, XXH_VERSION_MINOR, XXH_VERSION_RELEASE);
}
