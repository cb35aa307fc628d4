/* SPDX-License-Identifier: Apache-2.0 */
/* intake.h: what stands between the reader of a feed and the builder of a delivery.
 *
 * From     feed/read.h: batches of accepted rows, refusals
 * To       index/build.h: the same, with the places that the delivery gives its files; a row of a
 *          kind with a pair twice, once for each of its two persons, if they are two
 * Lives    for one ingest
 * Threads  the sink is called by all lanes; the count is atomic
 * Why      a marriage or a policy is one row with two owners. Turning it round here keeps
 *          one index, one probe and one meaning of `owner` behind this point */
#ifndef HEDUI_RUN_INTAKE_H
#define HEDUI_RUN_INTAKE_H

#include <stdatomic.h>

#include "engine/feed/read.h"
#include "engine/index/build.h"
#include "engine/run/mending.h"

struct intake {
    struct builder *builder;
    const uint32_t *file_of;        /* input number to the delivery's file number */
    struct mending *mending;        /* NULL: the delivery mends none */
    const char *const *paths;       /* of the inputs, for messages */
    atomic_uint_least64_t mirrored; /* rows that were read from their other side as well */
};

struct feed_sink intake_sink(struct intake *intake);

#endif
