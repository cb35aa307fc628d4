/* SPDX-License-Identifier: Apache-2.0 */
/* pack_test.c: the tests of a pack: a household, a change, what must come out. */
#include <stdlib.h>
#include <string.h>

#include "engine/base/sys.h"
#include "engine/rule/testing.h"

#include "engine/base/ban.h"

#define TEST_ARENA_BYTES (64u << 20)

void
test_tell(struct testing *t, const char *error, struct text name, struct text value)
{
    struct test_line line = {
        name, value, {NULL, 0}
    };

    buf_str(t->print, error == NULL ? "ok - " : "not ok - ");
    buf_text(t->print, name);
    if (value.len > 0) {
        buf_str(t->print, " [");
        buf_text(t->print, value);
        buf_byte(t->print, ']');
    }
    if (error != NULL) {
        buf_str(t->print, ": ");
        buf_str(t->print, error);
        line.error = text_of(error);
        t->report->counts.failed++;
    } else {
        t->report->counts.passed++;
    }
    buf_byte(t->print, '\n');
    if (t->options->told != NULL)
        t->options->told(t->options->context, &line);
}

static int
text_order(const void *a, const void *b)
{
    return text_cmp(*(const struct text *)a, *(const struct text *)b);
}

static uint32_t
texts_tidy(struct text *texts, uint32_t count)
{
    uint32_t kept = 0;

    qsort(texts, count, sizeof *texts, text_order);
    for (uint32_t i = 0; i < count; i++)
        if (kept == 0 || !text_eq(texts[kept - 1], texts[i]))
            texts[kept++] = texts[i];
    return kept;
}

/* What objects or asks, once each; a doubt is told by `missing`, not by its reason. */
static uint32_t
reasons_of(const struct judgement *judgement, struct text *out)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < judgement->finding_count; i++)
        if (judgement->findings[i].level != LEVEL_DOUBT)
            out[count++] = judgement->findings[i].reason;
    return texts_tidy(out, count);
}

static struct text
joined(struct arena *arena, const struct text *texts, uint32_t count)
{
    struct text all = {"", 0};

    for (uint32_t i = 0; i < count; i++)
        all = arena_printf(arena, TEXT_FMT "%s" TEXT_FMT, TEXT_ARG(all), i > 0 ? " " : "",
                           TEXT_ARG(texts[i]));
    return all;
}

static struct text
joined_nodes(struct arena *arena, const struct yaml_node *list)
{
    struct text *texts = arena_alloc(arena, list->count + 1, sizeof *texts);

    if (texts == NULL)
        return TEXT("");
    for (uint32_t i = 0; i < list->count; i++)
        texts[i] = list->values[i].text;
    return joined(arena, texts, texts_tidy(texts, list->count));
}

static struct text
fact_printed(struct testing *t, const struct value *value, const struct type *type)
{
    static const char *const states[] = {"", "none", "unknown", "error"};
    struct text text = text_of(states[value->state]);
    struct buf buf;

    if (value->state != VALUE_KNOWN)
        return text;
    buf_init(&buf, false);
    value_print(&buf, *value, type);
    text = arena_text(&t->scratch, buf_as_text(&buf));
    buf_release(&buf);
    return text;
}

/* Empty: as expected; else what differs. */
static struct text
fact_differs(struct testing *t, struct run *run, const struct yaml_node *key,
             const struct yaml_node *node)
{
    const struct pack *pack = t->pack;
    struct loader l = {
        .pack = (struct pack *)(uintptr_t)pack, .messages = t->messages, .arena = &t->scratch};

    for (uint32_t i = 0; i < pack->home_fact_count; i++) {
        const struct fact *fact = &pack->facts[pack->home_facts[i]];
        struct value want = {0}, got;
        struct text got_text, want_text;
        if (!text_eq(fact->name, key->text))
            continue;
        got = run_slot(run, slot_fact(pack, i));
        got_text = fact_printed(t, &got, fact->type);
        want_text = node->text;
        if (!text_is(node->text, "unknown") && !text_is(node->text, "none") &&
            !text_is(node->text, "error")) {
            if (!value_read(&l, node, fact->type, &want))
                return TEXT("its expected value cannot be read");
            want_text = fact_printed(t, &want, fact->type);
        }
        if (text_eq(got_text, want_text))
            return TEXT("");
        return arena_printf(&t->scratch, "expected " TEXT_FMT " = " TEXT_FMT ", got " TEXT_FMT,
                            TEXT_ARG(key->text), TEXT_ARG(want_text), TEXT_ARG(got_text));
    }
    return arena_printf(&t->scratch, "no fact of the household is called " TEXT_FMT,
                        TEXT_ARG(key->text));
}

