/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/receipt.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <hedui/version.h>

#include "engine/base/fp.h"
#include "engine/base/sys.h"
#include "engine/model/value.h"
#include "engine/rule/epochs.h"
#include "engine/run/outfile.h"
#include "engine/run/reports.h"
#include "engine/verdict/labels.h"

#include "engine/base/ban.h"

const char *const verify_names[VERIFY_TEXTS] = {
    [VERIFY_VERDICTS] = "verdicts.jsonl", [VERIFY_SHEET] = "verdicts.csv",
    [VERIFY_FINDINGS] = "findings.csv",   [VERIFY_PROVENANCE] = "provenance.jsonl",
    [VERIFY_FIGURES] = "figures.csv",
};

static hedui_status
older_remove(const char *dir, const char *name, int failed, struct err *err)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/%s", dir, name);

    if (n < 0 || (size_t)n >= sizeof path)
        return err_set(err, HEDUI_E_USAGE, "路径 '%s' 太长\npath too long: '%s'", dir, dir);
    if (failed != 0 || (sys_unlink(path) != 0 && errno != ENOENT))
        return err_sys(err, HEDUI_E_IO, "无法删除旧的 '%s'\ncannot remove the older '%s'", path,
                       path);
    return HEDUI_OK;
}

hedui_status
receipt_outputs(uint32_t *out, const char *names, struct err *err)
{
    struct text rest = text_of(names);
    uint32_t wanted = 0;

    if (rest.len == 0)
        return err_set(err, HEDUI_E_USAGE,
                       "--outputs 后面没有写名字；要全部结果，请去掉 --outputs\n"
                       "--outputs names nothing: leave it out for all of them");
    while (rest.len > 0) {
        const char *comma = memchr(rest.at, ',', rest.len);
        struct text name = {rest.at, comma == NULL ? rest.len : (size_t)(comma - rest.at)};
        size_t t = 0, taken = name.len + (comma == NULL ? 0 : 1);

        while (t < VERIFY_TEXTS && !text_is(name, verify_names[t]))
            t++;
        if (t == VERIFY_TEXTS)
            return err_set(
                err, HEDUI_E_USAGE,
                "--outputs 里没有 '" TEXT_FMT
                "'，可选：verdicts.jsonl,verdicts.csv,findings.csv,provenance.jsonl,"
                "figures.csv\n"
                "--outputs knows no '" TEXT_FMT
                "': verdicts.jsonl,verdicts.csv,findings.csv,provenance.jsonl,figures.csv",
                TEXT_ARG(name), TEXT_ARG(name));
        wanted |= 1u << t;
        rest = (struct text){rest.at + taken, rest.len - taken};
    }
    *out = wanted;
    return HEDUI_OK;
}

hedui_status
receipt_drop(const char *dir, const char *name, struct err *err)
{
    return older_remove(dir, name, 0, err);
}

hedui_status
receipt_retract(const char *dir, struct err *err)
{
    TRY(older_remove(dir, "run.json", FP("run.receipt.retract"), err));
    TRY(older_remove(dir, "summary.json", FP("run.summary.retract"), err));
    /* after a power cut too: a receipt that came back would vouch for half of the new files */
    if (FP("run.receipt.dirsync") != 0)
        return err_sys(err, HEDUI_E_IO, "无法同步目录 '%s'\ncannot sync the directory '%s'", dir,
                       dir);
    return sys_sync_dir(dir, err);
}

static void
json_count(struct json *json, const char *key, uint64_t count)
{
    json_key(json, key);
    json_uint(json, count);
}

static void
summary_fill(struct json *json, const struct receipt *receipt, struct buf *out)
{
    const struct batch_result *result = receipt->result;

    json_object(json);
    json_key(json, "pack");
    json_text(json, pack_name(receipt->pack));
    json_count(json, "rows", result->balance.physical);
    json_count(json, "rows_refused", result->balance.refused);
    json_count(json, "rows_ignored", result->balance.ignored);
    json_count(json, "cases", result->cases);
    json_count(json, "cases_refused", result->held);
    json_key(json, "outcomes");
    json_object(json);
    for (uint32_t o = 0; o < LEN(result->outcomes); o++)
        json_count(json, outcome_name((enum outcome)o), result->outcomes[o]);
    json_end_object(json);
    json_count(json, "probed", result->probed);
    json_key(json, "silent_sources");
    json_array(json);
    for (uint32_t i = 0; i < result->silent_count; i++)
        json_text(json, result->silent[i]);
    json_end_array(json);
    json_key(json, "several_cases");
    several_json(json, &result->several);
    json_key(json, "incomplete_causes");
    buf_text(out, result->causes);
    json_end_object(json);
    json_newline(json);
}

/* A file or folder by its two names: as it was given, and from the root, where replay looks. */
static hedui_status
path_fill(struct json *json, const char *path, struct err *err)
{
    struct arena arena;
    struct text full;
    hedui_status rc = HEDUI_OK;

    arena_init(&arena, "path", 0, false);
    FAIL(sys_full_path(&full, path, &arena, err));
    json_key(json, "path");
    json_str(json, path);
    json_key(json, "absolute");
    json_text(json, full);
done:
    arena_release(&arena);
    return rc;
}

