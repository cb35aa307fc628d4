/* SPDX-License-Identifier: Apache-2.0 */
/* pack_in.h: the inside of a pack, shared by the files that load it and the files that judge by it.
 *
 * From     pack.c and its siblings, which fill it from YAML
 * To       bind.c, judge.c, finding.c, case.c
 * Lives    in the arena given to pack_load; unchanged afterwards, any number of threads may read
 * Why      names become numbers once, at load: a household is judged by slots and field numbers. */
#ifndef HEDUI_RULE_PACK_IN_H
#define HEDUI_RULE_PACK_IN_H

#include "engine/model/calendar.h"
#include "engine/rule/epochs.h"
#include "engine/rule/grammar.h"
#include "engine/rule/judge.h"

/* Slots: case, members, supporters, the household's things of each kind, the current row of each
 * kind, then parameters, then facts of the household. */
#define SLOT_CASE 0
#define SLOT_MEMBERS 1
#define SLOT_SUPPORTERS 2
#define SLOT_THINGS 3

enum part_kind {
    PART_CELL,
    PART_KEY,
    PART_BORN,
    PART_SEX,
    PART_ELSEWHERE, /* in how many other cases of the batch */
    PART_LIST,
    PART_MATCH,
    PART_SOURCE,
    PART_SEEN,
    PART_FACT
};
struct part { /* what stands behind one field of a record type */
    enum part_kind kind;
    uint32_t number; /* field, kind or fact; PART_FACT: number among the facts of its kind */
    uint32_t fact;   /* PART_FACT: number in pack.facts */
};
struct shape { /* a record type and where its fields come from */
    struct type type;
    const struct type *list; /* list of it */
    struct part *parts;
    uint32_t fact_count;
    uint32_t *list_at; /* persons: field number of each kind's list */
};

struct table;
struct param_value {
    int32_t from;
    bool is_abolished;
    bool is_unconfirmed;            /* no paper that anybody opened stands behind it */
    const struct unconfirmed *told; /* then, and if it is read: what each verdict says of it */
    struct value value;
    struct text ref, reviewed_on;
    struct place place;
};
struct param {
    struct text name, zh, en, local, range;
    bool has_range;
    struct value lo, hi; /* both in */
    const struct type *type;
    struct expr *as_of; /* NULL: the pack's */
    uint32_t value_count;
    struct param_value *values; /* by day */
    const struct yaml_node *as_of_node;
    bool is_window; /* a number of months: its values were checked as such */
    bool is_read;   /* by something that reaches a verdict */
    struct place place;
};
struct fact {
    struct text name, zh, en, ref, round, local;
    int32_t kind;    /* model kind that it belongs to; -1: the household */
    uint32_t number; /* among the facts of its kind or household */
    const struct type *type;
    struct expr *is;
    uint64_t kinds;            /* read by it and by what it reads, a bit each */
    bool is_own;               /* of a row: hangs on nothing but it, the case and parameters */
    const struct table *table; /* NULL: told by an expression (table.h) */
    bool is_output, is_table;
    bool is_read;                 /* by something that reaches a verdict */
    const struct yaml_node *node; /* while loading */
    struct place place;
};
enum when { WHEN_DENY, WHEN_REVIEW, WHEN_HOLD };
struct unless {
    struct text id, zh, ref;
    struct expr *when;
};
struct rule {
    struct text name, zh, en, ref, reason, local;
    enum when kind;
    struct expr *when;
    uint64_t kinds; /* read by condition, exceptions and their facts, a bit each */
    uint32_t unless_count;
    struct unless *unless;
    int32_t severity;
    int32_t from, until;   /* in force from <= day < until */
    int32_t reason_number; /* -1: no text, the rule's zh stands */
    bool has_distance;     /* it compares figures that near.c can tell the distance of */
    struct place place;
};
struct snippet { /* a piece of a reason's text: words, or the value of a name */
    struct text words;
    int32_t slot; /* -1: words */
    const struct type *type;
};
struct template
{
    uint32_t count;
    struct snippet *snippets;
};
struct reason {
    struct text name, zh, en;
    struct template zh_parts, en_parts;
    struct place place;
    bool is_used;
};
struct declared {
    struct text name, zh, en, ref;
    struct expr *stated, *found;
    uint64_t kinds; /* read, a bit each */
    int32_t slack;  /* param number, -1: none */
};
struct missing {
    struct text name, ask; /* "member.student", "vehicle.price", "vehicles", "case.F" */
    bool is_assumed;       /* instead of asked for */
    struct text value, zh; /* as the pack writes it, and why */
    struct cell cell;      /* of a field */
};