static struct text
expect_differs(struct testing *t, const struct yaml_node *expect, struct run *run,
               const struct judgement *judgement)
{
    const struct yaml_node *reasons = yaml_get(expect, "reasons"),
                           *facts = yaml_get(expect, "facts");
    const struct yaml_node *missing = yaml_get(expect, "missing");
    struct text outcome = node_text(expect, "outcome"), got, want;
    struct text *texts = arena_alloc(&t->scratch, judgement->finding_count + 1, sizeof *texts);

    if (texts == NULL)
        return TEXT("the arena is full");
    got = joined(&t->scratch, texts, reasons_of(judgement, texts));
    if (outcome.len > 0 && !text_is(outcome, outcome_name(judgement->outcome)))
        return arena_printf(
            &t->scratch,
            "expected " TEXT_FMT ", got %s (reasons " TEXT_FMT "; missing " TEXT_FMT ")",
            TEXT_ARG(outcome), outcome_name(judgement->outcome), TEXT_ARG(got),
            TEXT_ARG(joined(&t->scratch, judgement->missing, judgement->missing_count)));
    want = reasons == NULL ? got : joined_nodes(&t->scratch, reasons);
    if (!text_eq(got, want))
        return arena_printf(&t->scratch, "expected reasons [" TEXT_FMT "], got [" TEXT_FMT "]",
                            TEXT_ARG(want), TEXT_ARG(got));
    got = joined(&t->scratch, judgement->missing, judgement->missing_count);
    want = missing == NULL ? got : joined_nodes(&t->scratch, missing);
    if (!text_eq(got, want))
        return arena_printf(&t->scratch, "expected missing [" TEXT_FMT "], got [" TEXT_FMT "]",
                            TEXT_ARG(want), TEXT_ARG(got));
    for (uint32_t i = 0; facts != NULL && i < facts->count; i++) {
        got = fact_differs(t, run, &facts->keys[i], &facts->values[i]);
        if (got.len > 0)
            return got;
    }
    return TEXT("");
}

bool
judgements_same(const struct judgement *a, const struct judgement *b)
{
    if (a->outcome != b->outcome || a->finding_count != b->finding_count ||
        a->missing_count != b->missing_count)
        return false;
    for (uint32_t i = 0; i < a->finding_count; i++)
        if (!text_eq(a->findings[i].rule, b->findings[i].rule) ||
            a->findings[i].level != b->findings[i].level ||
            !text_eq(a->findings[i].zh, b->findings[i].zh))
            return false;
    for (uint32_t i = 0; i < a->missing_count; i++)
        if (!text_eq(a->missing[i], b->missing[i]))
            return false;
    return true;
}

hedui_status
test_try(struct testing *t, struct tried *out, const struct yaml_node *tree, uint32_t how,
         struct err *err)
{
    struct messages *messages = arena_alloc(&t->scratch, 1, sizeof *messages);

    memset(out, 0, sizeof *out);
    if (messages == NULL)
        return arena_full(&t->scratch, err);
    messages_init(messages, &t->scratch);
    TRY(case_build(&out->household, t->pack, tree, messages, &t->scratch, err));
    out->is_read = out->household != NULL;
    return out->is_read ? judge_as(&out->judgement, &out->run, how, t->pack, out->household,
                                   &t->scratch, err)
                        : HEDUI_OK;
}

/* What was asked for besides the test's own expectation. */
static hedui_status
more_run(struct testing *t, const struct yaml_node *tree, struct text name, struct run *run,
         const struct judgement *judgement, struct err *err)
{
    if (t->cover != NULL)
        cover_note(t, run);
    if (t->options->trial != NULL)
        TRY(trial_try(t, tree, run, err));
    if (t->options->is_robust && !t->report->is_exempt)
        TRY(robust_try(t, tree, name, run->household, judgement, err));
    return t->limits == NULL ? HEDUI_OK : limits_try(t, tree, err);
}

static hedui_status
tree_run(struct testing *t, const struct yaml_node *tree, const struct yaml_node *expect,
         struct text name, const struct yaml_node *value, struct err *err)
{
    struct household *household;
    struct judgement judgement;
    struct run *run = arena_alloc(&t->scratch, 1, sizeof *run);
    struct text differs = TEXT("the household cannot be read");

    if (run == NULL)
        return arena_full(&t->scratch, err);
    TRY(case_build(&household, t->pack, tree, t->messages, &t->scratch, err));
    if (household != NULL) {
        TRY(judge_run(&judgement, run, t->pack, household, &t->scratch, err));
        differs = expect_differs(t, expect, run, &judgement);
    }
    test_tell(t, differs.len == 0 ? NULL : differs.at, name,
              value == NULL ? (struct text){NULL, 0} : value->text);
    return household == NULL ? HEDUI_OK : more_run(t, tree, name, run, &judgement, err);
}

static hedui_status
sweep_run(struct testing *t, const struct yaml_node *tree, const struct yaml_node *sweep,
          struct text name, struct err *err)
{
    const struct yaml_node *rows = yaml_get(sweep, "rows");
    struct text path = node_text(sweep, "path");

