/* SPDX-License-Identifier: Apache-2.0 */
/* originals_test.c: what is sealed comes back to whoever has the keys, and to nobody else. */
#include "engine/index/originals.h"

#include <fcntl.h>

#include "tests/unit/index/feed.h"

#include "engine/index/builder.h"
#include "engine/index/delivery_file.h"

static struct master_key *key;

static struct delivery_spec
spec_plain(void)
{
    static char dir[80];

    snprintf(dir, sizeof dir, "%s/deliveries", test_dir);
    return (struct delivery_spec){.model = &test_model,
                                  .kind = &test_kind,
                                  .source = TEXT("vehicle"),
                                  .mapping = TEXT("test"),
                                  .as_of = 20000,
                                  .unplaced_max = 5000,
                                  .ring = test_ring,
                                  .memory = (size_t)256 << 20,
                                  .dir = dir};
}

enum sort { MIXED, HEX, ALTERNATING };

/* Rows in the order of their lines, which stand 2 … n + 1, one in nine left out. */
static size_t
facts_make(struct fact *facts, size_t n, enum sort sort)
{
    size_t rows = 0;

    for (size_t i = 0; i < n; i++) {
        struct fact *fact = &facts[rows];
        fact_draw(fact, 500, i + 2);
        fact->file = i >= n / 2;
        if (sort == HEX || (sort == ALTERNATING && i / 600 % 2 == 0))
            snprintf(fact->secret, sizeof fact->secret,
                     "%012llx%04x", /* few tails: they stay in memory */
                     (unsigned long long)(i * UINT64_C(0x9E3779B97F4A7C15)) >> 16,
                     (unsigned)i % 50);
        if (draw(9) != 0)
            rows++;
    }
    return rows;
}

struct made {
    struct digest digest;
    char path[256];
};

static void
make(struct made *out, const struct delivery_spec *spec, const struct fact *facts, size_t n,
     uint32_t lanes)
{
    static const struct text files[] = {W("a.csv"), W("b.csv")};
    static const struct digest digests[2];
    struct balance balance = {.physical = n, .accepted = n};
    struct builder *builder = NULL;
    struct pool *pool = NULL;
    char hex[2 * DIGEST_BYTES + 1];
    hedui_status fed;
    struct err err;

    T_OK(pool_open(&pool, lanes, &err), &err);
    T_OK(builder_open(&builder, spec, key, lanes, &err), &err);
    facts_feed(builder, facts, n, lanes, &fed, &err);
    T_OK(fed, &err);
    T_OK(builder_seal(builder, pool, files, digests, 2, &balance, true, &out->digest, &err), &err);
    builder_close(builder);
    pool_close(pool);
    digest_hex(&out->digest, hex);
    snprintf(out->path, sizeof out->path, "%s/%s.hdl", spec->dir, hex);
}

static struct delivery *
open_good(const char *path)
{
    struct delivery *delivery = NULL;
    struct err err;

    T_OK(delivery_open(&delivery, path, &test_model, master_key_id(key), &err), &err);
    return delivery;
}

static struct originals *
originals_of(const struct delivery *delivery, const struct ring *ring)
{
    struct originals *originals = NULL;
    struct delivery_spec spec = spec_plain();
    struct data_key data_key;
    struct err err;

    T_OK(data_key_open(&data_key, spec.dir, &delivery->info.digest, &delivery->info.sealing, ring,
                       &err),
         &err);
    T_OK(originals_open(&originals, delivery, &data_key, &err), &err);
    return originals;
}

/* Every row's name and text are those that were fed. */
static void
all_check(const struct delivery *delivery, const struct ring *ring, const struct fact *facts,
          size_t n)
{
    struct originals *originals = originals_of(delivery, ring);
    const struct fact **by_line = mem_resize(NULL, 2 * n + 100, sizeof *by_line);
    size_t found = 0;
    struct arena arena;
    struct err err;

    arena_init(&arena, "originals", 0, true);
    for (size_t i = 0; i < n; i++)
        by_line[facts[i].line] = &facts[i];
    for (uint64_t row = 0; row < delivery->info.rows; row += 1 + draw(7)) {
        const struct fact *fact = by_line[delivery_locate(delivery, row).line];
        struct cell cells[F_COUNT];
        struct text text;
        T_TRUE(delivery_row(delivery, row, originals_owner(delivery, row), cells));
        if (fact->state[F_NAME] == CELL_VALUE) {
            T_OK(originals_get(originals, row, F_NAME, &cells[F_NAME], &text, &arena, &err), &err);
            T_TEXT(text, text_of(fact->name));
            found++;
        }
        if (fact->state[F_SECRET] == CELL_VALUE) {
            T_OK(originals_get(originals, row, F_SECRET, &cells[F_SECRET], &text, &arena, &err),
                 &err);
            T_TEXT(text, text_of(fact->secret));
            found++;
        }
        arena_reset(&arena);
    }
    T_TRUE(found > delivery->info.rows / 8);
    mem_free(by_line);
    arena_release(&arena);
    originals_close(originals);
}

