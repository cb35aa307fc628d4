/* SPDX-License-Identifier: Apache-2.0 */
/* yaml.c: events of libyaml to a tree. libyaml sees neither repeated keys nor depth; both are
 * watched here. What it refuses is told again in words that name the cure. */
#include "engine/base/yaml.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <yaml.h>

#include "engine/base/buf.h"
#include "engine/base/hash.h"
#include "engine/base/sys.h"
#include "engine/base/yaml_scan.h"
#include "engine/base/yaml_wide.h"

#define FILE_MAX ((size_t)1 << 20) /* bytes; docs/RULES.md states these limits */
#define SCALAR_MAX ((size_t)16 << 10)
#define EVENTS_MAX 200000
#define DEPTH_MAX 16
#define LINEAR_MAX 16 /* keys compared pair by pair; more go through a dictionary */

struct item { /* a node under construction, in scratch */
    struct yaml_node node;
    struct item *next;
};

struct frame {
    struct yaml_node node;
    struct item *first, *last; /* children; in a map key and value in turn */
    uint32_t items;
    bool is_flow;
};

struct reader {
    struct source *source;
    struct yaml_scan scan;
    struct messages *messages;
    struct arena *arena, *scratch;
    struct frame stack[DEPTH_MAX];
    uint32_t depth;
    uint32_t documents;
    uint32_t errors_before; /* of other files */
    struct yaml_node *root;
    bool is_stopped; /* nothing after this place can be trusted */
    bool is_trial;   /* only the place of the first error is wanted */
};

static struct place
place_at(const struct reader *reader, yaml_mark_t mark)
{
    return (struct place){reader->source, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1};
}

static void
report(const struct reader *reader, const char *code, struct place place, uint32_t span,
       const char *zh, const char *en)
{
    message_add(reader->messages, MESSAGE_ERROR, code, place, span, text_of(zh), text_of(en));
}

static bool
is_in_flow(const struct reader *reader)
{
    return reader->depth > 0 && reader->stack[reader->depth - 1].is_flow;
}

/* Y012: what stands at `mark` must be quoted; prints it as it should be written. */
static void
report_quote(const struct reader *reader, yaml_mark_t mark, bool is_flow)
{
    struct text bare = yaml_scan_bare(&reader->scan, mark.index, is_flow);
    const char *quote = memchr(bare.at, '"', bare.len) == NULL ? "\"" : "'";
    char mark_char = bare.len > 0 ? bare.at[0] : ' ';
    struct text zh, en;

    if (mark_char == '!') {
        zh = arena_printf(reader->arena,
                          "表达式以 “!” 开头，YAML 会当作标签，请加引号：%s" TEXT_FMT "%s", quote,
                          TEXT_ARG(bare), quote);
        en = TEXT("the expression starts with \"!\", which YAML reads as a tag; quote it or use a "
                  "\"|\" block");
    } else {
        zh = arena_printf(reader->arena, "“%c” 在 YAML 中另有含义，请加引号：%s" TEXT_FMT "%s",
                          mark_char, quote, TEXT_ARG(bare), quote);
        en =
            arena_printf(reader->arena,
                         "YAML reads \"%c\" as a sign of its own; quote the text: %s" TEXT_FMT "%s",
                         mark_char, quote, TEXT_ARG(bare), quote);
    }
    message_add(reader->messages, MESSAGE_ERROR, "Y012", place_at(reader, mark),
                (uint32_t)text_chars(bare), zh, en);
}

/* ---- nodes ---- */

static hedui_status
scalar_make(struct reader *reader, const yaml_event_t *event, struct yaml_node *node,
            struct err *err)
{
    struct text raw = {(const char *)event->data.scalar.value, event->data.scalar.length};
    yaml_scalar_style_t style = event->data.scalar.style;
    bool is_block = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
    struct text nfc;

