/* SPDX-License-Identifier: Apache-2.0 */
/* case_coverage.c: who answered in a hand-written household.
 *
 * A source has answered, fresh and for every month, unless `coverage.MEMBER.SOURCE` names a state,
 * the months that it covers (2025-08..2026-06) or its as-of day. Without an authorisation nothing
 * is asked, as in a real run. */
#include <string.h>

#include "engine/model/value.h"
#include "engine/rule/bind.h"
#include "engine/rule/case.h"

#include "engine/base/ban.h"

struct answer {
    enum coverage state;
    bool has_months;
    int32_t from, to, as_of;
};

static bool
answer_read(struct loader *l, const struct yaml_node *node, struct answer *out)
{
    struct value day;

    if (!node_is(l, node, YAML_SCALAR))
        return false;
    for (int c = COVERAGE_FOUND; c <= COVERAGE_NOT_APPLICABLE; c++)
        if (text_is(node->text, coverage_name((enum coverage)c))) {
            out->state = (enum coverage)c;
            return true;
        }
    if (date_read(node->text, &day)) {
        out->as_of = (int32_t)day.integer;
        return true;
    }
    out->has_months = months_read(node->text, &out->from, &out->to);
    if (!out->has_months)
        say(l, node->place, "N103",
            arena_printf(l->arena, "“" TEXT_FMT "” 不是覆盖状态、月份范围或日期",
                         TEXT_ARG(node->text)),
            arena_printf(l->arena, "\"" TEXT_FMT "\" is no coverage state, months or day",
                         TEXT_ARG(node->text)));
    return out->has_months;
}

static bool
authorised(struct loader *l, const struct household *h, const struct person *person,
           struct text source)
{
    const struct kind *kind = h->model->applicant;
    struct applicant_cell *cells = arena_alloc(l->arena, kind->field_count, sizeof *cells);

    if (cells == NULL) {
        l->is_full = true;
        return false;
    }
    for (uint32_t f = 0; f < kind->field_count; f++) {
        cells[f] = (struct applicant_cell){.state = person->cells[f].state,
                                           .number = person->cells[f].number};
        if (kind->fields[f].type == FIELD_TEXT)
            cells[f].text = person->cells[f].text;
    }
    return authorised_for(kind, cells, h->checked_on, source);
}

static bool
who_excludes(struct loader *l, struct run *run, uint32_t person, uint32_t source)
{
    struct value value;

    if (l->pack->who[source] == NULL)
        return false;
    value = run_eval(run, l->pack->who[source], &run->persons[person], NULL, NULL);
    return value.state == VALUE_KNOWN && !value.boolean;
}

static void
rows_drop(struct household_list *list, uint32_t source)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < list->row_count; i++)
        if (list->rows[i].source != (int16_t)source)
            list->rows[kept++] = list->rows[i];
    list->row_count = kept;
}

static void
open_put(struct household_list *list, int16_t source, int32_t month, bool is_earlier)
{
    for (uint32_t i = 0; i < list->open_count; i++)
        if (list->opens[i].source == source && list->opens[i].month == month)
            return;
    list->opens[list->open_count++] = (struct open_end){source, month, is_earlier};
}

static void
list_cover(const struct household *h, struct person *person, uint32_t k, uint32_t s,
           const struct answer *answer, int32_t months_back)
{
    struct household_list *list = &person->lists[k];
    int32_t month = month_of_date(h->checked_on);

    switch (answer->state) {
    case COVERAGE_NOT_ASKED:
    case COVERAGE_NOT_ANSWERED:
        rows_drop(list, s);
        open_put(list, person->number == NUMBER_INVALID ? -1 : (int16_t)s, MONTH_ANY, false);
        break;
    case COVERAGE_PARTIAL:
        open_put(list, (int16_t)s, MONTH_ANY, false);
        break;
    case COVERAGE_NOT_APPLICABLE:
        rows_drop(list, s);
        break;
    default:
        break;
    }
    if (!answer->has_months || h->model->kinds[k].period < 0)
        return;
    for (int32_t back = 1; back <= months_back; back++)
        if (month - back < answer->from || month - back > answer->to)
            open_put(list, (int16_t)s, month - back, false);
    open_put(list, (int16_t)s, month - months_back - 1, true);
}

static const struct yaml_node *
named(const struct yaml_node *map, struct text name)
{
    for (uint32_t i = 0; map != NULL && map->type == YAML_MAP && i < map->count; i++)
        if (text_eq(map->keys[i].text, name))
            return &map->values[i];
    return NULL;
}

