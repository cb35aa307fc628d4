/* SPDX-License-Identifier: Apache-2.0 */
/* test_cover.c: what the tests of a pack have seen: each rule true, false and unknown, each
 * exception lift its rule, each row of a table chosen, each dated value of a parameter read. */
#include "engine/rule/subject.h"
#include "engine/rule/table.h"
#include "engine/rule/testing.h"

#include "engine/base/ban.h"

enum { SEEN_FALSE = 1, SEEN_TRUE = 2, SEEN_UNKNOWN = 4 };

struct seen {
    uint8_t *rules;   /* per rule, bits */
    uint8_t **unless; /* per rule and exception */
    uint8_t **values; /* per parameter and value */
    uint8_t **rows;   /* per fact that is a table, and row; `otherwise` is the last */
    struct value *scratch;
};

hedui_status
cover_open(struct testing *t, struct err *err)
{
    const struct pack *pack = t->pack;
    struct seen *seen = arena_alloc(&t->files, 1, sizeof *seen);
    uint32_t most = 0;

    if (seen == NULL)
        return arena_full(&t->files, err);
    seen->rules = arena_alloc(&t->files, pack->rule_count, 1);
    seen->unless = arena_alloc(&t->files, pack->rule_count, sizeof *seen->unless);
    seen->values = arena_alloc(&t->files, pack->param_count, sizeof *seen->values);
    seen->rows = arena_alloc(&t->files, pack->fact_count, sizeof *seen->rows);
    if (seen->rows == NULL || seen->rules == NULL || seen->unless == NULL || seen->values == NULL)
        return arena_full(&t->files, err);
    for (uint32_t i = 0; i < pack->rule_count; i++) {
        uint32_t count = pack->rules[i].unless_count;

        most = count > most ? count : most;
        seen->unless[i] = arena_alloc(&t->files, count, 1);
        if (seen->unless[i] == NULL)
            return arena_full(&t->files, err);
    }
    for (uint32_t i = 0; i < pack->param_count; i++) {
        seen->values[i] = arena_alloc(&t->files, pack->params[i].value_count, 1);
        if (seen->values[i] == NULL)
            return arena_full(&t->files, err);
    }
    for (uint32_t i = 0; i < pack->fact_count; i++) {
        const struct table *table = pack->facts[i].table;

        seen->rows[i] = arena_alloc(&t->files, table == NULL ? 0 : table->row_count + 1, 1);
        if (seen->rows[i] == NULL)
            return arena_full(&t->files, err);
    }
    seen->scratch = arena_alloc(&t->files, most, sizeof *seen->scratch);
    if (seen->scratch == NULL)
        return arena_full(&t->files, err);
    t->cover = seen;
    return HEDUI_OK;
}

static uint8_t
seen_of(const struct value *value)
{
    if (value->state == VALUE_UNKNOWN)
        return SEEN_UNKNOWN;
    if (value->state != VALUE_KNOWN)
        return 0;
    return value->boolean ? SEEN_TRUE : SEEN_FALSE;
}

static void
rule_note(struct seen *seen, struct run *run, uint32_t number)
{
    const struct rule *rule = &run->pack->rules[number];
    struct value value;

    if (run->as_of < rule->from || run->as_of >= rule->until)
        return;
    for (uint32_t i = 0; i < rule->unless_count; i++) /* stays where the rule is false before it */
        seen->scratch[i] = (struct value){.state = VALUE_KNOWN};
    value = rule_value(run, rule, NULL, seen->scratch);
    seen->rules[number] |= seen_of(&value);
    for (uint32_t i = 0; i < rule->unless_count; i++)
        seen->unless[number][i] |= seen_of(&seen->scratch[i]);
}

/* A slot that was never asked for says that no rule, figure or item of this household needed it. */
static void
param_note(struct seen *seen, struct run *run, uint32_t number)
{
    const struct param *param = &run->pack->params[number];
    struct value day = param_day(run, param);
    uint32_t in_force = 0;

    if (run->slot_states[slot_param(run->pack, number)] == 0 || day.state != VALUE_KNOWN)
        return;
    while (in_force < param->value_count && param->values[in_force].from <= day.integer)
        in_force++;
    if (in_force > 0)
        seen->values[number][in_force - 1] = SEEN_TRUE;
}

/* The row that tells the fact of one household, person or row; none where one before is open. */
static void
table_note(struct run *run, const struct table *table, const struct subject *current, uint8_t *rows)
{
    for (uint32_t i = 0; i < table->row_count; i++) {
        struct value value = {.state = VALUE_KNOWN, .boolean = true};

        if (table->rows[i].when != NULL)
            value = run_eval(run, table->rows[i].when, current, NULL, NULL);
        if (value.state == VALUE_KNOWN && !value.boolean)
            continue;
        if (value.state == VALUE_KNOWN)
            rows[i] = SEEN_TRUE;
        return;
    }
    rows[table->row_count] = SEEN_TRUE;
}

