/* SPDX-License-Identifier: Apache-2.0 */
/* pack_table.h: which pack serves whom: programme × division × day, for `--rules auto`.
 *
 * From     rules/packs.yaml (docs/RULES.md)
 * To       run/route.h
 * Lives    in the arena given; unchanged
 * Errors   in messages: Y013, Y014, N103, T206, D302, D303 at their line
 * Why      a county serves several programmes, a city several counties, and both have last year's
 *          cases on the desk: which pack counts is a fact to be written down once, not to be
 *          remembered at every call. */
#ifndef HEDUI_RULE_PACK_TABLE_H
#define HEDUI_RULE_PACK_TABLE_H

#include "engine/rule/pack.h"

struct pack_route {
    int32_t programme;    /* number in code list `programme` */
    struct text division; /* a prefix of the case's; empty: everywhere */
    int32_t from, until;  /* from <= day < until */
    uint32_t pack;        /* number in pack_table.names */
};
struct pack_table {
    const char *path;
    struct digest digest; /* of the file's bytes */
    uint32_t route_count, pack_count;
    struct pack_route *routes;
    struct text *names; /* of packs, in the order of their first line */
    const char **dirs;  /* PATH's folder and the name */
};

/* *out NULL where errors were reported. */
HEDUI_CHECKED hedui_status pack_table_load(struct pack_table **out, const char *path,
                                           const struct model *model, struct messages *messages,
                                           struct arena *arena, struct err *err);
/* The pack's number: of the lines that fit, the longest division, then the latest `from`. -1: no
 * line fits. */
int32_t pack_table_pick(const struct pack_table *table, int64_t programme, struct text division,
                        int32_t day);

#endif
