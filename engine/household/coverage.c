/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/household/assemble.h"

#include <assert.h>
#include <string.h>

#include "engine/model/value.h"

#include "engine/base/ban.h"

static const struct {
    const char *name, *zh;
} words[] = {
    [COVERAGE_FOUND] = {"found",          "有记录"               },
    [COVERAGE_NONE] = {"none",           "无记录"               },
    [COVERAGE_NOT_ASKED] = {"not_asked",      "未查询（无授权）"},
    [COVERAGE_NOT_ANSWERED] = {"not_answered",   "未反馈"               },
    [COVERAGE_PARTIAL] = {"partial",        "部分反馈"            },
    [COVERAGE_STALE] = {"stale",          "数据过期"            },
    [COVERAGE_NOT_APPLICABLE] = {"not_applicable", "本项目不查询"      },
};

const char *
coverage_name(enum coverage coverage)
{
    assert((size_t)coverage < LEN(words));
    return words[coverage].name;
}

const char *
coverage_zh(enum coverage coverage)
{
    assert((size_t)coverage < LEN(words));
    return words[coverage].zh;
}

/* What the deliveries of one source said about one person and one kind. */
struct said {
    bool is_answered, is_partial;
    uint32_t rows;
    int32_t as_of; /* INT32_MIN: nobody answered */
};

static struct said
said_of(const struct assembly *assembly, const struct match_member *member, uint32_t source,
        const struct kind *kind)
{
    const struct match_request *match = assembly->request->match;
    struct said said = {.as_of = INT32_MIN};

    for (uint32_t e = 0; e < snapshot_count(match->snapshot); e++) {
        const struct delivery *delivery = snapshot_entry(match->snapshot, e)->delivery;
        const struct delivery_info *info = delivery_info(delivery);
        bool is_newer;

        if (!member->answers[e].is_probed || delivery_kind(delivery) != kind ||
            assembly->entry_sources[e] != (int32_t)source ||
            (kind->period >= 0 && snapshot_entry(match->snapshot, e)->month_count == 0 &&
             !snapshot_entry(match->snapshot, e)->is_all_months))
            continue; /* a delivery that covers no month answers nothing */
        /* months long past are history however old their delivery; stocks are as old as their
         * oldest part */
        is_newer = kind->period >= 0 ? info->as_of > said.as_of : info->as_of < said.as_of;
        if (!said.is_answered || is_newer)
            said.as_of = info->as_of;
        said.is_answered = true;
        said.is_partial = said.is_partial || member->answers[e].is_partial;
        said.rows += member->answers[e].row_count;
    }
    return said;
}

static bool
month_is_covered(const struct assembly *assembly, const struct match_member *member,
                 uint32_t source, const struct kind *kind, int32_t month)
{
    const struct match_request *match = assembly->request->match;

    for (uint32_t e = 0; e < snapshot_count(match->snapshot); e++) {
        const struct snapshot_entry *entry = snapshot_entry(match->snapshot, e);

        if (!member->answers[e].is_probed || delivery_kind(entry->delivery) != kind ||
            assembly->entry_sources[e] != (int32_t)source)
            continue;
        for (uint32_t m = 0; m < entry->month_count; m++)
            if (entry->months[m] == month)
                return true;
    }
    return false;
}

static void
open_add(struct household_list *list, int32_t source, int32_t month, bool is_earlier)
{
    list->opens[list->open_count++] =
        (struct open_end){.source = (int16_t)source, .month = month, .is_earlier = is_earlier};
}

static const struct months_open *
months_find(struct assembly *assembly, const struct match_member *member, uint32_t source,
            const struct kind *kind)
{
    uint32_t entries = snapshot_count(assembly->request->match->snapshot);
    int32_t day = assembly->application->checked_on;
    int32_t base = assembly->months.is_set && assembly->months.day == day ? assembly->months.base
                                                                          : month_of_date(day);
    int32_t far = assembly->request->months_back;
    struct months_open *months = &assembly->months;
    struct household_list all = {.opens = months->opens};
    uint64_t probed = 0;

    for (uint32_t e = 0; e < entries && e < 64; e++)
        probed |= (uint64_t)(member->answers[e].is_probed ? 1 : 0) << e;
    if (months->is_set && months->source == source && months->kind == kind->number &&
        months->base == base && months->probed == probed)
        return months;
    for (int32_t back = far; back >= 1; back--)
        if (!month_is_covered(assembly, member, source, kind, base - back))
            open_add(&all, (int32_t)source, base - back, false);
    open_add(&all, (int32_t)source, base - far - 1, true);
    *months = (struct months_open){.is_set = entries <= 64, /* else the bits do not tell all */
                                   .source = source,
                                   .kind = kind->number,
                                   .count = all.open_count,
                                   .day = day,
                                   .base = base,
                                   .probed = probed,
                                   .opens = all.opens};
    return months;
}

