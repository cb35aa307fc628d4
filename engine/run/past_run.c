/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/past_run.h"

#include "engine/base/json.h"
#include "engine/base/sys.h"
#include "engine/model/value.h"
#include "engine/run/receipt.h"

#include "engine/base/ban.h"

#define RECORD_MAX ((size_t)64 << 20) /* bytes of a run.json: its list of reports is long */

static const struct json_node *
object_get(const struct json_node *object, const char *key)
{
    return object == NULL || object->type != JSON_OBJECT ? NULL : json_get(object, key);
}

static bool
text_get(const struct json_node *object, const char *key, struct text *out)
{
    const struct json_node *node = object_get(object, key);

    if (node == NULL || node->type != JSON_STRING)
        return false;
    *out = node->text;
    return true;
}

static bool
path_get(const struct json_node *object, const char **out)
{
    struct text path;

    if (!text_get(object, "absolute", &path) || path.len == 0)
        return false;
    *out = path.at; /* the parser put a NUL behind it, and refuses one inside */
    return true;
}

static bool
digest_get(const struct json_node *object, const char *key, struct digest *out)
{
    struct text hex;

    return text_get(object, key, &hex) && digest_read(out, hex);
}

/* A name that stays inside its folder. */
static bool
is_inside(struct text name)
{
    return name.len > 0 && name.at[0] != '/' && text_find(name, TEXT("..")) == SIZE_MAX;
}

static bool
files_get(const struct json_node *files, struct past_file **out, uint32_t *count,
          struct arena *arena)
{
    if (files == NULL || files->type != JSON_ARRAY)
        return false;
    *out = arena_alloc(arena, files->count, sizeof **out);
    if (*out == NULL)
        return false;
    *count = files->count;
    for (uint32_t i = 0; i < files->count; i++)
        if (!text_get(&files->values[i], "name", &(*out)[i].name) || !is_inside((*out)[i].name) ||
            !digest_get(&files->values[i], "digest", &(*out)[i].digest))
            return false;
    return true;
}

/* Runs of older engines name neither parents nor epochs. */
static bool
parents_get(const struct json_node *parents, struct past_run *out, struct arena *arena)
{
    if (parents == NULL)
        return true;
    if (parents->type != JSON_ARRAY)
        return false;
    out->parents = arena_alloc(arena, parents->count, sizeof *out->parents);
    if (out->parents == NULL)
        return false;
    for (uint32_t i = 0; i < parents->count; i++) {
        struct past_parent *parent = &out->parents[out->parent_count++];

        if (!text_get(&parents->values[i], "name", &parent->name) ||
            !files_get(object_get(&parents->values[i], "files"), &parent->files,
                       &parent->file_count, arena))
            return false;
    }
    return true;
}

static bool
epochs_get(const struct json_node *epochs, struct past_run *out, struct arena *arena)
{
    if (epochs == NULL)
        return true;
    if (epochs->type != JSON_ARRAY)
        return false;
    out->epochs = arena_alloc(arena, epochs->count, sizeof *out->epochs);
    if (out->epochs == NULL)
        return false;
    for (uint32_t i = 0; i < epochs->count; i++) {
        struct past_epoch *epoch = &out->epochs[out->epoch_count++];
        struct text day;

        epoch->from = INT32_MIN;
        if (text_get(&epochs->values[i], "from", &day) && date_parse(day, &epoch->from) != CELL_OK)
            return false;
        if (!digest_get(&epochs->values[i], "hash", &epoch->hash))
            return false;
    }
    return true;
}

static bool
pack_get(const struct json_node *pack, struct past_run *out, struct arena *arena)
{
    return path_get(pack, &out->pack) && text_get(pack, "name", &out->pack_name) &&
           digest_get(pack, "hash", &out->pack_hash) &&
           files_get(object_get(pack, "files"), &out->pack_files, &out->pack_file_count, arena) &&
           parents_get(object_get(pack, "parents"), out, arena) &&
           epochs_get(object_get(pack, "epochs"), out, arena);
}

