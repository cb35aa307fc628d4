/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_ring.c: the key ring, and the data keys that it wraps: what is sealed must open. */
#include <stdio.h>
#include <string.h>

#include "engine/base/host.h"
#include "engine/base/sys.h"
#include "engine/index/data_key.h"
#include "engine/run/doctor_in.h"

#include "engine/base/ban.h"

#define SUFFIX_BYTES 4 /* ".key" */

/* Deliveries that are sealed and have no data key, among those of the current snapshot; called
 * while it is open. */
void
doctor_keyless(struct doctor *doctor, const struct snapshot *snapshot)
{
    for (uint32_t i = 0; i < snapshot_count(snapshot); i++) {
        const struct delivery_info *info = delivery_info(snapshot_entry(snapshot, i)->delivery);
        char hex[2 * DIGEST_BYTES + 1];
        struct text path;

        digest_hex(&info->digest, hex);
        path = arena_printf(doctor->arena, "%s/deliveries/%s.key", doctor->options->data, hex);
        if (!info->is_sealed || path.at == NULL || sys_exists(path.at))
            continue;
        if (doctor->keyless++ == 0)
            doctor->first_keyless = path;
    }
}

/* Data keys whose delivery is not there. */
static hedui_status
orphans_count(uint32_t *out, struct text dir, struct arena *arena, struct err *err)
{
    struct text *names, path;
    size_t count;

    *out = 0;
    if (!sys_exists(dir.at))
        return HEDUI_OK;
    TRY(sys_list_dir(&names, &count, dir.at, arena, err));
    for (size_t i = 0; i < count; i++) {
        if (!text_ends(names[i], TEXT(".key")) || text_starts(names[i], TEXT(".")))
            continue;
        path = arena_printf(arena, TEXT_FMT "/%.*s.hdl", TEXT_ARG(dir),
                            (int)(names[i].len - SUFFIX_BYTES), names[i].at);
        if (path.at == NULL)
            return arena_full(arena, err);
        *out += !sys_exists(path.at);
    }
    return HEDUI_OK;
}

static void
missing_say(struct doctor *doctor, struct doctor_result *result, bool are_sealed)
{
    const char *ring = doctor->options->ring;

    if (doctor->options->is_ring_named)
        doctor_say(doctor, result, DOCTOR_WRONG, "找不到密钥环 '%s'，请检查 --ring",
                   "there is no key ring '%s': check --ring", ring);
    else if (are_sealed)
        doctor_say(
            doctor, result, DOCTOR_NOTE,
            "没有密钥环 '%s'：只做核对的机器不需要它；接收数据和打开原文要用，请从备份恢复或用"
            " --ring 指明",
            "there is no key ring '%s': a machine that only verifies needs none; to ingest "
            "or to open originals bring it back from the backup, or name it with --ring",
            ring);
    else
        doctor_say(doctor, result, DOCTOR_SKIPPED, "还没有密钥环 '%s'，第一次 hedui ingest 时生成",
                   "there is no key ring '%s' yet: the first hedui ingest makes it", ring);
}

/* What does not open, the worst first. false: nothing of the kind. */
static bool
closed_say(struct doctor *doctor, struct doctor_result *result, const struct data_keys *keys)
{
    if (keys->damaged > 0)
        doctor_say(doctor, result, DOCTOR_WRONG,
                   "%u 把数据密钥损坏或读不出，其密封的原文打不开；请从备份恢复 deliveries/*.key",
                   "%u data keys are damaged or cannot be read, what they sealed stays closed: "
                   "bring deliveries/*.key back from the backup",
                   keys->damaged);
    else if (keys->foreign > 0)
        doctor_say(
            doctor, result, DOCTOR_WRONG,
            "%u 把数据密钥由密钥环 '%s' 里没有的密钥封装，打不开；请用 --ring 指明含有它的密钥环",
            "%u data keys are wrapped by a key that the ring '%s' has not: name the ring "
            "that has it with --ring",
            keys->foreign, doctor->options->ring);
    else if (doctor->keyless > 0)
        doctor_say(doctor, result, DOCTOR_WRONG,
                   "当前快照有 %u 份密封的数据没有数据密钥，如 '%s'；其原文打不开，请从备份恢复",
                   "%u sealed deliveries of the current snapshot have no data key, such as '%s': "
                   "their originals stay closed, bring it back from the backup",
                   doctor->keyless, doctor->first_keyless.at);
    else
        return false;
    return true;
}

/* All of it opens; what is left over? */
static void
stale_say(struct doctor *doctor, struct doctor_result *result, const struct ring *ring,
          const struct data_keys *keys, uint32_t orphans)
{
    uint32_t behind = keys->count - keys->of[0], idle = 0;

    for (uint32_t i = 1; i < ring_count(ring); i++)
        idle += keys->of[i] == 0;
    if (behind > 0)
        doctor_say(
            doctor, result, DOCTOR_NOTE,
            "%u 把数据密钥还由旧密钥封装（轮换中断过，或从备份恢复过）；请再执行 hedui key rotate",
            "%u data keys are still wrapped by an old key (a rotation was cut short, or they "
            "came from a backup): run hedui key rotate again",
            behind);
    else if (orphans > 0)
        doctor_say(doctor, result, DOCTOR_NOTE,
                   "%u 把数据密钥没有对应的数据（正在接收，或接收中断所留）；不影响使用",
                   "%u data keys have no delivery (an ingest is at work, or died): nobody uses "
                   "them",
                   orphans);
    else if (idle > 0)
        doctor_say(doctor, result, DOCTOR_NOTE,
                   "%u 把旧密钥已不封装任何数据，只有备份可能还需要；不需要时用 hedui key rotate "
                   "--retire 去掉",
                   "%u old keys wrap nothing here, only backups may need them: hedui key rotate "
                   "--retire lets them go",
                   idle);
    else
        doctor_say(doctor, result, DOCTOR_GOOD, "'%s'，%u 把密钥，封装 %u 份数据",
                   "'%s', keys: %u, deliveries under them: %u", doctor->options->ring,
                   ring_count(ring), keys->count);
}

void
doctor_ring(struct doctor *doctor, struct doctor_result *result)
{
    const char *path = doctor->options->ring;
    struct text dir = arena_printf(doctor->arena, "%s/deliveries", doctor->options->data);
    struct ring *ring = NULL;
    struct data_keys keys;
    struct host_file file;
    bool are_sealed = false;
    uint32_t orphans = 0;
    struct err err = {0};
    hedui_status rc = HEDUI_OK;

    if (dir.at == NULL)
        return;
    FAIL(data_keys_exist(&are_sealed, dir.at, &err));
    if (!host_file(&file, path)) {
        missing_say(doctor, result, are_sealed);
        goto done;
    }
    FAIL(ring_open(&ring, path, &err)); /* rights and form */
    FAIL(data_keys_count(&keys, dir.at, ring, &err));
    FAIL(orphans_count(&orphans, dir, doctor->arena, &err));
    if (file.owner != host_user() && host_user() != 0)
        doctor_say(doctor, result, DOCTOR_WRONG, "密钥环 '%s' 属于用户 %u，不是本用户 %u",
                   "the key ring '%s' belongs to user %u, not to this one, %u", path, file.owner,
                   host_user());
    else if (!closed_say(doctor, result, &keys))
        stale_say(doctor, result, ring, &keys, orphans);
done:
    ring_close(ring);
    if (rc != HEDUI_OK)
        doctor_put(doctor, result, DOCTOR_WRONG, err_zh(&err), err_en(&err));
}
