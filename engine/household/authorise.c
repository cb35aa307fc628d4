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

void
authorised_fields_find(struct authorised_fields *out, const struct kind *applicant)
{
    *out = (struct authorised_fields){
        .on = kind_field(applicant, TEXT("authorised_on")),
        .until = kind_field(applicant, TEXT("auth_until")),
        .sources = kind_field(applicant, TEXT("auth_sources")),
    };
    assert(out->on >= 0 && out->until >= 0 && out->sources >= 0);
}

uint64_t
authorised_sources(const struct authorised_fields *fields, const struct applicant_cell *cells,
                   int32_t checked_on, const struct text *sources, uint32_t count)
{
    uint64_t all = count == 0 ? 0 : UINT64_MAX >> (64 - count), some = 0;

    assert(count <= 64);
    if (cells[fields->on].state != CELL_VALUE || cells[fields->on].number > checked_on)
        return 0;
    if (cells[fields->until].state == CELL_VALUE && checked_on > cells[fields->until].number)
        return 0;
    if (cells[fields->sources].state != CELL_VALUE)
        return all;
    for (uint32_t s = 0; s < count; s++)
        if (list_has(cells[fields->sources].text, sources[s]))
            some |= UINT64_C(1) << s;
    return some;
}

bool
authorised_for(const struct kind *applicant, const struct applicant_cell *cells, int32_t checked_on,
               struct text source)
{
    struct authorised_fields fields;

    authorised_fields_find(&fields, applicant);
    return authorised_sources(&fields, cells, checked_on, &source, 1) != 0;
}
