/* SPDX-License-Identifier: Apache-2.0 */
/* vector_node.c: what each node of an expression becomes. Recursion goes no deeper than the tree,
 * and from fact to fact, which pack_graph.c keeps free of circles. */
#include "engine/rule/vector.h"

#include <string.h>

#include "engine/base/ban.h"

static int32_t
pick(struct vector_compiling *c, const struct expr *node)
{
    struct vector_op op = {.code = V_PICK};
    struct vector_reg to;
    int32_t p = vector_node(c, node->args[0]), a = vector_node(c, node->args[1]),
            b = vector_node(c, node->args[2]);
    bool is_bool;

    if (p < 0 || a < 0 || b < 0 || c->p->regs[p].domain == VECTOR_CONST)
        return -1;
    is_bool = c->p->regs[a].is_bool;
    if (is_bool != c->p->regs[b].is_bool || (!is_bool && !vector_align(c, &a, &b)) ||
        !vector_level(c, &a, &b, &op.domain))
        return -1;
    if (op.domain == VECTOR_CONST || !vector_is_above(c->p, c->p->regs[p].domain, op.domain))
        op.domain = c->p->regs[p].domain;
    op.a = vector_spread(c, p, op.domain);
    op.b = vector_filled(c, vector_spread(c, a, op.domain), op.domain);
    op.c = vector_filled(c, vector_spread(c, b, op.domain), op.domain);
    if (op.a < 0 || op.b < 0 || op.c < 0)
        return -1;
    op.code = is_bool ? V_PICK_BOOL : V_PICK;
    to = c->p->regs[op.b];
    if (c->p->regs[op.c].lo < to.lo)
        to.lo = c->p->regs[op.c].lo;
    if (c->p->regs[op.c].hi > to.hi)
        to.hi = c->p->regs[op.c].hi;
    return vector_emit(c, op, to);
}

static int32_t
arith(struct vector_compiling *c, const struct expr *node)
{
    int32_t a = vector_node(c, node->args[0]), b = vector_node(c, node->args[1]), out;
    struct vector_reg x, y;
    int64_t den;

    if (a < 0 || b < 0 || !type_is_number(node->type))
        return -1;
    if (node->op == OP_DIV)
        return type_is_ratio(node->type) ? vector_divided(c, a, b) : -1;
    if (node->op == OP_MUL) {
        x = c->p->regs[a];
        y = c->p->regs[b];
        if (x.den_reg >= 0 || y.den_reg >= 0 || __builtin_mul_overflow(x.den, y.den, &den))
            return -1;
        out = vector_whole(c, V_MUL, a, b);
    } else {
        if (!vector_align(c, &a, &b))
            return -1;
        den = c->p->regs[a].den;
        out = vector_whole(c, node->op == OP_ADD ? V_ADD : V_SUB, a, b);
    }
    if (out < 0 || (den != 1 && !type_is_ratio(node->type)))
        return -1;
    c->p->regs[out].den = den;
    return out;
}

/* The input that holds this part of every element; made when it is first read. */
static int32_t
input_of(struct vector_compiling *c, uint8_t domain, const struct part *part)
{
    struct vector_program *p = c->p;

    for (uint32_t i = 0; i < p->input_count; i++)
        if (p->inputs[i].domain == domain && p->inputs[i].part.kind == part->kind &&
            p->inputs[i].part.number == part->number)
            return (int32_t)i;
    if (p->input_count == VECTOR_INPUTS_MAX)
        return -1;
    p->inputs[p->input_count] = (struct vector_input){.domain = domain, .part = *part};
    return (int32_t)p->input_count++;
}

static const struct kind *
kind_of(const struct vector_program *p, uint8_t domain)
{
    uint32_t kinds = p->pack->model->kind_count;

    return domain <= VECTOR_MEMBERS ? p->pack->model->applicant
                                    : &p->pack->model->kinds[(domain - 2u) % kinds];
}

static const struct shape *
shape_of(const struct vector_program *p, uint8_t domain)
{
    return domain == VECTOR_CASES ? &p->pack->case_shape
                                  : &p->pack->shapes[kind_of(p, domain)->number];
}

