/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/match/mend.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/ban.h"

struct mend {
    const struct delivery *delivery;
    const struct snapshot *snapshot;
    bool has_mends;   /* some entry of the snapshot mends this delivery */
    bool is_gathered; /* `mended` is filled */
    bool is_everyone_known, is_everyone;
    uint32_t mended_count;
    struct locator *mended; /* sorted */
};

hedui_status
mend_build(struct mend **out, const struct snapshot *snapshot, struct arena *arena,
           struct err *err)
{
    uint32_t count = snapshot_count(snapshot);
    struct mend *mends = arena_alloc(arena, count, sizeof *mends);

    if (mends == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < count; i++) {
        const struct delivery_info *info;

        mends[i].delivery = snapshot_entry(snapshot, i)->delivery;
        mends[i].snapshot = snapshot;
        info = delivery_info(mends[i].delivery);
        for (uint32_t k = 0; k < count && !mends[i].has_mends; k++) {
            const struct delivery_info *other =
                delivery_info(snapshot_entry(snapshot, k)->delivery);

            mends[i].has_mends =
                other->is_mend &&
                memcmp(other->mends.bytes, info->digest.bytes, sizeof info->digest.bytes) == 0;
        }
    }
    *out = mends;
    return HEDUI_OK;
}

static int
locator_cmp(const void *left, const void *right)
{
    const struct locator *a = left, *b = right;

    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

/* Collects the locators that every mend of this delivery brings back. */
static hedui_status
mend_gather(struct mend *mend, struct arena *arena, struct err *err)
{
    const struct digest *digest = &delivery_info(mend->delivery)->digest;
    uint64_t all = 0, at = 0;

    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t k = 0; k < snapshot_count(mend->snapshot); k++) {
            const struct delivery *other = snapshot_entry(mend->snapshot, k)->delivery;
            const struct delivery_info *info = delivery_info(other);
            uint32_t count = delivery_mended_count(other);

            if (!info->is_mend || memcmp(info->mends.bytes, digest->bytes, DIGEST_BYTES) != 0)
                continue;
            if (pass == 0)
                all += count;
            else
                for (uint32_t i = 0; i < count; i++)
                    mend->mended[at++] = delivery_mended_at(other, i);
        }
        if (pass == 0) {
            mend->mended = arena_alloc(arena, all, sizeof *mend->mended);
            if (mend->mended == NULL)
                return arena_full(arena, err);
        }
    }
    assert(at == all && all <= UINT32_MAX);
    qsort(mend->mended, all, sizeof *mend->mended, locator_cmp);
    mend->mended_count = (uint32_t)all;
    mend->is_gathered = true;
    return HEDUI_OK;
}

static hedui_status
mend_cures(bool *out, struct mend *mend, uint32_t refused, struct arena *arena, struct err *err)
{
    struct locator at = delivery_refused_at(mend->delivery, refused);

    *out = false;
    if (!mend->has_mends)
        return HEDUI_OK;
    if (!mend->is_gathered)
        TRY(mend_gather(mend, arena, err));
    *out = bsearch(&at, mend->mended, mend->mended_count, sizeof at, locator_cmp) != NULL;
    return HEDUI_OK;
}

/* A delivery that lost too many owners is whole again once every unplaced row came back. */
static hedui_status
mend_everyone(struct mend *mend, struct arena *arena, struct err *err)
{
    mend->is_everyone_known = true;
    mend->is_everyone = delivery_info(mend->delivery)->is_partial;
    if (!mend->is_everyone || !mend->has_mends)
        return HEDUI_OK;
    for (uint32_t i = 0; i < delivery_refused_count(mend->delivery); i++) {
        bool has_owner, is_cured;

        (void)delivery_refused_owner(mend->delivery, i, &has_owner);
        if (has_owner)
            continue;
        TRY(mend_cures(&is_cured, mend, i, arena, err));
        if (!is_cured)
            return HEDUI_OK;
    }
    mend->is_everyone = false;
    return HEDUI_OK;
}

static int
key_cmp(struct key128 a, struct key128 b)
{
    if (a.hi != b.hi)
        return a.hi < b.hi ? -1 : 1;
    return a.lo < b.lo ? -1 : a.lo > b.lo;
}

hedui_status
mend_is_partial(bool *out, struct mend *mends, uint32_t entry, struct key128 owner,
                struct arena *arena, struct err *err)
{
    struct mend *mend = &mends[entry];
    uint32_t count = delivery_refused_count(mend->delivery), low = 0, high = count;
    bool has_owner;

    if (!mend->is_everyone_known)
        TRY(mend_everyone(mend, arena, err));
    *out = mend->is_everyone;
    if (*out)
        return HEDUI_OK;
    while (low < high) { /* the first refused row whose owner is not below */
        uint32_t middle = low + (high - low) / 2;

        if (key_cmp(delivery_refused_owner(mend->delivery, middle, &has_owner), owner) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < count; low++) {
        struct key128 key = delivery_refused_owner(mend->delivery, low, &has_owner);
        bool is_cured;

        if (key_cmp(key, owner) != 0)
            break;
        if (!has_owner)
            continue;
        TRY(mend_cures(&is_cured, mend, low, arena, err));
        if (!is_cured) {
            *out = true;
            break;
        }
    }
    return HEDUI_OK;
}
