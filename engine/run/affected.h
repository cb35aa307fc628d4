/* SPDX-License-Identifier: Apache-2.0 */
/* affected.h: verdicts of a past run, judged again by a later pack on what was known then.
 *
 * From     a past run whose batch was checked, its world, the pack as it is now
 * To       `rules affected`
 * Lives    lists in the arena; what is computed goes to a folder of its own, which is removed
 * Errors   as batch.h; a case that differs is an answer
 * Why      who changed a number for a day that has passed must find the families it touches:
 * run.json tells what was in force when, so the days that changed are known without the old pack.
 */
#ifndef HEDUI_RUN_AFFECTED_H
#define HEDUI_RUN_AFFECTED_H

#include "engine/run/batch.h"
#include "engine/run/past_run.h"

struct day_span {
    int32_t from, until; /* from <= day < until; INT32_MIN, INT32_MAX: open */
};
struct affected_case {
    struct text case_no, then, now; /* outcomes; empty: the case had, or has, no verdict */
    int32_t checked_on;
    bool is_inside; /* its day lies in a span that changed */
};
struct affected {
    bool is_known; /* run.json tells what was in force; else every day counts as changed */
    uint32_t span_count;
    struct day_span *spans;
    uint64_t cases, inside; /* verdicts of then; given inside a changed span */
    uint64_t moved;         /* of another outcome now */
    uint64_t touched;       /* of the same outcome, with other figures or findings */
    uint64_t outside;       /* of both, outside of the spans: not the pack's doing */
    uint32_t count, room;
    struct affected_case *list; /* moved and touched, by case number */
};
struct affected_options {
    void (*progress)(void *context, uint64_t cases_done, uint64_t cases_all);
    void *progress_context;
};

/* The spans alone, for whoever only asks whether anything changed. */
HEDUI_CHECKED hedui_status affected_spans(struct affected *out, const struct past_run *past,
                                          const struct pack *pack, struct arena *arena,
                                          struct err *err);
HEDUI_CHECKED hedui_status affected_find(struct affected *out, const struct past_run *past,
                                         const struct affected_options *options,
                                         const struct world *world, const struct pack *pack,
                                         struct pool *pool, struct messages *messages,
                                         struct arena *arena, struct err *err);

#endif
