/* SPDX-License-Identifier: Apache-2.0 */
/* cell.h: what a parser makes of one cell of a file, and what later stages read of one field.
 *
 * A cell parser answers an enum cell_result; anything but CELL_OK and CELL_BLANK refuses the row,
 * with the reason's stable code (cell_result_code). */
#ifndef HEDUI_MODEL_CELL_H
#define HEDUI_MODEL_CELL_H

#include <stdint.h>

#include "engine/base/text.h"

enum cell_result {
    CELL_OK,
    CELL_BLANK,      /* what that means, the model says */
    CELL_FORM,       /* not of the form that the type wants */
    CELL_PRECISION,  /* more decimals than the type holds */
    CELL_RANGE,      /* outside min, max or what the type can hold */
    CELL_CHECK,      /* identity: wrong check digit */
    CELL_DAY,        /* no such day or month; identity: impossible birth date */
    CELL_CODE,       /* not in the mapping's code table */
    CELL_SCIENTIFIC, /* identity in scientific notation, digits lost */
    CELL_LENGTH,     /* identity of a length that no document has */
    CELL_CHARSET,    /* bytes that are not in the file's character set */
    CELL_MISSING,    /* blank where a value must stand */
    CELL_RESULTS,
};
const char *cell_result_code(enum cell_result result); /* "R-FORM" … for hedui_codes */
const char *cell_result_zh(enum cell_result result);
const char *cell_result_en(enum cell_result result);

enum cell_state { CELL_VALUE = 0, CELL_NONE = 1, CELL_UNKNOWN = 2 };

/* 128 bits: an identity packed (model/identity.h) or its pseudonym (index/key.h). */
struct key128 {
    uint64_t hi, lo;
};

static inline int
key128_cmp(struct key128 a, struct key128 b)
{
    if (a.hi != b.hi)
        return a.hi < b.hi ? -1 : 1;
    return a.lo < b.lo ? -1 : a.lo > b.lo;
}

/* One field of one row, as match, household and rule see it. */
struct cell {
    uint8_t state;  /* enum cell_state */
    uint32_t check; /* FIELD_NAME: keyed check of the exact form (exact against variant) */
    int64_t number; /* value in the field's units; FIELD_NAME and sensitive text: the keyed tag */
    union {
        struct text text;  /* text: itself; FIELD_NAME: masked form; sensitive text: masked tail */
        struct key128 key; /* FIELD_IDENTITY: the pseudonym */
    };
};

#endif
