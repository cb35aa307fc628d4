/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/routes.h"

#include "engine/base/ban.h"

hedui_status
routes_open(struct pack_table **table, struct session *session, const char *path)
{
    struct text beside = text_of(path);

    if (path == NULL)
        TRY(shared_path(&beside, "rules/packs.yaml", &session->arena, &session->err));
    return pack_table_load(table, beside.at, session->world->model, &session->messages,
                           &session->arena, &session->err);
}

hedui_status
routes_load(void *context, struct pack **pack, uint32_t number, struct err *err)
{
    const struct routes_loading *loading = context;
    struct session *session = loading->session;
    const struct pack_table *table = loading->table;
    const struct model *model = session->world->model;
    int32_t programme;

    TRY(pack_load(pack, table->dirs[number], model, &session->messages, &session->arena, err));
    programme = code_find(model_codes(model, TEXT("programme")), pack_programme(*pack));
    for (uint32_t i = 0; i < table->route_count; i++)
        if (table->routes[i].pack == number && table->routes[i].programme != programme)
            return err_set(err, HEDUI_E_INPUT,
                           "规则包 '%s' 不适用于 '%s' 写的救助项目\n"
                           "the pack '%s' does not serve the programme that '%s' gives it",
                           table->dirs[number], table->path, table->dirs[number], table->path);
    return HEDUI_OK;
}