    node->type = YAML_SCALAR;
    node->is_plain = style == YAML_PLAIN_SCALAR_STYLE;
    if (raw.len > SCALAR_MAX) {
        report(reader, "Y003", place_at(reader, event->start_mark), 1, "一个值超过 16 KiB",
               "a value is longer than 16 KiB");
        raw.len = 0;
    }
    if (!text_nfc(raw, &nfc, reader->scratch))
        return arena_full(reader->scratch, err);
    node->text = arena_text(reader->arena, nfc);
    if (node->text.at == NULL)
        return arena_full(reader->arena, err);
    return yaml_scan_marks(&reader->scan, raw, node, event->start_mark.index, event->end_mark.index,
                           is_block, reader->arena, err);
}

/* Anchors and tags, which no file of ours may use. */
static void
properties_check(struct reader *reader, const yaml_event_t *event, const yaml_char_t *anchor,
                 const yaml_char_t *tag)
{
    if (anchor != NULL)
        report(reader, "Y010", place_at(reader, event->start_mark), 1,
               "不支持锚点（&）；若是文字，请加引号",
               "anchors (&) are not supported; if this is text, quote it");
    if (tag == NULL)
        return;
    if (tag[0] == '!' || tag[0] == '\0')
        report_quote(reader, event->start_mark, is_in_flow(reader));
    else
        report(reader, "Y010", place_at(reader, event->start_mark), 1, "不支持标签（!!）",
               "tags (!!) are not supported");
}

static hedui_status
node_add(struct reader *reader, const struct yaml_node *node, struct err *err)
{
    struct frame *frame;
    struct item *item;

    if (reader->depth == 0) {
        reader->root = arena_alloc(reader->arena, 1, sizeof *reader->root);
        if (reader->root == NULL)
            return arena_full(reader->arena, err);
        *reader->root = *node;
        return HEDUI_OK;
    }
    frame = &reader->stack[reader->depth - 1];
    if (frame->node.type == YAML_MAP && frame->items % 2 == 0) {
        if (node->type != YAML_SCALAR)
            report(reader, "Y001", node->place, 1, "键必须是一个词", "a key must be a word");
        else if (node->is_plain && text_is(node->text, "<<"))
            report(reader, "Y010", node->place, 2, "不支持合并键（<<）",
                   "merge keys (<<) are not supported");
        else if (node->text.len == 0)
            report(reader, "Y001", node->place, 1, "键是空的", "a key is empty");
    }
    item = arena_alloc(reader->scratch, 1, sizeof *item);
    if (item == NULL)
        return arena_full(reader->scratch, err);
    item->node = *node;
    if (frame->last == NULL)
        frame->first = item;
    else
        frame->last->next = item;
    frame->last = item;
    frame->items++;
    return HEDUI_OK;
}

static void
report_repeat(const struct reader *reader, const struct yaml_node *key,
              const struct yaml_node *first)
{
    message_add(
        reader->messages, MESSAGE_ERROR, "Y011", key->place, (uint32_t)text_chars(key->text),
        arena_printf(reader->arena, "键 “" TEXT_FMT "” 重复（第一次在第 %u 行），请删去其一",
                     TEXT_ARG(key->text), first->place.line),
        arena_printf(reader->arena,
                     "key \"" TEXT_FMT "\" is repeated (first at line %u); remove one",
                     TEXT_ARG(key->text), first->place.line));
}

