/* SPDX-License-Identifier: Apache-2.0 */
/* pack_tables.c: section `tables`: rows of cells to one expression a table. */
#include <string.h>

#include "engine/rule/table.h"

#include "engine/base/ban.h"

struct reading { /* one table */
    struct loader *l;
    struct fact *fact;
    struct table *table;
};

/* Bytes [from, to) of a scalar without white space around, as a scalar of its own; nothing left: it
 * stands at the sign before. */
static struct yaml_node
slice(const struct yaml_node *node, size_t from, size_t to)
{
    struct text text = text_trim((struct text){node->text.at + from, to - from});
    size_t at = text.len > 0 ? (size_t)(text.at - node->text.at) : from > 0 ? from - 1 : 0;
    struct yaml_node part = *node;

    part.text = text;
    part.place = node->text.len > 0 ? node_place(node, at) : node->place;
    if (node->marks != NULL)
        part.marks = node->marks + text_chars((struct text){node->text.at, at});
    return part;
}

static struct expr *
node_new(struct reading *r, enum op op, const struct type *type, struct place place, uint32_t count)
{
    struct expr *node = arena_alloc(r->l->arena, 1, sizeof *node);
    struct expr **args = arena_alloc(r->l->arena, count, sizeof *args);

    if (node == NULL || args == NULL) {
        r->l->is_full = true;
        return NULL;
    }
    node->op = op;
    node->type = type;
    node->place = place;
    node->count = count;
    node->args = args;
    node->depth = 1;
    node->steps_max = EXPR_STEPS_MAX;
    return node;
}

static struct expr *
literal_new(struct reading *r, struct value value, const struct type *type, struct place place)
{
    struct expr *node = node_new(r, OP_LITERAL, type, place, 0);

    if (node == NULL)
        return NULL;
    node->is_constant = true;
    node->literal = value;
    if (type->kind == TYPE_CODE)
        node->name = type->codes->codes[value.integer].name;
    return node;
}

static const struct type *
bool_type(void)
{
    return type_of(TYPE_BOOL);
}

static struct expr *
all_of(struct reading *r, enum op op, struct expr **parts, uint32_t count, struct place place)
{
    struct expr *node;

    if (count == 1)
        return parts[0];
    node = node_new(r, op, bool_type(), place, count);
    for (uint32_t i = 0; node != NULL && i < count; i++)
        node->args[i] = parts[i];
    return node;
}

/* The column against one side of a cell, both in the type in which they meet. */
static struct expr *
comparison(struct reading *r, const struct yaml_node *cell, enum op op,
           const struct table_column *column, struct expr *side)
{
    struct expr_source source = {cell->text, cell->place, cell->marks};
    struct expr_scope scope = {.steps_max = EXPR_STEPS_MAX};
    struct compiler c = {
        .source = &source, .scope = &scope, .messages = r->l->messages, .arena = r->l->arena};
    struct expr *node = node_new(r, op, bool_type(), cell->place, 2);

    if (node == NULL || side == NULL)
        return NULL;
    node->to = (uint32_t)cell->text.len;
    node->span = (uint32_t)text_chars(cell->text);
    node->args[0] = column->expr;
    node->args[1] = side;
    return meet(&c, node, &node->args[0], &node->args[1]) == NULL ? NULL : node;
}

/* VALUE or p.NAME. NULL: reported. */
static struct expr *
operand_read(struct reading *r, const struct yaml_node *node, const struct table_column *column,
             struct operand *out)
{
    struct expr *expr;

