/* SPDX-License-Identifier: Apache-2.0 */
/* mapping.h: how one feed's columns become one kind.
 *
 * From     adapters/<department>/mapping.yaml; docs/ADAPTERS.md is its manual
 * To       the reader (feed/read.h)
 * Lives    in the arena given; unchanged
 * Errors   unknown keys, types, fields, codes, units: messages with file:line:column and a
 *          suggestion; a blank-refusing field without a column does not load */
#ifndef HEDUI_FEED_MAPPING_H
#define HEDUI_FEED_MAPPING_H

#include "engine/model/kind.h"

struct mapping; /* fields are private to feed */

HEDUI_CHECKED hedui_status mapping_load(struct mapping **out, const char *path,
                                        const struct model *model, struct messages *messages,
                                        struct arena *arena, struct err *err);
struct text mapping_name(const struct mapping *mapping);
struct text mapping_source(const struct mapping *mapping);
int64_t mapping_version(const struct mapping *mapping);
const struct digest *mapping_digest(const struct mapping *mapping);
const struct kind *mapping_kind(const struct mapping *mapping);
uint64_t mapping_dedupe(const struct mapping *mapping); /* bit per field of the key; 0: none */
/* Most unreadable owners, in millionths of the rows, before everyone is partial (default 5000). */
uint32_t mapping_unplaced_max(const struct mapping *mapping);

#endif
