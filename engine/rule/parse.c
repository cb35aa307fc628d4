/* SPDX-License-Identifier: Apache-2.0 */
/* parse.c: tokens to a tree, with CEL's precedence. Recursion is bounded by EXPR_DEPTH_MAX, and so
 * is the depth of every tree that comes out, chains included. */
#include <assert.h>
#include <string.h>

#include "engine/rule/tree.h"

#include "engine/base/ban.h"

#define ARGS_MAX 256

static bool
is_sign(const struct compiler *c, const char *sign)
{
    return !c->is_failed && c->token.kind == TOKEN_SIGN && strcmp(c->token.sign, sign) == 0;
}

static bool
take(struct compiler *c, const char *sign)
{
    if (!is_sign(c, sign))
        return false;
    token_next(c);
    return true;
}

static struct expr *
unexpected(struct compiler *c, const char *wanted)
{
    const struct token *token = &c->token;
    struct text found = {c->source->text.at + token->from, token->to - token->from};

    if (c->is_failed)
        return NULL;
    if (token->kind == TOKEN_END)
        fail_at(c, token->from, token->to, "T211",
                arena_printf(c->arena, "表达式在这里中断，缺少%s", wanted),
                text_of("the expression ends too early"));
    else
        fail_at(c, token->from, token->to, "T211",
                arena_printf(c->arena, "“" TEXT_FMT "” 处应为%s", TEXT_ARG(found), wanted),
                arena_printf(c->arena, "unexpected \"" TEXT_FMT "\"", TEXT_ARG(found)));
    return NULL;
}

static bool
expect(struct compiler *c, const char *sign)
{
    char wanted[16] = " “";

    if (take(c, sign))
        return !c->is_failed;
    memcpy(wanted + strlen(wanted), sign, strlen(sign) + 1);
    memcpy(wanted + strlen(wanted), "”", sizeof "”");
    unexpected(c, wanted);
    return false;
}

struct expr *
node_make(struct compiler *c, enum op op, uint32_t from, uint32_t to, uint32_t count)
{
    struct expr *node;

    if (++c->nodes > EXPR_NODES_MAX) {
        fail_at(c, from, to, "T211", text_of("表达式太大，最多 1000 个节点；请拆成几个事实"),
                text_of("the expression is too large: at most 1000 nodes; split it into facts"));
        return NULL;
    }
    node = arena_alloc(c->arena, 1, sizeof *node);
    if (node != NULL) {
        node->op = op;
        node->from = from;
        node->to = to;
        node->depth = 1;
        node->count = count;
        node->args = arena_alloc(c->arena, count, sizeof(struct expr *));
    }
    if (node == NULL || node->args == NULL) {
        c->is_failed = true;
        return NULL;
    }
    return node;
}

void
node_depth(struct compiler *c, struct expr *node)
{
    for (uint32_t i = 0; i < node->count; i++)
        if (node->args[i] != NULL && node->args[i]->depth >= node->depth)
            node->depth = node->args[i]->depth + 1;
    if (node->depth > EXPR_DEPTH_MAX)
        FAIL_NODE(c, node, "T211", "嵌套太深，最多 64 层；请拆成几个事实",
                  "nested too deep: at most 64 levels; split it into facts");
}

static struct expr *
literal_int(struct compiler *c, uint32_t from, bool is_negative)
{
    struct token token = c->token;
    struct expr *node;
    uint64_t limit = (uint64_t)INT64_MAX + is_negative;

    if (token.is_too_large || token.number > limit) {
        fail_at(c, from, token.to, "T205", text_of("整数超出 64 位"),
                text_of("the number does not fit 64 bits"));
        return NULL;
    }
    token_next(c);
    node = node_make(c, OP_LITERAL, from, token.to, 0);
    if (node == NULL)
        return NULL;
    node->is_constant = true;
    node->type = type_of(token.number == 0 ? TYPE_ZERO : TYPE_INT);
    node->literal.integer = is_negative ? (int64_t)(0 - token.number) : (int64_t)token.number;
    return node;
}

static struct expr *
literal(struct compiler *c, enum type_kind kind)
{
    struct token token = c->token;
    struct expr *node;

    token_next(c);
    node = node_make(c, OP_LITERAL, token.from, token.to, 0);
    if (node == NULL)
        return NULL;
    node->is_constant = true;
    node->type = type_of(kind);
    if (kind == TYPE_NULL)
        node->literal.state = VALUE_NONE;
    else if (kind == TYPE_BOOL)
        node->literal.boolean = token.kind == TOKEN_TRUE;
    else
        node->literal.string = token.text;
    return node;
}

