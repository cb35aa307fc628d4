/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/compare.h"

#include <string.h>

#include "engine/rule/finding.h"
#include "engine/rule/vector.h"
#include "engine/run/verify.h"

#include "engine/base/ban.h"

#define BLOCK_CASES 64   /* what a block needs stays near the core */
#define WAVE_BLOCKS 1024 /* lines of changed cases wait in memory until the wave is done */

struct lane {
    struct arena arena;
    struct vector_lane old, new; /* what either pack's program answers of a block */
    struct keyer *keyer;
    struct moves moves;
    bool is_open;
};
struct comparing {
    const struct compare_job *job;
    bool is_one_probe; /* both packs see the same households */
    uint32_t *same;    /* changes_same() */
    bool *same_rules, is_engine_same;
    struct lane *lanes;
    struct buf *lines; /* per block of the wave */
    uint32_t first;    /* case that the wave begins with */
};

/* Do both ask the same kinds of the same sources, about the same persons, as far back? Then a
 * household built for one is the other's. */
static bool
is_one_probe(const struct compare_job *job)
{
    const struct pack *old = job->old, *new = job->new;

    if (pack_source_count(old) != pack_source_count(new) ||
        pack_months_back(old) != pack_months_back(new))
        return false;
    for (uint32_t s = 0; s < pack_source_count(old); s++)
        if (!text_eq(pack_source(old, s)->name, pack_source(new, s)->name) ||
            pack_source(old, s)->kinds != pack_source(new, s)->kinds)
            return false;
    return changes_of_rule(job->changes, TEXT("ENG-AUTH")) ==
           0; /* reads evidence and every `who` */
}

/* One household seen alike by both packs is reckoned with once, as far as they mean the same. */
static hedui_status
both_judge(const struct comparing *c, struct lane *lane, uint32_t at, const struct household *old,
           const struct household *new, struct sheet *sheet, struct err *err)
{
    const struct compare_job *job = c->job;
    struct judgement a, b;
    struct run first, second;
    struct counted one = {.lane = &lane->old, .at = at};
    struct counted other = {.lane = &lane->new,
                            .at = at,
                            .from = old == new ? &first : NULL,
                            .same = c->same,
                            .beside = old == new ? &a : NULL,
                            .same_rules = c->same_rules,
                            .is_engine_same = c->is_engine_same};

    TRY(judge_counted(&a, &first, job->old, old, &one, &lane->arena, err));
    TRY(judge_counted(&b, &second, job->new, new, &other, &lane->arena, err));
    return moves_add(&lane->moves, old, &a, &b, sheet, err);
}

static hedui_status
block_compare(struct comparing *c, struct lane *lane, const struct application *cases,
              uint32_t count, struct sheet *sheet, struct err *err)
{
    const struct compare_job *job = c->job;
    struct household *old, *new;
    uint64_t probed = 0, refusals = mem_refusals();

    TRY(verify_households(&old, &probed, cases, count, job->world, job->old, lane->keyer,
                          &lane->arena, err));
    new = old;
    if (!c->is_one_probe)
        TRY(verify_households(&new, &probed, cases, count, job->world, job->new, lane->keyer,
                              &lane->arena, err));
    TRY(vector_lane_answer(&lane->old, job->old, old, count, &lane->arena, err));
    TRY(vector_lane_answer(&lane->new, job->new, new, count, &lane->arena, err));
    for (uint32_t i = 0; i < count; i++) {
        struct arena_mark mark = arena_mark(&lane->arena);

        TRY(both_judge(c, lane, i, &old[i], &new[i], sheet, err));
        arena_rewind(&lane->arena, mark);
    }
    TRY(snapshot_sound(job->world->snapshot, err));
    return mem_check(refusals, err);
}

static hedui_status
task_run(void *context, uint32_t lane_number, size_t task, struct err *err)
{
    struct comparing *c = context;
    struct lane *lane = &c->lanes[lane_number];
    uint32_t first = c->first + (uint32_t)task * BLOCK_CASES;
    uint32_t count = c->job->set->count - first;
    struct sheet sheet;
    hedui_status rc;

    sheet_begin(&sheet, &c->lines[task]);
    rc = block_compare(c, lane, &c->job->set->items[first],
                       count < BLOCK_CASES ? count : BLOCK_CASES,
                       c->job->lines == NULL ? NULL : &sheet, err);
    arena_reset(&lane->arena);
    TRY(rc);
    return buf_check(&c->lines[task], err);
}

static hedui_status
waves_run(struct comparing *c, struct err *err)
{
    const struct compare_job *job = c->job;
    uint32_t all = job->set->count;

    while (c->first < all) {
        uint32_t left = (all - c->first + BLOCK_CASES - 1) / BLOCK_CASES;
        uint32_t blocks = left < WAVE_BLOCKS ? left : WAVE_BLOCKS;

        TRY(pool_run(job->pool, blocks, task_run, c, err));
        for (uint32_t i = 0; i < blocks; i++) {
            if (job->lines != NULL)
                buf_text(job->lines, buf_part(job->lines, &c->lines[i]));
            buf_reset(&c->lines[i]);
        }
        c->first = blocks == left ? all : c->first + blocks * BLOCK_CASES;
        if (job->progress != NULL)
            job->progress(job->progress_context, c->first, all);
    }
    return job->lines == NULL ? HEDUI_OK : buf_check(job->lines, err);
}

static hedui_status
lanes_open(struct comparing *c, uint32_t count, struct err *err)
{
    for (uint32_t i = 0; i < count; i++) {
        arena_init(&c->lanes[i].arena, "block", (size_t)1 << 30, true);
        moves_open(&c->lanes[i].moves, c->job->changes);
        vector_lane_init(&c->lanes[i].old);
        vector_lane_init(&c->lanes[i].new);
        c->lanes[i].is_open = true;
        TRY(keyer_open(&c->lanes[i].keyer, c->job->world->key, err));
    }
    return HEDUI_OK;
}

hedui_status
compare_all(struct moves *out, const struct compare_job *job, struct arena *arena, struct err *err)
{
    uint32_t lanes = pool_lanes(job->pool);
    struct comparing c = {.job = job,
                          .is_one_probe = is_one_probe(job),
                          .lanes = arena_alloc(arena, lanes, sizeof *c.lanes),
                          .lines = arena_alloc(arena, WAVE_BLOCKS, sizeof *c.lines)};
    hedui_status rc = HEDUI_OK;

    if (c.lanes == NULL || c.lines == NULL)
        return arena_full(arena, err);
    TRY(changes_same(&c.same, job->changes, job->old, job->new, arena, err));
    TRY(changes_same_rules(&c.same_rules, job->changes, job->old, job->new, arena, err));
    c.is_engine_same = changes_spare_engine(job->changes);
    for (uint32_t i = 0; i < WAVE_BLOCKS; i++)
        buf_init(&c.lines[i], true);
    FAIL(lanes_open(&c, lanes, err));
    FAIL(waves_run(&c, err));
    for (uint32_t i = 0; i < lanes; i++)
        FAIL(moves_join(out, &c.lanes[i].moves, err));
done:
    for (uint32_t i = 0; i < lanes && c.lanes[i].is_open; i++) {
        keyer_close(c.lanes[i].keyer);
        moves_close(&c.lanes[i].moves);
        vector_lane_release(&c.lanes[i].old);
        vector_lane_release(&c.lanes[i].new);
        arena_release(&c.lanes[i].arena);
    }
    for (uint32_t i = 0; i < WAVE_BLOCKS; i++)
        buf_release(&c.lines[i]);
    return rc;
}
