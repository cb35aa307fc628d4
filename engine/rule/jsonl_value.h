/* SPDX-License-Identifier: Apache-2.0 */
/* jsonl_value.h: values of the language as JSON, for `rules eval --jsonl`.
 *
 * From     the bindings of a line
 * Errors   false, NULL: not of the type, or arena full; the line is then answered with an error */
#ifndef HEDUI_RULE_JSONL_VALUE_H
#define HEDUI_RULE_JSONL_VALUE_H

#include "engine/base/json.h"
#include "engine/rule/value.h"

/* What a value tells of its type by itself. *unsupported names a feature outside the subset. */
const struct type *jsonl_type(const struct json_node *node, const char **unsupported,
                              struct arena *arena);
bool jsonl_read(const struct json_node *node, const struct type *type, struct value *out,
                struct text name, struct causes *causes);
/* A value without unknown parts. frame: for the fields of records. */
void jsonl_write(struct json *json, const struct value *value, const struct type *type,
                 void *frame);

#endif
