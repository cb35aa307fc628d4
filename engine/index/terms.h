/* SPDX-License-Identifier: Apache-2.0 */
/* terms.h: the distinct texts that one lane has seen in one column, numbered from 0 by arrival.
 *
 * From     batches
 * To       vocabulary.h, which merges the lanes' numbers into one sorted list
 * Lives    with the builder; wiped, for names are in it
 * Errors   terms_add() answers false where the system has no memory
 * Why      a column of a batch is looked up at once: all hashes, then all slots, so that the
 *          misses of 32 rows overlap; a slot holds a text of up to 12 bytes whole, so that a
 * look-up is one miss. base/hash.h's dictionary takes one text at a time. */
#ifndef HEDUI_INDEX_TERMS_H
#define HEDUI_INDEX_TERMS_H

#include "engine/base/arena.h"

struct term_line;

struct terms {
    struct arena arena;
    uint64_t seed; /* of the hash: secret, so that no file can choose texts that collide */
    struct term_line **parts; /* the table, in blocks of at most a slab */
    size_t line_count;        /* a power of two */
    struct text *items;
    uint32_t count, room;
};

void terms_init(struct terms *terms, uint64_t seed);
void terms_release(struct terms *terms);
void terms_seal(struct terms *terms); /* nothing more is added: what only adding needs goes */
size_t terms_bytes(const struct terms *terms);
/* out[i]: the number of texts[i], where states[i] is 0 (CELL_VALUE); else 0. */
bool terms_add(struct terms *terms, const struct text *texts, const uint8_t *states, size_t n,
               uint64_t *out);

#endif
