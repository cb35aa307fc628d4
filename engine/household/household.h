/* SPDX-License-Identifier: Apache-2.0 */
/* household.h: one family, as rules see it: persons, their rows, things held once, coverage.
 *
 * From     household_build() (an application and its match set), or a pack's test case
 * To       rule, verdict
 * Lives    in the block's arena
 * Errors   HEDUI_E_LIMIT (arena)
 * Why      silence is not innocence: a list that a source did not answer has an open end with a
 *          cause, and never just fewer rows. */
#ifndef HEDUI_HOUSEHOLD_HOUSEHOLD_H
#define HEDUI_HOUSEHOLD_HOUSEHOLD_H

#include "engine/match/match.h"

enum coverage { /* per person × source of the pack × kind */
                COVERAGE_FOUND,
                COVERAGE_NONE,
                COVERAGE_NOT_ASKED,    /* no authorisation */
                COVERAGE_NOT_ANSWERED, /* no delivery of that source */
                COVERAGE_PARTIAL,
                COVERAGE_STALE,          /* set by rule, which knows valid_days */
                COVERAGE_NOT_APPLICABLE, /* `who` excludes the person, or a newborn without number
                                          */
};
const char *coverage_name(enum coverage coverage); /* "found" … "not_applicable" */
const char *coverage_zh(enum coverage coverage); /* 有记录, 无记录, 未查询（无授权）, 未反馈, … */
/* One word for a source with several kinds: the worst of theirs. From the best: not_applicable,
 * none, found, partial, stale, not_answered, not_asked. */
enum coverage coverage_worse(enum coverage a, enum coverage b);

struct cover {              /* what one source said about one person and one kind */
    enum coverage coverage; /* before staleness; NOT_APPLICABLE where the pack does not ask */
    int32_t as_of;          /* of the delivery that tells its age; INT32_MIN: none answered */
};

#define MONTH_ANY INT32_MIN /* an open end that no month bounds */

struct open_end {    /* any number of further rows may exist */
    int16_t source;  /* of the pack; -1: the person's number is invalid (cause KEY.id_no) */
    int32_t month;   /* kinds with a period: this month is not delivered; MONTH_ANY */
    bool is_earlier; /* with month: any month up to this one */
};

struct household_row {
    const struct kind *kind;
    struct cell *cells;
    enum match_class match;
    int16_t source;        /* number in the pack's sources */
    int32_t seen;          /* as-of day of its delivery */
    uint32_t person;       /* number in household.persons */
    uint32_t place;        /* its number in the person's list: A.accounts.PLACE */
    uint32_t entry_number; /* snapshot entry, for provenance; UINT32_MAX: none (a test case) */
    uint64_t row;          /* row in that delivery */
};

struct household_list { /* one kind, one person; rows ordered by normalised plain fields */
    uint32_t row_count, open_count;
    struct household_row *rows;
    struct open_end *opens;
};

struct household_thing { /* rows, of one or several members, that agree in all `thing: yes` fields
                          */
    struct cell *cells; /* merged: share is the sum, at most 1; a differing field is UNKNOWN (cause:
                           the field of rows[0]); known beside blank is known */
    uint32_t row_count; /* rows that speak: with a row of the right name, leads do not */
    const struct household_row **rows;
};
struct household_things { /* one kind */
    uint32_t thing_count;
    struct household_thing *things;
};

struct person {
    char key[8];  /* "A" */
    uint8_t role; /* number in code list `role` */
    enum number_state number;
    struct cell *cells; /* kind applicant's; names as tag and masked, identities as pseudonyms;
                           a blank role reads as `member` */
    bool has_born, has_sex, is_male;
    bool is_upgraded, is_folded, is_old; /* how the number was given, for reports */
    int32_t born;
    char masked_id[32]; /* "" where there is none */
    struct text masked_name;
    struct household_list *lists; /* model->kind_count; kind applicant's is empty */
    uint32_t also_count;          /* other cases of the batch that count on this person */
    const struct text *also;      /* their numbers, sorted; NULL in a test case */
    struct cover *covers;         /* [source × kind_count + kind]; NULL before matching */
};

struct household {
    const struct model *model;
    struct text case_no;
    struct cell *case_cells; /* kind applicant's; checked_on filled */
    int32_t checked_on;
    uint32_t person_count;  /* role member, then supporter, within their dates; nobody else */
    uint32_t member_count;  /* the first member_count persons are members */
    struct person *persons; /* in order of key inside each group */
    struct household_things *things; /* model->kind_count: over members only */
    uint32_t source_count;
    const struct text *sources;
};

struct household_request {
    const struct match_request *match;
    const uint64_t *const
        *applicable;          /* [case][member]: bit s clear: source does not apply (who) */
    const uint64_t *kinds_of; /* [source]: bit k: the pack expects kind k from source s */
    int32_t months_back;      /* before the check, each told apart; earlier ones are one open end */
    /* For who only reckons: rows as they arrived, no masked forms, no tags or texts of applicants;
     * rows have the fields that the match was asked for. */
    bool is_brief;
    uint64_t things_of; /* is_brief: kinds whose things are wanted, a bit each */
};
HEDUI_CHECKED hedui_status household_build(struct household **out,
                                           const struct household_request *request,
                                           const struct match_set *matches, struct keyer *keyer,
                                           struct arena *arena, struct err *err);

/* The two halves that a pack's test cases share with household_build: sorts each list (fills
 * `place`) and merges things. */
HEDUI_CHECKED hedui_status household_order(struct household *household, struct arena *arena,
                                           struct err *err);

/* What household_order() does, for is_brief: no row is told from another that looks the same. */
HEDUI_CHECKED hedui_status household_order_brief(struct household *household, uint64_t things_of,
                                                 struct arena *arena, struct err *err);

/* Fills `cells` from `rows`; for rule, where some rows of a thing are stale and do not speak. */
HEDUI_CHECKED hedui_status household_thing_merge(struct household_thing *thing,
                                                 const struct kind *kind, struct arena *arena,
                                                 struct err *err);

/* For which of up to 64 sources is there an authorisation that is valid on the check date? A bit
 * each. The fields are the same for everyone: found once for many. */
struct authorised_fields {
    int32_t on, until, sources;
};
void authorised_fields_find(struct authorised_fields *out, const struct kind *applicant);
uint64_t authorised_sources(const struct authorised_fields *fields,
                            const struct applicant_cell *cells, int32_t checked_on,
                            const struct text *sources, uint32_t count);
/* The same for one source. */
bool authorised_for(const struct kind *applicant, const struct applicant_cell *cells,
                    int32_t checked_on, struct text source);

#endif
