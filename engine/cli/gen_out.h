/* SPDX-License-Identifier: Apache-2.0 */
/* gen_out.h: one generated file on its way to disk: recoded and packed where asked for.
 *
 * From     rows in UTF-8, whole characters per write
 * To       PATH, or PATH.gz: UTF-8 or GB18030, plain or gzip (no time stamp: same rows, same bytes)
 * Lives    gen_out_open() to gen_out_close(); the struct is the caller's storage
 * Errors   HEDUI_E_IO with the path; HEDUI_E_INPUT where the system's iconv lacks GB18030
 * Why      made files are not durable: a county is generated again, not restored */
#ifndef HEDUI_CLI_GEN_OUT_H
#define HEDUI_CLI_GEN_OUT_H

#include <iconv.h>

#include "engine/base/buf.h"

struct z_stream_s;

struct gen_out {
    char path[4096];
    int fd; /* -1: closed */
    bool is_packed, is_recoded;
    iconv_t recoder;
    struct z_stream_s *z; /* of zlib, whose header stays behind the door */
    struct buf recoded, packed;
};

HEDUI_CHECKED hedui_status gen_out_open(struct gen_out *out, const char *folder, const char *file,
                                        bool is_packed, bool is_gb18030, struct err *err);
HEDUI_CHECKED hedui_status gen_out_write(struct gen_out *out, const struct buf *rows,
                                         struct err *err);
/* Ends the gzip stream if `rc` is HEDUI_OK; answers `rc`, or what went wrong at the end. */
HEDUI_CHECKED hedui_status gen_out_close(struct gen_out *out, hedui_status rc, struct err *err);

#endif
