/* SPDX-License-Identifier: Apache-2.0 */
/* A whole feed of any bytes through the bank mapping: nothing lost, nothing crashes, and one lane
 * and two give the same balance. The first byte chooses the header that is put in front. */
#include "tests/fuzz/fuzz.h"

static hedui_status
rows(void *context, uint32_t lane, const struct batch *batch, struct err *err)
{
    (void)context, (void)lane, (void)err;
    for (uint32_t f = 0; f < batch->kind->field_count; f++) {
        const struct batch_column *column = &batch->columns[f];
        for (uint32_t row = 0; column->text != NULL && row < batch->rows; row++)
            assert(text_is_utf8(column->text[row]));
    }
    return HEDUI_OK;
}

static struct arena world;
static struct mapping *mapping;
static struct pool *pools[2];

static void
world_make(void)
{
    struct messages messages;
    struct err err;

    arena_init(&world, "fuzz", 0, false);
    messages_init(&messages, &world);
    if (mapping_load(&mapping, "adapters/bank/mapping.yaml", fuzz_model(), &messages, &world,
                     &err) ||
        pool_open(&pools[0], 1, &err) || pool_open(&pools[1], 2, &err))
        fuzz_never("run from the project's root");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const char header[] =
        "id_no,name,bank_code,account_hash,account_type,balance_yuan,as_of\n";
    struct feed_report reports[2];
    hedui_status rc[2];
    struct feed_sink sink = {.rows = rows};
    const char *paths[1];
    struct buf file;

    if (mapping == NULL)
        world_make();
    buf_init(&file, false);
    if (len > 0 && data[0] != 'h')
        buf_str(&file, header);
    if (len > 0)
        buf_put(&file, data + 1, len - 1);
    paths[0] = fuzz_file(0, file.at, file.len);
    for (int i = 0; i < 2; i++) {
        struct arena arena;
        struct err err;
        struct feed_job job = {
            .mapping = mapping, .paths = paths, .path_count = 1, .pool = pools[i], .is_dry = true};
        arena_init(&arena, "fuzz", 0, false);
        rc[i] = feed_read(&reports[i], &job, &sink, &arena, &err);
        arena_release(&arena);
    }
    assert(rc[0] == rc[1]);
    if (rc[0] == HEDUI_OK)
        assert(reports[0].balance.accepted == reports[1].balance.accepted &&
               reports[0].balance.refused == reports[1].balance.refused &&
               reports[0].balance.ignored == reports[1].balance.ignored);
    buf_release(&file);
    return 0;
}