static void
list_note(struct run *run, const struct fact *fact, struct value list, uint8_t *rows)
{
    for (uint32_t i = 0; list.state == VALUE_KNOWN && i < list.list->count; i++)
        if (list.list->elements[i].value.state == VALUE_KNOWN)
            table_note(run, fact->table, list.list->elements[i].value.record->self, rows);
}

static void
fact_note(struct run *run, const struct fact *fact, uint8_t *rows)
{
    const struct household *h = run->household;
    uint32_t kind = (uint32_t)fact->kind;

    if (fact->kind < 0) {
        table_note(run, fact->table, NULL, rows);
        return;
    }
    for (uint32_t i = 0; i < h->person_count; i++) {
        if (&h->model->kinds[kind] == h->model->applicant)
            table_note(run, fact->table, &run->persons[i], rows);
        else
            list_note(run, fact, person_list(run, i, kind), rows);
    }
    if (&h->model->kinds[kind] != h->model->applicant)
        list_note(run, fact, things_list(run, kind), rows);
}

void
cover_note(struct testing *t, struct run *run)
{
    const struct pack *pack = t->pack;

    for (uint32_t i = 0; i < pack->rule_count; i++)
        rule_note(t->cover, run, i);
    for (uint32_t i = 0; i < pack->fact_count; i++)
        if (pack->facts[i].table != NULL)
            fact_note(run, &pack->facts[i], t->cover->rows[i]);
    for (uint32_t s = 0; s < pack->source_count; s++)
        if (pack->who[s] != NULL && run->household->person_count > 0)
            (void)run_eval(run, pack->who[s], &run->persons[0], NULL, NULL);
    for (uint32_t i = 0; i < pack->param_count; i++)
        param_note(t->cover, run, i);
}

static void
item_tell(struct testing *t, bool is_seen, const char *zh, struct text name, const char *what,
          struct text more)
{
    t->report->items++;
    t->report->seen += is_seen;
    if (!is_seen)
        buf_printf(t->print, "  未见 not seen: %s " TEXT_FMT " %s" TEXT_FMT "\n", zh,
                   TEXT_ARG(name), what, TEXT_ARG(more));
}

static void
tables_tell(struct testing *t)
{
    for (uint32_t i = 0; i < t->pack->fact_count; i++) {
        const struct fact *fact = &t->pack->facts[i];
        uint32_t rows = fact->table == NULL || !fact->is_read ? 0 : fact->table->row_count;

        for (uint32_t k = 0; k < rows; k++)
            item_tell(t, t->cover->rows[i][k] != 0, "决策表 table", fact->name, "row ",
                      fact->table->rows[k].id);
        if (rows > 0 && fact->table->otherwise != NULL)
            item_tell(t, t->cover->rows[i][rows] != 0, "决策表 table", fact->name, "otherwise",
                      TEXT(""));
    }
}

void
cover_tell(struct testing *t)
{
    static const char *const states[] = {"= false", "= true", "= unknown"};
    const struct pack *pack = t->pack;
    struct seen *seen = t->cover;
    uint32_t percent;

    for (uint32_t i = 0; i < pack->rule_count; i++) {
        const struct rule *rule = &pack->rules[i];

        for (uint32_t k = 0; k < LEN(states); k++)
            item_tell(t, (seen->rules[i] >> k & 1) != 0, "规则 rule", rule->name, states[k],
                      TEXT(""));
        for (uint32_t k = 0; k < rule->unless_count; k++)
            item_tell(t, (seen->unless[i][k] & SEEN_TRUE) != 0, "例外 exception", rule->name,
                      "unless ", rule->unless[k].id);
    }
    for (uint32_t i = 0; i < pack->param_count; i++)
        for (uint32_t k = 0; pack->params[i].is_read && k < pack->params[i].value_count; k++) {
            struct value from = {.integer = pack->params[i].values[k].from};
            struct buf day;

            buf_init(&day, false);
            value_print(&day, from, type_of(TYPE_DATE));
            item_tell(t, seen->values[i][k] != 0, "参数 parameter", pack->params[i].name, "from ",
                      buf_as_text(&day));
            buf_release(&day);
        }
    tables_tell(t);
    percent = t->report->items == 0
                  ? 100
                  : (uint32_t)((uint64_t)t->report->seen * 100 / t->report->items);
    buf_printf(t->print, "覆盖 coverage %u/%u, %u%%\n", t->report->seen, t->report->items, percent);
    if (t->options->min_percent > 0) {
        struct text error =
            arena_printf(&t->files, "%u%% is less than %d%%", percent, t->options->min_percent);
        bool is_enough = percent >= (uint32_t)t->options->min_percent;

        test_tell(t, is_enough || error.at == NULL ? NULL : error.at, TEXT("覆盖 coverage"),
                  TEXT(""));
    }
}
