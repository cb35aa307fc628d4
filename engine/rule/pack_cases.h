/* SPDX-License-Identifier: Apache-2.0 */
/* pack_cases.h: written households, a JSON line each in the shape of a test's `base`: one of them,
 * or all under two packs. */
#ifndef HEDUI_RULE_PACK_CASES_H
#define HEDUI_RULE_PACK_CASES_H

#include "engine/rule/moves.h"

/* `lines_out` (or NULL) gets a line of a sheet per changed case; *broken counts lines that are no
 * household of both packs. */
HEDUI_CHECKED hedui_status pack_cases_compare(struct moves *moves, const struct pack *old,
                                              const struct pack *new, struct text lines,
                                              struct buf *lines_out, uint32_t *broken,
                                              struct err *err);

/* The first line of the case `case_no`, as this pack sees it, in the arena. HEDUI_E_USAGE: there is
 * none; HEDUI_E_INPUT: it is no household of this pack. */
HEDUI_CHECKED hedui_status pack_case_find(struct household **out, const struct pack *pack,
                                          struct text lines, struct text case_no,
                                          struct arena *arena, struct err *err);

#endif
