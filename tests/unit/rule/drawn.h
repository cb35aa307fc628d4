/* SPDX-License-Identifier: Apache-2.0 */
/* drawn.h: expressions, and households of all sorts drawn by dice, over which the faster forms of
 * evaluation are held equal to the reference walk. */
#ifndef HEDUI_TESTS_RULE_DRAWN_H
#define HEDUI_TESTS_RULE_DRAWN_H

#include <string.h>

#include "engine/rule/case.h"
#include "engine/rule/tree.h"
#include "tests/t.h"

static const char *const texts[] = {
    "size(members)",
    "size(vehicles)",
    "sum(members.map(m, size(m.accounts)))",
    "size(members.filter(m, m.labour))",
    "sum(members.map(m, sum(m.incomes.filter(i, within_months(i.month, case.applied_on, "
    "p.window)).map(i, i.amount))))",
    "sum(members.map(m, m.counted))",
    "members.exists(m, m.works)",
    "members.all(m, m.age >= p.adult_age)",
    "members.exists_one(m, m.student && !m.labour)",
    "members.exists(m, m.incomes.exists(i, i.item in [\"wage\", \"pension\"] && "
    "within_months(i.month, case.checked_on, 12)))",
    "members.all(m, m.incomes.all(i, i.month <= month_of(case.checked_on) || i.amount > yuan(0)))",
    "members.exists(m, m.incomes.exists(i, within_months(i.month, case.checked_on, 12)))",
    "members.all(m, m.incomes.all(i, within_months(i.month, case.checked_on, 40)))",
    "members.all(m, m.incomes.all(i, i.month < month_of(case.checked_on)))",
    "size(members.filter(m, size(m.incomes.filter(i, within_months(i.month, case.checked_on, "
    "6))) > 0))",
    "sum(accounts.map(a, a.balance))",
    "max([yuan(0)] + members.map(m, max([yuan(0)] + m.vehicles.map(v, v.counts, v.price))))",
    "min([yuan(9)] + accounts.map(a, a.balance))",
    "min(accounts.map(a, a.balance))",
    "size(properties.filter(h, h.use == \"dwelling\"))",
    "sum(properties.map(h, h.area * h.share))",
    "sum(members.map(m, sum(m.properties.map(h, h.area))))",
    "size(vehicles.filter(v, v.counts))",
    "accounts.exists(a, a.match == \"name_conflict\")",
    "accounts.all(a, a.seen <= case.checked_on)",
    "accounts.exists(a, a.source == \"bank\" && a.balance > yuan(1000))",
    "per_month(sum(members.map(m, m.counted)), p.window)",
    "income_total / headcount",
    "round_fen(per_capita)",
    "up_yuan(per_capita)",
    "max(found_income, stated_income)",
    "min(1, headcount, 3)",
    "over_months(p.standard, p.savings_months) * headcount",
    "savings > savings_limit ? savings - savings_limit : yuan(0)",
    "savings - savings_limit",
    "-headcount",
    "headcount % 2 == 1",
    "headcount / 2",
    "rate(\"1/3\") * headcount",
    "homes_area > p.home_area * headcount",
    "case.rigid_expense == null",
    "case.rigid_expense != null && case.rigid_expense >= savings",
    "or_else(case.rigid_expense, yuan(5)) > yuan(4)",
    "need(case.rigid_expense) > yuan(4)",
    "known(savings)",
    "!known(homes_area)",
    "members.exists(m, has(m.guardian))",
    "members.all(m, m.key in [\"A\", \"B\"])",
    "case.division.startsWith(\"3299\")",
    "size(case.division) == 6",
    "age_on(case.applied_on, case.checked_on) == 0",
    "months_between(case.applied_on, case.checked_on) < 3",
    "add_months(case.applied_on, 2) > case.checked_on",
    "members.exists(m, m.disability_grade != null && m.disability_grade <= 2)",
    "properties.exists(h, h.registered != null && h.registered < case.applied_on)",
    "p.exempt_items.exists(i, i == \"study\")",
    "[1, 2, 3].map(n, n * headcount).exists(n, n == 6)",
    "sum([headcount, homes, cars])",
    "vehicles.exists(v, vehicles.exists(w, v.plate == w.plate && v.category != w.category))",
    "members.all(m, m.accounts.all(a, accounts.exists(b, a.number == b.number)))",
    "members.exists(m, m.vehicles.exists(v, has(v.owner_name) && v.owner_name != m.name))",
};

static uint32_t seed;

