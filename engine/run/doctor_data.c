/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_data.c: checks of what lies on the disk: key, data directory, snapshots. */
#include <stdio.h>
#include <string.h>

#include "engine/base/host.h"
#include "engine/base/sys.h"
#include "engine/feed/mapping.h"
#include "engine/run/doctor_in.h"

#include "engine/base/ban.h"

#define PATH_BYTES 4096

/* A sentence of another room, zh and en on a line each, becomes the result. */
static void
err_say(struct doctor *doctor, struct doctor_result *result, const struct err *err)
{
    doctor_put(doctor, result, DOCTOR_WRONG, err_zh(err), err_en(err));
}

void
doctor_shared(struct doctor *doctor, struct doctor_result *result)
{
    const struct doctor_options *options = doctor->options;
    struct mapping *mapping = NULL;
    struct err err = {0};
    hedui_status rc =
        model_load(&doctor->model, options->model, doctor->messages, doctor->arena, &err);

    if (rc == HEDUI_OK)
        rc = mapping_load(&mapping, options->mapping, doctor->model, doctor->messages,
                          doctor->arena, &err);
    if (rc == HEDUI_OK) {
        doctor_say(doctor, result, DOCTOR_GOOD, "'%s'，'%s'", "'%s', '%s'", options->model,
                   options->mapping);
        return;
    }
    if (doctor->messages->errors > 0 && messages_status(doctor->messages, &err) == HEDUI_OK)
        return; /* the first message is the sentence */
    err_say(doctor, result, &err);
}

static bool
is_others(const struct host_file *file)
{
    return (file->rights & 077) != 0 || (file->owner != host_user() && host_user() != 0);
}

void
doctor_data_rights(struct doctor *doctor, struct doctor_result *result)
{
    const char *data = doctor->options->data;
    struct host_file file;

    doctor->has_data = sys_exists(data);
    if (!doctor->has_data)
        doctor_say(doctor, result, DOCTOR_SKIPPED,
                   "还没有数据目录 '%s'，第一次 hedui ingest 时建立",
                   "there is no '%s' yet: the first hedui ingest makes it", data);
    else if (!host_file(&file, data) || !file.is_folder)
        doctor_say(doctor, result, DOCTOR_WRONG, "'%s' 不是目录", "'%s' is no folder", data);
    else if (file.owner != host_user() && host_user() != 0)
        doctor_say(doctor, result, DOCTOR_WRONG,
                   "'%s' 属于用户 %u，而本程序由用户 %u 运行；请改用同一用户",
                   "'%s' belongs to user %u, and user %u runs this: use one user", data, file.owner,
                   host_user());
    else if (is_others(&file))
        doctor_say(doctor, result, DOCTOR_WRONG, "'%s' 对他人开放（%03o），请执行：chmod 700 '%s'",
                   "'%s' is open to others (%03o): run chmod 700 '%s'", data, file.rights, data);
    else
        doctor_say(doctor, result, DOCTOR_GOOD, "'%s' 只有本人可进", "'%s' is yours alone", data);
}

void
doctor_key(struct doctor *doctor, struct doctor_result *result)
{
    const char *data = doctor->options->data, *path = doctor->options->key;
    struct text own = arena_printf(doctor->arena, "%s/key", data);
    struct text current = arena_printf(doctor->arena, "%s/current", data);
    struct host_file file;
    struct err err = {0};

    if (own.at == NULL || current.at == NULL)
        return;
    doctor->key_path = path == NULL ? own.at : path;
    if (!host_file(&file, doctor->key_path)) {
        if (path == NULL && !sys_exists(current.at))
            doctor_say(
                doctor, result, DOCTOR_SKIPPED, "还没有密钥 '%s'，第一次 hedui ingest 时生成",
                "there is no key '%s' yet: the first hedui ingest makes it", doctor->key_path);
        else
            doctor_say(doctor, result, DOCTOR_WRONG,
                       "找不到密钥 '%s'；没有它，数据无法使用，请从备份恢复或用 --key 指明",
                       "there is no key '%s', and the data are useless without it: bring it back "
                       "from the backup, or name it with --key",
                       doctor->key_path);
        doctor->key_path = NULL;
        return;
    }
    if (file.owner != host_user() && host_user() != 0) {
        doctor_say(doctor, result, DOCTOR_WRONG, "密钥 '%s' 属于用户 %u，不是本用户 %u",
                   "the key '%s' belongs to user %u, not to this one, %u", doctor->key_path,
                   file.owner, host_user());
        return;
    }
    /* by its path, so that no key is ever made here; rights and form are checked there */
    if (master_key_open(&doctor->key, data, doctor->key_path, NULL, &err) != HEDUI_OK)
        err_say(doctor, result, &err);
    else
        doctor_say(doctor, result, DOCTOR_GOOD, "'%s'，权限 %03o，形式正确",
                   "'%s', rights %03o, well formed", doctor->key_path, file.rights);
}

