/* SPDX-License-Identifier: Apache-2.0 */
/* long: a verdict said aloud, part by part, in the order in which it is written. */
#include "engine/verdict/explain.h"

#include <string.h>

#include "engine/base/json.h"
#include "engine/verdict/fraction.h"

#include "engine/base/ban.h"

struct speech {
    struct buf *out;
    const struct labels *labels;
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

/* NULL where there is none of that shape: a line that another program wrote is read with care. */
static const struct json_node *
node_in(const struct json_node *object, const char *key, enum json_type type)
{
    const struct json_node *node = json_get(object, key);
    return node != NULL && node->type == type ? node : NULL;
}

struct word {
    const char *name, *zh, *en;
};
static const struct word outcomes[] = {
    {"met",        "未见不符：各来源均已反馈，没有规则提出异议。",
     "Met: every source answered and no rule objects."                        },
    {"not_met",    "疑似不符：已知事实触及下列规则，请工作人员复核后决定。",
     "Not met, it seems: known facts touch the rules below; a person decides."},
    {"incomplete", "信息不全：尚有可能改变结论的信息未知，补齐后再次核对。",
     "Incomplete: something that could change the outcome is unknown."        },
    {"review",     "需人工复核：请工作人员看下列事项。",
     "Review: a person must look at the points below."                        },
};
static const struct word statuses[] = {
    {"found",          "有记录",                "found"                       },
    {"none",           "无记录",                "nothing there"               },
    {"not_asked",      "未查询（无授权）", "not asked (no authorisation)"},
    {"not_answered",   "未反馈",                "not answered"                },
    {"partial",        "部分反馈",             "answered in part"            },
    {"stale",          "数据过期",             "out of date"                 },
    {"not_applicable", "本项目不查询",       "not asked by this programme" },
};
static const struct word levels[] = {
    {"hold",  "暂缓",    "hold"        },
    {"deny",  "异议",    "objection"   },
    {"doubt", "待补",    "in doubt"    },
    {"ask",   "请核实", "please check"},
};
static const struct word differences[] = {
    {"一致",  "一致",          "the same"              },
    {"漏报",  "漏报",          "not declared"          },
    {"少报",  "少报",          "declared too little"   },
    {"多报",  "多报",          "declared more"         },
    {"unknown", "尚不能比较", "cannot be compared yet"},
};

/* The word in the language asked for; what no table knows is said as it stands. */
static void
word_say(struct speech *speech, const struct word *words, size_t count, struct text name)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(name, words[i].name)) {
            say(speech, words[i].zh, words[i].en);
            return;
        }
    buf_text(speech->out, name);
}

/* Thousands apart where the text begins as a number: "-28,992.00". Anything else as it stands. */
static void
grouped_put(struct buf *out, struct text number)
{
    size_t from = number.len > 0 && number.at[0] == '-' ? 1 : 0, whole = from;

    while (whole < number.len && number.at[whole] >= '0' && number.at[whole] <= '9')
        whole++;
    buf_put(out, number.at, from);
    for (size_t i = from; i < whole; i++) {
        if (i > from && (whole - i) % 3 == 0)
            buf_byte(out, ',');
        buf_byte(out, number.at[i]);
    }
    buf_put(out, number.at + whole, number.len - whole);
}

static void
number_say(struct speech *speech, struct text number, const char *unit)
{
    if (unit[0] == '\0' && text_find(number, TEXT(".")) == SIZE_MAX)
        buf_text(speech->out, number);
    else
        grouped_put(speech->out, number);
    if (number.len > 0 && ((number.at[0] >= '0' && number.at[0] <= '9') || number.at[0] == '-'))
        buf_str(speech->out, unit);
}

/* An amount as the pack's judge printed it: its marks are Chinese, "至少 1.00、至多 2.00". `unit`
 * "": a count, a code, a day. */
