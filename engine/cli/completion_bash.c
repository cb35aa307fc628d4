/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/completion.h"

#include "engine/base/ban.h"

/* One arm of `case "$verb $prev"`: what to offer as the option's value. */
static void
value_put(struct buf *out, const char *pattern, const struct option_spec *option)
{
    if (option->value == NULL)
        return;
    buf_printf(out, "    '%s --%s ')\n", pattern, option->name);
    switch (completion_offer(option)) {
    case OFFER_WORDS:
        buf_str(out, "        COMPREPLY=($(compgen -W '");
        completion_words(out, option->value);
        buf_str(out, "' -- \"$cur\"))\n");
        break;
    case OFFER_FILES:
        buf_str(out, "        COMPREPLY=($(compgen -f -- \"$cur\"))\n");
        break;
    case OFFER_FOLDERS:
        buf_str(out, "        COMPREPLY=($(compgen -d -- \"$cur\"))\n");
        break;
    case OFFER_NOTHING:
        break;
    }
    buf_str(out, "        return ;;\n");
}

/* Sets `verb`, or offers second words. */
static void
verbs_put(struct buf *out)
{
    buf_str(out, "    case ${COMP_WORDS[1]} in\n");
    for (uint32_t i = 0; i < verb_count; i++) {
        struct text first = completion_word(verbs[i], 0);

        if (!completion_is_new(i) || completion_word(verbs[i], 1).len == 0)
            continue;
        buf_printf(out,
                   "    " TEXT_FMT ")\n        if [ \"$COMP_CWORD\" -eq 2 ]; then\n"
                   "            COMPREPLY=($(compgen -W '",
                   TEXT_ARG(first));
        for (uint32_t k = i; k < verb_count; k++)
            if (text_eq(completion_word(verbs[k], 0), first))
                buf_printf(out, TEXT_FMT " ", TEXT_ARG(completion_word(verbs[k], 1)));
        buf_str(out, "--help' -- \"$cur\"))\n            return\n        fi\n"
                     "        verb=\"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" ;;\n");
    }
    buf_str(out, "    *) verb=${COMP_WORDS[1]} ;;\n    esac\n");
}

static void
values_put(struct buf *out)
{
    buf_str(out, "    case \"$verb $prev \" in\n");
    for (uint32_t i = 0; i < verb_count; i++)
        for (const struct option_spec *o = verbs[i]->options; o->name != NULL; o++)
            value_put(out, verbs[i]->name, o);
    buf_str(out, "    esac\n    case \" $prev \" in\n");
    for (uint32_t o = 0; o < OPT_COMMON_COUNT; o++)
        value_put(out, "", &common_options[o]);
    buf_str(out, "    esac\n");
}

static void
options_put(struct buf *out)
{
    buf_str(out, "    case $verb in\n");
    for (uint32_t i = 0; i < verb_count; i++) {
        buf_printf(out, "    '%s') words='", verbs[i]->name);
        for (const struct option_spec *o = verbs[i]->options; o->name != NULL; o++)
            buf_printf(out, "--%s ", o->name);
        buf_str(out, "' ;;\n");
    }
    buf_str(out, "    esac\n    COMPREPLY=($(compgen -W \"$words ");
    for (uint32_t o = 0; o < OPT_COMMON_COUNT; o++)
        buf_printf(out, "--%s ", common_options[o].name);
    buf_str(out, "\" -- \"$cur\"))\n");
}

void
completion_bash(struct buf *out)
{
    buf_str(out, "# bash completion of hedui, made by `hedui help --completion bash`\n"
                 "_hedui()\n{\n"
                 "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                 "    local verb= words=\n"
                 "    COMPREPLY=()\n"
                 "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                 "        COMPREPLY=($(compgen -W '");
    for (uint32_t i = 0; i < verb_count; i++)
        if (completion_is_new(i))
            buf_printf(out, TEXT_FMT " ", TEXT_ARG(completion_word(verbs[i], 0)));
    buf_str(out, "--help --version' -- \"$cur\"))\n        return\n    fi\n");
    verbs_put(out);
    values_put(out);
    buf_str(out, "    if [ \"${cur#-}\" = \"$cur\" ]; then\n"
                 "        COMPREPLY=($(compgen -f -- \"$cur\"))\n        return\n    fi\n");
    options_put(out);
    buf_str(out, "}\ncomplete -o filenames -F _hedui hedui\n");
}
