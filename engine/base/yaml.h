/* SPDX-License-Identifier: Apache-2.0 */
/* yaml.h: the one door to libyaml: a tree of nodes with places, read from events.
 *
 * From     a model, mapping or pack file
 * Lives    in the caller's arena; scalars stay text until a schema names a type
 * Errors   reported through the messages (below), never as a bare failure: anchors, aliases, tags,
 *          merge keys, several documents, repeated keys, tabs, bytes that are not UTF-8, and the
 *          limits: file 1 MiB, depth 16, 200,000 events, scalar 16 KiB.
 * Scalars are brought to NFC. */
#ifndef HEDUI_BASE_YAML_H
#define HEDUI_BASE_YAML_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/base/message.h"

enum yaml_type { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_type type;
    bool is_plain;      /* scalar without quotes or block: `null`, `yes`, 007 … are texts still */
    struct place place; /* first character of the node; for quoted and block scalars of the text */
    struct text text;   /* scalar */
    /* Where character i of `text` stands in the file: marks[i] (line, column), for scalars whose
     * text is not one run of source characters (| blocks, folded, escapes); NULL: place.column + i.
     */
    const struct place *marks;
    uint32_t count;
    struct yaml_node *keys;   /* map: scalars, in the order of the file */
    struct yaml_node *values; /* list, map */
};

/* *out is NULL where errors were reported. `file` names the source in messages. */
HEDUI_CHECKED hedui_status yaml_parse(struct yaml_node **out, struct text source, const char *file,
                                      struct messages *messages, struct arena *arena,
                                      struct err *err);
/* sys_slurp and yaml_parse. A file that cannot be read is Y001. */
HEDUI_CHECKED hedui_status yaml_load(struct yaml_node **out, const char *path,
                                     struct messages *messages, struct arena *arena,
                                     struct err *err);
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key); /* or NULL */
/* yes/no/true/false (any of these words, lower case). false: not a bool. */
bool yaml_bool(const struct yaml_node *node, bool *out);
/* Reports Y013 with did-you-mean for each key of `map` that is not in `known` (NULL-ended), and
 * Y014 for each of `must` (NULL-ended, may be NULL) that is missing. true: nothing reported. */
bool yaml_check_keys(const struct yaml_node *map, const char *const *known, const char *const *must,
                     struct messages *messages);

/* Does the plain scalar hold a full-width sign of YAML (“：”, “，” …)? Then Y016, with the line as
 * it should read: for whoever finds the scalar to be no word that is wanted there. */
bool yaml_wide_tell(const struct yaml_node *node, struct messages *messages);

const char *yaml_library(void); /* "0.2.5" */

#endif
