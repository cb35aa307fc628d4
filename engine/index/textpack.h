/* SPDX-License-Identifier: Apache-2.0 */
/* textpack.h: a list of texts in few bytes: account numbers, plates, names.
 *
 * From     a column of one block
 * To       sealing (sealed.h), which encrypts what comes out; docs/FORMATS.md has the layout
 * Lives    the encoded bytes in the caller's buffer; decoded texts in the caller's arena
 * Threads  any: nothing is kept
 * Errors   encoding: buf_check(); what cannot be decoded is answered, whatever the bytes are
 * Why      numbers that departments give to things differ in few places and few signs: hexadecimal
 *          digits take half a byte, and else each place of a text has an alphabet of its own, of
 *          those bytes that stand there in this block. It must cost less than encrypting. */
#ifndef HEDUI_INDEX_TEXTPACK_H
#define HEDUI_INDEX_TEXTPACK_H

#include "engine/base/arena.h"
#include "engine/base/buf.h"

#define TEXTPACK_MAX 65535 /* texts of one list, and bytes of one text */

/* Hexadecimal digits `0-9a-f` in half a byte each: writes (len + 1) / 2 bytes, or answers false
 * where other bytes stand there; then what `to` holds means nothing. May write 16 bytes more. */
bool textpack_hex(struct text text, uint8_t *to);

enum textpack_mode { TEXTPACK_HEX = 1, TEXTPACK_PLACES = 2 };

/* bytes: the texts of `count` lengths one behind the other: HEX as textpack_hex() wrote them,
 * PLACES as they are. */
void textpack_put(struct buf *out, enum textpack_mode mode, const uint16_t *lengths, uint32_t count,
                  const uint8_t *bytes);

/* The texts of an encoded list. texts: `room` at least its count,
 * answered in *count. false: not such a list, or more than `room`, or no memory in the arena. */
bool textpack_get(struct text bytes, struct text *texts, uint32_t room, uint32_t *count,
                  struct arena *arena);

#endif
