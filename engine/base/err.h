/* SPDX-License-Identifier: Apache-2.0 */
/* err.h: the sentence of a failure, on the caller's stack.
 *
 * From     the one place where most is known about the failure
 * To       the command line, which prints it once
 * Lives    as long as the caller's frame; needs no allocation and no release
 * Errors   none; a sentence that is too long is cut at a whole character
 * Why      a status without a sentence helps nobody; a sentence never holds an identity number. */
#ifndef HEDUI_BASE_ERR_H
#define HEDUI_BASE_ERR_H

/* For locals of hot functions that are written before they are read: the compiler zeroes all
 * others, which is a guard elsewhere and here would cost more than the work itself. */
#if defined(__has_attribute)
#if __has_attribute(uninitialized)
#define UNSET __attribute__((uninitialized))
#endif
#endif
#ifndef UNSET
#define UNSET
#endif

#include <hedui/status.h>

#include "engine/base/text.h"

struct err {
    hedui_status status;
    char text[1024]; /* UTF-8, NUL-terminated; may hold several lines (zh first, then en) */
};

void err_reset(struct err *err);

/* Writes the sentence and returns `status`, so that `return err_set(...)` and FAIL(err_set(...))
 * read well. `err` may be NULL. lowercase, no full stop, names quoted. */
hedui_status err_set(struct err *err, hedui_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same, with ": " and strerror(errno) behind it. */
hedui_status err_sys(struct err *err, hedui_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The first line of the sentence, which is Chinese, and the rest; either is all of it where it has
 * one line. They point into `err`. */
struct text err_zh(const struct err *err);
struct text err_en(const struct err *err);

/* Where nothing needs closing. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        hedui_status try_rc_ = (call);                                                             \
        if (try_rc_ != HEDUI_OK)                                                                   \
            return try_rc_;                                                                        \
    } while (0)

/* Where something must be closed: needs `hedui_status rc` and the label `done:`. FAIL of
 * HEDUI_OK goes on. */
#define FAIL(call)                                                                                 \
    do {                                                                                           \
        rc = (call);                                                                               \
        if (rc != HEDUI_OK)                                                                        \
            goto done;                                                                             \
    } while (0)

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

#endif
