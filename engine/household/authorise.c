/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "engine/household/household.h"

#include "engine/base/ban.h"

static bool
list_has(struct text list, struct text source)
{
    size_t begin = 0, pos = 0;

    while (begin <= list.len) {
        size_t at = pos;
        uint32_t c = pos < list.len ? text_next(list, &pos) : ',';

        if (c != ',' && c != ';' && c != 0x3001 && c != 0xFF0C && c != 0xFF1B)
            continue;
        if (text_eq(text_trim((struct text){list.at + begin, at - begin}), source))
            return true;
        if (at == list.len)
            break;
        begin = pos;
    }
    return false;
}

bool
authorised_for(const struct kind *applicant, const struct applicant_cell *cells, int32_t checked_on,
               struct text source)
{
    int32_t on = kind_field(applicant, TEXT("authorised_on"));
    int32_t until = kind_field(applicant, TEXT("auth_until"));
    int32_t sources = kind_field(applicant, TEXT("auth_sources"));

    assert(on >= 0 && until >= 0 && sources >= 0);
    if (cells[on].state != CELL_VALUE || cells[on].number > checked_on)
        return false;
    if (cells[until].state == CELL_VALUE && checked_on > cells[until].number)
        return false;
    return cells[sources].state != CELL_VALUE || list_has(cells[sources].text, source);
}
