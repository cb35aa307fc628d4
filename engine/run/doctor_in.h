/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_in.h: what the checks of doctor.c and its doctor_*.c share. */
#ifndef HEDUI_RUN_DOCTOR_IN_H
#define HEDUI_RUN_DOCTOR_IN_H

#include "engine/index/brief.h"
#include "engine/run/doctor.h"

struct doctor { /* one visit; later checks use what earlier ones found */
    const struct doctor_options *options;
    struct arena *arena;
    struct messages *messages;
    bool has_data;           /* the data directory exists */
    const char *key_path;    /* options->key, or data/key */
    struct model *model;     /* NULL: not readable */
    struct master_key *key;  /* NULL: none, or not readable */
    uint64_t delivery_bytes; /* of all files in data/deliveries */
    uint32_t delivery_files;
    int32_t newest_day;       /* of the deliveries' as-of days; INT32_MIN: none */
    int64_t newest_written_s; /* of the manifests; 0: none */
    uint32_t brief_count;
    struct brief *briefs;
    uint32_t keyless; /* sealed deliveries of the current snapshot without a data key */
    struct text first_keyless;
};

void doctor_put(struct doctor *doctor, struct doctor_result *result, enum doctor_level level,
                struct text zh, struct text en);
/* Both sentences take the same values. */
void doctor_say(struct doctor *doctor, struct doctor_result *result, enum doctor_level level,
                const char *zh, const char *en, ...)
    __attribute__((format(printf, 4, 6), format(printf, 5, 6)));
void doctor_keyless(struct doctor *doctor, const struct snapshot *snapshot); /* doctor_ring.c */

typedef void doctor_check(struct doctor *doctor, struct doctor_result *result);
doctor_check doctor_shared, doctor_data_rights, doctor_key, doctor_key_disk, doctor_files,
    doctor_snapshot, doctor_older; /* doctor_data.c */
doctor_check doctor_ring;          /* doctor_ring.c */
doctor_check doctor_space, doctor_open_files, doctor_memory, doctor_clock, doctor_libraries,
    doctor_processor, doctor_huge_pages, doctor_core_dumps, doctor_swap; /* doctor_host.c */

#endif
