/* SPDX-License-Identifier: Apache-2.0 */
/* pool.h: a few threads that work through numbered tasks, and errands beside them.
 *
 * Lives    pool_open() to pool_close()
 * Threads  any; each caller works at its own run, the workers at the oldest that has tasks left. A
 *          pool of 1 starts no thread. No task runs the pool again
 * Errors   the error of the lowest failing task number is returned, whatever finished first */
#ifndef HEDUI_BASE_POOL_H
#define HEDUI_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/err.h"

struct pool;

/* lane: 0 … lanes-1, the worker that runs the task (0: the caller). Of one run each lane does one
 * task at a time, so state that a run keeps for each lane needs no lock. */
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

/* An errand: one piece of work beside its owner's, for which the owner waits later. It may run a
 * pool.
 *
 * Lives    errand_start() to errand_end(), which every started one needs
 * Errors   where no thread can be had it is done at once, by the caller */
struct errand;
typedef hedui_status (*errand_task)(void *context);

/* is_at_once: nobody else does it, it is done when this returns. */
HEDUI_CHECKED hedui_status errand_start(struct errand **out, errand_task task, void *context,
                                        bool is_at_once, struct err *err);
/* Waits; what the task answered. NULL welcome: HEDUI_OK. */
hedui_status errand_end(struct errand *errand);

#endif
