/* SPDX-License-Identifier: Apache-2.0 */
/* drop.c: announce, remove the manifest, remove the deliveries, confirm. From the announcement on
 * there is one way to the end, drop_resume(), for the run that announced as for the one after a
 * crash. */
#include "engine/index/drop.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#include "engine/base/fp.h"
#include "engine/base/hash.h"
#include "engine/base/sys.h"
#include "engine/index/data_key.h"
#include "engine/index/manifest.h"
#include "engine/index/protocol.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

#define PATH_BYTES 4096
#define SUFFIX ".hdl"

static hedui_status
path_make(char path[PATH_BYTES], const char *data, const char *folder, struct text name,
          struct err *err)
{
    if (snprintf(path, PATH_BYTES, "%s/%s%s" TEXT_FMT, data, folder, name.len > 0 ? "/" : "",
                 TEXT_ARG(name)) >= PATH_BYTES)
        return err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", data, data);
    return HEDUI_OK;
}

static hedui_status
manifest_path(char path[PATH_BYTES], const char *data, uint64_t id, struct err *err)
{
    char name[32];

    snprintf(name, sizeof name, "%08llu.json", (unsigned long long)id);
    return path_make(path, data, "snapshots", text_of(name), err);
}

/* The digests (hex) that snapshots other than `but` name. */
static hedui_status
needed_find(struct dict *needed, const char *data, uint64_t but, struct arena *arena,
            struct err *err)
{
    uint64_t *ids;
    uint32_t count;

    TRY(snapshot_list(&ids, &count, data, arena, err));
    for (uint32_t i = 0; i < count; i++) {
        struct manifest manifest;

        if (ids[i] == but)
            continue;
        TRY(manifest_load(&manifest, data, ids[i], arena, err));
        for (uint32_t k = 0; k < manifest.count; k++) {
            char hex[2 * DIGEST_BYTES + 1];

            digest_hex(&manifest.entries[k].delivery, hex);
            if (dict_add(needed, text_of(hex)) == DICT_FULL)
                return err_set(
                    err, HEDUI_E_MEMORY,
                    "内存不足，无法列出数据文件\nno memory left for the list of deliveries");
        }
    }
    return HEDUI_OK;
}

static void
put_head(struct json *json, const char *stage, uint64_t snapshot, int64_t at_ms, uint32_t uid)
{
    json_object(json);
    json_key(json, "act");
    json_str(json, "drop");
    json_key(json, "stage");
    json_str(json, stage);
    json_key(json, "snapshot");
    json_uint(json, snapshot);
    protocol_time(json, at_ms);
    json_key(json, "uid");
    json_uint(json, uid);
}

/* Has it a data key, which goes with it? */
static hedui_status
put_data_key(struct json *json, struct drop_result *result, const char *path, struct err *err)
{
    char key[PATH_BYTES];
    bool has_key;

    if (snprintf(key, sizeof key, "%.*s.key", (int)(strlen(path) - (sizeof SUFFIX - 1)), path) >=
        (int)sizeof key)
        return err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", path, path);
    has_key = sys_exists(key);
    json_key(json, "data_key");
    json_bool(json, has_key);
    result->keys += has_key;
    return HEDUI_OK;
}

/* One delivery that goes; of a damaged one only the digest and the size are known. */
static hedui_status
put_delivery(struct json *json, struct drop_result *result, const char *path, struct text hex,
             const struct model *model, uint64_t key_id, struct err *err)
{
    struct delivery *delivery = NULL;
    struct stat st;

    if (sys_stat(path, &st) != 0)
        return err_sys(err, HEDUI_E_IO, "无法读取 '%s'\ncannot read '%s'", path, path);
    result->count++;
    result->bytes += (uint64_t)st.st_size;
    json_object(json);
    json_key(json, "delivery");
    json_text(json, hex);
    json_key(json, "bytes");
    json_uint(json, (uint64_t)st.st_size);
    TRY(put_data_key(json, result, path, err));
    if (delivery_open(&delivery, path, model, key_id, NULL) == HEDUI_OK) {
        const struct delivery_info *info = delivery_info(delivery);
        struct buf day;

        buf_init(&day, false);
        date_print(&day, info->as_of);
        json_key(json, "source");
        json_text(json, info->source);
        json_key(json, "kind");
        json_text(json, info->kind);
        json_key(json, "as_of");
        json_text(json, buf_as_text(&day));
        json_key(json, "rows");
        json_uint(json, info->rows);
        result->rows += info->rows;
        buf_release(&day);
        delivery_close(delivery);
    } else {
        result->unread++;
    }
    json_end_object(json);
    return HEDUI_OK;
}