    *out = (struct operand){.param = -1};
    if (text_starts(node->text, TEXT("p."))) {
        expr = pack_compile(r->l, node, -1);
        if (expr == NULL)
            return NULL;
        if (expr->op != OP_SLOT) {
            say(r->l, node->place, "T202", text_of("此处只能写一个值或 p.参数；算式请写 “= …”"),
                text_of("a value or p.NAME is wanted here; write \"= ...\" for a formula"));
            return NULL;
        }
        out->param = (int32_t)(expr->number - slot_param(r->l->pack, 0));
        return expr;
    }
    if (node->text.len == 0) {
        say(r->l, node->place, "Y014", text_of("此处缺少一个值"),
            text_of("a value is missing here"));
        return NULL;
    }
    if (!value_read(r->l, node, column->type, &out->value))
        return NULL;
    return literal_new(r, out->value, column->type, node->place);
}

static bool
has_order(const struct type *type)
{
    return type_is_number(type) || type->kind == TYPE_DATE || type->kind == TYPE_MONTH;
}

/* The comparison that a cell begins with, and how many bytes it takes; OP_LITERAL: none. */
static enum op
cell_op(struct text text, size_t *len)
{
    static const struct {
        const char *sign;
        enum op op;
    } signs[] = {
        {"<=", OP_LE},
        {">=", OP_GE},
        {"==", OP_EQ},
        {"!=", OP_NE},
        {"<",  OP_LT},
        {">",  OP_GT}
    };

    for (size_t i = 0; i < LEN(signs); i++)
        if (text_starts(text, text_of(signs[i].sign))) {
            *len = strlen(signs[i].sign);
            return signs[i].op;
        }
    return OP_LITERAL;
}

static bool
no_order(struct reading *r, const struct yaml_node *node, const struct table_column *column)
{
    struct text type = type_print(column->type, r->l->arena);

    if (has_order(column->type))
        return false;
    say(r->l, node->place, "T201",
        arena_printf(r->l->arena, "列 “" TEXT_FMT "” 是 " TEXT_FMT "，没有大小，只能列出各值",
                     TEXT_ARG(column->name), TEXT_ARG(type)),
        arena_printf(r->l->arena,
                     "column \"" TEXT_FMT "\" is " TEXT_FMT ", which has no order; list its values",
                     TEXT_ARG(column->name), TEXT_ARG(type)));
    return true;
}

static void
compare_read(struct reading *r, const struct yaml_node *node, size_t skip,
             const struct table_column *column, struct table_cell *cell)
{
    struct yaml_node part = slice(node, skip, node->text.len);
    struct expr *side;

    if (cell->op != OP_EQ && cell->op != OP_NE && no_order(r, node, column))
        return;
    side = operand_read(r, &part, column, cell->operands);
    cell->accept = ACCEPT_COMPARE;
    cell->count = 1;
    cell->when = comparison(r, node, cell->op, column, side);
}

static void
range_read(struct reading *r, const struct yaml_node *node, size_t dots,
           const struct table_column *column, struct table_cell *cell)
{
    struct yaml_node low = slice(node, 0, dots), high = slice(node, dots + 2, node->text.len);
    struct expr *parts[2], *from = operand_read(r, &low, column, &cell->operands[0]);
    struct expr *to = operand_read(r, &high, column, &cell->operands[1]);

    cell->accept = ACCEPT_RANGE;
    cell->count = 2;
    parts[0] = comparison(r, node, OP_GE, column, from);
    parts[1] = comparison(r, node, OP_LE, column, to);
    if (parts[0] != NULL && parts[1] != NULL)
        cell->when = all_of(r, OP_AND, parts, 2, node->place);
}

static void
values_read(struct reading *r, const struct yaml_node *node, uint32_t count,
            const struct table_column *column, struct table_cell *cell)
{
    struct expr **parts = arena_alloc(r->l->arena, count, sizeof *parts);
    size_t from = 0;

    if (parts == NULL) {
        r->l->is_full = true;
        return;
    }
    cell->accept = ACCEPT_VALUES;
    while (cell->count < count) {
        const char *bar = memchr(node->text.at + from, '|', node->text.len - from);
        size_t to = bar == NULL ? node->text.len : (size_t)(bar - node->text.at);
        struct yaml_node part = slice(node, from, to);
        struct expr *side = operand_read(r, &part, column, &cell->operands[cell->count]);

        parts[cell->count] = comparison(r, &part, OP_EQ, column, side);
        if (parts[cell->count++] == NULL)
            return;
        from = to + 1;
    }
    cell->when = all_of(r, OP_OR, parts, count, node->place);
}

