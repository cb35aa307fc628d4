/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/match/match.h"

#include <assert.h>

#include "engine/index/keyer.h"
#include "engine/match/mend.h"
#include "engine/match/person.h"
#include "engine/model/division.h"

#include "engine/base/ban.h"

struct asked { /* one person who is looked up in the entry at hand */
    uint32_t at_case, at_member;
};

struct block { /* work of one block; all of it in the arena */
    const struct match_request *request;
    struct match_set *set;
    struct mend *mends;
    struct arena *arena;
    int32_t division; /* field number, -1: none */
    uint32_t member_count;
    struct person_fields person_fields;
    struct asked *asked;
    struct key128 *keys;
    struct row_span *spans;
    struct cell **cells;
    struct text *names;
    struct name_tag *tags;
};

const char *
match_class_name(enum match_class match)
{
    static const char *const names[MATCH_CLASSES] = {
        [MATCH_NAME_CONFLICT] = "name_conflict",
        [MATCH_NAME_ABSENT] = "name_absent",
        [MATCH_NAME_VARIANT] = "name_variant",
        [MATCH_UPGRADED] = "upgraded",
        [MATCH_EXACT] = "exact",
    };

    assert((unsigned)match < MATCH_CLASSES);
    return names[match];
}

/* A case whose code is wider than a division that a newer delivery took over may lie in it: then
 * this entry's rows may be superseded ones, and neither delivery answers for the whole case. */
bool
match_division(const struct snapshot_entry *entry, struct text division)
{
    bool covers = entry->division_count == 0;

    for (uint32_t i = 0; i < entry->division_count && !covers; i++)
        covers = division_covers(entry->divisions[i], division);
    for (uint32_t i = 0; i < entry->minus_count && covers; i++)
        covers = !division_overlaps(entry->minus[i], division);
    return covers;
}

enum match_class
match_classify(const struct match_member *member, bool is_upgraded, const struct cell *name)
{
    if (name == NULL || name->state != CELL_VALUE || !member->has_name)
        return MATCH_NAME_ABSENT;
    if ((uint64_t)name->number != member->name.tag)
        return MATCH_NAME_CONFLICT;
    if (name->check != member->name.check)
        return MATCH_NAME_VARIANT;
    return is_upgraded ? MATCH_UPGRADED : MATCH_EXACT;
}

/* Pseudonyms of all persons who could be looked up, and tags of all names, in one batch each
 * through the ciphers. */
static hedui_status
block_members(struct block *block, struct keyer *keyer, struct err *err)
{
    const struct match_request *request = block->request;
    const struct kind *applicant = request->model->applicant;
    uint32_t entries = snapshot_count(request->snapshot), at = 0, named = 0;

    for (uint32_t c = 0; c < request->case_count; c++) {
        const struct application *application = &request->cases[c];
        struct match_member *members =
            arena_alloc(block->arena, application->member_count, sizeof *members);
        struct match_answer *answers =
            arena_alloc(block->arena, (size_t)application->member_count * entries, sizeof *answers);

        if (members == NULL || answers == NULL)
            return arena_full(block->arena, err);
        block->set->members[c] = members;
        for (uint32_t m = 0; m < application->member_count; m++) {
            const struct application_member *from = &application->members[m];

            members[m].answers = &answers[(size_t)m * entries];
            if (applicant->owner_name >= 0) {
                const struct applicant_cell *name = &from->cells[applicant->owner_name];

                members[m].has_name = name->state == CELL_VALUE && name->text.len > 0;
                if (members[m].has_name)
                    block->names[named++] = name->text;
            }
            members[m].has_key = from->number == NUMBER_VALID;
            if (members[m].has_key)
                block->keys[at++] = from->cells[applicant->owner].identity->key;
        }
    }
    keyer_pseudonyms(keyer, block->keys, block->keys, at);
    keyer_names(keyer, block->names, block->tags, named);
    at = named = 0;
    for (uint32_t c = 0; c < request->case_count; c++)
        for (uint32_t m = 0; m < request->cases[c].member_count; m++) {
            struct match_member *member = &block->set->members[c][m];

            if (member->has_key)
                member->key = block->keys[at++];
            if (member->has_name)
                member->name = block->tags[named++];
        }
    return HEDUI_OK;
}

