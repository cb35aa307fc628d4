/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.h: DATA/snapshots/NNNNNNNN.json and DATA/current as structs. Private to index.
 *
 * From     the file, whose last member is a SHA-256 over what stands before it
 * To       snapshot_open(), snapshot_publish()
 * Lives    in the arena given
 * Errors   HEDUI_E_FORMAT: cut, altered, of another version
 * Layout   docs/FORMATS.md */
#ifndef HEDUI_INDEX_MANIFEST_H
#define HEDUI_INDEX_MANIFEST_H

#include "engine/index/delivery.h"

struct manifest_entry { /* a delivery and the part of it that counts */
    struct digest delivery;
    struct text source, kind;
    int32_t as_of;
    bool is_mend;
    struct digest mends;
    bool has_months; /* kinds with a period */
    uint32_t month_count;
    int32_t *months;         /* ascending */
    uint32_t division_count; /* 0: all */
    struct text *divisions;
    uint32_t minus_count;
    struct text *minus;
};

struct manifest {
    uint64_t id, parent;                 /* parent 0: none */
    struct digest digest, parent_digest; /* digest: of the file's bytes */
    uint32_t count;
    struct manifest_entry *entries;
};

/* id 0: what DATA/current names; where there is none, a manifest of id 0 without entries. */
HEDUI_CHECKED hedui_status manifest_load(struct manifest *out, const char *data, uint64_t id,
                                         struct arena *arena, struct err *err);
/* What DATA/current names; 0: nothing was ever published. A manifest past it was written by a run
 * that died before it counted. */
HEDUI_CHECKED hedui_status manifest_newest(uint64_t *id, const char *data, struct arena *arena,
                                           struct err *err);
/* Of a snapshot whose file is gone: HEDUI_E_USAGE and when it went, if the protocol tells of it. */
HEDUI_CHECKED hedui_status manifest_was_dropped(const char *data, uint64_t id, struct arena *arena,
                                                struct err *err);
/* Writes the file and then DATA/current; sets manifest->digest. */
HEDUI_CHECKED hedui_status manifest_publish(struct manifest *manifest, const char *data,
                                            struct err *err);

#endif
