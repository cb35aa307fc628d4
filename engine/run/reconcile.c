/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/reconcile.h"

#include <assert.h>
#include <inttypes.h>

#include "engine/base/json.h"
#include "engine/base/sheet.h"
#include "engine/base/sys.h"

#include "engine/base/ban.h"

static const struct {
    const char *name, *zh;
} states[RECONCILED] = {
    [AGREES] = {"agrees",    "相符"      },
    [FLAGGED] = {"flagged",   "需核实"   },
    [ENDED] = {"ended",     "不再符合"},
    [UNDECIDED] = {"undecided", "未定"      },
};

const char *
reconciled_name(enum reconciled state)
{
    assert((unsigned)state < RECONCILED);
    return states[state].name;
}

const char *
reconciled_zh(enum reconciled state)
{
    assert((unsigned)state < RECONCILED);
    return states[state].zh;
}

static const struct standing_line *
line_of(const struct conflict_case *one, int32_t programme)
{
    for (uint32_t i = 0; i < one->line_count; i++)
        if (one->lines[i].programme == programme)
            return &one->lines[i];
    return NULL;
}

/* What the check found comes first: whoever died meets no programme, whatever his income was. */
static enum reconciled
state_of(const struct standing_line *own, const struct standing_line *check)
{
    if (check->told.told != 0)
        return FLAGGED;
    if (own->told.outcome == OUTCOME_NOT_MET)
        return ENDED;
    return own->told.outcome == OUTCOME_MET && check->told.outcome == OUTCOME_MET ? AGREES
                                                                                  : UNDECIDED;
}

static void
rules_json(struct json *json, const char *key, const struct pack *check, uint64_t rules)
{
    json_key(json, key);
    json_array(json);
    for (uint32_t i = 0; i < 64 && i < pack_rule_count(check); i++)
        if ((rules >> i & 1) != 0)
            json_text(json, pack_rule_name(check, i));
    json_end_array(json);
}

static void
case_json(struct buf *out, const struct conflict_case *one, const struct standing_line *own,
          const struct standing_line *looked, const struct pack *check,
          const struct code_list *programmes)
{
    struct json json;

    json_begin(&json, out);
    json_object(&json);
    json_key(&json, "case_no");
    json_text(&json, one->case_no);
    json_key(&json, "programme");
    json_text(&json, programmes->codes[one->programme].name);
    json_key(&json, "pack");
    json_text(&json, own->pack);
    json_key(&json, "state");
    json_str(&json, reconciled_name(state_of(own, looked)));
    json_key(&json, "outcome");
    json_str(&json, outcome_name(own->told.outcome));
    rules_json(&json, "check", check, looked->told.told);
    rules_json(&json, "open", check, looked->told.open);
    json_end_object(&json);
    json_newline(&json);
}

static void
case_sheet(struct sheet *sheet, const struct conflict_case *one, const struct standing_line *own,
           const struct standing_line *looked, const struct pack *check,
           const struct code_list *programmes)
{
    bool is_begun = false;

    sheet_put(sheet, one->case_no);
    sheet_put(sheet, programmes->codes[one->programme].zh);
    sheet_put(sheet, text_of(reconciled_zh(state_of(own, looked))));
    sheet_put(sheet, text_of(outcome_zh(own->told.outcome)));
    sheet_open(sheet);
    for (uint32_t i = 0; i < 64 && i < pack_rule_count(check); i++) {
        if ((looked->told.told >> i & 1) == 0)
            continue;
        sheet_add(sheet, is_begun ? TEXT("；不合：") : TEXT("不合："));
        sheet_add(sheet, pack_rule_zh(check, pack_rule_name(check, i)));
        is_begun = true;
    }
    sheet_close(sheet);
    sheet_put(sheet, own->pack);
    sheet_line(sheet);
}

static void
case_count(struct reconcile *out, const struct standing_line *own,
           const struct standing_line *looked)
{
    out->cases++;
    out->states[state_of(own, looked)]++;
    out->outcomes[own->told.outcome]++;
    for (uint32_t i = 0; i < 64; i++) {
        out->told[i] += looked->told.told >> i & 1;
        out->open[i] += looked->told.open >> i & 1;
    }
}