int32_t
match_entry_source(const struct match_request *request, const struct snapshot_entry *entry)
{
    struct text name = delivery_info(entry->delivery)->source;
    uint32_t kind = delivery_kind(entry->delivery)->number;

    for (uint32_t s = 0; s < request->source_count; s++)
        if (text_eq(request->sources[s], name))
            return request->kinds_of == NULL || (request->kinds_of[s] >> kind & 1) != 0 ? (int32_t)s
                                                                                        : -1;
    return -1;
}

static uint32_t
entry_asked(struct block *block, const struct snapshot_entry *entry, int32_t source)
{
    const struct match_request *request = block->request;
    uint32_t count = 0;

    for (uint32_t c = 0; c < request->case_count; c++) {
        const struct application *application = &request->cases[c];
        struct text division = TEXT("");

        if (application->member_count > 0 && block->division >= 0)
            division = application->members[0].cells[block->division].text;
        if (!match_division(entry, division))
            continue;
        for (uint32_t m = 0; m < application->member_count; m++) {
            struct match_member *member = &block->set->members[c][m];

            if (!member->has_key || (request->allowed[c][m] >> source & 1) == 0 ||
                person_role(&block->person_fields, application->members[m].cells,
                            application->checked_on) == PERSON_APART)
                continue;
            block->asked[count] = (struct asked){c, m};
            block->keys[count++] = member->key;
            block->set->probed += 1 - (member->looked_up >> source & 1);
            member->looked_up |= (uint64_t)1 << source;
        }
    }
    return count;
}

/* Is a row of this month seen, or has a newer delivery taken the month over? */
static bool
month_is_seen(const struct snapshot_entry *entry, int64_t month)
{
    uint32_t low = 0, high = entry->month_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (entry->months[middle] < month)
            low = middle + 1;
        else
            high = middle;
    }
    return low < entry->month_count && entry->months[low] == month;
}

static hedui_status
answer_fill(struct block *block, uint32_t number, const struct asked *asked, struct row_span span,
            struct cell *cells, struct err *err)
{
    const struct snapshot_entry *entry = snapshot_entry(block->request->snapshot, number);
    const struct kind *kind = delivery_kind(entry->delivery);
    const struct kind *applicant = block->request->model->applicant;
    const struct application *application = &block->request->cases[asked->at_case];
    struct match_member *member = &block->set->members[asked->at_case][asked->at_member];
    struct match_answer *answer = &member->answers[number];
    bool is_upgraded =
        application->members[asked->at_member].cells[applicant->owner].identity->is_upgraded;

    answer->is_probed = true;
    TRY(mend_is_partial(&answer->is_partial, block->mends, number, member->key, block->arena, err));
    if (span.count == 0)
        return HEDUI_OK;
    answer->rows = arena_alloc(block->arena, span.count, sizeof *answer->rows);
    if (answer->rows == NULL)
        return arena_full(block->arena, err);
    for (uint32_t i = 0; i < span.count; i++, cells += kind->field_count) {
        struct match_row *row = &answer->rows[answer->row_count];

        if (!entry->is_all_months && kind->period >= 0 &&
            (cells[kind->period].state != CELL_VALUE ||
             !month_is_seen(entry, cells[kind->period].number)))
            continue;
        *row = (struct match_row){
            .entry = entry,
            .entry_number = number,
            .row = span.first + i,
            .match = match_classify(member, is_upgraded,
                                    kind->owner_name >= 0 ? &cells[kind->owner_name] : NULL),
            .cells = cells,
        };
        answer->row_count++;
    }
    return HEDUI_OK;
}

