/* SPDX-License-Identifier: Apache-2.0 */
/* declared.c: what the family stated beside what was found, item by item, and ENG-DECLARED. */
#include "engine/rule/finding.h"

#include "engine/base/ban.h"

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };
struct item {
    struct value stated, found, slack;
    const struct type *stated_type, *found_type, *slack_type; /* slack_type NULL: no slack */
    enum answer over; /* was more found than stated, by more than the slack? */
};

static struct text
printed(struct judging *j, const struct value *value, const struct type *type, enum lang lang)
{
    buf_reset(&j->buf);
    show_value(&j->buf, value, type, lang);
    return show_text(&j->buf, j->arena);
}

/* A known number in ones; what was not stated is 0. */
static struct ratio
known_ones(const struct value *value, const struct type *type)
{
    struct ratio zero = {0, 1};

    return value->state == VALUE_KNOWN ? ones_of(number_of(value, type), type) : zero;
}

/* What is known of a number, in ones; none and an error are taken for nothing known. */
static struct span
ones_span(const struct value *value, const struct type *type)
{
    struct span span = span_of(value, type);

    if (span.has_lo)
        span.lo = ones_of(span.lo, type);
    if (span.has_hi)
        span.hi = ones_of(span.hi, type);
    return span;
}

/* Is `more` above `less` by more than the slack, whatever the unknown parts are? `less` none (the
 * family stated nothing) counts as 0. */
static enum answer
past_slack(struct span more, struct span less, struct span slack)
{
    struct span limit = span_arith(OP_ADD, less, slack, false);

    if (more.has_lo && limit.has_hi && ratio_cmp(more.lo, limit.hi) > 0)
        return ANSWER_YES;
    if (more.has_hi && limit.has_lo && ratio_cmp(more.hi, limit.lo) <= 0)
        return ANSWER_NO;
    return ANSWER_UNKNOWN;
}

static const char *
item_is(struct item *item)
{
    const struct span zero = {
        true, true, {0, 1},
          {0, 1}
    };
    struct span stated = ones_span(&item->stated, item->stated_type);
    struct span found = ones_span(&item->found, item->found_type);
    struct span slack = zero;
    enum answer under;

    if (item->stated.state == VALUE_NONE)
        stated = zero;
    if (item->slack_type != NULL)
        slack = ones_span(&item->slack, item->slack_type);
    item->over = past_slack(found, stated, slack);
    if (item->over == ANSWER_YES) {
        if (stated.has_lo && stated.lo.num > 0)
            return "少报";
        return stated.has_hi && stated.hi.num <= 0 ? "漏报" : "unknown";
    }
    under = past_slack(stated, found, slack);
    if (item->over == ANSWER_UNKNOWN || under == ANSWER_UNKNOWN)
        return "unknown";
    return under == ANSWER_YES ? "多报" : "一致";
}

static void
item_read(struct run *run, const struct declared *declared, struct item *item)
{
    *item = (struct item){.slack = {.state = VALUE_KNOWN}};
    item->stated = run_eval(run, declared->stated, NULL, NULL, NULL);
    item->found = run_eval(run, declared->found, NULL, NULL, NULL);
    item->stated_type = expr_type(declared->stated);
    item->found_type = expr_type(declared->found);
    if (declared->slack >= 0) {
        item->slack = run_slot(run, slot_param(run->pack, (uint32_t)declared->slack));
        item->slack_type = run->pack->params[declared->slack].type;
    }
    if (run->is_boundless)
        item->stated.has_lo = item->stated.has_hi = item->found.has_lo = item->found.has_hi = false;
}

