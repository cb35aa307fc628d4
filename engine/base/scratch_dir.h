/* SPDX-License-Identifier: Apache-2.0 */
/* scratch_dir.h: a folder 0700 under $TMPDIR or /tmp that is gone after its run, killed or not.
 *
 * From     whoever computes something on the side (run/replay.c)
 * To       nobody: it is removed with all that is in it
 * Lives    until closed; while it lives its process holds a lock on it
 * Threads  one
 * Errors   HEDUI_E_IO. A folder of a killed run that cannot be removed is one: people's data are
 *          in it, and somebody must know
 * Why      a process that is killed removes nothing. Its lock dies with it, though: the next run
 *          finds the folder without one and removes it. A folder whose lock is held is in use. */
#ifndef HEDUI_BASE_SCRATCH_DIR_H
#define HEDUI_BASE_SCRATCH_DIR_H

#include "engine/base/arena.h"
#include "engine/base/err.h"

struct scratch_dir {
    struct text path; /* empty: not open */
    int fd;           /* of the folder: bears the lock */
};

/* Removes what killed runs of this user left under the same prefix, then makes PREFIX-HEX. */
HEDUI_CHECKED hedui_status scratch_dir_open(struct scratch_dir *out, const char *prefix,
                                            struct arena *arena, struct err *err);
/* With all that is in it. Half-open welcome. */
HEDUI_CHECKED hedui_status scratch_dir_close(struct scratch_dir *dir, struct err *err);

#endif
