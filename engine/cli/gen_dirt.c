/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/gen_dirt.h"

#include <assert.h>
#include <string.h>

#include "engine/base/err.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

const char *
dirt_name(enum dirt dirt)
{
    static const char *const names[DIRT_KINDS] = {
        "none",       "full_width", "blanks",     "lower_x",      "fifteen",       "check",
        "grouped",    "no_amount",  "separator",  "code",         "third_decimal", "bad_groups",
        "scientific", "no_day",     "other_name", "name_variant", "twice",         "total_line",
    };

    assert(dirt < DIRT_KINDS);
    return names[dirt];
}

void
dirt_id(struct buf *out, const struct resident *resident, enum dirt dirt)
{
    const char *id = resident->id;
    char c;

    switch (dirt) {
    case DIRT_FULL_WIDTH:
        for (size_t i = 0; i < 18; i++) {
            char utf8[4];
            buf_put(out, utf8, text_put((uint32_t)(unsigned char)id[i] + 0xFEE0, utf8));
        }
        return;
    case DIRT_BLANKS:
        buf_str(out, "\xE3\x80\x80");
        buf_put(out, id, 18);
        buf_byte(out, ' ');
        return;
    case DIRT_LOWER_X:
        buf_put(out, id, 17);
        buf_byte(out, id[17] == 'X' ? 'x' : id[17]);
        return;
    case DIRT_FIFTEEN:
        if (memcmp(id + 6, "19", 2) != 0) {
            buf_put(out, id, 18); /* only those born before 2000 had one */
            return;
        }
        buf_put(out, id, 6);
        buf_put(out, id + 8, 9);
        return;
    case DIRT_CHECK:
        buf_put(out, id, 17);
        c = id[17] == 'X' ? '0' : id[17] == '9' ? 'X' : (char)(id[17] + 1);
        buf_byte(out, c);
        return;
    case DIRT_SCIENTIFIC:
        buf_put(out, id, 1);
        buf_byte(out, '.');
        buf_put(out, id + 1, 5);
        buf_str(out, "E+17");
        return;
    default:
        buf_put(out, id, 18);
    }
}

void
dirt_resident_name(struct buf *out, const struct resident *resident, enum dirt dirt)
{
    if (dirt == DIRT_OTHER_NAME) {
        buf_str(out, "司马相如");
    } else if (dirt == DIRT_NAME_VARIANT) {
        buf_str(out, resident->name);
        buf_byte(out, ' ');
        buf_str(out, "·");
    } else {
        buf_str(out, resident->name);
    }
}

void
dirt_amount(struct buf *out, int64_t fen, enum dirt dirt)
{
    int64_t yuan = fen / 100;

    switch (dirt) {
    case DIRT_NO_AMOUNT:
        return;
    case DIRT_GROUPED:
        if (yuan < 1000) {
            money_print(out, fen);
            return;
        }
        buf_byte(out, '"');
        if (yuan >= 1000000)
            buf_printf(out, "%lld,%03lld,%03lld", (long long)(yuan / 1000000),
                       (long long)(yuan / 1000 % 1000), (long long)(yuan % 1000));
        else
            buf_printf(out, "%lld,%03lld", (long long)(yuan / 1000), (long long)(yuan % 1000));
        buf_printf(out, ".%02lld\"", (long long)(fen % 100));
        return;
    case DIRT_THIRD_DECIMAL:
        money_print(out, fen);
        buf_byte(out, '5');
        return;
    case DIRT_BAD_GROUPS:
        buf_str(out, "\"12,34.50\"");
        return;
    default:
        money_print(out, fen);
    }
}

void
dirt_month(struct buf *out, int32_t month, enum dirt dirt)
{
    buf_printf(out, dirt == DIRT_SEPARATOR ? "%04d-%02d" : "%04d%02d", (int)(month / 12),
               (int)(month % 12 + 1));
}

void
dirt_day(struct buf *out, int32_t day, enum dirt dirt)
{
    int32_t y, m, d;

    date_parts(day, &y, &m, &d);
    if (dirt == DIRT_NO_DAY)
        buf_printf(out, "%04d-02-30", (int)y);
    else
        buf_printf(out, dirt == DIRT_SEPARATOR ? "%04d/%02d/%02d" : "%04d-%02d-%02d", (int)y,
                   (int)m, (int)d);
}
