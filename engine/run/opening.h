/* SPDX-License-Identifier: Apache-2.0 */
/* opening.h: the originals of the rows of one case that carry another name, for its handler.
 *
 * From     results of verify (which rows matched as name_conflict), the snapshot that they came
 *          from, the key ring
 * To       `hedui open`; DATA/openings.jsonl, which says who looked at what, when and why
 * Lives    in the arena given, which is wiped
 * Errors   HEDUI_E_USAGE where the case has no such row: then there is nothing to open for anybody;
 *          HEDUI_E_INPUT where the results were changed; what data_key.h and originals.h refuse
 * Why      the line is on the disk before a letter leaves. Other rows, and other cases, stay shut.
 */
#ifndef HEDUI_RUN_OPENING_H
#define HEDUI_RUN_OPENING_H

#include "engine/run/past_run.h"

struct opened_cell {
    const struct field *field;
    struct text text;
};
struct opened_row {
    struct text row; /* "A.vehicles.0", as in the findings */
    struct digest delivery;
    struct text file, source;
    uint64_t line;
    const struct kind *kind;
    uint32_t cell_count;
    struct opened_cell *cells; /* names and sensitive texts that have a value */
};
struct opening {
    uint32_t count;
    struct opened_row *rows;
};
struct opening_order {
    struct text case_no, reason;
    int64_t wait_ms; /* for whoever is writing */
};

/* world: with the snapshot of the results. */
HEDUI_CHECKED hedui_status opening_make(struct opening *out, const struct past_run *past,
                                        const struct opening_order *order,
                                        const struct world *world, struct arena *arena,
                                        struct err *err);

#endif