static uint32_t
dice(uint32_t sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

/* One of the words, parted by '|'; mostly the first. */
static void
word(struct buf *out, const char *words)
{
    uint32_t want = dice(3) > 0 ? 0 : dice(4);

    for (; want > 0; want--) {
        const char *bar = strchr(words, '|');
        words = bar == NULL ? words : bar + 1;
    }
    buf_put(out, words, strcspn(words, "|"));
}

static void
rows(struct buf *out, const char *list, uint32_t count)
{
    buf_printf(out, ",\"%s\":[", list);
    for (uint32_t i = 0; i < count; i++) {
        buf_str(out, i > 0 ? ",{" : "{");
        if (strcmp(list, "incomes") == 0) {
            buf_printf(out, "\"item\":\"%s\",\"month\":\"2025-%02u\",\"amount\":",
                       dice(2) == 0 ? "wage" : "honour", 1 + dice(12));
            word(out, "100.05|2500|\"unknown\"|0");
        } else if (strcmp(list, "accounts") == 0) {
            buf_printf(out, "\"bank\":\"%u\",\"number\":\"n%u\",\"balance\":", dice(2), dice(3));
            word(out, "6200.37|0|\"unknown\"|90000");
        } else if (strcmp(list, "properties") == 0) {
            buf_printf(out, "\"unit\":\"u%u\",\"use\":\"%s\",\"share\":", dice(3),
                       dice(2) == 0 ? "dwelling" : "parking");
            word(out, "1|0.5|\"unknown\"|0.3333");
            buf_str(out, ",\"area\":");
            word(out, "80.25|36|\"unknown\"|0");
        } else {
            buf_printf(out, "\"plate\":\"v%u\",\"category\":\"%s\",\"status\":", dice(3),
                       dice(2) == 0 ? "car" : "motorcycle");
            word(out, "\"normal\"|\"scrapped\"|\"unknown\"|\"sealed\"");
            buf_str(out, ",\"use\":\"own\",\"price\":");
            word(out, "50000|1|\"unknown\"|260000.01");
        }
        if (dice(12) == 0)
            buf_str(out, ",\"match\":\"name_conflict\"");
        else if (dice(4) == 0)
            buf_str(out, ",\"match\":\"name_absent\"");
        buf_byte(out, '}');
    }
    buf_byte(out, ']');
}

static void
household_write(struct buf *out)
{
    static const char *const lists[] = {"incomes", "accounts", "properties", "vehicles"};
    uint32_t members = 2 + dice(3);

    buf_str(out, "{\"case\":{\"applied_on\":\"2026-07-01\",\"programme\":\"dibao\",\"division\":"
                 "\"329901\"");
    if (dice(2) == 0)
        buf_printf(out, ",\"rigid_expense\":%u", dice(3) * 1000);
    buf_str(out, "},\"members\":{");
    for (uint32_t i = 0; i < members; i++) {
        buf_printf(out, "%s\"%c\":{\"born\":\"%u-0%u-1%u\"", i > 0 ? "," : "", (char)('A' + i),
                   1950 + dice(70), 1 + dice(9), dice(9));
        buf_str(out, ",\"student\":");
        word(out, "false|true|\"unknown\"|true");
        buf_str(out, ",\"labour\":");
        word(out, "true|false|\"unknown\"|true");
        buf_str(out, ",\"declared_annual_income\":");
        word(out, "12000|0|\"unknown\"|40000.33");
        buf_str(out, ",\"declared_financial_assets\":");
        word(out, "0|100|\"unknown\"|5");
        if (dice(3) == 0)
            buf_printf(out, ",\"disability_grade\":%u", 1 + dice(4));
        for (size_t k = 0; k < LEN(lists); k++)
            if (dice(2) == 0)
                rows(out, lists[k], 1 + dice(4));
        buf_byte(out, '}');
    }
    buf_str(out, "}");
    if (dice(4) == 0)
        buf_printf(out, ",\"coverage\":{\"A\":{\"%s\":\"%s\"}}", dice(2) == 0 ? "tax" : "bank",
                   dice(3) == 0   ? "partial"
                   : dice(2) == 0 ? "not_answered"
                                  : "2020-01-01");
    else if (dice(3) == 0)
        buf_printf(out, ",\"coverage\":{\"B\":{\"tax\":\"2025-%02u..2026-%02u\"}}", 1 + dice(12),
                   1 + dice(6));
    buf_byte(out, '}');
}

static void
same(const struct value *a, const struct value *b, const struct type *type)
{
    struct buf left, right;

    T_EQ(a->state, b->state);
    if (a->state != VALUE_KNOWN || b->state != VALUE_KNOWN)
        return;
    buf_init(&left, false);
    buf_init(&right, false);
    value_print(&left, *a, type);
    value_print(&right, *b, type);
    T_TEXT(buf_as_text(&left), buf_as_text(&right));
    buf_release(&left);
    buf_release(&right);
}

static struct pack *
pack_of_test(struct arena *arena)
{
    struct err err = {0};
    struct messages *messages = arena_alloc(arena, 1, sizeof *messages);
    struct model *model;
    struct pack *pack;

    messages_init(messages, arena);
    T_OK(model_load(&model, "rules/model.yaml", messages, arena, &err), &err);
    T_OK(pack_load(&pack, "rules/jiangsu-dibao", model, messages, arena, &err), &err);
    return pack;
}

static struct household *
household_of_test(const struct pack *pack, struct text line, struct arena *arena)
{
    struct err err = {0};
    struct messages *messages = arena_alloc(arena, 1, sizeof *messages);
    struct household *household = NULL;
    struct json_node *json;

    messages_init(messages, arena);
    T_OK(json_parse(&json, line, arena, &err), &err);
    T_OK(case_build(&household, pack, node_of_json(json, arena), messages, arena, &err), &err);
    T_TRUE(household != NULL);
    return household;
}

#endif
