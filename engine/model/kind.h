/* SPDX-License-Identifier: Apache-2.0 */
/* kind.h: the vocabulary of records: which kinds there are, their fields, their code lists.
 *
 * From     rules/model.yaml, the one file that adapters write to and rules read from
 * To       every room downstream; a department is a kind plus a mapping, never C
 * Lives    in the world's arena, unchanged
 * Threads  any number may read
 * Errors   a wrong file is reported with file:line:column in the messages
 * Why      the engine knows types, not departments. */
#ifndef HEDUI_MODEL_KIND_H
#define HEDUI_MODEL_KIND_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/crypt.h"
#include "engine/base/message.h"

enum field_type {
    FIELD_IDENTITY,
    FIELD_NAME,
    FIELD_TEXT,
    FIELD_CODE,    /* value: number of the code in its list, from 0 */
    FIELD_DATE,    /* value: days since 1970-01-01 */
    FIELD_MONTH,   /* value: year × 12 + month − 1 */
    FIELD_MONEY,   /* value: fen */
    FIELD_DECIMAL, /* value: units of 10^-scale */
    FIELD_INT,
    FIELD_BOOL,
};

enum blank_rule { BLANK_REFUSES, BLANK_NONE, BLANK_UNKNOWN };

struct code {
    struct text name, zh, en; /* en may be empty */
};
struct code_list {
    struct text name;
    uint32_t count;
    struct code *codes;
};

enum field_per { PER_ONCE, PER_MONTH, PER_YEAR }; /* an amount: a total or a stock, or by the … */

struct field {
    struct text name, zh, en; /* en may be empty */
    enum field_type type;
    uint8_t scale;                 /* FIELD_DECIMAL: 0 to 6 */
    const struct code_list *codes; /* FIELD_CODE */
    enum blank_rule blank;
    enum field_per per;                                                      /* FIELD_MONEY */
    bool is_of_case, is_thing, is_share, is_period, is_sensitive, is_closed; /* closed: rules: no */
    bool has_min, has_max;
    int64_t min, max; /* in the units of the value; outside: the row is refused */
};

struct kind {
    struct text name, zh, en, list; /* list: name in expressions, "vehicles" */
    uint32_t number;                /* in model->kinds */
    uint32_t limit;                 /* rows per person */
    uint32_t owner;                 /* number of the identity field that joins to a member */
    int32_t owner_name;             /* number of the first FIELD_NAME field, -1: none */
    int32_t period;                 /* number of the field marked period: yes, -1: none */
    int32_t share;                  /* number of the field marked share: yes, -1: none */
    uint32_t *facing;               /* of a pair, by field: whose value it takes where the row is
                                       read from its other side; NULL: it has one side */
    uint32_t other;                 /* of a pair: number of the identity field facing the owner */
    bool has_thing;                 /* some field is marked thing: yes */
    uint32_t field_count;           /* ≤ FIELDS_MAX */
    struct field *fields;
};
#define FIELDS_MAX 64
#define KINDS_MAX 64

struct model {
    struct text name;     /* "household/1" */
    struct text folder;   /* that the file lies in, with its slash; packs may lie beside it */
    struct digest digest; /* of the file's bytes */
    uint32_t kind_count, list_count;
    struct kind *kinds;
    struct code_list *lists;
    const struct kind *applicant; /* the kind that applications are made of */
};

/* *out on success only; HEDUI_E_INPUT where messages hold errors. */
HEDUI_CHECKED hedui_status model_load(struct model **out, const char *path,
                                      struct messages *messages, struct arena *arena,
                                      struct err *err);
const struct kind *model_kind(const struct model *model, struct text name);         /* or NULL */
const struct kind *model_kind_by_list(const struct model *model, struct text list); /* or NULL */
const struct code_list *model_codes(const struct model *model, struct text name);   /* or NULL */
int32_t kind_field(const struct kind *kind, struct text name);     /* number, or -1 */
int32_t code_find(const struct code_list *list, struct text name); /* number, or -1 */
/* The list as did-you-mean text helpers: nearest name within the usual distance, or empty. */
struct text kind_near_field(const struct kind *kind, struct text name);

#endif
