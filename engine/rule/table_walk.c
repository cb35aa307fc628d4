/* SPDX-License-Identifier: Apache-2.0 */
/* table_walk.c: a decision table to its value: which rows match, which may, and what they give.
 *
 * A row that may match keeps the answer open only if it would change it: rows that give the same
 * value decide together, whatever the unknown cells turn out to be. */
#include "engine/rule/quick.h"
#include "engine/rule/table.h"

#include "engine/base/ban.h"

struct tally {
    struct value first;      /* what the first row that may match gives */
    uint32_t rows;           /* that match or may */
    bool is_same;            /* all known, all equal */
    bool is_sure;            /* one matches for certain */
    bool is_open;            /* a cell is unknown … */
    struct cause_set causes; /* … for these reasons */
    struct value error;      /* of the first cell that could not be computed, else VALUE_KNOWN */
};

static void
tally_add(struct walk *w, struct tally *tally, const struct expr *then)
{
    struct value value;

    walk(w, then, &value);
    if (tally->rows++ == 0) {
        tally->first = value;
        tally->is_same = value.state == VALUE_KNOWN;
    } else if (tally->is_same) {
        tally->is_same =
            value.state == VALUE_KNOWN && value_order(&tally->first, &value, then->type) == 0;
    }
}

void
walk_table(struct walk *w, const struct expr *node, struct value *out)
{
    struct tally tally = {0};
    struct value when;

    for (uint32_t i = 0; i + 1 < node->count; i += 2) {
        walk(w, node->args[i], &when);
        if (when.state == VALUE_KNOWN && !when.boolean)
            continue;
        if (when.state == VALUE_KNOWN) {
            tally.is_sure = true;
        } else if (when.state == VALUE_ERROR) {
            tally.error = tally.error.state == VALUE_ERROR ? tally.error : when;
        } else {
            tally.is_open = true;
            walk_union(w, &tally.causes, when.causes);
        }
        tally_add(w, &tally, node->args[i + 1]);
        if (tally.is_sure && node->number == TABLE_FIRST)
            break;
    }
    if (!tally.is_sure && node->count % 2 == 1)
        tally_add(w, &tally, node->args[node->count - 1]);
    if (tally.error.state == VALUE_ERROR && !tally.is_open)
        *out = tally.error;
    else if (tally.error.state != VALUE_ERROR &&
             (tally.is_same || (tally.rows == 1 && !tally.is_open)))
        *out = tally.first;
    else if (tally.is_open)
        value_unknown(out, tally.causes);
    else /* a hole, or two rows of two values: the sweep lets no such table load */
        value_error(w, node, "E804", out);
}

/* Rows that are known to match or not; all else is the reference walk's. */
enum quick
quick_table(struct quick_walk *q, const struct expr *node, struct quick_value *out)
{
    const struct expr *then = node->count % 2 == 1 ? node->args[node->count - 1] : NULL;
    bool is_sure = false;

    for (uint32_t i = 0; i + 1 < node->count; i += 2) {
        if (quick_walk(q, node->args[i], out) != QUICK_KNOWN)
            return QUICK_OPEN;
        if (out->integer == 0)
            continue;
        if (is_sure)
            return QUICK_OPEN;
        is_sure = true;
        then = node->args[i + 1];
        if (node->number == TABLE_FIRST)
            break;
    }
    return then == NULL ? QUICK_OPEN : quick_walk(q, then, out);
}
