/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/feed/scan.h"

#include "tests/t.h"

enum { LONGEST = 1000 };

struct store {
    uint32_t cuts[LONGEST], ends[LONGEST], marks[LONGEST];
};

static struct scan_index
index_over(struct store *store)
{
    return (struct scan_index){store->cuts, store->ends, store->marks, 0, 0, 0};
}

static uint32_t
dice(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

TEST(scan_bodies_agree)
{
    static const char letters[] = "ab,,\n\"\0\r\xE7;\t";
    static struct store plain_store, store;
    uint32_t state = 7;
    int bodies = 0;

    for (size_t len = 0; len < LONGEST; len++) {
        char bytes[LONGEST];
        struct scan_index plain = index_over(&plain_store);
        struct scan_count count;
        bool has_quote;
        for (size_t i = 0; i < len; i++)
            bytes[i] = letters[dice(&state) % (sizeof letters - 1)];
        T_TRUE(scan_window_by(0, bytes, len, ',', &plain));
        for (int which = 1; which <= 2; which++) {
            struct scan_index index = index_over(&store);
            if (!scan_window_by(which, bytes, len, ',', &index))
                continue;
            bodies |= 1 << which;
            T_EQ(index.cut_count, plain.cut_count);
            T_EQ(index.end_count, plain.end_count);
            T_EQ(index.mark_count, plain.mark_count);
            T_EQ(memcmp(store.cuts, plain_store.cuts, plain.cut_count * sizeof(uint32_t)), 0);
            T_EQ(memcmp(store.ends, plain_store.ends, plain.end_count * sizeof(uint32_t)), 0);
            T_EQ(memcmp(store.marks, plain_store.marks, plain.mark_count * sizeof(uint32_t)), 0);
        }
        count = scan_lines(bytes, len);
        T_EQ(count.line_feeds, plain.end_count);
        has_quote = memchr(bytes, '"', len) != NULL;
        T_EQ(count.has_quote, has_quote);
    }
    T_TRUE(bodies != 0 || sizeof(void *) != 8); /* something was compared */
}

TEST(scan_finds_cuts_ends_and_marks)
{
    static const char bytes[] = "a,b\n\"c\",\n";
    static struct store store;
    struct scan_index index = index_over(&store);

    scan_window(bytes, sizeof bytes - 1, ',', &index);
    T_EQ(index.cut_count, 4);
    T_EQ(index.cuts[0], 1);
    T_EQ(index.cuts[3], 8);
    T_EQ(index.end_count, 2);
    T_EQ(index.ends[0], 1);
    T_EQ(index.ends[1], 3);
    T_EQ(index.mark_count, 2);
    T_EQ(index.marks[0], 4);
}

TEST(scan_counts_past_a_byte_of_sums)
{
    static char bytes[100000];

    memset(bytes, '\n', sizeof bytes);
    T_EQ(scan_lines(bytes, sizeof bytes).line_feeds, sizeof bytes);
}

T_MAIN(T(scan_bodies_agree), T(scan_finds_cuts_ends_and_marks), T(scan_counts_past_a_byte_of_sums))
