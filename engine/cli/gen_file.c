/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/gen_file.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/sys.h"

#include "engine/base/ban.h"

#define FLUSH_BYTES (1 << 20)

static hedui_status
buf_flush(struct gen_file *gen, struct buf *buf, struct gen_out *out, bool is_end)
{
    if (buf->len < FLUSH_BYTES && !is_end)
        return HEDUI_OK;
    TRY(buf_check(buf, gen->err));
    TRY(gen_out_write(out, buf, gen->err));
    buf_reset(buf);
    return HEDUI_OK;
}

hedui_status
gen_file_flush(struct gen_file *gen, bool is_end)
{
    TRY(buf_flush(gen, &gen->out, &gen->file_out, is_end));
    TRY(buf_flush(gen, &gen->truth, &gen->truth_out, is_end));
    if (gen->seeded_out.fd < 0)
        return HEDUI_OK;
    return buf_flush(gen, &gen->seeded, &gen->seeded_out, is_end);
}

hedui_status
gen_file_open(struct gen_file *gen, const char *file, const char *header)
{
    const struct gen_options *options = gen->options;

    (void)snprintf(gen->file, sizeof gen->file, "%s", file);
    gen->row = 1;
    buf_str(&gen->out, header);
    return gen_out_open(&gen->file_out, options->out, file, options->is_packed, options->is_gb18030,
                        gen->err);
}

hedui_status
gen_file_close(struct gen_file *gen, hedui_status rc)
{
    if (rc == HEDUI_OK)
        rc = gen_file_flush(gen, true);
    buf_reset(&gen->out);
    return gen_out_close(&gen->file_out, rc, gen->err);
}

hedui_status
gen_files_begin(struct gen_file *gen, const struct gen_options *options, struct err *err)
{
    hedui_status rc = HEDUI_OK;

    memset(gen, 0, sizeof *gen);
    gen->options = options;
    gen->err = err;
    gen->file_out.fd = gen->truth_out.fd = gen->seeded_out.fd = -1;
    TRY(sys_make_dirs(options->out, err));
    buf_init(&gen->out, false);
    buf_init(&gen->truth, false);
    buf_init(&gen->seeded, false);
    FAIL(gen_out_open(&gen->truth_out, options->out, "truth.jsonl", false, false, err));
    if (options->departments != 0)
        FAIL(gen_out_open(&gen->seeded_out, options->out, "seeded.jsonl", false, false, err));
done:
    return rc == HEDUI_OK ? HEDUI_OK : gen_files_end(gen, rc);
}

hedui_status
gen_files_end(struct gen_file *gen, hedui_status rc)
{
    rc = gen_out_close(&gen->truth_out, rc, gen->err);
    if (gen->options->departments != 0)
        rc = gen_out_close(&gen->seeded_out, rc, gen->err);
    buf_release(&gen->out);
    buf_release(&gen->truth);
    buf_release(&gen->seeded);
    return rc;
}

enum dirt
gen_file_dirt(struct gen_file *gen, struct dice *dice, const enum dirt *kinds, uint32_t count)
{
    enum dirt dirt = DIRT_NONE;

    if (dice_below(dice, 1000000) < gen->options->dirt_ppm)
        dirt = kinds[dice_below(dice, count)];
    if (gen->options->is_sql_dirt && dirt >= DIRT_SQL_KINDS)
        dirt = DIRT_NONE;
    gen->row++;
    if (dirt != DIRT_NONE)
        buf_printf(&gen->truth, "{\"file\":\"%s\",\"row\":%llu,\"dirt\":\"%s\"}\n", gen->file,
                   (unsigned long long)gen->row, dirt_name(dirt));
    return dirt;
}

uint64_t
gen_file_walk(const struct gen_file *gen, uint64_t step)
{
    uint64_t count = gen->options->residents, stride = count * 5 / 8 + 1;

    for (;;) { /* the next stride without a common factor */
        uint64_t a = count, b = stride;

        while (b != 0) {
            uint64_t rest = a % b;
            a = b;
            b = rest;
        }
        if (a == 1)
            break;
        stride++;
    }
    return step * stride % count;
}

bool
gen_file_is_poor(const struct gen_file *gen, uint64_t resident)
{
    struct dice dice = dice_of(gen->options->seed, 2, resident / RESIDENTS_PER_HOUSEHOLD);
    return resident % RESIDENTS_PER_HOUSEHOLD < 4 && dice_below(&dice, 10) < 7;
}

void
gen_file_head(struct gen_file *gen, const struct resident *resident, enum dirt dirt)
{
    dirt_id(&gen->out, resident, dirt);
    buf_byte(&gen->out, ',');
    dirt_resident_name(&gen->out, resident, dirt);
    buf_byte(&gen->out, ',');
}
