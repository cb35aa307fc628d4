/* SPDX-License-Identifier: Apache-2.0 */
/* quick.c: scalars of the quick walk. Recursion goes no deeper than the tree, which parse.c bounds,
 * and from fact to fact, which pack_graph.c keeps free of circles. */
#include "engine/rule/quick.h"

#include <assert.h>

#include "engine/model/value.h"

#include "engine/base/ban.h"

enum quick
quick_take(const struct value *value, const struct type *type, struct quick_value *out)
{
    if (value->state != VALUE_KNOWN)
        return value->state == VALUE_NONE ? QUICK_NONE : QUICK_OPEN;
    switch (type->kind) {
    case TYPE_BOOL:
        out->integer = value->boolean;
        break;
    case TYPE_STRING:
        out->text = value->string;
        break;
    case TYPE_EXACT:
    case TYPE_RATE:
        out->ratio = value->ratio;
        break;
    case TYPE_IDENTITY:
        out->identity = value->identity;
        break;
    case TYPE_LIST:
        out->list = value->list;
        break;
    case TYPE_NULL:
    case TYPE_RECORD:
    case TYPE_ANY:
    case TYPE_ERROR:
        return QUICK_OPEN;
    default:
        out->integer = value->integer;
        break;
    }
    return QUICK_KNOWN;
}

/* The way back; lists and records never leave the quick walk. */
static bool
value_make(const struct quick_value *quick, const struct type *type, struct value *out)
{
    switch (type->kind) {
    case TYPE_BOOL:
        *out = (struct value){.boolean = quick->integer != 0};
        break;
    case TYPE_STRING:
        *out = (struct value){.string = quick->text};
        break;
    case TYPE_EXACT:
    case TYPE_RATE:
        *out = (struct value){.ratio = quick->ratio};
        break;
    case TYPE_IDENTITY:
        *out = (struct value){.identity = quick->identity};
        break;
    case TYPE_NULL:
    case TYPE_LIST:
    case TYPE_RECORD:
    case TYPE_ANY:
    case TYPE_ERROR:
        return false;
    default:
        *out = (struct value){.integer = quick->integer};
        break;
    }
    return true;
}

int
quick_order(const struct type *type, const struct quick_value *a, const struct quick_value *b)
{
    switch (type->kind) {
    case TYPE_STRING:
        return text_cmp(a->text, b->text);
    case TYPE_EXACT:
    case TYPE_RATE:
        return ratio_cmp(a->ratio, b->ratio);
    case TYPE_IDENTITY:
        return key128_cmp(a->identity, b->identity);
    default:
        return a->integer < b->integer ? -1 : a->integer > b->integer;
    }
}

static bool
is_scalar(const struct type *type)
{
    return type->kind != TYPE_NULL && type->kind != TYPE_LIST && type->kind != TYPE_RECORD &&
           type->kind != TYPE_ANY && type->kind != TYPE_ERROR;
}

static enum quick
cell_take(const struct quick_record *record, uint32_t number, struct quick_value *out)
{
    const struct field *field = &record->kind->fields[number];
    const struct cell *cell;
    int64_t den = 1;

    if (record->cells == NULL) {
        if ((int32_t)number != record->kind->period || record->open->month == MONTH_ANY ||
            record->open->is_earlier)
            return QUICK_OPEN;
        out->integer = record->open->month;
        return QUICK_KNOWN;
    }
    cell = &record->cells[number];
    if (cell->state != CELL_VALUE)
        return cell->state == CELL_NONE ? QUICK_NONE : QUICK_OPEN;
    if (field->is_share) {
        for (uint8_t i = 0; i < field->scale; i++)
            den *= 10;
        return ratio_make(cell->number, den, &out->ratio) ? QUICK_KNOWN : QUICK_OPEN;
    }
    switch (field->type) {
    case FIELD_IDENTITY:
        out->identity = cell->key;
        break;
    case FIELD_NAME:
    case FIELD_TEXT:
        if (field_is_opaque(field))
            out->identity = opaque_of(field, cell);
        else
            out->text = cell->text;
        break;
    case FIELD_BOOL:
        out->integer = cell->number != 0;
        break;
    default:
        out->integer = cell->number;
        break;
    }
    return QUICK_KNOWN;
}

