/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/batch.h"

#include <assert.h>
#include <string.h>

#include "engine/base/sys.h"
#include "engine/run/held.h"
#include "engine/run/outfile.h"
#include "engine/run/receipt.h"
#include "engine/run/summary.h"

#include "engine/base/ban.h"

static hedui_status
reader_rows(void *context, uint32_t lane, const struct batch *batch, struct err *err)
{
    (void)lane; /* the batch file is read by one lane */
    return application_reader_rows(context, batch, err);
}

static hedui_status
reader_refused(void *context, uint32_t lane, const struct refusal *refusal, struct err *err)
{
    (void)lane;
    return application_reader_refused(context, refusal, err);
}

/* Reads and groups the batch file. */
static hedui_status
applications_read(struct application_set *out, struct feed_report *report,
                  const struct batch_options *options, const struct mapping *mapping,
                  const struct world *world, struct arena *arena, struct err *err)
{
    struct application_reader *reader = NULL;
    struct pool *alone = NULL;
    hedui_status rc = HEDUI_OK;

    TRY(application_reader_open(&reader, world->model, &options->defaults, arena, err));
    TRY(pool_open(&alone, 1, err));
    struct feed_sink sink = {.context = reader, .rows = reader_rows, .refused = reader_refused};
    struct feed_job job = {
        .mapping = mapping,
        .paths = &options->batch,
        .path_count = 1,
        .pool = alone,
        .is_dry = true, /* refused rows come back in refused.csv, by case */
    };
    FAIL(feed_read(report, &job, &sink, arena, err));
    FAIL(application_reader_finish(reader, out, err));
done:
    pool_close(alone);
    return rc;
}

#define WAVE_BLOCKS 8   /* per lane: bounds what waits in memory to be written in order */
#define BLOCK_CASES 256 /* fewer than VERIFY_BLOCK_MAX, so that two lanes share a small batch */

struct lane {
    struct arena arena;
    struct keyer *keyer;
    struct summary summary;
    bool is_open;
};

struct march { /* the state of one batch going through the blocks */
    const struct application_set *set;
    const struct world *world;
    const struct pack *pack;
    const struct labels *labels;
    struct lane *lanes;
    struct verify_out *blocks; /* of the wave */
    uint32_t first;            /* first case of the wave */
};

