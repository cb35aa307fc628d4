/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/match/match.h"

#include <assert.h>
#include <string.h>

#include "engine/match/refused.h"
#include "engine/model/division.h"
#include "engine/model/name.h"

#include "engine/base/ban.h"

const char *
match_class_name(enum match_class match)
{
    static const char *const names[MATCH_CLASSES] = {"name_conflict", "name_absent", "name_variant",
                                                     "upgraded", "exact"};
    assert(match < MATCH_CLASSES);
    return names[match];
}

struct block { /* one call's state */
    const struct match_request *request;
    struct match_set *set;
    struct keyer *keyer;
    struct arena *arena;
    int32_t division, name; /* fields of kind applicant */
    struct {
        uint32_t at_case, at_member;
    } *asked; /* members looked up in the entry at hand */
    struct key128 *keys;
    struct row_span *spans;
    uint32_t member_total;
};

static hedui_status
members_open(struct block *block, struct err *err)
{
    const struct match_request *request = block->request;
    const struct kind *applicant = request->model->applicant;
    uint32_t entries = snapshot_count(request->snapshot), n = 0;
    struct key128 *keys;

    block->set->members = arena_alloc(block->arena, request->case_count, sizeof(void *));
    keys = arena_alloc(block->arena, block->member_total, sizeof *keys);
    if (block->set->members == NULL || keys == NULL)
        return arena_full(block->arena, err);
    for (uint32_t c = 0; c < request->case_count; c++) {
        const struct application *application = &request->cases[c];
        struct match_member *members =
            arena_alloc(block->arena, application->member_count, sizeof *members);

        if (members == NULL)
            return arena_full(block->arena, err);
        block->set->members[c] = members;
        for (uint32_t m = 0; m < application->member_count; m++) {
            const struct application_member *member = &application->members[m];
            const struct applicant_cell *name = &member->cells[block->name];

            members[m].answers = arena_alloc(block->arena, entries, sizeof *members[m].answers);
            if (members[m].answers == NULL)
                return arena_full(block->arena, err);
            if (name->state == CELL_VALUE) {
                members[m].has_name = true;
                members[m].name = keyer_name(block->keyer, name->text);
            }
            members[m].has_key = member->number == NUMBER_VALID;
            if (members[m].has_key)
                keys[n++] = member->cells[applicant->owner].identity.key;
        }
    }
    keyer_pseudonyms(block->keyer, keys, keys, n);
    n = 0;
    for (uint32_t c = 0; c < request->case_count; c++)
        for (uint32_t m = 0; m < request->cases[c].member_count; m++)
            if (block->set->members[c][m].has_key)
                block->set->members[c][m].key = keys[n++];
    return HEDUI_OK;
}

/* Does the entry still answer for this division? */
static bool
entry_answers(const struct snapshot_entry *entry, struct text division)
{
    bool is_in = entry->division_count == 0;

    for (uint32_t i = 0; i < entry->division_count && !is_in; i++)
        is_in = division_covers(entry->divisions[i], division);
    for (uint32_t i = 0; i < entry->minus_count && is_in; i++)
        is_in = !division_covers(entry->minus[i], division);
    return is_in;
}

static enum match_class
class_of(const struct kind *kind, const struct cell *cells, const struct match_member *member,
         bool is_upgraded)
{
    const struct cell *name = kind->owner_name < 0 ? NULL : &cells[kind->owner_name];

    if (name == NULL || name->state != CELL_VALUE || !member->has_name)
        return MATCH_NAME_ABSENT;
    if ((uint64_t)name->number != member->name.tag)
        return MATCH_NAME_CONFLICT;
    if (name->check != member->name.check)
        return MATCH_NAME_VARIANT;
    return is_upgraded ? MATCH_UPGRADED : MATCH_EXACT;
}

static bool
month_counts(const struct snapshot_entry *entry, const struct kind *kind, const struct cell *cells)
{
    int64_t month;

    if (entry->is_all_months || kind->period < 0 || cells[kind->period].state != CELL_VALUE)
        return true;
    month = cells[kind->period].number;
    for (uint32_t i = 0; i < entry->month_count; i++)
        if (entry->months[i] == month)
            return true;
    return false;
}

static hedui_status
rows_read(struct block *block, uint32_t entry_number, const struct row_span *span,
          struct match_member *member, bool is_upgraded, struct err *err)
{
    const struct snapshot_entry *entry = snapshot_entry(block->request->snapshot, entry_number);
    const struct kind *kind = delivery_kind(entry->delivery);
    struct match_answer *answer = &member->answers[entry_number];

