/* SPDX-License-Identifier: Apache-2.0 */
/* pack_read.c: a whole pack read back in plain Chinese (`rules check --read`): made from labels and
 * trees, so that it says what runs. Its order is that of the names, as everywhere. */
#include <limits.h>
#include <string.h>

#include "engine/rule/table.h"
#include "engine/rule/words.h"

#include "engine/base/ban.h"

struct reader {
    const struct pack *pack;
    struct buf *out;
};

static void
expr_put(struct reader *r, const struct expr *expr)
{
    struct words words = {.pack = r->pack, .out = r->out};

    words_put(&words, expr);
}

static void
ref_put(struct reader *r, struct text ref)
{
    if (ref.len > 0)
        buf_printf(r->out, "（依据：" TEXT_FMT "）", TEXT_ARG(ref));
}

static void
day_put(struct reader *r, int32_t day)
{
    show_value(r->out, &(struct value){.integer = day}, type_of(TYPE_DATE), LANG_ZH);
}

static void
head_put(struct reader *r)
{
    static const struct {
        const char *name, *zh;
    } levels[] = {
        {"province", "省级"},
        {"city",     "市级"},
        {"county",   "县级"},
    };
    const struct code_list *programmes = model_codes(r->pack->model, TEXT("programme"));
    int32_t programme = programmes == NULL ? -1 : code_find(programmes, r->pack->programme);
    char hex[2 * DIGEST_BYTES + 1];

    buf_printf(r->out, "规则包：" TEXT_FMT "（" TEXT_FMT "）", TEXT_ARG(r->pack->zh),
               TEXT_ARG(r->pack->name));
    for (size_t i = 0; i < LEN(levels); i++)
        if (text_is(r->pack->level, levels[i].name))
            buf_printf(r->out, "，%s", levels[i].zh);
    if (programme >= 0)
        buf_printf(r->out, "，救助项目：" TEXT_FMT, TEXT_ARG(programmes->codes[programme].zh));
    buf_str(r->out, "\n参数、规则和反馈期限以");
    if (r->pack->as_of == NULL)
        buf_str(r->out, "「核对基准日」");
    else
        expr_put(r, r->pack->as_of);
    digest_hex(&r->pack->hash, hex);
    buf_printf(r->out, "为准。\n指纹：%s\n", hex);
}

static void
params_put(struct reader *r)
{
    if (r->pack->param_count > 0)
        buf_str(r->out, "\n一、参数\n");
    for (uint32_t i = 0; i < r->pack->param_count; i++) {
        const struct param *param = &r->pack->params[i];

        buf_printf(r->out, "%u.「" TEXT_FMT "」（p." TEXT_FMT "）\n", i + 1, TEXT_ARG(param->zh),
                   TEXT_ARG(param->name));
        for (uint32_t v = 0; v < param->value_count; v++) {
            buf_str(r->out, "   自 ");
            day_put(r, param->values[v].from);
            buf_str(r->out, param->values[v].is_abolished ? " 起废止" : " 起：");
            if (!param->values[v].is_abolished)
                words_value(r->out, &param->values[v].value, param->type);
            ref_put(r, param->values[v].ref);
            if (param->values[v].is_unconfirmed)
                buf_str(r->out, "（未经确认）");
            buf_str(r->out, "\n");
        }
    }
}

static void
table_put(struct reader *r, const struct table *table)
{
    buf_str(r->out,
            table->hit == TABLE_FIRST ? "自上而下，取第一条符合的：\n" : "按下列情形取值：\n");
    for (uint32_t i = 0; i < table->row_count; i++) {
        const struct table_row *row = &table->rows[i];

        buf_printf(r->out, "   · " TEXT_FMT "：", TEXT_ARG(row->id));
        if (row->when->is_constant)
            buf_str(r->out, "任何情形");
        else
            expr_put(r, row->when);
        buf_str(r->out, " → ");
        expr_put(r, row->then);
        ref_put(r, row->ref);
        buf_str(r->out, "\n");
    }
    if (table->otherwise != NULL) {
        buf_str(r->out, "   · 其他情形 → ");
        expr_put(r, table->otherwise);
        buf_str(r->out, "\n");
    }
}