static void
cell_read(struct reading *r, const struct yaml_node *node, const struct table_column *column,
          struct table_cell *cell)
{
    uint32_t count = 1;
    size_t skip = 0, dots;

    cell->accept = ACCEPT_ANY;
    if (!node_is(r->l, node, YAML_SCALAR) || column->expr == NULL)
        return;
    for (size_t i = 0; i < node->text.len; i++)
        count += node->text.at[i] == '|';
    cell->operands = arena_alloc(r->l->arena, count + 1, sizeof *cell->operands);
    if (cell->operands == NULL) {
        r->l->is_full = true;
        return;
    }
    cell->op = cell_op(node->text, &skip);
    dots = has_order(column->type) ? text_find(node->text, TEXT("..")) : SIZE_MAX;
    if (cell->op != OP_LITERAL) {
        compare_read(r, node, skip, column, cell);
    } else if (text_starts(node->text, TEXT("="))) {
        struct yaml_node part = slice(node, 1, node->text.len);
        cell->accept = ACCEPT_EXPR;
        cell->when = comparison(r, &part, OP_EQ, column, pack_compile(r->l, &part, r->fact->kind));
    } else if (dots != SIZE_MAX) {
        range_read(r, node, dots, column, cell);
    } else {
        values_read(r, node, count, column, cell);
    }
}

/* A column reads one fact or field, of the row itself, of the case or of the household. */
static bool
is_path(const struct pack *pack, const struct expr *expr)
{
    if (expr->op == OP_SLOT)
        return expr->number >= slot_fact(pack, 0);
    return expr->op == OP_SELECT && expr->args[0]->op == OP_SLOT &&
           (expr->args[0]->number == SLOT_CASE || (expr->args[0]->number >= slot_current(pack, 0) &&
                                                   expr->args[0]->number < slot_param(pack, 0)));
}

static void
column_field(const struct pack *pack, struct table_column *column)
{
    const struct expr *record = column->expr->args[0];
    bool is_case = record->number == SLOT_CASE;
    uint32_t kind =
        is_case ? pack->model->applicant->number : record->number - slot_current(pack, 0);
    const struct shape *shape = is_case ? &pack->case_shape : &pack->shapes[kind];
    const struct part *part = &shape->parts[column->expr->number];

    column->zh = record->type->fields[column->expr->number].zh;
    if (part->kind == PART_CELL)
        column->field = &pack->model->kinds[kind].fields[part->number];
}

static void
column_type(struct reading *r, const struct yaml_node *key, struct table_column *column)
{
    const struct pack *pack = r->l->pack;
    const struct expr *expr = column->expr;

    if (!is_path(pack, expr) || expr->type->kind == TYPE_LIST || expr->type->kind == TYPE_RECORD) {
        say(r->l, key->place, "T202",
            arena_printf(r->l->arena, "列 “" TEXT_FMT "” 应为一个 fact 或字段",
                         TEXT_ARG(key->text)),
            arena_printf(r->l->arena, "column \"" TEXT_FMT "\" should be one fact or field",
                         TEXT_ARG(key->text)));
    } else if (expr->type->may_be_none) {
        say(r->l, key->place, "T207",
            arena_printf(r->l->arena,
                         "“" TEXT_FMT "” 可能没有值，不能作列；请先用 fact 写明没有值时怎么办",
                         TEXT_ARG(key->text)),
            arena_printf(r->l->arena,
                         "\"" TEXT_FMT
                         "\" may be none and cannot be a column; make a fact that says "
                         "what then",
                         TEXT_ARG(key->text)));
    } else {
        column->type = expr->type;
        if (expr->op == OP_SELECT)
            column_field(pack, column);
        return;
    }
    column->expr = NULL;
}

