/* SPDX-License-Identifier: Apache-2.0 */
/* meta.h: what a delivery says of itself, as canonical JSON inside its head.
 *
 * Why      readable without this engine; the fields stand there, so that a model that has moved is
 *          noticed. Numbers past int64 are hexadecimal text. */
#ifndef HEDUI_INDEX_META_H
#define HEDUI_INDEX_META_H

#include "engine/base/json.h"
#include "engine/index/delivery.h"

struct meta {
    struct delivery_info info; /* digest and bytes are not in it */
    uint32_t line_bits;        /* of a packed place */
};

void meta_write(struct buf *out, const struct meta *meta, const struct kind *kind);
/* Texts go to the arena. HEDUI_E_FORMAT: not our JSON. */
HEDUI_CHECKED hedui_status meta_read(struct meta *meta, struct json_node **root, struct text json,
                                     struct arena *arena, struct err *err);
/* Are the fields as they were? A code list may have grown at its end. HEDUI_E_FORMAT says what to
 * do. */
HEDUI_CHECKED hedui_status meta_check_fields(const struct json_node *root, const struct kind *kind,
                                             const char *path, struct err *err);

#endif
