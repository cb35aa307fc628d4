/* SPDX-License-Identifier: Apache-2.0 */
/* past_run_check.c: is everything that a run was computed from still what it was? */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/sys.h"
#include "engine/feed/input.h"
#include "engine/run/past_run.h"

#include "engine/base/ban.h"

#define SMALL_MAX ((size_t)16 << 20) /* bytes of a mapping, a vocabulary, a pack's file */

static hedui_status
is_gone(const char *zh, const char *en, const char *path, struct err *err)
{
    return err_set(
        err, HEDUI_E_INPUT,
        "%s '%s' 不见了，无法复算；请从备份恢复，或用选项指明现在的位置\n"
        "the %s '%s' is missing: bring it back, or name where it lies now with an option",
        zh, path, en, path);
}

static hedui_status
has_changed(const char *zh, const char *en, const char *path, struct err *err)
{
    return err_set(err, HEDUI_E_INPUT,
                   "%s '%s' 与当时不同（摘要不一致），不能据此复算\n"
                   "the %s '%s' has changed since (its digest is another): no replay from it",
                   zh, path, en, path);
}

/* The digest of a feed's file, as engine/feed/input.h has it. */
static hedui_status
pieces_digest(struct digest *out, const char *path, struct err *err)
{
    struct digester *piece = NULL, *whole = NULL;
    struct input input;
    char *chunk = mem_resize(NULL, INPUT_CHUNK, 1);
    hedui_status rc = HEDUI_OK;
    bool is_open = false;

    if (chunk == NULL)
        FAIL(err_set(err, HEDUI_E_MEMORY, "内存不足，无法读取 '%s'\nno memory left to read '%s'",
                     path, path));
    FAIL(digester_open(&piece, err));
    FAIL(digester_open(&whole, err));
    FAIL(input_open(&input, path, err));
    is_open = true;
    for (uint64_t at = 0; at < input.bytes;) {
        size_t got;

        FAIL(input_read_at(&input, chunk, INPUT_CHUNK, at, &got, err));
        digester_add(piece, chunk, got);
        at += got;
        if (got == 0 || at % INPUT_LEAF == 0 || at == input.bytes) {
            struct digest digest = digester_finish(piece);
            digester_add(whole, digest.bytes, sizeof digest.bytes);
        }
        if (got == 0)
            break; /* it was cut meanwhile: the digest will tell */
    }
    *out = digester_finish(whole);
done:
    if (is_open)
        input_close(&input);
    digester_close(piece);
    digester_close(whole);
    mem_free(chunk);
    return rc;
}

static hedui_status
check_small(const char *zh, const char *en, const char *path, const struct digest *digest,
            struct err *err)
{
    struct arena arena;
    struct digest now;
    struct text bytes;
    hedui_status rc = HEDUI_OK;

    if (!sys_exists(path))
        return is_gone(zh, en, path, err);
    arena_init(&arena, "input", 0, false);
    FAIL(sys_slurp(&bytes, path, SMALL_MAX, &arena, err));
    now = digest_of(bytes.at, bytes.len);
    if (memcmp(&now, digest, sizeof now) != 0)
        FAIL(has_changed(zh, en, path, err));
done:
    arena_release(&arena);
    return rc;
}

static bool
is_of_pack(const struct past_run *past, struct text name)
{
    for (uint32_t i = 0; i < past->pack_file_count; i++)
        if (text_eq(past->pack_files[i].name, name))
            return true;
    return false;
}

static hedui_status
check_pack(const struct past_run *past, struct arena *arena, struct err *err)
{
    struct text *names, path;
    size_t count;

    for (uint32_t i = 0; i < past->pack_file_count; i++) {
        path = arena_printf(arena, "%s/" TEXT_FMT, past->pack, TEXT_ARG(past->pack_files[i].name));
        if (path.at == NULL)
            return arena_full(arena, err);
        TRY(check_small("规则包文件", "file of the pack", path.at, &past->pack_files[i].digest,
                        err));
    }
    TRY(sys_list_dir(&names, &count, past->pack, arena, err));
    for (size_t i = 0; i < count; i++)
        if (text_ends(names[i], TEXT(".yaml")) && !text_starts(names[i], TEXT(".")) &&
            !is_of_pack(past, names[i]))
            return err_set(err, HEDUI_E_INPUT,
                           "规则包 '%s' 多了当时没有的文件 '" TEXT_FMT "'，不能据此复算\n"
                           "the pack '%s' has a file that it did not have, '" TEXT_FMT
                           "': no replay from it",
                           past->pack, TEXT_ARG(names[i]), past->pack, TEXT_ARG(names[i]));
    return HEDUI_OK;
}

hedui_status
past_run_check_batch(const struct past_run *past, struct err *err)
{
    struct digest now;

    TRY(check_small("映射", "mapping", past->mapping, &past->mapping_digest, err));
    TRY(check_small("词汇表", "vocabulary", past->model, &past->model_digest, err));
    if (past->table != NULL)
        TRY(check_small("规则包目录表", "table of packs", past->table, &past->table_digest, err));
    if (!sys_exists(past->batch))
        return is_gone("申请批次", "batch", past->batch, err);
    TRY(pieces_digest(&now, past->batch, err));
    return memcmp(&now, &past->batch_digest, sizeof now) == 0
               ? HEDUI_OK
               : has_changed("申请批次", "batch", past->batch, err);
}

hedui_status
past_run_check_files(const struct past_run *past, struct err *err)
{
    struct arena arena;
    hedui_status rc = HEDUI_OK;

    arena_init(&arena, "names", 0, false);
    FAIL(check_pack(past, &arena, err));
    rc = past_run_check_batch(past, err);
done:
    arena_release(&arena);
    return rc;
}

static bool
is_as_then(const struct past_parent *then, const struct pack_layer *now)
{
    if (!text_eq(then->name, now->name) || then->file_count != now->file_count)
        return false;
    for (uint32_t i = 0; i < now->file_count; i++) /* both by name */
        if (!text_eq(then->files[i].name, now->files[i].name) ||
            memcmp(&then->files[i].digest, &now->files[i].digest, sizeof(struct digest)) != 0)
            return false;
    return true;
}

hedui_status
past_run_check_parents(const struct past_run *past, const struct pack *pack, struct err *err)
{
    uint32_t parents = pack_layer_count(pack) - 1;

    for (uint32_t i = 0; i < parents; i++)
        if (i >= past->parent_count || !is_as_then(&past->parents[i], pack_layer(pack, i)))
            return has_changed("上级规则包", "parent pack", pack_layer(pack, i)->dir, err);
    return HEDUI_OK;
}

hedui_status
past_run_check_world(const struct past_run *past, const struct world *world, struct err *err)
{
    char key_id[17];

    snprintf(key_id, sizeof key_id, "%016" PRIx64, master_key_id(world->key));
    if (!text_is(past->key_id, key_id))
        return err_set(err, HEDUI_E_INPUT,
                       "密钥不是当时的那一把，请用 --key 指明\n"
                       "the key is not the one of then: name it with --key");
    if (snapshot_id(world->snapshot) != past->snapshot ||
        memcmp(snapshot_digest(world->snapshot), &past->snapshot_digest,
               sizeof past->snapshot_digest) != 0)
        return err_set(err, HEDUI_E_INPUT,
                       "数据目录 '%s' 的快照 %" PRIu64 " 与当时不同，请用 --data 指明当时的目录\n"
                       "snapshot %" PRIu64 " of '%s' is not the one of then: name the data "
                       "directory of then with --data",
                       world->data, past->snapshot, past->snapshot, world->data);
    return snapshot_verify(world->snapshot, err);
}
