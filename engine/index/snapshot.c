/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot.c: reading: a manifest and the deliveries that it names, all of them or none. */
#include "engine/index/snapshot.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#include "engine/base/sys.h"
#include "engine/index/manifest.h"

#include "engine/base/ban.h"

#define PATH_BYTES 4096

struct snapshot {
    struct arena arena;
    struct manifest manifest;
    struct snapshot_entry *entries;
    int fd; /* of the manifest's file, locked shared: what is read is not destroyed */
    struct delivery **deliveries; /* as entries; a delivery that stands twice is opened once */
};

/* The entry before `i` that is of the same delivery, or i. */
static uint32_t
same_delivery(const struct manifest *manifest, uint32_t i)
{
    for (uint32_t j = 0; j < i; j++)
        if (memcmp(&manifest->entries[j].delivery, &manifest->entries[i].delivery,
                   sizeof(struct digest)) == 0)
            return j;
    return i;
}

static hedui_status
entry_open(struct snapshot *snapshot, uint32_t i, const char *data, const struct model *model,
           uint64_t key_id, struct err *err)
{
    const struct manifest_entry *from = &snapshot->manifest.entries[i];
    struct snapshot_entry *to = &snapshot->entries[i];
    uint32_t same = same_delivery(&snapshot->manifest, i);
    char path[PATH_BYTES], hex[2 * DIGEST_BYTES + 1];

    if (same == i) {
        digest_hex(&from->delivery, hex);
        if (snprintf(path, sizeof path, "%s/deliveries/%s.hdl", data, hex) >= (int)sizeof path)
            return err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", data,
                           data);
        if (!sys_exists(path))
            return err_set(err, HEDUI_E_FORMAT,
                           "快照 %llu 所需的数据文件 '%s' 不见了，请从备份恢复，或重新导入\n"
                           "snapshot %llu needs delivery '%s', which is missing: bring it back "
                           "from the backup or ingest again",
                           (unsigned long long)snapshot->manifest.id, path,
                           (unsigned long long)snapshot->manifest.id, path);
        TRY(delivery_open(&snapshot->deliveries[i], path, model, key_id, err));
        to->delivery = snapshot->deliveries[i];
    } else {
        to->delivery = snapshot->entries[same].delivery;
    }
    to->is_all_months = !from->has_months;
    to->month_count = from->month_count;
    to->months = from->months;
    to->division_count = from->division_count;
    to->divisions = from->divisions;
    to->minus_count = from->minus_count;
    to->minus = from->minus;
    return HEDUI_OK;
}

/* Readers share the lock; drop.c wants it alone, and unlinks under it: a file that has no name any
 * more when the lock comes was destroyed between reading and locking. */
static hedui_status
manifest_hold(struct snapshot *snapshot, const char *data, struct err *err)
{
    unsigned long long id = snapshot->manifest.id;
    char path[PATH_BYTES];
    struct stat st;

    if (id == 0)
        return HEDUI_OK; /* nothing was ever published */
    if (snprintf(path, sizeof path, "%s/snapshots/%08llu.json", data, id) >= (int)sizeof path)
        return err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", data, data);
    snapshot->fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (snapshot->fd < 0 && errno != ENOENT)
        return err_sys(err, HEDUI_E_IO, "无法打开 '%s'\ncannot open '%s'", path, path);
    if (snapshot->fd >= 0) {
        if (sys_flock(snapshot->fd, LOCK_SH | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK)
                return err_sys(err, HEDUI_E_IO, "无法锁定 '%s'\ncannot lock '%s'", path, path);
        } else if (sys_fstat(snapshot->fd, &st) == 0 && st.st_nlink > 0) {
            return HEDUI_OK;
        }
    }
    return err_set(err, HEDUI_E_BUSY,
                   "快照 %llu 正在被销毁，请换一个快照\n"
                   "snapshot %llu is being destroyed: take another one",
                   id, id);
}

