/* SPDX-License-Identifier: Apache-2.0 */
/* map.h: a file mapped for reading that knows whether it is still the file that was opened.
 *
 * From     a file that nobody changes by the rules: a delivery
 * To       readers who cannot ask after every byte
 * Lives    map_open() to map_close(); the descriptor stays open beside the map
 * Threads  any number may read and ask map_is_sound()
 * Errors   only opening answers with a sentence. A page that cannot be read (the file was cut, the
 *          disk failed) reads as zeros and makes the map unsound for good
 * Why      reading memory has no return code: without this a cut file kills the process, and one
 *          that is written over answers with other bytes. So a reader keeps inside its bounds
 *          whatever it reads, and gives nothing out before map_is_sound() said yes after the last
 *          look. A file put in its place by a rename is no change: the old one stays mapped. Who
 *          writes into it and sets its time back on purpose is left to the checksums of the next
 *          opening. */
#ifndef HEDUI_BASE_MAP_H
#define HEDUI_BASE_MAP_H

#include "engine/base/sys.h"

struct map {
    const uint8_t *at; /* NULL: not open; zeros are a map that is not open */
    size_t bytes;
    int fd, guard;
    struct stat stat; /* when it was opened */
};

/* HEDUI_E_IO where it cannot be opened or mapped; HEDUI_E_FORMAT where it is no regular file or has
 * no byte. Waits some milliseconds where the file was written this very moment: its time could not
 * show a change within the same tick of the kernel's clock. */
HEDUI_CHECKED hedui_status map_open(struct map *map, const char *path, struct err *err);
void map_close(struct map *map); /* one that is not open welcome */
bool map_is_sound(const struct map *map);

#endif
