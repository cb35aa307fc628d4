/* SPDX-License-Identifier: Apache-2.0 */
/* case.c: a household written by hand, with the model's meaning of what is left out. */
#include "engine/rule/case.h"

#include <stdlib.h>
#include <string.h>

#include "engine/rule/tree.h"

#include "engine/base/ban.h"

#define ROWS_MAX 2000 /* per list: past every limit that a test may want to break */

struct casing {
    struct loader l;
    struct household *h;
    const struct yaml_node *base;
};

static void
key_unknown(struct loader *l, const struct yaml_node *key, struct text near)
{
    say(l, key->place, "Y013",
        arena_printf(l->arena, "未知的键 “" TEXT_FMT "”%s" TEXT_FMT "%s", TEXT_ARG(key->text),
                     near.len > 0 ? "，是否指 “" : "", TEXT_ARG(near), near.len > 0 ? "”？" : ""),
        arena_printf(l->arena, "unknown key \"" TEXT_FMT "\"%s" TEXT_FMT "%s", TEXT_ARG(key->text),
                     near.len > 0 ? "; did you mean \"" : "", TEXT_ARG(near),
                     near.len > 0 ? "\"?" : ""));
}

static void *
case_alloc(struct loader *l, size_t count, size_t size)
{
    void *at = arena_alloc(l->arena, count, size);

    l->is_full = l->is_full || at == NULL;
    return at;
}

static void
field_default(const struct kind *kind, struct cell *cells, const char *name, struct cell value)
{
    int32_t number = kind_field(kind, text_of(name));

    if (number >= 0)
        cells[number] = value;
}

/* The case's own fields; checked_on follows applied_on. */
static bool
case_fields(struct casing *c)
{
    const struct kind *kind = c->h->model->applicant;
    const struct yaml_node *node = yaml_get(c->base, "case");
    int32_t applied = kind_field(kind, TEXT("applied_on"));
    int32_t checked = kind_field(kind, TEXT("checked_on"));
    int32_t case_no = kind_field(kind, TEXT("case_no"));
    struct cell *cells = case_alloc(&c->l, kind->field_count, sizeof *cells);

    if (cells == NULL)
        return false;
    c->h->case_cells = cells;
    cells_blank(kind, cells);
    if (node == NULL || !node_is(&c->l, node, YAML_MAP) || applied < 0 || checked < 0) {
        say(&c->l, c->base->place, "Y014", text_of("缺少 case.applied_on"),
            text_of("case.applied_on is missing"));
        return false;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        int32_t f = kind_field(kind, node->keys[i].text);
        if (f < 0 || !kind->fields[f].is_of_case)
            key_unknown(&c->l, &node->keys[i], kind_near_field(kind, node->keys[i].text));
        else
            (void)cell_read(&c->l, &node->values[i], &kind->fields[f], &cells[f]);
    }
    if (cells[checked].state != CELL_VALUE)
        cells[checked] = cells[applied];
    if (cells[checked].state != CELL_VALUE) {
        say(&c->l, node->place, "Y014", text_of("缺少 case.applied_on"),
            text_of("case.applied_on is missing"));
        return false;
    }
    c->h->checked_on = (int32_t)cells[checked].number;
    if (case_no >= 0 && cells[case_no].state == CELL_VALUE)
        c->h->case_no = cells[case_no].text;
    return true;
}

static int16_t
source_of(struct loader *l, const struct yaml_node *node, uint32_t kind)
{
    for (uint32_t s = 0; s < l->pack->source_count; s++)
        if (node != NULL ? text_eq(l->pack->sources[s].name, node->text)
                         : (l->pack->sources[s].kinds >> kind & 1) != 0)
            return (int16_t)s;
    return -1;
}

static void
row_match(struct loader *l, const struct yaml_node *node, struct household_row *row)
{
    struct type type = {.kind = TYPE_CODE, .codes = &l->pack->match_codes};
    struct value value;

    row->match = MATCH_EXACT;
    if (node != NULL && value_read(l, node, &type, &value))
        row->match = (enum match_class)value.integer;
}

/* One row; month: of a range, or -1. */
static void
row_read(struct casing *c, const struct yaml_node *node, uint32_t person, uint32_t k, int32_t month,
         struct household_row *row)
{
    const struct kind *kind = &c->h->model->kinds[k];
    struct loader *l = &c->l;