hedui_status
snapshot_open(struct snapshot **out, const char *data, uint64_t id, const struct model *model,
              uint64_t key_id, struct err *err)
{
    struct snapshot *snapshot = mem_resize(NULL, 1, sizeof *snapshot);
    hedui_status rc = HEDUI_OK;

    assert(out != NULL && data != NULL);
    if (snapshot == NULL)
        return err_set(err, HEDUI_E_MEMORY,
                       "内存不足，无法打开快照\nno memory left for a snapshot");
    memset(snapshot, 0, sizeof *snapshot);
    snapshot->fd = -1;
    arena_init(&snapshot->arena, "snapshot", 0, false);
    FAIL(manifest_load(&snapshot->manifest, data, id, &snapshot->arena, err));
    FAIL(manifest_hold(snapshot, data, err));
    snapshot->entries =
        arena_alloc(&snapshot->arena, snapshot->manifest.count, sizeof *snapshot->entries);
    snapshot->deliveries =
        arena_alloc(&snapshot->arena, snapshot->manifest.count, sizeof *snapshot->deliveries);
    if (snapshot->entries == NULL || snapshot->deliveries == NULL) {
        snapshot->deliveries = NULL;
        FAIL(arena_full(&snapshot->arena, err));
    }
    for (uint32_t i = 0; i < snapshot->manifest.count; i++)
        FAIL(entry_open(snapshot, i, data, model, key_id, err));
done:
    if (rc == HEDUI_OK)
        *out = snapshot;
    else
        snapshot_close(snapshot);
    return rc;
}

void
snapshot_close(struct snapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    for (uint32_t i = 0; snapshot->deliveries != NULL && i < snapshot->manifest.count; i++)
        delivery_close(snapshot->deliveries[i]);
    if (snapshot->fd >= 0)
        sys_close(snapshot->fd);
    arena_release(&snapshot->arena);
    mem_free(snapshot);
}

uint64_t
snapshot_id(const struct snapshot *snapshot)
{
    return snapshot->manifest.id;
}

const struct digest *
snapshot_digest(const struct snapshot *snapshot)
{
    return &snapshot->manifest.digest;
}

uint32_t
snapshot_count(const struct snapshot *snapshot)
{
    return snapshot->manifest.count;
}

const struct snapshot_entry *
snapshot_entry(const struct snapshot *snapshot, uint32_t i)
{
    assert(i < snapshot->manifest.count);
    return &snapshot->entries[i];
}

hedui_status
snapshot_verify(const struct snapshot *snapshot, struct err *err)
{
    for (uint32_t i = 0; i < snapshot->manifest.count; i++)
        if (snapshot->deliveries[i] != NULL)
            TRY(delivery_verify(snapshot->deliveries[i], err));
    return HEDUI_OK;
}

hedui_status
snapshot_sound(const struct snapshot *snapshot, struct err *err)
{
    for (uint32_t i = 0; i < snapshot->manifest.count; i++)
        if (snapshot->deliveries[i] != NULL)
            TRY(delivery_sound(snapshot->deliveries[i], err));
    return HEDUI_OK;
}

hedui_status
snapshot_list(uint64_t **ids, uint32_t *count, const char *data, struct arena *arena,
              struct err *err)
{
    char path[PATH_BYTES];
    struct text *names;
    size_t names_count;
    uint64_t newest;

    *ids = NULL;
    *count = 0;
    if (snprintf(path, sizeof path, "%s/snapshots", data) >= (int)sizeof path)
        return err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", data, data);
    if (!sys_exists(path))
        return HEDUI_OK;
    TRY(manifest_newest(&newest, data, arena, err));
    TRY(sys_list_dir(&names, &names_count, path, arena, err));
    *ids = arena_alloc(arena, names_count, sizeof **ids);
    if (*ids == NULL)
        return arena_full(arena, err);
    for (size_t i = 0; i < names_count; i++) {
        struct text name = names[i];
        int64_t id;
        if (!text_ends(name, TEXT(".json")))
            continue;
        name.len -= 5;
        if (name.len >= 8 && text_int(name, &id) && id > 0 && (uint64_t)id <= newest)
            (*ids)[(*count)++] = (uint64_t)id;
    }
    return HEDUI_OK; /* eight digits each and sorted by bytes: ascending */
}