void
doctor_key_disk(struct doctor *doctor, struct doctor_result *result)
{
    struct host_file key, data;

    if (doctor->key_path == NULL || !doctor->has_data || !host_file(&key, doctor->key_path) ||
        !host_file(&data, doctor->options->data))
        doctor_say(doctor, result, DOCTOR_SKIPPED, "密钥或数据还不存在",
                   "no key, or no data, to compare");
    else if (key.device == data.device)
        doctor_say(
            doctor, result, DOCTOR_NOTE,
            "密钥与数据在同一块盘上：谁拿到这块盘或它的备份，就两样都有；最好用 --key "
            "放到别处，并另存一份",
            "key and data share a disk: who has it, or its backup, has both; better keep the "
            "key elsewhere with --key, and a copy of it");
    else
        doctor_say(doctor, result, DOCTOR_GOOD, "与数据不在同一块盘上", "not on the data's disk");
}

/* What a walk through the data directory counts; the first name of each sort is shown. */
struct walk {
    struct doctor *doctor;
    uint32_t files, open, strays, unfinished, orphans;
    struct text first_open, first_stray, first_orphan;
};

static bool
is_listed(const struct doctor *doctor, struct text name)
{
    for (uint32_t b = 0; b < doctor->brief_count; b++)
        for (uint32_t i = 0; i < doctor->briefs[b].count; i++) {
            char hex[2 * DIGEST_BYTES + 1];

            digest_hex(&doctor->briefs[b].entries[i].delivery, hex);
            if (text_starts(name, text_of(hex)))
                return true;
        }
    return false;
}

static bool
is_ours(const char *folder, struct text name)
{
    static const char *const top[] = {"key",       "key.ring",       "lock",
                                      "current",   "protocol.jsonl", "openings.jsonl",
                                      "snapshots", "deliveries"};
    struct digest digest;
    int64_t number;

    if (strcmp(folder, "snapshots") == 0)
        return text_ends(name, TEXT(".json")) && name.len >= 13 &&
               text_int((struct text){name.at, name.len - 5}, &number) && number > 0;
    if (strcmp(folder, "deliveries") == 0)
        return name.len == 2 * DIGEST_BYTES + 4 &&
               (text_ends(name, TEXT(".hdl")) || text_ends(name, TEXT(".key"))) &&
               digest_read(&digest, (struct text){name.at, name.len - 4});
    for (size_t i = 0; i < LEN(top); i++)
        if (text_is(name, top[i]))
            return true;
    return false;
}

static void
walk_file(struct walk *walk, const char *folder, struct text name, struct text path)
{
    bool is_delivery = strcmp(folder, "deliveries") == 0 && !text_ends(name, TEXT(".key"));
    struct host_file file;

    if (!host_file(&file, path.at))
        return; /* it went in the meantime */
    walk->files++;
    if (is_others(&file) && walk->open++ == 0)
        walk->first_open = path;
    if (text_starts(name, TEXT(".tmp-"))) {
        walk->unfinished++;
    } else if (!is_ours(folder, name)) {
        if (walk->strays++ == 0)
            walk->first_stray = path;
    } else if (is_delivery) {
        walk->doctor->delivery_files++;
        walk->doctor->delivery_bytes += file.bytes;
        if (!is_listed(walk->doctor, name) && walk->orphans++ == 0)
            walk->first_orphan = path;
    }
}

static hedui_status
walk_folder(struct walk *walk, const char *folder, struct err *err)
{
    const char *data = walk->doctor->options->data;
    struct arena *arena = walk->doctor->arena;
    struct text at = arena_printf(arena, "%s/%s", data, folder), *names;
    size_t count;

    if (at.at == NULL)
        return arena_full(arena, err);
    if (!sys_exists(at.at))
        return HEDUI_OK;
    TRY(sys_list_dir(&names, &count, at.at, arena, err));
    for (size_t i = 0; i < count; i++) {
        struct text path =
            arena_printf(arena, TEXT_FMT "/" TEXT_FMT, TEXT_ARG(at), TEXT_ARG(names[i]));

        if (path.at == NULL)
            return arena_full(arena, err);
        walk_file(walk, folder, names[i], path);
    }
    return HEDUI_OK;
}

