/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/batch.h"

#include <assert.h>
#include <string.h>

#include "engine/base/sys.h"
#include "engine/run/held.h"
#include "engine/run/march.h"
#include "engine/run/outfile.h"
#include "engine/run/overwrite.h"
#include "engine/run/receipt.h"
#include "engine/run/route.h"

#include "engine/base/ban.h"

static hedui_status
reader_rows(void *context, uint32_t lane, const struct batch *batch, struct err *err)
{
    return application_reader_rows(context, lane, batch, err);
}

static hedui_status
reader_refused(void *context, uint32_t lane, const struct refusal *refusal, struct err *err)
{
    return application_reader_refused(context, lane, refusal, err);
}

/* Reads and groups the batch file. */
static hedui_status
applications_read(struct application_set *out, struct application_reader **reader,
                  struct feed_report *report, const struct batch_options *options,
                  const struct mapping *mapping, const struct world *world, struct pool *pool,
                  struct arena *arena, struct err *err)
{
    TRY(application_reader_open(reader, world->model, &options->defaults, pool_lanes(pool), arena,
                                err));
    struct feed_sink sink = {.context = *reader, .rows = reader_rows, .refused = reader_refused};
    struct feed_job job = {
        .mapping = mapping,
        .paths = &options->batch,
        .path_count = 1,
        .pool = pool,
        .is_dry = true, /* refused rows come back in refused.csv, by case */
    };
    TRY(feed_read(report, &job, &sink, arena, err));
    return application_reader_finish(*reader, out, err);
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
batch_cases(struct application_set *set, struct several *several,
            struct application_reader **reader, struct feed_report *report,
            struct mapping **mapping, const struct batch_options *options,
            const struct world *world, const struct pack *pack, struct pool *pool,
            struct messages *messages, struct arena *arena, struct err *err)
{
    TRY(mapping_load(mapping, options->mapping, world->model, messages, arena, err));
    if (mapping_kind(*mapping) != world->model->applicant)
        return err_set(err, HEDUI_E_USAGE,
                       "'%s' 不是申请批次的映射（kind: applicant）\n'%s' does not map applications",
                       options->mapping, options->mapping);
    TRY(applications_read(set, reader, report, options, *mapping, world, pool, arena, err));
    if (options->table == NULL)
        TRY(held_programmes(set, world->model, pack, arena, err));
    else
        TRY(route_hold(set, world->model, options->table, arena, err));
    TRY(several_find(several, set, world->model, arena, err)); /* of one case too: its bytes stay */
    if (options->table != NULL && options->table_pack != ROUTE_ALL)
        TRY(route_pick(set, world->model, options, arena, err));
    if (options->only_case.len > 0)
        case_pick(set, options->only_case);
    return HEDUI_OK;
}

static hedui_status
causes_tell(struct batch_result *out, const struct summary_group *groups, uint32_t count,
            struct arena *arena, struct err *err)
{
    struct buf text;
    struct json json;
    hedui_status rc = HEDUI_OK;

    buf_init(&text, false);
    json_begin(&json, &text);
    summary_print(groups, count, &json);
    FAIL(buf_check(&text, err));
    out->causes = arena_text(arena, buf_as_text(&text));
    if (out->causes.at == NULL)
        rc = arena_full(arena, err);
done:
    buf_release(&text);
    return rc;
}

/* The pages that lead to the reports. */
static hedui_status
overview_write(const struct march_share *share, const struct model *model,
               const struct batch_result *result, const struct summary_group *groups,
               uint32_t count, struct digest *sums, struct arena *arena, struct err *err)
{
    struct overview overview = {.pack = share->pack,
                                .model = model,
                                .labels = share->labels,
                                .cause_count = count,
                                .refused_cases = result->held};
    struct overview_cause *causes = arena_alloc(arena, count, sizeof *causes);

    if (causes == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < count; i++)
        causes[i] = (struct overview_cause){groups[i].name, groups[i].cases};
    overview.causes = causes;
    memcpy(overview.outcomes, result->outcomes, sizeof overview.outcomes);
    TRY(held_rows(&overview.refused, &overview.refused_count, share->set, model, arena, err));
    return reports_publish(share->reports, &overview, sums, err);
}

/* Opens the files of results, the sheets with their first lines. */
static hedui_status
files_open(struct outfile *files, uint32_t wanted, const char *dir, const struct pack *pack,
           struct err *err)
{
    struct buf head;
    hedui_status rc = HEDUI_OK;

