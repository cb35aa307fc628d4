/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "engine/base/json.h"
#include "engine/cli/verb.h"
#include "engine/run/destroy.h"

#include "engine/base/ban.h"

enum { REASON, WAIT };

static void
result_text(struct buf *out, const struct drop_result *result, uint64_t id, const char *data)
{
    buf_printf(out,
               "快照 %" PRIu64 " 已销毁：%" PRIu32 " 份数据，%" PRIu64 " 行，%" PRIu64
               " 字节；记录在 '%s/protocol.jsonl'\n"
               "snapshot %" PRIu64 " is destroyed: %" PRIu32 " deliveries, %" PRIu64
               " rows, %" PRIu64 " bytes; the protocol is '%s/protocol.jsonl'\n",
               id, result->count, result->rows, result->bytes, data, id, result->count,
               result->rows, result->bytes, data);
    if (result->unread > 0)
        buf_printf(out,
                   "其中 %" PRIu32 " 份已损坏，行数不明\n"
                   "%" PRIu32 " of them were damaged: their rows are not known\n",
                   result->unread, result->unread);
    if (result->keys > 0)
        buf_printf(out,
                   "%" PRIu32 " 把数据密钥已覆盖并删除，密封的姓名和号码原文无法再打开；备份里的"
                   "数据密钥在 hedui key rotate --retire 之后也打不开\n"
                   "%" PRIu32 " data keys were written over and removed: sealed names and numbers "
                   "cannot be opened again; copies of them in backups neither, after 'hedui key "
                   "rotate --retire'\n",
                   result->keys, result->keys);
    buf_str(out, "数据文件的旧字节未覆盖，备份不受影响\n"
                 "old bytes of deliveries are not written over, and backups stay as they are\n");
}

static void
result_json(struct buf *out, const struct drop_result *result, uint64_t id)
{
    struct json json;

    json_begin(&json, out);
    json_object(&json);
    json_key(&json, "snapshot");
    json_uint(&json, id);
    json_key(&json, "deliveries");
    json_uint(&json, result->count);
    json_key(&json, "rows");
    json_uint(&json, result->rows);
    json_key(&json, "bytes");
    json_uint(&json, result->bytes);
    json_key(&json, "data_keys_destroyed");
    json_uint(&json, result->keys);
    json_key(&json, "damaged");
    json_uint(&json, result->unread);
    json_end_object(&json);
    json_newline(&json);
}

static hedui_status
drop(struct session *session, const struct call *call)
{
    struct drop_result result;
    const char *data = call->common[OPT_DATA] != NULL ? call->common[OPT_DATA] : "./hedui-data";
    int64_t wait = 60;
    uint64_t id = 0;
    uint32_t finished = 0;

    TRY(value_count("--wait", call->values[WAIT], 0, 86400, &wait, &session->err));
    TRY(destroy_resume(&finished, data, wait * 1000, &session->err));
    if (finished > 0 && call->common[OPT_JSON] == NULL)
        buf_printf(&session->out,
                   "先前中断的 %" PRIu32 " 次销毁现已补完，见 %s/protocol.jsonl\n"
                   "%" PRIu32 " destructions cut short before are finished now, see "
                   "%s/protocol.jsonl\n",
                   finished, data, finished, data);
    TRY(session_snapshot(session, call, call->operands[0], &id));
    TRY(session_world(session, call, false, 0, true));
    TRY(destroy(&result, session->world, id, text_of(call->values[REASON]), wait * 1000,
                &session->arena, &session->err));
    if (call->common[OPT_JSON] != NULL)
        result_json(&session->out, &result, id);
    else
        result_text(&session->out, &result, id, session->world->data);
    return HEDUI_OK;
}

static int
drop_run(const struct call *call)
{
    struct session session;

    session_begin(&session);
    return session_end(&session, drop(&session, call), 0);
}

const struct verb verb_snapshot_drop = {
    .name = "snapshot drop",
    .operands = "ID",
    .operands_min = 1,
    .operands_max = 1,
    .zh = "销毁旧快照和别处不再用的数据，并留下记录",
    .en = "destroys an old snapshot and the deliveries that no other needs, with a protocol",
    .has_json = true,
    .options =
        {
                  [REASON] = {"reason", "TEXT", "销毁理由（必填，写入记录，不写证件号码）",
                        "why (needed; stands in the protocol; no identity number)"},
                  [WAIT] = {"wait", "SECONDS", "等待正在写的进程（默认 60）",
                      "wait for whoever is writing (60)"},
                  },
    .run = drop_run,
};
