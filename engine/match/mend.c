/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/match/mend.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/ban.h"

#define CHAIN_MAX 64 /* a mend of a mend of …: more is a loop, which no ingest makes */

struct mend {
    const struct delivery *delivery;
    const struct snapshot *snapshot;
    bool has_mends;   /* some entry of the snapshot mends this delivery */
    bool is_gathered; /* `mended` is filled */
    bool is_everyone_known, is_everyone;
    uint32_t mended_count;
    struct locator *mended; /* sorted */
};

static const struct delivery *
by_digest(const struct snapshot *snapshot, const struct digest *digest)
{
    for (uint32_t i = 0; i < snapshot_count(snapshot); i++) {
        const struct delivery *delivery = snapshot_entry(snapshot, i)->delivery;

        if (memcmp(delivery_info(delivery)->digest.bytes, digest->bytes, DIGEST_BYTES) == 0)
            return delivery;
    }
    return NULL;
}

/* Does `mend` mend `base`, at once or by way of other mends? Their rows keep the base's places. */
static bool
is_mend_of(const struct snapshot *snapshot, const struct delivery *mend,
           const struct delivery *base)
{
    for (uint32_t step = 0; step < CHAIN_MAX && mend != NULL; step++) {
        const struct delivery_info *info = delivery_info(mend);

        if (!info->is_mend)
            return false;
        mend = by_digest(snapshot, &info->mends);
        if (mend == base)
            return true;
    }
    return false;
}

hedui_status
mend_build(struct mend **out, const struct snapshot *snapshot, struct arena *arena, struct err *err)
{
    uint32_t count = snapshot_count(snapshot);
    struct mend *mends = arena_alloc(arena, count, sizeof *mends);

    if (mends == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < count; i++) {
        mends[i].delivery = snapshot_entry(snapshot, i)->delivery;
        mends[i].snapshot = snapshot;
        for (uint32_t k = 0; k < count && !mends[i].has_mends; k++)
            mends[i].has_mends =
                is_mend_of(snapshot, snapshot_entry(snapshot, k)->delivery, mends[i].delivery);
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
    uint64_t all = 0, at = 0;

    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t k = 0; k < snapshot_count(mend->snapshot); k++) {
            const struct delivery *other = snapshot_entry(mend->snapshot, k)->delivery;
            uint32_t count = delivery_mended_count(other);

            if (!is_mend_of(mend->snapshot, other, mend->delivery))
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

        if (key128_cmp(delivery_refused_owner(mend->delivery, middle, &has_owner), owner) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < count; low++) {
        struct key128 key = delivery_refused_owner(mend->delivery, low, &has_owner);
        bool is_cured;

        if (key128_cmp(key, owner) != 0)
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
