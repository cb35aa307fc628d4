/* SPDX-License-Identifier: Apache-2.0 */
/* input.c: the one door to zlib. */
#include "engine/feed/input.h"

#include <assert.h>
#include <fcntl.h>
#include <string.h>

#include <zlib.h>

#include "engine/base/buf.h"

#include "engine/base/ban.h"

#define IN_BYTES ((size_t)1 << 20) /* of a compressed file at once; as much as a piece */

hedui_status
input_open(struct input *input, const char *path, struct err *err)
{
    unsigned char magic[4] = {0};
    size_t got = 0;
    hedui_status rc = HEDUI_OK;

    *input = (struct input){.path = path, .fd = -1};
    input->fd =
        sys_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0); /* a pipe: refused, not awaited */
    if (input->fd < 0 || sys_fstat(input->fd, &input->stat) != 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法打开数据文件 '%s'\ncannot open feed '%s'", path, path));
    if (!S_ISREG(input->stat.st_mode))
        FAIL(err_set(
            err, HEDUI_E_INPUT,
            "'%s' 不是普通文件，请先存成文件\n'%s' is no regular file: save it as one first", path,
            path));
    input->bytes = (uint64_t)input->stat.st_size;
    FAIL(input_read_at(input, magic, sizeof magic, 0, &got, err));
    input->is_gzip = got >= 2 && magic[0] == 0x1F && magic[1] == 0x8B;
    if (memcmp(magic, "PK\3\4", 4) == 0 || memcmp(magic, "\xD0\xCF\x11\xE0", 4) == 0)
        FAIL(err_set(err, HEDUI_E_INPUT,
                     "'%s' 是电子表格或压缩包，请另存为 CSV\n"
                     "'%s' is a spreadsheet or an archive: save it as CSV",
                     path, path));
done:
    if (rc != HEDUI_OK)
        input_close(input);
    return rc;
}

void
input_close(struct input *input)
{
    if (input->fd >= 0)
        sys_close(input->fd);
    input->fd = -1;
}

hedui_status
input_read_at(const struct input *input, void *out, size_t n, uint64_t at, size_t *got,
              struct err *err)
{
    size_t done = 0;

    while (done < n) {
        ssize_t some = sys_pread(input->fd, (char *)out + done, n - done, (off_t)(at + done));
        if (some < 0)
            return err_sys(err, HEDUI_E_IO, "无法读取 '%s'\ncannot read '%s'", input->path,
                           input->path);
        if (some == 0)
            break;
        done += (size_t)some;
    }
    *got = done;
    return HEDUI_OK;
}

hedui_status
input_check_unchanged(const struct input *input, struct err *err)
{
    struct stat now;

    if (sys_fstat(input->fd, &now) != 0)
        return err_sys(err, HEDUI_E_IO, "无法读取 '%s'\ncannot read '%s'", input->path,
                       input->path);
    if (now.st_size == input->stat.st_size && now.st_mtim.tv_sec == input->stat.st_mtim.tv_sec &&
        now.st_mtim.tv_nsec == input->stat.st_mtim.tv_nsec)
        return HEDUI_OK;
    return err_set(err, HEDUI_E_INPUT,
                   "'%s' 在读取时被改动，请待其写完后重来\n"
                   "'%s' changed while it was read: try again once it is complete",
                   input->path, input->path);
}

struct input_stream {
    const struct input *input;
    uint64_t at;
    bool hashes, is_inflating, is_open, is_over;
    z_stream z;
    struct digester *leaf, *whole;
    struct digest digest;
    unsigned char *in;
};

hedui_status
input_stream_open(struct input_stream **out, const struct input *input, bool hashes,
                  struct err *err)
{
    struct input_stream *stream = mem_resize(NULL, 1, sizeof *stream);
    hedui_status rc = HEDUI_OK;

    if (stream == NULL)
        return err_set(err, HEDUI_E_MEMORY, "内存不足，无法读取 '%s'\nno memory left to read '%s'",
                       input->path, input->path);
    memset(stream, 0, sizeof *stream);
    stream->input = input;
    stream->hashes = hashes;
    if (hashes) {
        FAIL(digester_open(&stream->leaf, err));
        FAIL(digester_open(&stream->whole, err));
    }
    if (input->is_gzip) {
        stream->in = mem_resize(NULL, IN_BYTES, 1);
        if (stream->in == NULL || inflateInit2(&stream->z, 16 + MAX_WBITS) != Z_OK)
            FAIL(err_set(err, HEDUI_E_MEMORY,
                         "内存不足，无法解压 '%s'\nno memory left to inflate '%s'", input->path,
                         input->path));
        stream->is_open = true;
    }
done:
    if (rc == HEDUI_OK)
        *out = stream;
    else
        input_stream_close(stream);
    return rc;
}

