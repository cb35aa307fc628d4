/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/outfile.h"

#include <fcntl.h>
#include <stdio.h>

#include "engine/base/fp.h"
#include "engine/base/sys.h"

#include "engine/base/ban.h"

#define START_BYTES                                                                                \
    (2u << 20) /* the disk begins while the rest is computed: syncing then waits less */

hedui_status
outfile_open(struct outfile *out, const char *dir, const char *name, struct err *err)
{
    int n, m;

    *out = (struct outfile){.fd = -1};
    n = snprintf(out->temporary, sizeof out->temporary, "%s/.tmp-%s", dir, name);
    m = snprintf(out->path, sizeof out->path, "%s/%s", dir, name);
    if (n < 0 || m < 0 || (size_t)n >= sizeof out->temporary || (size_t)m >= sizeof out->path)
        return err_set(err, HEDUI_E_USAGE, "路径 '%s/%s' 太长\npath too long: '%s/%s'", dir, name,
                       dir, name);
    snprintf(out->dir, sizeof out->dir, "%s", dir);
    TRY(digester_open(&out->digester, err));
    if (FP("run.out.open") == 0)
        out->fd = sys_open(out->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out->fd < 0) {
        outfile_close(out);
        return err_sys(err, HEDUI_E_IO, "无法写入 '%s'\ncannot write '%s'", out->path, out->path);
    }
    return HEDUI_OK;
}

hedui_status
outfile_write(struct outfile *out, const struct buf *bytes, struct err *err)
{
    TRY(buf_check(bytes, err));
    if (FP("run.out.write") != 0)
        return err_sys(err, HEDUI_E_IO, "无法写入 '%s'\ncannot write '%s'", out->path, out->path);
    digester_add(out->digester, bytes->at, bytes->len);
    TRY(sys_write_all(out->fd, bytes->at, bytes->len, out->path, err));
    out->written += bytes->len;
    if (out->written - out->started >= START_BYTES) {
        sys_start_writing(out->fd, (off_t)out->started, (off_t)(out->written - out->started));
        out->started = out->written;
    }
    return HEDUI_OK;
}

hedui_status
outfile_sync(struct outfile *out, struct err *err)
{
    if (FP("run.out.fsync") != 0 || sys_fsync(out->fd) != 0)
        return err_sys(err, HEDUI_E_IO, "无法同步 '%s'\ncannot sync '%s'", out->path, out->path);
    out->is_synced = true;
    return HEDUI_OK;
}

hedui_status
outfile_publish(struct outfile *out, struct digest *digest, struct err *err)
{
    struct digest made = digester_finish(out->digester);

    if (!out->is_synced)
        TRY(outfile_sync(out, err));
    if (FP("run.out.rename") != 0 || sys_rename(out->temporary, out->path) != 0)
        return err_sys(err, HEDUI_E_IO, "无法改名为 '%s'\ncannot rename to '%s'", out->path,
                       out->path);
    out->temporary[0] = '\0';
    if (digest != NULL)
        *digest = made;
    return sys_sync_dir(out->dir, err);
}

void
outfile_close(struct outfile *out)
{
    if (out->fd >= 0)
        sys_close(out->fd);
    if (out->fd >= 0 && out->temporary[0] != '\0')
        sys_unlink(out->temporary); /* nothing half done stays; a failure here changes nothing */
    out->fd = -1;
    digester_close(out->digester);
    out->digester = NULL;
}
