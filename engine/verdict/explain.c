/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/verdict/explain.h"

#include <string.h>

#include "engine/base/json.h"

#include "engine/base/ban.h"

struct speech {
    struct buf *out;
    bool is_english;
};

static void
say(struct speech *speech, const char *zh, const char *en)
{
    buf_str(speech->out, speech->is_english ? en : zh);
}

static struct text
text_in(const struct json_node *object, const char *key)
{
    const struct json_node *node = json_get(object, key);
    return node != NULL && node->type == JSON_STRING ? node->text : text_of("");
}

static void
outcome_say(struct speech *speech, struct text outcome)
{
    static const struct {
        const char *name, *zh, *en;
    } words[] = {
        {"met", "未见不符：各来源均已反馈，没有规则提出异议。",
         "Met: every source answered and no rule objects."},
        {"not_met", "疑似不符：已知事实触及下列规则，请工作人员复核后决定。",
         "Not met, it seems: known facts touch the rules below; a person decides."},
        {"incomplete", "信息不全：尚有可能改变结论的信息未知，补齐后再次核对。",
         "Incomplete: something that could change the outcome is unknown."},
        {"review", "需人工复核：请工作人员看下列事项。",
         "Review: a person must look at the points below."},
    };

    for (size_t i = 0; i < LEN(words); i++)
        if (text_is(outcome, words[i].name))
            say(speech, words[i].zh, words[i].en);
}

static void
status_say(struct speech *speech, struct text status)
{
    static const struct {
        const char *name, *zh, *en;
    } words[] = {
        {"found", "有记录", "found"},
        {"none", "无记录", "nothing there"},
        {"not_asked", "未查询（无授权）", "not asked (no authorisation)"},
        {"not_answered", "未反馈", "not answered"},
        {"partial", "部分反馈", "answered in part"},
        {"stale", "数据过期", "out of date"},
        {"not_applicable", "本项目不查询", "not asked by this programme"},
    };

    for (size_t i = 0; i < LEN(words); i++)
        if (text_is(status, words[i].name))
            say(speech, words[i].zh, words[i].en);
}

static void
value_say(struct speech *speech, const struct json_node *value)
{
    switch (value->type) {
    case JSON_NULL:
        say(speech, "未知或没有", "unknown or none");
        break;
    case JSON_BOOL:
        say(speech, value->boolean ? "是" : "否", value->boolean ? "yes" : "no");
        break;
    case JSON_INT:
        buf_int(speech->out, value->integer);
        break;
    case JSON_OBJECT: /* an exact fraction: of a fen, or of one */
        if (value->count == 1) {
            buf_text(speech->out, value->values[0].text);
            if (text_is(value->keys[0], "exact"))
                say(speech, " 分", " fen");
        }
        break;
    default:
        buf_text(speech->out, value->text);
    }
}

static void
list_say(struct speech *speech, const struct json_node *finding, const char *key, const char *zh,
         const char *en)
{
    const struct json_node *list = json_get(finding, key);

    if (list == NULL || list->type != JSON_ARRAY || list->count == 0)
        return;
    buf_str(speech->out, "     ");
    say(speech, zh, en);
    for (uint32_t i = 0; i < list->count; i++) {
        buf_str(speech->out, i == 0 ? "" : speech->is_english ? ", " : "、");
        buf_text(speech->out, list->values[i].text);
    }
    buf_byte(speech->out, '\n');
}

static void
compared_say(struct speech *speech, const struct json_node *compared)
{
    struct text margin = text_in(compared, "margin");

    buf_printf(speech->out, "     " TEXT_FMT " %s" TEXT_FMT " " TEXT_FMT " " TEXT_FMT " " TEXT_FMT,
               TEXT_ARG(text_in(compared, "left")),
               json_get(compared, "at_least") == NULL ? ""
               : speech->is_english                   ? "at least "
                                                      : "至少 ",
               TEXT_ARG(text_in(compared, "value")), TEXT_ARG(text_in(compared, "op")),
               TEXT_ARG(text_in(compared, "right")), TEXT_ARG(text_in(compared, "limit")));
    if (margin.len > 0) {
        say(speech, "，相差 ", ", margin ");
        buf_text(speech->out, margin);
    }
    buf_byte(speech->out, '\n');
}

