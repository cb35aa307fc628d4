/* SPDX-License-Identifier: Apache-2.0 */
/* json.h: canonical JSON out, strict JSON in; both our own (docs/decisions/0001).
 *
 * The writer makes no space, keeps the order in which it is called, escapes only what it must
 * (quote, backslash, control bytes as \n \t \r \b \f or \u00xx) and writes UTF-8 as it is.
 * The reader gives a tree in an arena; a real number is kept as its text (JSON_REAL), never as a
 * double; repeated keys are refused. Symbols are hidden: a library that links jansson has
 * functions of the same names. */
#ifndef HEDUI_BASE_JSON_H
#define HEDUI_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/base/buf.h"
#include "engine/base/crypt.h"

#pragma GCC visibility push(hidden)

struct json { /* a writer over a buf; zero it to begin */
    struct buf *out;
    bool needs_comma;
};

void json_begin(struct json *json, struct buf *out);
void json_object(struct json *json); /* { */
void json_end_object(struct json *json);
void json_array(struct json *json); /* [ */
void json_end_array(struct json *json);
void json_key_text(struct json *json, struct text key);
void json_key_plain(struct json *json, const char *key, size_t len); /* nothing to escape in it */
static inline void
json_key(struct json *json, const char *key) /* our own words, which are plain, go the short way */
{
    if (__builtin_constant_p(strlen(key)))
        json_key_plain(json, key, strlen(key));
    else
        json_key_text(json, text_of(key));
}
void json_text(struct json *json, struct text value);
void json_raw(struct json *json, struct text members); /* as they stand: "a":1,"b":2 */
void json_str(struct json *json, const char *value);
void json_int(struct json *json, int64_t value);
void json_uint(struct json *json, uint64_t value);
void json_bool(struct json *json, bool value);
void json_null(struct json *json);
void json_digest(struct json *json, const char *key, const struct digest *digest); /* key and hex */
/* An object of two: what was counted, and how often. */
void json_tally(struct json *json, const char *what_key, struct text what, const char *count_key,
                uint64_t count);
void json_newline(struct json *json); /* end of a JSON line: no comma before the next value */

enum json_type { JSON_NULL, JSON_BOOL, JSON_INT, JSON_REAL, JSON_STRING, JSON_ARRAY, JSON_OBJECT };
struct json_node {
    enum json_type type;
    bool boolean;
    int64_t integer;
    struct text text; /* JSON_STRING: the string; JSON_REAL: the number as written */
    uint32_t count;
    struct text *keys;        /* JSON_OBJECT */
    struct json_node *values; /* JSON_ARRAY, JSON_OBJECT */
};

/* HEDUI_E_INPUT with line and column. Depth ≤ 64. An integer outside int64 is JSON_REAL. */
HEDUI_CHECKED hedui_status json_parse(struct json_node **out, struct text source,
                                      struct arena *arena, struct err *err);
/* The same, and a string may hold U+0000: expressions under test may. */
HEDUI_CHECKED hedui_status json_parse_nul(struct json_node **out, struct text source,
                                          struct arena *arena, struct err *err);
const struct json_node *json_get(const struct json_node *object, const char *key); /* or NULL */

#pragma GCC visibility pop

#endif
