/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/march.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

#include "engine/base/ban.h"

#define BLOCK_CASES 64 /* fewer than VERIFY_BLOCK_MAX: what a block needs stays near the core */
#define WAVE_BLOCKS 32 /* per lane: bounds what waits in memory to be written in order */

struct lane {
    struct arena arena;
    struct keyer *keyer;
    struct summary summary;
    bool is_open;
};

struct slot { /* a block of the wave */
    struct verify_out out;
    atomic_bool is_done;
};

struct wave {
    struct march *march;
    struct lane *lanes;
    struct slot *slots;
    uint32_t first, count;  /* first case; blocks */
    _Atomic uint32_t next;  /* the block to be written next */
    atomic_bool is_writing; /* by one lane; stays so after a failure */
};

static hedui_status
slot_write(struct march *march, struct slot *slot, struct err *err)
{
    for (size_t t = 0; t < VERIFY_TEXTS; t++) {
        TRY(outfile_write(&march->files[t], &slot->out.texts[t], err));
        buf_reset(&slot->out.texts[t]);
    }
    for (size_t o = 0; o < LEN(march->outcomes); o++)
        march->outcomes[o] += slot->out.outcomes[o];
    march->probed += slot->out.probed;
    return HEDUI_OK;
}

static bool
is_ready(struct wave *wave)
{
    uint32_t next = atomic_load(&wave->next);

    return next < wave->count && atomic_load(&wave->slots[next].is_done);
}

/* Writes what is ready, unless another lane does. Whoever stops writing looks once more: a block
 * that was done meanwhile found the lane writing and went away. */
static hedui_status
ready_write(struct wave *wave, struct err *err)
{
    while (is_ready(wave) && !atomic_exchange(&wave->is_writing, true)) {
        while (is_ready(wave)) {
            uint32_t next = atomic_load(&wave->next);

            TRY(slot_write(wave->march, &wave->slots[next], err));
            atomic_store(&wave->next, next + 1);
        }
        atomic_store(&wave->is_writing, false);
    }
    return HEDUI_OK;
}

static hedui_status
wave_block(void *context, uint32_t lane_number, size_t task, struct err *err)
{
    struct wave *wave = context;
    struct march *march = wave->march;
    struct lane *lane = &wave->lanes[lane_number];
    struct verify_out *out = &wave->slots[task].out;
    uint32_t first = wave->first + (uint32_t)task * BLOCK_CASES;
    uint32_t count = march->set->count - first;
    struct reports_turn turn;
    hedui_status rc;

    out->labels = march->labels;
    out->reporter = reports_turn(&turn, march->reports, lane_number, first);
    out->incomplete = summary_incomplete;
    out->context = &lane->summary;
    rc = verify_block(out, &march->set->items[first], count < BLOCK_CASES ? count : BLOCK_CASES,
                      march->world, march->pack, lane->keyer, &lane->arena, err);
    out->reporter = NULL; /* the turn ends here */
    arena_reset(&lane->arena);
    TRY(rc);
    atomic_store(&wave->slots[task].is_done, true);
    return ready_write(wave, err);
}

static hedui_status
lanes_open(struct lane *lanes, uint32_t count, const struct world *world, struct err *err)
{
    for (uint32_t i = 0; i < count; i++) {
        arena_init(&lanes[i].arena, "block", (size_t)1 << 30, true);
        summary_init(&lanes[i].summary);
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
        arena_release(&lanes[i].arena);
        summary_release(&lanes[i].summary);
    }
}

static void
slot_reset(struct slot *slot)
{
    memset(slot->out.outcomes, 0, sizeof slot->out.outcomes);
    slot->out.probed = 0;
    atomic_store(&slot->is_done, false);
}

/* Wave by wave, because what waits to be written is bounded. */
static hedui_status
waves_run(struct wave *wave, uint32_t room, struct err *err)
{
    struct march *march = wave->march;
    uint32_t all = march->set->count;

    for (wave->first = 0; wave->first < all;) {
        uint32_t left = (all - wave->first + BLOCK_CASES - 1) / BLOCK_CASES;

        wave->count = left < room ? left : room;
        atomic_store(&wave->next, 0);
        for (uint32_t i = 0; i < wave->count; i++)
            slot_reset(&wave->slots[i]);
        TRY(pool_run(march->pool, wave->count, wave_block, wave, err));
        assert(atomic_load(&wave->next) == wave->count);
        wave->first += wave->count * BLOCK_CASES;
        if (wave->first > all)
            wave->first = all;
        if (march->progress != NULL)
            march->progress(march->progress_context, wave->first, all);
    }
    return HEDUI_OK;
}

hedui_status
march_all(struct march *march, struct arena *arena, struct err *err)
{
    uint32_t lanes = pool_lanes(march->pool), room = lanes * WAVE_BLOCKS;
    struct wave wave = {.march = march,
                        .lanes = arena_alloc(arena, lanes, sizeof *wave.lanes),
                        .slots = arena_alloc(arena, room, sizeof *wave.slots)};
    hedui_status rc = HEDUI_OK;

    if (wave.lanes == NULL || wave.slots == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < room; i++)
        for (size_t t = 0; t < VERIFY_TEXTS; t++)
            buf_init(&wave.slots[i].out.texts[t], true);
    FAIL(lanes_open(wave.lanes, lanes, march->world, err));
    FAIL(waves_run(&wave, room, err));
    for (uint32_t i = 0; i < lanes; i++)
        summary_join(&march->summary, &wave.lanes[i].summary);
done:
    lanes_close(wave.lanes, lanes);
    for (uint32_t i = 0; i < room; i++)
        for (size_t t = 0; t < VERIFY_TEXTS; t++)
            buf_release(&wave.slots[i].out.texts[t]);
    return rc;
}

static hedui_status
file_sync(void *context, uint32_t lane, size_t task, struct err *err)
{
    struct march *march = context;

    (void)lane;
    return outfile_sync(&march->files[task], err);
}

hedui_status
march_publish(struct march *march, struct digest *digests, struct err *err)
{
    TRY(pool_run(march->pool, VERIFY_TEXTS, file_sync, march, err));
    for (size_t t = 0; t < VERIFY_TEXTS; t++)
        TRY(outfile_publish(&march->files[t], &digests[t], err));
    return HEDUI_OK;
}
