/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/index/manifest.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/sys.h"
#include "engine/index/meta.h"
#include "engine/index/protocol.h"

#include "engine/base/ban.h"

#define VERSION 1
#define MANIFEST_MAX ((size_t)16 << 20) /* bytes */
#define PATH_BYTES 4096
#define CHECK_KEY ",\"check\":\""
#define CHECK_TAIL "\"}\n"
#define CHECK_BYTES (sizeof CHECK_KEY - 1 + 2 * DIGEST_BYTES + sizeof CHECK_TAIL - 1)

static hedui_status
damaged(const char *path, struct err *err)
{
    return err_set(err, HEDUI_E_FORMAT,
                   "快照文件 '%s' 损坏，请从备份恢复\n"
                   "snapshot file '%s' is damaged: bring it back from the backup",
                   path, path);
}

static void
put_texts(struct json *json, const char *key, const struct text *texts, uint32_t count)
{
    json_key(json, key);
    json_array(json);
    for (uint32_t i = 0; i < count; i++)
        json_text(json, texts[i]);
    json_end_array(json);
}

static void
put_entry(struct json *json, const struct manifest_entry *entry)
{
    json_object(json);
    json_digest(json, "delivery", &entry->delivery);
    json_key(json, "source");
    json_text(json, entry->source);
    json_key(json, "kind");
    json_text(json, entry->kind);
    json_key(json, "as_of_day");
    json_int(json, entry->as_of);
    if (entry->is_mend)
        json_digest(json, "mends", &entry->mends);
    if (entry->has_months) {
        json_key(json, "months");
        json_array(json);
        for (uint32_t i = 0; i < entry->month_count; i++)
            json_int(json, entry->months[i]);
        json_end_array(json);
    }
    put_texts(json, "divisions", entry->divisions, entry->division_count);
    put_texts(json, "minus", entry->minus, entry->minus_count);
    json_end_object(json);
}

/* The body without its closing brace; the check is put behind it. */
static void
manifest_write(struct buf *out, const struct manifest *manifest)
{
    struct json json;
    struct digest check;

    json_begin(&json, out);
    json_object(&json);
    json_key(&json, "hedui_snapshot");
    json_int(&json, VERSION);
    json_key(&json, "id");
    json_uint(&json, manifest->id);
    json_key(&json, "parent");
    json_uint(&json, manifest->parent);
    json_digest(&json, "parent_sha256", &manifest->parent_digest);
    json_key(&json, "deliveries");
    json_array(&json);
    for (uint32_t i = 0; i < manifest->count; i++)
        put_entry(&json, &manifest->entries[i]);
    json_end_array(&json);
    if (out->is_failed)
        return;
    check = digest_of(out->at, out->len);
    buf_str(out, CHECK_KEY);
    buf_hex(out, check.bytes, sizeof check.bytes);
    buf_str(out, CHECK_TAIL);
}

static void
current_write(struct buf *out, const struct manifest *manifest)
{
    buf_printf(out, "%08llu ", (unsigned long long)manifest->id);
    buf_hex(out, manifest->digest.bytes, DIGEST_BYTES);
    buf_byte(out, '\n');
}

hedui_status
manifest_publish(struct manifest *manifest, const char *data, struct err *err)
{
    struct buf out;
    char dir[PATH_BYTES], name[32];
    hedui_status rc = HEDUI_OK;

    assert(manifest->id > 0);
    buf_init(&out, false);
    if (snprintf(dir, sizeof dir, "%s/snapshots", data) >= (int)sizeof dir)
        return err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", data, data);
    snprintf(name, sizeof name, "%08llu.json", (unsigned long long)manifest->id);
    FAIL(sys_make_dirs(dir, err));
    manifest_write(&out, manifest);
    FAIL(buf_check(&out, err));
    manifest->digest = digest_of(out.at, out.len);
    FAIL(sys_publish(dir, name, out.at, out.len, 0600, "index.snapshot", err));
    buf_reset(&out);
    current_write(&out, manifest);
    FAIL(buf_check(&out, err));
    FAIL(sys_publish(data, "current", out.at, out.len, 0600, "index.current", err));
done:
    buf_release(&out);
    return rc;
}

static bool
texts_read(const struct json_node *list, struct text **texts, uint32_t *count, struct arena *arena)
{
    if (list == NULL || list->type != JSON_ARRAY)
        return false;
    *texts = arena_alloc(arena, list->count, sizeof **texts);
    if (*texts == NULL)
        return false;
    for (uint32_t i = 0; i < list->count; i++)
        if (list->values[i].type == JSON_STRING)
            (*texts)[i] = list->values[i].text;
        else
            return false;
    *count = list->count;
    return true;
}

