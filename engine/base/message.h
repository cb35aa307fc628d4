/* SPDX-License-Identifier: Apache-2.0 */
/* message.h: what is wrong in a file that a person wrote: place, code, zh, en, the line, a caret.
 *
 * From     yaml, model, mapping, pack, expression
 * To       the command line (text or JSON)
 * Lives    in the arena given to messages_init()
 * Errors   past 50 messages the rest is only counted
 *
 *   rules.yaml:2:58: 错误 N101 未定义的名称 “p.standrad”，是否指 “p.standard”？
 *                    | error N101: unknown name "p.standrad"; did you mean "p.standard"?
 *         deny_when: per_capita >= p.standrad
 *                                  ^~~~~~~~~~ */
#ifndef HEDUI_BASE_MESSAGE_H
#define HEDUI_BASE_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/base/buf.h"

struct place {
    const struct source *source; /* NULL: no file (--jsonl) */
    uint32_t line, column;       /* from 1; columns count characters */
};

struct source { /* a file being read: for the quoted line */
    const char *file;
    struct text bytes;
};

/* What a code stands for, whatever the sentence at hand says; stable, told by the manual page. */
struct message_code {
    const char *code, *zh, *en;
    const char *hint_zh, *hint_en; /* what to do */
};
extern const struct message_code message_codes[]; /* message_table.c */
extern const size_t message_code_count;
const struct message_code *message_code_find(struct text code); /* NULL: no such code */

enum message_level { MESSAGE_ERROR, MESSAGE_WARNING };
#define MESSAGES_MAX 50

struct message {
    enum message_level level;
    char code[8]; /* "N101" */
    struct place place;
    uint32_t span;      /* characters under the caret; 0: one */
    struct text zh, en; /* what is wrong and what to do */
};

struct messages {
    struct arena *arena;
    struct message items[MESSAGES_MAX];
    uint32_t count, errors, warnings; /* errors and warnings count also what did not fit */
};

void messages_init(struct messages *messages, struct arena *arena);
/* zh and en are printf results: make them with arena_printf, or literals by text_of. A code that
 * message_table.c does not list is a bug. */
void message_add(struct messages *messages, enum message_level level, const char *code,
                 struct place place, uint32_t span, struct text zh, struct text en);
/* Does the line hold a run of digits as long as an identity number's? Then no message shows it. */
bool message_is_private(struct text line);
/* All of them, ordered by file, line, column, code; with line and caret. */
/* For whoever is about to release an arena that held words or a file: all that is told so far is
 * copied to the messages' own arena. What finds no room there loses its words, or its place. */
void messages_keep(struct messages *messages);
void messages_print(const struct messages *messages, struct buf *out);
/* The same for programs: keys "errors", "warnings" and "messages" of the open object, without the
 * quoted lines. */
struct json;
void messages_json(const struct messages *messages, struct json *json);
/* HEDUI_OK where there is no error, else HEDUI_E_INPUT with the first message as sentence. */
HEDUI_CHECKED hedui_status messages_status(const struct messages *messages, struct err *err);

#endif
