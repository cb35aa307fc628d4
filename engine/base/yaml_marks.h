/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_marks.h: where each character of a scalar stands in the file. For yaml.c alone.
 *
 * Why  an error inside an expression must point at the source, through the indent of a block, the
 *      folding of lines and the escapes of quotes. */
#ifndef HEDUI_BASE_YAML_MARKS_H
#define HEDUI_BASE_YAML_MARKS_H

#include "engine/base/yaml.h"

enum marks_style { MARKS_PLAIN, MARKS_SINGLE, MARKS_DOUBLE, MARKS_LITERAL, MARKS_FOLDED };

struct marks_source {
    struct text bytes;  /* of the file, from the scalar's first character (quote, |, >) on */
    struct place place; /* of that character */
    enum marks_style style;
};

/* Sets node->place to the first character of node->text, and node->marks (one more than there are
 * characters: the end) where the text is not one run of the source. false: arena full. */
bool marks_build(struct yaml_node *node, const struct marks_source *source, struct arena *arena);

#endif
