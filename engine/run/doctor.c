/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/doctor.h"

#include <stdarg.h>
#include <stdio.h>

#include "engine/run/doctor_in.h"

#include "engine/base/ban.h"

#define SAID_BYTES 1024

/* clang-format off */
static const struct {
    const char *name, *zh, *en;
    doctor_check *check;
} checks[] = { /* in this order: later ones use what earlier ones found */
    {"shared", "词汇表和申请批次映射", "vocabulary and the mapping of batches", doctor_shared},
    {"data", "数据目录权限", "rights of the data directory", doctor_data_rights},
    {"key", "密钥文件", "key file", doctor_key},
    {"key_disk", "密钥所在的盘", "the key's disk", doctor_key_disk},
    {"files", "数据目录里的文件", "files of the data directory", doctor_files},
    {"snapshot", "当前快照", "current snapshot", doctor_snapshot},
    {"older", "历次快照", "all snapshots", doctor_older},
    {"ring", "密钥环", "key ring", doctor_ring},
    {"space", "磁盘空间", "disk space", doctor_space},
    {"open_files", "可打开的文件数", "open files", doctor_open_files},
    {"memory", "可用内存", "memory", doctor_memory},
    {"clock", "时钟", "clock", doctor_clock},
    {"libraries", "程序库", "libraries", doctor_libraries},
    {"processor", "处理器", "processor", doctor_processor},
    {"huge_pages", "大页", "huge pages", doctor_huge_pages},
    {"core_dumps", "核心转储", "core dumps", doctor_core_dumps},
    {"swap", "交换空间", "swap", doctor_swap},
};
/* clang-format on */

void
doctor_put(struct doctor *doctor, struct doctor_result *result, enum doctor_level level,
           struct text zh, struct text en)
{
    result->level = level;
    result->zh_said = arena_text(doctor->arena, zh);
    result->en_said = arena_text(doctor->arena, en);
}

void
doctor_say(struct doctor *doctor, struct doctor_result *result, enum doctor_level level,
           const char *zh, const char *en, ...)
{
    char zh_text[SAID_BYTES], en_text[SAID_BYTES];
    va_list args, again;

    va_start(args, en);
    va_copy(again, args);
    vsnprintf(zh_text, sizeof zh_text, zh, args);
    vsnprintf(en_text, sizeof en_text, en, again);
    va_end(again);
    va_end(args);
    doctor_put(doctor, result, level, text_of(zh_text), text_of(en_text));
}

const char *
doctor_level_name(enum doctor_level level)
{
    static const char *const names[] = {
        [DOCTOR_GOOD] = "good",
        [DOCTOR_NOTE] = "note",
        [DOCTOR_WRONG] = "wrong",
        [DOCTOR_SKIPPED] = "skipped",
    };

    return names[level];
}

hedui_status
doctor_run(struct doctor_result **out, uint32_t *count, const struct doctor_options *options,
           struct arena *arena, struct err *err)
{
    struct doctor_result *results = arena_alloc(arena, LEN(checks), sizeof *results);
    struct messages *messages = arena_alloc(arena, 1, sizeof *messages);
    struct doctor doctor = {
        .options = options, .arena = arena, .messages = messages, .newest_day = INT32_MIN};
    hedui_status rc = HEDUI_OK;

    if (results == NULL || messages == NULL)
        return arena_full(arena, err);
    messages_init(messages, arena);
    for (size_t i = 0; i < LEN(checks) && rc == HEDUI_OK; i++) {
        results[i] =
            (struct doctor_result){.name = checks[i].name, .zh = checks[i].zh, .en = checks[i].en};
        checks[i].check(&doctor, &results[i]);
        if (results[i].zh_said.at == NULL || results[i].en_said.at == NULL)
            rc = arena_full(arena, err);
    }
    master_key_close(doctor.key);
    *out = results;
    *count = LEN(checks);
    return rc;
}
