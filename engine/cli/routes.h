/* SPDX-License-Identifier: Apache-2.0 */
/* routes.h: the table of packs (rules/packs.yaml) and its packs, for the verbs that go by it.
 *
 * From     --packs, or the table beside the program
 * To       verify --rules auto, reconcile
 * Lives    in the session's arena */
#ifndef HEDUI_CLI_ROUTES_H
#define HEDUI_CLI_ROUTES_H

#include "engine/cli/verb.h"
#include "engine/run/route.h"

HEDUI_CHECKED hedui_status routes_open(struct pack_table **table, struct session *session,
                                       const char *path);
struct routes_loading {
    struct session *session;
    const struct pack_table *table;
};
/* A route_load of run/route.h: the pack of a line must serve the line's programme. */
HEDUI_CHECKED hedui_status routes_load(void *context, struct pack **pack, uint32_t number,
                                       struct err *err);

#endif