/* Whatever stands between us and the whole list of one kind from one source. */
static struct cover
list_cover(struct assembly *assembly, const struct match_member *member, uint64_t allowed,
           uint32_t source, const struct kind *kind, struct household_list *list)
{
    struct said said;

    if ((allowed >> source & 1) == 0) {
        open_add(list, (int32_t)source, MONTH_ANY, false);
        return (struct cover){COVERAGE_NOT_ASKED, INT32_MIN};
    }
    said = said_of(assembly, member, source, kind);
    if (!said.is_answered) {
        open_add(list, (int32_t)source, MONTH_ANY, false);
        return (struct cover){COVERAGE_NOT_ANSWERED, INT32_MIN};
    }
    if (kind->period >= 0) {
        const struct months_open *months = months_find(assembly, member, source, kind);

        memcpy(list->opens + list->open_count, months->opens,
               months->count * sizeof *months->opens);
        list->open_count += months->count;
    }
    if (said.is_partial) {
        open_add(list, (int32_t)source, MONTH_ANY, false);
        return (struct cover){COVERAGE_PARTIAL, said.as_of};
    }
    return (struct cover){said.rows > 0 ? COVERAGE_FOUND : COVERAGE_NONE, said.as_of};
}

enum coverage
coverage_worse(enum coverage a, enum coverage b)
{
    static const uint8_t rank[] = {
        [COVERAGE_NOT_APPLICABLE] = 0, [COVERAGE_NONE] = 1,  [COVERAGE_FOUND] = 2,
        [COVERAGE_PARTIAL] = 3,        [COVERAGE_STALE] = 4, [COVERAGE_NOT_ANSWERED] = 5,
        [COVERAGE_NOT_ASKED] = 6,
    };
    return rank[a] >= rank[b] ? a : b;
}

static hedui_status
opens_make(struct assembly *assembly, struct person *person, struct err *err)
{
    const struct match_request *match = assembly->request->match;
    const struct model *model = match->model;

    for (uint32_t k = 0; k < model->kind_count; k++) {
        size_t months = (size_t)assembly->request->months_back;
        size_t room = 1, each = model->kinds[k].period >= 0 ? months + 2 : 2;

        if (!assembly->is_fed[k])
            continue;
        for (uint32_t s = 0; s < match->source_count; s++)
            if ((assembly->request->kinds_of[s] >> k & 1) != 0)
                room += each;
        person->lists[k].opens = arena_alloc(assembly->arena, room, sizeof(struct open_end));
        if (person->lists[k].opens == NULL)
            return arena_full(assembly->arena, err);
        if (person->number == NUMBER_INVALID)
            open_add(&person->lists[k], -1, MONTH_ANY, false);
    }
    return HEDUI_OK;
}

hedui_status
coverage_fill(struct assembly *assembly, struct person *person, const struct match_member *member,
              uint64_t allowed, uint64_t applicable, struct err *err)
{
    const struct match_request *match = assembly->request->match;
    const struct model *model = match->model;

    person->covers = arena_alloc(assembly->arena, (size_t)match->source_count * model->kind_count,
                                 sizeof *person->covers);
    if (person->covers == NULL)
        return arena_full(assembly->arena, err);
    TRY(opens_make(assembly, person, err));
    for (uint32_t i = 0; i < match->source_count * model->kind_count; i++)
        person->covers[i] = (struct cover){COVERAGE_NOT_APPLICABLE, INT32_MIN};
    for (uint32_t s = 0; s < match->source_count; s++)
        for (uint64_t left = assembly->request->kinds_of[s]; left != 0; left &= left - 1) {
            uint32_t k = (uint32_t)__builtin_ctzll(left);
            struct cover *cover = &person->covers[s * model->kind_count + k];

            if ((applicable >> s & 1) == 0)
                continue;
            if (person->number == NUMBER_INVALID) /* 无法匹配: the list's open end says why */
                cover->coverage = COVERAGE_NOT_ASKED;
            else if (person->number == NUMBER_VALID)
                *cover =
                    list_cover(assembly, member, allowed, s, &model->kinds[k], &person->lists[k]);
        }
    return HEDUI_OK;
}
