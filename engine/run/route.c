/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/route.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/json.h"
#include "engine/base/sys.h"
#include "engine/run/held.h"

#include "engine/base/ban.h"

struct route_fields { /* of kind applicant; -1: the vocabulary has none */
    int32_t programme, division, area;
};

static struct route_fields
fields_of(const struct model *model)
{
    return (struct route_fields){kind_field(model->applicant, TEXT("programme")),
                                 kind_field(model->applicant, TEXT("division")),
                                 kind_field(model->applicant, TEXT("area_kind"))};
}

/* -1: the case names none. */
static int32_t
programme_of(const struct application *application, const struct route_fields *fields)
{
    const struct applicant_cell *cells = application->members[0].cells;

    return fields->programme < 0 || cells[fields->programme].state != CELL_VALUE
               ? -1
               : (int32_t)cells[fields->programme].number;
}

/* The pack for a case as one of this programme; -1: none. */
static int32_t
pack_for(const struct application *application, int32_t programme,
         const struct route_fields *fields, const struct pack_table *table)
{
    const struct applicant_cell *cells = application->members[0].cells;
    bool has_division = fields->division >= 0 && cells[fields->division].state == CELL_VALUE;
    bool has_area = fields->area >= 0 && cells[fields->area].state == CELL_VALUE;

    if (programme < 0)
        return -1;
    return pack_table_pick(table, programme, has_division ? cells[fields->division].text : TEXT(""),
                           has_area ? cells[fields->area].number : -1, application->checked_on);
}

/* Does this pack of the table judge the case, for its own programme or one asked for besides? */
static bool
is_served(const struct application *application, uint32_t pack, const struct route_fields *fields,
          const struct batch_options *options)
{
    int32_t programme = pack_table_programme(options->table, pack);
    bool is_asked = programme == programme_of(application, fields) ||
                    (programme >= 0 && (options->programmes >> programme & 1) != 0);

    return is_asked && pack_for(application, programme, fields, options->table) == (int32_t)pack;
}

hedui_status
route_hold(struct application_set *set, const struct model *model, const struct pack_table *table,
           struct arena *arena, struct err *err)
{
    bool *is_taken = arena_alloc(arena, set->count, sizeof *is_taken);
    struct route_fields fields = fields_of(model);

    if (is_taken == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < set->count; i++)
        is_taken[i] =
            pack_for(&set->items[i], programme_of(&set->items[i], &fields), &fields, table) >= 0;
    return held_move(set, model, is_taken, "CASE-PACK", arena, err);
}

/* The same case as one of another programme. */
static hedui_status
case_as(struct application *out, const struct application *from, int32_t programme,
        const struct route_fields *fields, const struct model *model, struct arena *arena,
        struct err *err)
{
    *out = *from;
    if (programme_of(from, fields) == programme)
        return HEDUI_OK;
    out->members = arena_alloc(arena, from->member_count, sizeof *out->members);
    if (out->members == NULL)
        return arena_full(arena, err);
    for (uint32_t m = 0; m < from->member_count; m++) {
        struct applicant_cell *cells =
            arena_alloc(arena, model->applicant->field_count, sizeof *cells);

        if (cells == NULL)
            return arena_full(arena, err);
        memcpy(cells, from->members[m].cells, model->applicant->field_count * sizeof *cells);
        cells[fields->programme].number = programme;
        out->members[m] = from->members[m];
        out->members[m].cells = cells;
    }
    return HEDUI_OK;
}

/* The share of one pack; `at`: where each of its cases stands in `set`. */
static hedui_status
share_pick(struct application_set *out, uint32_t *at, const struct application_set *set,
           const struct model *model, const struct batch_options *options, struct arena *arena,
           struct err *err)
{
    struct route_fields fields = fields_of(model);
    int32_t programme = pack_table_programme(options->table, options->table_pack);

    *out = (struct application_set){.items = arena_alloc(arena, set->count, sizeof *out->items)};
    if (out->items == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < set->count; i++) {
        if (!is_served(&set->items[i], options->table_pack, &fields, options))
            continue;
        TRY(case_as(&out->items[out->count], &set->items[i], programme, &fields, model, arena,
                    err));
        at[out->count++] = i;
    }
    return HEDUI_OK;
}

