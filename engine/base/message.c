/* SPDX-License-Identifier: Apache-2.0 */
/* message.c: collects, orders and prints what is wrong in files that people wrote. */
#include "engine/base/message.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/json.h"

#define LINE_MARGIN 4   /* columns before the quoted line */
#define LINE_CHARS 160  /* a longer line is cut around the caret */
#define LINE_BEFORE 100 /* characters kept before the caret then */
#define DIGITS_SHOWN 14 /* a longer run may be an identity number (15 or 18) and is not shown */

void
messages_init(struct messages *messages, struct arena *arena)
{
    memset(messages, 0, sizeof *messages);
    messages->arena = arena;
}

/* Words for which there was no memory have a length, and no bytes. */
static struct text
words_kept(struct text words)
{
    return words.at == NULL ? (struct text){"", 0} : words;
}

void
message_add(struct messages *messages, enum message_level level, const char *code,
            struct place place, uint32_t span, struct text zh, struct text en)
{
    struct message *message;

    assert(message_code_find(text_of(code)) != NULL);
    if (level == MESSAGE_ERROR)
        messages->errors++;
    else
        messages->warnings++;
    if (messages->count == MESSAGES_MAX)
        return;
    message = &messages->items[messages->count++];
    *message = (struct message){level, "", place, span, words_kept(zh), words_kept(en)};
    memcpy(message->code, code, strnlen(code, sizeof message->code - 1));
}

static const struct source *
source_copy(const struct source *source, struct arena *arena)
{
    struct source *copy = arena_alloc(arena, 1, sizeof *copy);

    if (copy == NULL)
        return NULL;
    copy->file = arena_text(arena, text_of(source->file)).at;
    copy->bytes = arena_text(arena, source->bytes);
    return copy->file == NULL || copy->bytes.at == NULL ? NULL : copy;
}

void
messages_keep(struct messages *messages)
{
    const struct source *old = NULL, *copy = NULL;

    for (uint32_t i = 0; i < messages->count; i++) {
        struct message *message = &messages->items[i];

        if (message->place.source != NULL && message->place.source != old) {
            old = message->place.source; /* they come file by file */
            copy = source_copy(old, messages->arena);
        }
        message->place.source = message->place.source == NULL ? NULL : copy;
        message->zh = words_kept(arena_text(messages->arena, message->zh));
        message->en = words_kept(arena_text(messages->arena, message->en));
    }
}

