/* SPDX-License-Identifier: Apache-2.0 */
/* grade.c: how far the rows behind an objection carry it.
 *
 * An objection is asked again with rows below a grade counted as maybe there. One that falls
 * without leads rests on them; one that falls without rows that need confirmation rests on those;
 * both tests leave lower rows out too, or a lead could stand in for a row that nobody has
 * confirmed. */
#include <string.h>

#include "engine/rule/finding.h"

#include "engine/base/ban.h"

/* Which kinds have rows below each grade: whoever reads none of them need not be asked again. */
void
grades_note(struct judging *j)
{
    const struct household *h = j->run->household;

    for (uint32_t i = 0; i < h->person_count; i++)
        for (uint32_t k = 0; k < h->model->kind_count; k++)
            for (uint32_t r = 0; r < h->persons[i].lists[k].row_count; r++) {
                enum grade grade = row_grade(j->run->pack, &h->persons[i].lists[k].rows[r]);
                for (int floor = (int)grade + 1; floor < GRADE_COUNT; floor++)
                    j->below[floor] |= (uint64_t)1 << k;
            }
}

/* The household with rows below `floor` in doubt, opened when first asked for. NULL: the arena is
 * full, which the run remembers. */
static struct run *
floor_run(struct judging *j, enum grade floor)
{
    struct run *run = j->floors[floor];
    struct err ignored;

    if (run != NULL)
        return run;
    run = arena_alloc(j->arena, 1, sizeof *run);
    if (run == NULL ||
        run_open(run, j->run->pack, j->run->household, j->arena, &ignored) != HEDUI_OK) {
        j->run->is_full = true;
        return NULL;
    }
    run->floor = floor;
    run->is_reference = j->run->is_reference;
    run->is_boundless = j->run->is_boundless;
    j->floors[floor] = run;
    return run;
}

enum grade
objection_grade(struct judging *j, uint64_t kinds,
                bool (*objects)(struct judging *j, struct run *run, const void *of), const void *of)
{
    int floors = j->is_brief ? GRADE_CONFIRM + 1 : GRADE_COUNT; /* leads alone change a level */

    for (int floor = GRADE_CONFIRM; floor < floors; floor++) {
        struct run *run;

        if ((j->below[floor] & kinds) == 0)
            continue;
        run = floor_run(j, (enum grade)floor);
        if (run == NULL || !objects(j, run, of))
            return (enum grade)(floor - 1);
    }
    return GRADE_FINAL;
}

static bool
rule_objects(struct judging *j, struct run *run, const void *of)
{
    struct value value = rule_value(run, of, NULL, NULL);

    (void)j;
    return value.state == VALUE_KNOWN && value.boolean;
}

enum grade
rule_grade(struct judging *j, const struct rule *rule)
{
    return objection_grade(j, rule->kinds, rule_objects, rule);
}

bool
grades_full(const struct judging *j)
{
    for (int floor = 0; floor < GRADE_COUNT; floor++)
        if (j->floors[floor] != NULL && j->floors[floor]->is_full)
            return true;
    return false;
}

/* The rows of the evidence that a person must confirm: their amount, holder and period. */
hedui_status
confirm_build(struct judging *j, struct finding *finding, struct err *err)
{
    if (!text_is(finding->grade, grade_name(GRADE_CONFIRM)))
        return HEDUI_OK;
    finding->confirm = arena_alloc(j->arena, finding->evidence_count, sizeof *finding->confirm);
    if (finding->confirm == NULL)
        return arena_full(j->arena, err);
    for (uint32_t i = 0; i < finding->evidence_count; i++)
        if (finding->evidence[i].of != NULL &&
            row_grade(j->run->pack, finding->evidence[i].of) == GRADE_CONFIRM)
            finding->confirm[finding->confirm_count++] = finding->evidence[i].row;
    return HEDUI_OK;
}
