/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as GB18030 and as UTF-8: what decodes is UTF-8 and comes back by way of the encoder;
 * what does not names the first bad byte. */
#include "tests/fuzz/fuzz.h"

#include "engine/base/charset.h"

static struct gb18030_encoder *encoder;

/* Character by character is the same as all at once. */
static void
walk(struct text bytes, const char *decoded, size_t decoded_len, size_t good)
{
    size_t pos = 0, at = 0;
    char one[4];

    while (pos < good) {
        uint32_t c = gb18030_next(bytes, &pos);
        size_t n = text_put(c, one);
        assert(c != TEXT_BAD && at + n <= decoded_len && memcmp(decoded + at, one, n) == 0);
        at += n;
    }
    assert(pos == good && at == decoded_len);
}

static void
round_trip(struct text utf8)
{
    struct buf coded;
    size_t len = 0, bad = 0;
    char *again;

    buf_init(&coded, false);
    assert(gb18030_encode(encoder, utf8, &coded)); /* GB18030 holds all of Unicode */
    again = malloc(gb18030_room(coded.len) + 1);
    assert(again != NULL && gb18030_decode(buf_as_text(&coded), again, &len, &bad));
    assert(text_chars((struct text){again, len}) == text_chars(utf8));
    free(again);
    buf_release(&coded);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct arena arena;
    struct text bytes = {(const char *)data, len};
    size_t out_len = 0, bad = SIZE_MAX;
    char *out = malloc(gb18030_room(len) + 1);
    struct err err;

    if (encoder == NULL) {
        arena_init(&arena, "fuzz", 0, false);
        if (gb18030_encoder_build(&encoder, &arena, &err) != HEDUI_OK)
            abort();
    }
    assert(out != NULL);
    if (gb18030_decode(bytes, out, &out_len, &bad)) {
        struct text utf8 = {out, out_len};

        assert(text_is_utf8(utf8) && out_len <= gb18030_room(len));
        walk(bytes, out, out_len, len);
        round_trip(utf8);
    } else {
        size_t pos = bad;

        assert(bad < len && gb18030_next(bytes, &pos) == TEXT_BAD);
        assert(gb18030_decode((struct text){bytes.at, bad}, out, &out_len, &pos));
        walk(bytes, out, out_len, bad);
    }
    if (text_is_utf8(bytes)) {
        assert(charset_is_utf8_head(bytes));
        round_trip(bytes);
    }
    free(out);
    return 0;
}
