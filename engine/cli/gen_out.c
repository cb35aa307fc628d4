/* SPDX-License-Identifier: Apache-2.0 */
/* gen_out.c: the second door to zlib (it packs; feed/input.c unpacks) and the one to iconv. */
#include "engine/cli/gen_out.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include <zlib.h>

#include "engine/base/sys.h"

#include "engine/base/ban.h"

#define PACK_BYTES (256 << 10)
#define PACK_LEVEL 1 /* of 9: a county is gigabytes and nobody keeps it */

hedui_status
gen_out_open(struct gen_out *out, const char *folder, const char *file, bool is_packed,
             bool is_gb18030, struct err *err)
{
    int n = snprintf(out->path, sizeof out->path, "%s/%s%s", folder, file, is_packed ? ".gz" : "");

    out->fd = -1;
    out->z = NULL;
    out->is_packed = out->is_recoded = false;
    buf_init(&out->recoded, false);
    buf_init(&out->packed, false);
    if (n < 0 || (size_t)n >= sizeof out->path)
        return err_set(err, HEDUI_E_USAGE, "路径太长：'%s'\npath too long: '%s'", folder, folder);
    if (is_gb18030) {
        out->recoder = iconv_open("GB18030", "UTF-8");
        out->is_recoded = out->recoder != (iconv_t)-1;
        if (!out->is_recoded)
            return err_set(err, HEDUI_E_INPUT,
                           "本系统的 iconv 没有 GB18030\n"
                           "iconv of this system has no GB18030");
    }
    if (is_packed) {
        out->z = mem_resize(NULL, 1, sizeof *out->z);
        if (out->z != NULL)
            memset(out->z, 0, sizeof *out->z);
        /* 16: a gzip header, which without more says no name and no time */
        out->is_packed =
            out->z != NULL && deflateInit2(out->z, PACK_LEVEL, Z_DEFLATED, 16 + MAX_WBITS, 8,
                                           Z_DEFAULT_STRATEGY) == Z_OK;
        if (!out->is_packed || buf_room(&out->packed, PACK_BYTES) == NULL)
            return err_set(err, HEDUI_E_MEMORY, "内存不足\nno memory left to pack '%s'", out->path);
    }
    out->fd = sys_open(out->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out->fd < 0)
        return err_sys(err, HEDUI_E_IO, "无法写入 '%s'\ncannot write '%s'", out->path, out->path);
    return HEDUI_OK;
}

/* Deflates `len` bytes and writes what comes out; `flush`: Z_NO_FLUSH or Z_FINISH. */
static hedui_status
pack(struct gen_out *out, const char *bytes, size_t len, int flush, struct err *err)
{
    int answer;

    out->z->next_in = (Bytef *)(uintptr_t)bytes; /* zlib reads it only */
    out->z->avail_in = (uInt)len;                /* a write is about a mebibyte */
    do {
        out->z->next_out = (Bytef *)out->packed.at;
        out->z->avail_out = PACK_BYTES;
        answer = deflate(out->z, flush);
        TRY(sys_write_all(out->fd, out->packed.at, PACK_BYTES - out->z->avail_out, out->path, err));
    } while (out->z->avail_out == 0 || (flush == Z_FINISH && answer == Z_OK));
    return HEDUI_OK;
}

hedui_status
gen_out_write(struct gen_out *out, const struct buf *rows, struct err *err)
{
    const char *at = rows->at;
    size_t len = rows->len;

    if (len == 0)
        return HEDUI_OK;
    if (out->is_recoded) {
        char *from = rows->at, *to;
        size_t left = len, room = len * 2; /* two bytes of UTF-8 may become four */

        buf_reset(&out->recoded);
        to = buf_room(&out->recoded, room);
        if (to == NULL)
            return buf_check(&out->recoded, err);
        if (iconv(out->recoder, &from, &left, &to, &room) != 0 || left != 0)
            return err_sys(err, HEDUI_E_FORMAT, "无法转成 GB18030 '%s'\ncannot recode '%s'",
                           out->path, out->path);
        at = out->recoded.at;
        len = (size_t)(to - out->recoded.at);
    }
    if (out->is_packed)
        return pack(out, at, len, Z_NO_FLUSH, err);
    return sys_write_all(out->fd, at, len, out->path, err);
}

hedui_status
gen_out_close(struct gen_out *out, hedui_status rc, struct err *err)
{
    if (rc == HEDUI_OK && out->is_packed)
        rc = pack(out, NULL, 0, Z_FINISH, err);
    if (out->is_packed)
        deflateEnd(out->z);
    if (out->is_recoded)
        iconv_close(out->recoder);
    if (out->fd >= 0)
        sys_close(out->fd);
    mem_free(out->z);
    out->z = NULL;
    out->fd = -1;
    out->is_packed = out->is_recoded = false;
    buf_release(&out->recoded);
    buf_release(&out->packed);
    return rc;
}