static void
rounding_put(struct reader *r, struct text name)
{
    static const struct {
        const char *start, *zh;
    } how[] = {
        {"round_", "四舍五入"         },
        {"down_",  "舍去零头"         },
        {"up_",    "进一"               },
        {"even_",  "四舍六入五成双"},
    };

    for (size_t i = 0; i < LEN(how); i++)
        if (text_starts(name, text_of(how[i].start)))
            buf_printf(r->out, "（%s到%s）", how[i].zh,
                       text_ends(name, TEXT("fen"))    ? "分"
                       : text_ends(name, TEXT("jiao")) ? "角"
                                                       : "元");
}

static void
facts_put(struct reader *r)
{
    if (r->pack->fact_count > 0)
        buf_str(r->out, "\n二、算法\n");
    for (uint32_t i = 0; i < r->pack->fact_count; i++) {
        const struct fact *fact = &r->pack->facts[i];

        buf_printf(r->out, "%u.「" TEXT_FMT "」（" TEXT_FMT, i + 1, TEXT_ARG(fact->zh),
                   TEXT_ARG(fact->name));
        if (fact->kind >= 0)
            buf_printf(r->out, "，每" TEXT_FMT "一个",
                       TEXT_ARG(words_kind(r->pack, (uint32_t)fact->kind)));
        buf_str(r->out, fact->is_output ? "，印在结果中）" : "）");
        if (fact->table != NULL) {
            table_put(r, fact->table);
            continue;
        }
        buf_str(r->out, fact->type->kind == TYPE_BOOL ? "是指：" : " ＝ ");
        expr_put(r, fact->is);
        rounding_put(r, fact->round);
        ref_put(r, fact->ref);
        buf_str(r->out, "\n");
    }
}

static void
template_put(struct reader *r, const struct template *parts)
{
    const struct pack *pack = r->pack;

    for (uint32_t i = 0; i < parts->count; i++) {
        const struct snippet *part = &parts->snippets[i];
        uint32_t slot = (uint32_t)part->slot;

        if (part->slot < 0)
            buf_text(r->out, part->words);
        else
            buf_printf(r->out, "〔" TEXT_FMT "〕",
                       TEXT_ARG(slot < slot_fact(pack, 0)
                                    ? pack->params[slot - slot_param(pack, 0)].zh
                                    : pack->facts[pack->home_facts[slot - slot_fact(pack, 0)]].zh));
    }
}

static void
rule_put(struct reader *r, uint32_t number, const struct rule *rule)
{
    static const char *const ends[] = {"疑似不符", "需人工复核", "需人工复核，先于其他结论"};
    static const char *const unknown[] = {"查不清时：信息不全", "查不清时：信息不全",
                                          "查不清时同样转人工"};

    buf_printf(r->out, "%u. " TEXT_FMT "（" TEXT_FMT "）", number, TEXT_ARG(rule->zh),
               TEXT_ARG(rule->name));
    ref_put(r, rule->ref);
    buf_str(r->out, "\n   如果：");
    expr_put(r, rule->when);
    buf_str(r->out, "\n");
    for (uint32_t i = 0; i < rule->unless_count; i++) {
        buf_printf(r->out, "   但有下列情形的除外，" TEXT_FMT "：", TEXT_ARG(rule->unless[i].zh));
        expr_put(r, rule->unless[i].when);
        ref_put(r, rule->unless[i].ref);
        buf_str(r->out, "\n");
    }
    buf_printf(r->out, "   那么：%s（%s）；理由 " TEXT_FMT "：", ends[rule->kind],
               unknown[rule->kind], TEXT_ARG(rule->reason));
    if (rule->reason_number >= 0)
        template_put(r, &r->pack->reasons[rule->reason_number].zh_parts);
    else
        buf_text(r->out, rule->zh);
    buf_str(r->out, "\n");
    if (rule->from != INT32_MIN) {
        buf_str(r->out, "   自 ");
        day_put(r, rule->from);
        buf_str(r->out, " 起适用\n");
    }
    if (rule->until != INT32_MAX) {
        buf_str(r->out, "   自 ");
        day_put(r, rule->until);
        buf_str(r->out, " 起不再适用\n");
    }
}

