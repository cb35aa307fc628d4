/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/receipt.h"

#include <errno.h>
#include <stdio.h>

#include <hedui/version.h>

#include "engine/base/fp.h"
#include "engine/base/sys.h"
#include "engine/run/outfile.h"
#include "engine/verdict/labels.h"

#include "engine/base/ban.h"

const char *const verify_names[VERIFY_TEXTS] = {
    [VERIFY_VERDICTS] = "verdicts.jsonl",
    [VERIFY_SHEET] = "verdicts.csv",
    [VERIFY_FINDINGS] = "findings.csv",
    [VERIFY_PROVENANCE] = "provenance.jsonl",
};

static hedui_status
older_remove(const char *dir, const char *name, int failed, struct err *err)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/%s", dir, name);

    if (n < 0 || (size_t)n >= sizeof path)
        return err_set(err, HEDUI_E_USAGE, "path too long: '%s'", dir);
    if (failed != 0 || (sys_unlink(path) != 0 && errno != ENOENT))
        return err_sys(err, HEDUI_E_IO, "无法删除旧的 '%s'\ncannot remove the older '%s'", path,
                       path);
    return HEDUI_OK;
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
    json_key(json, "incomplete_causes");
    buf_text(out, result->causes);
    json_end_object(json);
    json_newline(json);
}

static void
run_fill(struct json *json, const struct receipt *receipt)
{
    json_object(json);
    json_key(json, "engine");
    json_str(json, HEDUI_VERSION);
    json_key(json, "batch");
    json_object(json);
    json_key(json, "path");
    json_str(json, receipt->input->path);
    json_count(json, "bytes", receipt->input->bytes);
    json_digest(json, "digest", &receipt->input->digest);
    json_end_object(json);
    json_key(json, "mapping");
    json_text(json, mapping_name(receipt->mapping));
    json_key(json, "mapping_version");
    json_int(json, mapping_version(receipt->mapping));
    json_digest(json, "mapping_digest", mapping_digest(receipt->mapping));
    json_digest(json, "model_digest", &receipt->world->model->digest);
    json_key(json, "pack");
    json_text(json, pack_name(receipt->pack));
    json_digest(json, "pack_hash", pack_hash(receipt->pack));
    json_count(json, "snapshot", snapshot_id(receipt->world->snapshot));
    json_digest(json, "snapshot_digest", snapshot_digest(receipt->world->snapshot));
    json_key(json, "key_id");
    json_uint(json, master_key_id(receipt->world->key));
    json_key(json, "outputs");
    json_object(json);
    for (size_t i = 0; i < VERIFY_TEXTS; i++)
        json_digest(json, verify_names[i], &receipt->digests[i]);
    json_digest(json, "refused.csv", &receipt->refused);
    json_end_object(json);
    json_end_object(json);
    json_newline(json);
}

hedui_status
receipt_write(const struct receipt *receipt, struct err *err)
{
    const char *dir = receipt->options->out;
    struct arena scratch;
    struct buf out;
    struct json json;
    hedui_status rc = HEDUI_OK;

    arena_init(&scratch, "labels", 0, false);
    buf_init(&out, false);
    json_begin(&json, &out);
    summary_fill(&json, receipt, &out);
    FAIL(buf_check(&out, err));
    FAIL(sys_publish(dir, "summary.json", out.at, out.len, 0600, "run.summary", err));
    buf_reset(&out);
    FAIL(labels_json(&out, receipt->pack, &scratch, err));
    FAIL(sys_publish(dir, "labels.json", out.at, out.len, 0600, "run.labels", err));
    buf_reset(&out);
    json_begin(&json, &out);
    run_fill(&json, receipt);
    FAIL(buf_check(&out, err));
    FAIL(sys_publish(dir, "run.json", out.at, out.len, 0600, "run.receipt", err));
done:
    buf_release(&out);
    arena_release(&scratch);
    return rc;
}
