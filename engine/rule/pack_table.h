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
    int32_t area;         /* number in code list `area_kind`; -1: town and country */
    int32_t from, until;  /* from <= day < until */
    uint32_t pack;        /* number in pack_table.names */
};
struct conflict { /* programmes of which a case is given one */
    struct text zh, ref;
    bool takes_highest; /* the one that pays most; else the first of them that nothing objects to */
    uint32_t count;
    int32_t *programmes; /* numbers in code list `programme`, in the order of the line */
};
struct pack_table {
    const char *path;
    struct digest digest; /* of the file's bytes */
    uint32_t route_count, pack_count;
    struct pack_route *routes;
    struct text *names; /* of packs, in the order of their first line */
    const char **dirs;  /* PATH's folder and the name */
    struct text *pays;  /* per pack: the figure that is what it pays; empty: none is named */
    uint32_t conflict_count;
    struct conflict *conflicts; /* as written */
};

/* *out NULL where errors were reported. */
HEDUI_CHECKED hedui_status pack_table_load(struct pack_table **out, const char *path,
                                           const struct model *model, struct messages *messages,
                                           struct arena *arena, struct err *err);
/* The pack's number: of the lines that fit, the longest division, then one of the case's area, then
 * the latest `from`. -1: no line fits. `area`: -1 where the case does not say. */
int32_t pack_table_pick(const struct pack_table *table, int64_t programme, struct text division,
                        int64_t area, int32_t day);
/* The programme that a pack of the table serves. */
int32_t pack_table_programme(const struct pack_table *table, uint32_t pack);

#endif
