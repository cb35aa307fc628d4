/* SPDX-License-Identifier: Apache-2.0 */
/* scan.h: where the cells of a window of bytes end: one pass, 64 bytes at a time.
 *
 * From     rows.c with a window of a file
 * To       rows.c
 * Lives    the arrays are the caller's, with room for one entry a byte
 * Why      three bodies (AVX2, SSE2, plain) give the same answer; scan_test.c holds them equal. */
#ifndef HEDUI_FEED_SCAN_H
#define HEDUI_FEED_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scan_index {
    uint32_t *cuts;  /* places of delimiters and line feeds, ascending */
    uint32_t *ends;  /* numbers in `cuts` of the line feeds */
    uint32_t *marks; /* places of quotes and NULs: the row needs a closer look */
    size_t cut_count, end_count, mark_count;
};

/* len < 2^32. The delimiter is no quote, line feed or NUL. */
void scan_window(const char *bytes, size_t len, char delimiter, struct scan_index *out);
/* The bodies, for the test; which: 0 plain, 1 SSE2, 2 AVX2. false: not on this machine. */
bool scan_window_by(int which, const char *bytes, size_t len, char delimiter,
                    struct scan_index *out);

struct scan_count {
    uint64_t line_feeds;
    bool has_quote;
};
struct scan_count scan_lines(const char *bytes, size_t len);

#endif
