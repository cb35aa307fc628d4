/* SPDX-License-Identifier: Apache-2.0 */
/* nfc.c: the one door to utf8proc: normal form C and the width of characters. */
#include <string.h>

#include <utf8proc.h>

#include "engine/base/arena.h"
#include "engine/base/text.h"

size_t
text_width(struct text text)
{
    size_t width = 0, pos = 0;

    while (pos < text.len) {
        uint32_t code = text_next(text, &pos);
        int columns = code == TEXT_BAD ? 1 : utf8proc_charwidth((utf8proc_int32_t)code);
        width += columns > 0 ? (size_t)columns : 0;
    }
    return width;
}

/* Whether `code` stands in NFC whatever is beside it: nothing in these ranges decomposes,
 * combines with a neighbour or reorders. Sound, not complete; most of our text is in here. */
static bool
is_inert(uint32_t code)
{
    return code < 0x300 || (code >= 0x2010 && code <= 0x2027) ||
           (code >= 0x3000 && code <= 0x3029) || (code >= 0x4E00 && code <= 0x9FFF) ||
           (code >= 0xFF01 && code <= 0xFFEF);
}

bool
text_nfc(struct text a, struct text *out, struct arena *arena)
{
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    bool is_plain = true;
    utf8proc_ssize_t room, n;
    utf8proc_int32_t *codes;

    for (size_t pos = 0; pos < a.len;) {
        uint32_t code = text_next(a, &pos);
        if (code == TEXT_BAD)
            return false;
        is_plain = is_plain && is_inert(code);
    }
    if (is_plain) {
        *out = a;
        return true;
    }
    room = utf8proc_decompose((const utf8proc_uint8_t *)a.at, (utf8proc_ssize_t)a.len, NULL, 0,
                              options);
    if (room < 0)
        return false;
    /* utf8proc_reencode writes UTF-8 over the code points, and a NUL */
    codes = arena_alloc(arena, (size_t)room + 1, sizeof *codes);
    if (codes == NULL)
        return false;
    n = utf8proc_decompose((const utf8proc_uint8_t *)a.at, (utf8proc_ssize_t)a.len, codes, room,
                           options);
    n = n == room ? utf8proc_reencode(codes, n, options) : -1;
    if (n < 0)
        return false;
    *out = (struct text){(const char *)codes, (size_t)n};
    if (text_eq(*out, a))
        *out = a;
    return true;
}

const char *
text_library(void)
{
    return utf8proc_version();
}
