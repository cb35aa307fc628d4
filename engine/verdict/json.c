/* SPDX-License-Identifier: Apache-2.0 */
/* json.c: the line of verdicts.jsonl. Key order is the contract: docs/FORMATS.md. */
#include <stdlib.h>

#include "engine/model/value.h"
#include "engine/verdict/verdict.h"

#include "engine/base/ban.h"

#define SHORT 128 /* bytes: most values that are printed */

static void
json_date(struct json *json, int32_t days)
{
    char room[SHORT] UNSET;
    struct buf text;

    buf_init_in(&text, room, sizeof room);
    date_print(&text, days);
    json_text(json, buf_part(json->out, &text));
    buf_release(&text);
}

/* One applicant cell: text as it is, a code by its name; null where there is none. */
static void
json_cell(struct json *json, const struct household *household, const char *field)
{
    const struct kind *kind = household->model->applicant;
    int32_t f = kind_field(kind, text_of(field));

    if (f < 0 || household->case_cells[f].state != CELL_VALUE)
        json_null(json);
    else if (kind->fields[f].type == FIELD_CODE)
        json_text(json, kind->fields[f].codes->codes[household->case_cells[f].number].name);
    else
        json_text(json, household->case_cells[f].text);
}

/* A known value of a figure's type. */
static void
json_known(struct json *json, const struct value *value, const struct type *type)
{
    char room[SHORT] UNSET;
    struct buf text;

    buf_init_in(&text, room, sizeof room);
    value_print(&text, *value, type);
    switch (type->kind) {
    case TYPE_BOOL:
        json_bool(json, value->boolean);
        break;
    case TYPE_INT:
    case TYPE_ZERO:
        json_int(json, value->integer);
        break;
    case TYPE_EXACT:
    case TYPE_RATE:
        json_object(json);
        json_key(json, type->kind == TYPE_EXACT ? "exact" : "rate");
        json_text(json, buf_part(json->out, &text));
        json_end_object(json);
        break;
    default:
        json_text(json, buf_part(json->out, &text));
    }
    buf_release(&text);
}

/* The ends of one side of what is known of unknown figures; no key where none has one. */
static void
bounds_put(struct json *json, const char *key, const struct judgement *judgement, bool is_low)
{
    bool is_begun = false;

    for (uint32_t i = 0; i < judgement->figure_count; i++) {
        const struct figure *figure = &judgement->figures[i];
        struct value end;

        if (!value_bound(&figure->value, figure->type, is_low, &end))
            continue;
        if (!is_begun) {
            json_key(json, key);
            json_object(json);
            is_begun = true;
        }
        json_key_text(json, figure->name);
        json_known(json, &end, figure->type);
    }
    if (is_begun)
        json_end_object(json);
}

static void
figures_put(struct json *json, const struct judgement *judgement)
{
    json_key(json, "figures");
    json_object(json);
    for (uint32_t i = 0; i < judgement->figure_count; i++) {
        const struct figure *figure = &judgement->figures[i];

        json_key_text(json, figure->name);
        if (figure->value.state == VALUE_KNOWN)
            json_known(json, &figure->value, figure->type);
        else
            json_null(json); /* none, unknown (its causes stand in "unknown") or in error */
    }
    json_end_object(json);
    json_key(json, "unknown");
    json_object(json);
    for (uint32_t i = 0; i < judgement->figure_count; i++) {
        const struct figure *figure = &judgement->figures[i];

        if (figure->value.state != VALUE_UNKNOWN)
            continue;
        json_key_text(json, figure->name);
        json_array(json);
        for (uint32_t c = 0; c < figure->cause_count; c++)
            json_text(json, figure->causes[c]);
        json_end_array(json);
    }
    json_end_object(json);
    bounds_put(json, "at_least", judgement, true);
    bounds_put(json, "at_most", judgement, false);
}

static void
texts_put(struct json *json, const char *key, const struct text *texts, uint32_t count)
{
    json_key(json, key);
    json_array(json);
    for (uint32_t i = 0; i < count; i++)
        json_text(json, texts[i]);
    json_end_array(json);
}

