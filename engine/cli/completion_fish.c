/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/completion.h"

#include "engine/base/ban.h"

/* -d 'zh | en'; in single quotes fish escapes ' and \ by a backslash. */
static void
said_put(struct buf *out, const char *zh, const char *en)
{
    const char *const parts[] = {zh, " | ", en};

    buf_str(out, " -d '");
    for (size_t i = 0; i < LEN(parts); i++)
        for (const char *at = parts[i]; *at != '\0'; at++) {
            if (*at == '\'' || *at == '\\')
                buf_byte(out, '\\');
            buf_byte(out, *at);
        }
    buf_str(out, "'\n");
}

static void
option_put(struct buf *out, const struct option_spec *option)
{
    buf_printf(out, " -l %s", option->name);
    switch (completion_offer(option)) {
    case OFFER_WORDS:
        buf_str(out, " -x -a '");
        completion_words(out, option->value);
        buf_byte(out, '\'');
        break;
    case OFFER_FILES:
        buf_str(out, " -r -F");
        break;
    case OFFER_FOLDERS:
        buf_str(out, " -x -a '(__fish_complete_directories)'");
        break;
    case OFFER_NOTHING:
        buf_str(out, option->value == NULL ? "" : " -x");
        break;
    }
    said_put(out, option->zh, option->en);
}

static void
verb_put(struct buf *out, uint32_t number)
{
    const struct verb *verb = verbs[number];
    struct text first = completion_word(verb, 0), second = completion_word(verb, 1);

    if (completion_is_new(number)) {
        buf_printf(out, "complete -c hedui -n '__hedui_words 1' -f -a " TEXT_FMT, TEXT_ARG(first));
        if (second.len == 0)
            said_put(out, verb->zh, verb->en);
        else
            buf_byte(out, '\n');
    }
    if (second.len > 0) {
        buf_printf(out,
                   "complete -c hedui -n '__hedui_words 2; and __hedui_at " TEXT_FMT
                   "' -f -a " TEXT_FMT,
                   TEXT_ARG(first), TEXT_ARG(second));
        said_put(out, verb->zh, verb->en);
    }
    for (const struct option_spec *o = verb->options; o->name != NULL; o++) {
        buf_printf(out, "complete -c hedui -n '__hedui_at \"%s\"'", verb->name);
        option_put(out, o);
    }
}

void
completion_fish(struct buf *out)
{
    buf_str(out, "# fish completion of hedui, made by `hedui help --completion fish`\n"
                 "function __hedui_words\n    test (count (commandline -opc)) -eq $argv[1]\nend\n"
                 "function __hedui_at\n    set -l words (commandline -opc)\n"
                 "    test \"$words[2]\" = \"$argv[1]\"; or test \"$words[2] $words[3]\" = "
                 "\"$argv[1]\"\nend\n");
    for (uint32_t i = 0; i < verb_count; i++)
        verb_put(out, i);
    for (uint32_t o = 0; o < OPT_COMMON_COUNT; o++) {
        buf_str(out, "complete -c hedui");
        option_put(out, &common_options[o]);
    }
}
