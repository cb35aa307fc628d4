/* SPDX-License-Identifier: Apache-2.0 */
/* calendar.h: which days are worked: weekends, public holidays, and the days worked in their place.
 *
 * From     rules/calendar.yaml, beside the vocabulary: one entry a year, as the State Council
 *          announces it; docs/RULES.md has the form
 * To       rules, by the functions is_workday, add_workdays, workdays_between
 * Lives    in the pack's arena, unchanged
 * Threads  any number may read
 * Errors   a wrong file is reported with file:line:column in the messages
 * Why      a statutory term counts working days, and the days worked in place of a holiday are
 *          known for announced years only. A day of any other year is not known, never guessed from
 *          its day of the week. */
#ifndef HEDUI_MODEL_CALENDAR_H
#define HEDUI_MODEL_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/crypt.h"
#include "engine/base/message.h"

#define CALENDAR_FAR 1000 /* working days that a term may have */

struct calendar_year {
    int32_t year;
    struct text ref;       /* the paper that announced it */
    uint64_t is_worked[6]; /* bit n: day n of the year, from 0 */
};
struct calendar {
    struct text name;
    uint32_t count;
    struct calendar_year *years; /* by year */
};

/* *out on success only; HEDUI_E_INPUT where messages hold errors. */
HEDUI_CHECKED hedui_status calendar_load(struct calendar **out, const char *path,
                                         struct messages *messages, struct arena *arena,
                                         struct err *err);

/* What follows may need a year that the calendar does not have. */
enum calendar_answer { CALENDAR_KNOWN, CALENDAR_LACKS, CALENDAR_FAR_OFF };

/* *lacks: the first year that was needed and is not there. `calendar` NULL: none is. */
enum calendar_answer calendar_is_workday(const struct calendar *calendar, int32_t day, bool *out,
                                         int32_t *lacks);
/* The count-th working day after `day`, which does not count itself; 0: the day, or the first
 * working day after it. FAR_OFF: count below 0 or above CALENDAR_FAR. */
enum calendar_answer calendar_add(const struct calendar *calendar, int32_t day, int64_t count,
                                  int32_t *out, int32_t *lacks);
/* Working days after `a`, up to and with `b`; minus the swapped count where a > b. FAR_OFF: more
 * than ten years lie between. */
enum calendar_answer calendar_between(const struct calendar *calendar, int32_t a, int32_t b,
                                      int64_t *out, int32_t *lacks);

#endif
