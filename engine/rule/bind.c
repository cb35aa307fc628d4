/* SPDX-License-Identifier: Apache-2.0 */
/* bind.c: slots of a household: parameters by day, facts once each, causes with late texts. */
#include "engine/rule/bind.h"

#include <string.h>

#include "engine/model/value.h"
#include "engine/rule/quick.h"
#include "engine/rule/subject.h"

#include "engine/base/ban.h"

static void *
run_alloc(struct run *run, size_t count, size_t size)
{
    void *at = arena_alloc(run->arena, count, size);

    run->is_full = run->is_full || at == NULL;
    return at;
}

static struct value
error_value(const char *code)
{
    struct value value = {.state = VALUE_ERROR};

    value.error = code;
    return value;
}

bool
run_cause(struct run *run, struct value *out, struct text name)
{
    memset(out, 0, sizeof *out);
    out->state = VALUE_UNKNOWN;
    if (name.at == NULL || !cause_one(&out->causes, &run->causes, name)) {
        run->is_full = true;
        return false;
    }
    return true;
}

/* A cause that gets its text when somebody prints it. */
struct cause_set
cause_later(struct run *run, const struct person *person, const struct kind *kind,
            const struct open_end *open)
{
    struct causes *causes = &run->causes;
    struct cause_set set = {0, NULL};
    uint32_t *number = run_alloc(run, 1, sizeof *number);

    if (causes->count == causes->room) {
        uint32_t room = causes->room == 0 ? 32 : causes->room * 2;
        struct text *names = run_alloc(run, room, sizeof *names);
        if (names == NULL)
            return set;
        if (causes->count > 0)
            memcpy(names, causes->names, causes->count * sizeof *names);
        causes->names = names;
        causes->room = room;
    }
    if (run->late_room < causes->room) {
        struct late_cause *late = run_alloc(run, causes->room, sizeof *late);
        if (late == NULL)
            return set;
        if (run->late_room > 0)
            memcpy(late, run->late, run->late_room * sizeof *late);
        run->late = late;
        run->late_room = causes->room;
    }
    if (number == NULL)
        return set;
    *number = causes->count;
    causes->names[causes->count] = (struct text){NULL, 0};
    run->late[causes->count++] = (struct late_cause){person, kind, open};
    return (struct cause_set){1, number};
}

static struct text
late_text(struct run *run, const struct late_cause *late)
{
    struct text source;
    struct buf month;
    struct text text;

    if (late->open->source < 0)
        return arena_printf(run->arena, "%s.id_no", late->person->key);
    source = run->pack->sources[late->open->source].name;
    if (late->open->month == MONTH_ANY)
        return arena_printf(run->arena, "%s." TEXT_FMT "@" TEXT_FMT, late->person->key,
                            TEXT_ARG(late->kind->list), TEXT_ARG(source));
    buf_init(&month, false);
    month_print(&month, late->open->month);
    text = arena_printf(run->arena, "%s." TEXT_FMT "@" TEXT_FMT ":%s" TEXT_FMT, late->person->key,
                        TEXT_ARG(late->kind->list), TEXT_ARG(source),
                        late->open->is_earlier ? ".." : "", TEXT_ARG(buf_as_text(&month)));
    buf_release(&month);
    return text;
}

hedui_status
run_causes(struct run *run, struct cause_set set, struct text **texts, uint32_t *count,
           struct err *err)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < set.count; i++) {
        uint32_t number = set.items[i];
        if (run->causes.names[number].at == NULL && number < run->late_room &&
            run->late[number].open != NULL) {
            run->causes.names[number] = late_text(run, &run->late[number]);
            if (run->causes.names[number].at == NULL)
                return arena_full(run->arena, err);
        }
    }
    *texts = cause_texts(set, &run->causes, run->arena);
    if (*texts == NULL && set.count > 0)
        return arena_full(run->arena, err);
    for (uint32_t i = 0; i < set.count; i++)
        if (kept == 0 || !text_eq((*texts)[kept - 1], (*texts)[i]))
            (*texts)[kept++] = (*texts)[i];
    *count = kept;
    return HEDUI_OK;
}

struct value
param_day(struct run *run, const struct param *param)
{
    struct value day = {.state = VALUE_KNOWN};

    if (param->as_of != NULL)
        return run_eval(run, param->as_of, NULL, NULL, NULL);
    day.integer = run->as_of;
    return day;
}

/* A day of the case that is not known leaves the parameter unknown, for the same causes. */
static struct value
param_value_of(struct run *run, uint32_t number)
{
    const struct param *param = &run->pack->params[number];
    const struct param_value *in_force = run->epoch->values[number];
    struct value value;

    if (param->as_of != NULL) {
        value = run_eval(run, param->as_of, NULL, NULL, NULL);
        if (value.state != VALUE_KNOWN)
            return value;
        in_force = param_in_force(param, (int32_t)value.integer);
    }
    if (in_force != NULL)
        return in_force->value;
    run_cause(run, &value, arena_printf(run->arena, "p." TEXT_FMT, TEXT_ARG(param->name)));
    return value;
}

