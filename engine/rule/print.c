/* SPDX-License-Identifier: Apache-2.0 */
/* print.c: expressions and values as canonical text. An expression prints from its tree, so
 * spacing, quotes and needless parentheses do not reach the meaning hash. */
#include <assert.h>

#include "engine/model/value.h"
#include "engine/rule/tree.h"

#include "engine/base/ban.h"

static void
text_quoted(struct buf *out, struct text text)
{
    buf_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7F)
            buf_printf(out, "\\x%02x", c);
        else
            buf_byte(out, (char)c);
    }
    buf_byte(out, '"');
}

static void
literal_put(struct buf *out, const struct expr *node)
{
    switch (node->type->kind) {
    case TYPE_NULL:
        buf_str(out, "null");
        break;
    case TYPE_BOOL:
        buf_str(out, node->literal.boolean ? "true" : "false");
        break;
    case TYPE_STRING:
        text_quoted(out, node->literal.string);
        break;
    case TYPE_CODE:
        text_quoted(out, node->name);
        break;
    case TYPE_INT:
    case TYPE_ZERO:
        buf_int(out, node->literal.integer);
        break;
    default: /* the cells of tables: amounts, days and fractions that no function made */
        value_print(out, node->literal, node->type);
        break;
    }
}

/* CEL's: a child of a lower level stands in parentheses. */
static int
level(const struct expr *node)
{
    switch (node->op) {
    case OP_COND:
        return 0;
    case OP_OR:
        return 1;
    case OP_AND:
        return 2;
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
    case OP_IN:
    case OP_IS_NULL:
    case OP_NOT_NULL:
        return 3;
    case OP_ADD:
    case OP_SUB:
        return 4;
    case OP_MUL:
    case OP_DIV:
    case OP_MOD:
        return 5;
    case OP_NOT:
    case OP_NEG:
        return 6;
    case OP_CONVERT:
        return level(node->args[0]);
    case OP_LITERAL: /* a sign in front */
        return node->type->kind == TYPE_INT && node->literal.integer < 0 ? 6 : 7;
    default:
        return 7;
    }
}

static void node_put(struct buf *out, const struct expr *node);

static void
child_put(struct buf *out, const struct expr *node, int least)
{
    bool needs = level(node) < least;

    buf_str(out, needs ? "(" : "");
    node_put(out, node);
    buf_str(out, needs ? ")" : "");
}

static void
list_put(struct buf *out, struct expr *const *args, uint32_t from, uint32_t count)
{
    for (uint32_t i = from; i < count; i++) {
        buf_str(out, i > from ? ", " : "");
        node_put(out, args[i]);
    }
}

static void
call_put(struct buf *out, const struct expr *node)
{
    bool is_method = node->is_method;

    if (is_method) {
        child_put(out, node->args[0], 7);
        buf_byte(out, '.');
    }
    buf_text(out, node->name);
    buf_byte(out, '(');
    list_put(out, node->args, is_method, node->count);
    buf_byte(out, ')');
}

/* For whoever debugs; the hash takes a table row by row (pack_hash.c). */
static void
table_put(struct buf *out, const struct expr *node)
{
    buf_str(out, "table{");
    for (uint32_t i = 0; i + 1 < node->count; i += 2) {
        node_put(out, node->args[i]);
        buf_str(out, " -> ");
        node_put(out, node->args[i + 1]);
        buf_str(out, "; ");
    }
    if (node->count % 2 == 1)
        node_put(out, node->args[node->count - 1]);
    buf_byte(out, '}');
}

/* a && (b && c) is a && b && c: the tables of the logic are associative. */
static void
binary_put(struct buf *out, const struct expr *node)
{
    bool is_logic = node->op == OP_AND || node->op == OP_OR;
    int own = level(node);

    for (uint32_t i = 0; i < node->count; i++) {
        if (i > 0)
            buf_printf(out, " %s ", op_signs[node->op]);
        child_put(out, node->args[i], own + (i > 0 && !is_logic));
    }
}

