/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/verb.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/ban.h"

const struct verb *const verbs[] = {
    &verb_feed_check,
    &verb_ingest,
    &verb_snapshot_list,
    &verb_snapshot_show,
    &verb_snapshot_verify,
    &verb_snapshot_drop,
    &verb_key_list,
    &verb_key_rotate,
    &verb_verify,
    &verb_reconcile,
    &verb_explain,
    &verb_replay,
    &verb_open,
    &verb_rules_check,
    &verb_rules_test,
    &verb_rules_eval,
    &verb_rules_diff,
    &verb_rules_explain,
    &verb_rules_set,
    &verb_rules_affected,
    &verb_rules_follow,
    &verb_rules_flatten,
    &verb_rules_hash,
    &verb_rules_json_schema,
    &verb_doctor,
    &verb_gen,
    &verb_help,
};
const uint32_t verb_count = LEN(verbs);

/* clang-format off */
const struct option_spec common_options[OPT_COMMON_COUNT] = {
    [OPT_DATA] = {"data", "DIR", "数据目录（默认 ./hedui-data）", "data directory (./hedui-data)"},
    [OPT_MODEL] = {"model", "FILE", "词汇表（默认随程序的 rules/model.yaml）",
                   "vocabulary (rules/model.yaml beside the program)"},
    [OPT_KEY] = {"key", "FILE", "密钥文件（默认 DIR/key；最好放在另一块盘上）",
                 "key file (DIR/key; better on another disk)"},
    [OPT_RING] = {"ring", "FILE", "密钥环文件（默认在密钥旁，名后加 .ring）",
                  "key ring file (beside the key, its name and .ring)"},
    [OPT_THREADS] = {"threads", "N", "线程数（默认 2）", "threads (2)"},
    [OPT_MEMORY] = {"memory", "SIZE", "建库内存上限（默认 2G）", "memory while building (2G)"},
    [OPT_JSON] = {"json", NULL, "输出 JSON", "print JSON"},
    [OPT_HELP] = {"help", NULL, "显示帮助", "show help"},
    [OPT_LANG] = {"lang", "zh|en", "输出语言（默认 zh）", "language of the output (zh)"},
};
/* clang-format on */

#define NAME_MAX_BYTES 64

static void
words_join(char out[NAME_MAX_BYTES], const char *const *words, uint32_t count)
{
    if (count >= 2)
        snprintf(out, NAME_MAX_BYTES, "%s %s", words[0], words[1]);
    else
        snprintf(out, NAME_MAX_BYTES, "%s", count == 1 ? words[0] : "");
}

const struct verb *
verb_find(const char *const *words, uint32_t count, uint32_t *used)
{
    char joined[NAME_MAX_BYTES];

    for (uint32_t n = count < 2 ? count : 2; n > 0; n--) {
        words_join(joined, words, n);
        for (uint32_t i = 0; i < verb_count; i++)
            if (strcmp(joined, verbs[i]->name) == 0) {
                *used = n;
                return verbs[i];
            }
    }
    return NULL;
}

bool
verb_is_group(const char *word)
{
    size_t len = strlen(word);

    for (uint32_t i = 0; i < verb_count; i++)
        if (strncmp(verbs[i]->name, word, len) == 0 && verbs[i]->name[len] == ' ')
            return true;
    return false;
}

int
verb_unknown(const char *const *words, uint32_t count)
{
    struct text names[256];
    char joined[NAME_MAX_BYTES];
    uint32_t known = 0, given = count < 2 || words[1][0] == '-' ? 1 : 2;
    size_t near;

    for (; known < verb_count && known < LEN(names); known++)
        names[known] = text_of(verbs[known]->name);
    words_join(joined, words, given);
    near = text_nearest(text_of(joined), names, known);
    if (near == SIZE_MAX && given == 2 && !verb_is_group(words[0])) { /* an operand follows */
        words_join(joined, words, 1);
        near = text_nearest(text_of(joined), names, known);
    }
    if (near == SIZE_MAX)
        fprintf(stderr,
                "hedui: 没有命令 '%s'，见 hedui --help\n"
                "hedui: no such verb '%s', see hedui --help\n",
                joined, joined);
    else
        fprintf(stderr,
                "hedui: 没有命令 '%s'，是否指 '%s'？见 hedui --help\n"
                "hedui: no such verb '%s'; did you mean '%s'? see hedui --help\n",
                joined, verbs[near]->name, joined, verbs[near]->name);
    return 2;
}
