/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/t.h"

#include "engine/base/sys.h"
#include "engine/model/calendar.h"
#include "engine/model/value.h"
#include "tests/folder.h"

static int32_t
day_of(const char *text)
{
    int32_t day = 0;

    T_EQ(date_parse(text_of(text), &day), CELL_OK);
    return day;
}

static struct calendar *
shipped(struct arena *arena)
{
    struct calendar *calendar = NULL;
    struct messages messages;
    struct err err = {0};

    messages_init(&messages, arena);
    T_OK(calendar_load(&calendar, "rules/calendar.yaml", &messages, arena, &err), &err);
    return calendar;
}

TEST(a_term_ends_on_a_working_day)
{
    static const struct {
        const char *belief, *day;
        int64_t count;
        enum calendar_answer answer;
        const char *want;
    } rows[] = {
        {"over the National Day of 2025",     "2025-09-26", 10,   CALENDAR_KNOWN,   "2025-10-16"},
        {"the day itself does not count",     "2025-10-16", 1,    CALENDAR_KNOWN,   "2025-10-17"},
        {"a day worked on a Sunday",          "2025-09-27", 1,    CALENDAR_KNOWN,   "2025-09-28"},
        {"over a weekend",                    "2025-06-06", 1,    CALENDAR_KNOWN,   "2025-06-09"},
        {"nothing: the day, if it is worked", "2025-09-28", 0,    CALENDAR_KNOWN,   "2025-09-28"},
        {"nothing: else the next that is",    "2025-10-01", 0,    CALENDAR_KNOWN,   "2025-10-09"},
        {"into the next year",                "2025-12-31", 1,    CALENDAR_KNOWN,   "2026-01-04"},
        {"into a year that nobody announced", "2026-12-31", 1,    CALENDAR_LACKS,   NULL        },
        {"from before the first year",        "2022-12-30", 0,    CALENDAR_LACKS,   NULL        },
        {"backwards is no term",              "2025-06-06", -1,   CALENDAR_FAR_OFF, NULL        },
        {"nor is what no statute asks for",   "2025-06-06", 1001, CALENDAR_FAR_OFF, NULL        },
    };
    struct calendar *calendar;
    struct arena arena;

    arena_init(&arena, "test", 0, false);
    calendar = shipped(&arena);
    for (size_t i = 0; i < LEN(rows); i++) {
        int32_t out = 0, lacks = 0;

        T_ROW(rows[i].belief);
        T_EQ(calendar_add(calendar, day_of(rows[i].day), rows[i].count, &out, &lacks),
             rows[i].answer);
        if (rows[i].want != NULL)
            T_EQ(out, day_of(rows[i].want));
    }
    arena_release(&arena);
}

TEST(days_between_are_counted_once)
{
    static const struct {
        const char *belief, *a, *b;
        int64_t want;
    } rows[] = {
        {"the first does not count, the last does", "2025-09-26", "2025-10-16", 10 },
        {"swapped: minus the same",                 "2025-10-16", "2025-09-26", -10},
        {"a day to itself",                         "2025-09-26", "2025-09-26", 0  },
        {"a year of 248 working days",              "2024-12-31", "2025-12-31", 248},
    };
    struct calendar *calendar;
    struct arena arena;
    int64_t out;
    int32_t lacks;

    arena_init(&arena, "test", 0, false);
    calendar = shipped(&arena);
    for (size_t i = 0; i < LEN(rows); i++) {
        T_ROW(rows[i].belief);
        T_EQ(calendar_between(calendar, day_of(rows[i].a), day_of(rows[i].b), &out, &lacks),
             CALENDAR_KNOWN);
        T_EQ(out, rows[i].want);
    }
    T_EQ(calendar_between(calendar, day_of("2026-12-30"), day_of("2027-01-05"), &out, &lacks),
         CALENDAR_LACKS);
    T_EQ(lacks, 2027);
    T_EQ(calendar_between(NULL, day_of("2025-01-01"), day_of("2025-01-02"), &out, &lacks),
         CALENDAR_LACKS);
    T_EQ(calendar_between(calendar, day_of("2005-01-01"), day_of("2025-01-02"), &out, &lacks),
         CALENDAR_FAR_OFF);
    arena_release(&arena);
}

TEST(a_slip_in_the_file_is_refused)
{
    static const struct {
        const char *belief, *years, *code;
    } rows[] = {
        {"as it should be",       "2025: {ref: r, holidays: [2025-10-01..2025-10-08]}",           NULL  },
        {"a day of another year", "2025: {ref: r, holidays: [2026-10-01]}",                       "T206"},
        {"no day",                "2025: {ref: r, holidays: [10-01]}",                            "T206"},
        {"backwards",             "2025: {ref: r, holidays: [2025-10-08..2025-10-01]}",           "T206"},
        {"a Monday is worked",    "2025: {ref: r, holidays: [], workdays: [2025-09-29]}",         "T206"},
        {"no paper",              "2025: {holidays: []}",                                         "Y014"},
        {"no list",               "2025: {ref: r, holidays: 2025-10-01}",                         "Y014"},
        {"no year",               "next: {ref: r, holidays: []}",                                 "T205"},
        {"a year twice",          "{2025: {ref: r, holidays: []}, 2025: {ref: r, holidays: []}}", "Y011"},
    };
    char folder[FOLDER_PATH], path[2 * FOLDER_PATH];
    struct arena arena;

    arena_init(&arena, "test", 0, false);
    folder_make(folder, "calendar");
    snprintf(path, sizeof path, "%s/calendar.yaml", folder);
    for (size_t i = 0; i < LEN(rows); i++) {
        struct text bytes =
            arena_printf(&arena, "calendar: t\nzh: t\nyears:\n  %s\n", rows[i].years);
        struct calendar *calendar = NULL;
        struct messages messages;
        struct err err = {0};
        hedui_status rc;

        T_ROW(rows[i].belief);
        T_OK(sys_publish(folder, "calendar.yaml", bytes.at, bytes.len, 0600, "test", &err), &err);
        messages_init(&messages, &arena);
        rc = calendar_load(&calendar, path, &messages, &arena, &err);
        T_EQ(rc, rows[i].code == NULL ? HEDUI_OK : HEDUI_E_INPUT);
        if (rows[i].code != NULL)
            T_TEXT(text_of(messages.items[0].code), text_of(rows[i].code));
    }
    folder_remove(folder);
    arena_release(&arena);
}

T_MAIN(T(a_term_ends_on_a_working_day), T(days_between_are_counted_once),
       T(a_slip_in_the_file_is_refused))
