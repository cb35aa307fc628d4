/* SPDX-License-Identifier: Apache-2.0 */
/* secret.h: reading a file that holds a key. Private to index.
 *
 * From     key.c, ring.c
 * Errors   HEDUI_E_USAGE: a link, no regular file, open to others; HEDUI_E_IO. No byte of the file
 *          enters a sentence
 * Why      one place decides who else may read a key: nobody. Under $CREDENTIALS_DIRECTORY a
 *          service manager hands files over with rights of its own making: there the group may. */
#ifndef HEDUI_INDEX_SECRET_H
#define HEDUI_INDEX_SECRET_H

#include <stddef.h>

#include "engine/base/err.h"

/* At most `room` bytes of the file; *len: how many. A longer file fills the room. */
HEDUI_CHECKED hedui_status secret_read(char *to, size_t room, size_t *len, const char *path,
                                       struct err *err);

#endif
