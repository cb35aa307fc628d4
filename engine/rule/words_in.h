/* SPDX-License-Identifier: Apache-2.0 */
/* words_in.h: what words.c and words_list.c share.
 *
 * Lives    see words.h */
#ifndef HEDUI_RULE_WORDS_IN_H
#define HEDUI_RULE_WORDS_IN_H

#include "engine/rule/words.h"

const struct expr *words_bare(const struct expr *node); /* without conversions, which nobody says */
void words_label(struct words *w, struct text label);
void words_inner(struct words *w, const struct expr *node);     /* in brackets where needed */
void words_condition(struct words *w, const struct expr *node); /* a bool, said to be so */
void words_list(struct words *w, const struct expr *node);      /* lists, macros, functions */

#endif
