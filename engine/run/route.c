/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/route.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/json.h"
#include "engine/base/sys.h"
#include "engine/run/held.h"

#include "engine/base/ban.h"

static int32_t
pack_of(const struct application *application, const struct model *model,
        const struct pack_table *table)
{
    const struct applicant_cell *cells = application->members[0].cells;
    int32_t programme = kind_field(model->applicant, TEXT("programme"));
    int32_t division = kind_field(model->applicant, TEXT("division"));
    bool has_division = division >= 0 && cells[division].state == CELL_VALUE;

    if (programme < 0 || cells[programme].state != CELL_VALUE)
        return -1;
    return pack_table_pick(table, cells[programme].number,
                           has_division ? cells[division].text : TEXT(""), application->checked_on);
}

hedui_status
route_hold(struct application_set *set, const struct model *model, const struct pack_table *table,
           struct arena *arena, struct err *err)
{
    bool *is_served = arena_alloc(arena, set->count, sizeof *is_served);

    if (is_served == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < set->count; i++)
        is_served[i] = pack_of(&set->items[i], model, table) >= 0;
    return held_move(set, model, is_served, "CASE-PACK", arena, err);
}

void
route_pick(struct application_set *set, const struct model *model, const struct pack_table *table,
           uint32_t pack)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < set->count; i++)
        if (pack_of(&set->items[i], model, table) == (int32_t)pack)
            set->items[kept++] = set->items[i];
    set->count = kept;
    set->held_count = 0;
}

hedui_status
route_batch(struct route_result *out, const struct batch_options *options,
            const struct world *world, struct pool *pool, struct messages *messages,
            struct arena *arena, struct err *err)
{
    struct application_reader *reader = NULL;
    struct application_set set = {0};
    struct batch_options all = *options;
    struct feed_report report = {0};
    struct mapping *mapping = NULL;
    struct several several;
    struct digest digest;
    hedui_status rc = HEDUI_OK;

    all.table_pack = ROUTE_ALL;
    *out = (struct route_result){.cases =
                                     arena_alloc(arena, all.table->pack_count, sizeof *out->cases)};
    if (out->cases == NULL)
        return arena_full(arena, err);
    FAIL(batch_cases(&set, &several, &reader, &report, &mapping, &all, world, NULL, pool, messages,
                     arena, err));
    for (uint32_t i = 0; i < set.count; i++)
        out->cases[pack_of(&set.items[i], world->model, all.table)]++;
    out->held = set.held_count;
    FAIL(sys_make_dirs(options->out, err));
    rc = held_write(&set, world->model, options->out, &digest, err);
done:
    application_reader_close(reader);
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
    for (again->table_pack = 0; again->table_pack < table->pack_count; again->table_pack++)
        if (text_eq(table->names[again->table_pack], past->pack_name))
            return HEDUI_OK;
    return err_set(err, HEDUI_E_INPUT,
                   "'%s' 里没有当时的规则包 '" TEXT_FMT "'\n'%s' has no pack '" TEXT_FMT "'",
                   past->table, TEXT_ARG(past->pack_name), past->table, TEXT_ARG(past->pack_name));
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
    for (uint32_t i = 0; i < table->pack_count; i++) {
        if (result->cases[i] == 0)
            continue;
        json_object(&json);
        json_key(&json, "pack");
        json_text(&json, table->names[i]);
        json_key(&json, "cases");
        json_uint(&json, result->cases[i]);
        json_end_object(&json);
    }
    json_end_array(&json);
    json_key(&json, "cases_refused");
    json_uint(&json, result->held);
    json_digest(&json, "table", &table->digest);
    json_end_object(&json);
    json_newline(&json);
    FAIL(buf_check(&out, err));
    rc = sys_publish(options->out, "packs.json", out.at, out.len, 0600, "run.packs", err);
done:
    buf_release(&out);
    return rc;
}
