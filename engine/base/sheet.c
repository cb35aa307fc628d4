/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/sheet.h"

#include <string.h>

#include "engine/base/ban.h"

void
sheet_begin(struct sheet *sheet, struct buf *out)
{
    *sheet = (struct sheet){.out = out};
}

void
sheet_head(struct sheet *sheet, const char *titles)
{
    buf_str(sheet->out, "\xEF\xBB\xBF");
    buf_str(sheet->out, titles);
    buf_str(sheet->out, "\r\n");
}

void
sheet_open(struct sheet *sheet)
{
    buf_str(sheet->out, sheet->is_begun ? ",\"" : "\"");
    sheet->is_begun = true;
    sheet->is_blank = true;
}

/* = + - @ and what a spreadsheet may take for them: full-width and small forms, the minus sign. */
static bool
is_trigger(uint32_t c)
{
    static const uint32_t triggers[] = {'=',    '+',    '-',    '@',    0xFF1D, 0xFF0B, 0xFF0D,
                                        0xFF20, 0xFE66, 0xFE62, 0xFE63, 0xFE6B, 0x2212, 0x207A,
                                        0x207B, 0x207C, 0x208A, 0x208B, 0x208C};

    for (size_t i = 0; i < LEN(triggers); i++)
        if (c == triggers[i])
            return true;
    return false;
}

/* Blanks and marks without width, which some programs drop before they look for a formula. */
static bool
is_skipped(uint32_t c)
{
    return text_is_space(c) || c == 0xFEFF || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x2060 && c <= 0x2064);
}

/* Does `text` begin what computes? *is_blank tells whether it holds blanks only. */
static bool
is_live(struct text text, bool *is_blank)
{
    for (size_t pos = 0; pos < text.len;) {
        uint32_t c = text_next(text, &pos);

        if (c == '\t' || c == '\r' || c == '\n') { /* a trigger of its own */
            *is_blank = false;
            return true;
        }
        if (is_skipped(c))
            continue;
        *is_blank = false;
        return is_trigger(c);
    }
    return false;
}

static void
quoted_put(struct buf *out, struct text text)
{
    while (text.len > 0) {
        const char *quote = memchr(text.at, '"', text.len);
        size_t len = quote == NULL ? text.len : (size_t)(quote - text.at) + 1;

        buf_put(out, text.at, len);
        if (quote != NULL)
            buf_byte(out, '"');
        text = (struct text){text.at + len, text.len - len};
    }
}

void
sheet_add(struct sheet *sheet, struct text text)
{
    if (sheet->is_blank && is_live(text, &sheet->is_blank))
        buf_byte(sheet->out, '\'');
    quoted_put(sheet->out, text);
}

void
sheet_close(struct sheet *sheet)
{
    buf_byte(sheet->out, '"');
}

void
sheet_put(struct sheet *sheet, struct text text)
{
    sheet_open(sheet);
    sheet_add(sheet, text);
    sheet_close(sheet);
}

void
sheet_own(struct sheet *sheet, struct text value)
{
    sheet_open(sheet);
    quoted_put(sheet->out, value);
    sheet_close(sheet);
}

void
sheet_line(struct sheet *sheet)
{
    buf_str(sheet->out, "\r\n");
    sheet->is_begun = false;
}
