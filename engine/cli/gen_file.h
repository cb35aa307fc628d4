/* SPDX-License-Identifier: Apache-2.0 */
/* gen_file.h: one file of a synthetic county being written, and the truth about it beside it.
 *
 * From     gen_feeds.c and gen_departments.c, file after file
 * To       OUT/FILE; OUT/truth.jsonl: which row has which dirt; OUT/seeded.jsonl, only with
 *          departments: which rows tell of what a check should find
 * Lives    gen_files_begin() to gen_files_end(), which also cleans up after an error */
#ifndef HEDUI_CLI_GEN_FILE_H
#define HEDUI_CLI_GEN_FILE_H

#include "engine/cli/gen_feeds.h"
#include "engine/cli/gen_out.h"

struct gen_file {
    const struct gen_options *options;
    struct buf out, truth, seeded;
    struct gen_out file_out, truth_out, seeded_out;
    char file[40];
    uint64_t row; /* physical row of the file; the header is 1 */
    struct err *err;
};

HEDUI_CHECKED hedui_status gen_files_begin(struct gen_file *gen, const struct gen_options *options,
                                           struct err *err);
HEDUI_CHECKED hedui_status gen_files_end(struct gen_file *gen, hedui_status rc);
/* `header` with its line feed, or the beginning of one. */
HEDUI_CHECKED hedui_status gen_file_open(struct gen_file *gen, const char *file,
                                         const char *header);
HEDUI_CHECKED hedui_status gen_file_close(struct gen_file *gen, hedui_status rc);
HEDUI_CHECKED hedui_status gen_file_flush(struct gen_file *gen, bool is_end);

/* Which dirt, if any, the next row gets; noted in truth.jsonl. `kinds`: what can befall this file.
 */
enum dirt gen_file_dirt(struct gen_file *gen, struct dice *dice, const enum dirt *kinds,
                        uint32_t count);
/* Rows come in no order of persons: a walk through all residents in steps that share no factor. */
uint64_t gen_file_walk(const struct gen_file *gen, uint64_t step);
/* Members of applying households have less: most of them. */
bool gen_file_is_poor(const struct gen_file *gen, uint64_t resident);
void gen_file_head(struct gen_file *gen, const struct resident *resident, enum dirt dirt);

#endif
