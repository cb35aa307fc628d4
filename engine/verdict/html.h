/* SPDX-License-Identifier: Apache-2.0 */
/* html.h: pages for people: one self-contained file, nothing to load, nothing that runs.
 *
 * From     report.c and overview.c
 * Lives    bytes in the caller's buffer
 * Errors   those of the buf
 * Why      names, case numbers and words of a pack come from outside: whatever they hold is shown
 *          as text. The policy in the head allows the one style sheet by its digest and nothing
 *          else, so that even markup that slipped through could neither run nor call home. */
#ifndef HEDUI_VERDICT_HTML_H
#define HEDUI_VERDICT_HTML_H

#include "engine/base/buf.h"

/* Escaped; control characters, and those that turn the direction of writing, become U+FFFD. */
void html_text(struct buf *out, struct text text);
void html_str(struct buf *out, const char *string); /* the same of a C string */
/* Doctype to <body>, zh-CN. */
void html_begin(struct buf *out, struct text title);
void html_end(struct buf *out);
/* <TAG>text</TAG>; `open` may hold attributes: "td class=\"n\"". */
void html_put(struct buf *out, const char *open, struct text text);
void html_say(struct buf *out, const char *open, const char *string);

#endif