static void
finding_say(struct speech *speech, const struct json_node *finding, uint32_t number)
{
    const struct json_node *list;
    struct text en = text_in(finding, "en"), ref = text_in(finding, "ref");

    buf_printf(speech->out, "  %u. [" TEXT_FMT "] ", number, TEXT_ARG(text_in(finding, "reason")));
    buf_text(speech->out, speech->is_english && en.len > 0 ? en : text_in(finding, "zh"));
    buf_byte(speech->out, '\n');
    list = json_get(finding, "compared");
    for (uint32_t i = 0; list != NULL && i < list->count; i++)
        compared_say(speech, &list->values[i]);
    list = json_get(finding, "evidence");
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        say(speech, "     依据 ", "     evidence ");
        buf_printf(speech->out, TEXT_FMT, TEXT_ARG(text_in(&list->values[i], "row")));
        say(speech, "，来源 ", ", source ");
        buf_text(speech->out, text_in(&list->values[i], "source"));
        say(speech, "，截至 ", ", as of ");
        buf_text(speech->out, text_in(&list->values[i], "as_of"));
        buf_byte(speech->out, '\n');
    }
    if (ref.len > 0) {
        say(speech, "     出处 ", "     reference ");
        buf_text(speech->out, ref);
        buf_byte(speech->out, '\n');
    }
    list_say(speech, finding, "open", "还不知道 ", "not known yet: ");
    list_say(speech, finding, "settle", "怎样补齐 ", "settled by: ");
}

static void
coverage_say(struct speech *speech, const struct json_node *verdict)
{
    const struct json_node *coverage = json_get(verdict, "coverage");
    const struct json_node *members = json_get(verdict, "members");

    say(speech, "\n查询情况：\n", "\nWho was asked about whom:\n");
    for (uint32_t m = 0; members != NULL && m < members->count; m++) {
        struct text key = text_in(&members->values[m], "key");
        const struct json_node *sources = NULL;

        for (uint32_t c = 0; coverage != NULL && c < coverage->count; c++)
            if (text_eq(coverage->keys[c], key))
                sources = &coverage->values[c];
        buf_printf(speech->out, "  " TEXT_FMT " " TEXT_FMT " " TEXT_FMT ": ", TEXT_ARG(key),
                   TEXT_ARG(text_in(&members->values[m], "name")),
                   TEXT_ARG(text_in(&members->values[m], "id")));
        if (text_is(text_in(&members->values[m], "number"), "invalid"))
            say(speech, "证件号码无效，无法查询", "the number is invalid, nothing was looked up");
        for (uint32_t s = 0; sources != NULL && s < sources->count; s++) {
            buf_printf(speech->out, "%s" TEXT_FMT " ", s == 0 ? "" : speech->is_english ? "; " : "；",
                       TEXT_ARG(sources->keys[s]));
            status_say(speech, sources->values[s].text);
        }
        buf_byte(speech->out, '\n');
    }
}

static void
declared_say(struct speech *speech, const struct json_node *verdict)
{
    const struct json_node *declared = json_get(verdict, "declared");

    if (declared == NULL || declared->count == 0)
        return;
    say(speech, "\n申报与核对：\n", "\nDeclared against found:\n");
    for (uint32_t i = 0; i < declared->count; i++) {
        const struct json_node *line = &declared->values[i];

        buf_printf(speech->out, "  " TEXT_FMT ": ", TEXT_ARG(text_in(line, "zh")));
        say(speech, "申报 ", "declared ");
        buf_text(speech->out, text_in(line, "stated"));
        say(speech, "，核对到 ", ", found ");
        buf_text(speech->out, text_in(line, "found"));
        say(speech, "，", ", ");
        buf_text(speech->out, text_in(line, "is"));
        buf_byte(speech->out, '\n');
    }
}

hedui_status
explain_line(struct text verdict_line, bool is_english, struct buf *out, struct arena *arena,
             struct err *err)
{
    struct speech speech = {.out = out, .is_english = is_english};
    const struct json_node *list;
    struct json_node *verdict;

    TRY(json_parse(&verdict, verdict_line, arena, err));
    if (verdict->type != JSON_OBJECT || json_get(verdict, "outcome") == NULL)
        return err_set(err, HEDUI_E_INPUT, "这一行不是核对结论\nthis line is not a verdict");
    say(&speech, "核对编号 ", "Case ");
    buf_text(out, text_in(verdict, "case_no"));
    say(&speech, "，核对基准日 ", ", checked on ");
    buf_text(out, text_in(verdict, "checked_on"));
    buf_byte(out, '\n');
    outcome_say(&speech, text_in(verdict, "outcome"));
    buf_str(out, "\n");
    list = json_get(verdict, "findings");
    if (list != NULL && list->count > 0)
        say(&speech, "\n发现：\n", "\nFindings:\n");
    for (uint32_t i = 0; list != NULL && i < list->count; i++)
        finding_say(&speech, &list->values[i], i + 1);
    list = json_get(verdict, "figures");
    say(&speech, "\n测算：\n", "\nFigures:\n");
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        buf_printf(out, "  " TEXT_FMT ": ", TEXT_ARG(list->keys[i]));
        value_say(&speech, &list->values[i]);
        buf_byte(out, '\n');
    }
    coverage_say(&speech, verdict);
    declared_say(&speech, verdict);
    say(&speech, "\n规则包 ", "\nRule pack ");
    buf_text(out, text_in(verdict, "pack"));
    buf_byte(out, '\n');
    say(&speech, "核对只说明查到了什么，是否给予救助由主管部门决定。\n",
        "A verification says what was found; the responsible office decides about aid.\n");
    return buf_check(out, err);
}
