/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/march.h"

#include <assert.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "engine/run/shares.h"

#include "engine/base/ban.h"

#define BLOCK_CASES 64 /* fewer than VERIFY_BLOCK_MAX: what a block needs stays near the core */
#define PROGRESS_BLOCKS 16
#define LANE_SLOTS                                                                                 \
    4 /* per lane: bounds what waits to be written in order; few stay in the cache                 \
       */

struct lane {
    struct arena arena;
    struct keyer *keyer;
    struct share_lane { /* of one pack */
        struct vector_lane vectors;
        struct summary summary;
    } * shares;
    uint32_t share_count; /* opened */
};

struct slot { /* a block between computing and writing; then the next one's that falls on it */
    struct verify_out *outs; /* a share */
    atomic_bool is_done;
};

struct road { /* of the blocks, in the order of their cases */
    struct march *march;
    struct lane *lanes;
    struct slot *slots;
    uint32_t count, room;   /* blocks; slots */
    _Atomic uint32_t next;  /* the block to be written next */
    atomic_bool is_writing; /* by one lane; stays so after a failure */
    atomic_bool is_failed;  /* nobody waits for what will not be written */
};

static hedui_status
share_write(struct march_share *share, struct verify_out *out, struct err *err)
{
    for (size_t t = 0; t < VERIFY_TEXTS; t++) {
        if ((share->wanted >> t & 1) == 0)
            continue;
        TRY(outfile_write(&share->files[t], &out->texts[t], err));
        buf_reset(&out->texts[t]);
    }
    for (size_t o = 0; o < LEN(share->outcomes); o++)
        share->outcomes[o] += out->outcomes[o];
    share->probed += out->probed;
    memset(out->outcomes, 0, sizeof out->outcomes);
    out->probed = 0;
    return HEDUI_OK;
}

static hedui_status
slot_write(struct march *march, struct slot *slot, struct err *err)
{
    for (uint32_t k = 0; k < march->share_count; k++)
        TRY(share_write(&march->shares[k], &slot->outs[k], err));
    return HEDUI_OK;
}

static struct slot *
slot_of(struct road *road, uint32_t block)
{
    return &road->slots[block % road->room];
}

static bool
is_ready(struct road *road)
{
    uint32_t next = atomic_load(&road->next);

    return next < road->count && atomic_load(&slot_of(road, next)->is_done);
}

static void
progress_tell(struct march *march, uint32_t blocks)
{
    uint64_t done = (uint64_t)blocks * BLOCK_CASES;

    if (march->progress != NULL && blocks % PROGRESS_BLOCKS == 0)
        march->progress(march->progress_context,
                        done < march->set->count ? done : march->set->count, march->set->count);
}

/* Writes what is ready, unless another lane does. Whoever stops writing looks once more: a block
 * that was done meanwhile found the lane writing and went away. */
static hedui_status
ready_write(struct road *road, struct err *err)
{
    while (is_ready(road) && !atomic_exchange(&road->is_writing, true)) {
        while (is_ready(road)) {
            uint32_t next = atomic_load(&road->next);
            struct slot *slot = slot_of(road, next);

            TRY(slot_write(road->march, slot, err));
            atomic_store(&slot->is_done, false);
            atomic_store(&road->next, next + 1);
            progress_tell(road->march, next + 1);
        }
        atomic_store(&road->is_writing, false);
    }
    return HEDUI_OK;
}

/* Until the slot that this block falls on is written. Blocks are handed out in order, so whoever
 * computes the block that all wait for never waits himself. */
static hedui_status
slot_wait(struct road *road, uint32_t block, struct err *err)
{
    while (block >= atomic_load(&road->next) + road->room && !atomic_load(&road->is_failed)) {
        TRY(ready_write(road, err));
        sched_yield();
    }
    return HEDUI_OK;
}

