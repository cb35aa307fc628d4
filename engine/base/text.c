/* SPDX-License-Identifier: Apache-2.0 */
/* text.c: UTF-8 without a library. What needs Unicode's tables is in nfc.c. */
#include "engine/base/text.h"

#include <string.h>

struct text
text_of(const char *string)
{
    return (struct text){string, string == NULL ? 0 : strlen(string)};
}

bool
text_is(struct text a, const char *string)
{
    return text_eq(a, text_of(string));
}

int
text_cmp(struct text a, struct text b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len == 0 ? 0 : memcmp(a.at, b.at, len);

    if (order != 0)
        return order < 0 ? -1 : 1;
    return (a.len > b.len) - (a.len < b.len);
}

bool
text_starts(struct text a, struct text prefix)
{
    return a.len >= prefix.len && text_eq((struct text){a.at, prefix.len}, prefix);
}

bool
text_ends(struct text a, struct text suffix)
{
    return a.len >= suffix.len &&
           text_eq((struct text){a.at + (a.len - suffix.len), suffix.len}, suffix);
}

size_t
text_find(struct text a, struct text part)
{
    const char *found;

    if (part.len == 0)
        return 0;
    if (a.len < part.len)
        return SIZE_MAX;
    found = memmem(a.at, a.len, part.at, part.len);
    return found == NULL ? SIZE_MAX : (size_t)(found - a.at);
}

uint32_t
text_next(struct text text, size_t *pos)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000}; /* less is overlong */
    const unsigned char *at = (const unsigned char *)text.at + *pos;
    size_t left = text.len - *pos, len;
    uint32_t code;

    *pos += 1;
    if (at[0] < 0x80)
        return at[0];
    len = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
    if (at[0] < 0xC2 || at[0] > 0xF4 || len > left)
        return TEXT_BAD;
    code = at[0] & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return TEXT_BAD;
        code = code << 6 | (at[i] & 0x3Fu);
    }
    if (code < least[len] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return TEXT_BAD;
    *pos += len - 1;
    return code;
}

size_t
text_put(uint32_t code_point, char out[4])
{
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        out[0] = (char)(0xC0 | code_point >> 6);
        out[1] = (char)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        out[0] = (char)(0xE0 | code_point >> 12);
        out[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code_point & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code_point >> 18);
    out[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code_point & 0x3F));
    return 4;
}

bool
text_is_utf8(struct text text)
{
    size_t pos = 0;

    while (pos < text.len) {
        uint64_t eight;
        if (text.len - pos >= 8) { /* most bytes of our feeds are ASCII */
            memcpy(&eight, text.at + pos, 8);
            if ((eight & UINT64_C(0x8080808080808080)) == 0) {
                pos += 8;
                continue;
            }
        }
        if (text_next(text, &pos) == TEXT_BAD)
            return false;
    }
    return true;
}

size_t
text_chars(struct text text)
{
    size_t chars = 0;

    for (size_t pos = 0; pos < text.len; chars++)
        text_next(text, &pos);
    return chars;
}

bool
text_is_space(uint32_t code_point)
{
    return (code_point >= 0x09 && code_point <= 0x0D) || code_point == 0x20 || code_point == 0x85 ||
           code_point == 0xA0 || code_point == 0x1680 ||
           (code_point >= 0x2000 && code_point <= 0x200A) || code_point == 0x2028 ||
           code_point == 0x2029 || code_point == 0x202F || code_point == 0x205F ||
           code_point == 0x3000;
}

struct text
text_trim(struct text text)
{
    size_t pos = 0, end = text.len;

    while (pos < text.len) {
        size_t next = pos;
        if (!text_is_space(text_next(text, &next)))
            break;
        pos = next;
    }
    while (end > pos) {
        size_t last = end - 1, next;
        while (last > pos && ((unsigned char)text.at[last] & 0xC0) == 0x80)
            last--;
        next = last;
        if (!text_is_space(text_next((struct text){text.at, end}, &next)) || next != end)
            break;
        end = last;
    }
    return (struct text){text.at == NULL ? NULL : text.at + pos, end - pos};
}

bool
text_int(struct text text, int64_t *out)
{
    bool is_minus = text.len > 0 && text.at[0] == '-';
    int64_t value = 0;

    if (text.len == (size_t)is_minus)
        return false;
    for (size_t i = is_minus; i < text.len; i++) {
        int digit = text.at[i] - '0';
        if (digit < 0 || digit > 9)
            return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value)) /* downwards: INT64_MIN fits */
            return false;
    }
    if (!is_minus && value == INT64_MIN)
        return false;
    *out = is_minus ? value : -value;
    return true;
}