    buf_init(&head, false);
    for (size_t t = 0; t < VERIFY_TEXTS; t++) {
        if ((wanted >> t & 1) == 0) {
            FAIL(
                receipt_drop(dir, verify_names[t], err)); /* of an older run: no file of this one */
            continue;
        }
        FAIL(outfile_open(&files[t], dir, verify_names[t], err));
        buf_reset(&head);
        if (t == VERIFY_SHEET)
            verdict_csv_head(&head, pack);
        else if (t == VERIFY_FINDINGS)
            verdict_findings_head(&head);
        else if (t == VERIFY_FIGURES)
            verdict_figures_head(&head, pack);
        if (head.len > 0)
            FAIL(outfile_write(&files[t], &head, err));
    }
done:
    buf_release(&head);
    return rc;
}

struct results { /* of one share, while they are written */
    struct outfile files[VERIFY_TEXTS];
    struct receipt receipt;
    struct labels labels;
    struct march_share *march;
};

/* Before anything is computed: the folder is this run's, and nothing vouches for it yet. */
static hedui_status
results_open(struct results *results, struct batch_share *share, const struct batch_read *read,
             const struct world *world, struct pool *pool, struct arena *arena, struct err *err)
{
    const struct batch_options *options = &share->options;
    struct march_share *march = results->march;
    struct receipt *receipt = &results->receipt;

    share->result.several = read->several;
    *march = (struct march_share){.set = &share->set,
                                  .at = share->at,
                                  .pack = share->pack,
                                  .labels = &results->labels,
                                  .files = results->files,
                                  .wanted = options->outputs == 0 ? VERIFY_USUAL : options->outputs,
                                  .told = share->told,
                                  .pays = share->pays};
    summary_init(&march->summary);
    *receipt = (struct receipt){.options = options,
                                .world = world,
                                .pack = share->pack,
                                .result = &share->result,
                                .set = &share->set,
                                .input = &read->report.files[0],
                                .mapping = read->mapping,
                                .wanted = march->wanted};
    TRY(labels_of(&results->labels, share->pack, arena, err));
    TRY(silent_find(&share->result, world, share->pack, arena, err));
    receipt_name(receipt);
    TRY(overwrite_check(receipt, arena, err));
    TRY(sys_make_dirs(options->out, err));
    TRY(receipt_retract(options->out, err)); /* an older one would vouch for new files */
    TRY(reports_retract(options->out, err));
    if (options->has_reports)
        TRY(reports_open(&march->reports, options->out, text_of(receipt->run), share->set.count,
                         pool_lanes(pool), err));
    return files_open(results->files, march->wanted, options->out, share->pack, err);
}

static hedui_status
results_finish(struct results *results, struct batch_share *share, const struct batch_read *read,
               const struct world *world, struct pool *pool, struct arena *arena, struct err *err)
{
    struct batch_result *out = &share->result;
    struct march_share *march = results->march;
    struct summary_group *groups;
    uint32_t group_count;

    TRY(march_publish(march, pool, results->receipt.digests, err));
    TRY(summary_groups(&march->summary, &groups, &group_count, arena, err));
    TRY(causes_tell(out, groups, group_count, arena, err));
    memcpy(out->outcomes, march->outcomes, sizeof out->outcomes);
    out->probed = march->probed;
    out->balance = read->report.balance;
    out->cases = share->set.count;
    out->held = share->set.held_count;
    if (share->options.has_reports)
        TRY(overview_write(march, world->model, out, groups, group_count, &results->receipt.reports,
                           arena, err));
    TRY(held_write(&share->set, world->model, share->options.out, &results->receipt.refused, err));
    return receipt_write(&results->receipt, err);
}

hedui_status
batch_shares(struct batch_share *shares, uint32_t count, const struct batch_read *read,
             const struct world *world, struct pool *pool, struct arena *arena, struct err *err)
{
    struct results *results = arena_alloc(arena, count, sizeof *results);
    struct march march = {.set = &read->set,
                          .world = world,
                          .pool = pool,
                          .share_count = count,
                          .shares = arena_alloc(arena, count, sizeof *march.shares),
                          .progress = shares[0].options.progress,
                          .progress_context = shares[0].options.progress_context};
    uint64_t refusals = mem_refusals();
    hedui_status rc = HEDUI_OK;

    if (results == NULL || march.shares == NULL)
        return arena_full(arena, err);
    for (uint32_t k = 0; k < count; k++) {
        results[k].march = &march.shares[k];
        for (size_t i = 0; i < LEN(results[k].files); i++)
            results[k].files[i] = (struct outfile){.fd = -1};
    }
    for (uint32_t k = 0; k < count; k++)
        FAIL(results_open(&results[k], &shares[k], read, world, pool, arena, err));
    FAIL(march_all(&march, arena, err));
    FAIL(mem_check(refusals, err)); /* heads and labels too */
    for (uint32_t k = 0; k < count; k++)
        FAIL(results_finish(&results[k], &shares[k], read, world, pool, arena, err));
    rc = mem_check(refusals, err);
done:
    for (uint32_t k = 0; k < count; k++) {
        for (size_t i = 0; i < LEN(results[k].files); i++)
            outfile_close(&results[k].files[i]);
        summary_release(&march.shares[k].summary);
        reports_close(march.shares[k].reports);
    }
    return rc;
}

hedui_status
batch_verify(struct batch_result *out, const struct batch_options *options,
             const struct world *world, const struct pack *pack, struct pool *pool,
             struct messages *messages, struct arena *arena, struct err *err)
{
    struct batch_share share = {.options = *options, .pack = pack};
    struct batch_read read = {0};
    hedui_status rc = HEDUI_OK;

    *out = (struct batch_result){0};
    FAIL(batch_cases(&read.set, &read.several, &read.reader, &read.report, &read.mapping, options,
                     world, pack, pool, messages, arena, err));
    share.set = read.set;
    FAIL(batch_shares(&share, 1, &read, world, pool, arena, err));
    *out = share.result;
done:
    application_reader_close(read.reader);
    return rc;
}
