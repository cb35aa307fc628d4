/* SPDX-License-Identifier: Apache-2.0 */
/* words.c: names, comparisons and arithmetic in Chinese; words_list.c has lists and functions.
 * Recursion goes no deeper than the tree, which parse.c bounds. */
#include "engine/rule/words_in.h"

#include "engine/base/ban.h"

struct text
words_kind(const struct pack *pack, uint32_t kind)
{
    return &pack->model->kinds[kind] == pack->model->applicant ? TEXT("成员")
                                                               : pack->model->kinds[kind].zh;
}

void
words_value(struct buf *out, const struct value *value, const struct type *type)
{
    const struct type *of = type->kind == TYPE_LIST ? type->of : type;

    if (type->kind == TYPE_STRING)
        buf_str(out, "“");
    show_value(out, value, type, LANG_ZH);
    if (type->kind == TYPE_STRING)
        buf_str(out, "”");
    if (type_is_amount(of)) {
        buf_byte(out, ' ');
        buf_str(out, show_unit(of));
    }
}

void
words_label(struct words *w, struct text label)
{
    buf_printf(w->out, "「" TEXT_FMT "」", TEXT_ARG(label));
}

/* What needs brackets where it stands inside something else. */
static bool
is_loose(const struct expr *node)
{
    node = words_bare(node);
    return !node->is_constant &&
           (node->op == OP_AND || node->op == OP_OR || node->op == OP_COND || node->op == OP_ADD ||
            node->op == OP_SUB || node->op == OP_MUL || node->op == OP_DIV || node->op == OP_MOD ||
            node->op == OP_EXISTS || node->op == OP_ALL || node->op == OP_EXISTS_ONE ||
            node->op == OP_FUNCTION);
}

const struct expr *
words_bare(const struct expr *node)
{
    while (node->op == OP_CONVERT && node->count == 1)
        node = node->args[0];
    return node;
}

void
words_inner(struct words *w, const struct expr *node)
{
    bool needs = is_loose(node);

    buf_str(w->out, needs ? "（" : "");
    words_put(w, node);
    buf_str(w->out, needs ? "）" : "");
}

static const struct shape *
shape_of(const struct pack *pack, const struct type *type)
{
    for (uint32_t k = 0; k < pack->model->kind_count; k++)
        if (pack->shapes[k].type.fields == type->fields)
            return &pack->shapes[k];
    return &pack->case_shape;
}

static void
slot_put(struct words *w, uint32_t slot)
{
    const struct pack *pack = w->pack;

    if (slot == SLOT_CASE)
        buf_str(w->out, "本次申请");
    else if (slot == SLOT_MEMBERS)
        buf_str(w->out, "全体家庭成员");
    else if (slot == SLOT_SUPPORTERS)
        buf_str(w->out, "全体赡养抚养扶养义务人");
    else if (slot < slot_current(pack, 0))
        buf_printf(w->out, "全家名下的" TEXT_FMT, TEXT_ARG(words_kind(pack, slot - SLOT_THINGS)));
    else if (slot < slot_param(pack, 0))
        buf_printf(w->out, "该" TEXT_FMT, TEXT_ARG(words_kind(pack, slot - slot_current(pack, 0))));
    else if (slot < slot_fact(pack, 0))
        words_label(w, pack->params[slot - slot_param(pack, 0)].zh);
    else
        words_label(w, pack->facts[pack->home_facts[slot - slot_fact(pack, 0)]].zh);
}

static void
select_put(struct words *w, const struct expr *node)
{
    const struct expr *record = node->args[0];
    const struct shape *shape = shape_of(w->pack, record->type);
    const struct part *part = &shape->parts[node->number];

    if (shape != &w->pack->case_shape) {
        words_put(w, record);
        buf_str(w->out, part->kind == PART_LIST ? "名下的" : "的");
    }
    if (part->kind == PART_LIST)
        buf_text(w->out, words_kind(w->pack, part->number));
    else
        words_label(w, record->type->fields[node->number].zh);
}

static void
literal_put(struct words *w, const struct expr *node)
{
    if (node->type->kind == TYPE_CODE || node->type->kind == TYPE_BOOL ||
        (node->type->kind == TYPE_LIST && node->type->of->kind == TYPE_CODE)) {
        buf_str(w->out, "“");
        show_value(w->out, &node->literal, node->type, LANG_ZH);
        buf_str(w->out, "”");
        return;
    }
    words_value(w->out, &node->literal, node->type);
}

