/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/model/name.h"

#include <string.h>

#include <utf8proc.h>

#include "engine/base/err.h"

#include "engine/base/ban.h"

/* GB 18030-2022 moved 18 code points out of private use; files written before still hold them. */
static uint32_t
moved(uint32_t code)
{
    static const uint16_t pairs[][2] = {
        {0xE78D, 0xFE10},
        {0xE78E, 0xFE12},
        {0xE78F, 0xFE11},
        {0xE790, 0xFE13},
        {0xE791, 0xFE14},
        {0xE792, 0xFE15},
        {0xE793, 0xFE16},
        {0xE794, 0xFE17},
        {0xE795, 0xFE18},
        {0xE796, 0xFE19},
        {0xE81E, 0x9FB4},
        {0xE826, 0x9FB5},
        {0xE82B, 0x9FB6},
        {0xE82C, 0x9FB7},
        {0xE832, 0x9FB8},
        {0xE843, 0x9FB9},
        {0xE854, 0x9FBA},
        {0xE864, 0x9FBB},
    };

    if (code < 0xE78D || code > 0xE864)
        return code;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (pairs[i][0] == code)
            return pairs[i][1];
    return code;
}

/* Whether variant() may know `code`: bit code % 1024 of the first of each pair. Most are out. */
static bool
may_vary(uint32_t code)
{
    static const uint64_t bits[16] = {
        UINT64_C(0x0218100000000000), UINT64_C(0x0000008000100204), UINT64_C(0x0010010000020000),
        UINT64_C(0x0008800000000501), UINT64_C(0x0400208C08000000), UINT64_C(0x8040208080280400),
        UINT64_C(0x0000500002000100), UINT64_C(0x0100000000000000), UINT64_C(0x0802200000000190),
        UINT64_C(0x0108800000004000), UINT64_C(0x0010140000800200), UINT64_C(0x2000008002002008),
        UINT64_C(0x00A0000460000800), UINT64_C(0x4002080000020402), UINT64_C(0x0000000800102020),
        UINT64_C(0x0040800000080000),
    };

    return (bits[code % 1024 / 64] >> code % 64 & 1) != 0;
}

/* Other shapes of one character, as registers of Hong Kong and Taiwan and old ledgers write names:
 * pairs only where each side is the other's only reading in a name. Sorted by the first. */
