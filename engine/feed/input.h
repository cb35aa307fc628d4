/* SPDX-License-Identifier: Apache-2.0 */
/* input.h: one file as delivered: plain bytes at any place, or a gzip stream from front to back.
 *
 * From     a path of the command line
 * To       head.c (its first bytes), rows.c (all of them)
 * Lives    input_open() to input_close(); a stream as long as one task
 * Threads  input_read_at() from any lane; a stream belongs to one
 * Errors   HEDUI_E_IO: the system refused; HEDUI_E_INPUT: no regular file, a spreadsheet, a gzip
 *          stream that is cut or damaged, a file that changed while it was read
 * Why      pread in pieces: resident memory stays bounded, which a map's would not.
 *
 * The digest of a file is SHA-256 over the SHA-256s of its leaves of INPUT_LEAF bytes as
 * delivered (compressed where it is gzip), so that lanes can hash it side by side, and a lane two
 * leaves at once. */
#ifndef HEDUI_FEED_INPUT_H
#define HEDUI_FEED_INPUT_H

#include "engine/base/crypt.h"
#include "engine/base/sys.h"

#define INPUT_LEAF ((size_t)512 << 10)
#define INPUT_PIECE (2 * INPUT_LEAF)
#define INPUT_CHUNK ((size_t)256 << 10) /* bytes read at once for parsing */

struct input {
    const char *path;
    int fd;
    uint64_t bytes;
    bool is_gzip;
    struct stat stat; /* when opened */
};

HEDUI_CHECKED hedui_status input_open(struct input *input, const char *path, struct err *err);
void input_close(struct input *input);
/* Up to n bytes from `at`; *got is less at the end of the file only. */
HEDUI_CHECKED hedui_status input_read_at(const struct input *input, void *out, size_t n,
                                         uint64_t at, size_t *got, struct err *err);
/* HEDUI_E_INPUT where size or time of change are no longer those of input_open(). */
HEDUI_CHECKED hedui_status input_check_unchanged(const struct input *input, struct err *err);
static inline size_t
input_pieces(const struct input *input)
{
    return (size_t)((input->bytes + INPUT_PIECE - 1) / INPUT_PIECE);
}

/* The file's bytes in order, inflated where it is gzip. `hashes`: also the digest, which is known
 * once the stream has been read to its end. */
struct input_stream;
HEDUI_CHECKED hedui_status input_stream_open(struct input_stream **out, const struct input *input,
                                             bool hashes, struct err *err);
void input_stream_close(struct input_stream *stream); /* NULL welcome */
/* *got is less than n at the end only. */
HEDUI_CHECKED hedui_status input_stream_read(struct input_stream *stream, char *out, size_t n,
                                             size_t *got, struct err *err);
struct digest input_stream_digest(const struct input_stream *stream);

const char *input_library(void); /* "1.2.13", of zlib */

#endif