hedui_status
route_pick(struct application_set *set, const struct model *model,
           const struct batch_options *options, struct arena *arena, struct err *err)
{
    uint32_t *at = arena_alloc(arena, set->count, sizeof *at);
    struct application_set picked;

    if (at == NULL)
        return arena_full(arena, err);
    TRY(share_pick(&picked, at, set, model, options, arena, err));
    *set = picked;
    return HEDUI_OK;
}

hedui_status
route_programmes(uint64_t *out, const char *names, const struct model *model, struct err *err)
{
    const struct code_list *programmes = model_codes(model, TEXT("programme"));
    struct text rest = text_of(names);

    *out = text_is(rest, "all") ? UINT64_MAX : 0;
    while (*out != UINT64_MAX && rest.len > 0) {
        size_t comma = text_find(rest, TEXT(","));
        struct text name = {rest.at, comma == SIZE_MAX ? rest.len : comma};
        int32_t code = programmes == NULL ? -1 : code_find(programmes, name);

        if (code < 0 || code >= 64)
            return err_set(err, HEDUI_E_USAGE,
                           "--programmes 里没有救助项目 '" TEXT_FMT "'\n"
                           "--programmes: no programme '" TEXT_FMT "'",
                           TEXT_ARG(name), TEXT_ARG(name));
        *out |= UINT64_C(1) << code;
        rest =
            comma == SIZE_MAX ? TEXT("") : (struct text){rest.at + comma + 1, rest.len - comma - 1};
    }
    return HEDUI_OK;
}

/* ---- one reading, one probe, all packs ---- */

static hedui_status
share_open(struct batch_share *share, uint32_t pack, const struct batch_read *read,
           const struct batch_options *options, const struct world *world, struct arena *arena,
           struct err *err)
{
    uint32_t *at = arena_alloc(arena, read->set.count, sizeof *at);
    struct text dir =
        arena_printf(arena, "%s/" TEXT_FMT, options->out, TEXT_ARG(options->table->names[pack]));

    if (at == NULL || dir.at == NULL)
        return arena_full(arena, err);
    share->options = *options;
    share->options.out = dir.at;
    share->options.table_pack = pack;
    share->at = at;
    share->pays = options->table->pays[pack];
    TRY(share_pick(&share->set, at, &read->set, world->model, &share->options, arena, err));
    share->told = arena_alloc(arena, share->set.count, sizeof *share->told);
    return share->told == NULL ? arena_full(arena, err) : HEDUI_OK;
}

/* Case by case what each pack told, settled. */
static hedui_status
cases_settle(struct route_result *out, const struct batch_read *read,
             const struct batch_options *options, const struct model *model, struct arena *arena,
             struct err *err)
{
    struct route_fields fields = fields_of(model);
    struct conflict_cases cases = {.count = read->set.count,
                                   .items =
                                       arena_alloc(arena, read->set.count, sizeof *cases.items)};

    if (cases.items == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < read->set.count; i++) {
        cases.items[i].case_no = arena_text(arena, read->set.items[i].case_no);
        cases.items[i].programme = programme_of(&read->set.items[i], &fields);
        cases.items[i].lines = arena_alloc(arena, out->share_count, sizeof(struct standing_line));
        if (cases.items[i].lines == NULL || cases.items[i].case_no.at == NULL)
            return arena_full(arena, err);
    }
    for (uint32_t k = 0; k < out->share_count; k++) {
        const struct batch_share *share = &out->shares[k];
        uint32_t pack = share->options.table_pack;

        for (uint32_t i = 0; i < share->set.count; i++) {
            struct conflict_case *one = &cases.items[share->at[i]];

            one->lines[one->line_count++] =
                (struct standing_line){.programme = pack_table_programme(options->table, pack),
                                       .pack = options->table->names[pack],
                                       .told = share->told[i]};
        }
    }
    for (uint32_t i = 0; i < cases.count; i++)
        conflict_settle(cases.items[i].lines, cases.items[i].line_count, options->table);
    out->cases = cases;
    return conflict_write(&cases, model_codes(model, TEXT("programme")), options->out,
                          out->standings, err);
}

