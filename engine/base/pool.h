/* SPDX-License-Identifier: Apache-2.0 */
/* pool.h: a few threads that work through numbered tasks.
 *
 * Lives    pool_open() to pool_close()
 * Threads  one caller at a time; the caller works too, so a pool of 1 starts no thread
 * Errors   the error of the lowest failing task number is returned, whatever finished first */
#ifndef HEDUI_BASE_POOL_H
#define HEDUI_BASE_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/err.h"

struct pool;

/* lane: 0 … lanes-1, the worker that runs the task; each lane runs one task at a time, so per-lane
 * state needs no lock. */
typedef hedui_status (*pool_task)(void *context, uint32_t lane, size_t task, struct err *err);

HEDUI_CHECKED hedui_status pool_open(struct pool **out, uint32_t lanes, struct err *err);
void pool_close(struct pool *pool);
uint32_t pool_lanes(const struct pool *pool);
/* Runs tasks 0 … count-1, handed out in order; returns when all are done. After a failure no new
 * task is handed out. */
HEDUI_CHECKED hedui_status pool_run(struct pool *pool, size_t count, pool_task task, void *context,
                                    struct err *err);
/* For a task that waits, a short while, for what a task before it in the same run is doing. */
void pool_yield(void);

#endif
