/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions of the pack jiangsu-dibao read back in Chinese: what a clerk holds against the paper.
 */
#include "engine/rule/words.h"

#include "tests/t.h"

TEST(an_expression_reads_as_it_runs)
{
    /* clang-format off */
    static const struct {
        const char *expr, *zh;
    } rows[] = {
        {"headcount", "「共同生活人数」"},
        {"p.window", "「收入计算期（月）」"},
        {"case.applied_on", "「申请日期」"},
        {"headcount > 3", "「共同生活人数」 超过 3"},
        {"headcount >= 3 && homes < 2", "「共同生活人数」 达到或超过 3，并且「住房套数」 小于 2"},
        {"headcount <= 3 || homes != 2 && cars == 1", "「共同生活人数」 不超过 3，或者（「住房套数」 不等于 2，并且「应计车辆数」 等于 1）"},
        {"(headcount + 1) * 2", "（「共同生活人数」 ＋ 1） × 2"},
        {"headcount + 1 * 2", "「共同生活人数」 ＋ （1 × 2）"},
        {"savings > yuan(30000)", "「家庭存款」 超过 （30000 元）"},
        {"max(0, income_total)", "「家庭月收入（从高）」（不足零按零计）"},
        {"max(found_income, stated_income)", "「核对到的家庭月收入」、「申报的家庭月收入」 中较大者"},
        {"round_fen(per_capita)", "「家庭月人均收入」（四舍五入到分）"},
        {"case.applied_on > date(\"2026-07-01\")", "「申请日期」 晚于 2026-07-01"},
        {"vehicles.exists(v, v.counts)", "全家名下的机动车中至少有一项满足（该机动车的「该车辆计入」为“是”）"},
        {"vehicles.all(v, !v.counts)", "全家名下的机动车中每一项都满足（该机动车的「该车辆计入」为“否”）"},
        {"vehicles.exists(v, v.status == \"scrapped\")", "全家名下的机动车中至少有一项满足（该机动车的「状态」是“报废”）"},
        {"vehicles.exists(v, v.status in [\"normal\", \"sealed\"])", "全家名下的机动车中至少有一项满足（该机动车的「状态」是 “正常、查封” 之一）"},
        {"size(vehicles.filter(v, v.counts))", "全家名下的机动车中满足（该机动车的「该车辆计入」为“是”）的各项的个数"},
        {"members.exists(m, members.exists(o, m.born < o.born))", "全体家庭成员中至少有一项满足（全体家庭成员中至少有一项满足（该成员的「出生日期」 早于 另一成员的「出生日期」））"},
        {"sum(members.map(m, m.counted))", "全体家庭成员逐项的 该成员的「计算期内计入的收入」之和"},
        {"members.map(m, m.works, m.counted)", "全体家庭成员中满足（该成员的「计算期内有劳动收入」为“是”）的各项的 该成员的「计算期内计入的收入」"},
        {"members.exists(m, has(m.guardian))", "全体家庭成员中至少有一项满足（有该成员的「监护人证件号码」）"},
        {"case.rigid_expense == null", "没有「刚性支出（年）」"},
        {"!(headcount > 3)", "以下不成立（「共同生活人数」 超过 3）"},
        {"headcount > 3 ? 1 : 2", "如果「共同生活人数」 超过 3，则取 1，否则取 2"},
        {"or_else(case.rigid_expense, yuan(5))", "「刚性支出（年）」（没有时按 （5 元））"},
        {"members.exists(m, m.vehicles.exists(v, v.counts))", "全体家庭成员中至少有一项满足（该成员名下的机动车中至少有一项满足（该机动车的「该车辆计入」为“是”））"},
        {"members.exists(m, m.incomes.exists(i, within_months(i.month, case.applied_on, p.window)))", "全体家庭成员中至少有一项满足（该成员名下的收入中至少有一项满足（该收入的「所属月份」在「申请日期」所在月之前的 「收入计算期（月）」 个整月之内））"},
        {"over_months(p.standard, p.savings_months) * headcount", "（「低保标准（元／人·月）」的 「存款上限（低保标准的月数）」 个月合计） × 「共同生活人数」"},
    };
    /* clang-format on */
    struct messages messages;
    struct arena arena;
    struct model *model;
    struct pack *pack;
    struct err err = {0};

    arena_init(&arena, "test", 0, false);
    messages_init(&messages, &arena);
    T_OK(model_load(&model, "rules/model.yaml", &messages, &arena, &err), &err);
    T_OK(pack_load(&pack, "rules/jiangsu-dibao", model, &messages, &arena, &err), &err);
    for (size_t i = 0; i < LEN(rows); i++) {
        struct compile_scope context = {pack, -1, &arena};
        struct expr_scope scope = {&context, scope_resolve, scope_near, EXPR_STEPS_MAX, false};
        struct expr_source source = {.text = text_of(rows[i].expr)};
        struct expr *expr;
        struct buf out;
        struct words words = {.pack = pack, .out = &out};

        T_ROW(rows[i].expr);
        expr = expr_compile(&source, &scope, &messages, NULL, &arena);
        T_TRUE(expr != NULL);
        buf_init(&out, false);
        words_put(&words, expr);
        T_TEXT(buf_as_text(&out), text_of(rows[i].zh));
        buf_release(&out);
    }
    arena_release(&arena);
}

T_MAIN(T(an_expression_reads_as_it_runs))
