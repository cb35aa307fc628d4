/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/charset.h"

#include <string.h>

#include "engine/base/gb18030_table.h"

#define EURO 0x20AC

static uint32_t
four_point(uint32_t linear)
{
    size_t low = 0, high = gb18030_four_count;
    uint32_t point;

    if (linear >= GB18030_FOUR_HIGH) {
        point = linear - GB18030_FOUR_HIGH + 0x10000;
        return point <= 0x10FFFF ? point : TEXT_BAD;
    }
    if (linear >= GB18030_FOUR_BMP)
        return TEXT_BAD;
    while (high - low > 1) { /* the last range that begins at or before `linear` */
        size_t middle = (low + high) / 2;
        if (gb18030_four[middle].linear <= linear)
            low = middle;
        else
            high = middle;
    }
    return gb18030_four[low].point + linear - gb18030_four[low].linear;
}

uint32_t
gb18030_next(struct text text, size_t *pos)
{
    const unsigned char *at = (const unsigned char *)text.at + *pos;
    size_t left = text.len - *pos;
    uint32_t value;

    *pos += 1;
    if (at[0] < 0x80)
        return at[0];
    if (at[0] == 0x80)
        return EURO;
    if (at[0] == 0xFF || left < 2)
        return TEXT_BAD;
    if (at[1] >= 0x40 && at[1] != 0x7F && at[1] != 0xFF) {
        value = gb18030_two[(at[0] - 0x81u) * 190u + at[1] - (at[1] < 0x7F ? 0x40u : 0x41u)];
        *pos += 1;
        return (value & 0xF800) == GB18030_EXTRA_BASE ? gb18030_extra[value - GB18030_EXTRA_BASE]
                                                      : value;
    }
    if (left < 4 || at[1] < 0x30 || at[1] > 0x39 || at[2] < 0x81 || at[2] == 0xFF || at[3] < 0x30 ||
        at[3] > 0x39)
        return TEXT_BAD;
    value = four_point((((at[0] - 0x81u) * 10 + at[1] - 0x30u) * 126 + at[2] - 0x81u) * 10 + at[3] -
                       0x30u);
    if (value != TEXT_BAD)
        *pos += 3;
    return value;
}

bool
gb18030_decode(struct text bytes, char *out, size_t *len, size_t *bad)
{
    size_t pos = 0, at = 0;

    while (pos < bytes.len) {
        size_t start = pos;
        uint32_t point = gb18030_next(bytes, &pos);
        if (point == TEXT_BAD) {
            *bad = start;
            return false;
        }
        at += text_put(point, out + at);
    }
    *len = at;
    return true;
}

struct gb18030_encoder {
    uint16_t two[0x10000];          /* by code point; 0: none */
    struct gb18030_range four[256]; /* sorted by code point */
    size_t four_count;
};

static void
range_insert(struct gb18030_encoder *encoder, struct gb18030_range range)
{
    size_t at = encoder->four_count++;

    for (; at > 0 && encoder->four[at - 1].point > range.point; at--)
        encoder->four[at] = encoder->four[at - 1];
    encoder->four[at] = range;
}

hedui_status
gb18030_encoder_build(struct gb18030_encoder **out, struct arena *arena, struct err *err)
{
    struct gb18030_encoder *encoder = arena_alloc(arena, 1, sizeof *encoder);

    if (encoder == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < GB18030_TWO; i++) {
        uint32_t trail = i % 190;
        uint16_t code = (uint16_t)((i / 190 + 0x81) << 8 | (trail + (trail < 0x3F ? 0x40 : 0x41)));
        if ((gb18030_two[i] & 0xF800) != GB18030_EXTRA_BASE)
            encoder->two[gb18030_two[i]] = code;
    }
    for (size_t i = 0; i < GB18030_OLD; i++)
        encoder->two[gb18030_old[i].point] = gb18030_old[i].code;
    if (gb18030_four_count > LEN(encoder->four))
        return err_set(
            err, HEDUI_E_LIMIT,
            "GB18030 码表的区段多于编码器\nthe GB18030 table has more ranges than the encoder");
    for (size_t i = 0; i < gb18030_four_count; i++)
        range_insert(encoder, gb18030_four[i]);
    *out = encoder;
    return HEDUI_OK;
}

static void
four_put(struct buf *out, uint32_t linear)
{
    buf_byte(out, (char)(0x81 + linear / 12600));
    buf_byte(out, (char)(0x30 + linear / 1260 % 10));
    buf_byte(out, (char)(0x81 + linear / 10 % 126));
    buf_byte(out, (char)(0x30 + linear % 10));
}

static void
point_put(const struct gb18030_encoder *encoder, uint32_t point, struct buf *out)
{
    size_t low = 0, high = encoder->four_count;

    if (point < 0x80) {
        buf_byte(out, (char)point);
        return;
    }
    if (point >= 0x10000) {
        four_put(out, point - 0x10000 + GB18030_FOUR_HIGH);
        return;
    }
    if (encoder->two[point] != 0) {
        buf_byte(out, (char)(encoder->two[point] >> 8));
        buf_byte(out, (char)(encoder->two[point] & 0xFF));
        return;
    }
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (encoder->four[middle].point <= point)
            low = middle;
        else
            high = middle;
    }
    four_put(out, encoder->four[low].linear + point - encoder->four[low].point);
}

bool
gb18030_encode(const struct gb18030_encoder *encoder, struct text utf8, struct buf *out)
{
    for (size_t pos = 0; pos < utf8.len;) {
        uint32_t point = text_next(utf8, &pos);
        if (point == TEXT_BAD)
            return false;
        point_put(encoder, point, out);
    }
    return true;
}

bool
charset_is_utf8_head(struct text head)
{
    size_t cut = 0;

    while (cut < 3 && cut < head.len) { /* the lead byte of the last character */
        unsigned char byte = (unsigned char)head.at[head.len - 1 - cut];
        cut++;
        if (byte < 0x80 || byte >= 0xC0)
            break;
    }
    if (text_is_utf8(head))
        return true;
    return cut > 0 && (unsigned char)head.at[head.len - cut] >= 0xC2 &&
           text_is_utf8((struct text){head.at, head.len - cut});
}
