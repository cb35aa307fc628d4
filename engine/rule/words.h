/* SPDX-License-Identifier: Apache-2.0 */
/* words.h: an expression read back in plain Chinese, from its tree and the labels of what it names.
 *
 * From     pack_read.c
 * To       a clerk who holds the paper beside it
 * Lives    `out` is the caller's
 * Why      what is read back is what runs, not what somebody wrote beside it: a rule whose words do
 *          not match the paper is wrong, whatever its author meant. */
#ifndef HEDUI_RULE_WORDS_H
#define HEDUI_RULE_WORDS_H

#include "engine/rule/pack_in.h"
#include "engine/rule/show.h"
#include "engine/rule/tree.h"

struct words {
    const struct pack *pack;
    struct buf *out;
    struct text vars[EXPR_VARS_MAX]; /* what the variable of each macro around is called */
    uint32_t var_count;
};
void words_put(struct words *w, const struct expr *node);
/* A value with its unit: "850.00 元／月". */
void words_value(struct buf *out, const struct value *value, const struct type *type);
/* What rows of the kind are called: 机动车, 成员. */
struct text words_kind(const struct pack *pack, uint32_t kind);

#endif