struct value
fact_value(struct run *run, const struct fact *fact, const struct subject *current)
{
    struct value value = run_eval(run, fact->is, current, NULL, NULL), rounded = {0};
    const struct type *type = expr_type(fact->is);

    if (fact->round.len == 0)
        return value_convert(value, type, fact->type);
    if (value.state == VALUE_ERROR)
        return value;
    if (!round_named(fact->round, value, type, &rounded))
        return error_value("E801");
    return rounded;
}

static struct value
persons_list(struct run *run, bool is_members)
{
    const struct household *h = run->household;
    struct list *list = run_alloc(run, 1, sizeof *list);
    struct element *elements = run_alloc(run, h->person_count, sizeof *elements);
    struct value value = {.state = VALUE_KNOWN};
    int32_t supporter = -1;
    int32_t role = kind_field(h->model->applicant, TEXT("role"));

    if (list == NULL || elements == NULL)
        return error_value("E801");
    if (role >= 0)
        supporter = code_find(h->model->applicant->fields[role].codes, TEXT("supporter"));
    for (uint32_t i = is_members ? 0 : h->member_count; i < h->person_count; i++) {
        if (is_members && i >= h->member_count)
            break;
        if (!is_members && h->persons[i].role != supporter)
            continue;
        elements[list->count].value.state = VALUE_KNOWN;
        elements[list->count++].value.record = &run->persons[i].record;
    }
    list->elements = elements;
    value.list = list;
    return value;
}

static struct value
slot_compute(struct run *run, uint32_t slot)
{
    const struct pack *pack = run->pack;
    uint32_t kinds = pack->model->kind_count;
    struct value value = {.state = VALUE_KNOWN};

    if (slot == SLOT_CASE)
        value.record = &run->case_subject.record;
    else if (slot == SLOT_MEMBERS || slot == SLOT_SUPPORTERS)
        value = persons_list(run, slot == SLOT_MEMBERS);
    else if (slot < SLOT_THINGS + kinds)
        value = things_list(run, slot - SLOT_THINGS);
    else if (slot < slot_param(pack, 0))
        value = error_value("E801"); /* a current row stands in the frame, not here */
    else if (slot < slot_fact(pack, 0))
        value = param_value_of(run, slot - slot_param(pack, 0));
    else
        value = fact_value(run, &pack->facts[pack->home_facts[slot - slot_fact(pack, 0)]], NULL);
    return value;
}

const struct value *
run_slot_at(struct run *run, uint32_t slot)
{
    uint32_t state = run->slot_states[slot];

    if (state != SLOT_ALWAYS && state != run->generation) {
        run->slots[slot] = slot_compute(run, slot);
        run->slot_states[slot] = slot < slot_fact(run->pack, 0) ? SLOT_ALWAYS : run->generation;
    }
    return &run->slots[slot];
}

struct value
run_slot(struct run *run, uint32_t slot)
{
    return *run_slot_at(run, slot);
}

static struct value
bound_slot(void *context, uint32_t slot)
{
    struct bound *bound = context;
    const struct pack *pack = bound->run->pack;

    if (slot >= slot_current(pack, 0) && slot < slot_param(pack, 0)) {
        struct value value = {.state = VALUE_KNOWN};
        if (bound->current == NULL)
            return error_value("E801");
        value.record = &bound->current->record;
        return value;
    }
    return run_slot(bound->run, slot);
}

struct value
run_eval(struct run *run, const struct expr *expr, const struct subject *current,
         compared_fn compared, void *trace)
{
    struct bound bound = {run, current, trace};
    struct expr_frame frame = {.context = &bound,
                               .slot = bound_slot,
                               .compared = compared,
                               .calendar = run->pack->calendar,
                               .is_boundless = run->is_boundless,
                               .causes = &run->causes,
                               .arena = run->arena,
                               .is_tracing = run->is_tracing};
    struct value value;

    if (run->replaced != NULL) {
        frame.replaced = run->replaced;
        frame.replacement = run->replacement;
    }
    if (compared == NULL && !run->is_reference && run->replaced == NULL &&
        quick_eval(run, expr, current, &value))
        return value;
    value = expr_eval(expr, &frame);
    run->is_full = run->is_full || frame.is_full;
    if (value.state == VALUE_ERROR && frame.failed != NULL)
        run->failed = frame.failed;
    return value;
}

/* What was computed from the row's list, and nothing else: each trial costs what hangs on the row.
 */
static void
row_forget(struct run *run, const struct household_row *row)
{
    const struct pack *pack = run->pack;
    uint32_t k = row->kind->number;

    run->slot_states[SLOT_THINGS + k] = 0;
    if (run->persons[row->person].list_states != NULL)
        run->persons[row->person].list_states[k] = 0;
    for (uint32_t f = 0; f < pack->fact_count; f++) {
        const struct fact *fact = &pack->facts[f];

        if ((fact->kinds >> k & 1) == 0)
            continue;
        if (fact->kind < 0) {
            run->slot_states[slot_fact(pack, fact->number)] = 0;
            continue;
        }
        if (fact->kind != (int32_t)pack->model->applicant->number) {
            run->generation++; /* of rows that stand in lists: all of them */
            return;
        }
        for (uint32_t i = 0; i < run->household->person_count; i++)
            if (run->persons[i].fact_states != NULL && (!fact->is_own || i == row->person))
                run->persons[i].fact_states[fact->number] = 0;
    }
}

