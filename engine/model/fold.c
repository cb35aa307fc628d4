/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/model/fold.h"

#include <string.h>

#include "engine/base/ban.h"

static uint32_t
fold_char(uint32_t code)
{
    if (code >= 0xFF01 && code <= 0xFF5E)
        return code - 0xFEE0;
    if (code == 0xFFE5)
        return 0xA5;
    if (code == 0x2212)
        return '-';
    if (code == TEXT_BAD)
        return (unsigned char)FOLD_BAD;
    if (text_is_space(code) || code == 0x200B || code == 0xFEFF) /* also those of no width */
        return ' ';
    return code;
}

struct text
fold_cell(struct text cell, char *out)
{
    size_t len = 0, start = 0;

    for (size_t pos = 0; pos < cell.len;) {
        uint32_t code = fold_char(text_next(cell, &pos));

        if (code == ' ' && len == 0)
            continue; /* a cell may begin with any number of blanks */
        if (len + 4 > FOLD_MAX) {
            if (code == ' ')
                continue;
            return (struct text){NULL, 0};
        }
        len += text_put(code, out + len);
    }
    while (len > start && out[len - 1] == ' ')
        len--;
    return (struct text){out, len};
}
