/* SPDX-License-Identifier: Apache-2.0 */
/* jsonl.c: `rules eval --jsonl`: one expression with its bindings a line, one answer a line. A line
 * that cannot be read is answered too; nothing stops the rest. */
#include <assert.h>
#include <string.h>

#include "engine/base/json.h"
#include "engine/rule/jsonl_value.h"
#include "engine/rule/tree.h"

#include "engine/base/ban.h"

#define LINE_ARENA_MAX ((size_t)64 << 20)

struct line {
    struct arena *arena;
    struct causes causes;
    const struct type **types;
    struct value *values;
    struct text *names;
    uint32_t count;
    struct json *json;
};

static int32_t
name_resolve(void *context, struct text name, const struct type **type, struct text *zh)
{
    const struct line *line = context;

    (void)zh;
    for (uint32_t i = 0; i < line->count; i++) {
        if (text_eq(line->names[i], name)) {
            *type = line->types[i];
            return (int32_t)i;
        }
    }
    return -1;
}

static struct text
name_near(void *context, struct text name)
{
    const struct line *line = context;
    size_t near = text_nearest(name, line->names, line->count);

    return near == SIZE_MAX ? TEXT("") : line->names[near];
}

static struct value
slot_value(void *context, uint32_t slot)
{
    const struct line *line = context;

    return line->values[slot];
}

static void
answer_error(struct line *line, const char *code, struct place place, struct text msg)
{
    json_object(line->json);
    json_key(line->json, "error");
    json_str(line->json, code);
    json_key(line->json, "line");
    json_uint(line->json, place.line);
    json_key(line->json, "col");
    json_uint(line->json, place.column);
    json_key(line->json, "msg");
    json_text(line->json, msg);
    json_end_object(line->json);
}

static void
answer_text(struct line *line, const char *key, struct text value)
{
    json_object(line->json);
    json_key(line->json, key);
    json_text(line->json, value);
    json_end_object(line->json);
}

/* "除数为零 | zero divisor"; where the arena is full, Chinese alone. */
static struct text
run_message(struct arena *arena, const char *code)
{
    const struct message_code *found = message_code_find(text_of(code));
    struct text both;

    if (found == NULL)
        return TEXT("计算出错 | evaluation failed");
    both = arena_printf(arena, "%s | %s", found->zh, found->en);
    return both.at != NULL ? both : text_of(found->zh);
}

static void
answer_unknown(struct line *line, struct cause_set causes, const struct value *value,
               const struct type *type)
{
    struct text *texts = cause_texts(causes, &line->causes, line->arena);
    struct value bound;

    json_object(line->json);
    json_key(line->json, "unknown");
    json_array(line->json);
    for (uint32_t i = 0; texts != NULL && i < causes.count; i++)
        json_text(line->json, texts[i]);
    json_end_array(line->json);
    if (value_bound(value, type, true, &bound)) {
        json_key(line->json, "min");
        jsonl_write(line->json, &bound, type, NULL);
    }
    if (value_bound(value, type, false, &bound)) {
        json_key(line->json, "max");
        jsonl_write(line->json, &bound, type, NULL);
    }
    json_end_object(line->json);
}

static void
answer_value(struct line *line, const struct expr *expr)
{
    struct expr_frame frame = {
        .context = line, .slot = slot_value, .causes = &line->causes, .arena = line->arena};
    struct value value = expr_eval(expr, &frame);
    struct cause_set causes = {0};
    bool is_whole = value_causes(&causes, &value, expr->type, &frame, line->arena);

    if (value.state == VALUE_ERROR || !is_whole) {
        const char *code = is_whole ? value.error : "C702";
        answer_error(line, code,
                     frame.failed != NULL ? expr_place(frame.failed) : (struct place){NULL, 1, 1},
                     run_message(line->arena, code));
    } else if (value.state == VALUE_UNKNOWN || causes.count > 0) {
        answer_unknown(line, causes, &value, expr->type);
    } else {
        json_object(line->json);
        json_key(line->json, "value");
        jsonl_write(line->json, &value, expr->type, &frame);
        json_key(line->json, "type");
        json_text(line->json, type_print(expr->type, line->arena));
        json_end_object(line->json);
    }
}

