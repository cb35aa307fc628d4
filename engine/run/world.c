/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/world.h"

#include <assert.h>

#include "engine/base/sys.h"
#include "engine/run/secrets.h"

#include "engine/base/ban.h"

hedui_status
world_open(struct world **out, const struct world_options *options, struct messages *messages,
           struct err *err)
{
    struct world *world = NULL;
    struct secrets secrets;
    hedui_status rc = HEDUI_OK;

    assert(out != NULL && options->data != NULL && options->model != NULL);
    world = mem_resize(NULL, 1, sizeof *world);
    if (world == NULL)
        return err_set(err, HEDUI_E_MEMORY, "内存不足，无法启动\nno memory for the world");
    *world = (struct world){0};
    arena_init(&world->arena, "world", 0, false);
    world->model_path = arena_text(&world->arena, text_of(options->model)).at;
    world->data = arena_text(&world->arena, text_of(options->data)).at;
    if (world->model_path == NULL || world->data == NULL)
        FAIL(arena_full(&world->arena, err));
    FAIL(model_load(&world->model, options->model, messages, &world->arena, err));
    if (options->must_exist && !sys_exists(options->data))
        FAIL(err_set(err, HEDUI_E_USAGE,
                     "没有数据目录 '%s'，请检查 --data，或先执行 hedui ingest\n"
                     "there is no data directory '%s': check --data, or run hedui ingest first",
                     options->data, options->data));
    FAIL(sys_make_dirs(options->data, err));
    FAIL(secrets_find(&secrets, world->data, options->key, options->ring, &world->arena, err));
    world->ring_path = arena_text(&world->arena, text_of(secrets.ring)).at;
    if (world->ring_path == NULL)
        FAIL(arena_full(&world->arena, err));
    FAIL(master_key_open(&world->key, options->data, secrets.key, &world->is_new_key, err));
    if (options->has_snapshot)
        FAIL(snapshot_open(&world->snapshot, options->data, options->snapshot, world->model,
                           master_key_id(world->key), err));
done:
    if (rc == HEDUI_OK) {
        *out = world;
    } else {
        messages_keep(messages); /* about a vocabulary that goes with the world */
        world_close(world);
    }
    return rc;
}

void
world_close(struct world *world)
{
    if (world == NULL)
        return;
    snapshot_close(world->snapshot);
    master_key_close(world->key);
    arena_release(&world->arena);
    mem_free(world);
}
