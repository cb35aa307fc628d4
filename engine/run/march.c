/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/march.h"

#include <assert.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "engine/base/ban.h"

#define BLOCK_CASES 64 /* fewer than VERIFY_BLOCK_MAX: what a block needs stays near the core */
#define PROGRESS_BLOCKS 16
#define LANE_SLOTS                                                                                 \
    4 /* per lane: bounds what waits to be written in order; few stay in the cache                 \
       */

struct lane {
    struct arena arena;
    struct keyer *keyer;
    struct vector_lane vectors;
    struct summary summary;
    bool is_open;
};

struct slot { /* a block between computing and writing; then the next one's that falls on it */
    struct verify_out out;
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
slot_write(struct march *march, struct slot *slot, struct err *err)
{
    for (size_t t = 0; t < VERIFY_TEXTS; t++) {
        if ((march->wanted >> t & 1) == 0)
            continue;
        TRY(outfile_write(&march->files[t], &slot->out.texts[t], err));
        buf_reset(&slot->out.texts[t]);
    }
    for (size_t o = 0; o < LEN(march->outcomes); o++)
        march->outcomes[o] += slot->out.outcomes[o];
    march->probed += slot->out.probed;
    return HEDUI_OK;
}

static void
slot_reset(struct slot *slot)
{
    memset(slot->out.outcomes, 0, sizeof slot->out.outcomes);
    slot->out.probed = 0;
    atomic_store(&slot->is_done, false);
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
            slot_reset(slot);
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

static hedui_status
block_verify(struct road *road, struct lane *lane, uint32_t lane_number, uint32_t block,
             struct err *err)
{
    struct march *march = road->march;
    struct slot *slot = slot_of(road, block);
    uint32_t first = block * BLOCK_CASES, count = march->set->count - first;
    struct reports_turn turn;
    hedui_status rc;

    slot->out.labels = march->labels;
    slot->out.wanted = march->wanted;
    slot->out.vectors = &lane->vectors;
    slot->out.reporter = reports_turn(&turn, march->reports, lane_number, first);
    slot->out.incomplete = summary_incomplete;
    slot->out.context = &lane->summary;
    rc = verify_block(&slot->out, &march->set->items[first],
                      count < BLOCK_CASES ? count : BLOCK_CASES, march->world, march->pack,
                      lane->keyer, &lane->arena, err);
    slot->out.reporter = NULL; /* the turn ends here */
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
lanes_open(struct lane *lanes, uint32_t count, const struct world *world, struct err *err)
{
    for (uint32_t i = 0; i < count; i++) {
        arena_init(&lanes[i].arena, "block", (size_t)1 << 30, true);
        summary_init(&lanes[i].summary);
        vector_lane_init(&lanes[i].vectors);
        lanes[i].is_open = true;
        TRY(keyer_open(&lanes[i].keyer, world->key, err));
    }
    return HEDUI_OK;
}

static void
lanes_close(struct lane *lanes, uint32_t count)
{
    for (uint32_t i = 0; i < count && lanes[i].is_open; i++) {
        keyer_close(lanes[i].keyer);
        vector_lane_release(&lanes[i].vectors);
        arena_release(&lanes[i].arena);
        summary_release(&lanes[i].summary);
    }
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

    if (road.lanes == NULL || road.slots == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < room; i++)
        for (size_t t = 0; t < VERIFY_TEXTS; t++)
            buf_init(&road.slots[i].out.texts[t], true);
    FAIL(lanes_open(road.lanes, lanes, march->world, err));
    FAIL(pool_run(march->pool, road.count, road_block, &road, err));
    assert(atomic_load(&road.next) == road.count);
    for (uint32_t i = 0; i < lanes; i++)
        summary_join(&march->summary, &road.lanes[i].summary);
done:
    lanes_close(road.lanes, lanes);
    for (uint32_t i = 0; i < room; i++)
        for (size_t t = 0; t < VERIFY_TEXTS; t++)
            buf_release(&road.slots[i].out.texts[t]);
    return rc;
}

static hedui_status
file_sync(void *context, uint32_t lane, size_t task, struct err *err)
{
    struct march *march = context;

    (void)lane;
    if ((march->wanted >> task & 1) == 0)
        return HEDUI_OK;
    return outfile_sync(&march->files[task], err);
}

hedui_status
march_publish(struct march *march, struct digest *digests, struct err *err)
{
    TRY(pool_run(march->pool, VERIFY_TEXTS, file_sync, march, err));
    for (size_t t = 0; t < VERIFY_TEXTS; t++)
        if ((march->wanted >> t & 1) != 0)
            TRY(outfile_publish(&march->files[t], &digests[t], err));
    return HEDUI_OK;
}
