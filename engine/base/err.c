/* SPDX-License-Identifier: Apache-2.0 */
/* err.c: the sentence is made in a frame of its own, so that an old sentence may be an argument. */
#include "engine/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The bytes of `text` that end in a whole character, at most `len`. */
static size_t
whole_chars(const char *text, size_t len)
{
    size_t cut = len;

    while (cut > 0 && ((unsigned char)text[cut] & 0xC0) == 0x80)
        cut--;
    return cut;
}

__attribute__((format(printf, 4, 0))) static void
err_write(struct err *err, hedui_status status, int errnum, const char *format, va_list args)
{
    char text[sizeof err->text + 1]; /* one more: shows whether it was cut, and where */
    size_t len;
    int n = vsnprintf(text, sizeof text, format, args);

    len = n < 0 ? 0 : (size_t)n;
    if (len < sizeof text && errnum != 0) {
        n = snprintf(text + len, sizeof text - len, ": %s", strerror(errnum));
        len += n < 0 ? 0 : (size_t)n;
    }
    if (len >= sizeof err->text)
        len = whole_chars(text, sizeof err->text - 1);
    memcpy(err->text, text, len);
    err->text[len] = '\0';
    err->status = status;
}

void
err_reset(struct err *err)
{
    if (err == NULL)
        return;
    err->status = HEDUI_OK;
    err->text[0] = '\0';
}

hedui_status
err_set(struct err *err, hedui_status status, const char *format, ...)
{
    va_list args;

    if (err == NULL)
        return status;
    va_start(args, format);
    err_write(err, status, 0, format, args);
    va_end(args);
    return status;
}

hedui_status
err_sys(struct err *err, hedui_status status, const char *format, ...)
{
    int errnum = errno;
    va_list args;

    if (err == NULL)
        return status;
    va_start(args, format);
    err_write(err, status, errnum, format, args);
    va_end(args);
    errno = errnum;
    return status;
}

struct text
err_zh(const struct err *err)
{
    return (struct text){err->text, strcspn(err->text, "\n")};
}

struct text
err_en(const struct err *err)
{
    const char *end = strchr(err->text, '\n');
    return text_of(end == NULL ? err->text : end + 1);
}
