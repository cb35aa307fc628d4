/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/verdict/fraction.h"

#include <stdlib.h>

#include "engine/base/ban.h"

#define NUM_MAX (INT64_MAX / 100000) /* beyond it the fraction itself is shown */

void
fraction_print(struct buf *out, struct text fraction, bool is_fen, const char *about)
{
    size_t slash = text_find(fraction, TEXT("/"));
    int64_t num = 0, den = 1, places, rest;
    int shown = 4;

    if (slash == SIZE_MAX || !text_int((struct text){fraction.at, slash}, &num) ||
        !text_int((struct text){fraction.at + slash + 1, fraction.len - slash - 1}, &den) ||
        den <= 0 || num > NUM_MAX || num < -NUM_MAX) {
        buf_text(out, fraction);
        return;
    }
    num *= is_fen ? 100 : 10000; /* ten-thousandths of a yuan, or of one */
    places = num / den;
    rest = num % den;
    if (rest != 0) {
        buf_str(out, about);
        if (llabs(rest) >= den - llabs(rest)) /* half away from zero */
            places += num < 0 ? -1 : 1;
    }
    if (num < 0 && places != 0)
        buf_byte(out, '-');
    places = llabs(places);
    buf_int(out, places / 10000);
    places %= 10000;
    while (shown > (is_fen ? 2 : 0) && places % 10 == 0) {
        places /= 10;
        shown--;
    }
    if (shown > 0) {
        char digits[4];

        for (int i = shown; i-- > 0; places /= 10)
            digits[i] = (char)('0' + places % 10);
        buf_byte(out, '.');
        buf_put(out, digits, (size_t)shown);
    }
}