static void
members_put(struct json *json, const struct household *household)
{
    const struct kind *kind = household->model->applicant;
    int32_t relation = kind_field(kind, TEXT("relation")), role = kind_field(kind, TEXT("role"));

    json_key(json, "members");
    json_array(json);
    for (uint32_t p = 0; p < household->person_count; p++) {
        const struct person *person = &household->persons[p];

        json_object(json);
        json_key(json, "key");
        json_str(json, person->key);
        json_key(json, "id");
        if (person->number == NUMBER_VALID) {
            json_str(json, person->masked_id);
        } else {
            json_null(json);
            json_key(json, "number");
            json_str(json, person->number == NUMBER_INVALID ? "invalid" : "none");
        }
        json_key(json, "name");
        json_text(json, person->masked_name);
        json_key(json, "relation");
        json_text(json, kind->fields[relation].codes->codes[person->cells[relation].number].name);
        json_key(json, "role");
        json_text(json, kind->fields[role].codes->codes[person->role].name);
        if (person->also != NULL)
            texts_put(json, "also_in", person->also, person->also_count);
        json_end_object(json);
    }
    json_end_array(json);
}

static void
optional_put(struct json *json, const char *key, struct text text)
{
    if (text.len > 0) {
        json_key(json, key);
        json_text(json, text);
    }
}

/* Of one comparison all but its margin, inside an object. */
static void
sides_put(struct json *json, const struct compared *compared)
{
    json_key(json, "left");
    json_text(json, compared->left);
    json_key(json, "value");
    json_text(json, compared->value);
    if (compared->at_least || compared->at_most) {
        json_key(json, compared->at_least ? "at_least" : "at_most");
        json_bool(json, true);
    }
    json_key(json, "op");
    json_text(json, compared->op);
    json_key(json, "right");
    json_text(json, compared->right);
    json_key(json, "limit");
    json_text(json, compared->limit);
}

static void
compared_put(struct json *json, const struct finding *finding)
{
    json_key(json, "compared");
    json_array(json);
    for (uint32_t i = 0; i < finding->compared_count; i++) {
        json_object(json);
        sides_put(json, &finding->compared[i]);
        optional_put(json, "margin", finding->compared[i].margin);
        json_end_object(json);
    }
    json_end_array(json);
}

static void
counter_put(struct json *json, const struct finding *finding)
{
    if (finding->counter_count == 0 && !finding->is_counter_cut)
        return;
    json_key(json, "counter");
    json_array(json);
    for (uint32_t i = 0; i < finding->counter_count; i++) {
        const struct counter *counter = &finding->counter[i];

        json_object(json);
        if (counter->is_named)
            optional_put(json, "of", counter->of);
        json_key_text(json, counter->what);
        json_text(json, counter->value);
        json_end_object(json);
    }
    json_end_array(json);
    if (finding->is_counter_cut) {
        json_key(json, "counter_cut");
        json_bool(json, true);
    }
}

static void
near_put(struct json *json, const struct judgement *judgement)
{
    json_key(json, "near");
    json_array(json);
    for (uint32_t i = 0; i < judgement->near_count; i++) {
        const struct near *near = &judgement->near[i];

        json_object(json);
        json_key(json, "rule");
        json_text(json, near->rule);
        sides_put(json, &near->compared);
        json_key(json, "distance");
        json_text(json, near->compared.margin);
        optional_put(json, "unless", near->unless);
        json_end_object(json);
    }
    json_end_array(json);
}

/* Rows of one source stand together: what is alike is copied from the row before. */
static void
evidence_put(struct json *json, const struct finding *finding)
{
    const struct evidence_row *before = NULL;
    size_t from = 0, len = 0;

    json_key(json, "evidence");
    json_array(json);
    for (uint32_t i = 0; i < finding->evidence_count; i++) {
        const struct evidence_row *row = &finding->evidence[i];

        json_object(json);
        json_key(json, "row");
        json_text(json, row->row);
        if (before != NULL && before->as_of == row->as_of && text_eq(before->source, row->source)) {
            buf_repeat(json->out, from, len);
        } else {
            from = json->out->len;
            json_key(json, "source");
            json_text(json, row->source);
            json_key(json, "as_of");
            if (row->as_of == INT32_MIN)
                json_null(json);
            else
                json_date(json, row->as_of);
            len = json->out->len - from;
        }
        before = row;
        json_end_object(json);
    }
    json_end_array(json);
}

