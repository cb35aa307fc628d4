/* SPDX-License-Identifier: Apache-2.0 */
/* pool.c: the one door to threads. Tasks are coarse (a block, a feed part), so one lock will do. */
#include "engine/base/pool.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

#include "engine/base/buf.h"

struct run {          /* one call of pool_run(), on its caller's stack; all under the pool's lock */
    struct run *next; /* younger */
    pool_task task;
    void *context;
    size_t count, at; /* tasks, and those handed out */
    uint32_t helpers; /* workers that are in it */
    size_t failed_task;
    struct err failed;
};

struct lane {
    struct pool *pool;
    uint32_t number;
    pthread_t thread;
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t wake; /* a run began, or the pool closes */
    pthread_cond_t idle; /* the last worker has left a run */
    uint32_t lanes, started;
    bool is_closing;
    struct run *runs; /* oldest first */
    struct lane lane[];
};

static bool
run_has_tasks(const struct run *run)
{
    return run->at < run->count && run->failed.status == HEDUI_OK;
}

/* Works until no task of the run is left. Called and left with the lock held. */
static void
run_work(struct pool *pool, struct run *run, uint32_t number)
{
    while (run_has_tasks(run)) {
        size_t task = run->at++;
        struct err err;
        hedui_status rc;

        err_reset(&err);
        pthread_mutex_unlock(&pool->lock);
        rc = run->task(run->context, number, task, &err);
        pthread_mutex_lock(&pool->lock);
        if (rc == HEDUI_OK || (run->failed.status != HEDUI_OK && task > run->failed_task))
            continue;
        err.status = rc;
        run->failed = err; /* tasks below this one were all handed out: the lowest is found */
        run->failed_task = task;
    }
}

static void *
lane_main(void *argument)
{
    struct lane *lane = argument;
    struct pool *pool = lane->pool;

    pthread_mutex_lock(&pool->lock);
    while (!pool->is_closing) {
        struct run *run = pool->runs;

        while (run != NULL && !run_has_tasks(run))
            run = run->next;
        if (run == NULL) {
            pthread_cond_wait(&pool->wake, &pool->lock);
            continue;
        }
        run->helpers++;
        run_work(pool, run, lane->number);
        if (--run->helpers == 0)
            pthread_cond_broadcast(&pool->idle); /* whose caller waits is not known here */
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

hedui_status
pool_open(struct pool **out, uint32_t lanes, struct err *err)
{
    struct pool *pool;

    assert(lanes > 0);
    pool = mem_resize(NULL, 1, sizeof *pool + lanes * sizeof pool->lane[0]);
    if (pool == NULL)
        return err_set(err, HEDUI_E_MEMORY,
                       "内存不足，无法开 %u 个线程\nno memory left for %u threads", lanes, lanes);
    *pool = (struct pool){.lanes = lanes};
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->idle, NULL);
    for (uint32_t i = 1; i < lanes; i++) {
        pool->lane[i] = (struct lane){.pool = pool, .number = i};
        if (pthread_create(&pool->lane[i].thread, NULL, lane_main, &pool->lane[i]) != 0) {
            pool_close(pool);
            return err_set(err, HEDUI_E_LIMIT,
                           "无法启动第 %u 个线程（共 %u 个）\ncannot start thread %u of %u", i + 1,
                           lanes, i + 1, lanes);
        }
        pool->started++;
    }
    *out = pool;
    return HEDUI_OK;
}

void
pool_close(struct pool *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->is_closing = true;
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    for (uint32_t i = 1; i <= pool->started; i++)
        pthread_join(pool->lane[i].thread, NULL);
    pthread_cond_destroy(&pool->idle);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->lock);
    mem_free(pool);
}

uint32_t
pool_lanes(const struct pool *pool)
{
    return pool->lanes;
}

hedui_status
pool_run(struct pool *pool, size_t count, pool_task task, void *context, struct err *err)
{
    struct run run = {.task = task, .context = context, .count = count}, **at = &pool->runs;

    err_reset(&run.failed);
    pthread_mutex_lock(&pool->lock);
    while (*at != NULL)
        at = &(*at)->next;
    *at = &run;
    if (count > 1)
        pthread_cond_broadcast(&pool->wake);
    run_work(pool, &run, 0);
    while (run.helpers > 0)
        pthread_cond_wait(&pool->idle, &pool->lock);
    for (at = &pool->runs; *at != &run; at = &(*at)->next)
        continue;
    *at = run.next;
    pthread_mutex_unlock(&pool->lock);
    if (run.failed.status != HEDUI_OK && err != NULL)
        *err = run.failed;
    return run.failed.status;
}

void
pool_yield(void)
{
    sched_yield();
}

struct errand {
    pthread_t thread;
    bool is_elsewhere; /* on a thread of its own */
    errand_task task;
    void *context;
    hedui_status rc;
};

static void *
errand_main(void *argument)
{
    struct errand *errand = argument;

    errand->rc = errand->task(errand->context);
    return NULL;
}

hedui_status
errand_start(struct errand **out, errand_task task, void *context, bool is_at_once, struct err *err)
{
    struct errand *errand = mem_resize(NULL, 1, sizeof *errand);

    if (errand == NULL)
        return err_set(err, HEDUI_E_MEMORY, "内存不足，无法开线程\nno memory left for a thread");
    *errand = (struct errand){.task = task, .context = context};
    if (!is_at_once && pthread_create(&errand->thread, NULL, errand_main, errand) == 0)
        errand->is_elsewhere = true;
    else
        errand_main(errand);
    *out = errand;
    return HEDUI_OK;
}

hedui_status
errand_end(struct errand *errand)
{
    hedui_status rc;

    if (errand == NULL)
        return HEDUI_OK;
    if (errand->is_elsewhere)
        pthread_join(errand->thread, NULL);
    rc = errand->rc;
    mem_free(errand);
    return rc;
}
