/* SPDX-License-Identifier: Apache-2.0 */
/* vector_list.c: lists of the program, and the program of a whole pack. A list is never made: it is
 * a domain, a mask of the elements that filters left, and what a map made of each. */
#include "engine/rule/vector.h"

#include <string.h>

#include "engine/base/ban.h"

#define PARTS_MAX 8

struct piece {      /* of a list: the elements of a domain, or one value */
    uint8_t domain; /* VECTOR_CONST: one value */
    int32_t mask;   /* −1: all */
    int32_t value;  /* −1: records */
    bool is_rows;   /* has open ends */
    struct vector_window window;
};
struct pieces {
    uint32_t count;
    struct piece items[PARTS_MAX];
};

static bool list_of(struct vector_compiling *c, const struct expr *node, struct pieces *out);

static bool
piece_add(struct pieces *out, struct piece piece)
{
    if (out->count == PARTS_MAX)
        return false;
    out->items[out->count++] = piece;
    return true;
}

static bool
records_of(struct pieces *out, uint32_t domain, bool is_rows)
{
    return piece_add(out, (struct piece){.domain = (uint8_t)domain,
                                         .mask = -1,
                                         .value = -1,
                                         .is_rows = is_rows,
                                         .window = {.day = -1}});
}

/* Elements of a constant list as values. */
static bool
constants_of(struct vector_compiling *c, const struct value *list, const struct type *type,
             struct pieces *out)
{
    struct expr literal = {.is_constant = true, .type = type->of};

    if (list->state != VALUE_KNOWN || list->list->open_count > 0)
        return false;
    for (uint32_t i = 0; i < list->list->count; i++) {
        struct piece piece = {.domain = VECTOR_CONST, .mask = -1};

        literal.literal = list->list->elements[i].value;
        piece.value = list->list->elements[i].is_maybe ? -1 : vector_node(c, &literal);
        if (piece.value < 0 || !piece_add(out, piece))
            return false;
    }
    return true;
}

/* within_months(X.period, case.DAY, N) as (a part of) what a filter asks of the rows X. */
static void
window_find(struct vector_compiling *c, const struct expr *p, uint32_t variable,
            const struct kind *kind, struct vector_window *window)
{
    const struct pack *pack = c->p->pack;
    const struct part *part;
    uint8_t domain;
    int32_t count;

    if (p->op == OP_AND) {
        for (uint32_t i = 0; i < p->count && window->day < 0; i++)
            window_find(c, p->args[i], variable, kind, window);
        return;
    }
    if (p->op != OP_FUNCTION || p->function != FUNCTION_WITHIN_MONTHS || kind->period < 0 ||
        p->args[0]->op != OP_SELECT || p->args[0]->args[0]->op != OP_VAR ||
        p->args[0]->args[0]->number != variable || p->args[1]->op != OP_SELECT ||
        !vector_record(c, p->args[1]->args[0], &domain) || domain != VECTOR_CASES)
        return;
    part = &pack->shapes[kind->number].parts[p->args[0]->number];
    if (part->kind != PART_CELL || (int32_t)part->number != kind->period)
        return;
    part = &pack->case_shape.parts[p->args[1]->number];
    count = vector_node(c, p->args[2]);
    if (part->kind != PART_CELL || count < 0 || c->p->regs[count].domain != VECTOR_CONST)
        return;
    *window = (struct vector_window){(int32_t)part->number, c->p->regs[count].lo};
}

/* What is asked of each element of a piece, or made of it. */
static int32_t
of_element(struct vector_compiling *c, const struct expr *macro, const struct expr *node,
           const struct piece *piece)
{
    int32_t reg;

    if (piece->domain == VECTOR_CONST)
        return -1;
    c->vars[macro->number] = (struct vector_var){piece->domain, piece->value};
    reg = vector_node(c, node);
    c->vars[macro->number] = (struct vector_var){VECTOR_CASES, -1};
    return vector_spread(c, reg, piece->domain);
}

static bool
narrowed(struct vector_compiling *c, const struct expr *macro, const struct expr *p,
         struct piece *piece)
{
    uint32_t kinds = c->p->pack->model->kind_count;
    int32_t reg = of_element(c, macro, p, piece);