void
input_stream_close(struct input_stream *stream)
{
    if (stream == NULL)
        return;
    if (stream->is_open)
        inflateEnd(&stream->z);
    if (stream->in != NULL)
        mem_wipe(stream->in, IN_BYTES);
    mem_free(stream->in);
    digester_close(stream->leaf);
    digester_close(stream->whole);
    mem_free(stream);
}

static void
stream_hash(struct input_stream *stream, const void *bytes, size_t len)
{
    size_t fill = (size_t)(stream->at % INPUT_LEAF);

    while (stream->hashes && len > 0) {
        size_t part = INPUT_LEAF - fill < len ? INPUT_LEAF - fill : len;
        digester_add(stream->leaf, bytes, part);
        bytes = (const char *)bytes + part;
        len -= part;
        fill += part;
        if (fill == INPUT_LEAF) {
            struct digest digest = digester_finish(stream->leaf);
            digester_add(stream->whole, digest.bytes, sizeof digest.bytes);
            fill = 0;
        }
    }
}

static void
stream_hash_end(struct input_stream *stream)
{
    if (!stream->hashes)
        return;
    if (stream->at % INPUT_LEAF != 0) {
        struct digest digest = digester_finish(stream->leaf);
        digester_add(stream->whole, digest.bytes, sizeof digest.bytes);
    }
    stream->digest = digester_finish(stream->whole);
    stream->hashes = false;
}

static hedui_status
stream_take(struct input_stream *stream, void *out, size_t n, size_t *got, struct err *err)
{
    TRY(input_read_at(stream->input, out, n, stream->at, got, err));
    stream_hash(stream, out, *got);
    stream->at += *got;
    if (*got < n)
        stream_hash_end(stream);
    return HEDUI_OK;
}

static hedui_status
stream_damaged(const struct input_stream *stream, const char *zh, const char *en, struct err *err)
{
    return err_set(err, HEDUI_E_INPUT,
                   "gzip 文件 '%s' %s，请重新取得\ngzip file '%s' %s: get it again",
                   stream->input->path, zh, stream->input->path, en);
}

/* Between members: more of them, zeros that pad the end, or nothing. */
static hedui_status
member_next(struct input_stream *stream, struct err *err)
{
    size_t got;

    while (true) {
        if (stream->z.avail_in == 0) {
            TRY(stream_take(stream, stream->in, IN_BYTES, &got, err));
            stream->z.next_in = stream->in;
            stream->z.avail_in = (uInt)got;
            if (got == 0) {
                stream->is_over = true;
                return HEDUI_OK;
            }
        }
        if (*stream->z.next_in != 0)
            break;
        stream->z.next_in++, stream->z.avail_in--;
    }
    if (*stream->z.next_in != 0x1F)
        return stream_damaged(stream, "末尾有多余内容", "has something behind its end", err);
    if (inflateReset(&stream->z) != Z_OK)
        return stream_damaged(stream, "无法解压", "cannot be inflated", err);
    stream->is_inflating = true;
    return HEDUI_OK;
}

hedui_status
input_stream_read(struct input_stream *stream, char *out, size_t n, size_t *got, struct err *err)
{
    assert(n <= UINT32_MAX);
    *got = 0;
    if (!stream->input->is_gzip)
        return stream_take(stream, out, n, got, err);
    stream->z.next_out = (unsigned char *)out;
    stream->z.avail_out = (uInt)n;
    while (stream->z.avail_out > 0 && !stream->is_over) {
        int answer;
        if (!stream->is_inflating) {
            TRY(member_next(stream, err));
            continue;
        }
        if (stream->z.avail_in == 0) {
            size_t some = 0;
            TRY(stream_take(stream, stream->in, IN_BYTES, &some, err));
            if (some == 0)
                return stream_damaged(stream, "不完整", "is cut", err);
            stream->z.next_in = stream->in;
            stream->z.avail_in = (uInt)some;
        }
        answer = inflate(&stream->z, Z_NO_FLUSH);
        if (answer == Z_STREAM_END)
            stream->is_inflating = false;
        else if (answer != Z_OK && answer != Z_BUF_ERROR)
            return stream_damaged(stream, "已损坏", "is damaged", err);
    }
    *got = n - stream->z.avail_out;
    return HEDUI_OK;
}

struct digest
input_stream_digest(const struct input_stream *stream)
{
    assert(!stream->hashes); /* read to its end */
    return stream->digest;
}

const char *
input_library(void)
{
    return zlibVersion();
}
