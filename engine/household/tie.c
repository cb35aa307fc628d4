/* SPDX-License-Identifier: Apache-2.0 */
/* tie.c: the order of rows that look the same and yet differ in something that is never printed.
 *
 * Two accounts whose last digits, balances and all else agree are told apart by their hidden
 * numbers only, and which number is smaller hangs on the key. But whom each is shared with does
 * not: so rows are told apart by the company they keep. Persons and rows have colours, at first by
 * what is printed; hidden values that several hold bind them; a row's colour is refined by the
 * colours of those it is bound to, until nothing changes. Where rows still tie, one is put first,
 * whichever, and the others are refined by it. Rows that are bound to nobody stay as they arrived:
 * no rule can tell which of them is which. */
#include <stdlib.h>

#include "engine/household/assemble.h"

#include "engine/base/ban.h"

#define ROWS_MAX 20000 /* of a household; past it rows stay as they arrived */

struct bond { /* all cells that hold one hidden value */
    uint32_t count, rank;
    bool is_shared; /* by more than one vertex */
    struct token **tokens;
};
struct token {
    struct key128 key;
    uint32_t field;
    struct vertex *vertex;
    struct bond *bond;
};
struct vertex {                /* a person or a row */
    struct household_row *row; /* NULL: a person */
    uint32_t colour, refined;  /* place of the first that looks the same; after this round */
    uint32_t arrived, token_count;
    struct token *tokens; /* by field */
};
struct web {
    uint32_t vertex_count, token_count, bond_count;
    struct vertex *vertices, **order;
    struct token *tokens;
    struct bond *bonds, **ranking;
};

#define BY(x, y)                                                                                   \
    do {                                                                                           \
        if ((x) != (y))                                                                            \
            return (x) < (y) ? -1 : 1;                                                             \
    } while (0)

/* What a cell hides. The pseudonym of a row's owner binds it to nobody but its own list. */
static bool
token_of(const struct kind *kind, uint32_t f, const struct cell *cell, bool is_row,
         struct key128 *out)
{
    const struct field *field = &kind->fields[f];

    if (cell->state != CELL_VALUE || !field_is_hidden(field) || (is_row && f == kind->owner))
        return false;
    if (field->type == FIELD_IDENTITY)
        *out = cell->key;
    else /* tags of names and of texts are of different ciphers */
        *out = (struct key128){field->type == FIELD_NAME ? 1 : 2, (uint64_t)cell->number};
    return true;
}

static int
key_compare(struct key128 x, struct key128 y)
{
    BY(x.hi, y.hi);
    BY(x.lo, y.lo);
    return 0;
}

static bool
rows_hide_alike(const struct household_row *x, const struct household_row *y)
{
    for (uint32_t f = 0; f < x->kind->field_count; f++) {
        struct key128 a, b;

        if (token_of(x->kind, f, &x->cells[f], true, &a) &&
            token_of(x->kind, f, &y->cells[f], true, &b) && key_compare(a, b) != 0)
            return false;
    }
    return true;
}

/* A list past its limit is read by nobody. */
static uint32_t
rows_of(const struct kind *kind, const struct household_list *list)
{
    return kind->limit > 0 && list->row_count > kind->limit ? 0 : list->row_count;
}

static uint32_t
hidden_count(const struct kind *kind)
{
    uint32_t count = 0;

    for (uint32_t f = 0; f < kind->field_count; f++)
        count += field_is_hidden(&kind->fields[f]);
    return count;
}

/* Nearly always no: then nothing here costs more than one pass. */
static bool
has_ties(const struct household *household, uint32_t *rows, size_t *cells)
{
    const struct model *model = household->model;
    bool has = false;

    *rows = 0;
    *cells = (size_t)household->person_count * hidden_count(model->applicant);
    for (uint32_t p = 0; p < household->person_count; p++)
        for (uint32_t k = 0; k < model->kind_count; k++) {
            const struct household_list *list = &household->persons[p].lists[k];
            uint32_t count = rows_of(&model->kinds[k], list);

            for (uint32_t r = 1; r < count && !has; r++)
                has = row_compare(&list->rows[r - 1], &list->rows[r]) == 0 &&
                      !rows_hide_alike(&list->rows[r - 1], &list->rows[r]);
            *rows += count;
            *cells += (size_t)count * hidden_count(&model->kinds[k]);
        }
    return has && *rows <= ROWS_MAX;
}

