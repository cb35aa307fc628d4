/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/base/json.h"
#include "engine/cli/verb.h"
#include "engine/index/brief.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

/* Rows of each delivery, asked of it once however many snapshots name it. */
struct rows_known {
    uint32_t count, room;
    struct rows_of {
        struct digest delivery;
        int64_t rows; /* -1: the delivery cannot be read */
    } * items;
};

static int64_t
rows_of(struct rows_known *known, const struct digest *delivery, struct session *session,
        const char *data)
{
    struct delivery *opened = NULL;
    char path[4096], hex[2 * DIGEST_BYTES + 1];
    struct err why = {0};
    int64_t rows = -1;

    for (uint32_t i = 0; i < known->count; i++)
        if (memcmp(&known->items[i].delivery, delivery, sizeof *delivery) == 0)
            return known->items[i].rows;
    digest_hex(delivery, hex);
    if (snprintf(path, sizeof path, "%s/deliveries/%s.hdl", data, hex) < (int)sizeof path &&
        delivery_open(&opened, path, session->world->model, master_key_id(session->world->key),
                      &why) == HEDUI_OK) {
        rows = (int64_t)delivery_info(opened)->rows;
        delivery_close(opened);
    }
    if (known->count < known->room)
        known->items[known->count++] = (struct rows_of){*delivery, rows};
    return rows;
}

/* "2026-11-25 17:32" by the clock of this machine. */
static void
minute_print(struct buf *out, int64_t seconds)
{
    char text[32];
    time_t time = (time_t)seconds;
    struct tm local;

    if (localtime_r(&time, &local) != NULL &&
        strftime(text, sizeof text, "%Y-%m-%d %H:%M", &local) > 0)
        buf_str(out, text);
}

static void
brief_text(struct session *session, const char *data, const struct brief *brief,
           struct rows_known *known)
{
    char hex[2 * DIGEST_BYTES + 1];
    struct buf *out = &session->out;

    digest_hex(&brief->digest, hex);
    buf_printf(out, "%" PRIu64 "  ", brief->id);
    minute_print(out, brief->written_s);
    if (brief->is_damaged) {
        buf_str(out, "  快照文件已损坏 damaged\n");
        return;
    }
    buf_printf(out, "  %.16s…%s\n", hex, brief->is_current ? "  当前 current" : "");
    for (uint32_t i = 0; i < brief->count; i++) {
        int64_t rows = rows_of(known, &brief->entries[i].delivery, session, data);

        buf_printf(out, "    " TEXT_FMT "  ", TEXT_ARG(brief->entries[i].source));
        date_print(out, brief->entries[i].as_of);
        if (rows >= 0)
            buf_printf(out, "  %" PRId64 " 行 rows", rows);
        else
            buf_str(out, "  数据文件无法读取 cannot be read");
        buf_str(out, brief->entries[i].is_mend ? "  补正 mends\n" : "\n");
    }
}

static void
brief_json(struct session *session, const char *data, const struct brief *brief,
           struct rows_known *known, struct json *json)
{
    struct buf day;

    buf_init(&day, false);
    json_object(json);
    json_key(json, "snapshot");
    json_uint(json, brief->id);
    json_key(json, "written_s");
    json_int(json, brief->written_s);
    json_key(json, "current");
    json_bool(json, brief->is_current);
    json_key(json, "damaged");
    json_bool(json, brief->is_damaged);
    if (!brief->is_damaged)
        json_digest(json, "digest", &brief->digest);
    json_key(json, "deliveries");
    json_array(json);
    for (uint32_t i = 0; i < brief->count; i++) {
        int64_t rows = rows_of(known, &brief->entries[i].delivery, session, data);

        json_object(json);
        json_digest(json, "delivery", &brief->entries[i].delivery);
        json_key(json, "source");
        json_text(json, brief->entries[i].source);
        json_key(json, "kind");
        json_text(json, brief->entries[i].kind);
        json_key(json, "as_of");
        buf_reset(&day);
        date_print(&day, brief->entries[i].as_of);
        json_text(json, buf_as_text(&day));
        json_key(json, "mends");
        json_bool(json, brief->entries[i].is_mend);
        json_key(json, "rows");
        if (rows >= 0)
            json_int(json, rows);
        else
            json_null(json);
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
    buf_release(&day);
}

static hedui_status
list(struct session *session, const struct call *call)
{
    const char *data = call->common[OPT_DATA] != NULL ? call->common[OPT_DATA] : "./hedui-data";
    bool is_json = call->common[OPT_JSON] != NULL;
    struct rows_known known = {0};
    struct brief *briefs;
    uint32_t count;
    struct json json;

    TRY(brief_list(&briefs, &count, data, &session->arena, &session->err));
    for (uint32_t i = 0; i < count; i++)
        known.room += briefs[i].count;
    known.items = arena_alloc(&session->arena, known.room, sizeof *known.items);
    if (known.items == NULL)
        return arena_full(&session->arena, &session->err);
    json_begin(&json, &session->out);
    if (is_json)
        json_array(&json);
    for (uint32_t i = 0; i < count; i++)
        if (is_json)
            brief_json(session, data, &briefs[i], &known, &json);
        else
            brief_text(session, data, &briefs[i], &known);
    if (is_json) {
        json_end_array(&json);
        json_newline(&json);
    } else if (count == 0) {
        buf_str(&session->out,
                "还没有快照，先执行 hedui ingest\nno snapshot yet: run hedui ingest\n");
    }
    return HEDUI_OK;
}

static void
entry_text(struct buf *out, const struct snapshot_entry *entry)
{
    const struct delivery_info *info = delivery_info(entry->delivery);
    char hex[2 * DIGEST_BYTES + 1];

    digest_hex(&info->digest, hex);
    buf_printf(out, "%.16s…  " TEXT_FMT "  " TEXT_FMT "  ", hex, TEXT_ARG(info->source),
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

    json_object(json);
    json_digest(json, "delivery", &info->digest);
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
    const struct snapshot *snapshot = session->world->snapshot;
    struct json json;

    TRY(snapshot_verify(snapshot, &session->err));
    if (call->common[OPT_JSON] == NULL) {
        buf_printf(&session->out, "快照 %" PRIu64 " 完好 | snapshot %" PRIu64 " is whole\n",
                   snapshot_id(snapshot), snapshot_id(snapshot));
        return HEDUI_OK;
    }
    json_begin(&json, &session->out);
    json_object(&json);
    json_key(&json, "snapshot");
    json_uint(&json, snapshot_id(snapshot));
    json_digest(&json, "digest", snapshot_digest(snapshot));
    json_key(&json, "deliveries");
    json_uint(&json, snapshot_count(snapshot));
    json_key(&json, "whole");
    json_bool(&json, true);
    json_end_object(&json);
    json_newline(&json);
    return HEDUI_OK;
}

static int
snapshot_run(const struct call *call,
             hedui_status (*act)(struct session *session, const struct call *call))
{
    struct session session;
    uint64_t id = 0;
    hedui_status rc = HEDUI_OK;

    session_begin(&session);
    if (call->operand_count > 0)
        rc = session_snapshot(&session, call, call->operands[0], &id);
    if (rc == HEDUI_OK)
        rc = session_world(&session, call, act != list, id, true);
    if (rc == HEDUI_OK)
        rc = act(&session, call);
    return session_end(&session, rc, 0);
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
