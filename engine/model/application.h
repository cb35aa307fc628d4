/* SPDX-License-Identifier: Apache-2.0 */
/* application.h: one household that asks: case fields, members, declarations, authorisations.
 *
 * From     rows of kind `applicant` (a batch file), grouped by case_no
 * To       match, household
 * Lives    in the batch's arena and the reader's own, which are wiped
 * Errors   a case with a refused row, differing case columns, one person twice, or a role or date
 *          that makes no sense is held back whole, with all its reasons
 * Why      nobody is verified with fewer members than the family has. */
#ifndef HEDUI_MODEL_APPLICATION_H
#define HEDUI_MODEL_APPLICATION_H

#include "engine/base/arena.h"
#include "engine/model/batch.h"

struct applicant_cell { /* one field of one row, before pseudonyms */
    uint8_t state;
    int64_t number;
    struct text text;
    const struct identity *identity; /* FIELD_IDENTITY: never NULL, zeros without a value */
};

enum number_state { NUMBER_VALID, NUMBER_INVALID, NUMBER_NONE /* newborn: no_number is true */ };

struct application_member {
    struct applicant_cell *cells; /* kind applicant's field_count */
    enum number_state number;
    uint64_t line; /* of its row */
    uint32_t file;
    uint32_t also_count;     /* other cases of the batch that count on the same person */
    const struct text *also; /* their numbers, sorted: engine/run/several.h */
    char key[8];             /* "A", "B" … "Z", "AA": the applicant first, see sort below */
};

struct application {
    struct text case_no;
    int32_t checked_on;    /* default applied_on */
    uint32_t member_count; /* all roles, sorted: self first (if exactly one), then by birth
                              date and number, those without a readable number last, by name
                              and fields; keys follow this order */
    struct application_member *members;
};

struct held_case {
    struct text case_no; /* may be empty: rows without a readable case number, one entry each row */
    uint32_t reason_count;
    struct held_reason *reasons;
};
struct held_reason {
    char code[24]; /* "R-CODE", "CASE-DIFFERS", "CASE-TWICE", "CASE-SUPPORTS",
                      "CASE-NUMBER", "CASE-DATES", "CASE-WHEN", "CASE-LIMIT", "CASE-NO" */
    uint32_t file;
    uint64_t line;    /* 0: the case */
    int32_t field;    /* -1: none */
    struct text word; /* the unknown code, where it may be shown; else empty */
};

/* Months that a check may follow the application (CASE-WHEN); windows before the one and months
 * that a source must cover before the other then still meet. */
#define CHECK_APART_MAX 24

struct application_set {
    uint32_t count, held_count;
    struct application *items; /* sorted by case_no */
    struct held_case *held;    /* sorted by case_no, then line */
};

/* Collects batches and refusals in any order, from several lanes at once, then groups. Defaults for
 * the whole batch
 * (--checked-on, --purpose …) fill blanks; a row's own value wins. */
struct application_reader;
struct application_defaults {
    bool has_checked_on;
    int32_t checked_on;
    struct text purpose, entrusting_body, entrust_no;
};
HEDUI_CHECKED hedui_status application_reader_open(struct application_reader **out,
                                                   const struct model *model,
                                                   const struct application_defaults *defaults,
                                                   uint32_t lanes, struct arena *arena,
                                                   struct err *err);
HEDUI_CHECKED hedui_status application_reader_rows(struct application_reader *reader, uint32_t lane,
                                                   const struct batch *batch, struct err *err);
HEDUI_CHECKED hedui_status application_reader_refused(struct application_reader *reader,
                                                      uint32_t lane, const struct refusal *refusal,
                                                      struct err *err);
/* A row whose own identity does not parse is not refused for kind applicant: feed sends it with
 * the owner column's state CELL_UNKNOWN, and the member is NUMBER_INVALID (NUMBER_NONE where
 * no_number is true and the cell is blank; blank without no_number is held back). */
HEDUI_CHECKED hedui_status application_reader_finish(struct application_reader *reader,
                                                     struct application_set *out, struct err *err);
/* Ends the set: cells and texts that other lanes than the first brought go. NULL welcome; with one
 * lane all lies in the caller's arena, and there is nothing to close. */
void application_reader_close(struct application_reader *reader);

#endif
