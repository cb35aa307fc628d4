/* SPDX-License-Identifier: Apache-2.0 */
/* warn_tried.c: warnings that need households: the pack's own tests. A rule that no test saw true
 * (W604), and an objection that goes away when an asset grows (W611): more assets never help. */
#include "engine/rule/testing.h"
#include "engine/rule/warn.h"

#include "engine/base/ban.h"

struct helped { /* how a rule was talked out of its objection */
    bool is_told;
    struct text path, from, to;
};
struct trial {
    struct warning w;
    bool *was_true;        /* per rule */
    struct helped *helped; /* per rule */
};
struct raising { /* one household of the tests */
    struct testing *t;
    struct trial *trial;
    const struct yaml_node *tree;
    struct run *run;
};

static bool
is_true(struct run *run, const struct rule *rule)
{
    struct value value = rule_value(run, rule, NULL, NULL);

    return value.state == VALUE_KNOWN && value.boolean;
}

static bool
is_false(struct run *run, const struct rule *rule)
{
    struct value value = rule_value(run, rule, NULL, NULL);

    return value.state == VALUE_KNOWN && !value.boolean;
}

/* What a row is worth: the first amount of its kind (others, as a tax that was withheld, are no
 * assets), and measures such as an area. */
static bool
is_asset(const struct leaf *leaf)
{
    const struct field *field = leaf->field;

    if (leaf->list == NULL || field == NULL || text_is(leaf->value->text, "none"))
        return false;
    if (field->type == FIELD_DECIMAL)
        return !field->is_share;
    for (uint32_t i = 0; field->type == FIELD_MONEY && i < leaf->list->field_count; i++)
        if (leaf->list->fields[i].type == FIELD_MONEY)
            return &leaf->list->fields[i] == field;
    return false;
}

static void
helped_note(struct raising *r, struct run *richer, const struct leaf *leaf, struct text to)
{
    const struct pack *pack = r->t->pack;
    struct arena *arena = r->trial->w.arena;

    for (uint32_t i = 0; i < pack->rule_count; i++) {
        struct helped *helped = &r->trial->helped[i];

        if (helped->is_told || pack->rules[i].kind != WHEN_DENY ||
            !is_true(r->run, &pack->rules[i]) || !is_false(richer, &pack->rules[i]))
            continue;
        *helped = (struct helped){true, arena_text(arena, leaf->path),
                                  arena_text(arena, leaf->value->text), arena_text(arena, to)};
    }
}

/* One fen more, and far more than any limit. */
static hedui_status
asset_raise(void *context, const struct leaf *leaf, struct err *err)
{
    static const int64_t steps[] = {1, 100000000};
    struct raising *r = context;
    struct arena_mark mark;
    struct value value;

    if (!is_asset(leaf) || !money_read(leaf->value->text, &value) || value.integer < 0 ||
        value.integer > INT64_MAX / 2)
        return HEDUI_OK;
    for (size_t i = 0; i < LEN(steps); i++) {
        struct yaml_node more = {.type = YAML_SCALAR, .is_plain = true};
        const struct yaml_node *tree;
        struct tried *richer;
        int64_t fen = value.integer + steps[i];

        mark = arena_mark(&r->t->scratch);
        more.text = arena_printf(&r->t->scratch, "%lld.%02lld", (long long)(fen / 100),
                                 (long long)(fen % 100));
        tree = node_with(r->tree, leaf->path, &more, &r->t->scratch);
        richer = arena_alloc(&r->t->scratch, 1, sizeof *richer);
        if (more.text.at == NULL || tree == NULL || richer == NULL)
            return arena_full(&r->t->scratch, err);
        TRY(test_try(r->t, richer, tree, 0, err));
        if (richer->is_read)
            helped_note(r, &richer->run, leaf, more.text);
        arena_rewind(&r->t->scratch, mark);
    }
    return HEDUI_OK;
}

hedui_status
trial_try(struct testing *t, const struct yaml_node *tree, struct run *run, struct err *err)
{
    struct raising raising = {t, t->options->trial, tree, run};

    for (uint32_t i = 0; i < t->pack->rule_count; i++)
        raising.trial->was_true[i] = raising.trial->was_true[i] || is_true(run, &t->pack->rules[i]);
    return leaves_each(t, tree, asset_raise, &raising, err);
}

static void
trial_tell(struct trial *trial)
{
    const struct pack *pack = trial->w.pack;
    struct warning *w = &trial->w;

    for (uint32_t i = 0; i < pack->rule_count; i++) {
        const struct rule *rule = &pack->rules[i];
        const struct helped *helped = &trial->helped[i];

        if (!trial->was_true[i])
            warn(w, "W604", rule->place, (uint32_t)text_chars(rule->name),
                 arena_printf(w->arena, "规则 “" TEXT_FMT "”（" TEXT_FMT "）在测试中从未成立",
                              TEXT_ARG(rule->name), TEXT_ARG(rule->zh)),
                 arena_printf(w->arena, "no test has rule \"" TEXT_FMT "\" true",
                              TEXT_ARG(rule->name)));
        if (helped->is_told)
            warn(w, "W611", rule->when->place, rule->when->span,
                 arena_printf(w->arena,
                              "财产增加反而有利：" TEXT_FMT " 由 " TEXT_FMT " 增到 " TEXT_FMT
                              "，规则 “" TEXT_FMT "” 不再成立",
                              TEXT_ARG(helped->path), TEXT_ARG(helped->from), TEXT_ARG(helped->to),
                              TEXT_ARG(rule->name)),
                 arena_printf(w->arena,
                              "more assets help: with " TEXT_FMT " raised from " TEXT_FMT
                              " to " TEXT_FMT " rule \"" TEXT_FMT "\" no longer objects",
                              TEXT_ARG(helped->path), TEXT_ARG(helped->from), TEXT_ARG(helped->to),
                              TEXT_ARG(rule->name)));
    }
}

hedui_status
pack_warn_tried(const struct pack *pack, const char *dir, struct messages *messages,
                struct arena *arena, struct err *err)
{
    struct trial trial = {
        .w = {pack, messages, arena, INT32_MIN}
    };
    struct test_options options = {.trial = &trial};
    struct test_report report;
    struct messages *of_tests = arena_alloc(arena, 1, sizeof *of_tests);
    struct buf print;
    hedui_status rc;

    trial.was_true = arena_alloc(arena, pack->rule_count, sizeof *trial.was_true);
    trial.helped = arena_alloc(arena, pack->rule_count, sizeof *trial.helped);
    if (of_tests == NULL || trial.was_true == NULL || trial.helped == NULL)
        return arena_full(arena, err);
    messages_init(of_tests, arena); /* what is wrong with the tests is for `rules test` to say */
    buf_init(&print, true);
    rc = pack_test_all(&report, pack, dir, &options, of_tests, &print, err);
    buf_release(&print);
    if (rc == HEDUI_OK)
        trial_tell(&trial);
    return rc;
}
