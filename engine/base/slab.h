/* SPDX-License-Identifier: Apache-2.0 */
/* slab.h: blocks of 2 MiB, kept for the next who needs one.
 *
 * Lives    a slab from slab_take() to slab_give(); what was given stays with the process until
 *          slabs_trim()
 * Threads  any
 * Errors   NULL: no memory
 * Why      memory that the system hands out for the first time costs more than all that is done
 * with it; several feeds of one command go through the same slabs. */
#ifndef HEDUI_BASE_SLAB_H
#define HEDUI_BASE_SLAB_H

#include <stddef.h>

#define SLAB_BYTES ((size_t)2 << 20)

void *slab_take(void); /* SLAB_BYTES, with anything in them */
void slab_give(void *slab);
void slabs_trim(void); /* nothing of it stays */

#endif