enum { ROWS = 20000 };
static struct fact facts[ROWS];

TEST(originals_come_back_whatever_the_texts_the_lanes_and_the_memory)
{
    static const struct {
        const char *belief;
        enum sort sort;
        size_t rows, memory;
        uint32_t lanes;
    } rows[] = {
        {"few rows",                            MIXED,       200,  (size_t)256 << 20, 1},
        {"several blocks, two lanes",           MIXED,       ROWS, (size_t)256 << 20, 2},
        {"digits, which are halved",            HEX,         ROWS, (size_t)256 << 20, 2},
        {"digits and others by turns",          ALTERNATING, ROWS, (size_t)256 << 20, 3},
        {"past the memory: by way of the disk", ALTERNATING, ROWS, (size_t)1 << 20,   1},
        {"digits past the memory",              HEX,         ROWS, (size_t)1 << 20,   2},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct delivery_spec spec = spec_plain();
        struct delivery *delivery;
        struct made made;
        size_t n;

        T_ROW(rows[i].belief);
        n = facts_make(facts, rows[i].rows, rows[i].sort);
        spec.memory = rows[i].memory;
        make(&made, &spec, facts, n, rows[i].lanes);
        delivery = open_good(made.path);
        all_check(delivery, test_ring, facts, n);
        delivery_close(delivery);
    }
}

/* Does any of the texts stand in the bytes? */
static size_t
clear_count(const uint8_t *bytes, size_t len, const struct fact *of, size_t n)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        if ((of[i].state[F_NAME] == CELL_VALUE && strlen(of[i].name) > 6 &&
             memmem(bytes, len, of[i].name, strlen(of[i].name)) != NULL) ||
            (of[i].state[F_SECRET] == CELL_VALUE &&
             memmem(bytes, len, of[i].secret, strlen(of[i].secret)) != NULL))
            count++;
    return count;
}

static uint8_t *
file_read(int fd, size_t *len)
{
    struct stat st;
    uint8_t *bytes;

    T_EQ(fstat(fd, &st), 0);
    *len = (size_t)st.st_size;
    bytes = mem_resize(NULL, *len, 1);
    T_EQ(pread(fd, bytes, *len, 0), (ssize_t)*len);
    return bytes;
}

TEST(nothing_is_in_clear_not_even_past_the_memory)
{
    struct delivery_spec spec = spec_plain();
    size_t n = facts_make(facts, ROWS, HEX), len;
    struct builder *builder = NULL;
    struct made made;
    uint8_t *bytes;
    hedui_status fed;
    struct err err;
    int fd;

    spec.memory = (size_t)1 << 20;
    T_OK(builder_open(&builder, &spec, key, 2, &err), &err);
    facts_feed(builder, facts, n, 2, &fed, &err);
    T_OK(fed, &err);
    for (uint32_t lane = 0; lane < 2; lane++) {
        T_TRUE(builder->lanes[lane].sealed.fd != 0);
        bytes = file_read(builder->lanes[lane].sealed.fd - 1, &len);
        T_TRUE(len > 1000);
        T_EQ(clear_count(bytes, len, facts, 1000), 0);
        mem_free(bytes);
        if (builder->lanes[lane].spill.fd == 0)
            continue;
        bytes = file_read(builder->lanes[lane].spill.fd - 1, &len);
        T_EQ(clear_count(bytes, len, facts, 1000), 0);
        mem_free(bytes);
    }
    builder_close(builder);
    make(&made, &spec, facts, n, 2);
    fd = open(made.path, O_RDONLY | O_CLOEXEC);
    bytes = file_read(fd, &len);
    close(fd);
    T_EQ(clear_count(bytes, len, facts, 1000), 0);
    memcpy(bytes + len / 2, facts[0].secret, strlen(facts[0].secret)); /* the search does find */
    facts[0].state[F_SECRET] = CELL_VALUE;
    T_TRUE(clear_count(bytes, len, facts, 1) > 0);
    mem_free(bytes);
}

