/* SPDX-License-Identifier: Apache-2.0 */
/* One cell through every parser: what is read prints in its canonical form and reads as the same
 * again; the fast path and the careful one agree; Chinese names fold to what folds no further. */
#include "tests/fuzz/fuzz.h"

#include "engine/model/identity.h"
#include "engine/model/name.h"
#include "engine/model/value.h"

/* The parser of clean cells and that of dirty ones: a blank before changes nothing. */
static void
identity(struct text cell)
{
    struct identity fast, careful;
    char dirty[64], mask[32];
    enum cell_result result = identity_parse(cell, &fast);

    if (result == CELL_OK)
        identity_mask(fast.key, mask);
    if (cell.len + 2 > sizeof dirty)
        return;
    dirty[0] = ' ';
    if (cell.len > 0)
        memcpy(dirty + 1, cell.at, cell.len);
    assert(identity_parse((struct text){dirty, cell.len + 1}, &careful) == result);
    if (result == CELL_OK)
        assert(memcmp(&fast.key, &careful.key, sizeof fast.key) == 0 && fast.born == careful.born &&
               fast.has_birth == careful.has_birth && fast.is_male == careful.is_male);
}

static void
money(struct text cell, enum money_unit unit)
{
    int64_t fen = 0, again = 0;
    struct buf out;

    if (money_parse(cell, unit, &fen) != CELL_OK)
        return;
    assert(fen >= -MONEY_MAX_FEN && fen <= MONEY_MAX_FEN);
    buf_init(&out, false);
    money_print(&out, fen);
    assert(money_parse(buf_as_text(&out), UNIT_YUAN, &again) == CELL_OK && again == fen);
    buf_release(&out);
}

static void
decimal(struct text cell, uint8_t scale, uint8_t divide)
{
    int64_t units = 0, again = 0;
    struct buf out;

    if (decimal_parse(cell, scale, divide, &units) != CELL_OK)
        return;
    buf_init(&out, false);
    decimal_print(&out, units, scale);
    assert(decimal_parse(buf_as_text(&out), scale, 0, &again) == CELL_OK && again == units);
    buf_release(&out);
}

static void
days(struct text cell)
{
    int32_t day = 0, month = 0, again = 0;
    struct buf out;

    buf_init(&out, false);
    if (date_parse(cell, &day) == CELL_OK) {
        date_print(&out, day);
        assert(date_parse(buf_as_text(&out), &again) == CELL_OK && again == day);
    }
    buf_reset(&out);
    if (month_parse(cell, &month) == CELL_OK) {
        month_print(&out, month);
        assert(month_parse(buf_as_text(&out), &again) == CELL_OK && again == month);
    }
    buf_reset(&out);
    if (serial_parse(cell, &day) == CELL_OK) {
        date_print(&out, day);
        assert(date_parse(buf_as_text(&out), &again) == CELL_OK && again == day);
    }
    buf_release(&out);
}

static bool
is_han(struct text text)
{
    for (size_t pos = 0; pos < text.len;) {
        uint32_t c = text_next(text, &pos);

        if (c < 0x4E00 || c > 0x9FFF)
            return false;
    }
    return true;
}

static void
name(struct text cell)
{
    char once[NAME_MAX], twice[NAME_MAX], mask[NAME_MAX];
    size_t n, m;

    if (!text_is_utf8(cell))
        return; /* feed refuses it */
    n = name_fold(cell, once);
    assert(n <= NAME_MAX && text_is_utf8((struct text){once, n}));
    m = name_fold((struct text){once, n}, twice);
    if (is_han(cell) && cell.len < NAME_MAX)
        assert(m == n && memcmp(once, twice, n) == 0);
    n = name_mask(cell, mask);
    assert(n <= NAME_MAX && text_is_utf8((struct text){mask, n}));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct text cell = {(const char *)data, len};
    int64_t number = 0;

    identity(cell);
    for (int unit = UNIT_YUAN; unit <= UNIT_FEN; unit++)
        money(cell, (enum money_unit)unit);
    for (uint8_t scale = 0; scale <= 6; scale += 2)
        for (uint8_t divide = 0; divide <= 2; divide += 2)
            decimal(cell, scale, divide);
    days(cell);
    name(cell);
    if (int_parse(cell, &number) == CELL_OK) {
        char text[24];
        int64_t again = 0;
        int n = snprintf(text, sizeof text, "%lld", (long long)number);
        assert(int_parse((struct text){text, (size_t)n}, &again) == CELL_OK && again == number);
    }
    return 0;
}
