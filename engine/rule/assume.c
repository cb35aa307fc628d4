/* SPDX-License-Identifier: Apache-2.0 */
/* assume.c: what a pack takes for granted where nobody knows, and where it did so.
 *
 * An assumed field reads as known where a row or the application lacks it; a contradiction stays
 * unknown. An assumed list has no open end. Either is a choice of whoever wrote the pack, so every
 * place where it was made is told; silence of a source still is a doubt of its own. */
#include <string.h>

#include "engine/rule/case.h"
#include "engine/rule/finding.h"

#include "engine/base/ban.h"

/* The field or list that an entry of `missing` names; *field -1: a list. */
static const struct kind *
named(const struct pack *pack, struct text name, int32_t *field)
{
    const char *dot = memchr(name.at, '.', name.len);
    const struct kind *kind;

    *field = -1;
    if (dot == NULL)
        return model_kind_by_list(pack->model, name);
    kind = text_starts(name, TEXT("case."))
               ? pack->model->applicant
               : pack_kind(pack, (struct text){name.at, (size_t)(dot - name.at)});
    if (kind != NULL)
        *field = kind_field(kind, (struct text){dot + 1, name.len - (size_t)(dot - name.at) - 1});
    return *field < 0 ? NULL : kind;
}

static void
not_to_assume(struct loader *l, const struct yaml_node *key)
{
    say(l, key->place, "T202", text_of("assume 只用于会是未知的字段，或写 assume: none 的部门列表"),
        text_of("assume is for a field that may be unknown, or `assume: none` for a department's "
                "list"));
}

void
assume_read(struct loader *l, const struct yaml_node *key, const struct yaml_node *node,
            struct missing *item)
{
    const struct yaml_node *value = yaml_get(node, "assume");
    int32_t f;
    const struct kind *kind = named(l->pack, key->text, &f);

    item->zh = node_text(node, "zh");
    if (item->zh.len == 0)
        say(l, key->place, "Y014", text_of("assume 需要 zh：说明为什么这样假定"),
            text_of("assume needs zh: why it may be taken for granted"));
    if (kind == NULL)
        return; /* said already: there is no such name */
    item->is_assumed = true;
    l->pack->uses_known = true;
    item->value = value->type == YAML_SCALAR ? value->text : TEXT("");
    message_add(l->messages, MESSAGE_WARNING, "W605", key->place, (uint32_t)text_chars(key->text),
                text_of("assume 让结果依赖于已知多少"),
                text_of("assume makes the result depend on how much is known"));
    if (f < 0) {
        if (!text_is(item->value, "none") || kind == l->pack->model->applicant)
            not_to_assume(l, key);
        l->pack->assumed_lists |= (uint64_t)1 << kind->number;
        return;
    }
    if (kind->fields[f].blank != BLANK_UNKNOWN || kind->fields[f].type == FIELD_IDENTITY ||
        field_is_opaque(&kind->fields[f])) {
        not_to_assume(l, key);
        return;
    }
    if (!cell_read(l, value, &kind->fields[f], &item->cell) || item->cell.state != CELL_VALUE)
        return;
    if ((kind->fields[f].has_min && item->cell.number < kind->fields[f].min) ||
        (kind->fields[f].has_max && item->cell.number > kind->fields[f].max))
        say(l, value->place, "T205", text_of("假定的值超出字段的 min 或 max"),
            text_of("the assumed value is outside the field's min or max"));
    l->pack->assumed[kind->number][f] = item;
}

const struct cell *
assumed_cell(const struct run *run, const struct kind *kind, uint32_t field,
             const struct household_thing *thing)
{
    const struct missing *item = run->pack->assumed[kind->number][field];
    bool is_lacking = thing == NULL;

    for (uint32_t i = 0; item != NULL && thing != NULL && i < thing->row_count; i++)
        is_lacking = is_lacking || thing->rows[i]->cells[field].state == CELL_UNKNOWN;
    return item != NULL && is_lacking ? &item->cell : NULL;
}

struct places {
    struct judging *j;
    bool is_counting;
    uint32_t count;
    bool is_full;
};

static void
place_put(struct places *p, const struct missing *item, struct text what)
{
    if (p->is_counting)
        p->count++;
    else
        p->j->out->assumed[p->j->out->assumed_count++] =
            (struct assumption){what, item->value, item->zh};
    p->is_full = p->is_full || what.at == NULL;
}

static bool
list_is_open(const struct run *run, uint32_t person, uint32_t k)
{
    const struct household_list *list = &run->household->persons[person].lists[k];
    uint32_t kinds = run->pack->model->kind_count;

    for (uint32_t i = 0; i < list->open_count; i++)
        if (list->opens[i].source >= 0)
            return true;
    for (uint32_t s = 0; s < run->pack->source_count; s++)
        if (run->kind_coverage[person][s * kinds + k] == COVERAGE_STALE)
            return true;
    return false;
}

static void
item_places(struct places *p, const struct missing *item)
{
    const struct run *run = p->j->run;
    const struct household *h = run->household;
    struct arena *arena = p->j->arena;
    int32_t f;
    const struct kind *kind = named(run->pack, item->name, &f);

    if (f >= 0 && kind == h->model->applicant && kind->fields[f].is_of_case) {
        if (h->case_cells[f].state == CELL_UNKNOWN)
            place_put(p, item, item->name);
        return;
    }
    for (uint32_t i = 0; i < h->person_count; i++) {
        const struct person *person = &h->persons[i];
        const struct household_list *list = &person->lists[kind->number];

        if (f < 0 && list_is_open(run, i, kind->number))
            place_put(p, item,
                      arena_printf(arena, "%s." TEXT_FMT, person->key, TEXT_ARG(kind->list)));
        if (f < 0)
            continue;
        if (kind == h->model->applicant && person->cells[f].state == CELL_UNKNOWN)
            place_put(
                p, item,
                arena_printf(arena, "%s." TEXT_FMT, person->key, TEXT_ARG(kind->fields[f].name)));
        for (uint32_t r = 0; r < list->row_count; r++)
            if (list->rows[r].cells[f].state == CELL_UNKNOWN)
                place_put(p, item,
                          arena_printf(arena, "%s." TEXT_FMT ".%u." TEXT_FMT, person->key,
                                       TEXT_ARG(kind->list), r, TEXT_ARG(kind->fields[f].name)));
    }
}

/* Every place where something was taken for granted, whether or not a rule read it. */
hedui_status
assumptions_build(struct judging *j, struct err *err)
{
    const struct pack *pack = j->run->pack;
    struct places p = {.j = j, .is_counting = true};

    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < pack->missing_count; i++)
            if (pack->missing[i].is_assumed)
                item_places(&p, &pack->missing[i]);
        if (p.count == 0)
            return HEDUI_OK;
        if (pass == 0)
            j->out->assumed = arena_alloc(j->arena, p.count, sizeof *j->out->assumed);
        p.is_full = p.is_full || j->out->assumed == NULL;
        if (p.is_full)
            return arena_full(j->arena, err);
        p.is_counting = false;
    }
    return HEDUI_OK;
}
