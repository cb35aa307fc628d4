/* SPDX-License-Identifier: Apache-2.0 */
/* Any pack.yaml, and behind a line of %%%% households as JSON lines: it loads or says where it is
 * wrong; what loads means the same when it is loaded again, and judges the households. */
#include "tests/fuzz/fuzz.h"

#include "engine/rule/judge.h"

static char dir[] = "/tmp/hedui-fuzz.XXXXXX";

static void
folder_remove(void)
{
    struct err err;

    (void)!sys_remove_tree(dir, &err);
}

/* pack.yaml is a link to the bytes, so that no disk is written. */
static void
folder_make(const char *path)
{
    char link[sizeof dir + 16];

    if (mkdtemp(dir) == NULL)
        abort();
    snprintf(link, sizeof link, "%s/pack.yaml", dir);
    if (symlink(path, link) != 0)
        abort();
    atexit(folder_remove);
}

static hedui_status
load(struct pack **out, struct arena *arena)
{
    struct messages messages;
    struct err err;
    hedui_status rc;

    messages_init(&messages, arena);
    rc = pack_load(out, dir, fuzz_model(), &messages, arena, &err);
    fuzz_messages(&messages);
    assert(rc != HEDUI_OK || messages.errors == 0);
    return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static bool is_made;
    struct text lines = fuzz_second(data, &len);
    const char *path = fuzz_file(0, data, len);
    struct pack *pack = NULL, *again = NULL;
    struct arena arena;

    if (!is_made)
        folder_make(path);
    is_made = true;
    arena_init(&arena, "fuzz", (size_t)256 << 20, false);
    if (load(&pack, &arena) == HEDUI_OK) {
        struct buf out;
        struct err err;
        uint32_t broken;

        if (load(&again, &arena) == HEDUI_OK) /* else: the arena's cap */
            assert(memcmp(pack_hash(pack), pack_hash(again), sizeof(struct digest)) == 0);
        buf_init(&out, false);
        if (pack_eval(pack, fuzz_model(), lines, &out, &broken, &err) == HEDUI_OK)
            assert(text_is_utf8(buf_as_text(&out)));
        buf_release(&out);
    }
    arena_release(&arena);
    return 0;
}
