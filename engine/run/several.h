/* SPDX-License-Identifier: Apache-2.0 */
/* several.h: persons who are members of more than one case of a batch.
 *
 * From     the cases of a batch that are verified, numbers still in clear; who is excluded, has
 *          left or only supports a family is no member, and a case that goes back is not open
 * To       each such member, who is told the numbers of the other cases; summary.json
 * Lives    texts and lists in the batch's arena; numbers are wiped before the call returns
 * Errors   HEDUI_E_LIMIT, HEDUI_E_MEMORY
 * Why      two families that count one person each get an allowance for that person. The engine
 * says so by case numbers and decides nothing; a pack may (member.other_cases). */
#ifndef HEDUI_RUN_SEVERAL_H
#define HEDUI_RUN_SEVERAL_H

#include "engine/base/json.h"
#include "engine/model/application.h"

struct several_group { /* the same cases, once */
    uint32_t case_count, persons;
    const struct text *cases; /* sorted */
};
struct several {
    uint32_t count, persons;
    struct several_group *groups; /* sorted by their cases */
};

/* Fills also_count and also of the members of `set`. No order of rows or files changes a byte. */
HEDUI_CHECKED hedui_status several_find(struct several *out, struct application_set *set,
                                        const struct model *model, struct arena *arena,
                                        struct err *err);
/* [{"cases":["H1","H2"],"persons":1}, …] */
void several_json(struct json *json, const struct several *several);

#endif
