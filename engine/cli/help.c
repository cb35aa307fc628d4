/* SPDX-License-Identifier: Apache-2.0 */
/* help.c: what there is, a verb's options, and the table itself for programs that read it. */
#include <string.h>

#include <hedui/version.h>

#include "engine/base/json.h"
#include "engine/base/message.h"
#include "engine/cli/manual.h"
#include "engine/cli/verb.h"

#include "engine/base/ban.h"

#define NAME_COLUMNS 20

enum { MAN, COMPLETION };

static void
option_print(struct buf *out, const struct option_spec *option)
{
    buf_printf(out, "  --%s%s%s\n        %s\n        %s\n", option->name,
               option->value == NULL ? "" : " ", option->value == NULL ? "" : option->value,
               option->zh, option->en);
}

void
help_verb(struct buf *out, const struct verb *verb)
{
    buf_printf(out, "hedui %s %s\n  %s\n  %s\n", verb->name, verb->operands, verb->zh, verb->en);
    if (verb->options[0].name != NULL)
        buf_str(out, "\n选项 options\n");
    for (const struct option_spec *option = verb->options; option->name != NULL; option++)
        option_print(out, option);
    buf_str(out, "\n各命令通用 every verb\n");
    for (uint32_t i = 0; i < OPT_COMMON_COUNT; i++)
        if (i != OPT_JSON || verb->has_json)
            option_print(out, &common_options[i]);
}

static bool
is_in_group(const struct verb *verb, const char *group)
{
    size_t len = group == NULL ? 0 : strlen(group);

    return group == NULL || (strncmp(verb->name, group, len) == 0 && verb->name[len] == ' ');
}

void
help_overview(struct buf *out, const char *group)
{
    buf_printf(out, "hedui %s  家庭经济状况核对 | household financial verification\n\n",
               HEDUI_VERSION);
    for (uint32_t i = 0; i < verb_count; i++)
        if (is_in_group(verbs[i], group))
            buf_printf(out, "  hedui %-*s %s\n%*s%s\n", NAME_COLUMNS, verbs[i]->name, verbs[i]->zh,
                       NAME_COLUMNS + 9, "", verbs[i]->en);
    buf_str(out, "\nhedui help VERB  每个命令的选项 | the options of a verb\n"
                 "退出码 exit: 0 完成 done · 1 有退回或检查出错 rows or cases refused, or errors "
                 "found · 2 用法或运行错误 used wrongly or cannot run\n");
}

static void
option_json(struct json *json, const struct option_spec *option)
{
    json_object(json);
    json_key(json, "name");
    json_str(json, option->name);
    json_key(json, "value");
    if (option->value == NULL)
        json_null(json);
    else
        json_str(json, option->value);
    json_key(json, "zh");
    json_str(json, option->zh);
    json_key(json, "en");
    json_str(json, option->en);
    json_end_object(json);
}

/* The whole table, for tests and for those who build on it. */
static void
table_json(struct buf *out)
{
    struct json json;

    json_begin(&json, out);
    json_object(&json);
    json_key(&json, "verbs");
    json_array(&json);
    for (uint32_t i = 0; i < verb_count; i++) {
        json_object(&json);
        json_key(&json, "name");
        json_str(&json, verbs[i]->name);
        json_key(&json, "operands");
        json_str(&json, verbs[i]->operands);
        json_key(&json, "zh");
        json_str(&json, verbs[i]->zh);
        json_key(&json, "en");
        json_str(&json, verbs[i]->en);
        json_key(&json, "json");
        json_bool(&json, verbs[i]->has_json);
        json_key(&json, "options");
        json_array(&json);
        for (const struct option_spec *o = verbs[i]->options; o->name != NULL; o++)
            option_json(&json, o);
        json_end_array(&json);
        json_end_object(&json);
    }
    json_end_array(&json);
    json_key(&json, "common");
    json_array(&json);
    for (uint32_t i = 0; i < OPT_COMMON_COUNT; i++)
        option_json(&json, &common_options[i]);
    json_end_array(&json);
    json_end_object(&json);
    json_newline(&json);
}

static bool
help_code(struct buf *out, const char *word)
{
    const struct message_code *code = message_code_find(text_of(word));

    if (code != NULL)
        buf_printf(out, "%s %s | %s\n  %s\n  %s\n", code->code, code->zh, code->en, code->hint_zh,
                   code->hint_en);
    return code != NULL;
}

static hedui_status
help(struct session *session, const struct call *call, int *code)
{
    const struct verb *verb;
    uint32_t used = 0;

    if (call->values[MAN] != NULL)
        return manual_print(&session->out, call->values[MAN], &session->err);
    if (call->values[COMPLETION] != NULL)
        return completion_print(&session->out, call->values[COMPLETION], &session->err);
    if (call->common[OPT_JSON] != NULL) {
        table_json(&session->out);
        return HEDUI_OK;
    }
    if (call->operand_count == 0) {
        help_overview(&session->out, NULL);
        return HEDUI_OK;
    }
    if (call->operand_count == 1 && help_code(&session->out, call->operands[0]))
        return HEDUI_OK;
    verb = verb_find(call->operands, call->operand_count, &used);
    if (verb != NULL)
        help_verb(&session->out, verb);
    else if (call->operand_count == 1 && verb_is_group(call->operands[0]))
        help_overview(&session->out, call->operands[0]);
    else
        *code = verb_unknown(call->operands, call->operand_count);
    return HEDUI_OK;
}

static int
help_run(const struct call *call)
{
    struct session session;
    int code = 0;

    session_begin(&session);
    hedui_status rc = help(&session, call, &code);
    return session_end(&session, rc, code);
}

const struct verb verb_help = {
    .name = "help",
    .operands = "[VERB]",
    .operands_max = 2,
    .zh = "命令一览和每个命令的选项",
    .en = "what there is, and the options of a verb",
    .has_json = true,
    .options =
        {
                  [MAN] = {"man", "zh|en", "输出手册页", "prints the manual page"},
                  [COMPLETION] = {"completion", "bash|zsh|fish", "输出命令行补全脚本",
                            "prints completion for a shell"},
                  },
    .run = help_run,
};