/* Numbers of a field are within these, or their household leaves the road. */
static bool
field_range(const struct field *field, struct vector_reg *reg)
{
    static const int64_t most[] = {[FIELD_CODE] = 65535,
                                   [FIELD_DATE] = 4000000,
                                   [FIELD_MONTH] = 200000,
                                   [FIELD_MONEY] = 1000000000000,
                                   [FIELD_DECIMAL] = 100000000,
                                   [FIELD_INT] = 1000000,
                                   [FIELD_BOOL] = 1};

    if ((size_t)field->type >= LEN(most) || most[field->type] == 0)
        return false;
    reg->hi = most[field->type];
    if (field->has_min && field->min >= 0 && field->has_max && field->max < reg->hi)
        reg->hi = field->max;
    reg->lo = -reg->hi;
    reg->is_bool = field->type == FIELD_BOOL;
    reg->den = field->is_share ? vector_ten_to(field->scale) : 1;
    return true;
}

static int32_t
part_read(struct vector_compiling *c, uint8_t domain, const struct part *part)
{
    struct vector_reg reg = {.domain = domain, .den = 1, .den_reg = -1};
    const struct kind *kind = kind_of(c->p, domain);
    int32_t input;

    switch (part->kind) {
    case PART_CELL:
        if (!field_range(&kind->fields[part->number], &reg))
            return -1;
        break;
    case PART_BORN:
    case PART_SEEN:
        reg.lo = -4000000;
        reg.hi = 4000000;
        break;
    case PART_SEX:
    case PART_MATCH:
        reg.lo = -15;
        reg.hi = 15;
        break;
    default:
        return -1;
    }
    input = input_of(c, domain, part);
    if (input < 0)
        return -1;
    c->p->inputs[input].most = reg.hi;
    for (uint32_t i = 0; i < c->p->op_count; i++)
        if (c->p->ops[i].code == V_INPUT && c->p->ops[i].a == input)
            return c->p->ops[i].out;
    return vector_emit(c, (struct vector_op){.code = V_INPUT, .domain = domain, .a = input}, reg);
}

/* A fact of a row or member. As the quick walk: one that is rounded or converted is not here. */
static int32_t
fact_of_row(struct vector_compiling *c, uint8_t domain, uint32_t number)
{
    const struct fact *fact = &c->p->pack->facts[number];
    const struct type *is = expr_type(fact->is);
    struct vector_compiling inner = *c;
    struct vector_memos *memos = c->memos;
    int32_t reg;

    memos->asked++;
    for (uint32_t i = 0; i < memos->count; i++)
        if (memos->items[i].fact == number && memos->items[i].domain == domain)
            return memos->items[i].reg;
    if (fact->round.len > 0 || is->kind != fact->type->kind || is->scale != fact->type->scale ||
        c->depth == 32 || memos->count == LEN(memos->items))
        return -1;
    inner.current = domain;
    inner.depth++;
    memset(inner.vars, 0, sizeof inner.vars);
    reg = vector_node(&inner, fact->is);
    if (reg >= 0 && c->p->regs[reg].domain != VECTOR_CONST)
        reg = vector_spread(c, reg, domain);
    if (memos->count < LEN(memos->items)) /* inner ones may have filled it */
        memos->items[memos->count++] = (struct vector_memo){number, domain, reg};
    return reg;
}

/* The domain of a record that `node` names. false: not here. */
bool
vector_record(const struct vector_compiling *c, const struct expr *node, uint8_t *domain)
{
    const struct pack *pack = c->p->pack;

    if (node->op == OP_VAR && c->vars[node->number].reg < 0) {
        *domain = c->vars[node->number].domain;
        return true;
    }
    if (node->op != OP_SLOT)
        return false;
    if (node->number == SLOT_CASE) {
        *domain = VECTOR_CASES;
        return true;
    }
    *domain = c->current;
    return node->number >= slot_current(pack, 0) && node->number < slot_param(pack, 0) &&
           c->current != VECTOR_CONST;
}