    memset(row, 0, sizeof *row);
    row->kind = kind;
    row->person = person;
    row->entry_number = UINT32_MAX;
    row->seen = INT32_MIN;
    row->cells = case_alloc(l, kind->field_count, sizeof *row->cells);
    if (row->cells == NULL)
        return;
    cells_blank(kind, row->cells);
    row->cells[kind->owner] = c->h->persons[person].cells[c->h->model->applicant->owner];
    for (uint32_t i = 0; i < node->count; i++) {
        struct text key = node->keys[i].text;
        int32_t f = kind_field(kind, key);
        if (f >= 0 && f == kind->period && month >= 0) {
            row->cells[f] = (struct cell){.state = CELL_VALUE, .number = month};
        } else if (f >= 0) {
            (void)cell_read(l, &node->values[i], &kind->fields[f], &row->cells[f]);
        } else if (text_is(key, "seen")) {
            (void)day_read(l, &node->values[i], &row->seen);
        } else if (!text_is(key, "match") && !text_is(key, "source")) {
            key_unknown(l, &node->keys[i], kind_near_field(kind, key));
        }
    }
    row_match(l, yaml_get(node, "match"), row);
    row->source = source_of(l, yaml_get(node, "source"), k);
}

static void
list_rows(struct casing *c, const struct yaml_node *list, uint32_t person, uint32_t k)
{
    const struct kind *kind = &c->h->model->kinds[k];
    struct household_list *out = &c->h->persons[person].lists[k];
    uint32_t room = 0;

    if (!node_is(&c->l, list, YAML_LIST))
        return;
    for (uint32_t pass = 0; pass < 2; pass++) {
        if (pass == 1 && (out->rows = case_alloc(&c->l, room, sizeof *out->rows)) == NULL)
            return;
        for (uint32_t i = 0; i < list->count; i++) {
            const struct yaml_node *node = &list->values[i], *period = NULL;
            int32_t from = -1, to = -1;
            if (pass == 0 && !node_is(&c->l, node, YAML_MAP))
                return;
            for (uint32_t n = 0; kind->period >= 0 && n < node->count; n++)
                if (text_eq(node->keys[n].text, kind->fields[kind->period].name))
                    period = &node->values[n];
            if (period != NULL)
                (void)months_read(period->text, &from, &to);
            for (int32_t month = from; month <= to; month++) {
                if (pass == 0 && ++room > ROWS_MAX)
                    return;
                if (pass == 1)
                    row_read(c, node, person, k, month, &out->rows[out->row_count++]);
            }
        }
    }
    if (source_of(&c->l, NULL, k) < 0)
        out->row_count = 0; /* a kind that the pack asks nobody for */
}

static void
born_read(struct casing *c, const struct yaml_node *node, struct person *person)
{
    const struct yaml_node *born = yaml_get(node, "born"), *sex = yaml_get(node, "sex");

    if (born != NULL && !text_is(born->text, "unknown"))
        person->has_born = day_read(&c->l, born, &person->born);
    if (sex != NULL && !text_is(sex->text, "unknown")) {
        person->has_sex = true;
        person->is_male = text_is(sex->text, "male");
        if (!text_is(sex->text, "male") && !text_is(sex->text, "female"))
            say(&c->l, sex->place, "N103", text_of("sex 应为 male 或 female"),
                text_of("sex should be male or female"));
    }
}

static void
elsewhere_read(struct casing *c, const struct yaml_node *node, struct person *person)
{
    const struct yaml_node *count = yaml_get(node, "other_cases");
    int64_t cases = 0;

    if (count != NULL && (!text_int(count->text, &cases) || cases < 0 || cases > UINT32_MAX))
        say(&c->l, count->place, "T205", text_of("other_cases 应为不小于 0 的整数"),
            text_of("other_cases is a whole number from 0"));
    person->also_count = (uint32_t)cases;
}

static void
number_read(struct casing *c, const struct yaml_node *node, struct person *person)
{
    const struct kind *kind = c->h->model->applicant;
    int32_t none = kind_field(kind, TEXT("no_number"));

    person->number = NUMBER_VALID;
    if (yaml_get(node, "id_no") != NULL && person->cells[kind->owner].state != CELL_VALUE)
        person->number = NUMBER_INVALID;
    if (none >= 0 && person->cells[none].state == CELL_VALUE && person->cells[none].number != 0)
        person->number = NUMBER_NONE;
}

static void
person_fields(struct casing *c, const struct yaml_node *node, uint32_t number)
{
    const struct model *model = c->h->model;
    const struct kind *kind = model->applicant;
    struct person *person = &c->h->persons[number];

    for (uint32_t i = 0; i < node->count; i++) {
        struct text key = node->keys[i].text;
        int32_t f = kind_field(kind, key);
        const struct kind *listed = model_kind_by_list(model, key);
        if (f >= 0 && !kind->fields[f].is_of_case)
            (void)cell_read(&c->l, &node->values[i], &kind->fields[f], &person->cells[f]);
        else if (listed != NULL && listed != kind)
            list_rows(c, &node->values[i], number, listed->number);
        else if (!text_is(key, "born") && !text_is(key, "sex") && !text_is(key, "other_cases"))
            key_unknown(&c->l, &node->keys[i], kind_near_field(kind, key));
    }
}