static hedui_status
repeats_check(const struct reader *reader, const struct yaml_node *map, struct err *err)
{
    struct dict dict;
    hedui_status rc = HEDUI_OK;

    if (map->count <= LINEAR_MAX) {
        for (uint32_t i = 1; i < map->count; i++)
            for (uint32_t j = 0; j < i; j++)
                if (text_eq(map->keys[i].text, map->keys[j].text)) {
                    report_repeat(reader, &map->keys[i], &map->keys[j]);
                    break;
                }
        return HEDUI_OK;
    }
    dict_init(&dict, 0, false);
    for (uint32_t i = 0; i < map->count && rc == HEDUI_OK; i++) {
        uint32_t known = dict_find(&dict, map->keys[i].text);
        if (known != DICT_FULL)
            report_repeat(reader, &map->keys[i], &map->keys[known]); /* a repeat stops all use */
        else if (dict_add(&dict, map->keys[i].text) == DICT_FULL)
            rc = err_set(err, HEDUI_E_MEMORY,
                         "内存不足，无法读取 '%s' 的键\nno memory left for the keys of '%s'",
                         reader->source->file, reader->source->file);
        else if (dict.count != i + 1)
            break; /* after a repeat numbers and positions part: one message is enough */
    }
    dict_release(&dict);
    return rc;
}

/* The end of a list or map: its items become arrays, and it becomes an item of the one around. */
static hedui_status
frame_close(struct reader *reader, struct err *err)
{
    struct frame *frame = &reader->stack[reader->depth - 1];
    struct yaml_node *node = &frame->node;
    uint32_t i = 0;
    bool is_map = node->type == YAML_MAP;

    node->count = is_map ? frame->items / 2 : frame->items;
    node->values = arena_alloc(reader->arena, node->count, sizeof *node->values);
    if (is_map)
        node->keys = arena_alloc(reader->arena, node->count, sizeof *node->keys);
    if (node->values == NULL || (is_map && node->keys == NULL))
        return arena_full(reader->arena, err);
    for (const struct item *item = frame->first; item != NULL; item = item->next, i++) {
        if (!is_map)
            node->values[i] = item->node;
        else if (i % 2 == 0)
            node->keys[i / 2] = item->node;
        else
            node->values[i / 2] = item->node;
    }
    if (is_map)
        TRY(repeats_check(reader, node, err));
    reader->depth--;
    return node_add(reader, node, err);
}

static void
frame_open(struct reader *reader, enum yaml_type type, yaml_mark_t mark, bool is_flow)
{
    if (reader->depth == DEPTH_MAX) {
        report(reader, "Y004", place_at(reader, mark), 1, "嵌套超过 16 层",
               "nested deeper than 16 levels");
        reader->is_stopped = true;
        return;
    }
    reader->stack[reader->depth++] = (struct frame){
        .node = {.type = type, .place = place_at(reader, mark)},
          .is_flow = is_flow
    };
}

static hedui_status
event_take(struct reader *reader, const yaml_event_t *event, struct err *err)
{
    struct yaml_node node = {.place = place_at(reader, event->start_mark)};

    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (reader->documents++ > 0) {
            report(reader, "Y015", node.place, 3, "一个文件只能有一个文档",
                   "a file holds one document only");
            reader->is_stopped = true;
        } else if (event->data.document_start.version_directive != NULL ||
                   event->data.document_start.tag_directives.start !=
                       event->data.document_start.tag_directives.end) {
            report(reader, "Y010", node.place, 1, "不支持指令（%）",
                   "directives (%) are not supported");
        }
        return HEDUI_OK;
    case YAML_ALIAS_EVENT:
        report(reader, "Y010", node.place, 1, "不支持别名（*）；若是文字，请加引号",
               "aliases (*) are not supported; if this is text, quote it");
        node.text = TEXT("");
        return node_add(reader, &node, err);
    case YAML_SCALAR_EVENT:
        properties_check(reader, event, event->data.scalar.anchor, event->data.scalar.tag);
        TRY(scalar_make(reader, event, &node, err));
        return node_add(reader, &node, err);
    case YAML_SEQUENCE_START_EVENT:
        properties_check(reader, event, event->data.sequence_start.anchor,
                         event->data.sequence_start.tag);
        frame_open(reader, YAML_LIST, event->start_mark,
                   event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE);
        return HEDUI_OK;
    case YAML_MAPPING_START_EVENT:
        properties_check(reader, event, event->data.mapping_start.anchor,
                         event->data.mapping_start.tag);
        frame_open(reader, YAML_MAP, event->start_mark,
                   event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
        return HEDUI_OK;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return frame_close(reader, err);
    default:
        return HEDUI_OK; /* ends of stream and document */
    }
}

