/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <hedui/version.h>

#include "engine/base/sys.h"
#include "engine/cli/verb.h"

#include "engine/base/ban.h"

static int
usage(const char *zh, const char *en, const char *what, const struct verb *verb)
{
    fprintf(stderr, "hedui: %s '%s'，见 hedui %s --help\nhedui: %s '%s', see hedui %s --help\n", zh,
            what, verb->name, en, what, verb->name);
    return 2;
}

/* "--asof" is near "--as-of": says so, and answers 2. */
static int
option_unknown(const struct verb *verb, const char *word, size_t len)
{
    struct text names[OPTIONS_MAX + OPT_COMMON_COUNT];
    uint32_t count = 0;
    size_t near;

    for (const struct option_spec *o = verb->options; o->name != NULL; o++)
        names[count++] = text_of(o->name);
    for (uint32_t o = 0; o < OPT_COMMON_COUNT; o++)
        names[count++] = text_of(common_options[o].name);
    near = text_nearest((struct text){word, len}, names, count);
    if (near == SIZE_MAX) {
        char named[64];

        snprintf(named, sizeof named, "--%.*s", (int)(len < 60 ? len : 60), word);
        return usage("没有选项", "no such option", named, verb);
    }
    fprintf(stderr,
            "hedui: 没有选项 '--%.*s'，是否指 '--%s'？见 hedui %s --help\n"
            "hedui: no such option '--%.*s'; did you mean '--%s'? see hedui %s --help\n",
            (int)len, word, names[near].at, verb->name, (int)len, word, names[near].at, verb->name);
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
    for (uint32_t o = 0; o < OPT_COMMON_COUNT && found == NULL; o++)
        if (strlen(common_options[o].name) == len &&
            memcmp(common_options[o].name, name, len) == 0) {
            found = &common_options[o];
            slot = &call->common[o];
        }
    if (found == NULL)
        return option_unknown(call->verb, name, len);
    if (*slot != NULL)
        return usage("选项重复", "option given twice", argv[*i], call->verb);
    if (found->value == NULL) {
        *slot = "";
        return equals == NULL
                   ? 0
                   : usage("选项不带值", "the option takes no value", argv[*i], call->verb);
    }
    if (equals == NULL && ++*i >= argc)
        return usage("选项缺少值", "the option needs a value", argv[*i - 1], call->verb);
    *slot = equals == NULL ? argv[*i] : equals + 1;
    return 0;
}

static int
help_print(int to, const char *group, int code)
{
    struct buf out;
    hedui_status rc;

    buf_init(&out, false);
    help_overview(&out, group);
    rc = sys_write_all(to, out.at, out.len, "help", NULL);
    buf_release(&out);
    return rc != HEDUI_OK ? 2 : code;
}

static int
verb_call(struct call *call)
{
    const struct verb *verb = call->verb;
    struct buf out;
    int code;

    if (call->common[OPT_HELP] == NULL) {
        if (call->operand_count < verb->operands_min)
            return usage("缺少参数", "operands are missing", verb->operands, verb);
        if (call->operand_count > verb->operands_max)
            return usage("多余的参数", "operand not expected", call->operands[verb->operands_max],
                         verb);
        return verb->run(call);
    }
    buf_init(&out, false);
    help_verb(&out, verb);
    code = sys_write_all(STDOUT_FILENO, out.at, out.len, "help", NULL) == HEDUI_OK ? 0 : 2;
    buf_release(&out);
    return code;
}

static bool
is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

int
main(int argc, char **argv)
{
    static const char *operands[OPERANDS_MAX];
    struct call call = {.operands = operands};
    const char *const *words = (const char *const *)argv + 1;
    bool is_rest = false;
    uint32_t used = 0;

    if (argc < 2)
        return help_print(STDERR_FILENO, NULL, 2);
    if (strcmp(argv[1], "--version") == 0) {
        printf("hedui %s\n", HEDUI_VERSION);
        return fflush(stdout) == 0 ? 0 : 2;
    }
    if (is_help(argv[1]))
        return help_print(STDOUT_FILENO, NULL, 0);
    call.verb = verb_find(words, (uint32_t)argc - 1, &used);
    if (call.verb == NULL && verb_is_group(argv[1]) && (argc == 2 || is_help(argv[2])))
        return argc == 2 ? help_print(STDERR_FILENO, argv[1], 2)
                         : help_print(STDOUT_FILENO, argv[1], 0);
    if (call.verb == NULL)
        return verb_unknown(words, (uint32_t)argc - 1);
    for (int i = 1 + (int)used; i < argc; i++) {
        if (!is_rest && strcmp(argv[i], "--") == 0) {
            is_rest = true;
        } else if (!is_rest && strcmp(argv[i], "-h") == 0) {
            call.common[OPT_HELP] = "";
        } else if (!is_rest && strncmp(argv[i], "--", 2) == 0) {
            if (option_take(&call, argc, argv, &i) != 0)
                return 2;
        } else if (call.operand_count == OPERANDS_MAX) {
            return usage("参数太多", "too many operands", argv[i], call.verb);
        } else {
            operands[call.operand_count++] = argv[i];
        }
    }
    return verb_call(&call);
}
