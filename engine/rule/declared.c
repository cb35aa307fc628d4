/* SPDX-License-Identifier: Apache-2.0 */
/* declared.c: what the family stated beside what was found, item by item, and ENG-DECLARED. */
#include "engine/rule/finding.h"

#include "engine/base/ban.h"

struct item {
    struct value stated, found, slack;
    const struct type *stated_type, *found_type, *slack_type;
};

static struct text
printed(struct judging *j, const struct value *value, const struct type *type)
{
    buf_reset(&j->buf);
    show_value(&j->buf, value, type, LANG_ZH);
    return show_text(&j->buf, j->arena);
}

static struct ratio
ratio_of(const struct value *value, const struct type *type)
{
    struct ratio zero = {0, 1};

    return value->state == VALUE_KNOWN ? ones_of(number_of(value, type), type) : zero;
}

static bool
past_slack(struct ratio more, struct ratio less, struct ratio slack)
{
    struct ratio limit;

    return ratio_add(less, slack, &limit) && ratio_cmp(more, limit) > 0;
}

static const char *
item_is(const struct item *item, struct ratio stated, struct ratio found, struct ratio slack)
{
    if (item->stated.state == VALUE_UNKNOWN || item->stated.state == VALUE_ERROR ||
        item->found.state != VALUE_KNOWN || item->slack.state != VALUE_KNOWN)
        return "unknown";
    if (past_slack(found, stated, slack))
        return stated.num == 0 ? "漏报" : "少报";
    return past_slack(stated, found, slack) ? "多报" : "一致";
}

static hedui_status
item_finding(struct judging *j, const struct declared *declared, const struct declared_line *line,
             struct item *item, struct err *err)
{
    struct ranked *ranked;
    struct finding *finding;
    struct cause_set set = {0, NULL};
    struct text *causes;
    uint32_t count;
    bool is_unknown = text_is(line->is, "unknown");

    TRY(finding_new(j, &ranked, err));
    finding = &ranked->finding;
    finding->rule = finding->reason = TEXT("ENG-DECLARED");
    finding->ref = declared->ref;
    finding->level = is_unknown ? LEVEL_DOUBT : LEVEL_ASK;
    if (!is_unknown) {
        finding->zh = arena_printf(
            j->arena, TEXT_FMT TEXT_FMT "：申报 " TEXT_FMT "，核对到 " TEXT_FMT "，相差 " TEXT_FMT,
            TEXT_ARG(declared->zh), TEXT_ARG(line->is), TEXT_ARG(line->stated),
            TEXT_ARG(line->found), TEXT_ARG(line->difference));
        finding->en = arena_printf(j->arena, TEXT_FMT ": more was found than stated",
                                   TEXT_ARG(declared->name));
        return HEDUI_OK;
    }
    finding->zh = arena_printf(j->arena, "尚不能判断：" TEXT_FMT "申报与核对是否一致",
                               TEXT_ARG(declared->zh));
    finding->en = arena_printf(j->arena, "cannot be decided yet: stated against found, " TEXT_FMT,
                               TEXT_ARG(declared->name));
    if (item->stated.state == VALUE_UNKNOWN)
        set = item->stated.causes;
    if (item->found.state == VALUE_UNKNOWN && !cause_union(&set, set, item->found.causes, j->arena))
        return arena_full(j->arena, err);
    if (item->slack.state == VALUE_UNKNOWN && !cause_union(&set, set, item->slack.causes, j->arena))
        return arena_full(j->arena, err);
    TRY(run_causes(j->run, set, &causes, &count, err));
    return finding_open(j, finding, causes, count, err);
}

static hedui_status
item_judge(struct judging *j, const struct declared *declared, struct declared_line *line,
           struct err *err)
{
    struct run *run = j->run;
    struct item item = {.slack = {.state = VALUE_KNOWN}};
    struct ratio stated, found, slack = {0, 1}, minus, difference = {0, 1};

    item.stated = run_eval(run, declared->stated, NULL, NULL, NULL);
    item.found = run_eval(run, declared->found, NULL, NULL, NULL);
    item.stated_type = expr_type(declared->stated);
    item.found_type = expr_type(declared->found);
    if (declared->slack >= 0) {
        item.slack = run_slot(run, slot_param(run->pack, (uint32_t)declared->slack));
        slack = ratio_of(&item.slack, run->pack->params[declared->slack].type);
    }
    stated = ratio_of(&item.stated, item.stated_type);
    found = ratio_of(&item.found, item.found_type);
    *line = (struct declared_line){
        declared->name,
        declared->zh,
        printed(j, &item.stated, item.stated_type),
        printed(j, &item.found, item.found_type),
        text_of(item_is(&item, stated, found, slack)),
        {"", 0},
        declared->ref,
        text_of(show_unit(item.found_type)),
    };
    minus = (struct ratio){-stated.num, stated.den};
    if (!text_is(line->is, "unknown") && ratio_add(found, minus, &difference)) {
        buf_reset(&j->buf);
        show_ratio(&j->buf, difference, item.found_type, LANG_ZH);
        line->difference = show_text(&j->buf, j->arena);
    }
    if (text_is(line->is, "一致") || text_is(line->is, "多报"))
        return HEDUI_OK;
    return item_finding(j, declared, line, &item, err);
}

hedui_status
declared_findings(struct judging *j, struct err *err)
{
    const struct pack *pack = j->run->pack;

    j->out->declared = arena_alloc(j->arena, pack->declared_count, sizeof *j->out->declared);
    if (j->out->declared == NULL)
        return arena_full(j->arena, err);
    for (uint32_t i = 0; i < pack->declared_count; i++)
        TRY(item_judge(j, &pack->declared[i], &j->out->declared[j->out->declared_count++], err));
    return HEDUI_OK;
}
