/* SPDX-License-Identifier: Apache-2.0 */
/* supersede.h: what one delivery leaves of another of the same source and kind.
 *
 * Lives    results in the arena given
 * Why      pure set arithmetic over months and division prefixes, apart from files, so that a
 *          table can test it. */
#ifndef HEDUI_INDEX_SUPERSEDE_H
#define HEDUI_INDEX_SUPERSEDE_H

#include "engine/index/manifest.h"

struct remains {
    uint32_t count; /* 0: nothing, 1, or 2: untouched months apart from those that lost divisions */
    struct manifest_entry entries[2];
    bool is_changed;
    uint32_t lost_months;    /* how many of the entry's months were touched */
    int32_t first, last;     /* of them */
    bool lost_all_divisions; /* in these months */
};

/* `old` less what `by` answers for. HEDUI_E_LIMIT: arena. */
HEDUI_CHECKED hedui_status supersede(struct remains *out, const struct manifest_entry *old,
                                     const struct manifest_entry *by, struct arena *arena,
                                     struct err *err);

#endif
