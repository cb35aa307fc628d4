/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/shares.h"

#include <assert.h>

#include "engine/base/ban.h"

#define SOURCES_MAX 64

struct asked { /* what one pack asks of the block */
    struct verify_masks masks;
    struct match_request request;
    uint32_t *together; /* [source of the pack]: its number among those of all packs */
};
struct block { /* the block's own probe: what any of the packs may ask */
    const struct application *cases;
    uint32_t case_count, source_count;
    const struct world *world;
    struct text sources[SOURCES_MAX];
    uint64_t kinds_of[SOURCES_MAX];
    uint64_t **allowed; /* [case][member] */
    struct match_set matches;
    struct arena *arena;
};

/* The pack's sources among those of all. */
static hedui_status
sources_join(struct block *block, struct asked *asked, struct err *err)
{
    const struct match_request *request = &asked->request;

    asked->together = arena_alloc(block->arena, request->source_count, sizeof *asked->together);
    if (asked->together == NULL)
        return arena_full(block->arena, err);
    for (uint32_t s = 0; s < request->source_count; s++) {
        uint32_t at = 0;

        while (at < block->source_count && !text_eq(block->sources[at], request->sources[s]))
            at++;
        if (at == SOURCES_MAX)
            return err_set(err, HEDUI_E_LIMIT,
                           "各规则包合计查询的来源超过 %d 个，请分几次核对\n"
                           "the packs ask more than %d sources together: verify in several turns",
                           SOURCES_MAX, SOURCES_MAX);
        if (at == block->source_count)
            block->sources[block->source_count++] = request->sources[s];
        block->kinds_of[at] |= request->kinds_of[s];
        asked->together[s] = at;
    }
    return HEDUI_OK;
}

/* Whom this pack may look up where, added to what the block looks up. */
static void
allowed_join(struct block *block, const struct verify_share *share, const struct asked *asked)
{
    for (uint32_t i = 0; i < share->count; i++)
        for (uint32_t m = 0; m < share->cases[i].member_count; m++)
            for (uint32_t s = 0; s < asked->request.source_count; s++)
                if ((asked->masks.allowed[i][m] >> s & 1) != 0)
                    block->allowed[share->at[i]][m] |= UINT64_C(1) << asked->together[s];
}

static hedui_status
block_probe(struct block *block, struct keyer *keyer, struct err *err)
{
    struct match_request request = {
        .cases = block->cases,
        .case_count = block->case_count,
        .model = block->world->model,
        .snapshot = block->world->snapshot,
        .source_count = block->source_count,
        .sources = block->sources,
        .allowed = (const uint64_t *const *)block->allowed,
        .kinds_of = block->kinds_of,
    };

    return match_block(&block->matches, &request, keyer, block->arena, err);
}

/* What was found about one person, as far as this pack asked for it and was allowed to. */
static void
member_view(struct match_member *out, const struct match_member *from, uint64_t allowed,
            const struct match_set *set, uint32_t entries, uint64_t *probed)
{
    struct match_answer *answers = out->answers;

    *out = *from;
    out->answers = answers;
    out->looked_up = 0;
    for (uint32_t e = 0; e < entries; e++) {
        int32_t source = set->entry_sources[e];

        if (source < 0 || (allowed >> source & 1) == 0 || !from->answers[e].is_probed)
            continue;
        answers[e] = from->answers[e];
        *probed += 1 - (out->looked_up >> source & 1);
        out->looked_up |= UINT64_C(1) << source;
    }
}

