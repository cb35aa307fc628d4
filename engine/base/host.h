/* SPDX-License-Identifier: Apache-2.0 */
/* host.h: what the machine under a run is like. Asked by `hedui doctor`; decides nothing.
 *
 * Threads  any; every call asks the system anew
 * Errors   what the system does not tell is false or UNKNOWN, never a guess */
#ifndef HEDUI_BASE_HOST_H
#define HEDUI_BASE_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOST_UNKNOWN UINT64_MAX

struct host_space { /* of the disk that holds a path, for this user */
    uint64_t free_bytes, all_bytes;
    uint64_t free_files; /* HOST_UNKNOWN: the disk has no such limit */
};
bool host_space(struct host_space *out, const char *path);

struct host_file { /* links are not followed */
    uint64_t device, bytes;
    uint32_t owner, rights; /* rights: 0600 … without the kind */
    bool is_file, is_folder;
    int64_t written_s;
};
bool host_file(struct host_file *out, const char *path);

uint32_t host_user(void);        /* whom files that we make belong to */
uint64_t host_open_max(void);    /* files that a process may have open */
uint64_t host_core_bytes(void);  /* 0: a crash leaves no core dump */
uint64_t host_free_memory(void); /* bytes that may be had without swapping */
uint32_t host_cores(void);
/* The first `room` - 1 bytes of a small file of the system, such as /proc/swaps; "" on failure. */
void host_read(char *out, size_t room, const char *path);

/* $CREDENTIALS_DIRECTORY: where a service manager lays the secrets of a service; NULL: none. */
const char *host_credentials(void);

#endif