void
run_without(struct run *run, const struct household_row *row)
{
    if (run->without != NULL)
        row_forget(run, run->without);
    run->without = row;
    if (row != NULL)
        row_forget(run, row);
}

static int32_t
base_month_of(const struct household *h)
{
    int32_t applied = kind_field(h->model->applicant, TEXT("applied_on"));
    int32_t month = month_of_date(h->checked_on), other;

    if (applied < 0 || h->case_cells[applied].state != CELL_VALUE)
        return INT32_MIN;
    other = month_of_date((int32_t)h->case_cells[applied].number);
    return other < month ? other : month;
}

bool
cover_is_stale(const struct pack *pack, const struct cover *cover, uint32_t source, int32_t as_of)
{
    bool is_answer = cover->coverage == COVERAGE_FOUND || cover->coverage == COVERAGE_NONE ||
                     cover->coverage == COVERAGE_PARTIAL;

    return is_answer && cover->as_of != INT32_MIN &&
           as_of - pack->sources[source].valid_days > cover->as_of;
}

static enum coverage
cover_aged(const struct run *run, const struct cover *cover, uint32_t source)
{
    return cover_is_stale(run->pack, cover, source, run->as_of) ? COVERAGE_STALE : cover->coverage;
}

/* Each kind has its own state: one delivery of a source may be old and another missing. */
static hedui_status
coverage_build(struct run *run, struct err *err)
{
    const struct household *h = run->household;
    uint32_t sources = run->pack->source_count, kinds = run->pack->model->kind_count;

    run->coverage = arena_alloc(run->arena, h->person_count, sizeof *run->coverage);
    run->kind_coverage = arena_alloc(run->arena, h->person_count, sizeof *run->kind_coverage);
    if (run->coverage == NULL || run->kind_coverage == NULL)
        return arena_full(run->arena, err);
    for (uint32_t i = 0; i < h->person_count; i++) {
        const struct cover *covers = h->persons[i].covers; /* none before matching (who.c) */
        enum coverage *words = arena_alloc(run->arena, sources, sizeof *words);
        enum coverage *each = arena_alloc(run->arena, (size_t)sources * kinds, sizeof *each);

        if (words == NULL || each == NULL)
            return arena_full(run->arena, err);
        for (uint32_t s = 0; s < sources; s++) {
            words[s] = s < h->source_count ? COVERAGE_NOT_APPLICABLE : COVERAGE_FOUND;
            for (uint32_t k = 0; s < h->source_count && k < kinds; k++) {
                each[s * kinds + k] = cover_aged(run, &covers[s * kinds + k], s);
                words[s] = coverage_worse(words[s], each[s * kinds + k]);
                run->has_stale = run->has_stale || each[s * kinds + k] == COVERAGE_STALE;
            }
        }
        run->coverage[i] = words;
        run->kind_coverage[i] = each;
    }
    return HEDUI_OK;
}

hedui_status
run_open(struct run *run, const struct pack *pack, const struct household *household,
         struct arena *arena, struct err *err)
{
    uint32_t slots = slot_fact(pack, pack->home_fact_count);

    memset(run, 0, sizeof *run);
    run->generation = 1;
    run->pack = pack;
    run->household = household;
    run->arena = arena;
    run->causes.arena = arena;
    run->as_of = household->checked_on;
    run->epoch = pack_epoch_of(pack, run->as_of);
    run->base_month = base_month_of(household);
    run->slots = arena_alloc(arena, slots, sizeof *run->slots);
    run->slot_states = arena_alloc(arena, slots, sizeof *run->slot_states);
    run->persons = arena_alloc(arena, household->person_count, sizeof *run->persons);
    if (run->slots == NULL || run->slot_states == NULL || run->persons == NULL)
        return arena_full(arena, err);
    subject_init(&run->case_subject, run, &pack->case_shape, pack->model->applicant);
    run->case_subject.cells = household->case_cells;
    for (uint32_t i = 0; i < household->person_count; i++) {
        struct subject *person = &run->persons[i];
        subject_init(person, run, &pack->shapes[pack->model->applicant->number],
                     pack->model->applicant);
        person->cells = household->persons[i].cells;
        person->person = &household->persons[i];
        person->record.number = i;
    }
    TRY(coverage_build(run, err));
    if (pack->as_of != NULL) {
        struct value day = run_eval(run, pack->as_of, NULL, NULL, NULL);
        if (day.state == VALUE_KNOWN && (int32_t)day.integer != run->as_of) {
            run->as_of = (int32_t)day.integer;
            run->epoch = pack_epoch_of(pack, run->as_of);
            memset(run->slot_states, 0, slots * sizeof *run->slot_states);
            TRY(coverage_build(run, err));
        }
    }
    return run->is_full ? arena_full(arena, err) : HEDUI_OK;
}
