/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/completion.h"

#include <string.h>

#include "engine/base/ban.h"

/* Words between single quotes, where [ ] : and \ have a meaning to _arguments and _describe. */
static void
words_put(struct buf *out, const char *words)
{
    for (; *words != '\0'; words++) {
        if (strchr("[]:\\", *words) != NULL)
            buf_byte(out, '\\');
        if (*words == '\'')
            buf_str(out, "'\\''");
        else
            buf_byte(out, *words);
    }
}

static void
said_put(struct buf *out, const char *zh, const char *en)
{
    words_put(out, zh);
    buf_str(out, " | ");
    words_put(out, en);
}

static void
option_put(struct buf *out, const struct option_spec *option)
{
    buf_printf(out, " \\\n            '--%s%s[", option->name, option->value == NULL ? "" : "=");
    said_put(out, option->zh, option->en);
    buf_byte(out, ']');
    if (option->value != NULL) {
        buf_byte(out, ':');
        words_put(out, option->value);
        buf_byte(out, ':');
    }
    switch (completion_offer(option)) {
    case OFFER_WORDS:
        buf_byte(out, '(');
        completion_words(out, option->value);
        buf_byte(out, ')');
        break;
    case OFFER_FILES:
        buf_str(out, "_files");
        break;
    case OFFER_FOLDERS:
        buf_str(out, "_files -/");
        break;
    case OFFER_NOTHING:
        break;
    }
    buf_byte(out, '\'');
}

/* words=('check:…' …): of the group `first`, or the first words where it is empty. */
static void
choices_put(struct buf *out, struct text first)
{
    for (uint32_t i = 0; i < verb_count; i++) {
        bool is_group = completion_word(verbs[i], 1).len > 0;

        if (first.len == 0 ? !completion_is_new(i) : !text_eq(completion_word(verbs[i], 0), first))
            continue;
        buf_printf(out, " \\\n            '" TEXT_FMT ":",
                   TEXT_ARG(completion_word(verbs[i], first.len == 0 ? 0 : 1)));
        if (first.len == 0 && is_group)
            buf_str(out, "…");
        else
            said_put(out, verbs[i]->zh, verbs[i]->en);
        buf_byte(out, '\'');
    }
}

void
completion_zsh(struct buf *out)
{
    buf_str(out,
            "#compdef hedui\n# zsh completion of hedui, made by `hedui help --completion zsh`\n"
            "_hedui() {\n    local -a choices\n    if (( CURRENT == 2 )); then\n"
            "        choices=(");
    choices_put(out, TEXT(""));
    buf_str(out,
            ")\n        _describe hedui choices\n        return\n    fi\n    case $words[2] in\n");
    for (uint32_t i = 0; i < verb_count; i++) {
        struct text first = completion_word(verbs[i], 0);

        if (!completion_is_new(i) || completion_word(verbs[i], 1).len == 0)
            continue;
        buf_printf(out,
                   "    (" TEXT_FMT ")\n        if (( CURRENT == 3 )); then\n            choices=(",
                   TEXT_ARG(first));
        choices_put(out, first);
        buf_str(out, ")\n            _describe hedui choices\n            return\n        fi\n"
                     "        words=(\"$words[2] $words[3]\" \"${(@)words[4,-1]}\")\n"
                     "        (( CURRENT -= 2 )) ;;\n");
    }
    buf_str(out, "    (*)\n        words=(\"${(@)words[2,-1]}\")\n        (( CURRENT -= 1 )) ;;\n"
                 "    esac\n    case $words[1] in\n");
    for (uint32_t i = 0; i < verb_count; i++) {
        buf_printf(out, "    ('%s')\n        _arguments", verbs[i]->name);
        for (const struct option_spec *o = verbs[i]->options; o->name != NULL; o++)
            option_put(out, o);
        for (uint32_t o = 0; o < OPT_COMMON_COUNT; o++)
            option_put(out, &common_options[o]);
        buf_str(out, " \\\n            '*:FILE:_files' ;;\n");
    }
    buf_str(out, "    esac\n}\n_hedui \"$@\"\n");
}