/* ---- what libyaml refuses ---- */

static bool
has(const char *sentence, const char *part)
{
    return sentence != NULL && strstr(sentence, part) != NULL;
}

/* `!a && b` fails at the first "&", but all of it from the "!" on wants the quotes. */
static void
report_sign(const struct reader *reader, const yaml_parser_t *parser)
{
    bool is_flow = parser->flow_level > 0;
    yaml_mark_t mark = yaml_scan_back(&reader->scan, parser->context_mark.index)
                           ? parser->context_mark
                           : parser->problem_mark;
    size_t tag = yaml_scan_tag(&reader->scan, mark.index);

    if (tag != SIZE_MAX &&
        tag + text_chars(yaml_scan_bare(&reader->scan, tag, is_flow)) > mark.index) {
        mark.column -= mark.index - tag;
        mark.index = tag;
    }
    report_quote(reader, mark, is_flow);
}

/* A full-width sign that is to blame: on the line of the problem, on the one before, whose text may
 * run on into it, or where its context began. */
static bool
report_wide(const struct reader *reader, const yaml_parser_t *parser)
{
    const uint32_t lines[] = {(uint32_t)parser->problem_mark.line + 1,
                              (uint32_t)parser->problem_mark.line,
                              (uint32_t)parser->context_mark.line + 1};
    struct place place;
    struct text sign, mended;

    if (reader->is_trial)
        return false;
    for (size_t i = 0; i < LEN(lines); i++)
        if (yaml_wide_find(reader->source, lines[i], lines[0], &place, &sign, &mended,
                           reader->arena)) {
            yaml_wide_report(reader->messages, place, sign, mended);
            return true;
        }
    return false;
}

static void
report_parser(const struct reader *reader, const yaml_parser_t *parser)
{
    static const char *const signs[] = {"scanning an anchor", "scanning an alias", "scanning a tag",
                                        "scanning a block scalar", "while parsing a tag"};
    struct place place = place_at(reader, parser->problem_mark);
    const char *problem = parser->problem == NULL ? "cannot be read" : parser->problem;

    if (report_wide(reader, parser))
        return;
    for (size_t i = 0; i < LEN(signs); i++)
        if (has(parser->context, signs[i])) {
            report_sign(reader, parser);
            return;
        }
    if (has(problem, "undefined tag handle") || has(problem, "cannot start any token")) {
        report_quote(reader, parser->problem_mark, parser->flow_level > 0);
    } else if (has(problem, "mapping values are not allowed")) {
        report(reader, "Y012", place, 1,
               "这里的 “: ” 会被当作键；若是文字或表达式的一部分，请给整段加引号",
               "\": \" here would make a key; quote the whole text if it is part of it");
    } else if (has(parser->context, "quoted scalar")) {
        report(reader, "Y001", place_at(reader, parser->context_mark), 1, "引号没有配对",
               "the quote is not closed, or an escape in it is wrong");
    } else if (has(parser->context, "flow mapping") || has(parser->context, "flow sequence")) {
        bool is_map = has(parser->context, "flow mapping");
        report(reader, "Y001", place, 1,
               is_map ? "此处应为 “,” 或 “}”；含 , [ ] { } 或 “: ” 的文字要加引号"
                      : "此处应为 “,” 或 “]”；含 , [ ] { } 或 “: ” 的文字要加引号",
               is_map
                   ? "\",\" or \"}\" is missing here; text with , [ ] { } or \": \" needs quotes"
                   : "\",\" or \"]\" is missing here; text with , [ ] { } or \": \" needs quotes");
    } else if (has(problem, "could not find expected ':'")) {
        report(reader, "Y001", place, 1, "键后面缺少 “: ”", "\": \" is missing behind a key");
    } else {
        message_add(reader->messages, MESSAGE_ERROR, "Y001", place, 1,
                    arena_printf(reader->arena, "不是可读的 YAML，请检查缩进和引号（%s）", problem),
                    arena_printf(reader->arena,
                                 "not readable as YAML; check indents and quotes (%s)", problem));
    }
}

