/* SPDX-License-Identifier: Apache-2.0 */
/* key.c: which keys there are, and a new one for what is sealed. */
#include <inttypes.h>
#include <stdio.h>

#include "engine/base/json.h"
#include "engine/base/sys.h"
#include "engine/cli/verb.h"
#include "engine/model/value.h"
#include "engine/run/rotation.h"
#include "engine/run/secrets.h"

#include "engine/base/ban.h"

enum { RETIRE, LOST, WAIT };

struct keys { /* what list shows */
    struct secrets secrets;
    const char *key_path;
    struct master_key *key; /* NULL: none there */
    struct ring *ring;      /* NULL: none there */
    bool are_sealed;        /* data keys are there */
    struct data_keys wrapped;
};

static const char *
data_of(const struct call *call)
{
    return call->common[OPT_DATA] != NULL ? call->common[OPT_DATA] : "./hedui-data";
}

/* Looks only: nothing is made. */
static hedui_status
keys_open(struct keys *keys, struct session *session, const struct call *call)
{
    const char *data = data_of(call);
    struct arena *arena = &session->arena;
    struct text dir = arena_printf(arena, "%s/deliveries", data);
    struct text own = arena_printf(arena, "%s/key", data);
    struct err *err = &session->err;

    if (dir.at == NULL || own.at == NULL)
        return arena_full(arena, err);
    TRY(secrets_find(&keys->secrets, data, call->common[OPT_KEY], call->common[OPT_RING], arena,
                     err));
    keys->key_path = keys->secrets.key != NULL ? keys->secrets.key : own.at;
    if (keys->secrets.key != NULL || sys_exists(own.at))
        TRY(master_key_open(&keys->key, data, keys->key_path, NULL, err));
    TRY(data_keys_exist(&keys->are_sealed, dir.at, err));
    if (call->common[OPT_RING] == NULL && !sys_exists(keys->secrets.ring))
        return HEDUI_OK;
    TRY(ring_open(&keys->ring, keys->secrets.ring, err));
    return data_keys_count(&keys->wrapped, dir.at, keys->ring, err);
}

static void
list_text(struct buf *out, const struct keys *keys)
{
    if (keys->key == NULL)
        buf_printf(out, "还没有密钥 no key yet: '%s'\n", keys->key_path);
    else
        buf_printf(out,
                   "密钥 key '%s'：%016" PRIx64
                   "（假名和标记用，不轮换 for pseudonyms and tags, does "
                   "not rotate）\n",
                   keys->key_path, master_key_id(keys->key));
    if (keys->ring == NULL) {
        buf_printf(out, "%s: '%s'\n",
                   keys->are_sealed ? "密钥环不见了，密封的原文打不开 the key ring is missing, "
                                      "sealed originals stay closed"
                                    : "还没有密钥环 no key ring yet",
                   keys->secrets.ring);
        return;
    }
    buf_printf(out, "密钥环 key ring '%s'\n", keys->secrets.ring);
    for (uint32_t i = 0; i < ring_count(keys->ring); i++) {
        struct ring_entry entry = ring_entry(keys->ring, i);

        buf_printf(out, "  %016" PRIx64 "  %s  ", entry.id,
                   entry.is_active ? "在用 active" : "旧   old   ");
        date_print(out, entry.made);
        buf_printf(out, "  %" PRIu32 " 把数据密钥 data keys\n", keys->wrapped.of[i]);
    }
    if (keys->wrapped.foreign > 0)
        buf_printf(out, "%" PRIu32 " 把数据密钥不属于此环 data keys are of another ring\n",
                   keys->wrapped.foreign);
    if (keys->wrapped.damaged > 0)
        buf_printf(out, "%" PRIu32 " 把数据密钥已损坏 data keys are damaged\n",
                   keys->wrapped.damaged);
}

