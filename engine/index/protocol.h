/* SPDX-License-Identifier: Apache-2.0 */
/* protocol.h: DATA/protocol.jsonl, what was destroyed here: when, why, by whom. Only ever longer.
 *
 * From     drop.h, under DATA/lock
 * To       auditors; drop.h, which finishes what a killed run began; manifest.h, which says of a
 *          snapshot that is gone why it is
 * Lives    as long as the data directory; a line is on the disk before the call comes back
 * Errors   HEDUI_E_IO; HEDUI_E_FORMAT where a line is not ours
 * Why      a destruction that nobody can prove is a loss, and an announced one that a crash cut
 *          short is neither. Layout: docs/FORMATS.md. */
#ifndef HEDUI_INDEX_PROTOCOL_H
#define HEDUI_INDEX_PROTOCOL_H

#include "engine/base/json.h"

struct protocol {
    uint32_t count;
    struct json_node **lines; /* objects, in the order of time */
};

/* Where there is none: no lines. A last line without line feed was never acknowledged: left out. */
HEDUI_CHECKED hedui_status protocol_read(struct protocol *out, const char *data,
                                         struct arena *arena, struct err *err);
/* Appends a line, line feed included, and syncs it. A cut last line is removed first. `fp` is the
 * prefix of the failpoints. */
HEDUI_CHECKED hedui_status protocol_append(const char *data, const struct buf *line, const char *fp,
                                           struct err *err);
/* The same for DATA/openings.jsonl: whose originals were opened, by whom, when and why. */
HEDUI_CHECKED hedui_status openings_append(const char *data, const struct buf *line,
                                           struct err *err);
/* "at":"2026-11-25T09:30:00Z" */
void protocol_time(struct json *json, int64_t at_ms);
/* A reason as a person gave it: up to 500 bytes, without a number as long as an identity number,
 * for protocols are read by many. HEDUI_E_USAGE. */
HEDUI_CHECKED hedui_status protocol_reason(struct text reason, struct err *err);
/* The line that announced the end of this snapshot (and, `stage` "done", that confirmed it). NULL:
 * none. */
const struct json_node *protocol_find(const struct protocol *protocol, uint64_t snapshot,
                                      const char *stage);
bool protocol_exists(const char *data);

#endif
