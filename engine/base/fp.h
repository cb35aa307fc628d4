/* SPDX-License-Identifier: Apache-2.0 */
/* fp.h: failpoints. FP("index.publish.rename") stands beside every durable call.
 *
 * HEDUI_FP=name:ACTION[@N],… arms them in builds with -DHEDUI_FAILPOINTS (make test builds); in
 * release builds FP() is 0 at no cost. ACTION: kill (SIGKILL to self), eio, enospc, short:BYTES,
 * sleep:MS. @N: at the Nth passing only (default the first). HEDUI_FP_LIST=FILE appends the name
 * of each failpoint passed, so that a test can walk them all.
 * Answers 0, or the errno that the call must fail with (errno is set too). */
#ifndef HEDUI_BASE_FP_H
#define HEDUI_BASE_FP_H

#include <stddef.h>

#ifdef HEDUI_FAILPOINTS
size_t fp_write_size(size_t n); /* for sys.c alone: what a `short` lets the next write write */
int fp_hit(const char *name);
#define FP(name) fp_hit(name)
#else
#define FP(name) 0
#endif

#endif