static hedui_status
shares_open(struct route_result *out, const struct batch_read *read,
            const struct batch_options *options, route_load load, void *context,
            const struct world *world, struct arena *arena, struct err *err)
{
    out->shares = arena_alloc(arena, options->table->pack_count, sizeof *out->shares);
    if (out->shares == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < options->table->pack_count; i++) {
        struct batch_share *share = &out->shares[out->share_count];
        struct pack *pack;

        TRY(share_open(share, i, read, options, world, arena, err));
        if (share->set.count == 0)
            continue;
        TRY(load(context, &pack, i, err));
        share->pack = pack;
        out->share_count++;
    }
    return HEDUI_OK;
}

hedui_status
route_verify(struct route_result *out, const struct batch_options *options, route_load load,
             void *context, const struct world *world, struct pool *pool, struct messages *messages,
             struct arena *arena, struct err *err)
{
    struct batch_options all = *options;
    struct batch_read read = {0};
    struct digest digest;
    hedui_status rc = HEDUI_OK;

    all.table_pack = ROUTE_ALL;
    *out = (struct route_result){0};
    FAIL(batch_cases(&read.set, &read.several, &read.reader, &read.report, &read.mapping, &all,
                     world, NULL, pool, messages, arena, err));
    out->held = read.set.held_count;
    out->has_several = options->programmes != 0;
    FAIL(shares_open(out, &read, options, load, context, world, arena, err));
    FAIL(sys_make_dirs(options->out, err));
    FAIL(held_write(&read.set, world->model, options->out, &digest, err));
    if (out->share_count > 0)
        FAIL(batch_shares(out->shares, out->share_count, &read, world, pool, arena, err));
    if (out->has_several)
        FAIL(cases_settle(out, &read, options, world->model, arena, err));
done:
    application_reader_close(read.reader);
    return rc;
}

hedui_status
route_past(struct batch_options *again, const struct past_run *past, const struct model *model,
           struct messages *messages, struct arena *arena, struct err *err)
{
    struct pack_table *table;

    if (past->table == NULL)
        return HEDUI_OK;
    TRY(pack_table_load(&table, past->table, model, messages, arena, err));
    again->table = table;
    if (past->programmes.len > 0) {
        struct text said = arena_text(arena, past->programmes); /* ends in a zero */

        if (said.at == NULL)
            return arena_full(arena, err);
        again->programmes_said = said.at;
        TRY(route_programmes(&again->programmes, said.at, model, err));
    }
    for (again->table_pack = 0; again->table_pack < table->pack_count; again->table_pack++)
        if (text_eq(table->names[again->table_pack], past->pack_name))
            return HEDUI_OK;
    return err_set(err, HEDUI_E_INPUT,
                   "'%s' 里没有当时的规则包 '" TEXT_FMT "'\n'%s' has no pack '" TEXT_FMT "'",
                   past->table, TEXT_ARG(past->pack_name), past->table, TEXT_ARG(past->pack_name));
}

void
standings_json(struct json *json, const struct route_result *result)
{
    if (!result->has_several)
        return;
    json_key(json, "standings");
    json_object(json);
    for (uint32_t i = 0; i < STANDINGS; i++) {
        json_key(json, standing_name((enum standing)i));
        json_uint(json, result->standings[i]);
    }
    json_end_object(json);
}

hedui_status
route_write(const struct route_result *result, const struct batch_options *options, struct err *err)
{
    const struct pack_table *table = options->table;
    struct json json;
    struct buf out;
    hedui_status rc = HEDUI_OK;

    buf_init(&out, false);
    json_begin(&json, &out);
    json_object(&json);
    json_key(&json, "packs");
    json_array(&json);
    for (uint32_t k = 0; k < result->share_count; k++) {
        json_object(&json);
        json_key(&json, "pack");
        json_text(&json, table->names[result->shares[k].options.table_pack]);
        json_key(&json, "cases");
        json_uint(&json, result->shares[k].set.count);
        json_end_object(&json);
    }
    json_end_array(&json);
    json_key(&json, "cases_refused");
    json_uint(&json, result->held);
    standings_json(&json, result);
    json_digest(&json, "table", &table->digest);
    json_end_object(&json);
    json_newline(&json);
    FAIL(buf_check(&out, err));
    rc = sys_publish(options->out, "packs.json", out.at, out.len, 0600, "run.packs", err);
done:
    buf_release(&out);
    return rc;
}