/* All that one delivery holds about the `count` persons who are asked for. */
static hedui_status
entry_answers(struct block *block, uint32_t number, uint32_t count, struct err *err)
{
    const struct snapshot *snapshot = block->request->snapshot;
    const struct delivery *delivery = snapshot_entry(snapshot, number)->delivery;
    const struct row_wants *wants = block->request->wants;
    const struct kind *kind = delivery_kind(delivery);
    bool is_read;

    delivery_probe(delivery, block->keys, count, block->spans);
    for (uint32_t k = 0; k < count; k++) {
        block->cells[k] =
            arena_alloc(block->arena, (size_t)block->spans[k].count * kind->field_count,
                        sizeof *block->cells[k]);
        if (block->cells[k] == NULL)
            return arena_full(block->arena, err);
    }
    is_read = wants == NULL
                  ? delivery_rows(delivery, block->spans, block->keys, block->cells, count)
                  : delivery_rows_of(delivery, block->spans, block->keys, block->cells, count,
                                     &wants[kind->number]);
    if (!is_read)
        return err_set(err, HEDUI_E_FORMAT,
                       "快照 %llu 中来源 '" TEXT_FMT "' 的交付文件已损坏，请用 hedui snapshot "
                       "verify 检查并重新入库\n"
                       "the delivery of source '" TEXT_FMT "' in the snapshot is damaged: check "
                       "with 'hedui snapshot verify' and ingest it again",
                       (unsigned long long)snapshot_id(snapshot),
                       TEXT_ARG(delivery_info(delivery)->source),
                       TEXT_ARG(delivery_info(delivery)->source));
    for (uint32_t k = 0; k < count; k++)
        TRY(answer_fill(block, number, &block->asked[k], block->spans[k], block->cells[k], err));
    return HEDUI_OK;
}

hedui_status
match_block(struct match_set *out, const struct match_request *request, struct keyer *keyer,
            struct arena *arena, struct err *err)
{
    struct match_set set = {.source_count = request->source_count,
                            .case_count = request->case_count};
    struct block block = {.request = request, .set = &set, .arena = arena};

    assert(request->case_count <= VERIFY_BLOCK_MAX && request->source_count <= 64);
    for (uint32_t c = 0; c < request->case_count; c++)
        block.member_count += request->cases[c].member_count;
    block.division = kind_field(request->model->applicant, TEXT("division"));
    person_fields_find(&block.person_fields, request->model->applicant);
    set.members = arena_alloc(arena, request->case_count, sizeof *set.members);
    set.entry_sources =
        arena_alloc(arena, snapshot_count(request->snapshot), sizeof *set.entry_sources);
    block.asked = arena_alloc(arena, block.member_count, sizeof *block.asked);
    block.keys = arena_alloc(arena, block.member_count, sizeof *block.keys);
    block.spans = arena_alloc(arena, block.member_count, sizeof *block.spans);
    block.cells = arena_alloc(arena, block.member_count, sizeof *block.cells);
    block.names = arena_alloc(arena, block.member_count, sizeof *block.names);
    block.tags = arena_alloc(arena, block.member_count, sizeof *block.tags);
    if (set.members == NULL || set.entry_sources == NULL || block.asked == NULL ||
        block.keys == NULL || block.spans == NULL || block.cells == NULL || block.names == NULL ||
        block.tags == NULL)
        return arena_full(arena, err);
    TRY(mend_build(&block.mends, request->snapshot, arena, err));
    TRY(block_members(&block, keyer, err));
    for (uint32_t i = 0; i < snapshot_count(request->snapshot); i++) {
        const struct snapshot_entry *entry = snapshot_entry(request->snapshot, i);
        int32_t source = match_entry_source(request, entry);
        uint32_t count = source >= 0 ? entry_asked(&block, entry, source) : 0;

        set.entry_sources[i] = source;
        if (count > 0)
            TRY(entry_answers(&block, i, count, err));
    }
    *out = set;
    return HEDUI_OK;
}