static void
sources_put(struct reader *r)
{
    static const char *const grades[] = {
        [GRADE_LEAD] = "只是线索，不能据以判为不符",
        [GRADE_CONFIRM] = "作出结论前须由人确认",
        [GRADE_FINAL] = "可作为结论依据",
    };

    if (r->pack->source_count > 0)
        buf_str(r->out, "\n四、查询哪些部门\n");
    for (uint32_t i = 0; i < r->pack->source_count; i++) {
        const struct pack_source *source = &r->pack->sources[i];
        bool is_first = true;

        buf_printf(r->out, "%u. " TEXT_FMT "（" TEXT_FMT "）：", i + 1, TEXT_ARG(source->zh),
                   TEXT_ARG(source->name));
        for (uint32_t k = 0; k < r->pack->model->kind_count; k++)
            if ((source->kinds >> k & 1) != 0) {
                buf_printf(r->out, "%s" TEXT_FMT, is_first ? "" : "、",
                           TEXT_ARG(words_kind(r->pack, k)));
                is_first = false;
            }
        buf_printf(r->out, "；%d 天内的反馈有效", source->valid_days);
        buf_printf(r->out, "；%s", grades[source->grade]);
        if (r->pack->who[i] != NULL) {
            buf_str(r->out, "；只查：");
            expr_put(r, r->pack->who[i]);
        }
        if (source->settle.len > 0)
            buf_printf(r->out, "；没有反馈时：" TEXT_FMT, TEXT_ARG(source->settle));
        buf_str(r->out, "\n");
    }
}

/* "member.student": 成员的「在读」; a list: 机动车. */
static void
missing_put(struct reader *r, struct text name)
{
    const char *dot = memchr(name.at, '.', name.len);
    size_t skip = dot == NULL ? 0 : (size_t)(dot - name.at) + 1;
    struct text field = {name.at + skip, name.len - skip};
    const struct kind *kind = dot == NULL ? model_kind_by_list(r->pack->model, name)
                              : text_starts(name, TEXT("case."))
                                  ? r->pack->model->applicant
                                  : pack_kind(r->pack, (struct text){name.at, skip - 1});
    int32_t number = dot == NULL || kind == NULL ? -1 : kind_field(kind, field);

    if (kind != NULL && !text_starts(name, TEXT("case.")))
        buf_text(r->out, words_kind(r->pack, kind->number));
    if (number >= 0)
        buf_printf(r->out, "「" TEXT_FMT "」", TEXT_ARG(kind->fields[number].zh));
    buf_printf(r->out, "（" TEXT_FMT "）", TEXT_ARG(name));
}

static void
rest_put(struct reader *r)
{
    const struct pack *pack = r->pack;

    if (pack->declared_count > 0)
        buf_str(r->out, "\n五、申报与核对结果对照\n");
    for (uint32_t i = 0; i < pack->declared_count; i++) {
        const struct declared *item = &pack->declared[i];

        buf_printf(r->out, "%u. " TEXT_FMT "：申报的 ", i + 1, TEXT_ARG(item->zh));
        expr_put(r, item->stated);
        buf_str(r->out, "，对照核对到的 ");
        expr_put(r, item->found);
        if (item->slack >= 0)
            buf_printf(r->out, "，相差不超过「" TEXT_FMT "」视为一致",
                       TEXT_ARG(pack->params[item->slack].zh));
        ref_put(r, item->ref);
        buf_str(r->out, "\n");
    }
    if (pack->missing_count > 0)
        buf_str(r->out, "\n六、不清楚时要什么材料\n");
    for (uint32_t i = 0; i < pack->missing_count; i++) {
        buf_printf(r->out, "%u. ", i + 1);
        missing_put(r, pack->missing[i].name);
        buf_printf(r->out, "：" TEXT_FMT "\n", TEXT_ARG(pack->missing[i].ask));
    }
}

hedui_status
pack_read_back(const struct pack *pack, struct buf *out, struct err *err)
{
    struct reader r = {pack, out};

    head_put(&r);
    params_put(&r);
    facts_put(&r);
    if (pack->rule_count > 0)
        buf_str(out, "\n三、规则（只提出异议；全部不成立且各部门都已反馈，才是未见不符）\n");
    for (uint32_t i = 0; i < pack->rule_count; i++)
        rule_put(&r, i + 1, &pack->rules[i]);
    sources_put(&r);
    rest_put(&r);
    return buf_check(out, err);
}