static void
entry_json(struct json *json, struct ring_entry entry)
{
    struct buf day;
    char id[17];

    snprintf(id, sizeof id, "%016" PRIx64, entry.id);
    json_key(json, "id");
    json_str(json, id);
    json_key(json, "state");
    json_str(json, entry.is_active ? "active" : "old");
    buf_init(&day, false);
    date_print(&day, entry.made);
    json_key(json, "made");
    json_text(json, buf_as_text(&day));
    buf_release(&day);
}

static void
ring_json(struct json *json, const struct keys *keys)
{
    json_object(json);
    json_key(json, "file");
    json_str(json, keys->secrets.ring);
    json_key(json, "keys");
    json_array(json);
    for (uint32_t i = 0; i < ring_count(keys->ring); i++) {
        json_object(json);
        entry_json(json, ring_entry(keys->ring, i));
        json_key(json, "data_keys");
        json_uint(json, keys->wrapped.of[i]);
        json_end_object(json);
    }
    json_end_array(json);
    json_key(json, "foreign");
    json_uint(json, keys->wrapped.foreign);
    json_key(json, "damaged");
    json_uint(json, keys->wrapped.damaged);
    json_end_object(json);
}

static void
list_json(struct buf *out, const struct keys *keys)
{
    struct json json;
    char id[17];

    json_begin(&json, out);
    json_object(&json);
    json_key(&json, "key");
    if (keys->key == NULL) {
        json_null(&json);
    } else {
        snprintf(id, sizeof id, "%016" PRIx64, master_key_id(keys->key));
        json_object(&json);
        json_key(&json, "file");
        json_str(&json, keys->key_path);
        json_key(&json, "id");
        json_str(&json, id);
        json_end_object(&json);
    }
    json_key(&json, "ring");
    if (keys->ring == NULL)
        json_null(&json);
    else
        ring_json(&json, keys);
    json_key(&json, "sealed");
    json_bool(&json, keys->are_sealed);
    json_end_object(&json);
    json_newline(&json);
}

static int
list_run(const struct call *call)
{
    struct session session;
    struct keys keys = {0};
    bool is_wrong;
    hedui_status rc;

    session_begin(&session);
    rc = keys_open(&keys, &session, call);
    if (rc == HEDUI_OK && call->common[OPT_JSON] != NULL)
        list_json(&session.out, &keys);
    else if (rc == HEDUI_OK)
        list_text(&session.out, &keys);
    is_wrong =
        keys.wrapped.foreign + keys.wrapped.damaged > 0 || (keys.are_sealed && keys.ring == NULL);
    ring_close(keys.ring);
    master_key_close(keys.key);
    return session_end(&session, rc, is_wrong ? 1 : 0);
}

static void
rotation_text(struct buf *out, const struct rotation *rotation, const char *ring)
{
    buf_printf(out,
               "密钥环 key ring '%s'：新密钥 new key %016" PRIx64 "，重新封装 rewrapped %" PRIu32
               " 把数据密钥 data keys\n",
               ring, rotation->active.id, rotation->keys.rewrapped);
    if (rotation->retired > 0)
        buf_printf(out,
                   "%" PRIu32 " 把旧密钥已去掉：在此之前的备份里，密封的原文再也打不开\n"
                   "%" PRIu32
                   " old keys went: what is sealed in backups from before stays closed\n",
                   rotation->retired, rotation->retired);
    else if (rotation->old > 0)
        buf_printf(out,
                   "保留 %" PRIu32 " 把旧密钥，备份可能还需要；用 --retire 去掉\n"
                   "%" PRIu32 " old keys stay, backups may need them: --retire lets them go\n",
                   rotation->old, rotation->old);
    if (rotation->keys.foreign > 0)
        buf_printf(out,
                   "%" PRIu32 " 把数据密钥不属于此环，其原文打不开\n"
                   "%" PRIu32 " data keys are of another ring: their originals stay closed\n",
                   rotation->keys.foreign, rotation->keys.foreign);
    if (rotation->keys.damaged > 0)
        buf_printf(out,
                   "%" PRIu32 " 把数据密钥已损坏，其原文打不开，请从备份恢复\n"
                   "%" PRIu32 " data keys are damaged, their originals stay closed: bring them "
                   "back from the backup\n",
                   rotation->keys.damaged, rotation->keys.damaged);
    buf_str(out, "请另存一份密钥环。假名和标记的密钥不轮换；要换它，须在新的数据目录里重新接收原"
                 "文件\n"
                 "keep a copy of the ring. The key of pseudonyms and tags does not rotate: to "
                 "change it, ingest the files again in a new data directory\n");
}