/* A fact of a row that has no subject is computed on the spot: rows are seen about once. */
static enum quick
fact_take(struct quick_walk *q, const struct quick_record *record, uint32_t number,
          struct quick_value *out)
{
    const struct fact *fact = &q->run->pack->facts[number];
    const struct type *is = expr_type(fact->is);
    struct quick_walk inner = {.run = q->run,
                               .current = record,
                               .steps_max = fact->is->steps_max,
                               .day = q->day,
                               .day_month = q->day_month};

    if (fact->round.len > 0 || is->kind != fact->type->kind || is->scale != fact->type->scale ||
        !is_scalar(is))
        return QUICK_OPEN;
    return quick_walk(&inner, fact->is, out);
}

/* Rows get a subject only where a trace wants to name them; the same row may get several, which
 * evidence.c takes for one. */
void
quick_touch(struct quick_walk *q, const struct quick_record *record, const struct part *part)
{
    struct subject *s = record->subject;

    if (record->open != NULL || part->kind == PART_FACT || part->kind == PART_LIST)
        return;
    if (s == NULL && record->traced != NULL) {
        if (*record->traced == NULL) {
            s = arena_alloc(q->run->arena, 1, sizeof *s);
            if (s == NULL) {
                q->run->is_full = true;
                return;
            }
            subject_init(s, q->run, record->shape, record->kind);
            s->cells = record->cells;
            s->row = record->row;
            s->thing = record->thing;
            s->person = record->person;
            *record->traced = s;
        }
        s = *record->traced;
    }
    if (s != NULL)
        subject_touch(s, part);
}

static enum quick
field_take(struct quick_walk *q, const struct quick_record *record, uint32_t number,
           const struct type *type, struct quick_value *out)
{
    const struct part *part = &record->shape->parts[number];
    const struct person *person = record->person;
    struct value value;

    if (q->run->is_tracing)
        quick_touch(q, record, part);
    switch (part->kind) {
    case PART_CELL:
        return cell_take(record, part->number, out);
    case PART_KEY:
        out->text = text_of(person->key);
        return QUICK_KNOWN;
    case PART_BORN:
        out->integer = person->born;
        return person->has_born ? QUICK_KNOWN : QUICK_OPEN;
    case PART_SEX:
        out->integer = person->is_male ? 0 : 1;
        return person->has_sex ? QUICK_KNOWN : QUICK_OPEN;
    case PART_ELSEWHERE:
        out->integer = person->also_count;
        return QUICK_KNOWN;
    case PART_FACT:
        if (record->subject == NULL)
            return fact_take(q, record, part->fact, out);
        value = record->subject->record.field(&record->subject->record, number, NULL);
        return quick_take(&value, type, out);
    case PART_LIST:
        return QUICK_OPEN; /* lists are walked where they are read, see quick_list.c */
    case PART_MATCH:
    case PART_SOURCE:
    case PART_SEEN:
        break;
    }
    if (record->row == NULL)
        return QUICK_OPEN;
    if (part->kind == PART_SOURCE)
        out->text = q->run->pack->sources[record->row->source].name;
    else
        out->integer = part->kind == PART_MATCH ? (int64_t)record->row->match : record->row->seen;
    return QUICK_KNOWN;
}

const struct quick_record *
quick_record_of(struct quick_walk *q, const struct expr *node, struct quick_record *room)
{
    const struct pack *pack = q->run->pack;
    struct subject *s = &q->run->case_subject;

    q->steps++;
    if (node->op == OP_VAR && q->vars[node->number].record != NULL)
        return q->vars[node->number].record;
    if (node->op != OP_SLOT)
        return NULL;
    if (node->number == SLOT_CASE) {
        *room = (struct quick_record){
            .shape = s->shape, .kind = s->kind, .cells = s->cells, .subject = s};
        return room;
    }
    if (node->number < slot_current(pack, 0) || node->number >= slot_param(pack, 0))
        return NULL;
    return q->current;
}

