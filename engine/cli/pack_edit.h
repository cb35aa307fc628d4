/* SPDX-License-Identifier: Apache-2.0 */
/* pack_edit.h: an edit of a pack's file, written, checked, tested, and taken back on demand.
 *
 * From     rules set, rules follow
 * To       the file; beside it a hidden copy of what it was, which `--undo` brings back
 * Errors   a pack that does not load after the edit gets its old file back: exit 1
 * Why      who changes a number wants to know at once what it breaks, and wants the way back to be
 *          one command. */
#ifndef HEDUI_CLI_PACK_EDIT_H
#define HEDUI_CLI_PACK_EDIT_H

#include "engine/cli/verb.h"
#include "engine/rule/edit.h"
#include "engine/rule/judge.h"

struct edited {
    struct pack *pack;         /* as it is now */
    struct digest before;      /* its hash then; zero: it did not load */
    struct test_counts counts; /* of its tests now */
    bool is_taken_back;        /* it did not load: the messages say why */
};
/* `verb`: what to print as the way back, "rules set". */
HEDUI_CHECKED hedui_status pack_edit(struct edited *out, struct session *session,
                                     const struct edit *edit, const char *dir,
                                     const struct model *model, const char *verb);
/* The newest edit of this pack, if its file is still what it made of it. *out: the counts of its
 * tests now, and whether it loads; its pack stays NULL. */
HEDUI_CHECKED hedui_status pack_edit_undo(struct edited *out, struct session *session,
                                          const char *dir, const struct model *model);

#endif