static uint32_t
column_of(struct reading *r, const struct yaml_node *key)
{
    struct table *table = r->table;
    struct compile_scope context = {r->l->pack, r->fact->kind, r->l->arena};
    struct table_column *column;
    const struct type *type;

    for (uint32_t i = 0; i < table->column_count; i++)
        if (text_eq(table->columns[i].name, key->text))
            return i;
    if (table->column_count == TABLE_COLUMNS_MAX) {
        say(r->l, key->place, "Y003", text_of("一张表最多 32 列"),
            text_of("a table has at most 32 columns"));
        return UINT32_MAX;
    }
    column = &table->columns[table->column_count];
    *column = (struct table_column){.name = key->text};
    column->expr = pack_compile(r->l, key, r->fact->kind);
    (void)scope_resolve(&context, key->text, &type, &column->zh);
    if (column->expr != NULL)
        column_type(r, key, column);
    return table->column_count++;
}

/* "= EXPR" or VALUE, in the table's type. */
static struct expr *
result_read(struct reading *r, const struct yaml_node *node)
{
    const struct type *type = r->fact->type;
    struct expr_source source;
    struct compiler c = {.source = &source, .messages = r->l->messages, .arena = r->l->arena};
    struct yaml_node part;
    struct expr *expr;
    struct value value;

    if (node == NULL || !node_is(r->l, node, YAML_SCALAR))
        return NULL;
    if (!text_starts(node->text, TEXT("=")))
        return value_read(r->l, node, type, &value) ? literal_new(r, value, type, node->place)
                                                    : NULL;
    part = slice(node, 1, node->text.len);
    source = (struct expr_source){part.text, part.place, part.marks};
    expr = pack_compile(r->l, &part, r->fact->kind);
    if (expr == NULL || expr->type->kind == TYPE_ERROR)
        return expr;
    if (type_accepts(type, expr->type) && coerce(&c, &expr, type))
        return expr;
    if (!c.is_failed)
        not_declared(r->l, part.place, type, expr->type);
    return NULL;
}

/* The cells of a row, all to hold; by the names of the columns, so that their order says nothing.
 */
static struct expr *
row_when(struct reading *r, const struct table_row *row)
{
    const struct table *table = r->table;
    struct expr *parts[TABLE_COLUMNS_MAX], *node;
    uint32_t at[TABLE_COLUMNS_MAX], count = 0;

    for (uint32_t i = 0; i < table->column_count; i++) {
        uint32_t k = count;
        if (row->cells[i].when == NULL)
            continue;
        for (; k > 0 && text_cmp(table->columns[at[k - 1]].name, table->columns[i].name) > 0; k--)
            at[k] = at[k - 1];
        at[k] = i;
        count++;
    }
    for (uint32_t i = 0; i < count; i++)
        parts[i] = row->cells[at[i]].when;
    if (count > 0)
        return all_of(r, OP_AND, parts, count, row->place);
    node = literal_new(r, (struct value){.boolean = true}, bool_type(), row->place);
    return node;
}

static void
row_read(struct reading *r, const struct yaml_node *key, const struct yaml_node *map)
{
    struct table *table = r->table;
    struct table_row row = {.id = key->text, .place = key->place};
    uint32_t at = table->row_count;

    if (!node_is(r->l, map, YAML_MAP))
        return;
    row.cells = arena_alloc(r->l->arena, TABLE_COLUMNS_MAX, sizeof *row.cells);
    if (row.cells == NULL) {
        r->l->is_full = true;
        return;
    }
    row.ref = node_text(map, "ref");
    for (uint32_t i = 0; i < map->count; i++) {
        uint32_t column;
        if (text_is(map->keys[i].text, "then") || text_is(map->keys[i].text, "ref"))
            continue;
        column = column_of(r, &map->keys[i]);
        if (column != UINT32_MAX)
            cell_read(r, &map->values[i], &table->columns[column], &row.cells[column]);
    }
    if (yaml_get(map, "then") == NULL)
        say(r->l, key->place, "Y014",
            arena_printf(r->l->arena, "行 “" TEXT_FMT "” 缺少 “then”", TEXT_ARG(key->text)),
            arena_printf(r->l->arena, "row \"" TEXT_FMT "\" lacks \"then\"", TEXT_ARG(key->text)));
    row.then = result_read(r, yaml_get(map, "then"));
    for (; table->hit == TABLE_UNIQUE && at > 0 && text_cmp(table->rows[at - 1].id, row.id) > 0;
         at--)
        table->rows[at] = table->rows[at - 1];
    table->rows[at] = row;
    table->row_count++;
}