static void
files_fill(struct json *json, const struct pack_file *files, uint32_t count)
{
    json_key(json, "files");
    json_array(json);
    for (uint32_t i = 0; i < count; i++) {
        json_object(json);
        json_key(json, "name");
        json_text(json, files[i].name);
        json_digest(json, "digest", &files[i].digest);
        json_end_object(json);
    }
    json_end_array(json);
}

/* The packs below, the root first. */
static hedui_status
parents_fill(struct json *json, const struct pack *pack, struct err *err)
{
    json_key(json, "parents");
    json_array(json);
    for (uint32_t i = 0; i + 1 < pack_layer_count(pack); i++) {
        const struct pack_layer *layer = pack_layer(pack, i);

        json_object(json);
        json_key(json, "name");
        json_text(json, layer->name);
        TRY(path_fill(json, layer->dir, err));
        json_digest(json, "hash", &layer->hash);
        files_fill(json, layer->files, layer->file_count);
        json_end_object(json);
    }
    json_end_array(json);
    return HEDUI_OK;
}

/* What was in force when: a later pack is held against it (rules affected). */
static hedui_status
epochs_fill(struct json *json, const struct pack *pack, struct err *err)
{
    struct arena arena;
    struct digest *hashes;
    struct buf day;
    hedui_status rc = HEDUI_OK;

    arena_init(&arena, "epochs", 0, false);
    buf_init(&day, false);
    FAIL(pack_epoch_hashes(pack, &hashes, &arena, err));
    json_key(json, "epochs");
    json_array(json);
    for (uint32_t i = 0; i < pack_epoch_count(pack); i++) {
        json_object(json);
        if (pack_epoch(pack, i)->from != INT32_MIN) {
            buf_reset(&day);
            date_print(&day, pack_epoch(pack, i)->from);
            json_key(json, "from");
            json_text(json, buf_part(json->out, &day));
        }
        json_digest(json, "hash", &hashes[i]);
        json_end_object(json);
    }
    json_end_array(json);
done:
    buf_release(&day);
    arena_release(&arena);
    return rc;
}

/* The table that chose the cases, where the pack was one of several. */
static hedui_status
table_fill(struct json *json, const struct pack_table *table, const char *programmes,
           struct err *err)
{
    if (table == NULL)
        return HEDUI_OK;
    json_key(json, "packs");
    json_object(json);
    TRY(path_fill(json, table->path, err));
    json_digest(json, "digest", &table->digest);
    if (programmes != NULL) {
        json_key(json, "programmes");
        json_str(json, programmes);
    }
    json_end_object(json);
    return HEDUI_OK;
}

static hedui_status
inputs_fill(struct json *json, const struct receipt *receipt, struct err *err)
{
    json_key(json, "batch");
    json_object(json);
    TRY(path_fill(json, receipt->input->path, err));
    json_count(json, "bytes", receipt->input->bytes);
    json_digest(json, "digest", &receipt->input->digest);
    json_end_object(json);
    json_key(json, "mapping");
    json_object(json);
    json_key(json, "name");
    json_text(json, mapping_name(receipt->mapping));
    json_key(json, "version");
    json_int(json, mapping_version(receipt->mapping));
    TRY(path_fill(json, receipt->options->mapping, err));
    json_digest(json, "digest", mapping_digest(receipt->mapping));
    json_end_object(json);
    json_key(json, "model");
    json_object(json);
    TRY(path_fill(json, receipt->world->model_path, err));
    json_digest(json, "digest", &receipt->world->model->digest);
    json_end_object(json);
    json_key(json, "pack");
    json_object(json);
    json_key(json, "name");
    json_text(json, pack_name(receipt->pack));
    TRY(path_fill(json, pack_dir(receipt->pack), err));
    json_digest(json, "hash", pack_hash(receipt->pack));
    files_fill(json, pack_file(receipt->pack, 0), pack_file_count(receipt->pack));
    TRY(parents_fill(json, receipt->pack, err));
    TRY(epochs_fill(json, receipt->pack, err));
    json_end_object(json);
    return HEDUI_OK;
}

static hedui_status
snapshot_fill(struct json *json, const struct receipt *receipt, struct err *err)
{
    const struct snapshot *snapshot = receipt->world->snapshot;
    uint64_t key_id = __builtin_bswap64(master_key_id(receipt->world->key));
    char hex[2 * DIGEST_BYTES + 1];
    struct buf key;

    json_key(json, "snapshot");
    json_object(json);
    json_count(json, "id", snapshot_id(snapshot));
    json_digest(json, "digest", snapshot_digest(snapshot));
    TRY(path_fill(json, receipt->world->data, err));
    json_key(json, "deliveries");
    json_array(json);
    for (uint32_t i = 0; i < snapshot_count(snapshot); i++) {
        digest_hex(&delivery_info(snapshot_entry(snapshot, i)->delivery)->digest, hex);
        json_str(json, hex);
    }
    json_end_array(json);
    json_end_object(json);
    buf_init(&key, false);
    buf_hex(&key, (const uint8_t *)&key_id, sizeof key_id);
    json_key(json, "key_id");
    json_text(json, buf_as_text(&key));
    buf_release(&key);
    return HEDUI_OK;
}

