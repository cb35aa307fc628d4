/* SPDX-License-Identifier: Apache-2.0 */
/* shares.h: a block of cases looked up once and judged by several packs.
 *
 * From     the cases of a block; of each pack those that it serves
 * To       what verify_block() would give each pack alone, byte for byte
 * Lives    in the block's arena
 * Threads  a lane calls it for its block
 * Errors   those of verify_block(); HEDUI_E_LIMIT: the packs ask more than 64 sources together
 * Why      one application may ask for all programmes that there are, and the probe is the same for
 *          each. A pack sees of it what it asked for and the paper allowed it, and nothing else. */
#ifndef HEDUI_RUN_SHARES_H
#define HEDUI_RUN_SHARES_H

#include "engine/run/verify.h"

struct verify_share {
    const struct pack *pack;
    const struct application *cases; /* its own, in the order of the block's */
    const uint32_t *at;              /* [count]: which of the block's each of them is */
    uint32_t count;                  /* 0: none of this block */
    struct verify_out *out;
};
HEDUI_CHECKED hedui_status verify_shares(const struct verify_share *shares, uint32_t share_count,
                                         const struct application *cases, uint32_t case_count,
                                         const struct world *world, struct keyer *keyer,
                                         struct arena *arena, struct err *err);

#endif
