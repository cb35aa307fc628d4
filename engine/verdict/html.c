/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/verdict/html.h"

#include <string.h>

#include "engine/base/crypt.h"

#include "engine/base/ban.h"

extern const char *const page_style[]; /* page_style.c: pieces, NULL behind the last */

static bool
is_hidden(uint32_t c)
{
    return c == TEXT_BAD || (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c <= 0x9F) ||
           c == 0x061C || (c >= 0x200E && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

void
html_text(struct buf *out, struct text text)
{
    size_t pos = 0, done = 0;

    while (pos < text.len) {
        size_t at = pos;
        uint32_t c = text_next(text, &pos);
        const char *as = c == '<'       ? "&lt;"
                         : c == '>'     ? "&gt;"
                         : c == '&'     ? "&amp;"
                         : c == '"'     ? "&quot;"
                         : c == '\''    ? "&#39;"
                         : is_hidden(c) ? "\xEF\xBF\xBD"
                                        : NULL;

        if (as == NULL)
            continue;
        buf_put(out, text.at + done, at - done);
        buf_str(out, as);
        done = pos;
    }
    if (done < text.len)
        buf_put(out, text.at + done, text.len - done);
}

void
html_str(struct buf *out, const char *string)
{
    html_text(out, text_of(string));
}

static void
base64_put(struct buf *out, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < len; i += 3) {
        size_t more = len - i;
        uint32_t three = (uint32_t)bytes[i] << 16;

        three |= more > 1 ? (uint32_t)bytes[i + 1] << 8 : 0;
        three |= more > 2 ? bytes[i + 2] : 0;
        for (size_t k = 0; k < 4; k++)
            buf_byte(out, k > more ? '=' : digits[three >> (18 - 6 * k) & 63]);
    }
}

void
html_begin(struct buf *out, struct text title)
{
    struct digest digest;
    struct buf style;

    buf_init(&style, false);
    for (size_t i = 0; page_style[i] != NULL; i++)
        buf_str(&style, page_style[i]);
    digest = digest_of(style.at, style.len);
    buf_str(out, "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                 "style-src 'sha256-");
    base64_put(out, digest.bytes, sizeof digest.bytes);
    buf_str(out, "'; base-uri 'none'; form-action 'none'\">\n"
                 "<meta name=\"referrer\" content=\"no-referrer\">\n"
                 "<meta name=\"robots\" content=\"noindex\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html_put(out, "title", title);
    buf_str(out, "\n<style>");
    buf_text(out, buf_part(out, &style));
    buf_str(out, "</style>\n</head>\n<body>\n");
    buf_release(&style);
}

void
html_end(struct buf *out)
{
    buf_str(out, "</body>\n</html>\n");
}

void
html_put(struct buf *out, const char *open, struct text text)
{
    const char *blank = strchr(open, ' ');
    size_t len = blank == NULL ? strlen(open) : (size_t)(blank - open);

    buf_byte(out, '<');
    buf_str(out, open);
    buf_byte(out, '>');
    html_text(out, text);
    buf_str(out, "</");
    buf_put(out, open, len);
    buf_byte(out, '>');
}

void
html_say(struct buf *out, const char *open, const char *string)
{
    html_put(out, open, text_of(string));
}