static hedui_status
events_read(struct reader *reader, struct err *err)
{
    yaml_parser_t parser;
    struct text bytes = reader->scan.bytes;
    hedui_status rc = HEDUI_OK;
    bool is_end = false;

    if (!yaml_parser_initialize(&parser))
        return err_set(err, HEDUI_E_MEMORY, "内存不足，无法读取 '%s'\nno memory left to read '%s'",
                       reader->source->file, reader->source->file);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes.at, bytes.len);
    for (uint32_t events = 0; rc == HEDUI_OK && !reader->is_stopped && !is_end; events++) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            if (parser.error == YAML_MEMORY_ERROR)
                rc = err_set(err, HEDUI_E_MEMORY,
                             "内存不足，无法读取 '%s'\nno memory left to read '%s'",
                             reader->source->file, reader->source->file);
            else
                report_parser(reader, &parser);
            break;
        }
        if (events == EVENTS_MAX) {
            report(reader, "Y003", place_at(reader, event.start_mark), 1,
                   "内容过多（超过 200,000 项）",
                   "too much in one file (more than 200,000 events)");
            reader->is_stopped = true;
        } else {
            rc = event_take(reader, &event, err);
        }
        is_end = event.type == YAML_STREAM_END_EVENT;
        if (reader->messages->errors - reader->errors_before > MESSAGES_MAX)
            reader->is_stopped = true; /* more would only be counted */
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return rc;
}

/* Most files that are not UTF-8 were saved as GBK, and then every other editor shows them well. */
static void
report_bytes(const struct reader *reader, size_t offence, struct place place)
{
    struct text line = yaml_scan_gbk(reader->scan.bytes, offence, reader->arena);

    if (line.at != NULL && message_is_private(line))
        line = TEXT("…");
    if (line.at == NULL)
        report(reader, "Y002", place, 1, "不是 UTF-8 编码，请另存为 UTF-8",
               "not UTF-8; save the file as UTF-8");
    else
        message_add(reader->messages, MESSAGE_ERROR, "Y005", place, 1,
                    arena_printf(reader->arena,
                                 "文件是 GBK（GB 18030）编码，请另存为 UTF-8；这一行是：" TEXT_FMT,
                                 TEXT_ARG(line)),
                    arena_printf(reader->arena,
                                 "the file is in GBK (GB 18030); save it as UTF-8; this line "
                                 "reads: " TEXT_FMT,
                                 TEXT_ARG(line)));
}

/* Size, UTF-8, tabs and control bytes. true: libyaml may see it. */
static bool
bytes_check(const struct reader *reader)
{
    struct place place = {reader->source, 1, 1};
    size_t offence;

    if (reader->source->bytes.len > FILE_MAX) {
        report(reader, "Y003", (struct place){reader->source, 0, 0}, 0, "文件超过 1 MiB",
               "the file is larger than 1 MiB");
        return false;
    }
    switch (yaml_scan_check(reader->scan.bytes, &offence)) {
    case YAML_SCAN_CLEAN:
        return true;
    case YAML_SCAN_NOT_UTF8:
        yaml_scan_place(reader->scan.bytes, offence, &place);
        report_bytes(reader, offence, place);
        return false;
    case YAML_SCAN_TAB:
        yaml_scan_place(reader->scan.bytes, offence, &place);
        report(reader, "Y001", place, 1, "不能用制表符（Tab），请改为空格",
               "tabs are not allowed; use spaces");
        return false;
    case YAML_SCAN_CONTROL:
        yaml_scan_place(reader->scan.bytes, offence, &place);
        report(reader, "Y001", place, 1, "含有不可见的控制字符，请删去",
               "a control character; remove it");
        return false;
    }
    return false;
}

