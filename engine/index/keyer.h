/* SPDX-License-Identifier: Apache-2.0 */
/* keyer.h: a keyer's work on whole columns; the same answers as one by one, several times faster.
 *
 * To       the builder, match (names of a block) and verdict (digests of a block's rows) */
#ifndef HEDUI_INDEX_KEYER_H
#define HEDUI_INDEX_KEYER_H

#include "engine/index/key.h"

/* names[n] to out[n], as keyer_name(). */
void keyer_names(struct keyer *keyer, const struct text *names, struct name_tag *out, size_t n);
/* texts[n] to out[n], as keyer_text(): one AES block where a text has at most 15 bytes. */
void keyer_texts(struct keyer *keyer, const struct text *texts, uint64_t *out, size_t n);
/* Digests of rows[n] or of applications, by their normalised fields, for provenance. */
void keyer_rows(struct keyer *keyer, const struct text *rows, size_t n, uint8_t (*out)[16]);

#endif
