/* SPDX-License-Identifier: Apache-2.0 */
/* doctor.h: is this machine, this data directory, this key fit for a county's data?
 *
 * From     one table of checks (doctor.c); each looks at one thing and changes nothing
 * To       `hedui doctor`
 * Lives    results and their sentences in the arena given
 * Errors   what is wrong is a result; HEDUI_E_… only where the doctor cannot work at all
 * Why      a clerk cannot see that a key can be read by others or that the disk is nearly full, and
 *          learns it in the night before the batch is due. */
#ifndef HEDUI_RUN_DOCTOR_H
#define HEDUI_RUN_DOCTOR_H

#include "engine/run/world.h"

struct doctor_options {
    const char *data;    /* need not exist yet */
    const char *key;     /* NULL: data/key */
    const char *ring;    /* of keys; need not exist */
    bool is_ring_named;  /* by --ring: then it should */
    const char *model;   /* path */
    const char *mapping; /* of applications */
};

enum doctor_level {
    DOCTOR_GOOD,
    DOCTOR_NOTE, /* works, but somebody should know */
    DOCTOR_WRONG,
    DOCTOR_SKIPPED, /* nothing there to look at yet */
};

struct doctor_result {
    const char *name;    /* of the check: "key", for programs */
    const char *zh, *en; /* what was looked at */
    enum doctor_level level;
    struct text zh_said, en_said; /* what was seen, and what to do */
};

HEDUI_CHECKED hedui_status doctor_run(struct doctor_result **out, uint32_t *count,
                                      const struct doctor_options *options, struct arena *arena,
                                      struct err *err);
const char *doctor_level_name(enum doctor_level level); /* "good" "note" "wrong" "skipped" */

#endif
