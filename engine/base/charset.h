/* SPDX-License-Identifier: Apache-2.0 */
/* charset.h: bytes of a file to UTF-8, strictly: what is not of the character set is refused,
 * never replaced.
 *
 * Rule     GB 18030-2022, and GBK inside it; 0x80 is U+20AC as Windows writes it. The 18 codes that
 *          left private use in 2022 decode to their characters, in two bytes and in four.
 * Lives    pure functions over the tables of gb18030_table.c
 * Why      two converters of the same office disagree on characters of names (domain.md 3.5). */
#ifndef HEDUI_BASE_CHARSET_H
#define HEDUI_BASE_CHARSET_H

#include "engine/base/arena.h"
#include "engine/base/buf.h"

enum charset { CHARSET_UTF8, CHARSET_GB18030 };

/* The character at *pos, *pos behind it; TEXT_BAD: *pos moves by one byte. Needs *pos < len. */
uint32_t gb18030_next(struct text text, size_t *pos);
/* Into out, which has room for gb18030_room(bytes); false: bad bytes, *bad says at which offset. */
bool gb18030_decode(struct text bytes, char *out, size_t *len, size_t *bad);
static inline size_t
gb18030_room(size_t bytes)
{
    return bytes * 3; /* one byte gives up to 3 (0x80), two up to 4, four up to 4 */
}

/* The way back, for writers of GB18030 files: two bytes where there are two, also for the old
 * private-use forms. */
struct gb18030_encoder;
HEDUI_CHECKED hedui_status gb18030_encoder_build(struct gb18030_encoder **out, struct arena *arena,
                                                 struct err *err);
/* false: `utf8` is not UTF-8; `out` then ends before the bad byte. */
bool gb18030_encode(const struct gb18030_encoder *encoder, struct text utf8, struct buf *out);

/* Valid UTF-8 but for a character cut at its end: what a file's first 64 KiB may look like. */
bool charset_is_utf8_head(struct text head);

#endif