/* A decisive operand decides whatever the others are (language 1.3). */
static enum quick
logic(struct quick_walk *q, const struct expr *node, struct quick_value *out)
{
    int64_t decisive = node->op == OP_OR;
    enum quick all = QUICK_KNOWN;

    for (uint32_t i = 0; i < node->count; i++) {
        if (quick_walk(q, node->args[i], out) != QUICK_KNOWN)
            all = QUICK_OPEN;
        else if (out->integer == decisive)
            return QUICK_KNOWN;
    }
    out->integer = !decisive;
    return all;
}

static enum quick
order_walk(struct quick_walk *q, const struct expr *node, struct quick_value *out)
{
    const struct type *type = node->args[0]->type;
    struct quick_value a UNSET, b UNSET;
    int order;

    if (!is_scalar(type) || quick_walk(q, node->args[0], &a) != QUICK_KNOWN ||
        quick_walk(q, node->args[1], &b) != QUICK_KNOWN)
        return QUICK_OPEN;
    order = quick_order(type, &a, &b);
    out->integer = node->op == OP_EQ   ? order == 0
                   : node->op == OP_NE ? order != 0
                   : node->op == OP_LT ? order < 0
                   : node->op == OP_LE ? order <= 0
                   : node->op == OP_GT ? order > 0
                                       : order >= 0;
    return QUICK_KNOWN;
}

static struct ratio
number(const struct quick_value *value, const struct type *type)
{
    return type_is_ratio(type) ? value->ratio : (struct ratio){value->integer, 1};
}

static bool
whole_arith(enum op op, int64_t a, int64_t b, int64_t *out)
{
    if (op == OP_ADD)
        return !__builtin_add_overflow(a, b, out);
    if (op == OP_SUB)
        return !__builtin_sub_overflow(a, b, out);
    if (op == OP_MUL)
        return !__builtin_mul_overflow(a, b, out);
    if (b == 0 || (a == INT64_MIN && b == -1))
        return false;
    *out = op == OP_DIV ? a / b : a % b;
    return true;
}

/* As number_arith; what it calls an error is left to it. */
static enum quick
arith(struct quick_walk *q, const struct expr *node, struct quick_value *out)
{
    const struct type *type = node->type, *a = node->args[0]->type, *b = node->args[1]->type;
    struct quick_value left UNSET, right UNSET;
    struct ratio x, y;
    bool fits;

    if (!type_is_number(type) || quick_walk(q, node->args[0], &left) != QUICK_KNOWN ||
        quick_walk(q, node->args[1], &right) != QUICK_KNOWN)
        return QUICK_OPEN;
    if (!type_is_ratio(type) && !type_is_ratio(a) && !type_is_ratio(b))
        return whole_arith(node->op, left.integer, right.integer, &out->integer) ? QUICK_KNOWN
                                                                                 : QUICK_OPEN;
    x = number(&left, a);
    y = number(&right, b);
    if (node->op == OP_SUB)
        y.num = -y.num;
    if (node->op == OP_MOD || (node->op == OP_DIV && (y.num == 0 || y.den != 1)))
        return QUICK_OPEN;
    fits = node->op == OP_MUL   ? ratio_mul(x, y, &x)
           : node->op == OP_DIV ? ratio_div(x, (int64_t)y.num, &x)
                                : ratio_add(x, y, &x);
    if (type_is_ratio(type))
        out->ratio = x;
    else if (fits && x.den == 1 && x.num >= INT64_MIN && x.num <= INT64_MAX)
        out->integer = (int64_t)x.num;
    else
        return QUICK_OPEN;
    return fits ? QUICK_KNOWN : QUICK_OPEN;
}

static enum quick
convert(struct quick_walk *q, const struct expr *node, struct quick_value *out)
{
    const struct type *from = node->args[0]->type, *to = node->type;
    struct value value;
    enum quick state;

    if (!is_scalar(from) || !is_scalar(to))
        return QUICK_OPEN;
    state = quick_walk(q, node->args[0], out);
    if (state != QUICK_KNOWN || !type_is_number(from) || !type_is_number(to))
        return state;
    if (from->kind != TYPE_DECIMAL && to->kind != TYPE_DECIMAL) { /* nothing to scale */
        if (type_is_ratio(to) && !type_is_ratio(from))
            out->ratio = (struct ratio){out->integer, 1};
        else if (type_is_ratio(from) && !type_is_ratio(to))
            return QUICK_OPEN;
        return QUICK_KNOWN;
    }
    if (!value_make(out, from, &value))
        return QUICK_OPEN;
    value = value_convert(value, from, to);
    return value.state == VALUE_KNOWN ? quick_take(&value, to, out) : QUICK_OPEN;
}

