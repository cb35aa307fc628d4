/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_host.c: checks of the machine: space, limits, clock, libraries, what a crash would spill.
 */
#include <inttypes.h>
#include <string.h>

#include <hedui/version.h>

#include "engine/base/hash.h"
#include "engine/base/host.h"
#include "engine/base/sys.h"
#include "engine/base/yaml.h"
#include "engine/feed/input.h"
#include "engine/feed/scan.h"
#include "engine/model/value.h"
#include "engine/run/doctor_in.h"

#include "engine/base/ban.h"

#define MEGA UINT64_C(1000000)
#define SPACE_WRONG (64 * MEGA)         /* no ingest worth the name fits */
#define SPACE_NOTE (1000 * MEGA)        /* one county's deliveries and the files of a batch */
#define FILES_NOTE 1000                 /* inodes */
#define OPEN_NOTE 256                   /* descriptors */
#define OPEN_OURS 64                    /* beside one per delivery */
#define MEMORY_NOTE ((uint64_t)2 << 30) /* the default of --memory */
#define CLOCK_SLACK_S 120 /* between this clock and the disk's, which may be a server's */
#define SECONDS_A_DAY 86400

void
doctor_space(struct doctor *doctor, struct doctor_result *result)
{
    const char *where = doctor->has_data ? doctor->options->data : ".";
    struct host_space space;
    uint64_t wanted = 2 * doctor->delivery_bytes;
    enum doctor_level level;

    if (!host_space(&space, where)) {
        doctor_say(doctor, result, DOCTOR_NOTE, "无法得知 '%s' 所在盘的空间",
                   "the space of the disk of '%s' cannot be told", where);
        return;
    }
    wanted = wanted < SPACE_NOTE ? SPACE_NOTE : wanted;
    level = space.free_bytes < SPACE_WRONG || space.free_files == 0      ? DOCTOR_WRONG
            : space.free_bytes < wanted || space.free_files < FILES_NOTE ? DOCTOR_NOTE
                                                                         : DOCTOR_GOOD;
    doctor_say(doctor, result, level,
               level == DOCTOR_GOOD ? "'%s' 所在的盘还有 %" PRIu64 " MB"
                                    : "'%s' 所在的盘只剩 %" PRIu64
                                      " MB（或文件数将满），请先腾出空间",
               level == DOCTOR_GOOD ? "the disk of '%s' has %" PRIu64 " MB left"
                                    : "the disk of '%s' has only %" PRIu64
                                      " MB left (or few files): make room first",
               where, space.free_bytes / MEGA);
}

void
doctor_open_files(struct doctor *doctor, struct doctor_result *result)
{
    uint64_t most = host_open_max(), needed = doctor->delivery_files + OPEN_OURS;

    if (most < needed)
        doctor_say(doctor, result, DOCTOR_WRONG,
                   "最多可打开 %" PRIu64 " 个文件，需要 %" PRIu64 "；请执行 ulimit -n 4096",
                   "%" PRIu64 " files may be open, %" PRIu64 " are needed: run ulimit -n 4096",
                   most, needed);
    else if (most < OPEN_NOTE)
        doctor_say(doctor, result, DOCTOR_NOTE, "最多可打开 %" PRIu64 " 个文件，偏少",
                   "only %" PRIu64 " files may be open", most);
    else
        doctor_say(doctor, result, DOCTOR_GOOD, "够用（需要 %" PRIu64 "）",
                   "enough (%" PRIu64 " are needed)", needed);
}

void
doctor_memory(struct doctor *doctor, struct doctor_result *result)
{
    uint64_t free_bytes = host_free_memory();

    if (free_bytes == HOST_UNKNOWN)
        doctor_say(doctor, result, DOCTOR_NOTE, "无法得知可用内存", "cannot be told");
    else if (free_bytes < MEMORY_NOTE)
        doctor_say(doctor, result, DOCTOR_NOTE,
                   "可用 %" PRIu64 " MB，少于 --memory 的默认值 2G；接收大文件时请用 --memory 写明",
                   "%" PRIu64 " MB are free, less than the default of --memory, 2G: state it for "
                   "large files",
                   free_bytes / MEGA);
    else
        doctor_say(doctor, result, DOCTOR_GOOD, "可用 %" PRIu64 " MB", "%" PRIu64 " MB are free",
                   free_bytes / MEGA);
}

