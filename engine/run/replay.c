/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/replay.h"

#include <assert.h>
#include <string.h>

#include "engine/base/scratch_dir.h"
#include "engine/base/sys.h"
#include "engine/run/lines.h"
#include "engine/run/replay_reports.h"
#include "engine/run/receipt.h"
#include "engine/run/reports.h"
#include "engine/run/route.h"

#include "engine/base/ban.h"

/* Both names of one output; *now NULL: it was not written this time. */
static hedui_status
paths_make(const char **then, const char **now, const struct past_run *past, struct text name,
           struct text scratch, struct arena *arena, struct err *err)
{
    struct text a = arena_printf(arena, TEXT_FMT "/" TEXT_FMT, TEXT_ARG(past->dir), TEXT_ARG(name));
    struct text b = arena_printf(arena, TEXT_FMT "/" TEXT_FMT, TEXT_ARG(scratch), TEXT_ARG(name));

    if (a.at == NULL || b.at == NULL)
        return arena_full(arena, err);
    *then = a.at;
    *now = sys_exists(b.at) ? b.at : NULL;
    if (sys_exists(a.at))
        return HEDUI_OK;
    return err_set(err, HEDUI_E_INPUT,
                   "当时的结果文件 '%s' 不见了，无法比对\n"
                   "the file of results '%s' is missing: nothing to compare with",
                   a.at, a.at);
}

static bool
has_reports(const struct past_run *past)
{
    for (uint32_t i = 0; i < past->output_count; i++)
        if (text_is(past->outputs[i].name, REPORTS_SUMS))
            return true;
    return false;
}

/* What was written then; of an output that this engine does not know nothing is said here. */
static uint32_t
outputs_of(const struct past_run *past)
{
    uint32_t wanted = 0;

    for (uint32_t i = 0; i < past->output_count; i++)
        for (uint32_t t = 0; t < VERIFY_TEXTS; t++)
            if (text_is(past->outputs[i].name, verify_names[t]))
                wanted |= 1u << t;
    return wanted;
}

static hedui_status
compare_all(struct replay_result *out, const struct past_run *past, struct text scratch,
            struct arena *arena, struct err *err)
{
    out->files = arena_alloc(arena, past->output_count + REPLAY_REPORTS_SHOWN, sizeof *out->files);
    if (out->files == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < past->output_count; i++) {
        struct replay_file *file = &out->files[out->file_count++];
        const char *then, *now;
        struct digest digest;

        file->name = past->outputs[i].name;
        TRY(paths_make(&then, &now, past, file->name, scratch, arena, err));
        if (now == NULL)
            file->difference.kind = ONLY_THEN;
        else
            TRY(difference_of_files(&file->difference, then, now, arena, err));
        TRY(lines_digest(&digest, then, err));
        file->is_touched = memcmp(&digest, &past->outputs[i].digest, sizeof digest) != 0;
        out->is_equal = out->is_equal && file->difference.kind == SAME && !file->is_touched;
    }
    return has_reports(past) ? replay_reports(out, past->dir, scratch, arena, err) : HEDUI_OK;
}

static hedui_status
compare_case(struct replay_result *out, const struct past_run *past, struct text case_no,
             struct text scratch, struct arena *arena, struct err *err)
{
    static const char *const names[] = {"verdicts.jsonl", "provenance.jsonl", "refused.csv"};
    const char *then, *now;
    uint64_t lines = 0;

    out->files = arena_alloc(arena, LEN(names), sizeof *out->files);
    if (out->files == NULL)
        return arena_full(arena, err);
    for (size_t i = 0; i < LEN(names); i++) {
        struct replay_file *file = &out->files[out->file_count++];
        uint64_t count;

        file->name = text_of(names[i]);
        TRY(paths_make(&then, &now, past, file->name, scratch, arena, err));
        assert(now != NULL); /* batch_verify() writes these three always */
        TRY(difference_of_case(&file->difference, &count, then, now, case_no, arena, err));
        out->is_equal = out->is_equal && file->difference.kind == SAME;
        lines += count + (file->difference.kind == ONLY_NOW);
        if (i == 0)
            TRY(case_line(&out->verdict, now, case_no, arena, err));
    }
    if (lines > 0)
        return HEDUI_OK;
    return err_set(err, HEDUI_E_USAGE, "这批里没有这个核对编号\nno such case in this batch");
}

hedui_status
replay(struct replay_result *out, const struct past_run *past, const struct replay_options *options,
       const struct world *world, const struct pack *pack, struct pool *pool,
       struct messages *messages, struct arena *arena, struct err *err)
{
    struct batch_result result;
    struct scratch_dir scratch;
    struct err late = {0};
    hedui_status rc = HEDUI_OK, removed;

    *out = (struct replay_result){.is_equal = true};
    TRY(scratch_dir_open(&scratch, "hedui-replay", arena, err));
    struct batch_options again = {
        .batch = past->batch,
        .mapping = past->mapping,
        .out = scratch.path.at,
        .defaults = past->defaults,
        .only_case = options->only_case,
        .progress = options->progress,
        .progress_context = options->progress_context,
    };
    FAIL(route_past(&again, past, world->model, messages, arena, err));
    again.outputs = options->only_case.len > 0 ? VERIFY_USUAL : outputs_of(past);
    again.has_reports = options->only_case.len == 0 && has_reports(past);
    FAIL(batch_verify(&result, &again, world, pack, pool, messages, arena, err));
    out->cases = result.cases + result.held;
    if (options->only_case.len > 0)
        FAIL(compare_case(out, past, options->only_case, scratch.path, arena, err));
    else
        FAIL(compare_all(out, past, scratch.path, arena, err));
done:
    removed = scratch_dir_close(&scratch, &late);
    if (rc == HEDUI_OK && removed != HEDUI_OK)
        rc = err_set(err, removed, "%s", late.text); /* people's data must not stay there */
    return rc;
}
