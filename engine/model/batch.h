/* SPDX-License-Identifier: Apache-2.0 */
/* batch.h: up to BATCH_ROWS accepted rows of one kind, as columns: what feed hands to index.
 *
 * From     a mapping's cell parsers, one lane at a time
 * To       the delivery builder, or the application reader
 * Lives    until the sink returns; texts point into the lane's buffers
 * Why      records are columns from the first parse on. */
#ifndef HEDUI_MODEL_BATCH_H
#define HEDUI_MODEL_BATCH_H

#include "engine/model/identity.h"
#include "engine/model/kind.h"

#define BATCH_ROWS 512
#define BATCH_TEXT_MAX 65535 /* bytes of one text; where decoding makes more, CELL_RANGE */

/* One column; only the arrays that its type needs are there, the others are NULL. */
struct batch_column {
    uint8_t *state;    /* enum cell_state per row; the arrays below hold 0 / empty unless VALUE */
    int64_t *number;   /* code, date, month, money, decimal, int, bool */
    struct text *text; /* FIELD_TEXT and FIELD_NAME: cleaned, UTF-8, NFC */
    struct identity *identity;
};

struct batch {
    const struct kind *kind;
    uint32_t rows;
    uint32_t file;  /* number of the file in the command, from 0 */
    uint64_t piece; /* of the file: rows of one piece come in their order from one lane, and which
                       rows are a piece depends on the file alone */
    uint64_t *line; /* physical row of the file, header is 1; mended rows: see mends */
    struct batch_column *columns; /* kind->field_count */
    bool is_mirror; /* rows that were there before, read from their other side: kind->facing */
};

/* A physical row that was not accepted. */
struct refusal {
    uint32_t file;
    uint64_t line;
    bool has_owner; /* the owner's identity was readable */
    struct identity owner;
    bool has_other, is_other_lost; /* kind->other: readable; there, and not readable */
    struct identity other;
    uint32_t reason_count;
    const struct refusal_reason *reasons; /* all of them, in column order */
    struct text case_no;                  /* kind applicant: the cell, else empty */
};
struct refusal_reason {
    enum cell_result result;
    int32_t field;    /* -1: the row as a whole */
    struct text word; /* an unknown code that is shown, valid during the call; else empty */
};

/* physical + mirrored = accepted + refused + collapsed + ignored, always */
struct balance {
    uint64_t physical, accepted, refused, collapsed, ignored;
    uint64_t mirrored;    /* rows that were read once more, from their other side */
    uint64_t unplaced;    /* of refused: owner, or the other side, not readable */
    uint64_t folded;      /* identities that needed folding */
    uint64_t upgraded;    /* identities of 15 digits */
    uint64_t conflicting; /* of accepted: same dedupe key, other values */
};

#endif
