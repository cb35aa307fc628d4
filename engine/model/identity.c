/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/model/identity.h"

#include <string.h>

#include "engine/model/clean.h"

#include "engine/base/ban.h"

__extension__ typedef unsigned __int128 u128;

#define UNMARKED_FROM 996 /* sequences 996 to 999 of 15 digits mark those born before 1900 */

static struct key128
key_pack(enum identity_space space, const char *at, size_t len)
{
    u128 packed = 0;

    for (size_t i = 0; i < len; i++)
        packed = packed * 37 +
                 (uint32_t)(at[i] <= '9' ? at[i] - '0' + 1 : at[i] - 'A' + 11); /* 0 ends it */
    return (struct key128){(uint64_t)(packed >> 64) | (uint64_t)space << IDENTITY_SPACE_SHIFT,
                           (uint64_t)packed};
}

/* 18 characters, the first 17 digits, the last a digit or X; check digit and birth. */
static enum cell_result
eighteen(const char *at, enum identity_space space, struct identity *out)
{
    enum cell_result result = identity_eighteen(at, out);

    if (result == CELL_OK && space != IDENTITY_CITIZEN)
        out->key = key_pack(space, at, 18);
    return result;
}

static bool
digits_are(const char *at, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (at[i] < '0' || at[i] > '9')
            return false;
    return true;
}

static bool
letters_are(const char *at, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (at[i] < 'A' || at[i] > 'Z')
            return false;
    return true;
}

/* GB 32100-2015: 0-9 A-Z without I O Z S V, weights 3^i modulo 31. */
static enum cell_result
body(const char *at, struct identity *out)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    uint32_t sum = 0, weight = 1;

    for (size_t i = 0; i < 18; i++) {
        const char *found = at[i] == '\0' ? NULL : strchr(alphabet, at[i]);

        if (found == NULL)
            return CELL_FORM;
        if (i < 17)
            sum += weight * (uint32_t)(found - alphabet);
        else if ((uint32_t)(found - alphabet) != (31 - sum % 31) % 31)
            return CELL_CHECK;
        weight = weight * 3 % 31;
    }
    *out = (struct identity){.key = key_pack(IDENTITY_BODY, at, 18)};
    return CELL_OK;
}

static enum cell_result
fifteen(const char *at, struct identity *out)
{
    char long_form[18];
    enum cell_result result;
    int sequence = (at[12] - '0') * 100 + (at[13] - '0') * 10 + (at[14] - '0');

    if (sequence >= UNMARKED_FROM)
        return CELL_FORM; /* born before 1900: the century cannot be told */
    memcpy(long_form, at, 6);
    memcpy(long_form + 6, "19", 2);
    memcpy(long_form + 8, at + 6, 9);
    long_form[17] = identity_check(eight_load(long_form), eight_load(long_form + 8), long_form[16]);
    result = eighteen(long_form, IDENTITY_CITIZEN, out);
    if (result == CELL_OK)
        out->is_upgraded = true;
    return result;
}

/* 3.29901E+17: a spreadsheet has eaten the last digits. */
static bool
is_scientific(struct text text)
{
    size_t mark = 0, digits = 0;

    while (mark < text.len &&
           (text.at[mark] == '.' || (text.at[mark] >= '0' && text.at[mark] <= '9')))
        mark++;
    if (mark == 0 || mark == text.len || text.at[mark] != 'E')
        return false;
    for (size_t i = mark + 1; i < text.len; i++) {
        if (i == mark + 1 && (text.at[i] == '+' || text.at[i] == '-'))
            continue;
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        digits++;
    }
    return digits > 0;
}

/* Documents without a check digit, so only the two forms that cannot be a slip of another one:
 * passports of our own (a letter and 8 digits, or two and 7) and travel permits of Hong Kong and
 * Macao residents (H or M and 8 digits, or 10 with the issue). The issue is part of the number. */
