/* SPDX-License-Identifier: Apache-2.0 */
/* mask.h: what remains readable of a sensitive text (a plate, an account).
 *
 * More than 8 characters: "****" and the last 4. 3 to 8 characters: "**" and the last one. Fewer:
 * "**". So an account keeps what people read out on the telephone, and a plate no more than
 * one tenth of the plates share. */
#ifndef HEDUI_INDEX_MASK_H
#define HEDUI_INDEX_MASK_H

#include "engine/base/text.h"

#define TEXT_MASK_MAX 20 /* bytes: stars and 4 characters of at most 4 bytes */

/* Answers the length. */
size_t text_mask(struct text text, char out[TEXT_MASK_MAX]);

#endif