    if (reg < 0 || !c->p->regs[reg].is_bool)
        return false;
    if (piece->is_rows && piece->window.day < 0 && piece->value < 0)
        window_find(c, p, macro->number, &c->p->pack->model->kinds[(piece->domain - 2u) % kinds],
                    &piece->window);
    if (c->p->regs[reg].domain == VECTOR_CONST)
        return c->p->regs[reg].lo != 0;
    piece->mask = piece->mask < 0 ? reg : vector_logic(c, V_AND, piece->mask, reg);
    return piece->mask >= 0;
}

static bool
macro_of(struct vector_compiling *c, const struct expr *node, struct pieces *out)
{
    const struct expr *p = node->op == OP_FILTER || node->count == 4 ? node->args[2] : NULL;
    const struct expr *e = node->op == OP_MAP ? node->args[node->count - 1] : NULL;

    if (!list_of(c, node->args[0], out))
        return false;
    for (uint32_t i = 0; i < out->count; i++) {
        struct piece *piece = &out->items[i];

        if (p != NULL && !narrowed(c, node, p, piece))
            return false;
        if (e == NULL)
            continue;
        piece->value = of_element(c, node, e, piece);
        if (piece->value < 0)
            return false;
    }
    return true;
}

static bool
list_of(struct vector_compiling *c, const struct expr *node, struct pieces *out)
{
    const struct pack *pack = c->p->pack;
    const struct part *part;
    struct value value;
    struct pieces more = {0};
    uint8_t domain;

    if (node->is_constant)
        return constants_of(c, &node->literal, node->type, out);
    switch (node->op) {
    case OP_SLOT:
        if (node->number == SLOT_MEMBERS)
            return records_of(out, VECTOR_MEMBERS, false);
        if (node->number >= SLOT_THINGS && node->number < slot_current(pack, 0))
            return records_of(out, vector_things(pack, node->number - SLOT_THINGS), true);
        return vector_params(c, node->number, &value) && constants_of(c, &value, node->type, out);
    case OP_SELECT:
        if (!vector_record(c, node->args[0], &domain) || domain != VECTOR_MEMBERS)
            return false;
        part = &pack->shapes[pack->model->applicant->number].parts[node->number];
        return part->kind == PART_LIST && records_of(out, vector_rows(part->number), true);
    case OP_FILTER:
    case OP_MAP:
        return macro_of(c, node, out);
    case OP_ADD:
        if (!list_of(c, node->args[0], out) || !list_of(c, node->args[1], &more))
            return false;
        for (uint32_t i = 0; i < more.count; i++)
            if (!piece_add(out, more.items[i]))
                return false;
        return true;
    case OP_LIST:
        for (uint32_t i = 0; i < node->count; i++) {
            struct piece piece = {
                .domain = VECTOR_CONST, .mask = -1, .value = vector_node(c, node->args[i])};
            if (piece.value < 0 || !piece_add(out, piece))
                return false;
        }
        return true;
    default:
        return false;
    }
}

static uint64_t
kinds_of(const struct vector_compiling *c, const struct piece *piece)
{
    return piece->is_rows ? UINT64_C(1) << (piece->domain - 2u) % c->p->pack->model->kind_count : 0;
}

/* The rows are looked at: notes what an open end among them would mean. */
static bool
piece_use(struct vector_compiling *c, const struct piece *piece)
{
    struct vector_program *p = c->p;
    uint32_t kinds = p->pack->model->kind_count, k;

    if (!piece->is_rows)
        return true;
    k = (piece->domain - 2u) % kinds;
    if (piece->domain < 2 + kinds)
        p->rows_read |= UINT64_C(1) << k;
    else
        p->things_read |= UINT64_C(1) << k;
    for (uint32_t i = 0; i < p->window_count[k]; i++)
        if (p->windows[k][i].day == piece->window.day &&
            p->windows[k][i].count == piece->window.count)
            return true;
    if (p->window_count[k] == sizeof p->windows[k] / sizeof p->windows[k][0])
        return false;
    p->windows[k][p->window_count[k]++] = piece->window;
    return true;
}

