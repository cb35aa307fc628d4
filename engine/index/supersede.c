/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/index/supersede.h"

#include <assert.h>

#include "engine/base/ban.h"

static bool
holds_month(const struct manifest_entry *entry, int32_t month)
{
    for (uint32_t i = 0; i < entry->month_count; i++)
        if (entry->months[i] == month)
            return true;
    return false;
}

/* old's months in two: those that `by` has too, and the rest. */
static hedui_status
months_split(const struct manifest_entry *old, const struct manifest_entry *by,
             struct manifest_entry *both, struct manifest_entry *rest, struct arena *arena,
             struct err *err)
{
    both->months = arena_alloc(arena, old->month_count, sizeof *both->months);
    rest->months = arena_alloc(arena, old->month_count, sizeof *rest->months);
    if (both->months == NULL || rest->months == NULL)
        return arena_full(arena, err);
    both->month_count = rest->month_count = 0;
    for (uint32_t i = 0; i < old->month_count; i++) {
        struct manifest_entry *to = holds_month(by, old->months[i]) ? both : rest;
        to->months[to->month_count++] = old->months[i];
    }
    return HEDUI_OK;
}

/* Is `code` inside one of the prefixes? */
static bool
is_covered(const struct text *prefixes, uint32_t count, struct text code)
{
    for (uint32_t i = 0; i < count; i++)
        if (text_starts(code, prefixes[i]))
            return true;
    return false;
}

/* Does `entry` answer for some part of `prefix`, which is not wholly taken from it yet? */
static bool
answers_inside(const struct manifest_entry *entry, struct text prefix)
{
    if (is_covered(entry->minus, entry->minus_count, prefix))
        return false;
    return entry->division_count == 0 ||
           is_covered(entry->divisions, entry->division_count, prefix);
}

/* Takes by's divisions from part. *is_changed: something was there to take; *is_gone: nothing is
 * left. */
static hedui_status
divisions_take(struct manifest_entry *part, const struct manifest_entry *by, bool *is_changed,
               bool *is_gone, struct arena *arena, struct err *err)
{
    struct manifest_entry old = *part;
    uint32_t kept = 0, minus = 0;

    *is_changed = *is_gone = by->division_count == 0;
    if (by->division_count == 0)
        return HEDUI_OK;
    part->divisions = arena_alloc(arena, old.division_count, sizeof *part->divisions);
    part->minus =
        arena_alloc(arena, (size_t)old.minus_count + by->division_count, sizeof *part->minus);
    if (part->divisions == NULL || part->minus == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < old.division_count; i++)
        if (is_covered(by->divisions, by->division_count, old.divisions[i]))
            *is_changed = true;
        else
            part->divisions[kept++] = old.divisions[i];
    *is_gone = old.division_count > 0 && kept == 0;
    part->division_count = kept;
    for (uint32_t i = 0; i < old.minus_count; i++) /* what is gone needs no exception */
        if (!is_covered(by->divisions, by->division_count, old.minus[i]) &&
            answers_inside(
                &(struct manifest_entry){.division_count = kept, .divisions = part->divisions},
                old.minus[i]))
            part->minus[minus++] = old.minus[i];
    for (uint32_t i = 0; i < by->division_count; i++)
        if (!*is_gone && answers_inside(&(struct manifest_entry){.division_count = kept,
                                                                 .divisions = part->divisions,
                                                                 .minus_count = old.minus_count,
                                                                 .minus = old.minus},
                                        by->divisions[i])) {
            part->minus[minus++] = by->divisions[i];
            *is_changed = true;
        }
    part->minus_count = minus;
    return HEDUI_OK;
}

hedui_status
supersede(struct remains *out, const struct manifest_entry *old, const struct manifest_entry *by,
          struct arena *arena, struct err *err)
{
    struct manifest_entry both = *old, rest = *old;
    bool is_changed, is_gone;

    *out = (struct remains){.count = 1, .entries = {*old}};
    if (old->has_months) {
        assert(by->has_months); /* the same kind */
        TRY(months_split(old, by, &both, &rest, arena, err));
        if (both.month_count == 0)
            return HEDUI_OK;
    }
    TRY(divisions_take(&both, by, &is_changed, &is_gone, arena, err));
    if (!is_changed)
        return HEDUI_OK;
    out->is_changed = true;
    out->count = 0;
    out->lost_all_divisions = is_gone;
    if (old->has_months) {
        out->lost_months = both.month_count;
        out->first = both.months[0];
        out->last = both.months[both.month_count - 1];
        if (rest.month_count > 0)
            out->entries[out->count++] = rest;
    }
    if (!is_gone)
        out->entries[out->count++] = both;
    return HEDUI_OK;
}