static void
amount_say(struct speech *speech, struct text amount, const char *unit)
{
    static const struct {
        const char *zh, *en;
    } marks[] = {
        {"约 ",         "about "        },
        {"至少 ",      "at least "     },
        {"至多 ",      "at most "      },
        {"、",          ", "            },
        {"未知",       "unknown"       },
        {"无法计算", "not computable"},
        {"无",          "none"          },
    };

    while (amount.len > 0) {
        size_t end = text_find(amount, TEXT("、")), mark = 0;

        while (mark < LEN(marks) && !text_starts(amount, text_of(marks[mark].zh)))
            mark++;
        if (mark < LEN(marks)) {
            say(speech, marks[mark].zh, marks[mark].en);
            end = strlen(marks[mark].zh);
        } else {
            end = end == SIZE_MAX ? amount.len : end;
            number_say(speech, (struct text){amount.at, end}, unit);
        }
        amount = (struct text){amount.at + end, amount.len - end};
    }
}

/* An exact fraction: of a fen, or of one. */
static void
fraction_say(struct speech *speech, const struct json_node *value, const char *unit)
{
    bool is_fen = text_is(value->keys[0], "exact");
    struct buf shown;

    if (is_fen && speech->labels->names == NULL)
        unit = speech->is_english ? " yuan" : " 元";
    buf_init(&shown, false);
    fraction_print(&shown, value->values[0].text, is_fen, "约 ");
    amount_say(speech, buf_as_text(&shown), unit);
    buf_release(&shown);
}

static void
value_say(struct speech *speech, struct text name, const struct json_node *value,
          const struct json_node *causes)
{
    const char *unit = labels_unit(speech->labels, "", name);

    switch (value->type) {
    case JSON_NULL:
        say(speech, causes == NULL ? "没有" : "未知，还缺 ",
            causes == NULL ? "none" : "unknown, for want of ");
        for (uint32_t i = 0; causes != NULL && i < causes->count; i++) {
            buf_str(speech->out, i == 0 ? "" : speech->is_english ? ", " : "、");
            labels_cause(speech->out, speech->labels, causes->values[i].text);
        }
        break;
    case JSON_BOOL:
        say(speech, value->boolean ? "是" : "否", value->boolean ? "yes" : "no");
        break;
    case JSON_INT:
        buf_int(speech->out, value->integer);
        break;
    case JSON_OBJECT:
        if (value->count == 1)
            fraction_say(speech, value, unit);
        break;
    default:
        amount_say(speech, value->text, unit);
    }
}

static void
list_say(struct speech *speech, const struct json_node *finding, const char *key, const char *zh,
         const char *en)
{
    bool is_cause = strcmp(key, "open") == 0;
    const struct json_node *list = json_get(finding, key);

    if (list == NULL || list->type != JSON_ARRAY || list->count == 0)
        return;
    buf_str(speech->out, "     ");
    say(speech, zh, en);
    for (uint32_t i = 0; i < list->count; i++) {
        buf_str(speech->out, i == 0 ? "" : speech->is_english ? ", " : "、");
        if (is_cause)
            labels_cause(speech->out, speech->labels, list->values[i].text);
        else
            buf_text(speech->out, list->values[i].text);
    }
    buf_byte(speech->out, '\n');
}

/* "家庭月人均收入 1,620.00 元／月 ≥ 低保标准 1,208.00 元／月，相差 412.00 元／月" */
static void
sides_say(struct speech *speech, const struct json_node *compared, const char *unit)
{
    static const struct word signs[] = {
        {">=", "≥", ">="},
        {"<=", "≤", "<="},
        {"!=", "≠", "!="},
        {"==", "=",   "=" }
    };
    struct text left = text_in(compared, "left"), right = text_in(compared, "right");
    struct text limit = text_in(compared, "limit");

    buf_str(speech->out, "     ");
    labels_expression(speech->out, speech->labels, left);
    buf_byte(speech->out, ' ');
    if (json_get(compared, "at_least") != NULL)
        say(speech, "至少 ", "at least ");
    if (json_get(compared, "at_most") != NULL)
        say(speech, "至多 ", "at most ");
    amount_say(speech, text_in(compared, "value"), unit);
    buf_byte(speech->out, ' ');
    word_say(speech, signs, LEN(signs), text_in(compared, "op"));
    buf_byte(speech->out, ' ');
    if (!text_eq(right, limit)) { /* a bare number needs no name */
        labels_expression(speech->out, speech->labels, right);
        buf_byte(speech->out, ' ');
    }
    amount_say(speech, limit, unit);
}

