/* SPDX-License-Identifier: Apache-2.0 */
/* gen_optional.h: the optional columns of a batch, filled as offices fill them: mostly blank.
 *
 * From     `hedui gen --optional`; dice of their own, so that the other columns of a county are the
 *          same bytes with and without
 * To       gen_feeds.c, behind the columns that every batch has */
#ifndef HEDUI_CLI_GEN_OPTIONAL_H
#define HEDUI_CLI_GEN_OPTIONAL_H

#include "engine/cli/gen_feeds.h"

/* Names, each behind a comma. */
extern const char optional_columns[];

struct optional_case { /* what all rows of a case share, and who stands behind it */
    uint64_t seed, household;
    int32_t checked_on;
    uint32_t division;
    struct resident applicant;
    bool has_newborn, has_supporter; /* one more row each */
};
void optional_case_init(struct optional_case *out, const struct gen_options *options,
                        uint64_t household, uint32_t division);

enum optional_row { OPTIONAL_MEMBER, OPTIONAL_NEWBORN, OPTIONAL_SUPPORTER };
/* The cells, each behind a comma. `row`: number within the case; `born`: of its person. */
void optional_put(struct buf *out, const struct optional_case *of, enum optional_row kind,
                  uint32_t row, int32_t born);

#endif
