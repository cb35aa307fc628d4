/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/index/mask.h"

#include <assert.h>
#include <string.h>

#include "engine/base/ban.h"

size_t
text_mask(struct text text, char out[TEXT_MASK_MAX])
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