static void
compared_say(struct speech *speech, const struct json_node *compared)
{
    struct text margin = text_in(compared, "margin");
    const char *unit = labels_unit(speech->labels, "", text_in(compared, "left"));

    if (unit[0] == '\0')
        unit = labels_unit(speech->labels, "", text_in(compared, "right"));
    sides_say(speech, compared, unit);
    if (margin.len > 0) {
        say(speech, "，相差 ", ", margin ");
        amount_say(speech, margin, unit);
    }
    buf_byte(speech->out, '\n');
}

/* "A.incomes.7" is row 7 of "A.incomes." */
static struct text
row_list(struct text row)
{
    while (row.len > 0 && row.at[row.len - 1] >= '0' && row.at[row.len - 1] <= '9')
        row.len--;
    return row;
}

/* Rows of one list, source and day that follow each other make one line. */
static void
evidence_say(struct speech *speech, const struct json_node *list)
{
    for (uint32_t i = 0, end; list != NULL && i < list->count; i = end) {
        const struct json_node *first = &list->values[i];
        struct text row = text_in(first, "row"), name = row_list(row);

        for (end = i + 1; end < list->count; end++)
            if (!text_eq(row_list(text_in(&list->values[end], "row")), name) ||
                !text_eq(text_in(&list->values[end], "source"), text_in(first, "source")) ||
                !text_eq(text_in(&list->values[end], "as_of"), text_in(first, "as_of")))
                break;
        say(speech, "     依据 ", "     evidence ");
        labels_cause(speech->out, speech->labels, row);
        buf_printf(speech->out, " [" TEXT_FMT, TEXT_ARG(row)); /* leads into provenance.jsonl */
        if (end > i + 1)
            buf_printf(speech->out, " … " TEXT_FMT,
                       TEXT_ARG(text_in(&list->values[end - 1], "row")));
        buf_byte(speech->out, ']');
        if (end > i + 1)
            buf_printf(speech->out, speech->is_english ? " (%u rows)" : "（%u 条）", end - i);
        say(speech, "，来源 ", ", source ");
        labels_name(speech->out, speech->labels, "@", text_in(first, "source"));
        if (text_in(first, "as_of").len > 0) {
            say(speech, "，截至 ", ", as of ");
            buf_text(speech->out, text_in(first, "as_of"));
        }
        buf_byte(speech->out, '\n');
    }
}

/* How far the evidence carries, where it does not carry all the way. */
static void
grade_say(struct speech *speech, const struct json_node *finding)
{
    const struct json_node *confirm = node_in(finding, "confirm", JSON_ARRAY);

    if (text_is(text_in(finding, "grade"), "lead"))
        say(speech, "     只凭线索，不能单独据以作出决定\n", "     rests on leads only\n");
    if (!text_is(text_in(finding, "grade"), "needs_confirmation"))
        return;
    say(speech, "     决定前须由人确认下列记录的金额、权利人与期间：",
        "     before deciding, a person must confirm amount, holder and period of ");
    for (uint32_t i = 0, end; confirm != NULL && i < confirm->count; i = end) {
        struct text row = confirm->values[i].text;

        for (end = i + 1; end < confirm->count; end++)
            if (!text_eq(row_list(confirm->values[end].text), row_list(row)))
                break;
        buf_str(speech->out, i == 0 ? "" : speech->is_english ? ", " : "、");
        labels_cause(speech->out, speech->labels, row);
        buf_printf(speech->out, " [" TEXT_FMT, TEXT_ARG(row));
        if (end > i + 1)
            buf_printf(speech->out, " … " TEXT_FMT, TEXT_ARG(confirm->values[end - 1].text));
        buf_byte(speech->out, ']');
    }
    buf_byte(speech->out, '\n');
}

