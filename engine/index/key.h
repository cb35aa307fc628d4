/* SPDX-License-Identifier: Apache-2.0 */
/* key.h: the secret under which identities and names rest.
 *
 * From     DATA/key (0600, 64 hex digits, made on first use) or --key FILE
 * Lives    in the world; wiped when closed. A lane opens its own struct keyer from it.
 * Errors   wrong rights, wrong length, a key that is not the one of the deliveries (key id)
 * Why      a plain hash of 18 digits is found by trying them all; a permutation under a key is not.
 */
#ifndef HEDUI_INDEX_KEY_H
#define HEDUI_INDEX_KEY_H

#include <stdbool.h>

#include "engine/base/crypt.h"
#include "engine/model/cell.h"

struct master_key;
/* path NULL: `data`/key, made if missing (*is_new). */
HEDUI_CHECKED hedui_status master_key_open(struct master_key **out, const char *data,
                                           const char *path, bool *is_new, struct err *err);
void master_key_close(struct master_key *key);        /* NULL welcome; wipes */
uint64_t master_key_id(const struct master_key *key); /* tells keys apart, reveals nothing */

struct keyer; /* ciphers of one lane; subkeys for identities, names, texts, rows */
HEDUI_CHECKED hedui_status keyer_open(struct keyer **out, const struct master_key *key,
                                      struct err *err);
void keyer_close(struct keyer *keyer);
/* n packed identities to pseudonyms, in place allowed. Batches of hundreds are fastest. */
void keyer_pseudonyms(struct keyer *keyer, const struct key128 *in, struct key128 *out, size_t n);
struct name_tag {
    uint64_t tag;   /* of the folded form */
    uint32_t check; /* of the exact form */
};
struct name_tag keyer_name(struct keyer *keyer, struct text name);
uint64_t keyer_text(struct keyer *keyer, struct text sensitive);

#endif