static const struct pack *
check_find(const struct route_result *routed, struct text name)
{
    for (uint32_t k = 0; k < routed->share_count; k++)
        if (text_eq(pack_name(routed->shares[k].pack), name))
            return routed->shares[k].pack;
    return NULL;
}

hedui_status
reconcile_write(struct reconcile *out, const struct route_result *routed, int32_t check,
                const struct code_list *programmes, const char *dir, struct err *err)
{
    struct buf lines, cells;
    struct sheet sheet;
    hedui_status rc = HEDUI_OK;

    *out = (struct reconcile){0};
    buf_init(&lines, true);
    buf_init(&cells, true);
    sheet_begin(&sheet, &cells);
    sheet_head(&sheet, "核对编号,救助项目,对账,项目结论,检查提示,规则包");
    for (uint32_t i = 0; i < routed->cases.count; i++) {
        const struct conflict_case *one = &routed->cases.items[i];
        const struct standing_line *own = line_of(one, one->programme);
        const struct standing_line *looked = line_of(one, check);

        if (looked == NULL || own == NULL)
            FAIL(err_set(err, HEDUI_E_INPUT,
                         "规则包目录表里没有检查用的规则包适用于案件 '" TEXT_FMT "'\n"
                         "the table names no checking pack for case '" TEXT_FMT "'",
                         TEXT_ARG(one->case_no), TEXT_ARG(one->case_no)));
        out->check = check_find(routed, looked->pack);
        assert(out->check != NULL);
        case_json(&lines, one, own, looked, out->check, programmes);
        case_sheet(&sheet, one, own, looked, out->check, programmes);
        case_count(out, own, looked);
    }
    FAIL(buf_check(&lines, err));
    FAIL(buf_check(&cells, err));
    FAIL(sys_publish(dir, "reconcile.csv", cells.at, cells.len, 0600, "run.reconcile", err));
    rc = sys_publish(dir, "reconcile.jsonl", lines.at, lines.len, 0600, "run.reconcile", err);
done:
    buf_release(&lines);
    buf_release(&cells);
    return rc;
}

void
reconcile_rate(struct buf *out, const struct reconcile *reconcile)
{
    uint64_t decided = reconcile->cases - reconcile->states[UNDECIDED];
    uint64_t hundredths = decided == 0 ? 0 : reconcile->states[AGREES] * 10000 / decided;

    if (decided == 0)
        buf_str(out, "-");
    else
        buf_printf(out, "%" PRIu64 ".%02" PRIu64 "%%", hundredths / 100, hundredths % 100);
}

static void
counts_json(struct json *json, const struct reconcile *reconcile)
{
    json_key(json, "check");
    json_array(json);
    for (uint32_t i = 0;
         reconcile->check != NULL && i < 64 && i < pack_rule_count(reconcile->check); i++) {
        json_object(json);
        json_key(json, "rule");
        json_text(json, pack_rule_name(reconcile->check, i));
        json_key(json, "told");
        json_uint(json, reconcile->told[i]);
        json_key(json, "open");
        json_uint(json, reconcile->open[i]);
        json_end_object(json);
    }
    json_end_array(json);
}

void
reconcile_json(struct json *json, const struct reconcile *reconcile, uint64_t returned)
{
    struct buf rate;

    buf_init(&rate, false);
    reconcile_rate(&rate, reconcile);
    json_object(json);
    json_key(json, "cases");
    json_uint(json, reconcile->cases);
    json_key(json, "cases_refused");
    json_uint(json, returned);
    json_key(json, "states");
    json_object(json);
    for (uint32_t i = 0; i < RECONCILED; i++) {
        json_key(json, reconciled_name((enum reconciled)i));
        json_uint(json, reconcile->states[i]);
    }
    json_end_object(json);
    json_key(json, "outcomes");
    json_object(json);
    for (uint32_t i = 0; i < LEN(reconcile->outcomes); i++) {
        json_key(json, outcome_name((enum outcome)i));
        json_uint(json, reconcile->outcomes[i]);
    }
    json_end_object(json);
    counts_json(json, reconcile);
    json_key(json, "match_rate");
    json_text(json, buf_part(json->out, &rate));
    json_end_object(json);
    json_newline(json);
    buf_release(&rate);
}