void
doctor_files(struct doctor *doctor, struct doctor_result *result)
{
    struct walk walk = {.doctor = doctor};
    struct err err = {0};
    hedui_status rc;

    if (!doctor->has_data) {
        doctor_say(doctor, result, DOCTOR_SKIPPED, "还没有数据", "no data yet");
        return;
    }
    rc = brief_list(&doctor->briefs, &doctor->brief_count, doctor->options->data, doctor->arena,
                    &err);
    if (rc == HEDUI_OK)
        rc = walk_folder(&walk, ".", &err);
    if (rc == HEDUI_OK)
        rc = walk_folder(&walk, "snapshots", &err);
    if (rc == HEDUI_OK)
        rc = walk_folder(&walk, "deliveries", &err);
    if (rc != HEDUI_OK)
        err_say(doctor, result, &err);
    else if (walk.open > 0)
        doctor_say(doctor, result, DOCTOR_WRONG,
                   "%u 个文件对他人开放或属于别人，如 '%s'；请执行 chmod 600（目录 700）",
                   "%u files are open to others or another's, such as '%s': run chmod 600 (folders "
                   "700)",
                   walk.open, walk.first_open.at);
    else if (walk.strays > 0)
        doctor_say(doctor, result, DOCTOR_NOTE,
                   "有 %u 个不属于数据目录的文件，如 '%s'；它们不会被当作数据，请移走",
                   "%u files do not belong there, such as '%s': they are not taken for data, move "
                   "them away",
                   walk.strays, walk.first_stray.at);
    else if (walk.orphans > 0)
        doctor_say(
            doctor, result, DOCTOR_NOTE,
            "有 %u 份数据文件不属于任何快照，如 '%s'（接收中断所留，或正在接收）；不会被使用",
            "%u deliveries belong to no snapshot, such as '%s' (an ingest died, or is at "
            "work): nobody uses them",
            walk.orphans, walk.first_orphan.at);
    else if (walk.unfinished > 0)
        doctor_say(
            doctor, result, DOCTOR_NOTE,
            "有 %u 个未写完的文件（正在接收，或接收中断所留）；下一次 hedui ingest 会清除",
            "%u files are half written (an ingest is at work, or died): the next hedui ingest "
            "removes them",
            walk.unfinished);
    else
        doctor_say(doctor, result, DOCTOR_GOOD, "%u 个文件，其中数据 %u 份、%llu MB",
                   "%u files, %u of them deliveries of %llu MB", walk.files, doctor->delivery_files,
                   (unsigned long long)doctor->delivery_bytes / 1000000);
}

void
doctor_snapshot(struct doctor *doctor, struct doctor_result *result)
{
    struct snapshot *snapshot = NULL;
    struct err err = {0};

    if (!doctor->has_data || doctor->model == NULL || doctor->key == NULL) {
        doctor_say(doctor, result, DOCTOR_SKIPPED, "没有数据、词汇表或密钥，无从检查",
                   "without data, vocabulary or key there is nothing to open");
        return;
    }
    if (snapshot_open(&snapshot, doctor->options->data, 0, doctor->model,
                      master_key_id(doctor->key), &err) != HEDUI_OK) {
        err_say(doctor, result, &err);
        return;
    }
    for (uint32_t i = 0; i < snapshot_count(snapshot); i++) {
        int32_t day = delivery_info(snapshot_entry(snapshot, i)->delivery)->as_of;

        doctor->newest_day = day > doctor->newest_day ? day : doctor->newest_day;
    }
    doctor_keyless(doctor, snapshot);
    if (snapshot_count(snapshot) == 0)
        doctor_say(doctor, result, DOCTOR_SKIPPED, "还没有接收过数据", "nothing was ingested yet");
    else
        doctor_say(doctor, result, DOCTOR_GOOD,
                   "快照 %llu 可以打开，%u 份数据的文件头与摘要相符；全部内容请用 hedui snapshot "
                   "verify 检查",
                   "snapshot %llu opens, the heads of its %u deliveries agree with their digests; "
                   "hedui snapshot verify checks every byte",
                   (unsigned long long)snapshot_id(snapshot), snapshot_count(snapshot));
    snapshot_close(snapshot);
}

/* Deliveries that this manifest names and that are not there. */
static uint32_t
missing_count(const struct doctor *doctor, const struct brief *brief)
{
    uint32_t missing = 0;

    for (uint32_t i = 0; i < brief->count; i++) {
        char path[PATH_BYTES], hex[2 * DIGEST_BYTES + 1];

        digest_hex(&brief->entries[i].delivery, hex);
        if (snprintf(path, sizeof path, "%s/deliveries/%s.hdl", doctor->options->data, hex) <
            (int)sizeof path)
            missing += !sys_exists(path);
    }
    return missing;
}

void
doctor_older(struct doctor *doctor, struct doctor_result *result)
{
    uint32_t damaged = 0, missing = 0;

    for (uint32_t i = 0; i < doctor->brief_count; i++) {
        const struct brief *brief = &doctor->briefs[i];

        damaged += brief->is_damaged;
        missing += missing_count(doctor, brief) > 0;
        if (brief->written_s > doctor->newest_written_s)
            doctor->newest_written_s = brief->written_s;
    }
    if (doctor->brief_count == 0)
        doctor_say(doctor, result, DOCTOR_SKIPPED, "还没有快照", "no snapshot yet");
    else if (damaged + missing > 0)
        doctor_say(
            doctor, result, DOCTOR_WRONG,
            "%u 个快照中，%u 个的文件损坏，%u 个缺少数据文件；请从备份恢复，见 hedui snapshot "
            "list",
            "of %u snapshots %u are damaged and %u lack a delivery: bring them back from the "
            "backup, see hedui snapshot list",
            doctor->brief_count, damaged, missing);
    else
        doctor_say(doctor, result, DOCTOR_GOOD, "%u 个，文件完好，数据齐全",
                   "%u, whole, with all their deliveries", doctor->brief_count);
}