/* Expressions up to `close`, behind `first` where there is one (a method's target). */
static struct expr *
arguments(struct compiler *c, enum op op, uint32_t from, struct expr *first, const char *close)
{
    struct expr *args[ARGS_MAX];
    struct expr *node;
    uint32_t count = 0, to;

    if (first != NULL)
        args[count++] = first;
    while (!is_sign(c, close)) {
        if (is_sign(c, "?") && op == OP_LIST) {
            fail_unsupported(c, c->token.from, c->token.to, "optional element");
            return NULL;
        }
        if (count == ARGS_MAX) {
            unexpected(c, "较少的项（最多 256 个）");
            return NULL;
        }
        args[count] = parse_expression(c);
        if (args[count++] == NULL)
            return NULL;
        if (!is_sign(c, ",")) /* a list may end with a comma, as in CEL */
            break;
        token_next(c);
        if (op == OP_CALL && is_sign(c, close)) {
            unexpected(c, "一个参数");
            return NULL;
        }
    }
    to = c->token.to;
    if (!expect(c, close))
        return NULL;
    node = node_make(c, op, from, to, count);
    if (node == NULL)
        return NULL;
    for (uint32_t i = 0; i < count; i++)
        node->args[i] = args[i];
    node_depth(c, node);
    return c->is_failed ? NULL : node;
}

static struct expr *
primary(struct compiler *c)
{
    struct token token = c->token;
    struct expr *node;

    if (c->is_failed)
        return NULL;
    switch (token.kind) {
    case TOKEN_INT:
        return literal_int(c, token.from, false);
    case TOKEN_STRING:
        return literal(c, TYPE_STRING);
    case TOKEN_TRUE:
    case TOKEN_FALSE:
        return literal(c, TYPE_BOOL);
    case TOKEN_NULL:
        return literal(c, TYPE_NULL);
    case TOKEN_NAME:
        token_next(c);
        if (take(c, "(")) {
            node = arguments(c, OP_CALL, token.from, NULL, ")");
        } else if (is_sign(c, "{")) {
            fail_unsupported(c, token.from, token.to, "message");
            return NULL;
        } else {
            node = node_make(c, OP_NAME, token.from, token.to, 0);
        }
        if (node != NULL)
            node->name = token.text;
        return node;
    default:
        break;
    }
    if (take(c, "(")) {
        node = parse_expression(c);
        return node == NULL || !expect(c, ")") ? NULL : node;
    }
    if (take(c, "["))
        return arguments(c, OP_LIST, token.from, NULL, "]");
    if (is_sign(c, "{")) {
        fail_unsupported(c, token.from, token.to, "map");
        return NULL;
    }
    if (is_sign(c, ".")) {
        fail_unsupported(c, token.from, token.to, "leading dot");
        return NULL;
    }
    return unexpected(c, "一个值");
}

/* Behind the dot: a field or a method. */
static struct expr *
member(struct compiler *c, struct expr *target)
{
    struct token token = c->token;
    struct expr *node;

    if (is_sign(c, "?")) {
        fail_unsupported(c, token.from, token.to, "optional field");
        return NULL;
    }
    if (token.kind == TOKEN_RESERVED) {
        fail_unsupported(c, token.from, token.to, "reserved word as field");
        return NULL;
    }
    if (token.kind != TOKEN_NAME)
        return unexpected(c, "字段名");
    token_next(c);
    if (take(c, "(")) {
        node = arguments(c, OP_CALL, target->from, target, ")");
        if (node != NULL)
            node->is_method = true;
    } else {
        node = node_make(c, OP_SELECT, target->from, token.to, 1);
        if (node != NULL) {
            node->args[0] = target;
            node_depth(c, node);
        }
    }
    if (node != NULL)
        node->name = token.text;
    return c->is_failed ? NULL : node;
}

static struct expr *
indexed(struct compiler *c, struct expr *target)
{
    struct expr *index, *node;
    uint32_t to;

    if (is_sign(c, "?")) {
        fail_unsupported(c, c->token.from, c->token.to, "optional index");
        return NULL;
    }
    index = parse_expression(c);
    to = c->token.to;
    if (index == NULL || !expect(c, "]"))
        return NULL;
    node = node_make(c, OP_INDEX, target->from, to, 2);
    if (node == NULL)
        return NULL;
    node->args[0] = target;
    node->args[1] = index;
    node_depth(c, node);
    return c->is_failed ? NULL : node;
}

