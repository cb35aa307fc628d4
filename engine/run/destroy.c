/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/destroy.h"

#include <unistd.h>

#include "engine/base/sys.h"

#include "engine/base/ban.h"

hedui_status
destroy(struct drop_result *out, const struct world *world, uint64_t id, struct text reason,
        int64_t wait_ms, struct arena *arena, struct err *err)
{
    struct drop_order order = {
        .snapshot = id, .reason = reason, .at_ms = sys_now_ms(), .uid = (uint32_t)getuid()};
    struct data_lock *lock = NULL;
    hedui_status rc = HEDUI_OK;

    FAIL(data_lock_take(&lock, world->data, wait_ms, err));
    FAIL(snapshot_drop(out, world->data, lock, &order, world->model, master_key_id(world->key),
                       arena, err));
done:
    data_lock_drop(lock);
    return rc;
}

hedui_status
destroy_resume(uint32_t *finished, const char *data, int64_t wait_ms, struct err *err)
{
    struct data_lock *lock = NULL;
    uint32_t pending;
    hedui_status rc = HEDUI_OK;

    FAIL(drop_pending(&pending, data, err));
    *finished = 0;
    if (pending == 0)
        return HEDUI_OK; /* no lock: nothing will be written */
    FAIL(data_lock_take(&lock, data, wait_ms, err));
    FAIL(drop_resume(data, lock, sys_now_ms(), (uint32_t)getuid(), err));
    *finished = pending;
done:
    data_lock_drop(lock);
    return rc;
}
