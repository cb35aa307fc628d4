/* SPDX-License-Identifier: Apache-2.0 */
/* gen_feeds.h: the five files of a synthetic county, and truth.jsonl beside them; with
 * `departments` those of gen_departments.h as well. The five are the same bytes with and without.
 */
#ifndef HEDUI_CLI_GEN_FEEDS_H
#define HEDUI_CLI_GEN_FEEDS_H

#include "engine/cli/gen_dirt.h"

#define RESIDENTS_PER_HOUSEHOLD 50 /* the first of each fifty are the members of a case */

struct gen_options {
    uint64_t residents, households; /* 1,000,000 and 20,000 at scale 1 */
    uint64_t seed;
    uint32_t dirt_ppm; /* rows with one piece of dirt, in millionths */
    bool is_sql_dirt;  /* only the kinds that the bench's peer knows */
    bool is_packed;    /* .csv.gz; truth.jsonl stays plain UTF-8 */
    bool is_gb18030;
    bool has_optional;    /* the batch has its optional columns, newborns and supporters as well */
    uint32_t departments; /* a bit for each of gen_departments.h that is asked for */
    int32_t checked_on;   /* days; tax covers the 12 months before its month */
    const char *out;
};

HEDUI_CHECKED hedui_status gen_county(const struct gen_options *options, struct err *err);

#endif