static void
finding_put(struct json *json, const struct finding *finding)
{
    json_object(json);
    json_key(json, "rule");
    json_text(json, finding->rule);
    json_key(json, "level");
    json_str(json, level_name(finding->level));
    json_key(json, "reason");
    json_text(json, finding->reason);
    json_key(json, "zh");
    json_text(json, finding->zh);
    optional_put(json, "en", finding->en);
    compared_put(json, finding);
    optional_put(json, "grade", finding->grade);
    if (finding->confirm_count > 0)
        texts_put(json, "confirm", finding->confirm, finding->confirm_count);
    evidence_put(json, finding);
    optional_put(json, "ref", finding->ref);
    json_key(json, "unless");
    json_array(json);
    for (uint32_t i = 0; i < finding->unless_count; i++) {
        json_object(json);
        json_key(json, "id");
        json_text(json, finding->unless[i].id);
        json_key(json, "is");
        json_text(json, finding->unless[i].is);
        json_end_object(json);
    }
    json_end_array(json);
    counter_put(json, finding);
    texts_put(json, "open", finding->open, finding->open_count);
    texts_put(json, "settle", finding->settle, finding->settle_count);
    json_end_object(json);
}

static void
coverage_put(struct json *json, const struct household *household,
             const struct judgement *judgement)
{
    json_key(json, "coverage");
    json_object(json);
    for (uint32_t p = 0; p < household->person_count; p++) {
        json_key(json, household->persons[p].key);
        json_object(json);
        for (uint32_t s = 0; s < household->source_count; s++) {
            if (household->persons[p].number == NUMBER_INVALID)
                continue; /* nothing was looked up: no source has a status */
            json_key_text(json, household->sources[s]);
            json_str(json, coverage_name(judgement->coverage[p][s]));
        }
        json_end_object(json);
    }
    json_end_object(json);
}

static void
declared_put(struct json *json, const struct judgement *judgement)
{
    json_key(json, "declared");
    json_array(json);
    for (uint32_t i = 0; i < judgement->declared_count; i++) {
        const struct declared_line *line = &judgement->declared[i];

        json_object(json);
        json_key(json, "item");
        json_text(json, line->item);
        json_key(json, "zh");
        json_text(json, line->zh);
        json_key(json, "stated");
        json_text(json, line->stated);
        json_key(json, "found");
        json_text(json, line->found);
        json_key(json, "is");
        json_text(json, line->is);
        optional_put(json, "difference", line->difference);
        optional_put(json, "ref", line->ref);
        json_end_object(json);
    }
    json_end_array(json);
}

/* Where the pack took something for granted; no key where it did not. */
static void
assumed_put(struct json *json, const struct judgement *judgement)
{
    if (judgement->assumed_count == 0)
        return;
    json_key(json, "assumed");
    json_array(json);
    for (uint32_t i = 0; i < judgement->assumed_count; i++) {
        json_object(json);
        json_key(json, "what");
        json_text(json, judgement->assumed[i].what);
        json_key(json, "value");
        json_text(json, judgement->assumed[i].value);
        json_key(json, "zh");
        json_text(json, judgement->assumed[i].zh);
        json_end_object(json);
    }
    json_end_array(json);
}

/* Figures of the pack that no paper stands behind; no key where there are none. */
static void
unconfirmed_put(struct json *json, const struct judgement *judgement)
{
    if (judgement->unconfirmed_count == 0)
        return;
    json_key(json, "unconfirmed");
    json_array(json);
    for (uint32_t i = 0; i < judgement->unconfirmed_count; i++) {
        const struct unconfirmed *one = judgement->unconfirmed[i];

        json_object(json);
        json_key(json, "param");
        json_text(json, one->param);
        json_key(json, "zh");
        json_text(json, one->zh);
        json_key(json, "value");
        json_text(json, one->value);
        json_end_object(json);
    }
    json_end_array(json);
}

void
verdict_json(struct buf *out, const struct pack *pack, const struct household *household,
             const struct judgement *judgement)
{
    struct json json;

    json_begin(&json, out);
    json_object(&json);
    json_key(&json, "case_no");
    json_text(&json, household->case_no);
    json_key(&json, "programme");
    json_cell(&json, household, "programme");
    json_key(&json, "division");
    json_cell(&json, household, "division");
    json_key(&json, "checked_on");
    json_date(&json, household->checked_on);
    json_key(&json, "outcome");
    json_str(&json, outcome_name(judgement->outcome));
    figures_put(&json, judgement);
    members_put(&json, household);
    json_key(&json, "findings");
    json_array(&json);
    for (uint32_t i = 0; i < judgement->finding_count; i++)
        finding_put(&json, &judgement->findings[i]);
    json_end_array(&json);
    near_put(&json, judgement);
    coverage_put(&json, household, judgement);
    declared_put(&json, judgement);
    assumed_put(&json, judgement);
    unconfirmed_put(&json, judgement);
    json_key(&json, "pack");
    json_text(&json, pack_name(pack));
    json_digest(&json, "pack_hash", pack_hash(pack));
    json_end_object(&json);
    json_newline(&json);
}
