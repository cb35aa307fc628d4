/* SPDX-License-Identifier: Apache-2.0 */
/* identity.h: the number of a document that names a person or a body.
 *
 * Rule     GB 11643-1999 for citizens (18 characters, ISO 7064 MOD 11-2; 15 digits are upgraded),
 *          GB 32100 for bodies; other documents are key spaces of their own (domain of each below)
 * Lives    a value; never logged, never in an error, at rest only as pseudonym */
#ifndef HEDUI_MODEL_IDENTITY_H
#define HEDUI_MODEL_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/model/cell.h"

enum identity_space {
    IDENTITY_CITIZEN = 1, /* 17 digits and check; also HK/Macao/Taiwan residence permits 81/82/83 */
    IDENTITY_FOREIGN = 2, /* foreign permanent resident: 18 from 9…, or 3 letters + 12 digits */
    IDENTITY_PASSPORT = 3, /* ours: a letter and 8 digits, or two and 7; others are CELL_FORM */
    IDENTITY_TRAVEL = 4,   /* HK/Macao travel permits: H or M and 8 or 10 digits */
    IDENTITY_MILITARY = 5, /* kept free: no form is read yet, CELL_FORM */
    IDENTITY_BODY = 6,     /* unified social credit code */
};

struct identity {
    struct key128 key; /* space in the top byte of hi; equal keys: same document */
    bool is_upgraded;  /* from 15 digits */
    bool is_folded;    /* width, blanks, apostrophe, lower case x were folded */
    bool has_birth, has_sex;
    int32_t born; /* days since 1970-01-01 */
    bool is_male;
    bool is_old; /* born more than 120 years before 2026: valid, flagged */
};

/* The fast path takes 18 clean ASCII characters; everything else goes through folding. Answers
 * CELL_OK, CELL_BLANK, CELL_FORM, CELL_LENGTH, CELL_CHECK, CELL_DAY, CELL_SCIENTIFIC. *out is
 * written on CELL_OK only. */
enum cell_result identity_parse(struct text cell, struct identity *out);
/* Masked for people: first 6, stars, last 4 ("329901********1234"); shorter ones keep 2 and 2.
 * out: NUL-terminated. Works on the key alone. */
void identity_mask(struct key128 key, char out[32]);
enum identity_space identity_space_of(struct key128 key);

#endif
