/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/summary.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/ban.h"

void
summary_init(struct summary *summary)
{
    *summary = (struct summary){0};
    dict_init(&summary->groups, 1 << 20, false);
}

void
summary_release(struct summary *summary)
{
    dict_release(&summary->groups);
    mem_free(summary->cases);
    summary->cases = NULL;
}

static void
group_add(struct summary *summary, struct text name, uint64_t cases)
{
    uint32_t number = dict_add(&summary->groups, name);

    if (number == DICT_FULL) {
        summary->is_failed = true;
        return;
    }
    if (number >= summary->room) {
        uint32_t room = summary->room == 0 ? 64 : summary->room * 2;
        uint64_t *grown = mem_resize(summary->cases, room, sizeof *grown);

        if (grown == NULL) {
            summary->is_failed = true;
            return;
        }
        memset(grown + summary->room, 0, (room - summary->room) * sizeof *grown);
        summary->cases = grown;
        summary->room = room;
    }
    summary->cases[number] += cases;
}

/* "A.accounts@bank" of a person whose bank is silent is "bank × not_answered"; with a month it is
 * "tax × 2026-05"; "A.vehicles.0.price" is "vehicles.price × blank". */
static struct text
group_name(const struct household *household, const struct judgement *judgement, struct text cause,
           struct buf *out)
{
    size_t at = text_find(cause, TEXT("@")), dot = text_find(cause, TEXT("."));
    uint32_t kinds = household->model->kind_count;
    struct text source, rest, list;
    const struct kind *kind;

    buf_reset(out);
    if (at == SIZE_MAX) {
        if (dot == SIZE_MAX || text_starts(cause, TEXT("case.")) || text_starts(cause, TEXT("p.")))
            return cause;
        rest = (struct text){cause.at + dot + 1, cause.len - dot - 1};
        for (size_t i = 0; i < rest.len; i++) /* the number of a row is no cause */
            if (!(rest.at[i] >= '0' && rest.at[i] <= '9') &&
                !(rest.at[i] == '.' && i + 1 < rest.len && rest.at[i + 1] >= '0' &&
                  rest.at[i + 1] <= '9'))
                buf_byte(out, rest.at[i]);
        buf_str(out, text_is(rest, "id_no") ? " × invalid" : " × blank");
        return buf_as_text(out);
    }
    source = (struct text){cause.at + at + 1, cause.len - at - 1};
    list = dot < at ? (struct text){cause.at + dot + 1, at - dot - 1} : (struct text){NULL, 0};
    kind = model_kind_by_list(household->model, list);
    at = text_find(source, TEXT(":"));
    if (at != SIZE_MAX) {
        buf_put(out, source.at, at);
        buf_str(out, " × ");
        buf_put(out, source.at + at + 1, source.len - at - 1);
        return buf_as_text(out);
    }
    buf_text(out, source);
    buf_str(out, " × ");
    for (uint32_t p = 0; p < household->person_count; p++) {
        if (dot == SIZE_MAX || kind == NULL ||
            !text_eq(text_of(household->persons[p].key), (struct text){cause.at, dot}))
            continue;
        for (uint32_t s = 0; s < household->source_count; s++)
            if (text_eq(household->sources[s], source))
                buf_str(out, coverage_name(judgement->kind_coverage[p][s * kinds + kind->number]));
    }
    return buf_as_text(out);
}

void
summary_incomplete(void *context, const struct household *household,
                   const struct judgement *judgement)
{
    struct summary *summary = context;
    struct dict seen; /* a case counts once in a group */
    struct buf name;

    buf_init(&name, false);
    dict_init(&seen, 0, false);
    for (uint32_t i = 0; i < judgement->missing_count; i++) {
        struct text group = group_name(household, judgement, judgement->missing[i], &name);
        uint32_t before = seen.count;

        if (dict_add(&seen, group) == before)
            group_add(summary, group, 1);
    }
    dict_release(&seen);
    buf_release(&name);
}

void
summary_join(struct summary *into, const struct summary *from)
{
    for (uint32_t i = 0; i < from->groups.count && i < from->room; i++)
        group_add(into, from->groups.items[i], from->cases[i]);
    into->is_failed = into->is_failed || from->is_failed;
}

static int
group_compare(const void *a, const void *b)
{
    const struct summary_group *x = a, *y = b;

    if (x->cases != y->cases)
        return x->cases > y->cases ? -1 : 1;
    return text_cmp(x->name, y->name);
}

hedui_status
summary_groups(const struct summary *summary, struct summary_group **out, uint32_t *count,
               struct arena *arena, struct err *err)
{
    struct summary_group *groups = arena_alloc(arena, summary->groups.count, sizeof *groups);

    if (groups == NULL || summary->is_failed)
        return err_set(err, HEDUI_E_MEMORY, "内存不足，无法汇总\nno memory for the summary");
    for (uint32_t i = 0; i < summary->groups.count; i++)
        groups[i] = (struct summary_group){summary->groups.items[i], summary->cases[i]};
    if (summary->groups.count > 1)
        qsort(groups, summary->groups.count, sizeof *groups, group_compare);
    *out = groups;
    *count = summary->groups.count;
    return HEDUI_OK;
}

void
summary_print(const struct summary_group *groups, uint32_t count, struct json *json)
{
    json_array(json);
    for (uint32_t i = 0; i < count; i++)
        json_tally(json, "cause", groups[i].name, "cases", groups[i].cases);
    json_end_array(json);
}