static bool
outputs_get(const struct json_node *outputs, struct past_run *out, struct arena *arena)
{
    if (outputs == NULL || outputs->type != JSON_OBJECT || outputs->count == 0)
        return false;
    out->outputs = arena_alloc(arena, outputs->count, sizeof *out->outputs);
    if (out->outputs == NULL)
        return false;
    out->output_count = outputs->count;
    for (uint32_t i = 0; i < outputs->count; i++) {
        out->outputs[i].name = outputs->keys[i];
        if (!is_inside(outputs->keys[i]) || outputs->values[i].type != JSON_STRING ||
            !digest_read(&out->outputs[i].digest, outputs->values[i].text))
            return false;
    }
    return true;
}

static bool
options_get(const struct json_node *options, struct application_defaults *out)
{
    struct text day;

    if (options == NULL || options->type != JSON_OBJECT)
        return false;
    (void)text_get(options, "purpose", &out->purpose);
    (void)text_get(options, "entrusting_body", &out->entrusting_body);
    (void)text_get(options, "entrust_no", &out->entrust_no);
    out->has_checked_on = text_get(options, "checked_on", &day);
    return !out->has_checked_on || date_parse(day, &out->checked_on) == CELL_OK;
}

static bool
root_get(const struct json_node *root, struct past_run *out, struct arena *arena)
{
    const struct json_node *version = json_get(root, "hedui_run");
    const struct json_node *batch = json_get(root, "batch"), *model = json_get(root, "model");
    const struct json_node *mapping = json_get(root, "mapping");
    const struct json_node *snapshot = json_get(root, "snapshot"), *id;
    const struct json_node *packs = json_get(root, "packs");

    if (packs != NULL &&
        (!path_get(packs, &out->table) || !digest_get(packs, "digest", &out->table_digest)))
        return false;
    if (packs != NULL)
        (void)text_get(packs, "programmes", &out->programmes);
    if (version == NULL || version->type != JSON_INT || version->integer != RECORD_VERSION)
        return false;
    id = object_get(snapshot, "id");
    if (id == NULL || id->type != JSON_INT || id->integer < 0)
        return false;
    out->snapshot = (uint64_t)id->integer;
    return text_get(root, "engine", &out->engine) && path_get(batch, &out->batch) &&
           digest_get(batch, "digest", &out->batch_digest) && path_get(mapping, &out->mapping) &&
           digest_get(mapping, "digest", &out->mapping_digest) && path_get(model, &out->model) &&
           digest_get(model, "digest", &out->model_digest) &&
           pack_get(json_get(root, "pack"), out, arena) && path_get(snapshot, &out->data) &&
           digest_get(snapshot, "digest", &out->snapshot_digest) &&
           text_get(root, "key_id", &out->key_id) &&
           options_get(json_get(root, "options"), &out->defaults) &&
           outputs_get(json_get(root, "outputs"), out, arena);
}

hedui_status
past_run_read(struct past_run *out, const char *dir, struct arena *arena, struct err *err)
{
    struct text path = arena_printf(arena, "%s/run.json", dir), bytes;
    struct json_node *root;
    struct err why = {0};

    *out = (struct past_run){.dir = text_of(dir)};
    if (path.at == NULL)
        return arena_full(arena, err);
    if (!sys_exists(path.at))
        return err_set(err, HEDUI_E_USAGE,
                       "'%s' 里没有 run.json：不是核对结果目录，或那次核对没有完成\n"
                       "'%s' holds no run.json: no folder of results, or that run never ended",
                       dir, dir);
    TRY(sys_slurp(&bytes, path.at, RECORD_MAX, arena, err));
    if (json_parse(&root, bytes, arena, &why) == HEDUI_OK && root->type == JSON_OBJECT &&
        root_get(root, out, arena))
        return HEDUI_OK;
    return err_set(err, HEDUI_E_FORMAT,
                   "'%s' 损坏，或由别的版本写成，无法复算\n"
                   "'%s' is damaged or of another version: it cannot be replayed",
                   path.at, path.at);
}