static int32_t
field_read(struct vector_compiling *c, const struct expr *node)
{
    const struct part *part;
    uint8_t domain;

    if (!vector_record(c, node->args[0], &domain))
        return -1;
    part = &shape_of(c->p, domain)->parts[node->number];
    return part->kind == PART_FACT ? fact_of_row(c, domain, part->fact)
                                   : part_read(c, domain, part);
}

/* Is there a value in the field? */
static int32_t
is_none(struct vector_compiling *c, const struct expr *node)
{
    const struct part *part;
    uint8_t domain;
    int32_t input;

    if (node->op != OP_SELECT || !vector_record(c, node->args[0], &domain))
        return -1;
    part = &shape_of(c->p, domain)->parts[node->number];
    if (part->kind != PART_CELL)
        return -1;
    input = input_of(c, domain, part);
    if (input < 0)
        return -1;
    c->p->inputs[input].is_none_read = true;
    return vector_emit(
        c, (struct vector_op){.code = V_IS_NONE, .domain = domain, .a = input},
        (struct vector_reg){.domain = domain, .is_bool = true, .hi = 1, .den = 1, .den_reg = -1});
}

static int32_t
known_const(struct vector_compiling *c, const struct value *value, const struct type *type)
{
    if (value->state != VALUE_KNOWN)
        return -1;
    switch (type->kind) {
    case TYPE_BOOL:
        return vector_const(c, value->boolean, 1, true);
    case TYPE_EXACT:
    case TYPE_RATE:
        return value->ratio.num >= INT64_MIN && value->ratio.num <= INT64_MAX
                   ? vector_const(c, (int64_t)value->ratio.num, value->ratio.den, false)
                   : -1;
    case TYPE_INT:
    case TYPE_ZERO:
    case TYPE_MONEY:
    case TYPE_DECIMAL:
    case TYPE_DATE:
    case TYPE_MONTH:
    case TYPE_CODE:
        return vector_const(c, value->integer, 1, false);
    default:
        return -1;
    }
}

/* The parameter's value on the program's day. */
bool
vector_params(const struct vector_compiling *c, uint32_t slot, struct value *out)
{
    const struct pack *pack = c->p->pack;
    const struct param *param;
    const struct param_value *in_force;

    if (slot < slot_param(pack, 0) || slot >= slot_fact(pack, 0))
        return false;
    param = &pack->params[slot - slot_param(pack, 0)];
    if (param->as_of != NULL)
        return false; /* its day is each household's own */
    in_force = param_in_force(param, c->p->as_of);
    if (in_force == NULL || in_force->is_abolished)
        return false;
    *out = in_force->value;
    return true;
}

static int32_t
slot_read(struct vector_compiling *c, const struct expr *node)
{
    const struct pack *pack = c->p->pack;
    struct value value;

    if (node->number >= slot_fact(pack, 0))
        return c->p->facts[node->number - slot_fact(pack, 0)];
    return vector_params(c, node->number, &value) ? known_const(c, &value, node->type) : -1;
}

/* Codes and small numbers of a constant list as bits. */
static int32_t
one_of(struct vector_compiling *c, const struct expr *node)
{
    const struct expr *list = node->args[1];
    struct value value = list->literal;
    int32_t a = vector_node(c, node->args[0]);
    uint64_t bits = 0;

    if (a < 0 || c->p->regs[a].is_bool || c->p->regs[a].domain == VECTOR_CONST ||
        (node->args[0]->type->kind != TYPE_CODE && node->args[0]->type->kind != TYPE_INT) ||
        (!list->is_constant && (list->op != OP_SLOT || !vector_params(c, list->number, &value))) ||
        value.state != VALUE_KNOWN || value.list->open_count > 0 ||
        list->type->of->kind != node->args[0]->type->kind)
        return -1;
    for (uint32_t i = 0; i < value.list->count; i++) {
        const struct element *element = &value.list->elements[i];

        if (element->is_maybe || element->value.state != VALUE_KNOWN ||
            element->value.integer < 0 || element->value.integer > 63)
            return -1;
        bits |= UINT64_C(1) << element->value.integer;
    }
    return vector_emit(
        c,
        (struct vector_op){
            .code = V_ONE_OF, .domain = c->p->regs[a].domain, .a = a, .imm = (int64_t)bits},
        (struct vector_reg){
            .domain = c->p->regs[a].domain, .is_bool = true, .hi = 1, .den_reg = -1});
}

