/* SPDX-License-Identifier: Apache-2.0 */
/* gen_departments.h: the feeds of the other departments of a synthetic county, on request.
 *
 * From     `hedui gen --feeds`; dice of their own, so that the five first files do not depend on it
 * To       OUT/KIND.csv in the layouts of adapters/KIND, OUT/seeded.jsonl: payments after death,
 *          spouses who are no members of the applying household, two benefits of one person
 * Why      what a person is (married to whom, dead since when, in which benefit) follows from
 *          the seed and his number alone, so that all files tell of the same people */
#ifndef HEDUI_CLI_GEN_DEPARTMENTS_H
#define HEDUI_CLI_GEN_DEPARTMENTS_H

#include "engine/cli/gen_rows.h"

struct department {
    const char *name, *header; /* of file and kind; the columns behind the owner's two */
    const char *owner;         /* names of those two */
    uint32_t what;             /* numbers the dice */
    uint32_t share;            /* of the residents, in millionths */
    uint32_t passes; /* rows a person at most; with months: their number, up to the check */
    bool has_months, has_amount;
    bool (*is_for)(const struct gen_file *gen, const struct resident *who, uint64_t number,
                   int32_t pass); /* NULL: anybody */
    void (*put)(struct gen_row *row);
};
extern const struct department departments[];
extern const uint32_t department_count; /* ≤ 32 */

/* "all", or names joined by commas; HEDUI_E_USAGE names one that is none. */
HEDUI_CHECKED hedui_status departments_read(struct text names, uint32_t *out, struct err *err);
HEDUI_CHECKED hedui_status gen_departments(struct gen_file *gen, uint32_t wanted);

#endif