/* Recursion as deep as the tree, which parse.c bounds. */
static void
node_put(struct buf *out, const struct expr *node)
{
    switch (node->op) {
    case OP_LITERAL:
        literal_put(out, node);
        break;
    case OP_NAME:
    case OP_SLOT:
    case OP_VAR:
        buf_text(out, node->name);
        break;
    case OP_SELECT:
        child_put(out, node->args[0], 7);
        buf_printf(out, "." TEXT_FMT, TEXT_ARG(node->name));
        break;
    case OP_LIST:
        buf_byte(out, '[');
        list_put(out, node->args, 0, node->count);
        buf_byte(out, ']');
        break;
    case OP_INDEX:
        child_put(out, node->args[0], 7);
        buf_byte(out, '[');
        node_put(out, node->args[1]);
        buf_byte(out, ']');
        break;
    case OP_NOT:
    case OP_NEG:
        buf_byte(out, node->op == OP_NOT ? '!' : '-');
        child_put(out, node->args[0], node->op == OP_NEG ? 7 : 6);
        break;
    case OP_COND:
        child_put(out, node->args[0], 1);
        buf_str(out, " ? ");
        child_put(out, node->args[1], 1);
        buf_str(out, " : ");
        node_put(out, node->args[2]);
        break;
    case OP_IS_NULL:
    case OP_NOT_NULL:
        child_put(out, node->args[0], 3);
        buf_str(out, node->op == OP_IS_NULL ? " == null" : " != null");
        break;
    case OP_CONVERT:
        node_put(out, node->args[0]);
        break;
    case OP_TABLE:
        table_put(out, node);
        break;
    case OP_CALL:
    case OP_HAS:
    case OP_EXISTS:
    case OP_ALL:
    case OP_EXISTS_ONE:
    case OP_FILTER:
    case OP_MAP:
    case OP_FUNCTION:
        call_put(out, node);
        break;
    default:
        binary_put(out, node);
        break;
    }
}

struct text
expr_print(const struct expr *expr, struct arena *arena)
{
    struct buf out;
    struct text text;

    buf_init(&out, false);
    node_put(&out, expr);
    text = arena_text(arena, buf_as_text(&out));
    buf_release(&out);
    return text;
}

static void
ratio_put(struct buf *out, struct ratio ratio)
{
    i128_print(out, ratio.num);
    buf_byte(out, '/');
    buf_int(out, ratio.den);
}

/* long: one case a type, top to bottom */
void
value_print(struct buf *out, struct value value, const struct type *type)
{
    if (value.state != VALUE_KNOWN) {
        buf_str(out, value.state == VALUE_NONE      ? "none"
                     : value.state == VALUE_UNKNOWN ? "unknown"
                                                    : value.error);
        return;
    }
    switch (type->kind) {
    case TYPE_BOOL:
        buf_str(out, value.boolean ? "true" : "false");
        break;
    case TYPE_INT:
    case TYPE_ZERO:
        buf_int(out, value.integer);
        break;
    case TYPE_STRING:
        buf_text(out, value.string);
        break;
    case TYPE_MONEY:
        money_print(out, value.integer);
        break;
    case TYPE_EXACT:
    case TYPE_RATE:
        ratio_put(out, value.ratio);
        break;
    case TYPE_DECIMAL:
        decimal_print(out, value.integer, type->scale);
        break;
    case TYPE_DATE:
        date_print(out, (int32_t)value.integer);
        break;
    case TYPE_MONTH:
        month_print(out, (int32_t)value.integer);
        break;
    case TYPE_CODE:
        if (value.integer >= 0 && value.integer < type->codes->count)
            buf_text(out, type->codes->codes[value.integer].name);
        break;
    case TYPE_LIST:
        buf_byte(out, '[');
        for (uint32_t i = 0; i < value.list->count; i++) {
            buf_str(out, i > 0 ? ", " : "");
            value_print(out, value.list->elements[i].value, type->of);
        }
        buf_byte(out, ']');
        break;
    case TYPE_RECORD:
        buf_text(out, type->name);
        break;
    case TYPE_IDENTITY: /* a person's number is never printed */
        buf_str(out, "***");
        break;
    default:
        buf_str(out, "null");
        break;
    }
}
