/* SPDX-License-Identifier: Apache-2.0 */
/* pool.c: the one door to threads. Tasks are coarse (a block, a feed part), so one lock will do. */
#include "engine/base/pool.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

#include "engine/base/buf.h"

struct lane {
    struct pool *pool;
    uint32_t number;
    pthread_t thread;
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t wake; /* a round began, or the pool closes */
    pthread_cond_t idle; /* the last worker has left a round */
    uint32_t lanes, started;
    uint64_t round;
    bool is_closing;

    /* the round at hand; all under the lock */
    pool_task task;
    void *context;
    size_t count, next;
    uint32_t busy; /* workers that are in the round or have yet to see it */
    size_t failed_task;
    struct err failed;
    struct lane lane[];
};

/* Works until no task is left. Called and left with the lock held. */
static void
lane_work(struct pool *pool, uint32_t number)
{
    while (pool->next < pool->count && pool->failed.status == HEDUI_OK) {
        size_t task = pool->next++;
        struct err err;
        hedui_status rc;

        err_reset(&err);
        pthread_mutex_unlock(&pool->lock);
        rc = pool->task(pool->context, number, task, &err);
        pthread_mutex_lock(&pool->lock);
        if (rc == HEDUI_OK || (pool->failed.status != HEDUI_OK && task > pool->failed_task))
            continue;
        err.status = rc;
        pool->failed = err; /* tasks below this one were all handed out: the lowest is found */
        pool->failed_task = task;
    }
}

static void *
lane_main(void *argument)
{
    struct lane *lane = argument;
    struct pool *pool = lane->pool;
    uint64_t seen = 0;

    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (pool->round == seen && !pool->is_closing)
            pthread_cond_wait(&pool->wake, &pool->lock);
        if (pool->is_closing)
            break;
        seen = pool->round;
        lane_work(pool, lane->number);
        if (--pool->busy == 0)
            pthread_cond_signal(&pool->idle);
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
    hedui_status rc;

    pthread_mutex_lock(&pool->lock);
    assert(pool->busy == 0); /* one caller at a time, and no task runs the pool again */
    pool->task = task;
    pool->context = context;
    pool->count = count;
    pool->next = 0;
    err_reset(&pool->failed);
    pool->busy = pool->started;
    pool->round++;
    pthread_cond_broadcast(&pool->wake);
    lane_work(pool, 0);
    while (pool->busy > 0)
        pthread_cond_wait(&pool->idle, &pool->lock);
    rc = pool->failed.status;
    if (rc != HEDUI_OK && err != NULL)
        *err = pool->failed;
    pthread_mutex_unlock(&pool->lock);
    return rc;
}

void
pool_yield(void)
{
    sched_yield();
}
