/* SPDX-License-Identifier: Apache-2.0 */
/* flatten.h: a chain of packs as the one pack that is in force, each line with its origin.
 *
 * From     a pack; what its layers left of every section
 * To       `rules flatten`, for eyes or as JSON lines
 * Errors   buf_check() of `out`
 * Why      the text loads as a pack without parents and has the same meaning hash: so it shows all
 *          that counts, and nothing else. */
#ifndef HEDUI_RULE_FLATTEN_H
#define HEDUI_RULE_FLATTEN_H

#include "engine/base/json.h"
#include "engine/rule/pack.h"

/* YAML, "  # PACK/FILE:LINE" behind each line that somebody wrote. */
HEDUI_CHECKED hedui_status pack_flatten(const struct pack *pack, struct buf *out, struct err *err);
/* A scalar as it may stand in any YAML of ours, in quotes where it must. */
void flat_scalar(struct buf *out, struct text text);
/* An array of {"text", "pack", "file", "line"}; the last three only where somebody wrote it. */
HEDUI_CHECKED hedui_status pack_flatten_json(const struct pack *pack, struct json *json,
                                             struct err *err);

#endif