/* What would make the rule stop, as the evaluator tried it. */
static void
counter_say(struct speech *speech, const struct json_node *finding)
{
    static const struct word words[] = {
        {"left_at_most",   "至多 ", "at most " },
        {"left_at_least",  "至少 ", "at least "},
        {"left_below",     "低于 ", "below "   },
        {"left_above",     "高于 ", "above "   },
        {"right_at_most",  "至多 ", "at most " },
        {"right_at_least", "至少 ", "at least "},
        {"right_below",    "低于 ", "below "   },
        {"right_above",    "高于 ", "above "   },
        {"without",        "没有 ", "without " },
    };
    const struct json_node *list = node_in(finding, "counter", JSON_ARRAY);
    const struct json_node *compared = node_in(finding, "compared", JSON_ARRAY);

    if (list == NULL || (list->count == 0 && json_get(finding, "counter_cut") == NULL))
        return;
    say(speech, "     何时不再成立：", "     no longer so with ");
    for (uint32_t i = 0; i < list->count; i++) {
        const struct json_node *one = &list->values[i];
        struct text of = text_in(one, "of"), key, value;

        if (one->type != JSON_OBJECT || one->count == 0)
            continue;
        key = one->keys[one->count - 1];
        value = one->values[one->count - 1].type == JSON_STRING ? one->values[one->count - 1].text
                                                                : text_of("");
        if (of.len == 0 && compared != NULL && compared->count > 0 && !text_is(key, "without"))
            of = text_in(&compared->values[0], text_starts(key, TEXT("right")) ? "right" : "left");
        buf_str(speech->out, i == 0 ? "" : speech->is_english ? "; or " : "；或");
        if (of.len > 0) {
            labels_expression(speech->out, speech->labels, of);
            buf_byte(speech->out, ' ');
        }
        word_say(speech, words, LEN(words), key);
        if (text_is(key, "without"))
            buf_printf(speech->out, "[" TEXT_FMT "]", TEXT_ARG(value));
        else
            amount_say(speech, value, labels_unit(speech->labels, "", of));
    }
    if (json_get(finding, "counter_cut") != NULL)
        say(speech, "（未试完）", " (not all was tried)");
    buf_byte(speech->out, '\n');
}

static void
finding_say(struct speech *speech, const struct json_node *finding, uint32_t number)
{
    const struct json_node *list;
    struct text en = text_in(finding, "en"), ref = text_in(finding, "ref");

    buf_printf(speech->out, "  %u. ", number);
    word_say(speech, levels, LEN(levels), text_in(finding, "level"));
    buf_printf(speech->out, " [" TEXT_FMT "] ", TEXT_ARG(text_in(finding, "reason")));
    buf_text(speech->out, speech->is_english && en.len > 0 ? en : text_in(finding, "zh"));
    buf_byte(speech->out, '\n');
    list = node_in(finding, "compared", JSON_ARRAY);
    for (uint32_t i = 0; list != NULL && i < list->count; i++)
        compared_say(speech, &list->values[i]);
    evidence_say(speech, node_in(finding, "evidence", JSON_ARRAY));
    grade_say(speech, finding);
    counter_say(speech, finding);
    if (ref.len > 0) {
        say(speech, "     出处 ", "     reference ");
        buf_text(speech->out, ref);
        buf_byte(speech->out, '\n');
    }
    list_say(speech, finding, "open", "还不知道 ", "not known yet: ");
    list_say(speech, finding, "settle", "怎样补齐 ", "settled by: ");
}

/* Rules that did not fire, by how far. */
static void
near_say(struct speech *speech, const struct json_node *verdict)
{
    const struct json_node *list = node_in(verdict, "near", JSON_ARRAY);

    if (list == NULL || list->count == 0)
        return;
    say(speech, "\n未触及的规则，离限额：\n",
        "\nRules that did not fire, and how far they were:\n");
    for (uint32_t i = 0; i < list->count; i++) {
        const struct json_node *near = &list->values[i];
        const char *unit = labels_unit(speech->labels, "", text_in(near, "left"));

        if (unit[0] == '\0')
            unit = labels_unit(speech->labels, "", text_in(near, "right"));
        sides_say(speech, near, unit);
        if (text_in(near, "unless").len > 0)
            say(speech, "，相差 ", ", by ");
        else
            say(speech, "：不成立，相差 ", ": no, by ");
        amount_say(speech, text_in(near, "distance"), unit);
        if (text_in(near, "unless").len > 0)
            buf_printf(speech->out,
                       speech->is_english ? " (excepted: " TEXT_FMT ")"
                                          : "（适用例外 " TEXT_FMT "）",
                       TEXT_ARG(text_in(near, "unless")));
        buf_byte(speech->out, '\n');
    }
}