/* The first of the share's cases that is not before case `at` of the march. */
static uint32_t
share_from(const struct march_share *share, uint32_t at)
{
    uint32_t low = 0, high = share->set->count;

    if (share->at == NULL)
        return at < high ? at : high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (share->at[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct turn { /* one share of one block */
    struct reports_turn reports;
    uint32_t *at;
};

static hedui_status
turn_open(struct turn *turn, struct verify_share *out, const struct march_share *share,
          struct share_lane *lane, uint32_t lane_number, uint32_t first, uint32_t count,
          struct arena *arena, struct err *err)
{
    uint32_t from = share_from(share, first);

    out->pack = share->pack;
    out->cases = &share->set->items[from];
    out->count = share_from(share, first + count) - from;
    turn->at = arena_alloc(arena, out->count, sizeof *turn->at);
    if (turn->at == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < out->count; i++)
        turn->at[i] = share->at == NULL ? i : share->at[from + i] - first;
    out->at = turn->at;
    out->out->labels = share->labels;
    out->out->wanted = share->wanted;
    out->out->vectors = &lane->vectors;
    out->out->reporter = reports_turn(&turn->reports, share->reports, lane_number, from);
    out->out->incomplete = summary_incomplete;
    out->out->context = &lane->summary;
    out->out->told = share->told == NULL ? NULL : &share->told[from];
    out->out->pays = share->pays;
    return HEDUI_OK;
}

static hedui_status
block_judge(struct march *march, struct lane *lane, uint32_t lane_number, struct slot *slot,
            uint32_t first, struct err *err)
{
    uint32_t left = march->set->count - first, count = left < BLOCK_CASES ? left : BLOCK_CASES;
    struct verify_share *shares = arena_alloc(&lane->arena, march->share_count, sizeof *shares);
    struct turn *turns = arena_alloc(&lane->arena, march->share_count, sizeof *turns);
    bool is_all = march->share_count == 1 && march->shares[0].at == NULL;

    if (shares == NULL || turns == NULL)
        return arena_full(&lane->arena, err);
    for (uint32_t k = 0; k < march->share_count; k++) {
        shares[k].out = &slot->outs[k];
        TRY(turn_open(&turns[k], &shares[k], &march->shares[k], &lane->shares[k], lane_number,
                      first, count, &lane->arena, err));
    }
    if (is_all)
        return verify_block(shares[0].out, shares[0].cases, count, march->world, shares[0].pack,
                            lane->keyer, &lane->arena, err);
    return verify_shares(shares, march->share_count, &march->set->items[first], count, march->world,
                         lane->keyer, &lane->arena, err);
}

static hedui_status
block_verify(struct road *road, struct lane *lane, uint32_t lane_number, uint32_t block,
             struct err *err)
{
    struct march *march = road->march;
    struct slot *slot = slot_of(road, block);
    hedui_status rc = block_judge(march, lane, lane_number, slot, block * BLOCK_CASES, err);

    for (uint32_t k = 0; k < march->share_count; k++)
        slot->outs[k].reporter = NULL; /* the turn ends here */
    arena_reset(&lane->arena);
    TRY(rc);
    atomic_store(&slot->is_done, true);
    return ready_write(road, err);
}

static hedui_status
road_block(void *context, uint32_t lane_number, size_t task, struct err *err)
{
    struct road *road = context;
    uint32_t block = (uint32_t)task;
    hedui_status rc = slot_wait(road, block, err);

    if (rc == HEDUI_OK && !atomic_load(&road->is_failed))
        rc = block_verify(road, &road->lanes[lane_number], lane_number, block, err);
    if (rc != HEDUI_OK)
        atomic_store(&road->is_failed, true);
    return rc;
}

static hedui_status
lanes_open(struct lane *lanes, uint32_t count, const struct march *march, struct arena *arena,
           struct err *err)
{
    for (uint32_t i = 0; i < count; i++) {
        lanes[i].shares = arena_alloc(arena, march->share_count, sizeof *lanes[i].shares);
        if (lanes[i].shares == NULL)
            return arena_full(arena, err);
        arena_init(&lanes[i].arena, "block", (size_t)1 << 30, true);
        for (uint32_t k = 0; k < march->share_count; k++) {
            summary_init(&lanes[i].shares[k].summary);
            vector_lane_init(&lanes[i].shares[k].vectors);
        }
        lanes[i].share_count = march->share_count;
        TRY(keyer_open(&lanes[i].keyer, march->world->key, err));
    }
    return HEDUI_OK;
}

static void
lanes_close(struct lane *lanes, uint32_t count)
{
    for (uint32_t i = 0; i < count && lanes[i].share_count > 0; i++) {
        keyer_close(lanes[i].keyer);
        for (uint32_t k = 0; k < lanes[i].share_count; k++) {
            vector_lane_release(&lanes[i].shares[k].vectors);
            summary_release(&lanes[i].shares[k].summary);
        }
        arena_release(&lanes[i].arena);
    }
}

static hedui_status
slots_open(struct road *road, uint32_t shares, struct arena *arena, struct err *err)
{
    for (uint32_t i = 0; i < road->room; i++) {
        road->slots[i].outs = arena_alloc(arena, shares, sizeof *road->slots[i].outs);
        if (road->slots[i].outs == NULL)
            return arena_full(arena, err);
        for (uint32_t k = 0; k < shares; k++)
            for (size_t t = 0; t < VERIFY_TEXTS; t++)
                buf_init(&road->slots[i].outs[k].texts[t], true);
    }
    return HEDUI_OK;
}

static void
slots_close(struct road *road, uint32_t shares)
{
    for (uint32_t i = 0; i < road->room && road->slots[i].outs != NULL; i++)
        for (uint32_t k = 0; k < shares; k++)
            for (size_t t = 0; t < VERIFY_TEXTS; t++)
                buf_release(&road->slots[i].outs[k].texts[t]);
}

hedui_status
march_all(struct march *march, struct arena *arena, struct err *err)
{
    uint32_t lanes = pool_lanes(march->pool), room = lanes * LANE_SLOTS;
    struct road road = {.march = march,
                        .lanes = arena_alloc(arena, lanes, sizeof *road.lanes),
                        .slots = arena_alloc(arena, room, sizeof *road.slots),
                        .count = (march->set->count + BLOCK_CASES - 1) / BLOCK_CASES,
                        .room = room};
    hedui_status rc = HEDUI_OK;

    assert(march->share_count > 0);
    if (road.lanes == NULL || road.slots == NULL)
        return arena_full(arena, err);
    FAIL(slots_open(&road, march->share_count, arena, err));
    FAIL(lanes_open(road.lanes, lanes, march, arena, err));
    FAIL(pool_run(march->pool, road.count, road_block, &road, err));
    assert(atomic_load(&road.next) == road.count);
    for (uint32_t i = 0; i < lanes; i++)
        for (uint32_t k = 0; k < march->share_count; k++)
            summary_join(&march->shares[k].summary, &road.lanes[i].shares[k].summary);
done:
    lanes_close(road.lanes, lanes);
    slots_close(&road, march->share_count);
    return rc;
}

static hedui_status
file_sync(void *context, uint32_t lane, size_t task, struct err *err)
{
    struct march_share *share = context;

    (void)lane;
    if ((share->wanted >> task & 1) == 0)
        return HEDUI_OK;
    return outfile_sync(&share->files[task], err);
}

hedui_status
march_publish(struct march_share *share, struct pool *pool, struct digest *digests, struct err *err)
{
    TRY(pool_run(pool, VERIFY_TEXTS, file_sync, share, err));
    for (size_t t = 0; t < VERIFY_TEXTS; t++)
        if ((share->wanted >> t & 1) != 0)
            TRY(outfile_publish(&share->files[t], &digests[t], err));
    return HEDUI_OK;
}
