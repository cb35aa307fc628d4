/* SPDX-License-Identifier: Apache-2.0 */
/* shipped.h: the model and a pack as they are shipped, loaded for a test of what is made with them.
 */
#ifndef HEDUI_TESTS_RULE_SHIPPED_H
#define HEDUI_TESTS_RULE_SHIPPED_H

#include "tests/t.h"

#include "engine/rule/pack.h"

struct shipped { /* stays where it is: the messages point to the arena */
    struct arena arena;
    struct messages messages;
    struct model *model;
    struct pack *pack;
};

static void
shipped_open(struct shipped *shipped, const char *pack)
{
    struct err err = {0};

    arena_init(&shipped->arena, "test", 0, false);
    messages_init(&shipped->messages, &shipped->arena);
    T_OK(model_load(&shipped->model, "rules/model.yaml", &shipped->messages, &shipped->arena, &err),
         &err);
    T_OK(pack_load(&shipped->pack, pack, shipped->model, &shipped->messages, &shipped->arena, &err),
         &err);
}

static void
shipped_close(struct shipped *shipped)
{
    arena_release(&shipped->arena);
}

#endif
