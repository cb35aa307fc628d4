/* SPDX-License-Identifier: Apache-2.0 */
/* completion.h: what a shell may offer behind `hedui`: the words of the table, file by file a
 * shell.
 *
 * From     verbs[] and common_options[] (verb.h)
 * To       completion_bash.c, completion_zsh.c, completion_fish.c; asked for in manual.h
 * Lives    nothing is kept */
#ifndef HEDUI_CLI_COMPLETION_H
#define HEDUI_CLI_COMPLETION_H

#include "engine/cli/manual.h"
#include "engine/cli/verb.h"

/* What stands for the value of an option, told from the table's own word for it. */
enum completion_offer { OFFER_NOTHING, OFFER_FILES, OFFER_FOLDERS, OFFER_WORDS };
enum completion_offer completion_offer(const struct option_spec *option); /* a flag: NOTHING */
/* "zh|en" as "zh en". */
void completion_words(struct buf *out, const char *value);

/* "feed check": word 0 is "feed", word 1 "check"; "" where there is none. */
struct text completion_word(const struct verb *verb, uint32_t number);
/* Does verb number `number` bring a first word that none before it has? */
bool completion_is_new(uint32_t number);

void completion_bash(struct buf *out);
void completion_zsh(struct buf *out);
void completion_fish(struct buf *out);

#endif