/* The block's probe as this pack's own. */
static hedui_status
share_view(struct match_set *out, const struct block *block, const struct verify_share *share,
           const struct asked *asked, struct err *err)
{
    const struct snapshot *snapshot = block->world->snapshot;
    uint32_t entries = snapshot_count(snapshot);
    struct arena *arena = block->arena;

    *out = (struct match_set){.source_count = asked->request.source_count,
                              .case_count = share->count,
                              .members = arena_alloc(arena, share->count, sizeof *out->members),
                              .entry_sources = arena_alloc(arena, entries, sizeof(int32_t))};
    if (out->members == NULL || out->entry_sources == NULL)
        return arena_full(arena, err);
    for (uint32_t e = 0; e < entries; e++)
        out->entry_sources[e] = match_entry_source(&asked->request, snapshot_entry(snapshot, e));
    for (uint32_t i = 0; i < share->count; i++) {
        uint32_t count = share->cases[i].member_count;
        struct match_answer *answers = arena_alloc(arena, (size_t)count * entries, sizeof *answers);

        out->members[i] = arena_alloc(arena, count, sizeof *out->members[i]);
        if (answers == NULL || out->members[i] == NULL)
            return arena_full(arena, err);
        for (uint32_t m = 0; m < count; m++) {
            out->members[i][m].answers = &answers[(size_t)m * entries];
            member_view(&out->members[i][m], &block->matches.members[share->at[i]][m],
                        asked->masks.allowed[i][m], out, entries, &out->probed);
        }
    }
    return HEDUI_OK;
}

static hedui_status
share_judge(const struct block *block, const struct verify_share *share, const struct asked *asked,
            struct keyer *keyer, struct err *err)
{
    struct household_request request = {.match = &asked->request,
                                        .applicable = asked->masks.applicable,
                                        .kinds_of = asked->request.kinds_of,
                                        .months_back = pack_months_back(share->pack)};
    struct household *households;
    struct match_set view;

    TRY(share_view(&view, block, share, asked, err));
    TRY(household_build(&households, &request, &view, keyer, block->arena, err));
    share->out->probed += view.probed;
    TRY(verify_judge(share->out, households, share->count, block->world, share->pack, keyer,
                     block->arena, err));
    for (uint32_t t = 0; t < VERIFY_TEXTS; t++)
        TRY(buf_check(&share->out->texts[t], err));
    return HEDUI_OK;
}

static hedui_status
block_open(struct block *block, struct err *err)
{
    block->allowed = arena_alloc(block->arena, block->case_count, sizeof *block->allowed);
    if (block->allowed == NULL)
        return arena_full(block->arena, err);
    for (uint32_t i = 0; i < block->case_count; i++) {
        block->allowed[i] =
            arena_alloc(block->arena, block->cases[i].member_count, sizeof **block->allowed);
        if (block->allowed[i] == NULL)
            return arena_full(block->arena, err);
    }
    return HEDUI_OK;
}

hedui_status
verify_shares(const struct verify_share *shares, uint32_t share_count,
              const struct application *cases, uint32_t case_count, const struct world *world,
              struct keyer *keyer, struct arena *arena, struct err *err)
{
    struct block block = {.cases = cases, .case_count = case_count, .world = world, .arena = arena};
    struct asked *asked = arena_alloc(arena, share_count, sizeof *asked);
    uint64_t refusals = mem_refusals();

    assert(case_count > 0 && case_count <= VERIFY_BLOCK_MAX);
    if (asked == NULL)
        return arena_full(arena, err);
    TRY(block_open(&block, err));
    for (uint32_t k = 0; k < share_count; k++) {
        if (shares[k].count == 0)
            continue;
        TRY(verify_ask(&asked[k].masks, &asked[k].request, shares[k].cases, shares[k].count, world,
                       shares[k].pack, arena, err));
        TRY(sources_join(&block, &asked[k], err));
        allowed_join(&block, &shares[k], &asked[k]);
    }
    TRY(block_probe(&block, keyer, err));
    TRY(snapshot_sound(world->snapshot, err)); /* rather than reckon with zeros of a cut file */
    for (uint32_t k = 0; k < share_count; k++) {
        struct arena_mark mark = arena_mark(arena);

        if (shares[k].count > 0)
            TRY(share_judge(&block, &shares[k], &asked[k], keyer, err));
        arena_rewind(arena, mark);
    }
    TRY(snapshot_sound(world->snapshot, err)); /* else nothing of this block is to be believed */
    return mem_check(refusals, err);
}
