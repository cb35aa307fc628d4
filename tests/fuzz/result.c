/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as what a run left behind: JSON of any kind (run.json, manifests, protocol), a line of
 * verdicts.jsonl, and behind "%%%%" its labels.json. What is read is written back and reads as the
 * same; whatever is explained is text in UTF-8, twice the same. */
#include "tests/fuzz/fuzz.h"

#include "engine/base/json.h"
#include "engine/verdict/explain.h"

/* At most as deep as the reader allows: 64. */
static void
written(struct json *json, const struct json_node *node)
{
    switch (node->type) {
    case JSON_NULL:
        json_null(json);
        break;
    case JSON_BOOL:
        json_bool(json, node->boolean);
        break;
    case JSON_INT:
        json_int(json, node->integer);
        break;
    case JSON_REAL: /* has no writer: the engine keeps no real numbers */
    case JSON_STRING:
        json_text(json, node->text);
        break;
    case JSON_ARRAY:
        json_array(json);
        for (uint32_t i = 0; i < node->count; i++)
            written(json, &node->values[i]);
        json_end_array(json);
        break;
    case JSON_OBJECT:
        json_object(json);
        for (uint32_t i = 0; i < node->count; i++) {
            json_key_text(json, node->keys[i]);
            written(json, &node->values[i]);
        }
        json_end_object(json);
        break;
    }
}

static void
written_back(struct text source, struct arena *arena)
{
    struct json_node *node, *again;
    struct buf out[2];
    struct json json;
    struct err err = {0};

    if (json_parse(&node, source, arena, &err) != HEDUI_OK) {
        assert(err.text[0] != '\0');
        return;
    }
    for (int i = 0; i < 2; i++) {
        buf_init(&out[i], false);
        json_begin(&json, &out[i]);
        written(&json, i == 0 ? node : again);
        if (i == 0 && json_parse(&again, buf_as_text(&out[0]), arena, &err) != HEDUI_OK)
            fuzz_never("what was written does not read");
    }
    assert(text_eq(buf_as_text(&out[0]), buf_as_text(&out[1])));
    buf_release(&out[0]);
    buf_release(&out[1]);
}

static void
explained(struct text line, struct text labels_bytes, struct arena *arena)
{
    struct buf out[2];
    struct err err;

    for (int i = 0; i < 2; i++) {
        struct labels labels = {.is_english = i == 1};

        if (labels_bytes.len > 0 && labels_read(&labels, labels_bytes, arena, &err) != HEDUI_OK)
            return;
        for (int k = 0; k < 2; k++) {
            buf_init(&out[k], false);
            if (explain_line(line, &labels, &out[k], arena, &err) == HEDUI_OK)
                assert(text_is_utf8(buf_as_text(&out[k])));
        }
        assert(text_eq(buf_as_text(&out[0]), buf_as_text(&out[1])));
        buf_release(&out[0]);
        buf_release(&out[1]);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct text labels = fuzz_second(data, &len), line = {(const char *)data, len};
    struct arena arena;

    arena_init(&arena, "fuzz", 0, false);
    written_back(line, &arena);
    written_back(labels, &arena);
    explained(line, labels, &arena);
    arena_release(&arena);
    return 0;
}
