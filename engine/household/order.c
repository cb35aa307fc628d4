/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "engine/household/assemble.h"

#include "engine/base/ban.h"

#define BY(x, y)                                                                                   \
    do {                                                                                           \
        if ((x) != (y))                                                                            \
            return (x) < (y) ? -1 : 1;                                                             \
    } while (0)

bool
field_is_hidden(const struct field *field)
{
    return field->type == FIELD_IDENTITY || field->type == FIELD_NAME ||
           (field->type == FIELD_TEXT && field->is_sensitive);
}

int
row_compare(const struct household_row *x, const struct household_row *y)
{
    const struct kind *kind = x->kind;

    for (uint32_t f = 0; f < kind->field_count; f++) {
        const struct cell *left = &x->cells[f], *right = &y->cells[f];
        int order = 0;

        if (field_is_hidden(&kind->fields[f]))
            continue;
        BY(left->state, right->state);
        BY(left->number, right->number);
        if (kind->fields[f].type == FIELD_TEXT)
            order = text_cmp(left->text, right->text);
        if (order != 0)
            return order;
    }
    for (uint32_t f = 0; f < kind->field_count; f++) { /* masked forms: they are printed */
        int order = 0;

        if (!field_is_hidden(&kind->fields[f]))
            continue;
        BY(x->cells[f].state, y->cells[f].state);
        if (kind->fields[f].type != FIELD_IDENTITY)
            order = text_cmp(x->cells[f].text, y->cells[f].text);
        if (order != 0)
            return order;
    }
    BY(x->match, y->match);
    BY(x->source, y->source);
    BY(x->seen, y->seen);
    return 0;
}

/* Decides last, between rows that ties_break() tells apart or nobody can. */
static int
row_arrival(const struct household_row *x, const struct household_row *y)
{
    BY(x->entry_number, y->entry_number);
    BY(x->row, y->row);
    return 0;
}

static int
row_place(const void *a, const void *b)
{
    int order = row_compare(a, b);

    return order != 0 ? order : row_arrival(a, b);
}

/* Rows mostly come so: a delivery holds each person's rows in nearly this order. *has_alike: some
 * that follow each other look the same. */
static bool
is_in_place(const struct household_list *list, bool *has_alike)
{
    for (uint32_t r = 1; r < list->row_count; r++) {
        const struct household_row *x = &list->rows[r - 1], *y = &list->rows[r];
        int order = row_compare(x, y);

        *has_alike = *has_alike || order == 0;
        if (order > 0 || (order == 0 && row_arrival(x, y) > 0))
            return false;
    }
    return true;
}

#define FEW 16

/* Few rows are put in place one by one, without the heap that qsort asks for. */
static void
rows_sort(struct household_list *list)
{
    if (list->row_count > FEW) {
        qsort(list->rows, list->row_count, sizeof *list->rows, row_place);
        return;
    }
    for (uint32_t i = 1; i < list->row_count; i++) {
        struct household_row row = list->rows[i];
        uint32_t at = i;

        for (; at > 0 && row_place(&list->rows[at - 1], &row) > 0; at--)
            list->rows[at] = list->rows[at - 1];
        list->rows[at] = row;
    }
}

static void
rows_number(struct household *household)
{
    for (uint32_t p = 0; p < household->person_count; p++)
        for (uint32_t k = 0; k < household->model->kind_count; k++) {
            struct household_list *list = &household->persons[p].lists[k];

            for (uint32_t r = 0; r < list->row_count; r++) {
                list->rows[r].place = r;
                list->rows[r].person = p;
            }
        }
}

hedui_status
household_order(struct household *household, struct arena *arena, struct err *err)
{
    bool has_alike = false; /* or some list is only now in its order */

    for (uint32_t p = 0; p < household->person_count; p++)
        for (uint32_t k = 0; k < household->model->kind_count; k++) {
            struct household_list *list = &household->persons[p].lists[k];

            if (list->row_count < 2 || is_in_place(list, &has_alike))
                continue;
            rows_sort(list);
            has_alike = true;
        }
    if (has_alike)
        TRY(ties_break(household, arena, err));
    rows_number(household);
    return things_build(household, UINT64_MAX, arena, err);
}

hedui_status
household_order_brief(struct household *household, uint64_t things_of, struct arena *arena,
                      struct err *err)
{
    rows_number(household);
    return things_build(household, things_of, arena, err);
}