static void
vertex_tokens(struct web *web, struct vertex *vertex, const struct kind *kind,
              const struct cell *cells)
{
    vertex->tokens = &web->tokens[web->token_count];
    for (uint32_t f = 0; cells != NULL && f < kind->field_count; f++) {
        struct token *token = &web->tokens[web->token_count];

        if (!token_of(kind, f, &cells[f], vertex->row != NULL, &token->key))
            continue;
        token->field = f;
        token->vertex = vertex;
        vertex->token_count++;
        web->token_count++;
    }
}

static void
vertices_fill(struct web *web, struct household *household)
{
    const struct model *model = household->model;

    for (uint32_t p = 0; p < household->person_count; p++) {
        struct vertex *vertex = &web->vertices[web->vertex_count];

        vertex->colour = vertex->arrived = web->vertex_count++;
        vertex_tokens(web, vertex, model->applicant, household->persons[p].cells);
    }
    for (uint32_t p = 0; p < household->person_count; p++)
        for (uint32_t k = 0; k < model->kind_count; k++) {
            struct household_list *list = &household->persons[p].lists[k];
            uint32_t count = rows_of(&model->kinds[k], list);

            for (uint32_t r = 0; r < count; r++) {
                struct vertex *vertex = &web->vertices[web->vertex_count];
                bool is_tie = r > 0 && row_compare(&list->rows[r - 1], &list->rows[r]) == 0;

                vertex->row = &list->rows[r];
                vertex->arrived = web->vertex_count++;
                vertex->colour = is_tie ? vertex[-1].colour : vertex->arrived;
                vertex_tokens(web, vertex, &model->kinds[k], list->rows[r].cells);
            }
        }
}

static int
token_key_compare(const void *a, const void *b)
{
    const struct token *x = *(struct token *const *)a, *y = *(struct token *const *)b;
    int order = key_compare(x->key, y->key);

    if (order != 0)
        return order;
    BY(x, y); /* of one array: any order will do, but the same each time */
    return 0;
}

static void
bonds_fill(struct web *web, struct token **tokens)
{
    for (uint32_t t = 0; t < web->token_count; t++)
        tokens[t] = &web->tokens[t];
    qsort(tokens, web->token_count, sizeof(struct token *), token_key_compare);
    for (uint32_t t = 0, end; t < web->token_count; t = end) {
        struct bond *bond = &web->bonds[web->bond_count];

        bond->tokens = &tokens[t];
        for (end = t; end < web->token_count && key_compare(tokens[end]->key, tokens[t]->key) == 0;
             end++) {
            tokens[end]->bond = bond;
            bond->is_shared = bond->is_shared || tokens[end]->vertex != tokens[t]->vertex;
        }
        bond->count = end - t;
        web->ranking[web->bond_count++] = bond;
    }
    for (uint32_t v = 0; v < web->vertex_count; v++)
        web->order[v] = &web->vertices[v];
}

static int
token_compare(const void *a, const void *b)
{
    const struct token *x = *(struct token *const *)a, *y = *(struct token *const *)b;

    BY(x->vertex->colour, y->vertex->colour);
    BY(x->field, y->field);
    BY(x, y);
    return 0;
}

static int
bond_compare(const void *a, const void *b)
{
    const struct bond *x = *(struct bond *const *)a, *y = *(struct bond *const *)b;

    BY(x->count, y->count);
    for (uint32_t t = 0; t < x->count; t++) {
        BY(x->tokens[t]->vertex->colour, y->tokens[t]->vertex->colour);
        BY(x->tokens[t]->field, y->tokens[t]->field);
    }
    return 0;
}

static int
vertex_compare(const struct vertex *x, const struct vertex *y)
{
    BY(x->colour, y->colour);
    BY(x->token_count, y->token_count);
    for (uint32_t t = 0; t < x->token_count; t++) {
        BY(x->tokens[t].field, y->tokens[t].field);
        BY(x->tokens[t].bond->rank, y->tokens[t].bond->rank);
    }
    return 0;
}

static int
vertex_place(const void *a, const void *b)
{
    const struct vertex *x = *(struct vertex *const *)a, *y = *(struct vertex *const *)b;
    int order = vertex_compare(x, y);

    if (order != 0)
        return order;
    BY(x->arrived, y->arrived);
    return 0;
}