static hedui_status
parse(struct yaml_node **out, struct text source, const char *file, bool is_trial,
      struct messages *messages, struct arena *arena, struct err *err)
{
    struct reader reader = {.messages = messages,
                            .arena = arena,
                            .errors_before = messages->errors,
                            .is_trial = is_trial};
    struct arena scratch;
    hedui_status rc = HEDUI_OK;

    assert(out != NULL && file != NULL);
    *out = NULL;
    arena_init(&scratch, "YAML scratch", 0, false);
    reader.scratch = &scratch;
    reader.source = arena_alloc(arena, 1, sizeof *reader.source);
    if (reader.source == NULL)
        FAIL(arena_full(arena, err));
    reader.source->file = arena_text(arena, text_of(file)).at;
    reader.source->bytes = source; /* the lines that messages quote: must outlive the tree */
    if (reader.source->file == NULL)
        FAIL(arena_full(arena, err));
    reader.scan.bytes = source;
    if (text_starts(source, TEXT("\xEF\xBB\xBF")))
        reader.scan.bytes = (struct text){source.at + 3, source.len - 3};
    if (!bytes_check(&reader))
        goto done;
    FAIL(yaml_scan_open(&reader.scan, &scratch, err));
    FAIL(events_read(&reader, err));
    if (reader.root == NULL && messages->errors == reader.errors_before)
        report(&reader, "Y001", (struct place){reader.source, 0, 0}, 0, "文件是空的",
               "the file is empty");
    if (messages->errors == reader.errors_before)
        *out = reader.root;
done:
    arena_release(&scratch);
    return rc;
}

hedui_status
yaml_parse(struct yaml_node **out, struct text source, const char *file, struct messages *messages,
           struct arena *arena, struct err *err)
{
    return parse(out, source, file, false, messages, arena, err);
}

uint32_t
yaml_first_error(struct text bytes)
{
    struct arena arena;
    struct messages messages;
    struct yaml_node *root;
    struct err err;
    uint32_t line = UINT32_MAX;

    arena_init(&arena, "YAML trial", 0, true);
    messages_init(&messages, &arena);
    if (parse(&root, bytes, "", true, &messages, &arena, &err) != HEDUI_OK)
        line = 1; /* no memory: nothing is shown to be cured */
    for (uint32_t i = 0; i < messages.count && line > 0; i++)
        if (messages.items[i].place.line < line)
            line = messages.items[i].place.line;
    arena_release(&arena);
    return line == UINT32_MAX ? 0 : line;
}

hedui_status
yaml_load(struct yaml_node **out, const char *path, struct messages *messages, struct arena *arena,
          struct err *err)
{
    struct source *source;
    struct err why;
    struct text bytes;
    hedui_status rc = sys_slurp(&bytes, path, FILE_MAX, arena, &why);
    bool is_large = rc == HEDUI_E_LIMIT;

    if (rc == HEDUI_OK)
        return yaml_parse(out, bytes, path, messages, arena, err);
    *out = NULL;
    if (rc == HEDUI_E_MEMORY)
        return err_set(err, rc, "%s", why.text);
    source = arena_alloc(arena, 1, sizeof *source);
    if (source != NULL)
        source->file = arena_text(arena, text_of(path)).at;
    if (source == NULL || source->file == NULL)
        return arena_full(arena, err);
    message_add(messages, MESSAGE_ERROR, is_large ? "Y003" : "Y001", (struct place){source, 0, 0},
                0, is_large ? TEXT("文件超过 1 MiB") : arena_text(arena, err_zh(&why)),
                is_large ? TEXT("the file is larger than 1 MiB") : arena_text(arena, err_en(&why)));
    return HEDUI_OK;
}

const char *
yaml_library(void)
{
    return yaml_get_version_string();
}
