/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/rule/pack_cases.h"

#include <string.h>

#include "engine/rule/case.h"
#include "engine/rule/finding.h"

#include "engine/base/ban.h"

#define LINE_ARENA_BYTES (64u << 20)

/* The next line, without the blanks around it; false: no more. */
static bool
line_take(struct text *lines, struct text *line)
{
    const char *end = memchr(lines->at, '\n', lines->len);
    size_t len = end == NULL ? lines->len : (size_t)(end - lines->at);
    size_t step = len + (end != NULL);

    if (lines->len == 0)
        return false;
    *line = text_trim((struct text){lines->at, len});
    *lines = (struct text){lines->at + step, lines->len - step};
    return true;
}

/* NULL in *out: not a household. */
static hedui_status
line_read(struct household **out, const struct pack *pack, const struct yaml_node *node,
          struct arena *arena, struct err *err)
{
    struct messages *messages = arena_alloc(arena, 1, sizeof *messages);

    if (messages == NULL)
        return arena_full(arena, err);
    messages_init(messages, arena);
    return case_build(out, pack, node, messages, arena, err);
}

static hedui_status
line_compare(struct moves *moves, const struct pack *old, const struct pack *new, struct text line,
             struct sheet *sheet, uint32_t *broken, struct arena *arena, struct err *err)
{
    struct household *before = NULL, *after = NULL;
    struct judgement a, b;
    struct json_node *tree;
    struct yaml_node *node;
    struct err bad = {0};
    struct run run;

    if (json_parse(&tree, line, arena, &bad) == HEDUI_OK) {
        node = node_of_json(tree, arena);
        if (node == NULL)
            return arena_full(arena, err);
        TRY(line_read(&before, old, node, arena, err));
        TRY(line_read(&after, new, node, arena, err));
    }
    if (before == NULL || after == NULL) {
        (*broken)++;
        return HEDUI_OK;
    }
    TRY(judge_as(&a, &run, JUDGE_BRIEF, old, before, arena, err));
    TRY(judge_as(&b, &run, JUDGE_BRIEF, new, after, arena, err));
    return moves_add(moves, before, &a, &b, sheet, err);
}

hedui_status
pack_cases_compare(struct moves *moves, const struct pack *old, const struct pack *new,
                   struct text lines, struct buf *lines_out, uint32_t *broken, struct err *err)
{
    struct arena arena;
    struct sheet sheet;
    struct text line;
    hedui_status rc = HEDUI_OK;

    *broken = 0;
    sheet_begin(&sheet, lines_out);
    arena_init(&arena, "line", LINE_ARENA_BYTES, true);
    while (line_take(&lines, &line)) {
        if (line.len > 0)
            FAIL(line_compare(moves, old, new, line, lines_out == NULL ? NULL : &sheet, broken,
                              &arena, err));
        arena_reset(&arena);
    }
    if (lines_out != NULL)
        rc = buf_check(lines_out, err);
done:
    arena_release(&arena);
    return rc;
}

static bool
is_case(const struct json_node *tree, struct text case_no)
{
    const struct json_node *of = tree->type == JSON_OBJECT ? json_get(tree, "case") : NULL;
    const struct json_node *no =
        of != NULL && of->type == JSON_OBJECT ? json_get(of, "case_no") : NULL;

    return no != NULL && no->type == JSON_STRING && text_eq(no->text, case_no);
}

hedui_status
pack_case_find(struct household **out, const struct pack *pack, struct text lines,
               struct text case_no, struct arena *arena, struct err *err)
{
    struct text line;

    while (line_take(&lines, &line)) {
        struct arena_mark mark = arena_mark(arena);
        struct json_node *tree;
        struct yaml_node *node;
        struct err bad = {0};

        if (json_parse(&tree, line, arena, &bad) != HEDUI_OK || !is_case(tree, case_no)) {
            arena_rewind(arena, mark);
            continue;
        }
        node = node_of_json(tree, arena);
        if (node == NULL)
            return arena_full(arena, err);
        TRY(line_read(out, pack, node, arena, err));
        return *out != NULL ? HEDUI_OK
                            : err_set(err, HEDUI_E_INPUT,
                                      "这一案不是规则包能读的家庭，用 rules eval 看原因\n"
                                      "this case is no household of the pack: rules eval says why");
    }
    return err_set(err, HEDUI_E_USAGE, "没有这个核对编号的家庭\nno household of this case number");
}
