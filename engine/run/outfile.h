/* SPDX-License-Identifier: Apache-2.0 */
/* outfile.h: a result file that appears whole or not at all: DIR/.tmp-NAME, synced, renamed.
 *
 * Lives    outfile_open() to outfile_close(); an unpublished file is removed by closing
 * Errors   HEDUI_E_IO; a failed fsync is final */
#ifndef HEDUI_RUN_OUTFILE_H
#define HEDUI_RUN_OUTFILE_H

#include "engine/base/buf.h"
#include "engine/base/crypt.h"

struct outfile {
    char dir[4096], temporary[4096], path[4096];
    int fd;
    uint64_t written, started; /* bytes; those of which writing to the disk was begun */
    bool is_synced;
    struct digester *digester;
};

HEDUI_CHECKED hedui_status outfile_open(struct outfile *out, const char *dir, const char *name,
                                        struct err *err); /* mode 0600 */
HEDUI_CHECKED hedui_status outfile_write(struct outfile *out, const struct buf *bytes,
                                         struct err *err);
HEDUI_CHECKED hedui_status outfile_sync(struct outfile *out, struct err *err); /* no more writes */
/* Syncs, unless that was done, and renames; *digest (may be NULL) is of all that was written. */
HEDUI_CHECKED hedui_status outfile_publish(struct outfile *out, struct digest *digest,
                                           struct err *err);
void outfile_close(struct outfile *out); /* after publish: nothing left to do, welcome */

#endif
