/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/model/name.h"

#include <string.h>

#include <utf8proc.h>

#include "engine/base/ban.h"

/* GB 18030-2022 moved 18 code points out of private use; files written before still hold them. */
static uint32_t
moved(uint32_t code)
{
    static const uint16_t pairs[][2] = {
        {0xE78D, 0xFE10}, {0xE78E, 0xFE12}, {0xE78F, 0xFE11}, {0xE790, 0xFE13}, {0xE791, 0xFE14},
        {0xE792, 0xFE15}, {0xE793, 0xFE16}, {0xE794, 0xFE17}, {0xE795, 0xFE18}, {0xE796, 0xFE19},
        {0xE81E, 0x9FB4}, {0xE826, 0x9FB5}, {0xE82B, 0x9FB6}, {0xE82C, 0x9FB7}, {0xE832, 0x9FB8},
        {0xE843, 0x9FB9}, {0xE854, 0x9FBA}, {0xE864, 0x9FBB},
    };

    if (code < 0xE78D || code > 0xE864)
        return code;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (pairs[i][0] == code)
            return pairs[i][1];
    return code;
}

/* Points between the parts of a name: middle dots of every keyboard, the hyphenation point, a full
 * stop, a bullet. They are written or left out as an office likes. */
static bool
is_separator(uint32_t code)
{
    switch (code) {
    case '.':
    case 0xB7:
    case 0x2022:
    case 0x2027:
    case 0x22C5:
    case 0x30FB:
    case 0xFF0E:
    case 0xFF65:
    case 0x3002:
        return true;
    default:
        return text_is_space(code);
    }
}

static bool
is_plain_han(struct text name)
{
    for (size_t i = 0; i < name.len; i += 3)
        if (name.len - i < 3 || (unsigned char)name.at[i] < 0xE4 ||
            (unsigned char)name.at[i] > 0xE9 ||
            ((unsigned char)name.at[i] == 0xE4 && (unsigned char)name.at[i + 1] < 0xB8))
            return false; /* below U+4E00, or longer or shorter than three bytes */
    return true;
}

size_t
name_fold(struct text name, char *out)
{
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                      UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    char cleaned[NAME_MAX];
    utf8proc_int32_t codes[NAME_MAX * 2];
    size_t len = 0;
    utf8proc_ssize_t n;

    if (name.len <= NAME_MAX && is_plain_han(name)) {
        memcpy(out, name.at, name.len);
        return name.len;
    }
    for (size_t pos = 0; pos < name.len && len + 4 <= NAME_MAX;) {
        uint32_t code = moved(text_next(name, &pos));
        if (code != TEXT_BAD && !is_separator(code))
            len += text_put(code, cleaned + len);
    }
    n = utf8proc_decompose((const utf8proc_uint8_t *)cleaned, (utf8proc_ssize_t)len, codes,
                           NAME_MAX * 2, options);
    if (n < 0 || n > NAME_MAX * 2) { /* expands past our room: compare the cleaned form */
        memcpy(out, cleaned, len);
        return len;
    }
    n = utf8proc_normalize_utf32(codes, n, options);
    len = 0;
    for (utf8proc_ssize_t i = 0; i < n && len + 4 <= NAME_MAX; i++)
        if (!is_separator((uint32_t)codes[i]))
            len += text_put((uint32_t)codes[i], out + len);
    return len;
}

size_t
name_mask(struct text name, char *out)
{
    static const char *const doubles[] = {"欧阳", "上官", "司马", "诸葛", "司徒", "夏侯", "皇甫",
                                          "尉迟", "长孙", "慕容", "令狐", "东方", "端木", "公孙",
                                          "轩辕", "宇文", "赫连", "呼延", "百里", "南宫", "澹台",
                                          "淳于", "单于", "太叔", "申屠", "公冶", "钟离", "独孤"};
    size_t keep = 0, len = 0, chars = text_chars(name);

    if (name.len == 0)
        return 0;
    text_next(name, &keep);
    if (chars > 2)
        for (size_t i = 0; i < sizeof doubles / sizeof doubles[0]; i++)
            if (text_starts(name, text_of(doubles[i])))
                keep = 6;
    memcpy(out, name.at, keep);
    len = keep;
    for (size_t pos = keep; pos < name.len && len + 4 <= NAME_MAX;) {
        uint32_t code = text_next(name, &pos);
        if (code == 0xB7 || code == ' ')
            len += text_put(code, out + len); /* parts stay visible, their letters do not */
        else
            out[len++] = '*';
    }
    return len;
}
