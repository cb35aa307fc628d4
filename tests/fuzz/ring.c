/* SPDX-License-Identifier: Apache-2.0 */
/* Any key ring, and behind a line of %%%% any data key: they are read or refused in a sentence; a
 * ring that opens has one active key, the first, and after a rotation one more; what wraps a data
 * key is told, and no key is counted twice. */
#include "tests/fuzz/fuzz.h"

#include "engine/base/hash.h"
#include "engine/index/data_key.h"

static char dir[] = "/dev/shm/hedui-fuzz.XXXXXX", ring_path[sizeof dir + 16], keys[sizeof dir + 16],
            key_path[sizeof dir + 96];

static void
folder_remove(void)
{
    struct err err;

    (void)!sys_remove_tree(dir, &err);
}

static void
folder_make(void)
{
    struct err err;

    sys.fsync = fuzz_no_sync;
    if (mkdtemp(dir) == NULL)
        abort();
    snprintf(ring_path, sizeof ring_path, "%s/key.ring", dir);
    snprintf(keys, sizeof keys, "%s/keys", dir);
    snprintf(key_path, sizeof key_path, "%s/%064d.key", keys, 0);
    if (sys_make_dirs(keys, &err) != HEDUI_OK)
        abort();
    atexit(folder_remove);
}

/* Secrets are no links: a file of its own, not one of memory. */
static void
file_write(const char *path, const void *bytes, size_t len)
{
    FILE *file;

    umask(077);
    file = fopen(path, "wbe");
    if (file == NULL || fwrite(bytes, 1, len, file) != len || fclose(file) != 0)
        abort();
}

static void
data_key_read(const struct ring *ring)
{
    const struct digest delivery = {{0}};
    struct digest sealing = {{0}};
    struct data_keys found;
    struct data_key key;
    uint32_t sum;
    struct err err = {0};

    if (data_keys_count(&found, keys, ring, &err) != HEDUI_OK)
        fuzz_never("a folder that cannot be counted");
    sum = found.foreign + found.damaged;
    for (uint32_t i = 0; i < ring_count(ring); i++)
        sum += found.of[i];
    assert(found.count == 1 && sum == 1);
    if (data_key_open(&key, keys, &delivery, &sealing, ring, &err) != HEDUI_OK)
        assert(err.text[0] != '\0');
    data_key_wipe(&key);
}

static void
ring_read(struct ring *ring)
{
    uint32_t count = ring_count(ring);
    struct ring *again = NULL;
    struct err err = {0};

    assert(count > 0 && count <= RING_MAX && ring_entry(ring, 0).is_active);
    for (uint32_t i = 0; i < count; i++) {
        assert(i == 0 || !ring_entry(ring, i).is_active);
        assert(ring_cipher(ring, ring_entry(ring, i).id) != NULL);
    }
    data_key_read(ring);
    if (ring_rotate(ring, 20000, &err) != HEDUI_OK) {
        assert(count == RING_MAX);
        return;
    }
    if (ring_open(&again, ring_path, &err) != HEDUI_OK)
        fuzz_never("a ring that was written does not open");
    assert(ring_count(again) == count + 1);
    assert(ring_entry(again, 0).id == ring_entry(ring, 0).id);
    ring_close(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static bool is_made;
    struct text second = fuzz_second(data, &len);
    struct ring *ring = NULL;
    struct err err = {0};

    if (!is_made)
        folder_make();
    is_made = true;
    file_write(ring_path, data, len);
    file_write(key_path, second.at, second.len);
    if (ring_open(&ring, ring_path, &err) == HEDUI_OK)
        ring_read(ring);
    else
        assert(err.text[0] != '\0');
    ring_close(ring);
    return 0;
}