/* One piece of a sum, least or most; an empty one without `base` is an error, left to the walk. */
static int32_t
piece_fold(struct vector_compiling *c, const struct expr *node, struct piece *piece, bool has_base)
{
    struct vector_op op = {.code = node->function == FUNCTION_SUM   ? V_SUM
                                   : node->function == FUNCTION_MIN ? V_SEGMENT_LEAST
                                                                    : V_SEGMENT_MOST,
                           .domain = piece->domain,
                           .b = piece->mask,
                           .c = has_base ? -1 : 0};
    struct vector_reg to;

    if (piece->value < 0 || !piece_use(c, piece))
        return -1;
    to = c->p->regs[piece->value];
    if (piece->domain == VECTOR_CONST)
        return to.is_bool ? -1 : piece->value;
    if (to.is_bool || to.den_reg >= 0)
        return -1;
    if (to.domain == VECTOR_CONST) {
        to.domain = piece->domain;
        op.a = vector_emit(
            c, (struct vector_op){.code = V_FILL, .domain = piece->domain, .imm = to.lo}, to);
    } else {
        op.a = piece->value;
    }
    if (op.a < 0)
        return -1;
    to.domain = (uint8_t)vector_parent(c->p->pack, piece->domain);
    to.lists |= kinds_of(c, piece);
    if (op.code == V_SUM) {
        int64_t most = vector_most(c->p->pack, piece->domain);

        if (to.lo < -(INT64_MAX / 2 / most) || to.hi > INT64_MAX / 2 / most)
            return -1;
        to.lo = to.lo < 0 ? to.lo * most : 0;
        to.hi = to.hi > 0 ? to.hi * most : 0;
    } else { /* of nothing: what never wins against the base */
        op.imm = op.code == V_SEGMENT_LEAST ? to.hi : to.lo;
    }
    return vector_emit(c, op, to);
}

int32_t
vector_fold(struct vector_compiling *c, const struct expr *node)
{
    struct pieces pieces = {0};
    bool has_base = node->function == FUNCTION_SUM;
    int32_t all = -1;

    if (node->args[0]->type->kind != TYPE_LIST || !list_of(c, node->args[0], &pieces) ||
        pieces.count == 0)
        return -1;
    for (uint32_t i = 0; i < pieces.count; i++)
        has_base = has_base || pieces.items[i].domain == VECTOR_CONST;
    if (!has_base && pieces.count > 1)
        return -1;
    for (uint32_t i = 0; i < pieces.count; i++) {
        int32_t one = piece_fold(c, node, &pieces.items[i], has_base), other = all;
        int64_t den;

        if (i == 0 || one < 0) {
            all = one;
            if (one < 0)
                return -1;
            continue;
        }
        if (!vector_align(c, &one, &other))
            return -1;
        den = c->p->regs[one].den;
        all = vector_whole(c,
                           node->function == FUNCTION_SUM   ? V_ADD
                           : node->function == FUNCTION_MIN ? V_LEAST
                                                            : V_MOST,
                           other, one);
        if (all < 0)
            return -1;
        c->p->regs[all].den = den;
    }
    return all;
}

int32_t
vector_size(struct vector_compiling *c, const struct expr *node)
{
    struct pieces pieces = {0};
    int64_t fixed = 0;
    int32_t all = -1;

    if (node->args[0]->type->kind != TYPE_LIST || !list_of(c, node->args[0], &pieces))
        return -1;
    for (uint32_t i = 0; i < pieces.count; i++) {
        struct piece *piece = &pieces.items[i];
        int32_t one;

        if (piece->domain == VECTOR_CONST) {
            fixed++;
            continue;
        }
        if (!piece_use(c, piece))
            return -1;
        one = vector_emit(
            c, (struct vector_op){.code = V_COUNT, .domain = piece->domain, .b = piece->mask},
            (struct vector_reg){.domain = (uint8_t)vector_parent(c->p->pack, piece->domain),
                                .hi = vector_most(c->p->pack, piece->domain),
                                .den = 1,
                                .den_reg = -1,
                                .lists = kinds_of(c, piece)});
        all = all < 0 ? one : vector_whole(c, V_ADD, all, one);
        if (all < 0)
            return -1;
    }
    if (all < 0)
        return vector_const(c, fixed, 1, false);
    return fixed == 0 ? all : vector_whole(c, V_ADD, all, vector_const(c, fixed, 1, false));
}

/* exists and all over one piece */
int32_t
vector_quantifier(struct vector_compiling *c, const struct expr *node)
{
    struct pieces pieces = {0};
    struct vector_op op = {.code = node->op == OP_EXISTS ? V_ANY : V_ALL};
    struct piece *piece = &pieces.items[0];
    int32_t p;

    if (node->count != 3 || !list_of(c, node->args[0], &pieces) || pieces.count != 1)
        return -1;
    p = of_element(c, node, node->args[2], piece);
    if (p < 0 || !c->p->regs[p].is_bool || c->p->regs[p].domain == VECTOR_CONST)
        return -1;
    if (node->op == OP_EXISTS && piece->is_rows && piece->window.day < 0 && piece->value < 0)
        window_find(c, node->args[2], node->number,
                    &c->p->pack->model->kinds[(piece->domain - 2u) % c->p->pack->model->kind_count],
                    &piece->window);
    if (!piece_use(c, piece))
        return -1;
    op.domain = piece->domain;
    op.a = p;
    op.b = piece->mask;
    return vector_emit(
        c, op,
        (struct vector_reg){.domain = (uint8_t)vector_parent(c->p->pack, piece->domain),
                            .is_bool = true,
                            .hi = 1,
                            .den = 1,
                            .den_reg = -1,
                            .lists = kinds_of(c, piece)});
}

