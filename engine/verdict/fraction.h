/* SPDX-License-Identifier: Apache-2.0 */
/* fraction.h: an exact fraction, as value_print writes it ("1904294/3"), for people's eyes.
 *
 * verdicts.jsonl keeps the fraction; the spreadsheet and the explanation show four places, with a
 * mark where something was rounded away. */
#ifndef HEDUI_VERDICT_FRACTION_H
#define HEDUI_VERDICT_FRACTION_H

#include "engine/base/buf.h"

/* is_fen: the fraction counts fen and is shown in yuan, two to four places; else up to four.
 * `about` ("约 ") goes in front of a rounded one. What is no fraction is printed as it is. */
void fraction_print(struct buf *out, struct text fraction, bool is_fen, const char *about);

#endif