static enum cell_result
short_parse(struct text text, struct identity *out)
{
    const char *at = text.at;
    size_t len = text.len;
    bool is_permit =
        (at[0] == 'H' || at[0] == 'M') && (len == 9 || len == 11) && digits_are(at + 1, len - 1);
    bool is_passport = len == 9 && ((letters_are(at, 1) && digits_are(at + 1, 8)) ||
                                    (letters_are(at, 2) && digits_are(at + 2, 7)));

    if (!is_permit && !is_passport) /* digits, perhaps cut before or behind an X: the length */
        return digits_are(at, len - 1) && (digits_are(at + len - 1, 1) || at[len - 1] == 'X')
                   ? CELL_LENGTH
                   : CELL_FORM;
    *out = (struct identity){
        .key = key_pack(is_permit ? IDENTITY_TRAVEL : IDENTITY_PASSPORT, at, len)};
    return CELL_OK;
}

static enum cell_result
plain_parse(struct text text, struct identity *out)
{
    const char *at = text.at;

    if (is_scientific(text))
        return CELL_SCIENTIFIC;
    for (size_t i = 0; i < text.len; i++)
        if (!digits_are(at + i, 1) && !letters_are(at + i, 1))
            return CELL_FORM;
    switch (text.len) {
    case 18:
        if (digits_are(at, 17) && (digits_are(at + 17, 1) || at[17] == 'X')) {
            enum cell_result result =
                eighteen(at, at[0] == '9' ? IDENTITY_FOREIGN : IDENTITY_CITIZEN, out);
            if (result == CELL_OK || at[0] != '9')
                return result; /* never another document: a slip must not become a stranger */
            return body(at, out) == CELL_OK ? CELL_OK : result;
        }
        return digits_are(at + 2, 6) ? body(at, out) : CELL_FORM; /* the region is digits */
    case 15:
        if (digits_are(at, 15))
            return fifteen(at, out);
        if (!letters_are(at, 3) || !digits_are(at + 3, 12))
            return CELL_FORM;
        *out = (struct identity){.key = key_pack(IDENTITY_FOREIGN, at, 15)};
        return CELL_OK;
    default:
        return short_parse(text, out);
    }
}

enum cell_result
identity_parse(struct text cell, struct identity *out)
{
    char folded[FOLD_MAX];
    struct text text;
    enum cell_result result;

    if (identity_clean(cell, out))
        return CELL_OK;
    if (cell.len == 0)
        return CELL_BLANK;
    text = fold_cell(cell, folded);
    if (text.at == NULL)
        return CELL_LENGTH;
    while (text.len > 0 && (*text.at == '\'' || *text.at == '#' || *text.at == ' ')) {
        text.at++; /* what a spreadsheet needs to keep digits as text */
        text.len--;
    }
    if (text.len == 0)
        return CELL_BLANK;
    for (size_t i = 0; i < text.len; i++) {
        size_t at = (size_t)(text.at - folded) + i;
        if (folded[at] >= 'a' && folded[at] <= 'z')
            folded[at] = (char)(folded[at] - 'a' + 'A');
    }
    result = plain_parse(text, out);
    if (result == CELL_OK)
        out->is_folded = text.len != cell.len || memcmp(text.at, cell.at, cell.len) != 0;
    return result;
}

enum identity_space
identity_space_of(struct key128 key)
{
    return (enum identity_space)(key.hi >> IDENTITY_SPACE_SHIFT);
}

void
identity_mask(struct key128 key, char out[32])
{
    char text[32];
    size_t len = 0, head, tail;

    if (identity_space_of(key) == IDENTITY_CITIZEN) {
        uint64_t number = key.lo / 11, check = key.lo % 11;

        len = 18;
        text[17] = check == 10 ? 'X' : (char)('0' + check);
        for (size_t i = 17; i-- > 0; number /= 10)
            text[i] = (char)('0' + number % 10);
    } else {
        u128 packed = (u128)(key.hi & ((UINT64_C(1) << IDENTITY_SPACE_SHIFT) - 1)) << 64 | key.lo;
        char back[32];

        for (; packed > 0 && len < sizeof back; packed /= 37) {
            uint32_t c = (uint32_t)(packed % 37);
            back[len++] = c < 11 ? (char)('0' + c - 1) : (char)('A' + c - 11);
        }
        for (size_t i = 0; i < len; i++)
            text[i] = back[len - 1 - i];
    }
    head = len >= 15 ? 6 : 2;
    tail = len >= 15 ? 4 : 2;
    for (size_t i = 0; i < len; i++)
        out[i] = i < head || i + tail >= len ? text[i] : '*';
    out[len] = '\0';
}