    if (span->count == 0)
        return HEDUI_OK;
    answer->rows = arena_alloc(block->arena, span->count, sizeof *answer->rows);
    if (answer->rows == NULL)
        return arena_full(block->arena, err);
    for (uint32_t i = 0; i < span->count; i++) {
        struct match_row *row = &answer->rows[answer->row_count];
        struct cell *cells = arena_alloc(block->arena, kind->field_count, sizeof *cells);

        if (cells == NULL)
            return arena_full(block->arena, err);
        if (!delivery_row(entry->delivery, span->first + i, member->key, cells))
            return err_set(err, HEDUI_E_FORMAT,
                           "快照 %llu 中有一份数据已损坏，停止核对；请运行 hedui snapshot verify\n"
                           "a delivery of snapshot %llu is damaged, nothing is verified: run hedui "
                           "snapshot verify",
                           (unsigned long long)snapshot_id(block->request->snapshot),
                           (unsigned long long)snapshot_id(block->request->snapshot));
        if (!month_counts(entry, kind, cells))
            continue; /* a newer delivery speaks for that month */
        *row = (struct match_row){.entry = entry,
                                  .entry_number = entry_number,
                                  .row = span->first + i,
                                  .match = class_of(kind, cells, member, is_upgraded),
                                  .cells = cells};
        answer->row_count++;
    }
    return HEDUI_OK;
}

/* One delivery: everyone who may be looked up there, in one probe. */
static hedui_status
entry_match(struct block *block, uint32_t entry_number, struct err *err)
{
    const struct match_request *request = block->request;
    const struct snapshot_entry *entry = snapshot_entry(request->snapshot, entry_number);
    const struct delivery_info *info = delivery_info(entry->delivery);
    uint32_t source = 0, n = 0;

    while (source < request->source_count && !text_eq(request->sources[source], info->source))
        source++;
    if (source == request->source_count)
        return HEDUI_OK; /* the pack does not ask this source */
    for (uint32_t c = 0; c < request->case_count; c++) {
        const struct application *application = &request->cases[c];

        if (!entry_answers(entry, application->members[0].cells[block->division].text))
            continue;
        for (uint32_t m = 0; m < application->member_count; m++) {
            if ((request->allowed[c][m] >> source & 1) == 0)
                continue; /* never looked up */
            assert(block->set->members[c][m].has_key);
            block->asked[n].at_case = c;
            block->asked[n].at_member = m;
            block->keys[n++] = block->set->members[c][m].key;
        }
    }
    delivery_probe(entry->delivery, block->keys, n, block->spans);
    block->set->probed += n;
    for (uint32_t i = 0; i < n; i++) {
        const struct application *application = &request->cases[block->asked[i].at_case];
        struct match_member *member =
            &block->set->members[block->asked[i].at_case][block->asked[i].at_member];
        const struct application_member *from = &application->members[block->asked[i].at_member];

        member->answers[entry_number].is_probed = true;
        member->answers[entry_number].is_partial =
            info->is_partial || refused_is_open(request->snapshot, entry_number, member->key);
        TRY(rows_read(block, entry_number, &block->spans[i], member,
                      from->cells[request->model->applicant->owner].identity.is_upgraded, err));
    }
    return HEDUI_OK;
}

hedui_status
match_block(struct match_set *out, const struct match_request *request, struct keyer *keyer,
            struct arena *arena, struct err *err)
{
    struct block block = {.request = request, .set = out, .keyer = keyer, .arena = arena};

    assert(request->case_count > 0 && request->case_count <= VERIFY_BLOCK_MAX);
    *out = (struct match_set){.source_count = request->source_count,
                              .case_count = request->case_count};
    block.division = kind_field(request->model->applicant, TEXT("division"));
    block.name = kind_field(request->model->applicant, TEXT("name"));
    assert(block.division >= 0 && block.name >= 0);
    for (uint32_t c = 0; c < request->case_count; c++)
        block.member_total += request->cases[c].member_count;
    block.asked = arena_alloc(arena, block.member_total, sizeof *block.asked);
    block.keys = arena_alloc(arena, block.member_total, sizeof *block.keys);
    block.spans = arena_alloc(arena, block.member_total, sizeof *block.spans);
    if (block.asked == NULL || block.keys == NULL || block.spans == NULL)
        return arena_full(arena, err);
    TRY(members_open(&block, err));
    for (uint32_t e = 0; e < snapshot_count(request->snapshot); e++)
        TRY(entry_match(&block, e, err));
    return HEDUI_OK;
}
