/* SPDX-License-Identifier: Apache-2.0 */
/* secrets.h: which files hold the key and the key ring of a run.
 *
 * From     --key and --ring; $CREDENTIALS_DIRECTORY/hedui.key, where a service manager laid one;
 * else DATA/key. The ring lies beside the key: its name and ".ring" Lives    paths in the arena
 * given Errors   the ring is made on first use, as the key is; never where sealed deliveries are
 * already Why      one rule for both, so that moving the key to another disk moves the ring with
 * it. */
#ifndef HEDUI_RUN_SECRETS_H
#define HEDUI_RUN_SECRETS_H

#include "engine/index/ring.h"
#include "engine/run/world.h"

struct secrets {
    const char *key; /* NULL: DATA/key, which is made where it is missing */
    const char *ring;
};

HEDUI_CHECKED hedui_status secrets_find(struct secrets *out, const char *data, const char *key,
                                        const char *ring, struct arena *arena, struct err *err);
/* The world's ring, under DATA/lock. A missing one is made where nothing is sealed yet: *is_new. */
HEDUI_CHECKED hedui_status secrets_ring(struct ring **out, const struct world *world, bool *is_new,
                                        struct err *err);
int32_t secrets_today(void); /* the day that a new key is said to be of */

#endif