static void
rotation_json(struct buf *out, const struct rotation *rotation)
{
    struct json json;

    json_begin(&json, out);
    json_object(&json);
    entry_json(&json, rotation->active);
    json_key(&json, "rewrapped");
    json_uint(&json, rotation->keys.rewrapped);
    json_key(&json, "old");
    json_uint(&json, rotation->old);
    json_key(&json, "retired");
    json_uint(&json, rotation->retired);
    json_key(&json, "foreign");
    json_uint(&json, rotation->keys.foreign);
    json_key(&json, "damaged");
    json_uint(&json, rotation->keys.damaged);
    json_end_object(&json);
    json_newline(&json);
}

static hedui_status
key_rotate(struct session *session, const struct call *call, bool *is_wrong)
{
    struct rotation_order order = {.data = data_of(call),
                                   .is_retiring = call->values[RETIRE] != NULL,
                                   .is_lost = call->values[LOST] != NULL};
    struct rotation rotation;
    struct secrets secrets;
    int64_t wait = 60;

    TRY(value_count("--wait", call->values[WAIT], 0, 86400, &wait, &session->err));
    if (!sys_exists(order.data))
        return err_set(&session->err, HEDUI_E_USAGE,
                       "没有数据目录 '%s'，请检查 --data\n"
                       "there is no data directory '%s': check --data",
                       order.data, order.data);
    TRY(secrets_find(&secrets, order.data, call->common[OPT_KEY], call->common[OPT_RING],
                     &session->arena, &session->err));
    order.ring = secrets.ring;
    order.wait_ms = wait * 1000;
    TRY(rotate(&rotation, &order, &session->err));
    *is_wrong = rotation.keys.foreign + rotation.keys.damaged > 0;
    if (call->common[OPT_JSON] != NULL)
        rotation_json(&session->out, &rotation);
    else
        rotation_text(&session->out, &rotation, order.ring);
    return HEDUI_OK;
}

static int
rotate_run(const struct call *call)
{
    struct session session;
    bool is_wrong = false;
    hedui_status rc;

    session_begin(&session);
    rc = key_rotate(&session, call, &is_wrong);
    return session_end(&session, rc, is_wrong ? 1 : 0);
}

const struct verb verb_key_list = {
    .name = "key list",
    .operands = "",
    .zh = "有哪些密钥，各封装多少份数据",
    .en = "which keys there are, and how much each of them wraps",
    .has_json = true,
    .run = list_run,
};

const struct verb verb_key_rotate = {
    .name = "key rotate",
    .operands = "",
    .zh = "给密封的原文换一把新密钥（数据不动）",
    .en = "a new key for what is sealed; deliveries stay as they are",
    .has_json = true,
    .options =
        {
                  [RETIRE] = {"retire", NULL, "去掉旧密钥：旧备份里的原文从此打不开",
                        "let the old keys go: what is sealed in older backups stays closed"},
                  [LOST] = {"lost", NULL, "密钥环已丢失：另起新环，先前密封的原文打不开",
                      "the ring is lost: begin a new one; what was sealed stays closed"},
                  [WAIT] = {"wait", "SECONDS", "等待正在写的进程（默认 60）",
                      "wait for whoever is writing (60)"},
                  },
    .run = rotate_run,
};
