/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/manual.h"

#include <string.h>

#include <hedui/version.h>

#include "engine/base/message.h"
#include "engine/cli/verb.h"

#include "engine/base/ban.h"

struct page { /* one manual being written */
    struct buf *out;
    bool is_english;
};

/* Words of roff: a backslash is said, a minus stays a minus, no line begins with a control. A line
 * of Chinese has no blanks: it may break behind its punctuation. */
static void
roff_put(struct buf *out, const char *words)
{
    const struct text marks = TEXT("，。；、：");
    struct text text = text_of(words);
    bool is_first = out->len == 0 || out->at[out->len - 1] == '\n';

    if (is_first && (words[0] == '.' || words[0] == '\''))
        buf_str(out, "\\&");
    for (size_t pos = 0, at = 0; pos < text.len; at = pos) {
        uint32_t c = text_next(text, &pos);

        if (c == '\\')
            buf_str(out, "\\e");
        else if (c == '-')
            buf_str(out, "\\-");
        else
            buf_put(out, words + at, pos - at);
        if (c > 0x3000 && text_find(marks, (struct text){words + at, pos - at}) != SIZE_MAX)
            buf_str(out, "\\:");
    }
}

static void
say(struct page *page, const char *zh, const char *en)
{
    roff_put(page->out, page->is_english ? en : zh);
}

static void
section(struct page *page, const char *zh, const char *en)
{
    buf_str(page->out, ".SH ");
    say(page, zh, en);
    buf_byte(page->out, '\n');
}

static void
paragraph(struct page *page, const char *zh, const char *en)
{
    buf_str(page->out, ".PP\n");
    say(page, zh, en);
    buf_byte(page->out, '\n');
}

static void
option_put(struct page *page, const struct option_spec *option)
{
    buf_str(page->out, ".TP\n\\fB\\-\\-");
    roff_put(page->out, option->name);
    buf_str(page->out, "\\fR");
    if (option->value != NULL) {
        buf_str(page->out, " \\fI");
        roff_put(page->out, option->value);
        buf_str(page->out, "\\fR");
    }
    buf_byte(page->out, '\n');
    say(page, option->zh, option->en);
    buf_byte(page->out, '\n');
}

static void
verb_put(struct page *page, const struct verb *verb)
{
    buf_str(page->out, ".SS \"hedui ");
    roff_put(page->out, verb->name);
    if (verb->operands[0] != '\0') {
        buf_byte(page->out, ' ');
        roff_put(page->out, verb->operands);
    }
    buf_str(page->out, "\"\n");
    say(page, verb->zh, verb->en);
    buf_byte(page->out, '\n');
    for (const struct option_spec *o = verb->options; o->name != NULL; o++)
        option_put(page, o);
}

struct term {
    const char *term, *zh, *en;
};

static void
terms_put(struct page *page, const struct term *terms, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_str(page->out, ".TP\n\\fB");
        roff_put(page->out, terms[i].term);
        buf_str(page->out, "\\fR\n");
        say(page, terms[i].zh, terms[i].en);
        buf_byte(page->out, '\n');
    }
}

/* clang-format off */
static const struct term exits[] = {
    {"0", "完成。", "Done."},
    {"1", "完成，但有行或案件被退回（超过 --refuse-max），或检查发现了错误、不同。",
          "Done, but rows or cases went back (past --refuse-max), or a check found errors or "
          "differences."},
    {"2", "用法错误，或无法运行；标准错误输出说明哪里、什么、怎么办，先中文后英文。",
          "Used wrongly, or cannot run; standard error says where, what, and what to do, Chinese "
          "first."},
};
static const struct term files[] = {
    {"./hedui-data", "数据目录，0700；用 --data 指明别处。", "The data directory, 0700; --data names another."},
    {"./hedui-data/key", "密钥，0600，第一次接收数据时生成。丢失它，数据就无法再用；最好用 --key 放到另一块盘上。",
                         "The key, 0600, made by the first ingest. Without it the data are useless; "
                         "better kept on another disk with --key."},
    {"PREFIX/share/hedui", "随程序的词汇表 rules/model.yaml、规则包和部门映射。",
                           "The vocabulary rules/model.yaml, rule packs and mappings that come with "
                           "the program."},
    {"FILE.refused.csv", "被退回的行，0600，明文；改正后用 --mends 交回。",
                         "Refused rows, 0600, in clear; mended, they are given back with --mends."},
};
static const char example[] =
    "hedui gen --scale 0.01 --seed 7 --checked-on 2026-07-01 --out county\n"
    "hedui feed check adapters/tax/mapping.yaml county/tax.csv\n"
    "hedui ingest adapters/tax/mapping.yaml county/tax.csv --as-of 2026-06-30\n"
    "hedui verify county/applicants.csv --rules rules/jiangsu-dibao --out out\n"
    "hedui explain out --case H000000001\n";