static void
elsewhere_say(struct speech *speech, const struct json_node *member)
{
    const struct json_node *cases = node_in(member, "also_in", JSON_ARRAY);

    if (cases == NULL || cases->count == 0)
        return;
    say(speech, "    也是同批其他案件的成员：", "    also a member of other cases of the batch: ");
    for (uint32_t i = 0; i < cases->count; i++) {
        if (i > 0)
            say(speech, "、", ", ");
        buf_text(speech->out, cases->values[i].text);
    }
    buf_byte(speech->out, '\n');
}

static void
coverage_say(struct speech *speech, const struct json_node *verdict)
{
    const struct json_node *coverage = node_in(verdict, "coverage", JSON_OBJECT);
    const struct json_node *members = node_in(verdict, "members", JSON_ARRAY);

    say(speech, "\n查询情况：\n", "\nWho was asked about whom:\n");
    for (uint32_t m = 0; members != NULL && m < members->count; m++) {
        struct text key = text_in(&members->values[m], "key");
        const struct json_node *sources = NULL;

        for (uint32_t c = 0; coverage != NULL && c < coverage->count; c++)
            if (text_eq(coverage->keys[c], key) && coverage->values[c].type == JSON_OBJECT)
                sources = &coverage->values[c];
        buf_printf(speech->out, "  " TEXT_FMT " " TEXT_FMT " " TEXT_FMT ": ", TEXT_ARG(key),
                   TEXT_ARG(text_in(&members->values[m], "name")),
                   TEXT_ARG(text_in(&members->values[m], "id")));
        if (text_is(text_in(&members->values[m], "number"), "invalid"))
            say(speech, "证件号码无效，无法查询", "the number is invalid, nothing was looked up");
        for (uint32_t s = 0; sources != NULL && s < sources->count; s++) {
            if (s > 0)
                say(speech, "；", "; ");
            labels_name(speech->out, speech->labels, "@", sources->keys[s]);
            buf_byte(speech->out, ' ');
            word_say(speech, statuses, LEN(statuses), sources->values[s].text);
        }
        buf_byte(speech->out, '\n');
        elsewhere_say(speech, &members->values[m]);
    }
}

static void
declared_say(struct speech *speech, const struct json_node *verdict)
{
    const struct json_node *declared = node_in(verdict, "declared", JSON_ARRAY);

    if (declared == NULL || declared->count == 0)
        return;
    say(speech, "\n申报与核对：\n", "\nDeclared against found:\n");
    for (uint32_t i = 0; i < declared->count; i++) {
        const struct json_node *line = &declared->values[i];

        struct text item = text_in(line, "item");
        const char *unit = labels_unit(speech->labels, "declared.", item);

        buf_str(speech->out, "  ");
        if (speech->is_english)
            labels_name(speech->out, speech->labels, "declared.", item);
        else
            buf_text(speech->out, text_in(line, "zh"));
        say(speech, "：申报 ", ": declared ");
        amount_say(speech, text_in(line, "stated"), unit);
        say(speech, "，核对到 ", ", found ");
        amount_say(speech, text_in(line, "found"), unit);
        say(speech, "，", ", ");
        word_say(speech, differences, LEN(differences), text_in(line, "is"));
        if (text_in(line, "difference").len > 0) {
            say(speech, "，相差 ", ", difference ");
            amount_say(speech, text_in(line, "difference"), unit);
        }
        buf_byte(speech->out, '\n');
    }
}

