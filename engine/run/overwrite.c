/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/overwrite.h"

#include <string.h>

#include "engine/base/sys.h"
#include "engine/run/past_run.h"

#include "engine/base/ban.h"

static bool
is_same_digest(const struct digest *a, const struct digest *b)
{
    return memcmp(a->bytes, b->bytes, DIGEST_BYTES) == 0;
}

static bool
is_same_pack(const struct past_run *past, const struct pack *pack)
{
    if (past->pack_file_count != pack_file_count(pack))
        return false;
    for (uint32_t i = 0; i < past->pack_file_count; i++)
        if (!text_eq(past->pack_files[i].name, pack_file(pack, i)->name) ||
            !is_same_digest(&past->pack_files[i].digest, &pack_file(pack, i)->digest))
            return false;
    return true;
}

static bool
is_same_defaults(const struct application_defaults *a, const struct application_defaults *b)
{
    return a->has_checked_on == b->has_checked_on &&
           (!a->has_checked_on || a->checked_on == b->checked_on) &&
           text_eq(a->purpose, b->purpose) && text_eq(a->entrusting_body, b->entrusting_body) &&
           text_eq(a->entrust_no, b->entrust_no);
}

hedui_status
overwrite_check(const struct receipt *receipt, struct arena *arena, struct err *err)
{
    const char *dir = receipt->options->out;
    struct text path = arena_printf(arena, "%s/run.json", dir);
    struct past_run past;
    struct err why = {0};
    hedui_status rc;

    if (path.at == NULL)
        return arena_full(arena, err);
    if (receipt->options->overwrites || !sys_exists(path.at))
        return HEDUI_OK;
    rc = past_run_read(&past, dir, arena, &why);
    if (rc == HEDUI_E_LIMIT || rc == HEDUI_E_MEMORY)
        return arena_full(arena, err);
    if (rc == HEDUI_OK && is_same_digest(&past.batch_digest, &receipt->input->digest) &&
        is_same_digest(&past.mapping_digest, mapping_digest(receipt->mapping)) &&
        is_same_digest(&past.model_digest, &receipt->world->model->digest) &&
        is_same_digest(&past.snapshot_digest, snapshot_digest(receipt->world->snapshot)) &&
        is_same_pack(&past, receipt->pack) &&
        is_same_defaults(&past.defaults, &receipt->options->defaults))
        return HEDUI_OK;
    return err_set(
        err, HEDUI_E_USAGE,
        "'%s' 里已有另一次核对的结果；请换一个 --out 目录，或确认不再需要后加 --overwrite\n"
        "'%s' holds the results of another run: give another folder with --out, or add "
        "--overwrite if nobody needs them",
        dir, dir);
}
