/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/host.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "engine/base/sys.h"

bool
host_space(struct host_space *out, const char *path)
{
    struct statvfs st;

    if (statvfs(path, &st) != 0)
        return false;
    *out = (struct host_space){
        .free_bytes = (uint64_t)st.f_bavail * st.f_frsize,
        .all_bytes = (uint64_t)st.f_blocks * st.f_frsize,
        .free_files = st.f_files == 0 ? HOST_UNKNOWN : (uint64_t)st.f_favail,
    };
    return true;
}

bool
host_file(struct host_file *out, const char *path)
{
    struct stat st;

    if (lstat(path, &st) != 0)
        return false;
    *out = (struct host_file){
        .device = (uint64_t)st.st_dev,
        .bytes = (uint64_t)st.st_size,
        .owner = st.st_uid,
        .rights = (uint32_t)st.st_mode & 07777,
        .is_file = S_ISREG(st.st_mode),
        .is_folder = S_ISDIR(st.st_mode),
        .written_s = (int64_t)st.st_mtime,
    };
    return true;
}

uint32_t
host_user(void)
{
    return geteuid();
}

static uint64_t
limit_of(int which)
{
    struct rlimit limit;

    if (getrlimit((__rlimit_resource_t)which, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return HOST_UNKNOWN;
    return (uint64_t)limit.rlim_cur;
}

uint64_t
host_open_max(void)
{
    return limit_of(RLIMIT_NOFILE);
}

uint64_t
host_core_bytes(void)
{
    return limit_of(RLIMIT_CORE);
}

uint32_t
host_cores(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 ? (uint32_t)cores : 1;
}

void
host_read(char *out, size_t room, const char *path)
{
    int fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
    size_t len = 0;
    ssize_t got = 1;

    while (fd >= 0 && got > 0 && len < room - 1) {
        got = sys_read(fd, out + len, room - 1 - len);
        len += got > 0 ? (size_t)got : 0;
    }
    if (fd >= 0)
        sys_close(fd);
    out[len] = '\0';
}

uint64_t
host_free_memory(void)
{
    static const char word[] = "MemAvailable:";
    char text[4096];
    const char *at;

    host_read(text, sizeof text, "/proc/meminfo");
    at = strstr(text, word);
    return at == NULL ? HOST_UNKNOWN : strtoull(at + sizeof word - 1, NULL, 10) * 1024; /* kB */
}

const char *
host_credentials(void)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");

    return folder == NULL || folder[0] != '/' ? NULL : folder;
}
