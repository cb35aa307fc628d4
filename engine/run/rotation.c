/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/rotation.h"

#include <stdio.h>
#include <unistd.h>

#include "engine/base/sys.h"
#include "engine/index/drop.h"
#include "engine/run/secrets.h"

#include "engine/base/ban.h"

#define PATH_BYTES 4096

/* The ring with its new key. */
static hedui_status
ring_turn(struct ring **ring, struct rotation *out, const struct rotation_order *order,
          const char *dir, struct err *err)
{
    bool are_there = false;

    if (sys_exists(order->ring)) {
        if (order->is_lost)
            return err_set(err, HEDUI_E_USAGE,
                           "密钥环 '%s' 还在，不要用 --lost\n"
                           "the key ring '%s' is there: leave out --lost",
                           order->ring, order->ring);
        TRY(ring_open(ring, order->ring, err));
        return ring_rotate(*ring, secrets_today(), err);
    }
    TRY(data_keys_exist(&are_there, dir, err));
    if (are_there && !order->is_lost)
        return ring_open(ring, order->ring, err); /* which says what is missing */
    out->is_first = true;
    TRY(ring_make(order->ring, secrets_today(), err));
    return ring_open(ring, order->ring, err);
}

/* A copy of a damaged data key, in some backup, is wrapped by a key that would go: looked at before
 * anything is changed, so that a ring does not grow by a key at each try. */
static hedui_status
damage_check(const struct rotation_order *order, const char *dir, struct err *err)
{
    struct data_keys keys = {0};
    struct ring *ring = NULL;
    hedui_status rc = HEDUI_OK;

    if (!order->is_retiring || !sys_exists(order->ring))
        return HEDUI_OK;
    TRY(ring_open(&ring, order->ring, err));
    FAIL(data_keys_count(&keys, dir, ring, err));
    if (keys.damaged > 0)
        FAIL(err_set(
            err, HEDUI_E_FORMAT,
            "什么也没有改：'%s' 里有 %u 把数据密钥损坏，它们的备份还要用旧密钥打开；请从备份恢复，"
            "或移走确已无用的，再执行一次\n"
            "nothing was changed: %u data keys in '%s' are damaged, and their backups open "
            "with the old keys only: bring them back, or move away what is lost for good, "
            "and run it again",
            dir, keys.damaged, keys.damaged, dir));
done:
    ring_close(ring);
    return rc;
}

hedui_status
rotate(struct rotation *out, const struct rotation_order *order, struct err *err)
{
    struct data_lock *lock = NULL;
    struct ring *ring = NULL;
    char dir[PATH_BYTES];
    hedui_status rc = HEDUI_OK;

    *out = (struct rotation){0};
    if (snprintf(dir, sizeof dir, "%s/deliveries", order->data) >= (int)sizeof dir)
        return err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", order->data,
                       order->data);
    FAIL(data_lock_take(&lock, order->data, order->wait_ms, err));
    FAIL(drop_resume(order->data, lock, sys_now_ms(), (uint32_t)getuid(), err));
    FAIL(damage_check(order, dir, err));
    FAIL(ring_turn(&ring, out, order, dir, err));
    FAIL(data_keys_rewrap(&out->keys, dir, ring, err));
    out->old = ring_count(ring) - 1;
    if (order->is_retiring) {
        FAIL(ring_retire(ring, err));
        out->retired = out->old;
        out->old = 0;
    }
    out->active = ring_entry(ring, 0);
done:
    ring_close(ring);
    data_lock_drop(lock);
    return rc;
}