static void
hit_read(struct reading *r, const struct yaml_node *node)
{
    if (node == NULL || !node_is(r->l, node, YAML_SCALAR) || text_is(node->text, "unique"))
        return;
    if (text_is(node->text, "first"))
        r->table->hit = TABLE_FIRST;
    else
        say(r->l, node->place, "N103", text_of("hit 应为 unique 或 first"),
            text_of("hit should be unique or first"));
}

/* when, then of each row in turn; the value otherwise comes last. NULL: something was reported. */
static struct expr *
table_node(struct reading *r)
{
    const struct table *table = r->table;
    uint32_t count = 2 * table->row_count + (table->otherwise != NULL);
    struct expr *node = node_new(r, OP_TABLE, r->fact->type, table->place, count);

    if (node == NULL)
        return NULL;
    node->number = table->hit;
    for (uint32_t i = 0; i < table->row_count; i++) {
        node->args[2 * i] = table->rows[i].when;
        node->args[2 * i + 1] = table->rows[i].then;
    }
    if (table->otherwise != NULL)
        node->args[count - 1] = table->otherwise;
    return node;
}

static bool
rows_fit(struct reading *r, const struct yaml_node *rows)
{
    const struct type *type = r->fact->type;

    if (rows == NULL || !node_is(r->l, rows, YAML_MAP))
        return false;
    if (type->kind == TYPE_LIST || type->kind == TYPE_IDENTITY || type->may_be_none) {
        say(r->l, r->fact->place, "T203", text_of("表的结果应为单个值"),
            text_of("a table gives one plain value"));
        return false;
    }
    if (rows->count > TABLE_ROWS_MAX) {
        say(r->l, rows->keys[TABLE_ROWS_MAX].place, "Y003", text_of("一张表最多 1000 行"),
            text_of("a table has at most 1000 rows"));
        return false;
    }
    return true;
}

void
table_read(struct loader *l, struct fact *fact)
{
    struct table *table = arena_alloc(l->arena, 1, sizeof *table);
    struct reading r = {l, fact, table};
    const struct yaml_node *rows = yaml_get(fact->node, "rows");
    uint32_t errors = l->messages->errors;

    if (!rows_fit(&r, rows))
        return;
    if (table != NULL) {
        table->columns = arena_alloc(l->arena, TABLE_COLUMNS_MAX, sizeof *table->columns);
        table->rows = arena_alloc(l->arena, rows->count, sizeof *table->rows);
        table->place = fact->place;
    }
    if (table == NULL || table->columns == NULL || table->rows == NULL) {
        l->is_full = true;
        return;
    }
    hit_read(&r, yaml_get(fact->node, "hit"));
    for (uint32_t i = 0; i < rows->count; i++)
        row_read(&r, &rows->keys[i], &rows->values[i]);
    if (yaml_get(fact->node, "otherwise") != NULL)
        table->otherwise = result_read(&r, yaml_get(fact->node, "otherwise"));
    if (l->is_full || l->messages->errors > errors)
        return;
    for (uint32_t i = 0; i < table->row_count; i++)
        table->rows[i].when = row_when(&r, &table->rows[i]);
    fact->is = table_node(&r);
    fact->table = table;
}
