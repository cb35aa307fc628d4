/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/pool.h"

#include <stdatomic.h>

#include "tests/t.h"

struct work {
    atomic_uint done[1000];
    atomic_uint in_lane[8];
    atomic_bool has_clash;
    size_t fails_from; /* tasks from here on fail */
};

static hedui_status
task_do(void *context, uint32_t lane, size_t task, struct err *err)
{
    struct work *work = context;

    if (atomic_fetch_add(&work->in_lane[lane], 1) != 0)
        atomic_store(&work->has_clash, true);
    atomic_fetch_add(&work->done[task], 1);
    atomic_fetch_sub(&work->in_lane[lane], 1);
    if (task >= work->fails_from)
        return err_set(err, HEDUI_E_INPUT, "task %zu", task);
    return HEDUI_OK;
}

TEST(pool_does_each_task_once)
{
    for (uint32_t lanes = 1; lanes <= 8; lanes *= 2) {
        struct pool *pool;
        struct err err;
        T_OK(pool_open(&pool, lanes, &err), &err);
        T_EQ(pool_lanes(pool), lanes);
        for (int round = 0; round < 20; round++) { /* a pool is used again and again */
            static struct work work;
            memset(&work, 0, sizeof work);
            work.fails_from = SIZE_MAX;
            T_OK(pool_run(pool, 1000, task_do, &work, &err), &err);
            for (size_t i = 0; i < 1000; i++)
                T_EQ(work.done[i], 1);
            T_TRUE(!work.has_clash);
        }
        T_OK(pool_run(pool, 0, task_do, NULL, &err), &err);
        pool_close(pool);
    }
    pool_close(NULL);
}

TEST(pool_answers_the_lowest_failure)
{
    for (uint32_t lanes = 1; lanes <= 8; lanes *= 2) {
        struct pool *pool;
        struct err err;
        T_OK(pool_open(&pool, lanes, &err), &err);
        for (int round = 0; round < 50; round++) {
            static struct work work;
            memset(&work, 0, sizeof work);
            work.fails_from = 123;
            T_EQ(pool_run(pool, 1000, task_do, &work, &err), HEDUI_E_INPUT);
            T_STR(err.text, "task 123");
            T_ROW("after a failure nothing new is handed out");
            T_EQ(work.done[999], 0);
        }
        pool_close(pool);
    }
}

struct caller { /* runs a pool that others run as well */
    struct pool *pool;
    struct work work;
    struct err err;
    hedui_status rc;
};

static hedui_status
caller_run(void *context)
{
    struct caller *caller = context;

    for (int round = 0; round < 20 && caller->rc == HEDUI_OK; round++) {
        for (size_t i = 0; i < 1000; i++)
            atomic_store(&caller->work.done[i], 0);
        caller->rc = pool_run(caller->pool, 1000, task_do, &caller->work, &caller->err);
    }
    return caller->rc;
}

TEST(pool_serves_several_callers)
{
    static struct caller callers[3];
    struct errand *errands[3] = {NULL};
    struct pool *pool;
    struct err err;

    T_OK(pool_open(&pool, 2, &err), &err);
    memset(callers, 0, sizeof callers);
    for (size_t c = 0; c < 3; c++) {
        callers[c].pool = pool;
        callers[c].work.fails_from = c == 1 ? 700 : SIZE_MAX; /* one's failure is not the others' */
        T_OK(errand_start(&errands[c], caller_run, &callers[c], c == 2, &err), &err);
    }
    for (size_t c = 0; c < 3; c++) {
        T_EQ(errand_end(errands[c]), c == 1 ? HEDUI_E_INPUT : HEDUI_OK);
        T_TRUE(!callers[c].work.has_clash);
        for (size_t i = 0; i < 700; i++)
            T_EQ(callers[c].work.done[i], 1);
        T_EQ(callers[c].work.done[999], c == 1 ? 0 : 1);
    }
    T_STR(callers[1].err.text, "task 700");
    T_EQ(errand_end(NULL), HEDUI_OK);
    pool_close(pool);
}

T_MAIN(T(pool_does_each_task_once), T(pool_answers_the_lowest_failure),
       T(pool_serves_several_callers))
