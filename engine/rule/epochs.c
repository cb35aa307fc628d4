/* SPDX-License-Identifier: Apache-2.0 */
/* epochs.c: days of change, sorted; between two of them one set of values. */
#include "engine/rule/epochs.h"

#include <assert.h>
#include <stdlib.h>

#include "engine/rule/pack_in.h"

#include "engine/base/ban.h"

static int
day_order(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

/* Every day on which a parameter or a rule changes, once, by day. */
static int32_t *
days_gather(const struct pack *pack, uint32_t *count)
{
    uint32_t room = 2 * pack->rule_count, n = 0, kept = 0;
    int32_t *days;

    for (uint32_t i = 0; i < pack->param_count; i++)
        room += pack->params[i].value_count;
    days = arena_alloc(pack->arena, room, sizeof *days);
    if (days == NULL)
        return NULL;
    for (uint32_t i = 0; i < pack->param_count; i++)
        for (uint32_t k = 0; k < pack->params[i].value_count; k++)
            if (pack->params[i].as_of == NULL)
                days[n++] = pack->params[i].values[k].from;
    for (uint32_t i = 0; i < pack->rule_count; i++) {
        days[n] = pack->rules[i].from;
        n += pack->rules[i].from != INT32_MIN;
        days[n] = pack->rules[i].until;
        n += pack->rules[i].until != INT32_MAX;
    }
    if (n > 0)
        qsort(days, n, sizeof *days, day_order);
    for (uint32_t i = 0; i < n; i++)
        if (kept == 0 || days[kept - 1] != days[i])
            days[kept++] = days[i];
    *count = kept;
    return days;
}

const struct param_value *
param_in_force(const struct param *param, int32_t day)
{
    const struct param_value *in_force = NULL;

    for (uint32_t i = 0; i < param->value_count && param->values[i].from <= day; i++)
        in_force = &param->values[i];
    return in_force == NULL || in_force->is_abolished ? NULL : in_force;
}

/* What verdicts say of the values that nobody confirmed; printed once. */
static hedui_status
values_tell(struct pack *pack, struct param *param, struct err *err)
{
    struct buf print;
    hedui_status rc = HEDUI_OK;

    buf_init(&print, false);
    for (uint32_t i = 0; param->is_read && i < param->value_count; i++) {
        struct unconfirmed *told;

        if (!param->values[i].is_unconfirmed || param->values[i].is_abolished)
            continue;
        told = arena_alloc(pack->arena, 1, sizeof *told);
        buf_reset(&print);
        value_print(&print, param->values[i].value, param->type);
        FAIL(buf_check(&print, err));
        if (told == NULL)
            FAIL(arena_full(pack->arena, err));
        *told = (struct unconfirmed){param->name, param->zh, param->en,
                                     arena_text(pack->arena, buf_as_text(&print))};
        if (told->value.at == NULL)
            FAIL(arena_full(pack->arena, err));
        param->values[i].told = told;
    }
done:
    buf_release(&print);
    return rc;
}

hedui_status
epochs_build(struct pack *pack, struct err *err)
{
    uint32_t count;
    int32_t *days = days_gather(pack, &count);

    if (days == NULL)
        return arena_full(pack->arena, err);
    TRY(reads_mark(pack, err)); /* whose unconfirmed values are told */
    for (uint32_t i = 0; i < pack->param_count; i++) {
        pack->has_own_days = pack->has_own_days || pack->params[i].as_of != NULL;
        TRY(values_tell(pack, &pack->params[i], err));
    }
    pack->epochs = arena_alloc(pack->arena, count + 1, sizeof *pack->epochs);
    if (pack->epochs == NULL)
        return arena_full(pack->arena, err);
    pack->epoch_count = count + 1;
    for (uint32_t e = 0; e < pack->epoch_count; e++) {
        struct epoch *epoch = &pack->epochs[e];

        epoch->from = e == 0 ? INT32_MIN : days[e - 1];
        epoch->until = e == count ? INT32_MAX : days[e];
        epoch->values = arena_alloc(pack->arena, pack->param_count, sizeof *epoch->values);
        epoch->unconfirmed =
            arena_alloc(pack->arena, pack->param_count, sizeof *epoch->unconfirmed);
        if (epoch->values == NULL || epoch->unconfirmed == NULL)
            return arena_full(pack->arena, err);
        for (uint32_t i = 0; i < pack->param_count; i++) {
            if (pack->params[i].as_of == NULL)
                epoch->values[i] = param_in_force(&pack->params[i], epoch->from);
            if (epoch->values[i] != NULL && epoch->values[i]->told != NULL)
                epoch->unconfirmed[epoch->unconfirmed_count++] = epoch->values[i]->told;
        }
    }
    return HEDUI_OK;
}

uint32_t
pack_epoch_count(const struct pack *pack)
{
    return pack->epoch_count;
}

const struct epoch *
pack_epoch(const struct pack *pack, uint32_t i)
{
    return &pack->epochs[i];
}

const struct epoch *
pack_epoch_of(const struct pack *pack, int32_t day)
{
    uint32_t low = 0, high = pack->epoch_count - 1;

    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (pack->epochs[middle].until <= day)
            low = middle + 1;
        else
            high = middle;
    }
    assert(pack->epochs[low].from <= day);
    return &pack->epochs[low];
}
