/* SPDX-License-Identifier: Apache-2.0 */
/* summary.h: counts of a batch; what one action (asking one source, fetching one paper) would
 * settle.
 *
 * Threads  each lane counts into its own; summary_join() adds them up, in any order
 * Why      one action, many cases: `incomplete` cases are grouped by source × reason. */
#ifndef HEDUI_RUN_SUMMARY_H
#define HEDUI_RUN_SUMMARY_H

#include "engine/base/hash.h"
#include "engine/base/json.h"
#include "engine/rule/judge.h"

struct summary {
    struct dict groups; /* "bank × not_answered" … */
    uint64_t *cases;    /* per group */
    uint32_t room;
    bool is_failed; /* no memory: counted groups are incomplete */
};

void summary_init(struct summary *summary);
void summary_release(struct summary *summary);
void summary_incomplete(void *summary, const struct household *household,
                        const struct judgement *judgement);
void summary_join(struct summary *into, const struct summary *from);
/* The groups, largest first, of equal ones by name; the names live as long as the summary. */
struct summary_group {
    struct text name;
    uint64_t cases;
};
HEDUI_CHECKED hedui_status summary_groups(const struct summary *summary, struct summary_group **out,
                                          uint32_t *count, struct arena *arena, struct err *err);
void summary_print(const struct summary_group *groups, uint32_t count, struct json *json);

#endif
