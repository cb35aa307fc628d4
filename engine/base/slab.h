/* SPDX-License-Identifier: Apache-2.0 */
/* slab.h: blocks of 2 MiB, and zeroed ones of smaller powers of two, kept for the next who needs
 * one.
 *
 * Lives    a slab from slab_take() to slab_give(), a page from pages_take() to pages_give(); what
 *          was given stays with the process until slabs_trim()
 * Threads  any
 * Errors   NULL: no memory
 * Why      memory that the system hands out for the first time costs more than all that is done
 * with it; several feeds of one command go through the same slabs. */
#ifndef HEDUI_BASE_SLAB_H
#define HEDUI_BASE_SLAB_H

#include <stddef.h>

#define SLAB_BYTES ((size_t)2 << 20)

void *slab_take(void);      /* SLAB_BYTES, with anything in them */
void slab_give(void *slab); /* as it is: what nobody may see is not kept in slabs */
/* Zeroed. bytes: a power of two from PAGES_LEAST to SLAB_BYTES. */
#define PAGES_LEAST ((size_t)4 << 10)
void *pages_take(size_t bytes);
void pages_give(void *at, size_t bytes); /* wiped at once; NULL welcome */
void slabs_trim(void);                   /* nothing of either stays with the process */

#endif
