/* SPDX-License-Identifier: Apache-2.0 */
/* show.h: values as people read them: amounts in yuan, fractions to four places, unknowns said so.
 */
#ifndef HEDUI_RULE_SHOW_H
#define HEDUI_RULE_SHOW_H

#include "engine/rule/bind.h"
#include "engine/rule/tree.h"

enum lang { LANG_ZH, LANG_EN };
void show_value(struct buf *out, const struct value *value, const struct type *type,
                enum lang lang);
const char *show_unit(const struct type *type); /* of amounts: "元", "元／月", "元／年"; else "" */
/* The value with its number or bounds brought from units of 10^-scale to ones. */
struct ratio ones_of(struct ratio ratio, const struct type *type);
/* A number of the family of `type` (amounts: of a fen). */
void show_ratio(struct buf *out, struct ratio ratio, const struct type *type, enum lang lang);
void show_template(struct buf *out, struct run *run, const struct template *parts, enum lang lang);
struct text show_text(const struct buf *buf, struct arena *arena); /* a copy in the arena */

#endif