static void
kind_cover(struct loader *l, struct household *h, struct person *person, uint32_t s, uint32_t k,
           const struct answer *answer)
{
    struct cover *cover = &person->covers[s * h->model->kind_count + k];
    struct household_list *list = &person->lists[k];
    uint32_t rows = 0;

    *cover = (struct cover){COVERAGE_NOT_APPLICABLE, INT32_MIN};
    if ((l->pack->sources[s].kinds >> k & 1) == 0)
        return;
    list_cover(h, person, k, s, answer, l->pack->months_back);
    for (uint32_t r = 0; r < list->row_count; r++) {
        if (list->rows[r].source != (int16_t)s)
            continue;
        rows++;
        if (list->rows[r].seen == INT32_MIN)
            list->rows[r].seen = answer->as_of;
    }
    cover->coverage = answer->state == COVERAGE_FOUND && rows == 0 ? COVERAGE_NONE : answer->state;
    if (answer->state == COVERAGE_FOUND || answer->state == COVERAGE_NONE ||
        answer->state == COVERAGE_PARTIAL)
        cover->as_of = answer->as_of;
}

/* `node`: an answer for the source, or a map of answers by kind. */
static void
person_cover(struct loader *l, struct household *h, struct run *run, uint32_t i, uint32_t s,
             const struct yaml_node *node)
{
    struct person *person = &h->persons[i];
    struct text source = l->pack->sources[s].name;
    bool is_out = person->number == NUMBER_NONE || who_excludes(l, run, i, s);
    bool is_asked = person->number != NUMBER_INVALID && authorised(l, h, person, source);

    for (uint32_t k = 0; k < h->model->kind_count; k++) {
        const struct yaml_node *mine =
            node != NULL && node->type == YAML_MAP ? named(node, h->model->kinds[k].name) : node;
        struct answer answer = {.as_of = h->checked_on};

        if (mine != NULL && !answer_read(l, mine, &answer))
            return;
        if (is_out)
            answer.state = COVERAGE_NOT_APPLICABLE;
        else if (!is_asked)
            answer.state = COVERAGE_NOT_ASKED;
        if (is_out || !is_asked)
            answer.has_months = false; /* what it would have covered is nobody's knowledge */
        kind_cover(l, h, person, s, k, &answer);
    }
}

static bool
kinds_are_known(const struct model *model, const struct yaml_node *node)
{
    for (uint32_t i = 0; node->type == YAML_MAP && i < node->count; i++)
        if (model_kind(model, node->keys[i].text) == NULL)
            return false;
    return true;
}

static void
names_check(struct loader *l, const struct household *h, const struct yaml_node *coverage)
{
    for (uint32_t m = 0; coverage != NULL && m < coverage->count; m++) {
        const struct yaml_node *mine = &coverage->values[m];
        bool is_known = false;
        for (uint32_t i = 0; i < h->person_count; i++)
            is_known = is_known || text_is(coverage->keys[m].text, h->persons[i].key);
        for (uint32_t c = 0; is_known && mine->type == YAML_MAP && c < mine->count; c++) {
            bool is_source = false;
            for (uint32_t s = 0; s < l->pack->source_count; s++)
                is_source = is_source || text_eq(mine->keys[c].text, l->pack->sources[s].name);
            is_known = is_source && kinds_are_known(h->model, &mine->values[c]);
        }
        if (!is_known)
            say(l, coverage->keys[m].place, "N101", text_of("coverage 中有未知的成员、来源或类别"),
                text_of("coverage names an unknown member, source or kind"));
    }
}

hedui_status
case_coverage(struct loader *l, struct household *h, const struct yaml_node *coverage,
              struct err *err)
{
    struct run run;

    if (coverage != NULL && !node_is(l, coverage, YAML_MAP))
        coverage = NULL;
    names_check(l, h, coverage);
    h->source_count = 0; /* while `who` is asked nothing has answered */
    TRY(run_open(&run, l->pack, h, l->arena, err));
    h->source_count = l->pack->source_count;
    for (uint32_t i = 0; i < h->person_count; i++) {
        const struct yaml_node *mine =
            coverage == NULL ? NULL : yaml_get(coverage, h->persons[i].key);
        for (uint32_t k = 0; k < h->model->kind_count; k++) {
            h->persons[i].lists[k].opens = arena_alloc(
                l->arena, ((size_t)l->pack->months_back + 3) * (l->pack->source_count + 1),
                sizeof(struct open_end));
            if (h->persons[i].lists[k].opens == NULL)
                return arena_full(l->arena, err);
        }
        for (uint32_t s = 0; s < l->pack->source_count; s++) {
            person_cover(l, h, &run, i, s, named(mine, l->pack->sources[s].name));
        }
    }
    return l->is_full || run.is_full ? arena_full(l->arena, err) : HEDUI_OK;
}
