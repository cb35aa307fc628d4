/* SPDX-License-Identifier: Apache-2.0 */
/* near.c: did-you-mean: the Damerau-Levenshtein distance of two words (optimal string alignment:
 * a pair that was swapped once is not edited again). */
#include <string.h>

#include "engine/base/err.h"
#include "engine/base/text.h"

/* Characters. Names are shorter, and what is longer is not a slip of a name. */
#define WORD_MAX 64

static size_t
word_read(struct text text, uint32_t chars[WORD_MAX])
{
    size_t n = 0, pos = 0;

    while (pos < text.len) {
        if (n == WORD_MAX)
            return SIZE_MAX;
        chars[n++] = text_next(text, &pos);
    }
    return n;
}

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t
text_distance(struct text a, struct text b, size_t limit)
{
    uint32_t left[WORD_MAX], right[WORD_MAX];
    size_t rows[3][WORD_MAX + 1] = {{0}}; /* the row before last, the last, the one being made */
    size_t n, m;

    if (text_eq(a, b))
        return 0;
    n = word_read(a, left);
    m = word_read(b, right);
    if (n == SIZE_MAX || m == SIZE_MAX)
        return limit + 1;
    if ((n > m ? n - m : m - n) > limit)
        return limit + 1;
    for (size_t j = 0; j <= m; j++)
        rows[1][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *made = rows[2], *last = rows[1], *before = rows[0];
        made[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t cost = left[i - 1] != right[j - 1];
            made[j] = least(least(last[j] + 1, made[j - 1] + 1), last[j - 1] + cost);
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                made[j] = least(made[j], before[j - 2] + 1);
        }
        memcpy(rows[0], rows[1], sizeof rows[0]);
        memcpy(rows[1], rows[2], sizeof rows[1]);
    }
    return least(rows[1][m], limit + 1);
}

size_t
text_nearest(struct text word, const struct text *known, size_t count)
{
    size_t chars = text_chars(word), limit = chars / 3 > 2 ? chars / 3 : 2, found = SIZE_MAX;

    if (limit >= chars) /* a word of one or two characters is near to everything */
        limit = chars > 1 ? chars - 1 : 0;
    for (size_t i = 0; i < count; i++) {
        size_t distance = text_distance(word, known[i], limit);
        if (distance > limit || (found != SIZE_MAX && distance == limit))
            continue;
        found = i;
        limit = distance; /* later ones must be nearer */
        if (distance == 0)
            break;
    }
    return found;
}
