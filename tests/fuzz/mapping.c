/* SPDX-License-Identifier: Apache-2.0 */
/* Any mapping.yaml, and behind a line of %%%% any file that it maps: it loads or says where it is
 * wrong; what loads reads the file, and every row is accounted for. */
#include "tests/fuzz/fuzz.h"

static hedui_status
rows(void *context, uint32_t lane, const struct batch *batch, struct err *err)
{
    uint64_t *count = context;

    (void)lane, (void)err;
    *count += batch->rows;
    return HEDUI_OK;
}

static void
read_by(const struct mapping *mapping, struct text file)
{
    static struct pool *alone;
    const char *path = fuzz_file(1, file.at, file.len);
    struct feed_report report;
    struct arena arena;
    struct err err;
    uint64_t count = 0;
    struct feed_sink sink = {.context = &count, .rows = rows};

    if (alone == NULL && pool_open(&alone, 1, &err) != HEDUI_OK)
        abort();
    struct feed_job job = {
        .mapping = mapping, .paths = &path, .path_count = 1, .pool = alone, .is_dry = true};
    arena_init(&arena, "fuzz", 0, false);
    if (feed_read(&report, &job, &sink, &arena, &err) == HEDUI_OK)
        assert(report.balance.accepted == count &&
               report.balance.accepted + report.balance.refused + report.balance.ignored ==
                   report.balance.physical);
    arena_release(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct text file = fuzz_second(data, &len);
    struct mapping *mapping = NULL;
    struct messages messages;
    struct arena arena;
    struct err err;
    hedui_status rc;

    arena_init(&arena, "fuzz", (size_t)256 << 20, false);
    messages_init(&messages, &arena);
    rc = mapping_load(&mapping, fuzz_file(0, data, len), fuzz_model(), &messages, &arena, &err);
    fuzz_messages(&messages);
    if (rc == HEDUI_OK) {
        assert(messages.errors == 0 && mapping_name(mapping).len > 0);
        if (file.len > 0)
            read_by(mapping, file);
    }
    arena_release(&arena);
    return 0;
}
