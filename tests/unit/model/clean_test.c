/* SPDX-License-Identifier: Apache-2.0 */
/* Where a clean form answers, the careful parser answers the same. A blank in front of a cell is
 * folded away and keeps it from the clean form, so the two roads can be compared. */
#include "engine/model/clean.h"

#include <stdio.h>

#include "tests/t.h"

#define ROUNDS 400000

static uint64_t seed = 7;

static uint32_t
draw(uint32_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % below;
}

/* A cell of up to 20 characters behind one blank; mostly what numbers are made of. */
static struct text
cell_draw(char out[48])
{
    static const char letters[] = "00112233445566778899..--/ Xx,+";
    size_t len = draw(20);

    memset(out, 0, 48);
    out[0] = ' ';
    for (size_t i = 0; i < len; i++)
        out[1 + i] = letters[draw(draw(4) == 0 ? 30 : 20)];
    if (len > 5 && draw(3) == 0)
        out[1 + len - 1 - draw(3)] = '.';
    if (draw(3) == 0) /* dates in form */
        len = (size_t)snprintf(out + 1, 31, draw(2) ? "%04u-%02u-%02u" : "%04u%02u%02u",
                               900 + draw(1400), draw(14), draw(33));
    return (struct text){out + 1, len};
}

static struct text
with_blank(struct text cell)
{
    return (struct text){cell.at - 1, cell.len + 1};
}

TEST(numbers)
{
    uint32_t clean = 0;

    for (uint32_t i = 0; i < ROUNDS; i++) {
        static char bytes[48];
        struct text cell = cell_draw(bytes);
        int64_t fast, slow;

        T_ROW(bytes);
        if (cell.len == 0)
            continue;
        if (number_clean(cell, 2, i % 2 == 0, &fast)) {
            T_EQ(money_parse(with_blank(cell), UNIT_YUAN, &slow), CELL_OK);
            T_EQ(fast, slow);
            clean++;
        }
        if (number_clean(cell, 0, i % 2 == 0, &fast)) {
            T_EQ(int_parse(with_blank(cell), &slow), CELL_OK);
            T_EQ(fast, slow);
        }
        if (number_clean(cell, 4, i % 2 == 0, &fast)) {
            T_EQ(decimal_parse(with_blank(cell), 4, 0, &slow), CELL_OK);
            T_EQ(fast, slow);
        }
        if (number_clean(cell, 2, i % 2 == 0, &fast)) {
            T_EQ(decimal_parse(with_blank(cell), 4, 2, &slow), CELL_OK);
            T_EQ(fast, slow);
        }
    }
    T_TRUE(clean > ROUNDS / 100);
}

TEST(days_and_months)
{
    uint32_t days = 0, months = 0;

    for (uint32_t i = 0; i < ROUNDS; i++) {
        static char bytes[48];
        struct text cell = cell_draw(bytes);
        int32_t fast, slow;

        T_ROW(bytes);
        if (cell.len > 0 && date_clean(cell, &fast)) {
            T_EQ(date_parse(with_blank(cell), &slow), CELL_OK);
            T_EQ(fast, slow);
            days++;
        }
        cell.len = cell.len > 6 ? 6 + draw(2) : cell.len;
        if (cell.len > 0 && month_clean(cell, &fast)) {
            T_EQ(month_parse(with_blank(cell), &slow), CELL_OK);
            T_EQ(fast, slow);
            months++;
        }
    }
    T_TRUE(days > ROUNDS / 100 && months > ROUNDS / 100);
}

TEST(identities)
{
    uint32_t clean = 0;

    for (uint32_t i = 0; i < ROUNDS; i++) {
        static char bytes[32] = " 329901";
        struct text cell = {bytes + 1, 18};
        struct identity fast, slow;

        snprintf(bytes + 7, 24, "%04u%02u%02u%03u%c", 1795 + draw(420), draw(14), draw(33),
                 draw(1000), "0123456789Xx"[draw(12)]);
        T_ROW(bytes);
        if (!identity_clean(cell, &fast))
            continue;
        T_EQ(identity_parse(with_blank(cell), &slow), CELL_OK);
        T_EQ(fast.key.hi, slow.key.hi);
        T_EQ(fast.key.lo, slow.key.lo);
        T_EQ(fast.born, slow.born);
        T_EQ(fast.is_male, slow.is_male);
        T_EQ(fast.is_old, slow.is_old);
        T_TRUE(slow.is_folded && !fast.is_folded);
        clean++;
    }
    T_TRUE(clean > ROUNDS / 100);
}

T_MAIN(T(numbers), T(days_and_months), T(identities))