static uint32_t
variant(uint32_t code)
{
    static const uint16_t pairs[][2] = {
        {0x5049, 0x4F1F}, /* 偉 伟 */
        {0x5091, 0x6770}, /* 傑 杰 */
        {0x5167, 0x5185}, /* 內 内 */
        {0x5204, 0x5203}, /* 刄 刃 */
        {0x5289, 0x5218}, /* 劉 刘 */
        {0x5433, 0x5434}, /* 吳 吴 */
        {0x5442, 0x5415}, /* 呂 吕 */
        {0x5553, 0x542F}, /* 啓 启 */
        {0x555F, 0x542F}, /* 啟 启 */
        {0x56B4, 0x4E25}, /* 嚴 严 */
        {0x570B, 0x56FD}, /* 國 国 */
        {0x5B6B, 0x5B59}, /* 孫 孙 */
        {0x5BF6, 0x5B9D}, /* 寶 宝 */
        {0x5CEF, 0x5CF0}, /* 峯 峰 */
        {0x5F35, 0x5F20}, /* 張 张 */
        {0x5F37, 0x5F3A}, /* 強 强 */
        {0x5F4A, 0x5F3A}, /* 彊 强 */
        {0x611B, 0x7231}, /* 愛 爱 */
        {0x6176, 0x5E86}, /* 慶 庆 */
        {0x663B, 0x6602}, /* 昻 昂 */
        {0x66FD, 0x66FE}, /* 曽 曾 */
        {0x6771, 0x4E1C}, /* 東 东 */
        {0x694A, 0x6768}, /* 楊 杨 */
        {0x69AE, 0x8363}, /* 榮 荣 */
        {0x6DF8, 0x6E05}, /* 淸 清 */
        {0x6E6F, 0x6C64}, /* 湯 汤 */
        {0x6F41, 0x988D}, /* 潁 颍 */
        {0x7155, 0x7199}, /* 煕 熙 */
        {0x7188, 0x7199}, /* 熈 熙 */
        {0x74CA, 0x743C}, /* 瓊 琼 */
        {0x7522, 0x4EA7}, /* 產 产 */
        {0x7523, 0x4EA7}, /* 産 产 */
        {0x76E7, 0x5362}, /* 盧 卢 */
        {0x771E, 0x771F}, /* 眞 真 */
        {0x797F, 0x7984}, /* 祿 禄 */
        {0x7A4E, 0x9896}, /* 穎 颖 */
        {0x7F85, 0x7F57}, /* 羅 罗 */
        {0x7FA3, 0x7FA4}, /* 羣 群 */
        {0x8208, 0x5174}, /* 興 兴 */
        {0x83EF, 0x534E}, /* 華 华 */
        {0x842C, 0x4E07}, /* 萬 万 */
        {0x8449, 0x53F6}, /* 葉 叶 */
        {0x8523, 0x848B}, /* 蔣 蒋 */
        {0x856D, 0x8427}, /* 蕭 萧 */
        {0x8607, 0x82CF}, /* 蘇 苏 */
        {0x862D, 0x5170}, /* 蘭 兰 */
        {0x8A31, 0x8BB8}, /* 許 许 */
        {0x8AAA, 0x8BF4}, /* 說 说 */
        {0x8AAC, 0x8BF4}, /* 説 说 */
        {0x8B1D, 0x8C22}, /* 謝 谢 */
        {0x8CB4, 0x8D35}, /* 貴 贵 */
        {0x8CC0, 0x8D3A}, /* 賀 贺 */
        {0x8CC8, 0x8D3E}, /* 賈 贾 */
        {0x8D99, 0x8D75}, /* 趙 赵 */
        {0x8ECD, 0x519B}, /* 軍 军 */
        {0x9039, 0x8FBE}, /* 逹 达 */
        {0x9054, 0x8FBE}, /* 達 达 */
        {0x90A8, 0x6751}, /* 邨 村 */
        {0x9127, 0x9093}, /* 鄧 邓 */
        {0x912D, 0x90D1}, /* 鄭 郑 */
        {0x9322, 0x94B1}, /* 錢 钱 */
        {0x937E, 0x949F}, /* 鍾 钟 */
        {0x953A, 0x949F}, /* 锺 钟 */
        {0x9673, 0x9648}, /* 陳 陈 */
        {0x9678, 0x9646}, /* 陸 陆 */
        {0x9751, 0x9752}, /* 靑 青 */
        {0x97D3, 0x97E9}, /* 韓 韩 */
        {0x9834, 0x9896}, /* 頴 颖 */
        {0x9867, 0x987E}, /* 顧 顾 */
        {0x99AC, 0x9A6C}, /* 馬 马 */
        {0x99AE, 0x51AF}, /* 馮 冯 */
        {0x9AD9, 0x9AD8}, /* 髙 高 */
        {0x9CF3, 0x51E4}, /* 鳳 凤 */
        {0x9E97, 0x4E3D}, /* 麗 丽 */
        {0x9EC3, 0x9EC4}, /* 黃 黄 */
        {0x9F8D, 0x9F99}, /* 龍 龙 */
        {0x9F94, 0x9F9A}, /* 龔 龚 */
    };
    size_t low = 0, high = LEN(pairs);

    if (!may_vary(code))
        return code;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pairs[middle][0] == code)
            return pairs[middle][1];
        if (pairs[middle][0] < code)
            low = middle + 1;
        else
            high = middle;
    }
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
    const utf8proc_option_t options =
        UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    char cleaned[NAME_MAX];
    utf8proc_int32_t codes[NAME_MAX * 2];
    size_t len = 0;
    utf8proc_ssize_t n;

    if (name.len <= NAME_MAX && is_plain_han(name)) {
        memcpy(out, name.at, name.len);
        for (size_t at = 0; at < name.len; at += 3) { /* a variant is as long as its fellow */
            const unsigned char *c = (const unsigned char *)name.at + at;
            uint32_t code = (c[0] & 0xFu) << 12 | (c[1] & 0x3Fu) << 6 | (c[2] & 0x3Fu);

            if (may_vary(code))
                text_put(variant(code), out + at);
        }
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
            len += text_put(variant((uint32_t)codes[i]), out + len);
    return len;
}

size_t
name_mask(struct text name, char *out)
{
    static const char doubles[][7] = {"欧阳", "上官", "司马", "诸葛", "司徒", "夏侯", "皇甫",
                                      "尉迟", "长孙", "慕容", "令狐", "东方", "端木", "公孙",
                                      "轩辕", "宇文", "赫连", "呼延", "百里", "南宫", "澹台",
                                      "淳于", "单于", "太叔", "申屠", "公冶", "钟离", "独孤"};
    size_t keep = 0, len = 0, chars = text_chars(name);

    if (name.len == 0)
        return 0;
    text_next(name, &keep);
    if (chars > 2 && name.len > 6)
        for (size_t i = 0; i < sizeof doubles / sizeof doubles[0]; i++)
            if (memcmp(name.at, doubles[i], 6) == 0)
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