struct section { /* entries of one top-level key, from all files and layers, by name */
    uint32_t count, room;
    const struct yaml_node **keys, **values;
    uint8_t *layers; /* who gave the entry its words: a number in pack.layers */
};
/* Keys of the head, in the order in which they are printed. */
enum {
    HEAD_FORMAT,
    HEAD_PACK,
    HEAD_ZH,
    HEAD_EN,
    HEAD_LEVEL,
    HEAD_PROGRAMME,
    HEAD_AS_OF,
    HEAD_EXTENDS,
    PACK_HEADS
};
extern const char *const head_names[PACK_HEADS];
enum {
    SECTION_PARAMS,
    SECTION_FACTS,
    SECTION_TABLES,
    SECTION_RULES,
    SECTION_DECLARED,
    SECTION_REASONS,
    SECTION_EVIDENCE,
    SECTION_MISSING,
    SECTIONS
};
extern const char *const section_names[SECTIONS];

struct pack {
    struct arena *arena;
    const struct model *model;
    const char *dir;
    uint32_t file_count;
    struct pack_file *files;
    uint32_t layer_count; /* the root of the chain first, this pack last */
    struct pack_layer *layers;
    struct section own_set;                   /* its own `set`, as written */
    struct section sections[SECTIONS];        /* in force after all layers: what was compiled */
    const struct yaml_node *head[PACK_HEADS]; /* the root's programme and as_of, this one's names */
    struct text name, zh, en, level, programme;
    struct expr *as_of;
    struct digest hash;
    uint32_t param_count, fact_count, rule_count, reason_count, source_count, declared_count,
        missing_count, home_fact_count;
    struct param *params;
    struct fact *facts; /* by name */
    struct rule *rules; /* by name */
    struct reason *reasons;
    struct pack_source *sources; /* by name */
    struct expr **who;           /* per source; NULL: everyone */
    struct declared *declared;
    struct missing *missing;
    const struct missing ***assumed; /* [kind][field]; NULL: nothing is */
    uint64_t assumed_lists;          /* kinds whose lists are taken to be whole, a bit each */
    uint32_t *home_facts;            /* numbers in facts */
    struct shape case_shape;
    struct shape *shapes; /* per kind; kind applicant's: a person */
    uint32_t epoch_count;
    struct epoch *epochs; /* by day, without gaps */
    struct code_list match_codes, sex_codes;
    uint64_t kinds_read;  /* bit per kind */
    int32_t *month_reach; /* per kind: months before the application or check that some expression
                             can tell apart; INT32_MAX: no such limit is known */
    int32_t months_back;  /* pack_months_back() */
    bool uses_calendar;   /* some expression asks for working days */
    struct calendar *calendar; /* NULL: none does */
    bool uses_need;            /* some expression calls need(): none must know its cause */
    bool uses_known;           /* some expression asks known(): to know less may then decide more */
    bool has_own_days;         /* some parameter counts by a day of its own */
};

static inline uint32_t
slot_current(const struct pack *pack, uint32_t kind)
{
    return SLOT_THINGS + pack->model->kind_count + kind;
}
static inline uint32_t
slot_param(const struct pack *pack, uint32_t param)
{
    return SLOT_THINGS + 2 * pack->model->kind_count + param;
}
static inline uint32_t
slot_fact(const struct pack *pack, uint32_t home_fact)
{
    return slot_param(pack, pack->param_count) + home_fact;
}

/* Names and sensitive texts rest as a tag and a masked form: two that differ may look the same. So
 * rules see the tag, as an identity: equal or not, and nothing to cut or print. */
static inline bool
field_is_opaque(const struct field *field)
{
    return field->type == FIELD_NAME || (field->type == FIELD_TEXT && field->is_sensitive);
}
static inline struct key128
opaque_of(const struct field *field, const struct cell *cell)
{
    return (struct key128){field->type == FIELD_NAME ? 1 : 2, (uint64_t)cell->number};
}

/* A tag for a text that no key has seen: a pack's test, or an application before matching (who.c).
 */
int64_t opaque_tag(const struct field *field, struct text text);

/* One load. */
struct loader {
    struct pack *pack;
    struct messages *messages;
    struct arena *arena;
    bool is_full;
    struct section params, facts, tables, rules, reasons, evidence, declared, missing;
    struct section set, replace, disable; /* a child's verbs, by target */
};
void say(struct loader *l, struct place place, const char *code, struct text zh, struct text en);
struct text node_text(const struct yaml_node *map, const char *key); /* empty: not there */
bool node_is(struct loader *l, const struct yaml_node *node, enum yaml_type type);
struct place node_place(const struct yaml_node *node, size_t byte); /* inside a scalar */
/* A result of type `is` where `want` was declared: T203, T204, T207 or T213. */
void not_declared(struct loader *l, struct place place, const struct type *want,
                  const struct type *is);
