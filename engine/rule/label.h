/* SPDX-License-Identifier: Apache-2.0 */
/* label.h: a pack's names in the words that its author gave them, for sheets and reports.
 *
 * From     a pack and what a finding names: rules, facts, parameters, causes
 * To       verdict's writers for people
 * Lives    texts of the pack
 * Errors   a name without words is empty, or stands as it is
 * Why      whoever signs a report reads 家庭存款 > 存款上限, not savings > savings_limit. */
#ifndef HEDUI_RULE_LABEL_H
#define HEDUI_RULE_LABEL_H

#include "engine/rule/judge.h"

struct text label_rule(const struct pack *pack, struct text rule);
struct text label_unless(const struct pack *pack, struct text rule, struct text id);
struct text label_source(const struct pack *pack, struct text source); /* "applicant": 申请表 */
/* An expression as `compared` prints it, its names replaced by labels and `*` by ×. */
void label_expr(struct buf *out, const struct pack *pack, struct text expr);
/* A cause in words: "A.accounts@bank" is "A 的银行账户（银行）". */
void label_cause(struct buf *out, const struct pack *pack, struct text cause);
const char *label_unit(const struct type *type); /* "元", "元／月", "元／年" or "" */
void label_figure(struct buf *out, const struct figure *figure); /* its value as people read it */

#endif
