/* SPDX-License-Identifier: Apache-2.0 */
/* status.h: what every call that can fail answers. Values are for ever; new ones are appended. */
#ifndef HEDUI_STATUS_H
#define HEDUI_STATUS_H

typedef enum hedui_status {
    HEDUI_OK = 0,
    HEDUI_E_IO = 1,     /* the operating system refused: open, read, write, sync, map */
    HEDUI_E_FORMAT = 2, /* a file of ours is cut, altered or of another version */
    HEDUI_E_INPUT = 3,  /* a mapping, pack, feed or batch is wrong: the sentence says where */
    HEDUI_E_LIMIT = 4,  /* a stated limit (memory, size, count) was reached */
    HEDUI_E_USAGE = 5,  /* called wrongly: options, names, order */
    HEDUI_E_BUSY = 6,   /* another process holds what is needed */
    HEDUI_E_MEMORY = 7, /* the system has no memory left */
} hedui_status;

#define HEDUI_CHECKED __attribute__((warn_unused_result))

#endif
