/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/match/refused.h"

#include <string.h>

#include "engine/base/ban.h"

#define CHAIN_MAX 64 /* mended, mended again …: more is a loop, which a snapshot cannot hold */

static const struct delivery *
by_digest(const struct snapshot *snapshot, const struct digest *digest)
{
    for (uint32_t i = 0; i < snapshot_count(snapshot); i++) {
        const struct delivery *delivery = snapshot_entry(snapshot, i)->delivery;

        if (memcmp(&delivery_info(delivery)->digest, digest, sizeof *digest) == 0)
            return delivery;
    }
    return NULL;
}

/* Does `mend` mend `base`, at once or through other mends? */
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

static bool
is_mended(const struct snapshot *snapshot, const struct delivery *base, struct locator at)
{
    for (uint32_t i = 0; i < snapshot_count(snapshot); i++) {
        const struct delivery *mend = snapshot_entry(snapshot, i)->delivery;

        if (!delivery_info(mend)->is_mend || !is_mend_of(snapshot, mend, base))
            continue;
        for (uint32_t m = 0; m < delivery_mended_count(mend); m++) {
            struct locator row = delivery_mended_at(mend, m);

            if (row.file == at.file && row.line == at.line)
                return true;
        }
    }
    return false;
}

static int
key_compare(struct key128 a, struct key128 b)
{
    if (a.hi != b.hi)
        return a.hi < b.hi ? -1 : 1;
    return a.lo < b.lo ? -1 : a.lo > b.lo;
}

bool
refused_is_open(const struct snapshot *snapshot, uint32_t entry_number, struct key128 key)
{
    const struct delivery *delivery = snapshot_entry(snapshot, entry_number)->delivery;
    uint32_t count = delivery_refused_count(delivery), low = 0, high = count;
    bool has_owner;

    while (low < high) { /* the first that is not below the key */
        uint32_t middle = low + (high - low) / 2;

        if (key_compare(delivery_refused_owner(delivery, middle, &has_owner), key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < count; low++) {
        if (key_compare(delivery_refused_owner(delivery, low, &has_owner), key) != 0)
            return false;
        if (has_owner && !is_mended(snapshot, delivery, delivery_refused_at(delivery, low)))
            return true;
    }
    return false;
}