static int32_t
month_of(struct vector_compiling *c, int32_t date)
{
    if (date < 0 || c->p->regs[date].domain == VECTOR_CONST)
        return -1;
    return vector_emit(
        c, (struct vector_op){.code = V_MONTH, .domain = c->p->regs[date].domain, .a = date},
        (struct vector_reg){.domain = c->p->regs[date].domain,
                            .lo = -200000,
                            .hi = 200000,
                            .den = 1,
                            .den_reg = -1});
}

static int32_t
within_months(struct vector_compiling *c, const struct expr *node)
{
    struct vector_op op = {.code = V_WITHIN};
    int32_t at = vector_node(c, node->args[0]), day = month_of(c, vector_node(c, node->args[1])),
            count = vector_node(c, node->args[2]);

    if (node->args[0]->type->kind != TYPE_MONTH)
        at = month_of(c, at);
    if (count < 0 || c->p->regs[count].domain != VECTOR_CONST || c->p->regs[count].lo < 1 ||
        !vector_level(c, &at, &day, &op.domain) || op.domain == VECTOR_CONST)
        return -1;
    op.a = vector_filled(c, at, op.domain);
    op.b = vector_filled(c, day, op.domain);
    op.imm = c->p->regs[count].lo;
    if (op.a < 0 || op.b < 0)
        return -1;
    return vector_emit(
        c, op, (struct vector_reg){.domain = op.domain, .is_bool = true, .hi = 1, .den_reg = -1});
}

/* min and max of two and more */
static int32_t
extreme(struct vector_compiling *c, const struct expr *node)
{
    int32_t best = vector_node(c, node->args[0]);

    for (uint32_t i = 1; i < node->count; i++) {
        int32_t next = vector_node(c, node->args[i]);
        int64_t den;

        if (!vector_align(c, &best, &next))
            return -1;
        den = c->p->regs[best].den;
        best = vector_whole(c, node->function == FUNCTION_MIN ? V_LEAST : V_MOST, best, next);
        if (best < 0)
            return -1;
        c->p->regs[best].den = den;
    }
    return best;
}

/* yuan(5), dec("1.5"): a constant. */
static int32_t
called_once(struct vector_compiling *c, const struct expr *node)
{
    struct value v[3] = {{0}}, value = {0};

    if (node->count > LEN(v) || node->function < FUNCTION_YUAN)
        return -1;
    for (uint32_t i = 0; i < node->count; i++) {
        if (!node->args[i]->is_constant)
            return -1;
        v[i] = node->args[i]->literal;
    }
    return function_known(node, v, &value, NULL) == NULL ? known_const(c, &value, node->type) : -1;
}

/* Dates and whole numbers by the function itself, element by element. */
static int32_t
called(struct vector_compiling *c, const struct expr *node)
{
    struct vector_op op = {.code = V_CALL, .a = -1, .b = -1, .node = node};

    if (node->function < FUNCTION_AGE_ON || node->function > FUNCTION_MONTH_OF ||
        node->function == FUNCTION_DATE || node->count > 2)
        return called_once(c, node);
    op.a = vector_node(c, node->args[0]);
    op.b = node->count == 2 ? vector_node(c, node->args[1]) : op.a;
    if (!vector_level(c, &op.a, &op.b, &op.domain) || op.domain == VECTOR_CONST)
        return -1;
    op.a = vector_filled(c, op.a, op.domain);
    op.b = vector_filled(c, op.b, op.domain);
    if (op.a < 0 || op.b < 0)
        return -1;
    return vector_emit(
        c, op,
        (struct vector_reg){
            .domain = op.domain, .lo = -8000000, .hi = 8000000, .den = 1, .den_reg = -1});
}