/* Names, types and values of the line; an answer was given where it is false. */
static bool
bind(struct line *line, const struct json_node *root)
{
    const struct json_node *bindings = json_get(root, "bindings"), *decls = json_get(root, "decls");
    uint32_t room = (bindings != NULL ? bindings->count : 0) + (decls != NULL ? decls->count : 0);
    const struct place start = {NULL, 1, 1};

    line->names = arena_alloc(line->arena, room, sizeof *line->names);
    line->types = arena_alloc(line->arena, room, sizeof *line->types);
    line->values = arena_alloc(line->arena, room, sizeof *line->values);
    if (line->names == NULL || line->types == NULL || line->values == NULL) {
        answer_error(line, "C702", start, run_message(line->arena, "C702"));
        return false;
    }
    for (uint32_t i = 0; bindings != NULL && bindings->type == JSON_OBJECT && i < bindings->count;
         i++) {
        struct text name = bindings->keys[i];
        const struct json_node *decl = NULL;
        const struct type *type;
        const char *unsupported = NULL;
        for (uint32_t k = 0; decls != NULL && decls->type == JSON_OBJECT && k < decls->count; k++)
            if (text_eq(decls->keys[k], name) && decls->values[k].type == JSON_STRING)
                decl = &decls->values[k];
        if (text_find(name, TEXT(".")) != SIZE_MAX)
            unsupported = "qualified name";
        type = decl != NULL ? type_parse(decl->text, NULL, line->arena)
                            : jsonl_type(&bindings->values[i], &unsupported, line->arena);
        if (unsupported == NULL && type == NULL && decl != NULL &&
            text_starts(decl->text, TEXT("map")))
            unsupported = "map";
        if (unsupported != NULL) {
            answer_text(line, "unsupported", text_of(unsupported));
            return false;
        }
        line->names[line->count] = name;
        line->types[line->count] = type;
        if (type == NULL || !jsonl_read(&bindings->values[i], type, &line->values[line->count],
                                        name, &line->causes)) {
            answer_error(line, "T203", start,
                         arena_printf(line->arena,
                                      "“" TEXT_FMT "” 的值与类型不合 | the value of \"" TEXT_FMT
                                      "\" is not of its type",
                                      TEXT_ARG(name), TEXT_ARG(name)));
            return false;
        }
        line->count++;
    }
    return true;
}

static void
answer(struct line *line, const struct json_node *root)
{
    const struct json_node *text = json_get(root, "expr"), *check = json_get(root, "check");
    const struct json_node *only = json_get(root, "check_only");
    struct expr_source source = {
        .place = {NULL, 1, 1}
    };
    struct expr_scope scope = {line, name_resolve, name_near, 0, true};
    struct text unsupported = {0};
    struct messages *messages;
    struct expr *expr;

    if (text == NULL || text->type != JSON_STRING) {
        answer_error(line, "Y001", source.place, TEXT("没有 “expr” | \"expr\" is missing"));
        return;
    }
    if (check != NULL && check->type == JSON_BOOL && !check->boolean) {
        answer_text(line, "unsupported", TEXT("unchecked expression"));
        return;
    }
    if (json_get(root, "container") != NULL) {
        answer_text(line, "unsupported", TEXT("container"));
        return;
    }
    if (!bind(line, root))
        return;
    messages = arena_alloc(line->arena, 1, sizeof *messages);
    if (messages == NULL) {
        answer_error(line, "C702", source.place, run_message(line->arena, "C702"));
        return;
    }
    messages_init(messages, line->arena);
    source.text = text->text;
    expr = expr_compile(&source, &scope, messages, &unsupported, line->arena);
    if (unsupported.len > 0) {
        answer_text(line, "unsupported", unsupported);
    } else if (expr == NULL) {
        const struct message *first = NULL;
        for (uint32_t i = 0; i < messages->count && first == NULL; i++)
            if (messages->items[i].level == MESSAGE_ERROR)
                first = &messages->items[i];
        if (first == NULL)
            answer_error(line, "C702", source.place, run_message(line->arena, "C702"));
        else
            answer_error(line, first->code, first->place,
                         arena_printf(line->arena, TEXT_FMT " | " TEXT_FMT, TEXT_ARG(first->zh),
                                      TEXT_ARG(first->en)));
    } else if (only != NULL && only->type == JSON_BOOL && only->boolean) {
        answer_text(line, "type", type_print(expr->type, line->arena));
    } else {
        answer_value(line, expr);
    }
}

hedui_status
expr_jsonl(struct text source, struct buf *out, struct err *err)
{
    struct arena arena;
    struct json json;
    size_t pos = 0;

    arena_init(&arena, "expression", LINE_ARENA_MAX, false);
    json_begin(&json, out);
    while (pos < source.len) {
        const char *end = memchr(source.at + pos, '\n', source.len - pos);
        size_t len = end == NULL ? source.len - pos : (size_t)(end - source.at) - pos;
        struct line line = {.arena = &arena, .json = &json, .causes = {.arena = &arena}};
        struct json_node *root = NULL;
        struct err line_err = {0};
        if (json_parse_nul(&root, (struct text){source.at + pos, len}, &arena, &line_err) !=
            HEDUI_OK)
            answer_error(&line, "Y001", (struct place){NULL, 1, 1},
                         arena_printf(&arena, TEXT_FMT " | " TEXT_FMT, TEXT_ARG(err_zh(&line_err)),
                                      TEXT_ARG(err_en(&line_err))));
        else
            answer(&line, root);
        json_newline(&json);
        arena_reset(&arena);
        pos += len + 1;
    }
    arena_release(&arena);
    return buf_check(out, err);
}
