/* SPDX-License-Identifier: Apache-2.0 */
/* conflict.h: several programmes of one case side by side: which stands, which gives way to which.
 *
 * From     what each pack told of the cases it judged; the groups of rules/packs.yaml
 * To       OUT/cases.jsonl and OUT/cases.csv, a line a case; counts
 * Lives    one run
 * Errors   of writing
 * Why      aid of one sort is given once (就高不重复). Who gives way is a line of a table with a
 *          paper beside it; this file applies the line and grants nothing: people decide. */
#ifndef HEDUI_RUN_CONFLICT_H
#define HEDUI_RUN_CONFLICT_H

#include "engine/rule/pack_table.h"
#include "engine/run/verify.h"

enum standing {           /* of one programme of one case */
                STANDS,   /* nothing objects, and no other programme of a group is before it */
                DEPENDS,  /* as far as it goes; one that is still open would be before it */
                YIELDS,   /* gives way to one that stands */
                OPEN,     /* its own outcome is open */
                OBJECTED, /* 疑似不符 */
                STANDINGS,
};
const char *standing_name(enum standing standing);
const char *standing_zh(enum standing standing);

struct standing_line { /* one programme of a case; what comes in, and what is found */
    int32_t programme; /* number in code list `programme` */
    struct text pack;
    struct verify_told told;
    enum standing standing;     /* out */
    int32_t by;                 /* out: the programme that it yields to or depends on; -1: none */
    const struct conflict *why; /* out: the line of the table; NULL: none */
};
/* Fills the out fields of one case's programmes. */
void conflict_settle(struct standing_line *lines, uint32_t count, const struct pack_table *table);

struct conflict_cases { /* the cases of a run, by number; each holds its lines */
    uint32_t count;
    struct conflict_case {
        struct text case_no;
        int32_t programme; /* the one it was made for */
        uint32_t line_count;
        struct standing_line *lines; /* in the order of the packs of the table */
    } * items;
};
HEDUI_CHECKED hedui_status conflict_write(const struct conflict_cases *cases,
                                          const struct code_list *programmes, const char *dir,
                                          uint64_t counts[STANDINGS], struct err *err);

#endif
