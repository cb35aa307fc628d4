/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/rule/pack_cases.h"

#include <string.h>

#include "engine/rule/case.h"
#include "engine/rule/finding.h"

#include "engine/base/ban.h"

#define LINE_ARENA_BYTES (64u << 20)

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
    hedui_status rc = HEDUI_OK;

    *broken = 0;
    sheet_begin(&sheet, lines_out);
    arena_init(&arena, "line", LINE_ARENA_BYTES, true);
    while (lines.len > 0) {
        const char *end = memchr(lines.at, '\n', lines.len);
        size_t len = end == NULL ? lines.len : (size_t)(end - lines.at);
        struct text line = text_trim((struct text){lines.at, len});
        size_t step = len + (end != NULL);

        if (line.len > 0)
            FAIL(line_compare(moves, old, new, line, lines_out == NULL ? NULL : &sheet, broken,
                              &arena, err));
        arena_reset(&arena);
        lines = (struct text){lines.at + step, lines.len - step};
    }
    if (lines_out != NULL)
        rc = buf_check(lines_out, err);
done:
    arena_release(&arena);
    return rc;
}
