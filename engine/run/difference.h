/* SPDX-License-Identifier: Apache-2.0 */
/* difference.h: two files of one run, then and now, byte for byte: the first place where they part.
 *
 * Errors   HEDUI_E_IO where one cannot be read; to differ is an answer
 * Why      a place is told by case and key, never by value: a terminal is no place for people's
 *          data, and whoever may see the case can look there. */
#ifndef HEDUI_RUN_DIFFERENCE_H
#define HEDUI_RUN_DIFFERENCE_H

#include <stdint.h>

#include "engine/base/arena.h"

enum difference_kind { SAME, OTHER, ONLY_THEN, ONLY_NOW };
struct difference {
    enum difference_kind kind;
    uint64_t line;       /* from 1, of the file of then; 0: not told */
    struct text case_no; /* empty: not a line of a case */
    struct text key;     /* "findings[0].reason"; empty: not told */
};

/* Line by line to the end. Texts of *out live in the arena. */
HEDUI_CHECKED hedui_status difference_of_files(struct difference *out, const char *then,
                                               const char *now, struct arena *arena,
                                               struct err *err);
/* The lines of one case only: of .jsonl those whose first key is `case_no`, of .csv those whose
 * first cell is it. *count: how many there were then. */
HEDUI_CHECKED hedui_status difference_of_case(struct difference *out, uint64_t *count,
                                              const char *then, const char *now,
                                              struct text case_no, struct arena *arena,
                                              struct err *err);
/* The next line of the case in a file, which is read alone; .at == NULL: there is none. */
HEDUI_CHECKED hedui_status case_line(struct text *out, const char *path, struct text case_no,
                                     struct arena *arena, struct err *err);

#endif