static hedui_status
march_block(void *context, uint32_t lane_number, size_t task, struct err *err)
{
    struct march *march = context;
    struct lane *lane = &march->lanes[lane_number];
    struct verify_out *block = &march->blocks[task];
    uint32_t first = march->first + (uint32_t)task * BLOCK_CASES;
    uint32_t count = march->set->count - first;
    hedui_status rc;

    block->labels = march->labels;
    block->incomplete = summary_incomplete;
    block->context = &lane->summary;
    rc = verify_block(block, &march->set->items[first], count < BLOCK_CASES ? count : BLOCK_CASES,
                      march->world, march->pack, lane->keyer, &lane->arena, err);
    arena_reset(&lane->arena);
    return rc;
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
block_reset(struct verify_out *block)
{
    for (size_t t = 0; t < VERIFY_TEXTS; t++)
        buf_reset(&block->texts[t]);
    memset(block->outcomes, 0, sizeof block->outcomes);
    block->probed = 0;
}

/* Blocks wave by wave; each wave is written in the order of the cases. */
static hedui_status
march_all(struct batch_result *out, struct march *march, const struct batch_options *options,
          struct pool *pool, struct outfile files[VERIFY_TEXTS], struct err *err)
{
    uint32_t wave = pool_lanes(pool) * WAVE_BLOCKS;

    for (march->first = 0; march->first < march->set->count;) {
        uint32_t left = march->set->count - march->first;
        uint32_t blocks = (left + BLOCK_CASES - 1) / BLOCK_CASES;

        blocks = blocks < wave ? blocks : wave;
        for (uint32_t i = 0; i < blocks; i++)
            block_reset(&march->blocks[i]);
        TRY(pool_run(pool, blocks, march_block, march, err));
        for (uint32_t i = 0; i < blocks; i++) {
            for (size_t t = 0; t < VERIFY_TEXTS; t++)
                TRY(outfile_write(&files[t], &march->blocks[i].texts[t], err));
            for (size_t o = 0; o < LEN(out->outcomes); o++)
                out->outcomes[o] += march->blocks[i].outcomes[o];
            out->probed += march->blocks[i].probed;
        }
        march->first += left < blocks * BLOCK_CASES ? left : blocks * BLOCK_CASES;
        if (options->progress != NULL)
            options->progress(options->progress_context, march->first, march->set->count);
    }
    return HEDUI_OK;
}

/* Sources that the pack asks and the snapshot does not have: not_answered for everyone. */
static hedui_status
silent_find(struct batch_result *out, const struct world *world, const struct pack *pack,
            struct arena *arena, struct err *err)
{
    out->silent = arena_alloc(arena, pack_source_count(pack), sizeof *out->silent);
    if (out->silent == NULL)
        return arena_full(arena, err);
    for (uint32_t s = 0; s < pack_source_count(pack); s++) {
        bool is_there = false;

        for (uint32_t i = 0; i < snapshot_count(world->snapshot) && !is_there; i++)
            is_there = text_eq(delivery_info(snapshot_entry(world->snapshot, i)->delivery)->source,
                               pack_source(pack, s)->name);
        if (!is_there)
            out->silent[out->silent_count++] = pack_source(pack, s)->name;
    }
    return HEDUI_OK;
}

/* Leaves of the set the one case, verified or held. */
static void
case_pick(struct application_set *set, struct text case_no)
{
    uint32_t kept = 0, held = 0;

    for (uint32_t i = 0; i < set->count; i++)
        if (text_eq(set->items[i].case_no, case_no))
            set->items[kept++] = set->items[i];
    for (uint32_t i = 0; i < set->held_count; i++)
        if (text_eq(set->held[i].case_no, case_no))
            set->held[held++] = set->held[i];
    set->count = kept;
    set->held_count = held;
}

hedui_status
batch_verify(struct batch_result *out, const struct batch_options *options,
             const struct world *world, const struct pack *pack, struct pool *pool,
             struct messages *messages, struct arena *arena, struct err *err)
{ /* long: the stages in their order, top to bottom */
    uint32_t lane_count = pool_lanes(pool), wave = lane_count * WAVE_BLOCKS;
    struct lane *lanes = arena_alloc(arena, lane_count, sizeof *lanes);
    struct verify_out *blocks = arena_alloc(arena, wave, sizeof *blocks);
    struct outfile files[VERIFY_TEXTS];
    struct receipt receipt = {.options = options, .world = world, .pack = pack};
    struct mapping *mapping = NULL;
    struct application_set set = {0};
    struct labels labels;
    struct feed_report report = {0};
    struct buf text;
    hedui_status rc = HEDUI_OK;

    *out = (struct batch_result){0};
    for (size_t i = 0; i < LEN(files); i++)
        files[i] = (struct outfile){.fd = -1};
    buf_init(&text, true);
    if (lanes == NULL || blocks == NULL)
        FAIL(arena_full(arena, err));
    for (uint32_t i = 0; i < wave; i++)
        for (size_t t = 0; t < VERIFY_TEXTS; t++)
            buf_init(&blocks[i].texts[t], true);
    FAIL(mapping_load(&mapping, options->mapping, world->model, messages, arena, err));
    if (mapping_kind(mapping) != world->model->applicant)
        FAIL(err_set(err, HEDUI_E_USAGE,
                     "'%s' 不是申请批次的映射（kind: applicant）\n'%s' does not map applications",
                     options->mapping, options->mapping));
    FAIL(applications_read(&set, &report, options, mapping, world, arena, err));
    FAIL(held_programmes(&set, world->model, pack, arena, err));
    if (options->only_case.len > 0)
        case_pick(&set, options->only_case);
    FAIL(labels_of(&labels, pack, arena, err));
    FAIL(silent_find(out, world, pack, arena, err));
    FAIL(sys_make_dirs(options->out, err));
    FAIL(receipt_retract(options->out, err)); /* an older one would vouch for new files */
    FAIL(lanes_open(lanes, lane_count, world, err));
    for (size_t i = 0; i < LEN(files); i++)
        FAIL(outfile_open(&files[i], options->out, verify_names[i], err));
    verdict_csv_head(&text, pack);
    FAIL(outfile_write(&files[VERIFY_SHEET], &text, err));
    buf_reset(&text);
    verdict_findings_head(&text);
    FAIL(outfile_write(&files[VERIFY_FINDINGS], &text, err));

    struct march march = {.set = &set,
                          .world = world,
                          .pack = pack,
                          .labels = &labels,
                          .lanes = lanes,
                          .blocks = blocks};
    FAIL(march_all(out, &march, options, pool, files, err));
    for (size_t i = 0; i < LEN(files); i++)
        FAIL(outfile_publish(&files[i], &receipt.digests[i], err));
    for (uint32_t i = 1; i < lane_count; i++)
        summary_join(&lanes[0].summary, &lanes[i].summary);
    buf_reset(&text);
    struct json json;
    json_begin(&json, &text);
    FAIL(summary_print(&lanes[0].summary, &json, err));
    out->causes = arena_text(arena, buf_as_text(&text));
    out->balance = report.balance;
    out->cases = set.count;
    out->held = set.held_count;
    if (out->causes.at == NULL)
        FAIL(arena_full(arena, err));
    receipt.result = out;
    receipt.set = &set;
    receipt.input = &report.files[0];
    receipt.mapping = mapping;
    FAIL(held_write(&set, world->model, options->out, &receipt.refused, err));
    FAIL(receipt_write(&receipt, err));
done:
    for (size_t i = 0; i < LEN(files); i++)
        outfile_close(&files[i]);
    if (lanes != NULL)
        lanes_close(lanes, lane_count);
    for (uint32_t i = 0; blocks != NULL && i < wave; i++)
        for (size_t t = 0; t < VERIFY_TEXTS; t++)
            buf_release(&blocks[i].texts[t]);
    buf_release(&text);
    return rc;
}
