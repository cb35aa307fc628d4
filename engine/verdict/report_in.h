/* SPDX-License-Identifier: Apache-2.0 */
/* report_in.h: the parts of a report, in the order in which they stand; private to the room. */
#ifndef HEDUI_VERDICT_REPORT_IN_H
#define HEDUI_VERDICT_REPORT_IN_H

#include "engine/rule/show.h"
#include "engine/verdict/html.h"
#include "engine/verdict/report.h"

/* report_case.c */
void report_basics(struct buf *out, const struct report_case *report);
void report_members(struct buf *out, const struct report_case *report);
/* report_findings.c */
void report_findings(struct buf *out, const struct report_case *report);
void report_declared(struct buf *out, const struct report_case *report);
void report_figures(struct buf *out, const struct report_case *report);
/* report_sources.c */
void report_sources(struct buf *out, const struct report_case *report);
void report_records(struct buf *out, const struct report_case *report);
/* report_notes.c */
void report_notes(struct buf *out, const struct report_case *report);
void report_validity(struct buf *out, const struct report_case *report);

/* Helpers of all parts. */
void report_section(struct buf *out, const char *title); /* a row of the frame, and its heading */
void report_section_end(struct buf *out);
void report_person(struct buf *out, const struct person *person); /* "A 于*" */
void report_day(struct buf *out, int32_t day);                    /* INT32_MIN: a dash */
/* A field of the case; NULL where there is no value. */
const struct cell *report_cell(const struct household *household, const char *field);
/* The value of any cell as people read it; identities are never printed. */
void report_value(struct buf *out, const struct field *field, const struct cell *cell);

#endif
