/* SPDX-License-Identifier: Apache-2.0 */
/* guard.c: which paths are known to be there: what has(x.f) and x.f != null prove to their right.
 */
#include "engine/rule/tree.h"

#include "engine/base/ban.h"

#define GUARDS_MAX 256

static bool
path_same(const struct expr *a, const struct expr *b)
{
    while (a->op == OP_SELECT && b->op == OP_SELECT && a->number == b->number) {
        a = a->args[0];
        b = b->args[0];
    }
    return a->op == b->op && (a->op == OP_SLOT || a->op == OP_VAR) && a->number == b->number;
}

bool
guards_have(const struct compiler *c, const struct expr *path)
{
    for (uint32_t i = 0; i < c->guard_count; i++)
        if (path_same(c->guards[i], path))
            return true;
    return false;
}

static void
guard_push(struct compiler *c, const struct expr *path)
{
    if (c->guards == NULL) {
        c->guards = arena_alloc(c->arena, GUARDS_MAX, sizeof(struct expr *));
        c->guard_room = c->guards == NULL ? 0 : GUARDS_MAX;
    }
    if (c->guard_count <
        c->guard_room) /* one more is only one proof less: T207, never a wrong pass */
        c->guards[c->guard_count++] = path;
}

void
guards_add(struct compiler *c, const struct expr *node, bool when)
{
    switch (node->op) {
    case OP_HAS:
    case OP_NOT_NULL:
        if (when)
            guard_push(c, node->args[0]);
        break;
    case OP_IS_NULL:
        if (!when)
            guard_push(c, node->args[0]);
        break;
    case OP_NOT:
        guards_add(c, node->args[0], !when);
        break;
    case OP_AND:
    case OP_OR:
        if (when == (node->op == OP_AND))
            for (uint32_t i = 0; i < node->count; i++)
                guards_add(c, node->args[i], when);
        break;
    default:
        break;
    }
}