TEST(who_has_not_the_keys_joins_and_opens_nothing)
{
    struct delivery_spec spec = spec_plain();
    size_t n = facts_make(facts, 300, MIXED);
    char other[96], path[300];
    struct ring *ring = NULL;
    struct delivery *delivery;
    struct data_key data_key;
    struct made made, second;
    struct digest sealing;
    struct err err;
    int fd;

    make(&made, &spec, facts, n, 1);
    spec.source = TEXT("elsewhere");
    make(&second, &spec, facts, n, 1);
    delivery = open_good(made.path); /* no ring is asked for */
    snprintf(other, sizeof other, "%s/other.ring", test_dir);
    T_OK(ring_make(other, 20000, &err), &err);
    T_OK(ring_open(&ring, other, &err), &err);
    T_ROW("another ring");
    T_EQ(data_key_open(&data_key, spec.dir, &made.digest, &delivery->info.sealing, ring, &err),
         HEDUI_E_FORMAT);
    T_TRUE(strstr(err.text, "--ring") != NULL);
    ring_close(ring);
    T_ROW("a ring that is not there");
    snprintf(other, sizeof other, "%s/none.ring", test_dir);
    T_EQ(ring_open(&ring, other, &err), HEDUI_E_USAGE);
    T_ROW("a ring that others may read");
    snprintf(other, sizeof other, "%s/other.ring", test_dir);
    T_EQ(chmod(other, 0640), 0);
    T_EQ(ring_open(&ring, other, &err), HEDUI_E_USAGE);
    T_ROW("of a service's credentials the group may");
    T_EQ(setenv("CREDENTIALS_DIRECTORY", test_dir, 1), 0);
    T_OK(ring_open(&ring, other, &err), &err);
    ring_close(ring);
    T_EQ(chmod(other, 0644), 0);
    T_EQ(ring_open(&ring, other, &err), HEDUI_E_USAGE);
    T_EQ(unsetenv("CREDENTIALS_DIRECTORY"), 0);
    T_ROW("the key of another delivery");
    sealing = delivery->info.sealing;
    T_EQ(data_key_open(&data_key, spec.dir, &second.digest, &sealing, test_ring, &err),
         HEDUI_E_FORMAT);
    T_ROW("a data key with a digit changed");
    snprintf(path, sizeof path, "%.*s.key", (int)strlen(made.path) - 4, made.path);
    fd = open(path, O_RDWR | O_CLOEXEC);
    for (off_t at = 150; at < 250; at += 7) {
        char digit, changed;
        T_EQ(pread(fd, &digit, 1, at), 1);
        changed = digit == '0' ? '1' : '0';
        T_EQ(pwrite(fd, &changed, 1, at), 1);
        T_EQ(data_key_open(&data_key, spec.dir, &made.digest, &sealing, test_ring, &err),
             HEDUI_E_FORMAT);
        T_EQ(pwrite(fd, &digit, 1, at), 1);
    }
    close(fd);
    all_check(delivery, test_ring, facts, n);
    delivery_close(delivery);
}

/* The delivery with bytes of our own, whose units are said to be good: what sealing alone notices.
 */
static struct delivery *
open_unguarded(const char *path, uint8_t **bytes, size_t *len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct delivery *delivery = NULL;
    struct err err;
    uint8_t *file = file_read(fd, len);

    close(fd);
    *bytes = mem_pages(*len);
    memcpy(*bytes, file, *len);
    mem_free(file);
    T_OK(delivery_open_bytes(&delivery, *bytes, *len, "bytes", &test_model, master_key_id(key),
                             &err),
         &err);
    for (uint32_t i = 0; i < delivery->head->unit_count; i++)
        atomic_store(&delivery->unit_states[i], UNIT_GOOD);
    return delivery;
}

static hedui_status
get(struct originals *originals, const struct delivery *delivery, uint64_t row, uint32_t field,
    struct text *out)
{
    static struct arena arena;
    struct cell cells[F_COUNT];

    arena_release(&arena);
    arena_init(&arena, "one", 0, true);
    T_TRUE(delivery_row(delivery, row, originals_owner(delivery, row), cells));
    return originals_get(originals, row, field, &cells[field], out, &arena, NULL);
}

