/* SPDX-License-Identifier: Apache-2.0 */
/* explain.h: one line of verdicts.jsonl in plain words, for a clerk or the family.
 *
 * Reads the line and the labels that lie beside it, so that an old verdict explains itself without
 * data, key or pack. */
#ifndef HEDUI_VERDICT_EXPLAIN_H
#define HEDUI_VERDICT_EXPLAIN_H

#include "engine/base/arena.h"
#include "engine/base/buf.h"
#include "engine/verdict/labels.h"

/* HEDUI_E_INPUT where the line is not a verdict. */
HEDUI_CHECKED hedui_status explain_line(struct text verdict_line, const struct labels *labels,
                                        struct buf *out, struct arena *arena, struct err *err);

#endif