static int32_t
month_of(struct quick_walk *q, int64_t day)
{
    if (q->day != (int32_t)day) {
        q->day = (int32_t)day;
        q->day_month = month_of_date(q->day);
    }
    return q->day_month;
}

/* The month of "this month and all before it": not known, but bounded. */
static bool
latest_month(struct quick_walk *q, const struct expr *node, int64_t *month)
{
    struct quick_record room UNSET;
    const struct quick_record *record =
        node->op == OP_SELECT ? quick_record_of(q, node->args[0], &room) : NULL;
    const struct part *part;

    if (record == NULL || record->cells != NULL || !record->open->is_earlier ||
        record->open->month == MONTH_ANY)
        return false;
    part = &record->shape->parts[node->number];
    *month = record->open->month;
    return part->kind == PART_CELL && (int32_t)part->number == record->kind->period;
}

static enum quick
within_months(struct quick_walk *q, const struct expr *node, struct quick_value *out)
{
    struct quick_value at UNSET, day UNSET, count UNSET;
    bool is_latest = false;

    if (quick_walk(q, node->args[0], &at) != QUICK_KNOWN) {
        is_latest = latest_month(q, node->args[0], &at.integer);
        if (!is_latest)
            return QUICK_OPEN;
    } else if (node->args[0]->type->kind != TYPE_MONTH) {
        at.integer = month_of_date((int32_t)at.integer);
    }
    if (quick_walk(q, node->args[1], &day) != QUICK_KNOWN ||
        quick_walk(q, node->args[2], &count) != QUICK_KNOWN || count.integer < 1)
        return QUICK_OPEN;
    at.integer = month_of(q, day.integer) - at.integer; /* months back */
    out->integer = at.integer >= 1 && at.integer <= count.integer;
    return !is_latest || at.integer > count.integer ? QUICK_KNOWN : QUICK_OPEN;
}

/* min and max of two and more */
static enum quick
extreme(struct quick_walk *q, const struct expr *node, struct quick_value *out)
{
    struct quick_value one;

    for (uint32_t i = 0; i < node->count; i++) {
        if (quick_walk(q, node->args[i], &one) != QUICK_KNOWN)
            return QUICK_OPEN;
        if (i == 0 || (quick_order(node->type, &one, out) < 0) == (node->function == FUNCTION_MIN))
            *out = one;
    }
    return QUICK_KNOWN;
}

static enum quick
call(struct quick_walk *q, const struct expr *node, struct quick_value *out)
{
    struct quick_value v[3] UNSET;
    struct value args[3] UNSET, value = {0};

    assert(node->count >= 1 && node->count <= LEN(v));
    if (node->function == FUNCTION_WITHIN_MONTHS)
        return within_months(q, node, out);
    if (function_is_of_calendar(node->function))
        return QUICK_OPEN;
    for (uint32_t i = 0; i < node->count; i++)
        if (!is_scalar(node->args[i]->type) || quick_walk(q, node->args[i], &v[i]) != QUICK_KNOWN)
            return QUICK_OPEN;
    for (uint32_t i = 0; i < node->count; i++)
        if (!value_make(&v[i], node->args[i]->type, &args[i]))
            return QUICK_OPEN;
    if (function_known(node, args, &value, q->run->arena) != NULL)
        return QUICK_OPEN;
    return quick_take(&value, node->type, out);
}