static void
options_fill(struct json *json, const struct application_defaults *defaults)
{
    struct buf day;

    json_key(json, "options");
    json_object(json);
    if (defaults->has_checked_on) {
        buf_init(&day, false);
        date_print(&day, defaults->checked_on);
        json_key(json, "checked_on");
        json_text(json, buf_as_text(&day));
        buf_release(&day);
    }
    if (defaults->purpose.len > 0) {
        json_key(json, "purpose");
        json_text(json, defaults->purpose);
    }
    if (defaults->entrusting_body.len > 0) {
        json_key(json, "entrusting_body");
        json_text(json, defaults->entrusting_body);
    }
    if (defaults->entrust_no.len > 0) {
        json_key(json, "entrust_no");
        json_text(json, defaults->entrust_no);
    }
    json_end_object(json);
}

void
receipt_name(struct receipt *receipt)
{
    char hex[2 * DIGEST_BYTES + 1];
    struct digest digest;
    struct buf bytes;
    struct json json;

    buf_init(&bytes, false);
    json_begin(&json, &bytes);
    json_array(&json);
    json_str(&json, HEDUI_VERSION);
    json_object(&json);
    json_digest(&json, "batch", &receipt->input->digest);
    json_digest(&json, "mapping", mapping_digest(receipt->mapping));
    json_digest(&json, "model", &receipt->world->model->digest);
    json_digest(&json, "pack", pack_hash(receipt->pack));
    json_digest(&json, "snapshot", snapshot_digest(receipt->world->snapshot));
    json_count(&json, "key", master_key_id(receipt->world->key));
    options_fill(&json, &receipt->options->defaults);
    if (receipt->options->table != NULL)
        json_digest(&json, "packs", &receipt->options->table->digest);
    if (receipt->options->programmes_said != NULL) {
        json_key(&json, "programmes");
        json_str(&json, receipt->options->programmes_said);
    }
    json_end_object(&json);
    json_end_array(&json);
    digest = digest_of(bytes.at, bytes.len);
    digest_hex(&digest, hex);
    snprintf(receipt->run, sizeof receipt->run, "%.16s", hex);
    buf_release(&bytes);
}

static hedui_status
run_fill(struct json *json, const struct receipt *receipt, const struct digest made[2],
         struct err *err)
{
    json_object(json);
    json_key(json, "hedui_run");
    json_int(json, RECORD_VERSION);
    json_key(json, "engine");
    json_str(json, HEDUI_VERSION);
    json_key(json, "run");
    json_str(json, receipt->run);
    TRY(inputs_fill(json, receipt, err));
    TRY(snapshot_fill(json, receipt, err));
    options_fill(json, &receipt->options->defaults);
    TRY(table_fill(json, receipt->options->table, receipt->options->programmes_said, err));
    json_key(json, "outputs");
    json_object(json);
    for (size_t i = 0; i < VERIFY_TEXTS; i++)
        if ((receipt->wanted >> i & 1) != 0)
            json_digest(json, verify_names[i], &receipt->digests[i]);
    json_digest(json, "refused.csv", &receipt->refused);
    json_digest(json, "summary.json", &made[0]);
    json_digest(json, "labels.json", &made[1]);
    if (receipt->options->has_reports)
        json_digest(json, REPORTS_SUMS, &receipt->reports);
    json_end_object(json);
    json_end_object(json);
    json_newline(json);
    return HEDUI_OK;
}

hedui_status
receipt_write(const struct receipt *receipt, struct err *err)
{
    const char *dir = receipt->options->out;
    struct arena scratch;
    struct digest made[2]; /* summary.json, labels.json */
    struct buf out;
    struct json json;
    uint64_t refusals = mem_refusals();
    hedui_status rc = HEDUI_OK;

    arena_init(&scratch, "labels", 0, false);
    buf_init(&out, false);
    json_begin(&json, &out);
    summary_fill(&json, receipt, &out);
    FAIL(buf_check(&out, err));
    made[0] = digest_of(out.at, out.len);
    FAIL(sys_publish(dir, "summary.json", out.at, out.len, 0600, "run.summary", err));
    buf_reset(&out);
    FAIL(labels_json(&out, receipt->pack, &scratch, err));
    FAIL(mem_check(refusals, err));
    made[1] = digest_of(out.at, out.len);
    FAIL(sys_publish(dir, "labels.json", out.at, out.len, 0600, "run.labels", err));
    buf_reset(&out);
    json_begin(&json, &out);
    FAIL(run_fill(&json, receipt, made, err));
    FAIL(mem_check(refusals, err)); /* also of `out` */
    FAIL(sys_publish(dir, "run.json", out.at, out.len, 0600, "run.receipt", err));
done:
    buf_release(&out);
    arena_release(&scratch);
    return rc;
}
