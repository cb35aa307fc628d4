/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/index/mask.h"

#include <assert.h>
#include <string.h>

#include "engine/base/ban.h"

/* More than 8 characters, each of them ASCII. */
static bool
is_long_ascii(struct text text)
{
    uint64_t all, last;

    if (text.len <= 8 || text.len > 64)
        return false;
    memcpy(&last, text.at + text.len - 8, sizeof last);
    for (size_t at = 0; at + 8 < text.len; at += 8) {
        memcpy(&all, text.at + at, sizeof all);
        last |= all;
    }
    return (last & UINT64_C(0x8080808080808080)) == 0;
}

static size_t
mask_carefully(struct text text, char out[TEXT_MASK_MAX])
{
    size_t chars = text_chars(text), keep = chars > 8 ? 4 : chars > 2 ? 1 : 0;
    size_t stars = chars > 8 ? 4 : 2, from = text.len;

    for (size_t i = 0; i < keep; i++) {
        size_t low = from > 4 ? from - 4 : 0;
        from--;
        while (from > low && ((unsigned char)text.at[from] & 0xC0) == 0x80)
            from--;
    }
    memset(out, '*', stars);
    assert(stars + text.len - from <= TEXT_MASK_MAX);
    memcpy(out + stars, text.at + from, text.len - from);
    return stars + text.len - from;
}

size_t
text_mask(struct text text, char out[TEXT_MASK_MAX])
{
    if (!is_long_ascii(text))
        return mask_carefully(text, out);
    memcpy(out, "****", 4); /* most account and plate numbers */
    memcpy(out + 4, text.at + text.len - 4, 4);
    return 8;
}
