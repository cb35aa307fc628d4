/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/feed/split.h"

#include <assert.h>
#include <string.h>

#include "engine/base/ban.h"

static void
cell_keep(struct split_row *row, const char *at, size_t len, bool is_doubled)
{
    if (row->count < COLUMNS_MAX) {
        row->cells[row->count] = (struct text){at, len};
        row->is_doubled[row->count] = is_doubled;
    }
    row->count++;
}

/* The row as one line in which quotes mean nothing. */
static enum split
split_broken(struct split_row *row, const char *bytes, size_t start, size_t len, char delimiter)
{
    const char *feed = memchr(bytes + start, '\n', len - start);
    size_t end, from = start;

    if (feed == NULL)
        return SPLIT_MORE;
    end = (size_t)(feed - bytes);
    row->end = end + 1;
    row->count = 0;
    if (end > start && bytes[end - 1] == '\r')
        end--;
    for (size_t at = start; at <= end; at++) {
        if (at < end && bytes[at] != delimiter)
            continue;
        cell_keep(row, bytes + from, at - from, false);
        from = at + 1;
    }
    return SPLIT_BROKEN;
}

/* The quote that closes the cell opened before `at`. SIZE_MAX: none up to `len`. */
static size_t
quote_close(const char *bytes, size_t at, size_t len, bool *is_doubled)
{
    while (at < len) {
        const char *quote = memchr(bytes + at, '"', len - at);
        if (quote == NULL)
            return SIZE_MAX;
        at = (size_t)(quote - bytes);
        if (at + 1 == len || bytes[at + 1] != '"')
            return at;
        *is_doubled = true;
        at += 2;
    }
    return SIZE_MAX;
}

enum split
split_row(struct split_row *row, const char *bytes, size_t start, size_t len, bool is_end,
          char delimiter)
{ /* long: the states of one row, top to bottom */
    size_t at = start;
    bool is_cut = !is_end;

    row->count = 0;
    row->is_quoted = false;
    if (len - start > LINE_MAX_BYTES) { /* a row is no longer than this: what is seen decides */
        len = start + LINE_MAX_BYTES;
        is_cut = false;
    }
    while (at < len) {
        bool is_doubled = false;
        size_t from = at, close;
        if (bytes[at] == '"') {
            row->is_quoted = true;
            close = quote_close(bytes, at + 1, len, &is_doubled);
            if (is_cut && (close == SIZE_MAX || close + 2 >= len))
                return SPLIT_MORE;
            if (close == SIZE_MAX || close + 1 >= len)
                break;
            cell_keep(row, bytes + at + 1, close - at - 1, is_doubled);
            at = close + 1;
            if (bytes[at] == '\r' && at + 1 < len && bytes[at + 1] == '\n')
                at++;
        } else {
            while (at < len && bytes[at] != delimiter && bytes[at] != '\n')
                at++;
            if (at == len)
                break;
            close = at;
            if (bytes[at] == '\n' && at > from && bytes[at - 1] == '\r')
                close--;
            cell_keep(row, bytes + from, close - from, false);
        }
        if (bytes[at] == '\n') {
            row->end = at + 1;
            return SPLIT_OK;
        }
        if (bytes[at] != delimiter)
            break; /* something stands behind a closing quote */
        at++;
    }
    if (is_cut && at >= len)
        return SPLIT_MORE;
    return split_broken(row, bytes, start, len, delimiter);
}

struct text
split_unquote(struct text cell, char *out)
{
    size_t len = 0;

    for (size_t i = 0; i < cell.len; i++) {
        out[len++] = cell.at[i];
        if (cell.at[i] == '"') {
            assert(i + 1 < cell.len && cell.at[i + 1] == '"');
            i++;
        }
    }
    return (struct text){out, len};
}
