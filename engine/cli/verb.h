/* SPDX-License-Identifier: Apache-2.0 */
/* verb.h: one table of verbs and options makes parsing, help, the man page and completion.
 *
 * Each verb is a file engine/cli/<verb>.c that ends in its `const struct verb`. A verb answers its
 * exit code: 0 done, 1 done but rows or cases were refused or a check found errors, 2 used wrongly
 * or cannot run. */
#ifndef HEDUI_CLI_VERB_H
#define HEDUI_CLI_VERB_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/buf.h"
#include "engine/base/message.h"
#include "engine/base/pool.h"
#include "engine/rule/pack.h"
#include "engine/run/world.h"

#define OPTIONS_MAX 20
#define OPERANDS_MAX 4096

struct option_spec {
    const char *name;  /* "--as-of" without the dashes */
    const char *value; /* "DATE"; NULL: a flag */
    const char *zh, *en;
};

enum common_option {
    OPT_DATA,
    OPT_MODEL,
    OPT_KEY,
    OPT_RING,
    OPT_THREADS,
    OPT_MEMORY,
    OPT_JSON,
    OPT_HELP,
    OPT_LANG,
    OPT_COMMON_COUNT,
};
extern const struct option_spec common_options[OPT_COMMON_COUNT];

struct call { /* a command line, parsed */
    const struct verb *verb;
    const char *values[OPTIONS_MAX]; /* by number of the verb's option; a flag given: "" */
    const char *common[OPT_COMMON_COUNT];
    const char **operands;
    uint32_t operand_count;
};

struct verb {
    const char *name;     /* "snapshot list" */
    const char *operands; /* for help: "MAPPING FILE…" */
    uint32_t operands_min, operands_max;
    const char *zh, *en;
    bool has_json;                           /* a reading verb: --json makes one JSON document */
    struct option_spec options[OPTIONS_MAX]; /* ends with a NULL name */
    int (*run)(const struct call *call);
};

/* The table: verbs in the order of the work; groups ("feed", "rules") stand together. */
extern const struct verb *const verbs[];
extern const uint32_t verb_count;
extern const struct verb verb_feed_check, verb_ingest, verb_snapshot_list, verb_snapshot_show,
    verb_snapshot_verify, verb_snapshot_drop, verb_key_list, verb_key_rotate, verb_verify,
    verb_reconcile, verb_explain, verb_replay, verb_open, verb_rules_check, verb_rules_test,
    verb_rules_eval, verb_rules_diff, verb_rules_explain, verb_doctor, verb_gen, verb_rules_set,
    verb_rules_affected, verb_rules_follow, verb_rules_flatten, verb_rules_hash,
    verb_rules_json_schema, verb_help;

/* The verb that the first words name (one or two of them); *used: how many. NULL: none. */
const struct verb *verb_find(const char *const *words, uint32_t count, uint32_t *used);
/* Is `word` the first word of verbs of two words: "feed", "rules", "snapshot"? */
bool verb_is_group(const char *word);
/* "hedui: 没有命令 'x'，是否指 'y'？…" on stderr; answers 2. */
int verb_unknown(const char *const *words, uint32_t count);

/* help.c. `group` NULL: every verb. */
void help_overview(struct buf *out, const char *group);
void help_verb(struct buf *out, const struct verb *verb);

/* What most verbs need, made from the common options. */
struct session {
    struct arena arena; /* wiped: it may hold people */
    struct messages messages;
    struct err err;
    struct pool *pool;
    struct world *world;
    struct buf out;    /* written to stdout by session_end */
    uint64_t refusals; /* of memory, before it began */
};
void session_begin(struct session *session);
/* Opens pool and world; answers the failure and closes nothing. `must_exist`: the data directory is
 * to be there already. */
hedui_status session_world(struct session *session, const struct call *call, bool has_snapshot,
                           uint64_t snapshot, bool must_exist);
/* The snapshot that a person named: a number, or its digest as it is printed (value_digest).
 * NULL leaves *id alone. */
hedui_status session_snapshot(struct session *session, const struct call *call, const char *word,
                              uint64_t *id);
/* The model alone, for verbs that need no data directory. */
hedui_status session_model(struct session *session, const struct call *call, struct model **model);
/* And a rule pack read by it. */
hedui_status session_pack(struct session *session, const struct call *call, const char *dir,
                          struct pack **pack);
/* Prints the messages and, if rc is not HEDUI_OK, the sentence; writes `out`; closes everything.
 * Answers 2 for a failure, else `code`. */
int session_end(struct session *session, hedui_status rc, int code);

/* Parsers of option values: HEDUI_E_USAGE with a sentence. A NULL value leaves *out alone. */
HEDUI_CHECKED hedui_status value_day(const char *name, const char *value, int32_t *days,
                                     struct err *err);
HEDUI_CHECKED hedui_status value_months(const char *name, const char *value, int32_t *from,
                                        int32_t *until, struct err *err); /* 2025-07..2026-06 */
HEDUI_CHECKED hedui_status value_count(const char *name, const char *value, int64_t min,
                                       int64_t max, int64_t *out, struct err *err);
HEDUI_CHECKED hedui_status value_size(const char *name, const char *value, size_t *out,
                                      struct err *err); /* 512M, 2G */
/* A digest as a person copies it: in either case, perhaps cut, perhaps with the "…" that says so.
 * *out: at least 8 lower hex digits, in the arena. */
HEDUI_CHECKED hedui_status value_digest(const char *name, const char *value, struct text *out,
                                        struct arena *arena, struct err *err);
/* "A,B、C" into texts in the arena. */
HEDUI_CHECKED hedui_status value_list(const char *value, struct text **out, uint32_t *count,
                                      struct arena *arena, struct err *err);
/* rules/model.yaml or adapters/… beside the executable: the build tree or ../share/hedui. */
HEDUI_CHECKED hedui_status shared_path(struct text *out, const char *relative, struct arena *arena,
                                       struct err *err);

/* A progress line on a terminal: done, rate, remaining time. Silent elsewhere. */
struct progress {
    const char *unit; /* "MB", "cases" */
    uint64_t divide;
    int64_t begin_ms, last_ms;
    bool is_terminal;
};
void progress_init(struct progress *progress, const char *unit, uint64_t divide);
void progress_show(void *progress, uint64_t done, uint64_t all);
void progress_clear(struct progress *progress);

#endif