TEST(every_flipped_bit_of_what_is_sealed_is_noticed)
{
    struct delivery_spec spec = spec_plain();
    size_t n = facts_make(facts, 40, MIXED), len; /* in one file */
    struct originals *originals;
    struct delivery *delivery;
    struct made made;
    struct text text;
    uint8_t *bytes;
    uint64_t row = 0;

    for (size_t i = 0; i < n; i++)
        facts[i].file = 0;
    make(&made, &spec, facts, n, 1);
    delivery = open_unguarded(made.path, &bytes, &len);
    originals = originals_of(delivery, test_ring);
    for (;; row++) { /* one with both */
        struct cell cells[F_COUNT];
        T_TRUE(row < delivery->info.rows);
        T_TRUE(delivery_row(delivery, row, originals_owner(delivery, row), cells));
        if (cells[F_NAME].state == CELL_VALUE && cells[F_SECRET].state == CELL_VALUE)
            break;
    }
    for (uint32_t field = F_NAME; field <= F_SECRET; field += F_SECRET - F_NAME) {
        const struct section_entry *sealed = delivery->sealed[field].section;
        size_t at = sealed->at, end = delivery->sealed[field].list_at + sizeof(struct sealed_entry);
        T_EQ(sealed->count, 1);
        T_EQ(get(originals, delivery, row, field, &text), HEDUI_OK);
        for (size_t bit = at * 8; bit < end * 8; bit++) {
            if (bit / 8 >= sealed->at + sealed->bytes && bit / 8 < delivery->sealed[field].list_at)
                continue; /* the gap between the two */
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            T_TRUE(get(originals, delivery, row, field, &text) != HEDUI_OK);
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        T_EQ(get(originals, delivery, row, field, &text), HEDUI_OK);
    }
    originals_close(originals);
    delivery_close(delivery);
    mem_pages_free(bytes, len);
}

TEST(a_block_opens_in_its_own_place_only)
{
    struct delivery_spec spec = spec_plain();
    size_t n = facts_make(facts, ROWS, HEX), len;
    struct originals *originals;
    struct delivery *delivery;
    struct made made;
    uint8_t *bytes, *first, *second, spare[65536];
    struct sealed_entry *list, entry;
    struct arena arena;
    uint32_t pair = 0, opened = 0;

    for (size_t i = 0; i < n; i++)
        facts[i].state[F_SECRET] = CELL_VALUE; /* so that blocks are equally long */
    make(&made, &spec, facts, n, 1);
    delivery = open_unguarded(made.path, &bytes, &len);
    originals = originals_of(delivery, test_ring);
    list = (struct sealed_entry *)(uintptr_t)delivery->sealed[F_SECRET].list;
    while (list[pair].bytes != list[pair + 1].bytes) /* two of one length */
        T_TRUE(++pair + 1 < delivery->sealed[F_SECRET].count);
    first = bytes + delivery->sealed[F_SECRET].section->at + list[pair].at;
    second = bytes + delivery->sealed[F_SECRET].section->at + list[pair + 1].at;
    arena_init(&arena, "texts", 0, true);
    for (int turn = 0; turn < 3; turn++) {
        T_ROW(turn == 0   ? "two blocks changed places"
              : turn == 1 ? "two entries did"
                          : "put right");
        if (turn == 0) {
            memcpy(spare, first, list[pair].bytes);
            memcpy(first, second, list[pair].bytes);
            memcpy(second, spare, list[pair].bytes);
        } else if (turn == 1) { /* blocks and entries: only the number of the block is another */
            entry = list[pair];
            list[pair] = list[pair + 1];
            list[pair + 1] = entry;
            list[pair + 1].at = list[pair].at;
            list[pair].at = entry.at;
        } else {
            uint64_t at = list[pair].at;
            entry = list[pair];
            list[pair] = list[pair + 1];
            list[pair + 1] = entry;
            list[pair + 1].at = list[pair].at;
            list[pair].at = at;
            memcpy(spare, first, list[pair].bytes);
            memcpy(first, second, list[pair].bytes);
            memcpy(second, spare, list[pair].bytes);
        }
        for (uint64_t row = 0; row < delivery->info.rows; row++) {
            struct locator at = delivery_locate(delivery, row);
            struct text text;
            bool is_one = at.file == list[pair].file &&
                          ((at.line >= list[pair].first && at.line <= list[pair].last) ||
                           (at.line >= list[pair + 1].first && at.line <= list[pair + 1].last));
            if (!is_one || draw(20) != 0)
                continue;
            T_EQ(get(originals, delivery, row, F_SECRET, &text) == HEDUI_OK, turn == 2);
            opened++;
        }
    }
    T_TRUE(opened > 10);
    arena_release(&arena);
    originals_close(originals);
    delivery_close(delivery);
    mem_pages_free(bytes, len);
}

TEST(the_same_feed_is_the_same_delivery_and_another_has_another_key)
{
    struct delivery_spec spec = spec_plain();
    size_t n = facts_make(facts, 3000, MIXED);
    struct data_key one, two, again;
    struct made first, second, other;
    struct delivery *delivery;
    struct err err;

    make(&first, &spec, facts, n, 1);
    make(&second, &spec, facts, n, 2);
    T_EQ(memcmp(&first.digest, &second.digest, sizeof first.digest), 0);
    spec.source = TEXT("another");
    make(&other, &spec, facts, n, 1);
    T_TRUE(memcmp(&first.digest, &other.digest, sizeof first.digest) != 0);
    delivery = open_good(first.path);
    T_OK(data_key_open(&one, spec.dir, &first.digest, &delivery->info.sealing, test_ring, &err),
         &err);
    T_OK(data_key_find(&again, spec.dir, &delivery->info.sealing, test_ring, &err), &err);
    T_EQ(memcmp(&one, &again, sizeof one), 0);
    delivery_close(delivery);
    delivery = open_good(other.path);
    T_OK(data_key_open(&two, spec.dir, &other.digest, &delivery->info.sealing, test_ring, &err),
         &err);
    T_TRUE(memcmp(one.secret, two.secret, sizeof one.secret) != 0);
    delivery_close(delivery);
}

TEST(rotation_keeps_what_is_sealed_and_destruction_does_not)
{
    struct delivery_spec spec = spec_plain();
    size_t n = facts_make(facts, 400, MIXED);
    struct ring *ring = NULL, *old = NULL;
    struct data_key data_key;
    struct delivery *delivery;
    struct data_keys keys;
    char path[96];
    struct made made;
    struct err err;
    bool was_there;

    spec.source = TEXT("rotated");
    make(&made, &spec, facts, n, 1);
    delivery = open_good(made.path);
    snprintf(path, sizeof path, "%s/key.ring", test_dir);
    T_OK(ring_open(&old, path, &err), &err);
    T_OK(ring_open(&ring, path, &err), &err);
    T_OK(ring_rotate(ring, 20001, &err), &err);
    T_EQ(ring_count(ring), 2);
    T_EQ(ring_entry(ring, 0).made, 20001);
    T_TRUE(ring_entry(ring, 0).is_active && !ring_entry(ring, 1).is_active);
    T_ROW("between the new key and the rewrap the old one opens");
    all_check(delivery, ring, facts, n);
    T_OK(data_keys_count(&keys, spec.dir, ring, &err), &err);
    T_TRUE(keys.count > 0 && keys.of[0] == 0 && keys.of[1] == keys.count && keys.foreign == 0);
    T_OK(data_keys_rewrap(&keys, spec.dir, ring, &err), &err);
    T_TRUE(keys.rewrapped == keys.count && keys.of[0] == keys.count);
    ring_close(ring);
    T_OK(ring_open(&ring, path, &err), &err); /* as the file has it */
    T_ROW("after the rewrap the new one does, also alone");
    all_check(delivery, ring, facts, n);
    T_OK(ring_retire(ring, &err), &err);
    ring_close(ring);
    T_OK(ring_open(&ring, path, &err), &err);
    T_EQ(ring_count(ring), 1);
    all_check(delivery, ring, facts, n);
    T_ROW("a copy of the ring from before opens nothing any more");
    T_EQ(data_key_open(&data_key, spec.dir, &made.digest, &delivery->info.sealing, old, &err),
         HEDUI_E_FORMAT);
    T_ROW("a destroyed data key is gone, and joins do not miss it");
    T_OK(data_key_destroy(spec.dir, &made.digest, &was_there, &err), &err);
    T_TRUE(was_there);
    T_EQ(data_key_open(&data_key, spec.dir, &made.digest, &delivery->info.sealing, ring, &err),
         HEDUI_E_FORMAT);
    T_OK(data_key_destroy(spec.dir, &made.digest, &was_there, &err), &err);
    T_TRUE(!was_there);
    delivery_close(delivery);
    delivery = open_good(made.path);
    T_OK(delivery_verify(delivery, &err), &err);
    delivery_close(delivery);
    ring_close(old);
    ring_close(test_ring);
    test_ring = ring;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(originals_come_back_whatever_the_texts_the_lanes_and_the_memory),
        T(nothing_is_in_clear_not_even_past_the_memory),
        T(who_has_not_the_keys_joins_and_opens_nothing),
        T(every_flipped_bit_of_what_is_sealed_is_noticed),
        T(a_block_opens_in_its_own_place_only),
        T(the_same_feed_is_the_same_delivery_and_another_has_another_key),
        T(rotation_keeps_what_is_sealed_and_destruction_does_not),
    };
    struct err err;
    int failed = 1;

    test_dir_make();
    if (master_key_open(&key, test_dir, NULL, NULL, &err) == HEDUI_OK)
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    master_key_close(key);
    test_dir_remove();
    return failed;
}