/* One expression of the household; what it leaves behind where it is not here goes again. */
int32_t
vector_root(struct vector_compiling *c, const struct expr *expr, const struct fact *fact)
{
    struct vector_program *p = c->p;
    const struct vector_program before = {.reg_count = p->reg_count, .op_count = p->op_count};
    uint32_t memo_count = c->memos->count;
    const struct type *is = expr_type(expr);
    const struct function_name *how = NULL;
    int32_t reg;

    memset(c->vars, 0, sizeof c->vars);
    for (size_t i = 0; i < EXPR_VARS_MAX; i++)
        c->vars[i].reg = -1;
    reg = vector_node(c, expr);
    if (reg >= 0 && fact != NULL && fact->round.len > 0) {
        how = function_find(fact->round);
        reg = how == NULL ? -1 : vector_rounded(c, how->rounding, how->unit, reg);
    } else if (reg >= 0 && fact != NULL) {
        reg = vector_converted(c, reg, is, fact->type);
    }
    if (reg >= 0 && p->regs[reg].domain == VECTOR_CASES)
        return reg;
    p->reg_count = before.reg_count;
    p->op_count = before.op_count;
    c->memos->count = memo_count;
    return -1;
}

/* Facts read facts: those that are not here yet are tried again while others come. */
static void
facts_compile_all(struct vector_compiling *c)
{
    const struct pack *pack = c->p->pack;
    bool is_going = true;

    for (uint32_t i = 0; i < pack->home_fact_count; i++)
        c->p->facts[i] = -1;
    while (is_going) {
        is_going = false;
        for (uint32_t i = 0; i < pack->home_fact_count; i++) {
            const struct fact *fact = &pack->facts[pack->home_facts[i]];

            if (c->p->facts[i] >= 0)
                continue;
            c->p->facts[i] = vector_root(c, fact->is, fact);
            is_going = is_going || c->p->facts[i] >= 0;
        }
    }
}

struct vector_compiling *
vector_begin(const struct pack *pack, int32_t as_of, struct arena *arena)
{
    struct vector_program *p = arena_alloc(arena, 1, sizeof *p);
    struct vector_compiling *c = arena_alloc(arena, 1, sizeof *c);
    struct vector_memos *memos = arena_alloc(arena, 1, sizeof *memos);

    if (p == NULL || c == NULL || memos == NULL || pack->as_of != NULL)
        return NULL;
    p->pack = pack;
    p->as_of = as_of;
    p->domain_count = 2 + 2 * pack->model->kind_count;
    p->facts = arena_alloc(arena, pack->home_fact_count, sizeof *p->facts);
    p->rules = arena_alloc(arena, pack->rule_count, sizeof *p->rules);
    p->unless = arena_alloc(arena, pack->rule_count, sizeof *p->unless);
    if (p->facts == NULL || p->rules == NULL || p->unless == NULL)
        return NULL;
    c->p = p;
    c->memos = memos;
    c->current = VECTOR_CONST;
    facts_compile_all(c);
    return c;
}

struct vector_program *
vector_compile(const struct pack *pack, int32_t as_of, struct arena *arena)
{
    struct vector_compiling *c = vector_begin(pack, as_of, arena);
    struct vector_program *p = c == NULL ? NULL : c->p;

    if (p != NULL)
        p->rules_from = p->op_count;
    for (uint32_t r = 0; p != NULL && r < pack->rule_count; r++) {
        p->rules[r] = vector_root(c, pack->rules[r].when, NULL);
        p->unless[r] = arena_alloc(arena, pack->rules[r].unless_count, sizeof *p->unless[r]);
        if (p->unless[r] == NULL)
            return NULL;
        for (uint32_t u = 0; u < pack->rules[r].unless_count; u++)
            p->unless[r][u] = vector_root(c, pack->rules[r].unless[u].when, NULL);
    }
    return p;
}
