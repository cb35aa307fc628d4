/* SPDX-License-Identifier: Apache-2.0 */
/* A pack named `parent`, and behind a line of %%%% one that stands on it (`extends: parent@PIN`,
 * where PIN becomes the parent's hash): they load or say where they are wrong; a chain that loads
 * is flattened to a pack of the same meaning. */
#include "tests/fuzz/fuzz.h"

#include "engine/rule/flatten.h"

#define PIN TEXT("@PIN")
#define PIN_DIGITS 12

static char dir[] = "/tmp/hedui-fuzz.XXXXXX";

enum { PARENT, CHILD, FLAT, SLOTS };

static void
folders_remove(void)
{
    struct err err;

    (void)!sys_remove_tree(dir, &err);
}

/* Each pack.yaml is a link to bytes in memory. The flattened pack has the child's name, and so
 * lies in a folder of that name elsewhere. */
static void
folders_make(void)
{
    static const char *const folders[SLOTS] = {"parent", "child", "flat/child"};
    char path[sizeof dir + 32];
    struct err err;

    if (mkdtemp(dir) == NULL)
        abort();
    for (int i = 0; i < SLOTS; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, folders[i]);
        if (sys_make_dirs(path, &err) != HEDUI_OK)
            abort();
        snprintf(path, sizeof path, "%s/%s/pack.yaml", dir, folders[i]);
        if (symlink(fuzz_file(i, "", 0), path) != 0)
            abort();
    }
    atexit(folders_remove);
}

static hedui_status
load(struct pack **out, const char *name, struct arena *arena)
{
    struct text path = arena_printf(arena, "%s/%s", dir, name);
    struct messages messages;
    struct err err;
    hedui_status rc;

    messages_init(&messages, arena);
    rc = pack_load(out, path.at, fuzz_model(), &messages, arena, &err);
    fuzz_messages(&messages);
    assert(rc != HEDUI_OK || messages.errors == 0);
    return rc;
}

/* `child` with the parent's hash in its first PIN. */
static void
child_write(struct text child, const struct pack *parent)
{
    char hex[2 * DIGEST_BYTES + 1];
    size_t at = text_find(child, PIN);
    struct buf out;

    buf_init(&out, false);
    if (at == SIZE_MAX) {
        buf_text(&out, child);
    } else {
        digest_hex(pack_hash(parent), hex);
        buf_put(&out, child.at, at + 1);
        buf_put(&out, hex, PIN_DIGITS);
        buf_put(&out, child.at + at + PIN.len, child.len - at - PIN.len);
    }
    (void)fuzz_file(CHILD, out.at, out.len);
    buf_release(&out);
}

static void
flattened(const struct pack *pack, struct arena *arena)
{
    struct pack *flat = NULL;
    struct buf out;
    struct err err;

    buf_init(&out, false);
    if (pack_flatten(pack, &out, &err) == HEDUI_OK) {
        assert(text_is_utf8(buf_as_text(&out)));
        (void)fuzz_file(FLAT, out.at, out.len);
        if (load(&flat, "flat/child", arena) == HEDUI_OK) /* else: a limit of one file */
            assert(memcmp(pack_hash(pack), pack_hash(flat), sizeof(struct digest)) == 0);
    }
    buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static bool is_made;
    struct text child = fuzz_second(data, &len);
    struct pack *parent = NULL, *pack = NULL;
    struct arena arena;

    if (!is_made)
        folders_make();
    is_made = true;
    (void)fuzz_file(PARENT, data, len);
    arena_init(&arena, "fuzz", (size_t)256 << 20, false);
    if (load(&parent, "parent", &arena) == HEDUI_OK) {
        child_write(child, parent);
        if (load(&pack, "child", &arena) == HEDUI_OK)
            flattened(pack, &arena);
    }
    arena_release(&arena);
    return 0;
}
