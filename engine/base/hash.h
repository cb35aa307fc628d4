/* SPDX-License-Identifier: Apache-2.0 */
/* hash.h: the one door to xxHash, and a dictionary of texts.
 *
 * No order that a hash makes ever reaches output. */
#ifndef HEDUI_BASE_HASH_H
#define HEDUI_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/base/text.h"

uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed); /* XXH3, 64 bits */

/* A set of texts, numbered from 0 in order of arrival. The texts are copied. */
struct dict {
    struct arena arena;
    uint32_t *slots;
    size_t slot_count; /* a power of two */
    struct text *items;
    uint64_t *hashes;
    uint32_t count, room;
};
#define DICT_FULL UINT32_MAX

void dict_init(struct dict *dict, size_t cap_bytes, bool is_wiped); /* cap 0: none */
void dict_release(struct dict *dict);
/* The number of `text`, new or known. DICT_FULL: no memory, or past the cap. */
uint32_t dict_add(struct dict *dict, struct text text);
uint32_t dict_find(const struct dict *dict, struct text text); /* DICT_FULL: not there */
size_t dict_bytes(const struct dict *dict);

const char *hash_library(void); /* "0.8.1": compiled in */

#endif
