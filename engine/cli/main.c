/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include <hedui/version.h>

#include "engine/cli/verb.h"

#include "engine/base/ban.h"

static const struct verb *const verbs[] = {
    &verb_feed_check,      &verb_ingest,     &verb_snapshot_list, &verb_snapshot_show,
    &verb_snapshot_verify, &verb_verify,     &verb_explain,       &verb_rules_check,
    &verb_rules_test,      &verb_rules_eval, &verb_gen,
};

static const struct option_spec common[] = {
    [OPT_DATA] = {"data",    "DIR",   "数据目录（默认 ./hedui-data）",                          "data directory (./hedui-data)"},
    [OPT_MODEL] = {"model",   "FILE",  "词汇表（默认随程序的 rules/model.yaml）",
                  "vocabulary (rules/model.yaml beside the program)"                                                                   },
    [OPT_KEY] = {"key",     "FILE",  "密钥文件（默认 DIR/key；最好放在另一块盘上）",
                  "key file (DIR/key; better on another disk)"                                                                         },
    [OPT_THREADS] = {"threads", "N",     "线程数（默认 2）",                                        "threads (2)"                  },
    [OPT_MEMORY] = {"memory",  "SIZE",  "建库内存上限（默认 2G）",                              "memory while building (2G)"   },
    [OPT_JSON] = {"json",    NULL,    "输出 JSON",                                                    "print JSON"                   },
    [OPT_HELP] = {"help",    NULL,    "显示帮助",                                                   "show help"                    },
    [OPT_LANG] = {"lang",    "zh|en", "输出语言（默认 zh）",                                    "language of the output (zh)"  },
};

static void
option_print(const struct option_spec *option)
{
    printf("  --%s%s%s\n        %s\n        %s\n", option->name, option->value == NULL ? "" : " ",
           option->value == NULL ? "" : option->value, option->zh, option->en);
}

static void
verb_help(const struct verb *verb)
{
    printf("hedui %s %s\n  %s\n  %s\n\n", verb->name, verb->operands, verb->zh, verb->en);
    for (const struct option_spec *option = verb->options; option->name != NULL; option++)
        option_print(option);
    for (size_t i = 0; i < LEN(common); i++)
        option_print(&common[i]);
}

static void
help(FILE *out)
{
    fprintf(out, "hedui %s  家庭经济状况核对 | household financial verification\n\n",
            HEDUI_VERSION);
    for (size_t i = 0; i < LEN(verbs); i++)
        fprintf(out, "  hedui %-16s %s\n  %-22s %s\n", verbs[i]->name, verbs[i]->zh, "",
                verbs[i]->en);
    fprintf(out, "\nhedui VERB --help  每个命令的选项 | the options of a verb\n"
                 "退出码 | exit: 0 完成 done · 1 有退回或检查出错 rows or cases refused, or errors "
                 "found · 2 用法或运行错误 used wrongly or cannot run\n");
}

/* The verb that the first one or two words name; *words: how many. */
static const struct verb *
verb_find(int argc, char **argv, int *words)
{
    for (size_t i = 0; i < LEN(verbs); i++) {
        char joined[64];

        if (argc >= 3) {
            snprintf(joined, sizeof joined, "%s %s", argv[1], argv[2]);
            if (strcmp(joined, verbs[i]->name) == 0) {
                *words = 2;
                return verbs[i];
            }
        }
        if (argc >= 2 && strcmp(argv[1], verbs[i]->name) == 0) {
            *words = 1;
            return verbs[i];
        }
    }
    return NULL;
}

static int
usage(const char *zh, const char *en, const char *what)
{
    fprintf(stderr, "hedui: %s '%s'，见 hedui --help\nhedui: %s '%s', see hedui --help\n", zh, what,
            en, what);
    return 2;
}

/* One option at argv[*i]. Answers 0, or 2 after the sentence. */
static int
option_take(struct call *call, int argc, char **argv, int *i)
{
    const char *name = argv[*i] + 2, *equals = strchr(name, '=');
    size_t len = equals == NULL ? strlen(name) : (size_t)(equals - name);
    const struct option_spec *found = NULL;
    const char **slot = NULL;

    for (uint32_t o = 0; call->verb->options[o].name != NULL && found == NULL; o++)
        if (strlen(call->verb->options[o].name) == len &&
            memcmp(call->verb->options[o].name, name, len) == 0) {
            found = &call->verb->options[o];
            slot = &call->values[o];
        }
    for (uint32_t o = 0; o < LEN(common) && found == NULL; o++)
        if (strlen(common[o].name) == len && memcmp(common[o].name, name, len) == 0) {
            found = &common[o];
            slot = &call->common[o];
        }
    if (found == NULL)
        return usage("没有选项", "no such option", argv[*i]);
    if (*slot != NULL)
        return usage("选项重复", "option given twice", argv[*i]);
    if (found->value == NULL) {
        *slot = "";
        return equals == NULL ? 0 : usage("选项不带值", "the option takes no value", argv[*i]);
    }
    if (equals == NULL && ++*i >= argc)
        return usage("选项缺少值", "the option needs a value", argv[*i - 1]);
    *slot = equals == NULL ? argv[*i] : equals + 1;
    return 0;
}

int
main(int argc, char **argv)
{
    static const char *operands[OPERANDS_MAX];
    struct call call = {.operands = operands};
    bool is_rest = false;
    int words = 0;

    if (argc >= 2 && strcmp(argv[1], "--version") == 0) {
        printf("hedui %s\n", HEDUI_VERSION);
        return 0;
    }
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        help(argc < 2 ? stderr : stdout);
        return argc < 2 || fflush(stdout) != 0 ? 2 : 0;
    }
    call.verb = verb_find(argc, argv, &words);
    if (call.verb == NULL)
        return usage("没有命令", "no such verb", argv[1]);
    for (int i = 1 + words; i < argc; i++) {
        if (!is_rest && strcmp(argv[i], "--") == 0) {
            is_rest = true;
        } else if (!is_rest && strncmp(argv[i], "--", 2) == 0) {
            if (option_take(&call, argc, argv, &i) != 0)
                return 2;
        } else if (call.operand_count == OPERANDS_MAX) {
            return usage("参数太多", "too many operands", argv[i]);
        } else {
            operands[call.operand_count++] = argv[i];
        }
    }
    if (call.common[OPT_HELP] != NULL) {
        verb_help(call.verb);
        return fflush(stdout) == 0 ? 0 : 2;
    }
    if (call.operand_count < call.verb->operands_min)
        return usage("缺少参数", "operands are missing", call.verb->operands);
    if (call.operand_count > call.verb->operands_max)
        return usage("多余的参数", "operand not expected", operands[call.verb->operands_max]);
    return call.verb->run(&call);
}
