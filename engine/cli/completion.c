/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/completion.h"

#include <string.h>

#include "engine/base/ban.h"

enum completion_offer
completion_offer(const struct option_spec *option)
{
    static const char *const files[] = {"FILE", "PACK", "MAPPING", "BATCH"};

    if (option->value == NULL)
        return OFFER_NOTHING;
    if (strchr(option->value, '|') != NULL)
        return OFFER_WORDS;
    if (strcmp(option->value, "DIR") == 0)
        return OFFER_FOLDERS;
    for (size_t i = 0; i < LEN(files); i++)
        if (strstr(option->value, files[i]) != NULL)
            return OFFER_FILES;
    return OFFER_NOTHING;
}

void
completion_words(struct buf *out, const char *value)
{
    for (; *value != '\0'; value++)
        buf_byte(out, *value == '|' ? ' ' : *value);
}

struct text
completion_word(const struct verb *verb, uint32_t number)
{
    size_t first = strcspn(verb->name, " ");

    if (number == 0)
        return (struct text){verb->name, first};
    return verb->name[first] == '\0' ? TEXT("") : text_of(verb->name + first + 1);
}

bool
completion_is_new(uint32_t number)
{
    for (uint32_t i = 0; i < number; i++)
        if (text_eq(completion_word(verbs[i], 0), completion_word(verbs[number], 0)))
            return false;
    return true;
}

hedui_status
completion_print(struct buf *out, const char *shell, struct err *err)
{
    static const struct {
        const char *name;
        void (*print)(struct buf *out);
    } shells[] = {
        {"bash", completion_bash},
        {"zsh",  completion_zsh },
        {"fish", completion_fish}
    };

    for (size_t i = 0; i < LEN(shells); i++)
        if (strcmp(shell, shells[i].name) == 0) {
            shells[i].print(out);
            return buf_check(out, err);
        }
    return err_set(err, HEDUI_E_USAGE,
                   "--completion 是 bash、zsh 或 fish，不是 '%s'\n"
                   "--completion is bash, zsh or fish, not '%s'",
                   shell, shell);
}
