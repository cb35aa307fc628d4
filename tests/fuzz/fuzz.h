/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz.h: what the harnesses share: bytes as a file, the vocabulary, a small world.
 *
 * A harness is tests/fuzz/NAME.c with one LLVMFuzzerTestOneInput; its kept inputs are files in
 * tests/fuzz/corpus/NAME. `make check` replays them (tests/fuzz/replay/main.c), `make fuzz` looks
 * for new ones. A belief that fails is an assert. Runs from the project's root. */
#ifndef HEDUI_TESTS_FUZZ_H
#define HEDUI_TESTS_FUZZ_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/base/sys.h"
#include "engine/run/ingest.h"

#define UNUSED __attribute__((unused))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A belief that failed, in words. */
static UNUSED _Noreturn void
fuzz_never(const char *what)
{
    fprintf(stderr, "never: %s\n", what);
    abort();
}

/* Bytes under a path, until the next call with the same `slot`. */
static UNUSED const char *
fuzz_file(int slot, const void *bytes, size_t len)
{
    static char paths[4][32];
    static int fds[4];

    if (paths[slot][0] == '\0') {
        fds[slot] = memfd_create("fuzz", MFD_CLOEXEC);
        snprintf(paths[slot], sizeof paths[slot], "/proc/self/fd/%d", fds[slot]);
    }
    if (ftruncate(fds[slot], 0) != 0 || pwrite(fds[slot], bytes, len, 0) != (ssize_t)len)
        abort(); /* no memory for a file: nothing was learned */
    return paths[slot];
}

/* The input behind a line of "%%%%" is a second file; *len becomes that of the first. */
static UNUSED struct text
fuzz_second(const uint8_t *data, size_t *len)
{
    struct text all = {(const char *)data, *len};
    size_t at = text_find(all, TEXT("\n%%%%\n"));

    if (at == SIZE_MAX)
        return (struct text){"", 0};
    *len = at + 1;
    return (struct text){all.at + at + 6, all.len - at - 6};
}

static UNUSED struct model *
fuzz_model(void)
{
    static struct model *model;
    static struct arena arena;
    static struct messages messages;
    struct err err;

    if (model != NULL)
        return model;
    arena_init(&arena, "fuzz", 0, false);
    messages_init(&messages, &arena);
    if (model_load(&model, "rules/model.yaml", &messages, &arena, &err) != HEDUI_OK)
        fuzz_never("run from the project's root");
    return model;
}

/* Every message can be printed, whatever the file was. */
static UNUSED void
fuzz_messages(const struct messages *messages)
{
    struct buf out;

    buf_init(&out, false);
    messages_print(messages, &out);
    assert(!out.is_failed && text_is_utf8(buf_as_text(&out)));
    buf_release(&out);
}

static inline void
fuzz_told(void *context, const struct ingest_result *result)
{
    (void)context;
    (void)result;
}

static int
fuzz_no_sync(int fd)
{
    (void)fd;
    return 0;
}

/* Golden samples of the departments in a data directory; the key is always the same. Whoever has
 * read or mapped what he needs removes it. */
static UNUSED const char *
fuzz_data(void)
{
    static char data[] = "/tmp/hedui-fuzz.XXXXXX";
    static const char key[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
    static const struct {
        const char *mapping, *file;
    } feeds[] = {
        {"adapters/tax/mapping.yaml",         "adapters/tax/golden/sample.csv"        },
        {"adapters/real_estate/mapping.yaml", "adapters/real_estate/golden/sample.csv"},
        {"adapters/vehicle/mapping.yaml",     "adapters/vehicle/golden/sample.csv"    },
        {"adapters/bank/mapping.yaml",        "adapters/bank/golden/sample.csv"       },
    };
    struct world_options options = {.data = data, .model = "rules/model.yaml"};
    struct messages messages;
    struct world *world;
    struct arena arena;
    struct pool *pool;
    struct err err = {0};
    char refused[sizeof data + 16];

    sys.fsync = fuzz_no_sync;
    if (mkdtemp(data) == NULL || sys_publish(data, "key", key, sizeof key - 1, 0600, "fuzz", &err))
        abort();
    snprintf(refused, sizeof refused, "%s.refused", data);
    arena_init(&arena, "fuzz", 0, false);
    messages_init(&messages, &arena);
    if (sys_make_dirs(refused, &err) || pool_open(&pool, 1, &err) ||
        world_open(&world, &options, &messages, &err))
        abort();
    for (size_t i = 0; i < LEN(feeds); i++) {
        struct ingest_part part = {feeds[i].mapping, &feeds[i].file, 1};
        bool is_new_ring;
        struct ingest_options ingest_options = {
            .data = data,
            .parts = &part,
            .part_count = 1,
            .told = fuzz_told,
            .as_of = 20100,
            .refused_dir = refused,
            .memory = (size_t)64 << 20,
        };
        if (ingest(&ingest_options, world, pool, &is_new_ring, &messages, &arena, &err) !=
            HEDUI_OK) {
            fprintf(stderr, "%s\n", err.text);
            abort();
        }
    }
    world_close(world);
    pool_close(pool);
    arena_release(&arena);
    if (sys_remove_tree(refused, &err) != HEDUI_OK)
        abort();
    return data;
}

#endif
