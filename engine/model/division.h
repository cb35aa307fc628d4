/* SPDX-License-Identifier: Apache-2.0 */
/* division.h: the dated table of administrative divisions (GB/T 2260), data beside the model.
 *
 * From     rules/divisions.csv: code,name,from,until,successors; the first line names its version
 * Lives    in the world's arena
 * Why      codes are reused and merged: a code without a day is ambiguous. Comparison in the engine
 *          is by prefix; this table gives names and warns of unknown codes, it refuses nothing. */
#ifndef HEDUI_MODEL_DIVISION_H
#define HEDUI_MODEL_DIVISION_H

#include "engine/base/arena.h"

struct division_table;
HEDUI_CHECKED hedui_status division_load(struct division_table **out, const char *path,
                                         struct arena *arena, struct err *err);
struct text division_version(const struct division_table *table);
/* The name on that day, of the longest prefix of `code` that is listed; empty where none. */
struct text division_name(const struct division_table *table, struct text code, int32_t day);
bool division_covers(struct text prefix, struct text code); /* code starts with prefix */
bool division_overlaps(struct text a, struct text b);       /* one lies within the other */

#endif
