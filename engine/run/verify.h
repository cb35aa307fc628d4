/* SPDX-License-Identifier: Apache-2.0 */
/* verify.h: composes the stages: a block of applications in, as many verdicts out.
 *
 * A batch calls verify_block per 1,024 cases, a service per one; there is no other road. */
#ifndef HEDUI_RUN_VERIFY_H
#define HEDUI_RUN_VERIFY_H

#include "engine/rule/vector.h"
#include "engine/run/world.h"
#include "engine/verdict/report.h"

enum verify_text { /* what is written of a case, each into a file of its own */
                   VERIFY_VERDICTS,
                   VERIFY_SHEET,
                   VERIFY_FINDINGS,
                   VERIFY_PROVENANCE,
                   VERIFY_FIGURES,
                   VERIFY_TEXTS,
};
#define VERIFY_USUAL ((1u << VERIFY_FIGURES) - 1) /* what is written unless said otherwise */

struct verify_reporter { /* takes the report of each case, in the order of the cases */
    struct text run;     /* names the run */
    struct buf *html;    /* room for the report at hand */
    hedui_status (*put)(void *context, const struct report_case *report, const struct buf *html,
                        struct err *err);
    void *context;
};

struct verify_told { /* a verdict in short */
    enum outcome outcome;
    bool has_amount; /* what it pays a month or once, where the pack reckons it and it is known */
    int64_t amount_fen;
    uint64_t told, open; /* bit per rule of the pack, by name, the first 64: found true · unknown */
};

struct verify_out { /* bytes of one block, in the order of the cases */
    struct buf texts[VERIFY_TEXTS];
    uint32_t wanted;                  /* bit per text; the caller's, before the call */
    const struct labels *labels;      /* of the pack; the caller's, before the call */
    struct vector_lane *vectors;      /* the caller's, of the lane */
    struct verify_reporter *reporter; /* NULL: no reports, and none is made */
    struct verify_told *told;         /* NULL, or the caller's, a place per case of the block */
    struct text pays;                 /* the figure that is the amount; empty: none */
    uint64_t outcomes[4];             /* enum outcome */
    uint64_t probed;
    /* (cause group → cases) counts for summary.json are gathered by the caller's sink */
    void (*incomplete)(void *context, const struct household *household,
                       const struct judgement *judgement);
    void *context;
};
/* Who may be looked up where, per case and member a bit per source of the pack, and the request
 * that says so; both of the cases and in `arena`. */
struct verify_masks {
    const uint64_t **allowed;    /* may be looked up */
    const uint64_t **applicable; /* the programme asks for this person */
};
HEDUI_CHECKED hedui_status verify_ask(struct verify_masks *masks, struct match_request *request,
                                      const struct application *cases, uint32_t count,
                                      const struct world *world, const struct pack *pack,
                                      struct arena *arena, struct err *err);
/* The second half: households[count] to the wanted bytes. */
HEDUI_CHECKED hedui_status verify_judge(struct verify_out *out, const struct household *households,
                                        uint32_t count, const struct world *world,
                                        const struct pack *pack, struct keyer *keyer,
                                        struct arena *arena, struct err *err);
/* The first half of it: authorisation, probe, assembly; households[count] as `pack` asks for them.
 */
HEDUI_CHECKED hedui_status verify_households(struct household **out, uint64_t *probed,
                                             const struct application *cases, uint32_t count,
                                             const struct world *world, const struct pack *pack,
                                             struct keyer *keyer, struct arena *arena,
                                             struct err *err);
HEDUI_CHECKED hedui_status verify_block(struct verify_out *out, const struct application *cases,
                                        uint32_t count, const struct world *world,
                                        const struct pack *pack, struct keyer *keyer,
                                        struct arena *arena, struct err *err);

#endif