static bool
months_read(const struct json_node *list, struct manifest_entry *entry, struct arena *arena)
{
    entry->has_months = list != NULL;
    if (list == NULL)
        return true;
    if (list->type != JSON_ARRAY)
        return false;
    entry->months = arena_alloc(arena, list->count, sizeof *entry->months);
    if (entry->months == NULL)
        return false;
    for (uint32_t i = 0; i < list->count; i++) {
        entry->months[i] = (int32_t)list->values[i].integer;
        if (list->values[i].type != JSON_INT || (i > 0 && entry->months[i] <= entry->months[i - 1]))
            return false;
    }
    entry->month_count = list->count;
    return true;
}

static bool
digest_get(const struct json_node *object, const char *key, struct digest *out)
{
    const struct json_node *node = json_get(object, key);

    return node != NULL && node->type == JSON_STRING && digest_read(out, node->text);
}

static bool
entry_read(const struct json_node *node, struct manifest_entry *entry, struct arena *arena)
{
    const struct json_node *source, *kind, *as_of;

    if (node->type != JSON_OBJECT || !digest_get(node, "delivery", &entry->delivery))
        return false;
    source = json_get(node, "source");
    kind = json_get(node, "kind");
    as_of = json_get(node, "as_of_day");
    if (source == NULL || source->type != JSON_STRING || kind == NULL ||
        kind->type != JSON_STRING || as_of == NULL || as_of->type != JSON_INT)
        return false;
    entry->source = source->text;
    entry->kind = kind->text;
    entry->as_of = (int32_t)as_of->integer;
    entry->is_mend = json_get(node, "mends") != NULL;
    if (entry->is_mend && !digest_get(node, "mends", &entry->mends))
        return false;
    return months_read(json_get(node, "months"), entry, arena) &&
           texts_read(json_get(node, "divisions"), &entry->divisions, &entry->division_count,
                      arena) &&
           texts_read(json_get(node, "minus"), &entry->minus, &entry->minus_count, arena);
}

static bool
check_holds(struct text bytes)
{
    struct text tail;
    struct digest said, real;

    if (bytes.len < CHECK_BYTES)
        return false;
    tail = (struct text){bytes.at + bytes.len - CHECK_BYTES, CHECK_BYTES};
    if (!text_starts(tail, TEXT(CHECK_KEY)) || !text_ends(tail, TEXT(CHECK_TAIL)) ||
        !digest_read(&said, (struct text){tail.at + sizeof CHECK_KEY - 1, 2 * DIGEST_BYTES}))
        return false;
    real = digest_of(bytes.at, bytes.len - CHECK_BYTES);
    return memcmp(&said, &real, sizeof said) == 0;
}

static bool
root_read(const struct json_node *root, struct manifest *out, struct arena *arena)
{
    const struct json_node *version = json_get(root, "hedui_snapshot");
    const struct json_node *id = json_get(root, "id"), *parent = json_get(root, "parent");
    const struct json_node *list = json_get(root, "deliveries");

    if (version == NULL || version->type != JSON_INT || version->integer != VERSION || id == NULL ||
        id->type != JSON_INT || parent == NULL || parent->type != JSON_INT || list == NULL ||
        list->type != JSON_ARRAY || !digest_get(root, "parent_sha256", &out->parent_digest))
        return false;
    out->id = (uint64_t)id->integer;
    out->parent = (uint64_t)parent->integer;
    out->count = list->count;
    out->entries = arena_alloc(arena, list->count, sizeof *out->entries);
    if (out->entries == NULL)
        return false;
    for (uint32_t i = 0; i < list->count; i++)
        if (!entry_read(&list->values[i], &out->entries[i], arena))
            return false;
    return true;
}

/* "NNNNNNNN <64 hex digits>\n" */
static hedui_status
current_read(const char *data, uint64_t *id, struct digest *digest, bool *is_there,
             struct arena *arena, struct err *err)
{
    char path[PATH_BYTES];
    struct text bytes, number;
    int64_t value;
    const char *space;