static void
person_read(struct casing *c, const struct yaml_node *key, const struct yaml_node *node,
            uint32_t number, const char *role)
{
    const struct model *model = c->h->model;
    const struct kind *kind = model->applicant;
    struct person *person = &c->h->persons[number];
    struct cell applied = c->h->case_cells[kind_field(kind, TEXT("applied_on"))];
    int32_t role_field = kind_field(kind, TEXT("role"));
    struct yaml_node id = {.type = YAML_SCALAR, .text = key->text};

    if (!node_is(&c->l, node, YAML_MAP))
        return;
    memcpy(person->key, key->text.at,
           key->text.len < sizeof person->key ? key->text.len : sizeof person->key - 1);
    person->cells = case_alloc(&c->l, kind->field_count, sizeof *person->cells);
    person->lists = case_alloc(&c->l, model->kind_count, sizeof *person->lists);
    person->covers =
        case_alloc(&c->l, c->l.pack->source_count * model->kind_count, sizeof *person->covers);
    if (c->l.is_full)
        return;
    cells_blank(kind, person->cells);
    (void)cell_read(&c->l, &id, &kind->fields[kind->owner], &person->cells[kind->owner]);
    field_default(kind, person->cells, "authorised_on", applied);
    if (role_field >= 0) {
        int32_t code = code_find(kind->fields[role_field].codes, text_of(role));
        person->role = (uint8_t)code;
        field_default(kind, person->cells, "role",
                      (struct cell){.state = CELL_VALUE, .number = code});
    }
    person_fields(c, node, number);
    born_read(c, node, person);
    elsewhere_read(c, node, person);
    number_read(c, node, person);
}

static int
key_order(struct text a, struct text b)
{
    return a.len != b.len ? (a.len < b.len ? -1 : 1) : text_cmp(a, b);
}

static void
group_read(struct casing *c, const struct yaml_node *group, const char *role)
{
    uint32_t *order;

    if (group == NULL || !node_is(&c->l, group, YAML_MAP))
        return;
    order = case_alloc(&c->l, group->count, sizeof *order);
    if (order == NULL)
        return;
    for (uint32_t i = 0; i < group->count; i++) {
        uint32_t at = i;
        for (; at > 0 && key_order(group->keys[order[at - 1]].text, group->keys[i].text) > 0; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    for (uint32_t i = 0; i < group->count; i++)
        person_read(c, &group->keys[order[i]], &group->values[order[i]], c->h->person_count++,
                    role);
}

static hedui_status
case_fill(struct casing *c, struct err *err)
{
    const struct yaml_node *members = yaml_get(c->base, "members");
    const struct yaml_node *supporters = yaml_get(c->base, "supporters");
    struct text *sources = case_alloc(&c->l, c->l.pack->source_count, sizeof *sources);
    uint32_t before = c->l.messages->errors;

    if (sources == NULL)
        return arena_full(c->l.arena, err);
    for (uint32_t s = 0; s < c->l.pack->source_count; s++)
        sources[s] = c->l.pack->sources[s].name;
    c->h->sources = sources;
    if (!grammar_check(c->base, GRAMMAR_BASE, c->l.messages) || !case_fields(c))
        return c->l.is_full ? arena_full(c->l.arena, err) : HEDUI_OK; /* else the messages tell */
    c->h->persons = case_alloc(&c->l, members->count + (supporters == NULL ? 0 : supporters->count),
                               sizeof *c->h->persons);
    if (c->h->persons == NULL)
        return arena_full(c->l.arena, err);
    group_read(c, members, "member");
    c->h->member_count = c->h->person_count;
    group_read(c, supporters, "supporter");
    if (c->l.is_full)
        return arena_full(c->l.arena, err);
    if (c->l.messages->errors > before)
        return HEDUI_OK;
    TRY(case_coverage(&c->l, c->h, yaml_get(c->base, "coverage"), err));
    return household_order(c->h, c->l.arena, err);
}

hedui_status
case_build(struct household **out, const struct pack *pack, const struct yaml_node *base,
           struct messages *messages, struct arena *arena, struct err *err)
{
    /* A loader reads scalars; the pack itself is not written to. */
    struct casing c = {
        {.pack = (struct pack *)(uintptr_t)pack, .messages = messages, .arena = arena},
        NULL, base
    };
    uint32_t before = messages->errors;

    *out = NULL;
    c.h = arena_alloc(arena, 1, sizeof *c.h);
    if (c.h == NULL)
        return arena_full(arena, err);
    c.h->model = pack->model;
    TRY(case_fill(&c, err));
    if (messages->errors == before)
        *out = c.h;
    return HEDUI_OK;
}