static bool
item_objects(struct judging *j, struct run *run, const void *of)
{
    struct item item;

    (void)j;
    item_read(run, of, &item);
    (void)item_is(&item);
    return item.over == ANSWER_YES;
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
    struct text english = declared->en.len > 0 ? declared->en : declared->name, stated, found;
    bool is_unknown = item->over == ANSWER_UNKNOWN, is_named = !text_is(line->is, "unknown");

    TRY(finding_new(j, &ranked, err));
    finding = &ranked->finding;
    finding->rule = finding->reason = TEXT("ENG-DECLARED");
    finding->ref = declared->ref;
    finding->level = is_unknown ? LEVEL_DOUBT : LEVEL_ASK;
    if (!is_unknown) {
        finding->grade =
            text_of(grade_name(objection_grade(j, declared->kinds, item_objects, declared)));
        finding->zh = arena_printf(
            j->arena, TEXT_FMT TEXT_FMT "：申报 " TEXT_FMT "，核对到 " TEXT_FMT "%s" TEXT_FMT,
            TEXT_ARG(declared->zh), TEXT_ARG(is_named ? line->is : TEXT("少于核对")),
            TEXT_ARG(line->stated), TEXT_ARG(line->found),
            line->difference.len > 0 ? "，相差 " : "", TEXT_ARG(line->difference));
        stated = printed(j, &item->stated, item->stated_type, LANG_EN);
        found = printed(j, &item->found, item->found_type, LANG_EN);
        finding->en = arena_printf(
            j->arena, TEXT_FMT ": more was found than stated; stated " TEXT_FMT ", found " TEXT_FMT,
            TEXT_ARG(english), TEXT_ARG(stated), TEXT_ARG(found));
        return HEDUI_OK;
    }
    finding->zh = arena_printf(j->arena, "尚不能判断：" TEXT_FMT "申报与核对是否一致",
                               TEXT_ARG(declared->zh));
    finding->en = arena_printf(j->arena, "cannot be decided yet: stated against found, " TEXT_FMT,
                               TEXT_ARG(english));
    if (item->stated.state == VALUE_UNKNOWN)
        set = item->stated.causes;
    if (item->found.state == VALUE_UNKNOWN && !cause_union(&set, set, item->found.causes, j->arena))
        return arena_full(j->arena, err);
    if (item->slack.state == VALUE_UNKNOWN && !cause_union(&set, set, item->slack.causes, j->arena))
        return arena_full(j->arena, err);
    TRY(run_causes(j->run, set, &causes, &count, err));
    return finding_open(j, finding, causes, count, err);
}

/* For who counts and does not read: the item's name keeps two of them apart. */
static hedui_status
item_brief(struct judging *j, const struct declared *declared, const struct item *item,
           struct err *err)
{
    struct ranked *ranked;

    TRY(finding_new(j, &ranked, err));
    ranked->finding.rule = ranked->finding.reason = TEXT("ENG-DECLARED");
    ranked->finding.level = item->over == ANSWER_UNKNOWN ? LEVEL_DOUBT : LEVEL_ASK;
    ranked->finding.zh = declared->name;
    return HEDUI_OK;
}

/* The rows that the found amount was added up from. Its facts are computed anew, so this comes
 * after all that only asks for values. */
static hedui_status
item_evidence(struct judging *j, const struct declared *declared, struct err *err)
{
    struct run *run = j->run;

    run->generation++;
    run->touched = NULL;
    run->is_tracing = true;
    (void)run_eval(run, declared->found, NULL, NULL, NULL);
    run->is_tracing = false;
    return evidence_of_run(j, &j->items[j->count - 1].finding, run, err);
}

static hedui_status
item_judge(struct judging *j, const struct declared *declared, struct declared_line *line,
           struct err *err)
{
    struct run *run = j->run;
    struct item item;
    struct ratio minus, difference = {0, 1};

    item_read(run, declared, &item);
    if (j->is_brief && !j->tells_doubts) {
        (void)item_is(&item);
        return item.over == ANSWER_NO ? HEDUI_OK : item_brief(j, declared, &item, err);
    }
    *line = (struct declared_line){
        declared->name,
        declared->zh,
        printed(j, &item.stated, item.stated_type, LANG_ZH),
        printed(j, &item.found, item.found_type, LANG_ZH),
        text_of(item_is(&item)),
        {"", 0},
        declared->ref,
        text_of(show_unit(item.found_type)),
    };
    minus = known_ones(&item.stated, item.stated_type);
    minus.num = -minus.num;
    if (item.stated.state != VALUE_UNKNOWN && item.found.state == VALUE_KNOWN &&
        !text_is(line->is, "unknown") &&
        ratio_add(known_ones(&item.found, item.found_type), minus, &difference)) {
        buf_reset(&j->buf);
        show_ratio(&j->buf, difference, item.found_type, LANG_ZH);
        line->difference = show_text(&j->buf, j->arena);
    }
    if (item.over == ANSWER_NO)
        return HEDUI_OK;
    if (j->is_brief && (!j->tells_doubts || item.over == ANSWER_YES))
        return item_brief(j, declared, &item, err);
    TRY(item_finding(j, declared, line, &item, err));
    TRY(item_evidence(j, declared, err));
    return confirm_build(j, &j->items[j->count - 1].finding, err);
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