    for (uint32_t i = 0; rows != NULL && i < rows->count; i++) {
        const struct yaml_node *row = &rows->values[i];
        struct yaml_node key = {.type = YAML_SCALAR, .text = TEXT("outcome")};
        struct yaml_node expect = {.type = YAML_MAP, .count = 1, .keys = &key};
        struct yaml_node *changed;
        if (row->type != YAML_LIST || row->count != 2) {
            test_tell(t, "a row of a sweep is [VALUE, OUTCOME]", name, TEXT(""));
            continue;
        }
        expect.values = &row->values[1];
        changed = node_with(tree, path, &row->values[0], &t->scratch);
        if (changed == NULL)
            test_tell(t, "the path does not fit the household", name, row->values[0].text);
        else
            TRY(tree_run(t, changed, &expect, name, &row->values[0], err));
    }
    return HEDUI_OK;
}

static hedui_status
test_run(struct testing *t, const struct yaml_node *test, struct err *err)
{
    const struct yaml_node *set = yaml_get(test, "set"), *tree = t->base;
    struct text name = node_text(test, "name");

    if (!grammar_check(test, GRAMMAR_TEST, t->messages)) {
        test_tell(t, "the test cannot be read", name, TEXT(""));
        return HEDUI_OK;
    }
    for (uint32_t i = 0; set != NULL && i < set->count; i++) {
        tree = node_with(tree, set->keys[i].text, &set->values[i], &t->scratch);
        if (tree == NULL) {
            test_tell(t, "a path of 'set' does not fit the household", name, TEXT(""));
            return HEDUI_OK;
        }
    }
    if (yaml_get(test, "sweep") != NULL)
        return sweep_run(t, tree, yaml_get(test, "sweep"), name, err);
    if (yaml_get(test, "expect") == NULL) {
        test_tell(t, "a test needs 'expect' or 'sweep'", name, TEXT(""));
        return HEDUI_OK;
    }
    return tree_run(t, tree, yaml_get(test, "expect"), name, NULL, err);
}

static hedui_status
file_run(struct testing *t, const char *path, struct arena *arena, struct err *err)
{
    const struct yaml_node *tests;
    struct yaml_node *root;

    TRY(yaml_load(&root, path, t->messages, arena, err));
    if (root == NULL || !grammar_check(root, GRAMMAR_TESTS, t->messages)) {
        t->report->counts.failed++;
        return HEDUI_OK;
    }
    t->base = yaml_get(root, "base");
    tests = yaml_get(root, "tests");
    for (uint32_t i = 0; tests->type == YAML_LIST && i < tests->count; i++) {
        TRY(test_run(t, &tests->values[i], err));
        if (t->messages->count == 0) /* their texts stand in it until they are printed */
            arena_reset(&t->scratch);
    }
    return HEDUI_OK;
}

static hedui_status
files_run(struct testing *t, const char *dir, struct err *err)
{
    struct text folder = arena_printf(&t->files, "%s/tests", dir), *names;
    size_t count;

    if (folder.at == NULL)
        return arena_full(&t->files, err);
    if (!sys_exists(folder.at))
        return HEDUI_OK;
    TRY(sys_list_dir(&names, &count, folder.at, &t->files, err));
    for (size_t i = 0; i < count; i++) {
        struct text path;
        if (!text_ends(names[i], TEXT(".yaml")) || text_starts(names[i], TEXT(".")))
            continue;
        path = arena_printf(&t->files, TEXT_FMT "/" TEXT_FMT, TEXT_ARG(folder), TEXT_ARG(names[i]));
        if (path.at == NULL)
            return arena_full(&t->files, err);
        TRY(file_run(t, path.at, &t->files, err));
    }
    return HEDUI_OK;
}

hedui_status
pack_test_all(struct test_report *out, const struct pack *pack, const char *dir,
              const struct test_options *options, struct messages *messages, struct buf *print,
              struct err *err)
{
    struct testing t = {
        .pack = pack, .options = options, .messages = messages, .report = out, .print = print};
    hedui_status rc = HEDUI_OK;

    *out = (struct test_report){.is_exempt = pack->uses_known};
    arena_init(&t.files, "tests", TEST_ARENA_BYTES, false);
    arena_init(&t.scratch, "test", TEST_ARENA_BYTES, false);
    if (options->has_coverage)
        FAIL(cover_open(&t, err));
    if (options->has_boundaries)
        FAIL(limits_open(&t, err));
    FAIL(files_run(&t, dir, err));
    if (options->is_robust)
        robust_tell(&t);
    if (t.limits != NULL)
        limits_tell(&t);
    if (t.cover != NULL)
        cover_tell(&t);
done:
    /* messages about test files point into their trees: the trees stay until they are printed */
    if (messages->count > 0)
        messages_print(messages, print);
    messages->count = messages->errors = messages->warnings = 0; /* told; `failed` counts them */
    arena_release(&t.scratch);
    arena_release(&t.files);
    return rc;
}

hedui_status
pack_test(struct test_counts *out, const struct pack *pack, const char *dir,
          const struct model *model, struct messages *messages, struct buf *print, struct err *err)
{
    static const struct test_options plain = {0};
    struct test_report report = {0};
    hedui_status rc = pack_test_all(&report, pack, dir, &plain, messages, print, err);

    (void)model; /* the pack's own */
    *out = report.counts;
    return rc;
}