static int32_t
function(struct vector_compiling *c, const struct expr *node)
{
    int32_t a, b, none, out;
    int64_t den;

    switch (node->function) {
    case FUNCTION_SUM:
        return vector_fold(c, node);
    case FUNCTION_MIN:
    case FUNCTION_MAX:
        return node->count == 1 ? vector_fold(c, node) : extreme(c, node);
    case FUNCTION_SIZE:
        return vector_size(c, node);
    case FUNCTION_WITHIN_MONTHS:
        return within_months(c, node);
    case FUNCTION_PER_MONTH:
        return vector_divided(c, vector_node(c, node->args[0]), vector_node(c, node->args[1]));
    case FUNCTION_OVER_MONTHS:
        a = vector_node(c, node->args[0]);
        b = vector_node(c, node->args[1]);
        if (a < 0 || b < 0 || c->p->regs[a].den_reg >= 0 || c->p->regs[b].den != 1)
            return -1;
        den = c->p->regs[a].den;
        out = vector_whole(c, V_MUL, a, b);
        if (out >= 0)
            c->p->regs[out].den = den;
        return out;
    case FUNCTION_ROUND:
        return vector_rounded(c, node->rounding, node->unit, vector_node(c, node->args[0]));
    case FUNCTION_KNOWN: /* on the road all are */
        return -1;
    case FUNCTION_OR_ELSE:
        none = is_none(c, node->args[0]);
        a = vector_node(c, node->args[0]);
        b = vector_node(c, node->args[1]);
        if (none < 0 || a < 0 || b < 0 || c->p->regs[a].is_bool || !vector_align(c, &a, &b))
            return -1;
        b = vector_filled(c, vector_spread(c, b, c->p->regs[none].domain), c->p->regs[none].domain);
        if (b < 0 || c->p->regs[a].domain != c->p->regs[none].domain)
            return -1;
        return vector_emit(
            c,
            (struct vector_op){
                .code = V_PICK, .domain = c->p->regs[none].domain, .a = none, .b = b, .c = a},
            (struct vector_reg){
                .domain = c->p->regs[none].domain,
                .lo = c->p->regs[a].lo < c->p->regs[b].lo ? c->p->regs[a].lo : c->p->regs[b].lo,
                .hi = c->p->regs[a].hi > c->p->regs[b].hi ? c->p->regs[a].hi : c->p->regs[b].hi,
                .den = c->p->regs[a].den,
                .den_reg = -1});
    default:
        return called(c, node);
    }
}

int32_t
vector_node(struct vector_compiling *c, const struct expr *node)
{ /* long: one case an operator */
    static const enum vector_code orders[] = {[OP_EQ] = V_EQ, [OP_NE] = V_NE, [OP_LT] = V_LT,
                                              [OP_LE] = V_LE, [OP_GT] = V_GT, [OP_GE] = V_GE};
    int32_t out;

    if (node->is_constant)
        return known_const(c, &node->literal, node->type);
    switch (node->op) {
    case OP_SLOT:
        return slot_read(c, node);
    case OP_VAR:
        return c->vars[node->number].reg;
    case OP_SELECT:
        return field_read(c, node);
    case OP_AND:
    case OP_OR:
        out = vector_node(c, node->args[0]);
        for (uint32_t i = 1; i < node->count && out >= 0; i++)
            out = vector_logic(c, node->op == OP_AND ? V_AND : V_OR, out,
                               vector_node(c, node->args[i]));
        return out;
    case OP_NOT:
        return vector_negated(c, vector_node(c, node->args[0]));
    case OP_NEG:
        out = vector_node(c, node->args[0]);
        return type_is_ratio(node->type)
                   ? -1
                   : vector_whole(c, V_SUB, vector_const(c, 0, 1, false), out);
    case OP_COND:
        return pick(c, node);
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        return vector_order(c, orders[node->op], vector_node(c, node->args[0]),
                            vector_node(c, node->args[1]));
    case OP_IN:
        return one_of(c, node);
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_DIV:
        return arith(c, node);
    case OP_HAS:
    case OP_NOT_NULL:
        return vector_negated(c, is_none(c, node->args[0]));
    case OP_IS_NULL:
        return is_none(c, node->args[0]);
    case OP_CONVERT:
        return vector_converted(c, vector_node(c, node->args[0]), node->args[0]->type, node->type);
    case OP_EXISTS:
    case OP_ALL:
        return vector_quantifier(c, node);
    case OP_FUNCTION:
        return function(c, node);
    default:
        return -1;
    }
}
