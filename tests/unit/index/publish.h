/* SPDX-License-Identifier: Apache-2.0 */
/* publish.h: rows of feed.h to a delivery and a snapshot, in the order of run/ingest.c. */
#ifndef HEDUI_TESTS_INDEX_PUBLISH_H
#define HEDUI_TESTS_INDEX_PUBLISH_H

#include "tests/unit/index/feed.h"

#include "engine/index/key.h"
#include "engine/index/snapshot.h"

struct published {
    struct digest digest;
    uint64_t id;
    uint32_t fallen_count;
};

/* What every delivery of these tests has in common; tests add what they are about. */
static struct delivery_spec
spec_of(const char *source, int32_t as_of)
{
    return (struct delivery_spec){
        .model = &test_model,
        .kind = &test_kind,
        .source = text_of(source),
        .mapping = TEXT("m"),
        .as_of = as_of,
        .memory = (size_t)64 << 20,
        .ring = test_ring,
    };
}

/* facts[rows] under `spec` into the data directory `data`. Whatever fails, nothing stays open. */
static hedui_status
feed_publish(struct published *out, const char *data, const struct delivery_spec *given,
             const struct master_key *key, const struct fact *facts, size_t rows, struct err *err)
{
    struct delivery_spec spec = *given;
    struct balance balance = {.physical = rows, .accepted = rows};
    struct builder *builder = NULL;
    struct data_lock *lock = NULL;
    struct pool *pool = NULL;
    struct arena arena;
    struct text *fallen;
    char dir[128];
    hedui_status rc = HEDUI_OK;

    snprintf(dir, sizeof dir, "%s/deliveries", data);
    spec.dir = dir;
    arena_init(&arena, "test", 0, false);
    FAIL(sys_make_dirs(dir, err));
    FAIL(pool_open(&pool, 1, err));
    FAIL(data_lock_take(&lock, data, 1000, err));
    FAIL(builder_open(&builder, &spec, key, 1, err));
    facts_feed(builder, facts, rows, 1, &rc, err);
    if (rc != HEDUI_OK)
        goto done;
    FAIL(builder_seal(builder, pool, NULL, NULL, 0, &balance, false, &out->digest, err));
    FAIL(snapshot_publish(&out->id, data, lock, &out->digest, &test_model, master_key_id(key),
                          &fallen, &out->fallen_count, &arena, err));
done:
    builder_close(builder);
    data_lock_drop(lock);
    pool_close(pool);
    arena_release(&arena);
    return rc;
}

#endif
