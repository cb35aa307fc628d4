/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_scan.h: what libyaml does not tell: where each character of a scalar stands in the file.
 *
 * From     the bytes of the file, without its mark of order (BOM)
 * To       yaml.c alone
 * Lives    in scratch, as long as one file is being read
 * Errors   only memory
 * Why      an expression in a folded or escaped scalar is reported under its own character. */
#ifndef HEDUI_BASE_YAML_SCAN_H
#define HEDUI_BASE_YAML_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/base/yaml.h"

enum yaml_scan_result { YAML_SCAN_CLEAN, YAML_SCAN_NOT_UTF8, YAML_SCAN_TAB, YAML_SCAN_CONTROL };

struct yaml_scan {
    struct text bytes;
    uint32_t *offsets; /* of each character, and the length behind the last */
    uint32_t chars;
};

/* The first byte that may not be there, and its offset. */
enum yaml_scan_result yaml_scan_check(struct text bytes, size_t *offence);
/* The line that holds byte `at`, as GB 18030 reads it; .at NULL: the file is not that either. */
struct text yaml_scan_gbk(struct text bytes, size_t at, struct arena *arena);
/* Line and column of the byte `offset`. */
void yaml_scan_place(struct text bytes, size_t offset, struct place *place);
/* Needs clean bytes. */
HEDUI_CHECKED hedui_status yaml_scan_open(struct yaml_scan *scan, struct arena *scratch,
                                          struct err *err);
/* The text from character `index` to where a value would end, without comment. */
struct text yaml_scan_bare(const struct yaml_scan *scan, size_t index, bool is_flow);
/* The "!" on the same line, before character `index`, that libyaml read as a tag; SIZE_MAX: none.
 */
size_t yaml_scan_tag(const struct yaml_scan *scan, size_t index);
/* Whether character `index` starts something that is not blank. */
bool yaml_scan_back(const struct yaml_scan *scan, size_t index);
/* Moves node->place to the first character of the text and sets node->marks where they are needed.
 * raw: the scalar before NFC; it stands in the characters from `start` to `end` of the file. */
HEDUI_CHECKED hedui_status yaml_scan_marks(const struct yaml_scan *scan, struct text raw,
                                           struct yaml_node *node, size_t start, size_t end,
                                           bool is_block, struct arena *arena, struct err *err);

#endif
