/* SPDX-License-Identifier: Apache-2.0 */
/* fp.h: failpoints. FP("index.publish.rename") stands beside every durable call.
 *
 * HEDUI_FP=name:ACTION[@N],… arms them in builds with -DHEDUI_FAILPOINTS (make test builds); in
 * release builds FP() is 0 at no cost. ACTION: kill (SIGKILL to self), eio, enospc, short:BYTES,
 * sleep:MS. @N: at the Nth passing only (default the first). HEDUI_FP_LIST=FILE appends the name
 * of each failpoint passed, so that a test can walk them all.
 * Answers 0, or the errno that the call must fail with (errno is set too).
 *
 * HEDUI_FAIL_ALLOC=N: the Nth allocation of base (arena blocks, mem_resize, mem_pages) finds no
 * memory; N+: that one and all after it. HEDUI_FAIL_PLACES=FILE: the first request for memory, from
 * base or an arena, that comes from a place in the code not named in FILE finds none, and the place
 * is added: called until FILE grows no more, a command has met its lack of memory everywhere. A
 * place is a call and the calls around it, by their distance in the program.
 * HEDUI_SYS=eintr,eagain,short: every call of base/sys.h that may is interrupted before it
 * succeeds, reads and writes are told to wait once, and move one byte. */
#ifndef HEDUI_BASE_FP_H
#define HEDUI_BASE_FP_H

#include <stdbool.h>
#include <stddef.h>

#ifdef HEDUI_FAILPOINTS
size_t fp_write_size(size_t n); /* for sys.c alone: what a `short` lets the next write write */
int fp_hit(const char *name);
bool fp_alloc_fails(void); /* for mem.c and arena.c */
bool fp_arena_fails(void); /* for arena.c: each request, also those that a block has room for */
struct fp_sys {
    bool is_interrupted, is_busy, is_short; /* eintr, eagain, short */
};
struct fp_sys fp_sys(void); /* for sys.c: what HEDUI_SYS says */
#define FP(name) fp_hit(name)
#define FP_ALLOC_FAILS() fp_alloc_fails()
#define FP_ARENA_FAILS() fp_arena_fails()
#else
#define FP(name) 0
#define FP_ALLOC_FAILS() false
#define FP_ARENA_FAILS() false
#endif

#endif
