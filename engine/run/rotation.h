/* SPDX-License-Identifier: Apache-2.0 */
/* rotation.h: a new key in the ring, and every data key under it.
 *
 * From     `hedui key rotate`
 * To       the ring's file, then DATA/deliveries/<digest>.key one by one, under DATA/lock
 * Errors   cut short, all data keys still open: the ring that holds both keys is written first. Run
 *          again, it goes on (with one key more)
 * Why      deliveries stay as they are, so a rotation takes seconds and nothing is ingested again.
 */
#ifndef HEDUI_RUN_ROTATION_H
#define HEDUI_RUN_ROTATION_H

#include "engine/index/data_key.h"

struct rotation_order {
    const char *data, *ring;
    bool is_retiring; /* the old keys go, once nothing needs them */
    bool is_lost; /* the ring is gone for good: begin a new one beside data keys that stay shut */
    int64_t wait_ms; /* for whoever is writing */
};

struct rotation {
    struct ring_entry active;
    struct data_keys keys;
    uint32_t old, retired; /* keys of the ring that stay beside the active one; that went */
    bool is_first;         /* there was no ring */
};

HEDUI_CHECKED hedui_status rotate(struct rotation *out, const struct rotation_order *order,
                                  struct err *err);

#endif