/* Every delivery file that no snapshot but this one names: its own, and what an ingest that died
 * left unnamed. */
static hedui_status
announce(struct drop_result *result, const char *data, const struct manifest *manifest,
         const struct drop_order *order, const struct model *model, uint64_t key_id,
         struct arena *arena, struct err *err)
{
    struct dict needed;
    struct text *names;
    struct buf line;
    struct json json;
    char dir[PATH_BYTES], path[PATH_BYTES];
    size_t count = 0;
    hedui_status rc = HEDUI_OK;

    dict_init(&needed, 0, false);
    buf_init(&line, false);
    FAIL(needed_find(&needed, data, manifest->id, arena, err));
    json_begin(&json, &line);
    put_head(&json, "begin", manifest->id, order->at_ms, order->uid);
    json_key(&json, "reason");
    json_text(&json, order->reason);
    json_digest(&json, "snapshot_sha256", &manifest->digest);
    json_key(&json, "deliveries");
    json_array(&json);
    FAIL(path_make(dir, data, "deliveries", TEXT(""), err));
    if (sys_exists(dir))
        FAIL(sys_list_dir(&names, &count, dir, arena, err));
    for (size_t i = 0; i < count; i++) {
        struct text hex = names[i];

        if (!text_ends(hex, TEXT(SUFFIX)))
            continue;
        hex.len -= sizeof SUFFIX - 1;
        FAIL(path_make(path, data, "deliveries", names[i], err));
        if (dict_find(&needed, hex) == DICT_FULL)
            FAIL(put_delivery(&json, result, path, hex, model, key_id, err));
    }
    json_end_array(&json);
    json_end_object(&json);
    json_newline(&json);
    FAIL(protocol_append(data, &line, "index.drop.begin", err));
done:
    buf_release(&line);
    dict_release(&needed);
    return rc;
}

static hedui_status
remove_one(const char *path, int failed, struct err *err)
{
    if (failed != 0 || (sys_unlink(path) != 0 && errno != ENOENT))
        return err_sys(err, HEDUI_E_IO, "无法删除 '%s'\ncannot remove '%s'", path, path);
    return HEDUI_OK;
}

static hedui_status
sync_folder(const char *data, const char *folder, struct err *err)
{
    char path[PATH_BYTES];

    TRY(path_make(path, data, folder, TEXT(""), err));
    if (FP("index.drop.dirsync") != 0)
        return err_sys(err, HEDUI_E_IO, "无法同步目录 '%s'\ncannot sync folder '%s'", path, path);
    return sys_sync_dir(path, err);
}

static bool
is_true(const struct json_node *node)
{
    return node != NULL && node->type == JSON_BOOL && node->boolean;
}

/* The manifest first: from then on nobody can ask for what follows. */
static hedui_status
finish(const char *data, const struct json_node *begin, uint64_t id, int64_t at_ms, uint32_t uid,
       struct arena *arena, struct err *err)
{
    const struct json_node *list = json_get(begin, "deliveries");
    struct dict needed;
    struct buf line;
    struct json json;
    char path[PATH_BYTES], dir[PATH_BYTES];
    uint32_t keys = 0;
    bool was_there;
    hedui_status rc = HEDUI_OK;

    dict_init(&needed, 0, false);
    buf_init(&line, false);
    FAIL(path_make(dir, data, "deliveries", TEXT(""), err));
    FAIL(manifest_path(path, data, id, err));
    FAIL(remove_one(path, FP("index.drop.manifest"), err));
    FAIL(sync_folder(data, "snapshots", err));
    FAIL(needed_find(&needed, data, id, arena, err));
    for (uint32_t i = 0; list != NULL && list->type == JSON_ARRAY && i < list->count; i++) {
        const struct json_node *hex =
            list->values[i].type == JSON_OBJECT ? json_get(&list->values[i], "delivery") : NULL;
        struct digest digest;
        char name[2 * DIGEST_BYTES + sizeof SUFFIX];

        if (hex == NULL || hex->type != JSON_STRING || !digest_read(&digest, hex->text) ||
            dict_find(&needed, hex->text) != DICT_FULL)
            continue;
        FAIL(data_key_destroy(dir, &digest, &was_there, err)); /* first: the rest is then noise */
        keys += is_true(json_get(&list->values[i], "data_key"));
        snprintf(name, sizeof name, TEXT_FMT SUFFIX, TEXT_ARG(hex->text));
        FAIL(path_make(path, data, "deliveries", text_of(name), err));
        FAIL(remove_one(path, FP("index.drop.delivery"), err));
    }
    FAIL(sync_folder(data, "deliveries", err));
    json_begin(&json, &line);
    put_head(&json, "done", id, at_ms, uid);
    json_key(&json, "data_keys_destroyed");
    json_uint(&json, keys);
    json_end_object(&json);
    json_newline(&json);
    FAIL(protocol_append(data, &line, "index.drop.done", err));
done:
    buf_release(&line);
    dict_release(&needed);
    return rc;
}

