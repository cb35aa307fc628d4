/* SPDX-License-Identifier: Apache-2.0 */
/* pack_test.h: a pack's own tests, and what they leave untried.
 *
 * From     PACK/tests/ in YAML, a pack that loaded
 * To       `rules test`, and a reload, which takes no pack whose tests fail
 * Lives    what is told lives until the call returns
 * Errors   a test that fails is an answer, counted; HEDUI_E_LIMIT, HEDUI_E_IO are not
 * Why      a pack is tuned by people who do not program: the tests must say what nobody has tried
 *          (coverage), try what stands one fen beside every limit (boundaries), and show that to
 *          know less never decides more (robust). */
#ifndef HEDUI_RULE_PACK_TEST_H
#define HEDUI_RULE_PACK_TEST_H

#include "engine/rule/judge.h"

struct test_line { /* one line of "ok - NAME [VALUE]" or "not ok - NAME [VALUE]: ERROR" */
    struct text name, value;
    struct text error; /* .at == NULL: passed */
};
struct trial;
struct test_options {
    bool has_coverage, has_boundaries, is_robust;
    int32_t min_percent;                                       /* of coverage; 0: any will do */
    void (*told)(void *context, const struct test_line *line); /* or NULL */
    void *context;
    struct trial *trial; /* of pack_warn_tried(); else NULL */
};
struct test_report {
    struct test_counts counts;
    uint32_t seen, items; /* of coverage */
    uint64_t hidden;      /* inputs made unknown, one at a time and one after the other */
    bool is_exempt;       /* from the laws: the pack asks what is known */
};

/* Prints a line a test, then what was asked for. */
HEDUI_CHECKED hedui_status pack_test_all(struct test_report *out, const struct pack *pack,
                                         const char *dir, const struct test_options *options,
                                         struct messages *messages, struct buf *print,
                                         struct err *err);

/* Warnings that need the tests' households: rules that none saw true, objections that more assets
 * talk out of (W604, W611). */
HEDUI_CHECKED hedui_status pack_warn_tried(const struct pack *pack, const char *dir,
                                           struct messages *messages, struct arena *arena,
                                           struct err *err);

#endif