/* Reads a scalar or list as a value of `type`; reports otherwise. */
bool value_read(struct loader *l, const struct yaml_node *node, const struct type *type,
                struct value *out);
bool day_read(struct loader *l, const struct yaml_node *node, int32_t *out);
struct expr *pack_compile(struct loader *l, const struct yaml_node *node, int32_t kind);
const struct type *type_read(struct loader *l, const struct yaml_node *entry);

/* scope.c: names to types. shapes_build needs facts' names, kinds and types. */
bool shapes_build(struct loader *l);
struct compile_scope {
    struct pack *pack;
    int32_t kind; /* the current row's kind, -1: none */
    struct arena *arena;
};
int32_t scope_resolve(void *context, struct text name, const struct type **type, struct text *zh);
struct text scope_near(void *context, struct text name);
bool scope_is_taken(const struct pack *pack, struct text name);
const struct kind *pack_kind(const struct pack *pack, struct text name); /* "member": applicant */
/* N104, with the kind that was meant: a near name, or the kind of a list's name. */
void kind_unknown(struct loader *l, const struct yaml_node *node, struct text name);

/* pack_params.c, pack_facts.c, pack_rules.c, pack_sources.c: one section each. */
void params_read(struct loader *l);
void params_compile(struct loader *l); /* their own as_of, once names have types */
/* pack_range.c: reads `range` and holds every value to it; `layer`: who gave it. */
void range_check(struct loader *l, const struct yaml_node *node, struct param *param,
                 uint32_t layer);
void facts_read(struct loader *l);    /* names and types, of tables as well */
void facts_compile(struct loader *l); /* expressions */
void rules_read(struct loader *l);
void reasons_read(struct loader *l);
void sources_read(struct loader *l);
void declared_read(struct loader *l);
void missing_read(struct loader *l);
/* assume.c */
void assume_read(struct loader *l, const struct yaml_node *key, const struct yaml_node *node,
                 struct missing *item);

/* near.c */
bool expr_has_var(const struct expr *node);
bool expr_is_fixed(const struct pack *pack, const struct expr *node); /* parameters, literals */
/* Does it compare figures without a macro's variable? */
bool expr_has_distance(const struct pack *pack, const struct expr *node);
/* pack.c: the section that a top-level key names, or NULL; adds the entries of one file, and a name
 * that stands already is N102. */
struct section *section_at(struct loader *l, uint32_t number);
void section_add(struct loader *l, struct section *section, const struct yaml_node *map);
void section_put(struct loader *l, struct section *section, uint32_t at,
                 const struct yaml_node *key, const struct yaml_node *value);
/* As pack_load(), `depth` packs below the one that was asked for. */
HEDUI_CHECKED hedui_status pack_load_at(struct pack **out, const char *dir,
                                        const struct model *model, uint32_t depth,
                                        struct messages *messages, struct arena *arena,
                                        struct err *err);

/* pack_chain.c: loads the parent that `extends` pins and puts this pack's words upon it. */
HEDUI_CHECKED hedui_status chain_join(struct loader *l, uint32_t depth, struct err *err);
HEDUI_CHECKED hedui_status chain_parent(struct loader *l, struct pack **parent, struct err *err);
/* "js-dibao/pack.yaml:5" */
struct text origin_print(const struct pack *pack, uint32_t layer, struct place place,
                         struct arena *arena);
void locals_check(struct loader *l, uint32_t own); /* `local` of this layer's entries: a level */
int level_rank(struct text level); /* province 0, city 1, county 2; -1: none of them */

/* pack_layers.c: set, replace and disable upon sections that hold the parent's and own entries. */
void layers_apply(struct loader *l, uint32_t own);

/* pack_graph.c: cycles among facts, and which kinds are read. */
void graph_check(struct loader *l);
/* pack_reads.c: fills is_read of parameters and facts. */
HEDUI_CHECKED hedui_status reads_mark(struct pack *pack, struct err *err);
/* The calendar beside the vocabulary, for a pack that was seen to ask for working days. */
HEDUI_CHECKED hedui_status calendar_join(struct pack *pack, struct messages *messages,
                                         struct err *err);
/* pack_cost.c: C701 */
void costs_check(struct loader *l);
/* pack_hash.c. The canonical form itself; `entry` (or NULL) is told where each begins. */
typedef void (*canon_entry)(void *context, const char *section, struct text name, size_t at);
HEDUI_CHECKED hedui_status pack_canon(struct text *out, const struct pack *pack, canon_entry entry,
                                      void *context, struct arena *arena, struct err *err);
HEDUI_CHECKED hedui_status pack_hash_make(struct pack *pack, struct err *err);
/* epochs.c: the value on a day; NULL: none yet, or abolished. */
const struct param_value *param_in_force(const struct param *param, int32_t day);

#endif