/* One round: bonds by the colours they hold together, vertices by the bonds they have. false:
 * nothing was split. */
static bool
refine_once(struct web *web)
{
    uint32_t before = 0, after = 0;

    for (uint32_t b = 0; b < web->bond_count; b++)
        qsort(web->bonds[b].tokens, web->bonds[b].count, sizeof(struct token *), token_compare);
    qsort(web->ranking, web->bond_count, sizeof(struct bond *), bond_compare);
    for (uint32_t b = 0; b < web->bond_count; b++)
        web->ranking[b]->rank = b > 0 && bond_compare(&web->ranking[b - 1], &web->ranking[b]) == 0
                                    ? web->ranking[b - 1]->rank
                                    : b;
    qsort(web->order, web->vertex_count, sizeof(struct vertex *), vertex_place);
    for (uint32_t v = 0; v < web->vertex_count; v++) {
        struct vertex *vertex = web->order[v], *last = v > 0 ? web->order[v - 1] : NULL;
        bool is_new = last == NULL || vertex_compare(last, vertex) != 0;

        before += last == NULL || last->colour != vertex->colour;
        after += is_new;
        vertex->refined = is_new ? v : last->refined;
    }
    for (uint32_t v = 0; v < web->vertex_count; v++)
        web->order[v]->colour = web->order[v]->refined;
    return after > before;
}

/* Could somebody tell this row from the first that looks the same? */
static bool
is_bound_apart(const struct vertex *x, const struct vertex *y)
{
    for (uint32_t t = 0; t < x->token_count; t++)
        if (x->tokens[t].bond != y->tokens[t].bond &&
            (x->tokens[t].bond->is_shared || y->tokens[t].bond->is_shared))
            return true;
    return false;
}

/* Puts one row of the first open tie before the others. false: no tie is open. */
static bool
single_out(struct web *web)
{
    for (uint32_t v = 0, end; v < web->vertex_count; v = end) {
        bool is_open = false;

        for (end = v + 1;
             end < web->vertex_count && web->order[end]->colour == web->order[v]->colour; end++)
            is_open = is_open || is_bound_apart(web->order[v], web->order[end]);
        if (!is_open)
            continue;
        for (uint32_t i = v + 1; i < end; i++)
            web->order[i]->colour++;
        return true;
    }
    return false;
}

/* Rows of a list, in its old places, by colour. */
static void
rows_place(struct web *web, struct household_row *rows)
{
    for (uint32_t v = 0; v < web->vertex_count; v++)
        if (web->order[v]->row != NULL)
            rows[v] = *web->order[v]->row;
    /* lists follow each other by place in `vertices` as in `order`: first colours are their places
     */
    for (uint32_t v = 0; v < web->vertex_count; v++)
        if (web->vertices[v].row != NULL)
            *web->vertices[v].row = rows[v];
}

hedui_status
ties_break(struct household *household, struct arena *arena, struct err *err)
{
    struct arena_mark mark = arena_mark(arena);
    struct web web = {0};
    struct household_row *rows;
    struct token **tokens;
    size_t vertices, cells;
    uint32_t row_count;

    if (!has_ties(household, &row_count, &cells))
        return HEDUI_OK;
    vertices = (size_t)household->person_count + row_count;
    web.vertices = arena_alloc(arena, vertices, sizeof *web.vertices);
    web.order = arena_alloc(arena, vertices, sizeof *web.order);
    web.tokens = arena_alloc(arena, cells, sizeof *web.tokens);
    web.bonds = arena_alloc(arena, cells, sizeof *web.bonds);
    web.ranking = arena_alloc(arena, cells, sizeof *web.ranking);
    tokens = arena_alloc(arena, cells, sizeof(struct token *));
    rows = arena_alloc(arena, vertices, sizeof *rows);
    if (web.vertices == NULL || web.order == NULL || web.tokens == NULL || web.bonds == NULL ||
        web.ranking == NULL || tokens == NULL || rows == NULL)
        return arena_full(arena, err);
    vertices_fill(&web, household);
    bonds_fill(&web, tokens);
    do
        while (refine_once(&web))
            continue;
    while (single_out(&web));
    rows_place(&web, rows);
    arena_rewind(arena, mark);
    return HEDUI_OK;
}
