/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/mending.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"

#include "engine/base/ban.h"

#define CHAIN_MAX 64 /* a mend of a mend of …, as in match/mend.c */

struct refused_place { /* of a refused row; a row of two persons has one for each */
    struct locator at;
    struct key128 owner;
    bool has_owner;
};

struct mending {
    struct refused_place *places; /* by file and line */
    atomic_bool *taken;           /* of the first place of each row: it is back */
    size_t count;
    struct keyer **keyers;
    uint32_t lanes;
};

static hedui_status
no_memory(struct err *err)
{
    return err_set(err, HEDUI_E_MEMORY,
                   "内存不足，无法核对补正行\nno memory left to check mended rows");
}

static int
locator_order(const struct locator *a, const struct locator *b)
{
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

static int
place_order(const void *a, const void *b)
{
    return locator_order(&((const struct refused_place *)a)->at,
                         &((const struct refused_place *)b)->at);
}

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

/* The delivery whose rows were refused first. NULL: it is not in the snapshot. */
static const struct delivery *
root_of(const struct snapshot *snapshot, const struct delivery_info *info)
{
    const struct delivery *delivery = by_digest(snapshot, &info->digest);

    for (uint32_t step = 0; step < CHAIN_MAX && delivery != NULL; step++) {
        info = delivery_info(delivery);
        if (!info->is_mend)
            return delivery;
        delivery = by_digest(snapshot, &info->mends);
    }
    return NULL;
}

/* The first place of a row, or count. */
static size_t
place_find(const struct mending *mending, const struct locator *at)
{
    size_t low = 0, high = mending->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (locator_order(&mending->places[middle].at, at) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < mending->count && locator_order(&mending->places[low].at, at) == 0
               ? low
               : mending->count;
}

static hedui_status
places_fill(struct mending *mending, const struct snapshot *snapshot, const struct delivery *root,
            struct err *err)
{
    mending->count = delivery_refused_count(root);
    mending->places = mem_resize(NULL, mending->count, sizeof *mending->places);
    mending->taken = mem_resize(NULL, mending->count, sizeof *mending->taken);
    if (mending->places == NULL || mending->taken == NULL)
        return no_memory(err);
    for (uint32_t i = 0; i < mending->count; i++) {
        struct refused_place *place = &mending->places[i];
        place->at = delivery_refused_at(root, i);
        place->owner = delivery_refused_owner(root, i, &place->has_owner);
        atomic_init(&mending->taken[i], false);
    }
    if (mending->count > 0)
        qsort(mending->places, mending->count, sizeof *mending->places, place_order);
    for (uint32_t i = 0; i < snapshot_count(snapshot); i++) {
        const struct delivery *other = snapshot_entry(snapshot, i)->delivery;
        if (!delivery_info(other)->is_mend || root_of(snapshot, delivery_info(other)) != root)
            continue;
        for (uint32_t r = 0; r < delivery_mended_count(other); r++) {
            const struct locator at = delivery_mended_at(other, r);
            size_t found = place_find(mending, &at);
            if (found < mending->count)
                atomic_store(&mending->taken[found], true);
        }
    }
    return HEDUI_OK;
}

hedui_status
mending_open(struct mending **out, const struct snapshot *snapshot,
             const struct delivery_info *mended, const struct master_key *key, uint32_t lanes,
             struct err *err)
{
    const struct delivery *root = root_of(snapshot, mended);
    struct mending *mending = mem_resize(NULL, 1, sizeof *mending);
    hedui_status rc = HEDUI_OK;

    if (mending == NULL)
        return no_memory(err);
    *mending = (struct mending){0};
    mending->keyers = mem_resize(NULL, lanes, sizeof *mending->keyers);
    if (mending->keyers == NULL)
        FAIL(no_memory(err));
    for (; mending->lanes < lanes; mending->lanes++)
        FAIL(keyer_open(&mending->keyers[mending->lanes], key, err));
    if (root == NULL)
        FAIL(err_set(err, HEDUI_E_INPUT,
                     "要补正的那份数据已不在当前快照里\n"
                     "the delivery that is to be mended is not in the current snapshot"));
    FAIL(places_fill(mending, snapshot, root, err));
done:
    if (rc == HEDUI_OK)
        *out = mending;
    else
        mending_close(mending);
    return rc;
}

void
mending_close(struct mending *mending)
{
    if (mending == NULL)
        return;
    for (uint32_t i = 0; i < mending->lanes; i++)
        keyer_close(mending->keyers[i]);
    mem_free(mending->keyers);
    mem_free(mending->places);
    mem_free(mending->taken);
    mem_free(mending);
}

/* Are all persons that could be read of the refused row persons of the mended one? */
static bool
are_persons(const struct mending *mending, size_t first, const struct key128 *persons, uint32_t n)
{
    for (size_t i = first;
         i < mending->count && place_order(&mending->places[first], &mending->places[i]) == 0;
         i++) {
        bool is_there = !mending->places[i].has_owner;
        for (uint32_t p = 0; p < n && !is_there; p++)
            is_there = key128_cmp(mending->places[i].owner, persons[p]) == 0;
        if (!is_there)
            return false;
    }
    return true;
}

hedui_status
mending_check(struct mending *mending, uint32_t lane, const struct batch *batch, const char *path,
              struct err *err)
{
    const struct kind *kind = batch->kind;
    const struct batch_column *owner = &batch->columns[kind->owner];
    const struct batch_column *other = kind->facing == NULL ? NULL : &batch->columns[kind->other];

    for (uint32_t i = 0; i < batch->rows; i++) {
        const struct locator at = {batch->file, batch->line[i]};
        size_t found = place_find(mending, &at);
        struct key128 persons[2];
        uint32_t n = 1;

        if (found == mending->count)
            return err_set(err, HEDUI_E_INPUT,
                           "'%s'：hedui_row 为 %" PRIu64
                           " 的行在那份数据里没有被退回过，不能补正；请核对 "
                           "--mends 和 hedui_row\n"
                           "'%s': the row whose hedui_row is %" PRIu64 " was not refused in that "
                           "delivery and cannot be mended: check --mends and hedui_row",
                           path, at.line, path, at.line);
        if (atomic_exchange(&mending->taken[found], true))
            return err_set(err, HEDUI_E_INPUT,
                           "'%s'：hedui_row 为 %" PRIu64
                           " 的行已经补正过，再收就会重复计算；请删去这一行，"
                           "或只交回最近一次退回的文件\n"
                           "'%s': the row whose hedui_row is %" PRIu64 " has come back already and "
                           "would count twice: take it out, or give only the file refused last",
                           path, at.line, path, at.line);
        persons[0] = owner->identity[i].key;
        if (other != NULL && other->state[i] == CELL_VALUE)
            persons[n++] = other->identity[i].key;
        keyer_pseudonyms(mending->keyers[lane], persons, persons, n);
        if (!are_persons(mending, found, persons, n))
            return err_set(
                err, HEDUI_E_INPUT,
                "'%s'：hedui_row 为 %" PRIu64 " 的行换成了另一个人的证件号码；补正不能换人，"
                "请恢复原号码，或请部门重新提供\n"
                "'%s': the row whose hedui_row is %" PRIu64 " now names another person: a "
                "mend keeps the person; put the number back, or ask for the data anew",
                path, at.line, path, at.line);
    }
    return HEDUI_OK;
}
