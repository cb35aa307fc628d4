/* SPDX-License-Identifier: Apache-2.0 */
/* rules_diff.h: the difference of two packs, for people and for programs. */
#ifndef HEDUI_CLI_RULES_DIFF_H
#define HEDUI_CLI_RULES_DIFF_H

#include "engine/rule/moves.h"

enum diff_lang { DIFF_BOTH, DIFF_ZH, DIFF_EN };
/* has_cases: false where only the packs were compared. */
void diff_text(struct buf *out, const struct changes *changes, const struct moves *moves,
               bool has_cases, enum diff_lang lang);
void diff_json(struct buf *out, const struct pack *old, const struct pack *new,
               const struct changes *changes, const struct moves *moves, bool has_cases);

#endif
