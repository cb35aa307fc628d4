/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/index/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "engine/base/host.h"
#include "engine/base/sys.h"

#include "engine/base/ban.h"

/* Rights that nobody may have on it. */
static mode_t
rights_refused(const char *path)
{
    const char *credentials = host_credentials();
    size_t len = credentials == NULL ? 0 : strlen(credentials);

    if (len > 0 && strncmp(path, credentials, len) == 0 && path[len] == '/')
        return 037;
    return 077;
}

hedui_status
secret_read(char *to, size_t room, size_t *len, const char *path, struct err *err)
{
    struct stat st;
    ssize_t some = 1;
    hedui_status rc = HEDUI_OK;
    int fd = sys_open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);

    *len = 0;
    if (fd < 0 && errno == ELOOP)
        FAIL(err_set(err, HEDUI_E_USAGE,
                     "密钥文件 '%s' 是符号链接，请写明它所指的文件\n"
                     "the key file '%s' is a symbolic link: name the file that it points to",
                     path, path));
    if (fd < 0 || sys_fstat(fd, &st) != 0)
        FAIL(err_sys(err, HEDUI_E_IO, "打不开密钥文件 '%s'\ncannot open the key file '%s'", path,
                     path));
    if (!S_ISREG(st.st_mode))
        FAIL(err_set(err, HEDUI_E_USAGE,
                     "'%s' 不是普通文件，请用 --key 指明密钥文件\n"
                     "'%s' is no regular file: name the key file with --key",
                     path, path));
    if ((st.st_mode & rights_refused(path)) != 0)
        FAIL(err_set(err, HEDUI_E_USAGE,
                     "密钥文件 '%s' 可被他人读取，请执行：chmod 600 '%s'\n"
                     "the key file '%s' is open to others: run chmod 600 '%s'",
                     path, path, path, path));
    for (; some > 0 && *len < room; *len += (size_t)some) {
        some = sys_pread(fd, to + *len, room - *len, (off_t)*len);
        if (some < 0)
            FAIL(err_sys(err, HEDUI_E_IO, "无法读取密钥文件 '%s'\ncannot read the key file '%s'",
                         path, path));
    }
done:
    if (fd >= 0)
        sys_close(fd);
    return rc;
}