/* The causes of a figure that is unknown, NULL where it is none. */
static const struct json_node *
unknown_of(const struct json_node *verdict, struct text figure)
{
    const struct json_node *unknown = node_in(verdict, "unknown", JSON_OBJECT);

    for (uint32_t i = 0; unknown != NULL && i < unknown->count; i++)
        if (text_eq(unknown->keys[i], figure) && unknown->values[i].type == JSON_ARRAY)
            return &unknown->values[i];
    return NULL;
}

/* What the pack takes for granted ("what", "value", "zh": why), or figures that nobody confirmed.
 */
static void
provisos_say(struct speech *speech, const struct json_node *list, const char *zh, const char *en)
{
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        const struct json_node *one = &list->values[i];
        struct text what = text_in(one, "what");

        if (i == 0)
            say(speech, zh, en);
        buf_str(speech->out, "  ");
        if (what.len > 0)
            labels_cause(speech->out, speech->labels, what);
        else
            buf_text(speech->out, text_in(one, speech->is_english ? "param" : "zh"));
        say(speech, "：", ": ");
        buf_text(speech->out, text_in(one, "value"));
        if (what.len > 0) {
            say(speech, "，理由 ", ", because ");
            buf_text(speech->out, text_in(one, "zh"));
        }
        buf_byte(speech->out, '\n');
    }
}

hedui_status
explain_line(struct text verdict_line, const struct labels *labels, struct buf *out,
             struct arena *arena, struct err *err)
{
    struct speech speech = {.out = out, .labels = labels, .is_english = labels->is_english};
    const struct json_node *list;
    struct json_node *verdict;
    struct text called;

    TRY(json_parse(&verdict, verdict_line, arena, err));
    if (verdict->type != JSON_OBJECT || json_get(verdict, "outcome") == NULL)
        return err_set(err, HEDUI_E_INPUT, "这一行不是核对结论\nthis line is not a verdict");
    say(&speech, "核对编号 ", "Case ");
    buf_text(out, text_in(verdict, "case_no"));
    say(&speech, "，核对基准日 ", ", checked on ");
    buf_text(out, text_in(verdict, "checked_on"));
    buf_byte(out, '\n');
    word_say(&speech, outcomes, LEN(outcomes), text_in(verdict, "outcome"));
    buf_str(out, "\n");
    list = node_in(verdict, "findings", JSON_ARRAY);
    if (list != NULL && list->count > 0)
        say(&speech, "\n发现：\n", "\nFindings:\n");
    for (uint32_t i = 0; list != NULL && i < list->count; i++)
        finding_say(&speech, &list->values[i], i + 1);
    list = node_in(verdict, "figures", JSON_OBJECT);
    say(&speech, "\n测算：\n", "\nFigures:\n");
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        buf_str(out, "  ");
        labels_name(out, labels, "", list->keys[i]);
        say(&speech, "：", ": ");
        value_say(&speech, list->keys[i], &list->values[i], unknown_of(verdict, list->keys[i]));
        buf_byte(out, '\n');
    }
    near_say(&speech, verdict);
    coverage_say(&speech, verdict);
    declared_say(&speech, verdict);
    provisos_say(&speech, node_in(verdict, "assumed", JSON_ARRAY), "\n规则包的假定：\n",
                 "\nTaken for granted by the pack:\n");
    provisos_say(&speech, node_in(verdict, "unconfirmed", JSON_ARRAY),
                 "\n未经确认的数（主管部门核定前，结论仅供参考）：\n",
                 "\nFigures that nobody has confirmed (the result is provisional):\n");
    called = labels->is_english ? labels->en : labels->zh;
    say(&speech, "\n规则包 ", "\nRule pack ");
    if (called.len > 0)
        buf_printf(out, TEXT_FMT " [" TEXT_FMT "]", TEXT_ARG(called),
                   TEXT_ARG(text_in(verdict, "pack")));
    else
        buf_text(out, text_in(verdict, "pack"));
    buf_byte(out, '\n');
    say(&speech, "以上只供参考：核对说明查到了什么，不单独作为依据，是否给予救助由主管部门决定。\n",
        "For reference only: it says what was found; the responsible office decides about aid, and "
        "never by this alone.\n");
    return buf_check(out, err);
}