/* Announced in this line, and confirmed nowhere? */
static bool
is_pending(const struct protocol *protocol, uint32_t line, uint64_t *snapshot)
{
    const struct json_node *id = json_get(protocol->lines[line], "snapshot");
    const struct json_node *stage = json_get(protocol->lines[line], "stage");

    if (id == NULL || id->type != JSON_INT || stage == NULL || stage->type != JSON_STRING ||
        !text_is(stage->text, "begin"))
        return false;
    *snapshot = (uint64_t)id->integer;
    return protocol_find(protocol, *snapshot, "done") == NULL;
}

hedui_status
drop_pending(uint32_t *count, const char *data, struct err *err)
{
    struct protocol protocol;
    struct arena arena;
    uint64_t id;
    hedui_status rc = HEDUI_OK;

    *count = 0;
    arena_init(&arena, "protocol", 0, false);
    FAIL(protocol_read(&protocol, data, &arena, err));
    for (uint32_t i = 0; i < protocol.count; i++)
        *count += is_pending(&protocol, i, &id);
done:
    arena_release(&arena);
    return rc;
}

hedui_status
drop_resume(const char *data, const struct data_lock *lock, int64_t at_ms, uint32_t uid,
            struct err *err)
{
    struct protocol protocol;
    struct arena arena;
    uint64_t id;
    hedui_status rc = HEDUI_OK;

    assert(lock != NULL);
    if (!protocol_exists(data))
        return HEDUI_OK;
    arena_init(&arena, "protocol", 0, false);
    FAIL(protocol_read(&protocol, data, &arena, err));
    for (uint32_t i = 0; i < protocol.count; i++)
        if (is_pending(&protocol, i, &id))
            FAIL(finish(data, protocol.lines[i], id, at_ms, uid, &arena, err));
done:
    arena_release(&arena);
    return rc;
}

/* Readers hold the manifest's file shared, as long as the snapshot is open. */
static hedui_status
readers_check(const char *data, uint64_t id, int *fd, struct err *err)
{
    char path[PATH_BYTES];

    TRY(manifest_path(path, data, id, err));
    *fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (*fd < 0)
        return err_sys(err, HEDUI_E_IO, "无法打开 '%s'\ncannot open '%s'", path, path);
    if (sys_flock(*fd, LOCK_EX | LOCK_NB) == 0)
        return HEDUI_OK;
    if (errno != EWOULDBLOCK)
        return err_sys(err, HEDUI_E_IO, "无法锁定 '%s'\ncannot lock '%s'", path, path);
    return err_set(err, HEDUI_E_BUSY,
                   "快照 %llu 正在被使用，请等那次核对结束再销毁\n"
                   "snapshot %llu is being read: destroy it when that run has ended",
                   (unsigned long long)id, (unsigned long long)id);
}

hedui_status
snapshot_drop(struct drop_result *out, const char *data, const struct data_lock *lock,
              const struct drop_order *order, const struct model *model, uint64_t key_id,
              struct arena *arena, struct err *err)
{
    struct manifest manifest;
    uint64_t newest;
    int fd = -1;
    hedui_status rc = HEDUI_OK;

    assert(lock != NULL && order->snapshot > 0);
    *out = (struct drop_result){0};
    FAIL(protocol_reason(order->reason, err));
    FAIL(drop_resume(data, lock, order->at_ms, order->uid, err));
    FAIL(manifest_newest(&newest, data, arena, err));
    if (order->snapshot == newest)
        FAIL(err_set(err, HEDUI_E_USAGE,
                     "快照 %llu 是当前快照，不能销毁；导入新数据之后它才成为旧的\n"
                     "snapshot %llu is the current one and stays; a newer ingest makes it old",
                     (unsigned long long)newest, (unsigned long long)newest));
    FAIL(manifest_load(&manifest, data, order->snapshot, arena, err));
    FAIL(readers_check(data, order->snapshot, &fd, err));
    FAIL(announce(out, data, &manifest, order, model, key_id, arena, err));
    FAIL(drop_resume(data, lock, order->at_ms, order->uid, err));
done:
    if (fd >= 0)
        sys_close(fd);
    return rc;
}
