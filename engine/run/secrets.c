/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/secrets.h"

#include <stdio.h>

#include "engine/base/host.h"
#include "engine/base/sys.h"
#include "engine/index/data_key.h"

#include "engine/base/ban.h"

#define MS_OF_DAY INT64_C(86400000)
#define PATH_BYTES 4096

hedui_status
secrets_find(struct secrets *out, const char *data, const char *key, const char *ring,
             struct arena *arena, struct err *err)
{
    const char *credentials = host_credentials();
    struct text path;

    *out = (struct secrets){key, ring};
    if (key == NULL && credentials != NULL) {
        path = arena_printf(arena, "%s/hedui.key", credentials);
        if (path.at == NULL)
            return arena_full(arena, err);
        if (sys_exists(path.at))
            out->key = path.at;
    }
    if (ring != NULL)
        return HEDUI_OK;
    path = out->key != NULL ? arena_printf(arena, "%s.ring", out->key)
                            : arena_printf(arena, "%s/key.ring", data);
    if (path.at == NULL)
        return arena_full(arena, err);
    out->ring = path.at;
    return HEDUI_OK;
}

int32_t
secrets_today(void)
{
    return (int32_t)(sys_now_ms() / MS_OF_DAY);
}

hedui_status
secrets_ring(struct ring **out, const struct world *world, bool *is_new, struct err *err)
{
    char dir[PATH_BYTES];
    bool are_there = false;

    *is_new = false;
    if (snprintf(dir, sizeof dir, "%s/deliveries", world->data) >= (int)sizeof dir)
        return err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", world->data,
                       world->data);
    if (!sys_exists(world->ring_path)) {
        TRY(data_keys_exist(&are_there, dir, err));
        if (are_there)
            return err_set(err, HEDUI_E_USAGE,
                           "'%s' 里有密封的数据，但密钥环 '%s' 不见了：请从备份恢复，或用 --ring "
                           "指明；确已丢失时请执行 hedui key rotate --lost\n"
                           "'%s' holds sealed data, but the key ring '%s' is missing: bring it "
                           "back from the backup, or name it with --ring; if it is lost for good, "
                           "run hedui key rotate --lost",
                           world->data, world->ring_path, world->data, world->ring_path);
        TRY(ring_make(world->ring_path, secrets_today(), err));
        *is_new = true;
    }
    return ring_open(out, world->ring_path, err);
}