    if (snprintf(path, sizeof path, "%s/current", data) >= (int)sizeof path)
        return err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", data, data);
    *is_there = sys_exists(path);
    if (!*is_there)
        return HEDUI_OK;
    TRY(sys_slurp(&bytes, path, 4096, arena, err));
    space = memchr(bytes.at, ' ', bytes.len);
    number = (struct text){bytes.at, space == NULL ? 0 : (size_t)(space - bytes.at)};
    if (space == NULL || !text_int(number, &value) || value <= 0 ||
        bytes.len != number.len + 2 + 2 * DIGEST_BYTES || bytes.at[bytes.len - 1] != '\n' ||
        !digest_read(digest, (struct text){space + 1, 2 * DIGEST_BYTES}))
        return damaged(path, err);
    *id = (uint64_t)value;
    return HEDUI_OK;
}

hedui_status
manifest_newest(uint64_t *id, const char *data, struct arena *arena, struct err *err)
{
    struct digest digest;
    bool is_there = false;

    *id = 0;
    return current_read(data, id, &digest, &is_there, arena, err);
}

/* No current is a new data directory, or one whose first ingest died before its last rename. The
 * second snapshot is only made where current stood: then somebody lost the file, and to go on would
 * answer from nothing and write over the snapshots that there are. */
static hedui_status
current_lost(const char *data, struct err *err)
{
    char path[PATH_BYTES];

    if (!protocol_exists(data) && /* it says that there was a second one */
        (snprintf(path, sizeof path, "%s/snapshots/00000002.json", data) >= (int)sizeof path ||
         !sys_exists(path)))
        return HEDUI_OK;
    return err_set(err, HEDUI_E_FORMAT,
                   "'%s' 里有快照，但文件 current 不见了，请从备份恢复\n"
                   "'%s' holds snapshots, but its file current is missing: bring it back from the "
                   "backup",
                   data, data);
}

hedui_status
manifest_was_dropped(const char *data, uint64_t id, struct arena *arena, struct err *err)
{
    const struct json_node *line, *at;
    struct protocol protocol;

    TRY(protocol_read(&protocol, data, arena, err));
    line = protocol_find(&protocol, id, "begin");
    at = line == NULL ? NULL : json_get(line, "at");
    if (at == NULL || at->type != JSON_STRING)
        return HEDUI_OK;
    return err_set(err, HEDUI_E_USAGE,
                   "快照 %llu 已于 " TEXT_FMT " 销毁，理由见 '%s/protocol.jsonl'\n"
                   "snapshot %llu was destroyed at " TEXT_FMT ": '%s/protocol.jsonl' says why",
                   (unsigned long long)id, TEXT_ARG(at->text), data, (unsigned long long)id,
                   TEXT_ARG(at->text), data);
}

hedui_status
manifest_load(struct manifest *out, const char *data, uint64_t id, struct arena *arena,
              struct err *err)
{
    char path[PATH_BYTES];
    struct digest expected;
    struct json_node *root;
    struct text bytes;
    uint64_t newest;
    bool is_current = id == 0;
    hedui_status rc;

    memset(out, 0, sizeof *out);
    if (is_current) {
        bool is_there = false;
        TRY(current_read(data, &id, &expected, &is_there, arena, err));
        if (!is_there)
            return current_lost(data, err);
    }
    if (snprintf(path, sizeof path, "%s/snapshots/%08llu.json", data, (unsigned long long)id) >=
        (int)sizeof path)
        return err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", data, data);
    TRY(manifest_newest(&newest, data, arena, err));
    if (id <= newest && !is_current && !sys_exists(path))
        TRY(manifest_was_dropped(data, id, arena, err));
    if (id > newest || (!is_current && !sys_exists(path)))
        return err_set(err, HEDUI_E_USAGE, "没有编号为 %llu 的快照\nthere is no snapshot %llu",
                       (unsigned long long)id, (unsigned long long)id);
    if (!sys_exists(path))
        return err_set(err, HEDUI_E_FORMAT,
                       "'%s' 指向的快照文件 '%s' 不见了，请从备份恢复\n"
                       "'%s' names snapshot file '%s', which is missing: bring it back from the "
                       "backup",
                       data, path, data, path);
    TRY(sys_slurp(&bytes, path, MANIFEST_MAX, arena, err));
    out->digest = digest_of(bytes.at, bytes.len);
    if (is_current && memcmp(&expected, &out->digest, sizeof expected) != 0)
        return damaged(path, err);
    if (!check_holds(bytes))
        return damaged(path, err);
    rc = json_parse(&root, bytes, arena, err);
    if (rc == HEDUI_E_MEMORY)
        return rc; /* the file may be good */
    if (rc != HEDUI_OK || root->type != JSON_OBJECT || !root_read(root, out, arena) ||
        out->id != id)
        return damaged(path, err);
    return HEDUI_OK;
}
