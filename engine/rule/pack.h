/* SPDX-License-Identifier: Apache-2.0 */
/* pack.h: a rule pack: one programme in one region: figures, objections, and the paper behind each.
 *
 * From     a folder of YAML (docs/RULES.md), and the folders of the packs that it extends
 * To       judge.h
 * Lives    in the arena given (the world's); unchanged
 * Errors   all in messages, with codes of docs/RULES.md, up to 50 at once */
#ifndef HEDUI_RULE_PACK_H
#define HEDUI_RULE_PACK_H

#include "engine/rule/expr.h"

struct pack; /* private to rule */

/* *out NULL where errors were reported (HEDUI_E_INPUT). */
HEDUI_CHECKED hedui_status pack_load(struct pack **out, const char *dir, const struct model *model,
                                     struct messages *messages, struct arena *arena,
                                     struct err *err);
struct text pack_name(const struct pack *pack);
struct text pack_zh(const struct pack *pack);
struct text pack_en(const struct pack *pack);            /* may be empty */
struct text pack_programme(const struct pack *pack);     /* code of list `programme` */
const struct digest *pack_hash(const struct pack *pack); /* meaning hash */

/* The folder as given and the files that were read, by name, with the digests of their bytes. */
struct pack_file {
    struct text name;
    struct digest digest;
};
const char *pack_dir(const struct pack *pack);
uint32_t pack_file_count(const struct pack *pack);
const struct pack_file *pack_file(const struct pack *pack, uint32_t i);

/* How far a row carries an objection, from the least: it asks · it objects, once a person has
 * confirmed it · it objects. */
enum grade { GRADE_LEAD, GRADE_CONFIRM, GRADE_FINAL };
#define GRADE_COUNT 3
const char *grade_name(enum grade grade); /* "lead", "needs_confirmation", "final" */

/* The chain of packs that this one stands on: the root first, the pack itself last. */
#define PACK_LAYERS_MAX 4
struct pack_layer {
    struct text name, zh, level;
    const char *dir;
    struct digest hash; /* its own meaning hash */
    uint32_t file_count;
    const struct pack_file *files;
};
uint32_t pack_layer_count(const struct pack *pack);
const struct pack_layer *pack_layer(const struct pack *pack, uint32_t i);

/* The pack that `dir` extends, whatever its pin says, and the scalar of `extends`. *out NULL: it
 * extends none, or errors were reported. */
struct yaml_node;
HEDUI_CHECKED hedui_status pack_parent(struct pack **out, const struct yaml_node **extends,
                                       const char *dir, const struct model *model,
                                       struct messages *messages, struct arena *arena,
                                       struct err *err);

struct pack_source {                  /* an `evidence` entry */
    struct text name, zh, en, settle; /* en, settle may be empty */
    uint64_t kinds;                   /* bit per model kind */
    int32_t valid_days;
    enum grade grade; /* of its rows, at most */
};
uint32_t pack_source_count(const struct pack *pack);
const struct pack_source *pack_source(const struct pack *pack, uint32_t i);
/* Months before the check that a household must tell apart: whatever this pack's windows reach. */
int32_t pack_months_back(const struct pack *pack);
/* What a finding's rule (the engine's own, too) and an exception of it are called; empty, or the
 * id itself, where nobody said. */
uint32_t pack_rule_count(const struct pack *pack);
struct text pack_rule_name(const struct pack *pack, uint32_t i);      /* by name */
uint32_t pack_rule_number(const struct pack *pack, struct text rule); /* UINT32_MAX: none */
struct text pack_rule_zh(const struct pack *pack, struct text rule);
struct text pack_unless_zh(const struct pack *pack, struct text rule, struct text id);

/* `who` of each source over each person of a case, before anything is looked up: bit s of
 * mask[member] set: source s applies to this person. Unknown or error counts as: applies. */
HEDUI_CHECKED hedui_status pack_who(const struct pack *pack, const struct application *application,
                                    uint64_t *mask, struct arena *arena, struct err *err);

/* The pack in plain Chinese, from labels and trees: for whoever holds the paper beside it. */
HEDUI_CHECKED hedui_status pack_read_back(const struct pack *pack, struct buf *out,
                                          struct err *err);
/* Warnings W6xx about a pack that loaded: unused names, numbers in conditions, conditions that no
 * data changes, texts that may print nothing known (docs/RULES.md). `today` is the day from which
 * the age of values is counted; INT32_MIN: they have none. */
HEDUI_CHECKED hedui_status pack_warn(const struct pack *pack, int32_t today,
                                     struct messages *messages, struct arena *arena,
                                     struct err *err);

#endif
