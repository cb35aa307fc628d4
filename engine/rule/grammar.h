/* SPDX-License-Identifier: Apache-2.0 */
/* grammar.h: the keys of every construct of a pack, its tests and packs.yaml, in one table.
 *
 * From     the table in grammar.c
 * To       the loaders, which refuse a key that is not in it; `rules json-schema`, which hands the
 *          same table to editors for completion and hover help
 * Lives    for ever; constant
 * Why      a second list of keys beside the loader's would drift, and an editor that completes
 *          what the loader refuses is worse than none. */
#ifndef HEDUI_RULE_GRAMMAR_H
#define HEDUI_RULE_GRAMMAR_H

#include "engine/base/buf.h"
#include "engine/base/yaml.h"
#include "engine/model/kind.h"

enum grammar {
    GRAMMAR_PACK,
    GRAMMAR_PARAM,
    GRAMMAR_VALUE,
    GRAMMAR_FACT,
    GRAMMAR_TABLE,
    GRAMMAR_ROW,
    GRAMMAR_RULE,
    GRAMMAR_UNLESS,
    GRAMMAR_REASON,
    GRAMMAR_EVIDENCE,
    GRAMMAR_DECLARED,
    GRAMMAR_MISSING,
    GRAMMAR_SET,
    GRAMMAR_DISABLE,
    GRAMMAR_TESTS,
    GRAMMAR_TEST,
    GRAMMAR_EXPECT,
    GRAMMAR_SWEEP,
    GRAMMAR_BASE,
    GRAMMAR_ROUTES,
    GRAMMAR_ROUTE,
    GRAMMAR_CONFLICT,
    GRAMMARS
};

/* What may stand behind a key. `of` says which construct, words or end it means. */
enum grammar_shape {
    SHAPE_TEXT,     /* any scalar */
    SHAPE_EXPR,     /* an expression: any scalar */
    SHAPE_VALUE,    /* a value of a declared type: a scalar or a list of them */
    SHAPE_TYPE,     /* a type of the language */
    SHAPE_DAY,      /* 2026-07-01 */
    SHAPE_BOOL,     /* yes, no */
    SHAPE_COUNT,    /* a whole number from 0 to `of` */
    SHAPE_WORD,     /* one of words[of] */
    SHAPE_CODE,     /* a code of the model's list `programme` */
    SHAPE_KINDS,    /* a list of the model's kinds */
    SHAPE_LIST,     /* a list of texts */
    SHAPE_ITEMS,    /* a list of constructs */
    SHAPE_ENTRIES,  /* names, each with a construct */
    SHAPE_ONE,      /* a construct */
    SHAPE_SECTIONS, /* `add`: the sections of a pack */
    SHAPE_VERBS,    /* `replace`: rules.NAME, facts.NAME, tables.NAME, each with the construct */
    SHAPE_CASE,     /* fields of the application */
    SHAPE_PERSONS,  /* keys, each with a person's fields and lists */
    SHAPE_FREE      /* anything that is a map */
};
enum grammar_choice {
    CHOICE_NONE,
    CHOICE_ONE, /* exactly one of the construct's keys that say so */
    CHOICE_SOME /* at least one */
};
struct grammar_key {
    const char *name;
    enum grammar_shape shape;
    uint32_t of;
    bool is_must;
    enum grammar_choice choice;
    const char *zh, *en; /* one line of help */
};
struct grammar_construct {
    const char *name;
    bool is_open; /* has further keys of its own: the columns of a table's row */
    const struct grammar_key *keys;
    uint32_t key_count;
};
const struct grammar_construct *grammar_of(enum grammar of);
/* As yaml_check_keys(), by the table. */
bool grammar_check(const struct yaml_node *map, enum grammar of, struct messages *messages);

/* Which file a schema is for. */
enum grammar_file { FILE_PACK, FILE_TESTS, FILE_ROUTES };
/* The table as a JSON schema (draft-07), with the kinds, fields and codes of `model`. */
HEDUI_CHECKED hedui_status grammar_schema(struct buf *out, enum grammar_file file,
                                          const struct model *model, struct err *err);
/* Words of SHAPE_WORD; ends with NULL. */
const char *const *grammar_words(uint32_t number);

#endif
