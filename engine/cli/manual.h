/* SPDX-License-Identifier: Apache-2.0 */
/* manual.h: the manual page hedui(1) and completion for shells, made of the one table of verbs.
 *
 * From     verbs[] and common_options[] (verb.h), and the few words that no table holds
 * To       `hedui help --man LANG`, `hedui help --completion SHELL`; `make` keeps them as files
 * Errors   HEDUI_E_USAGE: another language or shell
 * Why      a page that is written by hand is wrong one release later. */
#ifndef HEDUI_CLI_MANUAL_H
#define HEDUI_CLI_MANUAL_H

#include "engine/base/buf.h"

/* roff, man(7) macros, UTF-8; "zh" or "en". Same program, same bytes: the date is the release's. */
HEDUI_CHECKED hedui_status manual_print(struct buf *out, const char *lang, struct err *err);
/* "bash", "zsh" or "fish". */
HEDUI_CHECKED hedui_status completion_print(struct buf *out, const char *shell, struct err *err);

#endif
