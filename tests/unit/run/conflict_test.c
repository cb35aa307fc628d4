/* SPDX-License-Identifier: Apache-2.0 */
/* Programmes of one case side by side: what stands, what gives way, what hangs on another. */
#include "engine/run/conflict.h"

#include "tests/t.h"

enum { TEKUN, DIBAO, DIBIAN, GUER, KUNJING, LINSHI };

TEST(a_group_gives_one_and_leaves_the_others_alone)
{
    static int32_t first[] = {TEKUN, DIBAO, DIBIAN}, high[] = {GUER, KUNJING};
    static struct conflict conflicts[] = {
        {.count = 3,  .programmes = first},
        { .takes_highest = true, .count = 2,  .programmes = high},
    };
    const struct pack_table table = {.conflict_count = 2, .conflicts = conflicts};
    /* clang-format off */
    static const struct {
        const char *belief;
        struct { int32_t programme; enum outcome outcome; int64_t fen; /* -1: not known */ enum standing want; int32_t by; } lines[3];
    } rows[] = {
        {"who stands before takes it", {{TEKUN, OUTCOME_MET, -1, STANDS, -1}, {DIBAO, OUTCOME_MET, -1, YIELDS, TEKUN}, {DIBIAN, OUTCOME_MET, -1, YIELDS, TEKUN}}},
        {"an objection before is no hindrance", {{TEKUN, OUTCOME_NOT_MET, -1, OBJECTED, -1}, {DIBAO, OUTCOME_MET, -1, STANDS, -1}, {DIBIAN, OUTCOME_NOT_MET, -1, OBJECTED, -1}}},
        {"what is open before it keeps it open", {{TEKUN, OUTCOME_INCOMPLETE, -1, OPEN, -1}, {DIBAO, OUTCOME_MET, -1, DEPENDS, TEKUN}, {DIBIAN, OUTCOME_MET, -1, YIELDS, DIBAO}}},
        {"what is open behind it does not", {{TEKUN, OUTCOME_NOT_MET, -1, OBJECTED, -1}, {DIBAO, OUTCOME_MET, -1, STANDS, -1}, {DIBIAN, OUTCOME_REVIEW, -1, OPEN, -1}}},
        {"a programme outside of groups stands", {{TEKUN, OUTCOME_MET, -1, STANDS, -1}, {LINSHI, OUTCOME_MET, -1, STANDS, -1}, {DIBIAN, OUTCOME_NOT_MET, -1, OBJECTED, -1}}},
        {"the higher stands", {{GUER, OUTCOME_MET, 100, YIELDS, KUNJING}, {KUNJING, OUTCOME_MET, 101, STANDS, -1}, {LINSHI, OUTCOME_MET, 5, STANDS, -1}}},
        {"of equal ones the first of the line", {{GUER, OUTCOME_MET, 100, STANDS, -1}, {KUNJING, OUTCOME_MET, 100, YIELDS, GUER}, {LINSHI, OUTCOME_MET, 5, STANDS, -1}}},
        {"an open one might be higher", {{GUER, OUTCOME_MET, 100, DEPENDS, KUNJING}, {KUNJING, OUTCOME_REVIEW, 99, OPEN, -1}, {LINSHI, OUTCOME_MET, 5, STANDS, -1}}},
        {"an amount that is not known might be higher", {{GUER, OUTCOME_MET, 100, DEPENDS, KUNJING}, {KUNJING, OUTCOME_MET, -1, DEPENDS, GUER}, {LINSHI, OUTCOME_MET, 5, STANDS, -1}}},
        {"an objection takes nothing", {{GUER, OUTCOME_NOT_MET, 900, OBJECTED, -1}, {KUNJING, OUTCOME_MET, 1, STANDS, -1}, {LINSHI, OUTCOME_MET, 5, STANDS, -1}}},
    };
    /* clang-format on */

    for (size_t i = 0; i < LEN(rows); i++) {
        struct standing_line lines[3] = {{0}};

        T_ROW(rows[i].belief);
        for (size_t k = 0; k < LEN(lines); k++)
            lines[k] = (struct standing_line){
                .programme = rows[i].lines[k].programme,
                .told = {.outcome = rows[i].lines[k].outcome,
                         .has_amount = rows[i].lines[k].fen >= 0,
                         .amount_fen = rows[i].lines[k].fen >= 0 ? rows[i].lines[k].fen : 0}
            };
        conflict_settle(lines, LEN(lines), &table);
        for (size_t k = 0; k < LEN(lines); k++) {
            T_EQ(lines[k].standing, rows[i].lines[k].want);
            T_EQ(lines[k].by, rows[i].lines[k].by);
            T_TRUE((lines[k].why != NULL) == (lines[k].by >= 0));
        }
    }
}

T_MAIN(T(a_group_gives_one_and_leaves_the_others_alone))
