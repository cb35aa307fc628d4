/* SPDX-License-Identifier: Apache-2.0 */
/* pack_eval.c: `rules eval PACK --in FILE`: households as JSON lines, one answer line each. */
#include <string.h>

#include "engine/rule/case.h"
#include "engine/rule/finding.h"

#include "engine/base/ban.h"

#define LINE_ARENA_BYTES (64u << 20)

static void
figure_json(struct json *json, const struct figure *figure)
{
    struct buf buf;

    json_key_text(json, figure->name);
    if (figure->value.state != VALUE_KNOWN) {
        json_null(json);
        return;
    }
    if (figure->type->kind == TYPE_INT) {
        json_int(json, figure->value.integer);
        return;
    }
    if (figure->type->kind == TYPE_BOOL) {
        json_bool(json, figure->value.boolean);
        return;
    }
    buf_init(&buf, false);
    value_print(&buf, figure->value, figure->type);
    if (figure->type->kind == TYPE_EXACT || figure->type->kind == TYPE_RATE) {
        json_object(json);
        json_key(json, figure->type->kind == TYPE_EXACT ? "exact" : "rate");
        json_text(json, buf_as_text(&buf));
        json_end_object(json);
    } else {
        json_text(json, buf_as_text(&buf));
    }
    buf_release(&buf);
}

static void
judgement_json(struct json *json, struct text case_no, const struct judgement *judgement)
{
    json_object(json);
    json_key(json, "case");
    json_text(json, case_no);
    json_key(json, "outcome");
    json_str(json, outcome_name(judgement->outcome));
    json_key(json, "reasons");
    json_array(json);
    for (uint32_t i = 0; i < judgement->finding_count; i++)
        if (judgement->findings[i].level != LEVEL_DOUBT)
            json_text(json, judgement->findings[i].reason);
    json_end_array(json);
    json_key(json, "missing");
    json_array(json);
    for (uint32_t i = 0; i < judgement->missing_count; i++)
        json_text(json, judgement->missing[i]);
    json_end_array(json);
    json_key(json, "output");
    json_object(json);
    for (uint32_t i = 0; i < judgement->figure_count; i++)
        figure_json(json, &judgement->figures[i]);
    json_end_object(json);
    json_end_object(json);
    json_newline(json);
}

static void
broken_json(struct json *json, uint64_t line, struct text sentence)
{
    json_object(json);
    json_key(json, "error");
    json_str(json, "Y001");
    json_key(json, "line");
    json_uint(json, line);
    json_key(json, "msg");
    json_text(json, sentence);
    json_end_object(json);
    json_newline(json);
}

static hedui_status
line_eval(const struct pack *pack, struct text line, uint64_t number, struct json *json,
          uint32_t *broken, struct arena *arena, struct err *err)
{
    struct messages *messages = arena_alloc(arena, 1, sizeof *messages);
    struct json_node *tree;
    struct yaml_node *node;
    struct household *household;
    struct judgement judgement;
    struct err bad = {0};

    if (messages == NULL)
        return arena_full(arena, err);
    messages_init(messages, arena);
    if (json_parse(&tree, line, arena, &bad) != HEDUI_OK) {
        (*broken)++;
        broken_json(json, number, text_of(bad.text));
        return HEDUI_OK;
    }
    node = node_of_json(tree, arena);
    if (node == NULL)
        return arena_full(arena, err);
    TRY(case_build(&household, pack, node, messages, arena, err));
    if (household == NULL) {
        (*broken)++;
        broken_json(json, number,
                    messages->count > 0 ? messages->items[0].en : TEXT("not a household"));
        return HEDUI_OK;
    }
    TRY(judge(&judgement, pack, household, arena, err));
    judgement_json(json, household->case_no, &judgement);
    return HEDUI_OK;
}

hedui_status
pack_eval(const struct pack *pack, const struct model *model, struct text lines, struct buf *out,
          uint32_t *broken, struct err *err)
{
    struct arena arena;
    struct json json;
    hedui_status rc = HEDUI_OK;
    uint64_t number = 0;

    (void)model; /* the pack's own */
    *broken = 0;
    json_begin(&json, out);
    arena_init(&arena, "line", LINE_ARENA_BYTES, true);
    while (lines.len > 0) {
        const char *end = memchr(lines.at, '\n', lines.len);
        size_t len = end == NULL ? lines.len : (size_t)(end - lines.at);
        struct text line = text_trim((struct text){lines.at, len});
        size_t step = len + (end != NULL);
        number++;
        if (line.len > 0)
            FAIL(line_eval(pack, line, number, &json, broken, &arena, err));
        arena_reset(&arena);
        lines = (struct text){lines.at + step, lines.len - step};
    }
    rc = buf_check(out, err);
done:
    arena_release(&arena);
    return rc;
}