static int
number_order(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static const char *
message_file(const struct message *message)
{
    return message->place.source == NULL ? "" : message->place.source->file;
}

static int
message_order(const void *a, const void *b)
{
    const struct message *left = *(const struct message *const *)a;
    const struct message *right = *(const struct message *const *)b;
    int order = strcmp(message_file(left), message_file(right));

    if (order == 0)
        order = number_order(left->place.line, right->place.line);
    if (order == 0)
        order = number_order(left->place.column, right->place.column);
    if (order == 0)
        order = strcmp(left->code, right->code);
    return order != 0 ? order : (left > right) - (left < right); /* then: as they came */
}

static void
messages_sort(const struct messages *messages, const struct message *sorted[MESSAGES_MAX])
{
    for (uint32_t i = 0; i < messages->count; i++)
        sorted[i] = &messages->items[i];
    if (messages->count > 0)
        qsort(sorted, messages->count, sizeof *sorted, message_order);
}

/* The line, from 1, without its end. Lines end as YAML's do: \n, \r, \r\n, NEL, LS, PS. */
static struct text
source_line(const struct source *source, uint32_t line)
{
    struct text all = source->bytes;
    size_t from = 0, pos = text_starts(all, TEXT("\xEF\xBB\xBF")) ? 3 : 0, at;
    uint32_t now = 1;

    from = pos;
    while (pos < all.len) {
        uint32_t code;
        at = pos;
        code = text_next(all, &pos);
        if (code != '\n' && code != '\r' && code != 0x85 && code != 0x2028 && code != 0x2029)
            continue;
        if (now == line)
            return (struct text){all.at + from, at - from};
        if (code == '\r' && pos < all.len && all.at[pos] == '\n')
            pos++;
        now++;
        from = pos;
    }
    return now == line && all.at != NULL ? (struct text){all.at + from, all.len - from}
                                         : (struct text){"", 0};
}

static void
spaces(struct buf *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_byte(out, ' ');
}

/* Skips `chars` characters from byte `pos` on. */
static size_t
chars_skip(struct text line, size_t pos, size_t chars)
{
    for (; chars > 0 && pos < line.len; chars--)
        text_next(line, &pos);
    return pos;
}

static struct text
part(struct text line, size_t from, size_t to)
{
    return (struct text){line.at + from, to - from};
}

/* Somebody names a department's file where a mapping is wanted, or pastes a row into one: such a
 * line may hold an identity number, and names beside it. Full-width digits count as digits. */
bool
message_is_private(struct text text)
{
    size_t run = 0;

    for (size_t pos = 0; pos < text.len;) {
        uint32_t c = text_next(text, &pos);

        run = (c >= '0' && c <= '9') || (c >= 0xFF10 && c <= 0xFF19) ? run + 1 : 0;
        if (run > DIGITS_SHOWN)
            return true;
    }
    return false;
}

/* A line that is perhaps not even text: what is no UTF-8 shows as U+FFFD, and so does what would
 * command the terminal. */
static void
line_put(struct buf *out, struct text line)
{
    for (size_t pos = 0; pos < line.len;) {
        size_t from = pos;
        uint32_t c = text_next(line, &pos);

        if (c < 0x20) /* a tab, or what would move the cursor */
            buf_byte(out, ' ');
        else if (c == TEXT_BAD || (c >= 0x7F && c <= 0x9F))
            buf_str(out, "\xEF\xBF\xBD");
        else
            buf_text(out, part(line, from, pos));
    }
}

/* The line and, below it, the caret: as wide as the terminal draws what it points at. */
static void
line_print(const struct message *message, struct buf *out)
{
    struct text line = source_line(message->place.source, message->place.line);
    size_t before = message->place.column > 0 ? message->place.column - 1 : 0;
    size_t skipped = before > LINE_BEFORE ? before - LINE_BEFORE : 0;
    size_t from = chars_skip(line, 0, skipped), to = chars_skip(line, from, LINE_CHARS);
    size_t caret = chars_skip(line, from, before - skipped);
    size_t end = chars_skip(line, caret, message->span);
    size_t width;

    if (text_trim(line).len == 0)
        return;
    if (message_is_private(line)) {
        spaces(out, LINE_MARGIN);
        buf_str(out,
                "（此行含长数字，可能是证件号码，不予显示 | not shown: it may hold an identity "
                "number）\n");
        return;
    }
    spaces(out, LINE_MARGIN);
    buf_str(out, skipped > 0 ? "…" : "");
    line_put(out, part(line, from, to));
    buf_str(out, to < line.len ? "…\n" : "\n");
    spaces(out, LINE_MARGIN + (skipped > 0 ? 1u : 0u) + text_width(part(line, from, caret)));
    for (size_t pos = from; pos < caret; pos++)
        if (line.at[pos] == '\t') /* printed as one space, counted as none */
            buf_byte(out, ' ');
    buf_byte(out, '^');
    width = text_width(part(line, caret, end < to ? end : to > caret ? to : caret));
    for (size_t i = 1; i < width; i++)
        buf_byte(out, '~');
    buf_byte(out, '\n');
}

/* The words of a message, which may quote a key or a value, without any long run of digits. */
static void
words_print(struct buf *out, struct text text)
{
    size_t from = 0, at = 0;

    while (at < text.len) {
        size_t run = at;

        while (run < text.len && text.at[run] >= '0' && text.at[run] <= '9')
            run++;
        if (run - at > DIGITS_SHOWN) {
            buf_text(out, part(text, from, at));
            buf_str(out, "…");
            from = run;
        }
        at = run > at ? run : at + 1;
    }
    buf_text(out, part(text, from, text.len));
}

static void
place_print(const struct message *message, struct buf *out)
{
    if (message->place.source != NULL)
        buf_printf(out, "%s:", message->place.source->file);
    if (message->place.line > 0)
        buf_printf(out, "%u:%u:", message->place.line, message->place.column);
    if (message->place.source != NULL || message->place.line > 0)
        buf_byte(out, ' ');
}

static void
message_print(const struct message *message, struct buf *out)
{
    bool is_error = message->level == MESSAGE_ERROR;
    size_t from = out->len, margin;

    place_print(message, out);
    margin = out->is_failed ? 0 : text_width(part(buf_as_text(out), from, out->len));
    buf_printf(out, "%s %s ", is_error ? "错误" : "警告", message->code);
    words_print(out, message->zh);
    buf_byte(out, '\n');
    spaces(out, margin);
    buf_printf(out, "| %s %s: ", is_error ? "error" : "warning", message->code);
    words_print(out, message->en);
    buf_byte(out, '\n');
    if (message->place.source != NULL && message->place.line > 0)
        line_print(message, out);
}

void
messages_print(const struct messages *messages, struct buf *out)
{
    const struct message *sorted[MESSAGES_MAX];
    uint32_t more = messages->errors + messages->warnings - messages->count;

    messages_sort(messages, sorted);
    for (uint32_t i = 0; i < messages->count; i++)
        message_print(sorted[i], out);
    if (more > 0)
        buf_printf(out, "另有 %u 条未列出 | %u more are not shown\n", more, more);
}

static void
words_json(struct json *json, const char *key, struct text words)
{
    struct buf shown;

    buf_init(&shown, false);
    words_print(&shown, words);
    json_key(json, key);
    json_text(json, buf_as_text(&shown));
    buf_release(&shown);
}

void
messages_json(const struct messages *messages, struct json *json)
{
    const struct message *sorted[MESSAGES_MAX];

    messages_sort(messages, sorted);
    json_key(json, "errors");
    json_uint(json, messages->errors);
    json_key(json, "warnings");
    json_uint(json, messages->warnings);
    json_key(json, "messages");
    json_array(json);
    for (uint32_t i = 0; i < messages->count; i++) {
        const struct message *message = sorted[i];

        json_object(json);
        json_key(json, "level");
        json_str(json, message->level == MESSAGE_ERROR ? "error" : "warning");
        json_key(json, "code");
        json_str(json, message->code);
        json_key(json, "file");
        json_str(json, message_file(message));
        json_key(json, "line");
        json_uint(json, message->place.line);
        json_key(json, "column");
        json_uint(json, message->place.column);
        words_json(json, "zh", message->zh);
        words_json(json, "en", message->en);
        json_end_object(json);
    }
    json_end_array(json);
}

hedui_status
messages_status(const struct messages *messages, struct err *err)
{
    const struct message *sorted[MESSAGES_MAX];
    struct buf out;

    if (messages->errors == 0)
        return HEDUI_OK;
    messages_sort(messages, sorted);
    for (uint32_t i = 0; i < messages->count; i++) {
        if (sorted[i]->level != MESSAGE_ERROR)
            continue;
        buf_init(&out, false);
        place_print(sorted[i], &out);
        buf_printf(&out, "错误 %s ", sorted[i]->code);
        words_print(&out, sorted[i]->zh);
        buf_printf(&out, "\n| error %s: ", sorted[i]->code);
        words_print(&out, sorted[i]->en);
        err_set(err, HEDUI_E_INPUT, TEXT_FMT, TEXT_ARG(buf_as_text(&out)));
        buf_release(&out);
        return HEDUI_E_INPUT;
    }
    /* beyond the 50 kept */
    return err_set(err, HEDUI_E_INPUT, "有 %u 处错误\n%u errors", messages->errors,
                   messages->errors);
}
