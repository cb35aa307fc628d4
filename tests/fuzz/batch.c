/* SPDX-License-Identifier: Apache-2.0 */
/* Any file of applications, down the whole road to verdicts, over a world of small samples: every
 * case has one verdict or goes back, each verdict is a line of JSON, and a case alone is judged as
 * among others. The first byte chooses whether a header is put in front. */
#include "tests/fuzz/fuzz.h"

#include "engine/base/json.h"
#include "engine/run/held.h"
#include "engine/run/verify.h"
#include "engine/verdict/labels.h"

static struct {
    struct arena arena;
    struct world *world;
    struct mapping *mapping;
    struct pack *pack;
    struct labels labels;
    struct keyer *keyer;
    struct pool *alone;
} all;

static void
all_open(void)
{
    const char *data = fuzz_data();
    struct world_options options = {
        .data = data, .model = "rules/model.yaml", .has_snapshot = true, .must_exist = true};
    struct messages messages;
    struct err err;

    arena_init(&all.arena, "fuzz", 0, false);
    messages_init(&messages, &all.arena);
    if (world_open(&all.world, &options, &messages, &err) ||
        mapping_load(&all.mapping, "adapters/applicants/mapping.yaml", all.world->model, &messages,
                     &all.arena, &err) ||
        pack_load(&all.pack, "rules/jiangsu-dibao", all.world->model, &messages, &all.arena,
                  &err) ||
        labels_of(&all.labels, all.pack, &all.arena, &err) ||
        keyer_open(&all.keyer, all.world->key, &err) || pool_open(&all.alone, 1, &err) ||
        sys_remove_tree(data, &err)) /* what is mapped stays */
        abort();
}

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

static hedui_status
cases_read(struct application_set *set, const char *path, struct arena *arena)
{
    struct application_defaults defaults = {.has_checked_on = true, .checked_on = 20103};
    struct application_reader *reader;
    struct feed_report report;
    struct err err;

    TRY(application_reader_open(&reader, all.world->model, &defaults, 1, arena, &err));
    struct feed_sink sink = {.context = reader, .rows = reader_rows, .refused = reader_refused};
    struct feed_job job = {
        .mapping = all.mapping, .paths = &path, .path_count = 1, .pool = all.alone, .is_dry = true};
    TRY(feed_read(&report, &job, &sink, arena, &err));
    TRY(application_reader_finish(reader, set, &err));
    return held_programmes(set, all.world->model, all.pack, arena, &err);
}

static void
out_open(struct verify_out *out)
{
    *out = (struct verify_out){.labels = &all.labels, .wanted = VERIFY_USUAL};
    for (size_t t = 0; t < VERIFY_TEXTS; t++)
        buf_init(&out->texts[t], false);
}

static void
out_close(struct verify_out *out)
{
    for (size_t t = 0; t < VERIFY_TEXTS; t++)
        buf_release(&out->texts[t]);
}

static uint32_t
lines_check(struct text text)
{
    struct arena arena;
    struct json_node *node;
    struct err err;
    uint32_t count = 0;

    arena_init(&arena, "fuzz", 0, false);
    for (size_t from = 0, i = 0; i < text.len; i++) {
        if (text.at[i] != '\n')
            continue;
        if (json_parse(&node, (struct text){text.at + from, i - from}, &arena, &err))
            fuzz_never("a verdict that is not JSON");
        from = i + 1;
        count++;
    }
    arena_release(&arena);
    return count;
}

static void
judge_all(const struct application_set *set, struct arena *arena)
{
    struct verify_out together, alone;
    struct err err;

    out_open(&together);
    out_open(&alone);
    if (verify_block(&together, set->items, set->count, all.world, all.pack, all.keyer, arena,
                     &err) == HEDUI_OK) {
        assert(lines_check(buf_as_text(&together.texts[VERIFY_VERDICTS])) == set->count);
        assert(lines_check(buf_as_text(&together.texts[VERIFY_PROVENANCE])) == set->count);
        for (uint32_t i = 0; i < set->count; i++)
            if (verify_block(&alone, &set->items[i], 1, all.world, all.pack, all.keyer, arena,
                             &err) != HEDUI_OK)
                fuzz_never("a case that is judged among others, and not alone");
        for (size_t t = 0; t < VERIFY_TEXTS; t++)
            assert(text_eq(buf_as_text(&together.texts[t]), buf_as_text(&alone.texts[t])));
        assert(together.probed == alone.probed);
    }
    out_close(&together);
    out_close(&alone);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const char header[] = "case_no,programme,division,applied_on,id_no,name,relation,role,"
                                 "declared_annual_income,declared_financial_assets,authorised_on\n";
    struct application_set set = {0};
    struct arena arena;
    struct buf file;

    if (all.world == NULL)
        all_open();
    arena_init(&arena, "fuzz", 0, false);
    buf_init(&file, false);
    if (len > 0 && data[0] != 'h')
        buf_str(&file, header);
    if (len > 0)
        buf_put(&file, data + 1, len - 1);
    if (cases_read(&set, fuzz_file(0, file.at, file.len), &arena) == HEDUI_OK && set.count > 0 &&
        set.count <= VERIFY_BLOCK_MAX)
        judge_all(&set, &arena);
    buf_release(&file);
    arena_release(&arena);
    return 0;
}