static void
logic_put(struct words *w, const struct expr *node)
{
    for (uint32_t i = 0; i < node->count; i++) {
        const struct expr *part = words_bare(node->args[i]);
        bool needs = part->op == OP_AND || part->op == OP_OR || part->op == OP_COND;

        if (i > 0)
            buf_str(w->out, node->op == OP_AND ? "，并且" : "，或者");
        buf_str(w->out, needs ? "（" : "");
        words_condition(w, part);
        buf_str(w->out, needs ? "）" : "");
    }
}

static void
compare_put(struct words *w, const struct expr *node)
{
    static const char *const signs[] = {
        [OP_EQ] = " 等于 ",   [OP_NE] = " 不等于 ", [OP_LT] = " 小于 ",
        [OP_LE] = " 不超过 ", [OP_GT] = " 超过 ",   [OP_GE] = " 达到或超过 "};
    bool is_word = node->args[0]->type->kind == TYPE_CODE || node->args[0]->type->kind == TYPE_BOOL;
    bool is_day = node->args[0]->type->kind == TYPE_DATE || node->args[0]->type->kind == TYPE_MONTH;

    words_inner(w, node->args[0]);
    if (is_word && (node->op == OP_EQ || node->op == OP_NE))
        buf_str(w->out, node->op == OP_EQ ? "是" : "不是");
    else if (is_day && node->op != OP_EQ && node->op != OP_NE)
        buf_str(w->out, node->op == OP_LT   ? " 早于 "
                        : node->op == OP_LE ? " 不晚于 "
                        : node->op == OP_GT ? " 晚于 "
                                            : " 不早于 ");
    else
        buf_str(w->out, signs[node->op]);
    words_inner(w, node->args[1]);
}

static void
arith_put(struct words *w, const struct expr *node)
{
    words_inner(w, node->args[0]);
    buf_str(w->out, node->op == OP_ADD   ? " ＋ "
                    : node->op == OP_SUB ? " － "
                    : node->op == OP_MUL ? " × "
                    : node->op == OP_DIV ? " ÷ "
                                         : " 除以的余数，除数为 ");
    words_inner(w, node->args[1]);
}

/* Something that is true or false by itself is said to be so. */
void
words_condition(struct words *w, const struct expr *node)
{
    node = words_bare(node);
    words_put(w, node);
    if (!node->is_constant && node->type->kind == TYPE_BOOL &&
        (node->op == OP_SLOT || node->op == OP_SELECT || node->op == OP_VAR))
        buf_str(w->out, "为“是”");
}

static void
not_put(struct words *w, const struct expr *node)
{
    const struct expr *of = words_bare(node->args[0]);

    if (of->op == OP_SLOT || of->op == OP_SELECT || of->op == OP_VAR) {
        words_put(w, of);
        buf_str(w->out, "为“否”");
    } else if (of->op == OP_HAS) {
        buf_str(w->out, "没有");
        words_put(w, of->args[0]);
    } else {
        buf_str(w->out, "以下不成立（");
        words_condition(w, of);
        buf_str(w->out, "）");
    }
}

static void
cond_put(struct words *w, const struct expr *node)
{
    buf_str(w->out, "如果");
    words_condition(w, node->args[0]);
    buf_str(w->out, "，则取 ");
    words_inner(w, node->args[1]);
    buf_str(w->out, "，否则取 ");
    words_inner(w, node->args[2]);
}

void
words_put(struct words *w, const struct expr *node)
{ /* long: one case an operator */
    if (node->is_constant) {
        literal_put(w, node);
        return;
    }
    switch (node->op) {
    case OP_SLOT:
        slot_put(w, node->number);
        break;
    case OP_VAR:
        buf_text(w->out, w->vars[node->number]);
        break;
    case OP_SELECT:
        select_put(w, node);
        break;
    case OP_AND:
    case OP_OR:
        logic_put(w, node);
        break;
    case OP_NOT:
        not_put(w, node);
        break;
    case OP_NEG:
        buf_str(w->out, "负的 ");
        words_inner(w, node->args[0]);
        break;
    case OP_COND:
        cond_put(w, node);
        break;
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        compare_put(w, node);
        break;
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_DIV:
    case OP_MOD:
        arith_put(w, node);
        break;
    case OP_HAS:
    case OP_NOT_NULL:
        buf_str(w->out, "有");
        words_put(w, node->args[0]);
        break;
    case OP_IS_NULL:
        buf_str(w->out, "没有");
        words_put(w, node->args[0]);
        break;
    case OP_CONVERT:
        words_put(w, node->args[0]);
        break;
    default:
        words_list(w, node);
        break;
    }
}