static enum quick
function(struct quick_walk *q, const struct expr *node, struct quick_value *out)
{
    enum quick state;

    switch (node->function) {
    case FUNCTION_SUM:
        return quick_fold(q, node, out);
    case FUNCTION_MIN:
    case FUNCTION_MAX:
        return node->count == 1 ? quick_fold(q, node, out) : extreme(q, node, out);
    case FUNCTION_SIZE:
        if (node->args[0]->type->kind == TYPE_LIST)
            return quick_size(q, node, out);
        break;
    case FUNCTION_OR_ELSE:
    case FUNCTION_NEED:
    case FUNCTION_KNOWN:
        if (!is_scalar(node->args[0]->type))
            return QUICK_OPEN;
        state = quick_walk(q, node->args[0], out);
        if (state == QUICK_NONE && node->function == FUNCTION_OR_ELSE)
            return quick_walk(q, node->args[1], out);
        if (state == QUICK_KNOWN && node->function == FUNCTION_KNOWN)
            out->integer = 1;
        return state == QUICK_KNOWN ? QUICK_KNOWN : QUICK_OPEN;
    default:
        break;
    }
    return call(q, node, out);
}

enum quick
quick_walk(struct quick_walk *q, const struct expr *node, struct quick_value *out)
{ /* long: one case an operator */
    const struct quick_record *record;
    struct quick_record room UNSET;
    enum quick state;

    if (node->is_constant)
        return quick_take(&node->literal, node->type, out);
    if (++q->steps > q->steps_max)
        return QUICK_OPEN;
    switch (node->op) {
    case OP_SLOT:
        if (!is_scalar(node->type))
            return QUICK_OPEN;
        return quick_take(run_slot_at(q->run, node->number), node->type, out);
    case OP_VAR:
        if (!is_scalar(node->type))
            return QUICK_OPEN;
        *out = q->vars[node->number];
        return QUICK_KNOWN;
    case OP_SELECT:
        record = quick_record_of(q, node->args[0], &room);
        return record != NULL ? field_take(q, record, node->number, node->type, out) : QUICK_OPEN;
    case OP_AND:
    case OP_OR:
        return logic(q, node, out);
    case OP_NOT:
        state = quick_walk(q, node->args[0], out);
        out->integer = !out->integer;
        return state == QUICK_KNOWN ? QUICK_KNOWN : QUICK_OPEN;
    case OP_NEG:
        if (!type_is_number(node->type) || quick_walk(q, node->args[0], out) != QUICK_KNOWN)
            return QUICK_OPEN;
        if (type_is_ratio(node->type))
            out->ratio.num = -out->ratio.num;
        else if (__builtin_sub_overflow((int64_t)0, out->integer, &out->integer))
            return QUICK_OPEN;
        return QUICK_KNOWN;
    case OP_COND:
        if (quick_walk(q, node->args[0], out) != QUICK_KNOWN)
            return QUICK_OPEN;
        return quick_walk(q, node->args[out->integer != 0 ? 1 : 2], out);
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        return order_walk(q, node, out);
    case OP_IN:
        return quick_in(q, node, out);
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_DIV:
    case OP_MOD:
        return arith(q, node, out);
    case OP_HAS:
    case OP_IS_NULL:
    case OP_NOT_NULL:
        state = is_scalar(node->args[0]->type) ? quick_walk(q, node->args[0], out) : QUICK_OPEN;
        out->integer = (state == QUICK_NONE) == (node->op == OP_IS_NULL);
        return state == QUICK_OPEN ? QUICK_OPEN : QUICK_KNOWN;
    case OP_CONVERT:
        return convert(q, node, out);
    case OP_FUNCTION:
        return function(q, node, out);
    case OP_TABLE:
        return quick_table(q, node, out);
    case OP_EXISTS:
    case OP_ALL:
    case OP_EXISTS_ONE:
        return quick_quantifier(q, node, out);
    default:
        return QUICK_OPEN;
    }
}

bool
quick_eval(struct run *run, const struct expr *expr, const struct subject *current,
           struct value *out)
{
    struct quick_walk q = {.run = run, .steps_max = expr->steps_max, .day = INT32_MIN};
    struct quick_record record;
    struct quick_value value;

    if (current != NULL) {
        record = (struct quick_record){.shape = current->shape,
                                       .kind = current->kind,
                                       .cells = current->cells,
                                       .person = current->person,
                                       .row = current->row,
                                       .open = current->open,
                                       .thing = current->thing,
                                       /* the run owns its subjects: const for readers only */
                                       .subject = (struct subject *)(uintptr_t)current};
        q.current = &record;
    }
    return is_scalar(expr->type) && quick_walk(&q, expr, &value) == QUICK_KNOWN &&
           value_make(&value, expr->type, out);
}