/* clang-format on */

static void
codes_put(struct page *page)
{
    say(page, "规则包和映射的消息各带一个编码，编码不变；hedui help 编码 说明一条。\n",
        "Messages about packs and mappings carry a code that stays the same; hedui help CODE "
        "tells of one.\n");
    for (size_t i = 0; i < message_code_count; i++) {
        const struct message_code *code = &message_codes[i];

        buf_printf(page->out, ".TP\n\\fB%s\\fR\n", code->code);
        say(page, code->zh, code->en);
        say(page, "。", ". ");
        say(page, code->hint_zh, code->hint_en);
        buf_str(page->out, page->is_english ? ".\n" : "。\n");
    }
}

static void
example_put(struct page *page)
{
    buf_str(page->out, ".EX\n");
    for (const char *line = example; *line != '\0'; line = strchr(line, '\n') + 1) {
        for (size_t i = 0; line[i] != '\n'; i++)
            if (line[i] == '-')
                buf_str(page->out, "\\-");
            else
                buf_byte(page->out, line[i]);
        buf_byte(page->out, '\n');
    }
    buf_str(page->out, ".EE\n");
}

hedui_status
manual_print(struct buf *out, const char *lang, struct err *err)
{
    struct page page = {.out = out, .is_english = strcmp(lang, "en") == 0};

    if (!page.is_english && strcmp(lang, "zh") != 0)
        return err_set(err, HEDUI_E_USAGE,
                       "--man 是 zh 或 en，不是 '%s'\n--man is zh or en, not '%s'", lang, lang);
    buf_printf(out, ".\\\" made by `hedui help --man %s`\n.TH HEDUI 1 \"%s\" \"hedui %s\"\n", lang,
               HEDUI_RELEASED, HEDUI_VERSION);
    buf_str(out, ".ad l\n"); /* Chinese has no blanks to widen */
    section(&page, "名称", "NAME");
    buf_str(out, "hedui \\- ");
    say(&page, "申请救助家庭经济状况核对", "household financial verification");
    buf_byte(out, '\n');
    section(&page, "概要", "SYNOPSIS");
    buf_str(out, ".B hedui\n.I ");
    say(&page, "命令", "VERB");
    buf_str(out, "\n[\\fI");
    say(&page, "参数", "OPERAND");
    buf_str(out, "\\fR ...] [\\fI");
    say(&page, "选项", "OPTION");
    buf_str(out, "\\fR ...]\n");
    section(&page, "描述", "DESCRIPTION");
    say(&page,
        "接收税务、不动产、车辆、银行等部门的数据，按证件号码与申请家庭的成员比对，按家庭汇总，套用"
        "规则包，"
        "说明查到了什么，并附依据、算式和出处。只核对，不认定：是否给予救助由人决定。",
        "Takes what tax, real-estate, vehicle, bank and other departments hand over, joins it with "
        "the members of applicant households by identity number, adds up per household, applies a "
        "rule pack, and says what was found, with the evidence, the arithmetic and the reference. "
        "It "
        "finds; people decide.");
    buf_byte(out, '\n');
    paragraph(&page, "选项可写成 --名称 值 或 --名称=值；单独的 -- 之后都是参数。",
              "An option is --name value or --name=value; what follows a bare -- is an operand.");
    section(&page, "命令", "VERBS");
    for (uint32_t i = 0; i < verb_count; i++)
        verb_put(&page, verbs[i]);
    section(&page, "各命令通用的选项", "OPTIONS OF EVERY VERB");
    for (uint32_t i = 0; i < OPT_COMMON_COUNT; i++)
        option_put(&page, &common_options[i]);
    section(&page, "退出状态", "EXIT STATUS");
    terms_put(&page, exits, LEN(exits));
    section(&page, "文件", "FILES");
    terms_put(&page, files, LEN(files));
    section(&page, "消息", "MESSAGES");
    codes_put(&page);
    section(&page, "示例", "EXAMPLES");
    example_put(&page);
    section(&page, "参见", "SEE ALSO");
    say(&page, "PREFIX/share/doc/hedui 中的 README.zh-CN.md、RULES.md、ADAPTERS.md、FORMATS.md",
        "README.md, RULES.md, ADAPTERS.md and FORMATS.md in PREFIX/share/doc/hedui");
    buf_byte(out, '\n');
    return buf_check(out, err);
}
