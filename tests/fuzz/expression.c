/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of `rules eval --jsonl`: any expression over any bindings. Each line is answered with one
 * line of JSON, and twice with the same one. */
#include "tests/fuzz/fuzz.h"

#include "engine/base/json.h"
#include "engine/rule/expr.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct text source = {(const char *)data, len};
    struct buf out[2];
    hedui_status rc[2];
    struct arena arena;
    struct err err;

    for (int i = 0; i < 2; i++) {
        buf_init(&out[i], false);
        rc[i] = expr_jsonl(source, &out[i], &err);
    }
    assert(rc[0] == rc[1] && text_eq(buf_as_text(&out[0]), buf_as_text(&out[1])));
    arena_init(&arena, "fuzz", 0, false);
    for (size_t from = 0, i = 0; i < out[0].len; i++) {
        struct json_node *node;

        if (out[0].at[i] != '\n')
            continue;
        if (json_parse_nul(&node, (struct text){out[0].at + from, i - from}, &arena, &err))
            fuzz_never("an answer that is not JSON");
        from = i + 1;
    }
    arena_release(&arena);
    buf_release(&out[0]);
    buf_release(&out[1]);
    return 0;
}