void
doctor_clock(struct doctor *doctor, struct doctor_result *result)
{
    int64_t now_s = sys_now_ms() / 1000;
    int32_t today = (int32_t)(now_s / SECONDS_A_DAY), released = INT32_MIN;
    struct buf day;

    buf_init(&day, false);
    date_print(&day, today);
    buf_byte(&day, '\0');
    if (date_parse(TEXT(HEDUI_RELEASED), &released) == CELL_OK && today < released)
        doctor_say(doctor, result, DOCTOR_WRONG, "时钟是 %s，早于本版发布之日 %s，请校时",
                   "the clock says %s, before this release of %s: set it", day.at, HEDUI_RELEASED);
    else if (today + 1 < doctor->newest_day) /* a day for the time zone */
        doctor_say(doctor, result, DOCTOR_WRONG,
                   "时钟是 %s，早于最新数据的截至日，请校时，或检查接收时的 --as-of",
                   "the clock says %s, before the newest as-of day: set it, or look at the --as-of "
                   "that was given",
                   day.at);
    else if (now_s + CLOCK_SLACK_S < doctor->newest_written_s)
        doctor_say(doctor, result, DOCTOR_WRONG, "时钟是 %s，早于最近一次快照写入的时间，请校时",
                   "the clock says %s, before the newest snapshot was written: set it", day.at);
    else
        doctor_say(doctor, result, DOCTOR_GOOD, "%s（协调世界时）", "%s (UTC)", day.at);
    buf_release(&day);
}

void
doctor_libraries(struct doctor *doctor, struct doctor_result *result)
{
    doctor_say(doctor, result, DOCTOR_GOOD, "%s，libyaml %s，xxHash %s，utf8proc %s，zlib %s",
               "%s, libyaml %s, xxHash %s, utf8proc %s, zlib %s", crypt_library(), yaml_library(),
               hash_library(), text_library(), input_library());
}

void
doctor_processor(struct doctor *doctor, struct doctor_result *result)
{
    struct scan_index none = {0};
    const char *scan = scan_window_by(2, "", 0, ',', &none)   ? "AVX2"
                       : scan_window_by(1, "", 0, ',', &none) ? "SSE2"
                                                              : "plain C";
    bool has_aes = true;

#if defined(__x86_64__) || defined(__i386__)
    has_aes = __builtin_cpu_supports("aes") != 0;
#endif
    doctor_say(doctor, result, has_aes ? DOCTOR_GOOD : DOCTOR_NOTE,
               has_aes ? "%u 核，扫描用 %s" : "%u 核，扫描用 %s；没有 AES 指令，接收会慢几倍",
               has_aes ? "%u cores, scanning by %s"
                       : "%u cores, scanning by %s; no AES instructions: ingest is several times "
                         "slower",
               host_cores(), scan);
}

void
doctor_huge_pages(struct doctor *doctor, struct doctor_result *result)
{
    char text[256];

    host_read(text, sizeof text, "/sys/kernel/mm/transparent_hugepage/enabled");
    if (strstr(text, "[never]") != NULL)
        doctor_say(doctor, result, DOCTOR_NOTE,
                   "已关闭，接收大文件会慢一些；可把 transparent_hugepage/enabled 设为 madvise",
                   "off: large files take longer; set transparent_hugepage/enabled to madvise");
    else if (text[0] == '\0')
        doctor_say(doctor, result, DOCTOR_SKIPPED, "系统没有说明", "the system does not say");
    else
        doctor_say(doctor, result, DOCTOR_GOOD, "可用", "available");
}

void
doctor_core_dumps(struct doctor *doctor, struct doctor_result *result)
{
    char pattern[256];

    host_read(pattern, sizeof pattern, "/proc/sys/kernel/core_pattern");
    if (host_core_bytes() == 0 && pattern[0] != '|') /* a pipe takes dumps past the limit */
        doctor_say(doctor, result, DOCTOR_GOOD, "关闭", "off");
    else
        doctor_say(
            doctor, result, DOCTOR_NOTE,
            "程序若崩溃，内存会写到磁盘或交给别的程序，其中可能有申请人；请执行 ulimit -c 0 "
            "并检查 kernel.core_pattern",
            "a crash would write memory to the disk or hand it to a program, and people may be "
            "in it: run ulimit -c 0 and look at kernel.core_pattern");
}

void
doctor_swap(struct doctor *doctor, struct doctor_result *result)
{
    char text[1024];
    const char *second;

    host_read(text, sizeof text, "/proc/swaps");
    second = strchr(text, '\n');
    if (second == NULL || second[1] == '\0')
        doctor_say(doctor, result, DOCTOR_GOOD, "没有交换空间", "none");
    else
        doctor_say(doctor, result, DOCTOR_NOTE,
                   "有交换空间：内存里的申请人可能写到磁盘；请关闭或加密",
                   "there is swap, and memory that holds people may reach the disk: turn it off or "
                   "encrypt it");
}
