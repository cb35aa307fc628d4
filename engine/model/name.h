/* SPDX-License-Identifier: Apache-2.0 */
/* name.h: a person's or body's name: cleaned, folded for comparison, masked for print.
 *
 * The cleaned form keeps what was written, less blanks around it. The folded form also folds
 * width (NFKC of compatibility forms), case, separators (· • ・ . and blanks), old private-use
 * characters of GB18030 and other shapes of one character (呂 吕, 髙 高, 黃 黄). NAME_NORMALISER is
 * stored beside every column of tags: raised by any change of the folding. */
#ifndef HEDUI_MODEL_NAME_H
#define HEDUI_MODEL_NAME_H

#include "engine/base/arena.h"

#define NAME_NORMALISER 2
#define NAME_MAX 256 /* bytes of a folded name; a longer one is cut at a character */

/* out: NAME_MAX bytes of the caller; answers the length. `name` is UTF-8. */
size_t name_fold(struct text name, char *out);
/* "汪**", "欧阳**" for the known double surnames, "A***" for Latin words; out: NAME_MAX bytes. */
size_t name_mask(struct text name, char *out);

#endif
