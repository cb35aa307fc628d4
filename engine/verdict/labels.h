/* SPDX-License-Identifier: Apache-2.0 */
/* labels.h: labels.json, which lies beside verdicts.jsonl and says what its names are called.
 *
 * From     the pack and the model of the run that wrote the verdicts
 * To       explain, which reads it back, in the language asked for
 * Lives    read labels point into the arena of the file's bytes
 * Errors   a file that is not ours is HEDUI_E_INPUT; a name that it lacks is said as it stands
 * Why      a verdict is explained years later, when the pack has other names for other things. */
#ifndef HEDUI_VERDICT_LABELS_H
#define HEDUI_VERDICT_LABELS_H

#include "engine/base/json.h"
#include "engine/rule/pack.h"

/* The whole file. Same pack and model, same bytes. Layout: docs/FORMATS.md. */
HEDUI_CHECKED hedui_status labels_json(struct buf *out, const struct pack *pack,
                                       struct arena *arena, struct err *err);

struct labels { /* zeroed: every name stands for itself */
    const struct json_node *names;
    struct text zh, en; /* of the pack; may be empty */
    bool is_english;
};
HEDUI_CHECKED hedui_status labels_read(struct labels *out, struct text bytes, struct arena *arena,
                                       struct err *err);

/* The same without a file: what would be read back, in Chinese. */
HEDUI_CHECKED hedui_status labels_of(struct labels *out, const struct pack *pack,
                                     struct arena *arena, struct err *err);

/* What PREFIX and NAME ("", "per_capita"; "@", "bank"; "declared.", "income") are called; NAME
 * itself where nothing knows. English that nobody wrote is the name's last word, "per capita". */
void labels_name(struct buf *out, const struct labels *labels, const char *prefix,
                 struct text name);
/* " 元／月", " yuan"; "" where the value of this name has no unit, or its label names it. */
const char *labels_unit(const struct labels *labels, const char *prefix, struct text name);
/* An expression ("savings - savings_limit", "m.age", "p.home_area * headcount") with its names
 * replaced; the field of a variable is found by the field's name, where only one thing is called
 * so. */
void labels_expression(struct buf *out, const struct labels *labels, struct text expression);
/* "A.accounts@bank", "A.vehicles.0.price", "B.labour", "A.incomes@tax:2026-05", "case.purpose",
 * "A.vehicles.0": whose, what, from whom, when. */
void labels_cause(struct buf *out, const struct labels *labels, struct text cause);

#endif
