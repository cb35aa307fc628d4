/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "engine/base/json.h"
#include "engine/cli/verb.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

static hedui_status
list(struct session *session, const struct call *call)
{
    const char *data = call->common[OPT_DATA] != NULL ? call->common[OPT_DATA] : "./hedui-data";
    uint64_t *ids;
    uint32_t count;
    struct json json;

    TRY(snapshot_list(&ids, &count, data, &session->arena, &session->err));
    json_begin(&json, &session->out);
    if (call->common[OPT_JSON] != NULL)
        json_array(&json);
    for (uint32_t i = 0; i < count; i++) {
        if (call->common[OPT_JSON] != NULL)
            json_uint(&json, ids[i]);
        else
            buf_printf(&session->out, "%" PRIu64 "\n", ids[i]);
    }
    if (call->common[OPT_JSON] != NULL) {
        json_end_array(&json);
        json_newline(&json);
    }
    return HEDUI_OK;
}

static void
entry_text(struct buf *out, const struct snapshot_entry *entry)
{
    const struct delivery_info *info = delivery_info(entry->delivery);
    char hex[2 * DIGEST_BYTES + 1];

    digest_hex(&info->digest, hex);
    buf_printf(out, "%.16s  " TEXT_FMT "  " TEXT_FMT "  ", hex, TEXT_ARG(info->source),
               TEXT_ARG(info->kind));
    date_print(out, info->as_of);
    buf_printf(out, "  %" PRIu64 " 行 rows  %" PRIu64 " 人 owners%s%s\n", info->rows, info->owners,
               info->is_partial ? "  不完整 partial" : "", info->is_mend ? "  补正 mends" : "");
    if (!entry->is_all_months && entry->month_count > 0) {
        buf_str(out, "    月份 months ");
        month_print(out, entry->months[0]);
        buf_str(out, "..");
        month_print(out, entry->months[entry->month_count - 1]);
        buf_printf(out, " (%" PRIu32 ")\n", entry->month_count);
    }
}

static void
entry_json(struct json *json, const struct snapshot_entry *entry)
{
    const struct delivery_info *info = delivery_info(entry->delivery);
    char hex[2 * DIGEST_BYTES + 1];

    digest_hex(&info->digest, hex);
    json_object(json);
    json_key(json, "delivery");
    json_str(json, hex);
    json_key(json, "source");
    json_text(json, info->source);
    json_key(json, "kind");
    json_text(json, info->kind);
    json_key(json, "as_of_days");
    json_int(json, info->as_of);
    json_key(json, "rows");
    json_uint(json, info->rows);
    json_key(json, "owners");
    json_uint(json, info->owners);
    json_key(json, "refused");
    json_uint(json, info->refused);
    json_key(json, "bytes");
    json_uint(json, info->bytes);
    json_key(json, "partial");
    json_bool(json, info->is_partial);
    json_key(json, "mends");
    json_bool(json, info->is_mend);
    json_key(json, "months");
    json_array(json);
    for (uint32_t i = 0; !entry->is_all_months && i < entry->month_count; i++) {
        struct buf month;

        buf_init(&month, false);
        month_print(&month, entry->months[i]);
        json_text(json, buf_as_text(&month));
        buf_release(&month);
    }
    json_end_array(json);
    json_end_object(json);
}

static hedui_status
show(struct session *session, const struct call *call)
{
    const struct snapshot *snapshot = session->world->snapshot;
    struct json json;

    json_begin(&json, &session->out);
    if (call->common[OPT_JSON] == NULL) {
        buf_printf(&session->out, "快照 snapshot %" PRIu64 "\n", snapshot_id(snapshot));
        for (uint32_t i = 0; i < snapshot_count(snapshot); i++)
            entry_text(&session->out, snapshot_entry(snapshot, i));
        return HEDUI_OK;
    }
    json_object(&json);
    json_key(&json, "snapshot");
    json_uint(&json, snapshot_id(snapshot));
    json_key(&json, "deliveries");
    json_array(&json);
    for (uint32_t i = 0; i < snapshot_count(snapshot); i++)
        entry_json(&json, snapshot_entry(snapshot, i));
    json_end_array(&json);
    json_end_object(&json);
    json_newline(&json);
    return HEDUI_OK;
}

static hedui_status
verify(struct session *session, const struct call *call)
{
    (void)call;
    TRY(snapshot_verify(session->world->snapshot, &session->err));
    buf_printf(&session->out, "快照 %" PRIu64 " 完好 | snapshot %" PRIu64 " is whole\n",
               snapshot_id(session->world->snapshot), snapshot_id(session->world->snapshot));
    return HEDUI_OK;
}

static int
snapshot_run(const struct call *call,
             hedui_status (*act)(struct session *session, const struct call *call))
{
    struct session session;
    struct err err = {0};
    int64_t id = 0;

    if (call->operand_count > 0 &&
        value_count("ID", call->operands[0], 1, INT64_MAX, &id, &err) != HEDUI_OK) {
        session_begin(&session);
        session.err = err;
        return session_end(&session, HEDUI_E_USAGE, 2);
    }
    if (session_open(&session, call, act != list, (uint64_t)id) != 0)
        return 2;
    return session_end(&session, act(&session, call), 0);
}

static int
list_run(const struct call *call)
{
    return snapshot_run(call, list);
}

static int
show_run(const struct call *call)
{
    return snapshot_run(call, show);
}

static int
verify_run(const struct call *call)
{
    return snapshot_run(call, verify);
}

const struct verb verb_snapshot_list = {
    .name = "snapshot list",
    .operands = "",
    .zh = "列出快照",
    .en = "the snapshots there are",
    .has_json = true,
    .options = {{0}},
    .run = list_run,
};
const struct verb verb_snapshot_show = {
    .name = "snapshot show",
    .operands = "[ID]",
    .operands_max = 1,
    .zh = "一个快照里有谁的、截至何时的数据",
    .en = "what is known in a snapshot, from when, from whom",
    .has_json = true,
    .options = {{0}},
    .run = show_run,
};
const struct verb verb_snapshot_verify = {
    .name = "snapshot verify",
    .operands = "[ID]",
    .operands_max = 1,
    .zh = "检查快照里每份数据的摘要",
    .en = "checks every digest of a snapshot",
    .has_json = true,
    .options = {{0}},
    .run = verify_run,
};
