/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_wide.h: full-width signs that an input method left where YAML wants its own: “：”, “，”,
 * “｛”.
 *
 * From     a file that libyaml refuses, or a scalar that should have been more than one
 * To       yaml.c and yaml_keys.c; Y016 with the line as it should read
 * Lives    the texts in the arena given
 * Errors   none: what cannot be mended is told as before
 * Why      to YAML such a sign is a letter, so the message would speak of a missing colon that the
 *          writer sees on the screen. A sign is blamed only where the file is readable without it.
 */
#ifndef HEDUI_BASE_YAML_WIDE_H
#define HEDUI_BASE_YAML_WIDE_H

#include "engine/base/yaml.h"

/* Looks for a sign on line `line` without which the first error lies below line `error`; true:
 * *place, *sign and *mended (the line, trimmed) are set. */
bool yaml_wide_find(const struct source *source, uint32_t line, uint32_t error, struct place *place,
                    struct text *sign, struct text *mended, struct arena *arena);
void yaml_wide_report(struct messages *messages, struct place place, struct text sign,
                      struct text mended);

/* yaml.c: the line of the first error in `bytes`; 0: there is none. */
uint32_t yaml_first_error(struct text bytes);

#endif