static struct expr *
postfix(struct compiler *c, struct expr *node)
{
    while (node != NULL && !c->is_failed) {
        if (take(c, "."))
            node = member(c, node);
        else if (take(c, "["))
            node = indexed(c, node);
        else
            return node;
    }
    return NULL;
}

static struct expr *
unary(struct compiler *c)
{
    uint32_t from = c->token.from;
    bool is_not = is_sign(c, "!");
    struct expr *node, *arg;

    if (!is_not && !is_sign(c, "-"))
        return postfix(c, primary(c));
    token_next(c);
    if (!is_not && c->token.kind == TOKEN_INT && !c->is_failed)
        return postfix(c, literal_int(c, from, true)); /* the sign belongs to the number */
    if (++c->depth > EXPR_DEPTH_MAX) {
        fail_at(c, from, from + 1, "T211", text_of("嵌套太深，最多 64 层"),
                text_of("nested too deep: at most 64 levels"));
        return NULL;
    }
    arg = unary(c);
    c->depth--;
    if (arg == NULL)
        return NULL;
    node = node_make(c, is_not ? OP_NOT : OP_NEG, from, arg->to, 1);
    if (node == NULL)
        return NULL;
    node->args[0] = arg;
    node_depth(c, node);
    return c->is_failed ? NULL : node;
}

static int
precedence(const struct compiler *c, enum op *op)
{
    static const struct {
        const char *sign;
        enum op op;
        int level;
    } signs[] = {
        {"||", OP_OR,  1},
        {"&&", OP_AND, 2},
        {"==", OP_EQ,  3},
        {"!=", OP_NE,  3},
        {"<",  OP_LT,  3},
        {"<=", OP_LE,  3},
        {">",  OP_GT,  3},
        {">=", OP_GE,  3},
        {"+",  OP_ADD, 4},
        {"-",  OP_SUB, 4},
        {"*",  OP_MUL, 5},
        {"/",  OP_DIV, 5},
        {"%",  OP_MOD, 5},
    };

    if (c->is_failed)
        return 0;
    if (c->token.kind == TOKEN_IN) {
        *op = OP_IN;
        return 3;
    }
    for (size_t i = 0; i < LEN(signs); i++)
        if (is_sign(c, signs[i].sign)) {
            *op = signs[i].op;
            return signs[i].level;
        }
    return 0;
}

/* a || b || c is one node of three: the tables of the logic are associative, and long chains of
 * alternatives are usual in packs. */
static struct expr *
join(struct compiler *c, enum op op, struct expr *left, struct expr *right, bool is_fresh)
{
    bool is_chain = (op == OP_AND || op == OP_OR) && left->op == op && !is_fresh;
    uint32_t count = is_chain ? left->count + 1 : 2;
    struct expr *node = node_make(c, op, left->from, right->to, count);

    if (node == NULL)
        return NULL;
    for (uint32_t i = 0; i + 1 < count; i++)
        node->args[i] = is_chain ? left->args[i] : left;
    node->args[count - 1] = right;
    node_depth(c, node);
    return c->is_failed ? NULL : node;
}

static struct expr *
binary(struct compiler *c, int level)
{
    struct expr *left = unary(c);
    bool is_fresh = true; /* the left side was not made by this loop: parentheses are kept */
    enum op op = OP_OR;
    int found;

    while (left != NULL && (found = precedence(c, &op)) >= level && found > 0) {
        struct expr *right;
        token_next(c);
        right = binary(c, found + 1);
        if (right == NULL)
            return NULL;
        left = join(c, op, left, right, is_fresh);
        is_fresh = false;
    }
    return c->is_failed ? NULL : left;
}

struct expr *
parse_expression(struct compiler *c)
{
    struct expr *node, *yes, *no, *whole;

    if (c->is_failed)
        return NULL;
    if (++c->depth > EXPR_DEPTH_MAX) {
        fail_at(c, c->token.from, c->token.to, "T211", text_of("嵌套太深，最多 64 层"),
                text_of("nested too deep: at most 64 levels"));
        return NULL;
    }
    node = binary(c, 1);
    if (node != NULL && take(c, "?")) {
        yes = binary(c, 1);
        if (yes == NULL || !expect(c, ":"))
            return NULL;
        no = parse_expression(c);
        if (no == NULL)
            return NULL;
        whole = node_make(c, OP_COND, node->from, no->to, 3);
        if (whole == NULL)
            return NULL;
        whole->args[0] = node;
        whole->args[1] = yes;
        whole->args[2] = no;
        node_depth(c, whole);
        node = whole;
    }
    c->depth--;
    return c->is_failed ? NULL : node;
}
