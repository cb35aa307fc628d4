/* SPDX-License-Identifier: Apache-2.0 */
/* text.h: a run of UTF-8 bytes with a length. Not NUL-terminated unless said; never owned.
 *
 * Lives    as long as the bytes that it points to
 * Errors   decoding answers TEXT_BAD for what is not UTF-8 */
#ifndef HEDUI_BASE_TEXT_H
#define HEDUI_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct text {
    const char *at;
    size_t len; /* bytes */
};

#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})
#define TEXT_FMT "%.*s" /* printf("… " TEXT_FMT, TEXT_ARG(text)) */
#define TEXT_ARG(text) (int)(text).len, (text).at
#define TEXT_BAD UINT32_MAX

struct text text_of(const char *string); /* NULL: empty */
static inline bool
text_eq(struct text a, struct text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}
bool text_is(struct text a, const char *string);
int text_cmp(struct text a, struct text b); /* by bytes, which in UTF-8 is by code point */
bool text_starts(struct text a, struct text prefix);
bool text_ends(struct text a, struct text suffix);
/* Byte offset of the first `part` in `a`, SIZE_MAX where there is none; "" is found at 0. */
size_t text_find(struct text a, struct text part);

/* Decodes the character at *pos (bytes) and moves *pos behind it. TEXT_BAD: overlong, surrogate,
 * cut, past U+10FFFF; *pos then moves by one byte. Needs *pos < text.len. */
uint32_t text_next(struct text text, size_t *pos);
size_t text_put(uint32_t code_point, char out[4]); /* bytes written, 1 to 4 */
bool text_is_utf8(struct text text);
size_t text_chars(struct text text); /* code points; a bad byte counts as one */
/* Columns on a terminal: East Asian wide and full-width count 2, combining 0. */
size_t text_width(struct text text);
bool text_is_space(uint32_t code_point); /* Unicode White_Space */
struct text text_trim(struct text text); /* Unicode white space at both ends */

/* Decimal int64, optional '-', nothing else around. false: not one, or outside int64. */
bool text_int(struct text text, int64_t *out);

/* Damerau-Levenshtein over code points, cut at `limit` + 1. Candidates for did-you-mean are those
 * within 2 or a third of the length. */
size_t text_distance(struct text a, struct text b, size_t limit);
/* The nearest of known[count] for did-you-mean, the first of equals; SIZE_MAX: none is near. */
size_t text_nearest(struct text word, const struct text *known, size_t count);

/* NFC (utf8proc). `out` points into `a` where it is NFC already, else into `arena`.
 * false: arena full or not UTF-8. */
struct arena;
bool text_nfc(struct text a, struct text *out, struct arena *arena);

const char *text_library(void); /* "2.8.0", of utf8proc */

#endif
