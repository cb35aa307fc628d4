/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_in.h: what a mapping is inside the feed room.
 *
 * From     mapping.c, mapping_codes.c
 * To       parse.c and the readers
 * Lives    in the arena of mapping_load(); unchanged, so that all lanes may read it */
#ifndef HEDUI_FEED_MAPPING_IN_H
#define HEDUI_FEED_MAPPING_IN_H

#include "engine/base/yaml.h"
#include "engine/base/charset.h"
#include "engine/feed/mapping.h"
#include "engine/model/batch.h"
#include "engine/model/value.h"

#define COLUMNS_MAX 4096     /* of a file */
#define LINE_MAX_BYTES 65536 /* of a row, with its end */
#define SKIPS_MAX 32
#define SEVERAL_MAX 8 /* separators */

struct code_word {
    struct text word; /* theirs */
    uint32_t code;    /* ours: number in the model's list */
};

struct code_table { /* open addressing; at most half full */
    struct text name;
    uint32_t slot_count;     /* a power of two */
    struct code_word *slots; /* word.at NULL: empty */
    uint32_t count;
    struct code_word *words; /* in the order of the file */
};

enum date_form { DATE_FORM_CIVIL, DATE_FORM_SERIAL };

struct constant { /* a value that stands for a cell */
    bool is_set;
    uint8_t state;
    int64_t number;
    struct text text;
    struct identity identity;
};

struct field_map {
    bool is_mapped; /* named in the mapping: by column or value */
    uint32_t alias_count;
    struct text *aliases;    /* 0: fixed value */
    struct code_table codes; /* FIELD_CODE */
    enum money_unit unit;
    uint8_t divide; /* decimals: 2 where the column is in percent */
    enum date_form date;
    uint32_t blank_count;
    struct text *blanks; /* texts that count as blank besides "" */
    uint32_t separator_count;
    uint32_t separators[SEVERAL_MAX]; /* code points between several codes; 0: one code a cell */
    uint32_t rank_of[64];             /* by our code: its place in `rank`, UINT32_MAX: not in it */
    struct constant value;            /* the column everywhere, or what a blank cell stands for */
    struct place place;
};

struct skip_rule {
    uint32_t alias_count, word_count;
    struct text *aliases, *words;
    struct text why;
};

struct mapping {
    struct text path, name, source;
    int64_t version;
    struct digest digest;
    const struct model *model;
    const struct kind *kind;
    bool takes_utf8, takes_gb18030;
    char delimiter;
    struct field_map *fields; /* kind->field_count */
    uint32_t skip_count;
    struct skip_rule *skips;
    uint64_t dedupe;
    uint32_t unplaced_max;
};

struct loading { /* while a file is being read */
    struct mapping *mapping;
    const struct yaml_node *codes;
    struct messages *messages;
    struct arena *arena;
    bool is_full; /* the arena is: the load answers arena_full() */
};

/* mapping_codes.c */
/* The table that `field` names by `node` (codes: NAME), or the model's own words where node is
 * NULL. Errors go to the messages. */
void codes_build(struct loading *load, struct code_table *out, const struct field *field,
                 const struct yaml_node *node);
int32_t codes_find(const struct code_table *table, struct text word); /* our code, or -1 */
/* Reports message `code` at `node`; texts without memory mark the load as full. */
void load_complain(struct loading *load, const char *code, const struct yaml_node *node,
                   struct text zh, struct text en);
struct text load_near(struct loading *load, struct text word, const struct text *known,
                      size_t count, bool is_zh);

#endif
